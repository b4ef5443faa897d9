"""Boundaries of many geometries as flat lists: from nested JSON to shells, surfaces, rings and vertex indices."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import numpy as np

from wijktwin.model.mesh import BoolArray, ByteArray, SurfaceKind
from wijktwin.sources.cityjson.objects import TroubleError

IndexArray = np.ndarray[tuple[int], np.dtype[np.int64]]
Geometry = dict[str, Any]

SURFACE_KINDS: Final[Mapping[str, SurfaceKind]] = {
    "GroundSurface": SurfaceKind.GROUND,
    "WallSurface": SurfaceKind.WALL,
    "RoofSurface": SurfaceKind.ROOF,
    "OuterCeilingSurface": SurfaceKind.OUTER_CEILING,
    "OuterFloorSurface": SurfaceKind.OUTER_FLOOR,
    "ClosureSurface": SurfaceKind.CLOSURE,
    "Window": SurfaceKind.WINDOW,
    "Door": SurfaceKind.DOOR,
    "InteriorWallSurface": SurfaceKind.INTERIOR,
    "CeilingSurface": SurfaceKind.INTERIOR,
    "FloorSurface": SurfaceKind.INTERIOR,
}
"""Semantics of CityJSON 1.0 to 2.0; anything else is unknown."""

SURFACE_TYPES: Final = frozenset({"MultiSurface", "CompositeSurface"})
SOLID_TYPES: Final = frozenset({"Solid", "MultiSolid", "CompositeSolid"})
DRAWABLE_TYPES: Final = SURFACE_TYPES | SOLID_TYPES
NESTING: Final[Mapping[str, int]] = {
    "MultiPoint": 1, "MultiLineString": 2, "MultiSurface": 3, "CompositeSurface": 3, "Solid": 4, "MultiSolid": 5, "CompositeSolid": 5,
    "GeometryInstance": 1,
}  # fmt: skip
_join: Final = chain.from_iterable


@dataclass(frozen=True, eq=False)
class FlatBoundaries:
    """Surfaces of many geometries in arrays: shell > surface > ring > vertex index, each level sized by the one above.

    Parameters
    ----------
    indices
        Vertex indices of all rings back to back, as written plus the offset of their geometry's vertices, shape (k,).
    ring_sizes
        Vertices per ring, shape (r,).
    surface_sizes
        Rings per surface, shape (s,).
    shell_sizes
        Surfaces per shell, shape (h,). A MultiSurface is one shell that need not be closed.
    shell_owner
        Number that the caller gave the geometry, shape (h,).
    shell_is_inner, shell_is_solid
        Whether the shell is a cavity, and whether it says that it is closed, shape (h,).
    surface_kind
        A `SurfaceKind` per surface, shape (s,).
    has_semantics
        Whether the surface says what it is, shape (s,).
    """

    indices: IndexArray
    ring_sizes: IndexArray
    surface_sizes: IndexArray
    shell_sizes: IndexArray
    shell_owner: IndexArray
    shell_is_inner: BoolArray
    shell_is_solid: BoolArray
    surface_kind: ByteArray


class BoundaryCollector:
    """Takes geometries one by one; everything that costs time per vertex happens in C."""

    def __init__(self) -> None:
        self._indices: list[int] = []
        self._ring_sizes: list[int] = []
        self._surface_sizes: list[int] = []
        self._shell_sizes: list[int] = []
        self._shell_owner: list[int] = []
        self._shell_offset: list[int] = []
        self._shell_limit: list[int] = []
        self._shell_length: list[int] = []
        self._shell_is_inner: list[bool] = []
        self._shell_is_solid: list[bool] = []
        self._kinds: list[int] = []
        self.n_bad_semantics = 0

    def add(self, geometry: Geometry, *, owner: int, offset: int, limit: int) -> None:
        """Take the surfaces of one geometry.

        Parameters
        ----------
        geometry
            A MultiSurface, CompositeSurface, Solid, MultiSolid or CompositeSolid.
        owner
            Number to find it back by, ascending over the calls.
        offset, limit
            Where its vertices begin among all, and how many there are.

        Raises
        ------
        TroubleError, TypeError, KeyError
            It is not nested as its type says.
        """
        boundaries, kind = geometry["boundaries"], geometry["type"]
        semantics = geometry.get("semantics")
        if semantics and not isinstance(semantics, dict):
            self.n_bad_semantics += 1
            semantics = None
        values = self._listed(semantics.get("values")) if semantics else None
        table = _kind_table(semantics) if semantics and values else None
        if kind in SURFACE_TYPES:
            self._add_shell(boundaries, table, values, owner, offset, limit, is_inner=False, is_solid=False)
        elif kind == "Solid":
            self._add_solid(boundaries, table, values, owner, offset, limit)
        elif kind in SOLID_TYPES:
            if values is None or len(values) != len(boundaries):
                values = [None] * len(boundaries)
            for solid, solid_values in zip(boundaries, values, strict=True):
                self._add_solid(solid, table, solid_values, owner, offset, limit)
        else:
            raise TroubleError

    def _listed(self, values: Any) -> list[Any] | None:  # noqa: ANN401
        """Semantic values that are a list; anything else is told and left out."""
        if values is None or isinstance(values, list):
            return values
        self.n_bad_semantics += 1
        return None

    def _add_solid(
        self, shells: list[Any], table: dict[int | None, int] | None, values: list[Any] | None, owner: int, offset: int, limit: int
    ) -> None:
        values = self._listed(values)
        if len(shells) == 1:
            self._add_shell(shells[0], table, values[0] if values else None, owner, offset, limit, is_inner=False, is_solid=True)
            return
        if values is None or len(values) != len(shells):
            values = [None] * len(shells)
        for position, (shell, shell_values) in enumerate(zip(shells, values, strict=True)):
            self._add_shell(shell, table, shell_values, owner, offset, limit, is_inner=position > 0, is_solid=True)

    def _add_shell(
        self,
        shell: list[list[list[int]]],
        table: dict[int | None, int] | None,
        values: list[int | None] | None,
        owner: int,
        offset: int,
        limit: int,
        *,
        is_inner: bool,
        is_solid: bool,
    ) -> None:
        n_before = len(self._indices)
        rings = list(_join(shell))
        self._indices.extend(_join(rings))
        self._ring_sizes.extend(map(len, rings))
        self._surface_sizes.extend(map(len, shell))
        self._shell_sizes.append(len(shell))
        self._shell_length.append(len(self._indices) - n_before)
        self._shell_owner.append(owner)
        self._shell_offset.append(offset)
        self._shell_limit.append(limit)
        self._shell_is_inner.append(is_inner)
        self._shell_is_solid.append(is_solid)
        kinds: Iterable[int] | None = None
        if values and table is not None:
            try:
                kinds = [table[value] for value in values]
            except (KeyError, TypeError):
                self.n_bad_semantics += 1
            else:
                if len(values) != len(shell):
                    self.n_bad_semantics += 1
                    kinds = None
        self._kinds.extend(kinds if kinds is not None else (0,) * len(shell))

    def finish(self) -> FlatBoundaries:
        """Everything taken so far, as arrays.

        Raises
        ------
        TroubleError
            A vertex index is no integer, is negative, or has no vertex.
        """
        lengths = np.array(self._shell_length, dtype=np.int64)
        indices = checked_indices(
            self._indices, np.repeat(np.array(self._shell_limit, dtype=np.int64), lengths)
        ) + np.repeat(np.array(self._shell_offset, dtype=np.int64), lengths)
        return FlatBoundaries(
            indices=indices,
            ring_sizes=np.array(self._ring_sizes, dtype=np.int64),
            surface_sizes=np.array(self._surface_sizes, dtype=np.int64),
            shell_sizes=np.array(self._shell_sizes, dtype=np.int64),
            shell_owner=np.array(self._shell_owner, dtype=np.int64),
            shell_is_inner=np.array(self._shell_is_inner, dtype=bool),
            shell_is_solid=np.array(self._shell_is_solid, dtype=bool),
            surface_kind=np.array(self._kinds, dtype=np.uint8),
        )


def checked_indices(values: list[int], limits: IndexArray | int) -> IndexArray:
    """Vertex indices as an array, none of them negative or too large.

    Raises
    ------
    TroubleError
        One is, or is no integer.
    """
    try:
        indices = np.frombuffer(array("q", values), dtype=np.int64) if values else np.zeros(0, dtype=np.int64)
    except (TypeError, OverflowError):
        raise TroubleError from None
    if len(indices) and (int(indices.min()) < 0 or bool((indices >= limits).any())):
        raise TroubleError
    return indices


def all_indices(geometry: Geometry) -> list[int]:
    """Every vertex index of a geometry, flat, whether it is drawn or not.

    Raises
    ------
    TypeError, KeyError
        It is not nested as its type says.
    """
    level: list[Any] = geometry["boundaries"]
    for _ in range(NESTING[geometry["type"]] - 1):
        level = list(_join(level))
    return level


def _kind_table(semantics: Mapping[str, Any]) -> dict[int | None, int] | None:
    """From position in ``semantics.surfaces`` (or null) to `SurfaceKind`."""
    surfaces = semantics.get("surfaces")
    if not isinstance(surfaces, list):
        return None
    table: dict[int | None, int] = {None: 0}
    for position, surface in enumerate(surfaces):
        stated = surface.get("type") if isinstance(surface, dict) else None
        table[position] = SURFACE_KINDS.get(stated, SurfaceKind.UNKNOWN) if isinstance(stated, str) else SurfaceKind.UNKNOWN
    return table


def vertex_rows(vertices: Sequence[Sequence[float]]) -> array[float]:
    """Vertices of one document or feature, flat: x, y, z, x, y, z …

    Raises
    ------
    TroubleError
        One is not three numbers.
    """
    if vertices and set(map(len, vertices)) != {3}:
        raise TroubleError
    try:
        return array("d", list(_join(vertices)))
    except (TypeError, OverflowError):
        raise TroubleError from None
