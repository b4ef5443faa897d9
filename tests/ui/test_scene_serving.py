"""The server's own routes, headers and guards, asked as a browser asks."""

from __future__ import annotations

import gzip
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.ui.asking import Answer, ask
from ui import serving
from ui.first_page import FirstPage
from ui.geometry_store import GeometryStore
from ui.scene import assets
from ui.uploads import MOST_BYTES, MOST_FILES, SECONDS_OPEN, UploadGate
from wijktwin.errors import InputError

JSON = "application/json"
ROWS = b'[{"p":[5.1,52.1,0.0]}]' * 200


@pytest.fixture
def store() -> GeometryStore:
    return GeometryStore()


@pytest.fixture
def app(store: GeometryStore) -> Starlette:
    """Our routes behind the kind of compression that Streamlit puts around everything."""
    return Starlette(
        routes=serving.routes(store=store), middleware=[Middleware(serving.SafeHeaders), Middleware(GZipMiddleware, minimum_size=10)]
    )


# --------------------------------------------------------------------------------------------------------------- geometry
def test_shared_geometry_is_sent_compressed_once_and_kept_for_good(app: Starlette, store: GeometryStore) -> None:
    address = store.put(ROWS, JSON)
    answer = ask(app, address, accept_encoding="gzip, deflate, br")
    assert answer.status == 200
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(answer.body) == ROWS, "compressed exactly once"
    assert answer.headers["content-type"] == JSON
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "accept-encoding" in answer.headers["vary"].lower()
    assert int(answer.headers["content-length"]) == len(answer.body)


def test_who_takes_no_gzip_gets_it_plain(app: Starlette, store: GeometryStore) -> None:
    address = store.put(ROWS, JSON)
    for encodings in ("", "br", "gzip;q=0, identity", "deflate"):
        assert ask(app, address, accept_encoding=encodings).body == ROWS


def test_who_has_it_already_gets_nothing(app: Starlette, store: GeometryStore) -> None:
    address = store.put(ROWS, JSON)
    tag = ask(app, address).headers["etag"]
    for known in (tag, tag.removeprefix("W/"), f'"x", {tag}', "*"):
        answer = ask(app, address, if_none_match=known, accept_encoding="gzip")
        assert (answer.status, answer.body) == (304, b""), known
        assert answer.headers["etag"] == tag
        assert "immutable" in answer.headers["cache-control"]
    assert ask(app, address, if_none_match='"another"').status == 200


def test_what_a_visitor_tries_is_never_kept(app: Starlette, store: GeometryStore) -> None:
    answer = ask(app, store.put_private(ROWS, JSON), accept_encoding="gzip")
    assert answer.headers["cache-control"] == "private, no-store"
    assert gzip.decompress(answer.body) == ROWS


@pytest.mark.parametrize(
    "path", ["/geometry/unknown.json", "/geometry/..%2f..%2fetc", "/scene/abc/scene.js", "/scene/renderer-0.js", "/scene/../asgi.py"]
)
def test_what_is_not_there_is_not_found_and_not_remembered(app: Starlette, path: str) -> None:
    answer = ask(app, path)
    assert answer.status == 404
    assert answer.headers.get("cache-control", "no-store") == "no-store"
    assert path.rpartition("/")[2] not in answer.body.decode()


# ----------------------------------------------------------------------------------------------------------------- scripts
@pytest.mark.parametrize("name", assets.OWN_FILES)
def test_own_scripts_are_sent_for_good(app: Starlette, name: str) -> None:
    answer = ask(app, assets.own_address(name), accept_encoding="gzip")
    assert answer.status == 200
    assert gzip.decompress(answer.body) == (assets.FOLDER / name).read_bytes()
    assert answer.headers["content-type"].startswith("text/javascript" if name.endswith(".js") else "text/css")
    assert "immutable" in answer.headers["cache-control"]


def test_renderer_is_that_of_pydeck_compressed(app: Starlette) -> None:
    address = assets.renderer_address()
    assert re.fullmatch(r"/scene/renderer-[0-9a-f]{16}\.js", address)
    answer = ask(app, address, accept_encoding="gzip")
    sent = gzip.decompress(answer.body)
    assert assets.RENDERER.read_bytes() in sent
    assert len(sent) < assets.RENDERER.stat().st_size + 1000
    assert len(answer.body) < 0.35 * assets.RENDERER.stat().st_size


def test_address_of_scripts_changes_with_their_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in assets.OWN_FILES:
        (tmp_path / name).write_bytes((assets.FOLDER / name).read_bytes())
    (tmp_path / "scene.css").write_text("/* another */", encoding="utf-8")
    before = assets.own_hash()
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    assets.own_hash.cache_clear()
    try:
        assert assets.own_hash() != before
    finally:
        assets.own_hash.cache_clear()


def test_health(app: Starlette) -> None:
    answer = ask(app, "/health")
    assert answer.status == 200
    assert b'"ok"' in answer.body
    assert answer.headers["cache-control"] == "no-store"


# ----------------------------------------------------------------------------------------------------------------- headers
def test_policy_names_no_other_host_and_allows_no_strings_as_code(app: Starlette) -> None:
    policy = ask(app, "/nowhere").headers["content-security-policy"]
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split("; ")}
    named = {value for values in rules.values() for value in values if "://" in value}
    assert named == {"ws://localhost:8501", "wss://localhost:8501"}
    assert "'unsafe-eval'" not in policy
    assert "'unsafe-inline'" not in rules["script-src"]
    assert rules["object-src"] == ["'none'"]
    assert "*" not in policy


def test_policy_of_what_is_no_page_is_short_and_lets_nothing_in_from_elsewhere(app: Starlette, store: GeometryStore) -> None:
    for path in (store.put(ROWS, JSON), assets.own_address("scene.js"), assets.own_address("scene.css"), "/health"):
        assert ask(app, path).headers["content-security-policy"] == "default-src 'self' blob:; frame-ancestors 'none'", path
    assert "script-src" in ask(app, store.put(b"<svg/>", "image/svg+xml")).headers["content-security-policy"], (
        "a browser shows it as a page"
    )


@pytest.mark.parametrize("host", ["evil.example; script-src *", "a b", "x'", "", "*.example"])
def test_host_of_a_request_cannot_widen_the_policy(host: str) -> None:
    policy = serving.content_policy(host)
    assert "ws://" not in policy
    assert policy.count("script-src") == 1


def test_every_answer_says_what_browsers_have_to_know(app: Starlette) -> None:
    for path in ("/health", "/geometry/none", "/nowhere"):
        headers = ask(app, path).headers
        assert {name: headers[name.lower()] for name in serving.ALWAYS} == serving.ALWAYS


def test_hash_in_the_policy_is_that_of_the_inline_script(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text("<script src='a.js'></script><script>\nalert(1)\n</script>", encoding="utf-8")
    assert serving.inline_scripts(page) == "'sha256-J8+4/wmqNoqVGih0Xof49bzVEIwR8aHhR5HvZK1wlzY='"
    assert len(serving.inline_scripts().split()) >= 1


# ------------------------------------------------------------------------------------------------------ Streamlit's own files
@pytest.fixture
def static(tmp_path: Path) -> ASGIApp:
    folder = tmp_path / "static"
    (folder / "js").mkdir(parents=True)
    (folder / "js" / "index.abc.js").write_text("let a = 1;" * 500, encoding="utf-8")
    (folder / "logo.png").write_bytes(b"png")
    (tmp_path / "secret.js").write_text("no", encoding="utf-8")

    async def streamlit(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-from", b"streamlit")]})
        await send({"type": "http.response.body", "body": b""})

    return serving.PackedStatic(streamlit, folder=folder)


def test_scripts_of_streamlit_are_sent_compressed(static: ASGIApp) -> None:
    for _ in range(2):
        answer = ask(static, "/static/js/index.abc.js", accept_encoding="gzip, br")
        assert gzip.decompress(answer.body) == b"let a = 1;" * 500
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["cache-control"].startswith("public, max-age=31536000")


def test_fonts_that_no_page_uses_are_not_in_the_style_of_streamlit() -> None:
    (sheet,) = (serving.STATIC_FOLDER / "css").glob("index.*.css")
    answer = ask(serving.PackedStatic(Starlette()), f"/static/css/{sheet.name}", accept_encoding="gzip")
    sent, kept = gzip.decompress(answer.body).decode(), sheet.read_text(encoding="utf-8")
    faces = re.compile(r"@font-face\{[^}]*\}")
    gone = [face for face in faces.findall(kept) if "font-family:Source Sans;" in face or "font-family:Source Serif;" in face]
    assert len(gone) == 4
    (icons,) = [face for face in faces.findall(sent) if "Material Symbols" in face]
    letters = "unicode-range:U+30-39,U+5F,U+61-7A;"  # an icon is a word of these: the font comes when one is shown
    for face in gone:
        kept = kept.replace(face, "")
    assert icons.count(letters) == 1
    assert sent.replace(letters, "") == kept, "all else as it was"


def test_first_page_asks_ahead_for_no_font() -> None:
    index = serving.STATIC_FOLDER.parent / "index.html"

    async def page(_: Request) -> Response:
        return HTMLResponse(index.read_bytes(), headers={"Cache-Control": "no-cache"})

    async def plain(_: Request) -> Response:
        return PlainTextResponse('<link rel="preload" href="a.woff2">')

    app = FirstPage(Starlette(routes=[Route("/", page), Route("/plain", plain)]))
    answer = ask(app, "/")
    sent, kept = answer.body.decode(), index.read_text(encoding="utf-8")
    assert "woff2" in kept
    assert "woff2" not in sent
    begin = kept.rindex("<link", 0, kept.index(".woff2"))
    assert sent.split() == (kept[:begin] + kept[kept.index(">", begin) + 1 :]).split(), "all else as it was"
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert answer.headers["cache-control"] == "no-cache"
    assert "woff2" in ask(app, "/plain").body.decode(), "no page"


@pytest.mark.parametrize(
    ("path", "encodings", "method"),
    [
        ("/static/js/index.abc.js", "", "GET"),
        ("/static/js/index.abc.js", "gzip", "HEAD"),
        ("/static/logo.png", "gzip", "GET"),
        ("/static/js/none.js", "gzip", "GET"),
        ("/static/../secret.js", "gzip", "GET"),
        ("/static//etc/hosts.js", "gzip", "GET"),
        ("/static", "gzip", "GET"),
        ("/", "gzip", "GET"),
    ],
)
def test_everything_else_is_left_to_streamlit(static: ASGIApp, path: str, encodings: str, method: str) -> None:
    assert ask(static, path, method=method, accept_encoding=encodings).headers == {"x-from": "streamlit"}


# ---------------------------------------------------------------------------------------------------------------- settings
def test_settings_that_count_are_checked_all_at_once() -> None:
    good = {**serving.NEEDED, "server.maxUploadSize": 20}
    serving.check_settings(good.__getitem__)
    bad = {**good, "server.enableXsrfProtection": False, "browser.gatherUsageStats": True, "server.maxUploadSize": 200}
    with pytest.raises(InputError) as told:
        serving.check_settings(bad.__getitem__)
    for name in ("server.enableXsrfProtection", "browser.gatherUsageStats", "server.maxUploadSize = 200"):
        assert name in str(told.value)
    assert "wijktwin run" in told.value.sentence("nl")


def test_project_settings_hold(root: Path) -> None:
    table = tomllib.loads((root / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    serving.check_settings(lambda name: table[name.partition(".")[0]][name.partition(".")[2]])


# ----------------------------------------------------------------------------------------------------------------- uploads
class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gate(clock: Clock) -> UploadGate:
    return UploadGate(now=clock)


@pytest.fixture
def received() -> list[bytes]:
    return []


@pytest.fixture
def guarded(gate: UploadGate, received: list[bytes]) -> Callable[..., Answer]:
    async def streamlit(scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        received.append(message.get("body", b""))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    guard = serving.UploadGuard(streamlit, gate=gate, most_bytes=1000)
    return lambda session, body=b"x", **headers: ask(guard, f"/_stcore/upload_file/{session}/file-1", method="PUT", body=body, **headers)


def test_only_a_page_that_asks_for_a_file_gets_one(guarded: Callable[..., Answer], gate: UploadGate, received: list[bytes]) -> None:
    assert guarded("stranger").status == 403
    assert received == []
    gate.open("visitor")
    assert guarded("visitor", b"plan").status == 204
    assert received == [b"plan"]
    assert guarded("stranger").status == 403
    gate.close("visitor")
    assert guarded("visitor").status == 403
    gate.open("visitor", page="requirements")
    gate.close("visitor", page="requirements")
    assert guarded("visitor").status == 204, "a file may arrive while the page that asked for it is made anew"
    gate.close("visitor", page="compare")
    assert guarded("visitor").status == 403


def test_permission_ends_by_itself(guarded: Callable[..., Answer], gate: UploadGate, clock: Clock) -> None:
    gate.open("visitor")
    clock.now += SECONDS_OPEN + 1
    assert guarded("visitor").status == 403


def test_not_too_many_and_not_too_much(guarded: Callable[..., Answer], gate: UploadGate, clock: Clock) -> None:
    gate.open("visitor")
    assert [guarded("visitor").status for _ in range(MOST_FILES)] == [204] * MOST_FILES
    assert guarded("visitor").status == 429
    clock.now += 601
    assert guarded("visitor").status == 204
    gate.open("heavy")
    gate.sent("heavy", MOST_BYTES)
    assert guarded("heavy").status == 429


def test_leaving_the_page_does_not_clear_the_count(guarded: Callable[..., Answer], gate: UploadGate) -> None:
    gate.open("visitor")
    for _ in range(MOST_FILES):
        guarded("visitor")
    gate.close("visitor")
    gate.open("visitor")
    assert guarded("visitor").status == 429


def test_a_stated_length_over_the_limit_is_refused_before_anything_is_read(
    guarded: Callable[..., Answer], gate: UploadGate, received: list[bytes]
) -> None:
    gate.open("visitor")
    assert guarded("visitor", content_length=str(3 * 1024**2)).status == 413
    assert guarded("visitor", content_length="-1").status == 413
    assert received == []


@pytest.mark.parametrize("path", ["/wijktwin/_stcore/upload_file/s/f", "/_stcore/upload_file/s/f/"])
def test_other_spellings_of_the_address_are_guarded_too(gate: UploadGate, path: str) -> None:
    async def never(scope: Scope, receive: Receive, send: Send) -> None:
        pytest.fail("passed")

    assert ask(serving.UploadGuard(never, gate=gate), path, method="PUT").status == 403


def test_everything_else_passes(gate: UploadGate) -> None:
    async def other(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"page"})

    assert ask(serving.UploadGuard(other, gate=gate), "/scenarios").body == b"page"


@pytest.mark.parametrize(("path", "status"), [("/_stcore/metrics", 404), ("/wijktwin/_stcore/metrics/", 404), ("/_stcore/health", 204)])
def test_nobody_reads_how_busy_the_server_is(path: str, status: int) -> None:
    async def streamlit(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    assert ask(serving.NoMetrics(streamlit), path).status == status
