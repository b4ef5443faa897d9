"""Cards: what is known of the thing that is selected, how it is known, and what a plan leaves open."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import streamlit as st

from layers.deck import Picked
from layers.prepared import Thing
from ui import state
from ui.markup import EMPTY, Markup, element, facts, joined
from ui.pointing import place_markup
from ui.visit import Origin
from wijktwin.impacts.assessment import Unit
from wijktwin.model.plan import Latitude
from wijktwin.model.provenance import Kind
from wijktwin.words.building_card import building_card
from wijktwin.words.numbers import format_value
from wijktwin.words.plan_card import plan_card, volume_card
from wijktwin.words.texts import name_of, sentence_case, text

if TYPE_CHECKING:
    from ui.text import Text
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario
    from wijktwin.words.facts import Fact, FactCard

LATITUDES: Final = (Latitude.FIXED, Latitude.CHOICE, Latitude.OPEN, Latitude.UNSTATED)
KINDS: Final = (Kind.MEASURED, Kind.CALCULATED, Kind.STATED, Kind.ASSUMED)


# ------------------------------------------------------------------------------------------------------------ what is said
def card_of(t: Text, found: Scenario, chosen: Picked) -> FactCard | None:
    """The card of a thing in a scenario; None where it is not there (any more) or there is nothing to say."""
    buildings, language = found.neighbourhood.buildings, t.language
    plan = next((plan for plan in found.plans if plan.plan_id == chosen.plan_id), None)
    match chosen.thing:
        case Thing.BUILDING if chosen.thing_id in buildings:
            return building_card(buildings[chosen.thing_id], found.neighbourhood, language, plans=found.ordered_plans)
        case Thing.VOLUME if plan is not None and (volume := plan.volume(chosen.thing_id)) is not None:
            return volume_card(volume, plan, language)
        case Thing.CHANGE | Thing.PLANTED | Thing.STREET if plan is not None:
            return plan_card(plan, language, neighbourhood=found.neighbourhood)
        case _:
            return None


def other_text(t: Text, found: Scenario, chosen: Picked) -> tuple[str, tuple[str, ...]] | None:
    """Title and lines about a tree or a piece of ground of today."""
    if chosen.thing is Thing.TREE:
        table = found.neighbourhood.trees
        rows = table[table["tree_id"] == chosen.thing_id]
        if len(rows):
            return _tree_text(t, rows.iloc[0].to_dict(), is_felled=chosen.thing_id in found.felled)
    if chosen.thing is Thing.GROUND:
        table = found.neighbourhood.ground
        rows = table[table["surface_id"] == chosen.thing_id]
        if len(rows):
            row = rows.iloc[0].to_dict()
            lines = [t("card.street", street=row["street"])] if row["street"] else []
            if math.isfinite(row["parking_places"]):
                lines.append(t("card.parking", n=int(row["parking_places"])))
            return sentence_case(name_of("ground_kind", row["kind"], t.language)), tuple(lines)
    return None


def _tree_text(t: Text, row: dict[str, object], *, is_felled: bool) -> tuple[str, tuple[str, ...]]:
    kind = name_of("kind", str(row["kind"]), t.language)
    lines = [t("card.species", species=row["species"])] if row["species"] else []
    for name in ("height", "crown_diameter"):
        value = row[name]
        if isinstance(value, float) and math.isfinite(value):
            lines.append(t(f"card.{name}", value=format_value(value, Unit.METRES, t.language), kind=kind))
        else:
            lines.append(t(f"card.{name}_unknown"))
    if is_felled:
        lines.append(t("card.felled"))
    return t("card.tree"), tuple(lines)


# ----------------------------------------------------------------------------------------------------------- how it is shown
def card_markup(card: FactCard, *, level: int = 3) -> Markup:
    """A card as HTML; everything in it is text."""
    sources = list(dict.fromkeys(source for source in (card.source, *(fact.source for fact in card.facts)) if source))
    own = [_fact(fact, sources) for fact in card.facts]
    remarks = element("ul", *(element("li", remark) for remark in card.remarks), class_="wt-warnings") if card.remarks else None
    return joined(
        [
            element(f"h{level}", card.title),
            element("p", card.subtitle, class_="wt-small") if card.subtitle else EMPTY,
            facts(own),
            remarks or EMPTY,
            *(element("p", f"{_number(sources, source)}{source}", class_="wt-sources") for source in sources),
        ]
    )


def _fact(fact: Fact, sources: Sequence[str]) -> tuple[str, Markup]:
    known = f"{fact.kind} {_number(sources, fact.source)}".strip()
    return fact.label, joined([fact.value, element("span", kind_mark(fact.kind_key), known, class_="wt-how") if known else EMPTY])


def _number(sources: Sequence[str], source: str) -> str:
    """The number of a source in a card, where it has more than one."""
    return f"[{sources.index(source) + 1}] " if len(sources) > 1 and source else ""


def kind_mark(kind_key: str) -> Markup:
    """The sign of how something is known; the word always stands beside it."""
    return element("span", class_=f"wt-mark wt-mark-{kind_key}", aria_hidden="true") if kind_key else EMPTY


def settled_markup(t: Text, plan: Plan) -> Markup:
    """What is fixed, a choice or open in a plan: a pattern and a word for each."""
    ordered = sorted(plan.settled, key=lambda settled: LATITUDES.index(settled.latitude))
    items = [
        element(
            "li",
            element("span", class_=f"wt-bar wt-bar-{settled.latitude}", aria_hidden="true"),
            element(
                "span", element("strong", sentence_case(name_of("latitude", settled.latitude, t.language))), ": ", t.of(settled.subject)
            ),
        )
        for settled in ordered
    ]
    return element("ul", *items, class_="wt-settled") if items else element("p", t("settled.none"))


def settled_legend(t: Text) -> Markup:
    """What the patterns mean."""
    items = [
        element(
            "li",
            element("span", class_=f"wt-bar wt-bar-{latitude}", aria_hidden="true"),
            element(
                "span",
                element("strong", sentence_case(name_of("latitude", latitude, t.language))),
                ". ",
                name_of("latitude_explained", latitude, t.language),
            ),
        )
        for latitude in LATITUDES
    ]
    return element("ul", *items, class_="wt-settled")


def kinds_legend(t: Text) -> Markup:
    """What measured, calculated, assumed and stated mean."""
    items = [
        element(
            "li",
            kind_mark(kind),
            element(
                "span",
                element("strong", sentence_case(name_of("kind", kind, t.language))),
                ". ",
                name_of("kind_explained", kind, t.language),
            ),
        )
        for kind in KINDS
    ]
    return element("ul", *items, class_="wt-settled wt-kinds")


def plan(t: Text, shown: Plan) -> None:
    """Everything a plan says, and what is fixed, a choice or open in it."""
    card = plan_card(shown, t.language)
    settled = text("card.settled", t.language)
    told = replace(card, facts=tuple(fact for fact in card.facts if fact.label != settled))
    st.html(element("article", card_markup(told), element("h4", t("settled.title")), settled_markup(t, shown), class_="wt-card"))


def selection(t: Text, found: Scenario) -> None:
    """The card of what is selected, with a way to look closer and to let go."""
    chosen, point = state.visit().selected, state.visit().point
    if point is not None:
        surface = chosen.thing_id if chosen is not None else None
        st.html(element("section", place_markup(t, found.neighbourhood, point, surface), class_="wt-card", aria_label=t("card.title")))
        with st.container(horizontal=True, key="point_buttons"):
            st.button(t("spot.ask"), key="look_from_here", on_click=state.look_from, args=(point,))
            st.button(t("card.close"), key="let_go", on_click=state.select, args=(None,))
        return
    if chosen is None:
        return
    card = card_of(t, found, chosen)
    told = None if card is not None else other_text(t, found, chosen)
    if card is None and told is None:
        st.html(element("p", t("card.gone"), class_="wt-small"))
        return
    inside = (
        card_markup(card)
        if card is not None
        else joined([element("h3", told[0]), *(element("p", line) for line in told[1])])
        if told
        else EMPTY
    )
    st.html(element("section", inside, _settled_of_plan(t, found, chosen), class_="wt-card", aria_label=t("card.title")))
    with st.container(horizontal=True, key="selection_buttons"):
        st.button(t("card.look"), key="look_closer", on_click=_look_closer, args=(chosen,))
        st.button(t("card.close"), key="let_go", on_click=state.select, args=(None,))


def _settled_of_plan(t: Text, found: Scenario, chosen: Picked) -> Markup | None:
    """What is fixed, a choice or open in the plan of a proposed building, where the plan does not say it of the building itself."""
    plan = next((plan for plan in found.plans if plan.plan_id == chosen.plan_id), None)
    volume = plan.volume(chosen.thing_id) if plan is not None and chosen.thing is Thing.VOLUME else None
    if plan is None or volume is None or volume.latitude is not Latitude.UNSTATED:
        return None
    return joined([element("h4", t("settled.title")), settled_markup(t, plan)])


def selection_beside(t: Text, found: Scenario) -> None:
    """The card beside the scene, of what was clicked in it."""
    now = state.visit()
    if (now.selected is not None or now.point is not None) and now.selected_in is Origin.SCENE:
        selection(t, found)


def _look_closer(chosen: Picked) -> None:
    state.select(chosen, fly=True)
