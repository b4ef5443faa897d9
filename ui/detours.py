"""The homes that make a detour once the plans are there: a table of those that lose most, and all of them as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from ui import assumed
from ui.markup import element, joined, scrollable
from wijktwin.export.cells import CsvDialect, csv_bytes
from wijktwin.impacts.assessment import Margin, Unit
from wijktwin.impacts.detours import Detour, detours
from wijktwin.impacts.reachability import SMALLEST
from wijktwin.impacts.routes import is_derived
from wijktwin.model.network import Mode
from wijktwin.words.numbers import format_value
from wijktwin.words.rows import ONLY_THEN
from wijktwin.words.texts import enumeration, text

if TYPE_CHECKING:
    from ui.markup import Markup
    from ui.text import Text
    from wijktwin.model.scenario import Scenario

SHOWN: Final = 40
"""So many homes stand in the table; all of them in the file."""


def table(t: Text, found: Scenario) -> None:
    """Which homes have a longer way or lose a place; nothing where none does."""
    told = detours(found, assumptions=assumed.chosen())
    if not told:
        return
    names = addresses(found)
    with st.expander(t("detours.title", n=len(told)), key="detours"):
        st.html(scrollable(t("detours.title", n=len(told)), _table(t, found, told[:SHOWN], names)))
        if len(told) > SHOWN:
            st.html(element("p", t("detours.more", n=len(told) - SHOWN), class_="wt-small"))
        st.html(how(t, found))
        content = as_csv(t, told, names)
        st.download_button(
            t("detours.download"), content, file_name=f"wijktwin-{t('detours.file_name')}.csv", mime="text/csv", key="detours_csv",
            on_click="ignore",
        )  # fmt: skip


def how(t: Text, found: Scenario) -> Markup:
    """How the list was worked out, and that streets were derived where they were."""
    keys = ("detours.how", *(("try_streets.derived",) if is_derived(found.neighbourhood) else ()))
    return joined([element("p", t(key), class_="wt-how") for key in keys])


def addresses(found: Scenario) -> dict[str, str]:
    """Street and number of each address by its id."""
    table = found.neighbourhood.addresses
    columns = (table[name] for name in ("address_id", "street", "number", "suffix"))
    return {name: f"{street} {number}{suffix}".strip() for name, street, number, suffix in zip(*columns, strict=True)}


def _table(t: Text, found: Scenario, told: tuple[Detour, ...], names: dict[str, str]) -> Markup:
    plans = " + ".join(t.of(plan.title) for plan in found.ordered_plans)
    heads = [element("th", t(f"detours.{name}"), scope="col") for name in ("home", *Mode)]
    rows = [
        element(
            "tr",
            element("th", names.get(one.address_id, one.address_id), scope="row"),
            *(element("td", cell(t, one, mode), data_label=t(f"detours.{mode}")) for mode in Mode),
        )
        for one in told
    ]
    inside = (element("caption", t("detours.caption", plans=plans)), element("thead", element("tr", *heads)), element("tbody", *rows))
    return joined([element("table", *inside, class_="wt-table wt-figures")])


def cell(t: Text, one: Detour, mode: Mode) -> str:
    """What changes for one home by one mode, in a few words."""
    told = []
    if mode in one.lost:
        told.append(t("detours.lost", places=enumeration([text(f"way.{kind}", t.language) for kind in one.lost[mode]], t.language)))
    if mode in one.longer:
        told.append(t("detours.longer", metres=format_value(one.longer[mode], Unit.METRES, t.language, margin=to_the_door())))
    return "; ".join(told) or ONLY_THEN


def to_the_door() -> Margin:
    """How exactly a way is known: as the figures say."""
    metres = assumed.chosen()[SMALLEST].value
    return Margin(metres, metres, "doors_not_known")


def as_csv(t: Text, told: tuple[Detour, ...], names: dict[str, str]) -> bytes:
    """All homes for a spreadsheet, in the way of writing of the visitor's language."""
    dialect = CsvDialect.DUTCH if t.language == "nl" else CsvDialect.INTERNATIONAL
    heading = [t("detours.home"), *(t(f"detours.{mode}") for mode in Mode)]
    rows = ([names.get(one.address_id, one.address_id), *(cell(t, one, mode) for mode in Mode)] for one in told)
    return csv_bytes(heading, rows, dialect)
