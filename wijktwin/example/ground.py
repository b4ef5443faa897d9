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
SCRAP: Final = 300_000.0
"""A surface smaller than this joins a neighbour. [mm²]"""

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
    members: dict[tuple[str, int], list[int]] = defaultdict(list)
    for face, index in enumerate(owner.tolist()):
        if index >= 0:
            group = patches[index].group
            members[(group, -1) if group else ("", index)].append(face)
    merged = {key: shapely.coverage_union_all(faces[own]) for key, own in members.items()}
    first = {patch.group: index for index, patch in reversed(list(enumerate(patches))) if patch.group}
    parts = [
        (part, patches[index if index >= 0 else first[group]])
        for (group, index), shape in merged.items()
        for part in shapely.get_parts(shape)
    ]
    surfaces = [_surface(shapely.normalize(part), patch) for part, patch in _without_scraps(parts)]
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


def _without_scraps(parts: list[tuple[shapely.Polygon, Patch]]) -> list[tuple[shapely.Polygon, Patch]]:
    """Scraps join the neighbour with which they share the longest border; parking bays are never scraps and take none.

    A scrap shut in between buildings has no neighbour and is dropped.
    """
    shapes = np.array([part for part, _ in parts], dtype=object)
    small = {index for index in np.flatnonzero(shapely.area(shapes) < SCRAP).tolist() if not parts[index][1].places > 0}
    tree = shapely.STRtree(shapes)
    joined: dict[int, list[int]] = defaultdict(list)
    lost: set[int] = set()
    for scrap in sorted(small):
        near = [n for n in tree.query(shapes[scrap], predicate="intersects").tolist() if n not in small and not parts[n][1].places > 0]
        borders = [(round(shapely.length(shapely.intersection(shapes[scrap], shapes[n]))), -n) for n in near]
        lost.add(scrap)
        if borders and max(borders)[0] > 0:
            joined[-max(borders)[1]].append(scrap)
    whole: dict[int, Any] = {n: shapely.coverage_union_all(shapes[[n, *scraps]]) for n, scraps in joined.items()}
    return [(whole.get(index, part), patch) for index, (part, patch) in enumerate(parts) if index not in lost]
