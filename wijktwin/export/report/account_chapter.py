"""The account: assumptions, methods and limits, sources with licences, what came in, versions and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wijktwin import __version__
from wijktwin.export.report.blocks import Block, box, bullets, cell, heading, kept, paragraph, row, table
from wijktwin.export.report.material import TODAY, Material, capital
from wijktwin.impacts.claims import METHOD as CLAIMS
from wijktwin.impacts.requirements import METHOD as REQUIREMENTS
from wijktwin.words.methods import assumption_texts, method_text, not_computed_texts
from wijktwin.words.numbers import format_date
from wijktwin.words.texts import source_name, source_text, text
from wijktwin.words.view import CREDITS

if TYPE_CHECKING:
    from wijktwin.model.provenance import Source

EMPTY_ROWS: Final = 8
"""So many rows to fill in by hand where nothing came in yet."""


# --------------------------------------------------------------------------------------------------------------- assumptions
def assumptions(material: Material) -> list[Block]:
    """Every assumption that went into a figure of this report, with value, range, reason and owner."""
    t = material.t
    used = {one.name for figures in material.told.values() for figure in figures for one in figure.assumptions}
    told = [one for one in assumption_texts(material.language, assumptions=material.assumptions) if one.name in used]
    changed = {name: [t("changed_by_hand")] for name in material.assumptions.changed}
    read = capital(t("assumption_source"))
    rows = [
        row(
            cell(bold=one.label, small=changed.get(one.name, [])),
            cell(one.explanation, small=[f"{read}: {one.source}"] if one.source else []),
        )
        for one in told
    ]
    found = [heading(t("assumptions"), breaks=True), paragraph(text("method.assumptions_introduction", material.language))]
    if material.assumptions.variant:
        found.append(box(t("variant_title"), [t("variant", name=material.assumptions.variant)]))
    heads = [t("assumption"), t("assumption_told")]
    return [*found, table(t("assumptions_caption"), heads, rows, widths=(32, 68), style="fine")] if rows else found


# ------------------------------------------------------------------------------------------------------------------- methods
def methods(material: Material) -> list[Block]:
    """How it was computed, in the words of docs/methods.md, and what was not."""
    t, language = material.t, material.language
    found = [heading(t("methods")), paragraph(text("method.introduction", language))]
    for key in dict.fromkeys(one.method.method_id for figures in material.told.values() for one in figures):
        told = method_text(key, language)
        version = text("method.version", language, version=told.version, date=format_date(told.date, language))
        found += [heading(told.title, level=2), paragraph(version, style="small"), *(paragraph(each) for each in told.paragraphs)]
        found.append(paragraph(f"{text('method.formula', language)}: {told.formula}", style="formula"))
        if told.literature:
            found += [paragraph(f"{text('method.literature', language)}:", style="label"), bullets(told.literature, style="small")]
    found += [heading(text("not_computed.title", language), level=2), paragraph(text("method.not_computed_introduction", language))]
    return [*found, bullets(not_computed_texts(language)), heading(t("limits"), level=2), bullets([t(f"limit_{n}") for n in range(1, 5)])]


# ------------------------------------------------------------------------------------------------------------------- sources
def sources(material: Material) -> list[Block]:
    """Every source with owner, date, licence and version."""
    t, language = material.t, material.language
    rows, said = [], set()
    for source, number in material.sources.items():
        words = source_text(source, language)
        if words in said:
            continue
        said.add(words)
        rows.append(
            row(
                cell(bold=f"[{number}]"),
                cell(
                    CREDITS.get(source.title, source_name(source.title, language)),
                    small=[source.url or "", t("made_up") if source.fictional else ""],
                ),
                source_name(source.owner, language) or "–",
                _dated(material, source),
                source.licence or t("licence_unstated"),
            )
        )
    heads = [t("source_number"), t("source_title"), t("source_owner"), t("source_date"), t("source_licence")]
    caption = table(t("sources_caption"), heads, rows, widths=(7, 39, 24, 16, 14), style="fine")
    return [heading(t("sources")), paragraph(t("sources_lead")), caption]


def _dated(material: Material, source: Source) -> str:
    date = format_date(source.vintage, material.language) or text("source_line.no_vintage", material.language)
    version = text("source_line.version", material.language, version=source.version) if source.version else ""
    return ", ".join(each for each in (date, version) if each)


# ----------------------------------------------------------------------------------------------------------------- reactions
def reactions(material: Material) -> list[Block]:
    """What came in and what was done with it; rows to fill in where there is nothing yet."""
    t = material.t
    lines = [t("no_formal_view"), t("frame_ask"), t("reactions_groups")]
    found = [heading(t("reactions")), paragraph(t("reactions_lead")), box(t("reactions_box"), lines)]
    heads = [t("reaction_number"), t("reaction_said"), t("reaction_group"), t("reaction_answer"), t("reaction_reason")]
    rows = [
        row(cell(bold=str(number)), cell(one.said, small=[format_date(one.date, material.language) or one.date]), one.group or "–",
            one.answer or t("not_answered"), one.reason or "–")
        for number, one in enumerate(material.reactions, start=1)
    ]  # fmt: skip
    caption, widths = t("reactions_caption"), (6, 34, 16, 24, 20)
    if rows:
        return [*found, table(caption, heads, rows, widths=widths, style="plain")]
    rows = [row(str(number), "", "", "", "") for number in range(1, EMPTY_ROWS + 1)]
    return [kept([*found, paragraph(t("reactions_none")), table(caption, heads, rows, widths=widths, style="form")])]


# ------------------------------------------------------------------------------------------------------------------ versions
def versions(material: Material) -> list[Block]:
    """With which everybody gets the same figures again."""
    t, language = material.t, material.language
    rows = [
        row(cell(bold=t("version_program")), f"Wijktwin {__version__}"),
        row(cell(bold=t("version_made")), format_date(material.made_on, language)),
        row(cell(bold=t("version_data")), cell(material.neighbourhood.name, small=[material.neighbourhood.key])),
        row(cell(bold=t("version_crs")), material.neighbourhood.reference_system.name),
        row(cell(bold=t("version_today")), cell(small=[material.scenarios[TODAY].key])),
    ]
    for plan in material.plans:
        keys = [t("version_scenario", code=material.scenarios[plan.plan_id].key), t("version_plan", code=plan.content_key)]
        rows.append(row(cell(bold=material.name(plan)), cell(plan.plan_id, small=keys)))
    used = {one.method for figures in material.told.values() for one in figures} | {REQUIREMENTS, CLAIMS}
    told = ", ".join(f"{method.method_id} {method.version}" for method in sorted(used, key=lambda each: each.method_id))
    rows.append(row(cell(bold=t("version_methods")), told))
    found = [heading(t("versions")), paragraph(t("versions_lead"))]
    return [*found, table(t("versions_caption"), [t("version_what"), t("version_value")], rows, widths=(28, 72), style="plain")]
