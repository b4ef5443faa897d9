"""Whether a phone in the room gets here: a code leads to a page that says so, and the screen in front counts who came.

What is kept is how many came, in the memory of this server: of each a salted hash that tells two phones apart and nothing else.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
import threading
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ui.lost import plain_page
from ui.markup import element
from ui.text import DEFAULT_LANGUAGE, Text, as_language

ROUTE: Final = "/hello"
LANGUAGE: Final = "lang"
MOST: Final = 2000


class Phones:
    """Counts who came; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._salt = secrets.token_bytes(16)
        self._seen: set[bytes] = set()

    def came(self, host: str, *, to: str = "") -> None:
        """Somebody came from an address to one of ours; the server's own computer is no phone, by whichever name it calls us."""
        if _is_own(host) or host == to:
            return
        told = hashlib.blake2b(host.encode("utf-8", "replace"), key=self._salt, digest_size=8).digest()
        with self._lock:
            if len(self._seen) < MOST:
                self._seen.add(told)

    @property
    def count(self) -> int:
        """How many came."""
        with self._lock:
            return len(self._seen)


def _is_own(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True


PHONES: Final = Phones()
"""Those of this server."""


def hello_page(language: str, base: str) -> str:
    """What a phone sees that got here."""
    t = Text(as_language(language) or DEFAULT_LANGUAGE)
    go = element("a", t("evening.phone_page.go"), href=f"{base}/?lang={t.language}")
    title = t("evening.phone_page.title")
    return plain_page(title, element("h1", title), element("p", t("evening.phone_page.text")), go, language=t.language)


def answer(request: Request, base: str) -> Response:
    """The answer to a phone that came, which is counted."""
    ours = request.scope.get("server")
    PHONES.came(request.client.host if request.client else "", to=str(ours[0]) if ours else "")
    page = hello_page(request.query_params.get(LANGUAGE, ""), base)
    return HTMLResponse(page, HTTPStatus.OK, {"Cache-Control": "no-store"})
