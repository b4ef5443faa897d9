"""Fetching from services that behave: what comes is whole, stands in the right place, and is accounted for to the last object."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Final

import orjson
import pytest
import shapely

from tests.sources import small_town_services as small
from tests.sources.replay import Replay, World, service_list
from tests.sources.small_town_services import BOX, HeldClock, contents
from wijktwin.errors import InputError
from wijktwin.sources.fetching.client import Client, Patience
from wijktwin.sources.fetching.fetch import Fetched, Wanted, fetch_neighbourhood
from wijktwin.sources.fetching.halo import halo_rule, reach_of, strips
from wijktwin.sources.fetching.progress import Progress, Step, in_silence
from wijktwin.sources.fetching.services import read_services
from wijktwin.sources.folder import read_folder

HASTE: Final = Patience(attempts=4, connect=10.0, read=30.0)
WHOLE: Final = Wanted(box=BOX)


def fetch(
    server: Replay,
    folder: Path,
    wanted: Wanted = WHOLE,
    *,
    clock: HeldClock | None = None,
    out: str = "town",
    progress: Progress = in_silence,
) -> Fetched:
    services = read_services(service_list(server, folder))
    with Client(clock=clock or HeldClock(), patience=HASTE, progress=progress) as client:
        return fetch_neighbourhood(wanted, folder / out, services=services, client=client, state=folder / "state", progress=progress)


def provenance(folder: Path) -> Any:
    return orjson.loads((folder / "provenance.json").read_bytes())


def collections(folder: Path) -> dict[str, Any]:
    return {each["collection"]: each for service in provenance(folder)["services"] for each in service["collections"]}


def test_a_neighbourhood_comes_whole_and_opens(server: Replay, tmp_path: Path) -> None:
    fetched = fetch(server, tmp_path)
    found = read_folder(tmp_path / "town")
    halo = {name for name, is_halo in zip(found.buildings.building_ids, found.buildings.flags["is_halo"], strict=True) if is_halo}
    assert set(found.buildings.building_ids) - halo == {small.building_id(n) for n in range(small.N_HOUSES)}
    assert halo == {small.building_id(50 + n) for n in range(4)}
    assert (fetched.n_buildings, fetched.n_halo) == (small.N_HOUSES, 4)
    assert found.buildings["NL.IMBAG.Pand.0307100000000007"].height == pytest.approx(small.HOUSE)
    assert found.reference_system.to_epsg() == 7415
    assert [note for note in found.notes if note.key.startswith("folder.")] == []


def test_buildings_stand_where_they_stood_although_every_page_has_its_own_transform(server: Replay, tmp_path: Path) -> None:
    fetch(server, tmp_path)
    found = read_folder(tmp_path / "town")
    for n in range(small.N_HOUSES):
        footprint = found.buildings.footprints[found.buildings.rows[small.building_id(n)]]
        x, y = small.X0 + 30 * (n % 6), small.Y0 + 30 * (n // 6)
        assert footprint.symmetric_difference(shapely.box(x, y, x + 10, y + 8)).area < 1e-6


def test_ground_is_cut_at_the_edge_and_only_what_is_there_now(server: Replay, tmp_path: Path) -> None:
    fetch(server, tmp_path)
    ground = read_folder(tmp_path / "town").ground.set_index("surface_id")
    assert dict(ground["kind"]) == {
        "G1.road": "carriageway", "G1.path": "pavement", "G1.track": "terrain", "G1.verge": "green", "G1.green": "green",
        "G1.erf": "other", "G1.ditch": "terrain",
    }  # fmt: skip
    assert ground.geometry["G1.green"].equals(shapely.box(155_700, 463_970, 155_790, 463_990))
    assert ground.geometry["G1.path"].area == pytest.approx(400.0)  # the newer of two versions
    assert ground["material"]["G1.green"] == "heesters"
    assert ground["material"]["G1.track"] == "onverhard"


def test_trees_stand_where_they_stand_and_nobody_makes_up_their_size(server: Replay, tmp_path: Path) -> None:
    fetch(server, tmp_path)
    trees = read_folder(tmp_path / "town").trees
    assert sorted(trees["tree_id"]) == [f"G1.tree{n}" for n in range(5)]
    assert trees["height"].isna().all()
    assert trees["crown_diameter"].isna().all()
    assert [(point.x, point.y) for point in trees.sort_values("tree_id").geometry] == [(155_600 + 10 * n, 463_945) for n in range(5)]


def test_addresses_know_their_building(server: Replay, tmp_path: Path) -> None:
    fetch(server, tmp_path)
    table = read_folder(tmp_path / "town").addresses.set_index("address_id")
    assert len(table) == small.N_HOUSES + 2
    assert list(table["building_id"][:3]) == [small.building_id(n) for n in range(3)]
    shop = table.loc["0307010000000100"]
    assert (shop["use"], shop["suffix"], shop["number"], shop["postcode"], shop["building_id"]) == (
        "shop",
        "A-2",
        101,
        "3815DT",
        small.building_id(0),
    )
    hall = table.loc["0307010000000103"]
    assert hall["use"] == "other"
    assert math.isnan(hall["floor_area"])
    assert table.loc["0307010000000000"]["floor_area"] == 90.0
    assert set(table["storey"].isna()) == {True}
    assert set(table["side"]) == {""}


def test_counts_in_the_provenance_are_true(server: Replay, world: World, tmp_path: Path) -> None:
    fetch(server, tmp_path)
    told = collections(tmp_path / "town")
    assert all(each["got"] == each["kept"] + sum(each["left_out"].values()) for each in told.values())
    assert told["wegdeel"]["left_out"] == {"ended": 1, "not_built": 1, "older_version": 1, "other_level": 1}
    assert told["vegetatieobject_punt"]["left_out"] == {"ended": 1, "no_tree": 1}  # the tree outside was not asked for
    assert told["verblijfsobject"]["left_out"] == {"not_in_use": 2}
    assert told["verblijfsobject"]["got"] == small.N_HOUSES + 4
    buildings = (
        told["pand"]
        if told["pand"]["asked"] is not None
        else next(
            each
            for service in provenance(tmp_path / "town")["services"]
            if service["service"] == "3D BAG"
            for each in service["collections"]
        )
    )
    assert buildings["asked"] == buildings["got"]
    assert buildings["kept"] == small.N_HOUSES + 4
    assert buildings["left_out"].get("beyond_halo") == 1
    found = read_folder(tmp_path / "town")
    rows = {"ground": found.ground, "trees": found.trees, "addresses": found.addresses}
    grounds = ("wegdeel", "ondersteunendwegdeel", "begroeidterreindeel", "onbegroeidterreindeel", "waterdeel", "ondersteunendwaterdeel")
    assert sum(told[name]["kept"] for name in grounds) == len(rows["ground"])
    assert told["vegetatieobject_punt"]["kept"] == len(rows["trees"])
    assert told["verblijfsobject"]["kept"] == len(rows["addresses"])
    assert {day for each in told.values() for day in each["fetched"].values()} == {"2026-11-22"}


def test_provenance_names_service_licence_version_and_credit(server: Replay, tmp_path: Path) -> None:
    fetch(server, tmp_path)
    services = {each["service"]: each for each in provenance(tmp_path / "town")["services"]}
    assert set(services) == {"3D BAG", "BGT", "BAG"}
    assert services["3D BAG"]["version"] == "v20250903"
    assert services["BGT"]["licence"] == "CC0-1.0"
    for_people = (tmp_path / "town" / "PROVENANCE.md").read_text(encoding="utf-8")
    assert "3D BAG by somebody" in for_people
    sources = {source.title: source for source in read_folder(tmp_path / "town").sources}
    assert (sources["BGT"].vintage, sources["BGT"].subjects) == ("2026-11-22", ("ground", "trees"))
    assert sources["BAG"].subjects == ("addresses",)
    assert sources["3D BAG"].licence == "CC-BY-4.0"


def test_the_list_that_travels_with_the_project_is_complete_and_credits_3d_bag() -> None:
    services = read_services()
    assert services["bag3d"].licence == "CC-BY-4.0"
    assert services["bag3d"].credit == "© 3DBAG by tudelft3d and 3DGI"
    assert services["bag3d"].about == "https://docs.3dbag.nl/en/copyright"
    assert services["bag3d"].page_size <= 100
    assert all(service.url.startswith("https://") for service in services.values())


# --------------------------------------------------------------------------------------------------------------------- halo


def test_the_halo_grows_with_the_tallest_building_that_is_found(server: Replay, tmp_path: Path) -> None:
    fetched = fetch(server, tmp_path)
    expected = math.ceil(small.TOWER / math.tan(math.radians(halo_rule().lowest_sun)))
    assert (fetched.reach.radius, fetched.reach.is_capped) == (float(expected), False)
    assert fetched.reach.tallest == pytest.approx(small.TOWER)
    told = provenance(tmp_path / "town")["halo"]
    assert (told["radius_m"], told["lowest_sun_deg"], told["tallest_m"]) == (expected, 5.0, small.TOWER)
    assert "data/norms/halo.toml" in told["source"]


def test_a_plan_that_is_coming_widens_the_halo_up_to_its_cap(server: Replay, tmp_path: Path) -> None:
    fetched = fetch(server, tmp_path, Wanted(box=BOX, tallest_plan=90.0))
    assert (fetched.reach.radius, fetched.reach.is_capped) == (halo_rule().longest_reach, True)
    assert fetched.n_halo == 5
    assert provenance(tmp_path / "town")["halo"]["is_capped"] is True


@pytest.mark.parametrize(("height", "radius"), [(30.0, 343.0), (60.0, 686.0), (61.0, 698.0), (0.0, 0.0)])
def test_reach_is_height_over_the_tangent_of_the_lowest_sun(height: float, radius: float) -> None:
    assert reach_of(height, halo_rule()).radius == radius


def test_strips_cover_what_is_new_once() -> None:
    inner, outer = (10.0, 10.0, 20.0, 30.0), (0.0, 5.0, 25.0, 30.0)
    pieces = [shapely.box(*strip) for strip in strips(inner, outer)]
    assert sum(piece.area for piece in pieces) == shapely.box(*outer).area - shapely.box(*inner).area
    assert shapely.union_all(pieces).equals(shapely.box(*outer).difference(shapely.box(*inner)))


# --------------------------------------------------------------------------------------------------------------------- area


def test_a_wijk_is_found_by_its_code(server: Replay, tmp_path: Path) -> None:
    fetched = fetch(server, tmp_path, Wanted(code="wk030710"))
    assert fetched.name == "Wijk 10 Voorbeeld"
    assert fetched.n_buildings == small.N_HOUSES
    told = provenance(tmp_path / "town")
    assert told["area"] == {"kind": "wijk", "code": "WK030710"}
    assert collections(tmp_path / "town")["wijken"]["left_out"] == {"another_code": 1}
    assert "CBS" in {source.title for source in read_folder(tmp_path / "town").sources}


def test_a_buurt_too(server: Replay, tmp_path: Path) -> None:
    assert fetch(server, tmp_path, Wanted(code="BU03071001")).n_buildings == 6


def test_around_a_street(server: Replay, tmp_path: Path) -> None:
    fetched = fetch(server, tmp_path, Wanted(street="Lijsterstraat, Amersfoort", radius=40.0))
    inside = [
        n for n in range(small.N_HOUSES) if math.dist((small.X0 + 30 * (n % 6) + 5, small.Y0 + 30 * (n // 6) + 4), (155_690, 463_940)) < 40
    ]
    assert fetched.name == "Lijsterstraat, Amersfoort"
    assert 0 < fetched.n_buildings == len(inside)
    assert collections(tmp_path / "town")["free"]["kept"] == 1
    assert {source.title for source in read_folder(tmp_path / "town").sources} == {"3D BAG", "BGT", "BAG"}


def test_no_house_number_is_kept_or_told_of_what_was_typed(server: Replay, tmp_path: Path) -> None:
    steps: list[Step] = []
    fetch(server, tmp_path, Wanted(street="Lijsterstraat 4711, Amersfoort", radius=40.0), progress=steps.append)
    assert not [name for name, content in contents(tmp_path / "town").items() if b"4711" in content]
    assert not [path for path in (tmp_path / "state").rglob("*") if path.is_file() and b"4711" in path.read_bytes()]
    assert not [step for step in steps if "4711" in step.what or "Lijsterstraat" in step.what]


@pytest.mark.parametrize(
    ("wanted", "key"),
    [
        (Wanted(code="WK0307"), "fetch.bad_code"),
        (Wanted(code="Liendert"), "fetch.bad_code"),
        (Wanted(code="WK030799"), "fetch.no_such_code"),
        (Wanted(code="WK999901"), "fetch.no_such_code"),
        (Wanted(box=(5.3, 52.1, 5.4, 52.2)), "fetch.bad_box"),
        (Wanted(box=(155_700.0, 463_900.0, 155_600.0, 464_000.0)), "fetch.bad_box"),
        (Wanted(box=(400_000.0, 463_900.0, 400_100.0, 464_000.0)), "fetch.bad_box"),
        (Wanted(box=(150_000.0, 460_000.0, 160_000.0, 461_000.0)), "fetch.area_too_large"),
        (Wanted(box=(200_000.0, 500_000.0, 200_100.0, 500_100.0)), "fetch.no_buildings"),
    ],
)
def test_what_cannot_be_asked_is_told(server: Replay, tmp_path: Path, wanted: Wanted, key: str) -> None:
    with pytest.raises(InputError) as refused:
        fetch(server, tmp_path, wanted)
    assert refused.value.key == key
    assert not (tmp_path / "town").exists()


def test_a_street_in_several_places_is_asked_about(server: Replay, world: World, tmp_path: Path) -> None:
    world.streets = [{**world.streets[0], "woonplaatsnaam": place} for place in ("Amersfoort", "Zeist")]
    with pytest.raises(InputError) as refused:
        fetch(server, tmp_path, Wanted(street="Lijsterstraat 12", radius=40.0))
    assert refused.value.key == "fetch.which_place"
    assert "Zeist" in refused.value.sentence("nl")
    assert "12" not in refused.value.sentence("nl")
    world.streets = []
    with pytest.raises(InputError) as refused:
        fetch(server, tmp_path, Wanted(street="Lijsterstraat 12", radius=40.0))
    assert refused.value.key == "fetch.no_such_street"


# ----------------------------------------------------------------------------------------------------------------- politeness


def test_one_connection_one_name_and_pages_of_the_stated_size(server: Replay, tmp_path: Path) -> None:
    fetch(server, tmp_path)
    agents = {headers["User-Agent"] for _, headers, _ in server.asked}
    assert len(agents) == 1
    assert next(iter(agents)).startswith("wijktwin/")
    assert len({port for _, _, port in server.asked}) == 1
    assert all("limit=5" in address for address in server.addresses() if address.startswith("/bag3d"))
    assert len(server.addresses()) == len(set(server.addresses())), "something was asked twice"


def test_pages_are_gone_once_the_neighbourhood_is_there(server: Replay, tmp_path: Path) -> None:
    fetch(server, tmp_path)
    assert not list((tmp_path / "state").rglob("*.page"))


def test_progress_tells_every_collection(server: Replay, tmp_path: Path) -> None:
    steps: list[Step] = []
    fetch(server, tmp_path, progress=steps.append)
    assert {step.what for step in steps if step.is_finished} >= {"3D BAG", "3D BAG, around", "BGT, wegdeel", "BAG, verblijfsobject"}
    own = [step for step in steps if step.what == "3D BAG"]
    assert [(step.done, step.total) for step in own] == [(5, 18), (10, 18), (15, 18), (18, 18)]
