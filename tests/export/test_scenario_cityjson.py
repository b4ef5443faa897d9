"""A scenario as CityJSON: what is written reads back as what it was, without what goes and with what is proposed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
import pytest

from wijktwin.export.scenario_cityjson import closed_shells, write_scenario
from wijktwin.model.building import FLAG_FIELDS, FLOAT_FIELDS, TEXT_FIELDS, Buildings
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.scenario import Scenario
from wijktwin.sources.cityjson.read import read_city_model
from wijktwin.sources.folder import read_folder
from wijktwin.sources.neighbourhoods import neighbourhood_from
from wijktwin.sources.plan_files import read_plan

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
    assert [dict(row) for row in model.buildings.other] == [dict(row) for row in neighbourhood.buildings.other]


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
    assert count == len(document["CityObjects"]) == 1000 - 1 + 3
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
