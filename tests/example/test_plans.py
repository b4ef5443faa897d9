"""The committed plans: read without a word, with figures that can be worked out by hand."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
import shapely

from wijktwin.errors import PlanConflictError
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Latitude, Party, Plan, PlanRole, PlanStatus, Traffic
from wijktwin.model.provenance import Kind
from wijktwin.model.scenario import Scenario
from wijktwin.sources.folder import read_folder
from wijktwin.sources.plan_files import read_plan_folder

SITE = ("vogeltorens", "vogeltorens-toegestaan", "vogelhof")
FIGURES = {  # footprint [m²], gross floor area above ground [m²], highest [m], dwellings
    "vogeltorens": (1080, 14_400, 60.0, 165),
    "vogeltorens-toegestaan": (1500, 4500, 10.5, 0),
    "vogelhof": (1440, 9600, 30.0, 120),
}


@pytest.fixture(scope="module")
def neighbourhood(example: Path) -> Neighbourhood:
    return read_folder(example)


@pytest.fixture(scope="module")
def plans(example: Path, neighbourhood: Neighbourhood) -> dict[str, Plan]:
    found, errors = read_plan_folder(example / "plans", neighbourhood=neighbourhood)
    assert errors == ()
    return {plan.plan_id: plan for plan in found}


def test_all_of_it_is_fictional(plans: dict[str, Plan], neighbourhood: Neighbourhood) -> None:
    assert neighbourhood.fictional
    assert all(source.fictional for source in neighbourhood.sources)
    for plan in plans.values():
        assert plan.fictional
        assert plan.source.fictional
        assert "(fictief)" in plan.proposer
        assert plan.title.en
        assert plan.summary.en
        assert not plan.notes


def test_who_proposes_what(plans: dict[str, Plan]) -> None:
    told = {plan_id: (plan.role, plan.party, plan.status) for plan_id, plan in plans.items()}
    assert told == {
        "vogeltorens": (PlanRole.PROPOSAL, Party.DEVELOPER, PlanStatus.PUBLISHED),
        "vogeltorens-toegestaan": (PlanRole.ALLOWED, Party.MUNICIPALITY, PlanStatus.FROZEN),
        "vogelhof": (PlanRole.ALTERNATIVE, Party.RESIDENTS, PlanStatus.PUBLISHED),
        "groene-straat": (PlanRole.PROPOSAL, Party.MUNICIPALITY, PlanStatus.PUBLISHED),
    }


@pytest.mark.parametrize("plan_id", SITE)
def test_figures_by_hand(plans: dict[str, Plan], plan_id: str) -> None:
    plan = plans[plan_id]
    footprint, floor_area, highest, dwellings = FIGURES[plan_id]
    above = [volume for volume in plan.volumes if not volume.is_below_ground]
    assert plan.boundary is not None
    assert plan.boundary.area == pytest.approx(6000, rel=1e-4)
    assert shapely.union_all([volume.footprint for volume in above]).area == pytest.approx(footprint, rel=1e-4)
    assert sum(volume.footprint.area * (volume.storeys or 0) for volume in above) == pytest.approx(floor_area, rel=1e-4)
    assert max(volume.height for volume in above) == highest
    assert sum(group.count for group in plan.dwellings) == dwellings
    assert all(volume.footprint.within(plan.boundary.buffer(0.002)) for volume in plan.volumes)


def test_the_mix_of_the_towers(plans: dict[str, Plan]) -> None:
    towers = plans["vogeltorens"]
    by_tenure = {t: sum(g.count for g in towers.dwellings if g.tenure == t) for t in ("social_rent", "middle_rent")}
    assert by_tenure == {"social_rent": 57, "middle_rent": 108}
    assert sorted(volume.height for volume in towers.volumes) == [0.0, 24.0, 60.0]
    garage = towers.volume("garage")
    assert garage is not None
    assert garage.is_below_ground
    assert (garage.base, garage.parking_places, garage.bicycle_places) == (-3.2, 100.0, 330.0)
    assert garage.footprint.area == pytest.approx(3000, rel=1e-4)
    assert {volume.ground_level_kind for volume in towers.volumes} == {Kind.ASSUMED}


def test_the_three_on_one_site_exclude_each_other_and_the_street_none(plans: dict[str, Plan], neighbourhood: Neighbourhood) -> None:
    for one, other in combinations(SITE, 2):
        with pytest.raises(PlanConflictError):
            Scenario(neighbourhood, frozenset({plans[one], plans[other]}))
        assert plans[one].boundary == plans[other].boundary
        assert plans[one].demolishes == plans[other].demolishes
    for one in SITE:
        assert Scenario(neighbourhood, frozenset({plans[one], plans["groene-straat"]})).plans


def test_a_low_building_goes(plans: dict[str, Plan], neighbourhood: Neighbourhood) -> None:
    (gone,) = plans["vogeltorens"].demolishes
    building = neighbourhood.buildings[gone]
    assert building.height is not None
    assert building.height < 8
    assert building.footprint_area == pytest.approx(840, rel=1e-3)


def test_nothing_is_left_standing_in_the_towers_way(plans: dict[str, Plan], neighbourhood: Neighbourhood) -> None:
    towers = plans["vogeltorens"]
    assert towers.boundary is not None
    trees = neighbourhood.trees
    inside = set(trees.loc[trees.within(towers.boundary), "tree_id"])
    assert inside <= towers.felled
    ground = neighbourhood.ground
    bays = ground[(ground["kind"] == "parking") & ground.intersects(towers.boundary)]
    assert len(bays) == 22
    assert bays.within(towers.boundary).all()
    shut = {change.street_id for change in towers.street_changes if change.traffic is Traffic.CLOSED}
    streets = neighbourhood.streets
    assert streets.loc[streets["street_id"].isin(shut)].within(towers.boundary).all()


def test_the_green_street(plans: dict[str, Plan], neighbourhood: Neighbourhood) -> None:
    street = plans["groene-straat"]
    ground = neighbourhood.ground
    (name,) = {row.street for row in neighbourhood.streets.itertuples() if row.street_id in {c.street_id for c in street.street_changes}}
    bays = ground[(ground["kind"] == "parking") & (ground["street"] == name)]
    covered = [bays.geometry.intersection(change.footprint).area.max() / change.footprint.area for change in street.ground_changes]
    assert len(covered) == len(street.planted) == 8 < len(bays)
    assert min(covered) > 0.999
    assert all(tree.point.within(change.footprint) for tree, change in zip(street.planted, street.ground_changes, strict=True))
    assert {change.traffic for change in street.street_changes} == {Traffic.FORWARD}
    assert {change.street_id for change in street.street_changes} == set(
        neighbourhood.streets.loc[neighbourhood.streets["street"] == name, "street_id"]
    )
    assert {settled.latitude for settled in street.settled} == {Latitude.FIXED, Latitude.CHOICE, Latitude.OPEN}


def test_claims_have_owners_and_most_can_be_checked(plans: dict[str, Plan]) -> None:
    shade, social, seven, crowded = plans["vogeltorens"].claims
    assert [claim.party for claim in (shade, social, seven, crowded)] == [Party.DEVELOPER] * 2 + [Party.RESIDENTS] * 2
    assert dict(shade.checkable) == {"impact": "sunlight", "max_dwellings": 21, "max_minutes": 60, "from": "16:00", "day": "03-21"}
    assert (social.checkable["impact"], social.checkable["value"]) == ("dwellings.social_share_of_new", 35)
    assert (seven.checkable["operator"], seven.checkable["value"]) == ("about", 7)
    assert not crowded.checkable
    assert not any(plan.claims for plan_id, plan in plans.items() if plan_id != "vogeltorens")
