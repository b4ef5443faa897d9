"""``wijktwin export pack``: four directions at street level, from above and from public places, for every scenario."""

from __future__ import annotations

import argparse

from wijktwin.cli.export_picture import local
from wijktwin.cli.picture_sets import add_set_options, prepared, write_set


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of a council pack."""
    add_set_options(parser)
    parser.add_argument("--sun", default="", metavar="TIME", help="day and time of the sun, as 2026-03-21T12:00 (default: no shade)")
    parser.add_argument("--home", nargs="+", action="extend", default=[], metavar="ADDRESS", help="also from these homes; needs consent")
    parser.add_argument(
        "--homes-consent", default="", metavar="WHO AND WHEN", help="who asked the residents of these homes, and when: told on the sheets"
    )


def run(options: argparse.Namespace) -> int:
    """Make the pack."""
    from wijktwin.errors import InputError
    from wijktwin.export.home_views import home_views
    from wijktwin.export.links import as_moment
    from wijktwin.export.packs import council_pack

    if options.home and not options.homes_consent.strip():
        raise InputError("stills.no_consent")
    clock = as_moment(options.sun) if options.sun else None
    ready = prepared(options)
    neighbourhood = ready.studio.neighbourhood
    moment = None if clock is None else local(clock, neighbourhood)
    homes = home_views(neighbourhood, options.home, ready.plans, consent=options.homes_consent)
    jobs = council_pack(ready.studio, ready.shown, ready.teller, ready.size, moment=moment, homes=homes, consent=options.homes_consent)
    return write_set(jobs, options.out)
