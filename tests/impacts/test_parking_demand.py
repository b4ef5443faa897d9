"""Key figure, norm, requirement and pressure: four things that are never merged, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.impacts.street_village import address_table, counts
from tests.impacts.test_real_figures import example, example_plan
from tests.impacts.village import half_strip, numbers, parts, plan, rectangle, rescaled, sides, tower, towers, village
from wijktwin.errors import InputError
from wijktwin.impacts.assessment import Assessment
from wijktwin.impacts.catalogue import NOT_COMPUTED, assess_impact
from wijktwin.impacts.parking_demand import norm_for, parking_norm_from, parking_norms
from wijktwin.model.plan import Dwellings, GroundChange, Plan
from wijktwin.model.provenance import Kind
from wijktwin.model.surroundings import GroundKind
from wijktwin.words.sentences import sentence

REQUIRED = 57 * 0.8 + 108 * 1.1
"""Voorbeeldstad (made up): 0.8 per social flat, 1.1 per mid-range flat."""


def figures(*plans: Plan, city: str = "Voorbeeldstad", **changes: Any) -> dict[str, Assessment]:
    neighbourhood = village(**{"address_table": address_table(city=city), **changes})
    found = assess_impact("parking", neighbourhood.with_plans(plans))
    return {f"{each.impact.removeprefix('parking.')} {each.where.identifier}".strip(): each for each in found}


def garage_only(**changes: Any) -> Plan:
    """The towers with a tower that says it holds no places."""
    return towers(volumes=(tower(parking_places=0.0), towers().volumes[1]), **changes)


# ------------------------------------------------------------------------------------------------------ key figure and norm
def test_a_key_figure_is_a_range_and_no_requirement() -> None:
    usual = figures(towers())["key_figure towers"]
    low, high = 57 * 0.6 + 108 * 0.9, 57 * 1.6 + 108 * 1.9
    assert usual.after == pytest.approx((low + high) / 2)
    assert sides(usual.margin) == pytest.approx(((high - low) / 2,) * 2)
    assert usual.kind is Kind.ASSUMED
    assert [note.key for note in usual.remarks] == ["streets.places_key_figure_L"]
    assert sentence(usual, "nl").startswith("Bij zulke woningen zijn ongeveer 210 parkeerplaatsen gewoon. Het ligt tussen 130 en 300.")
    assert sentence(usual, "nl").endswith("Dat is geen eis.")


def test_the_requirement_is_the_norm_times_the_dwellings_and_is_not_rounded() -> None:
    found = figures(towers())
    required = found["required towers"]
    assert required.after == pytest.approx(REQUIRED) == pytest.approx(164.4)
    assert required.margin.is_exact
    assert required.kind is Kind.STATED
    assert "2025-01-01" in str([source.vintage for source in required.sources])
    assert required.remarks[0].sentence("nl").startswith("Norm: Parkeernormen Voorbeeldstad (verzonnen), vanaf 2025-01-01.")
    assert found["bicycles_required towers"].after == pytest.approx(165 * 3)
    assert figures(rescaled(towers()))["required towers-lower"].kind is Kind.ASSUMED


def test_what_is_short_by_hand() -> None:
    """164.4 asked, 40 in the garage, 8 of the street go: 132.4 short; less where the tower holds places it does not tell."""
    short = figures(towers())["short"]
    assert short.after == pytest.approx(REQUIRED - 40 + 8)
    assert sides(short.margin) == (None, 0), "the tower says nothing of places"
    sure = figures(garage_only())["short"]
    assert sure.after == pytest.approx(REQUIRED - 40 + 8)
    assert sure.margin.is_exact
    assert sure.remarks[1].sentence("nl") == (
        "In de gebouwen van de plannen komen 40 plaatsen, op straat verandert het aantal met -8, en de norm vraagt 164,4 plaatsen. "
        "Wat de gebouwen die verdwijnen nu vragen, is er niet afgetrokken."
    )
    assert sentence(sure, "nl").startswith("Volgens de norm van de gemeente komen er 132 parkeerplaatsen tekort.")


def test_what_is_left_over_and_what_a_shared_surface_does_to_it() -> None:
    few = garage_only(dwellings=(Dwellings(10.0, "social_rent", "apartment"),), ground_changes=())
    over = figures(few)["over"]
    assert over.after == pytest.approx(40 - 8)
    assert "short" not in figures(few)
    both = figures(few, half_strip())["over"]
    assert both.after == pytest.approx(40 - 8 - 4)
    assert sides(both.margin) == (1, 1), "half a strip keeps half its places, give or take one"
    bays = GroundChange("bays", rectangle(0, 47, 40, 50), GroundKind.PARKING, parking_places=6.0)
    assert figures(few, plan("bays", ground_changes=(bays,)))["over"].after == pytest.approx(40 + 6 - 8)


def test_a_norm_holds_for_its_own_municipality_only() -> None:
    elsewhere = figures(towers(), city="Den Haag")
    assert elsewhere["required towers"].missing == elsewhere["short"].missing == "no_parking_norm"
    assert elsewhere["key_figure towers"].after is not None
    amersfoort = figures(towers(), city="Amersfoort")
    assert amersfoort["required towers"].missing == "parking_norm_without_numbers"
    assert amersfoort["required towers"].sources[0].title == "Beleidsregels Parkeernormen Amersfoort"
    assert norm_for(village(address_table=None)) is None
    assert parking_norms()["Amersfoort"].in_force == "2025-05-23"


def test_what_a_plan_or_a_norm_does_not_say_is_not_known() -> None:
    silent = figures(towers(dwellings=()))
    assert silent["required towers"].missing == silent["key_figure towers"].missing == "dwellings_not_stated"
    odd = figures(towers(dwellings=(Dwellings(10.0, "", "apartment"),)))
    assert odd["required towers"].missing == "parking_norm_other_kinds"
    assert odd["key_figure towers"].after == pytest.approx(10 * (0.6 + 2.2) / 2), "a key figure has a range for what is not known"
    assert figures(towers(volumes=(tower(),)))["short"].missing == "places_not_stated"
    assert figures(towers(), ground_table=None)["short"].missing == "no_ground"
    assert "short" not in figures(half_strip()), "a plan without dwellings asks for no places"


@pytest.mark.parametrize(
    "broken", [{"id": ""}, {"cities": []}, {"in_force": ""}, {"rows": [{"tenure": "", "dwelling_type": "", "cars": -1}]}, {"rows": [{}]}]
)
def test_an_incomplete_norm_is_refused(broken: dict[str, Any]) -> None:
    whole = {"id": "x", "cities": ["X"], "title": "N", "source": "S", "in_force": "2026", "certainty": "H", "status": "-"}
    assert parking_norm_from(whole, source="own.toml", where="norms[1]").places == {}
    with pytest.raises(InputError, match=r"own\.toml"):
        parking_norm_from({**whole, **broken}, source="own.toml", where="norms[1]")


# ---------------------------------------------------------------------------------------------------------------- pressure
EVENING, NIGHT = ("Kerkstraat", "2026-05-12 22:00", 12.0, 16.0), ("Kerkstraat", "2026-05-14 03:00", 14.0, float("nan"))


def test_pressure_that_nobody_counted_is_not_guessed() -> None:
    found = figures(towers())["pressure_total"]
    assert numbers(found) == (None, None)
    assert found.missing == "parking_pressure_not_counted"
    assert sentence(found, "nl") == "Hoe vol het 's avonds staat, weten wij niet: dat is niet geteld."


def test_pressure_is_what_was_counted_at_the_fullest_moment() -> None:
    found = figures(parking_count_table=counts(EVENING, NIGHT))["pressure_total"]
    assert numbers(found) == (87.5, 87.5), "14 cars on the 16 places of the map"
    assert found.kind is Kind.MEASURED
    assert found.margin.is_exact


def test_pressure_then_is_with_as_many_cars() -> None:
    found = figures(towers(), parking_count_table=counts(EVENING))
    street = found["pressure Kerkstraat"]
    assert numbers(street) == (75, 150), "12 cars on 16 places, and on the 8 that are left"
    assert street.kind is Kind.ASSUMED
    assert street.before_kind is Kind.MEASURED
    assert [note.key for note in street.remarks] == ["streets.counted_at", "streets.as_many_cars"]
    assert street.remarks[0].sentence("nl") == "Geteld op 2026-05-12 22:00: 12 auto's op 16 plaatsen."
    assert numbers(found["pressure_total"]) == (75, 150)
    assert not sentence(found["street Kerkstraat"], "nl").endswith("is nog niet geteld.")
    assert sentence(figures(towers())["street Kerkstraat"], "nl").endswith("is nog niet geteld.")
    assert not sentence(found["street_total"], "nl").endswith("is nog niet geteld.")
    assert sentence(found["pressure_total"], "nl").startswith(
        "In de straten die zijn geteld, is straks ongeveer 150 procent van de plaatsen"
    )


def test_a_street_that_was_not_counted_says_so_beside_those_that_were() -> None:
    elsewhere = ("Dorpsstraat", "2026-05-12 22:00", 5.0, 10.0)
    found = figures(towers(), parking_count_table=counts(elsewhere))
    assert found["pressure Kerkstraat"].missing == "parking_pressure_not_counted"
    assert numbers(found["pressure_total"]) == (50, 50)
    all_gone = plan("all", ground_changes=(GroundChange("all", rectangle(0, 50, 100, 52.5), GroundKind.GREEN),))
    none_left = figures(all_gone, parking_count_table=counts(EVENING))["pressure Kerkstraat"]
    assert (none_left.before, none_left.after, none_left.missing) == (75, None, "no_places_left")


def test_nothing_of_this_is_named_as_not_computed() -> None:
    assert not {"parking_pressure", "parking_requirement"} & set(NOT_COMPUTED)


# ----------------------------------------------------------------------------------------------------------------- the example
def test_the_towers_of_the_example_are_short_of_places() -> None:
    """165 dwellings ask 164.4; the garage has 100 and the 22 bays of the site go."""
    found = {each.impact: each for each in assess_impact("parking", example().with_plans([example_plan("vogeltorens")]))}
    assert found["parking.required"].after == pytest.approx(164.4)
    assert found["parking.bicycles_required"].after == pytest.approx(495)
    assert found["parking.bicycles"].after == 330
    assert found["parking.short"].after == pytest.approx(164.4 - 100 + 22)


def test_the_street_of_the_example_that_loses_eight_places_was_counted() -> None:
    found = {
        (each.impact, each.where.identifier): each
        for each in assess_impact("parking", example().with_plans([example_plan("groene-straat")]))
    }
    street, pressure = (found[name, "Buidelmeesstraat"] for name in ("parking.street", "parking.pressure"))
    assert parts(street)["goes"] == (8, 0)
    assert numbers(street) == (18, 10)
    assert numbers(pressure) == pytest.approx((100 * 12 / 18, 100 * 12 / 10)), "12 cars at night"
    assert found["parking.pressure_total", ""].remarks[0].key == "streets.counted_streets"
    assert [source.title for source in pressure.sources if "telling" in source.title]
