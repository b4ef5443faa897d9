"""A day in a strip: from when until when the sun shines at a home, today and with a plan; said in words as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from babel.dates import format_date

from ui.markup import EMPTY, Markup, element
from wijktwin.words.day_strip import strip_text
from wijktwin.words.texts import sentence_case

if TYPE_CHECKING:
    from datetime import datetime

    from ui.text import Text
    from wijktwin.impacts.sunlight.homes import DayStrip, Stretches

FIRST_HOUR: Final = 5
LAST_HOUR: Final = 22
TOLD_HOURS: Final = (6, 9, 12, 15, 18, 21)


def strip_markup(t: Text, strip: DayStrip) -> Markup:
    """Two bars on one scale of hours, with the same in words below; one bar where nothing changes."""
    storey = t("home.storey_ground") if strip.storey == 0 else t("home.storey_n", number=str(strip.storey))
    title = t(
        "home.strip", day=format_date(strip.day, "d MMMM", locale=t.language), storey=storey.lower(), side=t(f"direction.{strip.side}")
    )
    rows = [_row(t("home.strip_now"), strip.before, "now")]
    if strip.after is None:
        rows.append(element("div", element("span", t("home.strip_gone")), class_="wt-strip-row"))
    elif strip.after != strip.before:
        rows.append(_row(t("home.strip_then"), strip.after, "then"))
    hours = element("div", *(element("span", str(hour), style=f"left:{_at(hour):.1f}%") for hour in TOLD_HOURS), class_="wt-strip-hours")
    drawn = element("div", *rows, element("div", EMPTY, hours, class_="wt-strip-row wt-strip-scale"), aria_hidden="true", class_="wt-strip")
    words = element("figcaption", element("strong", f"{title}. "), sentence_case(strip_text(strip, t.language)))
    return element("figure", drawn, words, class_="wt-strip-figure")


def _row(name: str, stretches: Stretches, class_: str) -> Markup:
    bars = [
        element("i", class_=f"wt-strip-{class_}", style=f"left:{_share(begin):.2f}%;width:{max(_share(end) - _share(begin), 0.3):.2f}%")
        for begin, end in stretches
    ]
    return element("div", element("span", name), element("div", *bars, class_="wt-strip-bar"), class_="wt-strip-row")


def _share(moment: datetime) -> float:
    """Where a moment stands on the scale. [%]"""
    return min(100.0, max(0.0, _at(moment.hour + moment.minute / 60)))


def _at(hour: float) -> float:
    return 100 * (hour - FIRST_HOUR) / (LAST_HOUR - FIRST_HOUR)
