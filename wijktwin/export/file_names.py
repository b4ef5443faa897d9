"""What files to take home are called: what they hold, of which place and plans, and on which day they were made."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from wijktwin.words.texts import text

if TYPE_CHECKING:
    import datetime as dt

    from wijktwin.errors import Language
    from wijktwin.model.scenario import Scenario

LONGEST_PART: Final = 60
"""Longer names of places and plans are cut: some systems take no path of more than 260 characters."""


def file_name(scenario: Scenario, what: str, suffix: str, language: Language, *, made_on: dt.date) -> str:
    """``wijktwin-figures-vogelbuurt-vogeltorens-2026-11-22.xlsx``: letters, digits and hyphens only, whatever places and plans are called.

    Parameters
    ----------
    what
        Key of ``export_file`` in words.
    suffix
        With its dot: ".xlsx", ".city.json".
    """
    plans = "-".join(plan.plan_id for plan in scenario.ordered_plans) or text("export_file.today", language)
    parts = ("wijktwin", text(f"export_file.{what}", language), _plain(scenario.neighbourhood.name), _plain(plans), made_on.isoformat())
    return "-".join(part for part in parts if part) + suffix


def _plain(words: str) -> str:
    """Small letters without accents, digits and hyphens."""
    letters = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters)[:LONGEST_PART].strip("-")
