"""Addresses that are not there."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.ui.asking import ask
from ui.lost import PAGES, LostPages, lost_page
from ui.text import templates
from wijktwin.errors import LANGUAGES

PERSON = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"


def like_streamlit(base: str = "") -> Starlette:
    """Answers every address with its first page, but for a few of its own."""

    async def first_page(_: Request) -> Response:
        return HTMLResponse("<!doctype html><div id=root></div>", headers={"Content-Encoding": "identity", "ETag": "x"})

    async def told(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def nothing(_: Request) -> Response:
        return PlainTextResponse("Not found", 404)

    own = [Route(f"{base}/health", told), Route(f"{base}/geometry/{{key}}", nothing)]
    return Starlette(routes=[*own, Route("/{path:path}", first_page)], middleware=[Middleware(LostPages, base=base)])


@pytest.mark.parametrize("base", ["", "/wijktwin"])
def test_our_own_pages_come_through(base: str) -> None:
    for path in ("/", "/scenarios", "/sources-and-methods", "/accessibility"):
        answer = ask(like_streamlit(base), f"{base}{path}", accept=PERSON)
        assert (answer.status, b"root" in answer.body) == (200, True), path
    assert ask(like_streamlit(base), f"{base}/health").body == b'{"status":"ok"}'


@pytest.mark.parametrize("base", ["", "/wijktwin"])
@pytest.mark.parametrize("path", ["/nonsense", "/_wijktwin/unknown", "/scenarios/deeper", "/wp-login.php", "/static/none.js"])
@pytest.mark.parametrize("accept", [PERSON, "*/*", ""])
def test_what_is_not_there_is_404_with_a_calm_page_and_a_way_back(base: str, path: str, accept: str) -> None:
    answer = ask(like_streamlit(base), f"{base}{path}", accept=accept)
    assert answer.status == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    assert answer.body == lost_page(base)
    shown = answer.body.decode()
    for language in LANGUAGES:
        assert templates(language)["lost.title"] in shown
        assert f'href="{base}/?lang={language}"' in shown
    assert "http" not in shown, "nothing is asked of another host"


@pytest.mark.parametrize("base", ["", "/wijktwin"])
def test_the_first_page_by_its_name_is_the_root(base: str) -> None:
    answer = ask(like_streamlit(base), f"{base}/{PAGES['look_around']}", accept=PERSON)
    assert (answer.status, answer.headers["location"]) == (307, f"{base}/")


def test_a_script_that_asks_for_what_is_not_there_gets_no_page() -> None:
    assert ask(like_streamlit(), "/geometry/x", accept="*/*").body == b"Not found"
    assert ask(like_streamlit(), "/geometry/x", accept=PERSON).body == lost_page("")


def test_the_app_has_the_pages_that_are_known() -> None:
    from tests.pages.visiting import ROOT

    script = (ROOT / "app.py").read_text(encoding="utf-8")
    assert all(f'url_path=PAGES["{name}"]' in script for name in PAGES)
    assert script.count("url_path=") == len(PAGES)
