from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from tests.model.small_world import X0, Y0, small_neighbourhood
from tests.model.test_variants import gabled, towers
from tests.sources.plan_documents import Json, check_sentences, complete, document, facts, feature, point, read
from wijktwin.errors import InputError, LimitError
from wijktwin.export.plan_geopackage import write_plan_geopackage
from wijktwin.model.provenance import Kind
from wijktwin.model.volume_mesh import volume_mesh
from wijktwin.sources.plan_files import Companions, PlanFormat, read_plan
from wijktwin.sources.plans import dxf
from wijktwin.sources.plans.columns import rows_of_csv
from wijktwin.sources.plans.formats import plan_format

WORLD = small_neighbourhood()


# ------------------------------------------------------------------------------------------------------------ GeoPackage
@pytest.fixture(scope="module")
def package_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("package") / "plan.gpkg"
    write_plan_geopackage(read(complete()), path, neighbourhood=WORLD)
    return path.read_bytes()


@pytest.fixture
def package(tmp_path: Path, package_bytes: bytes) -> Path:
    path = tmp_path / "plan.gpkg"
    path.write_bytes(package_bytes)
    return path


def run_sql(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{trigger}"')  # they call functions that only GDAL has
        for statement in statements:
            connection.execute(statement)
    connection.close()


def refused(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        read_plan(path, neighbourhood=WORLD)
    check_sentences(caught.value, path.name)
    return caught.value


def test_a_geopackage_says_the_same_as_geojson(package: Path) -> None:
    expected = read(complete())
    assert read_plan(package, neighbourhood=WORLD).content_key == expected.content_key
    assert read_plan(package.read_bytes(), neighbourhood=WORLD, name="upload").content_key == expected.content_key
    by_name = {name: pyogrio.read_info(package, layer=name)["fields"].tolist() for name, _ in pyogrio.list_layers(package)}
    assert "height" in by_name["volumes"]
    assert "tree_id" in by_name["felled_trees"]
    assert {"title_nl", "title_en", "date_published", "demolishes", "source_title"} <= set(by_name["plan"])


def test_layers_may_be_drawn_in_a_gis_in_another_crs(package: Path) -> None:
    mercator = gpd.read_file(package, layer="volumes").to_crs(3857)
    felled = gpd.GeoDataFrame({"tree_id": [None]}, geometry=[shapely.Point(X0 + 45.5, Y0 + 15)], crs=28992)
    pyogrio.write_dataframe(mercator, package, layer="volumes", driver="GPKG")
    pyogrio.write_dataframe(felled, package, layer="felled_trees", driver="GPKG")
    plan = read_plan(package, neighbourhood=WORLD)
    assert "t2" in plan.felled
    before = {volume.volume_id: volume for volume in read(complete()).volumes}
    for volume in plan.volumes:
        assert shapely.hausdorff_distance(volume.footprint, before[volume.volume_id].footprint) < 0.005
        assert volume.height == before[volume.volume_id].height


def test_a_layer_of_the_gis_itself_is_left_aside(package: Path) -> None:
    run_sql(package, "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY, styleqml TEXT)",
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('layer_styles', 'attributes', 'styles')")  # fmt: skip
    assert "layer_styles" in pyogrio.list_layers(package)[:, 0]
    assert read_plan(package, neighbourhood=WORLD).plan_id == "two-towers"


@pytest.mark.parametrize(
    ("sql", "key", "words"),
    [
        ("UPDATE volumes SET height = 6000 WHERE volume_id = 'high'", "too_large_units", ("volumes", "high")),
        ("ALTER TABLE volumes RENAME COLUMN height TO hoogte", "unknown_field", ("hoogte", "volumes")),
        ("ALTER TABLE volumes RENAME COLUMN height TO heigth", "unknown_field_near", ("heigth", "height")),
        ("UPDATE plan SET title_nl = NULL, title_en = NULL", "missing_field", ("title",)),
        ("UPDATE plan SET date_draft = '2025-13-01'", "not_a_date", ("dates.draft",)),
        ("DELETE FROM plan", "one_row", ("0",)),
        ("INSERT INTO plan SELECT fid + 10, " + "{plan}", "one_row", ("2",)),
        ("UPDATE dwellings SET count = -4", "too_small", ("dwellings[1].count",)),
        ("UPDATE claims SET checkable = '{broken'", "reading.not_json", ()),
        ("UPDATE volumes SET geom = NULL", "no_geometry", ("volumes",)),
        ("UPDATE volumes SET geom = x'4750000100000000'", "cannot_open", ()),
        ("UPDATE gpkg_geometry_columns SET srs_id = -1", "layer_crs", ("volumes",)),
    ],
)
def test_what_is_wrong_in_a_geopackage_names_layer_and_row(package: Path, sql: str, key: str, words: tuple[str, ...]) -> None:
    columns = ", ".join(f'"{name}"' for name in pyogrio.read_info(package, layer="plan")["fields"])
    run_sql(package, sql.replace("{plan}", f"{columns} FROM plan"))
    error = refused(package)
    assert error.key == (key if "." in key else f"plans.{key}")
    for word in words:
        assert word in error.sentence("nl")


def test_tables_that_are_not_in_the_file_itself_are_refused(package: Path) -> None:
    run_sql(package, "CREATE VIRTUAL TABLE words USING fts5(word)")
    error = refused(package)
    assert error.key == "plans.virtual_table"
    assert "words" in error.sentence("nl")


def test_a_layer_that_nobody_knows_is_named(package: Path) -> None:
    frame = gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(X0, Y0)], crs=28992)
    pyogrio.write_dataframe(frame, package, layer="volumen", driver="GPKG")
    assert "volumes" in refused(package).sentence("nl")


def test_a_geopackage_without_facts_or_cut_off_is_refused(tmp_path: Path, package: Path) -> None:
    bare = tmp_path / "bare.gpkg"
    drawn = gpd.GeoDataFrame({"volume_id": ["v"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=28992)
    pyogrio.write_dataframe(drawn, bare, layer="volumes", driver="GPKG")
    assert refused(bare).key == "plans.no_facts_table"
    cut = tmp_path / "cut.gpkg"
    cut.write_bytes(package.read_bytes()[:5_000])
    assert refused(cut).key == "plans.cannot_open"
    rubbish = tmp_path / "rubbish.gpkg"
    rubbish.write_bytes(b"SQLite format 3\x00" + b"\xff" * 5_000)
    assert refused(rubbish).key == "plans.cannot_open"


def test_identifiers_with_commas_survive_in_one_cell(tmp_path: Path) -> None:
    from dataclasses import replace

    odd = "b00,north"
    buildings = replace(WORLD.buildings, building_ids=(odd, *WORLD.buildings.building_ids[1:]))
    world = replace(WORLD, buildings=buildings)
    plan = towers(demolishes=frozenset({odd, "b11"}))
    write_plan_geopackage(plan, tmp_path / "odd.gpkg", neighbourhood=world)
    assert read_plan(tmp_path / "odd.gpkg", neighbourhood=world).demolishes == {odd, "b11"}


# -------------------------------------------------------------------------------------------------------------- CityJSON
def city_model(**members: Any) -> Json:
    """A house with a gabled roof as CityJSON 2.0 in RD New + NAP, with facts unless they are left out."""
    mesh = gabled(43, 43, ground=2.0)
    vertices = np.round((mesh.vertices[np.unique(mesh.ring_vertices)] + mesh.origin) * 1000).astype(int).tolist()
    rings = [mesh.ring_vertices[a:b].tolist() for a, b in zip(mesh.ring_start[:-1], mesh.ring_start[1:], strict=True)]
    names = ["GroundSurface", "WallSurface", "WallSurface", "WallSurface", "WallSurface", "RoofSurface", "RoofSurface"]
    solid = {
        "type": "Solid", "lod": "2.2", "boundaries": [[[ring] for ring in rings]],
        "semantics": {"surfaces": [{"type": name} for name in names], "values": [list(range(len(names)))]},
    }  # fmt: skip
    house = {"type": "Building", "attributes": {"storeys": 3, "use": "dwelling", "architect": "De Merel"}, "geometry": [solid]}
    return {
        "type": "CityJSON", "version": "2.0", "transform": {"scale": [0.001] * 3, "translate": [0.0] * 3},
        "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/7415"},
        "CityObjects": {"house": house}, "vertices": vertices, "+wijktwin-plan": document(), **members,
    }  # fmt: skip


def test_a_building_in_cityjson_is_a_volume_with_its_true_roof() -> None:
    plan = read(city_model())
    (house,) = plan.volumes
    assert house.mesh is not None
    assert (house.volume_id, house.storeys, house.use) == ("house", 3, "dwelling")
    assert (house.ground_level, house.ground_level_kind, house.base, house.height) == (2.0, Kind.CALCULATED, 0.0, 12.0)
    assert house.height_kind is Kind.CALCULATED
    assert house.footprint.equals(shapely.box(X0 + 43, Y0 + 43, X0 + 53, Y0 + 53))
    assert volume_mesh(house, origin=WORLD.mesh.origin).object_volumes(1)[0] == pytest.approx(100 * 10.5)
    assert plan.notes == ()


def test_facts_beside_a_cityjson_say_more_of_its_volumes_and_win() -> None:
    beside = document(feature("volume", None, volume_id="house", title="Huis", storeys=4), feature("tree", point(50, 70), tree_id="n"))
    model = city_model()
    model.pop("+wijktwin-plan")
    plan = read_plan(json.dumps(model).encode(), neighbourhood=WORLD, companions=Companions(facts=json.dumps(beside).encode()))
    assert (plan.volumes[0].title.nl, plan.volumes[0].storeys, plan.volumes[0].use) == ("Huis", 4, "dwelling")
    assert [tree.tree_id for tree in plan.planted] == ["n"]


def test_a_sequence_of_features_is_read_too() -> None:
    model = city_model()
    header = {**model, "CityObjects": {}, "vertices": []}
    line = {"type": "CityJSONFeature", "id": "house", "CityObjects": model["CityObjects"], "vertices": model["vertices"]}
    told = "\n".join(json.dumps(each) for each in (header, line)).encode()
    assert read(told).content_key == read(city_model()).content_key


def test_a_city_model_of_another_projection_lands_in_the_same_place() -> None:
    from pyproj import CRS

    from wijktwin.sources.plans.geometry import points_reprojected

    utm = CRS.from_epsg(25831)
    model = city_model()
    points = np.array(model["vertices"]) / 1000
    points[:, :2] = points_reprojected(points[:, :2], CRS.from_epsg(28992), utm)
    model["vertices"] = np.round(points * 1000).astype(int).tolist()
    model["metadata"]["referenceSystem"] = "https://www.opengis.net/def/crs/EPSG/0/25831"
    (moved,), (house,) = read(model).volumes, read(city_model()).volumes
    assert moved.mesh is not None
    assert house.mesh is not None
    assert shapely.hausdorff_distance(moved.footprint, house.footprint) < 0.003
    assert np.allclose(np.sort(moved.mesh.vertices, axis=0), np.sort(house.mesh.vertices, axis=0), atol=0.003)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (lambda model: model.pop("+wijktwin-plan"), "plans.no_facts_beside"),
        (lambda model: model.update(metadata={}), "plans.city_model_without_crs"),
        (lambda model: model["+wijktwin-plan"]["plan"].update(status="x"), "plans.not_a_choice"),
        (lambda model: model["CityObjects"]["house"]["attributes"].update(storeys="3"), "plans.number_as_text"),
        (lambda model: model["CityObjects"]["house"]["attributes"].update(height=30), "plans.form_height"),
        (lambda model: model["CityObjects"]["house"].pop("geometry"), "plans.building_without_form"),
        (lambda model: model["+wijktwin-plan"]["features"].append(feature("volume", None, volume_id="hous", height=3)), "plans.not_drawn"),
        (lambda model: model.pop("transform"), "reading.no_transform"),
        (lambda model: model["vertices"].pop(), "reading.vertex_out_of_range"),
    ],
)
def test_what_is_wrong_in_a_city_model(change: Any, key: str) -> None:
    model = city_model()
    change(model)
    with pytest.raises(InputError) as caught:
        read(model)
    check_sentences(caught.value)
    assert caught.value.key == key or key.startswith("reading.")


def test_a_form_that_is_not_closed_is_shown_with_a_note() -> None:
    model = city_model()
    house = model["CityObjects"]["house"]["geometry"][0]
    house["boundaries"][0].pop()
    house["semantics"]["values"][0].pop()
    assert "plans.form_open" in [note.key for note in read(model).notes]


# ------------------------------------------------------------------------------------------------------------------- DXF
def entity(kind: str, layer: str, *pairs: tuple[int, object]) -> str:
    return "".join(f"{code}\n{value}\n" for code, value in [(0, kind), (8, layer), *pairs])


def polyline(layer: str, *points: tuple[float, float], is_closed: bool = True) -> str:
    corners = [pair for x, y in points for pair in ((10, X0 + x), (20, Y0 + y))]
    return entity("LWPOLYLINE", layer, (90, len(points)), (70, int(is_closed)), *corners)


def drawing(*entities: str) -> bytes:
    return ("0\nSECTION\n2\nENTITIES\n" + "".join(entities) + "0\nENDSEC\n0\nEOF\n").encode()


SQUARE = ((43.0, 13.0), (53.0, 13.0), (53.0, 23.0), (43.0, 23.0))
HOLE = ((46.0, 16.0), (50.0, 16.0), (50.0, 20.0), (46.0, 20.0))


def test_closed_lines_on_named_layers_become_volumes() -> None:
    drawn = drawing(
        polyline("toren", *SQUARE), polyline("toren", *HOLE), polyline("maten", (0, 0), (9, 9), is_closed=False),
        polyline("rooilijn", (0, 0), (9, 0), (9, 9)), entity("POINT", "boom", (10, X0 + 50), (20, Y0 + 50)),
        polyline("PLANGRENS", (40, 10), (60, 10), (60, 60), (40, 60)),
    )  # fmt: skip
    beside = document(
        feature("volume", None, volume_id="toren", storeys=5), feature("tree", None, tree_id="boom"),
        feature("ground", None, change_id="PLANGRENS", kind="green"), feature("boundary", None) | {"geometry": None},
    )  # fmt: skip
    beside["features"].pop()
    plan = read_plan(drawn, neighbourhood=WORLD, name="toren.dxf", companions=Companions(facts=json.dumps(beside).encode()))
    (tower,) = plan.volumes
    assert tower.footprint.equals(shapely.Polygon([(X0 + x, Y0 + y) for x, y in SQUARE], [[(X0 + x, Y0 + y) for x, y in HOLE]]))
    assert tower.height == 15.0
    assert plan.planted[0].point.coords[0] == (X0 + 50, Y0 + 50)
    assert plan.ground_changes[0].footprint.area == pytest.approx(1000)
    (note,) = [note for note in plan.notes if note.key == "plans.not_named"]
    assert "rooilijn" in note.sentence("nl")


def test_blocks_are_taken_apart() -> None:
    corners = [(0, 0), (10, 0), (10, 10), (0, 10)]
    square = entity("LWPOLYLINE", "0", (90, 4), (70, 1), *[pair for x, y in corners for pair in ((10, x), (20, y))])
    begin = entity("BLOCK", "0", (2, "HUIS"), (70, 0), (10, 0.0), (20, 0.0), (30, 0.0))
    blocks = "0\nSECTION\n2\nBLOCKS\n" + begin + square + entity("ENDBLK", "0") + "0\nENDSEC\n"
    places = [entity("INSERT", "woning", (2, "HUIS"), (10, X0 + 43), (20, Y0 + y), (30, 0.0)) for y in (13, 43)]
    header = "0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1015\n0\nENDSEC\n"
    drawn = (header + blocks).encode() + drawing(*places)
    beside = json.dumps(document(feature("volume", None, volume_id="woning", storeys=2))).encode()
    (homes,) = read_plan(drawn, neighbourhood=WORLD, name="x.dxf", companions=Companions(facts=beside)).volumes
    assert homes.footprint.equals(shapely.MultiPolygon([square_at(43, 13), square_at(43, 43)]))


def square_at(x: float, y: float) -> shapely.Polygon:
    return shapely.box(X0 + x, Y0 + y, X0 + x + 10, Y0 + y + 10)


def test_a_table_from_a_spreadsheet_gives_the_heights() -> None:
    drawn = drawing(polyline("A", *SQUARE), polyline("B", (13, 13), (23, 13), (23, 23), (13, 23)))
    table = "volume_id;title_nl;height;storeys;use;under_existing\r\nA;Blok A;12,5;4;dwelling;nee\r\nB;;;3;;\r\n".encode("cp1252")
    plan = read_plan(drawn, neighbourhood=WORLD, name="x.dxf", companions=Companions(json.dumps(document()).encode(), table))
    one, other = plan.volumes
    assert (one.title.nl, one.height, one.storeys, one.use, one.under_existing) == ("Blok A", 12.5, 4, "dwelling", False)
    assert (other.title.nl, other.height, other.height_kind) == ("B", 9.0, Kind.ASSUMED)


@pytest.mark.parametrize(
    ("drawn", "beside", "table", "key"),
    [
        (drawing(polyline("A", *SQUARE)), None, None, "no_facts_beside"),
        (drawing(polyline("A", *SQUARE)), {**document(), "crs": None}, None, "crs_null"),
        (drawing(polyline("A", *SQUARE)), {"type": "FeatureCollection", "plan": facts(), "features": []}, None, "drawing_without_crs"),
        (drawing(polyline("A", *SQUARE)), document(feature("volume", None, volume_id="B", height=3)), None, "not_drawn"),
        (drawing(polyline("A", *SQUARE, is_closed=False)), document(feature("volume", None, volume_id="A", height=3)), None, "not_drawn"),
        (
            drawing(polyline("A", *[SQUARE[i] for i in (0, 2, 1, 3)])),
            document(feature("volume", None, volume_id="A", height=3)),
            None,
            "not_valid",
        ),
        (drawing(polyline("A", *SQUARE)), document(), b"volume_id;height\nA;hoog\n", "number_as_text"),
        (drawing(polyline("A", *SQUARE)), document(), b"volume_id;heigth\nA;5\n", "unknown_field_near"),
        (drawing(polyline("A", *SQUARE)), document(), b"naam;hoogte\nA;5\n", "not_a_table"),
        (drawing(polyline("A", *SQUARE)), document(), b"volume_id;height\nA;5;6\n", "ragged_row"),
        (drawing(polyline("A", *SQUARE)), document(), b"volume_id;height\nA;5\nA;6\n", "duplicate_id"),
    ],
)
def test_what_is_wrong_with_a_drawing(drawn: bytes, beside: Json | None, table: bytes | None, key: str) -> None:
    companions = Companions(None if beside is None else json.dumps(beside).encode(), table)
    with pytest.raises(InputError) as caught:
        read_plan(drawn, neighbourhood=WORLD, name="plan.dxf", companions=companions)
    check_sentences(caught.value, "plan.dxf")
    assert caught.value.key == f"plans.{key}"


def test_without_dxf_in_gdal_that_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert dxf.can_read_dxf()
    monkeypatch.setattr(pyogrio, "list_drivers", lambda: {"GPKG": "rw"})
    with pytest.raises(InputError) as caught:
        read_plan(drawing(), neighbourhood=WORLD, name="plan.dxf")
    check_sentences(caught.value, "plan.dxf")
    assert caught.value.key == "plans.no_dxf_here"


# ------------------------------------------------------------------------------------------------------------ all of them
def test_the_content_tells_the_format_and_not_the_name(package: Path) -> None:
    assert plan_format(package.read_bytes()[:100], source="x") is PlanFormat.GEOPACKAGE
    assert plan_format(drawing()[:100], source="x") is PlanFormat.DXF
    assert plan_format(b"999\r\nmade by\r\n  0\r\nSECTION\r\n", source="x") is PlanFormat.DXF
    assert plan_format(json.dumps(city_model()).encode()[:200], source="x") is PlanFormat.CITYJSON
    assert plan_format(json.dumps(complete()).encode()[:200], source="x") is PlanFormat.GEOJSON


def test_rows_of_a_table_in_either_custom() -> None:
    dutch = list(rows_of_csv("volume_id;height;title_nl\nA;1,5;Café\n".encode("cp1252"), source="t"))
    english = list(rows_of_csv('volume_id,height,title_nl\nA,1.5,"Café"\n'.encode("utf-8-sig"), source="t"))
    assert dutch == english == [{"volume_id": "A", "height": 1.5, "title": {"nl": "Café"}}]
    with pytest.raises(LimitError):
        list(rows_of_csv(b"volume_id\n" + b"A\n" * 5_001, source="t"))
