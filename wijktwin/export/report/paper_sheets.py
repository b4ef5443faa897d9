"""Paper for an evening: a key map with numbered places, and a sheet for every street with its map, its code and room to write."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import shapely

from wijktwin.export.qr import QUIET_ZONE, qr_code
from wijktwin.export.report.contents import Paper, cover, logo_file
from wijktwin.export.report.key_map import key_map, plan_shapes, window
from wijktwin.export.telling import made_up
from wijktwin.words.texts import text

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from wijktwin.errors import Language
    from wijktwin.export.report.house_style import HouseStyle
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan

MOST_PLACES: Final = 48
"""So many numbers can be told apart on one map."""
MOST_STREETS: Final = 24
KEY_RATIO: Final = 1.15
STREET_RATIO: Final = 1.3
"""How many times as wide as high the maps are."""
STREET_LETTER: Final = 24.0
"""The map of a street is printed small: letters of it are 8 points high then. [units of the drawing]"""
KEY_MARGIN: Final = 15.0
STREET_MARGIN: Final = 45.0
"""So much is shown around the neighbourhood, and around a street. [m]"""
QUESTIONS: Final = ("good", "worry", "ask")
WORDS: Final = ("key_title", "key_lead", "map_alt", "code_lead", "no_code", "place", "contact", "lead", "no_formal_view")


@dataclass(frozen=True, slots=True)
class Place:
    """A place on the key map.

    Parameters
    ----------
    where
        In real coordinates. [m]
    """

    number: int
    name: str
    where: shapely.Point


def streets_with_homes(neighbourhood: Neighbourhood, plans: Sequence[Plan]) -> list[str]:
    """The streets in which somebody lives, nearest to a plan first; by name where there are no plans."""
    table = neighbourhood.address_table
    if table is None:
        return []
    homes = table[table["street"].astype(str).str.strip() != ""]
    site = _site(neighbourhood, plans)
    if site is None:
        return sorted(set(homes["street"]))
    nearest = homes.geometry.distance(site).groupby(homes["street"]).min()
    return [str(name) for _, name in sorted(zip(nearest.to_numpy(), nearest.index, strict=True))]


def numbered_places(neighbourhood: Neighbourhood, plans: Sequence[Plan], language: Language) -> list[Place]:
    """Plans first, then what the municipality lists (schools, shops), then the nearest streets by name."""
    found: list[tuple[str, shapely.Point]] = []
    for plan in plans:
        if shapes := plan_shapes(plan, neighbourhood):
            title = plan.title.in_language(language) or plan.plan_id
            found.append((title, shapely.union_all(shapes).representative_point()))
    if (listed := neighbourhood.destination_table) is not None:
        found += [(str(name), shape.representative_point()) for name, shape in zip(listed["name"], listed.geometry, strict=True)]
    named = streets_with_homes(neighbourhood, plans)[: max(MOST_PLACES - len(found), 0)]
    found += [(name, where) for name in sorted(named) if (where := _middle_of(neighbourhood, name)) is not None]
    return [Place(number, name, where) for number, (name, where) in enumerate(found[:MOST_PLACES], start=1)]


def sheets(
    neighbourhood: Neighbourhood,
    plans: Sequence[Plan],
    style: HouseStyle,
    *,
    language: Language,
    made_on: dt.date,
    streets: Sequence[str] = (),
    base_url: str = "",
) -> Paper:
    """The key map, and a sheet for each street.

    Parameters
    ----------
    streets
        Which; the nearest to a plan where none is named.
    base_url
        Where people reach the pages, for the codes; without one the sheets leave room to write it.
    """
    chosen = list(streets) or streets_with_homes(neighbourhood, plans)[:MOST_STREETS]
    places = numbered_places(neighbourhood, plans, language)
    around = window([shapely.box(*neighbourhood.extent), *(place.where for place in places)], margin=KEY_MARGIN, ratio=KEY_RATIO)
    n_plans = sum(bool(plan_shapes(plan, neighbourhood)) for plan in plans)
    marks = [(str(place.number), place.where) for place in places]
    files = {"map.svg": key_map(neighbourhood, (), language, bounds=around, places=marks, shows_names=False)}
    made = []
    for number, street in enumerate(chosen):
        told: dict[str, Any] = {"name": street, "map": "", "code": "", "link": ""}
        if (shape := _shape_of(neighbourhood, street)) is not None:
            told["map"] = f"street{number}.svg"
            near = window([shape], margin=STREET_MARGIN, ratio=STREET_RATIO)
            files[told["map"]] = key_map(neighbourhood, (), language, bounds=near, places=marks[:n_plans], letter=STREET_LETTER)
            told["map_alt"] = _t("map_alt_street", language, street=street)
        if base_url:
            told |= {"link": street_link(base_url, street, language), "code": f"code{number}.svg"}
            files[told["code"]] = code(told["link"])
            told["code_alt"] = _t("code_alt", language, street=street)
        made.append(told)
    name = neighbourhood.name
    front = cover(name, style, language=language, made_on=made_on, banner=made_up(neighbourhood, plans, language)) | {
        "title": _t("title", language, name=name),
        "words": {each: _t(each, language, name=name) for each in WORDS},
        "questions": [_t(each, language) for each in QUESTIONS],
        "places": [{"number": place.number, "name": place.name} for place in places],
        "sheets": made,
    }
    return Paper("sheets", front, files | logo_file(style))


def street_link(base_url: str, street: str, language: Language) -> str:
    """The link to a street: never to a house."""
    return f"{base_url.rstrip('/')}/my-street?{urlencode({'v': '1', 'lang': language, 'street': street})}"


def code(link: str) -> bytes:
    """A QR code as SVG."""
    drawn = io.BytesIO()
    qr_code(link).save(drawn, kind="svg", border=QUIET_ZONE, scale=4, light="#fff")
    return drawn.getvalue()


def _t(key: str, language: Language, **values: object) -> str:
    return text(f"sheets.{key}", language, **values)


def _site(neighbourhood: Neighbourhood, plans: Sequence[Plan]) -> BaseGeometry | None:
    shapes = [shape for plan in plans for shape in plan_shapes(plan, neighbourhood)]
    return shapely.union_all(shapes) if shapes else None


def _shape_of(neighbourhood: Neighbourhood, street: str) -> BaseGeometry | None:
    """A street with its homes."""
    parts: list[BaseGeometry] = []
    for table in (neighbourhood.street_table, neighbourhood.address_table):
        if table is not None:
            parts += list(table.geometry[table["street"] == street])
    return shapely.union_all(parts) if parts else None


def _middle_of(neighbourhood: Neighbourhood, street: str) -> shapely.Point | None:
    """A place on a street, else among its homes."""
    for table in (neighbourhood.street_table, neighbourhood.address_table):
        own = [] if table is None else list(table.geometry[table["street"] == street])
        if own:
            longest = max(own, key=lambda shape: shape.length)
            middle: shapely.Point = longest.interpolate(0.5, normalized=True) if longest.length else longest.representative_point()
            return middle
    return None
