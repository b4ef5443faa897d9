"""The accessibility statement in the form that Dutch governments publish: a model that an organisation completes.

It claims no more than was tested. The form is that of the decree on digital accessibility of government: organisation, scope, standard,
status (A to E), every deviation with cause, effect and measure, how it was studied, contact and supervision.
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

import streamlit as st

from ui.markup import Markup, bullet_list, element, facts, joined, scrollable
from ui.notices import notice
from wijktwin import __version__
from wijktwin.words.numbers import format_date

if TYPE_CHECKING:
    from ui.text import Text

DRAWN_UP: Final = date(2026, 11, 22)
COLUMNS: Final = ("criterion", "cause", "effect", "measure", "by_technicians", "since")


@cache
def deviations() -> dict[str, list[dict[str, str]]]:
    """What is known not to go well, by what it is: rule and selector of each where a program finds it."""
    listed = tomllib.loads((resources.files("ui") / "known_violations.toml").read_text(encoding="utf-8"))["violation"]
    found: dict[str, list[dict[str, str]]] = {}
    for one in listed:
        found.setdefault(one["key"], []).append(one)
    return found


def statement(t: Text) -> None:
    """The whole statement."""
    st.html(element("h2", t("statement.heading")))
    notice(t("statement.model_text"), title=t("statement.model"))
    st.html(element("p", t("statement.aim")))
    drawn_up = t("statement.drawn_up_value", date=format_date(DRAWN_UP.isoformat(), t.language), version=__version__)
    told = [(t(f"statement.{name}"), t(f"statement.{name}_value")) for name in ("organisation", "scope", "standard", "status")]
    st.html(facts([*told, (t("statement.drawn_up"), drawn_up)]))
    st.html(element("h3", t("statement.levels")) + bullet_list(t("statement.levels_items").split("|"), class_="wt-plain"))
    st.html(element("h3", t("statement.research")) + bullet_list(t("statement.research_items").split("|"), class_="wt-plain"))
    st.html(element("h3", t("statement.deviations")) + element("p", t("statement.deviations_lead")) + _table(t))
    st.html(element("p", t("statement.planning")))
    for part in ("contact", "supervision"):
        st.html(element("h3", t(f"statement.{part}")) + element("p", t(f"statement.{part}_text")))


def _table(t: Text) -> Markup:
    """Every deviation; on a phone each row becomes a list."""
    head = element("tr", *(element("th", t(f"statement.{name}"), scope="col") for name in COLUMNS))
    rows = [_row(t, key, found) for key, found in deviations().items()]
    inside = element("table", element("thead", head), element("tbody", *rows), class_="wt-table wt-figures")
    return scrollable(t("statement.deviations"), inside)


def _row(t: Text, key: str, found: list[dict[str, str]]) -> Markup:
    criterion = found[0]["criterion"]
    cells = {
        "cause": t(f"statement.cause_{key}"),
        "effect": t(f"statement.effect_{key}"),
        "measure": t(f"statement.measure_{key}"),
        "by_technicians": _places(t, found),
        "since": format_date(found[0]["since"], t.language),
    }
    return element(
        "tr",
        element("th", f"WCAG {criterion}" if criterion else t("statement.good_practice"), scope="row"),
        *(element("td", words, data_label=t(f"statement.{name}")) for name, words in cells.items()),
    )


def _places(t: Text, found: list[dict[str, str]]) -> Markup:
    named = [element("div", element("code", one["rule"]), " ", element("code", one["selector"])) for one in found if "rule" in one]
    return joined(named or [t("statement.not_by_machine")])
