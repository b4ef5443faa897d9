"""Homes against the target of its year: unrounded, in the right town, and not judged where nobody knows."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.impacts.test_real_figures import example, example_plan
from tests.impacts.village import numbers, plan, sides, towers, village
from wijktwin.errors import InputError
from wijktwin.impacts.assessment import EXACT, Assessment
from wijktwin.impacts.catalogue import assess_impact
from wijktwin.impacts.fair_share import day_of, homes_missing, target_from, target_on, targets
from wijktwin.impacts.shared import town
from wijktwin.model.plan import Dwellings, PlanStatus, Tenure
from wijktwin.model.provenance import Kind

TITLE = {"nl": "Doel", "en": "Target"}
ENTRY: dict[str, Any] = {
    "title": TITLE, "places": ["Ergens"], "begin": "2020-01-01", "until": "2025-01-01", "social_rent": 35.0,
    "status": TITLE, "source": "nowhere", "certainty": "L",
}  # fmt: skip


def in_town(name: str = "Amersfoort") -> Any:
    table = village().addresses
    table["city"] = name
    return village(address_table=table)


def figures(neighbourhood: Any, *plans: Any) -> dict[str, Assessment]:
    return {each.impact: each for each in assess_impact("fair_share", neighbourhood.with_plans(plans))}


def keys(figure: Assessment) -> set[str]:
    return {note.key for note in figure.remarks}


def homes(*groups: tuple[float, str], **changes: Any) -> Any:
    return towers(dwellings=tuple(Dwellings(count, tenure) for count, tenure in groups), **changes)


# ----------------------------------------------------------------------------------------------------------- the numbers
def test_57_of_165_is_less_than_35_per_cent_and_one_home_is_missing() -> None:
    assert homes_missing(57, 165, Fraction(35)).missing == 1
    assert homes_missing(58, 165, Fraction(35)).missing == 0
    assert homes_missing(35, 100, Fraction(35)).missing == 0
    assert homes_missing(0, 0, Fraction(35)).missing == 0


@given(st.integers(0, 2000), st.integers(0, 2000), st.integers(1, 100), st.integers(0, 500))
def test_the_missing_homes_are_just_enough(count: int, others: int, share: int, unknown: int) -> None:
    total = count + others
    found = homes_missing(count, total, Fraction(share), unknown=min(unknown, others))
    assert Fraction(count + int(found.missing)) * 100 >= share * total
    assert not found.missing or Fraction(count + int(found.missing) - 1) * 100 < share * total
    assert 0 <= found.fewer <= found.missing


# ----------------------------------------------------------------------------------------------------- which target holds
def test_targets_hold_in_their_own_town_and_years() -> None:
    before = target_on("Amersfoort", dt.date(2026, 1, 21))
    assert before is not None
    assert before.shares == {Tenure.SOCIAL_RENT: 35, Tenure.MIDDLE_RENT: 10}
    after = target_on("amersfoort", dt.date(2026, 1, 22))
    assert after is not None
    assert after.shares == {}, "nobody has seen the new numbers"
    assert target_on("Hoogland", dt.date(2020, 1, 1)) is before
    assert target_on("Utrecht", dt.date(2020, 1, 1)) is None
    assert target_on("Amersfoort", dt.date(2018, 12, 31)) is None
    for one in targets():
        assert one.source
        assert one.status.nl


def test_a_plan_has_the_target_of_the_day_on_which_it_was_published() -> None:
    assert day_of(towers()) == dt.date(2026, 5, 21)
    early = homes((57, "social_rent"), (108, "middle_rent"), dates={PlanStatus.PUBLISHED: dt.date(2025, 9, 15)})
    found = figures(in_town(), early)
    assert found["fair_share.social_missing"].after == 1
    assert "fair_share.not_met" in keys(found["fair_share.social_missing"])
    assert found["fair_share.middle_missing"].after == 0
    assert "fair_share.met" in keys(found["fair_share.middle_missing"])
    late = figures(in_town(), homes((57, "social_rent"), (108, "middle_rent")))
    assert (late["fair_share.social_missing"].after, late["fair_share.social_missing"].missing) == (None, "target_not_seen")
    dateless = figures(in_town(), homes((57, "social_rent"), (108, "middle_rent"), dates={}))
    assert dateless["fair_share.social_missing"].missing == "plan_without_date"


def test_elsewhere_there_is_no_target() -> None:
    assert figures(in_town("Utrecht"), towers())["fair_share.social_missing"].missing == "no_target"
    assert figures(village(), towers())["fair_share.social_missing"].missing == "no_target"
    assert (town(in_town()), town(village()), town(village(address_table=None))) == ("Amersfoort", "", "")


@pytest.mark.parametrize(
    "changes", [{"begin": "2026"}, {"until": "2019-01-01"}, {"social_rent": 135}, {"social_rent": "many"}, {"title": None}]
)
def test_a_target_that_contradicts_itself_is_refused(changes: dict[str, Any]) -> None:
    assert target_from("fine", ENTRY).shares == {Tenure.SOCIAL_RENT: 35}
    with pytest.raises(InputError, match=r"housing\.toml"):
        target_from("wrong", {**ENTRY, **changes})


# ---------------------------------------------------------------------------------------------------------- what is known
def test_homes_of_unknown_tenure_may_still_count() -> None:
    early = {PlanStatus.PUBLISHED: dt.date(2025, 9, 15)}
    found = figures(in_town(), homes((30, "social_rent"), (60, "owner"), (10, ""), dates=early))["fair_share.social_missing"]
    assert (found.after, sides(found.margin)) == (5, (5, 0))  # 35 of 100 asked, 30 known, 10 may be
    assert not {"fair_share.met", "fair_share.not_met"} & keys(found)
    nothing = figures(in_town(), homes((10, ""), dates=early))["fair_share.social_missing"]
    assert (nothing.after, nothing.missing) == (None, "tenure_not_known")
    silent = figures(in_town(), homes(dates=early))["fair_share.social_missing"]
    assert silent.missing == "dwellings_not_stated"


def test_a_rescaled_plan_is_an_estimate_without_a_verdict() -> None:
    groups = (Dwellings(10.0, "social_rent", kind=Kind.ASSUMED), Dwellings(90.0, "owner"))
    rough = towers(dates={PlanStatus.PUBLISHED: dt.date(2025, 9, 15)}, dwellings=groups)
    found = figures(in_town(), rough)["fair_share.social_missing"]
    assert (found.after, found.kind) == (25, Kind.ASSUMED)
    assert not found.margin.is_known
    assert not {"fair_share.met", "fair_share.not_met"} & keys(found)


# -------------------------------------------------------------------------------------------------------- neighbourhood
def test_the_neighbourhood_against_the_target_by_hand() -> None:
    """Ten homes: 5 social rent, 2 middle rent, 1 owner, 2 not known; 35 per cent of 10 is 3.5, so nothing is missing."""
    early = {PlanStatus.PUBLISHED: dt.date(2025, 9, 15)}
    found = figures(in_town(), homes((10, "social_rent"), (90, "owner"), dates=early))["fair_share.neighbourhood_missing"]
    assert numbers(found) == (0, 24)  # of 110 homes 38.5 are asked, 15 are there
    assert sides(found.margin) == (2, 0)
    assert found.before_margin is EXACT
    assert "fair_share.own_measure" in keys(found)
    gone = figures(in_town(), plan("gone", demolishes=frozenset({"flat"}), dates=early))["fair_share.neighbourhood_missing"]
    assert numbers(gone) == (0, 0)  # one of the two houses that stay is social rent


def test_without_addresses_or_a_target_the_neighbourhood_is_not_judged() -> None:
    assert figures(village(address_table=None))["fair_share.neighbourhood_missing"].missing == "no_addresses"
    assert figures(village())["fair_share.neighbourhood_missing"].missing == "no_target"
    assert figures(in_town())["fair_share.neighbourhood_missing"].missing == "target_not_seen", "today the target of 2026 holds"
    vague = towers(dwellings=(), dates={PlanStatus.PUBLISHED: dt.date(2025, 9, 15)})
    found = figures(in_town(), vague)["fair_share.neighbourhood_missing"]
    assert (found.before, found.after, found.missing) == (0, None, "dwellings_not_stated")


# --------------------------------------------------------------------------------------------------------------- example
def test_the_towers_of_the_example_miss_one_social_home() -> None:
    found = figures(example(), example_plan("vogeltorens"))
    assert found["fair_share.social_missing"].after == 1
    assert found["fair_share.middle_missing"].after == 0
    verdict = next(note for note in found["fair_share.social_missing"].remarks if "not_met" in note.key)
    assert verdict.sentence("nl").startswith("57 van 165 woningen")
    whole = found["fair_share.neighbourhood_missing"]
    tenures = list(example().addresses.query("use == 'dwelling'")["tenure"])
    social, unknown = tenures.count("social_rent"), tenures.count("")
    short = max(0, -(-35 * len(tenures) // 100) - social)
    assert whole.before == short
    assert unknown == 0 or whole.before_margin is not None
