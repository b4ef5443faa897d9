"""The view from any spot in the open, at the height of the eyes of who stands there: all round, or one way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from wijktwin.errors import InputError
from wijktwin.impacts.assumptions import Assumptions
from wijktwin.impacts.sunlight.places import Points
from wijktwin.impacts.sunlight.study import Roofs, roof_errors
from wijktwin.impacts.view.directions import Field
from wijktwin.impacts.view.first_hits import Sight, SightScene
from wijktwin.impacts.view.homes import covered_width
from wijktwin.impacts.view.plan_in_view import Hiding, volumes_in_view
from wijktwin.impacts.view.settings import directions, plan_grid
from wijktwin.impacts.view.shares import InView, Shares
from wijktwin.impacts.view.standing import Standing, volumes_above_ground
from wijktwin.impacts.view.study import SightStudy
from wijktwin.model.scenario import Scenario

EVERYWHERE: Final = -2.0
"""Sine above which a direction counts where all count."""
FURTHEST: Final = 10_000.0
"""A spot farther from the neighbourhood than this is no spot in it. [m]"""


@dataclass(frozen=True, slots=True)
class PlanFromSpot:
    """How a plan is seen from a spot; None where it is not.

    Parameters
    ----------
    share
        Of what is in view. [%]
    top
        Altitude of its highest part that is seen. [°]
    width
        How much of the horizon it takes up. [°]
    distance
        To its nearest part that is seen. [m]
    """

    share: float
    top: float | None
    width: float | None
    distance: float | None


@dataclass(frozen=True, slots=True)
class SpotView:
    """The view from one spot: share of each `InView` [%], and how each plan that builds above ground is seen, by id."""

    before: Mapping[InView, float]
    after: Mapping[InView, float]
    plans: Mapping[str, PlanFromSpot]


def view_from(
    scenario: Scenario,
    x: float,
    y: float,
    *,
    assumptions: Assumptions,
    facing: float | None = None,
    roofs: Roofs = Roofs.AS_DRAWN,
) -> SpotView:
    """The view from a spot today and with plans, trees in leaf.

    Parameters
    ----------
    x, y
        In the CRS of the neighbourhood. [m]
    facing
        Way one looks, clockwise from north [°]: the half of everything on that side counts. None: all round.
    roofs
        Where the roofs of today's buildings are taken to be.

    Raises
    ------
    InputError
        The spot is not in the neighbourhood.
    """
    neighbourhood = scenario.neighbourhood
    x0, y0, x1, y1 = neighbourhood.extent
    if not (x0 - FURTHEST <= x <= x1 + FURTHEST and y0 - FURTHEST <= y <= y1 + FURTHEST):
        raise InputError("view.spot_outside", x=x, y=y)
    eye = assumptions["eye_height_standing"].value
    place = np.array([[x, y, neighbourhood.ground_height_at(x, y) + eye]]) - neighbourhood.mesh.origin
    field = Field.ALL_ROUND if facing is None else Field.WINDOW
    turn = np.radians(facing or 0.0)
    normal = np.array([[0.0, 0.0, 1.0]] if facing is None else [[np.sin(turn), np.cos(turn), 0.0]])
    points = Points(place, normal, np.array([EVERYWHERE if facing is None else 0.0]))
    sign = {Roofs.AS_DRAWN: 0.0, Roofs.HIGHER: 1.0, Roofs.LOWER: -1.0}[roofs]
    moved = None if roofs is Roofs.AS_DRAWN else sign * roof_errors(neighbourhood, assumptions=assumptions)
    standing = Standing(neighbourhood, assumptions, moved)
    study = SightStudy(Sight(points, directions(field)), {Roofs.AS_DRAWN: standing}, np.array([eye]))
    after = study.shares_with(scenario, Roofs.AS_DRAWN)
    plans = _plans(scenario, points, standing, after) if scenario.volumes else {}
    return SpotView(_named(study.shares_today(Roofs.AS_DRAWN)), _named(after), plans)


def _plans(scenario: Scenario, points: Points, standing: Standing, after: Shares) -> dict[str, PlanFromSpot]:
    hiding = Hiding(standing.scene_left(scenario), SightScene(standing.crowns_with(scenario).solids()))
    (seen,) = volumes_in_view(points, volumes_above_ground(scenario), [hiding], grid=plan_grid())
    found: dict[str, PlanFromSpot] = {}
    for plan in scenario.ordered_plans:
        rows = [row for row, (owner, volume) in enumerate(scenario.volumes) if owner is plan and not volume.is_below_ground]
        if not rows:
            continue
        share = 100.0 * float(after.of_volumes[0, rows].sum())
        there = [seen[row] for row in rows if seen[row].visible[0] > 0]
        if not there:
            found[plan.plan_id] = PlanFromSpot(share, None, None, None)
            continue
        top, near = max(float(each.top[0]) for each in there), min(float(each.distance[0]) for each in there)
        found[plan.plan_id] = PlanFromSpot(share, top, covered_width(there, 0), near)
    return found


def _named(shares: Shares) -> dict[InView, float]:
    return {kind: 100.0 * float(shares.of[0, kind]) for kind in InView}
