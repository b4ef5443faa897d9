"""Rows for deck.gl as compact JSON: what is prepared once and served, never sent with a rerun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Row = dict[str, Any]

POLYGON: Final = "p"
COLOUR: Final = "c"
START: Final = "s"
END: Final = "t"


def surface_row(rings: Sequence[Sequence[float]], colour: Sequence[int], index: int) -> Row:
    """One planar surface.

    Parameters
    ----------
    rings
        Flat lists longitude, latitude, z, longitude, ...; the outer ring first, none closed.
    colour
        Red, green, blue and perhaps opacity for the whole surface, or four numbers per vertex.
    index
        What picking answers: the row of the building, ground surface or volume. All surfaces with the same index light up
        together.
    """
    if len(rings) == 1:
        polygon: Any = rings[0]
    else:
        starts, flat = [], list(rings[0])
        for hole in rings[1:]:
            starts.append(len(flat))
            flat.extend(hole)
        polygon = {"positions": flat, "holeIndices": starts}
    return {POLYGON: polygon, COLOUR: list(colour), "__source": {"index": index}}


def line_row(start: Sequence[float], end: Sequence[float]) -> Row:
    """One straight line between two positions (longitude, latitude, z)."""
    return {START: start, END: end}


def to_json(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as UTF-8 JSON without blanks."""
    return orjson.dumps(rows, option=orjson.OPT_SERIALIZE_NUMPY)
