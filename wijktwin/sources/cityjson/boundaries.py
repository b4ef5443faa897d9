"""Boundaries of many geometries as flat lists: from nested JSON, or from lifted arrays, to shells, surfaces, rings and indices."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import chain
from typing import Any, Final

import numpy as np

from wijktwin.model.mesh import BoolArray, ByteArray, SurfaceKind
from wijktwin.sources.cityjson.lifting import LiftedArrays
from wijktwin.sources.cityjson.lifting_geometry import KINDS
from wijktwin.sources.cityjson.objects import TroubleError
from wijktwin.sources.cityjson.segments import IndexArray, positions

Geometry = dict[str, Any]

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
    shell_piece
        Which of the geometries handed in, counted from 0, shape (h,).
    shell_owner
        Number that the caller gave that geometry, shape (h,).
    shell_is_inner, shell_is_solid
        Whether the shell is a cavity, and whether it says that it is closed, shape (h,).
    surface_kind
        A `SurfaceKind` per surface, shape (s,).
    """

    indices: IndexArray
    ring_sizes: IndexArray
    surface_sizes: IndexArray
    shell_sizes: IndexArray
    shell_piece: IndexArray
    shell_owner: IndexArray
    shell_is_inner: BoolArray
    shell_is_solid: BoolArray
    surface_kind: ByteArray


@dataclass(frozen=True, eq=False)
class ReadyPieces:
    """Lifted geometries as columns, shape (p,) each.

    Parameters
    ----------
    number, values
        Numbers of the arrays of their boundaries, and of their semantic values (-1 for none).
    piece, owner, offset
        Which of the geometries handed in, the caller's number for it, and where its vertices begin.
    is_solid
        Whether it says that it is closed.
    table_start, table_size, codes
        Where its table from positions to `SurfaceKind` is among all ``codes``, and how long it is.
    """

    number: IndexArray
    piece: IndexArray
    owner: IndexArray
    offset: IndexArray
    values: IndexArray
    is_solid: BoolArray
    table_start: IndexArray
    table_size: IndexArray
    codes: ByteArray

    def followed_by(self, other: ReadyPieces) -> ReadyPieces:
        """These and others behind them."""
        columns = {
            name: np.concatenate([getattr(self, name), getattr(other, name)])
            for name in ("number", "piece", "owner", "offset", "values", "is_solid", "table_size", "codes")
        }
        return ReadyPieces(table_start=np.concatenate([self.table_start, other.table_start + len(self.codes)]), **columns)


class BoundaryCollector:
    """Takes geometries one by one; everything that costs time per vertex happens in C.

    Parameters
    ----------
    arrays
        What was lifted from the text that the geometries come from: an integer in the place of boundaries or semantic values is the
        number of one of these.
    ready
        Geometries that were lifted as a whole: taken first, all at once.
    """

    def __init__(self, arrays: LiftedArrays | None = None, ready: ReadyPieces | None = None) -> None:
        self._arrays = arrays
        self._ready = ready
        self._nested: list[tuple[Geometry, int, int, int, int]] = []
        self._lifted: list[tuple[int, int, int, int, int, bool, int]] = []
        self._tables: dict[tuple[int, ...], int] = {(): 0}
        self._known: dict[tuple[Any, ...], int] = {}
        self._n_pieces = 0 if ready is None else len(ready.number)
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
        TroubleError
            A lifted array is not nested as its geometry's type says.
        """
        boundaries = geometry["boundaries"]
        piece = self._n_pieces
        self._n_pieces = piece + 1
        semantics: Any = geometry.get("semantics")
        has_semantics = isinstance(semantics, dict)
        stated: Any = semantics.get("values") if has_semantics else None
        is_lifted = type(stated) is int
        if type(boundaries) is not int or (stated and not is_lifted) or (semantics and not has_semantics):
            self._nested.append((self._unlifted(geometry), piece, owner, offset, limit))
            return
        values, table = (stated, self._table_of(semantics)) if is_lifted else (-1, 0)
        self._lifted.append((boundaries, piece, owner, offset, values, geometry["type"] in SOLID_TYPES, table))

    def _table_of(self, semantics: Any) -> int:  # noqa: ANN401
        """Number of the table of kinds that goes with some semantics."""
        try:
            types = tuple([surface["type"] for surface in semantics["surfaces"]])
            found = self._known.get(types)
        except (KeyError, TypeError):
            types, found = (), None
        if found is None:
            kinds = kind_table(semantics)
            found = self._tables.setdefault(kinds, len(self._tables))
            if types:
                self._known[types] = found
        return found

    def finish(self) -> FlatBoundaries:
        """Everything taken so far, as arrays, in the order in which it was taken.

        Raises
        ------
        TroubleError, TypeError, KeyError
            A geometry is not nested as its type says, or a vertex index is no integer, is negative, or has no vertex.
        """
        lifted = self._lifted_pieces()
        if lifted is None or self._arrays is None or not len(lifted.number):
            nested = _NestedBoundaries(self._nested)
            self.n_bad_semantics += nested.n_bad_semantics
            return nested.arrays()
        flat, n_bad = flat_lifted(self._arrays, lifted)
        self.n_bad_semantics += n_bad
        if not self._nested:
            return flat
        nested = _NestedBoundaries(self._nested)
        self.n_bad_semantics += nested.n_bad_semantics
        return merged(flat, nested.arrays())

    def _lifted_pieces(self) -> ReadyPieces | None:
        """Every lifted geometry, those that came one by one behind those that were ready."""
        if not self._lifted:
            return self._ready
        number, piece, owner, offset, values, is_solid, table = np.array(self._lifted, dtype=np.int64).T
        size = np.array([len(kinds) for kinds in self._tables], dtype=np.int64)
        single = ReadyPieces(
            number=number,
            piece=piece,
            owner=owner,
            offset=offset,
            values=values,
            is_solid=is_solid.astype(bool),
            table_start=(np.cumsum(size) - size)[table],
            table_size=size[table],
            codes=np.array(list(_join(self._tables)), dtype=np.uint8),
        )
        return single if self._ready is None else self._ready.followed_by(single)

    def _unlifted(self, geometry: Geometry) -> Geometry:
        """A geometry with everything nested that was lifted."""
        arrays, boundaries, semantics = self._arrays, geometry["boundaries"], geometry.get("semantics")
        if arrays is None:
            return geometry
        if type(boundaries) is int:
            geometry = {**geometry, "boundaries": arrays.nested(boundaries)}
        if isinstance(semantics, dict) and type(semantics.get("values")) is int:
            geometry = {**geometry, "semantics": {**semantics, "values": arrays.nested(semantics["values"])}}
        return geometry


def flat_lifted(arrays: LiftedArrays, pieces: ReadyPieces) -> tuple[FlatBoundaries, int]:
    """Lifted geometries as flat boundaries, and how many have semantics that do not fit."""
    number = pieces.number
    depth = arrays.depth[number]
    indices, index_counts = arrays.numbers_of(number)
    ring_sizes, _ = arrays.sizes_of(number, depth)
    surface_sizes, _ = arrays.sizes_of(number, depth - 1)
    shell_sizes, shell_counts = arrays.sizes_of(number, depth - 2)
    surface_counts = np.add.reduceat(shell_sizes, np.cumsum(shell_counts) - shell_counts)
    first_of_solid = np.zeros(len(shell_sizes), dtype=bool)
    first_of_solid[np.cumsum(shell_counts) - shell_counts] = True
    for one in np.flatnonzero(depth == NESTING["MultiSolid"]):  # several solids: the first shell of each is its outer one
        shells_of_solid, _ = arrays.sizes_of(number[one : one + 1], depth[one : one + 1] - 3)
        begin = int(shell_counts[:one].sum())
        first_of_solid[begin + np.cumsum(shells_of_solid) - shells_of_solid] = True
    kinds, n_bad = _lifted_kinds(arrays, pieces, depth, shell_sizes, shell_counts, surface_counts)
    flat = FlatBoundaries(
        indices=indices + np.repeat(pieces.offset, index_counts),
        ring_sizes=ring_sizes,
        surface_sizes=surface_sizes,
        shell_sizes=shell_sizes,
        shell_piece=np.repeat(pieces.piece, shell_counts),
        shell_owner=np.repeat(pieces.owner, shell_counts),
        shell_is_inner=~first_of_solid,
        shell_is_solid=np.repeat(pieces.is_solid, shell_counts),
        surface_kind=kinds,
    )
    return flat, n_bad


def _lifted_kinds(
    arrays: LiftedArrays,
    pieces: ReadyPieces,
    depth: IndexArray,
    shell_sizes: IndexArray,
    shell_counts: IndexArray,
    surface_counts: IndexArray,
) -> tuple[ByteArray, int]:
    """A `SurfaceKind` per surface; unknown for all of a geometry whose semantic values do not fit its surfaces."""
    kinds = np.zeros(int(surface_counts.sum()), dtype=np.uint8)
    given = np.flatnonzero(pieces.values >= 0)
    if not len(given):
        return kinds, 0
    number = pieces.values[given]
    fits = arrays.depth[number] == depth[given] - 2
    shells = given[fits]
    sizes, counts = arrays.sizes_of(number[fits], depth[shells] - 2)
    same = counts == shell_counts[shells]
    shells, sizes = shells[same], sizes[np.repeat(same, counts)]
    wanted = shell_sizes[positions(np.cumsum(shell_counts)[shells] - shell_counts[shells], shell_counts[shells])]
    differs = np.bincount(np.repeat(np.arange(len(shells)), shell_counts[shells]), weights=sizes != wanted, minlength=len(shells)) > 0
    good = shells[~differs]
    value, lengths = arrays.numbers_of(pieces.values[good])
    owner = np.repeat(np.arange(len(good)), lengths)
    outside = value >= np.repeat(pieces.table_size[good], lengths)
    is_bad = np.bincount(owner, weights=outside, minlength=len(good)) > 0
    place = np.where((value < 0) | outside, 0, value + np.repeat(pieces.table_start[good], lengths) + 1)
    told = np.concatenate([np.zeros(1, dtype=np.uint8), pieces.codes])[place]
    if is_bad.any():
        told[is_bad[owner]] = 0
    begin = np.cumsum(surface_counts) - surface_counts
    kinds[positions(begin[good], lengths)] = told
    return kinds, len(given) - len(good) + int(is_bad.sum())


def merged(one: FlatBoundaries, other: FlatBoundaries) -> FlatBoundaries:
    """Two sets of boundaries as one, shells in order of their geometries."""
    names = [field.name for field in fields(FlatBoundaries)]
    both = FlatBoundaries(**{name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in names})
    return _reordered(both, np.argsort(both.shell_piece, kind="stable"))


def in_order_of_owner(flat: FlatBoundaries) -> FlatBoundaries:
    """The same boundaries, shells in order of their owners."""
    if (np.diff(flat.shell_owner) >= 0).all():
        return flat
    return _reordered(flat, np.argsort(flat.shell_owner, kind="stable"))


def _reordered(flat: FlatBoundaries, order: IndexArray) -> FlatBoundaries:
    """Shells in another order, with everything in them."""
    surface = positions((np.cumsum(flat.shell_sizes) - flat.shell_sizes)[order], flat.shell_sizes[order])
    ring = positions((np.cumsum(flat.surface_sizes) - flat.surface_sizes)[surface], flat.surface_sizes[surface])
    corner = positions((np.cumsum(flat.ring_sizes) - flat.ring_sizes)[ring], flat.ring_sizes[ring])
    return FlatBoundaries(
        indices=flat.indices[corner],
        ring_sizes=flat.ring_sizes[ring],
        surface_sizes=flat.surface_sizes[surface],
        shell_sizes=flat.shell_sizes[order],
        shell_piece=flat.shell_piece[order],
        shell_owner=flat.shell_owner[order],
        shell_is_inner=flat.shell_is_inner[order],
        shell_is_solid=flat.shell_is_solid[order],
        surface_kind=flat.surface_kind[surface],
    )


class _NestedBoundaries:
    """Boundaries as nested lists, made flat."""

    def __init__(self, pieces: Sequence[tuple[Geometry, int, int, int, int]]) -> None:
        self._indices: list[int] = []
        self._ring_sizes: list[int] = []
        self._surface_sizes: list[int] = []
        self._shells: list[tuple[int, int, int, int, int, int, bool, bool]] = []
        self._kinds: list[int] = []
        self.n_bad_semantics = 0
        for geometry, piece, owner, offset, limit in pieces:
            self._add(geometry, piece, owner, offset, limit)

    def _add(self, geometry: Geometry, piece: int, owner: int, offset: int, limit: int) -> None:
        boundaries, kind = geometry["boundaries"], geometry["type"]
        n_before = len(self._surface_sizes)
        if kind in SURFACE_TYPES:
            shells = [(boundaries, False)]
        elif kind == "Solid":
            shells = [(shell, position > 0) for position, shell in enumerate(boundaries)]
        else:
            shells = [(shell, position > 0) for solid in boundaries for position, shell in enumerate(solid)]
        for shell, is_inner in shells:
            rings = list(_join(shell))
            n_indices = len(self._indices)
            self._indices.extend(_join(rings))
            self._ring_sizes.extend(map(len, rings))
            self._surface_sizes.extend(map(len, shell))
            length = len(self._indices) - n_indices
            self._shells.append((len(shell), piece, owner, offset, limit, length, is_inner, kind in SOLID_TYPES))
        n_surfaces = len(self._surface_sizes) - n_before
        kinds = self._kinds_of(geometry, [len(shell) for shell, _ in shells])
        self._kinds.extend(kinds if kinds is not None else (0,) * n_surfaces)

    def _kinds_of(self, geometry: Geometry, shell_sizes: list[int]) -> list[int] | None:
        """A `SurfaceKind` per surface; None where the geometry does not say, or says it of other surfaces than it has."""
        semantics = geometry.get("semantics")
        if not semantics:
            return None
        try:
            values = semantics.get("values")
            if not values:
                return None
            per_shell: list[Any] = [values]
            for _ in range(NESTING[geometry["type"]] - 3):
                per_shell = list(_join(per_shell))
            if [len(one) for one in per_shell] != shell_sizes:
                raise TroubleError
            table = dict(enumerate(kind_table(semantics)))
            table[None] = SurfaceKind.UNKNOWN  # type: ignore[index]
            return [table[value] for value in _join(per_shell)]
        except (TroubleError, TypeError, KeyError, AttributeError):
            self.n_bad_semantics += 1
            return None

    def arrays(self) -> FlatBoundaries:
        """The same as arrays, every index checked."""
        shells = np.array(self._shells, dtype=np.int64).reshape(-1, 8)
        size, piece, owner, offset, limit, length, is_inner, is_solid = shells.T
        indices = checked_indices(self._indices, np.repeat(limit, length)) + np.repeat(offset, length)
        return FlatBoundaries(
            indices=indices,
            ring_sizes=np.array(self._ring_sizes, dtype=np.int64),
            surface_sizes=np.array(self._surface_sizes, dtype=np.int64),
            shell_sizes=size,
            shell_piece=piece,
            shell_owner=owner,
            shell_is_inner=is_inner.astype(bool),
            shell_is_solid=is_solid.astype(bool),
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
    """Every vertex index of a geometry whose boundaries are nested lists, flat, whether it is drawn or not; none of an unknown type.

    Raises
    ------
    TypeError
        It is not nested as its type says.
    """
    nesting = NESTING.get(geometry["type"])
    if nesting is None:
        return []
    level: list[Any] = geometry["boundaries"]
    for _ in range(nesting - 1):
        level = list(_join(level))
    return level


def kind_table(semantics: Mapping[str, Any]) -> tuple[int, ...]:
    """From position in ``semantics.surfaces`` to `SurfaceKind`; empty where there are no surfaces."""
    surfaces = semantics.get("surfaces")
    if not isinstance(surfaces, list):
        return ()
    try:
        return tuple([_KIND_NUMBERS.get(surface["type"], 0) for surface in surfaces])
    except (KeyError, TypeError):
        stated = [surface.get("type") if isinstance(surface, dict) else None for surface in surfaces]
        return tuple(_KIND_NUMBERS.get(one, 0) if isinstance(one, str) else 0 for one in stated)


_KIND_NUMBERS: Final = {name: int(kind) for name, kind in KINDS.items()}


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
