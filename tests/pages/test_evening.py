"""The screen in front on an evening: every step of it, turned by buttons, keys and by name; phones that are counted."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Final

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.visiting import EVENING, notices, page_text, press, session, visit
from ui import evening, home_link, kiosk, phones, public_link
from ui.text import Text, templates
from wijktwin import places
from wijktwin.errors import LANGUAGES, Language
from wijktwin.model.programme import StepKind

LAST: Final = 16


def turn(visitor: AppTest, number: int) -> AppTest:
    visitor.selectbox(key=evening.CHOSEN).set_value(number)
    return visitor.run()


@pytest.mark.parametrize("language", ["nl", pytest.param("en", marks=pytest.mark.exhaustive)])
def test_every_step_is_whole_and_puts_on_what_it_shows(language: Language) -> None:
    visitor = visit(EVENING, language=language)
    t = Text(language)
    shown: list[tuple[frozenset[str], str, tuple[str, str] | None]] = []
    for number in range(LAST + 1):
        turn(visitor, number)
        assert not visitor.exception
        assert not notices(visitor)
        assert t("frame.fault") not in page_text(visitor)
        now = session(visitor)
        shown.append((now.plan_ids, now.moment[5:], now.compared))
    assert shown[2] == (frozenset({"vogeltorens-toegestaan"}), "", None)
    assert shown[3] == (frozenset({"vogeltorens-toegestaan"}), "03-21T15:00", None)
    assert shown[7][:2] == (frozenset({"vogeltorens"}), "")
    assert shown[15][2] == ("vogeltorens", "vogelhof")
    assert visitor.button(key="evening_after").disabled
    assert not visitor.button(key="evening_before").disabled


def test_buttons_turn_one_step_and_what_is_changed_by_hand_stays_until_the_next() -> None:
    visitor = visit(EVENING)
    assert visitor.button(key="evening_before").disabled
    press(visitor, "evening_after")
    press(visitor, "evening_after")
    assert session(visitor).plan_ids == {"vogeltorens-toegestaan"}
    session(visitor).moment = "2026-06-21T18:00"
    visitor.run()
    assert session(visitor).moment == "2026-06-21T18:00"
    press(visitor, "evening_before")
    assert (session(visitor).plan_ids, session(visitor).moment) == (frozenset(), "")


@pytest.mark.parametrize(
    ("told", "number"),
    [
        ({"by": 1, "at": 4}, 5),
        ({"by": -1, "at": 0}, 0),
        ({"by": 1, "at": LAST}, LAST),
        ({"to": 7, "at": 0}, 7),
        ({"to": 99, "at": 0}, LAST),
        ({"by": 5, "at": 2}, 2),
        ({"to": "x"}, 2),
        ("nonsense", 2),
    ],
)
def test_keys_and_a_browser_that_lost_the_server_turn_it(monkeypatch: pytest.MonkeyPatch, told: Any, number: int) -> None:
    kept: dict[str, Any] = {evening.NUMBER: 2, "evening_keys": {"turn": told}}
    monkeypatch.setattr("ui.evening.st.session_state", kept)
    evening._told(LAST + 1)
    assert kept[evening.NUMBER] == number


def test_an_order_of_ones_own_is_shown_and_one_that_cannot_be_used_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "wijk"
    shutil.copytree(places.example_folder(), data)
    monkeypatch.setenv(places.DATA_VARIABLE, str(data))
    own = data / "evening.toml"
    own.write_text('[[step]]\nkind = "welcome"\ntitle = "Dag buren"\n[[step]]\nkind = "streets"\n', encoding="utf-8")
    visitor = visit(EVENING)
    assert "Dag buren" in page_text(visitor)
    assert len(visitor.selectbox(key=evening.CHOSEN).options) == 2
    own.write_text('[[step]]\nkind = "film"\n', encoding="utf-8")
    visitor = visit(EVENING)
    assert any("evening.toml" in told for told in notices(visitor))
    assert len(visitor.selectbox(key=evening.CHOSEN).options) == LAST + 1


def test_codes_name_an_address_that_phones_know(monkeypatch: pytest.MonkeyPatch) -> None:
    here = "http://localhost:8501/evening?v=1"
    assert public_link.to_page("my_street", language="nl", page_url=here) == "http://localhost:8501/my-street?v=1&lang=nl"
    monkeypatch.setenv(places.PUBLIC_VARIABLE, "http://192.168.1.20:8501/")
    assert public_link.to_page("my_street", language="en", page_url=here) == "http://192.168.1.20:8501/my-street?v=1&lang=en"
    assert home_link.street_link("http://127.0.0.1:1/", "A", language="nl").startswith("http://192.168.1.20:8501/my-street?")
    elsewhere = "https://wijk.example/twin/compare"
    assert public_link.to_page("look_around", language="nl", page_url=elsewhere) == "https://wijk.example/twin/?v=1&lang=nl"


def test_what_is_typed_is_short_and_whoever_is_on_no_network_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(places.PUBLIC_VARIABLE, raising=False)
    here = "http://localhost:8501/evening?v=1"
    assert public_link.to_type("my_street", language="nl", page_url=here) == "http://localhost:8501/my-street"
    assert public_link.to_type("my_street", language="en", page_url=here, kiosk="1") == "http://localhost:8501/my-street?lang=en&kiosk=1"
    assert Text("nl")("evening.no_network") in page_text(visit(EVENING))
    monkeypatch.setenv(places.PUBLIC_VARIABLE, "http://192.168.1.20:8501")
    told = page_text(visit(EVENING))
    assert Text("nl")("evening.how") in told
    assert "http://192.168.1.20:8501/my-street" in told


def test_phones_are_counted_once_and_the_servers_own_computer_is_none() -> None:
    counted = phones.Phones()
    for host in ("192.168.1.30", "192.168.1.31", "192.168.1.30", "127.0.0.1", "::1", "testclient", ""):
        counted.came(host)
    counted.came("192.168.1.20", to="192.168.1.20")  # the laptop itself, by the address that phones are told
    assert counted.count == 2
    assert b"192.168" not in b"".join(counted._seen)
    for language in LANGUAGES:
        page = phones.hello_page(language, "/wijk")
        assert templates(language)["evening.phone_page.title"] in page
        assert f'href="/wijk/?lang={language}"' in page


@pytest.mark.parametrize(("told", "seconds"), [("", 60), ("90", 90), ("3", 20), ("-5", 60), ("soon", 60)])
def test_a_tablet_forgets_after_as_long_as_was_asked_but_not_while_somebody_reads(
    monkeypatch: pytest.MonkeyPatch, told: str, seconds: int
) -> None:
    monkeypatch.setenv(places.SILENCE_VARIABLE, told)
    assert kiosk.silence() == seconds


def test_every_kind_of_step_has_its_words() -> None:
    for language in LANGUAGES:
        for kind in StepKind:
            assert Text(language).has(f"evening.{'today' if kind is StepKind.PICTURE else kind}_say")
