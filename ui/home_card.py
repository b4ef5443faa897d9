"""The card of a home on a page: what matters most for each plan, then every subject with today and the plans beside each other.

Every sentence opens to how it is known. All of it is text: nothing waits for a picture.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import streamlit as st
from babel.dates import format_date as format_day

from ui import assumed, compare, long_figures, plan_choice, state
from ui.background import State, key_of
from ui.cards import kind_mark, kinds_legend
from ui.home_strip import strip_markup
from ui.markup import EMPTY, Markup, bullet_list, element, facts, scrollable
from ui.notices import Tone, notice
from ui.visit import NOW
from wijktwin.errors import PlanConflictError
from wijktwin.impacts.cool_places import cool_at_homes
from wijktwin.impacts.home import ready
from wijktwin.model import plan_groups
from wijktwin.words.cards import Card, CardLine, CardPart, Subject, Waits, make_card

if TYPE_CHECKING:
    from ui.text import Text
    from ui.visit import World
    from wijktwin.impacts.home import Home
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario

KEPT: Final = "home_cards"
"""In the visit: the cards that were made of this home, so that opening a picture does not make them again."""
MOST_KEPT: Final = 32
WHOLE: Final = (True, True, True)
"""Sun, views and the figures that take long were all there when a card was made: it waits for nothing."""
WAITS: Final = {State.STOPPED: Waits.STOPPED, State.FAILED: Waits.FAILED}
"""What a card says of figures that are not on their way."""
OPEN: Final = frozenset({Subject.SUN})
"""What is open before anybody opens anything."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Column:
    """One scenario beside the others."""

    title: str
    scenario: Scenario
    card: Card | None

    @property
    def plan(self) -> Plan | None:
        """Its plan; None for today."""
        return next(iter(self.scenario.ordered_plans), None)


def columns(t: Text, seen: World, now: Home) -> list[Column]:
    """Today, what is allowed, plans and alternatives, each with the card of this home."""
    plans = plan_groups.in_order([*plan_choice.for_residents(seen), *state.visit().own_plans.values()])
    scenarios = {plan_id: found for plan_id in (NOW, *(plan.plan_id for plan in plans)) if (found := _scenario(plan_id, seen)) is not None}
    names = {NOW: t("home.now")} | compare.short_names(t, [plan for plan in plans if plan.plan_id in scenarios])
    told = list(names.values())
    titles = {plan_id: name if told.count(name) == 1 else f"{name} ({plan_id})" for plan_id, name in names.items()}
    return [Column(titles[plan_id], found, card_of(t, found, now)) for plan_id, found in scenarios.items()]


def say_left_out(t: Text, seen: World) -> None:
    """Which of the visitor's own plans have no column, because they cannot be built."""
    for plan in state.visit().own_plans.values():
        if _scenario(plan.plan_id, seen) is None:
            notice(t("home.left_out", title=t.of(plan.title)))


def _scenario(plan_id: str, seen: World) -> Scenario | None:
    """A scenario; None where its plan cannot be built by itself (it was withdrawn, or stands in a building that stays)."""
    try:
        return state.scenario_of(plan_id, seen)
    except PlanConflictError:
        return None


def card_of(t: Text, found: Scenario, now: Home) -> Card | None:
    """The card of a home in one scenario; None where it cannot be made, and then the log says why, but never whose it was."""
    assumptions = assumed.chosen()
    known = ready(found, assumptions=assumptions)
    standing = long_figures.state_of(found)
    is_ready, waits = standing is State.READY, WAITS.get(standing, Waits.COMPUTING)
    about = (key_of(found, assumptions), now, t.language)
    kept: dict[tuple[object, ...], Card] = st.session_state.setdefault(KEPT, {})
    whole = next((card for each, card in kept.items() if each[: len(about)] == about and each[len(about) :][: len(WHOLE)] == WHOLE), None)
    if whole is not None:  # also where what it was made of is no longer here
        return whole
    key = (*about, known.sunlight is not None, known.views is not None, is_ready, waits)
    if key not in kept:
        try:
            made = make_card(
                found, now, language=t.language, assumptions=assumptions, sunlight=known.sunlight, views=known.views,
                heat=cool_at_homes(found) if is_ready else None, waits=waits,
            )  # fmt: skip
        except Exception as error:  # noqa: BLE001 - the rest of the page is still there
            where = "".join(traceback.format_tb(error.__traceback__))  # not the error itself: its words may name an address
            _log.error("the card of a home could not be made: %s\n%s", type(error).__name__, where)
            return None
        others = [(each, card) for each, card in kept.items() if each[: len(about)] != about]
        st.session_state[KEPT] = kept = dict([*others, (key, made)][-MOST_KEPT:])
    return kept[key]


def wait(t: Text, shown: Sequence[Column]) -> None:
    """How far the figures are that cards wait for; they are computed again where what cards are made of is no longer kept."""
    assumptions = assumed.chosen()
    waiting = [column.scenario for column in shown if column.card is not None and any(line.is_waiting for line in column.card.lines)]
    lost = [found for found in waiting if None in {(known := ready(found, assumptions=assumptions)).sunlight, known.views}]
    long_figures.of_scenarios(t, [column.scenario for column in shown], tells_each=True, again=lost)


# -------------------------------------------------------------------------------------------------------------------- on a page
def top(t: Text, shown: Sequence[Column]) -> None:
    """What matters most, plan by plan."""
    if any(column.card is None for column in shown):
        notice(t("home.failed"), tone=Tone.REFUSED)
    told = [column for column in shown if column.card is not None and column.plan is not None] or [each for each in shown if each.card]
    items = [
        element("li", element("h3", column.title), _plan_title(t, column), _lines(t, column.card.top, column.title))
        for column in told
        if column.card is not None
    ]
    st.html(element("h2", t("home.top")) + element("ul", *items, class_="wt-home-top"))


def _plan_title(t: Text, column: Column) -> Markup:
    plan = column.plan
    return EMPTY if plan is None or not plan.published_by_server else element("p", t.of(plan.title), class_="wt-small")


def subjects(t: Text, shown: Sequence[Column]) -> None:
    """Every subject, with the same lines of all scenarios beside each other; one after the other where there is no room."""
    told = [(column, column.card) for column in shown if column.card is not None]
    if not told:
        return
    st.html(element("div", element("h2", t("home.subjects")), element("p", t("home.open"), class_="wt-small"), class_="wt-subjects-head"))
    with st.container(key="home_subjects", gap=None):  # each by itself: what somebody opened stays open when another one is ready
        for place in range(len(told[0][1].parts)):
            shown_part = _subject(t, [(column, card.parts[place]) for column, card in told])
            if shown_part:
                st.html(shown_part)
    with st.expander(t("figures.explain"), key="kinds"):
        st.html(kinds_legend(t))


def _subject(t: Text, beside: Sequence[tuple[Column, CardPart]]) -> Markup:
    part = beside[0][1]
    inside = [
        element(
            "div",
            element("h4", column.title),
            _lines(t, each.lines, f"{each.title}, {column.title}"),
            *(strip_markup(t, strip) for strip in each.strips),
            class_="wt-home-column",
        )
        for column, each in beside
        if each.lines or each.strips
    ]
    if not inside:
        return EMPTY
    return element(
        "details",
        element("summary", element("h3", part.title)),
        element("div", *inside, class_="wt-home-columns"),
        class_="wt-subject",
        open=part.subject in OPEN,
    )


def _lines(t: Text, lines: Sequence[CardLine], about: str) -> Markup:
    return element("ul", *(element("li", _line(t, line)) for line in lines), class_="wt-home-lines", aria_label=about)


def _line(t: Text, line: CardLine) -> Markup:
    """A sentence; where there is more to know of it, it opens."""
    more = [
        ("how", line.how_we_know),
        ("margin", line.margin),
        ("method", line.method),
        ("sources", bullet_list(line.sources) if line.sources else ""),
        ("assumptions", bullet_list(line.assumptions) if line.assumptions else ""),
    ]
    told = [(t(f"home.{name}"), words) for name, words in more if words]
    if not told:
        return element("p", line.text, class_="wt-waiting" if line.is_waiting else None)
    mark = EMPTY if line.figure is None else kind_mark(line.figure.kind)
    return element("details", element("summary", element("span", line.text), mark), facts(told), class_="wt-line")


def beside(t: Text, shown: Sequence[Column], address: str) -> None:
    """The same as a table in a few words: one row for each thing that has a value, one column for each scenario."""
    table = table_markup(t, shown, address)
    if table:
        with st.expander(t("home.beside"), key="home_table"):
            st.html(scrollable(t("home.beside"), table))


def table_markup(t: Text, shown: Sequence[Column], address: str) -> Markup:
    """The table; nothing where no line has a value yet."""
    told = {column.title: column.card for column in shown if column.card is not None}
    rows: dict[str, tuple[Subject, dict[str, list[str]]]] = {}
    waiting = {(title, part.subject) for title, card in told.items() for part in card.parts if any(line.is_waiting for line in part.lines)}
    for title, card in told.items():
        for part, line in [(each, line) for each in card.parts for line in each.lines if line.value]:
            _, cells = rows.setdefault(row_name(t, line.key, part.title), (part.subject, {}))
            cells.setdefault(title, []).append(line.value)
    if not rows:
        return EMPTY
    head = element("tr", *(element("th", name, scope="col") for name in (t("home.subject"), *told)))
    body = []
    for name, (subject, cells) in rows.items():
        otherwise = {
            title: "–" if (title, subject) not in waiting else t("home.not_yet" if card.waits is Waits.COMPUTING else "home.not_computed")
            for title, card in told.items()
        }
        shown_cells = {title: " · ".join(dict.fromkeys(cells[title])) if title in cells else otherwise[title] for title in told}
        tds = (element("td", words, data_label=title) for title, words in shown_cells.items())
        body.append(element("tr", element("th", name, scope="row"), *tds))
    caption = element("caption", t("home.beside_caption", address=address))
    return element("table", caption, element("thead", head), element("tbody", *body), class_="wt-table wt-figures")


def row_name(t: Text, key: str, otherwise: str) -> str:
    """What a row is about, by the key of its lines: of a plan's own lines one row holds all plans."""
    subject, _, name = key.partition(".")
    if re.fullmatch(r"\d\d-\d\d", name):
        day = datetime.strptime(f"2024-{name}", "%Y-%m-%d").replace(tzinfo=UTC)  # a leap year: every day of a year is in it
        return t("home_row.sun_day", day=format_day(day, "d MMMM", locale=t.language))
    named = f"home_row.{subject}_{name.partition('.')[0]}"
    return t(named) if t.has(named) else otherwise


def spoken(shown: Sequence[Column]) -> list[str]:
    """What is read aloud: the top of the card; the address is not in it."""
    return [
        part
        for column in shown
        if column.card is not None and (column.plan is not None or len(shown) == 1)
        for part in (f"{column.title}.", *(line.text for line in column.card.top))
    ]
