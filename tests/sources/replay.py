"""A server on this machine that answers as 3D BAG, PDOK's BGT, BAG and CBS, and Locatieserver do, and misbehaves when told to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
import orjson
import shapely
import shapely.geometry

RD: Final = "http://www.opengis.net/def/crs/EPSG/0/28992"
MOST_BUILDINGS: Final = 100
OFTEN: Final = 1_000_000

Json = dict[str, Any]


@dataclass(slots=True)
class Fault:
    """Something that goes wrong with answers to requests whose address holds a text: after ``skip`` good ones, ``times`` times."""

    kind: str
    match: str
    times: int = OFTEN
    skip: int = 0

    def strikes(self, address: str) -> bool:
        if self.match not in address or self.times <= 0:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True


@dataclass(slots=True)
class World:
    """What the services know.

    Buildings are CityJSONFeatures with vertices in whole millimetres of RD New + NAP; everything else is GeoJSON by service and
    collection.
    """

    buildings: list[Json] = field(default_factory=list)
    metadata: Json = field(default_factory=dict)
    collections: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    streets: list[Json] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class Replay(ThreadingHTTPServer):
    """The server; ``asked`` holds the address, the headers and the port of the client of every request."""

    daemon_threads = True

    def __init__(self, world: World) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.world = world
        self.asked: list[tuple[str, dict[str, str], int]] = []
        self.closing = threading.Event()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def addresses(self) -> list[str]:
        return [address for address, _, _ in self.asked]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news."""


@contextmanager
def replaying(world: World) -> Iterator[Replay]:
    server = Replay(world)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


def service_list(server: Replay, folder: Path, *, buildings_page: int = 5, page: int = 3) -> Path:
    """A list of services that names this server."""
    known = {
        "bag3d": ("3D BAG", buildings_page),
        "bgt": ("BGT", page),
        "bag": ("BAG", page),
        "cbs": ("CBS", page),
        "locatieserver": ("PDOK Locatieserver", 20),
    }
    lines = []
    for name, (title, size) in known.items():
        lines += [f"[{name}]", f'title = "{title}"', f'url = "{server.base}/{name}"', 'owner = "somebody"', 'licence = "CC0-1.0"']
        lines += [f'credit = "{title} by somebody"', 'about = "https://example.org/about"', f"page_size = {size}", ""]
    path = folder / "services.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    server: Replay

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the library names it
        """Nothing is logged."""

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers.items()), self.client_address[1]))
        fault = next((each for each in self.server.world.faults if each.strikes(self.path)), None)
        kind = fault.kind if fault is not None else ""
        parts = urlsplit(self.path.removeprefix("/hop"))
        question = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        status, answer = self._answer(parts.path.strip("/").split("/"), question)
        match kind:
            case "slow":
                self.server.closing.wait(5.0)
                self.close_connection = True
            case "hang_up":
                self.close_connection = True
            case "elsewhere":
                self._send(302, b"", {"Location": "http://elsewhere.example/collections"})
            case "moved_here":
                self._send(307, b"", {"Location": f"/hop{self.path}"})
            case "in_circles":
                self._send(307, b"", {"Location": self.path})
            case _ if kind.startswith("status"):
                _, code, *wait = kind.split()
                self._send(int(code), b"{}", {"Retry-After": " ".join(wait)} if wait else {})
            case _:
                self._send_body(status, spoiled(answer, kind), kind)

    def _send_body(self, status: int, answer: Json, kind: str) -> None:
        body = orjson.dumps(answer)
        match kind:
            case "empty":
                self._send(status, b"")
            case "half_json":
                self._send(status, body[: len(body) // 2])
            case "web_page":
                self._send(status, b"<html><body>Wij zijn zo terug</body></html>")
            case "nan":
                self._send(status, body.replace(b'"FeatureCollection"', b"NaN"))
            case "cut":
                self._send(status, body, sent=len(body) // 2)
            case _:
                self._send(status, body)

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None, *, sent: int | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:sent])
        if sent is not None:
            self.close_connection = True

    def _answer(self, path: list[str], question: dict[str, str]) -> tuple[int, Json]:
        match path:
            case ["bag3d", "collections", "pand", "items"]:
                return buildings_page(self.server, question)
            case ["locatieserver", "free"]:
                found = self.server.world.streets
                return 200, {"response": {"numFound": len(found), "start": 0, "numFoundExact": True, "docs": found}}
            case [service, "collections", collection, "items"] if (service, collection) in self.server.world.collections:
                return features_page(self.server, service, collection, question)
            case _:
                return 404, {"status": 404, "title": "Not Found"}


def buildings_page(server: Replay, question: dict[str, str]) -> tuple[int, Json]:
    """As api.3dbag.nl answers: a transform of its own for every page, and no ``next`` when just one building is left."""
    limit, offset = int(question.get("limit", "10")), int(question.get("offset", "1"))
    if set(question) - {"bbox", "limit", "offset"} or not 1 <= limit <= MOST_BUILDINGS or offset < 1:
        return 400, {"code": "InvalidParameterValue"}
    box = box_of(question["bbox"])
    found = [each for each in server.world.buildings if box.intersects(extent(each))]
    chosen = found[offset - 1 : offset - 1 + limit]
    address = f"{server.base}/bag3d/collections/pand/items"
    links = [{"rel": "self", "href": f"{address}?{urlencode(question)}"}]
    if offset + limit < len(found):
        links.append({"rel": "next", "href": f"{address}?{urlencode({**question, 'offset': offset + limit})}"})
    answer: Json = {"numberMatched": len(found), "type": "FeatureCollection", "links": links, "numberReturned": len(chosen), "features": []}
    if chosen:
        corner = np.array(chosen[0]["vertices"]).min(axis=0)
        answer["metadata"] = {
            "type": "CityJSON", "version": "2.0", "transform": {"scale": [0.001] * 3, "translate": (corner / 1000).tolist()},
            "CityObjects": {}, "vertices": [], "metadata": server.world.metadata,
        }  # fmt: skip
        answer["features"] = [{**each, "vertices": (np.array(each["vertices"]) - corner).tolist()} for each in chosen]
    return 200, answer


def extent(feature: Json) -> shapely.Polygon:
    """The rectangle round a building. [m]"""
    xy = np.array(feature["vertices"])[:, :2] / 1000
    x0, y0, x1, y1 = (float(value) for value in (*xy.min(axis=0), *xy.max(axis=0)))
    return shapely.box(x0, y0, x1, y1)


def box_of(text: str) -> shapely.Polygon:
    """A rectangle as it is asked for. [m]"""
    x0, y0, x1, y1 = (float(value) for value in text.split(","))
    return shapely.box(x0, y0, x1, y1)


def features_page(server: Replay, service: str, collection: str, question: dict[str, str]) -> tuple[int, Json]:
    """As PDOK answers: a cursor in the link to the next page, no count of all, RD New when asked for by its whole address."""
    if question.get("crs") != RD or ("bbox" in question and question.get("bbox-crs") != RD):
        return 400, {"title": "Bad Request"}
    found = server.world.collections[service, collection]
    if "bbox" in question:
        box = box_of(question["bbox"])
        found = [each for each in found if each["geometry"] is None or box.intersects(shapely.geometry.shape(each["geometry"]))]
    found = [
        each
        for each in found
        if each["properties"].get("gemeentecode") == question.get("gemeentecode", each["properties"].get("gemeentecode"))
    ]
    start, limit = int(question.get("cursor", "0")), int(question["limit"])
    chosen = found[start : start + limit]
    address = f"{server.base}/{service}/collections/{collection}/items"
    links = [{"rel": "self", "href": f"{address}?{urlencode(question)}"}]
    if start + limit < len(found):
        links.append({"rel": "next", "href": f"{address}?{urlencode({**question, 'cursor': start + limit})}"})
    return 200, {
        "type": "FeatureCollection",
        "timeStamp": "2026-11-22T10:00:00Z",
        "links": links,
        "features": chosen,
        "numberReturned": len(chosen),
    }


def spoiled(answer: Json, kind: str) -> Json:  # noqa: C901, PLR0911 - one return a fault
    """An answer that is JSON, and wrong."""
    features = answer.get("features", [])
    match kind:
        case "lost_last" if features:
            return {**answer, "features": features[:-1], "numberReturned": len(features) - 1}
        case _ if kind.startswith("without"):
            kept = [each for each in features if each["id"] != kind.split()[1]]
            return {**answer, "features": kept, "numberReturned": len(kept)}
        case "twice" if len(features) > 1:
            return {**answer, "features": [*features[:-1], features[0]]}
        case "miscounted" if features:
            return {**answer, "features": features[:-1]}
        case "nothing_on_it" if features:
            return {**answer, "features": [], "numberReturned": 0}
        case "renamed":
            return {("items" if name in {"features", "response"} else name): value for name, value in answer.items()}
        case "no_transform" if features:
            return {**answer, "metadata": {"type": "CityJSON", "version": "2.0"}}
        case "count_moves" if "numberMatched" in answer:
            return {**answer, "numberMatched": answer["numberMatched"] + 1}
        case "text_for_number":
            return {**answer, "numberMatched": "many"}
        case "degrees":
            return {**answer, "features": [{**each, "geometry": {"type": "Point", "coordinates": [5.39, 52.16]}} for each in features]}
        case "next_elsewhere":
            return {
                **answer,
                "links": [{**link, "href": f"http://elsewhere.example/?{urlsplit(link['href']).query}"} for link in answer["links"]],
            }
        case "in_circles_of_pages" if features:
            return {**answer, "links": [{**link, "rel": "next"} for link in answer["links"] if link["rel"] == "self"]}
        case _:
            return answer
