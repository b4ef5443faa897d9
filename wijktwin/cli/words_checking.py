"""``wijktwin words``: every sentence and card of a neighbourhood and its plans, written down or checked."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Final, TypeVar

from wijktwin.cli.opening import add_data_options, opened, plans_beside, say
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
LISTED: Final = ("contradictions", "below_gate", "too_long", "hard_words")


def add_command(commands: argparse._SubParsersAction[Parser]) -> None:
    """The subcommand and its options."""
    words = commands.add_parser("words", help="write down or check every sentence about a neighbourhood", allow_abbrev=False)
    add_data_options(words)
    words.add_argument("--check", action="store_true", help="hold them to plain language and to their figures; exit code 1 when one fails")
    words.add_argument("--json", action="store_true", help="the outcome of --check as one JSON object")
    words.add_argument("--quick", action="store_true", help="leave out figures that take minutes")
    words.set_defaults(act=tell_words)


def tell_words(options: argparse.Namespace) -> int:
    """``wijktwin words``: the sentences themselves, or what checking them found."""
    if options.json and not options.check:
        raise InputError("command.usage", reason="--json belongs to --check", command="wijktwin words")
    told = [(scenario, _figures(scenario, is_quick=options.quick)) for scenario in _scenarios(options)]
    if not options.check:
        for language in LANGUAGES:
            _write_down(_all_said(told, language), language)
        return DONE
    from wijktwin.words.checking import Report, check

    report = Report()
    for language in LANGUAGES:
        check(_all_said(told, language), language, report)
    print(json.dumps(report.as_document(), ensure_ascii=False, indent=2) if options.json else _as_text(report))
    return DONE if report.is_good else REFUSED


def _scenarios(options: argparse.Namespace) -> tuple[Scenario, ...]:
    from wijktwin.words.saying import scenarios_of

    neighbourhood = opened(options)
    return scenarios_of(neighbourhood, tuple(plan for plan in plans_beside(options, neighbourhood) if not plan.is_withdrawn))


def _figures(scenario: Scenario, *, is_quick: bool) -> tuple[Assessment, ...]:
    from wijktwin.words.saying import figures_of, scenario_name

    say(f"Figures: {scenario_name(scenario)} ...")
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
