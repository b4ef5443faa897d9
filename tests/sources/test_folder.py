"""A neighbourhood from a folder: by hand, with little or with everything, and one sentence for whatever is wrong with it."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from wijktwin.errors import InputError
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.surroundings import ADDRESS_COLUMNS, GROUND_COLUMNS, STREET_COLUMNS, TREE_COLUMNS
from wijktwin.sources.folder import folder_fingerprint, is_neighbourhood_folder, read_folder
from wijktwin.sources.place_names import place_name

RD = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
SQUARE = [[[155_000, 463_000], [155_010, 463_000], [155_010, 463_010], [155_000, 463_010], [155_000, 463_000]]]
Rows = list[tuple[dict[str, Any], dict[str, Any] | None]]


def polygon(rings: Any = SQUARE) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": rings}


def table(path: Path, rows: Rows, crs: Any = RD) -> None:
    features = [{"type": "Feature", "properties": known, "geometry": shape} for known, shape in rows]
    document = {"type": "FeatureCollection", "features": features} | ({"crs": crs} if crs else {})
    path.write_text(json.dumps(document), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one box of a building in it, and nothing else."""
    corners = [[i * 10, j * 8, k * 6] for k in (0, 1) for j in (0, 1) for i in (0, 1)]
    shell = [[[0, 2, 3, 1]], [[0, 1, 5, 4]], [[1, 3, 7, 5]], [[3, 2, 6, 7]], [[2, 0, 4, 6]], [[4, 5, 7, 6]]]
    document = {
        "type": "CityJSON",
        "version": "2.0",
        "transform": {"scale": [1, 1, 1], "translate": [155_100, 463_100, 2]},
        "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/7415"},
        "CityObjects": {"box": {"type": "Building", "geometry": [{"type": "Solid", "lod": "1", "boundaries": [shell]}]}},
        "vertices": corners,
    }
    (tmp_path / "buildings.city.json").write_text(json.dumps(document), encoding="utf-8")
    return tmp_path


def sentence(folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_folder(folder)
    dutch, english = caught.value.sentence("nl"), caught.value.sentence("en")
    assert dutch != english
    assert "\n" not in english
    return english


# ----------------------------------------------------------------------------------------------------------- what is enough
def test_buildings_are_enough(folder: Path) -> None:
    found = read_folder(folder)
    assert is_neighbourhood_folder(folder)
    assert found.name == place_name(folder.name)
    assert not found.fictional
    assert len(found.buildings) == 1
    assert len(found.ground) == len(found.trees) == len(found.addresses) == len(found.streets) == 0
    assert found.sources[0].title == "buildings.city.json"


def test_a_table_brings_its_columns_and_fills_the_rest(folder: Path) -> None:
    table(folder / "ground.geojson", [({"kind": "green"}, polygon())])
    table(folder / "trees.geojson", [({"species": "Tilia", "height": 9}, {"type": "Point", "coordinates": [155_005, 463_005, 3.0]})])
    table(folder / "addresses.geojson", [({"street": "Weg", "number": 3}, {"type": "Point", "coordinates": [155_105, 463_104]})])
    table(
        folder / "streets.geojson", [({"street": "Weg"}, {"type": "LineString", "coordinates": [[155_000, 463_000], [155_050, 463_000]]})]
    )
    found = read_folder(folder)
    assert list(found.ground.columns) == [*GROUND_COLUMNS, "geometry"]
    assert list(found.trees.columns) == [*TREE_COLUMNS, "geometry"]
    assert list(found.addresses.columns) == [*ADDRESS_COLUMNS, "geometry"]
    assert list(found.streets.columns) == [*STREET_COLUMNS, "geometry"]
    assert found.ground["surface_id"].tolist() == ["surface-1"]
    assert np.isnan(found.ground["parking_places"].iloc[0])
    assert found.trees.geometry.iloc[0].has_z is False
    assert found.streets[["from_node", "to_node", "oneway"]].iloc[0].tolist() == ["15500000,46300000", "15505000,46300000", "both"]
    assert found.addresses.crs.to_epsg() == 28992
    assert [source.subjects for source in found.sources[1:]] == [("ground",), ("trees",), ("addresses",), ("streets",)]


def test_degrees_and_other_systems_come_to_the_same_place(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    shapes = gpd.GeoDataFrame({"kind": ["green"]}, geometry=[shapely.Polygon(SQUARE[0])], crs=28992)
    for epsg, crs in ((4326, None), (25831, {"type": "name", "properties": {"name": "EPSG:25831"}})):
        other = tmp_path_factory.mktemp("other")
        shutil.copy(folder / "buildings.city.json", other)
        table(other / "ground.geojson", [({"kind": "green"}, shapely.geometry.mapping(shapes.to_crs(epsg).geometry.iloc[0]))], crs)
        placed = read_folder(other).ground.geometry.iloc[0]
        assert placed.symmetric_difference(shapely.Polygon(SQUARE[0])).area < 0.1


def test_geopackage_and_geojson_say_the_same(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = gpd.GeoDataFrame(
        {"kind": ["green", "parking"], "parking_places": [np.nan, 4.0], "street": [None, "Weg"]},
        geometry=[shapely.Polygon(SQUARE[0]), shapely.box(155_020, 463_000, 155_030, 463_005)],
        crs=28992,
    )
    other = tmp_path_factory.mktemp("other")
    shutil.copy(folder / "buildings.city.json", other)
    rows.to_file(folder / "ground.gpkg", layer="ground")
    told = [
        {name: value for name, value in row.items() if value is not None and value == value}  # noqa: PLR0124  NaN is not itself
        for row in rows.drop(columns="geometry").to_dict("records")
    ]
    table(other / "ground.geojson", list(zip(told, map(shapely.geometry.mapping, rows.geometry), strict=True)))
    one, two = read_folder(folder).ground, read_folder(other).ground
    assert one.drop(columns="geometry").equals(two.drop(columns="geometry"))
    assert one.geometry.geom_equals_exact(two.geometry, 1e-6).all()


def test_packed_tables_and_buildings_are_read(folder: Path) -> None:
    table(folder / "ground.geojson", [({"kind": "green"}, polygon())])
    for name in ("ground.geojson", "buildings.city.json"):
        (folder / f"{name}.gz").write_bytes(gzip.compress((folder / name).read_bytes()))
        (folder / name).unlink()
    found = read_folder(folder)
    assert (len(found.ground), len(found.buildings)) == (1, 1)


def test_shapes_in_parts_become_rows_and_crossing_ones_are_mended(folder: Path) -> None:
    second = [[[x + 50, y] for x, y in SQUARE[0]]]
    bow = [[[155_200, 463_000], [155_210, 463_010], [155_210, 463_000], [155_200, 463_010], [155_200, 463_000]]]
    rows: Rows = [
        ({"kind": "green", "surface_id": "a"}, {"type": "MultiPolygon", "coordinates": [SQUARE, second]}),
        ({"kind": "water", "surface_id": "b"}, polygon(bow)),
    ]
    table(folder / "ground.geojson", rows)
    found = read_folder(folder)
    assert found.ground["surface_id"].tolist() == ["a", "a/2", "b", "b/2"]
    assert found.ground.geometry.is_valid.all()
    assert found.ground.geometry.iloc[:2].area.tolist() == [100.0, 100.0]
    assert "mended" in found.notes[-1].sentence("en")


def test_columns_of_ones_own_are_left_out_with_a_note(folder: Path) -> None:
    table(folder / "ground.geojson", [({"kind": "green", "beheerder": "wijk"}, polygon())])
    note = read_folder(folder).notes[-1]
    assert "beheerder" in note.sentence("en")
    assert "beheerder" in note.sentence("nl")


# ------------------------------------------------------------------------------------------------------------------- facts
def test_facts_name_the_neighbourhood_its_clock_and_its_sources(folder: Path) -> None:
    (folder / "neighbourhood.toml").write_text(
        'name = "Liendert"\ntime_zone = "Europe/Berlin"\nhalo = ["box"]\n'
        '[[sources]]\ntitle = "BGT"\nowner = "Kadaster"\nlicence = "CC0-1.0"\nsubjects = ["ground"]\n',
        encoding="utf-8",
    )
    table(folder / "ground.geojson", [({"kind": "green"}, polygon())])
    table(folder / "trees.geojson", [({}, {"type": "Point", "coordinates": [155_005, 463_005]})])
    found = read_folder(folder)
    assert (found.name, found.time_zone, found.fictional) == ("Liendert", "Europe/Berlin", False)
    assert found.buildings.flags["is_halo"].tolist() == [True]
    assert [(source.title, source.subjects) for source in found.sources[1:]] == [("BGT", ("ground",)), ("trees.geojson", ("trees",))]


def test_halo_files_are_shadow_only(folder: Path) -> None:
    text = (folder / "buildings.city.json").read_text(encoding="utf-8")
    (folder / "halo.city.json").write_text(text.replace('"box"', '"far"').replace("155100", "155200"), encoding="utf-8")
    found = read_folder(folder)
    assert dict(zip(found.buildings.building_ids, found.buildings.flags["is_halo"].tolist(), strict=True)) == {"box": False, "far": True}


def test_a_file_without_crs_takes_the_one_of_the_facts(folder: Path) -> None:
    path = folder / "buildings.city.json"
    path.write_text(path.read_text(encoding="utf-8").replace("https://www.opengis.net/def/crs/EPSG/0/7415", ""), encoding="utf-8")
    assert "buildings.city.json" in sentence(folder)
    (folder / "neighbourhood.toml").write_text('reference_system = "EPSG:7415"\n', encoding="utf-8")
    table(folder / "ground.geojson", [({"kind": "green"}, polygon())])
    assert read_folder(folder).ground.crs.to_epsg() == 28992


def test_the_fingerprint_follows_every_byte(folder: Path) -> None:
    before = folder_fingerprint(folder)
    assert folder_fingerprint(folder) == before
    (folder / "notes.txt").write_text("not read", encoding="utf-8")
    assert folder_fingerprint(folder) == before
    table(folder / "ground.geojson", [({"kind": "green"}, polygon())])
    after = folder_fingerprint(folder)
    assert after != before
    table(folder / "ground.geojson", [({"kind": "water"}, polygon())])
    assert folder_fingerprint(folder) not in {before, after}


def test_the_example_is_fictional_through_and_through(root: Path) -> None:
    found: Neighbourhood = read_folder(root / "data" / "example")
    assert found.fictional
    assert "fictief" in found.name
    assert all(source.fictional for source in found.sources)
    assert len(found.buildings) == 1000
    ids = set(found.buildings.building_ids)
    assert set(found.addresses["building_id"]) <= ids


# ---------------------------------------------------------------------------------------------------------- what goes wrong
def two_tables(folder: Path) -> None:
    table(folder / "trees.geojson", [])
    (folder / "trees.gpkg").write_bytes(b"")


POINT = {"type": "Point", "coordinates": [155_005, 463_005]}
WRONG: list[tuple[str, Callable[[Path], Any], tuple[str, ...]]] = [
    ("no buildings", lambda f: (f / "buildings.city.json").rename(f / "panden.city.json"), ("buildings.city.json",)),
    ("no collection", lambda f: (f / "ground.geojson").write_text("[]"), ("ground.geojson", "FeatureCollection")),
    ("no json", lambda f: (f / "ground.geojson").write_text('{"type": "FeatureCollection", "features": [}'), ("ground.geojson",)),
    ("no shape", lambda f: table(f / "ground.geojson", [({"kind": "green"}, None)]), ("row 1", "geometry")),
    ("empty kind", lambda f: table(f / "ground.geojson", [({}, polygon())]), ("row 1", "kind")),
    ("strange kind", lambda f: table(f / "ground.geojson", [({"kind": "groen"}, polygon())]), ("groen", "carriageway")),
    ("a point", lambda f: table(f / "ground.geojson", [({"kind": "green"}, POINT)]), ("row 1", "Polygon")),
    ("a line of one", lambda f: table(f / "ground.geojson", [({"kind": "green"}, polygon([[[1, 1]]]))]), ("row 1", "coordinates")),
    ("not a number", lambda f: table(f / "trees.geojson", [({"height": "hoog"}, POINT)]), ("trees.geojson", "height", "hoog")),
    ("half a number", lambda f: table(f / "addresses.geojson", [({"street": "Weg", "number": 1.5}, POINT)]), ("number", "1.5")),
    ("not text", lambda f: table(f / "trees.geojson", [({"species": ["x"]}, POINT)]), ("species",)),
    ("twice the same", lambda f: table(f / "trees.geojson", [({"tree_id": "a"}, POINT)] * 2), ("row 2", "tree_id", "a")),
    ("metres as degrees", lambda f: table(f / "trees.geojson", [({}, POINT)], None), ("crs", "WGS 84")),
    ("places in parts", lambda f: table(f / "ground.geojson", [
        ({"kind": "parking", "parking_places": 3}, {"type": "MultiPolygon", "coordinates": [SQUARE, [[[x + 50, y] for x, y in SQUARE[0]]]]})
    ]), ("parking places",)),
    ("two of one", two_tables, ("trees.geojson", "trees.gpkg")),
    ("no geopackage", lambda f: (f / "trees.gpkg").write_bytes(b"no database"), ("trees.gpkg", "GeoPackage")),
    ("bad toml", lambda f: (f / "neighbourhood.toml").write_text("name = "), ("neighbourhood.toml", "TOML")),
    ("strange fact", lambda f: (f / "neighbourhood.toml").write_text('naam = "x"'), ("naam", "fictional")),
    ("wrong fact", lambda f: (f / "neighbourhood.toml").write_text('fictional = "ja"'), ("fictional", "true or false")),
    ("nobody's source", lambda f: (f / "neighbourhood.toml").write_text('[[sources]]\ntitle = "BGT"'), ("sources[1].owner",)),
    ("strange source", lambda f: (f / "neighbourhood.toml").write_text('[[sources]]\nvan = "BGT"'), ("sources[1].van", "title")),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "named"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_one_sentence_says_what_is_wrong_and_where(folder: Path, spoil: Callable[[Path], Any], named: tuple[str, ...]) -> None:
    spoil(folder)
    said = sentence(folder)
    assert all(name in said for name in named), said


def test_what_is_no_folder_is_refused(folder: Path) -> None:
    assert "no folder" in sentence(folder / "buildings.city.json")
    assert not is_neighbourhood_folder(folder / "absent")
