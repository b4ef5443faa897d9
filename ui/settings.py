"""What whoever runs the server decided, and the limits for visitors."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wijktwin import places

PLAN_FOLDER: Final = "plans"
"""In a neighbourhood folder: the plans that the server publishes."""

MAX_UPLOADS_PER_VISIT: Final = 25
MAX_OWN_PLANS: Final = 12
"""What one visitor can have at the same time: uploaded plans and variants together."""
MAX_UPLOAD_MB: Final = 20
"""As `server.maxUploadSize`. [MB]"""
CITY_FILES: Final = ("json", "jsonl", "gz", "cityjson", "cityjsonseq")
"""Endings of files that may hold a neighbourhood."""
PLAN_FILES: Final = ("geojson", "json", "jsonl", "gpkg", "dxf", "csv", "gz")
"""Endings of files that may hold a plan, or belong to one."""

COMMON_CRS: Final = (
    (7415, "RD New + NAP"),
    (28992, "RD New"),
    (25832, "ETRS89 / UTM 32N"),
    (25831, "ETRS89 / UTM 31N"),
    (25833, "ETRS89 / UTM 33N"),
    (31370, "Belge 1972 / Belgian Lambert 72"),
    (3812, "ETRS89 / Belgian Lambert 2008"),
    (2169, "LUREF / Luxembourg TM"),
    (2154, "RGF93 / Lambert-93"),
    (27700, "OSGB36 / British National Grid"),
    (2056, "CH1903+ / LV95"),
    (3035, "ETRS89 / LAEA Europe"),
)
"""Reference systems that are offered for a file that states none: EPSG code and name."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where this server finds what it shows.

    Parameters
    ----------
    data
        A CityJSON file or a neighbourhood folder.
    plans
        The folder whose plans are published to everybody; None where the server publishes none.
    crs
        EPSG code for a data file that states none.
    shows_drafts
        Plans of this server that are still drafts are listed for planners: for a server that only they can reach.
    is_evening
        The server was started for an evening with residents: tablets that are passed on forget who looked (`ui.kiosk`).
    """

    data: Path
    state: Path
    plans: Path | None
    crs: str | None = None
    shows_drafts: bool = False
    is_evening: bool = False


def settings() -> Settings:
    """The settings by the environment, as `wijktwin run` sets it."""
    data = places.shown_data()
    named = os.environ.get(places.PLANS_VARIABLE, "")
    plans = Path(named) if named else data / PLAN_FOLDER
    return Settings(
        data=data,
        state=places.state_folder(),
        plans=plans if plans.is_dir() else None,
        crs=os.environ.get(places.CRS_VARIABLE) or None,
        shows_drafts=os.environ.get(places.DRAFTS_VARIABLE, "") not in {"", "0"},
        is_evening=os.environ.get(places.EVENING_VARIABLE, "") not in {"", "0"},
    )
