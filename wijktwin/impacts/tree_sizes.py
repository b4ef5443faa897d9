"""How large trees are taken to be of which nobody knows it, and how much larger or smaller they may be; and which keep their leaves."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from wijktwin.model.provenance import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd

    from wijktwin.impacts.assumptions import Assumption, Assumptions
    from wijktwin.model.mesh import BoolArray, FloatArray

HEIGHT: Final = "tree_height_unknown"
SHARE: Final = "crown_share_unknown"
ASSUMED_SIZES: Final = (HEIGHT, SHARE)
"""Assumptions that sizes rest on which nobody knows."""


class Size(StrEnum):
    """Which end of what is assumed."""

    AS_TAKEN = "value"
    SMALL = "low"
    LARGE = "high"

    def of(self, assumption: Assumption) -> float:
        """The value at this end."""
        return float(getattr(assumption, self.value))


def is_known(values: FloatArray) -> BoolArray:
    """Which sizes somebody stated, shape (n,)."""
    known: BoolArray = np.isfinite(values) & (values > 0)
    return known


def sizes_assumed(trees: gpd.GeoDataFrame) -> BoolArray:
    """Trees of which the height or the crown is assumed, by us or by who gave the data, shape (n,)."""
    stated = is_known(trees["height"].to_numpy(dtype=np.float64)) & is_known(trees["crown_diameter"].to_numpy(dtype=np.float64))
    assumed: BoolArray = ~stated | (trees["kind"] == Kind.ASSUMED).to_numpy(dtype=np.bool_)
    return assumed


def sized(trees: gpd.GeoDataFrame, size: Size, *, assumptions: Assumptions) -> gpd.GeoDataFrame:
    """Trees with a height and a crown each; a copy.

    What is measured or stated stays as it is. An unknown height is the assumed one, an unknown crown the assumed share of the height.
    What the data themselves call assumed may be off by as much as our own assumptions.

    Parameters
    ----------
    trees
        Columns `wijktwin.model.surroundings.TREE_COLUMNS`.
    """
    found = trees.copy()
    tall, share = assumptions[HEIGHT], assumptions[SHARE]
    height, crown = (found[name].to_numpy(dtype=np.float64) for name in ("height", "crown_diameter"))
    only_assumed = (found["kind"] == Kind.ASSUMED).to_numpy(dtype=np.bool_)
    taller = np.where(only_assumed, size.of(tall) / tall.value, 1.0)
    wider = np.where(only_assumed, size.of(share) / share.value, 1.0)
    height = np.where(is_known(height), height * taller, size.of(tall))
    found["height"] = height
    found["crown_diameter"] = np.where(is_known(crown), crown * wider, size.of(share) * height)
    return found


def are_evergreen(species: Iterable[str], genera: frozenset[str]) -> BoolArray:
    """Which trees keep their leaves in winter, by the first word of their scientific name, shape (n,); unknown kinds lose them."""
    return np.array([each.split(" ")[0].capitalize() in genera for each in species], dtype=np.bool_)
