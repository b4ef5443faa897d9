"""Options of a picture for colours on the ground: hours of sun of a day, or a figure that every place has for itself."""

from __future__ import annotations

import argparse
import datetime as dt
from typing import TYPE_CHECKING, Final

from wijktwin.cli.assessing import asked_impacts, computed, only_asked
from wijktwin.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from wijktwin.export.ground_colours import GroundColours
    from wijktwin.model.scenario import Scenario

COMMAND: Final = "wijktwin export picture"
HOURS: Final = ("before", "after", "difference")
USUAL_DAY: Final = (3, 21)
"""Month and day of the hours where nobody names one."""


def add_colour_options(parser: argparse.ArgumentParser) -> None:
    """Options of colours on the ground."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--sun-hours", choices=HOURS, help="colour the ground by its possible hours of sun: today, with plans, or what plans change"
    )
    what.add_argument("--figure", default="", metavar="NAME", help="colour the places of a figure, as sunlight.gardens or view.sky")
    parser.add_argument("--few-homes", action="store_true", help="also colour fewer than five homes, for use within the municipality")
    parser.add_argument(
        "--day", type=_day, metavar="DATE",
        help="of the hours of sun (default: 21 March) or of the figure (default: its first day), as 2026-06-21",
    )  # fmt: skip
    parser.add_argument("--trees", action="store_true", help="count trees in the hours of sun")


def check_colour_options(options: argparse.Namespace) -> None:
    """Refuse what cannot be before anything is read.

    Raises
    ------
    InputError
        Options that do not go together.
    NotFoundError
        There is no such impact.
    """
    if options.trees and not options.sun_hours:
        raise InputError("command.usage", reason="--trees belongs to --sun-hours", command=COMMAND)
    if options.day and not (options.sun_hours or options.figure):
        raise InputError("command.usage", reason="--day belongs to --sun-hours or --figure", command=COMMAND)
    if options.few_homes and not options.figure:
        raise InputError("command.usage", reason="--few-homes belongs to --figure", command=COMMAND)
    if options.figure:
        asked_impacts([options.figure])
        if "." not in options.figure:
            raise InputError(
                "command.usage", reason=f"{options.figure} is an impact: name one of its figures, as trees.total", command=COMMAND
            )


def ground_colours(options: argparse.Namespace, scenario: Scenario) -> GroundColours | None:
    """What was asked for; None for no colours.

    Raises
    ------
    InputError
        Without a plan nothing changes; a day of another year.
    NotFoundError
        There is no such figure, it has no places to colour with these plans, or a small number of homes could be counted.
    """
    if options.sun_hours:
        return _of_sun(options, scenario)
    return _of_figure(options, scenario) if options.figure else None


def _of_sun(options: argparse.Namespace, scenario: Scenario) -> GroundColours:
    from layers.sun_hours import Shown
    from ui.colour_words import sun_colours
    from ui.text import Text
    from wijktwin.impacts.assumptions import default_assumptions
    from wijktwin.impacts.sunlight.day_hours import hours_of_day
    from wijktwin.impacts.sunlight.desk import sunlight_desk
    from wijktwin.impacts.sunlight.norms import reference_year

    shown = Shown(options.sun_hours)
    if scenario.is_baseline and shown is not Shown.BEFORE:
        raise InputError("command.usage", reason="without a plan there is only --sun-hours before", command=COMMAND)
    day = options.day or dt.date(reference_year(), *USUAL_DAY)
    if day.year != reference_year():
        reason = f"--day lies in {reference_year()}, the year of which the sun is computed"
        raise InputError("command.usage", reason=reason, command=COMMAND)
    assumptions = default_assumptions()
    desk = sunlight_desk(scenario.neighbourhood, assumptions=assumptions)
    hours = hours_of_day(desk, desk.sunlight(scenario), day, in_trees=options.trees, assumptions=assumptions)
    return sun_colours(Text(options.language), hours, shown, in_trees=options.trees, assumptions=assumptions)


def _of_figure(options: argparse.Namespace, scenario: Scenario) -> GroundColours:
    from layers.figure_places import row_key, to_colour
    from ui.colour_words import figure_colours
    from ui.text import Text
    from wijktwin.export.scenario_layers import shows_few_homes
    from wijktwin.impacts.assumptions import default_assumptions
    from wijktwin.words.texts import name_of

    name, assumptions = options.figure, default_assumptions()
    told = computed(scenario, asked_impacts([name]), assumptions=assumptions)
    for one in only_asked(told, [name]):
        if options.day and not one.where.identifier.startswith(options.day.isoformat()):
            continue
        found = to_colour(row_key(one), told, scenario, assumptions=assumptions)
        if found is not None and not options.few_homes and shows_few_homes(found.what, name, told, scenario):
            raise NotFoundError("stills.colours_of_few")
        if found is not None and found.by_step:
            return figure_colours(Text(options.language), found)
    raise NotFoundError("stills.no_colours", name=name_of("impact", name, options.language))


def _day(value: str) -> dt.date:
    try:
        return dt.date.fromisoformat(value)
    except ValueError as error:
        msg = f"{value} is no day: write it as 2026-06-21"
        raise argparse.ArgumentTypeError(msg) from error
