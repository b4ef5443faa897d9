"""``wijktwin assess``: the figures that the pages show, without a screen."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from wijktwin import clock_times
from wijktwin.cli.collecting import Telling
from wijktwin.cli.judging import held_against, requirements_of
from wijktwin.cli.opening import add_data_options, add_plan_options, data_of, scenario_of
from wijktwin.cli.targets import check_target, write_target
from wijktwin.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from wijktwin.errors import Note
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario

Parser = TypeVar("Parser", bound=argparse.ArgumentParser)

DONE: Final = 0
OWNER: Final = "wijktwin assess"


def add_command(commands: argparse._SubParsersAction[Parser]) -> None:
    """The subcommand and its options."""
    assess = commands.add_parser("assess", help="compute the figures of plans, without a screen", allow_abbrev=False)
    add_data_options(assess)
    assess.add_argument(
        "--requirements", type=Path, metavar="FILE", help="another table of requirements (default: the one beside the data, if any)"
    )
    add_plan_options(assess)
    assess.add_argument(
        "--impact", nargs="+", action="extend", default=[], metavar="NAME",
        help="only these: an impact (trees) or one of its figures (trees.total); default: all",
    )  # fmt: skip
    assess.add_argument(
        "--assume", type=_choice, nargs="+", action="extend", default=[], metavar="NAME=VALUE",
        help="another value for an assumption; needs --variant",
    )  # fmt: skip
    assess.add_argument(
        "--spot", type=_spot, metavar="X,Y[,FACING]",
        help="also the view from a spot, in metres of the data's CRS; all round, or facing so many degrees from north",
    )  # fmt: skip
    assess.add_argument("--variant", default="", metavar="NAME", help="what the set of other assumptions is called")
    assess.add_argument("--json", type=str, required=True, metavar="OUT", help="the file to write; - for standard output")
    assess.set_defaults(act=write_assessments)


def write_assessments(options: argparse.Namespace) -> int:
    """``wijktwin assess``: one JSON document, see docs/assess.md."""
    if bool(options.assume) != bool(options.variant.strip()):
        raise InputError("command.usage", reason="--assume and --variant belong together", command="wijktwin assess")
    check_target(options.json)
    from wijktwin.export.assessments_json import as_bytes, assessments_document

    assumptions = _assumptions(options.variant, dict(options.assume))
    asked = asked_impacts(options.impact)
    table = requirements_of(data_of(options), options.requirements)
    scenario = scenario_of(options)

    told = computed(scenario, asked, assumptions=assumptions)
    own = (*only_asked(told, options.impact), *_from_spot(scenario, options.spot, assumptions))

    def alone(plan: Plan, names: Sequence[str]) -> tuple[Assessment, ...]:
        return computed(scenario.neighbourhood.with_plans([plan]), names, assumptions=assumptions, label=f"{plan.plan_id} alone, ")

    judgements, claims = held_against(scenario, told, table, asked=asked, alone=alone)
    document = assessments_document(own, scenario, assumptions=assumptions, table=table, judgements=judgements, claims=claims)
    write_target(as_bytes(document), options.json)
    return DONE


# ------------------------------------------------------------------------------------------------------------ what is asked
def _spot(told: str) -> tuple[float, float, float | None]:
    """Two coordinates, and a direction where one is named."""
    try:
        numbers = [float(each) for each in told.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in {2, 3} or not all(map(math.isfinite, numbers)):
        raise argparse.ArgumentTypeError(f"{told} is not X,Y or X,Y,FACING")
    return numbers[0], numbers[1], numbers[2] if len(numbers) == 3 else None


def _from_spot(scenario: Scenario, spot: tuple[float, float, float | None] | None, assumptions: Assumptions) -> tuple[Assessment, ...]:
    from wijktwin.impacts.view.spot_figures import spot_figures

    return () if spot is None else spot_figures(scenario, spot[0], spot[1], facing=spot[2], assumptions=assumptions)


def _assumptions(variant: str, values: Mapping[str, float]) -> Assumptions:
    from wijktwin.impacts.assumptions import default_assumptions

    ours = default_assumptions()
    if not values:
        return ours
    today = clock_times.today()
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
    there = {one.impact for one in told} | {one.group for one in told}
    for name in names:
        if "." in name and name not in there:
            raise NotFoundError("tables.no_such_figure", name=name)
    return tuple(one for one in told if not names or not {one.impact, one.group}.isdisjoint(names))


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
