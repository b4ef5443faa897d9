"""Geometries of plan files: checked in the coordinates of the file, then brought into those of the neighbourhood."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import shapely
from pyproj import CRS
from shapely import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from wijktwin import crs
from wijktwin.errors import InputError, LimitError, Note
from wijktwin.model.content import to_millimetre
from wijktwin.sources.plans.document import Feature, PlanDocument

if TYPE_CHECKING:
    from wijktwin.model.mesh import FloatArray
    from wijktwin.model.neighbourhood import Neighbourhood

FAR: Final = 2_000.0
"""How far outside the neighbourhood something of a plan may lie. [m]"""
MIN_AREA: Final = 0.5
"""Smaller outlines are slips of the pen. [m²]"""
MAX_POINTS: Final = 50_000
Ring = list[tuple[float, float]]


@dataclass(slots=True)
class GeometryReader:
    """Turns geometries of one file into geometries of one neighbourhood, to the millimetre.

    Parameters
    ----------
    document
        The file, with its CRS.
    neighbourhood
        Where the plan is for.
    """

    document: PlanDocument
    neighbourhood: Neighbourhood
    n_points: int = 0

    def polygon(self, feature: Feature) -> Polygon | MultiPolygon:
        """The polygon of a feature, holes kept, outer rings counter-clockwise.

        Raises
        ------
        InputError
            There is none, it is no proper polygon, or it lies elsewhere.
        """
        kind, coordinates = self._typed(feature, ("Polygon", "MultiPolygon"), expected="polygon")
        parts = [coordinates] if kind == "Polygon" else coordinates
        if not isinstance(parts, list) or not parts:
            raise self._bad(feature, "expect_polygon")
        polygons = [self._one_polygon(part, feature) for part in parts]
        drawn = polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)
        placed = to_millimetre(self._placed(drawn, feature))
        self._check_valid(drawn, feature, self.own(feature))
        self._check_valid(placed, feature, self.neighbourhood.horizontal_crs)
        if placed.area < MIN_AREA:
            raise self._error("too_small_area", feature, area=f"{placed.area:.2g}")
        oriented: Polygon | MultiPolygon = shapely.orient_polygons(placed.normalize())
        return oriented

    def point(self, feature: Feature) -> Point:
        """The point of a feature.

        Raises
        ------
        InputError
            There is none, or it lies elsewhere.
        """
        kind, coordinates = self._typed(feature, ("Point", "MultiPoint"), expected="point")
        if kind == "MultiPoint":
            if not isinstance(coordinates, list) or len(coordinates) != 1:
                count = len(coordinates) if isinstance(coordinates, list) else 0
                raise self._error("several_points", feature, count=count)
            coordinates = coordinates[0]
        point: Point = to_millimetre(self._placed(Point(self._position(coordinates, feature)), feature))
        return point

    def position(self, position: object, feature: Feature) -> FloatArray:
        """One position as written in the file, shape (1, 2).

        Raises
        ------
        InputError
            It is no position, or lies elsewhere.
        """
        point = Point(self._position(position, feature))
        self._placed(point, feature)
        return shapely.get_coordinates(point)

    def _typed(self, feature: Feature, allowed: tuple[str, ...], *, expected: str) -> tuple[str, Any]:
        words = Note(f"plans.geometry_{expected}")
        if feature.geometry is None:
            raise self._error("no_geometry", feature, expected=words)
        kind = feature.geometry.get("type")
        if kind not in allowed:
            raise self._error("wrong_geometry", feature, found=kind, expected=words)
        return str(kind), feature.geometry.get("coordinates")

    def _one_polygon(self, rings: object, feature: Feature) -> Polygon:
        if not isinstance(rings, list) or not rings:
            raise self._bad(feature, "expect_polygon")
        outer, *holes = [self._ring(ring, feature) for ring in rings]
        return Polygon(outer, holes)

    def _ring(self, ring: object, feature: Feature) -> Ring:
        if not isinstance(ring, list) or len(ring) < 4:
            raise self._bad(feature, "expect_ring")
        positions = [self._position(position, feature) for position in ring]
        if positions[0] != positions[-1]:
            raise self._error("ring_open", feature)
        return positions

    def _position(self, position: object, feature: Feature) -> tuple[float, float]:
        if not isinstance(position, list) or not 2 <= len(position) <= 4 or not all(_is_number(value) for value in position):
            raise self._bad(feature, "expect_position")
        self.n_points += 1
        if self.n_points > MAX_POINTS:
            raise LimitError("plans.too_many_points", source=self.document.source, limit=MAX_POINTS)
        return float(position[0]), float(position[1])

    def _check_valid(self, polygon: Polygon | MultiPolygon, feature: Feature, reference_system: CRS) -> None:
        if polygon.is_valid and polygon.area > 0:
            return
        text = explain_validity(polygon)
        reason = "reason_hole" if "ole" in text else "reason_flat" if polygon.is_valid or "Too few" in text else "reason_crossing"
        inside = text[text.find("[") + 1 : text.find("]")].split() if "[" in text else []
        x, y = (float(inside[0]), float(inside[1])) if len(inside) >= 2 else shapely.get_coordinates(polygon)[0]
        raise self._error("not_valid", feature, reason=Note(f"plans.{reason}"), **_shown(x, y, reference_system))

    def _placed(self, geometry: Any, feature: Feature) -> Any:  # noqa: ANN401
        """The geometry in the neighbourhood's CRS, if it lies there."""
        own, home = self.own(feature), self.neighbourhood.horizontal_crs
        if own.is_geographic:
            self._check_degrees(geometry, feature)
        placed = reprojected(geometry, own, home)
        distance = self._distance(placed)
        if distance <= FAR:
            return placed
        x, y = shapely.get_coordinates(geometry)[0]
        place = _shown(x, y, own)
        swapped = reprojected(shapely.transform(geometry, lambda xy: xy[:, ::-1]), own, home)
        if self._distance(swapped) <= FAR:
            raise self._error("swapped" if own.is_geographic else "swapped_xy", feature, **place)
        if not own.is_geographic and abs(x) <= 180 and abs(y) <= 90:
            raise self._error("looks_degrees", feature, crs=crs.label(own), x=f"{x:g}", y=f"{y:g}")
        if not own.is_geographic and self._distance(reprojected(shapely.transform(geometry, lambda xy: xy / 1000.0), own, home)) <= FAR:
            raise self._error("looks_millimetres", feature, **place)
        km = f"{distance / 1000:.0f}" if math.isfinite(distance) else "∞"
        raise self._error("far_away", feature, distance=km, neighbourhood=self.neighbourhood.name, crs=crs.label(own))

    def own(self, feature: Feature) -> CRS:
        """The CRS that a feature is written in."""
        return feature.reference_system or self.document.reference_system

    def _check_degrees(self, geometry: BaseGeometry, feature: Feature) -> None:
        x0, y0, x1, y1 = _bounds(geometry)
        if x0 >= -180 and x1 <= 180 and y0 >= -90 and y1 <= 90:
            return
        x, y = shapely.get_coordinates(geometry)[0]
        if abs(x) <= 90 and abs(y) <= 180:
            raise self._error("swapped", feature, x=f"{x:g}", y=f"{y:g}")
        place = {"x": f"{x:.1f}", "y": f"{y:.1f}"}
        if self._distance(geometry) <= 100 * FAR:
            raise self._error("looks_projected", feature, crs=crs.label(self.neighbourhood.horizontal_crs), **place)
        raise self._error("out_of_degrees", feature, **place)

    def _distance(self, geometry: BaseGeometry) -> float:
        """How far a geometry reaches outside the neighbourhood [m]; 0 where the neighbourhood has no extent."""
        x0, y0, x1, y1 = self.neighbourhood.extent
        if (x0, y0, x1, y1) == (0.0, 0.0, 0.0, 0.0):
            return 0.0
        gx0, gy0, gx1, gy1 = _bounds(geometry)
        if not all(math.isfinite(value) for value in (gx0, gy0, gx1, gy1)):
            return math.inf
        return float(max(x0 - gx0, y0 - gy0, gx1 - x1, gy1 - y1, 0.0))

    def _bad(self, feature: Feature, expected: str) -> InputError:
        return self._error("bad_coordinates", feature, expected=Note(f"plans.{expected}"))

    def _error(self, key: str, feature: Feature, **values: object) -> InputError:
        return InputError(f"plans.{key}", source=self.document.source, where=feature.where, **values)


def reprojected(geometry: Any, own: CRS, home: CRS) -> Any:  # noqa: ANN401
    """A geometry in another CRS, heights left out; untouched where the two are the same."""
    if own == home:
        return shapely.force_2d(geometry)

    return shapely.transform(shapely.force_2d(geometry), lambda xy: points_reprojected(xy, own, home))


def points_reprojected(xy: FloatArray, own: CRS, home: CRS) -> FloatArray:
    """Points in another CRS, shape (n, 2); untouched where the two are the same."""
    if own == home:
        return xy
    degrees = xy if own == crs.WGS84 else crs.to_wgs84(xy, own)
    return degrees if home == crs.WGS84 else crs.from_wgs84(degrees, home)


def _bounds(geometry: BaseGeometry) -> tuple[float, float, float, float]:
    """Min x, min y, max x, max y of all its corners, those of holes outside it too."""
    xy = shapely.get_coordinates(geometry)
    (x0, y0), (x1, y1) = xy.min(axis=0), xy.max(axis=0)
    return float(x0), float(y0), float(x1), float(y1)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _shown(x: float, y: float, reference_system: CRS) -> dict[str, str]:
    decimals = 6 if reference_system.is_geographic else 1
    return {"x": f"{x:.{decimals}f}", "y": f"{y:.{decimals}f}"}
