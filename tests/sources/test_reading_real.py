"""Real files: every release of 3D BAG, and the other models beside the project, against figures from outside this reader."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import shapely

from wijktwin import crs
from wijktwin.model.city_model import CityModel
from wijktwin.model.mesh import Mesh, SurfaceKind
from wijktwin.sources.cityjson import document as reading_document
from wijktwin.sources.cityjson import read_city_model
from wijktwin.sources.neighbourhoods import neighbourhood_from

pytestmark = pytest.mark.shared_data

TILE = "3dbag/amersfoort_dehoef_9-572-632_v20250903.city.json"
DELFT = "3dbag/delft_v20241216.city.json"
DELFT_2021 = "3dbag/delft_5907_v210908_cityjson11.city.json"
ROTTERDAM = "cityjson/rotterdam_delfshaven_v20.city.json"


@pytest.fixture(scope="module")
def tile(shared_data: Path) -> CityModel:
    return read_city_model(shared_data / TILE)


def objects(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(path.read_bytes())["CityObjects"]
    return found


def test_the_amersfoort_tile_holds_what_3d_bag_says(tile: CityModel, shared_data: Path) -> None:
    stated = [one["attributes"]["b3_volume_lod22"] for one in objects(shared_data / TILE).values() if one["type"] == "Building"]
    assert len(tile.buildings) == 167
    assert sum(stated) == pytest.approx(2_311_057, abs=1)
    assert tile.buildings.numbers["volume"].sum() == pytest.approx(sum(stated), rel=1e-3)
    np.testing.assert_allclose(tile.buildings.numbers["volume_stated"], stated)


def test_each_building_of_the_tile_has_its_own_volume_and_footprint(tile: CityModel, shared_data: Path) -> None:
    valid = tile.buildings.flags["is_valid"]
    error = tile.buildings.numbers["volume"] / tile.buildings.numbers["volume_stated"] - 1
    assert np.abs(error[valid]).max() < 5e-3
    assert np.median(np.abs(error)) < 1e-4
    stated = [one["attributes"]["b3_opp_grond"] for one in objects(shared_data / TILE).values() if one["type"] == "Building"]
    area = tile.buildings.numbers["footprint_area"]
    assert np.median(np.abs(area / stated - 1)) < 5e-4
    assert (area > 0.985 * np.array(stated) - 0.5).all()  # the outline of the register; ground below roofs of others is not in theirs


def test_four_solids_of_the_tile_are_invalid_in_the_words_of_the_source(tile: CityModel) -> None:
    flagged = {one.building_id: one.invalid_codes for one in tile.buildings if not one.is_valid}
    assert len(flagged) == 4
    assert sorted(flagged.values()) == [("102",), ("102",), ("303",), ("303", "307")]
    note = next(note for note in tile.notes if note.key == "reading.invalid_solids")
    assert note.values["count"] == 4
    drawn = set(tile.mesh.surface_object.tolist())
    assert {tile.buildings.rows[building_id] for building_id in flagged} <= drawn


def test_all_of_the_tile_is_drawn_at_its_best(tile: CityModel) -> None:
    assert (tile.buildings.numbers["lod"] == 2.2).all()
    assert set(tile.buildings.texts["geometry_from"]) == {"solid"}
    assert tile.lods == {"0": 167, "1.2": 167, "1.3": 167, "2.2": 167}
    assert tile.set_aside == {}
    assert (tile.version, tile.source.version, tile.source.licence) == ("2.0", "v20250903", "CC-BY-4.0")
    assert set(np.unique(tile.mesh.surface_kind)) == {SurfaceKind.GROUND, SurfaceKind.ROOF, SurfaceKind.WALL}


def test_heights_are_above_the_ground_of_the_source(tile: CityModel) -> None:
    numbers = tile.buildings.numbers
    rows = tile.mesh.surface_object[tile.mesh.ring_surface]
    corner_row = np.repeat(rows, np.diff(tile.mesh.ring_start))
    top = np.full(167, -np.inf)
    np.maximum.at(top, corner_row, tile.mesh.vertices[tile.mesh.ring_vertices, 2])
    np.testing.assert_allclose(numbers["height"], top - numbers["ground_height"])
    assert set(tile.buildings.texts["ground_kind"]) == {"measured"}
    assert set(tile.buildings.texts["height_kind"]) == {"calculated"}
    assert np.median(np.abs(top - numbers["roof_height_max"])) < 0.1


def test_closed_solids_look_outward_and_hold_the_volume_of_their_mesh(tile: CityModel) -> None:
    np.testing.assert_allclose(tile.mesh.object_volumes(167), tile.buildings.numbers["volume"], rtol=1e-9)
    roofs = tile.mesh.surface_kind == SurfaceKind.ROOF
    assert (tile.mesh.surface_normals()[roofs, 2] > 0).all()
    assert (tile.mesh.surface_normals()[tile.mesh.surface_kind == SurfaceKind.GROUND, 2] < 0).all()


def test_triangles_have_the_area_of_their_rings(tile: CityModel) -> None:
    mesh = tile.mesh
    normals = mesh.surface_normals()
    areas = mesh.surface_areas()
    for surface in range(0, mesh.n_surfaces, 7):
        helper = np.eye(3)[np.argmin(np.abs(normals[surface]))]
        u = np.cross(helper, normals[surface])
        u /= np.linalg.norm(u)
        v = np.cross(normals[surface], u)
        rings = [ring @ np.column_stack([u, v]) for ring in mesh.surface_rings(surface)]
        assert areas[surface] == pytest.approx(shapely.Polygon(rings[0], rings[1:]).area, rel=1e-3, abs=1e-5)


def test_delft_as_one_object_and_as_a_sequence_is_the_same(shared_data: Path) -> None:
    one = read_city_model(shared_data / DELFT)
    many = read_city_model((shared_data / DELFT).with_suffix(".jsonl"))
    assert set(one.buildings.building_ids) == set(many.buildings.building_ids)
    assert len(one.buildings) == 159
    order = [many.buildings.rows[building_id] for building_id in one.buildings.building_ids]
    for name, column in one.buildings.numbers.items():
        np.testing.assert_allclose(column, many.buildings.numbers[name][order], rtol=1e-6, atol=1e-6, err_msg=name)
    for name, texts in one.buildings.texts.items():
        assert list(texts) == [many.buildings.texts[name][row] for row in order], name
    assert one.mesh.n_triangles == many.mesh.n_triangles
    assert one.objects_by_type == many.objects_by_type
    assert one.lods == many.lods
    for row, other in enumerate(order):
        assert (
            one.buildings.footprints[row].equals_exact(many.buildings.footprints[other], 0.002)
            or one.buildings.footprints[row].symmetric_difference(many.buildings.footprints[other]).area < 0.01
        )


def test_every_release_reaches_the_same_fields(shared_data: Path) -> None:
    for name in (TILE, DELFT, DELFT_2021, "3dbag/delft_v20240420.city.jsonl"):
        buildings = read_city_model(shared_data / name).buildings
        for field in (
            "ground_height",
            "roof_height_min",
            "roof_height_median",
            "roof_height_p70",
            "roof_height_max",
            "roof_fit_rmse",
            "year_built",
        ):
            assert np.isfinite(buildings.numbers[field]).all(), (name, field)
        assert all(buildings.texts["status"])
        assert set(buildings.texts["roof_type"]) <= {"slanted", "horizontal", "multiple horizontal"}
        assert all(building_id.startswith("NL.IMBAG.Pand.") for building_id in buildings.building_ids)


def test_the_2021_release_by_hand(shared_data: Path) -> None:
    model = read_city_model(shared_data / DELFT_2021)
    building = model.buildings["NL.IMBAG.Pand.0503100000019595"]
    assert model.version == "1.1"
    assert model.source.vintage == "2021-09-20"
    assert building.ground_height == pytest.approx(-0.207)
    assert building.roof_height_median == pytest.approx(9.689)
    assert building.roof_height_max == pytest.approx(10.023)
    assert building.roof_fit_rmse == pytest.approx(0.041048, rel=1e-4)
    assert (building.year_built, building.status, building.roof_type) == (1914.0, "Pand in gebruik", "slanted")
    assert "reconstructie_methode" in building.other
    assert "h_dak_max" not in building.other
    assert sorted(one.invalid_codes for one in model.buildings if not one.is_valid) == [("104",), ("303",), ("303",)]


def test_two_parts_are_one_building(shared_data: Path) -> None:
    model = read_city_model(shared_data / DELFT_2021)
    assert (len(model.buildings), model.objects_by_type["BuildingPart"]) == (443, 444)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", [TILE, "3dbag/delft_v20241216.city.jsonl"])
def test_path_bytes_stream_and_gzip_give_the_same(shared_data: Path, name: str, packed: bool) -> None:
    text = (shared_data / name).read_bytes()
    given = gzip.compress(text, 1) if packed else text
    plain, other = read_city_model(shared_data / name), read_city_model(io.BytesIO(given), name="stream")
    assert plain.buildings.building_ids == other.buildings.building_ids
    for field, column in plain.buildings.numbers.items():
        np.testing.assert_array_equal(column, other.buildings.numbers[field], err_msg=field)
    np.testing.assert_array_equal(plain.mesh.triangles, other.mesh.triangles)
    assert read_city_model(text, name="bytes").key == plain.key
    assert (other.key == plain.key) == (not packed)


def test_the_answers_of_the_api_are_read(shared_data: Path) -> None:
    models = [read_city_model(shared_data / f"3dbag/api_like/items_page{page}.json") for page in range(1, 5)]
    together = neighbourhood_from(models, name="Delft")
    whole = neighbourhood_from([read_city_model(shared_data / DELFT)], name="Delft")
    assert set(together.buildings.building_ids) == set(whole.buildings.building_ids)
    assert together.buildings.numbers["volume"].sum() == pytest.approx(whole.buildings.numbers["volume"].sum(), rel=1e-9)
    assert together.mesh.n_triangles == whole.mesh.n_triangles
    single = read_city_model(shared_data / "3dbag/api_like/item_single.json")
    assert single.buildings.building_ids == ("NL.IMBAG.Pand.0503100000025473",)


def test_rotterdam_keeps_its_plane_and_its_heights(shared_data: Path) -> None:
    model = read_city_model(shared_data / ROTTERDAM)
    assert model.reference_system is not None
    assert model.reference_system.to_epsg() == 28992
    assert len(model.buildings) == 853
    assert set(model.buildings.texts["geometry_from"]) == {"surfaces"}
    first = model.buildings["{10A31B7E-8FC2-45EE-836A-1DB9FEF06E04}"]
    assert first.ground_height == pytest.approx(1.37)
    assert first.height == pytest.approx(18.417 - 1.37)
    roofs = model.mesh.surface_kind == SurfaceKind.ROOF
    ground = np.abs(model.mesh.surface_normals()[:, 2]) * model.mesh.surface_areas()
    cover = np.bincount(model.mesh.surface_object[roofs], weights=ground[roofs], minlength=853)
    assert np.median(np.abs(cover / model.buildings.numbers["footprint_area"] - 1)) < 1e-3


def test_a_foreign_reference_system_is_honoured(shared_data: Path) -> None:
    model = read_city_model(shared_data / "cityjson/bavaria_lod2_epsg25832_v20.city.json")
    assert model.reference_system is not None
    assert model.reference_system.to_epsg() == 25832
    neighbourhood = neighbourhood_from([model], name="München")
    assert neighbourhood.time_zone == "Europe/Berlin"
    lon, lat = crs.to_wgs84(np.array([neighbourhood.extent[:2]]), model.reference_system)[0]
    assert (lon, lat) == (pytest.approx(11.57, abs=0.02), pytest.approx(48.14, abs=0.02))
    building = model.buildings.at(0)
    assert building.storeys == 6
    assert building.height == pytest.approx(37.54, abs=0.01)


def test_terrain_roads_water_and_plants_become_ground(shared_data: Path) -> None:
    model = read_city_model(shared_data / "cityjson/delft_lod1_terrain_v20.city.json")
    assert model.ground_table is not None
    kinds = model.ground_table["kind"].value_counts().to_dict()
    assert kinds == {"green": 126, "pavement": 77, "yard": 42, "parking": 36, "square": 35, "carriageway": 30, "other": 4, "water": 3}
    assert model.set_aside == {"Bridge": 3, "GenericCityObject": 54}
    assert model.ground_table.crs.to_epsg() == 28992
    assert model.ground_table.geometry.is_valid.all()
    assert model.ground_table["ground_height"].between(-1, 6).all()
    clinker = model.ground_table.set_index("surface_id").loc["b80066d8d-00c9-11e6-b420-2bdcc4ab5d7f"]
    assert (clinker["kind"], clinker["material"]) == ("pavement", "open verharding")
    assert all(model.buildings.footprints[row] is not None for row in range(len(model.buildings)))


def test_trees_from_templates_stand_where_they_are_placed(shared_data: Path) -> None:
    path = shared_data / "cityjson/railway_geometry_templates_v20.city.jsonl"
    model = read_city_model(path)
    assert model.tree_table is not None
    assert len(model.tree_table) == 15
    lines = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    head, group = lines[0], next(line for line in lines[1:] if len(line["CityObjects"]) > 3)
    name, tree = next((key, one) for key, one in group["CityObjects"].items() if one["type"] == "SolitaryVegetationObject")
    placed = tree["geometry"][0]
    points = np.array(head["geometry-templates"]["vertices-templates"])
    used = np.unique(orjson.loads(b"[" + orjson.dumps(head["geometry-templates"]["templates"][placed["template"]]["boundaries"])
                                  .replace(b"[", b"").replace(b"]", b"") + b"]"))  # fmt: skip
    anchor = np.array(group["vertices"][placed["boundaries"][0]]) * head["transform"]["scale"] + head["transform"]["translate"]
    expected = points[used] + anchor
    row = model.tree_table.set_index("tree_id").loc[name]
    assert row["height"] == pytest.approx(np.ptp(expected[:, 2]))
    assert row["ground_height"] == pytest.approx(expected[:, 2].min())
    middle = (expected.min(axis=0) + expected.max(axis=0)) / 2
    assert (row.geometry.x, row.geometry.y) == (pytest.approx(middle[0]), pytest.approx(middle[1]))
    assert row["kind"] == "calculated"


@pytest.mark.parametrize("name", [TILE, "3dbag/delft_v20241216.city.jsonl", ROTTERDAM, "cityjson/delft_lod1_terrain_v20.city.json"])
def test_the_quick_way_and_the_plain_way_give_the_same(shared_data: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = read_city_model(shared_data / name)
    monkeypatch.setattr(reading_document, "LIFTED_FROM", 10**12)
    plain = read_city_model(shared_data / name)
    for field in Mesh.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(quick.mesh, field), getattr(plain.mesh, field), err_msg=field)
    for field, column in quick.buildings.numbers.items():
        np.testing.assert_array_equal(column, plain.buildings.numbers[field], err_msg=field)
    assert quick.buildings.texts == plain.buildings.texts
    assert list(quick.buildings.other) == list(plain.buildings.other)
    assert quick.notes == plain.notes
    assert all(one == other for one, other in zip(quick.buildings.footprints, plain.buildings.footprints, strict=True))
