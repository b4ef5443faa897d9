"""Fetching from services that misbehave: every fault is mended or told in one sentence, and the old copy stays as it was."""

from __future__ import annotations

import shutil
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import orjson
import pytest

from tests.sources import small_town_services as small
from tests.sources.replay import OFTEN, Fault, Replay, World, replaying, service_list
from tests.sources.small_town_services import BOX, NOW, HeldClock, contents
from wijktwin.errors import LANGUAGES, InputError
from wijktwin.sources.fetching import exchange
from wijktwin.sources.fetching.client import Client, Patience
from wijktwin.sources.fetching.fetch import Fetched, Wanted, fetch_neighbourhood
from wijktwin.sources.fetching.services import read_services
from wijktwin.sources.file_lock import locked

WANTED: Final = Wanted(box=BOX)
HASTE: Final = Patience(attempts=4, connect=10.0, read=30.0)
SERVICES: Final = (
    "/bag3d/",
    "/bgt/collections/wegdeel",
    "/bgt/collections/vegetatieobject_punt",
    "/bag/collections/verblijfsobject",
    "/bag/collections/pand",
)

ANY_SERVICE: Final = {
    "hang_up": "fetch.no_answer",
    "status 500": "fetch.down",
    "status 503": "fetch.down",
    "status 404": "fetch.refused",
    "status 403": "fetch.refused",
    "cut": "fetch.cut",
    "empty": "fetch.not_json",
    "half_json": "fetch.not_json",
    "web_page": "fetch.not_json",
    "nan": "fetch.not_json",
    "elsewhere": "fetch.elsewhere",
    "in_circles": "fetch.elsewhere",
    "renamed": "fetch.changed",
    "miscounted": "fetch.page_not_whole",
}
"""Faults that any service may have, with what is said when they last."""

ONE_SERVICE: Final = (
    ("nothing_on_it", "/bag3d/", "fetch.page_not_whole"),
    ("no_transform", "/bag3d/", "fetch.changed"),
    ("text_for_number", "/bag3d/", "fetch.changed"),
    ("nothing_on_it", "/bgt/collections/wegdeel", "fetch.page_not_whole"),
    ("degrees", "/bgt/collections/wegdeel", "fetch.changed"),
    ("degrees", "/bag/collections/verblijfsobject", "fetch.changed"),
    ("in_circles_of_pages", "/bgt/collections/wegdeel", "fetch.changed"),
)
FINAL: Final = frozenset({"status 404", "status 403", "elsewhere", "in_circles", "in_circles_of_pages"})
"""Faults that are not asked again: nothing better would come."""


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Name and bytes of every file of a town that was fetched without any fault; addresses of servers apart."""
    folder = tmp_path_factory.mktemp("right")
    with replaying(small.town()) as running:
        fetch(running, folder)
        return same_everywhere(folder / "town", running)


def fetch(server: Replay, folder: Path, *, clock: HeldClock | None = None, patience: Patience = HASTE) -> Fetched:
    services = read_services(service_list(server, folder))
    with Client(clock=clock or HeldClock(), patience=patience) as client:
        return fetch_neighbourhood(WANTED, folder / "town", services=services, client=client, state=folder / "state")


def same_everywhere(folder: Path, server: Replay) -> dict[str, bytes]:
    return {name: content.replace(server.base.encode(), b"") for name, content in contents(folder).items()}


def without_counts(files: dict[str, bytes]) -> dict[str, bytes]:
    """All files but the account of what came: what was asked twice is rightly counted twice."""
    return {name: content for name, content in files.items() if not name.lower().startswith("provenance")}


def told_in_one_sentence(error: InputError) -> bool:
    return all(len(error.sentence(language).splitlines()) == 1 and error.sentence(language).endswith(".") for language in LANGUAGES)


# ------------------------------------------------------------------------------------------------------------ mended


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("kind", [*sorted(set(ANY_SERVICE) - FINAL), "status 429", "status 502", "status 504", "moved_here"])
def test_a_fault_that_passes_leaves_no_trace(
    server: Replay, world: World, right: dict[str, bytes], tmp_path: Path, *, kind: str, service: str
) -> None:
    world.faults = [Fault(kind, service, times=1)]
    clock = HeldClock()
    fetch(server, tmp_path, clock=clock)
    assert same_everywhere(tmp_path / "town", server) == right
    assert clock.waits == ([] if kind == "moved_here" else [1.0])
    assert world.faults[0].times == 0, "the fault did not happen"


@pytest.mark.parametrize("service", ["/bag3d/", "/bgt/"])
def test_of_a_link_to_the_next_page_only_the_question_is_used(
    server: Replay, world: World, right: dict[str, bytes], tmp_path: Path, service: str
) -> None:
    world.faults = [Fault("next_elsewhere", service)]
    fetch(server, tmp_path)
    assert same_everywhere(tmp_path / "town", server) == right


def test_the_last_building_that_the_links_forget_is_fetched(server: Replay, world: World, right: dict[str, bytes], tmp_path: Path) -> None:
    world.buildings = [each for each in world.buildings if each["id"] in {small.building_id(n) for n in range(11)}]
    fetch(server, tmp_path)  # 11 of them in pages of 5: after the second page one is left, and no link leads to it
    pages = [orjson.loads(line)["id"] for line in (tmp_path / "town" / "buildings.city.jsonl").read_bytes().splitlines()[1:]]
    assert pages == [small.building_id(n) for n in range(11)]
    links_end_early = [address for address in server.addresses() if address.startswith("/bag3d") and "offset=11" in address]
    assert links_end_early


@pytest.mark.parametrize("kind", ["lost_last", "twice"])
@pytest.mark.parametrize("skip", [0, 1, 2])
def test_pages_that_miss_a_building_are_asked_in_another_size(
    server: Replay, world: World, right: dict[str, bytes], tmp_path: Path, *, kind: str, skip: int
) -> None:
    world.faults = [Fault(kind, "/bag3d/", times=1, skip=skip)]
    fetch(server, tmp_path)
    assert without_counts(same_everywhere(tmp_path / "town", server)) == without_counts(right)
    told = orjson.loads((tmp_path / "town" / "provenance.json").read_bytes())
    (pand,) = next(each for each in told["services"] if each["service"] == "3D BAG")["collections"]
    n_sent = len([address for address in server.addresses() if address.startswith("/bag3d")])
    assert n_sent > 6
    assert pand["got"] == pand["kept"] + sum(pand["left_out"].values())
    assert pand["left_out"]["duplicate"] == pand["got"] - (small.N_HOUSES + 5)
    assert any("limit=2" in address for address in server.addresses())


def test_data_that_are_renewed_meanwhile_are_asked_from_the_start(
    server: Replay, world: World, right: dict[str, bytes], tmp_path: Path
) -> None:
    world.faults = [Fault("count_moves", "/bag3d/", times=1, skip=1)]
    fetch(server, tmp_path)
    assert same_everywhere(tmp_path / "town", server) == right
    world.faults = [Fault("count_moves", "offset=6", times=OFTEN)]
    with pytest.raises(InputError) as told:
        fetch(server, tmp_path)
    assert told.value.key == "fetch.keeps_changing"


def test_objects_that_come_twice_are_kept_once_and_counted(server: Replay, world: World, right: dict[str, bytes], tmp_path: Path) -> None:
    roads = world.collections["bgt", "wegdeel"]
    world.collections["bgt", "wegdeel"] = [*roads[:4], *roads[2:]]
    fetch(server, tmp_path)
    assert without_counts(same_everywhere(tmp_path / "town", server)) == without_counts(right)
    told = orjson.loads((tmp_path / "town" / "provenance.json").read_bytes())
    bgt = next(each for each in told["services"] if each["service"] == "BGT")["collections"]
    assert next(each for each in bgt if each["collection"] == "wegdeel")["left_out"]["duplicate"] == 2


# ------------------------------------------------------------------------------------------------------------ told


@pytest.mark.parametrize(
    ("kind", "service", "key"),
    [*((kind, service, key) for kind, key in ANY_SERVICE.items() for service in (SERVICES[0], SERVICES[3])), *ONE_SERVICE],
)
def test_a_fault_that_lasts_is_told_and_the_old_copy_is_as_it_was(
    server: Replay, world: World, right: dict[str, bytes], tmp_path: Path, *, kind: str, service: str, key: str
) -> None:
    old_copy(tmp_path, right)
    before = contents(tmp_path / "town")
    world.faults = [Fault(kind, service)]
    clock = HeldClock()
    with pytest.raises(InputError) as told:
        fetch(server, tmp_path, clock=clock)
    assert told.value.key == key
    assert told_in_one_sentence(told.value)
    assert contents(tmp_path / "town") == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert clock.waits == ([] if kind in FINAL else [1.0, 2.0, 4.0])


def test_a_building_that_is_counted_and_never_given_is_told(server: Replay, world: World, right: dict[str, bytes], tmp_path: Path) -> None:
    old_copy(tmp_path, right)
    before = contents(tmp_path / "town")
    world.faults = [Fault(f"without {small.building_id(17)}", "/bag3d/")]
    services = read_services(service_list(server, tmp_path, buildings_page=100))
    with Client(clock=HeldClock(), patience=HASTE) as client, pytest.raises(InputError) as told:
        fetch_neighbourhood(WANTED, tmp_path / "town", services=services, client=client, state=tmp_path / "state")
    assert told.value.key == "fetch.incomplete"
    assert "18" in told.value.sentence("nl")
    assert "17" in told.value.sentence("nl")
    assert [address.partition("limit=")[2] for address in server.addresses()] == ["100&offset=1", "97&offset=1", "89&offset=1"]
    assert contents(tmp_path / "town") == before
    world.faults = []
    fetch(server, tmp_path)  # nothing of what was incomplete is kept
    assert small.building_id(17).encode() in (tmp_path / "town" / "buildings.city.jsonl").read_bytes()


@pytest.mark.parametrize("collection", ["wegdeel", "onbegroeidterreindeel"])
def test_a_service_that_is_gone_is_told(server: Replay, world: World, tmp_path: Path, collection: str) -> None:
    del world.collections["bgt", collection]
    with pytest.raises(InputError) as told:
        fetch(server, tmp_path)
    assert told.value.key == "fetch.refused"
    assert "404" in told.value.sentence("nl")


def test_ground_that_is_not_there_is_told(server: Replay, world: World, tmp_path: Path) -> None:
    for name in list(world.collections):
        world.collections[name] = [] if name[0] == "bgt" else world.collections[name]
    with pytest.raises(InputError) as told:
        fetch(server, tmp_path)
    assert told.value.key == "fetch.no_ground"


def test_nobody_answers(server: Replay, tmp_path: Path) -> None:
    services = service_list(server, tmp_path)
    services.write_text(services.read_text().replace(server.base, "http://127.0.0.1:9"))
    with Client(clock=HeldClock(), patience=HASTE) as client, pytest.raises(InputError) as told:
        fetch_neighbourhood(WANTED, tmp_path / "town", services=read_services(services), client=client, state=tmp_path / "state")
    assert told.value.key == "fetch.no_answer"


def test_an_answer_that_drips_is_given_up(server: Replay, tmp_path: Path) -> None:
    with pytest.raises(InputError) as told:
        fetch(server, tmp_path, clock=HeldClock(tick=400.0))
    assert told.value.key == "fetch.slow"


# ------------------------------------------------------------------------------------------------------------ waiting


def test_an_answer_that_does_not_come_is_asked_again_and_in_the_end_told(
    server: Replay, world: World, right: dict[str, bytes], tmp_path: Path
) -> None:
    little = Patience(attempts=2, connect=10.0, read=2.0)
    world.faults = [Fault("slow", "/bgt/")]
    clock = HeldClock()
    with pytest.raises(InputError) as told:
        fetch(server, tmp_path, clock=clock, patience=little)
    assert (told.value.key, clock.waits) == ("fetch.slow", [1.0])
    world.faults = [Fault("slow", "/bag/", times=1)]
    fetch(server, tmp_path, clock=clock, patience=little)
    assert clock.waits == [1.0, 1.0]
    assert same_everywhere(tmp_path / "town", server) == right


@pytest.mark.parametrize("status", [429, 503])
def test_a_service_that_says_how_long_to_wait_is_given_that(server: Replay, world: World, tmp_path: Path, status: int) -> None:
    world.faults = [Fault(f"status {status} 7", "/bgt/", times=1)]
    clock = HeldClock()
    fetch(server, tmp_path, clock=clock)
    assert clock.waits == [7.0]


def test_also_when_it_says_until_when(server: Replay, world: World, tmp_path: Path) -> None:
    until = (NOW + timedelta(seconds=33)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    world.faults = [Fault(f"status 503 {until}", "/bgt/", times=1)]
    clock = HeldClock()
    fetch(server, tmp_path, clock=clock)
    assert clock.waits == [33.0]


def test_a_wait_that_is_too_long_is_told_at_once(server: Replay, world: World, tmp_path: Path) -> None:
    world.faults = [Fault("status 503 3600", "/bgt/")]
    clock = HeldClock()
    with pytest.raises(InputError) as told:
        fetch(server, tmp_path, clock=clock)
    assert (told.value.key, clock.waits) == ("fetch.busy_for_long", [])
    assert "3600" in told.value.sentence("en")


# ------------------------------------------------------------------------------------------------------------ going on


@pytest.mark.parametrize("every", [6, pytest.param(1, marks=pytest.mark.exhaustive)])
def test_wherever_it_was_cut_going_on_gives_the_same_bytes_and_asks_nothing_twice(
    right: dict[str, bytes], tmp_path: Path, every: int
) -> None:
    """Cut before every single request in turn (or every sixth)."""
    with replaying(small.town()) as counted:
        fetch(counted, tmp_path)
        n_requests = len(counted.asked)
    assert n_requests > 20
    for cut in range(0, n_requests, every):
        world = small.town()
        world.faults = [Fault("status 404", "/", times=1, skip=cut)]
        folder = tmp_path / f"cut-{cut}"
        folder.mkdir()
        with replaying(world) as server:
            with pytest.raises(InputError):
                fetch(server, folder)
            assert not (folder / "town").exists()
            fetch(server, folder)
            assert same_everywhere(folder / "town", server) == right
            asked = server.addresses()
            assert len(asked) == n_requests + 1
            assert len(set(asked)) == n_requests, "only what was cut is asked again"


def test_a_page_that_was_damaged_on_the_disk_is_asked_again(server: Replay, world: World, right: dict[str, bytes], tmp_path: Path) -> None:
    world.faults = [Fault("status 404", "/bag/", times=1)]
    with pytest.raises(InputError):
        fetch(server, tmp_path)
    pages = sorted((tmp_path / "state").rglob("*.page"))
    assert len(pages) > 10
    for number, page in enumerate(pages):
        whole = page.read_bytes()
        page.write_bytes((whole[:-5], whole.replace(b"0", b"1"), b"", b"{}\n{}")[number % 4])
    fetch(server, tmp_path)
    assert same_everywhere(tmp_path / "town", server) == right


def test_pages_of_last_month_are_asked_again(server: Replay, world: World, tmp_path: Path) -> None:
    world.faults = [Fault("status 404", "/bag/", times=1)]
    with pytest.raises(InputError):
        fetch(server, tmp_path)
    n_before = len(server.asked)
    fetch(server, tmp_path, clock=HeldClock(now=NOW + timedelta(days=30)))
    assert len(server.asked) - n_before > n_before - 2
    told = orjson.loads((tmp_path / "town" / "provenance.json").read_bytes())
    assert {day for service in told["services"] for day in service["fetched"].values()} == {"2026-12-22"}


def test_days_of_a_fetch_that_took_two_are_both_told(server: Replay, world: World, tmp_path: Path) -> None:
    world.faults = [Fault("status 404", "/bag/", times=1)]
    with pytest.raises(InputError):
        fetch(server, tmp_path)
    fetch(server, tmp_path, clock=HeldClock(now=NOW + timedelta(days=2)))
    told = {each["service"]: each["fetched"] for each in orjson.loads((tmp_path / "town" / "provenance.json").read_bytes())["services"]}
    assert told["BGT"] == {"from": "2026-11-22", "until": "2026-11-22"}
    assert told["BAG"] == {"from": "2026-11-24", "until": "2026-11-24"}


def test_two_at_once_do_not_disturb_each_other(server: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    services = read_services(service_list(server, tmp_path))
    shelf = tmp_path / "state" / "fetching"
    shelf.mkdir(parents=True)
    monkeypatch.setattr("wijktwin.sources.fetching.fetch.LOCK_SECONDS", 0.0)
    with locked(shelf / f"{WANTED.key(services)}.lock", max_seconds=1.0), pytest.raises(InputError) as told:
        fetch(server, tmp_path)
    assert told.value.key == "fetch.at_it_already"
    assert server.asked == []


# ------------------------------------------------------------------------------------------------------------ the folder


def old_copy(folder: Path, right: dict[str, bytes]) -> None:
    """A town that was fetched before, with a plan and a table that somebody put in."""
    (folder / "town" / "plans").mkdir(parents=True)
    for name, content in right.items():
        (folder / "town" / name).write_bytes(content)
    (folder / "town" / "plans" / "mine.plan.geojson").write_text("{}")
    (folder / "town" / "destinations.geojson").write_text('{"type":"FeatureCollection","features":[]}')


def test_a_new_copy_takes_the_place_of_the_old_and_brings_along_what_was_put_there(
    server: Replay, world: World, right: dict[str, bytes], tmp_path: Path
) -> None:
    old_copy(tmp_path, right)
    world.buildings = world.buildings[1:]
    fetch(server, tmp_path)
    after = contents(tmp_path / "town")
    assert after["plans/mine.plan.geojson"] == b"{}"
    assert "destinations.geojson" in after
    assert small.building_id(0).encode() not in after["buildings.city.jsonl"]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_file_of_an_earlier_fetch_that_is_no_longer_needed_goes(
    server: Replay, world: World, right: dict[str, bytes], tmp_path: Path
) -> None:
    old_copy(tmp_path, right)
    world.collections["bgt", "vegetatieobject_punt"] = []
    fetch(server, tmp_path)
    assert not (tmp_path / "town" / "trees.geojson").exists()


@pytest.mark.parametrize("is_linux", [True, False])
def test_while_folders_are_exchanged_there_is_always_one(
    server: Replay, right: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_linux: bool
) -> None:
    old_copy(tmp_path, right)
    before = contents(tmp_path / "town")
    if not is_linux:
        monkeypatch.setattr(exchange, "_exchanged", lambda _one, _other: False)
    rename = Path.rename

    def failing(self: Path, target: Any) -> Path:
        if ".new-" in self.name:
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    if is_linux and sys.platform.startswith("linux"):
        fetch(server, tmp_path)  # nothing is renamed in two steps there
    else:
        with pytest.raises(InputError) as told:
            fetch(server, tmp_path)
        assert told.value.key == "command.cannot_write"
        assert contents(tmp_path / "town") == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_an_exchange_that_was_cut_half_way_is_put_right(server: Replay, right: dict[str, bytes], tmp_path: Path) -> None:
    old_copy(tmp_path, right)
    before = contents(tmp_path / "town")
    (tmp_path / "town").rename(tmp_path / ".town.old")
    exchange.put_back(tmp_path / "town")
    assert contents(tmp_path / "town") == before


def test_a_disk_that_is_full_leaves_the_old_copy(
    server: Replay, right: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old_copy(tmp_path, right)
    before = contents(tmp_path / "town")

    def full(_path: Path, _content: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exchange, "_write", full)
    with pytest.raises(InputError) as told:
        fetch(server, tmp_path)
    assert "No space left" in told.value.sentence("en")
    assert contents(tmp_path / "town") == before


def test_somebodys_folder_is_left_alone_before_anything_is_asked(server: Replay, tmp_path: Path) -> None:
    (tmp_path / "town").mkdir()
    (tmp_path / "town" / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(InputError) as told:
        fetch(server, tmp_path)
    assert (told.value.key, server.asked) == ("fetch.somebodys_folder", [])


def test_what_was_changed_by_hand_is_not_overwritten(server: Replay, right: dict[str, bytes], tmp_path: Path) -> None:
    old_copy(tmp_path, right)
    facts = tmp_path / "town" / "neighbourhood.toml"
    facts.write_text(facts.read_text() + 'time_zone = "Europe/Amsterdam"\n')
    n_before = len(server.asked)
    with pytest.raises(InputError) as told:
        fetch(server, tmp_path)
    assert told.value.key == "fetch.changed_by_hand"
    assert "neighbourhood.toml" in told.value.sentence("nl")
    assert len(server.asked) == n_before


def test_a_table_of_ones_own_under_a_name_that_an_earlier_run_did_not_use_stays(
    server: Replay, right: dict[str, bytes], tmp_path: Path
) -> None:
    old_copy(tmp_path, right)
    report = tmp_path / "town" / "provenance.json"
    told = orjson.loads(report.read_bytes())
    del told["files"]["streets.geojson"]
    report.write_bytes(orjson.dumps(told))
    (tmp_path / "town" / "streets.geojson").write_text('{"type":"FeatureCollection","features":[]}')
    before = contents(tmp_path / "town")
    with pytest.raises(InputError) as refused:
        fetch(server, tmp_path)
    assert refused.value.key == "fetch.changed_by_hand"
    assert "streets.geojson" in refused.value.sentence("en")
    assert contents(tmp_path / "town") == before


def test_an_empty_folder_may_be_filled(server: Replay, right: dict[str, bytes], tmp_path: Path) -> None:
    (tmp_path / "town").mkdir()
    fetch(server, tmp_path)
    assert same_everywhere(tmp_path / "town", server) == right


def test_the_folder_goes_where_it_is_put(server: Replay, tmp_path: Path) -> None:
    fetch(server, tmp_path)
    shutil.move(tmp_path / "town", tmp_path / "elsewhere")
    fetch(server, tmp_path)
    assert contents(tmp_path / "town") == contents(tmp_path / "elsewhere")
