"""Figures that take long, on a page: what is ready, and while it is not, what is being computed, how far it is, and a way to stop it.

told = figures.of_scenario(t, scenario) + long_figures.of_scenario(t, scenario)
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import streamlit as st

from ui import assumed
from ui.background import BACKGROUND, Standing, State
from ui.markup import element
from ui.notices import Tone, notice

if TYPE_CHECKING:
    from ui.background import Wanted
    from ui.text import Text
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.model.scenario import Scenario

VARIABLE: Final = "WIJKTWIN_BACKGROUND"
"""Environment variable: "asked" begins nothing before a visitor asks for it."""
ASKED: Final = "asked"
VISITOR: Final = "background_visitor"
WISHES: Final = "background_wishes"
"""In the session: for which scenarios a visitor stopped the computing (False) or began it (True), by key."""
SECONDS_BETWEEN_LOOKS: Final = 1.0


def of_scenario(t: Text, found: Scenario) -> tuple[Assessment, ...]:
    """The figures of one scenario that take long, where they are ready; else none, and the page says how far they are."""
    return of_scenarios(t, [found])[0]


def of_scenarios(
    t: Text, scenarios: Sequence[Scenario], *, tells_each: bool = False, again: Sequence[Scenario] = ()
) -> list[tuple[Assessment, ...]]:
    """The same of several scenarios, in their order, with one word about the waiting.

    Parameters
    ----------
    again
        Scenarios of which what their figures were made of is wanted too, and no longer kept: they are computed once more.
    """
    BACKGROUND.forget([(scenario, assumed.chosen()) for scenario in again])
    return of_all(t, [(scenario, assumed.chosen()) for scenario in scenarios], tells_each=tells_each)


def of_all(t: Text, wanted: Sequence[Wanted], *, tells_each: bool = False) -> list[tuple[Assessment, ...]]:
    """The same of scenarios each with assumptions of its own.

    Parameters
    ----------
    tells_each
        The page is made anew as soon as one of them is ready, and not only when all are.
    """
    standings = _ask(wanted)
    if not all(one.state is State.READY for one in standings):
        on_their_way = any(one.is_on_its_way for one in standings)
        watch = st.fragment(_watch, run_every=SECONDS_BETWEEN_LOOKS if on_their_way else None)
        watch(t, wanted, _n_ready(standings) if tells_each else len(wanted))
    return [one.figures for one in standings]


def ready(found: Scenario) -> tuple[Assessment, ...]:
    """The figures of a scenario as far as they are ready; begins nothing."""
    (one,) = BACKGROUND.ask([(found, assumed.chosen())], _visitor(), begin=False)
    return one.figures if one.state is State.READY else ()


def is_ready(found: Scenario) -> bool:
    """Whether the figures of a scenario are ready; begins nothing."""
    return state_of(found) is State.READY


def state_of(found: Scenario) -> State:
    """How far the figures of a scenario are, as this visitor wishes them; begins nothing.

    What nobody asked for yet is waited for where the page is going to ask for it.
    """
    (one,) = BACKGROUND.ask([(found, assumed.chosen())], _visitor(), begin=False)
    return State.WAITING if one.state is State.STOPPED and _wants(found) else one.state


def _wants(found: Scenario) -> bool:
    wishes: dict[str, bool] = st.session_state.setdefault(WISHES, {})
    return wishes.get(found.key, os.environ.get(VARIABLE, "") != ASKED)


def _ask(wanted: Sequence[Wanted]) -> list[Standing]:
    """How far they are; begun where this visitor wants that."""
    begin = all(_wants(scenario) for scenario, _ in wanted)
    return BACKGROUND.ask(wanted, _visitor(), begin=begin)


def _visitor() -> str:
    name: str = st.session_state.setdefault(VISITOR, secrets.token_hex(8))
    return name


def _n_ready(standings: Sequence[Standing]) -> int:
    return sum(one.state is State.READY for one in standings)


def _watch(t: Text, wanted: Sequence[Wanted], n_shown: int) -> None:
    """How far it is, as a fragment of the page that looks again by itself; ``n_shown`` of them were ready when the page was made."""
    standings = _ask(wanted)
    if _n_ready(standings) == len(wanted) or _n_ready(standings) > n_shown:
        st.rerun()
    one = next((each for each in standings if each.state is State.COMPUTING), None) or next(
        each for each in standings if each.state is not State.READY
    )
    with st.container(key="long_figures"):
        if one.state is State.FAILED:
            notice(t("background.failed"), tone=Tone.REFUSED)
            st.button(t("background.again"), key="background_again", on_click=_wish, args=(wanted,), kwargs={"begin": True})
        elif one.is_on_its_way:
            said = one.note.sentence(t.language) if one.note is not None else t("background.waiting")
            if one.state is State.BUSY:
                said = t("background.busy")
            st.progress(min(one.share, 1.0), text=f"{t('background.computing')} {said}")
            st.button(t("background.stop"), key="background_stop", on_click=_wish, args=(wanted,), kwargs={"begin": False})
        else:
            st.html(element("p", t("background.stopped"), class_="wt-how"))
            st.button(t("background.begin"), key="background_begin", on_click=_wish, args=(wanted,), kwargs={"begin": True})


def _wish(wanted: Sequence[Wanted], *, begin: bool) -> None:
    wishes: dict[str, bool] = st.session_state.setdefault(WISHES, {})
    wishes.update({scenario.key: begin for scenario, _ in wanted})
    if begin:
        BACKGROUND.forget_failure(wanted)
    else:
        BACKGROUND.stop(_visitor())
