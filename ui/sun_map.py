"""Hours of sun on the ground in the scene: which day, today or with the plans or what changes, and what the colours mean."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date
from typing import TYPE_CHECKING, Final

import streamlit as st

from layers.encoding import to_json
from layers.frame import Frame
from layers.sun_hours import Shown, SunStep, steps, sun_hour_rows
from layers.terrain import build_terrain
from ui import assumed, long_figures, picture
from ui.background import key_of
from ui.markup import element, joined
from wijktwin.impacts.sunlight.desk import sunlight_desk
from wijktwin.impacts.sunlight.norms import change_counted, ground_days, reference_year, trees_in_leaf
from wijktwin.impacts.sunlight.on_ground import hours_on
from wijktwin.impacts.sunlight.tree_figures import hours_with_trees
from wijktwin.impacts.sunlight.tree_ranges import BARE, IN_LEAF
from wijktwin.words.numbers import format_day, format_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.markup import Markup
    from ui.text import Text
    from ui.visit import World
    from wijktwin.impacts.sunlight.on_ground import GroundHours
    from wijktwin.model.scenario import Scenario

NOTHING: Final = "nothing"
SHOWN: Final = "sun_map_shown"
DAY: Final = "sun_map_day"
TREES: Final = "sun_map_trees"
OTHER: Final = "other"
OTHER_DAY: Final = "sun_map_other_day"
ADDRESSES: Final = "sun_map_addresses"
MOST_ADDRESSES: Final = 24
JSON: Final = "application/json"


def choose(t: Text, found: Scenario, seen: World) -> str:
    """What a visitor wants to see of the hours of sun; the address of its surfaces, "" for none or while they are being computed."""
    days = ground_days(reference_year())
    offered = [NOTHING, Shown.BEFORE, *([] if found.is_baseline else [Shown.AFTER, Shown.DIFFERENCE])]
    if st.session_state.get(SHOWN) not in offered:
        st.session_state[SHOWN] = NOTHING
    with st.container(horizontal=True, key="sun_map"):
        shown = st.radio(
            t("sun_map.title"), offered, key=SHOWN, horizontal=True, format_func=lambda each: t(f"sun_map.{each}"), help=t("sun_map.help")
        )
        if shown == NOTHING:
            return ""
        day = _day(t, days)
        has_trees = bool(len(found.neighbourhood.trees) or len(found.trees))
        in_trees = has_trees and st.checkbox(t("sun_map.with_trees"), key=TREES, wrap=True, help=t("sun_map.with_trees_help"))
    hours = _hours(t, found, day, in_trees=in_trees)
    if hours is None:
        st.html(element("p", t("sun_map.not_yet"), class_="wt-how", role="status"))
        return ""
    least = change_counted().ground
    minutes = least if shown == Shown.DIFFERENCE else None
    st.html(legend(t, steps(Shown(shown), least_change=least), minutes=minutes, in_trees=in_trees, day=day))
    with st.spinner(t("sun_map.drawing")):
        return _address(found, seen, hours, Shown(shown), in_trees=in_trees)


def _day(t: Text, days: Sequence[date]) -> date:
    """One of the usual days, or any other of the year of which the sun is taken."""
    words = {day: format_day(day.isoformat(), t.language) for day in days}
    choices: list[date | str] = [*days, OTHER]
    name = t("sun_map.another")
    chosen = st.selectbox(
        t("sun_map.day"), choices, key=DAY, format_func=lambda each: words[each] if isinstance(each, date) else name, width=200
    )
    if isinstance(chosen, date):
        return chosen
    year = reference_year()
    first, last = date(year, 1, 1), date(year, 12, 31)
    return st.date_input(t("sun_map.other_day"), first.replace(month=5), first, last, key=OTHER_DAY, format="DD-MM-YYYY", width=200)


def legend(t: Text, shown: tuple[SunStep, ...], *, minutes: float | None, in_trees: bool = False, day: date | None = None) -> Markup:
    """What the colours mean, in words.

    Parameters
    ----------
    minutes
        From which difference on there is a colour; None where every hour has one.
    in_trees
        Whether trees are counted, as they stand on ``day``.
    """
    rows = [
        element("li", element("span", "", style=f"{SWATCH};background:rgb{step.colour}", aria_hidden="true"), f" {step_words(t, step)}")
        for step in shown
    ]
    clear = t("sun_map.clear") if not in_trees or day is None else _of_trees(t, day)
    below = t("sun_map.below") if minutes is None else t("sun_map.below_change", minutes=format_number(minutes, t.language))
    return joined([element("ul", *rows, style=LIST, class_="wt-plain"), element("p", f"{below} {clear}", class_="wt-how")])


def _of_trees(t: Text, day: date) -> str:
    """How trees count on a day, and how sure that is."""
    share = assumed.chosen()[IN_LEAF if trees_in_leaf(day) else BARE]
    value, low, high = (format_number(100.0 * each, t.language) for each in (share.value, share.low, share.high))
    return t("sun_map.trees_in_leaf" if trees_in_leaf(day) else "sun_map.trees_bare", value=value, low=low, high=high)


SWATCH: Final = "display:inline-block;width:1.1em;height:1.1em;border:1px solid #6a6259;vertical-align:text-bottom"
LIST: Final = "display:flex;flex-wrap:wrap;gap:.2em 1.2em;list-style:none;padding:0"


def step_words(t: Text, step: SunStep) -> str:
    """One step: "1 tot 2 uur", "2 uur of meer minder"."""
    low, high = step.lowest, step.highest
    loses, gains = high is not None and high <= 0, low is not None and low > 0 and step.colour in _GAINS
    ends = sorted(abs(each) for each in (low, high) if each is not None)
    kind = "less" if loses else "more" if gains else "hours"
    numbers = [_number(t, end) for end in ends]
    if len(numbers) == 2:
        return t(f"sun_map.{kind}_between", low=numbers[0], high=numbers[1])
    return t(f"sun_map.{kind}_up_to" if low is None and not loses else f"sun_map.{kind}_from", value=numbers[0])


_GAINS: Final = {step.colour for step in steps(Shown.DIFFERENCE, least_change=30.0) if step.lowest is not None and step.lowest > 0}


def _number(t: Text, hours: float) -> str:
    return format_number(hours, t.language, decimals=0 if hours == int(hours) else 1)


def _hours(t: Text, found: Scenario, day: date, *, in_trees: bool = False) -> GroundHours | None:
    """The hours of one day, trees counted or not; None while they are being computed; asks for them."""
    desk = sunlight_desk(found.neighbourhood, assumptions=assumed.chosen())
    ready = desk.ready(found)
    if ready is None and long_figures.is_ready(found):
        with st.spinner(t("sun_map.drawing")):
            ready = desk.sunlight(found)  # today lies on the disk
    if ready is None:
        return None
    if day in ready.ground.days and not in_trees:
        return ready.ground.hours(day)
    with st.spinner(t("sun_map.drawing")):
        study = desk.ground_on(day)
        if in_trees:
            return hours_with_trees(study, found, day, spacing=ready.ground.spacing, assumptions=assumed.chosen())
        return hours_on(study, found, day, spacing=ready.ground.spacing)


def _address(found: Scenario, seen: World, hours: GroundHours, shown: Shown, *, in_trees: bool = False) -> str:
    """Where the surfaces lie; made once for as long as this visit keeps their address."""
    kept: OrderedDict[tuple[str, ...], str] = st.session_state.setdefault(ADDRESSES, OrderedDict())
    key = *key_of(found, assumed.chosen()), hours.day.isoformat(), str(shown), "trees" if in_trees else ""
    if key not in kept:
        store, _ = picture.shelf_of(seen)
        is_shared = not seen.is_own and all(plan.published_by_server for plan in found.plans)
        neighbourhood = found.neighbourhood
        rows = sun_hour_rows(hours, shown, build_terrain(neighbourhood), Frame.of(neighbourhood), least_change=change_counted().ground)
        put = store.put if is_shared else store.put_private
        kept[key] = put(to_json(rows), JSON)
        while len(kept) > MOST_ADDRESSES:
            kept.popitem(last=False)
    return kept[key]
