"""What the pages ask the browser to say in their address."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from streamlit.testing.v1 import AppTest

from tests.pages.visiting import elements


def address(visitor: AppTest) -> dict[str, str]:
    """The names and values of the address."""
    return dict(parse_qsl(told_to_browser(visitor)["address"]))


def entries(visitor: AppTest) -> int:
    """How often a choice was made that going back undoes."""
    found: int = told_to_browser(visitor)["entry"]
    return found


def told_to_browser(visitor: AppTest) -> dict[str, Any]:
    """All that the component is told which writes the address."""
    protos: list[Any] = [shown.proto for shown in elements(visitor) if hasattr(shown, "proto")]
    found: dict[str, Any] = json.loads(next(proto.json for proto in protos if getattr(proto, "component_name", "") == "wijktwin_address"))
    return found
