"""A short link to a street, and the same as a QR code: it names a street at most, never a house."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from ui import address, public_link
from ui.markup import Markup, element
from wijktwin.export.qr import QUIET_ZONE, qr_code

if TYPE_CHECKING:
    from ui.text import Text
    from wijktwin.errors import Language

PAGE: Final = "my_street"


def street_link(page_url: str, street: str, *, language: Language) -> str:
    """The link to a street, for others; ``page_url`` as in `ui.public_link.to_page`."""
    return public_link.to_page(PAGE, language=language, page_url=page_url, **{address.STREET: street})


def qr_picture(link: str) -> str:
    """A QR code as the address of a picture that holds itself (``data:``): nobody is asked for it."""
    return str(qr_code(link).svg_data_uri(border=QUIET_ZONE, scale=4, light="#fff"))


def share(t: Text, street: str) -> None:
    """The link and the code of a street, to give to neighbours."""
    with st.expander(t("home.share"), key="home_share"):
        st.html(share_markup(t, street_link(str(st.context.url or ""), street, language=t.language), street))


def share_markup(t: Text, link: str, street: str) -> Markup:
    """The link, the code and what they do not say."""
    return element(
        "div",
        element("p", t("home.share_lead")),
        element("p", element("a", link, href=link, class_="wt-street-link")),
        element("img", src=qr_picture(link), alt=t("home.share_qr", street=street), class_="wt-qr", width=200, height=200),
        class_="wt-share",
    )
