"""Whatever is done to a file, the answer is a model or a sentence: no other error, no index that points elsewhere, no wrong volume."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import orjson
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import SHARED_DATA
from tests.sources.mutations import spoilt, spoilt_bytes
from tests.sources.small_documents import CUBE_VOLUME, as_bytes, building_id, document, feature, header, sequence
from wijktwin.errors import WijktwinError
from wijktwin.model.city_model import CityModel
from wijktwin.model.mesh import Mesh
from wijktwin.sources.cityjson import document as reading_document
from wijktwin.sources.cityjson.info import summary_of
from wijktwin.sources.cityjson.limits import UPLOAD_LIMITS
from wijktwin.sources.cityjson.read import read_city_model
from wijktwin.sources.neighbourhoods import neighbourhood_from

SEVERAL = settings(max_examples=100)


def model_or_sentence(data: bytes) -> CityModel | WijktwinError:
    """What reading gives, the quick way of large files and the plain way of small ones alike."""
    plain = _model_or_sentence(data)
    with mock.patch.object(reading_document, "LIFTED_FROM", 0):
        lifted = _model_or_sentence(data)
    if isinstance(plain, CityModel):
        assert isinstance(lifted, CityModel), lifted
        assert_same_model(plain, lifted)
    else:
        assert isinstance(lifted, WijktwinError), plain
        assert (plain.key, plain.values) == (lifted.key, lifted.values)
    return plain


def assert_same_model(one: CityModel, other: CityModel) -> None:
    """Same buildings, numbers, mesh, counts and notes."""
    assert one.buildings.building_ids == other.buildings.building_ids
    for name, column in one.buildings.numbers.items():
        np.testing.assert_array_equal(column, other.buildings.numbers[name], err_msg=name)
    for name in Mesh.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(one.mesh, name), getattr(other.mesh, name), err_msg=name)
    assert one.buildings.texts == other.buildings.texts
    assert one.buildings.invalid_codes == other.buildings.invalid_codes
    assert (one.objects_by_type, one.lods, one.set_aside, one.notes) == (other.objects_by_type, other.lods, other.set_aside, other.notes)
    for a, b in ((one.ground_table, other.ground_table), (one.tree_table, other.tree_table)):
        assert (a is None) == (b is None)
        if a is not None and b is not None:
            pd.testing.assert_frame_equal(a, b)


def _model_or_sentence(data: bytes) -> CityModel | WijktwinError:
    """What reading gives; any other exception fails the test, and so does a model that contradicts itself."""
    try:
        model = read_city_model(data, name="x.json", limits=UPLOAD_LIMITS)
    except WijktwinError as error:
        for sentence in (error.sentence("nl"), error.sentence("en")):
            assert "x.json" in sentence
            assert "\n" not in sentence
        return error
    assert_consistent(model)
    for note in model.notes:
        assert note.sentence("nl")
        assert note.sentence("en")
    summary_of(model).as_json()
    try:
        neighbourhood_from([model], name="x", crs=None if model.reference_system else 28992)
    except WijktwinError as error:
        assert error.sentence("nl")  # noqa: PT017
    return model


def assert_consistent(model: CityModel) -> None:
    """Every index points at something, every number is finite or unknown, every row has its columns."""
    mesh, n = model.mesh, len(model.buildings)
    assert np.isfinite(mesh.vertices).all()
    for indices, bound in (
        (mesh.triangles, len(mesh.vertices)),
        (mesh.triangle_surface, mesh.n_surfaces),
        (mesh.ring_vertices, len(mesh.vertices)),
        (mesh.ring_surface, mesh.n_surfaces),
        (mesh.surface_object, n),
    ):
        assert not indices.size or (indices.min() >= 0 and indices.max() < bound)
    assert mesh.ring_start[0] == 0
    assert mesh.ring_start[-1] == len(mesh.ring_vertices)
    assert (np.diff(mesh.ring_start) >= 3).all()
    for column in model.buildings.numbers.values():
        assert not np.isinf(column).any()
    for building in model.buildings:
        if building.geometry_from == "none":
            assert not (mesh.surface_object == building.row).any()
        if building.height is not None:
            assert building.height >= 0


# ------------------------------------------------------------------------------------------------------- generated features
@SEVERAL
@given(spoilt(document(2)))
def test_a_spoilt_document(value: Any) -> None:
    model_or_sentence(as_bytes(value))


@SEVERAL
@given(spoilt(header()), spoilt(feature(1)))
def test_a_spoilt_header_and_feature(head: Any, spoiled: Any) -> None:
    model_or_sentence(sequence([feature(0), spoiled], head=head))


@SEVERAL
@given(spoilt_bytes(as_bytes(document(2))) | spoilt_bytes(sequence([feature(n) for n in range(3)])))
def test_spoilt_bytes(data: bytes) -> None:
    model_or_sentence(data)


@given(spoilt_bytes(gzip.compress(sequence([feature(n) for n in range(3)]))))
def test_spoilt_gzip(data: bytes) -> None:
    model_or_sentence(data)


@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_any_bytes(data: bytes) -> None:
    model_or_sentence(data)


def cubes_are_true(model: CityModel, numbers: Sequence[int]) -> None:
    """Some cubes are there, in their own places, with their own volume."""
    rows = [model.buildings.rows[building_id(n)] for n in numbers]
    np.testing.assert_allclose(model.buildings.numbers["volume"][rows], CUBE_VOLUME, rtol=1e-9)
    west = [model.buildings.footprints[row].bounds[0] for row in rows]
    np.testing.assert_allclose(west, [155_000.0 + 20.0 * n for n in numbers], atol=1e-6)
    drawn = model.mesh.object_volumes(len(model.buildings))
    np.testing.assert_allclose(drawn[rows], CUBE_VOLUME, rtol=1e-6)


@SEVERAL
@given(spoilt({name: feature(1)[name] for name in ("CityObjects", "vertices")}))
def test_whatever_happens_to_one_feature_the_others_keep_their_volume(parts: Any) -> None:
    spoiled = {"type": "CityJSONFeature", "id": building_id(1), **parts}
    model = model_or_sentence(sequence([feature(0), spoiled, feature(2)]))
    assert isinstance(model, CityModel)
    names = {building_id(0), building_id(2)}
    given_objects = parts.get("CityObjects")
    intruders = names & set(given_objects if isinstance(given_objects, dict) else ())
    if not intruders:
        cubes_are_true(model, [0, 2])


@SEVERAL
@given(spoilt({name: item for name, item in document(2)["CityObjects"].items() if building_id(1) in name}))
def test_whatever_happens_to_one_object_of_a_document_the_others_keep_their_volume(family: Any) -> None:
    made = document(3)
    others = {name: item for name, item in made["CityObjects"].items() if building_id(1) not in name}
    model = model_or_sentence(as_bytes({**made, "CityObjects": family | others}))
    assert isinstance(model, CityModel)
    cubes_are_true(model, [0, 2])


@SEVERAL
@given(spoilt(feature(1), most=2))
def test_one_more_broken_building_changes_nothing_for_the_others(spoiled: Any) -> None:
    """The quick way and the exact way of reading agree: a feature fares the same beside sound ones and beside a broken one."""
    broken = feature(2)
    broken["CityObjects"][building_id(2)]["children"] = 7
    alone = model_or_sentence(sequence([feature(0), spoiled]))
    beside = model_or_sentence(sequence([feature(0), spoiled, broken]))
    assert isinstance(alone, CityModel)
    assert isinstance(beside, CityModel)
    for name, column in alone.buildings.numbers.items():
        np.testing.assert_array_equal(column, beside.buildings.numbers[name], err_msg=name)
    for name in Mesh.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(alone.mesh, name), getattr(beside.mesh, name), err_msg=name)
    assert alone.buildings.building_ids == beside.buildings.building_ids
    assert alone.buildings.texts == beside.buildings.texts
    assert sum(beside.set_aside.values()) == sum(alone.set_aside.values()) + 2


# ------------------------------------------------------------------------------------------------------------ real features
REAL = ("3dbag/delft_v20240420.city.jsonl", "3dbag/delft_v20241216.city.jsonl", "cityjson/railway_geometry_templates_v20.city.jsonl")


@cache
def real_lines(folder: Path, name: str) -> tuple[bytes, ...]:
    return tuple((folder / name).read_bytes().splitlines())


@pytest.mark.parametrize("name", REAL)
@settings(max_examples=25)
@given(data=st.data())
def test_real_features_with_changes(shared_data: Path, name: str, data: st.DataObject) -> None:
    lines = real_lines(shared_data, name)
    chosen = data.draw(st.integers(1, min(len(lines) - 1, 12)))
    spoiled = data.draw(spoilt(orjson.loads(lines[chosen])))
    model_or_sentence(b"\n".join([lines[0], as_bytes(spoiled)]))


@settings(max_examples=25)
@given(data=st.data())
def test_sound_real_buildings_keep_their_volume_beside_a_spoilt_one(shared_data: Path, data: st.DataObject) -> None:
    lines = real_lines(shared_data, REAL[0])
    sound = read_city_model(b"\n".join(lines), name="x.json")
    chosen = data.draw(st.integers(1, len(lines) - 1))
    spoiled = orjson.loads(lines[chosen])
    own = set(spoiled["CityObjects"])
    spoiled["CityObjects"] = data.draw(spoilt(spoiled["CityObjects"]))
    model = model_or_sentence(b"\n".join([*lines[:chosen], as_bytes(spoiled), *lines[chosen + 1 :]]))
    assert isinstance(model, CityModel)
    for row, name in enumerate(sound.buildings.building_ids):
        if name not in own:
            again = model.buildings.rows[name]
            for column in ("volume", "height", "footprint_area", "ground_height"):
                np.testing.assert_allclose(
                    model.buildings.numbers[column][again], sound.buildings.numbers[column][row], rtol=1e-9, err_msg=column
                )


DOCUMENTS = (
    "cityjson/geometry_templates_v20.city.json", "cityjson/bavaria_lod2_epsg25832_v20.city.json", "3dbag/api_like/item_single.json",
    "invalid/invalid_u64_f64_bounds.json",
)  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
@settings(max_examples=25)
@given(data=st.data())
def test_real_documents_with_changes(shared_data: Path, name: str, data: st.DataObject) -> None:
    text = (shared_data / name).read_bytes()
    strategies: list[Callable[[], st.SearchStrategy[bytes]]] = [
        lambda: spoilt_bytes(text),
        lambda: spoilt(orjson.loads(text)).map(as_bytes),
    ]
    model_or_sentence(data.draw(data.draw(st.sampled_from(strategies))()))


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", [*REAL, *DOCUMENTS])
@settings(max_examples=1_500)
@given(data=st.data())
def test_real_files_with_many_changes(shared_data: Path, name: str, data: st.DataObject) -> None:
    lines = real_lines(shared_data, name)
    text = b"\n".join(lines[:4] if name.endswith(".jsonl") else lines)
    model_or_sentence(data.draw(spoilt_bytes(text)))


@pytest.mark.exhaustive
@settings(max_examples=1_500)
@given(spoilt(document(3), most=6))
def test_documents_with_many_changes(value: Any) -> None:
    model_or_sentence(as_bytes(value))


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", REAL)
@settings(max_examples=600)
@given(data=st.data())
def test_real_features_with_many_changes(shared_data: Path, name: str, data: st.DataObject) -> None:
    lines = real_lines(shared_data, name)
    value = orjson.loads(lines[data.draw(st.integers(1, min(len(lines) - 1, 12)))])
    model_or_sentence(b"\n".join([lines[0], as_bytes(data.draw(spoilt(value, most=5)))]))


def test_real_data_is_where_the_tests_look_for_it(shared_data: Path) -> None:
    assert shared_data == SHARED_DATA
    assert all((shared_data / name).is_file() for name in (*REAL, *DOCUMENTS))
