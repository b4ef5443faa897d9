"""A scenario as CityJSON: what is written reads back as what it was, without what goes and with what is proposed."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import shapely
import shapely.affinity
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.impacts.village import EAST, NORTH, plan, tower, village
from wijktwin import appearance
from wijktwin.export.scenario_cityjson import STATE, THEME, State, closed_shells, write_scenario
from wijktwin.model.building import FLAG_FIELDS, FLOAT_FIELDS, TEXT_FIELDS, Buildings
from wijktwin.model.mesh import Mesh
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import PlanRole
from wijktwin.model.scenario import Scenario
from wijktwin.sources.cityjson.read import read_city_model
from wijktwin.sources.folder import read_folder
from wijktwin.sources.neighbourhoods import neighbourhood_from
from wijktwin.sources.plan_files import read_plan

OTHER_PROGRAM = """
import json, sys
from cjio import cityjson  # it changes how json writes numbers, for all of its process: therefore in one of its own
with open(sys.argv[1], encoding="utf-8") as file:
    model = cityjson.reader(file)
part = model.get_subset_ids([name for name in sys.argv[2:] if name in model.j["CityObjects"]])
drawn = part.export2obj(sloppy=True)
obj = (drawn[0] if isinstance(drawn, tuple) else drawn).getvalue()
print(json.dumps({"version": model.get_version(), "epsg": model.get_epsg(), "info": "\\n".join(model.get_info()), "obj": obj}))
"""
CUBE = [[[0, 2, 3, 1]], [[0, 1, 5, 4]], [[1, 3, 7, 5]], [[3, 2, 6, 7]], [[2, 0, 4, 6]], [[4, 5, 7, 6]]]
REAL = (
    "3dbag/amersfoort_dehoef_9-572-632_v20250903.city.json",
    "3dbag/delft_v20240420.city.jsonl",
    "3dbag/delft_v20241216.city.json",
    "3dbag/delft_5907_v210908_cityjson11.city.json",
    "cityjson/bavaria_lod2_epsg25832_v20.city.json",
)


@pytest.fixture(scope="module")
def neighbourhood(root: Path) -> Neighbourhood:
    return read_folder(root / "data" / "example")


def same_buildings(one: Buildings, other: Buildings) -> None:
    assert one.building_ids == other.building_ids
    for name in FLOAT_FIELDS:
        np.testing.assert_allclose(one.numbers[name], other.numbers[name], rtol=1e-3, atol=0.01, equal_nan=True, err_msg=name)
    for name in TEXT_FIELDS:
        assert one.texts[name] == other.texts[name], name
    for name in FLAG_FIELDS:
        assert (one.flags[name] == other.flags[name]).all(), name
    assert one.invalid_codes == other.invalid_codes


@pytest.mark.parametrize("name", ["a.city.json", "a.city.jsonl", "a.city.jsonl.gz"])
def test_the_example_comes_back_as_it_was(neighbourhood: Neighbourhood, tmp_path: Path, name: str) -> None:
    assert write_scenario(Scenario(neighbourhood), tmp_path / name) == 1000
    model = read_city_model(tmp_path / name)
    same_buildings(neighbourhood.buildings, model.buildings)
    assert model.mesh.n_surfaces == neighbourhood.mesh.n_surfaces
    assert model.reference_system == neighbourhood.reference_system
    told = [dict(row) for row in model.buildings.other]
    assert {row.pop(STATE) for row in told} == {State.EXISTING}
    assert told == [dict(row) for row in neighbourhood.buildings.other]


@pytest.mark.parametrize("name", REAL)
def test_real_files_come_back_as_they_were(shared_data: Path, tmp_path: Path, name: str) -> None:
    model = read_city_model(shared_data / name)
    one = neighbourhood_from([model], name="real")
    write_scenario(Scenario(one), tmp_path / "a.city.json")
    back = read_city_model(tmp_path / "a.city.json")
    same_buildings(model.buildings, back.buildings)
    assert back.mesh.n_surfaces == model.mesh.n_surfaces
    assert back.reference_system == model.reference_system


def test_a_plan_takes_away_and_brings(neighbourhood: Neighbourhood, root: Path, tmp_path: Path) -> None:
    plan = read_plan(root / "data" / "example" / "plans" / "vogeltorens.geojson", neighbourhood=neighbourhood)
    count = write_scenario(Scenario(neighbourhood, frozenset({plan})), tmp_path / "a.city.json")
    document = orjson.loads((tmp_path / "a.city.json").read_bytes())
    proposed = {name: thing for name, thing in document["CityObjects"].items() if thing["attributes"].get("wijktwin_proposed")}
    group = document["CityObjects"].pop("plan/vogeltorens")
    assert count == len(document["CityObjects"]) == 1000 - 1 + 3
    assert (group["type"], set(group["children"]), set(group["children_roles"])) == ("CityObjectGroup", set(proposed), {State.PROPOSED})
    assert {name for name, thing in document["CityObjects"].items() if thing.get("parents") == ["plan/vogeltorens"]} == set(proposed)
    assert {thing["attributes"][STATE] for name, thing in document["CityObjects"].items() if name not in proposed} == {State.EXISTING}
    materials = document["appearance"]["materials"]
    colours = {
        name: {materials[part["material"][THEME]["value"]]["name"] for part in thing["geometry"]} for name, thing in proposed.items()
    }
    assert set(map(frozenset, colours.values())) == {frozenset({"proposal"})}
    assert next(each["diffuseColor"] for each in materials if each["name"] == "proposal") == pytest.approx(
        [channel / 255 for channel in appearance.PLAN_FACES["proposal"]], abs=1e-4
    )
    (told,) = document["metadata"]["plans"]
    assert (told["plan_id"], told["proposer"], told["content_key"]) == (plan.plan_id, plan.proposer, plan.content_key)
    assert document["metadata"]["identifier"] == Scenario(neighbourhood, frozenset({plan})).key
    owners = {source["owner"] for source in document["metadata"]["sources"]}
    assert owners >= {source.owner for source in neighbourhood.sources} | {plan.source.owner}
    assert not plan.demolishes & set(document["CityObjects"])
    assert set(proposed) == {"vogeltorens/hoge-toren", "vogeltorens/lage-toren", "vogeltorens/garage"}
    assert document["metadata"]["fictional"] is True
    assert all(thing["attributes"]["proposer"] == plan.proposer and thing["attributes"]["fictional"] for thing in proposed.values())
    model = read_city_model(tmp_path / "a.city.json")
    volumes = model.buildings.numbers["volume"]
    rows = model.buildings.rows
    assert volumes[rows["vogeltorens/hoge-toren"]] == pytest.approx(480 * 60, rel=1e-3)
    assert volumes[rows["vogeltorens/lage-toren"]] == pytest.approx(600 * 24, rel=1e-3)
    assert volumes[rows["vogeltorens/garage"]] == pytest.approx(3000 * 3.2, rel=1e-3)


def test_what_goes_is_flagged_for_whoever_asks(neighbourhood: Neighbourhood, root: Path, tmp_path: Path) -> None:
    plan = read_plan(root / "data" / "example" / "plans" / "vogeltorens.geojson", neighbourhood=neighbourhood)
    path = tmp_path / "a.city.json"
    assert write_scenario(Scenario(neighbourhood, frozenset({plan})), path, with_demolished=True) == 1000 + 3
    document = orjson.loads(path.read_bytes())
    gone = {name: thing for name, thing in document["CityObjects"].items() if thing["attributes"].get(STATE) == State.DEMOLISHED}
    assert set(gone) == plan.demolishes
    group = document["CityObjects"]["plan/vogeltorens"]
    assert dict(zip(group["children"], group["children_roles"], strict=True)).items() >= dict.fromkeys(gone, "demolished").items()
    assert all(thing["attributes"]["demolished_by"] == "vogeltorens" for thing in gone.values())
    vertices = np.array(document["vertices"]) * document["transform"]["scale"] + document["transform"]["translate"]
    assert document["metadata"]["geographicalExtent"] == pytest.approx([*vertices.min(axis=0), *vertices.max(axis=0)], abs=0.0006)


def test_another_program_reads_it_and_turns_it_into_its_own(neighbourhood: Neighbourhood, root: Path, tmp_path: Path) -> None:
    plan = read_plan(root / "data" / "example" / "plans" / "vogeltorens.geojson", neighbourhood=neighbourhood)
    few = neighbourhood.buildings.building_ids[:40]
    path = tmp_path / "a.city.json"
    write_scenario(Scenario(neighbourhood, frozenset({plan})), path)
    asked = [sys.executable, "-c", OTHER_PROGRAM, str(path), *few, "plan/vogeltorens"]
    told = orjson.loads(subprocess.run(asked, check=True, capture_output=True).stdout)
    assert (told["version"], told["epsg"]) == ("2.0", 7415)
    assert "CityObjectGroup" in told["info"]
    lines = told["obj"].splitlines()
    heights = [float(line.split()[3]) for line in lines if line.startswith("v ")]
    assert {line.split()[1] for line in lines if line.startswith("o ")} >= {"vogeltorens/hoge-toren", "vogeltorens/lage-toren"}
    assert max(heights) - min(heights) == pytest.approx(60 + 3.2, abs=1.5), "from the floor of the garage to the top of the high tower"


@settings(derandomize=True, deadline=None, max_examples=20, phases=[Phase.generate])
@given(
    x=st.floats(20, 80), y=st.floats(70, 80), width=st.floats(1, 15), depth=st.floats(1, 15), degrees=st.floats(0, 90),
    height=st.floats(2.5, 120), base=st.floats(-6, 2), role=st.sampled_from(PlanRole),
)  # fmt: skip
def test_any_block_comes_back_to_the_millimetre(
    *, x: float, y: float, width: float, depth: float, degrees: float, height: float, base: float, role: PlanRole
) -> None:
    corners = shapely.affinity.rotate(shapely.box(EAST + x, NORTH + y, EAST + x + width, NORTH + y + depth), degrees)
    one = replace(tower(footprint=corners, height=round(height, 3), base=round(base, 3)), use="office")
    proposed = plan("blok", volumes=(one,), role=role)
    scenario = village().with_plans([proposed])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.city.json"
        write_scenario(scenario, path)
        model = read_city_model(path)
    row = model.buildings.rows["blok/tower"]
    told = dict(model.buildings.other[row])
    assert {name: told[name] for name in (STATE, "plan_id", "proposer")} == {
        STATE: "proposed", "plan_id": "blok", "proposer": proposed.proposer,
    }  # fmt: skip
    before, after = (points(mesh, place) for mesh, place in ((scenario.volume_mesh, 0), (model.mesh, row)))
    assert before.shape == after.shape
    assert np.abs(before - after).max() <= 0.0005 + 1e-6
    assert model.buildings.numbers["volume"][row] == pytest.approx(width * depth * (one.height - one.base), rel=0.01)


def points(mesh: Mesh, row: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Corners of one object in real coordinates, in the order of their millimetres."""
    first, last = np.searchsorted(mesh.surface_object, [row, row + 1])
    start, end = mesh.ring_start[np.searchsorted(mesh.ring_surface, [first, last])]
    found = np.unique(mesh.vertices[mesh.ring_vertices[start:end]] + mesh.origin, axis=0)
    return found[np.lexsort(np.rint(found * 100).T)]


def test_what_we_raised_ourselves_goes_out_as_the_footprint_it_is(neighbourhood: Neighbourhood, tmp_path: Path) -> None:
    before = neighbourhood.buildings
    texts = {**before.texts, "geometry_from": ("footprint raised",) * len(before)}
    raised = replace(neighbourhood, buildings=replace(before, texts=texts))
    write_scenario(Scenario(raised), tmp_path / "a.city.json")
    document = orjson.loads((tmp_path / "a.city.json").read_bytes())
    assert {geometry["lod"] for thing in document["CityObjects"].values() for geometry in thing["geometry"]} == {"0"}


def test_the_same_scenario_gives_the_same_bytes(neighbourhood: Neighbourhood, tmp_path: Path) -> None:
    for name in ("one", "other"):
        write_scenario(Scenario(neighbourhood), tmp_path / f"{name}.city.json")
    assert (tmp_path / "one.city.json").read_bytes() == (tmp_path / "other.city.json").read_bytes()


def test_solids_that_stand_against_each_other_are_found_again() -> None:
    second = [[[index + 8 for index in ring] for ring in face] for face in CUBE]
    against = [[[{8: 1, 10: 3, 12: 5, 14: 7}.get(index, index) for index in ring] for ring in face] for face in second]
    assert closed_shells(CUBE) == [range(6)]
    assert closed_shells(CUBE + second) == [range(6), range(6, 12)]
    assert closed_shells(CUBE + against) == [range(6), range(6, 12)]
    assert closed_shells(CUBE[:5]) == []
    assert closed_shells(CUBE + second[:5]) == []
    assert closed_shells([]) == []
