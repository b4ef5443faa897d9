"""Levels of detail from any spelling: ``"2.2"``, ``2``, ``"LoD3"``, null, or nothing at all."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Final

UNKNOWN_LOD: Final = math.nan
UNKNOWN_RANK: Final = 0.5
"""A geometry that does not say its LoD is tried after all that do, but before a mere footprint (LoD 0)."""

UNREFINED: Final = 0.5
"""Ranks below this are LoD 0 (0.0 to 0.3): footprints and roof prints."""

_NUMBER: Final = re.compile(r"(?:lod\s*)?(\d)(?:[.,](\d))?(?:\.0+)?", re.IGNORECASE)


@lru_cache(maxsize=1024, typed=True)
def parse_lod(spelled: object) -> float:
    """The LoD as a number with its refinement as decimal (2.2, 1.3, 2.0, 0.0); NaN where it is missing or means nothing."""
    if isinstance(spelled, bool):
        return UNKNOWN_LOD
    if isinstance(spelled, int | float):
        return float(spelled) if 0 <= spelled < 10 else UNKNOWN_LOD
    if not isinstance(spelled, str):
        return UNKNOWN_LOD
    found = _NUMBER.fullmatch(spelled.strip())
    return float(f"{found[1]}.{found[2] or 0}") if found else UNKNOWN_LOD


@lru_cache(maxsize=1024, typed=True)
def lod_rank(spelled: object) -> float:
    """The LoD as a number that sorts: the more detail the higher, `UNKNOWN_RANK` where it is not known."""
    lod = parse_lod(spelled)
    return UNKNOWN_RANK if math.isnan(lod) else lod


@lru_cache(maxsize=1024, typed=True)
def lod_label(spelled: object) -> str:
    """The LoD as spelled in the file, for counts and messages; "" where it is missing or null."""
    return "" if spelled is None else str(spelled)
