"""Data for other systems: figures, models and maps of the plans that are on, as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui import frame

if TYPE_CHECKING:
    from ui.state import World
    from ui.text import Text
    from wijktwin.model.scenario import Scenario


def section(t: Text, _scenario: Scenario, _seen: World) -> None:
    """The files that can be taken home."""
    frame.heading(t("take_home_data.title"))
