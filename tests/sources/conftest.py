"""What the tests of fetching share, here and on the command line: a small town, and a server that answers for its services."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sources import small_town_services as small
from tests.sources.replay import Replay, World, replaying


@pytest.fixture
def world() -> World:
    """What the services know."""
    return small.town()


@pytest.fixture
def server(world: World) -> Iterator[Replay]:
    """The services, running."""
    with replaying(world) as running:
        yield running
