"""What if: a visitor's own variant of a plan. The plan stays as it is, and nobody else sees the variant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import streamlit as st

from ui import state
from ui.markup import element
from ui.notices import Tone, notice
from wijktwin.errors import WijktwinError
from wijktwin.model import variants
from wijktwin.model.plan_groups import in_order

if TYPE_CHECKING:
    from ui.text import Text
    from ui.visit import World
    from wijktwin.model.plan import Plan, Volume

WHOLE: Final = ""
FARTHEST: Final = 500
"""How far something can be moved from the form on the page. [m]"""
OUTCOME: Final = "vary_outcome"


def form(t: Text, seen: World) -> None:
    """Choose a plan and one of its buildings, change something, see it at once."""
    st.html(element("h2", t("vary.title"), class_="wt-third") + element("p", t("vary.lead"), class_="wt-small"))
    plans = {plan.plan_id: plan for plan in in_order([plan for plan in seen.plans.values() if _can_vary(plan)])}
    if not plans:
        st.text(t("vary.no_plans"))
        return
    is_on = [plan_id for plan_id in plans if plan_id in state.visit().plan_ids]
    ids = [*is_on, *(plan_id for plan_id in plans if plan_id not in is_on)]
    chosen = plans[st.selectbox(t("vary.plan"), ids, format_func=lambda plan_id: t.of(plans[plan_id].title), key="vary_plan")]
    names = {volume.volume_id: t.of(volume.title) or volume.volume_id for volume in chosen.volumes} | {WHOLE: t("vary.whole")}
    volume_id = st.selectbox(t("vary.volume"), list(names), format_func=names.__getitem__, key=f"vary_volume_{chosen.plan_id}")
    _changes(t, chosen, chosen.volume(volume_id))
    _outcome(t)
    st.html(element("p", f"{t('vary.dependent')} {t('vary.ground_stays')}", class_="wt-small"))


def _can_vary(plan: Plan) -> bool:
    return bool(plan.volumes) and not plan.is_withdrawn


def _changes(t: Text, plan: Plan, volume: Volume | None) -> None:
    key = f"{plan.plan_id}_{volume.volume_id if volume else WHOLE}"
    with st.form(f"vary_{key}", border=True):
        storeys, height = None, None
        if volume is not None and not volume.is_below_ground:
            if volume.storeys:
                now = min(volume.storeys, variants.MAX_STOREYS)
                storeys = st.number_input(t("vary.storeys"), 1, variants.MAX_STOREYS, now, 1, key=f"vary_storeys_{key}")
            else:
                lowest = max(volume.base, 0.0) + variants.MIN_HEIGHT_ABOVE_BASE
                current = min(max(volume.height, lowest), variants.MAX_HEIGHT)
                height = st.number_input(t("vary.height"), lowest, variants.MAX_HEIGHT, current, 1.0, key=f"vary_height_{key}")
        east = st.number_input(t("vary.east"), -FARTHEST, FARTHEST, 0, 1, key=f"vary_east_{key}")
        north = st.number_input(t("vary.north"), -FARTHEST, FARTHEST, 0, 1, key=f"vary_north_{key}")
        degrees = st.number_input(t("vary.turn"), -180, 180, 0, 5, key=f"vary_turn_{key}")
        may_leave = volume is not None and len(plan.volumes) > 1
        without = may_leave and st.checkbox(t("vary.without"), key=f"vary_without_{key}", wrap=True)
        if st.form_submit_button(t("vary.make"), type="primary", width="stretch"):
            _make(t, plan, volume, storeys=storeys, height=height, step=(east, north), degrees=degrees, without=without)


def _make(
    t: Text,
    plan: Plan,
    volume: Volume | None,
    *,
    storeys: int | None,
    height: float | None,
    step: tuple[int, int],
    degrees: int,
    without: bool,
) -> None:
    try:
        made = varied(plan, volume, storeys=storeys, height=height, step=step, degrees=degrees, without=without)
        if made is plan:
            st.session_state[OUTCOME] = (t("vary.nothing_changed"), Tone.TOLD)
        else:
            state.add_plan(made, name=t.of(made.title))
            is_on = made.plan_id in state.visit().plan_ids
            st.session_state[OUTCOME] = (t("vary.made" if is_on else "vary.made_off", title=made.title), Tone.DONE if is_on else Tone.TOLD)
    except WijktwinError as error:
        st.session_state[OUTCOME] = (t.about(error), Tone.REFUSED)
    st.rerun()


def varied(
    plan: Plan,
    volume: Volume | None,
    *,
    storeys: int | None = None,
    height: float | None = None,
    step: Sequence[float] = (0.0, 0.0),
    degrees: float = 0.0,
    without: bool = False,
) -> Plan:
    """A variant with all that was asked; the plan itself where nothing was.

    Parameters
    ----------
    volume
        The one to change; all of them together where None.
    storeys, height
        Only for one volume; None, or what the plan has now, changes nothing. [m]
    step, degrees
        East and north [m], and clockwise [°].

    Raises
    ------
    WijktwinError
        The variant cannot be.
    """
    made = plan
    volume_id = volume.volume_id if volume is not None else None
    if volume_id is not None and without:
        return variants.without_volume(made, volume_id)
    if volume is not None and volume_id is not None:
        if storeys is not None and storeys != volume.storeys:
            made = variants.with_storeys(made, volume_id, storeys)
        elif height is not None and height != volume.height:
            made = variants.with_height(made, volume_id, height)
    if degrees:
        made = variants.turned(made, degrees, volume_id=volume_id)
    if any(step):
        made = variants.moved(made, *step, volume_id=volume_id)
    return made


def _outcome(t: Text) -> None:
    told = st.session_state.pop(OUTCOME, None)
    if told is not None:
        words, tone = told
        notice(words, tone=tone, title=t("add.failed") if tone is Tone.REFUSED else "")
