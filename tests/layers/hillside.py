"""A neighbourhood on an even slope: forty houses, ground between them, trees and a plan."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from shapely import LineString, Point, box

from tests.layers.small_town import HOUSE, RD_NAP, RD_NEW, SOURCE, SOUTH, WEST, buildings, house
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Party, Plan, PlanRole, PlanStatus, PlantedTree, Volume
from wijktwin.model.provenance import LocalText
from wijktwin.model.surroundings import GROUND_COLUMNS, STREET_COLUMNS, TREE_COLUMNS, GroundKind, geographic_table
from wijktwin.model.volume_mesh import joined

BASE = 10.0
STEP = 25.0
ACROSS, ALONG = 8, 5


def true_height(xy: NDArray[np.float64], slope: float) -> NDArray[np.float64]:
    """The ground of the hillside: it rises to the north-east. [m NAP]"""
    away = np.asarray(xy)[:, :2] - (WEST, SOUTH)
    return np.asarray(BASE + slope * (0.8 * away[:, 0] + 0.6 * away[:, 1]))


@cache
def hillside(slope: float) -> Neighbourhood:
    """Houses in five rows of eight on a slope of so many metres per metre."""
    places = [(STEP * i, STEP * j) for j in range(ALONG) for i in range(ACROSS)]
    corners = np.array([WEST, SOUTH]) + places
    ground = true_height(corners + np.array(HOUSE) / 2, slope)
    x, y = WEST, SOUTH
    surfaces = [
        ("lawn", GroundKind.GREEN, box(x - 10, y + 12, x + 190, y + 22)),
        ("street", GroundKind.CARRIAGEWAY, box(x - 10, y - 12, x + 190, y - 4)),
        ("path", GroundKind.PAVEMENT, box(x + 10, y - 4, x + 14, y + 12)),
        ("pond", GroundKind.WATER, Point(x + 120, y + 41).buffer(5, quad_segs=6)),
    ]
    trees = [Point(x + 17 + 25 * i, y + 17) for i in range(7)]
    return Neighbourhood(
        name="Hillside",
        key=f"hillside-{slope}",
        reference_system=RD_NAP,
        buildings=buildings(places, ground, ["dwelling"] * len(places)),
        mesh=joined([house(*place, ground=float(z)) for place, z in zip(places, ground, strict=True)], origin=np.array([WEST, SOUTH, 0.0])),
        sources=(SOURCE,),
        fictional=True,
        ground_table=geographic_table(
            GROUND_COLUMNS,
            {"surface_id": [i for i, _, _ in surfaces], "kind": [kind.value for _, kind, _ in surfaces]},
            [outline for _, _, outline in surfaces],
            RD_NEW,
        ),
        tree_table=geographic_table(
            TREE_COLUMNS, {"tree_id": [f"tree-{i}" for i in range(7)], "height": [9.0] * 7, "crown_diameter": [6.0] * 7}, trees, RD_NEW
        ),
        street_table=geographic_table(
            STREET_COLUMNS, {"street_id": ["street"], "street": ["Helling"]}, [LineString([(x, y - 8), (x + 180, y - 8)])], RD_NEW
        ),
    )


def hillside_plan(slope: float) -> Plan:
    """A long block across the slope, with a tree, on the ground level at its middle."""
    place = box(WEST + 60, SOUTH + 62, WEST + 120, SOUTH + 72)
    level = float(true_height(np.array([(place.centroid.x, place.centroid.y)]), slope)[0])
    return Plan(
        plan_id="block",
        title=LocalText("Blok", "Block"),
        proposer="Bouwbedrijf",
        party=Party.DEVELOPER,
        role=PlanRole.PROPOSAL,
        status=PlanStatus.PUBLISHED,
        source=SOURCE,
        volumes=(Volume("block", LocalText("Blok", "Block"), place, level, 9.0, storeys=3),),
        planted=(PlantedTree("new-0", Point(WEST + 90, SOUTH + 58), height=8.0, crown_diameter=4.0),),
        published_by_server=True,
    )
