"""The drawing of a scenario for stills: the very rows and models that the scene in the browser gets, as pieces for a renderer.

Nothing is made anew here. The deck of the scenario says what is drawn, in which order and colour; its contents are taken apart into
triangles and lines in metres, once for every address.
"""

from __future__ import annotations

import hashlib
import json
import math
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import mapbox_earcut
import numpy as np
import orjson
from numpy.typing import NDArray

from layers.cameras import shared_cameras, view_state
from layers.deck import STREET_NAMES, build_deck
from layers.encoding import COLOUR, END, POLYGON, START
from layers.glb import Model, Primitive, read_model
from layers.ground_colours import tinted_rows
from layers.prepared import Prepared, Thing, prepare
from layers.shadows import LAYER as SHADE
from layers.shadows import shade_rows
from layers.standalone import INSIDE, Inside
from layers.street_names import LENGTH, NAME
from layers.terrain import Terrain
from layers.trees import POSITION, SCALE
from wijktwin import appearance
from wijktwin.appearance import DAYLIGHT, Camera, Light, View, light_on, sunlight
from wijktwin.errors import NotFoundError
from wijktwin.export.drawn import LOW_SUN, ByteArray, Drawing, Faces, Lines, Name, Points, Shot
from wijktwin.export.eye_places import EyePlace
from wijktwin.export.ground_colours import GroundColours
from wijktwin.export.links import Walker
from wijktwin.export.perspective import EYE_HEIGHT, Anchor, MapView, walking_view
from wijktwin.export.stills import RENDERER, Renderer
from wijktwin.impacts.ground_shadow import GroundShadow, ShadowCaster
from wijktwin.impacts.last_few import LastFew
from wijktwin.impacts.shared import sun_place
from wijktwin.impacts.silhouettes import LOWEST_SUN, Shapes
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Plan
from wijktwin.model.scenario import Scenario
from wijktwin.sources.cityjson.ears import cut_ears

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Piece = Faces | Lines

THIN: Final = 1.0
"""Width of the lines of a model. [px]"""
NEARER_THIN: Final = 0.0013
"""How much nearer they are drawn than the faces that they lie on: what SUNK of `layers.deck` is for the browser."""
NEARER_BROAD: Final = 0.0017
"""Idem for broad lines: SUNK and LIFTED."""
GAMMA: Final = 2.2
"""The renderer of the browser takes this root of the opacity of a layer."""
MOST_SHADOWS: Final = 24
MOST_MOMENTS: Final = 4
MOST_PIECES: Final = 600
MOST_DECKS: Final = 12
OPAQUE: Final = 255
LIT: Final = (f"{Thing.BUILDING}/", f"{Thing.VOLUME}/")
"""Layers whose faces are lighter towards the chosen sun, as in ui/scene/sun.js."""
AT_EYE_LEVEL: Final = "eyeScenegraph"
"""What a layer names the model by that is drawn only for who walks."""
FROM_ROW: Final = "@@="
"""Before the name of what every row says for itself."""
SMALLEST: Final = 1e-9


class Studio:
    """Draws the scenarios of one neighbourhood; safe to use from many threads.

    Parameters
    ----------
    prepared
        Geometry of the neighbourhood with every plan that is going to be drawn.
    content_of
        Gives what was published under an address.
    """

    def __init__(
        self, neighbourhood: Neighbourhood, prepared: Prepared, content_of: Callable[[str], bytes], *, renderer: Renderer = RENDERER
    ) -> None:
        self.neighbourhood = neighbourhood
        self.prepared = prepared
        self.anchor = Anchor(*prepared.frame.anchor)
        self._content_of = content_of
        self._renderer = renderer
        self._lock = threading.Lock()
        self._tags: dict[str, str] = {}
        self._caster: ShadowCaster | None = None
        self._shadows: LastFew[tuple[str, datetime], GroundShadow] = LastFew(MOST_SHADOWS)
        self._today: LastFew[datetime, Shapes] = LastFew(MOST_MOMENTS)
        self._pieces: LastFew[str, tuple[Piece, ...]] = LastFew(MOST_PIECES)
        self._decks: LastFew[tuple[str, bool], list[dict[str, Any]]] = LastFew(MOST_DECKS)

    @staticmethod
    def of(neighbourhood: Neighbourhood, plans: Sequence[Plan], *, renderer: Renderer = RENDERER) -> Studio:
        """A studio that prepares the geometry itself: for who has no server."""
        inside = Inside()
        prepared = prepare(neighbourhood, plans, publish=inside)
        return Studio(neighbourhood, prepared, lambda address: inside.contents[int(address.removeprefix(INSIDE))][0], renderer=renderer)

    def draw(self, scenario: Scenario, shot: Shot) -> ByteArray:
        """The picture, shape (height, width, 3)."""
        return self._renderer.draw(self.drawing(scenario, shot.moment, is_level=shot.view.is_level, colours=shot.colours), shot)

    def view(self, scenarios: Sequence[Scenario], place: View) -> MapView:
        """One of the places to look from, from which whatever any of these scenarios shows is in the picture.

        Raises
        ------
        NotFoundError
            The plans change nothing, so there is no plan to look at.
        """
        cameras = shared_cameras(scenarios)
        if place not in cameras:
            raise NotFoundError("stills.no_such_view", name=place, allowed=", ".join(cameras))
        return self.framed(cameras[place])

    @property
    def ground(self) -> Terrain:
        """The ground as it is drawn."""
        return self.prepared.terrain

    def framed(self, camera: Camera) -> MapView:
        """The view in which a box fits."""
        state = view_state(camera, self.prepared.frame)
        return MapView(state["longitude"], state["latitude"], state["zoom"], state["pitch"], state["bearing"])

    def standing(self, walker: Walker, *, above: float = EYE_HEIGHT) -> MapView:
        """What somebody sees who stands on the ground, with the eyes so far above it. [m]"""
        x, y = self.prepared.frame.xy(walker.longitude, walker.latitude)
        ground = float(self.prepared.terrain.at(np.array([[x, y]]))[0]) - self.prepared.frame.reference_ground
        return walking_view(walker.longitude, walker.latitude, bearing=walker.bearing, up=walker.up, eye=ground + above)

    def looking(self, place: EyePlace) -> MapView:
        """What is seen from a place whose height may be known, looking level."""
        longitude, latitude = self.prepared.frame.lonlat(place.x, place.y)
        if place.eye is None:
            return self.standing(Walker(longitude, latitude, place.direction, 0.0))
        return walking_view(longitude, latitude, bearing=place.direction, eye=place.eye - self.prepared.frame.reference_ground)

    def walker_at(self, x: float, y: float, *, towards: tuple[float, float], up: float = 0.0) -> Walker:
        """Somebody in a place who looks towards another, in real coordinates. [m]"""
        here, there = self.prepared.frame.lonlat(x, y), self.prepared.frame.lonlat(*towards)
        (east0, north0, _), (east1, north1, _) = self.anchor.metres(np.array([[*here, 0.0], [*there, 0.0]])).tolist()
        return Walker(*here, math.degrees(math.atan2(east1 - east0, north1 - north0)), up)

    def shadow(self, scenario: Scenario, moment: datetime) -> GroundShadow:
        """The shade on the ground, as the scene draws it."""
        with self._lock:
            found = self._shadows.find((scenario.key, moment))
            if found is None:
                if self._caster is None:
                    self._caster = ShadowCaster(self.neighbourhood)
                sun = self._caster.place.sun(moment)
                today = self._today.find(moment)
                if today is None:
                    today = self._caster.today(sun)
                    self._today.put(moment, today)
                found = self._caster.at(scenario, moment, today=today)
                self._shadows.put((scenario.key, moment), found)
            return found

    def drawing(
        self, scenario: Scenario, moment: datetime | None = None, *, is_level: bool = False, colours: GroundColours | None = None
    ) -> Drawing:
        """All that is drawn of a scenario at a moment; without shade where there is no moment.

        Parameters
        ----------
        is_level
            Somebody stands on the ground or at a window: what is only for there is drawn too, as in ui/scene/distance.js.
        colours
            On the ground, below the shade.
        """
        lights = self._lights(moment)
        pieces: list[Piece] = []
        built: set[str] = set()
        sky = appearance.SKY_STOPS
        for layer in self._layers(scenario, has_shade=moment is not None):
            if layer["id"] == STREET_NAMES or not layer.get("visible", True):
                continue
            if layer["id"] == SHADE:
                pieces += self._coloured(colours)
                if moment is not None:
                    shadow = self.shadow(scenario, moment)
                    sky = appearance.LOW_SKY_STOPS if shadow.sun.altitude < LOW_SUN else sky
                    rows = shade_rows(shadow, self.neighbourhood, self.prepared.terrain, self.prepared.frame)
                    pieces += faces_of(rows, self.anchor, key=f"shade/{scenario.key}/{moment.isoformat()}/{self.anchor}")
                continue
            found = [lit(piece, lights) for piece in self._layer(layer)]
            pieces += found
            if is_level and layer.get(AT_EYE_LEVEL):
                pieces += self._layer({**layer, "scenegraph": layer[AT_EYE_LEVEL]})
            if layer["id"].startswith(f"{Thing.VOLUME}/"):
                built |= {piece.key for piece in found}
        return Drawing(self.anchor, tuple(pieces), self._names(), sky, frozenset(built))

    def _layers(self, scenario: Scenario, *, has_shade: bool) -> list[dict[str, Any]]:
        """What the deck of a scenario says, asked once for all its moments."""
        found = self._decks.find((scenario.key, has_shade))
        if found is None:
            found = json.loads(build_deck(scenario, self.prepared, shade=SHADE if has_shade else "").to_json())["layers"]
            self._decks.put((scenario.key, has_shade), found)
        return found

    def _lights(self, moment: datetime | None) -> tuple[Light, ...]:
        """What walls and roofs are lit by: a sun that is high enough for shade, in the steps in which the browser hears of it. [°]"""
        sun = None if moment is None else sun_place(self.neighbourhood).sun(moment)
        return DAYLIGHT if sun is None or sun.altitude < LOWEST_SUN else sunlight(round(sun.azimuth, 1), round(sun.altitude, 1))

    def _layer(self, layer: Mapping[str, Any]) -> tuple[Piece, ...]:
        """The pieces of one layer, made once."""
        told = {name: layer.get(name) for name in ("@@type", "getColor", "getWidth", "opacity")} | {"lit": layer["id"].startswith(LIT)}
        contents = [self._tag(layer[name]) for name in ("data", "scenegraph") if isinstance(layer.get(name), str)]
        drawn_in_place = [layer["data"]] if not isinstance(layer["data"], str) else []
        key = hashlib.sha256(orjson.dumps([told, contents, drawn_in_place, self.prepared.frame.anchor])).hexdigest()
        found = self._pieces.find(key)
        if found is None:
            found = tuple(self._made(layer, key))
            self._pieces.put(key, found)
        return found

    def _made(self, layer: Mapping[str, Any], key: str) -> Sequence[Piece]:
        share = float(layer.get("opacity", 1.0)) ** (1.0 / GAMMA)
        match layer["@@type"]:
            case "SolidPolygonLayer":
                return faces_of(self._rows(layer["data"]), self.anchor, key=key, share=share, is_lit=layer["id"].startswith(LIT))
            case "LineLayer":
                return lines_of(self._rows(layer["data"]), self.anchor, layer["getColor"], float(layer["getWidth"]), key=key)
            case "ScenegraphLayer":
                model = read_model(self._content_of(layer["scenegraph"]))
                if isinstance(layer["data"], str):
                    return trees_of(model, self._rows(layer["data"]), self.anchor, layer["getColor"], key=key, share=share)
                return model_of(model, layer["getColor"], key=key, share=share)
        return ()

    def _tag(self, address: str) -> str:
        """Hash of what was published under an address: pieces of several studios lie on one shelf."""
        found = self._tags.get(address)
        if found is None:
            found = self._tags[address] = hashlib.sha256(self._content_of(address)).hexdigest()
        return found

    def _rows(self, data: str | list[Any]) -> list[Any]:
        rows: list[Any] = orjson.loads(self._content_of(data)) if isinstance(data, str) else data
        return rows

    def _coloured(self, colours: GroundColours | None) -> Sequence[Piece]:
        """Colours on the ground, laid on it as in the browser."""
        if colours is None:
            return ()
        key = f"colours/{colours.key}/{self.neighbourhood.key}/{self.anchor}"
        found = self._pieces.find(key)
        if found is None:
            found = tuple(faces_of(tinted_rows(colours.tints, self.prepared.terrain, self.prepared.frame), self.anchor, key=key))
            self._pieces.put(key, found)
        return found

    def _names(self) -> tuple[Name, ...]:
        if not self.prepared.street_names:
            return ()
        rows = self._rows(self.prepared.street_names)
        places = self.anchor.metres(np.array([row[POSITION] for row in rows]))
        return tuple(
            Name(row[NAME], (float(x), float(y), float(z)), row[LENGTH]) for row, (x, y, z) in zip(rows, places.tolist(), strict=True)
        )


# ------------------------------------------------------------------------------------------------------------------ faces
def faces_of(rows: Sequence[Mapping[str, Any]], anchor: Anchor, *, key: str, share: float = 1.0, is_lit: bool = False) -> list[Faces]:
    """Rows of surfaces as triangles: what hides things apart from what lets them through.

    Parameters
    ----------
    share
        What all opacities are multiplied with.
    is_lit
        They follow the sun: each point knows where its surface faces.
    """
    if not rows:
        return []
    flat, starts, holes, colours = [], [0], [], []
    for row in rows:
        polygon = row[POLYGON]
        positions = polygon if isinstance(polygon, list) else polygon["positions"]
        holes.append([] if isinstance(polygon, list) else [place // 3 for place in polygon["holeIndices"]])
        flat.append(np.array(positions, dtype=np.float64).reshape(-1, 3))
        starts.append(starts[-1] + len(flat[-1]))
        colours.append(_colours(row[COLOUR], len(flat[-1])))
    points = anchor.metres(np.concatenate(flat))
    corner = np.concatenate(colours)
    if share < 1.0:
        corner = corner.copy()
        corner[:, 3] = np.rint(corner[:, 3] * share)
    start = np.array(starts[:-1], dtype=np.int64)
    size: IntArray = np.array(starts[1:], dtype=np.int64) - start
    normals = _normals(points, start, size)
    facing = np.repeat(_single(_unit(normals)), size, axis=0) if is_lit else None
    triangles = _triangles(points, start, size, holes, normals)
    is_clear = (corner[triangles, 3] < OPAQUE).any(axis=1)
    return [
        _faces(f"{key}/{name}", points, triangles[chosen], corner, facing, is_clear=clear)
        for name, clear, chosen in (("solid", False, ~is_clear), ("clear", True, is_clear))
        if chosen.any()
    ]


def lit(piece: Piece, lights: tuple[Light, ...]) -> Piece:
    """A piece in the light of some lamps, in the place of those whose light is baked into its colours; final then."""
    if isinstance(piece, Lines) or piece.facing is None:
        return piece
    if lights == DAYLIGHT:
        return replace(piece, facing=None)
    colours = piece.colours.copy()
    facing = piece.facing.astype(np.float64)
    bright = colours[:, :3] * light_on(facing, lights=lights) / light_on(facing)
    colours[:, :3] = np.rint(np.minimum(bright, OPAQUE))
    return replace(piece, key=f"{piece.key}/{lights[0].azimuth}/{lights[0].elevation}", colours=colours, facing=None)


def _faces(key: str, points: FloatArray, triangles: IntArray, colours: ByteArray, facing: Points | None, *, is_clear: bool) -> Faces:
    used, place = np.unique(triangles, return_inverse=True)
    return Faces(
        key, points[used].astype(np.float32), place.reshape(-1, 3).astype(np.int32), colours[used], is_clear,
        facing=None if facing is None else facing[used],
    )  # fmt: skip


def _colours(colour: Sequence[int], n_points: int) -> ByteArray:
    """Red, green, blue and opacity per corner, shape (n_points, 4)."""
    if len(colour) <= 4:
        return np.tile(np.array([*colour, OPAQUE][:4], dtype=np.uint8), (n_points, 1))
    return np.array(colour, dtype=np.uint8).reshape(-1, 4)


def _triangles(points: FloatArray, start: IntArray, size: IntArray, holes: Sequence[Sequence[int]], normals: FloatArray) -> IntArray:
    """Triangles of flat surfaces, shape (n, 3); surfaces without an area have none."""
    has_area = np.linalg.norm(normals, axis=1) > SMALLEST
    whole = np.array([not each for each in holes]) & has_area & (size >= 3)
    first = np.flatnonzero(whole)
    cut, is_cut = cut_ears(points, start[first], size[first], normals[first])
    counts = size[first] - 2
    found = [cut[np.repeat(is_cut, counts)]]
    for face in [*np.flatnonzero(has_area & ~whole).tolist(), *first[~is_cut].tolist()]:
        lo, hi = start[face], start[face] + size[face]
        ends = [*holes[face], int(size[face])]
        level = _flattened(points[lo:hi], normals[face])
        found.append(
            lo + np.asarray(mapbox_earcut.triangulate_float64(level, np.array(ends, dtype=np.uint32))).reshape(-1, 3).astype(np.int64)
        )
    return np.concatenate(found)


def _normals(points: FloatArray, start: IntArray, size: IntArray) -> FloatArray:
    """Newell's normal of each face's outer ring and holes taken as one walk, shape (f, 3)."""
    following = np.arange(1, len(points) + 1)
    following[start + size - 1] = start
    middle = np.repeat(points[start], size, axis=0)
    products = np.cross(points - middle, points[following] - middle)
    return np.asarray(np.add.reduceat(products, start, axis=0), dtype=np.float64)


def _unit(normals: FloatArray) -> FloatArray:
    """Directions of length 1, shape (f, 3); upwards for a surface without an area."""
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.where(length > SMALLEST, normals / np.maximum(length, SMALLEST), (0.0, 0.0, 1.0))


def _flattened(points: FloatArray, normal: FloatArray) -> FloatArray:
    """Points of a plane in two dimensions, shape (n, 2)."""
    dropped = int(np.argmax(np.abs(normal)))
    return np.ascontiguousarray(np.delete(points, dropped, axis=1))


# ------------------------------------------------------------------------------------------------------- lines and models
def lines_of(rows: Sequence[Mapping[str, Any]], anchor: Anchor, colour: Sequence[int], width: float, *, key: str) -> list[Lines]:
    """Rows of lines."""
    if not rows:
        return []
    ends = np.array([[row[START], row[END]] for row in rows], dtype=np.float64).reshape(-1, 3)
    red, green, blue, opacity = [*colour, OPAQUE][:4]
    return [Lines(key, _single(anchor.metres(ends)).reshape(-1, 2, 3), (red, green, blue, opacity), width, NEARER_BROAD)]


def model_of(model: Model, colour: Sequence[int], *, key: str, share: float = 1.0) -> list[Piece]:
    """A model that stands on the anchor: lines of one colour, or faces whose colours run over them."""
    red, green, blue, opacity = [*colour, OPAQUE][:4]
    if model.primitive is Primitive.LINES:
        segments = _single(model.points[model.indices])
        return [Lines(key, segments, (red, green, blue, round(opacity * share)), THIN, NEARER_THIN)] if len(segments) else []
    corner = sampled(model)
    corner[:, 3] = np.rint(corner[:, 3] * share)
    is_clear = bool((corner[:, 3] < OPAQUE).any())
    return [Faces(key, _single(model.points), model.indices.astype(np.int32), corner, is_clear)]


def trees_of(
    model: Model, rows: Sequence[Mapping[str, Any]], anchor: Anchor, colour: object, *, key: str, share: float = 1.0
) -> list[Faces]:
    """One model many times, placed, sized and tinted; its soft shade apart from what hides things."""
    if not rows:
        return []
    places = anchor.metres(np.array([row[POSITION] for row in rows]))
    scales = np.array([row[SCALE] for row in rows], dtype=np.float64)
    tints = np.array([row[colour.removeprefix(FROM_ROW)] if isinstance(colour, str) else colour for row in rows], dtype=np.float64)
    own = sampled(model)
    is_soft = (own[model.indices, 3] < OPAQUE).any(axis=1)
    found = []
    for name, chosen in (("solid", ~is_soft), ("soft", is_soft)):
        used, place = np.unique(model.indices[chosen], return_inverse=True)
        if not len(used):
            continue
        points = (places[:, None] + scales[:, None] * model.points[used][None]).reshape(-1, 3)
        triangles = (np.arange(len(rows))[:, None, None] * len(used) + place.reshape(-1, 3)[None]).reshape(-1, 3)
        is_textured = name == "solid" and model.palette is not None and model.places is not None
        base = np.full((len(used), 4), OPAQUE, dtype=np.float64) if is_textured else own[used].astype(np.float64)
        base[:, 3] = own[used, 3] * share
        corner = np.empty((len(rows), len(used), 4))
        corner[..., :3] = base[None, :, :3] * tints[:, None] / OPAQUE
        corner[..., 3] = base[None, :, 3]
        found.append(
            Faces(
                f"{key}/{name}", _single(points), triangles.astype(np.int32), np.rint(corner).astype(np.uint8).reshape(-1, 4),
                bool((base[:, 3] < OPAQUE).any()), model.palette[..., :3] if is_textured and model.palette is not None else None,
                np.tile(_single(model.places[used]), (len(rows), 1)) if is_textured and model.places is not None else None,
            )
        )  # fmt: skip
    return found


def sampled(model: Model) -> ByteArray:
    """Colour of every corner of a model, shape (n, 4): white where it has no picture."""
    if model.palette is None or model.places is None:
        return np.full((len(model.points), 4), OPAQUE, dtype=np.uint8)
    height, width = model.palette.shape[:2]
    columns = np.clip(np.rint(model.places[:, 0] * width - 0.5).astype(int), 0, width - 1)
    rows = np.clip(np.rint(model.places[:, 1] * height - 0.5).astype(int), 0, height - 1)
    colours = model.palette[rows, columns]
    return np.asarray(colours if colours.shape[1] == 4 else np.column_stack([colours, np.full(len(colours), OPAQUE)]), dtype=np.uint8)


def _single(points: FloatArray) -> Points:
    return np.asarray(points, dtype=np.float32)
