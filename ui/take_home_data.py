"""Data for other systems: figures, model and maps of the plans that are on, as files that are made when somebody asks for them."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from ui import assumed, cache, frame, long_figures, state
from ui.markup import element, label
from ui.standalone_scene import standalone_scene
from wijktwin import clock_times
from wijktwin.export.as_files import cityjson_bytes, map_bytes
from wijktwin.export.data_sheets import data_sheets
from wijktwin.export.file_names import file_name
from wijktwin.export.report.small_counts import veils_of
from wijktwin.export.workbook import csv_zip, dialect_of, xlsx_bytes
from wijktwin.impacts.catalogue import IN_BACKGROUND, assess

if TYPE_CHECKING:
    from ui.text import Text
    from ui.visit import World
    from wijktwin.errors import Language
    from wijktwin.export.data_sheets import Sheet
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.scenario import Scenario

_ONE_AT_A_TIME: Final = threading.Lock()
"""Files are made one after the other, so that whoever looks around on the same server is not kept waiting."""


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """What the files are about: all that is needed to make one after the page was made.

    Parameters
    ----------
    late
        The figures that take long, none where they are not ready.
    is_shared
        The scenario is the server's own, and so are its assumptions: what was computed for others serves.
    """

    scenario: Scenario
    language: Language
    assumptions: Assumptions
    late: tuple[Assessment, ...]
    is_shared: bool
    today: dt.date

    def figures(self) -> tuple[Assessment, ...]:
        """All figures that there are."""
        if self.is_shared:
            return cache.published_figures(self.scenario, self.scenario.key) + self.late
        return assess(self.scenario, assumptions=self.assumptions) + self.late

    @property
    def not_ready(self) -> list[str]:
        """The impacts whose figures are still being computed."""
        there = {one.group for one in self.late}
        return [name for name in IN_BACKGROUND if name not in there]


@dataclass(frozen=True, slots=True)
class _File:
    """One file: key of its words, what it is called, and how it is made."""

    key: str
    what: str
    suffix: str
    mime: str
    make: Callable[[_Asked], bytes]


def section(t: Text, scenario: Scenario, seen: World) -> None:
    """The files that can be taken home."""
    frame.heading(t("take_home_data.title"))
    st.html(element("p", t("take_home_data.lead")))
    late = long_figures.of_scenario(t, scenario)
    if not late:
        st.html(element("p", t("take_home_data.not_ready"), class_="wt-how"))
    own = assumed.is_own() or not state.is_shared(scenario)
    today = clock_times.today()
    asked = _Asked(scenario, t.language, assumed.chosen(), late, not own, today)
    has_epsg = seen.neighbourhood.horizontal_crs.to_epsg() is not None
    for one in FILES:
        if one.key == "map" and not has_epsg:
            st.html(element("p", t("take_home_data.no_map")))
            continue
        with st.container(border=True, gap="xxsmall", key=f"take_{one.key}"):
            st.html(
                element("h3", t(f"take_home_data.{one.key}", crs=seen.neighbourhood.horizontal_crs.name))
                + element("p", t(f"take_home_data.{one.key}_text"))
            )
            st.download_button(
                label(t("take_home_data.download", kind=t(f"take_home_data.{one.key}_short"))),
                partial(_made, one, asked),
                file_name=file_name(scenario, one.what, one.suffix, t.language, made_on=today),
                mime=one.mime,
                key=f"take_{one.key}_file",
                on_click="ignore",
            )


def _made(one: _File, asked: _Asked) -> bytes:
    with _ONE_AT_A_TIME:
        return one.make(asked)


def _xlsx(asked: _Asked) -> bytes:
    return xlsx_bytes(_sheets(asked), asked.language, title=asked.scenario.neighbourhood.name, computed_on=asked.today)


def _csv(asked: _Asked) -> bytes:
    return csv_zip(_sheets(asked), asked.language, dialect=dialect_of(asked.language))


def _sheets(asked: _Asked) -> tuple[Sheet, ...]:
    told = asked.figures()
    return data_sheets(
        told, asked.scenario, asked.language, computed_on=asked.today, assumptions=asked.assumptions, not_ready=asked.not_ready,
        hidden=veils_of(told, asked.scenario),
    )  # fmt: skip


def _cityjson(asked: _Asked) -> bytes:
    return cityjson_bytes(asked.scenario)


def _map(asked: _Asked) -> bytes:
    told = asked.figures()
    return map_bytes(
        asked.scenario, told, asked.language, computed_on=asked.today, assumptions=asked.assumptions, not_ready=asked.not_ready,
        hidden=veils_of(told, asked.scenario),
    )  # fmt: skip


def _scene(asked: _Asked) -> bytes:
    return standalone_scene(asked.scenario, asked.language, made_on=asked.today)


FILES: Final = (
    _File("xlsx", "figures", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
    _File("csv", "figures", ".zip", "application/zip", _csv),
    _File("cityjson", "model", ".city.json", "application/city+json", _cityjson),
    _File("map", "map", ".gpkg", "application/geopackage+sqlite3", _map),
    _File("scene", "scene", ".html", "application/octet-stream", _scene),
)
"""In the order in which they are offered. A page of HTML is sent as plain bytes: what comes back as a page is answered by `ui.lost`."""
