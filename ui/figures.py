"""Figures on a page: for residents as sentences, and as a file for a spreadsheet. The table for planners is `ui.figure_table`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final

import streamlit as st

from ui import assumed
from ui.figure_table import variant_words
from ui.markup import EMPTY, Markup, element, joined
from wijktwin import clock_times
from wijktwin.export.cells import CsvDialect
from wijktwin.export.report.small_counts import veils_of
from wijktwin.export.tables import figures_csv
from wijktwin.impacts.assessment import Place
from wijktwin.impacts.ground import OWN_AREAS
from wijktwin.words.cases import Case, told_case
from wijktwin.words.changes import change_sentences
from wijktwin.words.rows import variant_text
from wijktwin.words.sentences import FOR_RESIDENTS, sentence_parts

if TYPE_CHECKING:
    from ui.text import Text
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario

FIRST: Final = (
    "dwellings.new", "height.new", "height.times_median", "trees.total", "ground.green", "ground.paved", "ground.unstated",
    "reachability.drive_lost", "reachability.walk_lost", "reachability.drive_longer", "reachability.walk_longer", "traffic.new",
    "parking.street_total", "parking.in_buildings", "parking.bicycles",
)  # fmt: skip
"""What residents read first, in this order."""
INSTEAD_OF: Final = {"dwellings.total": "dwellings.new"}
"""Read first where the plans bring no new dwellings of their own: what goes is told then."""
SAID_ELSEWHERE: Final = frozenset({"height.tallest_around", "height.median_around", "trees.crown_area"})
"""Left to the table: another sentence says the same more plainly."""
TOGETHER: Final = frozenset({"parking"})
"""Subjects of which everything is said in one block."""
CHANGES: Final = frozenset({Case.MORE, Case.LESS, Case.ONLY_AFTER, Case.UNCLEAR, Case.EXCHANGED})


def of_scenario(t: Text, found: Scenario) -> tuple[Assessment, ...]:
    """All figures of a scenario, computed with the assumptions that this visitor chose, with a word about the waiting."""
    with st.spinner(t("figures.computing")):
        return assumed.figures(found)


# --------------------------------------------------------------------------------------------------------------- sentences
def changes(t: Text, told: Sequence[Assessment], found: Scenario) -> None:
    """What changes, in plain sentences: the most important first, then what nobody knows; the rest can be opened."""
    shown = _for_residents(told)
    touched = TOGETHER & {one.group for one in shown if told_case(one) in CHANGES}
    moving = [one for one in shown if told_case(one) in CHANGES or one.group in touched]
    unknown = [one for one in shown if told_case(one) is Case.UNKNOWN and one not in moving]
    staying = [one for one in shown if told_case(one) is Case.SAME and one not in moving]
    first = _first(moving)
    more = [one for one in moving if one not in first]
    done = change_sentences(found, t.language, brief=are_told_apart(found.ordered_plans))
    st.html(_sentences(t, first, done) if moving or done else element("p", t("look.no_difference")))
    if more:
        with st.expander(t("look.more", n=len(more)), key="what_more"):
            st.html(_sentences(t, more))
    if unknown:
        with st.expander(t("look.unknown", n=len(unknown)), key="what_unknown"):
            st.html(_sentences(t, unknown))
    if staying:
        with st.expander(t("look.stays", n=len(staying)), key="what_stays"):
            st.html(_sentences(t, staying))


def _for_residents(told: Sequence[Assessment]) -> list[Assessment]:
    """The figures that residents read, each change once: within the plan area or where something changes, not of the whole."""
    own_area = {one.impact for one in told if one.where.identifier in OWN_AREAS and one.after is not None}
    return [
        one
        for one in told
        if one.impact in FOR_RESIDENTS - SAID_ELSEWHERE
        and one.where.place is not Place.STREET
        and not (one.impact in own_area and one.where.place is Place.NEIGHBOURHOOD)
    ]


def _first(moving: Sequence[Assessment]) -> list[Assessment]:
    there = {one.impact for one in moving}
    order = [*(impact for impact, other in INSTEAD_OF.items() if other not in there), *FIRST]
    first = [one for one in moving if one.impact in order] or list(moving)
    return sorted(first, key=lambda one: order.index(one.impact) if one.impact in order else len(order))


def of_street(t: Text, told: Sequence[Assessment], name: str) -> None:
    """What the figures say of one street."""
    own = [one for one in told if one.where.place is Place.STREET and one.where.label.in_language(t.language) == name]
    if own:
        st.html(_sentences(t, own))


def _sentences(t: Text, told: Sequence[Assessment], done: Sequence[tuple[str, str]] = ()) -> Markup:
    """Figures as sentences, and behind them what is done that is no figure."""
    others = (element("li", head, element("span", how, class_="wt-how")) for head, how in done)
    blocks = [list(block) for _, block in groupby(told, key=_block)]
    return element("ul", *(_item(t, block) for block in blocks), *others, class_="wt-changes")


def _block(one: Assessment) -> str:
    """What is said in one block: everything about parking together, anything else by itself."""
    return one.group if one.group in TOGETHER else f"{one.impact}/{one.where.identifier}"


def _item(t: Text, block: Sequence[Assessment]) -> Markup:
    """Figures that belong together as one item of a list."""
    if len(block) == 1:
        return element("li", _sentence(t, block[0]))
    return element("li", *(element("div", _sentence(t, one)) for one in block))


def are_told_apart(plans: Sequence[Plan]) -> bool:
    """Whether "the municipality" or "residents" says enough: no two of the plans are of the same party. Names stand on their cards."""
    return len({plan.party for plan in plans}) == len(plans)


def _sentence(t: Text, one: Assessment) -> Markup:
    here = one.where.place in {Place.PLAN_AREA, Place.VOLUME, Place.STREET} and len(one.plans) <= 1
    head, *rest = sentence_parts(one, t.language, here=here, brief=are_told_apart(one.plans))
    how = element("span", " ".join(rest), class_="wt-how") if rest else EMPTY
    return joined([head, how, variant_words(variant_text(one, t.language))])


# ----------------------------------------------------------------------------------------------------------------- downloads
def download(t: Text, found: Scenario, told: Sequence[Assessment]) -> None:
    """The figures as a file for a spreadsheet, in the way of writing of the visitor's language."""
    dialect = CsvDialect.DUTCH if t.language == "nl" else CsvDialect.INTERNATIONAL
    today = clock_times.today()
    content = figures_csv(told, found, t.language, computed_on=today, dialect=dialect, hidden=veils_of(told, found))
    plans = "-".join(plan.plan_id for plan in found.ordered_plans)[:60]
    name = "-".join(part for part in ("wijktwin", t("figures.file_name"), plans, today.isoformat()) if part)
    st.download_button(t("figures.download"), content, file_name=f"{name}.csv", mime="text/csv", key="figures_csv", on_click="ignore")
