"""What colours on the ground mean, in words: the same on a page and on a sheet."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from layers.figure_places import tints_of
from layers.sun_hours import Shown, SunStep, shapes, steps
from wijktwin.export.ground_colours import GroundColours
from wijktwin.export.legend_marks import LegendLine
from wijktwin.impacts.built_values import WIND_CLASSES
from wijktwin.impacts.colour_steps import MORE, ColourStep
from wijktwin.impacts.place_values import What
from wijktwin.impacts.sunlight.norms import change_counted, trees_in_leaf
from wijktwin.impacts.sunlight.tree_ranges import BARE, IN_LEAF
from wijktwin.words.numbers import format_day, format_number
from wijktwin.words.place_words import where_text
from wijktwin.words.texts import name_of, text

if TYPE_CHECKING:
    from layers.figure_places import ToColour
    from ui.text import Text
    from wijktwin.export.ground_colours import Tint
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.impacts.sunlight.on_ground import GroundHours


# ---------------------------------------------------------------------------------------------------------- hours of sun
def sun_steps(shown: Shown) -> tuple[SunStep, ...]:
    """All colours of a map of hours."""
    return steps(shown, least_change=change_counted().ground)


def sun_title(t: Text, shown: Shown, day: date) -> str:
    """Which hours are coloured, in a few words."""
    return t(f"sun_map.named_{shown}", day=format_day(day.isoformat(), t.language))


def sun_tints(hours: GroundHours, shown: Shown) -> list[Tint]:
    """The ground in each colour that occurs."""
    return [(step.colour, (shape,)) for step, shape in shapes(hours, shown, least_change=change_counted().ground)]


def sun_notes(t: Text, shown: Shown, day: date, *, in_trees: bool, assumptions: Assumptions) -> str:
    """What the colours of hours leave out, and what is taken for granted."""
    minutes = format_number(change_counted().ground, t.language)
    below = t("sun_map.below_change", minutes=minutes) if shown is Shown.DIFFERENCE else t("sun_map.below")
    return f"{below} {_of_trees(t, day, assumptions) if in_trees else t('sun_map.clear')}"


def sun_colours(t: Text, hours: GroundHours, shown: Shown, *, in_trees: bool, assumptions: Assumptions) -> GroundColours:
    """Hours of sun on the ground, for a picture."""
    return GroundColours(
        t("sun_map.sheet", what=sun_title(t, shown, hours.day)),
        tuple(sun_tints(hours, shown)),
        tuple(LegendLine(sun_step_words(t, step), step.colour) for step in sun_steps(shown)),
        (sun_notes(t, shown, hours.day, in_trees=in_trees, assumptions=assumptions), t("flights.sheet_margin")),
    )


def _of_trees(t: Text, day: date, assumptions: Assumptions) -> str:
    """How trees count on a day, and how sure that is."""
    share = assumptions[IN_LEAF if trees_in_leaf(day) else BARE]
    value, low, high = (format_number(100.0 * each, t.language) for each in (share.value, share.low, share.high))
    return t("sun_map.trees_in_leaf" if trees_in_leaf(day) else "sun_map.trees_bare", value=value, low=low, high=high)


def sun_step_words(t: Text, step: SunStep) -> str:
    """One step: "1 tot 2 uur", "2 uur of meer minder"."""
    low, high = step.lowest, step.highest
    loses, gains = high is not None and high <= 0, low is not None and low > 0 and step.colour in _GAINS
    ends = sorted(abs(each) for each in (low, high) if each is not None)
    kind = "less" if loses else "more" if gains else "hours"
    numbers = [_hours(t, end) for end in ends]
    if len(numbers) == 2:
        return t(f"sun_map.{kind}_between", low=numbers[0], high=numbers[1])
    return t(f"sun_map.{kind}_up_to" if low is None and not loses else f"sun_map.{kind}_from", value=numbers[0])


_GAINS: Final = {step.colour for step in steps(Shown.DIFFERENCE, least_change=30.0) if step.lowest is not None and step.lowest > 0}


def _hours(t: Text, hours: float) -> str:
    return format_number(hours, t.language, decimals=0 if hours == int(hours) else 1)


# -------------------------------------------------------------------------------------------------------------- figures
def figure_title(t: Text, told: ToColour) -> str:
    """What is coloured: a figure with its unit, and whether it is what changes."""
    name = t(f"flights.what.{told.what}") if told.what else name_of("impact", told.figure, t.language)
    title = t("flights.change" if told.is_change else "flights.amount", figure=name, unit=text(f"unit.{told.unit}", t.language))
    return title if told.where is None else f"{title}, {where_text(told.where, t.language)}"


def figure_colours(t: Text, told: ToColour) -> GroundColours:
    """The places of a figure in their colours, for a picture."""
    found = told.by_step
    around = (t("flights.around_buildings"),) if told.is_around_buildings else ()
    return GroundColours(
        f"{figure_title(t, told)}.",
        tuple(tints_of(found)),
        tuple(LegendLine(step_words(t, step, is_change=told.is_change, what=told.what), step.colour) for step, _ in found),
        (*around, t("flights.sheet_margin")),
    )


def step_words(t: Text, step: ColourStep, *, is_change: bool, what: str = "") -> str:
    """One step: "5 tot 10 minder", "geen verschil"; of classes each by its name."""
    if what == What.WIND:
        return t(f"flights.wind.{WIND_CLASSES[round(step.highest)]}")
    if step.is_lost:
        return t("flights.lost" if is_change else "flights.unreachable")
    if step.lowest == step.highest == 0:
        return t("flights.none")
    low, high = sorted(abs(end) for end in (step.lowest, step.highest))
    numbers = {"low": _number(t, low), "high": _number(t, high)}
    kind = "less" if step.lowest < 0 else "more" if step.colour in MORE else "between"
    return t(f"flights.{kind}_up_to" if low == 0 else f"flights.{kind}", **numbers)


def _number(t: Text, value: float) -> str:
    decimals = next(n for n in range(4) if n == 3 or round(value, n) == round(value, 6))
    return format_number(value, t.language, decimals=decimals)
