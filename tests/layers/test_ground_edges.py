"""Lines along water and roads: on edges that the ground of the data has, never between two kinds that belong together, on the ground."""

from __future__ import annotations

import dataclasses

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from layers import ground_edges
from layers.frame import Frame
from layers.ground import drawn_outlines
from layers.terrain import build_terrain
from tests.layers.small_town import small_town
from wijktwin.model.neighbourhood import Neighbourhood


def with_ground(**kinds: shapely.Polygon) -> Neighbourhood:
    town = small_town()
    table = town.ground_table
    assert table is not None
    x, y = town.extent[:2]
    rows = gpd.GeoDataFrame(
        {"surface_id": list(kinds), "kind": list(kinds)},
        geometry=[shapely.affinity.translate(shape, x, y) for shape in kinds.values()],
        crs=table.crs,
    )
    return dataclasses.replace(town, ground_table=rows.reindex(columns=table.columns))


def lines_of(town: Neighbourhood) -> NDArray[np.float64]:
    frame, terrain = Frame.of(town), build_terrain(town)
    segments = ground_edges.ground_edge_segments(town, terrain, drawn_outlines(town, frame))
    if len(segments):
        above = segments[..., 2] - terrain.at(segments[..., :2].reshape(-1, 2)).reshape(-1, 2)
        assert np.allclose(above, ground_edges.LIFT)
    return np.asarray(segments[..., :2] - np.array(town.extent[:2]))


def test_a_road_with_its_parking_has_one_kerb_around_both_and_water_its_bank() -> None:
    road, parking, water = shapely.box(0, 0, 40, 6), shapely.box(10, 6.04, 20, 8), shapely.box(0, 20, 40, 30)
    lines = lines_of(with_ground(carriageway=road, parking=parking, water=water, green=shapely.box(0, 8, 40, 20)))
    length = np.linalg.norm(lines[:, 1] - lines[:, 0], axis=1).sum()
    paved = shapely.union(road, shapely.box(10, 6, 20, 8))
    assert abs(length - paved.length - water.length) < 0.5, "not along what lies between the road and its parking, nor in a slit there"
    edge = shapely.union(paved.boundary, water.boundary)
    assert shapely.distance(edge, shapely.points(lines.mean(axis=1))).max() < ground_edges.TOLERANCE + 0.06


def test_no_line_where_the_data_has_neither() -> None:
    assert not len(lines_of(with_ground(green=shapely.box(0, 0, 30, 30), garden=shapely.box(30, 0, 50, 30))))
