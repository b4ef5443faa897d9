"""A plain map around a home, instead of the picture: drawn once as SVG, with north up, a scale, and the same in words."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import shapely
from shapely.geometry.base import BaseGeometry

from ui.markup import EMPTY, Markup, bullet_list, element, joined
from wijktwin.impacts.home import home_address, lines_by_street
from wijktwin.impacts.sunlight.walls import SIDES
from wijktwin.model.whereabouts import plan_area

if TYPE_CHECKING:
    from ui.text import Text
    from wijktwin.impacts.home import Home
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan

AROUND: Final = 150.0
"""What is drawn, to all sides. [m]"""
STEP: Final = 5
"""Distances are rounded to this. [m]"""
SCALE: Final = 50
"""Length of the scale. [m]"""
SIMPLER: Final = 0.2
"""Outlines are drawn this exactly. [m]"""
STYLE: Final = (
    ".building{fill:#cfd6d8;stroke:#7b878c;stroke-width:.4}.gone{fill:#fff;stroke:#1c2a30;stroke-width:1.2;stroke-dasharray:4 3}"
    ".new{fill:#f3c9a5;stroke:#8a3b00;stroke-width:1.6}.home{fill:#1d5f86;stroke:#fff;stroke-width:1.5}"
    ".street{font:600 8px sans-serif;fill:#33434a;paint-order:stroke;stroke:#fff;stroke-width:2.5;stroke-linejoin:round}"
    ".letter{font:700 15px sans-serif;fill:#1c2a30;paint-order:stroke;stroke:#fff;stroke-width:3}"
    ".words{font:9px sans-serif;fill:#1c2a30}.scale{fill:none;stroke:#1c2a30;stroke-width:1.5}"
)
NAME_SIZE: Final = 8.0
"""Height of the name of a street, as in `STYLE`; one letter takes about `NAME_WIDTH` of it. [m]"""
NAME_WIDTH: Final = 0.58
STRAIGHT: Final = 0.95
"""A name stands along a street that is so straight there: the shortest way between the ends of the name, of the way along the street."""
LETTER: Final = 12.0
"""Around the letter of a plan no name stands. [m]"""
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def map_markup(t: Text, neighbourhood: Neighbourhood, plans: Sequence[Plan], now: Home) -> Markup:
    """The map with its legend and words.

    Raises
    ------
    NotFoundError
        The neighbourhood has no such address.
    """
    where = home_address(neighbourhood, now.address_id)
    window = shapely.box(where.x - AROUND, where.y - AROUND, where.x + AROUND, where.y + AROUND)
    buildings = neighbourhood.buildings
    rows = [row for row in neighbourhood.rows_near(window) if buildings.building_ids[row] != where.building_id]
    gone = {building_id for plan in plans for building_id in plan.demolishes}
    own = buildings.footprint(buildings.rows[where.building_id]) if where.building_id in buildings else None
    lettered = list(zip(LETTERS, plans, strict=False))
    told = [words for letter, plan in lettered for words in _near(t, plan, neighbourhood, shapely.Point(where.x, where.y), letter)]
    drawn = [
        _outlines([buildings.footprint(row) for row in rows if buildings.building_ids[row] not in gone], window, "building"),
        _outlines([buildings.footprint(row) for row in rows if buildings.building_ids[row] in gone], window, "gone"),
        *(_volumes(letter, plan, window) for letter, plan in lettered),
        _outlines([own if own is not None else shapely.Point(where.x, where.y).buffer(4)], window, "home"),
        _street_names(neighbourhood, window, taken=[point.buffer(LETTER) for plan in plans for point in _letters_of(plan, window)]),
        _scale(t, window),
    ]
    alt = t("home.map_alt", address=where.label, metres=round(AROUND), things=" ".join(told) or t("home.map_nothing"))
    side = 2 * AROUND
    svg = element("svg", element("style", Markup(STYLE)), *drawn, xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {side:g} {side:g}")
    figure = element("img", src=_data_address(svg), alt=alt, class_="wt-map")
    words = bullet_list(told, class_="wt-plain") if told else element("p", t("home.map_nothing"))
    return element(
        "div", figure, element("div", _legend(t), words, element("p", t("home.map_north"), class_="wt-small")), class_="wt-map-frame"
    )


def _legend(t: Text) -> Markup:
    items = [
        element("li", element("span", class_=f"wt-map-key wt-map-key-{name}", aria_hidden="true"), t(f"home.map_{name}"))
        for name in ("home", "building", "new", "gone")
    ]
    return element("ul", *items, class_="wt-map-legend")


def _near(t: Text, plan: Plan, neighbourhood: Neighbourhood, home: shapely.Point, letter: str) -> list[str]:
    """How far a plan that lies on the map is, and in which direction."""
    area = plan_area(plan, neighbourhood)
    if area.is_empty or area.distance(home) > AROUND * math.sqrt(2):
        return []
    if area.distance(home) == 0:
        return [f"{letter}. " + t("home.map_inside", title=plan.title)]
    nearest = shapely.shortest_line(home, area).coords[-1]
    turn = math.degrees(math.atan2(nearest[0] - home.x, nearest[1] - home.y))
    metres = STEP * max(1, round(area.distance(home) / STEP))
    return [f"{letter}. " + t("home.map_near", title=plan.title, metres=metres, direction=t(f"direction.{SIDES[round(turn / 45) % 8]}"))]


def _volumes(letter: str, plan: Plan, window: BaseGeometry) -> Markup:
    """What a plan builds above ground, with its letter."""
    shapes = _shapes_of(plan, window)
    if not shapes:
        return EMPTY
    x0, _, _, y1 = window.bounds
    named = [
        element("text", letter, x=f"{point.x - x0:.1f}", y=f"{y1 - point.y + 5:.1f}", text_anchor="middle", class_="letter")
        for point in _letters_of(plan, window)
    ]
    return joined([_outlines(shapes, window, "new"), *named])


def _shapes_of(plan: Plan, window: BaseGeometry) -> list[BaseGeometry]:
    return [volume.footprint for volume in plan.volumes if not volume.is_below_ground and volume.footprint.intersects(window)]


def _letters_of(plan: Plan, window: BaseGeometry) -> list[shapely.Point]:
    """Where the letter of a plan stands, once in every building that it adds."""
    return [shape.intersection(window).representative_point() for shape in _shapes_of(plan, window)]


def _street_names(neighbourhood: Neighbourhood, window: BaseGeometry, *, taken: Sequence[BaseGeometry]) -> Markup:
    """The names of streets, each along its longest stretch; where there is no room for one it is left out, the longest streets first."""
    stretches = [
        (line, name)
        for name, lines in lines_by_street(neighbourhood).items()
        if lines.intersects(window)
        for line in sorted(_stretches(lines, window), key=lambda each: -each.length)[:1]
    ]
    x0, _, _, y1 = window.bounds
    found, used = [], list(taken)
    for line, name in sorted(stretches, key=lambda each: (-each[0].length, each[1])):
        placed = _along(line, NAME_WIDTH * NAME_SIZE * len(name))
        if placed is None or any(placed.buffer(NAME_SIZE / 2, cap_style="flat").intersects(other) for other in used):
            continue
        used.append(placed.buffer(NAME_SIZE / 2, cap_style="flat"))
        (ax, ay), (bx, by) = sorted(placed.coords)
        x, y, turn = (ax + bx) / 2 - x0, y1 - (ay + by) / 2, math.degrees(math.atan2(ay - by, bx - ax))
        found.append(element(
            "text", name, x=f"{x:.1f}", y=f"{y:.1f}", transform=f"rotate({turn:.1f} {x:.1f} {y:.1f})", dy="2.8", text_anchor="middle",
            class_="street",
        ))  # fmt: skip
    return joined(found)


def _stretches(lines: BaseGeometry, window: BaseGeometry) -> list[shapely.LineString]:
    """What of a street lies in the window, as unbroken lines."""
    merged = shapely.line_merge(lines.intersection(window.buffer(-NAME_SIZE)))
    return [each for each in shapely.get_parts(merged) if isinstance(each, shapely.LineString)]


def _along(line: shapely.LineString, length: float) -> shapely.LineString | None:
    """The straight line on which a name of a length stands, around the middle of a stretch; None where that is too short or bends."""
    if line.length < length:
        return None
    ends = [line.interpolate(line.length / 2 + side * length / 2) for side in (-1, 1)]
    placed = shapely.LineString(ends)
    return placed if placed.length >= STRAIGHT * length else None


def _outlines(shapes: Iterable[BaseGeometry | None], window: BaseGeometry, class_: str) -> Markup:
    """Outlines as one path; in metres from the upper left corner of the window."""
    x0, _, _, y1 = window.bounds
    parts: list[str] = []
    for shape in shapes:
        if shape is None:
            continue
        for polygon in shapely.get_parts(shape.simplify(SIMPLER).intersection(window)):
            if isinstance(polygon, shapely.Polygon) and not polygon.is_empty:
                rings = (polygon.exterior, *polygon.interiors)
                parts += ["M" + "L".join(f"{x - x0:.1f} {y1 - y:.1f}" for x, y, *_ in ring.coords[:-1]) + "Z" for ring in rings]
    return Markup(f'<path d="{"".join(parts)}" class="{class_}" fill-rule="evenodd"/>') if parts else EMPTY


def _scale(t: Text, window: BaseGeometry) -> Markup:
    side = window.bounds[2] - window.bounds[0]
    y, x = round(side) - 8, 8
    bar = Markup(f'<path d="M{x} {y - 4}V{y}H{x + SCALE}V{y - 4}" class="scale"/>')
    return joined([bar, element("text", t("home.map_scale", metres=SCALE), x=x + SCALE + 4, y=y, class_="words")])


def _data_address(svg: Markup) -> str:
    """A picture that holds itself: nobody is asked for it, and its address says nothing in any log."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
