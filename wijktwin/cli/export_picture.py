"""``wijktwin export picture``: one picture with all that belongs around it, as PNG."""

from __future__ import annotations

import argparse
import datetime as dt
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wijktwin import clock_times
from wijktwin.appearance import View
from wijktwin.cli.evening import web_address
from wijktwin.cli.ground_colouring import add_colour_options, check_colour_options, ground_colours
from wijktwin.cli.opening import named_plans, opened, plans_of
from wijktwin.cli.targets import check_target, write_target

if TYPE_CHECKING:
    from wijktwin.export.papers import Size
    from wijktwin.model.neighbourhood import Neighbourhood

DONE: Final = 0
SIZES: Final = ("screen", "a4", "a3", "a2")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of a picture."""
    seen = parser.add_mutually_exclusive_group()
    seen.add_argument("--link", default="", metavar="URL", help="a link copied from the screen: its camera, walk, plans and sun")
    seen.add_argument("--view", choices=[str(view) for view in View], help="where to look from (default: at the plan, or the whole)")
    seen.add_argument("--from", default="", dest="place", metavar="X,Y[,HEIGHT]",
                      help="where the eye is, as below a picture on the screen; without a height somebody stands there")  # fmt: skip
    parser.add_argument(
        "--direction", type=float, default=0.0, metavar="DEGREES", help="with --from: clockwise from true north (default: 0)"
    )
    add_picture_options(parser)
    parser.add_argument("--sun", default="", metavar="TIME", help="day and time of the sun, as 2026-03-21T12:00 (default: no shade)")
    add_colour_options(parser)


def add_picture_options(parser: argparse.ArgumentParser) -> None:
    """Options of everything with pictures in it."""
    parser.add_argument("--size", choices=SIZES, default=SIZES[0], help="screen, A4 at 300 dpi, A3 or A2 at 150 dpi (default: screen)")
    parser.add_argument(
        "--public", metavar="URL", help="where people reach the pages, for the link and its QR code; a plan that is not there has no link"
    )


def run(options: argparse.Namespace) -> int:
    """Make the picture."""
    check_target(options.out, ending=".png", command="wijktwin export picture")
    check_colour_options(options)
    public = public_address(options)
    from layers.stills import Studio
    from ui.link_view import view_from, view_of
    from ui.sheet_legend import all_legends
    from wijktwin.export.eye_places import read_eye_place
    from wijktwin.export.links import as_moment, link_to, read_link
    from wijktwin.export.picture import Wanted, picture
    from wijktwin.export.telling import Teller
    from wijktwin.model.scenario import Scenario

    told = read_link(options.link)
    place = read_eye_place(options.place, options.direction) if options.place else None
    neighbourhood = opened(options)
    plans = plans_of(options, neighbourhood) or named_plans(options, neighbourhood, told.plan_ids)
    scenario = Scenario(neighbourhood, frozenset(plans))
    studio = Studio.of(neighbourhood, plans)
    view = view_from(studio, place) if place else view_of(studio, told)
    view = view or studio.view([scenario], View(options.view or (View.PLAN if scenario.plans else View.WHOLE)))
    clock = as_moment(options.sun) if options.sun else told.moment
    moment = None if clock is None else local(clock, neighbourhood)
    teller = Teller(
        neighbourhood, options.language, clock_times.today(), public,
        all_legends([scenario], studio.prepared, options.language),
    )  # fmt: skip
    walker = told.walker if place is None else place.walker(*studio.prepared.frame.lonlat(place.x, place.y))
    is_linked = (place is None or walker is not None) and all(plan.published_by_server for plan in plans)
    link = link_to(
        [plan.plan_id for plan in plans], language=options.language, time_zone=neighbourhood.time_zone, moment=moment,
        view=None if place else told.view if walker else view, walker=walker,
    )  # fmt: skip
    wanted = Wanted(view, moment, link=link if is_linked else "", colours=ground_colours(options, scenario))
    if place is not None:
        wanted = replace(wanted, notes=(teller.eye_place(place),), eye=math.inf)  # its own note tells how high the eye is
    made = picture(studio, scenario, wanted, teller, size_of(options))
    write_target(made, options.out)
    return DONE


def public_address(options: argparse.Namespace) -> str:
    """The web address that was named; "" for none.

    Raises
    ------
    InputError
        It is none.
    """
    return web_address(options.public) if options.public else ""


def local(clock: dt.datetime, neighbourhood: Neighbourhood) -> dt.datetime:
    """The moment at which the clock of the neighbourhood shows a time."""
    from wijktwin.impacts.shared import sun_place

    return sun_place(neighbourhood).moment(clock.date(), clock.hour, clock.minute)


def size_of(options: argparse.Namespace) -> Size:
    """The size that was asked for."""
    from wijktwin.export.papers import Size

    return Size(options.size)
