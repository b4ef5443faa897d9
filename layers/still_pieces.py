"""What the browser draws, as pieces for a renderer of stills: rows of surfaces and lines, models and trees in metres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import mapbox_earcut
import numpy as np
from numpy.typing import NDArray

from layers.encoding import COLOUR, END, POLYGON, START
from layers.glb import Model, Primitive
from layers.trees import POSITION, SCALE
from wijktwin.appearance import DAYLIGHT, Light, light_on
from wijktwin.export.drawn import ByteArray, Faces, Lines, Points
from wijktwin.export.perspective import Anchor
from wijktwin.sources.cityjson.ears import cut_ears

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Piece = Faces | Lines

THIN: Final = 1.0
"""Width of the lines of a model. [px]"""
NEARER_THIN: Final = 0.0013
"""How much nearer they are drawn than the faces that they lie on: what SUNK of `layers.deck` is for the browser."""
NEARER_BROAD: Final = 0.0017
"""Idem for broad lines: SUNK and LIFTED."""
OPAQUE: Final = 255
FROM_ROW: Final = "@@="
"""Before the name of what every row says for itself."""
SMALLEST: Final = 1e-9


# ------------------------------------------------------------------------------------------------------------------ faces
def faces_of(rows: Sequence[Mapping[str, Any]], anchor: Anchor, *, key: str, share: float = 1.0, is_lit: bool = False) -> list[Faces]:
    """Rows of surfaces as triangles: what hides things apart from what lets them through.

    Parameters
    ----------
    share
        What all opacities are multiplied with.
    is_lit
        They follow the sun: each point knows where its surface faces.
    """
    if not rows:
        return []
    flat, starts, holes, colours = [], [0], [], []
    for row in rows:
        polygon = row[POLYGON]
        positions = polygon if isinstance(polygon, list) else polygon["positions"]
        holes.append([] if isinstance(polygon, list) else [place // 3 for place in polygon["holeIndices"]])
        flat.append(np.array(positions, dtype=np.float64).reshape(-1, 3))
        starts.append(starts[-1] + len(flat[-1]))
        colours.append(_colours(row[COLOUR], len(flat[-1])))
    points = anchor.metres(np.concatenate(flat))
    corner = np.concatenate(colours)
    if share < 1.0:
        corner = corner.copy()
        corner[:, 3] = np.rint(corner[:, 3] * share)
    start = np.array(starts[:-1], dtype=np.int64)
    size: IntArray = np.array(starts[1:], dtype=np.int64) - start
    normals = _normals(points, start, size)
    facing = np.repeat(_single(_unit(normals)), size, axis=0) if is_lit else None
    triangles = _triangles(points, start, size, holes, normals)
    is_clear = (corner[triangles, 3] < OPAQUE).any(axis=1)
    return [
        _faces(f"{key}/{name}", points, triangles[chosen], corner, facing, is_clear=clear)
        for name, clear, chosen in (("solid", False, ~is_clear), ("clear", True, is_clear))
        if chosen.any()
    ]


def lit(piece: Piece, lights: tuple[Light, ...]) -> Piece:
    """A piece in the light of some lamps, in the place of those whose light is baked into its colours; final then."""
    if isinstance(piece, Lines) or piece.facing is None:
        return piece
    if lights == DAYLIGHT:
        return replace(piece, facing=None)
    colours = piece.colours.copy()
    facing = piece.facing.astype(np.float64)
    bright = colours[:, :3] * light_on(facing, lights=lights) / light_on(facing)
    colours[:, :3] = np.rint(np.minimum(bright, OPAQUE))
    return replace(piece, key=f"{piece.key}/{lights[0].azimuth}/{lights[0].elevation}", colours=colours, facing=None)


def _faces(key: str, points: FloatArray, triangles: IntArray, colours: ByteArray, facing: Points | None, *, is_clear: bool) -> Faces:
    used, place = np.unique(triangles, return_inverse=True)
    return Faces(
        key, points[used].astype(np.float32), place.reshape(-1, 3).astype(np.int32), colours[used], is_clear,
        facing=None if facing is None else facing[used],
    )  # fmt: skip


def _colours(colour: Sequence[int], n_points: int) -> ByteArray:
    """Red, green, blue and opacity per corner, shape (n_points, 4)."""
    if len(colour) <= 4:
        return np.tile(np.array([*colour, OPAQUE][:4], dtype=np.uint8), (n_points, 1))
    return np.array(colour, dtype=np.uint8).reshape(-1, 4)


def _triangles(points: FloatArray, start: IntArray, size: IntArray, holes: Sequence[Sequence[int]], normals: FloatArray) -> IntArray:
    """Triangles of flat surfaces, shape (n, 3); surfaces without an area have none."""
    has_area = np.linalg.norm(normals, axis=1) > SMALLEST
    whole = np.array([not each for each in holes]) & has_area & (size >= 3)
    first = np.flatnonzero(whole)
    cut, is_cut = cut_ears(points, start[first], size[first], normals[first])
    counts = size[first] - 2
    found = [cut[np.repeat(is_cut, counts)]]
    for face in [*np.flatnonzero(has_area & ~whole).tolist(), *first[~is_cut].tolist()]:
        lo, hi = start[face], start[face] + size[face]
        ends = [*holes[face], int(size[face])]
        level = _flattened(points[lo:hi], normals[face])
        found.append(
            lo + np.asarray(mapbox_earcut.triangulate_float64(level, np.array(ends, dtype=np.uint32))).reshape(-1, 3).astype(np.int64)
        )
    return np.concatenate(found)


def _normals(points: FloatArray, start: IntArray, size: IntArray) -> FloatArray:
    """Newell's normal of each face's outer ring and holes taken as one walk, shape (f, 3)."""
    following = np.arange(1, len(points) + 1)
    following[start + size - 1] = start
    middle = np.repeat(points[start], size, axis=0)
    products = np.cross(points - middle, points[following] - middle)
    return np.asarray(np.add.reduceat(products, start, axis=0), dtype=np.float64)


def _unit(normals: FloatArray) -> FloatArray:
    """Directions of length 1, shape (f, 3); upwards for a surface without an area."""
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.where(length > SMALLEST, normals / np.maximum(length, SMALLEST), (0.0, 0.0, 1.0))


def _flattened(points: FloatArray, normal: FloatArray) -> FloatArray:
    """Points of a plane in two dimensions, shape (n, 2)."""
    dropped = int(np.argmax(np.abs(normal)))
    return np.ascontiguousarray(np.delete(points, dropped, axis=1))


# ------------------------------------------------------------------------------------------------------- lines and models
def lines_of(rows: Sequence[Mapping[str, Any]], anchor: Anchor, colour: Sequence[int], width: float, *, key: str) -> list[Lines]:
    """Rows of lines."""
    if not rows:
        return []
    ends = np.array([[row[START], row[END]] for row in rows], dtype=np.float64).reshape(-1, 3)
    red, green, blue, opacity = [*colour, OPAQUE][:4]
    return [Lines(key, _single(anchor.metres(ends)).reshape(-1, 2, 3), (red, green, blue, opacity), width, NEARER_BROAD)]


def model_of(model: Model, colour: Sequence[int], *, key: str, share: float = 1.0) -> list[Piece]:
    """A model that stands on the anchor: lines of one colour, or faces whose colours run over them."""
    red, green, blue, opacity = [*colour, OPAQUE][:4]
    if model.primitive is Primitive.LINES:
        segments = _single(model.points[model.indices])
        return [Lines(key, segments, (red, green, blue, round(opacity * share)), THIN, NEARER_THIN)] if len(segments) else []
    corner = sampled(model)
    corner[:, 3] = np.rint(corner[:, 3] * share)
    is_clear = bool((corner[:, 3] < OPAQUE).any())
    return [Faces(key, _single(model.points), model.indices.astype(np.int32), corner, is_clear)]


def trees_of(
    model: Model, rows: Sequence[Mapping[str, Any]], anchor: Anchor, colour: object, *, key: str, share: float = 1.0
) -> list[Faces]:
    """One model many times, placed, sized and tinted; its soft shade apart from what hides things."""
    if not rows:
        return []
    places = anchor.metres(np.array([row[POSITION] for row in rows]))
    scales = np.array([row[SCALE] for row in rows], dtype=np.float64)
    tints = np.array([row[colour.removeprefix(FROM_ROW)] if isinstance(colour, str) else colour for row in rows], dtype=np.float64)
    own = sampled(model)
    is_soft = (own[model.indices, 3] < OPAQUE).any(axis=1)
    found = []
    for name, chosen in (("solid", ~is_soft), ("soft", is_soft)):
        used, place = np.unique(model.indices[chosen], return_inverse=True)
        if not len(used):
            continue
        points = (places[:, None] + scales[:, None] * model.points[used][None]).reshape(-1, 3)
        triangles = (np.arange(len(rows))[:, None, None] * len(used) + place.reshape(-1, 3)[None]).reshape(-1, 3)
        is_textured = name == "solid" and model.palette is not None and model.places is not None
        base = np.full((len(used), 4), OPAQUE, dtype=np.float64) if is_textured else own[used].astype(np.float64)
        base[:, 3] = own[used, 3] * share
        corner = np.empty((len(rows), len(used), 4))
        corner[..., :3] = base[None, :, :3] * tints[:, None] / OPAQUE
        corner[..., 3] = base[None, :, 3]
        found.append(
            Faces(
                f"{key}/{name}", _single(points), triangles.astype(np.int32), np.rint(corner).astype(np.uint8).reshape(-1, 4),
                bool((base[:, 3] < OPAQUE).any()), model.palette[..., :3] if is_textured and model.palette is not None else None,
                np.tile(_single(model.places[used]), (len(rows), 1)) if is_textured and model.places is not None else None,
            )
        )  # fmt: skip
    return found


def sampled(model: Model) -> ByteArray:
    """Colour of every corner of a model, shape (n, 4): white where it has no picture."""
    if model.palette is None or model.places is None:
        return np.full((len(model.points), 4), OPAQUE, dtype=np.uint8)
    height, width = model.palette.shape[:2]
    columns = np.clip(np.rint(model.places[:, 0] * width - 0.5).astype(int), 0, width - 1)
    rows = np.clip(np.rint(model.places[:, 1] * height - 0.5).astype(int), 0, height - 1)
    colours = model.palette[rows, columns]
    return np.asarray(colours if colours.shape[1] == 4 else np.column_stack([colours, np.full(len(colours), OPAQUE)]), dtype=np.uint8)


def _single(points: FloatArray) -> Points:
    return np.asarray(points, dtype=np.float32)
