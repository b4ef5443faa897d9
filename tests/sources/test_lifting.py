"""Lifting arrays out of the text loses nothing and lets nothing in: text and arrays together are the document as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sources.small_documents import document, sequence
from wijktwin.sources.cityjson.lifting import Lifted, lift
from wijktwin.sources.cityjson.lifting_geometry import KINDS


def put_back(value: Any, lifted: Lifted, *, level: tuple[str, ...] = ()) -> Any:
    """A parsed text with every lifted array in its place again."""
    if isinstance(value, dict):
        return {key: put_back(member, lifted, level=(*level, key)) for key, member in value.items()}
    if isinstance(value, list):
        return [put_back(item, lifted, level=(*level, "[]")) for item in value]
    if type(value) is not int:
        return value
    if len(level) == 3 and level[0] == "CityObjects" and level[2] == "geometry":
        return [put_back(one, lifted, level=(*level, "[]")) for one in lifted.geometries.as_objects(value)]
    in_geometry = len(level) > 3 and level[0] == "CityObjects" and level[2:4] == ("geometry", "[]")
    is_place = level == ("vertices",) or (in_geometry and level[4:] in {("boundaries",), ("semantics", "values")})
    return lifted.arrays.nested(value) if is_place else value


def essence(document: Any) -> Any:
    """A document with of each geometry only what the reader wants: type, LoD, arrays, and of semantics the kinds that we know."""
    if not isinstance(document, dict) or not isinstance(document.get("CityObjects"), dict):
        return document
    objects = {}
    for key, one in document["CityObjects"].items():
        objects[key] = one
        if isinstance(one, dict) and isinstance(one.get("geometry"), list):
            objects[key] = {**one, "geometry": [_essence_of(geometry) for geometry in one["geometry"]]}
    return {**document, "CityObjects": objects}


def _essence_of(geometry: Any) -> Any:
    if not isinstance(geometry, dict):
        return geometry
    kept = {key: value for key, value in geometry.items() if key not in {"lod", "semantics"}} | {"lod": geometry.get("lod") or None}
    semantics = geometry.get("semantics")
    if isinstance(semantics, dict) and semantics.get("values") is not None:
        stated = semantics.get("surfaces")
        types = [surface.get("type") if isinstance(surface, dict) else None for surface in (stated if isinstance(stated, list) else [])]
        kept["semantics"] = {"values": semantics["values"], "kinds": [KINDS.get(one, 0) if isinstance(one, str) else 0 for one in types]}
    return kept


scalars = st.one_of(
    st.integers(-3, 99), st.integers(-(10**17), 10**17), st.floats(allow_nan=False, allow_infinity=False), st.none(), st.booleans()
)
lists = st.lists(st.integers(0, 99), min_size=1, max_size=5)
regular = st.recursive(lists, lambda inner: st.lists(inner, min_size=1, max_size=4), max_leaves=12)
nests = st.recursive(scalars, lambda inner: st.lists(inner, max_size=4), max_leaves=12)
arrays = st.one_of(regular, nests, st.text(max_size=3), st.dictionaries(st.text(max_size=2), nests, max_size=2))
members = ["vertices", "boundaries", "values", "semantics", "geometry", "CityObjects", "attributes", "type", "surfaces", "lod"]
names = st.sampled_from([*members, "ë", "a\\b", 'q"q', "x"])
anything = st.one_of(scalars, st.text(max_size=4), st.sampled_from(["2.2", "RoofSurface", 1e-9, 1e300]), nests)
surface_type = st.one_of(st.sampled_from([*KINDS, "+Dakkapel"]), anything)
surface = st.one_of(
    st.dictionaries(names, anything, max_size=3), st.fixed_dictionaries({"type": surface_type}, optional={"x": anything}), anything
)
semantics = st.fixed_dictionaries({}, optional={"values": arrays, "surfaces": st.lists(surface, max_size=3), "parent": anything})


@st.composite
def geometries(draw: st.DrawFn) -> dict[str, Any]:
    """A geometry whose boundaries are mostly nested as its type says, and mostly says no more than it should."""
    kind, depth = draw(st.sampled_from([("MultiSurface", 2), ("CompositeSurface", 2), ("Solid", 3), ("MultiSolid", 4), ("MultiPoint", 0)]))
    boundaries: Any = draw(lists)
    for _ in range(depth):
        boundaries = [boundaries, boundaries] if draw(st.booleans()) else [boundaries]
    made = {"type": kind, "boundaries": boundaries if draw(st.integers(0, 5)) else draw(arrays)}
    if draw(st.booleans()):
        made["lod"] = draw(st.one_of(st.sampled_from(["2.2", "1", 2, 1.3, "", "LoD 2.2 of this", None]), anything))
    if draw(st.booleans()):
        made["semantics"] = draw(st.one_of(semantics, semantics, anything))
    if not draw(st.integers(0, 5)):
        made[draw(names)] = draw(anything)
    return {key: made[key] for key in draw(st.permutations(list(made)))}


city_object = st.fixed_dictionaries(
    {},
    optional={
        "geometry": st.one_of(st.lists(geometries(), max_size=3), st.lists(st.one_of(geometries(), anything), max_size=2), arrays),
        "attributes": st.dictionaries(names, nests, max_size=3),
        "boundaries": arrays,
    },
)
documents = st.fixed_dictionaries(
    {"CityObjects": st.dictionaries(names, city_object, max_size=3), "vertices": arrays},
    optional={"values": arrays, "boundaries": arrays, "x": arrays},
)


@settings(max_examples=300)
@given(value=documents, spacing=st.sampled_from([0, orjson.OPT_INDENT_2]))
def test_text_and_arrays_together_are_the_document(value: Any, spacing: int) -> None:
    text = orjson.dumps(value, option=spacing)
    lifted = lift(text)
    assert lifted.text.count(b"\n") == text.count(b"\n")
    if not lifted.odd_lines:
        assert essence(put_back(orjson.loads(lifted.text), lifted)) == essence(orjson.loads(text))


@settings(max_examples=150)
@given(values=st.lists(documents, min_size=1, max_size=4), broken=st.binary(max_size=30))
def test_every_line_by_itself_and_a_broken_one_spoils_no_other(values: list[Any], broken: bytes) -> None:
    lines = [orjson.dumps(value) for value in values]
    lines.insert(1, broken.replace(b"\n", b" "))
    lifted = lift(b"\n".join(lines), lines=True)
    left = lifted.text.split(b"\n")
    assert len(left) == len(lines)
    for position, (line, rest) in enumerate(zip(lines, left, strict=True)):
        if position not in lifted.odd_lines and position != 1:
            assert essence(put_back(orjson.loads(rest), lifted)) == essence(orjson.loads(line))


@pytest.mark.parametrize(
    "written",
    ["[[1,2,3,]]", "[[1,,2]]", "[[01,2,3]]", "[[1 2,3]]", "[[1,2,3]", "[[-,2,3]]", "[[1.0,2,3]]", "[[1e3,2,3]]", "[[+1,2,3]]",
     "[[1,2,3],4]", "[[1,2],[3]]", "[]", "[[]]", "[[true,2,3]]", "[[1,2,3]x]", "[[9999999999999999,2,3]]", '[["1",2,3]]', "[[1,2,null]]"],
)  # fmt: skip
def test_what_is_not_regular_stays_for_the_parser(written: str) -> None:
    text = b'{"CityObjects":{},"vertices":' + written.encode() + b"}"
    assert lift(text).text == text


@pytest.mark.parametrize(
    "written", ["[[1,2,3]]", " [ [ 1 , 2 , 3 ] , [-4,0,5] ] ", "[[\n1,2,3\n]\n]", "[[-0,2,3]]", "[[999999999999999,2,3]]"]
)
def test_regular_arrays_are_lifted_whatever_their_spacing(written: str) -> None:
    text = b'{"CityObjects":{},"vertices":' + written.encode() + b"}"
    lifted = lift(text)
    assert len(lifted.arrays.depth) == 1
    assert lifted.arrays.nested(0) == orjson.loads(written)
    assert lifted.text.count(b"\n") == text.count(b"\n")


PLAIN = '{"type":"Solid","lod":"2.2","boundaries":[[[[0,1,2]]]],"semantics":{"surfaces":[{"type":"RoofSurface","x":1.5}],"values":[[0]]}}'


def in_a_document(*written: str) -> bytes:
    return ('{"CityObjects":{"a":{"type":"Building","geometry":[' + ",".join(written) + ']}},"vertices":[[1,2,3]]}').encode()


def test_a_plain_list_is_lifted_as_a_whole() -> None:
    lifted = lift(in_a_document(PLAIN, PLAIN.replace('"2.2"', "1"), " " + PLAIN.replace(",", " , ").replace(":", " : ")))
    assert orjson.loads(lifted.text)["CityObjects"]["a"]["geometry"] == 0
    first, second, third = lifted.geometries.as_objects(0)
    assert (first["lod"], second["lod"], third["lod"]) == ("2.2", 1, "2.2")
    assert first["semantics"]["surfaces"] == [{"type": "RoofSurface"}]
    assert not lifted.is_odd


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"lod":"2.2"', '"lod":"2.2","lod":"1"'), ('"lod":"2.2"', '"material":{}'), ('"lod":"2.2"', '"lod":true'),
        ('"lod":"2.2"', '"lod":02'),
        ('"lod":"2.2"', '"lod":1e999'), ('"lod":"2.2"', '"lod":2.'), ('"lod":"2.2"', '"lod":"2\\u002e2"'), ('"Solid"', '"MultiPoint"'),
        ('"Solid"', '"MultiSurface"'), ('"Solid"', "7"), ('"x":1.5', '"x":1.5,"x":2'), ('"x":1.5', '"x":NaN'), ('"x":1.5', '"x":1e5'),
        ('"x":1.5', '"x":"é"'), ('"x":1.5', '"x":[1]'), ('"x":1.5', '"x":-'), ('"x":1.5', '"x":01'), ('"x":1.5', '"type":"RoofSurface"'),
        ('"x":1.5', '"x":1.5,'), ('"RoofSurface"', "null"), ('{"type":"RoofSurface","x":1.5}', "1"), ('"values":[[0]]', '"values":null'),
        ('"values":[[0]]', '"values":[[0.5]]'), ('"values":[[0]]', '"values":[[0]],'), ("[[[[0,1,2]]]]", "[[[[0,1,]]]]"),
        ("[[[[0,1,2]]]]", "[]"),
    ],
)  # fmt: skip
def test_a_list_that_is_not_plain_stays_for_the_parser(old: str, new: str) -> None:
    assert old in PLAIN
    lifted = lift(in_a_document(PLAIN.replace(old, new)))
    assert b'"geometry":[{' in lifted.text


def test_a_number_where_an_array_belongs_is_told() -> None:
    assert lift(b'{"vertices":7}').odd_lines == {0}
    assert lift(b'{"CityObjects":{"a":{"geometry":0}}}').odd_lines == {0}
    assert lift(b'{"x":1}\n{"vertices":-1}\n{"vertices":[[1,2,3]]}', lines=True).odd_lines == {1}


@pytest.mark.parametrize(
    ("text", "is_odd"),
    [
        (b'{"a":1,"a":2}', True), (b'{"a":{"b":1},"b":{"a":1}}', False), (b'{"a":[true]}', True), (b'{"a":true}', False),
        (b'{"a":[{"b":true}]}', False), (b'{"\\u0061":1}', True), (b'{"a":"\\u0061"}', False), (b'[{"a":1},{"a":1}]', False),
        (b'{"abcdefghijklmnopqrstuvwxyz0":1,"abcdefghijklmnopqrstuvwxyz1":2}', False), (b'{"x":{"a":1,"b":{"a":1},"a":2}}', True),
    ],
)  # fmt: skip
def test_repeated_keys_and_truth_in_lists_are_seen(text: bytes, is_odd: bool) -> None:
    assert lift(text).is_odd == is_odd


def test_keys_are_compared_within_their_own_line() -> None:
    assert not lift(b'{"a":1}\n{"a":1}\n', lines=True).is_odd
    assert lift(b'{"a":1}\n{"a":1,"a":2}\n', lines=True).is_odd


def test_depth_is_that_of_the_text_as_it_was() -> None:
    text = orjson.dumps(document(1))
    assert lift(text).depth == 9
    assert lift(b"[" * 50 + b"]" * 50).depth == 50


@settings(max_examples=100)
@given(values=st.lists(documents, min_size=1, max_size=3))
def test_attributes_are_found_where_they_stand(values: list[Any]) -> None:
    lines = [orjson.dumps(value) for value in values]
    lifted = lift(b"\n".join(lines), lines=True)
    expected = [one["attributes"] for value in values for one in value["CityObjects"].values() if isinstance(one.get("attributes"), dict)]
    assert [orjson.loads(lifted.text[begin:end]) for begin, end in lifted.attributes.tolist()] == expected


@pytest.mark.shared_data
@pytest.mark.parametrize(
    "name", ["3dbag/delft_v20241216.city.json", "cityjson/rotterdam_delfshaven_v20.city.json", "cityjson/delft_lod1_terrain_v20.city.json"]
)
def test_real_documents_come_back_whole(shared_data: Path, name: str) -> None:
    text = (shared_data / name).read_bytes()
    lifted = lift(text)
    assert essence(put_back(orjson.loads(lifted.text), lifted)) == essence(orjson.loads(text))
    assert len(lifted.text) < 0.75 * len(text)


def test_lengths_and_numbers_of_some_arrays_at_once() -> None:
    lifted = lift(sequence([])[:-1].replace(b'"vertices":[]', b'"vertices":[[1,2,3],[4,5,6],[7,8,9]]'))
    numbers, counts = lifted.arrays.numbers_of(np.array([0, 0]))
    assert numbers.tolist() == [*range(1, 10)] * 2
    assert counts.tolist() == [9, 9]
    sizes, counts = lifted.arrays.sizes_of(np.array([0]), np.array([2]))
    assert (sizes.tolist(), counts.tolist()) == ([3, 3, 3], [3])
