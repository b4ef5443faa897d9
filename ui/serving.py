"""The server's own routes, headers and guards around Streamlit."""

from __future__ import annotations

import gzip
import hashlib
import re
from base64 import b64encode
from collections.abc import Awaitable, Callable
from datetime import date
from functools import cache, wraps
from http import HTTPStatus
from pathlib import Path
from typing import Final

import streamlit
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from ui.geometry_store import ROUTE as GEOMETRY
from ui.geometry_store import STORE, GeometryStore
from ui.phones import PHONES, answer
from ui.phones import ROUTE as HELLO
from ui.scene import assets
from ui.shade import ROUTE as SHADE_ROUTE
from ui.shade import SHADE, ShadeService
from ui.street_views import ROUTE as STREET_VIEWS_ROUTE
from ui.street_views import STREET_VIEWS
from ui.uploads import GATE, UploadGate
from wijktwin import __version__
from wijktwin.errors import InputError, LimitError, NotFoundError

FOR_GOOD: Final = "public, max-age=31536000, immutable"
NOT_KEPT: Final = "private, no-store"
UPLOADS: Final = re.compile(r"^.*/_stcore/upload_file/(?P<session>[^/]+)/[^/]+/?$")
HOST: Final = re.compile(r"[A-Za-z0-9.\-]+(:\d+)?|\[[0-9A-Fa-f:]+\](:\d+)?")
MEGABYTE: Final = 1024 * 1024
STATIC_FOLDER: Final = Path(streamlit.__file__).parent / "static" / "static"
UNUSED_FONTS: Final = re.compile(r"@font-face\{font-family:Source (?:Sans|Serif);[^}]*\}")
"""Text has the fonts of the visitor's own system (``.streamlit/config.toml``); Streamlit would fetch these before it knows that."""
ICON_FONT: Final = re.compile(r"(@font-face\{font-family:Material Symbols Rounded;)([^}]*\})")
ICON_LETTERS: Final = "unicode-range:U+30-39,U+5F,U+61-7A;"
"""An icon is a word in small letters: with this the font of 376 kB is fetched where one is shown, and not on every first visit."""
STATIC_TYPES: Final = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
"""What is worth compressing; fonts and pictures are small already."""

NEEDED: Final[dict[str, object]] = {
    "server.enableXsrfProtection": True,
    "server.enableStaticServing": False,
    "server.enableAgentApi": False,
    "server.enableWebsocketCompression": False,
    "server.fileWatcherType": "none",
    "runner.postScriptGC": False,
    "runner.magicEnabled": False,
    "client.showErrorDetails": "none",
    "browser.gatherUsageStats": False,
}
"""Streamlit settings without which Wijktwin is not safe, not private or not what was measured."""
MOST_UPLOAD_MB: Final = 20


# ---------------------------------------------------------------------------------------------------------------- settings
def check_settings(option: Callable[[str], object] = config.get_option) -> None:
    """See whether the settings that count really hold, wherever they came from.

    Raises
    ------
    InputError
        Some do not; all of them are named.
    """
    wrong = [f"{name} = {option(name)!r}" for name, value in NEEDED.items() if option(name) != value]
    largest = option("server.maxUploadSize")
    if not isinstance(largest, int) or largest > MOST_UPLOAD_MB:
        wrong.append(f"server.maxUploadSize = {largest!r}")
    if wrong:
        raise InputError("scene.settings_differ", names=", ".join(wrong))


# ------------------------------------------------------------------------------------------------------------------ routes
def _telling(route: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """A route that says in the protocol's own words that something is not there, or that too many ask."""

    @wraps(route)
    async def told(request: Request) -> Response:
        try:
            return await route(request)
        except NotFoundError:
            return PlainTextResponse("Not found", HTTPStatus.NOT_FOUND, {"Cache-Control": "no-store"})
        except LimitError:
            return PlainTextResponse("Busy", HTTPStatus.SERVICE_UNAVAILABLE, {"Cache-Control": "no-store", "Retry-After": "5"})

    return told


def _day(told: str) -> date:
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise NotFoundError("scene.no_such_geometry", name=told) from None


def routes(*, base: str = "", store: GeometryStore = STORE, shades: ShadeService = SHADE) -> list[BaseRoute]:
    """The own routes.

    Parameters
    ----------
    base
        What comes before every path: "" or "/wijktwin".
    """

    @_telling
    async def geometry(request: Request) -> Response:
        blob = store.get(request.path_params["key"])
        return _packed(request, blob.packed, blob.media_type, blob.tag, FOR_GOOD if blob.is_shared else NOT_KEPT)

    @_telling
    async def shade_of_day(request: Request) -> Response:
        name, day = request.path_params["name"], request.path_params["day"]
        content = await run_in_threadpool(shades.day, name, _day(day))
        return Response(content, media_type="application/json", headers={"Cache-Control": NOT_KEPT})

    @_telling
    async def shade(request: Request) -> Response:
        blob = await run_in_threadpool(shades.moment, request.path_params["name"], request.path_params["minute"])
        return _packed(request, blob.packed, blob.media_type, blob.tag, FOR_GOOD if blob.is_shared else NOT_KEPT)

    @_telling
    async def street_views(request: Request) -> Response:
        content = await run_in_threadpool(STREET_VIEWS.places, request.path_params["name"])
        return Response(content, media_type="application/json", headers={"Cache-Control": NOT_KEPT})

    @_telling
    async def script(request: Request) -> Response:
        found = assets.asset(request.path_params["path"])
        return _packed(request, found.packed, found.media_type, found.tag, FOR_GOOD)

    async def health(_: Request) -> Response:
        told = {"status": "ok", "version": __version__, "phones": PHONES.count}
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    async def hello(request: Request) -> Response:
        return answer(request, base)

    return [
        Route(f"{base}{HELLO}", hello, methods=["GET"]),
        Route(f"{base}{GEOMETRY}/{{key}}", geometry, methods=["GET"]),
        Route(f"{base}{SHADE_ROUTE}/{{name}}/on/{{day}}", shade_of_day, methods=["GET"]),
        Route(f"{base}{SHADE_ROUTE}/{{name}}/at/{{minute:int}}", shade, methods=["GET"]),
        Route(f"{base}{STREET_VIEWS_ROUTE}/{{name}}", street_views, methods=["GET"]),
        Route(f"{base}{assets.ROUTE}/{{path:path}}", script, methods=["GET"]),
        Route(f"{base}/health", health, methods=["GET"]),
    ]


def _packed(request: Request, packed: bytes, media_type: str, tag: str, keeping: str) -> Response:
    """Content that was compressed once: as it is for whoever takes gzip, and nothing at all for whoever has it already."""
    headers = {"ETag": f'W/"{tag}"', "Cache-Control": keeping, "Vary": "Accept-Encoding"}
    if is_known(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    if takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(packed, media_type=media_type, headers={**headers, "Content-Encoding": "gzip"})
    # "identity" keeps Streamlit's middleware from compressing it once more
    return Response(gzip.decompress(packed), media_type=media_type, headers={**headers, "Content-Encoding": "identity"})


def is_known(if_none_match: str, tag: str) -> bool:
    """Whether a browser says that it has this content already (RFC 9110, section 13.1.2: compared without ``W/``)."""
    named = [part.strip().removeprefix("W/") for part in if_none_match.split(",")]
    return "*" in named or f'"{tag}"' in named


def takes_gzip(accept_encoding: str) -> bool:
    """Whether gzip is among the encodings that a browser takes (RFC 9110, section 12.5.3)."""
    for part in accept_encoding.lower().split(","):
        name, _, quality = part.strip().partition(";")
        if name.strip() in {"gzip", "*"}:
            return quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


# ----------------------------------------------------------------------------------------------------------------- headers
@cache
def inline_scripts(index: Path = Path(streamlit.__file__).parent / "static" / "index.html") -> str:
    """Hashes of the inline scripts of Streamlit's own first page, for the content security policy."""
    found = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", index.read_text(encoding="utf-8"), re.DOTALL)
    return " ".join(f"'sha256-{b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in found)


def content_policy(host: str) -> str:
    """The content security policy: nothing is loaded from, or sent to, another host.

    Streamlit writes styles into the page, and loads the script of a component from a blob it made itself: both are allowed for.

    Parameters
    ----------
    host
        As the browser named it; its web socket is named apart for browsers in which 'self' does not cover it.
    """
    sockets = f" ws://{host} wss://{host}" if HOST.fullmatch(host) else ""
    rules = {
        "default-src": "'self'",
        "script-src": f"'self' blob: 'wasm-unsafe-eval' {inline_scripts()}",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": f"'self' data: blob:{sockets}",
        "worker-src": "'self' blob:",
        "frame-src": "'self'",
        "frame-ancestors": "'self'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


NO_DOCUMENT: Final = ("text/javascript", "text/css", "application/json", "application/octet-stream", "model/gltf-binary", "font/")
"""What browsers load for a page, and never show as one: 200 answers of a first visit, to which the whole policy would add 70 kB."""
SHORT_POLICY: Final = "default-src 'self' blob:; frame-ancestors 'none'"
"""For those: whoever opens one by itself, or runs one in the background, gets nothing from elsewhere."""
ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


class SafeHeaders:
    """Puts the security headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        policy = content_policy(Headers(scope=scope).get("host", ""))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = SHORT_POLICY if headers.get("content-type", "").startswith(NO_DOCUMENT) else policy
                for name, value in ALWAYS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class NoMetrics:
    """Hides Streamlit's page of metrics: which functions run, how often and how long, is for who runs the server."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, except what asks for the metrics."""
        if scope["type"] == "http" and scope["path"].rstrip("/").endswith("/_stcore/metrics"):
            await PlainTextResponse("Not found", HTTPStatus.NOT_FOUND, {"Cache-Control": "no-store"})(scope, receive, send)
            return
        await self._app(scope, receive, send)


# ------------------------------------------------------------------------------------------------------ Streamlit's own files
class PackedStatic:
    """Sends Streamlit's own scripts and styles compressed, each compressed once: a third of the bytes of a first visit.

    Streamlit sends them as they are. Their names hold a hash of their content, so browsers keep them for good.
    """

    def __init__(self, app: ASGIApp, *, base: str = "", folder: Path = STATIC_FOLDER) -> None:
        self._app = app
        self._prefix = f"{base}/static/"
        self._folder = folder.resolve()
        self._packed: dict[str, tuple[bytes, str]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer for what can be compressed, pass on everything else."""
        path = scope["path"] if scope["type"] == "http" and scope["method"] == "GET" else ""
        if path.startswith(self._prefix) and takes_gzip(Headers(scope=scope).get("accept-encoding", "")):
            found = await run_in_threadpool(self._find, path.removeprefix(self._prefix))
            if found is not None:
                packed, suffix = found
                headers = {"Content-Encoding": "gzip", "Cache-Control": FOR_GOOD, "Vary": "Accept-Encoding"}
                await Response(packed, media_type=STATIC_TYPES[suffix], headers=headers)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _find(self, name: str) -> tuple[bytes, str] | None:
        """A file below the folder, compressed, with its ending; None for what is not there or does not shrink."""
        if name not in self._packed:
            file = (self._folder / name).resolve()
            if file.suffix not in STATIC_TYPES or not file.is_relative_to(self._folder) or not file.is_file():
                return None
            content = file.read_bytes()
            if file.suffix == ".css":
                content = with_few_fonts(content.decode()).encode()
            self._packed[name] = gzip.compress(content, assets.COMPRESSION, mtime=0), file.suffix
        return self._packed[name]


def with_few_fonts(style: str) -> str:
    """A style sheet of Streamlit's without the fonts that our pages do not use, and with its icons fetched when one is shown."""
    return ICON_FONT.sub(rf"\1{ICON_LETTERS}\2", UNUSED_FONTS.sub("", style))


# ----------------------------------------------------------------------------------------------------------------- uploads
class UploadGuard:
    """Lets files in only for sessions on a page that asks for one, and only so many and so much."""

    def __init__(self, app: ASGIApp, *, gate: UploadGate = GATE, most_bytes: int = MOST_UPLOAD_MB * MEGABYTE) -> None:
        self._app = app
        self._gate = gate
        self._most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may pass."""
        found = UPLOADS.match(scope["path"]) if scope["type"] == "http" and scope["method"] in {"PUT", "POST"} else None
        if found is None:
            await self._app(scope, receive, send)
            return
        session = found["session"]
        refusal = self._refusal(session, Headers(scope=scope).get("content-length", ""))
        if refusal is not None:
            await PlainTextResponse(refusal.phrase, refusal)(scope, receive, send)
            return
        arrived = 0

        async def counted() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            return message

        try:
            await self._app(scope, counted, send)
        finally:
            self._gate.sent(session, arrived)

    def _refusal(self, session: str, stated_length: str) -> HTTPStatus | None:
        if not self._gate.may_send(session):
            return HTTPStatus.FORBIDDEN
        if not self._gate.has_room(session):
            return HTTPStatus.TOO_MANY_REQUESTS
        if stated_length and (not stated_length.isdecimal() or int(stated_length) > self._most_bytes + MEGABYTE):
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return None
