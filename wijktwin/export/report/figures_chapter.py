"""The figures: plans beside each other, each plan by itself, homes, norms and requirements, and claims beside results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final

from wijktwin.export.report.blocks import Block, Cell, bullets, cell, group, heading, paragraph, row, table
from wijktwin.export.report.material import Material, capital
from wijktwin.export.report.small_counts import FLOWS, HOME_COUNTS, Veil, key_of, veil_words
from wijktwin.impacts.assessment import Place
from wijktwin.words.figure_sources import is_unchanged, stays
from wijktwin.words.rows import ONLY_THEN
from wijktwin.words.texts import enumeration, text, within_sentence

if TYPE_CHECKING:
    from wijktwin.export.report.small_counts import Key
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.model.plan import Plan
    from wijktwin.words.beside import Line
    from wijktwin.words.comparison import Pair, Side
    from wijktwin.words.rows import FigureRow

MOST_BESIDE: Final = 4
"""So many plans stand beside today at most; more get a table of their own."""
NAME_AND_TODAY: Final = {1: (46.0, 20.0), 2: (38.0, 16.0), 3: (30.0, 13.0), 4: (25.0, 13.0)}
"""How wide the name of a figure and the column of today are, beside so many plans. [% of the text]"""
MOST_NAMED: Final = 6
"""Of so many figures that nobody knows the names are told."""
OF_TWO_AREAS: Final = frozenset({
    "density.area", "density.gross_floor_area", "density.floor_space_index", "density.ground_space_index", "density.open_space_ratio",
    "density.mean_storeys",
})  # fmt: skip
"""Figures of a plan area and of the whole neighbourhood, under one name: the area is told with them."""
STREET_BY_STREET: Final = frozenset({Place.STREET})
"""Places whose figures are left to the table of each plan."""


# ------------------------------------------------------------------------------------------------------------------- beside
def beside(material: Material) -> list[Block]:
    """Today, what is allowed, plans and alternatives over each other, for each place."""
    t = material.t
    found = [heading(t("beside"), breaks=not material.views), paragraph(t("beside_lead"))]
    for plans in material.groups:
        for place in range(0, len(plans), MOST_BESIDE):
            found += _group_beside(material, plans[place : place + MOST_BESIDE])
    return found


def _group_beside(material: Material, plans: Sequence[Plan]) -> list[Block]:
    t = material.t
    told = [line for line in material.lines_of(plans) if line.figures]
    changing = [line for line in told if is_worth_telling(line) and line.figures[0].where.place not in STREET_BY_STREET]
    heads = [t("figure"), t("today"), *(material.column(plan) for plan in plans)]
    rows = _grouped((line.group, _line(material, line, plans)) for line in changing)
    titles = material.group_name(plans)
    caption = t("beside_caption", titles=titles)
    made = table(caption, heads, rows, widths=_widths(len(plans)), numbers=range(1, len(heads)))
    n_same = len(told) - len(changing) - sum(is_unknown(line) for line in told)
    return [heading(titles, level=2), made, paragraph(t("beside_same", n=n_same), style="small"), *_unknown(material, told)]


def _widths(n: int) -> tuple[float, ...]:
    """Of the columns beside so many plans: the name of a figure, today, and the plans alike. [% of the text]"""
    name, today = NAME_AND_TODAY[n]
    return name, today, *([(100.0 - name - today) / n] * n)


def is_worth_telling(line: Line) -> bool:
    """Whether a plan changes a figure, or brings something: a figure that is nothing under every plan is left to the annex."""
    told = [pair.second.figure for pair in line.cells if pair is not None and pair.second.figure is not None]
    is_nothing = all(one.before in {None, 0.0} and one.after == 0.0 and not may_be_otherwise(one) for one in told)
    return line.changes and not is_nothing and not is_unknown(line)


def may_be_otherwise(one: Assessment) -> bool:
    """Whether what only a plan brings may as well be nothing, or nothing may as well be something: it is told with its margin."""
    if one.before is not None or one.after is None or one.margin.below is None or one.margin.above is None:
        return False
    return one.margin.below >= one.after if one.after > 0.0 else one.margin.above > 0.0


def is_unknown(line: Line) -> bool:
    """Whether nobody knows a figure, today or under any plan."""
    return all(one.before is None and one.after is None for one in line.figures)


def _unknown(material: Material, lines: Iterable[Line]) -> list[Block]:
    """The names of figures that nobody knows, of many what they are about; why stands in the annex."""
    unknown = [line for line in lines if is_unknown(line)]
    names = list(dict.fromkeys(line.label for line in unknown))
    if len(names) > MOST_NAMED:
        about = enumeration([within_sentence(group) for group in dict.fromkeys(line.group for line in unknown)], material.language)
        return [paragraph(material.t("beside_unknown_many", n=len(unknown), about=about), style="small")]
    return [paragraph(material.t("beside_unknown", names="; ".join(names)), style="small")] if names else []


def _line(material: Material, line: Line, plans: Sequence[Plan]) -> Block:
    name = cell(bold=line.label, small=_where(material, line, plans))
    cells = [beside_cell(material, pair, plan) for pair, plan in zip(line.cells, plans, strict=True)]
    return row(name, today_cell(material, line), *cells)


def today_cell(material: Material, line: Line) -> Cell:
    """What is there today; hidden where it would give away a small number of homes under one of the plans."""
    if line.now is None or line.now.figure is None:
        return cell(ONLY_THEN)
    veil = next((veil for one in line.figures if (veil := _veil_of_today(material, one)) is not None), None)
    return cell(bold=line.now.value if veil is None else veil_words(veil, material.language), small=_kind(line.now))


def _where(material: Material, line: Line, plans: Sequence[Plan]) -> list[str]:
    """What a line is about, where the columns do not say so."""
    if {one.where.identifier for one in line.figures} <= {plan.plan_id for plan in plans}:
        return [material.t("plan_area")] if line.figures[0].impact in OF_TWO_AREAS else []
    wheres = list(dict.fromkeys(side.where for pair in line.cells if pair for side in (pair.first, pair.second) if side.where))
    return wheres if len(wheres) == 1 else []


def _veil_of_today(material: Material, one: Assessment) -> Veil | None:
    return next((veil for plan in ("", *(each.plan_id for each in material.plans)) if (veil := material.veil(one, plan).before)), None)


def beside_cell(material: Material, pair: Pair | None, plan: Plan) -> Cell:
    """What a plan comes to and its difference from today, as the page of the comparison shows them."""
    if pair is None or pair.second.figure is None:
        return cell(ONLY_THEN)
    veiled = material.veil(pair.second.figure, plan.plan_id)
    value = pair.second.value if veiled.after is None else veil_words(veiled.after, material.language)
    has_difference = pair.difference not in {ONLY_THEN, ""} and bool(pair.second.figure.difference)
    difference = pair.difference if veiled.difference is None else veil_words(veiled.difference, material.language)
    shown = material.t("difference", difference=difference) if has_difference else ""
    margins = material.short_margin(pair.second.figure, plan.plan_id) if may_be_otherwise(pair.second.figure) else []
    return cell(shown, bold=value, small=[*_kind(pair.second), *margins])


def _kind(side: Side) -> list[str]:
    return [side.kind] if side.kind else []


def _grouped(rows: Iterable[tuple[str, Block]]) -> list[Block]:
    found: list[Block] = []
    for name, own in groupby(rows, key=lambda each: each[0]):
        found += [group(name), *(each for _, each in own)]
    return found


# ----------------------------------------------------------------------------------------------------------------- each plan
def each_plan(material: Material) -> list[Block]:
    """Every figure of every plan with its margin, how it is known and its sources; once what no plan changes."""
    t = material.t
    found = [heading(t("figures")), paragraph(t("figures_lead")), bullets(_kinds(material), style="small"), _reasons(material)]
    same = unchanged_by_all(material)
    for plan in material.plans:
        found += [heading(material.name(plan), level=2), _of_plan(material, plan, same)]
    return [*found, *([heading(t("same"), level=2), _table_of_same(material, same)] if same else [])]


def unchanged_by_all(material: Material) -> frozenset[Key]:
    """The figures that every plan has and none changes."""
    own = [{key_of(one) for one in material.told[plan.plan_id] if stays(one)} for plan in material.plans]
    return frozenset(set.intersection(*own)) if own else frozenset()


def _reasons(material: Material) -> Block:
    """What the letters behind margins stand for."""
    told = {letter: text(f"reason.{reason}", material.language) for reason, letter in material.reasons.items()}
    rows = [row(cell(bold=letter), capital(words)) for letter, words in told.items()]
    return table(material.t("reasons_caption"), [material.t("opening_letter"), material.t("reason")], rows, widths=(8, 92), style="fine")


def _kinds(material: Material) -> list[str]:
    names = ("measured", "calculated", "assumed", "stated")
    language = material.language
    return [f"{capital(text(f'kind.{name}', language))}: {text(f'kind_explained.{name}', language)}" for name in names]


def _of_plan(material: Material, plan: Plan, same: frozenset[Key]) -> Block:
    t, told = material.t, [one for one in material.told[plan.plan_id] if key_of(one) not in same]
    rows = _grouped((shown.group, each) for one in told for shown, each in _figure_rows(material, one, plan))
    heads = [t("figure"), t("today"), t("then"), t("difference_head"), t("margin"), t("kind"), t("sources_short")]
    widths = (27, 9, 9, 9, 27, 13, 6)
    return table(t("figures_caption", title=material.title_of(plan)), heads, rows, widths=widths, numbers=(1, 2, 3), style="fine")


def _table_of_same(material: Material, same: frozenset[Key]) -> Block:
    t, plan = material.t, material.plans[0]
    told = [one for one in material.told[plan.plan_id] if key_of(one) in same]
    names = [text(f"impact_group.{one.group}", material.language) for one in told]
    rows = _grouped(zip(names, (_same_row(material, one, plan) for one in told), strict=True))
    heads = [t("figure"), t("value"), t("margin"), t("kind"), t("sources_short")]
    return table(t("same_caption", n=len(told)), heads, rows, widths=(38, 12, 30, 13, 7), numbers=(1,), style="fine")


def _figure_rows(material: Material, one: Assessment, plan: Plan) -> list[tuple[FigureRow, Block]]:
    shown = material.row(one, plan.plan_id)
    numbers = material.references(one.sources)
    kinds = [_kind_now(material, shown)] if shown.before_kind not in {"", shown.kind} and shown.before != ONLY_THEN else []
    is_of_plan = one.where.place is Place.PLAN_AREA and one.where.identifier == plan.plan_id
    where = shown.where if not is_of_plan else material.t("plan_area") if one.impact in OF_TWO_AREAS else ""
    label = cell(bold=shown.label, small=[where, *([shown.missing] if shown.missing and one.after is None else [])])
    margin, kind = cell("; ".join(material.short_margin(one, plan.plan_id))), cell(shown.kind, small=kinds)
    found = [(shown, row(label, shown.before, cell(bold=shown.after), shown.difference, margin, kind, numbers))]
    parts = list(shown.parts)
    if not material.veil(one, plan.plan_id).hides_parts:
        parts = [part for key, part in zip(one.breakdown, shown.parts, strict=True) if not is_unchanged(one, key)]
    found += [
        (shown, row(cell(material.t("part", name=part.label)), part.before, part.after, part.difference, "", "", "")) for part in parts
    ]
    return found


def _kind_now(material: Material, shown: FigureRow) -> str:
    """How the value of today is known."""
    return material.t("now_kind", kind=shown.before_kind)


def _same_row(material: Material, one: Assessment, plan: Plan) -> Block:
    shown = material.row(one, plan.plan_id)
    return row(
        cell(bold=shown.label, small=[shown.where]),
        shown.after,
        cell("; ".join(material.short_margin(one, plan.plan_id))),
        shown.kind,
        material.references(one.sources),
    )


# --------------------------------------------------------------------------------------------------------------------- homes
def homes(material: Material) -> list[Block]:
    """How many homes are affected, for every plan; fewer than five are not counted out."""
    t = material.t
    found = [heading(t("homes")), paragraph(t("homes_lead"))]
    for plans in material.groups:
        for place in range(0, len(plans), MOST_BESIDE):
            found += _homes_of(material, plans[place : place + MOST_BESIDE])
    return found


def _homes_of(material: Material, plans: Sequence[Plan]) -> list[Block]:
    t = material.t
    counts = [line for line in material.lines_of(plans) if line.figures and line.figures[0].impact in HOME_COUNTS]
    own, unknown = [line for line in counts if is_worth_telling(line)], _unknown(material, counts)
    titles = material.group_name(plans)
    if not own:
        none = "homes_unknown" if all(is_unknown(line) for line in counts) else "homes_none"
        return [heading(titles, level=2), paragraph(t(none)), *unknown]
    heads = [t("figure"), t("today"), *(material.column(plan) for plan in plans)]
    rows = _grouped((line.group, _homes_line(material, line, plans)) for line in own)
    return [
        heading(titles, level=2),
        table(t("homes_caption", titles=titles), heads, rows, widths=_widths(len(plans)), numbers=range(1, len(heads))),
        *unknown,
    ]


def _homes_line(material: Material, line: Line, plans: Sequence[Plan]) -> Block:
    cells = []
    for pair, plan in zip(line.cells, plans, strict=True):
        made = beside_cell(material, pair, plan)
        if pair is not None and pair.second.figure is not None:
            made["lines"] += [[words, "small"] for words in for_whom(material, pair.second.figure, plan)]
        cells.append(made)
    return row(cell(bold=line.label, small=_where(material, line, plans)), today_cell(material, line), *cells)


def for_whom(material: Material, one: Assessment, plan: Plan) -> list[str]:
    """How many homes lose and gain something, and how many are in each class."""
    if one.after is None:
        return []
    shown, veiled = material.row(one, plan.plan_id), material.veil(one, plan.plan_id)
    keys = list(veiled.flows) if veiled.hides_parts else list(one.breakdown)
    told = [(key, part) for key, part in zip(keys, shown.parts, strict=True) if key in FLOWS or not set(keys) & set(FLOWS)]
    return [f"{part.label}: {_moved(part.before, part.after)}" for _, part in told]


def _moved(before: str, after: str) -> str:
    """Of a part the number that is not nothing: those that lose something are counted today, those that gain it then."""
    return before if after in {"0", ONLY_THEN, ""} and before not in {"", ONLY_THEN} else after
