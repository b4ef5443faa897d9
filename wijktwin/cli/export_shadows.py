"""``wijktwin export shadows``: the shadows at the usual moments of a study, for every scenario from one camera, and all on one sheet."""

from __future__ import annotations

import argparse
from typing import Final

from wijktwin import clock_times
from wijktwin.cli.picture_sets import add_set_options, prepared, write_set

YEARS: Final = range(1950, 2101)
"""Where the sun is known to the minute."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of a shadow set."""
    add_set_options(parser)
    parser.add_argument(
        "--year", type=_year, default=clock_times.today().year, metavar="YEAR", help="the year of the moments (default: this year)"
    )
    parser.add_argument("--link", default="", metavar="URL", help="the camera of a link copied from the screen (default: from above)")


def _year(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) in YEARS):
        message = f"{text!r} is not a year from {YEARS[0]} to {YEARS[-1]}"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def run(options: argparse.Namespace) -> int:
    """Make the set."""
    from ui.link_view import view_of
    from wijktwin.export.links import read_link
    from wijktwin.export.packs import shadow_set

    told = read_link(options.link)
    ready = prepared(options)
    view = view_of(ready.studio, told)
    return write_set(shadow_set(ready.studio, ready.shown, ready.teller, ready.size, year=options.year, view=view), options.out)
