"""Links for others: an address by which a phone in the room gets here, also where this page was opened on the server's own computer."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from ui import address
from ui.lost import FIRST, PAGES
from ui.text import DEFAULT_LANGUAGE
from wijktwin import places
from wijktwin.errors import Language

LOCAL: Final = frozenset({"localhost", ""})


def is_only_here(url: str) -> bool:
    """Whether an address leads to whichever computer it is typed in, and so nobody else to us."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in LOCAL


def base(page_url: str) -> str:
    """Where the pages of this site are for others, without a slash at its end; as the visitor's browser says where nobody told us.

    Parameters
    ----------
    page_url
        Where a page of this site is, as the browser says; whatever follows its question mark is left out.
    """
    if is_only_here(page_url) and (told := places.public_url()):
        return told
    parts = urlsplit(page_url)
    folder = parts.path.rstrip("/")
    last = folder.rpartition("/")[2]
    return urlunsplit((parts.scheme, parts.netloc, folder.removesuffix(f"/{last}") if last in PAGES.values() else folder, "", ""))


def to_page(page: str, *, language: Language, page_url: str | None = None, **more: str) -> str:
    """The link to one of our pages, for others.

    Parameters
    ----------
    page
        A name of `PAGES`.
    page_url
        Where this page is, as the browser says; asked of Streamlit when None.
    more
        Further parts of the address.
    """
    return _at(page, page_url, {address.VERSION: address.LINK_VERSION, address.LANGUAGE: language} | more)


def to_type(page: str, *, language: Language, page_url: str | None = None, **more: str) -> str:
    """The same as short as it goes, for whoever types it: a page without version and language opens in Dutch, as it is now."""
    return _at(page, page_url, ({} if language == DEFAULT_LANGUAGE else {address.LANGUAGE: language}) | more)


def _at(page: str, page_url: str | None, told: Mapping[str, str]) -> str:
    root = base(str(st.context.url or "") if page_url is None else page_url)
    return f"{root}/{'' if page == FIRST else PAGES[page]}{'?' if told else ''}{urlencode(told)}"


def within(page: str, *, language: Language) -> str:
    """The link to one of our pages from another: without host, whatever it is called."""
    told = {address.VERSION: address.LINK_VERSION, address.LANGUAGE: language}
    return f"{'./' if page == FIRST else PAGES[page]}?{urlencode(told)}"
