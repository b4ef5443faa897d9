"""Plain lists of geometries that were lifted from a text: as columns, and as the objects that they were."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
import orjson

from wijktwin.model.mesh import BoolArray, ByteArray, FloatArray
from wijktwin.sources.cityjson.lifting_geometry import LONGEST_LOD, NUMBER_LOD, TYPES
from wijktwin.sources.cityjson.lod import UNREFINED, lod_rank, parse_lod
from wijktwin.sources.cityjson.segments import IndexArray

N_SURFACE_TYPES: Final = 2
"""The first of `TYPES` are loose surfaces, the others solids."""
KIND_NAMES: Final = (
    "", "GroundSurface", "WallSurface", "RoofSurface", "OuterCeilingSurface", "OuterFloorSurface", "ClosureSurface", "Window", "Door",
    "InteriorWallSurface",
)  # fmt: skip


class Looks(NamedTuple):
    """What one look at each list finds, shape (lists,)."""

    best: IndexArray
    """Its most detailed geometry, -1 where there is none beyond LoD 0."""
    footprint: IndexArray
    """Its geometry of LoD 0, -1 where there is none."""
    is_plain: BoolArray
    """Whether this is all: no two of one LoD, one footprint at most."""


@dataclass(frozen=True, eq=False)
class LiftedGeometries:
    """Lists of geometries in the order of the text.

    Parameters
    ----------
    list_start
        First geometry of each list, and how many there are, shape (lists + 1,).
    records
        One row per geometry: its type (position in `TYPES`), key of its LoD, number of its boundaries, number of its semantic values
        (-1 for none), and where its kinds begin and end in ``codes``, shape (geometries, 6).
    codes
        `SurfaceKind` of every semantic surface.
    """

    list_start: IndexArray
    records: IndexArray
    codes: ByteArray

    @property
    def owner(self) -> IndexArray:
        """List of each geometry."""
        return np.repeat(np.arange(len(self.list_start) - 1), np.diff(self.list_start))

    @property
    def is_solid(self) -> BoolArray:
        """Which are solids rather than loose surfaces."""
        solid: BoolArray = self.records[:, 0] >= N_SURFACE_TYPES
        return solid

    @cached_property
    def lods(self) -> tuple[list[Any], IndexArray]:
        """The distinct LoDs as spelled, and which of them each geometry has."""
        keys, which = np.unique(self.records[:, 1], return_inverse=True)
        return [_spelled(key) for key in keys.tolist()], which.astype(np.int64)

    @cached_property
    def ranks(self) -> FloatArray:
        """LoD of each geometry as a number that sorts, see `lod.lod_rank`."""
        spelled, which = self.lods
        return np.array([lod_rank(one) for one in spelled], dtype=np.float64)[which]

    def lod_of(self, geometry: IndexArray) -> FloatArray:
        """LoD of some geometries as a number, NaN where unknown."""
        spelled, which = self.lods
        return np.array([parse_lod(one) for one in spelled], dtype=np.float64)[which[geometry]]

    def looks(self) -> Looks:
        """The best geometry and the footprint of each list."""
        n_lists, owner, ranks = len(self.list_start) - 1, self.owner, self.ranks
        best, footprint = np.full(n_lists, -1), np.full(n_lists, -1)
        is_flat = ranks < UNREFINED
        order = np.lexsort((ranks, owner))
        order = order[~is_flat[order]]
        best[owner[order]] = order  # of equal owners the last one stays: the one of the highest rank
        footprint[owner[is_flat]] = np.flatnonzero(is_flat)
        same = (owner[order][1:] == owner[order][:-1]) & (ranks[order][1:] == ranks[order][:-1])
        is_plain = np.bincount(owner[is_flat], minlength=n_lists) < 2
        is_plain[owner[order][1:][same]] = False
        is_plain[owner[is_flat & self.is_solid]] = False
        return Looks(best, footprint, is_plain)

    def as_objects(self, number: int) -> list[dict[str, Any]]:
        """One list as the geometries that it held, arrays still lifted, of their semantics only the types."""
        spelled, which = self.lods
        found: list[dict[str, Any]] = []
        for position in range(int(self.list_start[number]), int(self.list_start[number + 1])):
            kind, _, boundaries, values, begin, end = self.records[position].tolist()
            geometry: dict[str, Any] = {"type": TYPES[kind], "lod": spelled[which[position]], "boundaries": boundaries}
            if values >= 0:
                surfaces = [{"type": KIND_NAMES[code]} for code in self.codes[begin:end].tolist()]
                geometry["semantics"] = {"surfaces": surfaces, "values": values}
            found.append(geometry)
        return found


def _spelled(key: int) -> Any:  # noqa: ANN401 - as JSON has it
    """A LoD as it is written in the file, None where it is not."""
    if key == 0:
        return None
    letters = key.to_bytes(8, "little")
    length = letters[LONGEST_LOD] & 0x0F
    text = letters[:length]
    return orjson.loads(text) if key >= NUMBER_LOD else text.decode()
