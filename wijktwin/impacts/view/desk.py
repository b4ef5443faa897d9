"""Where views are computed for whoever asks: what stands today is looked at once for a neighbourhood, and shared by all its scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import shapely

from wijktwin import places
from wijktwin.errors import Note
from wijktwin.impacts.assumptions import Assumptions
from wijktwin.impacts.desks import MOST_RESULTS, Desks
from wijktwin.impacts.last_few import LastFew
from wijktwin.impacts.progress import UNHEARD, Progress
from wijktwin.impacts.sunlight.points import SunPoints, ground_points
from wijktwin.impacts.sunlight.solids import NO_SOLIDS, Solids
from wijktwin.impacts.sunlight.study import Roofs, roof_errors
from wijktwin.impacts.sunlight.walls import are_taken
from wijktwin.impacts.view.directions import Field
from wijktwin.impacts.view.first_hits import Sight, SightScene, without
from wijktwin.impacts.view.gardens import Gardens, gardens_of
from wijktwin.impacts.view.home_points import ASSUMED_HERE, HomePoints, home_points
from wijktwin.impacts.view.new_windows import NewWindows, new_windows
from wijktwin.impacts.view.overlooking import ASSUMED_HERE as ASSUMED_OF_LOOKING
from wijktwin.impacts.view.overlooking import SightLines, lines_to
from wijktwin.impacts.view.plan_in_view import Hiding, VolumeInView, volumes_in_view
from wijktwin.impacts.view.settings import directions, plan_grid, spacing
from wijktwin.impacts.view.shares import Shares
from wijktwin.impacts.view.standing import Standing, added_solids, volumes_above_ground
from wijktwin.impacts.view.store import ViewStore
from wijktwin.impacts.view.study import SightStudy
from wijktwin.model.mesh import BoolArray, FloatArray
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.scenario import Scenario
from wijktwin.model.surroundings import GroundKind

STREET_KINDS: Final = (GroundKind.CARRIAGEWAY, GroundKind.PAVEMENT, GroundKind.CYCLE_PATH, GroundKind.SQUARE)
"""Ground that people walk and ride on."""
ASSUMED: Final = tuple(sorted({*ASSUMED_HERE, *ASSUMED_OF_LOOKING, "crown_begins", "roof_fit_unknown"}))
"""Assumptions that decide what is computed here."""
FOLDER: Final = "view"
"""In the state folder: what was computed before."""


@dataclass(frozen=True, slots=True, eq=False)
class Looking:
    """Whom new windows look at: lines to living rooms (rows of the home points) and to gardens (rows of the garden points)."""

    rooms: SightLines
    gardens: SightLines


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """Everything that was computed about the views of one scenario.

    Parameters
    ----------
    before, after
        What home points have in view, crowns of trees included; roofs as drawn.
    open_sky, street_sky
        Sky before and after at home points and at street points, without trees, by where roofs are taken to be.
    volumes
        How each volume of the plans is seen from the home points.
    windows, looking
        Where new windows are assumed, and whom they look at.
    trees_not_drawn
        Trees that stand with the plans and of which nobody knows the size: they hide nothing and are not seen.
    taken, street_taken
        Home points against which a plan builds, and street points on which it does.
    """

    scenario: Scenario
    homes: HomePoints
    gardens: Gardens
    streets: SunPoints
    before: Shares
    after: Shares
    open_sky: Mapping[Roofs, tuple[FloatArray, FloatArray]]
    street_sky: Mapping[Roofs, tuple[FloatArray, FloatArray]]
    volumes: Mapping[Roofs, list[VolumeInView]]
    windows: NewWindows
    looking: Mapping[Roofs, Looking]
    trees_not_drawn: int
    taken: BoolArray
    street_taken: BoolArray


class ViewDesk:
    """Views in one neighbourhood, under one set of assumptions; safe to ask from several threads.

    Parameters
    ----------
    store
        Where today is kept on the disk; None where it is not.
    """

    def __init__(self, neighbourhood: Neighbourhood, *, assumptions: Assumptions, store: ViewStore | None) -> None:
        self.neighbourhood = neighbourhood
        self._assumptions = assumptions
        self._store = store
        self._results: LastFew[str, Views] = LastFew(MOST_RESULTS)

    @cached_property
    def standing(self) -> Mapping[Roofs, Standing]:
        """What stands today, with roofs as drawn and as far off as they may be."""
        errors = roof_errors(self.neighbourhood, assumptions=self._assumptions)
        moved = {Roofs.AS_DRAWN: None, Roofs.HIGHER: errors, Roofs.LOWER: -errors}
        return {roofs: Standing(self.neighbourhood, self._assumptions, by) for roofs, by in moved.items()}

    @cached_property
    def home_points(self) -> HomePoints:
        """From where homes look."""
        return home_points(self.neighbourhood, assumptions=self._assumptions)

    @cached_property
    def gardens(self) -> Gardens:
        """Gardens and whose they are."""
        return gardens_of(self.neighbourhood, assumptions=self._assumptions)

    @cached_property
    def street_points(self) -> SunPoints:
        """On streets, pavements, cycle paths and squares."""
        return ground_points(self.neighbourhood, kinds=STREET_KINDS, spacing=spacing("street"))

    @cached_property
    def homes(self) -> SightStudy:
        """Lines of sight from homes."""
        points = self.home_points
        return SightStudy(Sight(points.points, directions(Field.WINDOW)), self.standing, points.drop, store=self._store)

    @cached_property
    def streets(self) -> SightStudy:
        """Lines to the sky from streets."""
        points = self.street_points.points
        return SightStudy(Sight(points, directions(Field.SKY_FACTOR)), self.standing, np.zeros(len(points)), store=self._store)

    def views(self, scenario: Scenario, *, progress: Progress = UNHEARD) -> Views:
        """The views of one scenario; kept, so that asking again costs nothing.

        Raises
        ------
        CancelledError
            Whoever hears the progress wants no more of it.
        """
        return self._results.of(scenario.key, lambda: self._computed(scenario, progress))

    def ready(self, scenario: Scenario) -> Views | None:
        """What was computed before and is still here; never waits."""
        return self._results.find(scenario.key)

    def _computed(self, scenario: Scenario, progress: Progress) -> Views:
        progress.tell(Note("view.finding_places"))
        points = self.home_points.points
        progress.tell(Note("view.today", n=len(points)), 0.1)
        before = self.homes.shares_today(Roofs.AS_DRAWN)
        for number, roofs in enumerate(Roofs):
            progress.tell(Note("view.today", n=len(points)), 0.3 + 0.1 * number)
            self.homes.open_sky_today(roofs)
            self.streets.open_sky_today(roofs)
        progress.tell(Note("view.with_plans"), 0.6)
        after = self.homes.shares_with(scenario, Roofs.AS_DRAWN)
        open_sky = {roofs: (self.homes.open_sky_today(roofs), self.homes.open_sky_with(scenario, roofs)) for roofs in Roofs}
        street_sky = {roofs: (self.streets.open_sky_today(roofs), self.streets.open_sky_with(scenario, roofs)) for roofs in Roofs}
        progress.tell(Note("view.plan_in_view"), 0.75)
        trees = self.standing[Roofs.AS_DRAWN].crowns_with(scenario)
        crowns = SightScene(trees.solids() if scenario.volumes else NO_SOLIDS)
        shown, added = volumes_above_ground(scenario), added_solids(scenario)
        hiding = [Hiding(self.standing[roofs].scene_left(scenario), crowns) for roofs in Roofs if scenario.volumes]
        volumes = dict(zip(Roofs, volumes_in_view(points, shown, hiding, grid=plan_grid()), strict=False))
        progress.tell(Note("view.new_windows"), 0.95)
        windows = new_windows(scenario, assumptions=self._assumptions)
        looking = {roofs: self._looking(scenario, windows, added, roofs) for roofs in (Roofs.AS_DRAWN, Roofs.LOWER)}
        return Views(
            scenario=scenario,
            homes=self.home_points,
            gardens=self.gardens,
            streets=self.street_points,
            before=before,
            after=after,
            open_sky=open_sky,
            street_sky=street_sky,
            volumes={roofs: volumes.get(roofs, []) for roofs in Roofs},
            windows=windows,
            looking=looking,
            trees_not_drawn=trees.n_unknown,
            taken=are_taken(points, scenario),
            street_taken=_built_on(self.street_points, scenario),
        )

    def _looking(self, scenario: Scenario, windows: NewWindows, added: Solids, roofs: Roofs) -> Looking:
        left = without(self.standing[roofs].buildings, ~scenario.remaining_rows)
        near = _around(left, windows, self._assumptions["overlooking_distance"].value)
        corners, owner = np.concatenate([near.corners, added.corners]), np.concatenate([near.owner, added.owner + near.n_solids])
        scene = SightScene(Solids(corners, owner, near.n_solids + added.n_solids))
        rooms = lines_to(windows, self.home_points.points, scene, assumptions=self._assumptions, are_windows=True)
        gardens = lines_to(windows, self.gardens.points, scene, assumptions=self._assumptions, are_windows=False)
        return Looking(rooms, gardens.taken(self._gardens_left(scenario)[gardens.place]))

    def _gardens_left(self, scenario: Scenario) -> BoolArray:
        """Places that are still in a garden of somebody, shape (n_points,)."""
        gone = np.array([each in scenario.demolished for each in self.gardens.building_ids], dtype=np.bool_)
        flat = self.gardens.points.positions[:, :2] + self.neighbourhood.mesh.origin[:2]
        covered = [volume.footprint for _, volume in scenario.volumes if volume.touches_ground]
        covered += [
            change.footprint for plan in scenario.ordered_plans for change in plan.ground_changes if change.kind != GroundKind.GARDEN
        ]
        left = ~gone[self.gardens.garden] if len(self.gardens.garden) else np.zeros(0, dtype=np.bool_)
        for outline in covered:
            left &= ~shapely.contains_xy(outline, flat[:, 0], flat[:, 1])
        return left


def _around(solids: Solids, windows: NewWindows, reach: float) -> Solids:
    """The solids that lines of some length from windows can meet."""
    if not len(windows.points) or not len(solids.corners):
        return NO_SOLIDS
    low, high = windows.points.positions.min(axis=0) - reach, windows.points.positions.max(axis=0) + reach
    near = (solids.boxes[:, 0] <= high).all(axis=1) & (solids.boxes[:, 1] >= low).all(axis=1)
    keep = near[solids.owner]
    return Solids(solids.corners[keep], solids.owner[keep], solids.n_solids)


def _built_on(places_there: SunPoints, scenario: Scenario) -> BoolArray:
    """Which places on the ground a volume covers, shape (n,)."""
    flat = places_there.points.positions[:, :2] + scenario.neighbourhood.mesh.origin[:2]
    covered = np.zeros(len(flat), dtype=np.bool_)
    for _, volume in scenario.volumes:
        if volume.touches_ground:
            covered |= shapely.contains_xy(volume.footprint, flat[:, 0], flat[:, 1])
    return covered


def _open_desk(neighbourhood: Neighbourhood, assumptions: Assumptions) -> ViewDesk:
    return ViewDesk(neighbourhood, assumptions=assumptions, store=ViewStore(places.state_folder() / FOLDER))


_DESKS: Final = Desks(_open_desk, assumed=ASSUMED)


def view_desk(neighbourhood: Neighbourhood, *, assumptions: Assumptions) -> ViewDesk:
    """The desk of a neighbourhood, shared by everybody who asks with the same assumptions; it keeps today in the state folder."""
    return _DESKS.of(neighbourhood, assumptions)
