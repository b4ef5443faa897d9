"""Buildings of the 3D BAG API, page by page, until as many have come as there are.

The API forgets to point at the last page when just one building is left (``next`` is missing when offset + limit equals
numberMatched): the links are therefore not used, but buildings are counted. Where pages overlap or miss some, the same is asked
again in pages of another size. Each page has its own transform: all are brought to that of the first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import numpy as np
import orjson

from wijktwin.errors import InputError
from wijktwin.sources.fetching.client import Json, changed, short_page
from wijktwin.sources.fetching.pages import Asker
from wijktwin.sources.fetching.progress import Progress, Step
from wijktwin.sources.fetching.services import Service
from wijktwin.sources.fetching.tally import Box

ITEMS: Final = "/collections/pand/items"
FEWER: Final = (0, 3, 11)
"""How much smaller the pages of each sweep are than those of the first: other sizes cut the list at other places."""
MOST_RESTARTS: Final = 2


class _CountMovedError(Exception):
    """The service counts another number of buildings than a moment ago: its data were renewed meanwhile."""


@dataclass(slots=True)
class Buildings:
    """Buildings as the API gave them, in one transform.

    Parameters
    ----------
    header
        The CityJSON object that belongs to them; None before the first.
    features
        CityJSONFeatures by identifier.
    asked, got
        Sums over all boxes: how many the service counted, and how many came, those included that came twice.
    dates
        Days on which pages came.
    """

    header: Json | None = None
    features: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    asked: int = 0
    got: int = 0
    dates: set[str] = field(default_factory=set)

    @property
    def duplicates(self) -> int:
        """How many buildings came that were there already."""
        return self.got - len(self.features)

    def sequence(self, names: list[str]) -> bytes:
        """Some of them as CityJSONSeq, in the order of their names."""
        if self.header is None:
            return b""
        lines = [orjson.dumps(self.header), *(orjson.dumps(self.features[name]) for name in names)]
        return b"\n".join(lines) + b"\n"


def fetch_buildings(asker: Asker, service: Service, box: Box, into: Buildings, *, what: str, progress: Progress) -> None:
    """Add all buildings that touch a box.

    Parameters
    ----------
    what
        What progress calls it.

    Raises
    ------
    InputError
        As `Client.get`; also when fewer buildings come than the service counts, whatever is tried.
    """

    def tell(done: int, total: int) -> None:
        progress(Step(what, done, total, is_finished=done >= total))

    for _ in range(MOST_RESTARTS + 1):
        urls: list[str] = []
        try:
            found, asked, got, dates = _swept(asker, service, box, into, urls=urls, tell=tell)
        except _CountMovedError:
            asker.forget(urls)
            continue
        into.features |= {name: found[name] for name in sorted(found) if name not in into.features}
        into.asked += asked
        into.got += got
        into.dates |= dates
        return
    raise InputError("fetch.keeps_changing", service=service.title)


def _swept(
    asker: Asker, service: Service, box: Box, into: Buildings, *, urls: list[str], tell: Callable[[int, int], None]
) -> tuple[dict[str, Mapping[str, Any]], int, int, set[str]]:
    """One box: each building once, how many the service counts, how many came, and on which days."""
    found: dict[str, Mapping[str, Any]] = {}
    matched: int | None = None
    got = 0
    dates: set[str] = set()
    for fewer in FEWER:
        limit = max(service.page_size - fewer, 1)
        offset = 1
        while matched is None or offset <= matched:
            parameters: dict[str, object] = {"bbox": ",".join(f"{value:.1f}" for value in box), "limit": limit, "offset": offset}
            answer = asker.ask(service, ITEMS, parameters, partial(check_page, service=service, offset=offset))
            urls.append(answer.url)
            page = answer.document
            if matched is not None and page["numberMatched"] != matched:
                raise _CountMovedError
            matched = int(page["numberMatched"])
            dates.add(answer.fetched)
            got += len(page["features"])
            if matched:
                found |= {item["id"]: item for item in _in_one_transform(page, into) if item["id"] not in found}
            tell(len(found), matched)
            offset += limit
        if len(found) >= matched:
            break
    if matched is None or len(found) != matched:
        asker.forget(urls)
        raise InputError("fetch.incomplete", service=service.title, asked=matched, got=len(found))
    return found, matched, got, dates


def check_page(page: Any, *, service: Service, offset: int) -> None:  # noqa: ANN401
    """Refuse what is no page of buildings.

    Raises
    ------
    InputError
        The answer has changed, or holds less than it says.
    """
    if not isinstance(page, dict) or page.get("type") != "FeatureCollection":
        raise changed(service, "type")
    matched = page.get("numberMatched")
    if not isinstance(matched, int) or isinstance(matched, bool) or matched < 0:
        raise changed(service, "numberMatched")
    features = page.get("features", [] if matched == 0 else None)
    if not isinstance(features, list):
        raise changed(service, "features")
    for feature in features:
        _check_feature(feature, service)
    if features and _transform_of(page) is None:
        raise changed(service, "metadata.transform")
    if page.get("numberReturned", len(features)) != len(features) or (offset <= matched and not features):
        raise short_page(service)


def _check_feature(feature: Any, service: Service) -> None:  # noqa: ANN401
    is_feature = isinstance(feature, dict) and feature.get("type") == "CityJSONFeature" and isinstance(feature.get("id"), str)
    if not is_feature:
        raise changed(service, "CityJSONFeature")
    objects, vertices = feature.get("CityObjects"), feature.get("vertices")
    if not isinstance(objects, dict) or feature["id"] not in objects:
        raise changed(service, "CityObjects")
    is_list = isinstance(vertices, list) and all(isinstance(vertex, list) and len(vertex) == 3 for vertex in vertices)
    if not is_list or not all(type(value) is int for vertex in vertices or () for value in vertex):
        raise changed(service, "vertices")


def _transform_of(page: Mapping[str, Any]) -> tuple[list[float], list[float]] | None:
    """Scale and translate of a page; None where they are not what they should be."""
    metadata = page.get("metadata")
    transform = metadata.get("transform") if isinstance(metadata, dict) else None
    parts: list[Any] = [transform.get(name) for name in ("scale", "translate")] if isinstance(transform, dict) else []
    if len(parts) != 2 or not all(isinstance(part, list) and len(part) == 3 for part in parts):
        return None
    numbers = [value for part in parts for value in part]
    if not all(isinstance(value, int | float) and math.isfinite(value) for value in numbers) or min(parts[0]) <= 0:
        return None
    return parts[0], parts[1]


def _in_one_transform(page: Mapping[str, Any], into: Buildings) -> list[Mapping[str, Any]]:
    """The buildings of a page in the transform of the first page; that page gives the header too."""
    features: list[Mapping[str, Any]] = page["features"]
    here = _transform_of(page)
    if into.header is None:
        members = page["metadata"]
        said = members.get("metadata")
        said = {name: value for name, value in said.items() if name != "geographicalExtent"} if isinstance(said, dict) else {}
        into.header = {**members, "type": "CityJSON", "metadata": said, "CityObjects": {}, "vertices": []}  # the extent is that of all
    there = _transform_of({"metadata": into.header})
    if here is None or there is None or here == there:
        return features
    factor = np.array(here[0]) / np.array(there[0])
    shift = (np.array(here[1]) - np.array(there[1])) / np.array(there[0])
    return [
        {**feature, "vertices": np.rint(np.array(feature["vertices"]).reshape(-1, 3) * factor + shift).astype(np.int64).tolist()}
        for feature in features
    ]
