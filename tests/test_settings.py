"""The settings of the server are those that were measured, Streamlit knows them all, and its colours can be read."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
from streamlit import config

ROOT: Final = Path(__file__).resolve().parent.parent
SETTINGS: Final[dict[str, dict[str, Any]]] = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
THEME: Final = SETTINGS["theme"]
TEXT_CONTRAST: Final = 4.5
"""WCAG 2.2, success criterion 1.4.3 (AA): text against what is behind it."""
CONTROL_CONTRAST: Final = 3.0
"""WCAG 2.2, success criterion 1.4.11 (AA): what is needed to see a control."""

MEASURED: Final = {
    "server.fileWatcherType": "none",
    "server.maxUploadSize": 20,
    "server.enableWebsocketCompression": False,
    "server.enableXsrfProtection": True,
    "runner.postScriptGC": False,
    "client.showErrorDetails": "none",
    "client.toolbarMode": "viewer",
    "browser.gatherUsageStats": False,
}


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb``, 0 to 1 (WCAG 2.2, definition of relative luminance)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_against_known_pairs() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_streamlit_knows_every_setting() -> None:
    known = set(config.get_config_options(force_reparse=True))
    assert {f"{section}.{name}" for section, table in SETTINGS.items() for name in table} <= known


@pytest.mark.parametrize(("name", "value"), MEASURED.items())
def test_measured_settings(name: str, value: object) -> None:
    section, _, key = name.partition(".")
    assert SETTINGS[section][key] == value


@pytest.mark.parametrize("behind", ["backgroundColor", "secondaryBackgroundColor"])
def test_colours_can_be_read(behind: str) -> None:
    for text in ("textColor", "linkColor", "primaryColor"):
        assert contrast(THEME[text], THEME[behind]) >= TEXT_CONTRAST, text
    assert contrast(THEME["borderColor"], THEME[behind]) >= CONTROL_CONTRAST


def test_white_on_a_button_can_be_read() -> None:
    assert contrast("#ffffff", THEME["primaryColor"]) >= TEXT_CONTRAST


def test_no_font_is_fetched() -> None:
    assert "fontFaces" not in THEME
    fonts = [THEME[name] for name in THEME if name.lower().endswith("font")]
    assert len(fonts) == 3
    assert not [font for font in fonts if re.search(r"https?:|//|url\(", font)]
