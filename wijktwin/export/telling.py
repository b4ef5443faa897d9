"""What stands around a picture in words: what is shown, the sun, how it was made, and where the data comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import wijktwin
from wijktwin.errors import Language
from wijktwin.export.drawn import Shot
from wijktwin.export.eye_places import CENTIMETRES, TENTHS, EyePlace
from wijktwin.export.ground_colours import GroundColours
from wijktwin.export.legend_marks import LegendLine
from wijktwin.export.perspective import EYE_HEIGHT, WALKING_FIELD
from wijktwin.export.sheet import Told
from wijktwin.impacts.shared import sun_place
from wijktwin.impacts.silhouettes import LOWEST_SUN
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Plan
from wijktwin.model.scenario import Scenario
from wijktwin.sun import Place, Sun
from wijktwin.words.numbers import NO_BREAK, format_clock, format_date, format_number
from wijktwin.words.texts import enumeration, text
from wijktwin.words.view import credit_text

VERY_LOW: Final = 5.0
"""Below this altitude nearly all ground lies in the shade; the scene says so too. [°]"""
STEEP: Final = 20.0
"""Looked at more steeply than this, a length holds all over the ground. [°]"""
WINDS: Final = ("n", "ne", "e", "se", "s", "sw", "w", "nw")


def made_up(neighbourhood: Neighbourhood, plans: Iterable[Plan], language: Language) -> str:
    """What is made up: a neighbourhood with everything in it, or plans in a real one; "" for nothing."""
    if neighbourhood.fictional:
        return text("export_picture.fictional", language, name=neighbourhood.name)
    titles = [f"“{plan.title.in_language(language)}”" for plan in dict.fromkeys(plans) if plan.fictional]
    key = "fictional_plan" if len(titles) == 1 else "fictional_plans"
    return text(f"export_picture.{key}", language, titles=enumeration(titles, language)) if titles else ""


@dataclass(frozen=True)
class Teller:
    """Tells what sheets of one neighbourhood say, in one language.

    Parameters
    ----------
    legend
        The lines of a legend by the key of the scenario, with shade or without.
    made_on
        The day that is told.
    base_address
        Where this Wijktwin can be opened, with ``https://``; "" where nobody said: then the link is told without it, and has no code.
    """

    neighbourhood: Neighbourhood
    language: Language
    made_on: date
    base_address: str = ""
    legend: Mapping[tuple[str, bool], Sequence[LegendLine]] = field(default_factory=dict)

    def told(
        self, scenario: Scenario, shot: Shot, *, title: str = "", notes: Sequence[str] = (), link: str = "", eye: float = EYE_HEIGHT
    ) -> Told:
        """The words around one picture.

        Parameters
        ----------
        title
            The name of the neighbourhood where there is none.
        notes
            Sentences that only this picture needs; they come first.
        link
            To the scene, from the first page on: ``/?v=1&...``.
        eye
            Height above the ground of who stands on it. [m]
        """
        language = self.language
        address = f"{self.base_address.rstrip('/')}{link}" if link else ""
        shown, lines, left_out = self._of_colours(shot.colours, is_linked=bool(link))
        return Told(
            title=title or self.neighbourhood.name,
            subtitle=" ".join([text("export_picture.scenario", language, plans=self.plans(scenario)), *shown]),
            notes=(*notes, *left_out, *self._notes(scenario, shot, eye)),
            legend_title=text("export_picture.legend", language),
            legend=(*lines, *self.legend.get((scenario.key, shot.moment is not None), ())),
            banner=self.banner(scenario),
            north=text("export_picture.north", language),
            scale_note="" if shot.view.is_level else self.scale_note(shot),
            link=address,
            link_text=text("export_picture.link", language, link=address) if address else "",
        )

    def _of_colours(
        self, colours: GroundColours | None, *, is_linked: bool
    ) -> tuple[tuple[str, ...], tuple[LegendLine, ...], tuple[str, ...]]:
        """What is coloured, what each colour means, and what the colours leave out."""
        if colours is None:
            return (), (), ()
        without = (text("export_picture.link_without_colours", self.language),) if is_linked else ()
        return (colours.title,), colours.lines, (*colours.notes, *without)

    def banner(self, *scenarios: Scenario) -> str:
        """What is made up in what is shown: the neighbourhood, or plans in a real one; "" for nothing."""
        return made_up(self.neighbourhood, (plan for scenario in scenarios for plan in scenario.ordered_plans), self.language)

    def plans(self, scenario: Scenario) -> str:
        """What a scenario holds, in a few words."""
        titles = [plan.title.in_language(self.language) for plan in scenario.ordered_plans]
        return enumeration([f"“{title}”" for title in titles], self.language) if titles else text("export_picture.today", self.language)

    def sun(self, moment: datetime) -> Sun:
        """Where the sun stands."""
        return _sun(sun_place(self.neighbourhood), moment)

    def direction(self, bearing: float) -> str:
        """A direction in words, by the eight winds."""
        return text(f"export_picture.direction.{WINDS[round(bearing % 360.0 / 45.0) % len(WINDS)]}", self.language)

    def moment(self, moment: datetime) -> tuple[str, str, str]:
        """Day, time, and whether the clock is put forward, in words."""
        local = moment.astimezone(ZoneInfo(self.neighbourhood.time_zone))
        clock = "summer_time" if sun_place(self.neighbourhood).is_summer_time(moment) else "winter_time"
        shown = format_clock(f"{local:%H:%M}", self.language)
        return format_date(local.date(), self.language), shown, text(f"export_picture.{clock}", self.language)

    def _notes(self, scenario: Scenario, shot: Shot, eye: float) -> list[str]:
        standing = []
        if shot.view.is_level and eye <= EYE_HEIGHT:  # where a window is, its own note says
            height = f"{format_number(eye, self.language, decimals=1)}{NO_BREAK}m"
            standing.append(text("export_picture.eye", self.language, height=height))
        return [*standing, *self.sun_notes(shot.moment), *self.origin_notes(scenario)]

    def eye_place(self, place: EyePlace) -> str:
        """Where a picture was made from, so that anyone can make it again."""
        language, is_standing = self.language, place.eye is None
        height = EYE_HEIGHT if place.eye is None else place.eye
        told = format_number(height, language, decimals=1 if is_standing else CENTIMETRES)
        return text(
            "export_picture.eye_place", language,
            x=format_number(place.x, language, decimals=CENTIMETRES), y=format_number(place.y, language, decimals=CENTIMETRES),
            crs=self.neighbourhood.reference_system.name,
            eye=text(f"export_picture.eye_{'standing' if is_standing else 'level'}", language, height=told),
            degrees=format_number(place.direction, language, decimals=TENTHS), field=format_number(WALKING_FIELD, language),
        )  # fmt: skip

    def origin_notes(self, *scenarios: Scenario) -> list[str]:
        """Where the data comes from, and when the picture was made."""
        language = self.language
        of_plans = (plan.source for scenario in scenarios for plan in scenario.ordered_plans)
        sources = dict.fromkeys([*self.neighbourhood.sources, *of_plans])
        credits_told = "; ".join(credit_text(source, language) for source in sources)
        return [
            text("export_picture.sources", language, sources=credits_told.rstrip(".")),
            text("export_picture.made", language, date=format_date(self.made_on, language), version=wijktwin.__version__),
        ]

    def is_very_low(self, moment: datetime) -> bool:
        """Whether shade is drawn, and covers nearly all ground."""
        return LOWEST_SUN <= self.sun(moment).altitude < VERY_LOW

    def sun_caption(self, moment: datetime) -> str:
        """Where the sun stands, and that no shade is drawn where it stands too low for that: such a picture is not one full of sun."""
        notes = self.sun_notes(moment)
        return " ".join(notes if self.sun(moment).altitude < LOWEST_SUN else notes[:1])

    def sun_notes(self, moment: datetime | None) -> list[str]:
        """What is said of the sun and the shade."""
        language = self.language
        if moment is None:
            return [text("export_picture.no_sun", language)]
        sun = self.sun(moment)
        day, time, clock = self.moment(moment)
        found = [
            text(
                "export_picture.sun", language, day=day, time=time, clock=clock, direction=self.direction(sun.azimuth),
                altitude=f"{format_number(sun.altitude, language, decimals=1)}°", azimuth=f"{format_number(sun.azimuth, language)}°",
            )
        ]  # fmt: skip
        if not sun.is_up:
            return [*found, text("export_picture.sun_down", language)]
        if sun.altitude < LOWEST_SUN:
            return [*found, text("export_picture.sun_too_low", language)]
        limits = text("export_picture.shade_limits", language)
        return [*found, *([text("export_picture.sun_low", language)] if sun.altitude < VERY_LOW else []), limits]

    def scale_note(self, shot: Shot) -> str:
        """What a length in the picture holds for."""
        return text(f"export_picture.scale_{'above' if shot.view.pitch < STEEP else 'perspective'}", self.language)


@lru_cache(maxsize=256)
def _sun(place: Place, moment: datetime) -> Sun:
    """Where the sun stands, worked out once for all sheets that tell it."""
    return place.sun(moment)
