"""Rows of surfaces as columns of small numbers, which compress to a third of what their JSON does; ``scene/rows.js`` unfolds them.

Nothing is lost: what comes out is number for number what the JSON says. Corners that surfaces share are told once, the next ones as how
far they lie from the one before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import orjson
from numpy.typing import NDArray

from layers.encoding import COLOUR, POLYGON, Row
from layers.frame import DEGREE_DECIMALS, HEIGHT_DECIMALS

IntArray = NDArray[np.int64]

PACKING: Final = 1
"""Version of the short form, in its address and in ``scene/rows.js``: what a browser keeps for good was packed as the scene reads it.
A test sees it when the bytes change and this does not."""
SOURCE: Final = "__source"
DEGREES: Final = 10**DEGREE_DECIMALS
CENTIMETRES: Final = 10**HEIGHT_DECIMALS
HIGHEST: Final = 2**29
"""Steps between higher corners do not fit in four bytes. [cm]"""
COARSE: Final = 10
"""Most corners of the ground lie on whole tens of the finest step of a degree: tens and rest are told apart."""
OPAQUE: Final = -1
"""Stands for the opacity of a colour that has none."""
PLAIN, OPEN, RUNNING = 0, 1, 2
"""A surface has one colour, one with opacity, or one with opacity for every corner."""


def packed_rows(content: bytes) -> bytes:
    """What `layers.encoding.to_json` made of rows of surfaces, as columns; b"" where it is anything else."""
    try:
        rows = orjson.loads(content)
    except orjson.JSONDecodeError:
        return b""
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) and row.keys() == {POLYGON, COLOUR, SOURCE} for row in rows):
        return b""
    rings = [_rings(row) for row in rows]
    points = np.array([value for row in rings for ring in row for value in ring], dtype=np.float64).reshape(-1, 3)
    degrees, heights = np.rint(points[:, :2] * DEGREES).astype(np.int64), np.rint(points[:, 2] * CENTIMETRES).astype(np.int64)
    is_told = (degrees / DEGREES == points[:, :2]).all() and (heights / CENTIMETRES == points[:, 2]).all()
    if not is_told or (np.abs(heights) > HIGHEST).any():
        return b""
    index = np.array([row[SOURCE]["index"] for row in rows], dtype=np.int64)
    kinds, colours = _colours(rows, [sum(len(ring) for ring in row) // 3 for row in rings])
    if colours.dtype.kind != "i" or any(kind == PLAIN and len(row[COLOUR]) != 3 for kind, row in zip(kinds, rows, strict=True)):
        return b""
    colours = colours.reshape(-1, 4)
    place, place_codes, places = _told_once(degrees)
    _, colour_codes, shades = _told_once(colours)
    tens, rest = np.divmod(places, COARSE)
    return _columns(
        {
            "rings": np.array([len(row) for row in rings]),
            "sizes": np.array([len(ring) // 3 for row in rings for ring in row]),
            "index": _steps(index),
            "kinds": kinds,
            "shades": colour_codes,
            **{name: _steps(shades[:, channel]) for channel, name in enumerate(("red", "green", "blue", "opacity"))},
            "places": place_codes,
            "east": _steps(tens[:, 0]),
            "north": _steps(tens[:, 1]),
            "east_rest": rest[:, 0],
            "north_rest": rest[:, 1],
            "heights": _rises(place, heights),
        }
    )


def _rings(row: Row) -> list[Sequence[float]]:
    """The rings of a surface, each a flat list."""
    polygon = row[POLYGON]
    if not isinstance(polygon, Mapping):
        return [polygon]
    flat, ends = polygon["positions"], [*polygon["holeIndices"], len(polygon["positions"])]
    return [flat[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]


def _colours(rows: Sequence[Row], n_corners: Sequence[int]) -> tuple[IntArray, IntArray]:
    """How many colours each row has (`PLAIN`, `OPEN`, `RUNNING`), and the four numbers of all of them, shape (4 n,)."""
    kinds: list[int] = []
    found: list[int] = []
    for row, corners in zip(rows, n_corners, strict=True):
        colour = row[COLOUR]
        kind = RUNNING if len(colour) == 4 * corners else OPEN if len(colour) == 4 else PLAIN
        kinds.append(kind)
        found.extend(colour if kind else [*colour, OPAQUE])
    return np.array(kinds), np.array(found)


def _told_once(values: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Each different row once.

    Returns
    -------
    number
        Which one each row is, in the order in which they first come, shape (n,).
    code
        0 for the next new one, else how many came since; shape (n,).
    different
        Shape (m, k).
    """
    unique, first, which = np.unique(values, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    number = rank[which.ravel()]
    so_far = np.concatenate([[-1], np.maximum.accumulate(number)[:-1]])
    return number, np.maximum(so_far + 1 - number, 0), unique[order]


def _steps(values: IntArray) -> IntArray:
    return np.diff(values, prepend=0)


def _rises(place: IntArray, heights: IntArray) -> IntArray:
    """How much higher each corner is than the one before at its place; where it is the first there, than the corner before it."""
    order = np.argsort(place, kind="stable")
    before = np.arange(len(place)) - 1
    is_again = np.flatnonzero(place[order][1:] == place[order][:-1]) + 1
    before[order[is_again]] = order[is_again - 1]
    return np.asarray(heights - np.where(before >= 0, heights[before], 0), dtype=np.int64)


def _columns(columns: Mapping[str, IntArray]) -> bytes:
    """Names, lengths and widths as JSON after its own length; then of each column all lowest bytes, all second bytes, and so on."""
    told, parts = [], []
    for name, values in columns.items():
        folded = ((values << 1) ^ (values >> 63)).astype("<u4")  # 0, -1, 1, -2, ... become 0, 1, 2, 3, ...
        width = (int(folded.max(initial=0)).bit_length() + 7) // 8
        told.append([name, len(values), width])
        parts.append(folded.view(np.uint8).reshape(-1, 4)[:, :width].T.tobytes())
    head = orjson.dumps(told)
    return len(head).to_bytes(4, "little") + head + b"".join(parts)
