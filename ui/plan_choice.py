"""Choosing plans: as a few large cards for residents, as layers with all their facts for planners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import streamlit as st

from ui import state
from ui.markup import element, label
from ui.notices import Tone, notice
from wijktwin.model import plan_groups
from wijktwin.model.plan import Party, PlanRole
from wijktwin.model.plan_groups import in_order
from wijktwin.words.numbers import format_date
from wijktwin.words.texts import name_of

if TYPE_CHECKING:
    from ui.text import Text
    from ui.visit import World
    from wijktwin.model.plan import Plan

ADDING_PAGE: Final = "pages/planners/scenarios.py"
"""Where a visitor adds a plan."""
NOW: Final = ""
"""The choice for none of the plans."""


def alternatives(plans: Sequence[Plan]) -> list[list[Plan]]:
    """Plans in groups: within one, some cannot stand together (directly, or by way of another); between groups all can."""
    told = tuple((plan.plan_id, plan.content_key) for plan in in_order(plans))
    return [[{plan.plan_id: plan for plan in plans}[plan_id] for plan_id in group] for group in _groups(list(plans), told)]


@st.cache_resource(show_spinner=False, max_entries=32)
def _groups(_plans: list[Plan], told: tuple[tuple[str, str], ...], /) -> list[list[str]]:  # noqa: ARG001 - the key of the cache
    return [[plan.plan_id for plan in group] for group in plan_groups.alternatives(_plans)]


# --------------------------------------------------------------------------------------------------------------- residents
def for_residents(seen: World) -> list[Plan]:
    """The plans that residents are offered: published or frozen, by the server."""
    return [plan for plan in seen.plans.values() if plan.is_for_residents and plan.published_by_server]


def cards(t: Text, seen: World) -> None:
    """Large cards: one of each group of alternatives, and what can be seen beside it."""
    offered = for_residents(seen)
    with st.container(key="plan_cards", horizontal=True):
        if not offered:
            st.html(element("p", t("look.no_plans")))
        groups = alternatives(offered)
        n_choices = sum(len(group) > 1 for group in groups)
        for place, group in enumerate(groups):
            if len(group) > 1:
                _one_of(t, group, place, question=t("look.choose" if n_choices == 1 else "look.choose_place"))
            else:
                _beside(group[0], beside_name(t, group[0], is_alone=not n_choices))
    own_plans(t, seen)


def _one_of(t: Text, group: list[Plan], place: int, *, question: str) -> None:
    ids = [plan.plan_id for plan in group]
    is_on = [plan_id for plan_id in ids if plan_id in state.visit().plan_ids]
    key = f"cards_{place}"
    st.session_state[key] = (is_on or [NOW])[0] if len(is_on) < 2 else None
    names = {NOW: t("look.now")} | {plan_id: label(name) for plan_id, name in card_names(t, group).items()}
    captions = [t("look.now_caption"), *(label(t.of(plan.title)) for plan in group)]
    st.radio(
        question, [NOW, *ids], key=key, format_func=names.__getitem__, captions=captions, horizontal=True, on_change=_choose,
        args=(key, tuple(ids)), width="stretch",
    )  # fmt: skip


def card_names(t: Text, group: Sequence[Plan]) -> dict[str, str]:
    """What the plans of one choice are called, by id: what each is and whose; its title where two would be called the same."""
    names = {plan.plan_id: card_name(t, plan) for plan in group}
    told = list(names.values())
    return {plan.plan_id: names[plan.plan_id] if told.count(names[plan.plan_id]) == 1 else t.of(plan.title) for plan in group}


def card_name(t: Text, plan: Plan) -> str:
    """What a plan is in the comparison, and whose, as far as it says."""
    who = whose(t, plan)
    if plan.role is PlanRole.ALLOWED or not who:
        return t(f"look.{plan.role}")
    return t(f"look.{plan.role}_of", who=who)


def whose(t: Text, plan: Plan) -> str:
    """The party that proposes a plan; its name where the party says nothing; "" where neither is known."""
    return plan.proposer if plan.party is Party.OTHER else name_of("party", plan.party, t.language)


def _choose(key: str, group: tuple[str, ...]) -> None:
    chosen = st.session_state[key]
    if chosen:
        state.switch_instead(chosen, group)
    else:
        for plan_id in group:
            state.switch(plan_id, is_on=False)


def beside_name(t: Text, plan: Plan, *, is_alone: bool) -> str:
    """What a box says that shows a plan beside a choice, or by itself; whose it is comes after its title."""
    words = t("look.alone" if is_alone else "look.also", title=plan.title)
    who = whose(t, plan) if plan.role is not PlanRole.ALLOWED else ""
    name = card_name(t, plan)
    return t("look.with_whose", words=words, whose=f"{name[:1].lower()}{name[1:]}") if who else words


def _beside(plan: Plan, words: str) -> None:
    key = f"beside_{plan.plan_id}"
    st.session_state[key] = plan.plan_id in state.visit().plan_ids
    st.checkbox(label(words), key=key, on_change=_toggle, args=(key, plan.plan_id), width="stretch", wrap=True)


def _toggle(key: str, plan_id: str) -> None:
    state.switch(plan_id, is_on=bool(st.session_state[key]))


def own_plans(t: Text, seen: World) -> None:
    """The visitor's own plans and variants, and whatever else is on that is no choice of this page: each with a button."""
    offered = {plan.plan_id for plan in for_residents(seen)}
    now = state.visit()
    for plan_id in sorted((now.plan_ids | now.own_plans.keys()) - offered):
        with st.container(horizontal=True, vertical_alignment="center"):
            if plan_id in now.plan_ids:
                st.text(t("look.own_on", title=seen.plans[plan_id].title))
                st.button(t("look.own_off"), key=f"own_off_{plan_id}", on_click=state.switch, args=(plan_id,), kwargs={"is_on": False})
            else:
                st.text(t("look.own_there", title=seen.plans[plan_id].title))
                st.button(t("look.own_show"), key=f"own_show_{plan_id}", on_click=_show_instead, args=(plan_id,))


def _show_instead(plan_id: str) -> None:
    state.switch_instead(plan_id, state.in_the_way(plan_id, state.visit().plan_ids, state.world()))


# ---------------------------------------------------------------------------------------------------------------- planners
def layers(t: Text, seen: World, *, can_add: bool = False) -> None:
    """Every plan as a layer that can be switched on and off, with whose it is and how far it is.

    Parameters
    ----------
    can_add
        Whether a plan can be added on this page; where not, and there is none, the way to the page where one can is shown.
    """
    listed = in_order(list(seen.plans.values()))
    if not listed:
        st.text(t("plans.none" if can_add else "plans.none_here"))
        if not can_add:
            st.page_link(ADDING_PAGE, label=t("plans.to_add", page=t("nav.scenarios")))
    now = state.visit()
    for plan in listed:
        key = f"layer_{plan.plan_id}"
        st.session_state[key] = plan.plan_id in now.plan_ids
        with st.container(border=True, gap="xxsmall", key=f"plan_{plan.plan_id}"):
            st.checkbox(
                label(t.of(plan.title)), key=key, on_change=_toggle, args=(key, plan.plan_id), disabled=plan.is_withdrawn, wrap=True
            )
            st.html(element("div", *(element("p", line) for line in plan_lines(t, plan, seen.plans)), class_="wt-lines"))
    if now.plan_ids:
        st.button(t("plans.all_off"), key="all_off", on_click=state.switch_all_off)


def plan_lines(t: Text, plan: Plan, plans: Mapping[str, Plan]) -> list[str]:
    """What a planner wants to know of a plan before switching it on."""
    told = [t("plans.of", role=name_of("role", plan.role, t.language), status=name_of("status", plan.status, t.language))]
    since = plan.dates.get(plan.status)
    if since is not None:
        told[0] += f" · {t('plans.since', date=format_date(since, t.language))}"
    if plan.changed_since is not None:
        told.append(t("plans.changed", date=format_date(plan.changed_since, t.language)))
    told.append(t("plans.by", proposer=plan.proposer))
    others = [plans[other] for other in state.in_the_way(plan.plan_id, frozenset(plans), state.world())]
    if others:
        told.append(t("plans.not_with", titles=" · ".join(t.of(other.title) for other in in_order(others))))
    if not plan.published_by_server:
        told.append(t("plans.only_you"))
    return told


def faults(t: Text, seen: World) -> None:
    """Plan files of this server that could not be read: one sentence each, the others are simply there."""
    if seen.shown.faults and not seen.is_own:
        notice(t("plans.faults"), tone=Tone.REFUSED, more=[t.about(fault) for fault in seen.shown.faults])
