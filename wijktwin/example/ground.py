"""The ground: all pieces that were drawn, cut into surfaces that tile the neighbourhood without gaps or overlaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from wijktwin.example.quarter import WATER_LEVEL, Patch, Quarter, Rank, Ring, ground_height
from wijktwin.model.surroundings import GroundKind

GRID: Final = 1.0
"""Every vertex lies on whole millimetres."""
SLIVER: Final = 30_000.0
"""A scrap smaller than this joins its largest neighbour. [mm²]"""

Polygons = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Surface:
    """One ground surface. [mm, mm NAP]"""

    polygon: shapely.Polygon
    kind: GroundKind
    street: str
    material: str
    places: float
    ground: int


def footprint_polygon(rings: Sequence[Ring]) -> shapely.Polygon:
    """The outline of a building in the world; the first ring is the outer one."""
    return shapely.Polygon(rings[0], rings[1:])


def ground_surfaces(quarter: Quarter, footprints: Sequence[shapely.Polygon]) -> list[Surface]:
    """Cut all patches along each other and give every piece to the patch that goes first; buildings stay open.

    What nobody drew is lawn.
    """
    patches = [*quarter.patches, Patch(GroundKind.GREEN, Rank.LAWN, quarter.boundary(), "", "gras", "lawn")]
    boundary = shapely.Polygon(quarter.boundary())
    faces = _faces(boundary, [shapely.Polygon(patch.ring) for patch in patches], footprints)
    owner = _owners(faces, patches, footprints)
    owner = _without_slivers(faces, owner)
    groups: dict[tuple[str, int], list[int]] = defaultdict(list)
    for face, index in enumerate(owner.tolist()):
        if index >= 0:
            patch = patches[index]
            groups[(patch.group, -1) if patch.group else ("", index)].append(face)
    surfaces: list[Surface] = []
    for (group, index), members in groups.items():
        patch = patches[index] if index >= 0 else next(p for p in patches if p.group == group)
        merged = shapely.coverage_union_all(faces[members])
        for part in shapely.get_parts(merged):
            surfaces.append(_surface(shapely.normalize(part), patch))
    surfaces.sort(key=lambda s: (s.kind.value, s.street, s.polygon.bounds))
    return surfaces


def _surface(polygon: shapely.Polygon, patch: Patch) -> Surface:
    inside = polygon.point_on_surface()
    ground = WATER_LEVEL if patch.kind is GroundKind.WATER else ground_height((inside.x, inside.y))
    return Surface(polygon, patch.kind, patch.street, patch.material, patch.places, ground)


def _faces(boundary: shapely.Polygon, drawn: list[shapely.Polygon], footprints: Sequence[shapely.Polygon]) -> Polygons:
    """All faces between all lines, inside the boundary."""
    lines = [polygon.boundary for polygon in (*drawn, *footprints)]
    noded = shapely.union_all(np.array([boundary.boundary, *lines]), grid_size=GRID)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inside = shapely.contains(boundary.buffer(2.0), shapely.point_on_surface(faces))
    kept: Polygons = faces[inside]
    return kept


def _owners(faces: Polygons, patches: list[Patch], footprints: Sequence[shapely.Polygon]) -> NDArray[np.int64]:
    """The patch that each face belongs to; -1 under a building, -2 where nothing was drawn."""
    points = shapely.point_on_surface(faces)
    tree = shapely.STRtree([*(shapely.Polygon(patch.ring) for patch in patches), *footprints])
    face, drawn = tree.query(points, predicate="intersects")
    rank = np.array([patch.rank for patch in patches] + [0] * len(footprints), dtype=np.int64)
    order = np.lexsort((drawn, rank[drawn], face))
    face, drawn = face[order], drawn[order]
    first = np.ones(len(face), dtype=bool)
    first[1:] = face[1:] != face[:-1]
    owner = np.full(len(faces), -2, dtype=np.int64)
    owner[face[first]] = np.where(drawn[first] < len(patches), drawn[first], -1)
    return owner


def _without_slivers(faces: Polygons, owner: NDArray[np.int64]) -> NDArray[np.int64]:
    """Scraps go to the neighbour they share the longest border with."""
    area = shapely.area(faces)
    small = np.flatnonzero((area < SLIVER) & (owner >= 0))
    if not len(small):
        return owner
    tree = shapely.STRtree(faces)
    result = owner.copy()
    for scrap in small.tolist():
        near = [n for n in tree.query(faces[scrap], predicate="intersects").tolist() if n != scrap and owner[n] >= 0 and area[n] >= SLIVER]
        if near:
            border = [(round(shapely.length(shapely.intersection(faces[scrap], faces[n]))), -n) for n in near]
            result[scrap] = owner[-max(border)[1]]
    return result
