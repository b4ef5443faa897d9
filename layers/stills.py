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
from datetime import datetime
from typing import Any, Final

import numpy as np
import orjson

from layers.cameras import shared_cameras, view_state
from layers.deck import STREET_NAMES, build_deck
from layers.glb import read_model
from layers.ground_colours import tinted_rows
from layers.prepared import Prepared, Thing, prepare
from layers.shadows import LAYER as SHADE
from layers.shadows import shade_rows
from layers.standalone import INSIDE, Inside
from layers.still_pieces import Piece, faces_of, lines_of, lit, model_of, trees_of
from layers.street_names import LENGTH, NAME
from layers.terrain import Terrain
from layers.trees import POSITION
from wijktwin import appearance
from wijktwin.appearance import DAYLIGHT, Camera, Light, View, sunlight
from wijktwin.errors import NotFoundError
from wijktwin.export.drawn import LOW_SUN, ByteArray, Drawing, Name, Shot
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

GAMMA: Final = 2.2
"""The renderer of the browser takes this root of the opacity of a layer."""
MOST_SHADOWS: Final = 24
MOST_MOMENTS: Final = 4
MOST_PIECES: Final = 600
MOST_DECKS: Final = 12
LIT: Final = (f"{Thing.BUILDING}/", f"{Thing.VOLUME}/")
"""Layers whose faces are lighter towards the chosen sun, as in ui/scene/sun.js."""
AT_EYE_LEVEL: Final = "eyeScenegraph"
"""What a layer names the model by that is drawn only for who walks."""


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
