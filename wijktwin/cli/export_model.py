"""``wijktwin export model``: a scenario for other systems, as CityJSON, as maps with figures, or as a page that works without internet."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

from wijktwin import clock_times
from wijktwin.cli.assessing import computed
from wijktwin.cli.opening import scenario_of
from wijktwin.cli.targets import STANDARD_OUTPUT, check_target, write_target
from wijktwin.errors import InputError

if TYPE_CHECKING:
    from wijktwin.model.scenario import Scenario

DONE: Final = 0
COMMAND: Final = "wijktwin export model"
CITYJSON, GEOPACKAGE, HTML, PLAN = "cityjson", "geopackage", "html", "plan"
FORMATS: Final = (CITYJSON, GEOPACKAGE, HTML, PLAN)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options that only this kind has."""
    parser.add_argument(
        "--format", choices=FORMATS,
        help="cityjson (.city.json, .city.jsonl, both also with .gz); geopackage: maps with the figures (.gpkg); html: a page that works "
        "without internet (.html); plan: one plan as a GeoPackage to draw in (default: as the name ends)",
    )  # fmt: skip
    parser.add_argument("--demolished", action="store_true", help="CityJSON with the buildings that plans take away, flagged as such")
    parser.add_argument("--quick", action="store_true", help="GeoPackage without figures that take minutes: sun, view and heat")
    parser.add_argument(
        "--few-homes", action="store_true",
        help="GeoPackage with numbers of homes below five and the maps that show them, for use within the municipality",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Read the scenario and write it."""
    kind = _format(options)
    check_target(options.out)
    scenario = scenario_of(options)
    if kind == PLAN and len(scenario.plans) != 1:
        raise InputError("command.usage", reason="--format plan takes exactly one plan", command=COMMAND)
    write_target(_content(kind, scenario, options), options.out)
    return DONE


def _format(options: argparse.Namespace) -> str:
    """What was asked for, else what the name ends in."""
    name = options.out.lower()
    by_ending = CITYJSON if _cityjson_ending(name) else GEOPACKAGE if name.endswith(".gpkg") else HTML if name.endswith(".html") else ""
    kind: str = options.format or by_ending
    if not kind:
        asked = "--format" if name == STANDARD_OUTPUT else f"{options.out} ends in none of .city.json, .gpkg and .html: --format"
        raise InputError("command.usage", reason=f"{asked} says which of {', '.join(FORMATS)}", command=COMMAND)
    for flag, own in (("demolished", CITYJSON), ("quick", GEOPACKAGE), ("few_homes", GEOPACKAGE)):
        if getattr(options, flag) and kind != own:
            raise InputError("command.usage", reason=f"--{flag.replace('_', '-')} belongs to {own}", command=COMMAND)
    return kind


def _cityjson_ending(name: str) -> str:
    from wijktwin.export.as_files import CITYJSON_ENDINGS

    return next((ending for ending in sorted(CITYJSON_ENDINGS, key=len, reverse=True) if name.endswith(ending)), "")


def _content(kind: str, scenario: Scenario, options: argparse.Namespace) -> bytes:
    from wijktwin.export import as_files
    from wijktwin.export.report.small_counts import veils_of
    from wijktwin.impacts.assumptions import default_assumptions
    from wijktwin.impacts.catalogue import IMPACTS, IN_BACKGROUND

    today = clock_times.today()
    if kind == CITYJSON:
        ending = _cityjson_ending(options.out.lower()) or as_files.CITYJSON
        return as_files.cityjson_bytes(scenario, ending=ending, with_demolished=options.demolished)
    if kind == PLAN:
        (plan,) = scenario.plans
        return as_files.plan_bytes(plan, neighbourhood=scenario.neighbourhood)
    if kind == HTML:
        from ui.standalone_scene import standalone_scene

        return standalone_scene(scenario, options.language, made_on=today)
    left_out = list(IN_BACKGROUND) if options.quick else []
    told = computed(scenario, [name for name in IMPACTS if name not in left_out], assumptions=default_assumptions())
    hidden = None if options.few_homes else veils_of(told, scenario)
    return as_files.map_bytes(scenario, told, options.language, computed_on=today, left_out=left_out, hidden=hidden)
