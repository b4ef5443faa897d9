"""Strict JSON: what the parser refuses gets a line, a column and a reason; keys that occur twice are found."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wijktwin.errors import InputError, LimitError
from wijktwin.sources.strict_json import KeyPath, check_depth, parse_json, structure_of


class _Pairs:
    """A JSON object that may have a key twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        self.pairs = pairs


KEYS = st.sampled_from(["a", "b", "aa", "é", '"', "\\", "\u0000", "x\ny", "CityObjects"])
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", '"a":', "{", "]", "\\", "é"]),
    lambda inner: st.lists(inner, max_size=4) | st.lists(st.tuples(KEYS, inner), max_size=5).map(_Pairs),
    max_leaves=25,
)


def written(value: Any, *, ascii_only: bool, spaced: bool) -> str:
    """JSON text in which keys may occur twice."""
    colon, comma = (" :\t", " ,\r\n") if spaced else (":", ",")
    if isinstance(value, _Pairs):
        keys = [json.dumps(key, ensure_ascii=ascii_only) for key, _ in value.pairs]
        items = [written(item, ascii_only=ascii_only, spaced=spaced) for _, item in value.pairs]
        return "{" + comma.join(key + colon + item for key, item in zip(keys, items, strict=True)) + "}"
    if isinstance(value, list):
        return "[" + comma.join(written(item, ascii_only=ascii_only, spaced=spaced) for item in value) + "]"
    return json.dumps(value, ensure_ascii=ascii_only)


def repeated_keys(value: Any, path: KeyPath = ()) -> list[KeyPath]:
    found: list[KeyPath] = []
    if isinstance(value, _Pairs):
        seen: set[str] = set()
        for key, item in value.pairs:
            found.extend([(*path, key)] if key in seen else [])
            seen.add(key)
            found.extend(repeated_keys(item, (*path, key)))
    elif isinstance(value, list):
        for item in value:
            found.extend(repeated_keys(item, path))
    return found


def depth_of(value: Any) -> int:
    if isinstance(value, (_Pairs, list)):
        items = [item for _, item in value.pairs] if isinstance(value, _Pairs) else value
        return 1 + max(map(depth_of, items), default=0)
    return 0


@given(VALUES, st.booleans(), st.booleans())
def test_repeated_keys_and_depth_are_those_of_the_text(value: Any, ascii_only: bool, spaced: bool) -> None:
    text = written(value, ascii_only=ascii_only, spaced=spaced).encode()
    found = structure_of(text)
    expected = repeated_keys(value)
    assert found.depth == depth_of(value)
    assert bool(found.repeated) == bool(expected)
    if b"\\" not in text:  # names in the file are the keys themselves: the exact places are told
        assert sorted(found.repeated) == sorted(path[:8] for path in expected)


def test_the_table_grows_for_text_that_is_all_keys() -> None:
    text = b"{" + b",".join(b'"%d":0' % n for n in range(40_000)) + b',"7":1}'
    assert structure_of(text).repeated == (("7",),)


def test_a_very_long_key_is_told_whole() -> None:
    key = "é" * 10_000
    assert structure_of(f'{{"CityObjects":{{"{key}":1,"{key}":2}}}}'.encode()).repeated == (("CityObjects", key),)


@given(st.binary(max_size=60))
def test_any_bytes_have_a_structure(text: bytes) -> None:
    structure_of(b'{"a":1,"a":2,' + text)


def test_an_escaped_key_is_the_same_key() -> None:
    assert structure_of(rb'{"CityObjects":{"a":1,"\u0061":2}}').repeated == (("CityObjects", "a"),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'{"a":[true]}', True), (b'{"a":[1,[2,false]]}', True), (b"[ true ]", True), (b'{"a":true}', False), (b'[{"a":true}]', False),
        (b'["true","false"]', False), (b"[null,1]", False), (b'[{"a":false},1]', False),
    ],
)  # fmt: skip
def test_truth_in_a_list_is_seen(text: bytes, expected: bool) -> None:
    assert structure_of(text).has_truth_in_list is expected


@pytest.mark.parametrize(
    ("text", "key", "line", "column"),
    [
        (b'{\n "a": NaN}', "reading.nan", 2, 7),
        (b"[1, -Infinity]", "reading.nan", 1, 5),
        (b"[\n\n1e999]", "reading.number_overflows", 3, 1),
        (b"[" + b"9" * 400 + b"]", "reading.number_overflows", 1, 2),
        (b'{"a": "\\ud800"}', "reading.lone_surrogate", 1, 8),
        (b'{"a": 1, "b"', "reading.cut", 1, 13),
        (b'{"a": "half a te', "reading.cut", 1, 17),
        (b'{"a": [1, 2,', "reading.cut", 1, 13),
        (b'{"a": tru', "reading.cut", 1, None),
        (b'{"a": 1}\n{"b": 2}', "reading.content_after", 2, 1),
        (b'{"a" 1}', "reading.not_json", 1, 6),
        (b"{'a': 1}", "reading.not_json", 1, 2),
        (b'{"\xc3\xa9\xc3\xa9": x}', "reading.not_json", 1, 8),
        (b'{"a": 01}', "reading.not_json", 1, 7),
        (b'{"a":\n "\xff"}', "reading.not_utf8", 2, None),
        (b'{"a": "tab\there"}', "reading.not_json", 1, 11),
    ],
)
def test_every_fault_has_its_place(text: bytes, key: str, line: int, column: int | None) -> None:
    with pytest.raises(InputError) as caught:
        parse_json(text, source="x.json")
    error = caught.value
    assert (error.key, error.values["line"]) == (key, line), str(error)
    if column is not None:
        assert error.values["column"] == column
    for language in ("en", "nl"):
        assert "x.json" in error.sentence(language)
        assert "\n" not in error.sentence(language)


def test_text_that_stops_before_the_last_line_was_not_cut_off_but_left_open() -> None:
    with pytest.raises(InputError) as caught:
        parse_json(b'{"a": [1', source="x", line=4, is_last=False)
    assert (caught.value.key, caught.value.values["line"]) == ("reading.unclosed", 4)


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_depth_of_a_hundred_thousand_is_one_sentence(opening: bytes) -> None:
    closing = b"]" if opening == b"[" else b"}"
    with pytest.raises(LimitError) as caught:
        parse_json(opening * 100_000 + b"1" + closing * 100_000, source="deep.json")
    assert (caught.value.key, caught.value.values["depth"]) == ("reading.too_deep", 100_000)


def test_depth_below_what_the_parser_refuses_has_a_limit_too() -> None:
    text = b'{"a":\n' + b"[" * 99 + b"]" * 99 + b"}"
    check_depth(structure_of(text), source="x", max_depth=100)
    with pytest.raises(LimitError) as caught:
        check_depth(structure_of(text), source="x", max_depth=99)
    assert caught.value.values == {"source": "x", "depth": 100, "max_depth": 99, "line": 2}


@given(st.binary(max_size=60))
def test_any_bytes_give_a_value_or_a_sentence(text: bytes) -> None:
    try:
        assert parse_json(text, source="x") == orjson.loads(text)
    except InputError as error:
        assert "x" in error.sentence("nl")  # noqa: PT017
