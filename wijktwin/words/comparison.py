"""Figures of two scenarios, matched so that they can be read across: the same figures, in the same order.

A difference is told only where both scenarios hold the figure and it is about the same place, or where it counts what each plan itself
brings (new dwellings, trees planted). What both are compared with is one neighbourhood: what is not known of it goes out of a difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from wijktwin.impacts.assessment import Place, margin_between, weakest
from wijktwin.impacts.ground import OWN_AREAS
from wijktwin.words.rows import ONLY_THEN, FigureRow, figure_row, margin_text
from wijktwin.words.sentences import AS_SAID

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from wijktwin.errors import Language
    from wijktwin.impacts.assessment import Assessment, Margin
    from wijktwin.model.scenario import Scenario

ALIKE: Final = 1.0
"""Two plan areas are the same where they differ by less. [m²]"""
OF_A_PLAN: Final = frozenset({Place.PLAN_AREA, Place.VOLUME, Place.BUILDING})
SIDES: Final = ("first", "second")
Key = tuple[str, str, str, int]


@dataclass(frozen=True, slots=True)
class Side:
    """One figure as one scenario holds it: what it is about, its value and how well it is known.

    Parameters
    ----------
    figure
        The figure with ``after`` for the value of this side; None where this side has none.
    row
        The same, ready to show.
    """

    figure: Assessment | None
    row: FigureRow | None = None
    value: str = ONLY_THEN
    where: str = ""
    margin: str = ""
    kind: str = ""
    kind_key: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """One figure in both scenarios, at least one of which holds it, ready to show.

    Parameters
    ----------
    difference
        The second minus the first, "–" where they are not compared.
    """

    first: Side
    second: Side
    difference: str = ONLY_THEN
    difference_margin: str = ""

    @property
    def label(self) -> str:
        """What it tells."""
        return self.rows[0].label

    @property
    def group(self) -> str:
        """What it is about."""
        return self.rows[0].group

    @property
    def figures(self) -> tuple[Assessment, ...]:
        """What it was made of."""
        return tuple(side.figure for side in (self.first, self.second) if side.figure is not None)

    @property
    def is_same(self) -> bool:
        """Whether both sides hold it, it can be compared, and is the same."""
        values = [figure.after for figure in self.figures]
        return len(values) == len(SIDES) and self.difference != ONLY_THEN and values[0] is not None and values[0] == values[1]

    @property
    def rows(self) -> tuple[FigureRow, ...]:
        """The same, ready to show."""
        return tuple(side.row for side in (self.first, self.second) if side.row is not None)


def pairs(
    scenarios: tuple[Scenario, Scenario], told: tuple[Sequence[Assessment], Sequence[Assessment]], language: Language
) -> tuple[Pair, ...]:
    """The figures of two scenarios of one neighbourhood, matched; in the order of the scenario that has more of them."""
    first, second = (_keyed(own) for own in told)
    longer, shorter = (first, second) if len(first) > len(second) else (second, first)
    has_one_area = any(scenario.is_baseline for scenario in scenarios) or _have_one_area(*scenarios)
    found = []
    for key in _merged(list(longer), list(shorter)):
        one = first.get(key) or (_as_it_is_now(second[key]) if scenarios[0].is_baseline else None)
        other = second.get(key) or (_as_it_is_now(first[key]) if scenarios[1].is_baseline else None)
        found.append(_pair(one, other, language, has_one_area=has_one_area))
    return tuple(found)


def _keyed(told: Sequence[Assessment]) -> dict[Key, Assessment]:
    """Figures by what they are matched by: a figure of a plan by what it tells, of a street or the neighbourhood also by where."""
    found: dict[Key, Assessment] = {}
    n_times: Counter[tuple[str, str, str]] = Counter()
    for one in told:
        where = "" if one.where.place in OF_A_PLAN and one.where.identifier not in OWN_AREAS else one.where.identifier
        alike = (one.impact, one.where.place, where)
        found[*alike, n_times[alike]] = one
        n_times[alike] += 1
    return found


def _merged(longer: list[Key], shorter: list[Key]) -> list[Key]:
    """All keys in the order of the longer list; those that only the shorter one has come after what precedes them there."""
    order = list(longer)
    for place, key in enumerate(shorter):
        if key not in order:
            before = next((other for other in reversed(shorter[:place]) if other in order), None)
            order.insert(0 if before is None else order.index(before) + 1, key)
    return order


def _as_it_is_now(figure: Assessment) -> Assessment | None:
    """The same figure of today, as a comparison with a plan holds it; None where it is only about what comes."""
    if figure.before is None:
        return None
    return replace(
        figure, after=figure.before, margin=figure.margin_now, kind=figure.kind_now, missing="",
        difference_margin=None, plans=(), breakdown={},
    )  # fmt: skip


def _have_one_area(first: Scenario, second: Scenario) -> bool:
    """Whether the plans of two scenarios are about the same piece of ground."""
    one, other = _area(first), _area(second)
    return one is not None and other is not None and one.symmetric_difference(other).area < ALIKE


def _area(scenario: Scenario) -> BaseGeometry | None:
    plans = scenario.ordered_plans
    return plans[0].boundary if len(plans) == 1 else None


def _pair(one: Assessment | None, other: Assessment | None, language: Language, *, has_one_area: bool) -> Pair:
    first, second = _side(one, language), _side(other, language)
    pair = Pair(first, second)
    if one is None or other is None or one.after is None or other.after is None or not _is_about_the_same(one, other, has_one_area):
        return pair
    margin = difference_margin(one, other)
    both = figure_row(
        replace(
            other, before=one.after, before_margin=one.margin, before_kind=one.kind, difference_margin=margin,
            difference_kind=weakest((one.kind, other.kind)), missing="", breakdown={},
        ),
        language,
    )  # fmt: skip
    return replace(
        pair, first=replace(first, value=both.before), second=replace(second, value=both.after), difference=both.difference,
        difference_margin="" if one.after == other.after else margin_text(margin, other.unit, language),
    )  # fmt: skip


def _is_about_the_same(one: Assessment, other: Assessment, has_one_area: bool) -> bool:  # noqa: FBT001 - a word of the sentence
    if one.where.place in OF_A_PLAN:
        return one.impact in AS_SAID or (has_one_area and one.where.place is Place.PLAN_AREA)
    return one.where.identifier == other.where.identifier


def difference_margin(one: Assessment, other: Assessment) -> Margin:
    """Margin of the second value minus the first.

    Where both are compared with the same neighbourhood, what is not known of that neighbourhood is in neither of the two changes: the
    worst of both changes together. Else the worst of both values together.
    """
    if one.before is None or one.before != other.before:
        return margin_between(one.margin, other.margin)
    if _changes_nothing(one):
        return other.margin_of_change
    if _changes_nothing(other):
        change = one.margin_of_change
        return replace(change, below=change.above, above=change.below)
    return margin_between(one.margin_of_change, other.margin_of_change)


def _changes_nothing(figure: Assessment) -> bool:
    """Whether it is what is there today, with no plan in it."""
    return figure.after == figure.before and not figure.plans


def _side(figure: Assessment | None, language: Language) -> Side:
    if figure is None:
        return Side(None)
    row = figure_row(figure, language)
    known = figure.after is not None
    return Side(
        figure=figure,
        row=row,
        value=row.after,
        where=row.where,
        margin=margin_text(figure.margin, figure.unit, language, value=figure.after) if known else row.missing,
        kind=row.kind if known else "",
        kind_key=row.kind_key,
    )
