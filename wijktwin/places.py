"""Where things lie: the top floor of the house, the data that travels with it, and the folder for what changes.

In a checkout the pages, layers and ``data/`` lie beside the package ``wijktwin``; an installed wheel carries them as
``wijktwin/_house``. State (uploads, prepared neighbourhoods, caches) never lies in ``data/`` but in one folder of the user.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).resolve().parent
STATE_VARIABLE: Final = "WIJKTWIN_STATE"
DATA_VARIABLE: Final = "WIJKTWIN_DATA"
PUBLIC_VARIABLE: Final = "WIJKTWIN_PUBLIC_URL"
PLANS_VARIABLE: Final = "WIJKTWIN_PLANS"
CRS_VARIABLE: Final = "WIJKTWIN_CRS"
DRAFTS_VARIABLE: Final = "WIJKTWIN_DRAFTS"
EVENING_VARIABLE: Final = "WIJKTWIN_EVENING"
SILENCE_VARIABLE: Final = "WIJKTWIN_SILENCE"
SHORTEST_SILENCE: Final = 20
"""After a shorter time without touch no tablet forgets: somebody reads. [s]"""


def house_folder() -> Path:
    """The folder that holds ``app.py``, ``asgi.py``, ``pages/``, ``ui/``, ``layers/`` and ``data/``."""
    carried = PACKAGE / "_house"
    return carried if carried.is_dir() else PACKAGE.parent


def open_the_house() -> None:
    """Let this process import the upper floors: an installed wheel carries them where Python does not look by itself."""
    house = str(house_folder())
    if house not in sys.path:
        sys.path.insert(0, house)


def data_folder() -> Path:
    """The data that travels with the project: ``example/`` and ``norms/``. Never written to by a running server."""
    return house_folder() / "data"


def example_folder() -> Path:
    """The embedded example neighbourhood with its plans."""
    return data_folder() / "example"


def shown_data() -> Path:
    """What the server shows: the path in ``WIJKTWIN_DATA``, else the embedded example."""
    given = os.environ.get(DATA_VARIABLE, "")
    return Path(given) if given else example_folder()


def public_url() -> str:
    """Where others reach this server (``WIJKTWIN_PUBLIC_URL``), without a slash at its end; "" where nobody said."""
    return os.environ.get(PUBLIC_VARIABLE, "").strip().rstrip("/")


def state_folder() -> Path:
    """The one folder for what changes: the path in ``WIJKTWIN_STATE``, else a folder of this user. Not made here."""
    given = os.environ.get(STATE_VARIABLE, "")
    return Path(given) if given else default_state_folder()


def default_state_folder() -> Path:
    """The state folder of this user by the custom of the operating system."""
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", "")
        return Path(local) / "wijktwin" if local else Path.home() / "AppData" / "Local" / "wijktwin"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "wijktwin"
    state = os.environ.get("XDG_STATE_HOME", "")
    return Path(state) / "wijktwin" if state else Path.home() / ".local" / "state" / "wijktwin"
