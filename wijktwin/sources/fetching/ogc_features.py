"""OGC API Features as PDOK serves them: pages that point at the next one by a cursor.

Standard: OGC 17-069r4 (https://docs.ogc.org/is/17-069r4/17-069r4.html), CRS by OGC 18-058r1. Of the link to the next page only
the question is used, never the address: we stay with the server that was chosen.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import orjson

from wijktwin.errors import InputError
from wijktwin.sources.fetching.client import changed, short_page
from wijktwin.sources.fetching.pages import Asker
from wijktwin.sources.fetching.progress import Progress, Step
from wijktwin.sources.fetching.services import Service
from wijktwin.sources.fetching.tally import Box, Received

RD_NEW: Final = "http://www.opengis.net/def/crs/EPSG/0/28992"
MOST_PAGES: Final = 2_000
RD_AREA: Final = (-7_000.0, 289_000.0, 300_000.0, 629_000.0)
"""Where RD New is meant for: min x, min y, max x, max y. [m]"""


def fetch_features(
    asker: Asker, service: Service, collection: str, *, progress: Progress, box: Box | None = None, where: Mapping[str, str] | None = None
) -> Received:
    """All features of a collection, with coordinates in RD New.

    Parameters
    ----------
    box
        Only what touches it.
    where
        Only what has these properties.

    Raises
    ------
    InputError
        As `Client.get`; also when pages do not come to an end.
    """
    what = f"{service.title}, {collection}"
    parameters: dict[str, object] = {"f": "json", "limit": service.page_size, "crs": RD_NEW, **(where or {})}
    if box is not None:
        parameters |= {"bbox-crs": RD_NEW, "bbox": ",".join(f"{value:.3f}" for value in box)}
    features: dict[str, Mapping[str, Any]] = {}
    asked: int | None = None
    got = 0
    dates: list[str] = []
    seen: set[str] = set()
    progress(Step(what, 0))
    while True:
        answer = asker.ask(service, f"/collections/{collection}/items", parameters, lambda page: check_page(page, service))
        if answer.url in seen or len(seen) >= MOST_PAGES:
            raise changed(service, "links")
        seen.add(answer.url)
        page = answer.document
        asked = page["numberMatched"] if isinstance(page.get("numberMatched"), int) else asked
        got += len(page["features"])
        dates.append(answer.fetched)
        for feature in page["features"]:
            features.setdefault(_name_of(feature), feature)
        progress(Step(what, len(features), asked))
        cursor = _next_question(page)
        if cursor is None:
            break
        parameters = dict(cursor)
    if asked is not None and len(features) < asked:
        asker.forget(sorted(seen))
        raise InputError("fetch.incomplete", service=service.title, asked=asked, got=len(features))
    progress(Step(what, len(features), len(features), is_finished=True))
    return Received(tuple(features[name] for name in sorted(features)), asked, got, got - len(features), (min(dates), max(dates)))


def check_page(page: Any, service: Service) -> None:  # noqa: ANN401
    """Refuse what is no page of GeoJSON features in RD New.

    Raises
    ------
    InputError
        The answer has changed, or holds less than it says.
    """
    if not isinstance(page, dict) or page.get("type") != "FeatureCollection" or not isinstance(page.get("features"), list):
        raise changed(service, "features")
    for feature in page["features"]:
        if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
            raise changed(service, "properties")
        _check_place(feature.get("geometry"), service)
    stated = page.get("numberReturned")
    has_next = _next_question(page) is not None
    if (isinstance(stated, int) and stated != len(page["features"])) or (has_next and not page["features"]):
        raise short_page(service)


def _check_place(geometry: object, service: Service) -> None:
    """The first point of a geometry lies where RD New is used: the service understood in which CRS it was asked."""
    if geometry is None:
        return
    point = geometry.get("coordinates") if isinstance(geometry, dict) else None
    while isinstance(point, list) and point and isinstance(point[0], list):
        point = point[0]
    is_point = isinstance(point, list) and len(point) >= 2 and all(isinstance(value, int | float) for value in point[:2])
    if not is_point or point is None:
        raise changed(service, "geometry")
    x, y = float(point[0]), float(point[1])
    if not (math.isfinite(x) and math.isfinite(y) and RD_AREA[0] <= x <= RD_AREA[2] and RD_AREA[1] <= y <= RD_AREA[3]):
        raise changed(service, "coordinates")


def _next_question(page: Mapping[str, Any]) -> list[tuple[str, str]] | None:
    """What to ask for the page behind this one; None where it is the last."""
    links = page.get("links")
    for link in links if isinstance(links, list) else []:
        if isinstance(link, dict) and link.get("rel") == "next" and isinstance(link.get("href"), str):
            return parse_qsl(urlsplit(link["href"]).query, keep_blank_values=True)
    return None


def _name_of(feature: Mapping[str, Any]) -> str:
    """The identifier of a feature, or the hash of one that has none: the same feature always has the same name."""
    name = feature.get("id")
    if isinstance(name, str | int):
        return str(name)
    return hashlib.sha256(orjson.dumps([feature.get("properties"), feature.get("geometry")])).hexdigest()
