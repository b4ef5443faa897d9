"""Fetching from a server that replays real answers and real files: 159 buildings of Delft, the ground of a village, wijk Liendert."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
import pytest
import shapely
import shapely.geometry

from tests.sources import small_town_services as small
from tests.sources.replay import Fault, World, extent, replaying, service_list
from tests.sources.small_town_services import HeldClock, contents
from wijktwin.sources.cityjson import read_city_model
from wijktwin.sources.fetching.client import Client, Patience
from wijktwin.sources.fetching.fetch import Fetched, Wanted, fetch_neighbourhood
from wijktwin.sources.fetching.services import read_services
from wijktwin.sources.prepared import open_neighbourhood

DELFT: Final = (84_927.0, 446_572.0, 85_528.0, 447_123.0)
OTTERLO: Final = (181_100.0, 457_150.0)
IN_THE_SERVICE: Final = {
    "lokaalID": "lokaal_id",
    "bgt-status": "status",
    "relatieveHoogteligging": "relatieve_hoogteligging",
    "eindRegistratie": "eind_registratie",
    "terminationDate": "termination_date",
    "tijdstipRegistratie": "tijdstip_registratie",
    "function": "functie",
    "surfaceMaterial": "fysiek_voorkomen",
    "bgt-fysiekVoorkomen": "fysiek_voorkomen",
    "plus-fysiekVoorkomen": "plus_fysiek_voorkomen",
    "plus-type": "plus_type",
}
"""How PDOK's API spells what the files from GML hold."""


def fetch(world: World, folder: Path, wanted: Wanted) -> Fetched:
    with replaying(world) as server:
        services = read_services(service_list(server, folder, buildings_page=50, page=500))
        with Client(clock=HeldClock(), patience=Patience(attempts=3, connect=10.0, read=30.0)) as client:
            return fetch_neighbourhood(wanted, folder / "town", services=services, client=client, state=folder / "state")


def delft(shared_data: Path) -> World:
    """The buildings of the replayed pages, back in whole millimetres of RD New."""
    buildings, metadata = [], {}
    for number in range(1, 5):
        page = orjson.loads((shared_data / "3dbag" / "api_like" / f"items_page{number}.json").read_bytes())
        corner = np.rint(np.array(page["metadata"]["transform"]["translate"]) * 1000).astype(np.int64)
        buildings += [{**each, "vertices": (np.array(each["vertices"]) + corner).tolist()} for each in page["features"]]
        metadata = page["metadata"]["metadata"]
    return World(buildings=buildings, metadata=metadata)


def village(shared_data: Path, name: str, file: str, place: tuple[float, float]) -> list[Any]:
    """One collection of the real BGT as PDOK's API spells it, moved elsewhere."""
    features = orjson.loads((shared_data / "bgt_otterlo" / f"{file}.geojson").read_bytes())["features"]
    found = []
    for feature in features:
        told = {IN_THE_SERVICE.get(key, key): value for key, value in feature["properties"].items()}
        told |= {"type" if name == "waterdeel" else "fysiek_voorkomen": told.pop("class")} if "class" in told else {}
        moved = small.shifted(feature, place[0] - OTTERLO[0], place[1] - OTTERLO[1])
        found.append({**moved, "id": feature["properties"]["gml_id"], "properties": told})
    return found


@pytest.fixture(scope="module")
def world(shared_data: Path) -> World:
    made = delft(shared_data)
    place = (DELFT[0] + DELFT[2]) / 2, (DELFT[1] + DELFT[3]) / 2
    for name in ("wegdeel", "ondersteunendwegdeel", "begroeidterreindeel", "onbegroeidterreindeel", "waterdeel"):
        made.collections["bgt", name] = village(shared_data, name, name, place)
    made.collections["bgt", "ondersteunendwaterdeel"] = []
    trees = village(shared_data, "vegetatieobject_punt", "vegetatieobject", place)
    made.collections["bgt", "vegetatieobject_punt"] = [each for each in trees if each["geometry"]["type"] == "Point"]
    made.collections["bag", "pand"] = made.collections["bag", "verblijfsobject"] = []
    return made


def test_delft_comes_whole_and_is_the_same_as_the_file(shared_data: Path, world: World, tmp_path: Path) -> None:
    fetched = fetch(world, tmp_path, Wanted(box=DELFT))
    found = open_neighbourhood(tmp_path / "town", state_dir=tmp_path / "state")
    known = read_city_model(shared_data / "3dbag" / "delft_v20241216.city.json")
    assert fetched.n_buildings + fetched.n_halo == 159
    assert set(found.buildings.building_ids) == set(known.buildings.building_ids)
    rows = [known.buildings.rows[name] for name in found.buildings.building_ids]
    np.testing.assert_allclose(found.buildings.numbers["volume"], known.buildings.numbers["volume"][rows], rtol=1e-6, equal_nan=True)
    np.testing.assert_allclose(found.buildings.numbers["height"], known.buildings.numbers["height"][rows], atol=1e-6, equal_nan=True)
    assert len(found.ground) > 300
    assert len(found.trees) == fetched.n_trees > 50
    told = orjson.loads((tmp_path / "town" / "provenance.json").read_bytes())
    (pand,) = next(each for each in told["services"] if each["service"] == "3D BAG")["collections"]
    assert pand["kept"] == 159
    assert pand["got"] == pand["asked"] == pand["kept"] + sum(pand["left_out"].values())
    assert {source.title for source in found.sources} == {"3D BAG", "BGT", "BAG", "Streets derived from BGT road surfaces"}


def test_delft_with_every_fault_once_is_the_same(world: World, tmp_path: Path) -> None:
    (tmp_path / "right").mkdir()
    (tmp_path / "hindered").mkdir()
    fetch(world, tmp_path / "right", Wanted(box=DELFT))
    world.faults = [
        Fault(kind, service, times=1, skip=skip)
        for skip, kind in enumerate(("status 500", "cut", "empty", "half_json", "miscounted"))
        for service in ("/bag3d/", "/bgt/collections/wegdeel")
    ]
    fetch(world, tmp_path / "hindered", Wanted(box=DELFT))
    assert [fault.times for fault in world.faults if fault.match == "/bag3d/"] == [0] * 5
    right, hindered = (contents(tmp_path / each / "town") for each in ("right", "hindered"))
    assert {name for name in right if right[name] != hindered[name]} <= {"provenance.json"}  # it names the address of the server
    world.faults = []


def liendert(shared_data: Path) -> World:
    """The made-up town in the real outline of the wijk, with the real answer for one of its streets."""
    world = small.town()
    drawn = orjson.loads((shared_data / "liendert" / "cbs_wijken_2023_liendert_e.o_rd.geojson").read_bytes())["features"]
    world.collections["cbs", "wijken"] = [
        {
            **each,
            "properties": {
                "wijkcode": each["properties"]["statcode"], "wijknaam": each["properties"]["statnaam"],
                "gemeentecode": f"GM{each['properties']['statcode'][2:6]}",
            },
        }
        for each in drawn
    ]  # fmt: skip
    answer = orjson.loads((shared_data / "liendert" / "locatieserver_lookup_lijsterstraat20.json").read_bytes())
    world.streets = answer["response"]["docs"]
    return world


def test_liendert_by_its_code(shared_data: Path, tmp_path: Path) -> None:
    world = liendert(shared_data)
    (outline,) = [each["geometry"] for each in world.collections["cbs", "wijken"] if each["properties"]["wijkcode"] == "WK030710"]
    wijk = shapely.geometry.shape(outline)
    inside = {each["id"] for each in world.buildings if wijk.contains(extent(each).centroid)}
    fetched = fetch(world, tmp_path, Wanted(code="WK030710"))
    lines = (tmp_path / "town" / "buildings.city.jsonl").read_bytes().splitlines()[1:]
    assert "Liendert" in fetched.name
    assert {orjson.loads(line)["id"] for line in lines} == inside
    assert 0 < len(inside) < len(world.buildings), "the edge of the wijk runs through the town"
    told = orjson.loads((tmp_path / "town" / "provenance.json").read_bytes())
    assert told["area"]["code"] == "WK030710"


def test_around_the_street_of_a_real_answer_without_its_house_number(shared_data: Path, tmp_path: Path) -> None:
    fetched = fetch(liendert(shared_data), tmp_path, Wanted(street="Lijsterstraat, Amersfoort", radius=400.0))
    assert fetched.name == "Lijsterstraat, Amersfoort"
    told = orjson.loads((tmp_path / "town" / "provenance.json").read_bytes())
    assert told["area"]["centre"] == [155_990.61, 464_256.19]
    assert b"3815DT" not in (tmp_path / "town" / "provenance.json").read_bytes()
