"""What a report is made from: a neighbourhood, plans, the figures of each plan by itself, and what whoever orders it chose."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from wijktwin.export.report.reactions import Reaction
from wijktwin.export.report.small_counts import OPEN, Key, Veiled, alike_today, key_of, veiled_row, veils
from wijktwin.export.telling import made_up
from wijktwin.impacts.requirements import Requirements
from wijktwin.model.plan_groups import alternatives, in_order
from wijktwin.words.beside import Line, lines
from wijktwin.words.rows import margin_text
from wijktwin.words.texts import enumeration, name_of, sentence_case, source_text, text

if TYPE_CHECKING:
    from wijktwin.errors import Language
    from wijktwin.export.report.blocks import Picture
    from wijktwin.export.report.place_views import SiteViews
    from wijktwin.impacts.assessment import Assessment, Margin, Unit
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan
    from wijktwin.model.provenance import Source
    from wijktwin.model.scenario import Scenario
    from wijktwin.words.rows import FigureRow

TODAY = ""
"""Stands for none of the plans."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class LegalFrame(StrEnum):
    """The procedure under Dutch law that a plan goes through."""

    PLAN_CHANGE = "plan_change"
    """Wijziging omgevingsplan."""
    PERMIT_OUTSIDE_PLAN = "permit_outside_plan"
    """Buitenplanse omgevingsplanactiviteit."""
    PROJECT_PROCEDURE = "project_procedure"
    """Projectprocedure."""


@dataclass(frozen=True, eq=False)
class Material:
    """Everything that goes into a report.

    Parameters
    ----------
    plans
        Each is told by itself; in the order in which people ask for them.
    told
        Figures by plan id, of the neighbourhood with that plan alone; under `TODAY` those without any plan.
    requirements
        What a municipality asks.
    reactions
        What came in, and what was done with it.
    views
        Pictures of each site (`wijktwin.export.report.place_views.with_views`); none where nobody asked for them.
    """

    neighbourhood: Neighbourhood
    plans: tuple[Plan, ...]
    told: Mapping[str, tuple[Assessment, ...]] = field(repr=False)
    frame: LegalFrame
    language: Language
    made_on: dt.date
    assumptions: Assumptions = field(repr=False)
    requirements: Requirements = field(default_factory=Requirements)
    reactions: tuple[Reaction, ...] = ()
    views: tuple[SiteViews, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        """Put the plans in order."""
        object.__setattr__(self, "plans", tuple(in_order(self.plans)))

    def t(self, key: str, **values: object) -> str:
        """A text of the report in its language."""
        return text(f"report.{key}", self.language, **values)

    @cached_property
    def scenarios(self) -> Mapping[str, Scenario]:
        """The neighbourhood with each plan alone, by plan id, and without any."""
        return {TODAY: self.neighbourhood.with_plans()} | {plan.plan_id: self.neighbourhood.with_plans([plan]) for plan in self.plans}

    @cached_property
    def banner(self) -> str:
        """What is made up: the neighbourhood with everything in it, or plans and rules in a real one; "" for nothing."""
        told = made_up(self.neighbourhood, self.plans, self.language)
        rules = self.t("banner_rules") if self.requirements.fictional and not self.neighbourhood.fictional else ""
        return " ".join(each for each in (told, rules) if each)

    @cached_property
    def letters(self) -> Mapping[str, str]:
        """By which letter each plan is called, by plan id."""
        return {plan.plan_id: LETTERS[place % len(LETTERS)] * (place // len(LETTERS) + 1) for place, plan in enumerate(self.plans)}

    def title_of(self, plan: Plan) -> str:
        """What a plan calls itself."""
        return plan.title.in_language(self.language) or plan.plan_id

    def column(self, plan: Plan) -> str:
        """What a column about a plan is called: "B · voorstel (de ontwikkelaar)"."""
        role, party = name_of("role", plan.role, self.language), name_of("party", plan.party, self.language)
        return self.t("column", letter=self.letters[plan.plan_id], role=role, party=party)

    def name(self, plan: Plan) -> str:
        """A plan with its letter and its title."""
        return self.t("plan_name", letter=self.letters[plan.plan_id], title=self.title_of(plan))

    def group_name(self, plans: Sequence[Plan]) -> str:
        """Several plans by their letters, one by its title too."""
        if len(plans) == 1:
            return self.name(plans[0])
        return self.t("group_name", letters=enumeration([self.letters[plan.plan_id] for plan in plans], self.language))

    @cached_property
    def groups(self) -> list[list[Plan]]:
        """Plans of one place that cannot stand together, in groups."""
        return alternatives(self.plans)

    def drawn_once(self, name: str, draw: Callable[[], Picture | None]) -> Picture | None:
        """A picture by its name; drawn where it was not asked for before."""
        if name not in self._drawn:
            self._drawn[name] = draw()
        return self._drawn[name]

    @cached_property
    def _drawn(self) -> dict[str, Picture | None]:
        return {}

    # ---------------------------------------------------------------------------------------------------------- figures
    @cached_property
    def _veils(self) -> Mapping[str, Mapping[Key, Veiled]]:
        return alike_today({name: veils(figures) for name, figures in self.told.items()})

    def veil(self, one: Assessment, plan_id: str) -> Veiled:
        """What is hidden of a figure of a plan."""
        return self._veils.get(plan_id, {}).get(key_of(one), OPEN)

    def row(self, one: Assessment, plan_id: str) -> FigureRow:
        """A figure of a plan ready to show, as the pages show it; small numbers of homes are not told."""
        return veiled_row(one, self.veil(one, plan_id), self.language)

    def lines_of(self, plans: Sequence[Plan]) -> list[Line]:
        """The figures of some plans over today; made once."""
        ids = (TODAY, *(plan.plan_id for plan in plans))
        if ids not in self._lines:
            self._lines[ids] = self._made_lines(ids)
        return self._lines[ids]

    @cached_property
    def _lines(self) -> dict[tuple[str, ...], list[Line]]:
        return {}

    def _made_lines(self, ids: Sequence[str]) -> list[Line]:
        return lines([self.scenarios[name] for name in ids], [self.told[name] for name in ids], self.language)

    @cached_property
    def reasons(self) -> Mapping[str, str]:
        """Why figures may be off, each with the letter that stands for it in tables: key of words to letter; one for what reads alike."""
        margins = [
            margin
            for plan in self.plans
            for one in self.told[plan.plan_id]
            for margin in (one.margin_now, one.margin, one.margin_of_change)
        ]
        told = {reason: text(f"reason.{reason}", self.language) for reason in dict.fromkeys(margin.reason for margin in margins)}
        letters = {words: _small_letter(place) for place, words in enumerate(dict.fromkeys(told.values()))}
        return {reason: letters[words] for reason, words in told.items()}

    def short_margin(self, one: Assessment, plan_id: str) -> list[str]:
        """How far a figure may be off, a line for now, then and the difference where they differ, each with the letter of its reason."""
        if (one.before is None and one.after is None) or self.row(one, plan_id).margin == "":
            return []
        margins = {"before": (one.margin_now, one.before), "after": (one.margin, one.after), "difference": (one.margin_of_change, None)}
        known = {"before": one.before, "after": one.after, "difference": one.difference}
        if one.difference == 0:
            known = {"after": one.after}
        told = {name: self._short(*margins[name], one.unit) for name in margins if known.get(name) is not None}
        unrounded = text("word.unrounded_difference", self.language)
        more = [unrounded] if self.row(one, plan_id).margin.endswith(unrounded) else []
        if len(set(told.values())) == 1:
            return [next(iter(told.values())), *more]
        labels = {name: text(f"column.{name}", self.language) for name in told}
        return [*(text("word.label_and_value", self.language, label=labels[name], value=words) for name, words in told.items()), *more]

    def _short(self, margin: Margin, value: float | None, unit: Unit) -> str:
        reason = name_of("reason", margin.reason, self.language)
        whole = margin_text(margin, unit, self.language, value=value)
        how_far = "" if margin.is_exact else whole.removesuffix(reason).rstrip(" :")
        return f"{how_far} ({self.reasons[margin.reason]})".strip()

    # ---------------------------------------------------------------------------------------------------------- sources
    @cached_property
    def sources(self) -> Mapping[Source, int]:
        """Every source of a figure, a plan, a claim or a rule, numbered from 1 in the order in which it is first named."""
        found: list[Source] = [source for plan in self.plans for one in self.told[plan.plan_id] for source in one.sources]
        found += [*self.neighbourhood.sources, *(plan.source for plan in self.plans)]
        found += [claim.source for plan in self.plans for claim in plan.claims if claim.source is not None]
        found += [one.rule for one in self.requirements.items if any(one.is_about(plan) for plan in self.plans)]
        return {source: number for number, source in enumerate(dict.fromkeys(found), start=1)}

    def references(self, sources: Sequence[Source]) -> str:
        """The numbers of some sources: "[1] [3]"; sources that read alike have one number."""
        by_text: dict[str, int] = {}
        for source, number in self.sources.items():
            by_text.setdefault(source_text(source, self.language), number)
        own = {by_text[source_text(source, self.language)] for source in sources if source in self.sources}
        return " ".join(f"[{number}]" for number in sorted(own))


def _small_letter(place: int) -> str:
    """A to z, aa, ab and so on."""
    rest, last = divmod(place, 26)
    return (_small_letter(rest - 1) if rest else "") + LETTERS[last].lower()


def capital(words: str) -> str:
    """With a capital first."""
    return sentence_case(words)
