"""A key map as SVG: ground, buildings, what plans bring and take away, street names, north and a scale, straight from the model.

Nothing is drawn that the data does not hold. North is up along the grid of the reference system; the arrow points to true north where
that differs by more than half a degree.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import shapely
from shapely import affinity

from wijktwin.appearance import DEMOLISHED, FELLED, GROUND, GROUND_ORDER, PLAN_EDGES, PLAN_FACES, PLANTED, STREET_NAME, WALLS, Colour
from wijktwin.impacts.shared import sun_place
from wijktwin.model.whereabouts import plan_area
from wijktwin.words.numbers import format_number

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from wijktwin.errors import Language
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan

WIDTH: Final = 1000.0
"""Width of the drawing, in its own units."""
WIDE: Final = 1.45
"""How many times as wide as high maps of a report are."""
SCALES: Final = (20.0, 25.0, 50.0, 100.0, 200.0, 250.0, 500.0, 1000.0)
"""Lengths of a scale bar. [m]"""
AROUND: Final = 60.0
"""So much ground is shown around a plan at least. [m]"""
LETTER: Final = 15.0
"""Height of letters, in units of the drawing."""
MARK: Final = 0.93
"""Radius of the mark of a numbered place, as part of the height of letters."""
PER_LETTER: Final = 0.56
"""About how wide a letter is, as part of its height."""
BUILDING_EDGE: Final = (120, 116, 110)
FONT: Final = "Source Sans Pro"
TURNED: Final = 0.5
"""From this angle on the arrow is turned. [°]"""

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The window of a map on its drawing: metres to units, and y turned around; how high its letters are, in units."""

    bounds: Bounds
    letter: float = LETTER

    @property
    def per_metre(self) -> float:
        """Units for one metre."""
        return WIDTH / (self.bounds[2] - self.bounds[0])

    @property
    def height(self) -> float:
        """Height of the drawing."""
        return (self.bounds[3] - self.bounds[1]) * self.per_metre

    def placed(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape in units of the drawing; cut at its edges."""
        inside = shapely.clip_by_rect(shape, *self.bounds)
        k = self.per_metre
        return affinity.affine_transform(inside, [k, 0, 0, -k, -self.bounds[0] * k, self.bounds[3] * k])


def around(shapes: Iterable[BaseGeometry], *, margin: float = AROUND, ratio: float = WIDE) -> Bounds:
    """A window around some shapes and what lies about them, ``ratio`` times as wide as it is high. [m]"""
    whole = shapely.union_all(list(shapes))
    west, south, east, north = whole.bounds
    return window([whole], margin=max(margin, 0.35 * max(east - west, north - south)), ratio=ratio)


def window(shapes: Iterable[BaseGeometry], *, margin: float, ratio: float) -> Bounds:
    """Just around some shapes, with a margin, ``ratio`` times as wide as it is high. [m]"""
    west, south, east, north = shapely.union_all(list(shapes)).bounds
    width, height = east - west + 2 * margin, north - south + 2 * margin
    width, height = max(width, height * ratio), max(height, width / ratio)
    x, y = (west + east) / 2, (south + north) / 2
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def plan_shapes(plan: Plan, neighbourhood: Neighbourhood) -> list[BaseGeometry]:
    """Everything that a plan changes, and its area."""
    return [shape for shape in (plan_area(plan, neighbourhood), plan.boundary) if shape is not None and not shape.is_empty]


def key_map(
    neighbourhood: Neighbourhood, plans: Sequence[tuple[str, Plan]], language: Language, *, bounds: Bounds, shows_plans: bool = True,
    places: Sequence[tuple[str, shapely.Point]] = (), shows_names: bool = True, letter: float = LETTER,
) -> bytes:  # fmt: skip
    """The map of a window.

    Parameters
    ----------
    plans
        Each with the letter that it is called by.
    shows_plans
        False draws what is there today in the same window.
    places
        Marked with what they are called, in real coordinates [m]; plans have no letters then.
    shows_names
        False leaves the names of streets out.
    letter
        How high letters are where the drawing is WIDTH wide.
    """
    sheet = Sheet(bounds, letter)
    parts = [_ground(neighbourhood, sheet), _buildings(neighbourhood, sheet), _trees(neighbourhood, sheet)]
    drawn = plans if shows_plans else ()
    parts += [_plan(plan, neighbourhood, sheet) for _, plan in drawn]
    parts.append(_street_names(neighbourhood, sheet) if shows_names else "")
    parts.append(_letters(drawn, neighbourhood, sheet) if len(plans) > 1 and not places else _numbers(places, sheet))
    parts += [_scale(sheet, language), _north(neighbourhood)]
    frame = f'<rect width="{WIDTH:g}" height="{sheet.height:.1f}" fill="rgb(247,246,243)"/>'
    size = f'viewBox="0 0 {WIDTH:g} {sheet.height:.1f}" width="{WIDTH:g}" height="{sheet.height:.1f}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{frame}{"".join(parts)}</svg>'.encode()


# ------------------------------------------------------------------------------------------------------------------- layers
def _ground(neighbourhood: Neighbourhood, sheet: Sheet) -> str:
    table = neighbourhood.ground_table
    if table is None or not len(table):
        return ""
    near = table.iloc[table.sindex.query(shapely.box(*sheet.bounds))]
    parts = []
    for kind in GROUND_ORDER:
        shapes = shapely.make_valid(near.geometry[near["kind"] == kind].to_numpy())
        if len(shapes):
            parts.append(f'<path d="{_path(sheet.placed(each) for each in shapes)}" fill="{_rgb(GROUND[kind])}"/>')
    return "".join(parts)


def _buildings(neighbourhood: Neighbourhood, sheet: Sheet) -> str:
    rows = neighbourhood.rows_near(shapely.box(*sheet.bounds))
    shapes = [sheet.placed(each) for each in neighbourhood.buildings.footprints[rows]]
    return f'<path d="{_path(shapes)}" fill="{_rgb(WALLS["other"])}" stroke="{_rgb(BUILDING_EDGE)}" stroke-width="0.8"/>'


def _trees(neighbourhood: Neighbourhood, sheet: Sheet) -> str:
    table = neighbourhood.tree_table
    if table is None:
        return ""
    near = table.geometry.iloc[table.sindex.query(shapely.box(*sheet.bounds))]
    return "".join(_dot(sheet.placed(point), 2.0, GROUND["green"], (122, 146, 98)) for point in near)


def _plan(plan: Plan, neighbourhood: Neighbourhood, sheet: Sheet) -> str:
    face, edge = PLAN_FACES[plan.role], PLAN_EDGES[plan.role]
    parts = []
    for change in plan.ground_changes:
        fill = _rgb(GROUND[change.kind])
        parts.append(f'<path d="{_path([sheet.placed(change.footprint)])}" fill="{fill}" stroke="{_rgb(edge)}" stroke-width="1.2"/>')
    buildings = neighbourhood.buildings
    gone = [buildings.footprint(buildings.rows[each]) for each in sorted(plan.demolishes) if each in buildings]
    shapes = [sheet.placed(each) for each in gone if each is not None]
    parts.append(
        f'<path d="{_path(shapes)}" fill="white" fill-opacity="0.55" stroke="{_rgb(DEMOLISHED)}" stroke-width="2.4" '
        'stroke-dasharray="6 4"/>'
    )
    parts += _streets(plan, neighbourhood, sheet, edge)
    table = neighbourhood.tree_table
    felled = [] if table is None else list(table.geometry[table["tree_id"].isin(plan.felled)])
    parts += [_cross(sheet.placed(point), 4.0, FELLED) for point in felled]
    parts += [_dot(sheet.placed(tree.point), 4.0, PLANTED, (20, 80, 40)) for tree in plan.planted]
    above = [sheet.placed(volume.footprint) for volume in plan.volumes if not volume.is_below_ground]
    parts.append(f'<path d="{_path(above)}" fill="{_rgb(face)}" stroke="{_rgb(edge)}" stroke-width="2.2"/>')
    if plan.boundary is not None:
        line = _path([sheet.placed(plan.boundary)])
        parts.append(f'<path d="{line}" fill="none" stroke="{_rgb(edge)}" stroke-width="2.6" stroke-dasharray="12 5 3 5"/>')
    return "".join(parts)


def _streets(plan: Plan, neighbourhood: Neighbourhood, sheet: Sheet, edge: Colour) -> list[str]:
    table, ids = neighbourhood.street_table, {change.street_id for change in plan.street_changes}
    if table is None or not ids:
        return []
    shapes = [sheet.placed(each) for each in table.geometry[table["street_id"].isin(ids)]]
    return [f'<path d="{_path(shapes)}" fill="none" stroke="{_rgb(edge)}" stroke-width="4" stroke-opacity="0.75"/>']


# -------------------------------------------------------------------------------------------------------------------- words
def _street_names(neighbourhood: Neighbourhood, sheet: Sheet) -> str:
    """The name of each street once, along its longest straight piece, where it fits and no other name stands."""
    table = neighbourhood.street_table
    if table is None:
        return ""
    near = table.iloc[table.sindex.query(shapely.box(*sheet.bounds))]
    best: dict[str, tuple[float, shapely.LineString]] = {}
    for name, shape in zip(near["street"], near.geometry, strict=True):
        for piece in _pieces(sheet.placed(shape)):
            if name and piece.length > best.get(name, (0.0, piece))[0]:
                best[name] = (piece.length, piece)
    taken: list[BaseGeometry] = []
    parts = []
    for name, (length, line) in sorted(best.items(), key=lambda item: (-item[1][0], item[0])):
        width = len(name) * sheet.letter * PER_LETTER
        (x0, y0), (x1, y1) = line.coords[0], line.coords[-1]
        x, y, angle = (x0 + x1) / 2, (y0 + y1) / 2, math.degrees(math.atan2(y1 - y0, x1 - x0))
        angle = (angle + 90.0) % 180.0 - 90.0
        room = affinity.rotate(shapely.box(x - width / 2, y - sheet.letter / 2, x + width / 2, y + sheet.letter / 2), angle, origin=(x, y))
        if width > 1.6 * length or not shapely.box(0, 0, WIDTH, sheet.height).contains(room) or any(room.intersects(one) for one in taken):
            continue
        taken.append(room)
        parts.append(_words(name, x, y + sheet.letter * 0.33, sheet.letter, STREET_NAME, turned=(angle, x, y)))
    return "".join(parts)


def _pieces(shape: BaseGeometry) -> list[shapely.LineString]:
    """Each straight piece of a line, joined where it hardly bends."""
    found = []
    for line in getattr(shape, "geoms", [shape]):
        if line.geom_type == "LineString" and not line.is_empty:
            points = np.asarray(shapely.simplify(line, 3.0).coords)
            found += [shapely.LineString(points[place : place + 2]) for place in range(len(points) - 1)]
    return found


def _numbers(places: Sequence[tuple[str, shapely.Point]], sheet: Sheet) -> str:
    """A round mark at each place, moved aside where another stands already."""
    radius = MARK * sheet.letter
    taken: list[tuple[float, float]] = []
    parts = []
    for name, where in places:
        inside = sheet.placed(where)
        if inside.is_empty:
            continue
        point = inside.centroid
        x, y = _aside(point.x, point.y, taken, radius)
        taken.append((x, y))
        if (x, y) != (point.x, point.y):
            parts.append(f'<path d="M{point.x:.1f} {point.y:.1f}L{x:.1f} {y:.1f}" stroke="black" stroke-width="1.5"/>')
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="white" stroke="black" stroke-width="1.5"/>')
        parts.append(_words(name, x, y + sheet.letter * 0.36, sheet.letter * 1.05, (0, 0, 0), halo=False, bold=True))
    return "".join(parts)


def _aside(x: float, y: float, taken: Sequence[tuple[float, float]], radius: float) -> tuple[float, float]:
    """The nearest place for a mark at which no other stands."""
    for ring in range(12):
        for step in range(max(8 * ring, 1)):
            angle = 2 * math.pi * step / max(8 * ring, 1)
            place = (x + ring * radius * math.cos(angle), y + ring * radius * math.sin(angle))
            if all(math.hypot(place[0] - other[0], place[1] - other[1]) > 2.1 * radius for other in taken):
                return place
    return x, y


def _letters(plans: Sequence[tuple[str, Plan]], neighbourhood: Neighbourhood, sheet: Sheet) -> str:
    """A round mark with the letters of the plans of each place."""
    marks: list[tuple[float, float, str, Colour]] = []
    for letter, plan in plans:
        shapes = plan_shapes(plan, neighbourhood)
        if not shapes:
            continue
        middle = sheet.placed(shapely.union_all(shapes).representative_point())
        if middle.is_empty:
            continue
        point = middle.centroid
        near = next((place for place, mark in enumerate(marks) if math.hypot(mark[0] - point.x, mark[1] - point.y) < 80.0), None)
        if near is None:
            marks.append((point.x, point.y, letter, PLAN_EDGES[plan.role]))
        else:
            x, y, letters, colour = marks[near]
            marks[near] = (x, y, f"{letters} {letter}", colour)
    parts = []
    for x, y, letters, colour in marks:
        half = 17.0 + 8.0 * (len(letters) - 1)
        box = f'x="{x - half:.1f}" y="{y - 17:.1f}" width="{2 * half:.1f}" height="34" rx="17"'
        parts.append(f'<rect {box} fill="white" stroke="{_rgb(colour)}" stroke-width="3"/>')
        parts.append(_words(letters, x, y + 8.0, 24.0, colour, halo=False, bold=True))
    return "".join(parts)


def _scale(sheet: Sheet, language: Language) -> str:
    length = max((each for each in SCALES if each * sheet.per_metre < WIDTH / 4), default=SCALES[0])
    units, x, y = length * sheet.per_metre, 24.0, sheet.height - 22.0
    board = f'<rect x="{x - 12:.1f}" y="{y - 30:.1f}" width="{units + 24:.1f}" height="42" fill="white" fill-opacity="0.85"/>'
    bar = f'<path d="M{x:.1f} {y - 6:.1f}V{y:.1f}H{x + units:.1f}V{y - 6:.1f}" fill="none" stroke="black" stroke-width="2"/>'
    return board + bar + _words(f"{format_number(length, language)} m", x + units / 2, y - 10.0, 17.0, (0, 0, 0), halo=False)


def _north(neighbourhood: Neighbourhood) -> str:
    turned = -sun_place(neighbourhood).convergence
    angle = turned if abs(turned) > TURNED else 0.0
    x, y = WIDTH - 40.0, 52.0
    arrow = f'<path d="M0 -30L11 10L0 3L-11 10Z" fill="black" transform="translate({x:g} {y:g}) rotate({angle:.2f})"/>'
    board = f'<rect x="{x - 26:g}" y="{y - 40:g}" width="52" height="82" fill="white" fill-opacity="0.85"/>'
    return board + arrow + _words("N", x, y + 33.0, 22.0, (0, 0, 0), halo=False, bold=True)


def _words(
    words: str, x: float, y: float, size: float, colour: Colour, *, turned: tuple[float, float, float] | None = None,
    halo: bool = True, bold: bool = False,
) -> str:  # fmt: skip
    turn = "" if turned is None else f' transform="rotate({turned[0]:.2f} {turned[1]:.1f} {turned[2]:.1f})"'
    style = f'font-family={quoteattr(FONT)} font-size="{size:g}" text-anchor="middle"{" font-weight=" + quoteattr("700") if bold else ""}'
    around_it = ' paint-order="stroke" stroke="white" stroke-width="3.5" stroke-linejoin="round"' if halo else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" {style} fill="{_rgb(colour)}"{around_it}{turn}>{escape(words)}</text>'


# -------------------------------------------------------------------------------------------------------------------- paths
def _path(shapes: Iterable[BaseGeometry]) -> str:
    return "".join(_ring(part) for shape in shapes for part in shapely.get_parts(shape))


def _ring(part: BaseGeometry) -> str:
    if part.geom_type == "LineString":
        return _line(part.coords) if len(part.coords) > 1 else ""
    if not isinstance(part, shapely.Polygon) or part.is_empty:
        return ""
    return "".join(_line(ring.coords) + "Z" for ring in (part.exterior, *part.interiors))


def _line(coordinates: Iterable[tuple[float, ...]]) -> str:
    return "M" + "L".join(f"{point[0]:.1f} {point[1]:.1f}" for point in coordinates)


def _dot(point: BaseGeometry, radius: float, fill: Colour, edge: Colour) -> str:
    if point.is_empty:
        return ""
    place = f'cx="{point.centroid.x:.1f}" cy="{point.centroid.y:.1f}" r="{radius:g}"'
    return f'<circle {place} fill="{_rgb(fill)}" stroke="{_rgb(edge)}" stroke-width="0.8"/>'


def _cross(point: BaseGeometry, size: float, colour: Colour) -> str:
    if point.is_empty:
        return ""
    x, y = point.centroid.x, point.centroid.y
    line = f"M{x - size:.1f} {y - size:.1f}L{x + size:.1f} {y + size:.1f}M{x - size:.1f} {y + size:.1f}L{x + size:.1f} {y - size:.1f}"
    return f'<path d="{line}" stroke="{_rgb(colour)}" stroke-width="2.2" fill="none"/>'


def _rgb(colour: Colour) -> str:
    return f"rgb({colour[0]},{colour[1]},{colour[2]})"
