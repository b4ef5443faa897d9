"""Parking places: the village by hand, and supply is never mixed with demand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.impacts.village import half_strip, numbers, parts, plan, rectangle, sides, tower, towers, village
from wijktwin.impacts.assessment import Assessment
from wijktwin.impacts.catalogue import assess_impact
from wijktwin.model.plan import GroundChange
from wijktwin.model.provenance import Kind
from wijktwin.model.surroundings import GroundKind


def figures(*plans: Any, **changes: Any) -> dict[str, Assessment]:
    return {each.impact: each for each in assess_impact("parking", village(**changes).with_plans(plans))}


def test_sixteen_places_in_the_kerkstraat() -> None:
    found = figures()
    assert numbers(found["parking.street_total"]) == (16, 16)
    assert parts(found["parking.street_total"]) == {"Kerkstraat": (16, 16)}
    assert found["parking.street_total"].kind is Kind.MEASURED
    assert set(found) == {"parking.street_total", "parking.pressure_total"}


def test_eight_of_sixteen_go_and_the_garage_is_counted_apart() -> None:
    found = figures(towers())
    street = found["parking.street"]
    assert numbers(street) == (16, 8)
    assert street.where.identifier == "Kerkstraat"
    assert street.kind is Kind.STATED
    assert street.margin.is_exact
    assert parts(street) == {"stays": (8, 8), "goes": (8, 0), "comes": (0, 0)}
    assert numbers(found["parking.in_buildings"]) == (None, 40)
    assert numbers(found["parking.bicycles"]) == (None, 60)
    assert found["parking.street_total"].difference == -8, "places in a garage do not make up for places on the street"


def test_half_a_strip_keeps_half_its_places_give_or_take_one() -> None:
    street = figures(half_strip())["parking.street"]
    assert numbers(street) == pytest.approx((16, 12))
    assert sides(street.margin) == sides(street.difference_margin) == (1, 1)
    assert street.kind is Kind.ASSUMED
    assert [each.plan_id for each in street.plans] == ["half-strip"]


def test_new_places_belong_to_the_street_they_lie_on() -> None:
    change = GroundChange("bays", rectangle(0, 47, 40, 50), GroundKind.PARKING, parking_places=6.0)  # on the carriageway
    found = figures(plan("bays", ground_changes=(change,)))
    assert parts(found["parking.street_total"]) == {"Kerkstraat": (16, 22)}
    assert found["parking.street"].kind is Kind.STATED
    assert parts(found["parking.street"]) == {"stays": (16, 16), "goes": (0, 0), "comes": (0, 6)}
    far = GroundChange("far", rectangle(40, 85, 60, 90), GroundKind.PARKING, parking_places=6.0)  # in the field, 32 m away
    assert parts(figures(plan("far", ground_changes=(far,)))["parking.street_total"]) == {"Kerkstraat": (16, 16), "unknown": (0, 6)}


def test_a_building_on_a_parking_strip_takes_its_places() -> None:
    on_strip = plan("strip", volumes=(tower(footprint=rectangle(60, 50, 100, 52.5), height=4.0, storeys=1, use="shop"),))
    assert numbers(figures(on_strip)["parking.street_total"]) == (16, 8)


def test_parking_that_nobody_counted_makes_it_at_least() -> None:
    table = village().ground
    table.loc[table["surface_id"] == "parking-east", "parking_places"] = np.nan
    total = figures(ground_table=table)["parking.street_total"]
    assert numbers(total) == (8, 8)
    assert sides(total.margin) == (0, None)
    assert total.remarks[0].key == "impacts.parking_uncounted_one"
    gone = figures(towers(), ground_table=table)["parking.street"]
    assert gone.difference == 0
    assert gone.difference_margin is not None
    assert not gone.difference_margin.is_known, "how many places went, nobody knows"
    table["parking_places"] = np.nan
    nothing = figures(ground_table=table)["parking.street_total"]
    assert numbers(nothing) == (None, None)
    assert nothing.missing == "parking_not_counted"


def test_without_ground_nothing_is_known() -> None:
    assert figures(ground_table=None)["parking.street_total"].missing == "no_ground"


def test_a_plan_that_does_not_say_leaves_its_places_open() -> None:
    found = figures(towers(volumes=(tower(),)))
    for name in ("parking.in_buildings", "parking.bicycles"):
        assert numbers(found[name]) == (None, None)
        assert found[name].missing == "places_not_stated"


def test_a_volume_that_says_nothing_makes_the_places_at_least() -> None:
    garage = towers().volumes[1]
    found = figures(towers())["parking.in_buildings"]
    assert (found.after, sides(found.margin)) == (40, (0, None)), "the tower above the garage says nothing"
    assert [note.key for note in found.remarks] == ["impacts.places_unstated_one"]
    assert found.margin.reason == "places_partly_stated", "volumes are no parking areas that somebody forgot to count"
    silent = (garage, tower(), tower(volume_id="low", footprint=rectangle(92, 15, 98, 35)))
    assert [note.values["n"] for note in figures(towers(volumes=silent))["parking.in_buildings"].remarks] == [2]
    for volumes in ((garage,), (garage, tower(parking_places=0.0)), (garage, tower(use="other"))):
        said = figures(towers(volumes=volumes))["parking.in_buildings"]
        assert (said.after, sides(said.margin), said.remarks) == (40, (0, 0), ())


def test_places_outside_the_neighbourhood_do_not_count() -> None:
    over_the_edge = GroundChange("edge", rectangle(90, 47, 110, 50), GroundKind.PARKING, parking_places=6.0)  # on the carriageway
    found = figures(plan("edge", ground_changes=(over_the_edge,)))["parking.street_total"]
    assert numbers(found) == pytest.approx((16, 19))
    assert found.kind is Kind.ASSUMED
    assert [note.key for note in found.remarks] == ["impacts.plan_outside_neighbourhood"]
    far = GroundChange("far", rectangle(110, 47, 120, 50), GroundKind.PARKING, parking_places=6.0)
    assert numbers(figures(plan("far", ground_changes=(far,)))["parking.street_total"]) == (16, 16)
