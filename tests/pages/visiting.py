"""A visitor of the pages without a browser."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from streamlit.testing.v1 import AppTest

from ui.visit import Visit

ROOT: Final = Path(__file__).resolve().parent.parent.parent
MY_STREET: Final = "pages/residents/my_street.py"
LOOK_AROUND: Final = "pages/residents/look_around.py"
SCENARIOS: Final = "pages/planners/scenarios.py"
COMPARE: Final = "pages/planners/compare.py"
REQUIREMENTS: Final = "pages/planners/requirements.py"
ASSUMPTIONS: Final = "pages/planners/assumptions.py"
TAKE_HOME: Final = "pages/officials/take_home.py"
EVENING: Final = "pages/officials/evening.py"
SOURCES: Final = "pages/about/sources_and_methods.py"
ACCESSIBILITY: Final = "pages/about/accessibility.py"
PAGES: Final = (LOOK_AROUND, MY_STREET, SCENARIOS, COMPARE, REQUIREMENTS, ASSUMPTIONS, TAKE_HOME, EVENING, SOURCES, ACCESSIBILITY)
SECONDS: Final = 90.0


def visit(page: str = LOOK_AROUND, *, language: str = "nl", plans: str = "", street: str = "") -> AppTest:
    """A new visitor who comes in by a deep link."""
    visitor = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    visitor.query_params["lang"] = language
    if plans:
        visitor.query_params["plans"] = plans
    if street:
        visitor.query_params["street"] = street
    if page in {SOURCES, MY_STREET, TAKE_HOME}:  # AppTest takes the name of a file for its address until the router has run once
        visitor.run()
    if page != LOOK_AROUND:
        visitor.switch_page(page)
    return visitor.run()


def go(visitor: AppTest, page: str) -> AppTest:
    """The same visitor on another page."""
    visitor.switch_page(page)
    return visitor.run()


def session(visitor: AppTest) -> Visit:
    """What the visitor's session holds."""
    found: Visit = visitor.session_state["visit"]
    return found


def elements(visitor: AppTest) -> Iterator[Any]:
    """Everything on the page, in order."""
    waiting = [visitor._tree]
    while waiting:
        block: Any = waiting.pop(0)
        if hasattr(block, "children"):
            waiting[:0] = list(block.children.values())
        else:
            yield block


def texts(visitor: AppTest) -> list[str]:
    """Every text that the page shows: of HTML without its tags, of widgets their labels, options and help."""
    found: list[str] = []
    for one in elements(visitor):
        proto = one.proto
        if one.type == "html":
            found.append(html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", proto.body, flags=re.DOTALL)))
        for name in ("label", "body", "help", "placeholder", "value"):
            words = getattr(proto, name, None)
            if one.type != "html" and isinstance(words, str):
                found.append(words)
        for name in ("options", "captions"):
            found += [str(option) for option in getattr(proto, name, [])]
    return [text for text in found if text.strip()]


def labels(visitor: AppTest) -> list[str]:
    """Everything that Streamlit reads as Markdown: labels, options and captions of widgets, and titles of panels."""
    found: list[str] = []
    waiting: list[Any] = [visitor._tree]
    while waiting:
        block = waiting.pop()
        waiting += list(getattr(block, "children", {}).values())
        proto = getattr(block, "proto", None)
        if block.type in {"html", "text", "bidi_component"} or proto is None:
            continue
        told = [getattr(proto, "label", ""), getattr(proto, "body", ""), getattr(getattr(proto, "expandable", None), "label", "")]
        told += [] if block.type == "selectbox" else [*getattr(proto, "options", []), *getattr(proto, "captions", [])]
        found += [words for words in told if isinstance(words, str) and words]
    return found


def page_text(visitor: AppTest) -> str:
    """All of it in one."""
    return "\n".join(texts(visitor))


def notices(visitor: AppTest) -> list[str]:
    """The messages on the page."""
    return [one.proto.body for one in elements(visitor) if one.type == "html" and 'class="wt-notice' in one.proto.body]


def press(visitor: AppTest, key: str) -> AppTest:
    """Press a button."""
    visitor.button(key=key).click()
    return visitor.run()
