"""What is written and read again is the same neighbourhood; what was damaged on the way gives one sentence."""

from __future__ import annotations

import dataclasses
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from wijktwin.errors import InputError, Note
from wijktwin.model.building import FLAG_FIELDS, FLOAT_FIELDS, TEXT_FIELDS, Buildings
from wijktwin.model.mesh import Mesh
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.provenance import LocalText, Source
from wijktwin.model.surroundings import ADDRESS_COLUMNS, GROUND_COLUMNS, STREET_COLUMNS, TREE_COLUMNS, geographic_table
from wijktwin.sources import prepared_folder as prepared
from wijktwin.sources.prepared_folder import MANIFEST, is_prepared, read_prepared, write_prepared

NUMBERS = st.floats(allow_nan=True, allow_infinity=False, width=64)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
JSON_VALUES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS | st.lists(st.integers(0, 9))
ATTRIBUTES = st.dictionaries(TEXTS, JSON_VALUES, max_size=3)
PLAIN_NOTES = st.builds(Note, st.just("reading.group_missing"), source=TEXTS, count=st.integers(0, 5))
REASONS = PLAIN_NOTES | st.builds(LocalText, TEXTS, TEXTS)
NOTES = PLAIN_NOTES | st.builds(Note, st.just("reading.line_left_out"), source=TEXTS, line=st.integers(0, 9), reason=REASONS)
OUTLINES = st.sampled_from(
    [
        None,
        shapely.box(0.125, 0, 10, 10.1),
        shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 2, 3, 3)]),
        shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(1, 1), (2, 1), (2, 2)]]),
    ]
)


def mesh_of(n_buildings: int, seed: int) -> Mesh:
    """A tetrahedron per building with coordinates of every kind of float64."""
    random = np.random.default_rng(seed)
    corners = np.arange(4 * n_buildings, dtype=np.int32).reshape(-1, 4)
    faces = corners[:, [[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]]].reshape(-1, 3)
    n_faces = len(faces)
    return Mesh(
        origin=np.array([155_000.123, 463_000.7, 0.1]),
        vertices=random.normal(scale=100.0, size=(4 * n_buildings, 3)),
        triangles=faces.astype(np.int32),
        triangle_surface=np.arange(n_faces, dtype=np.int32),
        ring_vertices=faces.ravel().astype(np.int32),
        ring_start=np.arange(0, 3 * n_faces + 1, 3, dtype=np.int32),
        ring_surface=np.arange(n_faces, dtype=np.int32),
        surface_kind=random.integers(0, 10, n_faces).astype(np.uint8),
        surface_object=np.repeat(np.arange(n_buildings, dtype=np.int32), 4),
    )


@st.composite
def neighbourhoods(draw: st.DrawFn) -> Neighbourhood:
    n = draw(st.integers(0, 4))
    ids = draw(st.lists(TEXTS, min_size=n, max_size=n, unique=True))
    footprints = np.full(n, None, dtype=object)
    footprints[:] = draw(st.lists(OUTLINES, min_size=n, max_size=n))
    column = st.lists(NUMBERS, min_size=n, max_size=n)
    buildings = Buildings(
        building_ids=tuple(ids),
        numbers={name: np.array(draw(column)) for name in draw(st.sets(st.sampled_from(sorted(FLOAT_FIELDS)), max_size=3))},
        texts={name: draw(st.lists(TEXTS, min_size=n, max_size=n)) for name in draw(st.sets(st.sampled_from(TEXT_FIELDS), max_size=2))},
        flags={name: np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)), dtype=bool) for name in FLAG_FIELDS[:2]},
        footprints=footprints,
        invalid_codes=tuple(draw(st.lists(st.sampled_from([(), ("102",), ("203", "307")]), min_size=n, max_size=n))),
        other=draw(st.lists(ATTRIBUTES, min_size=n, max_size=n)),
    )
    crs = CRS.from_epsg(draw(st.sampled_from([7415, 28992, 25832])))
    plane = crs.sub_crs_list[0] if crs.is_compound else crs
    ground = geographic_table(GROUND_COLUMNS, {"surface_id": ["g"], "kind": ["green"]}, [shapely.box(0, 0, 1, 1)], plane)
    trees = geographic_table(TREE_COLUMNS, {"tree_id": ["t", "u"], "height": [5.25, np.nan]}, shapely.points([[0, 1], [2, 3]]), plane)
    address = {"address_id": ["a"], "number": [20], "street": ["’s Merelstraat"]}
    addresses = geographic_table(ADDRESS_COLUMNS, address, [shapely.Point(1, 2)], plane)
    streets = geographic_table(STREET_COLUMNS, {"street_id": ["s"]}, [shapely.LineString([(0, 0), (1, 1)])], plane)
    return Neighbourhood(
        name=draw(TEXTS),
        key=draw(TEXTS),
        reference_system=crs,
        buildings=buildings,
        mesh=mesh_of(n, draw(st.integers(0, 100))),
        sources=(Source("3D BAG", "tudelft3d and 3DGI", vintage="2025", fictional=draw(st.booleans())),),
        notes=tuple(draw(st.lists(NOTES, max_size=2))),
        fictional=draw(st.booleans()),
        time_zone=draw(st.sampled_from(["Europe/Amsterdam", "Europe/Berlin"])),
        ground_table=draw(st.sampled_from([None, ground])),
        tree_table=draw(st.sampled_from([None, trees])),
        address_table=draw(st.sampled_from([None, addresses, addresses.iloc[:0]])),
        street_table=draw(st.sampled_from([None, streets])),
    )


def assert_same(one: Neighbourhood, other: Neighbourhood) -> None:
    """Everything is the same to the last bit."""
    for field in dataclasses.fields(Neighbourhood):
        a, b = getattr(one, field.name), getattr(other, field.name)
        match field.name:
            case "buildings":
                assert_same_buildings(a, b)
            case "mesh":
                for name in Mesh.__dataclass_fields__:
                    np.testing.assert_array_equal(getattr(a, name), getattr(b, name), strict=True)
            case name if name.endswith("_table") and a is not None:
                pd.testing.assert_frame_equal(a, b)
                assert a.crs == b.crs
            case _:
                assert a == b, field.name


def assert_same_buildings(one: Buildings, other: Buildings) -> None:
    for field in dataclasses.fields(Buildings):
        a, b = getattr(one, field.name), getattr(other, field.name)
        match field.name:
            case "numbers" | "flags":
                assert list(a) == list(b)
                for name in a:
                    np.testing.assert_array_equal(a[name], b[name], strict=True)
            case "footprints":
                assert [shape is None for shape in a] == [shape is None for shape in b]
                assert all(shapely.equals_exact(x, y, normalize=False) for x, y in zip(a, b, strict=True) if x is not None)
            case "other":
                assert [dict(row) for row in a] == [dict(row) for row in b]
            case _:
                assert a == b, field.name


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A prepared folder with two buildings."""
    return write_prepared(small(), tmp_path / "wijk")


def small(name: str = "Vogelbuurt") -> Neighbourhood:
    buildings = Buildings(
        building_ids=("a", "b"), numbers={}, texts={}, flags={}, footprints=np.array([shapely.box(0, 0, 1, 1), None], dtype=object)
    )
    return Neighbourhood(name, "k", CRS.from_epsg(7415), buildings, mesh_of(2, 0), (Source("a", "b"),))


@settings(max_examples=40)
@given(neighbourhoods(), st.booleans())
def test_what_is_written_and_read_again_is_the_same(neighbourhood: Neighbourhood, in_memory: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        again = read_prepared(write_prepared(neighbourhood, Path(folder) / "x"), in_memory=in_memory)
        assert_same(neighbourhood, again)


def test_the_comparison_itself_sees_a_difference() -> None:
    for change in ({"name": "other"}, {"mesh": mesh_of(2, 1)}, {"fictional": True}, {"reference_system": CRS.from_epsg(28992)}):
        with pytest.raises(AssertionError):
            assert_same(small(), dataclasses.replace(small(), **change))


def test_every_field_of_the_model_is_kept() -> None:
    """A field that is added to the model must be added to the prepared format too."""
    known = {"name", "key", "reference_system", "buildings", "mesh", "sources", "notes", "fictional", "time_zone", *prepared.TABLES}
    assert {field.name for field in dataclasses.fields(Neighbourhood)} == known
    assert {*prepared.MESH_ARRAYS, "origin"} == set(Mesh.__dataclass_fields__)
    assert set(Buildings.__dataclass_fields__) == {"building_ids", "numbers", "texts", "flags", "footprints", "invalid_codes", "other"}


def test_what_was_read_is_frozen(written: Path) -> None:
    again = read_prepared(written)
    with pytest.raises(ValueError, match="read-only"):
        again.mesh.vertices[0, 0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        again.buildings.numbers["height"][0] = 1.0


def test_large_arrays_stay_on_the_disk(tmp_path: Path) -> None:
    many = dataclasses.replace(small(), mesh=mesh_of(2, 0))
    large = dataclasses.replace(many.mesh, vertices=np.zeros((5_000, 3)))
    folder = write_prepared(dataclasses.replace(small(), mesh=large), tmp_path / "x")
    assert isinstance(read_prepared(folder).mesh.vertices.base, np.memmap)
    held = read_prepared(folder, in_memory=True)
    shutil.rmtree(folder)
    assert held.mesh.vertices.sum() == 0.0


def every_file(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("damage", ["flip", "shorten", "lengthen", "remove"])
def test_damage_to_any_file_is_one_sentence(written: Path, damage: str) -> None:
    for name in every_file(written):
        path = written / name
        before = path.read_bytes()
        match damage:
            case "flip":
                middle = len(before) // 2
                path.write_bytes(before[:middle] + bytes([before[middle] ^ 0xFF]) + before[middle + 1 :])
            case "shorten":
                path.write_bytes(before[:-1])
            case "lengthen":
                path.write_bytes(before + b"\x00")
            case _:
                path.unlink()
        with pytest.raises(InputError) as caught:
            read_prepared(written)
        assert caught.value.key == "reading.prepared_damaged", name
        assert "wijk" in caught.value.sentence("nl")
        path.write_bytes(before)
    assert read_prepared(written).name == "Vogelbuurt"


def resealed(folder: Path, name: str, content: bytes) -> None:
    """Change a file and make the manifest agree: what a hostile writer would do."""
    (folder / name).write_bytes(content)
    manifest = json.loads((folder / MANIFEST).read_bytes())
    manifest["files"][name] = [len(content), prepared._hash_of(folder / name)]
    (folder / MANIFEST).write_bytes(orjson.dumps(manifest))


@pytest.mark.parametrize(
    ("array", "value"),
    [
        ("triangles", np.full((8, 3), 8, dtype="<i4")),
        ("triangles", np.full((8, 3), -1, dtype="<i4")),
        ("triangles", np.zeros((8, 2), dtype="<i4")),
        ("triangles", np.zeros((8, 3), dtype="<f8")),
        ("triangle_surface", np.full(8, 8, dtype="<i4")),
        ("ring_vertices", np.full(24, 99, dtype="<i4")),
        ("ring_start", np.zeros(9, dtype="<i4")),
        ("ring_surface", np.arange(8, dtype="<i4")[::-1]),
        ("surface_object", np.full(8, 2, dtype="<i4")),
        ("surface_kind", np.full(8, 10, dtype="|u1")),
        ("vertices", np.full((8, 3), np.inf)),
        ("vertices", np.array([object()] * 8)),
    ],
)
def test_indices_are_checked_also_when_the_hashes_agree(written: Path, tmp_path: Path, array: str, value: np.ndarray[Any, Any]) -> None:
    np.save(tmp_path / "evil.npy", value, allow_pickle=True)
    resealed(written, f"mesh_{array}.npy", (tmp_path / "evil.npy").read_bytes())
    with pytest.raises(InputError) as caught:
        read_prepared(written)
    assert caught.value.key == "reading.prepared_damaged"


@pytest.mark.parametrize("change", [{"version": 0}, {"version": prepared.FORMAT_VERSION + 1}, {"numbers": ["height"]}, {"flags": []}])
def test_another_version_is_called_that(written: Path, change: dict[str, Any]) -> None:
    manifest = json.loads((written / MANIFEST).read_bytes())
    (written / MANIFEST).write_bytes(orjson.dumps(manifest | change))
    with pytest.raises(InputError) as caught:
        read_prepared(written)
    assert caught.value.key == "reading.prepared_old"


@pytest.mark.parametrize("member", ["files", "key", "n_buildings", "name", "notes", "origin", "reference_system", "sources", "tables"])
@pytest.mark.parametrize("value", [None, 7, "x", [1], {"a": 1}])
def test_a_manifest_with_anything_in_it_is_one_sentence_or_a_neighbourhood(written: Path, member: str, value: Any) -> None:
    manifest = json.loads((written / MANIFEST).read_bytes())
    (written / MANIFEST).write_bytes(orjson.dumps(manifest | {member: value}))
    try:
        again = read_prepared(written)
    except InputError as error:
        assert error.key == "reading.prepared_damaged"  # noqa: PT017
    else:
        assert isinstance(again, Neighbourhood)


def test_a_manifest_cannot_name_files_elsewhere(written: Path) -> None:
    manifest = json.loads((written / MANIFEST).read_bytes())
    manifest["files"]["../secret"] = [0, ""]
    (written / MANIFEST).write_bytes(orjson.dumps(manifest))
    with pytest.raises(InputError):
        read_prepared(written)


def test_the_old_copy_stays_when_writing_fails(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {name: (written / name).read_bytes() for name in every_file(written)}

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    for broken in ("_hash_of", "_put_in_place"):
        with monkeypatch.context() as patch:
            patch.setattr(prepared, broken, full)
            with pytest.raises(OSError, match="No space"):
                write_prepared(small("Nieuw"), written)
        assert {name: (written / name).read_bytes() for name in every_file(written)} == before
        assert every_file(written.parent) == [written.name]


def test_the_old_copy_comes_back_when_the_new_one_cannot_take_its_place(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def refuse_new(self: Path, target: Path) -> Path:
        if self.name.endswith(".new"):
            raise PermissionError(13, "in use")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse_new)
    with pytest.raises(PermissionError):
        write_prepared(small("Nieuw"), written)
    monkeypatch.undo()
    assert read_prepared(written).name == "Vogelbuurt"


def test_a_rename_that_was_cut_short_is_mended(written: Path) -> None:
    written.rename(prepared._before(written))
    assert read_prepared(written).name == "Vogelbuurt"


def test_writing_again_replaces(written: Path) -> None:
    write_prepared(small("Nieuw"), written)
    assert read_prepared(written).name == "Nieuw"
    assert every_file(written.parent) == [written.name]


def test_what_is_a_prepared_folder(written: Path, tmp_path: Path) -> None:
    assert is_prepared(written)
    assert not is_prepared(tmp_path)
    assert not is_prepared(tmp_path / "none")
    with pytest.raises(InputError) as caught:
        read_prepared(tmp_path / "none")
    assert caught.value.key == "reading.no_such_file"
