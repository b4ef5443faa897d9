"""Use of a building: its own word first, then that of most of its addresses."""

from __future__ import annotations

import dataclasses

from shapely import Point

from layers.uses import building_uses
from tests.layers.small_town import RD_NEW, SOUTH, WEST, small_town
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.surroundings import ADDRESS_COLUMNS, geographic_table


def with_addresses(*addresses: tuple[str, str]) -> Neighbourhood:
    rows = {"building_id": [building_id for building_id, _ in addresses], "use": [use for _, use in addresses]}
    table = geographic_table(ADDRESS_COLUMNS, rows, [Point(WEST, SOUTH)] * len(addresses), RD_NEW)
    return dataclasses.replace(small_town(), address_table=table)


def test_what_a_building_says_itself_counts() -> None:
    assert building_uses(small_town()) == ("dwelling", "shop", "", "", "", "", "", "")
    assert building_uses(with_addresses(("house-0", "office")))[0] == "dwelling"


def test_else_most_of_its_addresses() -> None:
    town = with_addresses(
        ("house-2", "dwelling"), ("house-2", "dwelling"), ("house-2", "shop"),
        ("house-3", "dwelling"), ("house-3", "shop"),
        ("house-4", ""), ("house-9", "school"), ("", "school"),
    )  # fmt: skip
    assert building_uses(town)[2:] == ("dwelling", "shop", "", "", "", "")
