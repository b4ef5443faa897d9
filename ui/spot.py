"""What is seen from a spot: asked of a place that was pointed at, walked to or typed; kept in the visit alone, never in the link."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import streamlit as st

from ui import assumed, compare, state
from ui.background import key_of
from ui.figure_table import plain_table, variant_words
from ui.figures import are_told_apart
from ui.markup import EMPTY, Markup, element, joined, paragraphs
from ui.notices import Tone, notice
from ui.pointing import coordinates
from wijktwin.errors import InputError
from wijktwin.impacts.last_few import LastFew
from wijktwin.impacts.sunlight.walls import SIDES
from wijktwin.impacts.view.spot_figures import spot_figures
from wijktwin.words.cases import FigureTold
from wijktwin.words.rows import variant_text
from wijktwin.words.sentences import telling

if TYPE_CHECKING:
    from ui.text import Text
    from wijktwin.errors import Note
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.model.scenario import Scenario

ALL_ROUND: Final = ""
FACING: Final = "spot_facing"
X: Final = "spot_x"
Y: Final = "spot_y"
UNREADABLE: Final = "spot_unreadable"
"""In the session: what was typed last is no pair of numbers."""
KEPT: Final = "spot_figures"
MOST_KEPT: Final = 6
OF_PLANS: Final = ("view.spot_plan", "view.spot_plan_height")
SAME_AS_PLANS: Final = "view.spot_new"
"""What the figures of the plans say already, and what there is none of today."""
HOW_SEEN: Final = ("view.seen_from_spot", "view.not_seen_from_spot", "view.perhaps_seen_from_spot", "view.bare_trees_at_spot")
"""Remarks that belong to one figure; the others are said once."""
THOUSANDS: Final = re.compile(r"\d{1,3}(?:[.,]\d{3})+")


# ---------------------------------------------------------------------------------------------------------------- asking
def choose(t: Text) -> None:
    """Three ways to ask: pointing, walking and typing coordinates; the last one on the spot."""
    with st.expander(t("spot.choose"), key="spot_choose"):
        st.html(element("p", t("spot.lead"), class_="wt-small"))
        with st.form("spot_form", border=False):
            across, up = st.columns(2)
            across.text_input(t("spot.x"), key=X, max_chars=20)
            up.text_input(t("spot.y"), key=Y, max_chars=20)
            st.form_submit_button(t("spot.go"), on_click=_typed)
        if st.session_state.get(UNREADABLE):
            notice(t("spot.unreadable"), tone=Tone.REFUSED)


def _typed() -> None:
    x, y = (as_number(str(st.session_state.get(key, ""))) for key in (X, Y))
    st.session_state[UNREADABLE] = x is None or y is None
    if x is not None and y is not None:
        state.look_from((x, y))


def as_number(told: str) -> float | None:
    """A coordinate as people write it: "151.158,9", "151158.9" or "151 158"; None where it is no number. [m]"""
    bare = re.sub(r"[\s\u00a0m]", "", told)
    if THOUSANDS.fullmatch(bare):
        bare = re.sub(r"[.,]", "", bare)
    elif "," in bare:
        bare = bare.replace(".", "").replace(",", ".") if bare.rfind(",") > bare.rfind(".") else bare.replace(",", "")
    try:
        number = float(bare) if re.fullmatch(r"-?\d+(?:\.\d+)?", bare) else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None


# --------------------------------------------------------------------------------------------------------------- telling
def told(t: Text, scenarios: Sequence[Scenario], titles: Sequence[str] = ()) -> None:
    """What is seen from the spot that was asked for, today and with the plans that are shown; nothing where none was.

    Parameters
    ----------
    scenarios
        One, or two that are compared, with their ``titles``.
    """
    spot = state.visit().spot
    if spot is None:
        return
    with st.container(key="spot_view"):
        place = element("p", coordinates(t, scenarios[0].neighbourhood, spot), role="status")
        st.html(element("section", element("h2", t("spot.title")), place, class_="wt-card", aria_label=t("spot.title")))
        names = {ALL_ROUND: t("spot.all_round")} | {side: t("spot.towards", direction=t(f"direction.{side}")) for side in SIDES}
        side = st.selectbox(t("spot.facing"), list(names), format_func=names.__getitem__, key=FACING)
        try:
            with st.spinner(t("spot.computing")):
                found = [_figures(one, spot, side) for one in scenarios]
        except InputError as error:
            notice(t.about(error), tone=Tone.REFUSED)
        else:
            _shown(t, scenarios, found, titles)
        st.button(t("spot.close"), key="spot_close", on_click=state.look_from, args=(None,))


def _figures(found: Scenario, spot: tuple[float, float], side: str) -> tuple[Assessment, ...]:
    """Kept for this visit alone."""
    kept: LastFew[object, tuple[Assessment, ...]] = st.session_state.setdefault(KEPT, LastFew(MOST_KEPT))
    facing = None if side == ALL_ROUND else 45.0 * SIDES.index(side)
    key = (key_of(found, assumed.chosen()), spot, side)
    return kept.of(key, lambda: spot_figures(found, *spot, facing=facing, assumptions=assumed.chosen()))


def _shown(t: Text, scenarios: Sequence[Scenario], found: Sequence[tuple[Assessment, ...]], titles: Sequence[str]) -> None:
    if len(scenarios) == 2:
        compare.table(t, (scenarios[0], scenarios[1]), (found[0], found[1]), (titles[0], titles[1]), title=t("spot.title"))
        return
    st.html(sentences(t, scenarios[0], found[0]))
    with st.expander(t("spot.figures"), key="spot_figures_table"):
        plain_table(t, scenarios[0], found[0], title=t("spot.title"))


def sentences(t: Text, found: Scenario, figures: Sequence[Assessment]) -> Markup:
    """The same in plain words, plans first; each with its margin and how it is known, and at the end what to know of all."""
    shown = [one for one in figures if one.impact in OF_PLANS]
    has_plans = bool(shown)
    shown += [one for one in figures if one not in shown and not (one.impact == SAME_AS_PLANS and (has_plans or found.is_baseline))]
    common = dict.fromkeys(note for one in shown for note in one.remarks if not _is_own(note))
    items = [element("li", _sentence(t, one, is_today=found.is_baseline)) for one in shown]
    of_all = element("div", paragraphs([t.of(note) for note in common]), class_="wt-how")
    return joined([element("ul", *items, class_="wt-changes"), of_all])


def _is_own(note: Note) -> bool:
    return note.key.removesuffix("_one") in HOW_SEEN


def _sentence(t: Text, one: Assessment, *, is_today: bool) -> Markup:
    head, *rest = telling(FigureTold(one), t.language, brief=are_told_apart(one.plans), is_today=is_today).parts
    own = [t.of(note) for note in one.remarks if _is_own(note)]
    how = element("span", " ".join([*own, *(each for each in rest if each)]), class_="wt-how") if own or rest else EMPTY
    return joined([head, how, variant_words(variant_text(one, t.language))])
