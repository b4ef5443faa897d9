"""A plain map around a home, instead of the picture: drawn once as SVG, with north up, a scale, and the same in words."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import shapely
from shapely.geometry.base import BaseGeometry

from ui.markup import EMPTY, Markup, bullet_list, element, joined
from wijktwin.impacts.home import home_address, lines_by_street
from wijktwin.impacts.sunlight.walls import SIDES
from wijktwin.model.whereabouts import plan_area

if TYPE_CHECKING:
    from ui.text import Text
    from wijktwin.impacts.home import Home, HomeAddress
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
COLOURS: Final = (
    ".building{fill:#cfd6d8;stroke:#7b878c}.gone{fill:#fff;stroke:#1c2a30}.new{fill:#f3c9a5;stroke:#8a3b00}.home{fill:#1d5f86;stroke:#fff}"
    ".changed{fill:#dcebd2;stroke:#2f6b3a}.ring{fill:none;stroke:#1d5f86}.street{fill:#33434a;paint-order:stroke;stroke:#fff;stroke-linejoin:round}"
    ".letter{fill:#1c2a30;paint-order:stroke;stroke:#fff}.words{fill:#1c2a30}.scale{fill:none;stroke:#1c2a30}"
)
STROKES: Final = {
    "building": 0.4,
    "gone": 1.2,
    "new": 1.6,
    "home": 1.5,
    "changed": 1.2,
    "street": 2.5,
    "letter": 3.0,
    "scale": 1.5,
    "ring": 2.5,
}
"""Widths of lines. [m]"""
LETTERING: Final = {"street": (600, 8.0), "letter": (700, 15.0), "words": (400, 9.0)}
"""Weight and height of letters. [m]"""
NAME_SIZE: Final = LETTERING["street"][1]
"""Height of the name of a street; one letter takes about `NAME_WIDTH` of it. [m]"""
NAME_WIDTH: Final = 0.58
STRAIGHT: Final = 0.95
"""A name stands along a street that is so straight there: the shortest way between the ends of the name, of the way along the street."""
LETTER: Final = 12.0
"""Around the letter of a plan no name stands. [m]"""
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ON_PAPER: Final = 1.8
"""Letters and lines of the small map on paper are so much larger, of what they are on the map of the page."""
RING: Final = 7.0
"""How wide the ring around the home is there. [m]"""
BESIDE: Final = 1.3
"""It reaches so much farther than that, so that what lies there can be seen."""
FARTHEST: Final = 400.0
"""The map on paper reaches as far as the nearest places of the plans, and this far at most. [m]"""


def map_markup(t: Text, neighbourhood: Neighbourhood, plans: Sequence[Plan], now: Home) -> Markup:
    """The map with its legend and words.

    Raises
    ------
    NotFoundError
        The neighbourhood has no such address.
    """
    where = home_address(neighbourhood, now.address_id)
    home = shapely.Point(where.x, where.y)
    told = [words for letter, plan in zip(LETTERS, plans, strict=False) for words in _near(t, plan, neighbourhood, home, letter)]
    figure = _figure(t, neighbourhood, plans, where, things=" ".join(told) or t("home.map_nothing"))
    words = bullet_list(told, class_="wt-plain") if told else element("p", t("home.map_nothing"))
    return element(
        "div", figure, element("div", _legend(t), words, element("p", t("home.map_north"), class_="wt-small")), class_="wt-map-frame"
    )


def paper_map(t: Text, neighbourhood: Neighbourhood, plans: Sequence[Plan], now: Home) -> Markup:
    """The map as it stands on paper: small, with all plans by their letters, and in words what is not on it.

    Raises
    ------
    NotFoundError
        The neighbourhood has no such address.
    """
    where = home_address(neighbourhood, now.address_id)
    home = shapely.Point(where.x, where.y)
    lettered = list(zip(LETTERS, plans, strict=False))
    away = {letter: area.distance(home) for letter, plan in lettered if not (area := plan_area(plan, neighbourhood)).is_empty}
    reach = min(FARTHEST, max([AROUND, *(BESIDE * each for each in away.values())]))
    beyond = [t("home.map_beyond", letter=letter, metres=STEP * round(each / STEP)) for letter, each in away.items() if each > reach]
    words = " ".join((t("home.map_paper"), t("home.map_north"), *beyond))
    drawn = _figure(t, neighbourhood, plans, where, things=words, reach=reach, larger=ON_PAPER * reach / AROUND)
    return element("div", element("h3", t("home.map_around")), drawn, element("p", words), class_="wt-paper-map")


def _figure(
    t: Text, neighbourhood: Neighbourhood, plans: Sequence[Plan], where: HomeAddress, *, things: str, reach: float = AROUND,
    larger: float = 1.0,
) -> Markup:  # fmt: skip
    """The map itself: ``reach`` to all sides [m], letters and lines ``larger`` than usual."""
    window = shapely.box(where.x - reach, where.y - reach, where.x + reach, where.y + reach)
    buildings = neighbourhood.buildings
    rows = [row for row in neighbourhood.rows_near(window) if buildings.building_ids[row] != where.building_id]
    gone = {building_id for plan in plans for building_id in plan.demolishes}
    own = buildings.footprint(buildings.rows[where.building_id]) if where.building_id in buildings else None
    lettered = list(zip(LETTERS, plans, strict=False))
    shapes = {letter: _shapes_of(plan, neighbourhood, window) for letter, plan in lettered}
    letters = {letter: [each.intersection(window).representative_point() for each in found] for letter, found in shapes.items()}
    taken = [point.buffer(LETTER * larger) for points in letters.values() for point in points]
    drawn = [
        *(_outlines(shapes[letter], window, "changed", larger) for letter, plan in lettered if not _builds(plan)),
        _outlines([buildings.footprint(row) for row in rows if buildings.building_ids[row] not in gone], window, "building", larger),
        _outlines([buildings.footprint(row) for row in rows if buildings.building_ids[row] in gone], window, "gone", larger),
        *(_outlines(shapes[letter], window, "new", larger) for letter, plan in lettered if _builds(plan)),
        _outlines([own if own is not None else shapely.Point(where.x, where.y).buffer(4)], window, "home", larger),
        _ring(where, window, larger) if larger > 1 else EMPTY,
        _letters(letters, window, larger),
        _street_names(neighbourhood, window, taken=taken, larger=larger),
        _scale(t, window, larger),
    ]
    alt = t("home.map_alt", address=where.label, metres=round(reach), things=things)
    side = 2 * reach
    svg = element("svg", element("style", _style(larger)), *drawn, xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {side:g} {side:g}")
    return element("img", src=_data_address(svg), alt=alt, class_="wt-map")


def _style(larger: float) -> Markup:
    strokes = "".join(f".{name}{{stroke-width:{width * larger:g}}}" for name, width in STROKES.items())
    letters = "".join(f".{name}{{font:{weight} {size * larger:g}px sans-serif}}" for name, (weight, size) in LETTERING.items())
    return Markup(f"{COLOURS}{strokes}{letters}.gone{{stroke-dasharray:{4 * larger:g} {3 * larger:g}}}")


def _legend(t: Text) -> Markup:
    items = [
        element("li", element("span", class_=f"wt-map-key wt-map-key-{name}", aria_hidden="true"), t(f"home.map_{name}"))
        for name in ("home", "building", "new", "gone", "changed")
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


def _builds(plan: Plan) -> bool:
    return any(not volume.is_below_ground for volume in plan.volumes)


def _shapes_of(plan: Plan, neighbourhood: Neighbourhood, window: BaseGeometry) -> list[BaseGeometry]:
    """What a plan builds above ground; of one that builds nothing, what it changes on the ground, as one."""
    built: list[BaseGeometry] = [volume.footprint for volume in plan.volumes if not volume.is_below_ground]
    found = built or [plan_area(plan, neighbourhood)]
    return [shape for shape in found if not shape.is_empty and shape.intersects(window)]


def _ring(where: HomeAddress, window: BaseGeometry, larger: float) -> Markup:
    """Around the home, so that it is found on a small map."""
    x0, _, _, y1 = window.bounds
    return Markup(f'<circle cx="{where.x - x0:.1f}" cy="{y1 - where.y:.1f}" r="{RING * larger:.1f}" class="ring"/>')


def _letters(points: Mapping[str, Sequence[shapely.Point]], window: BaseGeometry, larger: float) -> Markup:
    """The letter of a plan, once in every place that it has on the map; letters that would lie over each other stand in one row."""
    x0, _, _, y1 = window.bounds
    places: list[tuple[shapely.Point, list[str]]] = []
    for letter, found in points.items():
        for point in found:
            near = next((letters for other, letters in places if other.distance(point) < LETTER * larger), None)
            if near is None:
                places.append((point, [letter]))
            elif letter not in near:
                near.append(letter)
    side, drawn = window.bounds[2] - x0, []
    for point, letters in places:
        told = " ".join(letters)
        half = 0.3 * LETTER * larger * (len(told) + 1)  # none is cut off at the edge
        x = min(max(point.x - x0, half), side - half)
        y = min(max(y1 - point.y + 5 * larger, 12 * larger), side - 2 * larger)
        drawn.append(element("text", told, x=f"{x:.1f}", y=f"{y:.1f}", text_anchor="middle", class_="letter"))
    return joined(drawn)


def _street_names(neighbourhood: Neighbourhood, window: BaseGeometry, *, taken: Sequence[BaseGeometry], larger: float) -> Markup:
    """The names of streets, each along its longest stretch; where there is no room for one it is left out, the longest streets first."""
    size = NAME_SIZE * larger
    stretches = [
        (line, name)
        for name, lines in lines_by_street(neighbourhood).items()
        if lines.intersects(window)
        for line in sorted(_stretches(lines, window, size), key=lambda each: -each.length)[:1]
    ]
    x0, _, _, y1 = window.bounds
    found, used = [], list(taken)
    for line, name in sorted(stretches, key=lambda each: (-each[0].length, each[1])):
        placed = _along(line, NAME_WIDTH * size * len(name))
        if placed is None or any(placed.buffer(size / 2, cap_style="flat").intersects(other) for other in used):
            continue
        used.append(placed.buffer(size / 2, cap_style="flat"))
        (ax, ay), (bx, by) = sorted(placed.coords)
        x, y, turn = (ax + bx) / 2 - x0, y1 - (ay + by) / 2, math.degrees(math.atan2(ay - by, bx - ax))
        found.append(element(
            "text", name, x=f"{x:.1f}", y=f"{y:.1f}", transform=f"rotate({turn:.1f} {x:.1f} {y:.1f})", dy=f"{2.8 * larger:.1f}",
            text_anchor="middle", class_="street",
        ))  # fmt: skip
    return joined(found)


def _stretches(lines: BaseGeometry, window: BaseGeometry, margin: float) -> list[shapely.LineString]:
    """What of a street lies in the window, as unbroken lines."""
    merged = shapely.line_merge(lines.intersection(window.buffer(-margin)))
    return [each for each in shapely.get_parts(merged) if isinstance(each, shapely.LineString)]


def _along(line: shapely.LineString, length: float) -> shapely.LineString | None:
    """The straight line on which a name of a length stands, around the middle of a stretch; None where that is too short or bends."""
    if line.length < length:
        return None
    ends = [line.interpolate(line.length / 2 + side * length / 2) for side in (-1, 1)]
    placed = shapely.LineString(ends)
    return placed if placed.length >= STRAIGHT * length else None


def _outlines(shapes: Iterable[BaseGeometry | None], window: BaseGeometry, class_: str, larger: float) -> Markup:
    """Outlines as one path; in metres from the upper left corner of the window, on a smaller map no finer than is seen."""
    x0, _, _, y1 = window.bounds
    parts: list[str] = []
    digits = 1 if larger <= 1 else 0
    for shape in shapes:
        if shape is None:
            continue
        for polygon in shapely.get_parts(shape.simplify(SIMPLER * larger).intersection(window)):
            if isinstance(polygon, shapely.Polygon) and not polygon.is_empty:
                rings = (polygon.exterior, *polygon.interiors)
                parts += [
                    "M" + "L".join(f"{x - x0:.{digits}f} {y1 - y:.{digits}f}" for x, y, *_ in ring.coords[:-1]) + "Z" for ring in rings
                ]
    return Markup(f'<path d="{"".join(parts)}" class="{class_}" fill-rule="evenodd"/>') if parts else EMPTY


def _scale(t: Text, window: BaseGeometry, larger: float) -> Markup:
    side = window.bounds[2] - window.bounds[0]
    y, x, tick = round(side - 8 * larger), round(8 * larger), round(4 * larger)
    bar = Markup(f'<path d="M{x} {y - tick}V{y}H{x + SCALE}V{y - tick}" class="scale"/>')
    return joined([bar, element("text", t("home.map_scale", metres=SCALE), x=x + SCALE + tick, y=y, class_="words")])


def _data_address(svg: Markup) -> str:
    """A picture that holds itself: nobody is asked for it, and its address says nothing in any log."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
