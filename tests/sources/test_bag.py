"""What BAG says in our words."""

from __future__ import annotations

from typing import Any

import pytest
import shapely

from tests.sources import small_town_services as small
from wijktwin.sources import bag
from wijktwin.sources.fetching.tally import Tally


def rows(*features: dict[str, Any], numbers: dict[str, str] | None = None) -> tuple[list[dict[str, Any]], Tally]:
    tally = Tally("bag", "verblijfsobject", None, len(features))
    found = bag.address_rows(features, numbers or {}, is_inside=lambda _name, point: point.bounds[0] < 155_800, tally=tally)
    assert tally.kept + sum(tally.left_out.values()) == tally.got
    return [row for row, _ in found], tally


@pytest.mark.parametrize(
    ("stated", "use"),
    [
        ("woonfunctie", "dwelling"),
        ("winkelfunctie,woonfunctie", "dwelling"),
        ("winkelfunctie, kantoorfunctie", "shop"),
        (["Onderwijsfunctie"], "school"),
        ("kantoorfunctie", "office"),
        ("gezondheidszorgfunctie", "other"),
        (None, ""),
        ("", ""),
    ],
)
def test_purposes_become_uses(stated: object, use: str) -> None:
    ((row,), _) = rows(small.address(1, 1, gebruiksdoel=stated))
    assert row["use"] == use


@pytest.mark.parametrize(
    ("status", "is_used"),
    [
        ("Verblijfsobject in gebruik", True),
        ("Verblijfsobject in gebruik (niet ingemeten)", True),
        ("Verblijfsobject buiten gebruik", True),
        ("Verbouwing verblijfsobject", True),
        ("Verblijfsobject gevormd", False),
        ("Verblijfsobject ingetrokken", False),
        ("Verblijfsobject ten onrechte opgevoerd", False),
        ("Niet gerealiseerd verblijfsobject", False),
    ],
)
def test_only_what_is_there_is_used(status: str, *, is_used: bool) -> None:
    found, tally = rows(small.address(1, 1, status=status))
    assert bool(found) == is_used
    assert tally.left_out == ({} if is_used else {"not_in_use": 1})


@pytest.mark.parametrize(
    ("letter", "addition", "suffix"), [(None, None, ""), ("A", None, "A"), (None, "2", "2"), ("A", "2", "A-2"), ("", "bis", "bis")]
)
def test_letter_and_addition_become_one(letter: str | None, addition: str | None, suffix: str) -> None:
    ((row,), _) = rows(small.address(1, 1, huisletter=letter, toevoeging=addition))
    assert row["suffix"] == suffix


@pytest.mark.parametrize(("stated", "known"), [(90, 90.0), (999_999, None), (0, None), (None, None), ("90", None)])
def test_a_use_area_that_nobody_knows_stays_unknown(stated: object, known: float | None) -> None:
    ((row,), _) = rows(small.address(1, 1, oppervlakte=stated))
    assert row.get("floor_area") == known


def test_what_has_no_address_is_counted() -> None:
    found, tally = rows(
        small.address(1, 1, openbare_ruimte_naam=None),
        small.address(2, 1, huisnummer="zeven"),
        {"properties": None},
        small.address(3, 1),
        {**small.address(4, 1), "geometry": None},
        small.address(3, 1),
        {**small.address(5, 1), "geometry": {"type": "Point", "coordinates": [155_900, 1]}},
    )
    assert [row["address_id"] for row in found] == ["0307010000000003"]
    assert tally.left_out == {"no_address": 3, "no_point": 1, "twice": 1, "outside": 1}


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (["https://api.example.org/pand/items/uuid-1?f=json"], "NL.IMBAG.Pand.0307100000000001"),
        ("https://api.example.org/pand/items/uuid-1/", "NL.IMBAG.Pand.0307100000000001"),
        ([{"href": "uuid-1"}], "NL.IMBAG.Pand.0307100000000001"),
        (["https://api.example.org/pand/items/0307100000000009"], "NL.IMBAG.Pand.0307100000000009"),
        (["https://api.example.org/pand/items/unknown"], ""),
        (None, ""),
    ],
)
def test_links_lead_to_the_number_of_the_building(link: object, expected: str) -> None:
    ((row,), _) = rows(small.address(1, 1, **{"pand.href": link}), numbers=bag.building_numbers([small.pand(1)]))
    assert row["building_id"] == expected


def test_of_two_buildings_the_one_in_the_neighbourhood_counts() -> None:
    feature = small.address(1, 1, **{"pand.href": ["a", "b"]})
    numbers = {"a": small.number_of(1), "b": small.number_of(2)}
    own = small.building_id(2)
    tally = Tally("bag", "verblijfsobject", None, 1)
    ((row, point),) = bag.address_rows([feature], numbers, is_inside=lambda name, _point: name == own, tally=tally)
    assert row["building_id"] == own
    assert point.equals(shapely.Point(feature["geometry"]["coordinates"]))
