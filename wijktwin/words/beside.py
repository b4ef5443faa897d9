"""Figures of today and of several plans, matched so that one line tells one thing over all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wijktwin.words.comparison import Pair, Side, pairs
from wijktwin.words.figure_sources import stays
from wijktwin.words.texts import text

if TYPE_CHECKING:
    from wijktwin.errors import Language
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Line:
    """One figure over all columns.

    Parameters
    ----------
    now
        What is there today; None where it is only about what comes.
    cells
        For each plan the figure with its difference from today; None where the plan has no such figure.
    """

    label: str
    group: str
    now: Side | None
    cells: tuple[Pair | None, ...]

    @property
    def figures(self) -> tuple[Assessment, ...]:
        """Everything that it was made of."""
        return tuple(figure for pair in self.cells if pair is not None for figure in pair.figures)

    @property
    def changes(self) -> bool:
        """Whether it is another figure under some plan, or is only about what comes."""
        return not all(pair is None or pair.second.figure is None or stays(pair.second.figure) for pair in self.cells)


def lines(scenarios: Sequence[Scenario], told: Sequence[Sequence[Assessment]], language: Language) -> list[Line]:
    """The figures of some plans over today, matched as the comparison of two matches them; in the order in which they are shown.

    Parameters
    ----------
    scenarios, told
        Today first, then one scenario for each plan, and the figures of each.
    """
    today, n_plans = scenarios[0], len(scenarios) - 1
    found: dict[tuple[str, str, str, int], list[Pair | None]] = {}
    for column in range(n_plans):
        own = pairs((today, scenarios[column + 1]), (told[0], told[column + 1]), language)
        n_times: Counter[tuple[str, str, str]] = Counter()
        for pair in own:
            key = _key(pair)
            found.setdefault((*key, n_times[key]), [None] * n_plans)[column] = pair
            n_times[key] += 1
    order = {text(f"impact_group.{name}", language): place for place, name in enumerate(_groups(told))}
    made = [_line(cells) for cells in found.values()]
    return sorted(made, key=lambda line: order.get(line.group, len(order)))


def _groups(told: Sequence[Sequence[Assessment]]) -> list[str]:
    """The impacts in the order in which their figures are shown."""
    return list(dict.fromkeys(one.group for own in told for one in own))


def _key(pair: Pair) -> tuple[str, str, str]:
    """What a figure is matched by over plans: of a plan what it tells, of a street or the neighbourhood also where."""
    figure = pair.figures[0]
    is_of_plan = any(one.plans and one.where.identifier.partition("/")[0] in {plan.plan_id for plan in one.plans} for one in pair.figures)
    return figure.impact, str(figure.where.place), "" if is_of_plan else figure.where.identifier


def _line(cells: Sequence[Pair | None]) -> Line:
    pair = next(pair for pair in cells if pair is not None)
    now = next((pair.first for pair in cells if pair is not None and pair.first.figure is not None), None)
    return Line(pair.label, pair.group, now, tuple(cells))
