"""Sunlight as figures: homes that meet a norm, homes that lose or gain sun on stated days, and the sun on gardens and squares.

Computing takes from seconds to minutes the first time (`desk`), so the catalogue has it computed in the background.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from wijktwin.errors import Figure, Note
from wijktwin.impacts.assessment import EXACT, Assessment, Margin, Place, Unit, Where, unknown_margin, weakest
from wijktwin.impacts.claimed_shade import claimed_moments
from wijktwin.impacts.progress import UNHEARD, Progress
from wijktwin.impacts.shared import WHOLE, counted, data_sources, new_homes, with_plans
from wijktwin.impacts.sunlight.desk import Sunlight, sunlight_desk
from wijktwin.impacts.sunlight.new_ground import NEW_USES
from wijktwin.impacts.sunlight.norm_tests import ASSUMED, MAIN_MARGIN, METHOD, NormTest
from wijktwin.impacts.sunlight.norms import HOUR, change_counted, sunlight_norm
from wijktwin.impacts.sunlight.on_ground import GroundUse
from wijktwin.impacts.sunlight.points import Subject, kind_of
from wijktwin.impacts.sunlight.ranges import mean_margin
from wijktwin.impacts.sunlight.tree_figures import tree_figures
from wijktwin.model.provenance import Kind

if TYPE_CHECKING:
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.impacts.sunlight.homes import SunAtHomes
    from wijktwin.impacts.sunlight.new_ground import SunOnNewGround
    from wijktwin.impacts.sunlight.norm_tests import Span
    from wijktwin.impacts.sunlight.on_ground import SunOnGround
    from wijktwin.model.mesh import FloatArray
    from wijktwin.model.provenance import Source
    from wijktwin.model.scenario import Scenario

__all__ = ["METHOD", "assess", "figures_of"]

Parts = Mapping[str, tuple[float | None, float | None]]
ON_GROUND: Final = ("roof_fit_unknown",)
LOSING_GROUND: Final = (GroundUse.GARDENS, GroundUse.PLAYGROUNDS, GroundUse.SQUARES)
"""Ground of which the area is told that loses sun."""
CLASSES: Final = ("below_60", "from_60", "from_120")
"""Names of the classes of homes by how much they lose (``[change]`` in the table says where they begin)."""
CLEAR: Final = Note("sunlight.clear_weather")


def assess(scenario: Scenario, *, assumptions: Assumptions, progress: Progress = UNHEARD) -> tuple[Assessment, ...]:
    """All figures about sunlight.

    Parameters
    ----------
    progress
        Told what is being computed; the computation ends when it raises.
    """
    found = sunlight_desk(scenario.neighbourhood, assumptions=assumptions).sunlight(scenario, progress=progress)
    progress.tell(Note("sunlight.with_trees"), 0.97)
    return figures_of(found, assumptions=assumptions)


def figures_of(found: Sunlight, *, assumptions: Assumptions) -> tuple[Assessment, ...]:
    """What was computed, as figures."""
    return (*figures_without_trees(found, assumptions=assumptions), *tree_figures(found, assumptions=assumptions))


def figures_without_trees(found: Sunlight, *, assumptions: Assumptions) -> tuple[Assessment, ...]:
    """The same without those that count trees, which take seconds more."""
    make = _Maker(found.scenario, assumptions)
    figures: list[Assessment] = []
    for norm_id, tests in [*found.homes.tests.items(), *found.facades.items()]:
        figures += make.of_norm(norm_id, tests)
    if not found.scenario.is_baseline:
        for day in found.homes.days:
            figures += make.homes_changing(found.homes, day)
        for day, moment in _moments_asked(found):
            figures.append(make.homes_losing_before(found.homes, day, moment))
    for use in GroundUse:
        for day in found.ground.days:
            figures += make.ground(found.ground, use, day)
    if found.new_ground is not None:
        figures += make.new_ground(found.new_ground)
    return tuple(figures)


class _Maker:
    """Makes figures of one scenario: what all of them have in common."""

    def __init__(self, scenario: Scenario, assumptions: Assumptions) -> None:
        self._scenario = scenario
        self._assumptions = assumptions

    # ------------------------------------------------------------------------------------------------------------- norms
    def of_norm(self, norm_id: str, tests: Sequence[NormTest]) -> Iterable[Assessment]:
        """How many meet a norm, how many do not, and of how many that can't be said: together all there are."""
        own_kind = kind_of([one.target for one in tests])
        for name, wanted in (("met", True), ("not_met", False)):
            before, after = (sum(told is wanted for told in each) for each in ([one.was for one in tests], [one.becomes for one in tests]))
            ends = [_ends(one, wanted=wanted, scenario=self._scenario) for one in tests]
            yield self._figure(
                f"sunlight.{norm_id}_{name}",
                before if tests else None,
                after if tests else None,
                where=WHOLE,
                margin=_margin_of_count(after, [one.after for one in ends]),
                before_margin=_margin_of_count(before, [one.before for one in ends]),
                difference_margin=_margin_of_count(after - before, [one.change for one in ends]),
                breakdown=_turnover(tests, wanted=wanted) if not self._scenario.is_baseline else {},
                remarks=(CLEAR, *(self._about_norm(norm_id) if wanted else ()), *_ending(tests, wanted=wanted)),
                missing="" if tests else "no_addresses",
                used=ASSUMED,
                own_kind=own_kind,
            )
        whys = sorted({why for one in tests for why in (one.missing_before, one.missing_after) if why})
        parts: dict[str, tuple[float | None, float | None]] = {
            why: (float(sum(one.missing_before == why for one in tests)), float(sum(one.missing_after == why for one in tests)))
            for why in whys
        }
        yield self._figure(
            f"sunlight.{norm_id}_not_judged",
            sum(one.was is None for one in tests) if tests else None,
            sum(one.becomes is None for one in tests) if tests else None,
            where=WHOLE,
            margin=EXACT if tests else unknown_margin("no_addresses"),
            breakdown=parts,
            missing="" if tests else "no_addresses",
            used=ASSUMED,
            own_kind=own_kind,
        )

        if self._scenario.demolished:
            ending = [one for one in tests if one.ends_with_its_building]
            yield self._figure(
                f"sunlight.{norm_id}_gone",
                None,
                len(ending) if tests else None,
                where=WHOLE,
                margin=EXACT,
                missing="only_after" if tests else "no_addresses",
                used=ASSUMED,
                own_kind=kind_of([one.target for one in ending]),
            )

    def _about_norm(self, norm_id: str) -> tuple[Note, ...]:
        """What a norm asks, and that it is not asked of homes that only come."""
        return _what_is_asked(norm_id), *new_homes("sunlight.new_homes_not_judged", self._scenario)

    # ------------------------------------------------------------------------------------------------------------- homes
    def homes_changing(self, homes: SunAtHomes, day: date) -> Iterable[Assessment]:
        """How many homes lose sun on a day, how many gain some, and how much the home loses that loses most.

        Where several places are possible for a living room, that counts which is lost at all of them; what may be lost at one is in the
        margin. So no home is said to lose more than any that is counted.
        """
        least, most, lowest, highest = homes.change_on(day)
        counts = homes.counts
        remarks, own_kind = _of_homes(homes), kind_of(homes.study.points.targets)
        where = Where(Place.DAY, day.isoformat())
        yield self._homes_counted("losing", homes, (-most, -highest, -lowest), where)
        if self._scenario.demolished:
            yield self._homes_counted("gaining", homes, (least, lowest, highest), where)
        if self._scenario.volumes and counts.any():
            value, *ends = (max(0.0, float(np.max(-each[counts]))) for each in (most, highest, lowest))
            margin = Margin(max(value - ends[0], 0.0), max(ends[1] - value, 0.0), MAIN_MARGIN)
            yield self._figure(
                "sunlight.most_lost",
                None,
                value,
                unit=Unit.MINUTES,
                where=where,
                margin=margin,
                remarks=remarks,
                missing="only_after",
                used=ASSUMED,
                own_kind=own_kind,
            )

    def homes_losing_before(self, homes: SunAtHomes, day: date, moment: time) -> Assessment:
        """How many homes lose sun on a day before a moment that a claim about a plan names."""
        _, most, lowest, highest = homes.change_on(day, before=moment)
        where = Where(Place.PART_OF_DAY, datetime.combine(day, moment).isoformat(timespec="minutes"))
        return self._homes_counted("losing", homes, (-most, -highest, -lowest), where, Note("sunlight.moment_of_claim"))

    def _homes_counted(
        self, name: str, homes: SunAtHomes, minutes: tuple[FloatArray, FloatArray, FloatArray], where: Where, *remarks: Note
    ) -> Assessment:
        """How many homes lose or gain so much that it is counted.

        Parameters
        ----------
        minutes
            That each home loses or gains for sure as it is drawn, the least of it and the most of it. [min]
        """
        surely, low, high = minutes
        counts, limit = homes.counts, change_counted()
        n, sure, possible = (int((counts & (each >= limit.home)).sum()) for each in (surely, low, high))
        missing = "only_after" if counts.any() else homes.why_none
        return self._figure(
            f"sunlight.{name}",
            None,
            n if counts.any() else None,
            where=where,
            margin=Margin(float(n - sure), float(possible - n), MAIN_MARGIN) if counts.any() else unknown_margin(missing),
            breakdown=_classes(surely[counts & (surely >= limit.home)], limit.classes),
            remarks=(*_of_homes(homes), *remarks),
            missing=missing,
            used=ASSUMED,
            own_kind=kind_of(homes.study.points.targets),
        )

    # ------------------------------------------------------------------------------------------------------------ ground
    def ground(self, ground: SunOnGround, use: GroundUse, day: date) -> Iterable[Assessment]:
        """The sun on one kind of ground on a day, on average, and the area that loses sun; nothing where there is no such ground."""
        mine = ground.rows(use)
        if not mine.any():
            return
        stays, square = mine & ground.is_left, ground.spacing**2
        n_built = int((mine & ground.is_built_over).sum() * square)
        n_other = int((mine & ~ground.is_built_over & ~ground.is_left).sum() * square)
        gone = {"sunlight.ground_built_over": n_built, "sunlight.ground_gets_other_use": n_other}
        remarks = (CLEAR, *(counted(key, n) for key, n in gone.items() if n))
        where = Where(Place.DAY, day.isoformat())
        before, after, change = ground.before(day), ground.after(day), ground.change(day)
        value = float(before.minutes[mine].mean())
        then = float(after.minutes[stays].mean()) if stays.any() else None
        moved = mean_margin(change, stays, MAIN_MARGIN) if stays.any() else EXACT
        yield self._figure(
            f"sunlight.{use}",
            value,
            then,
            unit=Unit.MINUTES,
            where=where,
            margin=mean_margin(after, stays, MAIN_MARGIN) if stays.any() else unknown_margin("sun_ground_gone"),
            before_margin=mean_margin(before, mine, MAIN_MARGIN),
            difference_margin=moved if moved.below or moved.above else EXACT,
            remarks=remarks,
            missing="" if stays.any() else "sun_ground_gone",
            used=ON_GROUND,
        )
        if use in LOSING_GROUND and not self._scenario.is_baseline:
            limit = change_counted().ground
            area, sure, possible = (
                float((stays & (values <= -limit)).sum()) * square for values in (change.minutes, change.highest, change.lowest)
            )
            yield self._figure(
                f"sunlight.{use}_losing",
                None,
                area,
                unit=Unit.SQUARE_METRES,
                where=where,
                margin=Margin(area - sure, possible - area, MAIN_MARGIN),
                remarks=(*remarks, Note("sunlight.counted_from", minutes=f"{limit:g}")),
                missing="only_after",
                used=ON_GROUND,
            )

    def new_ground(self, ground: SunOnNewGround) -> Iterable[Assessment]:
        """The sun on each kind of ground that is new, on each day, on average; nothing where there is none."""
        for use in NEW_USES:
            rows = ground.rows(use)
            for day in ground.days if rows.any() else ():
                found = ground.after(day)
                yield self._figure(
                    f"sunlight.new_{use}",
                    None,
                    float(found.minutes[rows].mean()),
                    unit=Unit.MINUTES,
                    where=Where(Place.DAY, day.isoformat()),
                    margin=mean_margin(found, rows, MAIN_MARGIN),
                    remarks=(CLEAR, counted("sunlight.ground_is_new", round(rows.sum() * ground.spacing**2))),
                    missing="only_after",
                    used=ON_GROUND,
                )

    def _figure(
        self,
        impact: str,
        before: float | None,
        after: float | None,
        *,
        where: Where,
        margin: Margin,
        used: Sequence[str],
        own_kind: Kind = Kind.CALCULATED,
        unit: Unit = Unit.COUNT,
        before_margin: Margin | None = None,
        difference_margin: Margin | None = None,
        breakdown: Parts | None = None,
        remarks: tuple[Note, ...] = (),
        missing: str = "",
    ) -> Assessment:
        plans = tuple(
            plan for plan in self._scenario.ordered_plans if plan.volumes or plan.demolishes or (used is ON_GROUND and plan.ground_changes)
        )
        subjects = ("buildings", "addresses") if used is ASSUMED else ("buildings", "ground")
        sources: tuple[Source, ...] = with_plans(data_sources(self._scenario.neighbourhood, *subjects), plans)
        return Assessment(
            impact=impact,
            before=None if before is None else float(before),
            after=None if after is None else float(after),
            unit=unit,
            where=where,
            margin=margin if after is not None else unknown_margin(missing),
            before_margin=before_margin,
            difference_margin=difference_margin if before is not None and after is not None else None,
            kind=weakest([own_kind, *([Kind.STATED] if plans else [])]),
            before_kind=own_kind,
            method=METHOD,
            sources=sources,
            plans=plans,
            remarks=remarks,
            assumptions=self._assumptions.used(*used),
            breakdown=breakdown or {},
            missing=missing,
        )


def _moments_asked(found: Sunlight) -> list[tuple[date, time]]:
    """The moments of days that are computed which claims about the plans name."""
    days = {f"{day:%m-%d}": day for day in found.homes.days}
    return [(days[day], time.fromisoformat(moment)) for day, moment in claimed_moments(found.scenario.plans) if day in days]


def _of_homes(homes: SunAtHomes) -> tuple[Note, ...]:
    """What a reader has to know of every count of homes that lose or gain sun."""
    left_out = [counted("sunlight.homes_left_out", n)] if (n := int((~homes.counts).sum())) else []
    return CLEAR, Note("sunlight.counted_from", minutes=f"{change_counted().home:g}"), *left_out


def _what_is_asked(norm_id: str) -> Note:
    """A norm as a remark: what it asks, when, and whether any law does."""
    norm = sunlight_norm(norm_id)
    first, last = (
        f"{day}-{month}"
        for month, day in ((norm.first, norm.last) if norm.first and norm.last else norm.single_days[:: max(len(norm.single_days) - 1, 1)])
    )
    key = "sunlight.norm_period" if norm.first else "sunlight.norm_days"
    return Note(key, title=norm.title, hours=Figure(norm.minutes / HOUR), first=first, last=last, status=norm.status)


def _ending(tests: Sequence[NormTest], *, wanted: bool) -> tuple[Note, ...]:
    """How many of those that count today end with their building; nothing where none does."""
    targets = [one.target for one in tests if one.was is wanted and one.ends_with_its_building]
    is_facade = any(each.subject is Subject.FACADE for each in targets)
    return (counted("sunlight.norm_gone_facade" if is_facade else "sunlight.norm_gone", len(targets)),) if targets else ()


class _Ends(NamedTuple):
    """The least and the most that one home may add to a count, today, with plans, and to the difference."""

    before: tuple[int, int]
    after: tuple[int, int]
    change: tuple[int, int]


def _ends(one: NormTest, *, wanted: bool, scenario: Scenario) -> _Ends:
    """What one home may add to the homes that meet a norm (``wanted``), or that do not.

    A home of which no plan touches the sun changes nothing, wherever it is in the margin. Volumes alone never make a norm met, and
    demolitions alone never make it missed.
    """
    before, after = _may_count(one.was, one.before, one, wanted), _may_count(one.becomes, one.after, one, wanted)
    if one.before == one.after and one.was is one.becomes:
        return _Ends(before, after, (0, 0))
    low, high = after[0] - before[1], after[1] - before[0]
    if one.was is not None and one.becomes is not None:
        only_gains, only_loses = not scenario.volumes, not scenario.demolished
        low = max(low, 0) if (only_gains if wanted else only_loses) else low
        high = min(high, 0) if (only_loses if wanted else only_gains) else high
    return _Ends(before, after, (low, high))


def _may_count(told: bool | None, span: Span | None, one: NormTest, wanted: bool) -> tuple[int, int]:  # noqa: FBT001
    if told is None or span is None:
        return 0, 0
    ends = {one.norm.is_met_by(span.lowest), one.norm.is_met_by(span.highest)}
    return int(ends == {wanted}), int(wanted in ends)


def _margin_of_count(value: int, ends: Sequence[tuple[int, int]]) -> Margin:
    """Between the least and the most that all may add."""
    least, most = sum(low for low, _ in ends), sum(high for _, high in ends)
    return Margin(float(max(value - least, 0)), float(max(most - value, 0)), MAIN_MARGIN)


def _turnover(tests: Sequence[NormTest], *, wanted: bool) -> Parts:
    """Those that stay, go and come: a net number would hide who loses."""
    told = {(one.was, one.becomes): 0 for one in tests}
    for one in tests:
        told[one.was, one.becomes] += 1
    other = not wanted
    stays, comes, goes = (
        ("still_meets", "newly_meets", "no_longer_meets") if wanted else ("still_does_not_meet", "no_longer_meets", "newly_meets")
    )
    parts: dict[str, tuple[float | None, float | None]] = {
        stays: (float(told.get((wanted, wanted), 0)), float(told.get((wanted, wanted), 0))),
        comes: (0.0, float(told.get((other, wanted), 0))),
        goes: (float(told.get((wanted, other), 0)), 0.0),
    }
    if told.get((wanted, None)):
        parts["judged_no_longer"] = (float(told[wanted, None]), 0.0)
    if told.get((None, wanted)):
        parts["judged_only_then"] = (0.0, float(told[None, wanted]))
    return parts


def _classes(minutes: FloatArray, begins: Sequence[float]) -> Parts:
    """How many lose or gain how much: below the first, and from each of some minutes on."""
    number = np.searchsorted(np.array(begins), minutes, side="right")
    names = CLASSES[: len(begins) + 1]
    return {name: (None, float((number == at).sum())) for at, name in enumerate(names)} if len(minutes) else {}
