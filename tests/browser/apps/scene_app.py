"""A page with nothing but the scene, for browser tests: plans on and off, two languages, a view of what was clicked."""

from __future__ import annotations

import dataclasses
import json
import os
from typing import Any

import pydeck as pdk
import streamlit as st

from layers.deck import Picked
from tests.layers.small_town import low_block, sloping_town, small_town, tower
from ui import scene
from wijktwin.appearance import View
from wijktwin.model.plan import Plan
from wijktwin.model.scenario import Scenario

st.set_page_config(layout="wide")
language = st.radio("language", ["nl", "en"], horizontal=True)
chosen = st.radio("plan", ["none", "tower", "low-block", "own"], horizontal=True)
compare = st.checkbox("compare")
st.button("again")
if st.button("forget"):
    st.session_state["kept"] = None

neighbourhood = sloping_town() if os.environ.get("WIJKTWIN_TEST_SLOPE") else small_town()
own = dataclasses.replace(low_block(published=False), plan_id="own", demolishes=frozenset({"house-0"}))
offered: list[Plan] = [tower(), low_block(), *([own] if chosen == "own" else [])]
active = frozenset(plan for plan in offered if plan.plan_id == chosen)
scenario = Scenario(neighbourhood, active)


def keep(seen: scene.Seen) -> None:
    """Remember what was clicked."""
    st.session_state["kept"] = seen.picked
    st.session_state["kept_point"] = seen.point
    st.session_state["n_kept"] = st.session_state.get("n_kept", 0) + 1


def turn(moment: str) -> None:
    """Remember the moment of which the shade is shown."""
    st.session_state["moment"] = moment


seen = scene.show(
    [Scenario(neighbourhood), scenario] if compare else [scenario],
    scene.prepared_scene(neighbourhood, offered),
    offered=offered,
    key="scene",
    alt=f"{language}: {chosen}",
    language="en" if language == "en" else "nl",
    sources=[scene.SourceLine("Small town (tests)"), scene.SourceLine("CC0", "https://creativecommons.org/publicdomain/zero/1.0/")],
    banner="Verzonnen" if language == "nl" else "Fictional",
    titles=["nu", "straks"] if compare else [],
    selected=st.session_state.get("kept"),
    first_view=View.WHOLE,
    height=520,
    on_pick=keep,
    sun=scene.SunChoice(2026, st.query_params.get("sun", "")),
    on_sun=turn,
)


def told(picked: Picked | None) -> Any:
    """What was picked, for the test to read."""
    return None if picked is None else dataclasses.asdict(picked)


if "chart" in st.query_params:
    other = pdk.Layer("ColumnLayer", data=[{"p": [5.4, 52.16]}], get_position="p", get_elevation=10, radius=20)
    st.pydeck_chart(
        pdk.Deck([other], initial_view_state=pdk.ViewState(longitude=5.4, latitude=52.16, zoom=15), map_provider=None), height=200
    )

st.text(
    json.dumps(
        {
            "picked": told(seen.picked),
            "point": seen.point,
            "n_kept": st.session_state.get("n_kept", 0),
            "kept_point": st.session_state.get("kept_point"),
            "kept": told(st.session_state.get("kept")),
            "failed": seen.has_failed,
            "moment": st.session_state.get("moment", ""),
        }
    )
)
