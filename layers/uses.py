"""What a building is used for, as far as the data says: in its own facts, or else by most of its addresses."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Final

from wijktwin.model.neighbourhood import Neighbourhood

LIVING: Final = "dwelling"


@lru_cache(maxsize=4)
def building_uses(neighbourhood: Neighbourhood) -> tuple[str, ...]:
    """Use of each building by row; "" where nobody knows.

    Where a building states no use, that of most of its addresses counts; of two with as many, the one that is not living.
    """
    stated = list(neighbourhood.buildings.texts["use"])
    table = neighbourhood.address_table
    if table is None or not len(table):
        return tuple(stated)
    counts: dict[str, Counter[str]] = {}
    for building_id, use in zip(table["building_id"].tolist(), table["use"].tolist(), strict=True):
        if building_id and use:
            counts.setdefault(building_id, Counter())[use] += 1
    for row, building_id in enumerate(neighbourhood.buildings.building_ids):
        if not stated[row] and building_id in counts:
            stated[row] = max(counts[building_id].items(), key=lambda item: (item[1], item[0] != LIVING, item[0]))[0]
    return tuple(stated)
