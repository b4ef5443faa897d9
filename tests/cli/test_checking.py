"""``wijktwin check`` and ``wijktwin evening``: one line for each thing, a code that a phone can follow, and no other host."""

from __future__ import annotations

import argparse
import json
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from tests.impacts.village import plan, towers, village
from ui import serving
from wijktwin import places
from wijktwin.cli import checking, evening, main
from wijktwin.cli.checking import is_closed
from wijktwin.cli.evening import EVERYBODY_HERE
from wijktwin.errors import InputError, Note
from wijktwin.export.readiness import Finding, Outcome
from wijktwin.model.plan import PlanStatus

FINE: Final = Finding("data", Outcome.FINE, Note("readiness.policy", count=3))
WRONG: Final = Finding("phone", Outcome.WRONG, Note("readiness.phone_no_network"))
NOT_TRIED: Final = Finding("phone", Outcome.NOT_TRIED, Note("readiness.phone_not_tried"))


@pytest.mark.parametrize(("found", "code"), [([FINE, NOT_TRIED], 0), ([FINE, WRONG], 1)])
def test_something_wrong_is_seen_in_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], found: list[Finding], code: int
) -> None:
    monkeypatch.setattr(checking, "_all", lambda _: iter(found))
    assert main(["check"]) == code
    lines = capsys.readouterr().out.splitlines()
    assert [line[:7].strip() for line in lines] == [checking.MARKS[each.outcome].strip() for each in found]
    assert main(["check", "--json"]) == code
    told = json.loads(capsys.readouterr().out)
    assert told["ready"] is (code == 0)
    assert [each["outcome"] for each in told["findings"]] == [str(each.outcome) for each in found]


def test_our_own_policy_is_closed_and_one_with_another_host_is_not() -> None:
    own = serving.content_policy("localhost:8501")
    assert is_closed(own)
    assert not is_closed(own.replace("img-src 'self'", "img-src 'self' https://tiles.example"))
    assert not is_closed(own.replace("connect-src", "connect-src *"))
    assert not is_closed("")
    assert not is_closed("img-src 'self'")


def test_pictures_are_asked_of_today_and_of_every_plan_that_builds_something(tmp_path: Path) -> None:
    town = village()
    plans = [towers(), plan("park"), replace(towers(), plan_id="gone", status=PlanStatus.WITHDRAWN)]
    (not_tried,) = checking._pictures(None, town, plans)
    assert not_tried.outcome is Outcome.NOT_TRIED
    (tmp_path / "one.png").write_bytes(b"x")
    _, *sets = checking._pictures(tmp_path, town, plans)
    assert {(str(each.note.values["command"]), each.note.sentence("en").split(":")[0].partition(", ")[2]) for each in sets} == {
        (kind, scenario) for kind in ("pack", "shadows") for scenario in ("today", towers().plan_id)
    }


@pytest.mark.parametrize(("phones", "outcome"), [(1, Outcome.FINE), (0, Outcome.WRONG)])
def test_a_phone_that_comes_is_seen_and_one_that_does_not_is_told(monkeypatch: pytest.MonkeyPatch, phones: int, outcome: Outcome) -> None:
    monkeypatch.setattr(checking, "found_address", lambda *_: "http://192.168.1.20:9")
    monkeypatch.setattr(checking, "others_told", lambda *_: [])
    monkeypatch.setattr(checking, "_n_phones", lambda _: phones)
    found = checking._phone(argparse.Namespace(public=None, seconds=1 if phones else 0), 9)
    assert found.outcome is outcome
    assert "192.168.1.20" in found.note.sentence("nl")


def test_without_a_network_no_phone_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "found_address", lambda *_: "")
    assert checking._phone(argparse.Namespace(public=None, seconds=99), 9).note.key == "readiness.phone_no_network"


@pytest.mark.parametrize(
    ("address", "host", "told"),
    [
        (EVERYBODY_HERE, "192.168.1.20", "http://192.168.1.20:8501"),
        ("192.168.7.7", "192.168.1.20", "http://192.168.7.7:8501"),
        ("localhost", "192.168.1.20", ""),
        ("127.0.0.1", "192.168.1.20", ""),
        (EVERYBODY_HERE, "", ""),
        ("fd00::2", "", "http://[fd00::2]:8501"),
    ],
)
def test_phones_are_told_an_address_of_the_network(monkeypatch: pytest.MonkeyPatch, address: str, host: str, told: str) -> None:
    monkeypatch.setattr(evening, "own_hosts", lambda: [host] if host else [])
    assert evening.found_address(address, 8501) == told
    made = evening.evening_of(argparse.Namespace(address=address, public=None, silence=None), 8501)
    assert (places.PUBLIC_VARIABLE in made.surroundings) is bool(told)


def test_a_hotspot_of_the_computer_itself_is_found_without_a_way_out_and_told_beside_another_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(evening, "_sending_address", lambda: iter([]))  # no network leads elsewhere
    monkeypatch.setattr(evening, "_addresses", lambda: iter(["127.0.0.1", "169.254.3.4", "10.42.0.1", "192.168.1.20", "10.42.0.1"]))
    assert evening.own_hosts() == ["10.42.0.1", "192.168.1.20"]
    asked = argparse.Namespace(address=EVERYBODY_HERE, public=None, silence=None)
    made = evening.evening_of(asked, 8501)
    assert made.surroundings[places.PUBLIC_VARIABLE] == "http://10.42.0.1:8501"
    assert [each for each in made.sentences if "http://192.168.1.20:8501" in each and "--public" in each]
    asked.public = "http://192.168.1.20:8501"
    assert not [each for each in evening.evening_of(asked, 8501).sentences if "10.42.0.1" in each]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows tells its addresses by its own name")
def test_the_interfaces_of_this_computer_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "if_nameindex", lambda: [(1, "lo" if sys.platform != "darwin" else "lo0"), (9, "nosuch0")])
    assert list(evening._addresses()) == ["127.0.0.1"]


def test_a_phone_is_waited_for_at_the_port_of_the_evening(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind((EVERYBODY_HERE, 0))
        taken.listen(1)
        port = taken.getsockname()[1]
        monkeypatch.setattr(checking, "DEFAULT_PORT", port)
        assert checking._port_for_phones("") not in {0, port}
        with pytest.raises(InputError):
            checking._port_for_phones(f"http://192.168.1.20:{port}")
    assert checking._port_for_phones("") == checking._port_for_phones(f"http://192.168.1.20:{port}") == port


def test_an_address_of_ones_own_and_a_longer_silence() -> None:
    options = argparse.Namespace(address=EVERYBODY_HERE, public="http://wijk.local:8501/", silence=90)
    made = evening.evening_of(options, 8501)
    assert made.surroundings == {"WIJKTWIN_EVENING": 1, "WIJKTWIN_PUBLIC_URL": "http://wijk.local:8501", "WIJKTWIN_SILENCE": 90}
    with pytest.raises(InputError) as refused:
        evening.web_address("wijk.local")
    assert "wijk.local" in refused.value.sentence("nl")


@pytest.mark.exhaustive
def test_the_example_is_ready(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--quick", "--json", "--state", str(tmp_path)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {each["subject"]: each["outcome"] for each in told["findings"]} == {
        "data": "fine", "plans": "fine", "addresses": "fine", "programme": "fine", "figures": "not_tried", "pictures": "not_tried",
        "requests": "fine", "phone": "not_tried",
    }  # fmt: skip
