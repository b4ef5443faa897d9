"""What automatic checks find in Streamlit's own elements, as the page about accessibility lists it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

LISTED: Final = Path(__file__).resolve().parent.parent.parent / "ui" / "known_violations.toml"
IS_KNOWN: Final = """([target, html, selectors]) => {
  const copy = document.createElement('template');
  copy.innerHTML = html;
  const seen = document.querySelector(target || ':not(*)') ?? copy.content.firstElementChild;
  return selectors.some((one) => seen?.matches(one) ?? false);
}"""


def known() -> set[tuple[str, str]]:
    """Rule and selector of each."""
    listed: list[dict[str, Any]] = tomllib.loads(LISTED.read_text(encoding="utf-8"))["violation"]
    return {(one["rule"], one["selector"]) for one in listed if "rule" in one}


def is_known(page: Page, *, rule: str, target: str, html: str) -> bool:
    """Whether what a rule found is one of Streamlit's own.

    Streamlit's class names change between two looks: where the place is gone, the element as it was seen has to do.
    """
    selectors = [selector for name, selector in known() if name == rule]
    return bool(selectors) and bool(page.evaluate(IS_KNOWN, [target, html, selectors]))
