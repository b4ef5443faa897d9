"""Where sunlight is computed for whoever asks: the studies of a neighbourhood are made once and shared by all scenarios of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from wijktwin import places
from wijktwin.errors import Note
from wijktwin.impacts.desks import MOST_RESULTS, Desks
from wijktwin.impacts.last_few import LastFew
from wijktwin.impacts.progress import UNHEARD, Progress
from wijktwin.impacts.sunlight.homes import SunAtHomes
from wijktwin.impacts.sunlight.new_ground import SunOnNewGround
from wijktwin.impacts.sunlight.norm_tests import ASSUMED, NormTest, judged, norm_study
from wijktwin.impacts.sunlight.norms import (
    PointOfNorm,
    SunlightNorm,
    ground_days,
    home_days,
    lowest_sun_on_ground,
    reference_year,
    sunlight_norms,
)
from wijktwin.impacts.sunlight.on_ground import SunOnGround
from wijktwin.impacts.sunlight.points import dwelling_points, ground_points
from wijktwin.impacts.sunlight.store import LightStore
from wijktwin.impacts.sunlight.study import Roofs, SunStudy, roof_errors

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.mesh import FloatArray
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.scenario import Scenario

SPACING: Final = 1.0
"""Of points on the ground. [m]"""
N_THREADS: Final = max(1, min(4, (os.cpu_count() or 2) - 1))
"""One processor is left for the pages."""
FOLDER: Final = "light"
"""In the state folder: what was computed before."""


@dataclass(frozen=True, eq=False)
class Sunlight:
    """The sun of one scenario.

    Parameters
    ----------
    new_ground
        Ground that only the plans make a garden, playground or square; None where they give no ground another use.
    facades
        Facades against norms that are about facades, by id of the norm.
    """

    scenario: Scenario
    homes: SunAtHomes
    ground: SunOnGround
    new_ground: SunOnNewGround | None
    facades: Mapping[str, tuple[NormTest, ...]]


class SunlightDesk:
    """Sunlight in one neighbourhood, under one set of assumptions; safe to ask from several threads.

    Parameters
    ----------
    store
        Where light is kept on the disk; None where it is not.
    """

    def __init__(self, neighbourhood: Neighbourhood, *, assumptions: Assumptions, store: LightStore | None) -> None:
        self.neighbourhood = neighbourhood
        self._assumptions = assumptions
        self._store = store
        self._results: LastFew[str, Sunlight] = LastFew(MOST_RESULTS)
        self._chosen_days: LastFew[date, SunStudy] = LastFew(MOST_RESULTS)

    @cached_property
    def norms(self) -> tuple[SunlightNorm, ...]:
        """The norms that belong here: those of no municipality, and those of the one in which most buildings lie."""
        code = municipality_code(self.neighbourhood)
        return tuple(norm for norm in sunlight_norms().values() if norm.belongs_in(code))

    @cached_property
    def windows(self) -> SunStudy:
        """At the living rooms, on all days of the norms about windows and on the days that are told for each home."""
        norms = [norm for norm in self.norms if norm.point is PointOfNorm.WINDOW]
        (lowest,) = {norm.lowest_sun for norm in norms}
        year = reference_year()
        days = sorted({*home_days(year), *(day for norm in norms for day in norm.days_in(year))})
        points = dwelling_points(self.neighbourhood, assumptions=self._assumptions)
        return SunStudy(
            self.neighbourhood, points, days, lowest=lowest, roof_error=self._roof_error, n_threads=N_THREADS, store=self._store
        )

    @cached_property
    def ground(self) -> SunStudy:
        """On the ground, on the usual days."""
        return SunStudy(
            self.neighbourhood,
            ground_points(self.neighbourhood, spacing=SPACING),
            ground_days(reference_year()),
            lowest=lowest_sun_on_ground(),
            roof_error=self._roof_error,
            n_threads=N_THREADS,
            store=self._store,
        )

    def ground_on(self, day: date) -> SunStudy:
        """On the ground, on any day that somebody chooses: roofs as they are drawn, for a map."""
        if day in self.ground.grid.days:
            return self.ground
        return self._chosen_days.of(day, lambda: self._ground_on(day))

    def _ground_on(self, day: date) -> SunStudy:
        lowest = lowest_sun_on_ground()
        return SunStudy(self.neighbourhood, self.ground.points, (day,), lowest=lowest, n_threads=N_THREADS, store=self._store)

    @cached_property
    def facades(self) -> Mapping[str, SunStudy]:
        """For norms that are about facades, by id."""
        return {
            norm.norm_id: norm_study(
                self.neighbourhood, norm, year=reference_year(), assumptions=self._assumptions, n_threads=N_THREADS, store=self._store
            )
            for norm in self.norms
            if norm.point is PointOfNorm.FACADE
        }

    @property
    def _roof_error(self) -> FloatArray:
        return roof_errors(self.neighbourhood, assumptions=self._assumptions)

    def sunlight(self, scenario: Scenario, *, progress: Progress = UNHEARD) -> Sunlight:
        """The sun of one scenario; kept, so that asking again costs nothing.

        Raises
        ------
        CancelledError
            Whoever hears the progress wants no more of it.
        """
        return self._results.of(scenario.key, lambda: self._computed(scenario, progress))

    def ready(self, scenario: Scenario) -> Sunlight | None:
        """What was computed before and is still here; never waits."""
        return self._results.find(scenario.key)

    def _computed(self, scenario: Scenario, progress: Progress) -> Sunlight:
        progress.tell(Note("sunlight.finding_places"))
        studies = [("homes", self.windows), ("ground", self.ground), *(("facades", study) for study in self.facades.values())]
        parts = [(name, study, roofs) for name, study in studies for roofs in Roofs]
        width = 0.8 / len(parts)
        for number, (name, study, roofs) in enumerate(parts):
            mine = progress.part(0.1 + width * number, 0.1 + width * (number + 1))
            note = Note(f"sunlight.today_at_{name}", n=len(study.points), part=list(Roofs).index(roofs) + 1, parts=len(Roofs))
            mine.tell(note)
            study.today(roofs, tell=lambda share, mine=mine, note=note: mine.tell(note, share))  # type: ignore[misc]
        progress.tell(Note("sunlight.with_plans"), 0.9)
        norms = [norm for norm in self.norms if norm.point is PointOfNorm.WINDOW]
        homes = SunAtHomes(self.windows, scenario, norms=norms, days=home_days(reference_year()))
        progress.tell(Note("sunlight.with_plans"), 0.95)
        ground = SunOnGround(self.ground, scenario, spacing=SPACING)
        facades = {name: judged(study, scenario, sunlight_norms()[name]) for name, study in self.facades.items()}
        return Sunlight(scenario, homes, ground, self._new_ground(scenario), facades)

    def _new_ground(self, scenario: Scenario) -> SunOnNewGround | None:
        if not any(plan.ground_changes for plan in scenario.plans):
            return None
        days, lowest = ground_days(reference_year()), lowest_sun_on_ground()
        return SunOnNewGround(scenario, days, lowest=lowest, spacing=SPACING, roof_error=self._roof_error, n_threads=N_THREADS)


def _open_desk(neighbourhood: Neighbourhood, assumptions: Assumptions) -> SunlightDesk:
    return SunlightDesk(neighbourhood, assumptions=assumptions, store=LightStore(places.state_folder() / FOLDER))


_DESKS: Final = Desks(_open_desk, assumed=ASSUMED)


def sunlight_desk(neighbourhood: Neighbourhood, *, assumptions: Assumptions) -> SunlightDesk:
    """The desk of a neighbourhood, shared by everybody who asks with the same assumptions; it keeps light in the state folder."""
    return _DESKS.of(neighbourhood, assumptions)


def municipality_code(neighbourhood: Neighbourhood) -> str:
    """The code in the ids of most buildings ("0307" in NL.IMBAG.Pand.0307100000381253), the halo left out; "" where there is none."""
    halo = neighbourhood.buildings.flags["is_halo"]
    digits = [
        name.rsplit(".", maxsplit=1)[-1] for name, is_halo in zip(neighbourhood.buildings.building_ids, halo, strict=True) if not is_halo
    ]
    codes = [each[:4] for each in digits if len(each) == 16 and each.isdigit()]
    return max(sorted(set(codes)), key=codes.count, default="")
