"""``wijktwin export sheets``: paper for an evening, as an accessible PDF."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from wijktwin import clock_times, places
from wijktwin.cli.evening import web_address
from wijktwin.cli.export_report import reported_plans
from wijktwin.cli.opening import opened
from wijktwin.cli.targets import check_target, write_target
from wijktwin.errors import NotFoundError

DONE: Final = 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options that only this kind has."""
    parser.add_argument("--street", nargs="+", action="extend", default=[], metavar="NAME", help="sheets of these streets only")
    parser.add_argument(
        "--public", metavar="URL", help="where people reach the pages, for the codes; without one there is room to write it"
    )
    parser.add_argument("--style", type=Path, metavar="FILE", help="the house style of the municipality (docs/report.md)")


def run(options: argparse.Namespace) -> int:
    """Draw the maps and write the PDF."""
    check_target(options.out, ending=".pdf", command="wijktwin export sheets")
    from wijktwin.export.report.house_style import own_style, read_house_style
    from wijktwin.export.report.paper_sheets import sheets, streets_with_homes
    from wijktwin.export.report.typesetting import typeset

    public = web_address(options.public) if options.public else places.public_url()
    style = own_style() if options.style is None else read_house_style(options.style)
    neighbourhood = opened(options)
    plans = reported_plans(options, neighbourhood)
    known = set(streets_with_homes(neighbourhood, plans))
    for street in options.street:
        if street not in known:
            raise NotFoundError("evening.no_such_street", name=street)
    today = clock_times.today()
    paper = sheets(
        neighbourhood, plans, style, language=options.language, made_on=today, streets=tuple(dict.fromkeys(options.street)), base_url=public
    )
    write_target(typeset(paper, style), options.out)
    return DONE
