"""Edges of buildings: where two faces meet at an angle, once each; whole, or as strokes for dashed outlines."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from layers.encoding import Row, line_row
from layers.frame import OFFSET_STEPS, Frame
from layers.glb import Primitive, binary_gltf, shared
from wijktwin.appearance import DASHES, Outline
from wijktwin.model.mesh import Mesh, SurfaceKind

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

CREASE: Final = np.cos(np.deg2rad(12.0))
"""Faces that meet at less than this angle count as one."""


def crease_edges(mesh: Mesh, *, shortest: float = 0.0) -> tuple[FloatArray, IntArray]:
    """The edges where the surfaces of one object meet at an angle, or where a surface ends.

    Parameters
    ----------
    shortest
        Edges shorter than this are left out. [m]

    Returns
    -------
    segments
        Both ends of each edge, shape (n, 2, 3). [m from the mesh's origin]
    owner
        Row of the object each edge belongs to, shape (n,).
    """
    segments, owner, _ = creases(mesh)
    long_enough = np.linalg.norm(segments[:, 1] - segments[:, 0], axis=1) >= shortest
    return segments[long_enough], owner[long_enough]


def creases(mesh: Mesh) -> tuple[FloatArray, IntArray, BoolArray]:
    """Segments and owner as of `crease_edges`, and the edges that a roof has part in: ridges, eaves, gables; shape (n,)."""
    lengths = np.diff(mesh.ring_start)
    ring = np.repeat(np.arange(len(lengths)), lengths)
    if not len(ring):
        return np.zeros((0, 2, 3)), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    following = np.arange(1, len(ring) + 1)
    following[mesh.ring_start[1:] - 1] = mesh.ring_start[:-1]
    same = same_places(mesh)
    start, end = same[mesh.ring_vertices], same[mesh.ring_vertices[following]]
    surface = mesh.ring_surface[ring]
    owner = mesh.surface_object[surface].astype(np.int64)
    pair = np.column_stack([owner, np.minimum(start, end), np.maximum(start, end)])
    real = start != end
    pair, surface = pair[real], surface[real]
    if not len(pair):
        return np.zeros((0, 2, 3)), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    unique, group, count = np.unique(pair, axis=0, return_inverse=True, return_counts=True)
    group = group.ravel()
    normals = mesh.surface_normals()[surface]
    first = np.zeros(len(unique), dtype=np.int64)
    first[group[::-1]] = np.arange(len(group))[::-1]
    flattest = np.ones(len(unique))
    np.minimum.at(flattest, group, np.einsum("ij,ij->i", normals, normals[first[group]]))
    keep = (count == 1) | (flattest < CREASE)
    has_roof = np.zeros(len(unique), dtype=bool)
    np.logical_or.at(has_roof, group, mesh.surface_kind[surface] == SurfaceKind.ROOF)
    return mesh.vertices[unique[keep, 1:]], unique[keep, 0], has_roof[keep]


def same_places(mesh: Mesh) -> IntArray:
    """For every vertex the first vertex at the same millimetre: files may repeat a vertex for every surface."""
    _, first, inverse = np.unique(np.rint(mesh.vertices * 1000).astype(np.int64), axis=0, return_index=True, return_inverse=True)
    return np.asarray(first[inverse.ravel()], dtype=np.int64)


def strokes(segments: FloatArray, outline: Outline) -> FloatArray:
    """Segments cut into strokes, so that an outline is dashed in any renderer; a short edge keeps at least one stroke.

    Parameters
    ----------
    segments
        Shape (n, 2, 3), in metres.

    Returns
    -------
    strokes
        Shape (m, 2, 3); strokes and gaps of an edge are stretched a little so that it begins and ends with a stroke.
    """
    if outline is Outline.SOLID or not len(segments):
        return segments
    stroke, gap = DASHES[outline]
    length = np.linalg.norm(segments[:, 1] - segments[:, 0], axis=1)
    pieces = np.maximum(1, np.rint((length + gap) / (stroke + gap)).astype(int))
    edge = np.repeat(np.arange(len(segments)), pieces)
    number = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    period = 1.0 / (pieces - gap / (stroke + gap))
    begin = number * period[edge]
    finish = np.minimum(begin + period[edge] * stroke / (stroke + gap), 1.0)
    start, along = segments[edge, 0], segments[edge, 1] - segments[edge, 0]
    return np.stack([start + along * begin[:, None], start + along * finish[:, None]], axis=1)


def line_rows(segments: FloatArray, frame: Frame) -> list[Row]:
    """Rows for a line layer.

    Parameters
    ----------
    segments
        Shape (n, 2, 3), real coordinates. [m, m NAP]
    """
    positions = frame.positions(segments.reshape(-1, 3)).tolist()
    return [line_row(start, end) for start, end in zip(positions[::2], positions[1::2], strict=True)]


def lines_model(segments: FloatArray, frame: Frame, steps: int = OFFSET_STEPS) -> bytes:
    """Thin lines as one model in metres from the anchor of the frame, each line once; b"" where there is none.

    Parameters
    ----------
    segments
        Shape (n, 2, 3), real coordinates. [m, m NAP]
    steps
        Places are rounded to this part of a metre.
    """
    places, index = shared(frame.offsets(segments.reshape(-1, 3), steps))
    pairs = np.unique(np.sort(index.reshape(-1, 2), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    return binary_gltf(Primitive.LINES, {"POSITION": places}, pairs) if len(pairs) else b""
