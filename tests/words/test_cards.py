"""The card of a home: five addresses of the example worked out from the raw files, and what holds of every card."""

from __future__ import annotations

import gzip
import json
import math
import re
from dataclasses import replace
from functools import cache
from itertools import pairwise, product
from typing import Any

import pytest

from tests.impacts.street_village import street_village
from tests.impacts.sunlight.test_points import addresses, solid_village
from tests.impacts.test_real_figures import example, example_plan, raw
from tests.impacts.village import NAN, plan, rectangle, tower, towers
from wijktwin.errors import LANGUAGES, Language, NotFoundError
from wijktwin.impacts.assessment import Margin, unknown_margin
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.home import Home, Side, home_address
from wijktwin.impacts.home_street import WayFromHome, ways_of_home
from wijktwin.impacts.home_sun import NORM, sun_at_home
from wijktwin.impacts.sunlight.desk import SunlightDesk
from wijktwin.impacts.view.desk import ViewDesk
from wijktwin.impacts.view.homes import Seen
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Plan, Settled
from wijktwin.model.provenance import Kind, LocalText
from wijktwin.model.scenario import Scenario
from wijktwin.places import example_folder
from wijktwin.words.card_home import sun_part, ways_part
from wijktwin.words.card_lines import Lines
from wijktwin.words.card_top import HomeFacts, top_lines
from wijktwin.words.cards import Card, CardLine, Subject, facts_of, make_card
from wijktwin.words.cases import Case, FiguresTold, case_of, told_case
from wijktwin.words.contradictions import contradictions
from wijktwin.words.plain_language import findings, limits
from wijktwin.words.sentences import sentence_parts

ASSUMPTIONS = default_assumptions()
Point = tuple[float, float]


@cache
def quick(label: str, *plans: str, language: Language = "nl") -> Card:
    """The card of an address of the example, without what takes long."""
    table = example().addresses
    named = table["street"] + " " + table["number"].astype(str) + table["suffix"]
    home = Home(str(table["address_id"][named == label].iloc[0]))
    scenario = example().with_plans([example_plan(name) for name in plans])
    return make_card(scenario, home, language=language, assumptions=ASSUMPTIONS)


def lines(card: Card) -> dict[str, CardLine]:
    found = {line.key: line for line in card.lines}
    assert len(found) == len(card.lines), "no two lines have one key"
    return found


# ------------------------------------------------------------------------------------------------- five addresses, by hand
def corners(coordinates: Any) -> list[Point]:
    return [(float(x), float(y)) for x, y, *_ in coordinates]


def to_segment(point: Point, ends: tuple[Point, Point]) -> float:
    (x, y), ((ax, ay), (bx, by)) = point, ends
    length = (bx - ax) ** 2 + (by - ay) ** 2
    at = 0.0 if length == 0 else max(0.0, min(1.0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length))
    return math.hypot(x - ax - at * (bx - ax), y - ay - at * (by - ay))


def gap(one: list[Point], other: list[Point]) -> float:
    """Between two outlines that do not meet: from some corner to some side."""
    pairs = [(one, list(pairwise([*other, other[0]]))), (other, list(pairwise([*one, one[0]])))]
    return min(to_segment(corner, side) for points, sides in pairs for corner, side in product(points, sides))


@cache
def _example_buildings() -> tuple[dict[str, Any], ...]:
    with gzip.open(example_folder() / "buildings.city.jsonl.gz", "rt", encoding="utf-8") as file:
        return tuple(map(json.loads, file))


def example_head() -> dict[str, Any]:
    """The first line of the CityJSON sequence."""
    return _example_buildings()[0]


def example_features() -> tuple[dict[str, Any], ...]:
    """Its other lines."""
    return _example_buildings()[1:]


@cache
def outline_of_building(label: str) -> tuple[Point, ...]:
    """The footprint (LoD 0) of the building of an address, from the lines of the CityJSON sequence."""
    building_id = next(
        each["properties"]["building_id"] for each in raw("addresses.geojson")
        if f"{each['properties']['street']} {each['properties']['number']}" == label
    )  # fmt: skip
    feature = next(each for each in example_features() if each["id"] == building_id)
    scale, shift = (example_head()["transform"][name] for name in ("scale", "translate"))
    vertices = [[v * s + t for v, s, t in zip(vertex, scale, shift, strict=True)] for vertex in feature["vertices"]]
    flat = (
        geometry for thing in feature["CityObjects"].values() for geometry in thing.get("geometry", ()) if str(geometry["lod"]) == "0"
    )  # fmt: skip
    ring = next(flat)["boundaries"][0][0]
    return tuple(corners([vertices[at] for at in ring]))


def outlines_of_plan(name: str) -> dict[str, list[Point]]:
    features = json.loads((example_folder() / "plans" / f"{name}.geojson").read_text(encoding="utf-8"))["features"]
    return {
        each["properties"]["volume_id"]: corners(each["geometry"]["coordinates"][0])
        for each in features
        if each["properties"]["feature"] == "volume" and each["properties"]["height"] > 0
    }


@pytest.mark.parametrize(
    ("label", "name", "nearest", "metres"),
    [("Kuifmeesstraat 1", "vogeltorens", "hoge-toren", 79), ("Buidelmeesstraat 17", "vogeltorens", "lage-toren", 291)],
)
def test_the_nearest_new_building_is_as_far_as_the_raw_outlines_are(label: str, name: str, nearest: str, metres: int) -> None:
    away = {volume: gap(list(outline_of_building(label)), outline) for volume, outline in outlines_of_plan(name).items()}
    assert min(away, key=away.__getitem__) == nearest
    line = lines(quick(label, name))[f"new_building.away.{name}"]
    assert line.figure is not None
    assert line.figure.after == pytest.approx(away[nearest], abs=0.01)
    assert round(away[nearest]) == metres
    assert f"op ongeveer {metres} meter van uw huis" in line.text


def test_high_towers_near_a_house() -> None:
    """Kuifmeesstraat 1: 60 m and 20 storeys stand in the plan file, 9.5 m is the house's own; 30 places in the street, none goes."""
    told = lines(quick("Kuifmeesstraat 1", "vogeltorens"))
    assert told["new_building.height.vogeltorens"].text == "Dat gebouw wordt 60 meter hoog."
    assert told["new_building.height.vogeltorens"].how_we_know.startswith("Dat zegt de ontwikkelaar (")
    assert told["new_building.storeys.vogeltorens"].text.startswith("Dat zijn 20 bouwlagen (verdiepingen")
    assert told["new_building.own"].text == "Om te vergelijken: het gebouw waarin u woont, is ongeveer 9,5 meter hoog."
    assert told["parking.places"].text.startswith("In uw straat blijven 30 parkeerplaatsen.")
    assert told["latitude.vogeltorens.1"].text == "Dit ligt vast: “Het aantal woningen: 165”."
    assert "van 6 maart 2028 tot en met 30 juni 2028" in told["dates.works.vogeltorens"].text
    assert "Wij berekenen: 34,5%." in told["claims.vogeltorens.sociale-huur"].text, "57 of 165"
    assert told["claims.vogeltorens.schaduw"].is_waiting


def test_a_street_that_loses_places_and_becomes_one_way() -> None:
    """Buidelmeesstraat: 8 of 18 places go; 12 cars stood there at night, so 67 per cent full becomes 120."""
    told = lines(quick("Buidelmeesstraat 17", "groene-straat"))
    own = [each["properties"] for each in raw("ground.geojson") if each["properties"].get("street") == "Buidelmeesstraat"]
    assert sum(each.get("parking_places") or 0 for each in own) == 18
    assert told["parking.places"].text == "In uw straat verdwijnen 8 van de 18 parkeerplaatsen."
    parked = max(
        each["properties"]["parked"] for each in raw("parking_counts.geojson") if each["properties"]["street"] == "Buidelmeesstraat"
    )
    assert parked == 12
    assert "is straks ongeveer 120 procent van de plaatsen bezet. Nu is dat 66,7 procent." in told["parking.pressure"].text
    assert told["ways.walk_school"].text.startswith("Lopend blijft het ongeveer")
    assert "langer" in told["ways.drive_shop"].text
    assert told["new_building"].text == "Er komt geen nieuw gebouw."
    top = [line for line in quick("Buidelmeesstraat 17", "groene-straat").top if line.figure is not None]
    assert [line.text for line in top] == ["Komt het plan “Buidelmeesstraat” er, dan verdwijnen 8 van de 18 parkeerplaatsen in uw straat."]


def test_what_is_allowed_is_told_as_a_possibility_and_no_more() -> None:
    """Roodmusstraat 68: 10.5 m may be built there, in three storeys; nobody says when."""
    told = lines(quick("Roodmusstraat 68", "vogeltorens-toegestaan"))
    assert told["new_building.height.vogeltorens-toegestaan"].text == "Daar mag het ten hoogste 10,5 meter hoog worden."
    assert "hooguit 3 bouwlagen" in told["new_building.storeys.vogeltorens-toegestaan"].text
    assert told["new_building.away.vogeltorens-toegestaan"].text.startswith(
        "Het dichtstbijzijnde gebouw dat er mag komen, staat op ongeveer"
    )
    assert told["dates.works.vogeltorens-toegestaan"].text == "Wanneer er wordt gebouwd, zegt het plan niet."
    assert told["parking.places"].text.startswith("In uw straat blijven 145 parkeerplaatsen.")
    assert told["cars.street"].text.endswith("weten wij niet: het plan zegt niet hoeveel woningen er komen."), "no difference of so much"
    assert "auto's" not in told["top.none"].text


def test_a_home_on_a_main_road() -> None:
    """Beflijsterweg 466: no parking places in the data, and nothing is computed of cars on main roads."""
    told = lines(quick("Beflijsterweg 466", "vogelhof"))
    assert told["parking"].text == "In uw straat staan in onze gegevens geen parkeerplaatsen."
    assert told["cars.street"].text.startswith("Uw straat is een hoofdweg.")
    assert told["ways.drive_main_road"].text == "Met de auto is het minder dan 50 meter naar de hoofdweg."
    assert told["top.none"].text == "Wij keken bij uw huis naar hoe ver het is. Daarin vinden wij geen duidelijk verschil."
    assert told["new_building.height.vogelhof"].text == "Dat gebouw wordt 30 meter hoog."


def test_today_is_told_as_it_is_with_what_was_counted() -> None:
    """Waterpieperstraat 1: 16 of 18 places were taken at the fullest count."""
    told = lines(quick("Waterpieperstraat 1"))
    assert told["parking.places"].text == "In uw straat zijn 18 parkeerplaatsen."
    assert told["parking.pressure"].text == "In uw straat was 88,9 procent van de plaatsen bezet toen er werd geteld."
    assert "blijft" not in " ".join(line.text for line in told.values())
    assert told["top.today"].text == "Dit gaat over nu, zonder plan."


# ---------------------------------------------------------------------------------------------------- sun and view, by hand
@cache
def village_of_flats() -> Neighbourhood:
    """A house to the west, and a flat of four storeys of which nobody knows where the living room is."""
    return solid_village(address_table=addresses(
        ("house-1", NAN, "", 5, 25), ("flat", NAN, "", 40, 26), ("flat", NAN, "", 41, 26), ("halo", NAN, "", 160, 10),
        ("flat", 2.0, "S", 38, 26),
    ))  # fmt: skip


@cache
def desks() -> tuple[SunlightDesk, ViewDesk]:
    place = village_of_flats()
    return SunlightDesk(place, assumptions=ASSUMPTIONS, store=None), ViewDesk(place, assumptions=ASSUMPTIONS, store=None)


@cache
def scenario_of(*plans: Plan) -> Scenario:
    return village_of_flats().with_plans(plans)


@cache
def towers_here() -> Plan:
    return towers()


@cache
def facts(home: Home, *plans: Plan) -> HomeFacts:
    scenario = scenario_of(*plans)
    sun, views = desks()
    return facts_of(scenario, home, assumptions=ASSUMPTIONS, sunlight=sun.sunlight(scenario), views=views.views(scenario), heat="no_trees")


def full(home: Home, *plans: Plan, language: Language = "nl") -> Card:
    scenario = scenario_of(*plans)
    sun, views = desks()
    return make_card(
        scenario, home, language=language, assumptions=ASSUMPTIONS, sunlight=sun.sunlight(scenario), views=views.views(scenario),
        heat="no_trees",
    )  # fmt: skip


def test_the_sun_on_a_card_is_that_of_the_study_and_a_known_storey_leaves_one_side_of_the_range() -> None:
    sun = desks()[0].sunlight(village_of_flats().with_plans([towers_here()])).homes
    day = sun.days[0]
    of_study = next(one for one in sun.home("a1").days if one.day == day)
    wide = facts(Home("a1"), towers_here()).sun
    narrow = facts(Home("a1", storey=3), towers_here()).sun
    assert wide is not None
    assert narrow is not None
    first, own = wide.days[0].figure, narrow.days[0].figure
    assert of_study.change is not None
    assert of_study.change.least <= (first.difference or 0.0) <= of_study.change.most
    below, above = first.margin_of_change.below, first.margin_of_change.above
    assert below is not None
    assert above is not None
    assert (first.difference or 0.0) - below == pytest.approx(min(of_study.change.lowest, first.difference or 0.0))
    assert first.kind is Kind.ASSUMED
    assert {strip.storey for strip in wide.strips_on(day)} == {0, 1, 2, 3}
    assert {strip.storey for strip in narrow.strips_on(day)} == {3}
    assert (own.margin.below or 0.0) <= (first.margin.below or 0.0) + 900.0


def test_a_side_that_no_street_tells_leaves_the_range_as_it_is() -> None:
    """The village has no streets: which side looks at one nobody knows."""
    whole, asked = facts(Home("a1"), towers_here()).sun, facts(Home("a1", side=Side.GARDEN), towers_here()).sun
    assert whole is not None
    assert asked is not None
    assert [one.figure.after for one in asked.days] == [one.figure.after for one in whole.days]


def test_a_plan_that_does_nothing_changes_nothing_and_says_what_was_looked_at() -> None:
    told = full(Home("a1"), plan())
    assert [line.key for line in told.top] == ["top.none", "top.unknown", "top.from_which", "top.not_computed"]
    assert (
        told.top[0].text
        == "Wij keken bij uw huis naar zon, uitzicht, inkijk, groen en parkeren. Daarin vinden wij geen duidelijk verschil."
    )
    assert told.top[1].text == "Over auto's en hoe ver het is kunnen wij hier niets zeggen.", "the village has no streets"
    assert "15 minuten zon" in told.top[2].text
    for line in told.lines:
        assert line.figure is None or line.figure.difference in {None, 0.0}, line.key
        assert "geen duidelijk" not in line.text or line.key in {"sun.season", "top.none"}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_of_a_plan_that_makes_less_than_a_named_difference_it_is_not_said_that_there_is_none(language: Language) -> None:
    """Of sun that clearly changes by less than what is named, and of a plan that is seen a little, no "clear difference" is denied."""
    found = facts(Home("a1"), towers_here())
    assert found.sun is not None
    assert found.view is not None
    small = replace(
        found.sun.days[0].figure, before=500.0, after=488.0, margin=Margin(1.0, 1.0, "exact"), before_margin=Margin(1.0, 1.0, "exact")
    )
    small = replace(small, difference_margin=Margin(2.0, 2.0, "exact"))
    (plan_id, seen), *_ = found.view.plans.items()
    little = replace(seen, after=0.4, margin=Margin(0.4, 0.7, "exact"))
    same = replace(found.view.sky, before=40.0, after=40.0, difference_margin=Margin(0.0, 0.0, "exact"))
    view = replace(found.view, sky=same, plans={plan_id: little}, room={}, garden={})
    view = replace(view, view=replace(view.view, plans={plan_id: replace(view.view.plans[plan_id], seen=Seen.CERTAINLY)}))
    sun = replace(found.sun, days=(replace(found.sun.days[0], figure=small),), is_built_against=False)
    street = replace(found.street, parking=None)
    told = {line.key: line.text for line in top_lines(replace(found, sun=sun, view=view, street=street, figures=FiguresTold()), language)}
    in_words = {
        "nl": (
            "Wij schatten het verschil in zon op minder dan 15 minuten per dag.",
            "hooguit 2 procent van uw uitzicht",
            ("zon", "uitzicht"),
        ),
        "en": ("We estimate the difference in sun at less than 15 minutes a day.", "at most 2 per cent of your view", ("sun", "view")),
    }[language]
    assert told["top.small.sun"] == in_words[0]
    assert in_words[1] in told[f"top.small.view.{plan_id}"], "0.4 and at most 0.7 more, rounded up"
    assert not any(re.search(rf"\b{word}\b", told["top.none"]) for word in in_words[2])


def test_a_difference_that_may_be_nothing_in_the_steps_that_are_told_is_not_clear() -> None:
    """Twelve minutes less, give or take nine: "between 0 and 25" is no difference that anybody may be told of as clear."""
    one = facts(Home("a1"), towers_here()).sun
    assert one is not None
    figure = replace(one.days[0].figure, before=500.0, after=488.0, difference_margin=Margin(9.0, 9.0, "exact"))
    assert case_of(figure) is Case.LESS, "three minutes less at least"
    assert told_case(figure) is Case.UNCLEAR
    assert contradictions(figure, sentence_parts(figure, "nl"), "nl") == ()
    said = "Op een zonnige 21 maart krijgt uw woonkamer ongeveer 10 minuten minder zon."
    assert "says a difference that the margin does not allow to say" in contradictions(figure, (said,), "nl")
    assert told_case(replace(figure, difference_margin=Margin(6.0, 6.0, "exact"))) is Case.LESS, "six minutes less at least"


def test_a_norm_within_the_margin_is_not_said_to_be_met(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario, home = scenario_of(), Home("a4")
    sun, address = desks()[0].sunlight(scenario), home_address(scenario.neighbourhood, "a4")
    tests = sun.homes.tests[NORM]
    own = next(one.before for one in tests if one.target.identifier == "a4")
    assert own is not None
    assert own.lowest < own.least == own.most
    for minutes, verdict in ((own.lowest, True), (own.least, None), (own.highest + 1.0, False)):
        monkeypatch.setattr(sun.homes, "tests", {NORM: [replace(one, norm=replace(one.norm, minutes=minutes)) for one in tests]})
        found = sun_at_home(sun, home, address, assumptions=ASSUMPTIONS)
        assert found is not None
        assert found.norm is not None
        assert found.norm.was is verdict


def test_a_range_that_stays_while_something_within_it_goes_is_not_the_same() -> None:
    """A block behind the flat takes sun of some of the places where the living room may be; the least and the most of all stay."""
    block = plan("block", volumes=(tower(footprint=rectangle(22, 14, 29, 32), height=12.0),))
    whole, narrow = facts(Home("a1"), block).sun, facts(Home("a1", storey=0), block).sun
    for found in (whole, narrow):
        assert found is not None
        assert found.norm is not None
        assert any(not one.figure.margin_of_change.is_exact for one in found.days)
        assert not found.norm.figure.margin_of_change.is_exact


def test_plans_are_told_in_one_order_however_they_are_given() -> None:
    given = [towers_here(), plan("other", settled=())]
    assert full(Home("a1"), *given) == full(Home("a1"), *reversed(given))


def test_a_home_whose_building_goes_hears_that_first() -> None:
    told = full(Home("a0"), plan("away", title=LocalText("Weg", "Away"), demolishes=frozenset({"house-1"})))
    assert told.top[0].text == "Komt het plan “Weg” er, dan verdwijnt het gebouw waarin u woont."
    assert "weten wij niet: het pand verdwijnt" in lines(told)["sun.03-21"].text
    assert "sun.season" not in lines(told), "of what is not known nobody says that it stays"
    assert "Straks is dat niet te toetsen, want het gebouw waarin u woont, verdwijnt." in lines(told)["sun.norm"].text
    assert lines(told)["ways"].text == "Het gebouw waarin u woont, verdwijnt. Hoe ver het dan is, zeggen wij niet."


@pytest.mark.parametrize(("minutes", "today"), [(0.0, "Uw huis haalt die norm nu."), (900.0, "Uw huis haalt die norm nu niet.")])
def test_a_norm_that_ends_with_the_building_is_neither_kept_nor_lost(minutes: float, today: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = scenario_of(plan("away", demolishes=frozenset({"house-1"})))
    sun, address = desks()[0].sunlight(scenario), home_address(scenario.neighbourhood, "a0")
    tests = [replace(one, norm=replace(one.norm, minutes=minutes), missing_before="") for one in sun.homes.tests[NORM]]
    monkeypatch.setattr(sun.homes, "tests", {NORM: tests})
    part = sun_part(sun_at_home(sun, Home("a0"), address, assumptions=ASSUMPTIONS), address, Lines(Subject.SUN, "nl", is_today=False))
    (norm,) = [line.text for line in part.lines if line.key == "sun.norm"]
    assert f"{today} Straks is dat niet meer te toetsen, want het gebouw verdwijnt." in norm


def test_a_home_that_is_built_against_hears_that_first_and_nothing_of_what_was_not_looked_at() -> None:
    around = rectangle(-6, 14, 9.9, 36).difference(rectangle(-0.05, 19.95, 10, 30.05))
    new = plan("tight", volumes=(tower(footprint=around),))
    told = full(Home("a0"), new)
    assert told.top[0].text.endswith("er, dan komt er een gebouw tegen een gevel van uw huis aan.")
    own = lines(told)
    assert "sun.season" not in own
    assert own["overlooking.none"].text.endswith("weten wij niet: het plan bouwt tegen deze gevel aan.")


def test_a_dwelling_beyond_the_neighbourhood_is_not_said_to_be_none() -> None:
    far = Home("a3")
    assert lines(full(far, towers_here()))["sun"].text.startswith("Dit berekenen wij voor dit adres niet. Het ligt aan de rand")
    assert {key: line.text for key, line in lines(full(far, towers_here())).items() if "geen woning" in line.text} == {}


def test_where_there_is_no_way_nobody_says_that_it_is_near() -> None:
    scenario = example().with_plans()
    address = home_address(scenario.neighbourhood, str(scenario.neighbourhood.addresses["address_id"].iloc[0]))
    found = ways_of_home(scenario, address, assumptions=ASSUMPTIONS)[0]
    none = unknown_margin("no_way_from_home")
    nowhere = replace(found.figure, before=None, after=None, margin=none, before_margin=None, difference_margin=None, missing=none.reason)
    lost = WayFromHome(replace(found.way, before=None, after=None), nowhere)
    (line,) = ways_part([lost], Lines(Subject.WAYS, "nl", is_today=True), nearest=25.0).lines
    assert line.text.endswith("weten wij niet: in de gegevens is er geen weg.")


def test_a_green_place_that_comes_or_goes_is_no_green_that_stays() -> None:
    found = replace(facts(Home("a1"), plan("park", ground_changes=())), sun=None, view=None)
    trees, place = found.green
    known = replace(place, before=100.0, margin=Margin(1, 1, "outlines"), before_margin=Margin(1, 1, "outlines"), plans=found.plans)
    farther = replace(known, after=300.0, difference_margin=Margin(2, 2, "outlines"), missing="")
    (first, *_) = top_lines(replace(found, green=(trees, farther)), "nl")
    assert first.text.endswith("er, dan ligt een groene plek ongeveer 200 meter verder weg.")
    lost = replace(known, after=None, margin=unknown_margin("no_green_near_home"), difference_margin=None, missing="no_green_near_home")
    (first, *_) = top_lines(replace(found, green=(trees, lost)), "nl")
    assert "groen" not in first.text


def test_a_way_that_water_makes_longer_is_told_of_the_plan_that_supposes_the_water() -> None:
    place = street_village()
    water = plan("water", title=LocalText("Water", "Water"), flooded=frozenset({"w"}))
    scenario = place.with_plans([water])
    ways = ways_of_home(scenario, home_address(place, "a0"), assumptions=ASSUMPTIONS)
    changed = [one for one in ways if one.figure.difference != 0]
    assert changed
    assert all(one.figure.plans == (water,) for one in changed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_has_every_subject_in_order_and_the_same_lines_beside_each_other(language: Language) -> None:
    cards = [full(Home("a1"), *plans, language=language) for plans in ((), (towers_here(),), (plan(),))]
    for told in cards:
        assert [part.subject for part in told.parts] == list(Subject)
        assert all(part.title and part.lines for part in told.parts)
        for line in told.lines:
            assert line.text[0].isupper()
            assert line.text.endswith(".")
            assert not {"{", "None", "nan"} & set(line.text.split())
            assert line.figure is None or (line.sources and line.method and line.margin), line.key
        own = findings(" ".join(line.text for line in told.lines), language)
        assert own.too_long == ()
        assert own.readability is None or own.readability.flesch_douma >= limits().flesch_douma
    shared = [{line.key for line in told.parts[0].lines} - {"sun.season"} for told in cards]
    assert shared[0] == shared[1] == shared[2]


def test_what_is_not_computed_yet_says_so_and_is_never_guessed() -> None:
    told = lines(make_card(village_of_flats().with_plans([towers_here()]), Home("a1"), language="nl", assumptions=ASSUMPTIONS))
    for key in ("sun", "view", "overlooking", "green.cool"):
        assert told[key].text == "Dit wordt nog berekend."
        assert told[key].is_waiting
        assert told[key].figure is None
    assert told["top.still"].text == "Dit wordt nog berekend: zon, uitzicht, inkijk en groen."


def test_an_address_that_nobody_knows_is_refused() -> None:
    with pytest.raises(NotFoundError):
        make_card(village_of_flats().with_plans(), Home("nobody"), language="nl", assumptions=ASSUMPTIONS)


def test_words_of_others_stand_between_marks_and_cannot_close_them() -> None:
    said = plan("loud", settled=(Settled(LocalText('Wij zeggen “ja” en "nee".', "x"), "fixed"),))  # type: ignore[arg-type]
    assert lines(full(Home("a1"), said))["latitude.loud.1"].text == "Dit ligt vast: “Wij zeggen ‘ja’ en ’nee’”."


# -------------------------------------------------------------------------------------------------- what was made elsewhere
def test_scenarios_of_the_example_beside_each_other_have_the_same_street_and_home() -> None:
    named: list[tuple[str, ...]] = [(), ("vogeltorens",), ("vogelhof",), ("vogeltorens-toegestaan",)]
    cards = [lines(quick("Kuifmeesstraat 1", *names)) for names in named]
    for key in ("parking.places", "green.trees", "green.place", "ways.walk_school", "ways.drive_main_road"):
        assert all(key in told for told in cards)
    assert isinstance(example().with_plans(), Scenario)
