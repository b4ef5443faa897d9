"""From where a home looks out: its windows, its garden and the pavement in front, each so that anyone can look from there again."""

from __future__ import annotations

import hashlib
import hmac
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from ui.markup import Markup, element
from ui.scene import Window
from wijktwin import __version__
from wijktwin.crs import meridian_convergence
from wijktwin.export.eye_places import CENTIMETRES, TENTHS, EyePlace
from wijktwin.impacts.home import Home, home_address, places_of
from wijktwin.impacts.sunlight.homes import side_of
from wijktwin.impacts.sunlight.walls import SIDES
from wijktwin.impacts.view.desk import view_desk
from wijktwin.model.surroundings import GroundKind
from wijktwin.words.numbers import format_clock, format_date, format_number

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from ui.text import Text
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.scenario import Scenario

    FloatArray = NDArray[np.float64]

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
    def eye_place(self) -> EyePlace:
        """As it is copied from below the picture."""
        return EyePlace(self.window.x, self.window.y, self.window.bearing, self.window.eye)

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
        eye = place + OUTSIDE * normal
        window = looking(eye[:2], normal[:2], neighbourhood.reference_system, eye=float(place[2]), above=float(homes.drop[row]))
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
    found = [_standing("pavement", neighbourhood, home, before)]
    behind = _behind(home, before, building)
    if behind is not None and _ground_near(table, {GroundKind.GARDEN, GroundKind.YARD}, home).contains(behind):
        found.insert(0, _standing("garden", neighbourhood, home, behind))
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


def _standing(what: str, neighbourhood: Neighbourhood, home: shapely.Point, place: shapely.Point) -> Viewpoint:
    away = np.array([place.x - home.x, place.y - home.y])
    return Viewpoint(what, -1, STANDING, looking(np.array([place.x, place.y]), away, neighbourhood.reference_system))


def looking(place: FloatArray, away: FloatArray, reference_system: CRS, *, eye: float | None = None, above: float = STANDING) -> Window:
    """Somewhere to look from, as exactly as the line below the picture tells it and no more.

    Parameters
    ----------
    place
        Real coordinates, shape (2,). [m]
    away
        Which way is looked, on the grid of those coordinates, shape (2,).
    eye
        As of a `Window`.
    """
    x, y = (round(float(each), CENTIMETRES) for each in place)
    bearing = math.degrees(math.atan2(float(away[0]), float(away[1]))) + meridian_convergence(x, y, reference_system)
    return Window(x, y, round(bearing, TENTHS) % 360, None if eye is None else round(eye, CENTIMETRES), above)


def line(t: Text, viewpoint: Viewpoint, found: Scenario, *, moment: str = "") -> str:
    """What anyone needs to make the same picture again: where the eye is, which way it looks, how wide, the shade, and which versions.

    Parameters
    ----------
    moment
        Of which the shade is shown, a clock time ("2026-03-21T12:00"); "" where none is.
    """
    window = viewpoint.window
    plans = ", ".join(f"{plan.plan_id} {plan.content_key[:8]}" for plan in found.ordered_plans) or t("home.now").lower()
    day, _, time = moment.partition("T")
    shade = (
        t("home_view.shade", day=format_date(day, t.language), time=format_clock(time, t.language)) if moment else t("home_view.no_shade")
    )
    above = format_number(viewpoint.height, t.language, decimals=1)
    level = "" if window.eye is None else format_number(window.eye, t.language, decimals=CENTIMETRES)
    told = t(
        "home_view.line",
        what=viewpoint.name(t),
        crs=found.neighbourhood.reference_system.name,
        x=format_number(window.x, t.language, decimals=CENTIMETRES),
        y=format_number(window.y, t.language, decimals=CENTIMETRES),
        eye=t("home_view.eye_level", height=above, level=level) if level else t("home_view.eye", height=above),
        degrees=format_number(window.bearing, t.language, decimals=TENTHS),
        side=t(f"direction.{viewpoint.side}"),
        field=FIELD,
        data=found.neighbourhood.key[:8],
        plans=plans,
        version=__version__,
    )
    return f"{told} {shade} {t('home_view.again')}"


def again(t: Text, viewpoint: Viewpoint, found: Scenario, *, moment: str = "") -> Markup:
    """The command that makes the same picture without a screen; the data and plans of a visitor's own are files of theirs."""
    place, direction = viewpoint.eye_place.written
    published = [plan.plan_id for plan in found.ordered_plans if plan.published_by_server]
    own = [f"{plan.plan_id}.geojson" for plan in found.ordered_plans if not plan.published_by_server]
    words = ["wijktwin", "export", "picture", "--data", t("home_view.data"), f"--from={place}", "--direction", direction]
    for option, values in (("--plans", published), ("--plan", own), ("--sun", [moment] if moment else []), ("--language", [t.language])):
        words += [option, *values] if values else []
    told = element("code", " ".join([*words, "--out", t("home_view.out")]))
    return element(
        "details", element("summary", t("home_view.command")), element("p", t("home_view.command_lead")), told, class_="wt-again"
    )
