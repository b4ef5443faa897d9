"""What should be there before an evening begins, looked at one thing at a time: what is fine, what is missing, what nobody tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from wijktwin.errors import InputError, Note, WijktwinError
from wijktwin.impacts.catalogue import IMPACTS, IN_BACKGROUND, assess_impact
from wijktwin.impacts.progress import UNHEARD
from wijktwin.model.address_search import AddressBook
from wijktwin.sources.programme_file import FILE_NAME, read_programme

if TYPE_CHECKING:
    from pathlib import Path

    from wijktwin.impacts.progress import Progress
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario

MOST_ADDRESSES: Final = 2_000
"""Of a larger neighbourhood so many are looked up, evenly spread over all of them."""
MOST_NAMED: Final = 5


class Outcome(StrEnum):
    """What came of looking at one thing."""

    FINE = "fine"
    MISSING = "missing"
    """An evening is poorer without it."""
    WRONG = "wrong"
    """Something that people will run into."""
    NOT_TRIED = "not_tried"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Parameters
    ----------
    subject
        ``data``, ``plans``, ``addresses``, ``figures``, ``pictures``, ``programme``, ``requests`` or ``phone``.
    """

    subject: str
    outcome: Outcome
    note: Note


def data_findings(neighbourhood: Neighbourhood) -> Iterator[Finding]:
    """What the neighbourhood holds, table by table."""
    n_own = int((~neighbourhood.buildings.flags["is_halo"]).sum())
    yield _counted("buildings", n_own)
    for name, table in (
        ("ground", neighbourhood.ground_table),
        ("trees", neighbourhood.tree_table),
        ("addresses", neighbourhood.address_table),
        ("streets", neighbourhood.street_table),
    ):
        yield _counted(name, 0 if table is None else len(table))


def _counted(name: str, n: int) -> Finding:
    what = Note(f"readiness.what_{name}")
    if n:
        return Finding("data", Outcome.FINE, Note("readiness.there", what=what, count=n))
    return Finding("data", Outcome.MISSING, Note("readiness.none", what=what, without=Note(f"readiness.without_{name}")))


def plan_findings(plans: Sequence[Plan], faults: Sequence[WijktwinError]) -> Iterator[Finding]:
    """Whether residents are shown plans, and files that hold none."""
    shown = [plan for plan in plans if plan.is_for_residents]
    if shown:
        yield Finding("plans", Outcome.FINE, Note("readiness.plans", count=len(shown), names=_named([plan.plan_id for plan in shown])))
    else:
        yield Finding("plans", Outcome.MISSING, Note("readiness.no_plans"))
    for fault in faults:
        yield Finding("plans", Outcome.WRONG, Note("readiness.plan_unreadable", reason=fault))


def address_findings(neighbourhood: Neighbourhood) -> Iterator[Finding]:
    """Whether everybody finds their own address by typing it."""
    book = AddressBook.of_table(neighbourhood.address_table)
    homes = [address for address in book.addresses if address.is_home]
    if not homes:
        yield Finding("addresses", Outcome.MISSING, Note("readiness.no_homes"))
        return
    step = max(-(-len(homes) // MOST_ADDRESSES), 1)
    asked = homes[::step]
    lost = [home.name for home in asked if home.address_id not in {found.address_id for found in book.find(home.name).addresses}]
    if lost:
        yield Finding("addresses", Outcome.WRONG, Note("readiness.lost", count=len(lost), asked=len(asked), names=_named(lost)))
    else:
        yield Finding("addresses", Outcome.FINE, Note("readiness.found", asked=len(asked), count=len(homes)))


def figure_findings(scenarios: Sequence[Scenario], *, hear: Callable[[Scenario, str], Progress] | None = None) -> Iterator[Finding]:
    """All figures of every scenario, computed now: what takes long is kept on the disk for the evening.

    Parameters
    ----------
    hear
        Asked for somebody who hears how far one impact of one scenario is.
    """
    for scenario in scenarios:
        name = Note("readiness.today") if scenario.is_baseline else _named([plan.plan_id for plan in scenario.ordered_plans])
        n, is_whole = 0, True
        for impact in IMPACTS:
            try:
                if impact in IN_BACKGROUND:
                    progress = UNHEARD if hear is None else hear(scenario, impact)
                    n += len(_long(impact, scenario, progress))
                else:
                    n += len(assess_impact(impact, scenario))
            except WijktwinError as error:
                is_whole = False
                yield Finding("figures", Outcome.WRONG, Note("readiness.not_computed", scenario=name, name=impact, reason=error))
        if is_whole:
            yield Finding("figures", Outcome.FINE, Note("readiness.computed", scenario=name, count=n))


def _long(impact: str, scenario: Scenario, progress: Progress) -> tuple[object, ...]:
    from wijktwin.impacts.assumptions import default_assumptions  # noqa: PLC0415 - only when figures are asked for

    return IN_BACKGROUND[impact].assess(scenario, assumptions=default_assumptions(), progress=progress)


def programme_finding(data: Path, plans: Sequence[Plan]) -> Finding:
    """Whether the order of the views can be used."""
    path = data / FILE_NAME
    if not data.is_dir() or not path.is_file():
        return Finding("programme", Outcome.FINE, Note("readiness.usual_programme", source=FILE_NAME))
    try:
        steps = read_programme(path, plan_ids={plan.plan_id for plan in plans if not plan.is_withdrawn})
    except InputError as error:
        return Finding("programme", Outcome.WRONG, Note("readiness.programme_unreadable", reason=error))
    return Finding("programme", Outcome.FINE, Note("readiness.own_programme", source=FILE_NAME, count=len(steps)))


def _named(names: Sequence[str]) -> str:
    more = f" … (+{len(names) - MOST_NAMED})" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
