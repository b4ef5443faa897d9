"""Rows of surfaces in their short form say number for number what their JSON says."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.encoding import surface_row, to_json
from layers.prepared import prepare
from layers.standalone import Inside
from tests.layers.small_town import low_block, small_town, tower
from ui.geometry_store import ROWS, GeometryStore
from ui.packed_rows import PACKING, packed_rows

SURFACES_OF_A_SAMPLE = [
    surface_row(
        [[5.0, 52.0, -1.0, 5.2, 52.0, 0.0, 5.2, 52.3, 0.0], [5.01, 52.01, 0.0, 5.02, 52.01, 0.0, 5.02, 52.02, 0.0]], [9, 8, 7, 128], 9
    ),
    surface_row([[5.0, 52.0, 1.0, 5.2, 52.0, 0.0, 5.2, 52.3, 0.5]], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 3),
]


def unfolded(packed: bytes) -> list[dict[str, Any]]:
    """The rows, read as the format says."""
    start = 4 + int.from_bytes(packed[:4], "little")
    columns: dict[str, list[int]] = {}
    at = start
    for name, count, width in json.loads(packed[4:start]):
        planes = np.frombuffer(packed, np.uint8, count * width, at).reshape(width, count).astype(np.int64)
        folded = (planes << (8 * np.arange(width))[:, None]).sum(axis=0)
        columns[name] = ((folded >> 1) ^ -(folded & 1)).tolist()
        at += count * width
    assert at == len(packed)
    channels = [list(accumulate(columns[name])) for name in ("red", "green", "blue", "opacity")]
    shades = [[channel[which] for channel in channels] for which in numbers(columns["shades"])]
    tens = zip(accumulate(columns["east"]), accumulate(columns["north"]), columns["east_rest"], columns["north_rest"], strict=True)
    places = [((10 * east + more_east) / 1e7, (10 * north + more_north) / 1e7) for east, north, more_east, more_north in tens]
    corners, level, height = [], dict[int, int](), 0
    for place, rise in zip(numbers(columns["places"]), columns["heights"], strict=True):
        height = level[place] = level.get(place, height) + rise
        corners.append([*places[place], height / 100])
    found, sizes, left, shade = [], iter(columns["sizes"]), iter(corners), iter(shades)
    for n_rings, kind, index in zip(columns["rings"], columns["kinds"], accumulate(columns["index"]), strict=True):
        rings = [[value for _ in range(next(sizes)) for value in next(left)] for _ in range(n_rings)]
        n_colours = sum(len(ring) for ring in rings) // 3 if kind == 2 else 1
        colour = [channel for _ in range(n_colours) for channel in next(shade)[: 3 if kind == 0 else 4]]
        found.append(surface_row(rings, colour, index))
    assert [*left, *shade] == []
    return found


def numbers(codes: list[int]) -> list[int]:
    found: list[int] = []
    for code in codes:
        newest = max(found, default=-1)
        found.append(newest + 1 - code)
    return found


def test_what_is_prepared_comes_back_and_is_small() -> None:
    inside = Inside()
    prepare(small_town(), [tower(), low_block()], publish=inside)
    surfaces = [content for content, _ in inside.contents if b'"__source"' in content]
    assert len(surfaces) >= 6
    for content in surfaces:
        assert to_json(unfolded(packed_rows(content))) == content
    largest = to_json([row for _ in range(30) for content in surfaces for row in json.loads(content)])
    assert len(gzip.compress(packed_rows(largest))) < 0.5 * len(gzip.compress(largest))


PLACE = st.tuples(st.integers(-1_800_000_000, 1_800_000_000), st.integers(-900_000_000, 900_000_000), st.integers(-50_000, 500_000))
RINGS = st.lists(st.lists(PLACE, min_size=3, max_size=5), min_size=1, max_size=3)
CHANNELS = st.lists(st.integers(0, 255), min_size=60, max_size=60)
SURFACE = st.tuples(RINGS, st.sampled_from([3, 4, 0]), CHANNELS, st.integers(-1, 10**6))


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.lists(SURFACE, min_size=1, max_size=5))
def test_any_surfaces_come_back(surfaces: list[tuple[list[list[tuple[int, int, int]]], int, list[int], int]]) -> None:
    rows = []
    for rings, n_channels, channels, index in surfaces:
        flat = [[value for x, y, z in ring for value in (x / 1e7, y / 1e7, z / 100)] for ring in rings]
        corners = sum(len(ring) for ring in rings)
        rows.append(surface_row(flat, channels[: n_channels or 4 * corners], index))
    assert unfolded(packed_rows(to_json(rows))) == rows


@pytest.mark.parametrize(
    "rows",
    [
        [],
        {"p": 1},
        [{"s": [5.0, 52.0, 1.0], "t": [5.0, 52.0, 2.0]}],
        [surface_row([[5.0, 52.0, 0.001, 5.1, 52.0, 0.0, 5.1, 52.1, 0.0]], [1, 2, 3], 0)],
        [surface_row([[5.00000001, 52.0, 0.0, 5.1, 52.0, 0.0, 5.1, 52.1, 0.0]], [1, 2, 3], 0)],
        [surface_row([[5.0, 52.0, 3e7, 5.1, 52.0, 0.0, 5.1, 52.1, 0.0]], [1, 2, 3], 0)],
        [{**surface_row([[5.0, 52.0, 0.0, 5.1, 52.0, 0.0, 5.1, 52.1, 0.0]], [], 0), "c": [1.5, 2, 3]}],
        [surface_row([[5.0, 52.0, 0.0, 5.1, 52.0, 0.0, 5.1, 52.1, 0.0]], [1, 2], 0)],
    ],
    ids=["nothing", "no rows", "lines", "finer heights", "finer degrees", "too high", "half colours", "too few colours"],
)
def test_what_would_lose_something_has_no_short_form(rows: object) -> None:
    content = json.dumps(rows).encode()
    assert packed_rows(content) == b""
    store = GeometryStore()
    key = store.put(content, "application/json").rpartition("/")[2]
    assert store.get(key.replace(".json", ROWS)) == store.get(key)


def test_another_short_form_has_another_address(root: Path) -> None:
    """These bytes are what scenes of this version read and browsers keep for good: whoever changes them raises the version."""
    sample = to_json([surface_row([[5.0, 52.0, 0.0, 5.1, 52.0, 0.25, 5.1, 52.1, 3.0]], [1, 2, 3], 7), *SURFACES_OF_A_SAMPLE])
    assert (PACKING, hashlib.sha256(packed_rows(sample)).hexdigest()[:16]) == (1, "ce65af143b6d38bd")
    assert re.findall(r"export const PACKING = (\d+);", (root / "ui" / "scene" / "rows.js").read_text("utf-8")) == [str(PACKING)]
    assert str(PACKING) in ROWS


def test_short_form_lies_beside_the_long_one() -> None:
    store = GeometryStore()
    content = to_json([surface_row([[5.0, 52.0, 0.0, 5.1, 52.0, 0.0, 5.1, 52.1, 0.0]], [1, 2, 3], 7)])
    for put in (store.put, store.put_private):
        key = put(content, "application/json").rpartition("/")[2]
        short, long = store.get(key.replace(".json", ROWS)), store.get(key)
        assert (short.content(), short.media_type, short.is_shared) == (packed_rows(content), "application/octet-stream", long.is_shared)
        assert long.content() == content
        assert short.tag != long.tag
    assert store.sizes == (long.size, long.size)
    assert long.size == len(long.packed) + len(short.packed)
