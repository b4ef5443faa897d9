"""``wijktwin words``: every sentence and card of a neighbourhood and its plans, written down or checked."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from wijktwin.cli.judging import requirements_of
from wijktwin.cli.opening import add_data_options, data_of, opened, plans_beside, say
from wijktwin.errors import LANGUAGES, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wijktwin.errors import Language
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.impacts.requirements import Judgement
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
    told = [_told(scenario, options) for scenario in _scenarios(options)]
    if not options.check:
        for language in LANGUAGES:
            _write_down(_all_said(told, language), language)
        return DONE
    from wijktwin.words.checking import Report, check

    report = Report()
    for language in LANGUAGES:
        check(_all_said(told, language), language, report)
        _check_cards([each.scenario for each in told], language, report, is_quick=options.quick)
    print(json.dumps(report.as_document(), ensure_ascii=False, indent=2) if options.json else _as_text(report))
    return DONE if report.is_good else REFUSED


def _check_cards(scenarios: list[Scenario], language: Language, report: Report, *, is_quick: bool) -> None:
    """The cards of all homes in all scenarios."""
    from wijktwin.words.card_saying import CardCheck, facts_of_homes
    from wijktwin.words.saying import scenario_name

    looking = CardCheck(language, report)
    for scenario in scenarios:
        say(f"Cards: {scenario_name(scenario)} ({language}) ...")
        looking.look(facts_of_homes(scenario, is_quick=is_quick), scenario=scenario_name(scenario))


def _scenarios(options: argparse.Namespace) -> tuple[Scenario, ...]:
    from wijktwin.words.saying import scenarios_of

    neighbourhood = opened(options)
    return scenarios_of(neighbourhood, tuple(plan for plan in plans_beside(options, neighbourhood) if not plan.is_withdrawn))


class Told(NamedTuple):
    """A scenario with all its figures, and what comes of holding a plan alone against its requirements."""

    scenario: Scenario
    figures: tuple[Assessment, ...]
    judgements: tuple[Judgement, ...]


def _told(scenario: Scenario, options: argparse.Namespace) -> Told:
    from wijktwin.impacts.catalogue import AT_ONCE, IMPACTS
    from wijktwin.impacts.requirements import judged
    from wijktwin.words.saying import figures_of, scenario_name

    say(f"Figures: {scenario_name(scenario)} ...")
    figures = figures_of(scenario, is_quick=options.quick)
    plans = scenario.ordered_plans
    if len(plans) != 1:
        return Told(scenario, figures, ())
    asked = AT_ONCE if options.quick else tuple(IMPACTS)
    return Told(scenario, figures, tuple(judged(requirements_of(data_of(options), None).items, plans[0], figures, asked=asked)))


def _all_said(told: list[Told], language: Language) -> Iterator[Said]:
    """Every text: of buildings today all cards, with plans those of buildings that a plan takes away."""
    from wijktwin.words.saying import building_cards, judgements_said, said_of

    for scenario, figures, judgements in told:
        yield from said_of(scenario, figures, language)
        yield from judgements_said(scenario, judgements, language)
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
