"""Bad input: a broken document is refused with one sentence, a broken object in a sound one is set aside and the rest is true."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import numpy as np
import orjson
import pytest

from tests.sources.small_documents import (
    CUBE_VOLUME,
    as_bytes,
    building_id,
    cube_geometry,
    document,
    feature,
    replaced,
    sequence,
    with_root,
)
from wijktwin.errors import InputError, LimitError
from wijktwin.model.city_model import CityModel
from wijktwin.sources.cityjson import document as reading_document
from wijktwin.sources.cityjson.faults import MAX_NAMED
from wijktwin.sources.cityjson.limits import UPLOAD_LIMITS
from wijktwin.sources.cityjson.read import read_city_model
from wijktwin.sources.neighbourhoods import neighbourhood_from

NAME = "wijk.city.json"
WHOLE, PART = building_id(1), f"{building_id(1)}-0"
Spoil = Callable[[dict[str, Any], list[Any]], None]


def read(data: bytes) -> CityModel:
    return read_city_model(data, name=NAME, limits=UPLOAD_LIMITS)


def refusal(data: bytes) -> InputError:
    """The error of a document that is refused, looked over: one line in two languages that names the file."""
    with pytest.raises(InputError) as caught:
        read(data)
    sentences = {language: caught.value.sentence(language) for language in ("nl", "en")}
    for sentence in sentences.values():
        assert NAME in sentence
        assert "\n" not in sentence
        assert sentence.endswith(".")
    assert sentences["nl"] != sentences["en"]
    return caught.value


# ------------------------------------------------------------------------------------------------ one bad building of three
def geometry_of(objects: dict[str, Any]) -> dict[str, Any]:
    geometry: dict[str, Any] = objects[PART]["geometry"][0]
    return geometry


def _set(path: tuple[str, ...], value: Any) -> Spoil:
    def spoil(objects: dict[str, Any], _vertices: list[Any]) -> None:
        target: Any = objects
        for step in path[:-1]:
            target = target[step]
        target[path[-1]] = value

    return spoil


def _index(value: Any) -> Spoil:
    def spoil(objects: dict[str, Any], _vertices: list[Any]) -> None:
        geometry_of(objects)["boundaries"][0][0][0][1] = value

    return spoil


def _geometry(member: str, value: Any) -> Spoil:
    def spoil(objects: dict[str, Any], _vertices: list[Any]) -> None:
        geometry_of(objects)[member] = value

    return spoil


def _vertex(value: Any) -> Spoil:
    def spoil(objects: dict[str, Any], vertices: list[Any]) -> None:
        vertices[geometry_of(objects)["boundaries"][0][0][0][1]] = value

    return spoil


def _circle(objects: dict[str, Any], _vertices: list[Any]) -> None:
    objects[WHOLE]["parents"] = [PART]
    objects[PART]["children"] = [WHOLE]


SET_ASIDE: dict[str, tuple[Spoil, str, str]] = {
    "index negative": (_index(-1), "reading.index_negative", PART),
    "index too large": (_index(24), "reading.index_out_of_range", PART),
    "index huge": (_index(2**63), "reading.index_out_of_range", PART),
    "index beyond int64": (_index(2**64 - 1), "reading.index_out_of_range", PART),
    "index fractional": (_index(1.5), "reading.index_not_integer", PART),
    "index a whole float": (_index(1.0), "reading.index_not_integer", PART),
    "index text": (_index("1"), "reading.index_not_integer", PART),
    "index null": (_index(None), "reading.index_not_integer", PART),
    "index a list": (_index([1]), "reading.index_not_integer", PART),
    "vertex of two": (_vertex([0, 0]), "reading.bad_vertex", PART),
    "vertex of four": (_vertex([0, 0, 0, 0]), "reading.bad_vertex", PART),
    "vertex of text": (_vertex(["0", "0", "0"]), "reading.bad_vertex", PART),
    "vertex null": (_vertex(None), "reading.bad_vertex", PART),
    "vertex a number": (_vertex(7), "reading.bad_vertex", PART),
    "boundaries text": (_geometry("boundaries", "all"), "reading.wrong_member", PART),
    "boundaries missing": (_geometry("boundaries", None), "reading.wrong_member", PART),
    "boundaries too flat": (_geometry("boundaries", [[0, 1, 2]]), "reading.wrong_member", PART),
    "boundaries too deep": (_geometry("boundaries", [[[[[0, 1, 2]]]]]), "reading.index_not_integer", PART),
    "lod an object": (_geometry("lod", {}), "reading.wrong_member", PART),
    "lod a list": (_geometry("lod", ["2.2"]), "reading.wrong_member", PART),
    "geometry type a number": (_geometry("type", 7), "reading.wrong_member", PART),
    "geometry an object": (_set((PART, "geometry"), cube_geometry()), "reading.wrong_member", PART),
    "geometry of text": (_set((PART, "geometry"), ["Solid"]), "reading.wrong_member", PART),
    "no such template": (
        _set((PART, "geometry"), [{"type": "GeometryInstance", "template": 3, "boundaries": [0], "transformationMatrix": [0] * 16}]),
        "reading.no_such_template", PART,
    ),
    "attributes a list": (_set((WHOLE, "attributes"), [1]), "reading.wrong_member", WHOLE),
    "attributes text": (_set((WHOLE, "attributes"), "old"), "reading.wrong_member", WHOLE),
    "type missing": (_set((WHOLE, "type"), None), "reading.wrong_member", WHOLE),
    "object a list": (_set((WHOLE,), []), "reading.wrong_member", WHOLE),
    "object null": (_set((PART,), None), "reading.wrong_member", PART),
    "children a number": (_set((WHOLE, "children"), 7), "reading.wrong_member", WHOLE),
    "children numbers": (_set((WHOLE, "children"), [7]), "reading.wrong_member", WHOLE),
    "child missing": (_set((WHOLE, "children"), [PART, "nobody"]), "reading.child_missing", WHOLE),
    "parent missing": (_set((PART, "parents"), ["nobody"]), "reading.parent_missing", PART),
    "own parent": (_set((PART, "parents"), [PART, WHOLE]), "reading.circle", PART),
    "a circle": (_circle, "reading.circle", WHOLE),
}  # fmt: skip


def spoilt_document(spoil: Spoil) -> bytes:
    made = document(3)
    spoil(made["CityObjects"], made["vertices"])
    return as_bytes(made)


def spoilt_sequence(spoil: Spoil) -> bytes:
    features = [feature(n) for n in range(3)]
    spoil(features[1]["CityObjects"], features[1]["vertices"])
    return sequence(features)


def assert_the_others_are_true(model: CityModel) -> None:
    """Buildings 0 and 2 are there, each a cube of 1,000 m³ in its own place; building 1 is named and counted."""
    assert model.buildings.building_ids == (building_id(0), building_id(2))
    np.testing.assert_allclose(model.buildings.numbers["volume"], CUBE_VOLUME, rtol=1e-9)
    np.testing.assert_allclose(model.buildings.numbers["height"], 10.0, rtol=1e-9)
    np.testing.assert_allclose([shape.bounds[0] for shape in model.buildings.footprints], [155_000.0, 155_040.0], atol=1e-6)
    np.testing.assert_allclose(model.mesh.object_volumes(2), CUBE_VOLUME, rtol=1e-9)


@pytest.mark.parametrize("form", [spoilt_document, spoilt_sequence])
@pytest.mark.parametrize("case", SET_ASIDE)
def test_one_broken_building_is_set_aside_and_the_others_keep_their_volume(case: str, form: Callable[[Spoil], bytes]) -> None:
    spoil, key, named = SET_ASIDE[case]
    model = read(form(spoil))
    assert_the_others_are_true(model)
    notes = {note.key: note for note in reversed(model.notes)}
    assert notes[key].values["where"] == named
    assert sum(model.set_aside.values()) == 2
    for language in ("nl", "en"):
        assert named in notes[key].sentence(language)
        assert NAME in notes["reading.set_aside"].sentence(language)


@pytest.mark.parametrize("case", SET_ASIDE)
def test_a_document_of_which_nothing_is_left_is_refused_with_what_is_wrong(case: str) -> None:
    spoil, key, named = SET_ASIDE[case]
    made = document(3)
    spoil(made["CityObjects"], made["vertices"])
    made["CityObjects"] = {name: value for name, value in made["CityObjects"].items() if name in {WHOLE, PART}}
    error = refusal(as_bytes(made))
    assert (error.key, error.values["where"]) == (key, named)


def test_a_repeated_id_is_set_aside_and_never_silently_the_last() -> None:
    text = as_bytes(document(3)).decode()
    twice = text.replace(f'"{building_id(2)}":{{', f'"{building_id(1)}":{{"type":"Building"}},"{building_id(2)}":{{', 1)
    model = read(twice.encode())
    assert_the_others_are_true(model)
    assert next(note for note in model.notes if note.key == "reading.repeated_id").values["where"] == WHOLE


@pytest.mark.parametrize("lifted_from", [0, 10**9])
@pytest.mark.parametrize("lods", [("2.2", "1", "1"), ("1", "2.2", "1"), ("1", "1", "2.2")])
@pytest.mark.parametrize("kind", ["Building", "Bridge"])
def test_two_shapes_of_one_level_are_told_in_any_order(
    kind: str, lods: tuple[str, ...], lifted_from: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_document, "LIFTED_FROM", lifted_from)
    made = document(2)
    made["CityObjects"][building_id(1)] = {"type": kind, "geometry": [{**cube_geometry(8), "lod": lod} for lod in lods]}
    del made["CityObjects"][PART]
    model = read(as_bytes(made))
    assert next(note for note in model.notes if note.key == "reading.lod_twice").values["count"] == 1
    assert model.lods == {"1": 2, "2.2": 2}
    assert model.buildings.numbers["volume"].tolist() == pytest.approx([CUBE_VOLUME] * (2 if kind == "Building" else 1))


@pytest.mark.parametrize("as_sequence", [False, True])
def test_a_repeated_key_within_an_object_sets_that_object_aside(as_sequence: bool) -> None:
    made = document(3)
    made["CityObjects"][WHOLE]["attributes"]["x"] = "MARK"
    text = sequence([feature(0), {**feature(1), "CityObjects": {**made["CityObjects"]}}, feature(2)]) if as_sequence else as_bytes(made)
    if as_sequence:
        spoilt = feature(1)
        spoilt["CityObjects"][WHOLE]["attributes"]["x"] = "MARK"
        text = sequence([feature(0), spoilt, feature(2)])
    model = read(text.replace(b'"x":"MARK"', b'"oorspronkelijkbouwjaar":1850'))
    assert_the_others_are_true(model)
    note = next(note for note in model.notes if note.key == "reading.repeated_key")
    assert (note.values["where"], note.values["repeated"]) == (WHOLE, "oorspronkelijkbouwjaar")


@pytest.mark.parametrize("lifted_from", [0, 10**9])
def test_the_same_building_on_two_lines_is_counted_once(lifted_from: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_document, "LIFTED_FROM", lifted_from)
    again = orjson.loads(as_bytes(feature(2)).replace(building_id(2).encode(), building_id(0).encode()))
    model = read(sequence([feature(0), again, feature(1)]))
    assert model.buildings.building_ids == (building_id(0), building_id(1))
    assert [footprint.bounds[0] for footprint in model.buildings.footprints] == pytest.approx([155_000.0, 155_020.0])
    east = model.mesh.vertices[:, 0] + model.mesh.origin[0]
    assert (east.min(), east.max()) == pytest.approx((155_000.0, 155_030.0))
    assert any(note.key == "reading.repeated_id" and note.values["where"] == building_id(0) for note in model.notes)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (as_bytes(feature(1)).replace(b"1965", b"NaN"), "NaN"),
        (as_bytes(feature(1)).replace(b"1965", b"1e999"), "1e999"),
        (as_bytes(feature(1))[:300], "3"),
        (b"nonsense", "nonsense"),
        (b'{"type":"Feature"}', "3"),
        (as_bytes({**feature(1), "id": "somebody-else"}), "somebody-else"),
        (as_bytes({**feature(1), "CityObjects": []}), "3"),
    ],
)
def test_a_broken_line_of_a_sequence_is_left_out_by_its_number(line: bytes, reason: str) -> None:
    model = read(sequence([feature(0), line, feature(2)]))
    assert_the_others_are_true(model)
    note = next(note for note in model.notes if note.key == "reading.line_left_out")
    assert note.values["line"] == 3
    assert reason in note.sentence("en")


def test_many_broken_lines_are_counted_and_the_first_are_named() -> None:
    lines: list[Any] = [feature(0), *([b"nonsense"] * 500), feature(2)]
    model = read(sequence(lines))
    assert_the_others_are_true(model)
    keys = [note.key for note in model.notes]
    assert keys.count("reading.line_left_out") == MAX_NAMED
    assert next(note for note in model.notes if note.key == "reading.lines_left_out").values["count"] == 500


def test_a_sequence_that_is_mostly_broken_is_refused_at_once() -> None:
    error = refusal(sequence([feature(0), *([b"nonsense"] * 200_000)]))
    assert (error.key, error.values["line"]) == ("reading.not_json", 3)


def test_a_missing_group_is_told_once_for_all() -> None:
    made = document(3)
    for n in range(3):
        made["CityObjects"][building_id(n)]["parents"] = ["a-group"]
    model = read(as_bytes(made))
    np.testing.assert_allclose(model.buildings.numbers["volume"], [CUBE_VOLUME] * 3, rtol=1e-9)
    assert [(note.key, note.values["count"]) for note in model.notes] == [("reading.group_missing", 3)]


def test_a_long_chain_of_parts_is_walked_once() -> None:
    made = document(1)
    names = [f"part-{n}" for n in range(20_000)]
    for name, above in zip(names, [building_id(0), *names], strict=False):
        made["CityObjects"][name] = {"type": "BuildingPart", "parents": [above]}
    assert read(as_bytes(made)).buildings.building_ids == (building_id(0),)


def test_a_feature_without_a_list_of_vertices_does_not_lose_the_others() -> None:
    odd: tuple[Any, ...] = (None, "x", 7, {}, [[]])
    for vertices in odd:
        model = read(sequence([feature(0), {**feature(1), "vertices": vertices}, feature(2)]))
        assert_the_others_are_true(model)


def test_ten_thousand_sound_lines_survive_one_broken_one() -> None:
    lines = [as_bytes(feature(n)) for n in range(400)]
    lines[137] = lines[137].replace(b"[0,3,2,1]", b"[0,3,2,-1]")
    model = read(sequence(list(lines)))
    assert len(model.buildings) == 399
    assert building_id(137) not in model.buildings
    np.testing.assert_allclose(model.buildings.numbers["volume"], CUBE_VOLUME, rtol=1e-9)


# -------------------------------------------------------------------------------------------------------- what is allowed
SOUND = as_bytes(document(3))


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + SOUND,
        gzip.compress(SOUND),
        orjson.dumps(document(3), option=orjson.OPT_INDENT_2).replace(b"\n", b"\r\n"),
        b"\r\n\r\n" + SOUND + b"\r\n\r\n",
        sequence([feature(n) for n in range(3)]),
        sequence([feature(n) for n in range(3)]).replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + sequence([feature(n) for n in range(3)]).replace(b"\n", b"\n\n"),
        gzip.compress(sequence([feature(n) for n in range(3)])),
        sequence([feature(n) for n in range(3)])[:-1],
        as_bytes(document(3, version="1.0")),
        as_bytes(document(3, version="1.1")),
        with_root(version="2.0.1"),
        with_root(version=2.0),
    ],
)
def test_marks_line_ends_and_packing_change_nothing(data: bytes) -> None:
    model = read(data)
    assert model.buildings.building_ids == tuple(building_id(n) for n in range(3))
    np.testing.assert_allclose(model.buildings.numbers["volume"], CUBE_VOLUME, rtol=1e-9)
    assert model.notes == ()


SEMANTICS: list[Any] = [
    None, [], [1], "x", 7, True, {"surfaces": 1}, {"values": 7}, {"values": "x"}, {"values": {"a": 1}}, {"values": [7]}, {"values": []},
    {"values": [[0] * 6]}, {"surfaces": [], "values": [[9] * 6]}, {"surfaces": [1, 2], "values": [[0, 1, -1, {}, [], "x"]]},
    {"surfaces": [{"type": 7}, {"type": []}], "values": [[0, 1, None, 0, 1, 0]]}, {"surfaces": {}, "values": [[0]]},
]  # fmt: skip


@pytest.mark.parametrize("value", SEMANTICS)
def test_broken_semantics_lose_no_building(value: Any) -> None:
    made = document(3)
    made["CityObjects"][PART]["geometry"][0]["semantics"] = value
    model = read(as_bytes(made))
    assert building_id(0) in model.buildings
    assert building_id(2) in model.buildings
    sound = [model.buildings.rows[building_id(n)] for n in (0, 2)]
    np.testing.assert_allclose(model.buildings.numbers["volume"][sound], CUBE_VOLUME, rtol=1e-9)


@pytest.mark.parametrize("lod", [None, True, "", "LoD two", 2, 2.2, "2", "9.9", -1, 1e300])
def test_any_spelling_of_a_level_of_detail_is_read(lod: Any) -> None:
    made = document(3)
    made["CityObjects"][PART]["geometry"][0]["lod"] = lod
    model = read(as_bytes(made))
    np.testing.assert_allclose(model.buildings.numbers["volume"], [CUBE_VOLUME] * 3, rtol=1e-9)


def test_local_coordinates_are_asked_about_and_never_put_on_the_map() -> None:
    model = read(replaced("[155000.0,463000.0,2.0]", "[5.38,52.15,2.0]"))
    assert model.reference_system is None
    assert [note.key for note in model.notes] == ["reading.crs_local"]
    with pytest.raises(InputError) as caught:
        neighbourhood_from([model], name="x")
    assert caught.value.key == "reading.crs_needed"
    with pytest.raises(InputError) as caught:
        read_city_model(replaced("[155000.0,463000.0,2.0]", "[5.38,52.15,2.0]"), name=NAME, crs=7415)
    assert caught.value.key == "reading.far_outside"


def test_one_building_in_another_country_loses_its_shape_and_nothing_else() -> None:
    model = read(sequence([feature(0), {**feature(1), "vertices": [[x, y + 10**9, z] for x, y, z in feature(1)["vertices"]]}, feature(2)]))
    assert [row.geometry_from for row in model.buildings] == ["solid", "none", "solid"]
    assert [row.volume for row in model.buildings] == [pytest.approx(CUBE_VOLUME), None, pytest.approx(CUBE_VOLUME)]
    note = next(note for note in model.notes if note.key == "reading.far_outside")
    assert note.values["where"] == WHOLE


def test_coordinates_beyond_the_earth_are_not_drawn() -> None:
    made = document(3)
    made["vertices"][9] = [10**18, 0, 0]
    model = read(as_bytes(made))
    sound = [model.buildings.rows[building_id(n)] for n in (0, 2)]
    np.testing.assert_allclose(model.buildings.numbers["volume"][sound], CUBE_VOLUME, rtol=1e-9)
    assert np.isfinite(model.mesh.vertices).all()
    assert np.abs(model.mesh.vertices).max() < 1e6
    assert len(model.notes) > 0


@pytest.mark.parametrize("metadata", [None, [], 7, {"referenceSystem": None}, {"title": 7, "pointOfContact": [], "referenceDate": {}}])
def test_odd_metadata_is_no_reason_to_refuse(metadata: Any) -> None:
    model = read(with_root(metadata=metadata))
    assert len(model.buildings) == 3


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (as_bytes(document(4)), "reading.too_many_objects"),
        (as_bytes({**document(1), "vertices": document(1)["vertices"] * 10}), "reading.too_many_vertices"),
        (sequence([feature(n) for n in range(4)]), "reading.too_many_objects"),
    ],
)
def test_limits_of_count(data: bytes, key: str) -> None:
    from dataclasses import replace

    with pytest.raises(LimitError) as caught:
        read_city_model(data, name=NAME, limits=replace(UPLOAD_LIMITS, max_objects=7, max_vertices=79))
    assert caught.value.key == key
