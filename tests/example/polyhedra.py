"""What only a right solid can satisfy, computed from nothing but its boundaries and vertices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Boundaries = Sequence[Sequence[Sequence[int]]]
Points = NDArray[np.float64]


def directed_edges(shell: Boundaries) -> Counter[tuple[int, int]]:
    """How often every edge is walked in each direction."""
    edges: Counter[tuple[int, int]] = Counter()
    for face in shell:
        for ring in face:
            edges.update(zip(ring, [*ring[1:], ring[0]], strict=True))
    return edges


def open_edges(shell: Boundaries) -> list[tuple[int, int]]:
    """Edges that are not walked as often one way as the other."""
    edges = directed_edges(shell)
    return [edge for edge, times in edges.items() if edges[edge[::-1]] != times]


def crowded_edges(shell: Boundaries) -> list[tuple[int, int]]:
    """Edges where more than two faces meet."""
    return [edge for edge, times in directed_edges(shell).items() if times > 1]


def face_vectors(shell: Boundaries, vertices: Points) -> Iterator[tuple[Points, Points]]:
    """Of each face a point and its area vector (Newell), holes taken off."""
    for face in shell:
        vector = np.zeros(3)
        for ring in face:
            points = vertices[list(ring)]
            vector += 0.5 * np.cross(points, np.roll(points, -1, axis=0)).sum(axis=0)
        yield vertices[face[0][0]], vector


def enclosed_volume(shell: Boundaries, vertices: Points) -> float:
    """Volume by the divergence theorem; positive where the faces look outwards."""
    centre = vertices.mean(axis=0)
    local = vertices - centre
    return float(sum(point @ vector for point, vector in face_vectors(shell, local))) / 3.0


def unevenness(shell: Boundaries, vertices: Points) -> float:
    """How far any vertex lies off the plane of its face."""
    worst = 0.0
    local = vertices - vertices.mean(axis=0)
    for face, (point, vector) in zip(shell, face_vectors(shell, local), strict=True):
        normal = vector / np.linalg.norm(vector)
        off = (local[[index for ring in face for index in ring]] - point) @ normal
        worst = max(worst, float(off.max() - off.min()))
    return worst
