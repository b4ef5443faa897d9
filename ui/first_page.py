"""Streamlit's one page as it is sent: without asking ahead for a font that no text of ours has (171 kB)."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FONT_AHEAD: Final = re.compile(rb"<link\s[^>]*\brel=\"preload\"[^>]*\.woff2\"[^>]*>\s*")


def without_fonts_ahead(page: bytes) -> bytes:
    """The page without the links by which a browser fetches fonts before it knows whether it needs them."""
    return FONT_AHEAD.sub(b"", page)


class FirstPage:
    """Changes pages on their way out; everything else goes as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold a page back until it is whole."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        start: Message | None = None
        body = b""

        async def held(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_plain_page(message):
                start = message
            elif start is None:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    await _send_page(start, without_fonts_ahead(body), send)

        await self._app(scope, receive, held)


def _is_plain_page(message: Message) -> bool:
    headers = Headers(raw=message["headers"])
    is_page = headers.get("content-type", "").startswith("text/html")
    return message["status"] == HTTPStatus.OK and is_page and "content-encoding" not in headers


async def _send_page(start: Message, page: bytes, send: Send) -> None:
    MutableHeaders(scope=start)["Content-Length"] = str(len(page))
    await send(start)
    await send({"type": "http.response.body", "body": page})
