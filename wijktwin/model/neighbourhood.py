"""The neighbourhood as it is now: the frozen baseline that every visitor shares."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from wijktwin.model.surroundings import (
    ADDRESS_COLUMNS,
    DESTINATION_COLUMNS,
    GROUND_COLUMNS,
    PARKING_COUNT_COLUMNS,
    STREET_COLUMNS,
    TREE_COLUMNS,
    empty_table,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from wijktwin.errors import Note
    from wijktwin.model.building import Buildings
    from wijktwin.model.mesh import FloatArray, Mesh
    from wijktwin.model.plan import Plan
    from wijktwin.model.provenance import Source
    from wijktwin.model.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """The baseline ("nu"): buildings, ground, trees, addresses and streets in one projected CRS.

    Parameters
    ----------
    name
        What people call it.
    key
        Hash of everything it was made from (hex); two neighbourhoods with the same key are the same.
    reference_system
        Projected CRS with metres; heights are in its vertical datum or as the source gave them (RD New + NAP, EPSG:7415, in
        the Netherlands).
    buildings, mesh
        ``mesh.surface_object`` points at rows of ``buildings``; ``mesh.origin`` is the local origin. [m]
    ground_table, tree_table, address_table, street_table
        Geographic tables with the columns of `wijktwin.model.surroundings`, in real coordinates. Read them through
        `ground`, `trees`, `addresses` and `streets`, which give every caller a copy that is safe to change.
    destination_table, parking_count_table
        What a municipality may add: a list of schools, shops and the like, and counts of parked cars. Read through `destinations` and
        `parking_counts`.
    sources
        Where it all comes from; never empty.
    notes
        What a reader of the figures should know: repaired, left out, assumed.
    fictional
        True for the embedded example and everything from its generator: said on every screen and export.
    time_zone
        IANA name, for sun and clock.
    """

    name: str
    key: str
    reference_system: CRS
    buildings: Buildings
    mesh: Mesh
    sources: tuple[Source, ...]
    notes: tuple[Note, ...] = ()
    fictional: bool = False
    time_zone: str = "Europe/Amsterdam"
    ground_table: gpd.GeoDataFrame | None = field(default=None, repr=False)
    tree_table: gpd.GeoDataFrame | None = field(default=None, repr=False)
    address_table: gpd.GeoDataFrame | None = field(default=None, repr=False)
    street_table: gpd.GeoDataFrame | None = field(default=None, repr=False)
    destination_table: gpd.GeoDataFrame | None = field(default=None, repr=False)
    parking_count_table: gpd.GeoDataFrame | None = field(default=None, repr=False)

    @property
    def horizontal_crs(self) -> CRS:
        """The two-dimensional part of the reference system (EPSG:28992 for EPSG:7415): the CRS of all tables."""
        return self.reference_system.sub_crs_list[0] if self.reference_system.is_compound else self.reference_system

    @property
    def ground(self) -> gpd.GeoDataFrame:
        """Ground surfaces, a copy; columns `GROUND_COLUMNS`."""
        return empty_table(GROUND_COLUMNS, self.horizontal_crs) if self.ground_table is None else self.ground_table.copy()

    @property
    def trees(self) -> gpd.GeoDataFrame:
        """Trees, a copy; columns `TREE_COLUMNS`."""
        return empty_table(TREE_COLUMNS, self.horizontal_crs) if self.tree_table is None else self.tree_table.copy()

    @property
    def addresses(self) -> gpd.GeoDataFrame:
        """Addresses, a copy; columns `ADDRESS_COLUMNS`."""
        return empty_table(ADDRESS_COLUMNS, self.horizontal_crs) if self.address_table is None else self.address_table.copy()

    @property
    def streets(self) -> gpd.GeoDataFrame:
        """Street network, a copy; columns `STREET_COLUMNS`."""
        return empty_table(STREET_COLUMNS, self.horizontal_crs) if self.street_table is None else self.street_table.copy()

    @property
    def destinations(self) -> gpd.GeoDataFrame:
        """Listed destinations, a copy; columns `DESTINATION_COLUMNS`."""
        return empty_table(DESTINATION_COLUMNS, self.horizontal_crs) if self.destination_table is None else self.destination_table.copy()

    @property
    def parking_counts(self) -> gpd.GeoDataFrame:
        """Counts of parked cars, a copy; columns `PARKING_COUNT_COLUMNS`."""
        if self.parking_count_table is None:
            return empty_table(PARKING_COUNT_COLUMNS, self.horizontal_crs)
        return self.parking_count_table.copy()

    def with_plans(self, plans: Iterable[Plan] = (), *, flooded: Iterable[str] = ()) -> Scenario:
        """The scenario of this neighbourhood with some plans switched on; their order means nothing.

        Parameters
        ----------
        flooded
            Ids of street segments that are supposed to stand under water: nobody gets through.

        Raises
        ------
        PlanConflictError
            The plans cannot stand together, or one of them was withdrawn.
        NotFoundError
            There is no such street segment.
        """
        from wijktwin.model.scenario import Scenario  # noqa: PLC0415  # scenario knows neighbourhood; this is the way back

        return Scenario(neighbourhood=self, plans=frozenset(plans), flooded=frozenset(flooded))

    @cached_property
    def extent(self) -> tuple[float, float, float, float]:
        """Min x, min y, max x, max y of the assessed buildings (halo left out), or of all where all are halo. [m, real coordinates]"""
        halo = self.buildings.flags["is_halo"]
        rows = self.mesh.surface_object[self.mesh.ring_surface]
        lengths = np.diff(self.mesh.ring_start)
        inside = np.repeat(~halo[rows], lengths) if len(rows) else np.zeros(0, dtype=bool)
        indices = self.mesh.ring_vertices[inside] if inside.any() else self.mesh.ring_vertices
        if len(indices):
            xy = self.mesh.vertices[indices, :2]
            lo, hi = xy.min(axis=0) + self.mesh.origin[:2], xy.max(axis=0) + self.mesh.origin[:2]
            return float(lo[0]), float(lo[1]), float(hi[0]), float(hi[1])
        if self.ground_table is not None and len(self.ground_table):
            x0, y0, x1, y1 = self.ground_table.total_bounds
            return float(x0), float(y0), float(x1), float(y1)
        return 0.0, 0.0, 0.0, 0.0

    @cached_property
    def _footprint_tree(self) -> tuple[shapely.STRtree, NDArray[np.int64]]:
        rows = np.array([row for row, footprint in enumerate(self.buildings.footprints) if footprint is not None], dtype=np.int64)
        return shapely.STRtree(self.buildings.footprints[rows]), rows

    def rows_near(self, geometry: shapely.Geometry) -> list[int]:
        """Rows of the buildings whose footprint meets a geometry, ascending; those without footprint are never among them."""
        tree, rows = self._footprint_tree
        found: list[int] = sorted(rows[tree.query(geometry, predicate="intersects")].tolist())
        return found

    @cached_property
    def covered_ground(self) -> BaseGeometry:
        """Everything that ground surfaces and the footprints of assessed buildings cover, in real coordinates; empty without ground.

        The area of the neighbourhood, for whoever divides by it. Kept, because thousands of surfaces take a while to join.
        """
        if self.ground_table is None or not len(self.ground_table):
            return shapely.Polygon()
        footprints = self.buildings.footprints[~self.buildings.flags["is_halo"]]
        ground = shapely.make_valid(self.ground_table.geometry.to_numpy())
        return shapely.union_all([*ground, *(each for each in footprints if each is not None)])

    @cached_property
    def ground_samples(self) -> FloatArray:
        """Known ground heights at building centres, shape (n, 3): x, y [m, real coordinates], z [m NAP]."""
        heights = self.buildings.numbers["ground_height"]
        rows = [row for row in range(len(self.buildings)) if np.isfinite(heights[row]) and self.buildings.footprints[row] is not None]
        centres = [self.buildings.footprints[row].centroid for row in rows]
        return np.array([(p.x, p.y, heights[row]) for p, row in zip(centres, rows, strict=True)], dtype=np.float64).reshape(-1, 3)

    def ground_height_at(self, x: float, y: float, *, n_nearest: int = 8) -> float:
        """Ground height at a point, interpolated from the buildings around it (inverse distance of the nearest ones). [m NAP]

        Always an assumption (`Kind.ASSUMED`): nobody measured the ground there. 0.0 where no ground height is known at all.
        """
        samples = self.ground_samples
        if not len(samples):
            return 0.0
        distance = np.hypot(samples[:, 0] - x, samples[:, 1] - y)
        nearest = np.argsort(distance, kind="stable")[:n_nearest]
        weight = 1.0 / np.maximum(distance[nearest], 1.0) ** 2
        return float((samples[nearest, 2] * weight).sum() / weight.sum())
