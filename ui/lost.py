"""What is answered for an address that is not there: 404, in a calm page with a way back.

Streamlit answers every address with its first page and 200, and then says in English that there is no such page.
"""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.markup import Markup, element, joined
from ui.text import Text
from wijktwin.errors import LANGUAGES, Language

PAGES: Final = {
    "my_street": "my-street",
    "look_around": "look-around",
    "scenarios": "scenarios",
    "compare": "compare",
    "requirements": "requirements",
    "assumptions": "assumptions",
    "take_home": "take-home",
    "evening": "evening",
    "sources_and_methods": "sources-and-methods",
    "accessibility": "accessibility",
}
"""The last part of each page's address, by the name of the page. `FIRST` stands at the root, and Streamlit knows it by no other address."""
NO_PAGES: Final = ("/hello",)
"""What is answered by a route of our own with a page that Streamlit knows nothing of (`ui.phones`)."""
FIRST: Final = "look_around"
STYLE: Final = (
    "body{margin:0;background:#fff;color:#1c2a30;font:1.125rem/1.5 system-ui,sans-serif}"
    "main{max-width:38rem;margin:0 auto;padding:12vh 1.25rem 2rem}h1,h2{line-height:1.25;margin:0 0 .5rem}h1{font-size:1.75rem}"
    "h2{font-size:1.25rem}section{margin:0 0 2.5rem}p{margin:0 0 .75rem}"
    "a{color:#17557a;display:inline-block;padding:.5rem 0}a:focus-visible{outline:3px solid #1d5f86;outline-offset:2px}"
)


@cache
def lost_page(base: str) -> bytes:
    """The page itself, in both languages: nobody knows which one a wrong address speaks."""
    parts = [_in_language(Text(language), base, heading="h2" if place else "h1") for place, language in enumerate(LANGUAGES)]
    return plain_page(Text(LANGUAGES[0])("lost.title"), *parts, language=LANGUAGES[0]).encode()


def plain_page(title: str, *parts: Markup, language: Language) -> str:
    """A page of words that needs nothing of Streamlit."""
    head = joined(
        [
            element("meta", charset="utf-8"),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("title", f"{title} · Wijktwin"),
            element("style", Markup(STYLE)),
        ]
    )
    return f"<!doctype html>{element('html', element('head', head), element('body', element('main', *parts)), lang=language)}"


def _in_language(t: Text, base: str, *, heading: str) -> Markup:
    back = element("a", t("lost.back"), href=f"{base}/?lang={t.language}")
    return element("section", element(heading, t("lost.title")), element("p", t("lost.text")), back, lang=t.language)


class LostPages:
    """Answers 404 where Streamlit would send its first page for an address that is none of ours."""

    def __init__(self, app: ASGIApp, *, base: str = "") -> None:
        self._app = app
        self._base = base
        self._first = f"{base}/{PAGES[FIRST]}"
        self._known = frozenset({f"{base}/", base, *(f"{base}/{PAGES[name]}" for name in PAGES if name != FIRST)})
        self._known |= {f"{base}{route}" for route in NO_PAGES}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; what comes back as a page for an unknown address is replaced, and so is a bare "not found" to a person."""
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"} or scope["path"] in self._known:
            await self._app(scope, receive, send)
            return
        if scope["path"].rstrip("/") == self._first:
            query = scope["query_string"].decode("latin-1")
            await RedirectResponse(f"{self._base}/{'?' if query else ''}{query}")(scope, receive, send)
            return
        is_person = "text/html" in Headers(scope=scope).get("accept", "")
        is_lost = False

        async def looked_at(message: Message) -> None:
            nonlocal is_lost
            if message["type"] == "http.response.start":
                is_page = Headers(raw=message["headers"]).get("content-type", "").startswith("text/html")
                is_lost = (message["status"] == HTTPStatus.OK and is_page) or (message["status"] == HTTPStatus.NOT_FOUND and is_person)
            if not is_lost:
                await send(message)

        await self._app(scope, receive, looked_at)
        if is_lost:
            headers = {"Cache-Control": "no-store"}
            await HTMLResponse(lost_page(self._base), HTTPStatus.NOT_FOUND, headers)(scope, receive, send)
