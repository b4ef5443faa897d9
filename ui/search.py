"""Lists beside the scene in which everything can be found and chosen by keyboard: buildings, new buildings, streets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import streamlit as st

from layers.prepared import Thing
from ui import cards, lists, state
from ui.lists import Entry, Street
from ui.markup import element, label
from ui.visit import Origin

if TYPE_CHECKING:
    from layers.deck import Picked
    from ui.text import Text
    from ui.visit import World
    from wijktwin.errors import Language
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.scenario import Scenario

MOST_SHOWN: Final = 8
"""How many of what was found are listed at once."""
OWN_LISTS: Final = "own_lists"
STREET: Final = "street"


# ---------------------------------------------------------------------------------------------------- buildings and volumes
def everything(t: Text, found: Scenario, seen: World) -> None:
    """Everything in the scenario that has a card, to search in; choosing selects it and flies there."""
    question = st.text_input(t("list.search"), key="search", placeholder=t("list.placeholder"), max_chars=120, autocomplete="off")
    volumes = lists.found(lists.plan_entries(found.ordered_plans, t.language), question or "")
    buildings = lists.found(_buildings(t, found.neighbourhood, is_own=seen.is_own), question or "")
    if not volumes and not buildings:
        st.text(t("list.nothing"))
    if volumes:
        _buttons(t, t("list.new_buildings"), volumes, "found_volumes", found)
    if buildings:
        _buttons(t, t("list.buildings"), buildings, "found_buildings", found)


def _buttons(t: Text, title: str, entries: Sequence[Entry], key: str, found: Scenario) -> None:
    n = len(entries)
    told = t("list.found", n=n) if n <= MOST_SHOWN else t("list.found_more", n=n, shown=MOST_SHOWN)
    st.html(element("h3", title) + element("p", told, class_="wt-small", role="status"))
    with st.container(key=key, gap="xxsmall"):
        for entry in entries[:MOST_SHOWN]:
            _button(t, entry, key, found, Origin.LIST)


def _button(t: Text, entry: Entry, key: str, found: Scenario, origin: Origin) -> None:
    """What can be chosen; the card of what was chosen here is shown below it."""
    now = state.visit()
    is_chosen = now.selected == entry.picked
    goes = entry.picked.thing is Thing.BUILDING and entry.picked.thing_id in found.demolished
    words = f"{'✓ ' if is_chosen else ''}{entry.name}{' · ' + t('list.goes') if goes else ''}"
    st.button(label(words), key=f"{key}_{entry.key}", on_click=_choose, args=(entry.picked, origin), width="stretch", wrap=True)
    if is_chosen and now.selected_in is origin:
        cards.selection(t, found)


def _choose(picked: Picked, origin: Origin) -> None:
    state.select(picked, fly=True, origin=origin)


def _buildings(t: Text, neighbourhood: Neighbourhood, *, is_own: bool) -> list[Entry]:
    if not is_own:
        return _shared_buildings(neighbourhood, neighbourhood.key, t.language)
    kept: dict[tuple[str, str], list[Entry]] = st.session_state.setdefault(OWN_LISTS, {})
    key = (neighbourhood.key, t.language)
    if key not in kept:
        st.session_state[OWN_LISTS] = kept = {key: lists.building_entries(neighbourhood, t.language)}
    return kept[key]


@st.cache_resource(show_spinner=False, max_entries=4)
def _shared_buildings(_neighbourhood: Neighbourhood, key: str, language: Language, /) -> list[Entry]:  # noqa: ARG001 - part of the cache's key
    return lists.building_entries(_neighbourhood, language)


# ------------------------------------------------------------------------------------------------------------------ streets
def streets(t: Text, found: Scenario, seen: World, *, tell: Callable[[str], None]) -> None:
    """Find a street: fly there, see which plans lie near it and which buildings stand in it.

    Parameters
    ----------
    tell
        Says what the figures know of a street, by name.
    """
    names = lists.street_names(found.neighbourhood)
    if not names:
        st.text(t("street.none_in_data"))
        return
    now = state.visit()
    st.session_state[STREET] = now.street if now.street in names else None
    st.selectbox(t("street.label"), names, index=None, key=STREET, placeholder=t("street.placeholder"), on_change=_choose_street)
    chosen = lists.street(found.neighbourhood, now.street) if now.street in names and now.street else None
    if chosen is None:
        return
    addresses = t("street.addresses", n=chosen.n_addresses)
    st.html(element("p", t("street.has", n=len(chosen.building_ids), street=chosen.name, addresses=addresses)))
    plans_near(t, chosen, found, seen)
    tell(chosen.name)
    own = set(chosen.building_ids)
    entries = [entry for entry in _buildings(t, found.neighbourhood, is_own=seen.is_own) if entry.picked.thing_id in own]
    if entries:
        with st.expander(label(t("street.buildings_title", street=chosen.name))), st.container(key="street_buildings", gap="xxsmall"):
            for entry in entries:
                _button(t, entry, "street_buildings", found, Origin.STREET)


def _choose_street() -> None:
    now = state.visit()
    now.street = st.session_state[STREET]
    place = lists.street(state.world().neighbourhood, now.street) if now.street else None
    if place is not None:
        state.fly_to(place.outline)


def plans_near(t: Text, chosen: Street, found: Scenario, seen: World) -> None:
    """Which plans lie near a street or change it, each with a way to switch it on."""
    plans = {plan.plan_id: plan for plan in seen.plans.values() if plan.is_for_residents or not plan.published_by_server}
    near = lists.distances(plans.values(), chosen, found.neighbourhood)
    st.html(element("h3", t("street.plans_title")))
    if not near:
        st.html(element("p", t("street.no_plans", metres=round(lists.NEAR))))
    for plan_id, metres in sorted(near.items(), key=lambda item: (item[1], item[0])):
        key = "street.near" if metres else "street.touches"
        words = t(key, title=plans[plan_id].title, metres=metres) if metres else t(key, title=plans[plan_id].title)
        with st.container(horizontal=True, vertical_alignment="center", key=f"near_{plan_id}"):
            st.text(words)
            if plan_id not in state.visit().plan_ids:
                st.button(t("street.show"), key=f"show_{plan_id}", on_click=_show_plan, args=(plan_id,))
    if any(near.values()):
        st.html(element("p", t("street.measured"), class_="wt-small"))


def _show_plan(plan_id: str) -> None:
    state.switch_instead(plan_id, state.in_the_way(plan_id, state.visit().plan_ids, state.world()))
