"""The first pages: what it is about, the legal frame, the summary in plain words, and where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wijktwin.export.report.blocks import (
    Block,
    Picture,
    beside,
    box,
    bullets,
    cell,
    columns,
    contents,
    figure,
    group,
    heading,
    paragraph,
    row,
    table,
)
from wijktwin.export.report.key_map import WIDE, around, key_map, plan_shapes
from wijktwin.export.report.material import LegalFrame, Material, capital
from wijktwin.export.report.small_counts import veiled_sentence
from wijktwin.model.plan import Latitude
from wijktwin.words.numbers import format_date
from wijktwin.words.plan_card import plan_card, status_text
from wijktwin.words.summary import Part, plan_summary
from wijktwin.words.texts import name_of, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wijktwin.impacts.assessment import Assessment
    from wijktwin.model.plan import Plan

ON_A_PAGE: Final = 4
"""Summaries of so many plans fit on one page."""
MAP_WIDTH: Final = 66.0
"""Of the map of all plans: the list of chapters stands beside it. [% of the text]"""
PLAN_WIDTH: Final = 64.0
"""Of the map of one plan: with its facts it has room on a page. [% of the text]"""
FRAME_LINES: Final = {LegalFrame.PLAN_CHANGE: 3, LegalFrame.PERMIT_OUTSIDE_PLAN: 3, LegalFrame.PROJECT_PROCEDURE: 3}
"""How many lines explain each legal frame."""


def opening(material: Material) -> list[Block]:
    """What this is about: the plans by letter, the legal frame, and the map."""
    t = material.t
    rows = [
        row(
            cell(bold=material.letters[plan.plan_id]),
            cell(bold=material.title_of(plan)),
            capital(name_of("role", plan.role, material.language)),
            _whose(material, plan),
            capital(status_text(plan, material.language)),
        )
        for plan in material.plans
    ]
    heads = [t(f"opening_{name}") for name in ("letter", "title", "role", "whose", "status")]
    found = [table(t("opening_caption"), heads, rows, widths=(7, 33, 18, 24, 18), style="plain")] if rows else []
    shown, chapters = overview_picture(material), contents(t("contents"))
    return [*found, legal_frame(material), beside(figure(shown), [chapters], share=MAP_WIDTH) if shown is not None else chapters]


def _whose(material: Material, plan: Plan) -> str:
    party = capital(name_of("party", plan.party, material.language))
    return f"{plan.proposer} ({party.lower()})" if plan.proposer else party


def legal_frame(material: Material) -> Block:
    """The procedure that was chosen, and that a reaction in a tool is no formal view."""
    lines = [material.t(f"frame_{material.frame}_{number}") for number in range(1, FRAME_LINES[material.frame] + 1)]
    title = material.t("frame_title", name=material.t(f"frame_{material.frame}"))
    return box(title, [*lines, material.t("no_formal_view"), material.t("frame_ask")])


# ---------------------------------------------------------------------------------------------------------------------- maps
def overview_picture(material: Material) -> Picture | None:
    """A map with all plans, by letter where there are several, drawn once; None where no plan draws anything."""
    return material.drawn_once("map", lambda: _overview(material))


def _overview(material: Material) -> Picture | None:
    shapes = [shape for plan in material.plans for shape in plan_shapes(plan, material.neighbourhood)]
    if not shapes:
        return None
    lettered = [(material.letters[plan.plan_id], plan) for plan in material.plans]
    content = key_map(material.neighbourhood, lettered, material.language, bounds=around(shapes, margin=120.0))
    plans = ", ".join(material.name(plan) for plan in material.plans)
    alt = material.t("map_all_alt" if len(material.plans) > 1 else "map_one_alt", name=material.neighbourhood.name, plans=plans)
    caption = material.t("map_all", sources=map_sources(material)) + map_legend(material, material.plans)
    return Picture("map", content, "svg", alt, caption)


def plan_picture(material: Material, plan: Plan, *, shows_plan: bool = True, ratio: float = WIDE, sources: str = "") -> Picture | None:
    """The place of one plan, with it or as it is today, drawn once; None where it draws nothing.

    Parameters
    ----------
    ratio
        How many times as wide as it is high.
    sources
        Whose data it is; by default by the numbers of the sources in this report.
    """
    which = "plan" if shows_plan else "today"
    name = f"map-{plan.plan_id}-{which}-{ratio:g}"
    return material.drawn_once(name, lambda: _plan_picture(material, plan, name, shows_plan=shows_plan, ratio=ratio, sources=sources))


def _plan_picture(material: Material, plan: Plan, name: str, *, shows_plan: bool, ratio: float, sources: str) -> Picture | None:
    shapes = plan_shapes(plan, material.neighbourhood)
    if not shapes:
        return None
    lettered = [(material.letters[plan.plan_id], plan)]
    content = key_map(material.neighbourhood, lettered, material.language, bounds=around(shapes, ratio=ratio), shows_plans=shows_plan)
    which = "plan" if shows_plan else "today"
    title = material.title_of(plan)
    alt = material.t(f"map_{which}_alt", title=title, name=material.neighbourhood.name)
    caption = material.t(f"map_{which}", title=title, sources=sources or map_sources(material))
    if shows_plan:
        caption += map_legend(material, [plan])
    return Picture(name, content, "svg", alt, caption)


def map_legend(material: Material, plans: Sequence[Plan]) -> str:
    """What is marked on a map of some plans, as sentences after a space: only what there is."""
    marks = {
        "built": any(not volume.is_below_ground for plan in plans for volume in plan.volumes),
        "area": any(plan.boundary is not None for plan in plans),
        "ground": any(plan.ground_changes for plan in plans),
        "street": material.neighbourhood.street_table is not None and any(plan.street_changes for plan in plans),
        "gone": any(plan.demolishes for plan in plans),
        "felled": material.neighbourhood.tree_table is not None and any(plan.felled for plan in plans),
        "planted": any(plan.planted for plan in plans),
    }
    return "".join(f" {material.t(f'map_legend_{name}')}" for name, is_there in marks.items() if is_there)


def map_sources(material: Material) -> str:
    """The numbers of the sources of what maps show."""
    sources = [*material.neighbourhood.sources, *(plan.source for plan in material.plans)]
    return material.references(sources)


# ------------------------------------------------------------------------------------------------------------------- summary
def summary(material: Material) -> list[Block]:
    """In plain words, one page for every four plans."""
    found: list[Block] = []
    for place in range(0, len(material.plans), ON_A_PAGE):
        plans = material.plans[place : place + ON_A_PAGE]
        found.append(
            heading(material.t("summary"), breaks=True) if not place else heading(material.t("summary_more"), level=2, breaks=True)
        )
        found.append(paragraph(material.t("summary_lead"), style="small"))
        style = "large" if len(material.plans) == 1 else "tight"
        found.append(columns([_of_plan(material, plan, style=style) for plan in plans]))
    return found


def _of_plan(material: Material, plan: Plan, *, style: str) -> list[Block]:
    found = [heading(material.name(plan), level=2)]
    for part in summary_parts(material, plan):
        found += [heading(part.title, level=3), bullets(part.sentences, style=style)]
    return found


def summary_parts(material: Material, plan: Plan) -> tuple[Part, ...]:
    """The sentences of the summary on the pages; of small numbers of homes it is told that they are small."""

    def hidden(one: Assessment) -> str | None:
        veiled = material.veil(one, plan.plan_id)
        if (veiled.before, veiled.after, veiled.difference) == (None, None, None):
            return None
        return veiled_sentence(one, veiled, material.language)

    return plan_summary(material.told[plan.plan_id], material.language, instead=hidden)


def first_said(material: Material, plan: Plan) -> str:
    """The first thing that a summary says of a plan, whole."""
    return " ".join(next(iter(summary_parts(material, plan)[0].wholes), ()))


# --------------------------------------------------------------------------------------------------------------------- plans
def plans(material: Material) -> list[Block]:
    """What each plan says: facts, what is fixed, a choice or open, what changed, and pictures."""
    t = material.t
    found = [heading(t("plans"), breaks=True), paragraph(t("plans_lead"))]
    for place, plan in enumerate(material.plans):
        picture, said = plan_picture(material, plan), plan.summary.in_language(material.language)
        found += [heading(material.name(plan), level=2, breaks=place > 0), *([paragraph(said)] if said else [])]
        found += [figure(picture, width=PLAN_WIDTH)] if picture is not None else []
        found += [*_facts(material, plan), *_settled(material, plan), *_changes(material, plan)]
    return found


def _facts(material: Material, plan: Plan) -> list[Block]:
    t = material.t
    card = plan_card(plan, material.language, neighbourhood=material.neighbourhood)
    settled, claim = name_of("card", "settled", material.language), name_of("word", "claimed", material.language)
    facts = [fact for fact in card.facts if fact.label != settled and fact.kind != claim]
    rows = [row(cell(bold=fact.label), fact.value, fact.kind or "–") for fact in facts]
    dates = [(name_of("status", status, material.language), date) for status, date in plan.dates.items()]
    rows += [row(cell(bold=capital(status)), format_date(date, material.language), "–") for status, date in dates]
    heads = [t("fact"), t("fact_value"), t("fact_kind")]
    facts_table = table(t("facts_caption", title=material.title_of(plan)), heads, rows, widths=(30, 50, 20), style="plain")
    unchecked = {capital(text("card.claim_not_checked", material.language, owner=claim.owner)) for claim in plan.claims}
    others = [remark for remark in card.remarks if remark not in unchecked]  # claims are checked, in a chapter of their own
    remarks = [bullets(others, style="small")] if others else []
    return [facts_table, paragraph(t("source_of_plan", numbers=material.references([plan.source])), style="small"), *remarks]


def _settled(material: Material, plan: Plan) -> list[Block]:
    t = material.t
    if not plan.settled:
        return [paragraph(t("settled_none"))]
    language, rows = material.language, []
    for latitude in Latitude:
        own = [each for each in plan.settled if each.latitude is latitude]
        name, explained = name_of("latitude", latitude, language), name_of("latitude_explained", latitude, language)
        rows += [group(f"{capital(name)}: {explained}")] if own else []
        rows += [row(cell(bold=each.subject.in_language(language)), name) for each in own]
    return [table(t("settled_caption", title=material.title_of(plan)), [t("subject"), t("latitude")], rows, widths=(60, 40), style="plain")]


def _changes(material: Material, plan: Plan) -> list[Block]:
    """What changed before the latest time: that one stands among the facts."""
    told = sorted(plan.changes, key=lambda change: change.date, reverse=True)[1:]
    lines = [f"{format_date(each.date, material.language)}: {each.text.in_language(material.language)}" for each in told]
    return [heading(material.t("changes"), level=3), bullets(lines)] if lines else []
