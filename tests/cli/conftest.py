"""The services that `wijktwin fetch` asks, as the tests of fetching have them."""

from __future__ import annotations

from tests.sources.conftest import server, world

__all__ = ["server", "world"]
