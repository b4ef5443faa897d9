"""What should be there before an evening begins, looked at one thing at a time: what is fine, what is missing, what nobody tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from wijktwin.errors import InputError, Note, WijktwinError
from wijktwin.export.sets import INDEX, MadeFrom, SetKind, read_made_from
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
PICTURES: Final = (".png", ".pdf")


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
        name = _scenario_name(scenario)
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


def picture_findings(folder: Path, scenarios: Sequence[Scenario]) -> Iterator[Finding]:
    """Which sets of pictures there are of which scenario, and whether they show the data and plans as they are now.

    Parameters
    ----------
    scenarios
        Today, and every plan of which pictures are made.
    """
    n = sum(path.suffix.lower() in PICTURES and _is_whole(path) for path in folder.rglob("*")) if folder.is_dir() else 0
    if not n:
        yield Finding("pictures", Outcome.MISSING, Note("readiness.pictures_missing", source=folder.name))
        return
    yield Finding("pictures", Outcome.FINE, Note("readiness.pictures_there", count=n, source=folder.name))
    made = {index.parent: read_made_from(index.parent) for index in sorted(folder.rglob(INDEX))}
    for kind in SetKind:
        for scenario in scenarios:
            yield _set_finding(kind, scenario, made, folder)


def _set_finding(kind: SetKind, scenario: Scenario, made: Mapping[Path, Mapping[str, MadeFrom]], folder: Path) -> Finding:
    """The pictures of one scenario in one set: there, gone, of an older state, or never made."""
    plans = frozenset(plan.plan_id for plan in scenario.plans)
    own = {where / name: one for where, files in made.items() for name, one in files.items() if (one.kind, one.plans) == (kind, plans)}
    told = {"kind": Note(f"readiness.set_{kind}"), "scenario": _scenario_name(scenario), "command": kind, "source": folder.name}
    fresh = [path for path, one in own.items() if one.state == scenario.key]
    if not own:
        return Finding("pictures", Outcome.MISSING, Note("readiness.set_none", **told))
    if not fresh:
        return Finding("pictures", Outcome.WRONG, Note("readiness.set_old", count=len(own), **told))
    gone = [path.name for path in fresh if not _is_whole(path)]
    most = max(_n_of_each(kind, made[where]) for where in {path.parent for path in fresh})
    if gone or len(fresh) < most:
        names = _named(sorted(gone)) or Note("readiness.not_all_made", count=most - len(fresh))
        return Finding("pictures", Outcome.MISSING, Note("readiness.set_part", names=names, **told))
    return Finding("pictures", Outcome.FINE, Note("readiness.set_there", count=len(fresh), **told))


def _n_of_each(kind: SetKind, files: Mapping[str, MadeFrom]) -> int:
    """So many pictures of one scenario a folder has at most: a set has as many of each."""
    return max(Counter(one.plans for one in files.values() if one.kind is kind).values(), default=0)


def _is_whole(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _scenario_name(scenario: Scenario) -> str | Note:
    return Note("readiness.today") if scenario.is_baseline else _named([plan.plan_id for plan in scenario.ordered_plans])


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
