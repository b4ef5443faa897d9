"""From where a home looks out: its windows, its garden and the pavement in front, each so that anyone can look from there again."""

from __future__ import annotations

import hashlib
import hmac
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import shapely

from ui.scene import Window
from wijktwin import __version__
from wijktwin.impacts.home import Home, home_address, places_of
from wijktwin.impacts.sunlight.homes import side_of
from wijktwin.impacts.sunlight.walls import SIDES
from wijktwin.impacts.view.desk import view_desk
from wijktwin.model.surroundings import GroundKind
from wijktwin.words.numbers import format_clock, format_date, format_number

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from ui.text import Text
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.scenario import Scenario

OUTSIDE: Final = 0.3
"""The eye is so far in front of the wall: nothing of the wall itself is in the picture. [m]"""
STANDING: Final = 1.6
"""Height of the eye of who stands outside, as in ui/scene/walk.js. [m]"""
FIELD: Final = 60
"""What is in the picture from top to bottom, as in ui/scene/walk.js. [°]"""
NEAR: Final = 30.0
"""A pavement or garden farther from the address than this is not that of the home. [m]"""
BEHIND: Final = 3.0
"""Who stands in the garden stands so far from the wall. [m]"""
MOST_WINDOWS: Final = 24


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """A place to look from.

    Parameters
    ----------
    what
        "window", "garden" or "pavement".
    storey
        From 0; -1 outside.
    height
        Of the eye above the ground. [m]
    """

    what: str
    storey: int
    height: float
    window: Window

    def key(self, secret: bytes) -> str:
        """Tells it from others, without saying where it is: who does not know the secret cannot find it by trying every home."""
        told = f"{self.what} {self.storey} {self.window.x:.2f} {self.window.y:.2f}"
        return hmac.new(secret, told.encode(), hashlib.sha256).hexdigest()[:12]

    def name(self, t: Text) -> str:
        """What people call it."""
        if self.what != "window":
            return t(f"home_view.{self.what}")
        storey = t("home.storey_ground") if self.storey == 0 else t("home.storey_n", number=str(self.storey))
        return t("home_view.window", storey=storey.lower(), side=t(f"direction.{self.side}"))

    @property
    def side(self) -> str:
        """The nearest of eight directions that one looks in."""
        return SIDES[round(self.window.bearing / 45) % 8]


def viewpoints(neighbourhood: Neighbourhood, now: Home, *, assumptions: Assumptions) -> list[Viewpoint]:
    """Windows of the living room as far as they are possible, lowest first; then the garden and the pavement, where the data have them.

    Raises
    ------
    NotFoundError
        The neighbourhood has no such address.
    """
    return [*_windows(neighbourhood, now, assumptions), *_outside(neighbourhood, now)]


def _windows(neighbourhood: Neighbourhood, now: Home, assumptions: Assumptions) -> list[Viewpoint]:
    homes = view_desk(neighbourhood, assumptions=assumptions).home_points
    number = next((at for at, target in enumerate(homes.places.targets) if target.identifier == now.address_id), None)
    if number is None:
        return []
    found = []
    for row in places_of(homes.places, number, now, neighbourhood).tolist():
        place = homes.points.positions[row] + neighbourhood.mesh.origin
        normal = homes.points.normals[row]
        bearing = math.degrees(math.atan2(float(normal[0]), float(normal[1]))) % 360
        eye = place + OUTSIDE * normal
        window = Window(float(eye[0]), float(eye[1]), bearing, float(place[2]), float(homes.drop[row]))
        found.append((int(homes.places.storey[row]), SIDES.index(side_of(normal)), Viewpoint(
            "window", int(homes.places.storey[row]), float(homes.drop[row]), window
        )))  # fmt: skip
    return [viewpoint for *_, viewpoint in sorted(found, key=lambda each: each[:2])][:MOST_WINDOWS]


def _outside(neighbourhood: Neighbourhood, now: Home) -> list[Viewpoint]:
    """Behind the home in its garden and on the nearest pavement, looking away from the home; what the data do not have is left out."""
    table, address = neighbourhood.ground_table, home_address(neighbourhood, now.address_id)
    if table is None or address.building_id not in neighbourhood.buildings:
        return []
    building = neighbourhood.buildings.footprint(neighbourhood.buildings.rows[address.building_id])
    home = shapely.Point(address.x, address.y)
    if building is None:
        return []
    pavement = _ground_near(table, {GroundKind.PAVEMENT}, home).buffer(-OUTSIDE)
    if pavement.is_empty:
        return []
    before = shapely.Point(shapely.shortest_line(home, pavement).coords[-1])
    found = [_standing("pavement", home, before)]
    behind = _behind(home, before, building)
    if behind is not None and _ground_near(table, {GroundKind.GARDEN, GroundKind.YARD}, home).contains(behind):
        found.insert(0, _standing("garden", home, behind))
    return found


def _ground_near(table: gpd.GeoDataFrame, kinds: set[GroundKind], home: shapely.Point) -> BaseGeometry:
    """Ground of some kinds around a home, as one shape."""
    around = home.buffer(NEAR)
    near = table.geometry[table["kind"].isin([str(kind) for kind in kinds]) & table.geometry.intersects(around)]
    return shapely.union_all(shapely.make_valid(near.to_numpy()))


def _behind(home: shapely.Point, before: shapely.Point, building: BaseGeometry) -> shapely.Point | None:
    """Some metres behind the building, seen from the pavement before it; None where the address does not lie in its building."""
    away = home.distance(before)
    if away == 0:
        return None
    east, north = (home.x - before.x) / away, (home.y - before.y) / away
    inside = shapely.LineString([(home.x, home.y), (home.x + NEAR * east, home.y + NEAR * north)]).intersection(building)
    if inside.is_empty:
        return None
    out = max(home.distance(shapely.Point(each)) for each in shapely.get_coordinates(inside)) + BEHIND
    return shapely.Point(home.x + out * east, home.y + out * north)


def _standing(what: str, home: shapely.Point, place: shapely.Point) -> Viewpoint:
    bearing = math.degrees(math.atan2(place.x - home.x, place.y - home.y)) % 360
    return Viewpoint(what, -1, STANDING, Window(place.x, place.y, bearing))


def line(t: Text, viewpoint: Viewpoint, found: Scenario, *, moment: str = "") -> str:
    """What anyone needs to make the same picture again: where the eye is, which way it looks, how wide, the shade, and which versions.

    Parameters
    ----------
    moment
        Of which the shade is shown, a clock time ("2026-03-21T12:00"); "" where none is.
    """
    window = viewpoint.window
    plans = ", ".join(f"{plan.plan_id} {plan.content_key[:8]}" for plan in found.ordered_plans) or t("home.now").lower()
    reference = found.neighbourhood.horizontal_crs.name
    day, _, time = moment.partition("T")
    shade = (
        t("home_view.shade", day=format_date(day, t.language), time=format_clock(time, t.language)) if moment else t("home_view.no_shade")
    )
    told = t(
        "home_view.line",
        what=viewpoint.name(t),
        crs=reference,
        x=format_number(window.x, t.language, decimals=1),
        y=format_number(window.y, t.language, decimals=1),
        height=format_number(viewpoint.height, t.language, decimals=1),
        degrees=round(window.bearing) % 360,
        side=t(f"direction.{viewpoint.side}"),
        field=FIELD,
        data=found.neighbourhood.key[:8],
        plans=plans,
        version=__version__,
    )
    return f"{told} {shade}"
