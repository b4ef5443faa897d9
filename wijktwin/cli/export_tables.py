"""``wijktwin export tables``: the figures of plans with margins, sources and assumptions, for a spreadsheet."""

from __future__ import annotations

import argparse
import datetime as dt
from typing import TYPE_CHECKING, Final

from wijktwin import clock_times
from wijktwin.cli.assessing import asked_impacts, computed, only_asked
from wijktwin.cli.opening import scenario_of
from wijktwin.cli.targets import STANDARD_OUTPUT, check_target, write_target
from wijktwin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wijktwin.export.report.small_counts import Key, Veiled
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.model.scenario import Scenario

DONE: Final = 0
FORMATS: Final = ("xlsx", "csv", "zip")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options that only this kind has."""
    parser.add_argument(
        "--format", choices=FORMATS, help="xlsx: a workbook; csv: the figures only; zip: a CSV for each sheet (default: as the name ends)"
    )
    parser.add_argument(
        "--impact", nargs="+", action="extend", default=[], metavar="NAME",
        help="only these: an impact (trees) or one of its figures (trees.total); default: all",
    )  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="leave out figures that take minutes: sun, view and heat")
    parser.add_argument("--homes", action="store_true", help="with the homes that make a detour, by address")
    parser.add_argument("--few-homes", action="store_true", help="with numbers of homes below five, for use within the municipality")


def run(options: argparse.Namespace) -> int:
    """Compute the figures and write them."""
    kind = _format(options)
    check_target(options.out)
    from wijktwin.export.report.small_counts import veils_of
    from wijktwin.impacts.assumptions import default_assumptions
    from wijktwin.impacts.catalogue import IMPACTS, IN_BACKGROUND

    asked = [name for name in asked_impacts(options.impact) if not (options.quick and name in IN_BACKGROUND)]
    scenario = scenario_of(options)
    known = computed(scenario, asked, assumptions=default_assumptions())
    told = only_asked(known, options.impact)
    hidden = None if options.few_homes else veils_of(known, scenario)
    today = clock_times.today()
    left_out = [name for name in IMPACTS if name not in asked]
    write_target(_content(kind, told, scenario, options, today=today, left_out=left_out, hidden=hidden), options.out)
    return DONE


def _format(options: argparse.Namespace) -> str:
    """What was asked for, else what the name ends in."""
    ending = options.out.rpartition(".")[2].lower()
    kind: str = options.format or ending
    if kind not in FORMATS:
        asked = "--format" if options.out == STANDARD_OUTPUT else f"{options.out} ends in none of .xlsx, .csv and .zip: --format"
        raise InputError("command.usage", reason=f"{asked} says which of {', '.join(FORMATS)}", command="wijktwin export tables")
    if kind == "csv" and options.homes:
        reason = "--homes is a sheet of its own: choose xlsx or zip"
        raise InputError("command.usage", reason=reason, command="wijktwin export tables")
    return kind


def _content(
    kind: str,
    told: Sequence[Assessment],
    scenario: Scenario,
    options: argparse.Namespace,
    *,
    today: dt.date,
    left_out: Sequence[str],
    hidden: Mapping[Key, Veiled] | None,
) -> bytes:
    from wijktwin.export.data_sheets import data_sheets
    from wijktwin.export.tables import figures_csv
    from wijktwin.export.workbook import csv_zip, dialect_of, xlsx_bytes

    dialect = dialect_of(options.language)
    if kind == "csv":
        return figures_csv(told, scenario, options.language, computed_on=today, dialect=dialect, hidden=hidden)
    sheets = data_sheets(told, scenario, options.language, computed_on=today, left_out=left_out, with_homes=options.homes, hidden=hidden)
    if kind == "zip":
        return csv_zip(sheets, options.language, dialect=dialect)
    return xlsx_bytes(sheets, options.language, title=scenario.neighbourhood.name, computed_on=today)
