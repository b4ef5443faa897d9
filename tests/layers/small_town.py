"""A tiny neighbourhood and plans for it, made by hand: every number in it can be checked by eye."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely import LineString, Point, Polygon, box

from wijktwin.model.building import Buildings
from wijktwin.model.mesh import Mesh, SurfaceKind
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import GroundChange as Change
from wijktwin.model.plan import Party, Plan, PlanRole, PlanStatus, PlantedTree, StreetChange, Traffic, Volume
from wijktwin.model.provenance import LocalText, Source
from wijktwin.model.surroundings import (
    GROUND_COLUMNS,
    STREET_COLUMNS,
    TREE_COLUMNS,
    GroundKind,
    geographic_table,
)
from wijktwin.model.volume_mesh import joined, mesh_of_faces

RD_NAP: Final = CRS.from_epsg(7415)
RD_NEW: Final = CRS.from_epsg(28992)
WEST: Final = 156_000.0
SOUTH: Final = 464_000.0
GROUND: Final = 3.0
HOUSE: Final = (6.0, 9.0)
"""Width and depth of a house. [m]"""
EAVES: Final = 5.0
RIDGE: Final = 8.0
STREET_NAME: Final = "Eén-Reëel-Ĳskade"
"""With letters that no renderer has by itself."""
SOURCE: Final = Source("Small town", "tests", vintage="2026", licence="CC0-1.0", fictional=True)


def house(x: float, y: float, *, width: float = HOUSE[0], depth: float = HOUSE[1], ground: float = GROUND) -> Mesh:
    """A house with a gable roof whose ridge runs east to west. [m from WEST, SOUTH]"""
    low, eaves, ridge = ground, ground + EAVES, ground + RIDGE
    points = [
        (x, y, low), (x + width, y, low), (x + width, y + depth, low), (x, y + depth, low),
        (x, y, eaves), (x + width, y, eaves), (x + width, y + depth, eaves), (x, y + depth, eaves),
        (x, y + depth / 2, ridge), (x + width, y + depth / 2, ridge),
    ]  # fmt: skip
    faces = [
        (SurfaceKind.GROUND, [[3, 2, 1, 0]]),
        (SurfaceKind.WALL, [[0, 1, 5, 4]]),
        (SurfaceKind.WALL, [[1, 2, 6, 9, 5]]),
        (SurfaceKind.WALL, [[2, 3, 7, 6]]),
        (SurfaceKind.WALL, [[3, 0, 4, 8, 7]]),
        (SurfaceKind.ROOF, [[4, 5, 9, 8]]),
        (SurfaceKind.ROOF, [[6, 7, 8, 9]]),
    ]
    return mesh_of_faces(np.array(points), faces, origin=np.array([WEST, SOUTH, 0.0]))


def houses(n: int = 8, *, slope: float = 0.0) -> Neighbourhood:
    """A row of houses and nothing else, 10 m apart; the ground rises ``slope`` metres from each house to the next."""
    places = [(10.0 * place, 0.0) for place in range(n)]
    grounds = np.array([GROUND + slope * row for row in range(n)])
    meshes = [house(*place, ground=float(z)) for place, z in zip(places, grounds, strict=True)]
    return Neighbourhood(
        name="Small town",
        key=f"small-town-{n}-{slope}",
        reference_system=RD_NAP,
        buildings=buildings(places, grounds, ["dwelling", "shop", *[""] * (n - 2)]),
        mesh=joined(meshes, origin=np.array([WEST, SOUTH, 0.0])),
        sources=(SOURCE,),
        fictional=True,
    )


def buildings(places: list[tuple[float, float]], ground: NDArray[np.float64], uses: list[str]) -> Buildings:
    """The table of houses: south-west corners [m from WEST, SOUTH], the ground they stand on [m NAP], and their use."""
    n = len(places)
    footprints: NDArray[np.object_] = np.empty(n, dtype=object)
    footprints[:] = [box(WEST + x, SOUTH + y, WEST + x + HOUSE[0], SOUTH + y + HOUSE[1]) for x, y in places]
    return Buildings(
        building_ids=tuple(f"house-{row}" for row in range(n)),
        numbers={"ground_height": ground, "height": np.full(n, RIDGE), "lod": np.full(n, 2.2), "year_built": np.full(n, 1965.0)},
        texts={"use": uses, "geometry_from": ["solid"] * n, "height_kind": ["measured"] * n},
        flags={},
        footprints=footprints,
    )


@cache
def small_town() -> Neighbourhood:
    """Eight houses along a street with a pavement, a lawn, a pond and three trees."""
    row = houses(8)
    x, y = WEST, SOUTH
    ground = [
        ("lawn", GroundKind.GREEN, Polygon([(x - 10, y + 12), (x + 90, y + 12), (x + 90, y + 40), (x - 10, y + 40)])),
        ("pond", GroundKind.WATER, Point(x + 60, y + 28).buffer(6, quad_segs=4)),
        ("street", GroundKind.CARRIAGEWAY, box(x - 10, y - 12, x + 90, y - 6)),
        ("pavement", GroundKind.PAVEMENT, box(x - 10, y - 6, x + 90, y - 3)),
    ]
    trees = [Point(x + 5, y + 20), Point(x + 25, y + 20), Point(x + 45, y + 22)]
    return Neighbourhood(
        name=row.name,
        key="small-town",
        reference_system=RD_NAP,
        buildings=row.buildings,
        mesh=row.mesh,
        sources=(SOURCE,),
        fictional=True,
        ground_table=geographic_table(
            GROUND_COLUMNS,
            {"surface_id": [i for i, _, _ in ground], "kind": [k.value for _, k, _ in ground]},
            [g for _, _, g in ground],
            RD_NEW,
        ),
        tree_table=geographic_table(
            TREE_COLUMNS,
            {"tree_id": ["tree-0", "tree-1", "tree-2"], "height": [9.0, 7.0, np.nan], "crown_diameter": [6.0, 4.0, np.nan]},
            trees,
            RD_NEW,
        ),
        street_table=geographic_table(
            STREET_COLUMNS, {"street_id": ["street"], "street": [STREET_NAME]}, [LineString([(x - 10, y - 9), (x + 90, y - 9)])], RD_NEW
        ),
    )


@cache
def sloping_town() -> Neighbourhood:
    """The small town on a hillside: every house stands 1.5 m higher than the one to the west of it."""
    hill = houses(8, slope=1.5)
    return replace(small_town(), key="sloping-town", buildings=hill.buildings, mesh=hill.mesh)


@cache
def tower() -> Plan:
    """A tower of twelve storeys where the houses 3 and 4 stand, with a garage below, a garden, trees and a one-way street."""
    x, y = WEST, SOUTH
    place = box(x + 30, y - 1, x + 46, y + 10)
    return Plan(
        plan_id="tower",
        title=LocalText("De toren", "The tower"),
        proposer="Bouwbedrijf",
        party=Party.DEVELOPER,
        role=PlanRole.PROPOSAL,
        status=PlanStatus.PUBLISHED,
        source=SOURCE,
        volumes=(
            Volume("tower", LocalText("Toren", "Tower"), place, GROUND, 36.0, storeys=12, storey_height=3.0, use="dwelling"),
            Volume("garage", LocalText("Garage", "Garage"), place, GROUND, 0.0, base=-3.0),
        ),
        demolishes=frozenset({"house-3", "house-4"}),
        felled=frozenset({"tree-1"}),
        ground_changes=(Change("garden", box(x + 30, y + 13, x + 46, y + 18), GroundKind.GARDEN),),
        planted=(PlantedTree("new-0", Point(x + 33, y + 15), height=8.0, crown_diameter=4.0),),
        street_changes=(StreetChange("street", Traffic.FORWARD),),
        published_by_server=True,
    )


@cache
def low_block(*, published: bool = True) -> Plan:
    """An alternative of three storeys on the lawn: nothing is demolished."""
    x, y = WEST, SOUTH
    return Plan(
        plan_id="low-block",
        title=LocalText("Laag blok", "Low block"),
        proposer="Bewoners",
        party=Party.RESIDENTS,
        role=PlanRole.ALTERNATIVE,
        status=PlanStatus.PUBLISHED,
        source=SOURCE,
        volumes=(Volume("block", LocalText("Blok", "Block"), box(x, y + 24, x + 30, y + 34), GROUND, 9.0, storeys=3),),
        published_by_server=published,
    )


def area(rings: list[NDArray[np.float64]]) -> float:
    """Area of a polygon given as rings in the plane, holes taken off. [m²]"""
    return float(shapely.Polygon(rings[0][:, :2], [ring[:, :2] for ring in rings[1:]]).area)
