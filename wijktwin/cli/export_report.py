"""``wijktwin export report``: the report for council and board as an accessible PDF, or posters for the wall."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wijktwin import clock_times
from wijktwin.cli.assessing import computed
from wijktwin.cli.collecting import Telling
from wijktwin.cli.judging import requirements_of
from wijktwin.cli.opening import data_of, opened, plans_beside, plans_of, say
from wijktwin.cli.targets import check_target, write_target
from wijktwin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wijktwin.export.report.material import Material
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan

DONE: Final = 0
FRAMES: Final = {
    "plan-change": "plan_change",
    "permit-outside-plan": "permit_outside_plan",
    "project-procedure": "project_procedure",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options that only this kind has."""
    parser.add_argument(
        "--frame", choices=list(FRAMES), required=True,
        help="the procedure: wijziging omgevingsplan, buitenplanse omgevingsplanactiviteit, or projectprocedure",
    )  # fmt: skip
    parser.add_argument("--posters", action="store_true", help="posters instead of the report: one A4 for each plan")
    parser.add_argument(
        "--pictures", action=argparse.BooleanOptionalAction, default=True,
        help="today beside the plans from the street and from above (default: with pictures)",
    )  # fmt: skip
    parser.add_argument("--style", type=Path, metavar="FILE", help="the house style (default: house_style.toml beside the data, if any)")
    parser.add_argument(
        "--reactions", type=Path, metavar="FILE",
        help="what came in and what was done with it (default: reactions.toml or reactions.csv beside the data, if any)",
    )  # fmt: skip
    parser.add_argument(
        "--requirements", type=Path, metavar="FILE", help="another table of requirements (default: the one beside the data, if any)"
    )


def run(options: argparse.Namespace) -> int:
    """Compute the figures of every plan by itself, and write the PDF."""
    check_target(options.out, ending=".pdf", command="wijktwin export report")
    from wijktwin.export.report.house_style import read_house_style, style_beside
    from wijktwin.export.report.material import TODAY, LegalFrame, Material
    from wijktwin.export.report.reactions import reactions_beside, read_reactions
    from wijktwin.impacts.assumptions import default_assumptions
    from wijktwin.impacts.catalogue import IMPACTS

    style = style_beside(data_of(options)) if options.style is None else read_house_style(options.style)
    reactions = reactions_beside(data_of(options)) if options.reactions is None else read_reactions(options.reactions)
    requirements = requirements_of(data_of(options), options.requirements)
    neighbourhood = opened(options)
    plans = reported_plans(options, neighbourhood)
    assumptions = default_assumptions()
    scenarios = {TODAY: neighbourhood.with_plans()} | {plan.plan_id: neighbourhood.with_plans([plan]) for plan in plans}
    told = {name: computed(each, list(IMPACTS), assumptions=assumptions, label=f"{name or 'today'}, ") for name, each in scenarios.items()}
    material = Material(
        neighbourhood, tuple(plans), told, LegalFrame(FRAMES[options.frame]), options.language,
        clock_times.today(), assumptions, requirements=requirements, reactions=reactions,
    )  # fmt: skip
    if options.pictures:
        material = _with_pictures(material, on_posters=options.posters)
    from wijktwin.export.report.contents import posters, report
    from wijktwin.export.report.typesetting import typeset

    write_target(typeset((posters if options.posters else report)(material, style), style), options.out)
    return DONE


def _with_pictures(material: Material, *, on_posters: bool) -> Material:
    """The same with pictures, drawn by one process, and told on the screen how far that is."""
    from layers.stills import Studio
    from ui.sheet_legend import all_legends
    from wijktwin.export.report.place_views import with_views
    from wijktwin.sources.fetching.progress import Step

    studio = Studio.of(material.neighbourhood, material.plans)
    legends = all_legends(list(material.scenarios.values()), studio.prepared, material.language)
    telling = Telling(sys.stderr)

    def listen(share: float) -> None:
        telling(Step("pictures", done=round(100 * share), total=100, is_finished=share >= 1.0))

    try:
        made = with_views(material, studio, legends=legends, on_posters=on_posters, listen=listen)
    finally:
        telling.close()
    for why in dict.fromkeys(one.why for site in made.views for view in site.views for one in view.drawn if one.why):
        say(why)
    return made


def reported_plans(options: argparse.Namespace, neighbourhood: Neighbourhood) -> Sequence[Plan]:
    """The plans that were named, else those of the folder beside the data that are published.

    Raises
    ------
    InputError
        There is none.
    """
    plans = plans_of(options, neighbourhood) or [plan for plan in plans_beside(options, neighbourhood) if plan.is_for_residents]
    if not plans:
        raise InputError("report.no_plans")
    return plans
