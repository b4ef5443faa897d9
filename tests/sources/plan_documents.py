"""Plan files for tests, as plain dictionaries in RD New: complete, small, and right until a test changes something."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.model.small_world import X0, Y0, small_neighbourhood
from wijktwin import crs
from wijktwin.errors import WijktwinError
from wijktwin.model.plan import Plan
from wijktwin.sources.plan_files import read_plan

Json = dict[str, Any]
WORLD = small_neighbourhood()
RD = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}


def ring(x: float, y: float, width: float = 10.0, depth: float = 10.0) -> list[list[float]]:
    """A closed ring from its lower left corner, counted from the corner of the neighbourhood."""
    corners = [(x, y), (x + width, y), (x + width, y + depth), (x, y + depth), (x, y)]
    return [[X0 + cx, Y0 + cy] for cx, cy in corners]


def polygon(x: float, y: float, width: float = 10.0, depth: float = 10.0) -> Json:
    return {"type": "Polygon", "coordinates": [ring(x, y, width, depth)]}


def point(x: float, y: float) -> Json:
    return {"type": "Point", "coordinates": [X0 + x, Y0 + y]}


def feature(what: str, geometry: Json | None, **properties: Any) -> Json:
    return {"type": "Feature", "properties": {"feature": what, **properties}, "geometry": geometry}


def facts(**told: Any) -> Json:
    return {
        "plan_id": "two-towers", "title": {"nl": "Twee torens", "en": "Two towers"}, "proposer": "De Merel", "party": "developer",
        "role": "proposal", "status": "published", **told,
    }  # fmt: skip


def document(*features: Json, **told: Any) -> Json:
    return {"type": "FeatureCollection", "crs": RD, "plan": facts(**told), "features": list(features)}


def tower(**figures: Any) -> Json:
    return feature("volume", polygon(13, 13), **{"volume_id": "high", "height": 60, **figures})


def complete() -> Json:
    """A plan in which every field of the schema says something, apart from ``form``."""
    return document(
        feature("volume", polygon(13, 13), volume_id="high", title={"nl": "Hoge toren", "en": "High tower"}, ground_level=2.1,
                height=60, base=0, storeys=20, storeys_below=1, storey_height=3, use="dwelling", floor_area=2000, parking_places=10,
                bicycle_places=150,
                latitude="choice", kinds={"floor_area": "calculated"}),
        feature("volume", polygon(43, 13), volume_id="garage", storeys_below=1, use="parking", under_existing=True, height=0),
        feature("ground", polygon(0, -7, 10, 5), change_id="strip", title="Groenstrook", kind="green", parking_places=0, latitude="open"),
        feature("tree", point(50, 50), tree_id="lime", species="Tilia cordata", height=15, crown_diameter=8, latitude="open"),
        feature("felled_tree", point(45.5, 16)), feature("felled_tree", None, tree_id="t3"),
        feature("demolition", point(62, 62)), feature("demolition", None, building_id="b00"),
        feature("boundary", polygon(-5, -7, 70, 70)),
        schema_version="1", summary="Twee torens met een garage.", dates={"draft": "2025-01-02", "published": "2025-06-01"},
        changes=[{"date": "2025-09-01", "text": {"nl": "Toren vijf meter lager", "en": "Tower five metres lower"}}],
        dwellings=[{"count": 57, "tenure": "social_rent", "dwelling_type": "apartment", "volume_id": "high", "floor_area": 60},
                   {"count": 108, "tenure": "middle_rent", "dwelling_type": "apartment", "kind": "assumed"}],
        demolishes=["b11"], felled=["t0", "t1"],
        streets=[{"street_id": "s1", "traffic": "forward", "latitude": "choice"}],
        settled=[{"subject": "De hoogte", "latitude": "choice"}], excludes=["school"],
        claims=[{"claim_id": "shadow", "owner": "De Merel", "party": "developer", "text": "Hooguit een uur schaduw.", "date": "2025-05-01",
                 "source": {"title": "Schaduwstudie", "owner": "Bureau Zon", "vintage": "2025-04"},
                 "checkable": {"impact": "sunlight", "max_minutes": 60}}],
        source={"title": "Stedenbouwkundig plan", "owner": "De Merel", "vintage": "2025-06-01", "licence": "CC0-1.0", "version": "3",
                "url": "https://example.org/plan"},
        fictional=True,
    )  # fmt: skip


def in_degrees(told: Json) -> Json:
    """The same document in longitude and latitude."""
    turned = copy.deepcopy(told)
    turned.pop("crs")
    for each in turned["features"]:
        if each["geometry"] is not None:
            each["geometry"]["coordinates"] = _degrees(each["geometry"]["coordinates"])
    return turned


def _degrees(coordinates: Any) -> Any:
    if isinstance(coordinates[0], list):
        return [_degrees(part) for part in coordinates]
    lon, lat = crs.to_wgs84(np.array([coordinates[:2]]), crs.RD_NEW)[0]
    return [float(lon), float(lat)]


def read(told: Any, name: str = "plan.geojson") -> Plan:
    data = told if isinstance(told, bytes) else json.dumps(told).encode()
    return read_plan(data, neighbourhood=WORLD, name=name)


def refused(told: Any, change: Callable[[Json], object] | None = None) -> WijktwinError:
    """The error that a document gives, after a change to a copy of it; checked for being a proper sentence in both languages."""
    if change is not None:
        told = copy.deepcopy(told)
        change(told)
    try:
        read(told)
    except WijktwinError as error:
        check_sentences(error)
        return error
    msg = "the plan was accepted"
    raise AssertionError(msg)


def check_sentences(error: WijktwinError, name: str = "plan.geojson") -> None:
    dutch, english = error.sentence("nl"), error.sentence("en")
    assert dutch != english
    for sentence in (dutch, english):
        assert name in sentence
        assert sentence.endswith((".", "?"))
        assert "\n" not in sentence
        assert "Note(" not in sentence
        assert "LocalText(" not in sentence
        assert "Figure(" not in sentence
        assert len(sentence) < 600
