"""``wijktwin assess``: the figures that the pages show, without a screen."""

from __future__ import annotations

import argparse
import datetime as dt
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from wijktwin.cli.collecting import Telling
from wijktwin.cli.judging import held_against, requirements_of
from wijktwin.cli.opening import add_data_options, data_of, opened, plan_folder, plans_beside, say
from wijktwin.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from wijktwin.errors import Note
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario

Parser = TypeVar("Parser", bound=argparse.ArgumentParser)

DONE: Final = 0
STANDARD_OUTPUT: Final = "-"
OWNER: Final = "wijktwin assess"


def add_command(commands: argparse._SubParsersAction[Parser]) -> None:
    """The subcommand and its options."""
    assess = commands.add_parser("assess", help="compute the figures of plans, without a screen", allow_abbrev=False)
    add_data_options(assess)
    assess.add_argument(
        "--requirements", type=Path, metavar="FILE", help="another table of requirements (default: the one beside the data, if any)"
    )
    assess.add_argument("--plan", type=Path, nargs="+", action="extend", default=[], metavar="FILE", help="plan files that are switched on")
    assess.add_argument(
        "--plans", nargs="+", action="extend", default=[], metavar="ID", help="plans by identifier, from the folder plans beside the data"
    )
    assess.add_argument(
        "--impact", nargs="+", action="extend", default=[], metavar="NAME",
        help="only these: an impact (trees) or one of its figures (trees.total); default: all",
    )  # fmt: skip
    assess.add_argument(
        "--assume", type=_choice, nargs="+", action="extend", default=[], metavar="NAME=VALUE",
        help="another value for an assumption; needs --variant",
    )  # fmt: skip
    assess.add_argument("--variant", default="", metavar="NAME", help="what the set of other assumptions is called")
    assess.add_argument("--json", type=str, required=True, metavar="OUT", help="the file to write; - for standard output")
    assess.set_defaults(act=write_assessments)


def write_assessments(options: argparse.Namespace) -> int:
    """``wijktwin assess``: one JSON document, see docs/assess.md."""
    if bool(options.assume) != bool(options.variant.strip()):
        raise InputError("command.usage", reason="--assume and --variant belong together", command="wijktwin assess")
    _check_target(options.json)
    from wijktwin.export.assessments_json import as_bytes, assessments_document

    assumptions = _assumptions(options.variant, dict(options.assume))
    asked = asked_impacts(options.impact)
    table = requirements_of(data_of(options), options.requirements)
    scenario = _scenario(options)

    told = computed(scenario, asked, assumptions=assumptions)
    own = only_asked(told, options.impact)

    def alone(plan: Plan, names: Sequence[str]) -> tuple[Assessment, ...]:
        return computed(scenario.neighbourhood.with_plans([plan]), names, assumptions=assumptions, label=f"{plan.plan_id} alone, ")

    judgements, claims = held_against(scenario, told, table, asked=asked, alone=alone)
    document = assessments_document(own, scenario, assumptions=assumptions, table=table, judgements=judgements, claims=claims)
    _write(as_bytes(document), options.json)
    return DONE


# ------------------------------------------------------------------------------------------------------------ what is asked
def _scenario(options: argparse.Namespace) -> Scenario:
    from wijktwin.model.scenario import Scenario
    from wijktwin.sources.plan_files import read_plan

    neighbourhood = opened(options)
    plans = [read_plan(path, neighbourhood=neighbourhood) for path in options.plan]
    return Scenario(neighbourhood, frozenset([*plans, *_named_plans(options, neighbourhood)]))


def _named_plans(options: argparse.Namespace, neighbourhood: Neighbourhood) -> list[Plan]:
    """Plans by identifier, from the folder beside the data."""
    wanted: Sequence[str] = options.plans
    if not wanted:
        return []
    by_id = {plan.plan_id: plan for plan in plans_beside(options, neighbourhood)}
    for name in wanted:
        if name not in by_id:
            raise NotFoundError("tables.no_such_plan", name=name, source=plan_folder(options), allowed=", ".join(by_id) or "–")
    return [by_id[name] for name in wanted]


def _assumptions(variant: str, values: Mapping[str, float]) -> Assumptions:
    from wijktwin.impacts.assumptions import default_assumptions

    ours = default_assumptions()
    if not values:
        return ours
    today = dt.datetime.now(tz=dt.UTC).astimezone().date()
    return ours.with_values(values, variant=variant, owner=OWNER, date=today.isoformat())


def asked_impacts(names: Sequence[str]) -> list[str]:
    """The impacts that were asked for, in the order in which they are shown; all where none was.

    Raises
    ------
    NotFoundError
        No impact begins with one of the names.
    """
    from wijktwin.impacts.catalogue import IMPACTS

    for name in names:
        if name.partition(".")[0] not in IMPACTS:
            raise NotFoundError("impacts.no_such_impact", name=name, allowed=", ".join(IMPACTS))
    return [name for name in IMPACTS if not names or name in {each.partition(".")[0] for each in names}]


def only_asked(told: Sequence[Assessment], names: Sequence[str]) -> tuple[Assessment, ...]:
    """Of some figures those that were asked for.

    Parameters
    ----------
    names
        Impacts, or single figures of them; all where there are none.

    Raises
    ------
    NotFoundError
        A figure was asked for that its impact does not give for these plans.
    """
    there = {one.impact for one in told} | {one.impact.partition(".")[0] for one in told}
    for name in names:
        if "." in name and name not in there:
            raise NotFoundError("tables.no_such_figure", name=name)
    return tuple(one for one in told if not names or not {one.impact, one.impact.partition(".")[0]}.isdisjoint(names))


def computed(scenario: Scenario, impacts: Sequence[str], *, assumptions: Assumptions, label: str = "") -> tuple[Assessment, ...]:
    """The figures of some impacts, with a word on standard error about each, ``label`` before it."""
    from wijktwin.sources.fetching.progress import Step

    found: list[Assessment] = []
    telling = Telling(sys.stderr)
    try:
        for place, name in enumerate(impacts):
            telling(Step(f"{label}{name}", done=place, total=len(impacts)))
            figures = _figures(name, scenario, assumptions, telling)
            telling(Step(f"{label}{name}, figures", done=len(figures), is_finished=True))
            found += figures
    finally:
        telling.close()
    return tuple(found)


def _figures(name: str, scenario: Scenario, assumptions: Assumptions, telling: Telling) -> tuple[Assessment, ...]:
    """The figures of one impact; of one that takes long it is told how far it is."""
    from wijktwin.impacts.catalogue import IN_BACKGROUND, assess_impact
    from wijktwin.impacts.progress import Progress
    from wijktwin.sources.fetching.progress import Step

    if name not in IN_BACKGROUND:
        return assess_impact(name, scenario, assumptions=assumptions)

    def listen(note: Note, share: float) -> None:
        telling(Step(f"{name}: {note.sentence('en')}", done=round(100 * share), total=100))

    return IN_BACKGROUND[name].assess(scenario, assumptions=assumptions, progress=Progress(listen))


# --------------------------------------------------------------------------------------------------------------- the answer
def _check_target(target: str) -> None:
    """Refuse, before anything is computed, a place where no file can be written."""
    if target == STANDARD_OUTPUT:
        return
    path = Path(target)
    if path.is_dir():
        raise InputError("tables.target_is_a_folder", source=target)
    if not path.parent.is_dir():
        raise InputError("tables.no_folder_for_target", source=target, folder=path.parent)


def _write(content: bytes, target: str) -> None:
    """The whole document or the file as it was."""
    if target == STANDARD_OUTPUT:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    from wijktwin.sources.whole_files import write_whole

    try:
        write_whole(Path(target), content)
    except OSError as error:
        raise InputError("tables.cannot_write_file", source=target, reason=error.strerror or type(error).__name__) from error
    say(f"{target}: {len(content):,} bytes.")


def _choice(told: str) -> tuple[str, float]:
    """``NAME=VALUE``."""
    name, sign, value = told.partition("=")
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not (name and sign and math.isfinite(number)):
        message = f"{told!r} is not a name and a number, as in surroundings_radius=150"
        raise argparse.ArgumentTypeError(message)
    return name, number
