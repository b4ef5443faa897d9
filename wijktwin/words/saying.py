"""Everything that is said of a neighbourhood and its plans: every sentence and card, of every address and scenario, in a language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

from wijktwin.errors import PlanConflictError
from wijktwin.impacts.catalogue import AT_ONCE, IMPACTS, assess_impact
from wijktwin.model.scenario import Scenario
from wijktwin.words.building_card import building_card
from wijktwin.words.changes import change_sentences
from wijktwin.words.judgements import judgement_sentences
from wijktwin.words.methods import not_computed_texts
from wijktwin.words.plan_card import plan_card, volume_card
from wijktwin.words.sentences import sentence_parts
from wijktwin.words.summary import plan_summary
from wijktwin.words.texts import sentence_case, text
from wijktwin.words.view import view_description

if TYPE_CHECKING:
    from wijktwin.errors import Language
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.impacts.requirements import Judgement
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan
    from wijktwin.words.facts import FactCard

TODAY: Final = "today"
NOT_OURS: Final = ("settled", "proposer", "changed_since", "role", "demolishes", "street_changes", "plan")
"""Facts of cards in the words or names of others."""


@dataclass(frozen=True, slots=True)
class Said:
    """One text as a reader gets it.

    Parameters
    ----------
    what
        "figure", "change", "building card", "plan card", "summary", "judgement" or "view".
    subject
        What it is about: the name of a figure, the number of a building, a plan.
    scenario
        Ids of the plans that are on; `TODAY` where there are none.
    parts
        The sentences, the head of a figure first.
    assessment
        The figure that is told, where it is one.
    """

    what: str
    subject: str
    scenario: str
    parts: tuple[str, ...]
    assessment: Assessment | None = None

    @property
    def text(self) -> str:
        """All of it."""
        return " ".join(self.parts)


def scenarios_of(neighbourhood: Neighbourhood, plans: Sequence[Plan]) -> tuple[Scenario, ...]:
    """Today, each plan by itself, and every two plans that can stand together."""
    sets = [(), *((plan,) for plan in plans), *combinations(plans, 2)]
    return tuple(scenario for chosen in sets if (scenario := _scenario(neighbourhood, chosen)) is not None)


def _scenario(neighbourhood: Neighbourhood, chosen: Sequence[Plan]) -> Scenario | None:
    try:
        return Scenario(neighbourhood, frozenset(chosen))
    except PlanConflictError:
        return None


def figures_of(scenario: Scenario, *, is_quick: bool) -> tuple[Assessment, ...]:
    """The figures of a scenario; ``is_quick`` leaves out what a page computes in the background."""
    return tuple(one for name in (AT_ONCE if is_quick else IMPACTS) for one in assess_impact(name, scenario))


def said_of(scenario: Scenario, figures: Sequence[Assessment], language: Language) -> Iterator[Said]:
    """Every text about one scenario: figures told here and from afar, what changes, plans, and what there is to see."""
    name = scenario_name(scenario)
    for one in figures:
        for parts in dict.fromkeys(sentence_parts(one, language, here=here) for here in (False, True)):
            yield Said("figure", one.impact, name, parts, one)
    for head, how in change_sentences(scenario, language):
        yield Said("change", "", name, (head, how))
    for plan in scenario.ordered_plans:
        card = plan_card(plan, language, neighbourhood=scenario.neighbourhood)
        yield Said("plan card", plan.plan_id, name, card_sentences(card, language))
        for volume in plan.volumes:
            card = volume_card(volume, plan, language)
            yield Said("plan card", f"{plan.plan_id}/{volume.volume_id}", name, card_sentences(card, language))
    if len(scenario.plans) == 1:
        for part in plan_summary(figures, language):
            yield Said("summary", f"{name}/{part.key}", name, part.sentences)
    yield Said("view", "", name, view_description(scenario, language))
    missing = (text("not_computed.title", language), *not_computed_texts(language))
    yield Said("view", "not computed", name, tuple(f"{sentence_case(each)}." for each in missing))


def judgements_said(scenario: Scenario, judgements: Iterable[Judgement], language: Language) -> Iterator[Said]:
    """What is told of each requirement that a plan is held against."""
    for one in judgements:
        yield Said("judgement", one.requirement.requirement_id, scenario_name(scenario), judgement_sentences(one, language))


def building_cards(scenario: Scenario, language: Language, *, building_ids: Iterable[str] | None = None) -> Iterator[Said]:
    """The cards of buildings in one scenario; of every building with an address, unless told which."""
    neighbourhood = scenario.neighbourhood
    addressed = () if neighbourhood.address_table is None else dict.fromkeys(neighbourhood.address_table["building_id"])
    for building_id in addressed if building_ids is None else building_ids:
        if building_id in neighbourhood.buildings:
            card = building_card(neighbourhood.buildings[building_id], neighbourhood, language, plans=scenario.ordered_plans)
            yield Said("building card", building_id, scenario_name(scenario), card_sentences(card, language))


def card_sentences(card: FactCard, language: Language) -> tuple[str, ...]:
    """A card as it is read aloud: each fact a sentence, then the remarks. Names, sources and the words of others are left out."""
    others = {text(f"card.{name}", language) for name in NOT_OURS} | {text("word.claimed", language)}
    facts = (f"{fact.label.removesuffix('?')}: {fact.value}." for fact in card.facts if not {fact.label, fact.kind} & others)
    return (*facts, *card.remarks)


def scenario_name(scenario: Scenario) -> str:
    """Ids of the plans of a scenario, in order."""
    return " + ".join(plan.plan_id for plan in scenario.ordered_plans) or TODAY
