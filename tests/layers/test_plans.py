"""What a plan adds to the picture."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from layers.frame import Frame
from layers.ground import CHANGE_LIFT
from layers.plans import MARK_LIFT, plan_rows
from layers.terrain import build_terrain
from tests.layers.small_town import SOUTH, WEST, low_block, small_town, tower
from wijktwin import appearance, crs
from wijktwin.model.plan import Plan, PlanRole, StreetChange, Traffic

TOWN = small_town()
FRAME = Frame.of(TOWN)
TERRAIN = build_terrain(TOWN)


def rows_of(plan: Plan) -> Any:
    return plan_rows(plan, TOWN, TERRAIN, FRAME)


def metres(positions: list[float]) -> NDArray[np.float64]:
    """Flat positions in metres from the corner of the town, and above its ground."""
    flat = np.array(positions).reshape(-1, 3)
    return np.column_stack([crs.from_wgs84(flat[:, :2], crs.RD_NAP) - [WEST, SOUTH], flat[:, 2]])


def test_tower_has_its_height_and_nothing_of_its_garage_is_drawn_as_a_volume() -> None:
    found = rows_of(tower())
    assert {row["__source"]["index"] for row in found.volumes} == {0}
    assert len(found.volumes) == 5  # four walls and a roof
    points = np.concatenate([metres(row["p"]) for row in found.volumes])
    assert points[:, 2].max() == 36.0
    assert points.min(axis=0)[:2] == pytest.approx([30, -1], abs=0.01)
    assert points.max(axis=0)[:2] == pytest.approx([46, 10], abs=0.01)


def test_colour_and_outline_follow_the_role() -> None:
    counts = {}
    for role in PlanRole:
        found = rows_of(dataclasses.replace(tower(), role=role))
        roof = next(row for row in found.volumes if len(row["c"]) == 3)
        expected = appearance.shaded(np.array(appearance.PLAN_FACES[role.value], dtype=float), np.array([[0.0, 0.0, 1.0]]))[0]
        assert roof["c"] == expected.tolist()
        counts[role] = len(found.outlines)
    assert counts[PlanRole.PROPOSAL] == 12
    assert counts[PlanRole.PROPOSAL] < counts[PlanRole.ALTERNATIVE] < counts[PlanRole.ALLOWED]


def test_no_outline_runs_below_the_ground() -> None:
    basement = dataclasses.replace(tower().volumes[0], base=-3.0)
    found = rows_of(dataclasses.replace(tower(), volumes=(basement,)))
    assert min(min(row["s"][2], row["t"][2]) for row in found.outlines) == 0.0


def test_storey_lines_stand_where_storeys_end() -> None:
    heights = {round(row["s"][2], 2) for row in rows_of(tower()).storeys}
    assert heights == {3.0 * storey for storey in range(1, 12)}
    unknown = dataclasses.replace(tower().volumes[0], storeys=None)
    assert not rows_of(dataclasses.replace(tower(), volumes=(unknown,))).storeys


def test_a_volume_on_columns_shows_its_underside_and_casts_no_contact_shade() -> None:
    raised = dataclasses.replace(low_block().volumes[0], base=3.0)
    found = rows_of(dataclasses.replace(low_block(), volumes=(raised,)))
    assert len(found.volumes) == 6
    assert min(metres(row["p"])[:, 2].min() for row in found.volumes) == 3.0
    assert not found.contact
    assert rows_of(low_block()).contact


def test_new_ground_lies_above_the_old_and_is_outlined() -> None:
    found = rows_of(tower())
    ground = np.concatenate([metres(row["p"]) for row in found.ground])
    assert ground[:, 2] == pytest.approx(CHANGE_LIFT, abs=0.01)
    assert all(row["s"][2] == pytest.approx(MARK_LIFT, abs=0.01) for row in found.ground_outlines)
    bare = rows_of(dataclasses.replace(tower(), planted=()))
    on_garden = [row for row in bare.ground_outlines if metres(row["s"])[0, 1] > 12.5]
    length = sum(float(np.linalg.norm((metres(row["t"]) - metres(row["s"]))[0, :2])) for row in on_garden)
    assert length == pytest.approx(2 * (16 + 5), abs=0.2)


@pytest.mark.parametrize(("traffic", "sign"), [(Traffic.FORWARD, 1), (Traffic.BACKWARD, -1)])
def test_arrows_point_the_way_that_traffic_may_go(traffic: Traffic, sign: int) -> None:
    found = rows_of(dataclasses.replace(tower(), street_changes=(StreetChange("street", traffic),)))
    assert len(found.marks) == round(100 / 24)
    for row in found.marks:
        arrow = metres(row["p"])
        middle = (arrow[:, 0].min() + arrow[:, 0].max()) / 2
        wide = arrow[np.argmax(np.abs(arrow[:, 1] + 9))]
        assert np.sign(wide[0] - middle) == sign, "the head is wider than the shaft, and lies ahead"
        assert np.abs(arrow[:, 1] + 9).max() < 1.5


def test_closed_street_gets_crosses_in_another_colour() -> None:
    found = rows_of(dataclasses.replace(tower(), street_changes=(StreetChange("street", Traffic.CLOSED),)))
    assert len(found.marks) == 2 * round(100 / 24)
    assert found.marks[0]["c"] != rows_of(tower()).marks[0]["c"]


def test_unknown_street_draws_nothing() -> None:
    assert not rows_of(dataclasses.replace(tower(), street_changes=(StreetChange("nowhere", Traffic.FORWARD),))).marks


def test_planted_trees_have_the_size_they_will_grow_to() -> None:
    found = rows_of(tower())
    (row,) = found.planted
    assert row["s"] == [4.0, 4.0, 8.0]
    assert metres(row["p"])[0] == pytest.approx([33, 15, 0], abs=0.01)
    ends = np.array([metres(line["s"])[0, :2] for line in found.ground_outlines])
    distance = np.linalg.norm(ends - [33, 15], axis=1)
    assert int((np.abs(distance - 2.0) < 0.02).sum()) == 24, "a ring as wide as the crown"
