"""Links to the scene: what they say of camera, walk, plans and sun, and how one is made for a picture."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit
from zoneinfo import ZoneInfo

from wijktwin import clock_times
from wijktwin.errors import InputError, Language
from wijktwin.export.perspective import MapView

VERSION: Final = "1"
PAGE: Final = "/"
"""The scene stands on the first page."""
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")
_MOST_FIELDS: Final = 100


@dataclass(frozen=True, slots=True)
class Walker:
    """Who stands somewhere: longitude and latitude, where is looked, and how far above the horizon. [°]"""

    longitude: float
    latitude: float
    bearing: float
    up: float


@dataclass(frozen=True, slots=True)
class LinkTold:
    """What a link says; None or empty where it says nothing.

    Parameters
    ----------
    moment
        A time of the clock, without a time zone: the neighbourhood has it.
    """

    view: MapView | None = None
    walker: Walker | None = None
    plan_ids: tuple[str, ...] = ()
    moment: datetime | None = None


def read_link(link: str) -> LinkTold:
    """What a link to the scene says; all of it or what follows its question mark.

    Raises
    ------
    InputError
        Its camera, walk or moment cannot be read.
    """
    try:
        query = urlsplit(link).query if "?" in link else link
        told = parse_qs(query.removeprefix("?"), max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise InputError("stills.no_camera", name="view", value=link, count=5) from error
    view = _numbers(told, "view", 5)
    walk = _numbers(told, "walk", 4)
    return LinkTold(
        None if view is None else MapView(*view),
        None if walk is None else Walker(*walk),
        tuple(dict.fromkeys(name for part in told.get("plans", ()) for name in part.split(",") if name)),
        _moment(told.get("sun", [""])[-1]),
    )


def as_moment(told: str) -> datetime:
    """A time of the clock as links write it, ``2026-03-21T12:00``.

    Raises
    ------
    InputError
        It is none.
    """
    moment = clock_times.read_clock_time(told)
    if moment is None:
        raise InputError("stills.no_moment", moment=told)
    return moment


def _moment(told: str) -> datetime | None:
    return as_moment(told) if told else None


def _numbers(told: Mapping[str, Sequence[str]], name: str, count: int) -> list[float] | None:
    if name not in told:
        return None
    parts = [part.strip() for part in told[name][-1].split(",")]
    if len(parts) != count or not all(_NUMBER.fullmatch(part) for part in parts):
        raise InputError("stills.no_camera", name=name, value=told[name][-1], count=count)
    numbers = [float(part) for part in parts]
    if not (-180 <= numbers[0] <= 180 and -85 <= numbers[1] <= 85 and all(math.isfinite(number) for number in numbers)):
        raise InputError("stills.no_camera", name=name, value=told[name][-1], count=count)
    return numbers


def link_to(
    plan_ids: Sequence[str], *, language: Language, time_zone: str, moment: datetime | None = None,
    view: MapView | None = None, walker: Walker | None = None,
) -> str:  # fmt: skip
    """A link to the scene with these plans, sun and camera, from the first page on."""
    told = {"v": VERSION, "lang": language}
    if plan_ids:
        told["plans"] = ",".join(sorted(plan_ids))
    if moment is not None:
        told["sun"] = clock_times.written(moment.astimezone(ZoneInfo(time_zone)))
    if view is not None:
        decimals = ((view.longitude, 5), (view.latitude, 5), (view.zoom, 2), (view.pitch, 1), (view.bearing, 1))
        told["view"] = ",".join(f"{round(value, places):g}" if places < 3 else f"{round(value, places)}" for value, places in decimals)
    if walker is not None:
        told["walk"] = f"{round(walker.longitude, 6)},{round(walker.latitude, 6)},{round(walker.bearing, 1):g},{round(walker.up, 1):g}"
    return f"{PAGE}?{urlencode(told, safe=',:')}"
