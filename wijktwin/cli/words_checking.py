"""``wijktwin words``: every sentence and card of a neighbourhood and its plans, written down or checked."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from wijktwin import places
from wijktwin.cli.server import usable_state_folder
from wijktwin.errors import LANGUAGES, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wijktwin.errors import Language
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.model.scenario import Scenario
    from wijktwin.words.checking import Report
    from wijktwin.words.saying import Said

Parser = TypeVar("Parser", bound=argparse.ArgumentParser)

DONE: Final = 0
REFUSED: Final = 1
PLAN_FOLDER: Final = "plans"
LISTED: Final = ("contradictions", "below_gate", "too_long", "hard_words")


def add_command(commands: argparse._SubParsersAction[Parser]) -> None:
    """The subcommand and its options."""
    words = commands.add_parser("words", help="write down or check every sentence about a neighbourhood", allow_abbrev=False)
    words.add_argument(
        "--data", type=Path, metavar="PATH", help="a CityJSON file or a neighbourhood folder (default: the embedded example)"
    )
    words.add_argument("--crs", type=str, metavar="EPSG", help="the CRS of a file that does not state one, for example 28992")
    words.add_argument("--check", action="store_true", help="hold them to plain language and to their figures; exit code 1 when one fails")
    words.add_argument("--json", action="store_true", help="the outcome of --check as one JSON object")
    words.add_argument("--quick", action="store_true", help="leave out figures that take minutes")
    words.add_argument("--state", type=Path, metavar="DIR", help="the folder for what changes (default: one of this user)")
    words.set_defaults(act=tell_words)


def tell_words(options: argparse.Namespace) -> int:
    """``wijktwin words``: the sentences themselves, or what checking them found."""
    if options.json and not options.check:
        raise InputError("command.usage", reason="--json belongs to --check", command="wijktwin words")
    data = places.example_folder() if options.data is None else options.data
    if not data.exists():
        raise InputError("command.no_such_file", source=data)
    told = [(scenario, _figures(scenario, is_quick=options.quick)) for scenario in _scenarios(data, options)]
    if not options.check:
        for language in LANGUAGES:
            _write_down(_all_said(told, language), language)
        return DONE
    from wijktwin.words.checking import Report, check

    report = Report()
    for language in LANGUAGES:
        check(_all_said(told, language), language, report, seen=set())
    print(json.dumps(report.as_document(), ensure_ascii=False, indent=2) if options.json else _as_text(report))
    return DONE if report.is_good else REFUSED


def _scenarios(data: Path, options: argparse.Namespace) -> tuple[Scenario, ...]:
    from wijktwin.sources.plan_files import read_plan_folder
    from wijktwin.sources.prepared import open_neighbourhood
    from wijktwin.words.saying import scenarios_of

    _say(f"Reading {data.name} ...")
    neighbourhood = open_neighbourhood(data, state_dir=usable_state_folder(options.state or places.state_folder()), crs=options.crs)
    folder = data / PLAN_FOLDER
    plans, faults = read_plan_folder(folder, neighbourhood=neighbourhood) if folder.is_dir() else ((), ())
    for fault in faults:
        _say(f"wijktwin: {fault.sentence('en')}")
    return scenarios_of(neighbourhood, tuple(plan for plan in plans if not plan.is_withdrawn))


def _figures(scenario: Scenario, *, is_quick: bool) -> tuple[Assessment, ...]:
    from wijktwin.words.saying import figures_of, scenario_name

    _say(f"Figures: {scenario_name(scenario)} ...")
    return figures_of(scenario, is_quick=is_quick)


def _all_said(told: list[tuple[Scenario, tuple[Assessment, ...]]], language: Language) -> Iterator[Said]:
    """Every text: of buildings today all cards, with plans those of buildings that a plan takes away."""
    from wijktwin.words.saying import building_cards, said_of

    for scenario, figures in told:
        yield from said_of(scenario, figures, language)
        gone = {building_id for plan in scenario.plans for building_id in plan.demolishes}
        yield from building_cards(scenario, language, building_ids=None if scenario.is_baseline else sorted(gone))


def _write_down(said: Iterator[Said], language: Language) -> None:
    print(f"# {language}")
    seen: set[str] = set()
    for one in said:
        if one.text not in seen:
            seen.add(one.text)
            print(f"{one.scenario} · {one.what} {one.subject}\n    {one.text}")


def _as_text(report: Report) -> str:
    document = report.as_document()
    lines = [
        f"{document['sentences']:,} sentences in {sum(document['texts'].values()):,} texts.",
        *(f"{name}: {document[name]:,}" for name in (*LISTED, "passive", "double_negatives")),
        f"Flesch-Douma: {document['flesch_douma']}; Leesindex A: {document['leesindex_a']}",
    ]
    for name in LISTED:
        lines += [f"{name}: " + " | ".join(str(value) for value in each.values()) for each in document["worst"][name]]
    return "\n".join(lines)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
