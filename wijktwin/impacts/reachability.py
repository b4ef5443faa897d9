"""How people get around once a street becomes one-way, closes or stands under water: which homes have a longer way, and how much longer.

Distances follow the streets of the data, from each home to the nearest school, shop, green place and main road (`routes`). What is
closed or one-way is so for cars; on foot and by bicycle only water is in the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from wijktwin.errors import Note
from wijktwin.impacts.assessment import EXACT, Assessment, Margin, Method, Unit, unknown_margin
from wijktwin.impacts.destinations import why_no_main_road
from wijktwin.impacts.routes import RESTS_ON, Comparison, compared, is_derived, why_not
from wijktwin.impacts.shared import WHOLE, Assessments, counted, data_sources, with_plans
from wijktwin.model.network import Mode, pieces
from wijktwin.model.provenance import Kind
from wijktwin.model.surroundings import DestinationKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.mesh import BoolArray, FloatArray
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario

METHOD: Final = Method("reachability", "1.2")
SHOWN: Final = (
    (Mode.WALK, DestinationKind.SCHOOL),
    (Mode.WALK, DestinationKind.SHOP),
    (Mode.WALK, DestinationKind.GREEN),
    (Mode.DRIVE, DestinationKind.MAIN_ROAD),
)
"""Ways of which the neighbourhood as a whole is told the middle one."""
DECIDED_BY: Final = {DestinationKind.MAIN_ROAD: ("main_road_speed",), DestinationKind.GREEN: ("green_path", "green_narrowest")}
"""Assumptions that decide what is a place of a kind."""
SPEEDS: Final = {Mode.WALK: "walking_speed", Mode.CYCLE: "cycling_speed", Mode.DRIVE: "driving_speed"}
SMALLEST: Final = "smallest_detour"
DERIVED: Final = "derived_streets_off"
SAME: Final = 0.05
"""Middle ways that differ by less than this are the same: no figure is shown that finely. [m]"""
METRES_PER_MINUTE: Final = 1000.0 / 60.0
"""One km/h in metres per minute."""


@dataclass(frozen=True, slots=True)
class HomeWay:
    """One way of one home; lengths in m, there and back together by car.

    ``before`` and ``after`` are None where there is no way; ``minutes`` are those of ``after`` at the assumed speed; ``is_derived`` says
    that the streets are derived from the ground.
    """

    mode: Mode
    kind: DestinationKind
    before: float | None
    after: float | None
    minutes_before: float | None
    minutes: float | None
    is_derived: bool = False

    @property
    def longer(self) -> float | None:
        """By how much it becomes longer, negative for shorter; None where either is not there. [m]"""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def is_lost(self) -> bool:
        """Whether there is a way today and none then."""
        return self.before is not None and self.after is None


def assess(scenario: Scenario, *, assumptions: Assumptions) -> Assessments:
    """The middle ways of the neighbourhood, and for each mode which homes have a longer way or lose a place."""
    found = compared(scenario, assumptions=assumptions)
    if found is None:
        return (_unknown(scenario),)
    about = _About(scenario, found, assumptions)
    figures = [_middle_way(about, *key) for key in SHOWN]
    if scenario.is_baseline:
        return tuple(figures)
    for mode in Mode:
        if mode is Mode.CYCLE and _is_as_it_was(about, mode):
            continue
        figures += _of_mode(about, mode)
    return tuple(figures)


def home_ways(scenario: Scenario, address_id: str, *, assumptions: Assumptions) -> tuple[HomeWay, ...]:
    """All ways of one home, by mode and kind of place; nothing where the home is not known, goes, or has no street in the data."""
    found = compared(scenario, assumptions=assumptions)
    if found is None:
        return ()
    rows = np.flatnonzero((found.baseline.homes.address_ids == address_id) & found.stays)
    if not len(rows):
        return ()
    row, ways = int(rows[0]), []
    for key in found.before.there:
        before = float(found.before.length(key)[row])
        after = float(found.after.length(key)[row]) if key in found.after.there else np.inf
        if np.isnan(before):
            continue
        speed = assumptions[SPEEDS[key[0]]].value * METRES_PER_MINUTE
        told = [value if np.isfinite(value) else None for value in (before, after)]
        minutes = [None if value is None else value / speed for value in told]
        ways.append(HomeWay(*key, told[0], told[1], minutes[0], minutes[1], is_derived(scenario.neighbourhood)))
    return tuple(ways)


def longer_by_home(scenario: Scenario, mode: Mode, *, assumptions: Assumptions) -> Mapping[str, float]:
    """By how much the ways of each home become longer at most, by address id; infinite where a place can no longer be reached. [m]

    Only homes whose way becomes longer by what counts as longer, or that lose a place: what a map colours.
    """
    found = compared(scenario, assumptions=assumptions)
    if found is None:
        return {}
    longer, is_lost = found.longer(mode), _any_lost(found, mode)
    told = np.where(is_lost, np.inf, longer)
    rows = np.flatnonzero(is_lost | (np.nan_to_num(longer) >= assumptions[SMALLEST].value))
    return {str(found.baseline.homes.address_ids[row]): float(told[row]) for row in rows}


@dataclass(frozen=True)
class _About:
    """What every figure is about."""

    scenario: Scenario
    found: Comparison
    assumptions: Assumptions

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        """Plans that have a hand in streets, in what can be reached, or in who lives there."""
        return tuple(
            plan
            for plan in self.scenario.ordered_plans
            if plan.street_changes
            or plan.flooded
            or plan.demolishes
            or plan.ground_changes
            or any(volume.touches_ground for volume in plan.volumes)
        )

    @cached_property
    def is_derived(self) -> bool:
        """Whether streets were derived from the ground: they run where surfaces do, and nobody knows directions."""
        return is_derived(self.scenario.neighbourhood)

    def kind_now(self, mode: Mode) -> Kind:
        """Computed; assumed where cars are supposed to go both ways because nobody knows."""
        return Kind.ASSUMED if self.is_derived and mode is Mode.DRIVE else Kind.CALCULATED

    def kind(self, mode: Mode) -> Kind:
        """Computed; assumed where somebody supposes that a street floods; computed from what a plan says where one has a hand in it."""
        if self.scenario.flooded or self.kind_now(mode) is Kind.ASSUMED:
            return Kind.ASSUMED
        return Kind.STATED if any(plan.street_changes for plan in self.plans) else Kind.CALCULATED

    def margin_of_homes(self, margin: Margin) -> Margin:
        """The margin of what follows from which ways there are: along derived streets nobody can say."""
        return unknown_margin("streets_derived") if self.is_derived else margin

    def margin_of_way(self, length: float, mode: Mode) -> Margin:
        """Where a front door is, or a car, is not known to the metre; along derived streets the way is off, and by car may be longer."""
        metres = self.assumptions[SMALLEST].value
        if not self.is_derived:
            return Margin(metres, metres, "doors_not_known")
        off = max(metres, length * self.assumptions[DERIVED].value / 100.0)
        is_one_way_unknown = mode is Mode.DRIVE
        above = None if is_one_way_unknown else off
        return Margin(min(off, length), above, "one_way_not_known" if is_one_way_unknown else "streets_derived")

    @cached_property
    def remarks(self) -> Mapping[Mode, tuple[Note, ...]]:
        """How the network of each mode hangs together, and who is not on it."""
        return {mode: self._remarks(mode) for mode in Mode}

    def _remarks(self, mode: Mode) -> tuple[Note, ...]:
        base = self.found.baseline
        notes = [Note(f"streets.derived_{mode.value}")] if self.is_derived else []
        whole = pieces(base.segments, mode)
        if whole.n_pieces > 1:
            notes.append(Note(f"streets.loose_pieces_{mode.value}", n=whole.n_pieces - 1, metres=round(whole.stray_length)))
        n_apart = int((~base.is_connected[mode] & self.found.stays).sum())
        if n_apart:
            notes.append(counted("streets.homes_not_connected", n_apart))
        n_other = int((~base.stops[mode].by_name & base.is_connected[mode] & self.found.stays).sum())
        if n_other and mode is Mode.DRIVE:
            notes.append(counted("streets.homes_at_another_street", n_other))
        if self.scenario.flooded:
            notes.append(counted("streets.supposed_flooded", len(self.scenario.flooded)))
        return tuple(notes)

    def figure(
        self, impact: str, before: float | None, after: float | None, *, unit: Unit, margin: Margin, names: tuple[str, ...],
        mode: Mode, kind: Kind | None = None, before_margin: Margin | None = None,
        difference_margin: Margin | None = None, missing: str = "",
        breakdown: dict[str, tuple[float | None, float | None]] | None = None, remarks: tuple[Note, ...] = (),
    ) -> Assessment:  # fmt: skip
        """One figure with all that is the same for each."""
        neighbourhood = self.scenario.neighbourhood
        return Assessment(
            impact=impact,
            before=before,
            after=after,
            unit=unit,
            where=WHOLE,
            margin=margin,
            before_margin=before_margin,
            difference_margin=difference_margin,
            kind=self.kind(mode) if kind is None else kind,
            before_kind=self.kind_now(mode),
            method=METHOD,
            sources=with_plans(data_sources(neighbourhood, "streets", "addresses", "ground"), self.plans),
            plans=self.plans,
            remarks=(*self.remarks[mode], *remarks),
            assumptions=self.assumptions.used(*names),
            breakdown=breakdown or {},
            missing=missing,
        )


def _middle_way(about: _About, mode: Mode, kind: DestinationKind) -> Assessment:
    """The middle of the ways of all homes to one kind of place."""
    impact, found, key = f"reachability.{mode.value}_{kind.value}", about.found, (mode, kind)
    names = (SMALLEST, *((DERIVED,) if about.is_derived else ()), *DECIDED_BY.get(kind, ()))
    beyond = (Note("streets.only_in_the_data"),)
    if key not in found.before.there:
        is_main_road = kind is DestinationKind.MAIN_ROAD
        reason = unknown_margin(why_no_main_road(found.baseline.segments) if is_main_road else f"no_{kind.value}")
        return about.figure(impact, None, None, unit=Unit.METRES, margin=reason, names=names, mode=mode, missing=reason.reason)
    before = _middle(found.before.length(key))
    after = _middle(found.after.length(key)[found.stays]) if key in found.after.there else None
    is_same = before is not None and after is not None and abs(after - before) < SAME
    return about.figure(
        impact,
        before,
        after,
        unit=Unit.METRES,
        margin=about.margin_of_way(after, mode) if after is not None else unknown_margin("no_way"),
        before_margin=about.margin_of_way(before, mode) if before is not None else None,
        difference_margin=EXACT if is_same else unknown_margin("streets_derived") if about.is_derived else None,
        kind=about.kind_now(mode) if is_same else None,
        names=names,
        mode=mode,
        missing="" if before is not None and after is not None else "no_way",
        remarks=beyond,
    )


def _middle(lengths: FloatArray) -> float | None:
    """The median of the ways of homes that are connected; None where there are none or half of them have no way."""
    known = lengths[~np.isnan(lengths)]
    middle = float(np.median(known)) if len(known) else float("inf")
    return middle if np.isfinite(middle) else None


def _of_mode(about: _About, mode: Mode) -> list[Assessment]:
    """What changes for one mode: homes with a longer way, how much longer, homes with a shorter one, homes that lose a place."""
    found, smallest, name = about.found, about.assumptions[SMALLEST], mode.value
    longer = found.longer(mode)
    change = np.nan_to_num(longer)
    is_longer = change >= smallest.value
    n = int(is_longer.sum())
    margin = about.margin_of_homes(Margin(n - float((change >= smallest.high).sum()), float((change >= smallest.low).sum()) - n, SMALLEST))
    figures = [
        about.figure(
            f"reachability.{name}_longer",
            _of_none(n),
            float(n),
            unit=Unit.COUNT,
            margin=margin,
            names=(SMALLEST, *RESTS_ON),
            mode=mode,
            missing="only_after" if n else "",
            breakdown=_by_street(found, is_longer),
        )
    ]
    if n:
        figures += _how_much(about, mode, change[is_longer])
    if n_shorter := int((change <= -smallest.value).sum()):
        fewest, most = (float((change <= -end).sum()) for end in (smallest.high, smallest.low))
        figures.append(
            about.figure(
                f"reachability.{name}_shorter",
                None,
                float(n_shorter),
                unit=Unit.COUNT,
                missing="only_after",
                margin=about.margin_of_homes(Margin(n_shorter - fewest, most - n_shorter, SMALLEST)),
                names=(SMALLEST, *RESTS_ON),
                mode=mode,
            )
        )
    return [*figures, _lost(about, mode)]


def _how_much(about: _About, mode: Mode, metres: FloatArray) -> list[Assessment]:
    """The longest and the middle of the detours, and what the longest costs."""
    speed = about.assumptions[SPEEDS[mode]]
    minutes = [float(metres.max()) / (value * METRES_PER_MINUTE) for value in (speed.value, speed.high, speed.low)]
    rows = (
        ("longest", float(metres.max()), Unit.METRES, about.margin_of_way(0.0, mode), (SMALLEST, *RESTS_ON)),
        ("middle", float(np.median(metres)), Unit.METRES, about.margin_of_way(0.0, mode), (SMALLEST, *RESTS_ON)),
        ("delay", minutes[0], Unit.MINUTES, Margin(minutes[0] - minutes[1], minutes[2] - minutes[0], "speeds"), (SPEEDS[mode], *RESTS_ON)),
    )
    return [
        about.figure(
            f"reachability.{mode.value}_{what}",
            None,
            value,
            unit=unit,
            margin=about.margin_of_homes(margin),
            names=names,
            mode=mode,
            kind=Kind.ASSUMED if unit is Unit.MINUTES else None,
            missing="only_after",
        )
        for what, value, unit, margin, names in rows
    ]


def _lost(about: _About, mode: Mode) -> Assessment:
    found = about.found
    by_kind = found.lost(mode)
    any_lost = _any_lost(found, mode)
    remarks = tuple(counted(f"streets.lost_{kind.value}_{mode.value}", int(rows.sum())) for kind, rows in by_kind.items() if rows.any())
    return about.figure(
        f"reachability.{mode.value}_lost",
        _of_none(int(any_lost.sum())),
        float(any_lost.sum()),
        unit=Unit.COUNT,
        missing="only_after" if any_lost.any() else "",
        margin=about.margin_of_homes(Margin(None, 0.0, "paths_not_known") if any_lost.any() and mode is not Mode.DRIVE else EXACT),
        names=RESTS_ON,
        mode=mode,
        breakdown=_by_street(found, any_lost),
        remarks=remarks,
    )


def _any_lost(found: Comparison, mode: Mode) -> BoolArray:
    any_lost: BoolArray = np.logical_or.reduce([np.zeros(len(found.stays), dtype=np.bool_), *found.lost(mode).values()])
    return any_lost


def _of_none(n: int) -> float | None:
    """What there is of it today: nothing, where it stays at that; else it is only about what comes."""
    return None if n else 0.0


def _by_street(found: Comparison, which: BoolArray) -> dict[str, tuple[float | None, float | None]]:
    streets, counts = np.unique(found.baseline.homes.streets[which], return_counts=True)
    return {str(street) or "unknown": (None, float(n)) for street, n in zip(streets, counts, strict=True)}


def _is_as_it_was(about: _About, mode: Mode) -> bool:
    """Whether no home has a way that counts as longer or shorter, or loses a place."""
    longer = np.abs(np.nan_to_num(about.found.longer(mode)))
    return not (longer >= about.assumptions[SMALLEST].value).any() and not _any_lost(about.found, mode).any()


def _unknown(scenario: Scenario) -> Assessment:
    neighbourhood = scenario.neighbourhood
    reason = why_not(neighbourhood)
    return Assessment(
        impact="reachability.drive_longer",
        before=None,
        after=None,
        unit=Unit.COUNT,
        where=WHOLE,
        margin=unknown_margin(reason),
        kind=Kind.CALCULATED,
        method=METHOD,
        sources=data_sources(neighbourhood, "streets", "addresses"),
        missing=reason,
    )
