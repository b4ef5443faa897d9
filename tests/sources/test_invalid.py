"""Bad input: a broken document is refused with one sentence, a broken object in a sound one is set aside and the rest is true."""

from __future__ import annotations

import copy
import gzip
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
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
    header,
    sequence,
    zeros_packed,
)
from wijktwin.cli.command_line import main
from wijktwin.errors import InputError, LimitError, WijktwinError
from wijktwin.model.city_model import CityModel
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


def with_root(**changes: Any) -> bytes:
    """A sound document with some members changed; None takes a member out."""
    return as_bytes({key: value for key, value in {**document(), **changes}.items() if value is not None})


def replaced(old: str, new: str) -> bytes:
    """The text of a sound document with the first occurrence of something replaced."""
    text = as_bytes(document()).decode()
    assert old in text
    return text.replace(old, new, 1).encode()


DEEP = 100_000
SCALE = '"scale":[0.001,0.001,0.001]'
REFUSED: dict[str, tuple[bytes, str, str]] = {
    # a name, the bytes, the key, and what the sentence names beside the file
    "empty": (b"", "reading.empty", ""),
    "blank lines": (b"\n\n \n", "reading.empty", ""),
    "not JSON": (b"hello", "reading.not_json_at_all", "hello"),
    "single quotes": (b"{'type': 'CityJSON'}", "reading.not_json", "1"),
    "an error page": (b"<!doctype html><title>503</title>", "reading.web_page", ""),
    "GML": (b'<?xml version="1.0"?><CityModel xmlns="http://www.opengis.net/citygml/2.0"/>', "reading.city_gml", "CityJSON"),
    "zip": (b"PK\x03\x04" + b"\0" * 30, "reading.foreign", "zip"),
    "UTF-16": (as_bytes(document()).decode().encode("utf-16"), "reading.utf16", "UTF-8"),
    "Latin-1": (replaced("Building", "Geb\xe4ude").decode().encode("latin-1"), "reading.not_utf8", "0xE4"),
    "a list": (b"[]", "reading.not_cityjson", "[…]"),
    "a number": (b"{}", "reading.not_cityjson", "{…}"),
    "GeoJSON": (as_bytes({"type": "FeatureCollection", "features": []}), "reading.is_geojson", "FeatureCollection"),
    "TopoJSON": (as_bytes({"type": "Topology", "objects": {}}), "reading.is_topojson", ""),
    "3D Tiles": (as_bytes({"asset": {"version": "1.1"}, "root": {}}), "reading.is_3d_tiles", ""),
    "no type": (with_root(type=None), "reading.no_type", "type"),
    "a feature alone": (as_bytes(feature(0)), "reading.feature_without_header", ""),
    "no version": (with_root(version=None), "reading.no_version", ""),
    "version as object": (with_root(version={}), "reading.no_version", ""),
    "version 0.9": (with_root(version="0.9"), "reading.old_version", "0.9"),
    "version 3.0": (with_root(version="3.0"), "reading.unknown_version", "3.0"),
    "version soup": (with_root(version="soup"), "reading.unknown_version", "soup"),
    "no transform in 2.0": (with_root(transform=None), "reading.no_transform", "2.0"),
    "no transform in 1.1": (with_root(version="1.1", transform=None), "reading.no_transform", "1.1"),
    "transform as list": (with_root(transform=[]), "reading.wrong_type", "transform"),
    "scale of two": (with_root(transform={"scale": [1, 1], "translate": [0, 0, 0]}), "reading.not_three_numbers", "transform.scale"),
    "translate as text": (with_root(transform={"scale": [1, 1, 1], "translate": "0"}), "reading.not_three_numbers", "transform.translate"),
    "scale with true": (with_root(transform={"scale": [1, True, 1], "translate": [0, 0, 0]}), "reading.not_three_numbers", "scale"),
    "scale 0": (replaced(SCALE, '"scale":[0.001,0,0.001]'), "reading.bad_scale", "0"),
    "scale below 0": (replaced(SCALE, '"scale":[0.001,-0.001,0.001]'), "reading.bad_scale", "-0.001"),
    "scale 1e308": (replaced(SCALE, '"scale":[1e308,1e308,1e308]'), "reading.bad_scale", "1e+308"),
    "NaN": (replaced("1965", "NaN"), "reading.nan", "NaN"),
    "Infinity": (replaced("1965", "-Infinity"), "reading.nan", "-Infinity"),
    "1e999": (replaced("1965", "1e999"), "reading.number_overflows", "1e999"),
    "a lone surrogate": (replaced('"Building"', '"\\udc00"'), "reading.lone_surrogate", "1"),
    "deep arrays": (replaced("1965", "[" * DEEP + "]" * DEEP), "reading.too_deep", str(DEEP + 4)),
    "deep objects": (replaced("1965", '{"a":' * DEEP + "0" + "}" * DEEP), "reading.too_deep", str(DEEP + 4)),
    "fairly deep": (replaced("1965", "[" * 500 + "]" * 500), "reading.too_deep", "504"),
    "cut within a number": (as_bytes(document())[:-30], "reading.cut", ""),
    "cut in the middle": (as_bytes(document())[:700], "reading.cut", ""),
    "cut gzip": (gzip.compress(as_bytes(document()))[:-9], "reading.cut_gzip", ""),
    "gzip of gzip": (gzip.compress(gzip.compress(as_bytes(document()))), "reading.packed_twice", ""),
    "a gzip bomb": (zeros_packed(60_000_000), "reading.packed_bomb", "100"),
    "two documents": (as_bytes(document()) + as_bytes(document()), "reading.content_after", ""),
    "no CityObjects": (with_root(CityObjects=None), "reading.wrong_type", "CityObjects"),
    "CityObjects as list": (with_root(CityObjects=[]), "reading.wrong_type", "CityObjects"),
    "vertices as object": (with_root(vertices={}), "reading.wrong_type", "vertices"),
    "a repeated root key": (replaced('"version":"2.0"', '"version":"2.0","version":"2.0"'), "reading.repeated_key", "version"),
    "a repeated transform": (replaced(SCALE, f'{SCALE},"scale":[1,1,1]'), "reading.repeated_key", "scale"),
    "the vertices twice": (replaced('"vertices":', '"vertices":[],"vertices":'), "reading.repeated_key", "vertices"),
    "another country": (replaced("[155000.0,463000.0,2.0]", "[155000.0,5263000.0,2.0]"), "reading.far_outside", "5263005"),
    "Australia": (replaced("[155000.0,463000.0,2.0]", "[155000.0,-4630000.0,2.0]"), "reading.far_outside", "EPSG:7415"),
    "a CRS in degrees": (replaced("EPSG/0/7415", "EPSG/0/4326"), "reading.crs_not_metric", "EPSG:4326"),
    "a CRS that nobody knows": (replaced("EPSG/0/7415", "EPSG/0/999999"), "reading.crs_unknown", "999999"),
    "Seq with an open header": (sequence([feature(0)], head=as_bytes(header())[:-1]), "reading.unclosed", "1"),
    "Seq cut in its last line": (sequence([feature(0), as_bytes(feature(1))[:300]])[:-1], "reading.cut", "3"),
    "Seq without transform": (sequence([feature(0)], head={**header(), "transform": None}), "reading.no_transform", "2.0"),
    "Seq of version 0.9": (sequence([feature(0)], head={**header(), "version": "0.9"}), "reading.old_version", "0.9"),
    "Seq of nonsense": (sequence([b"nonsense", b"{}"]), "reading.not_json", "2"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_broken_document_is_refused_with_one_sentence(case: str) -> None:
    data, key, named = REFUSED[case]
    error = refusal(data)
    assert error.key == key
    for language in ("nl", "en"):
        assert named in error.sentence(language)


@pytest.mark.parametrize("case", REFUSED)
def test_the_command_line_says_it_in_one_line_with_exit_code_2(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if case in {"fairly deep", "a gzip bomb"}:
        pytest.skip("refused for uploads only: files of the operator's own have looser limits")
    path = tmp_path / NAME
    path.write_bytes(REFUSED[case][0])
    assert main(["info", str(path)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert 1 <= len(shown.err.splitlines()) <= 3
    assert NAME in shown.err
    assert "Traceback" not in shown.err
    assert "fault in Wijktwin" not in shown.err


def test_the_command_itself_ends_with_code_2(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(REFUSED["deep arrays"][0])
    done = subprocess.run(
        [sys.executable, "-m", "wijktwin", "info", "--json", str(path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert NAME in done.stderr


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


def test_the_same_building_on_two_lines_is_counted_once() -> None:
    other = copy.deepcopy(feature(2))
    other["CityObjects"] = {
        name.replace(building_id(2), building_id(0)): orjson.loads(orjson.dumps(value).decode().replace(building_id(2), building_id(0)))
        for name, value in other["CityObjects"].items()
    }
    model = read(sequence([feature(0), {**other, "id": building_id(0)}]))
    assert model.buildings.building_ids == (building_id(0),)
    assert model.buildings.footprints[0].bounds[0] == pytest.approx(155_000.0)
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


def test_errors_carry_keys_that_exist() -> None:
    assert issubclass(InputError, WijktwinError)
    for data, key, _ in REFUSED.values():
        assert key.startswith("reading."), data[:20]
