"""The view from any spot in the open, at the height of the eyes of who stands there: all round, or one way.

What lines of sight may meet is kept by the desk of views, so that another spot costs a fraction of a second.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from wijktwin.errors import InputError
from wijktwin.impacts.assumptions import Assumptions
from wijktwin.impacts.sunlight.places import Points
from wijktwin.impacts.sunlight.study import Roofs
from wijktwin.impacts.view.desk import view_desk
from wijktwin.impacts.view.directions import Field
from wijktwin.impacts.view.first_hits import FirstHits, Sight, SightScene, nearest_of
from wijktwin.impacts.view.ground_in_view import ClassArray, ground_classes, ground_classes_after
from wijktwin.impacts.view.homes import covered_width
from wijktwin.impacts.view.plan_in_view import Hiding, VolumeInView, extent_of, volumes_in_view
from wijktwin.impacts.view.settings import directions, plan_grid
from wijktwin.impacts.view.shares import InView, Seen, Shares, shares
from wijktwin.impacts.view.standing import Standing, added_solids, volumes_above_ground
from wijktwin.model.mesh import FloatArray
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.scenario import Scenario

EVERYWHERE: Final = -2.0
"""Sine above which a direction counts where all count."""
FURTHEST: Final = 50.0
"""A spot farther from the neighbourhood than this is no spot in it: nobody knows what lies around it. [m]"""


@dataclass(frozen=True, slots=True)
class PlanFromSpot:
    """How a plan is seen from a spot, trees bare; None where it is not.

    Parameters
    ----------
    share
        Of what is in view, trees in leaf. [%]
    top
        Altitude of its highest part that is seen. [°]
    top_off
        How far that may lie higher or lower because it is looked at in so many rows and no more. [°]
    width
        How much of the horizon it takes up. [°]
    distance
        To its nearest part that is seen. [m]
    """

    share: float
    top: float | None = None
    top_off: float = 0.0
    width: float | None = None
    distance: float | None = None


@dataclass(frozen=True, slots=True)
class SpotView:
    """The view from one spot: share of each `InView` [%], and how each plan that builds above ground is seen, by id.

    What is in view from within a building is not known: then ``before`` or ``after`` is None, and there are no plans.
    """

    before: Mapping[InView, float] | None
    after: Mapping[InView, float] | None
    plans: Mapping[str, PlanFromSpot]


def views_from(
    scenario: Scenario, x: float, y: float, *, assumptions: Assumptions, facing: float | None = None
) -> Mapping[Roofs, SpotView]:
    """The view from a spot today and with plans, trees in leaf, by where the roofs of today's buildings are taken to be.

    Parameters
    ----------
    x, y
        In the CRS of the neighbourhood. [m]
    facing
        Way one looks, clockwise from north [°]: the half of everything on that side counts. None: all round.

    Raises
    ------
    InputError
        The spot is not in the neighbourhood, or within a building both today and with the plans.
    """
    neighbourhood = scenario.neighbourhood
    if not all(map(math.isfinite, (x, y))) or not _known_area(neighbourhood).contains(shapely.Point(x, y)):
        raise InputError("view.spot_outside", x=x, y=y)
    is_inside_now, is_inside_then = (_is_within_a_building(each, x, y) for each in (neighbourhood.with_plans(), scenario))
    if is_inside_now and is_inside_then:
        raise InputError("view.spot_in_building", x=x, y=y)
    eye = assumptions["eye_height_standing"].value
    place = np.array([[x, y, neighbourhood.ground_height_at(x, y) + eye]]) - neighbourhood.mesh.origin
    field = Field.ALL_ROUND if facing is None else Field.WINDOW
    turn = np.radians(facing or 0.0)
    normal = np.array([[0.0, 0.0, 1.0]] if facing is None else [[np.sin(turn), np.cos(turn), 0.0]])
    points = Points(place, normal, np.array([EVERYWHERE if facing is None else 0.0]))
    spot = _Spot(
        neighbourhood, Sight(points, directions(field)), np.array([eye]), view_desk(neighbourhood, assumptions=assumptions).standing
    )
    ground = spot.ground_today()
    ground_after = ground_classes_after(spot.sight, spot.drop, ground, scenario, n_threads=1)
    seen = spot.volumes(scenario) if scenario.volumes and not is_inside_then else {}
    today = None if is_inside_now else spot.shares(neighbourhood.with_plans(), ground)
    then = None if is_inside_then else spot.shares(scenario, ground_after)
    found = {}
    for roofs in Roofs:
        before = None if today is None else _named(today[roofs])
        after = None if then is None else _named(then[roofs])
        plans = _plans(scenario, points, seen[roofs], then[roofs]) if then is not None and seen else {}
        found[roofs] = SpotView(before, after, plans)
    return found


def _known_area(neighbourhood: Neighbourhood) -> shapely.Polygon:
    """Around all buildings and all ground that is known."""
    bounds = [shapely.box(*neighbourhood.extent)]
    table = neighbourhood.ground_table
    if table is not None and len(table):
        bounds.append(shapely.box(*table.total_bounds))
    return shapely.box(*shapely.union_all(bounds).buffer(FURTHEST).bounds)


def _is_within_a_building(scenario: Scenario, x: float, y: float) -> bool:
    """Whether somebody would stand in what is built there: a building that stays, or a volume of a plan on the ground."""
    neighbourhood = scenario.neighbourhood
    rows = [row for row in neighbourhood.rows_near(shapely.Point(x, y)) if scenario.remaining_rows[row]]
    own = [outline for outline in neighbourhood.buildings.footprints[rows] if outline is not None]
    new = [volume.footprint for _, volume in scenario.volumes if volume.touches_ground]
    return bool(shapely.contains_xy(np.array([*own, *new, None], dtype=object)[:-1], x, y).any())


@dataclass(frozen=True, eq=False)
class _Spot:
    """Lines of sight from one spot, and what they may meet."""

    neighbourhood: Neighbourhood
    sight: Sight
    drop: FloatArray
    standing: Mapping[Roofs, Standing]

    def ground_today(self) -> ClassArray:
        return ground_classes(self.sight, self.drop, self.standing[Roofs.AS_DRAWN].ground, n_threads=1)

    def shares(self, scenario: Scenario, ground: ClassArray) -> Mapping[Roofs, Shares]:
        """What is in view with plans, by where the roofs are; bit for bit what `SightStudy.shares_with` gives."""
        n_existing = len(self.neighbourhood.buildings)
        added = self._hits(SightScene(added_solids(scenario)))
        crowns = self._hits(self.standing[Roofs.AS_DRAWN].crown_scene(scenario))
        found = {}
        for roofs in Roofs:
            met = nearest_of(self._hits(self.standing[roofs].scene_left(scenario)), added, n_solids=n_existing)
            seen = Seen(met, crowns, ground, self.drop)
            found[roofs] = shares(self.sight, seen, n_existing=n_existing, n_added=len(scenario.volumes), n_threads=1)
        return found

    def volumes(self, scenario: Scenario) -> Mapping[Roofs, list[VolumeInView]]:
        """How each volume of the plans is seen."""
        crowns = self.standing[Roofs.AS_DRAWN].crown_scene(scenario)
        hiding = [Hiding(self.standing[roofs].scene_left(scenario), crowns) for roofs in Roofs]
        return dict(zip(Roofs, volumes_in_view(self.sight.points, volumes_above_ground(scenario), hiding, grid=plan_grid()), strict=True))

    def _hits(self, scene: SightScene) -> FirstHits:
        distance, owner = scene.nearest(*self.sight.lines(np.zeros(1, dtype=np.intp)))
        return FirstHits(distance.reshape(1, -1), owner.reshape(1, -1))


def _plans(scenario: Scenario, points: Points, seen: list[VolumeInView], after: Shares) -> dict[str, PlanFromSpot]:
    solids = volumes_above_ground(scenario)
    found: dict[str, PlanFromSpot] = {}
    for plan in scenario.ordered_plans:
        rows = [row for row, (owner, volume) in enumerate(scenario.volumes) if owner is plan and not volume.is_below_ground]
        if not rows:
            continue
        share = 100.0 * float(after.of_volumes[0, rows].sum())
        there = [row for row in rows if seen[row].visible[0] > 0]
        if not there:
            found[plan.plan_id] = PlanFromSpot(share)
            continue
        highest = max(there, key=lambda row: float(seen[row].top[0]))
        around = extent_of(points.origins.astype(np.float64), solids.corners[solids.owner == highest].reshape(-1, 3).astype(np.float64))
        step = float(np.degrees(around.high[0] - around.low[0])) / plan_grid()[1]
        found[plan.plan_id] = PlanFromSpot(
            share,
            top=float(seen[highest].top[0]),
            top_off=step / 2.0,
            width=covered_width([seen[row] for row in there], 0),
            distance=min(float(seen[row].distance[0]) for row in there),
        )
    return found


def _named(found: Shares) -> dict[InView, float]:
    return {kind: 100.0 * float(found.of[0, kind]) for kind in InView}
