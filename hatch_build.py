"""What a wheel carries beside the package: the upper floors and the data, in one folder.

``app.py``, ``asgi.py``, ``pages``, ``ui``, ``layers`` and ``data`` lie at the top level of the project. A wheel carries them as they
are in ``wijktwin/_house``, so that no package called ``ui`` or ``pages`` lands in somebody's site-packages; ``wijktwin.places``
finds that folder in a checkout and in an installed wheel alike. An editable install needs none of this: it sees the checkout.
"""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HOUSE = "wijktwin/_house"
CARRIED = ("app.py", "asgi.py", "pages", "ui", "layers", "data", ".streamlit/config.toml")


class CarryTheHouse(BuildHookInterface):  # type: ignore[type-arg, misc]
    """Puts the upper floors into wheels, and only there."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name what has to come along; called by the build before it collects files."""
        if self.target_name == "wheel" and version == "standard":
            build_data["force_include"].update({path: f"{HOUSE}/{path}" for path in CARRIED})
