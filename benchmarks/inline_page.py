"""What the scene is compared with: the same buildings and the same plan in ``st.pydeck_chart``, with their geometry inline.

It draws less than our own page: the surfaces of buildings and of the plan's volumes, no ground, trees, edges or shade.
"""

from __future__ import annotations

import os
from typing import Final

import pydeck as pdk
import streamlit as st

from benchmarks.inline_deck import PLAN_ID, with_contents
from layers.deck import build_deck
from layers.prepared import Prepared, prepare
from layers.standalone import Inside
from ui.cache import Published, published
from ui.settings import settings
from wijktwin.model.scenario import Scenario

KINDS_VARIABLE: Final = "WIJKTWIN_BENCHMARK_KINDS"
HEIGHT: Final = 600
"""[px] As on our own pages."""


def kinds() -> frozenset[str]:
    """Which layers are drawn: all of them, unless the environment names some."""
    return frozenset(os.environ.get(KINDS_VARIABLE, "").split())


@st.cache_resource
def _prepared(_shown: Published) -> tuple[Prepared, Inside]:
    inside = Inside()
    return prepare(_shown.neighbourhood, _shown.plans.values(), publish=inside), inside


@st.cache_resource
def _deck(_shown: Published, *, is_on: bool) -> pdk.Deck:
    prepared, inside = _prepared(_shown)
    plans = frozenset({_shown.plans[PLAN_ID]}) if is_on else frozenset()
    return with_contents(build_deck(Scenario(_shown.neighbourhood, plans), prepared), inside.contents, kinds())


st.set_page_config(layout="wide")
is_on = st.checkbox("plan", key="plan")
st.pydeck_chart(_deck(published(settings()), is_on=is_on), key="inline", height=HEIGHT)
