"""Sentences of figures: what changes comes first, nothing is more certain than its figure, and residents can read them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.impacts.test_catalogue import CASES, every_figure
from tests.impacts.test_real_figures import example, example_plan
from tests.impacts.village import half_strip, plan, rectangle, rescaled, tower, towers, village
from wijktwin.errors import LANGUAGES, Language
from wijktwin.impacts.assessment import EXACT, Assessment, Margin, Method, Place, Unit, Where, unknown_margin
from wijktwin.impacts.catalogue import assess
from wijktwin.model.plan import Party, Plan, PlanRole
from wijktwin.model.provenance import Kind, LocalText, Source
from wijktwin.words.cases import Case, case_of, leading, told_case
from wijktwin.words.readability import NORMAL, flesch_douma
from wijktwin.words.rows import figure_rows
from wijktwin.words.sentences import FOR_RESIDENTS, sentence, sentence_parts

SOURCE = Source("BAG", "Kadaster", vintage="2026-05")


def figure(before: float | None, after: float | None, **facts: Any) -> Assessment:
    """A figure about trees, unless told otherwise."""
    given_facts: dict[str, Any] = {
        "impact": "trees.total",
        "unit": Unit.COUNT,
        "where": Where(Place.NEIGHBOURHOOD),
        "margin": EXACT,
        "kind": Kind.MEASURED,
        "method": Method("trees", "1.0"),
        "sources": (SOURCE,),
    }
    return Assessment(before=before, after=after, **{**given_facts, **facts})


def told(impact: str, *plans: Plan, language: Language = "nl", here: bool = False) -> str:
    found = [each for each in assess(village().with_plans(plans)) if each.impact == impact]
    return sentence(found[-1], language, here=here)


# --------------------------------------------------------------------------------------------------------- the very words
def test_the_sentences_that_residents_asked_for() -> None:
    assert told("dwellings.new", towers(), here=True) == (
        "In dit plan komen 165 woningen. Daarvan zijn er 108 middenhuur en 57 sociale huur. "
        "Dat zegt de ontwikkelaar (Merel Ontwikkeling, mei 2026)."
    )
    assert told("parking.street", towers(), here=True) == (
        "In uw straat verdwijnen 8 van de 16 parkeerplaatsen. "
        "Dat hebben wij berekend uit het plan van de ontwikkelaar (Merel Ontwikkeling, mei 2026). "
        "Hoe vol het 's avonds is, is nog niet geteld."
    )
    assert told("parking.street", half_strip()) == (
        "In de Kerkstraat verdwijnen ongeveer 4 van de 16 parkeerplaatsen. Het ligt tussen 3 en 5. Dat is een schatting. "
        "Hoe vol het 's avonds is, is nog niet geteld."
    )
    assert told("trees.felled", towers()) == (
        "Voor het plan “De Torens” wordt 1 boom gekapt. Dat zegt de ontwikkelaar (Merel Ontwikkeling, mei 2026)."
    )
    assert told("dwellings.total", towers(dwellings=())) == (
        "In de buurt zijn nu 10 woningen. Hoeveel het er straks zijn, weten wij niet: het plan zegt niet hoeveel woningen er komen."
    )


def test_the_tallest_building_is_told_by_its_height_and_not_by_a_difference() -> None:
    assert told("height.tallest", towers()).startswith("Het hoogste gebouw is dan 30 meter hoog. Nu is dat ongeveer 12 meter. Dat ")
    assert told("height.tallest", towers(), language="en").startswith(
        "The tallest building will be 30 metres high. It is about 12 metres now."
    )


def test_what_is_felled_comes_before_what_is_planted_and_the_net_count_after_both() -> None:
    found = next(each for each in assess(village().with_plans([towers()])) if each.impact == "trees.total")
    head, *rest = sentence_parts(found, "nl")
    assert head == "In de buurt wordt 1 boom gekapt. Er komen 3 nieuwe bomen bij."
    assert rest[:2] == ["Bij elkaar zijn dat 2 bomen meer.", "Nu zijn het er 3, dan 5."]
    as_many = towers(planted=towers().planted[:1])
    assert told("trees.total", as_many).startswith(
        "In de buurt wordt 1 boom gekapt. Er komt 1 nieuwe boom bij. Bij elkaar blijft het aantal"
    )
    over_t1 = plan("over", volumes=(tower(footprint=rectangle(0, 55, 20, 75), use="shop"),))
    assert told("trees.total", over_t1, language="en").startswith(
        "In the neighbourhood, 1 tree will be felled. There are 3 now and there will be 2."
    )
    assert "Dat zegt" not in told("trees.felled", over_t1), "the plan does not say it"


def test_what_is_allowed_is_not_told_as_if_it_will_be_built() -> None:
    allowed = towers(role=PlanRole.ALLOWED)
    assert told("height.new", allowed).startswith("Hier mag een gebouw komen van ten hoogste 30 meter. Of en wat er komt, is niet bekend.")
    assert told("height.new", allowed, language="en").startswith("A building of up to 30 metres is allowed here.")
    for figure_of_it in assess(village().with_plans([allowed])):
        words = sentence(figure_of_it, "nl")
        if told_case(figure_of_it) not in {Case.SAME, Case.UNKNOWN, Case.UNCLEAR} and figure_of_it.plans:
            assert words.startswith(("Stel dat hier wordt gebouwd wat mag. Dan geldt: ", "Hier mag "))
    assert not told("height.new", towers()).startswith(("Als", "Hier mag"))


def test_where_nothing_stands_around_that_is_said_rather_than_that_we_do_not_know() -> None:
    far = plan("far", volumes=(tower(footprint=rectangle(0, 190, 10, 200), height=20.0),))
    assert told("height.times_median", far) == "Binnen 100 meter van “Hoge toren” staat geen ander gebouw."
    row = next(each for each in figure_rows(assess(village().with_plans([far])), "nl") if each.impact == "height.times_median")
    assert row.where == "nieuw gebouw “Hoge toren”, binnen 100 meter"


def test_a_height_names_how_many_buildings_it_is_compared_with_and_how_far() -> None:
    higher = towers(volumes=(tower(height=61.0, storeys=20),))
    for one in (higher, towers()):
        assert "Vergeleken met 4 panden binnen 100 meter." in told("height.times_median", one)
    assert "wordt ongeveer 2,9 keer zo hoog" in told("height.times_median", towers()), "tenths are as much as anybody can picture"
    only_the_halo = plan("edge", volumes=(tower(footprint=rectangle(210, 0, 230, 20), height=20.0),))
    assert "als het enige pand binnen 100 meter." in told("height.times_median", only_the_halo)


def test_new_buildings_are_told_with_their_heights() -> None:
    low = tower(volume_id="low", footprint=rectangle(92, 15, 98, 35), height=24.0)
    assert told("height.new", towers(), here=True).startswith("In dit plan komt 1 nieuw gebouw, van 30 meter hoog. Dat zegt")
    assert told("height.new", towers(volumes=(tower(), low)), here=True).startswith(
        "In dit plan komen 2 nieuwe gebouwen, van 24 en 30 meter hoog."
    )
    assert told("height.new", towers(volumes=(tower(), low)), language="en").startswith(
        "In the plan “The Towers”, there will be 2 new buildings, 24 and 30 metres high."
    )
    wing = tower(volume_id="wing", footprint=rectangle(90, 15, 98, 35), height=24.0)
    assert told("height.new", towers(volumes=(tower(), wing)), here=True).startswith("In dit plan komt 1 nieuw gebouw, van 30 meter hoog.")
    guessed = tower(volume_id="low", footprint=rectangle(92, 15, 98, 35), height=24.0, height_kind=Kind.ASSUMED)
    assert "van ongeveer 24 en 30 meter hoog" in told("height.new", towers(volumes=(tower(), guessed)))
    many = tuple(tower(volume_id=f"v{at}", footprint=rectangle(4 * at, 60, 4 * at + 3, 63), height=9.0 + 3 * at) for at in range(7))
    assert told("height.new", plan(volumes=many), here=True).startswith("In dit plan komen 7 nieuwe gebouwen, van 9 tot 27 meter hoog.")


def test_plans_with_one_boundary_are_compared_within_it() -> None:
    hall_goes = plan("hall", demolishes=frozenset({"hall"}), boundary=rectangle(60, 10, 100, 40))
    garden = replace(towers(), plan_id="garden", ground_changes=())
    befores = []
    for one in (hall_goes, garden):
        found = {each.impact: each for each in assess(village().with_plans([one])) if each.where.identifier == "plan_boundary"}
        befores.append((found["ground.green"].before, found["ground.built"].before))
        assert sentence(found["ground.green"], "nl").startswith("Binnen het plangebied ")
    assert befores[0] == pytest.approx(befores[1])
    assert told("ground.unstated", hall_goes).startswith("Van ongeveer 400 vierkante meter zegt het plan niet wat het wordt.")
    beyond = {each.where.identifier for each in assess(village().with_plans([towers()])) if each.impact == "ground.green"}
    assert beyond == {"changed_area", ""}, "the strip lies outside the boundary of the plan"


def test_of_the_places_in_a_building_is_said_that_nobody_knows_whose_they_are() -> None:
    words = told("parking.in_buildings", towers(), here=True)
    assert words.startswith("In dit plan komen ten minste 40 parkeerplaatsen in de gebouwen. Hoeveel meer, is niet bekend.")
    assert words.endswith("Voor wie ze zijn, is niet bekend.")
    none = towers(volumes=(tower(parking_places=0.0),))
    assert "Voor wie" not in told("parking.in_buildings", none)


def test_the_same_in_english() -> None:
    assert told("dwellings.new", towers(), language="en", here=True) == (
        "In this plan, there will be 165 homes. They will be 108 mid-range rent and 57 social rent. "
        "This is what the developer (Merel Ontwikkeling, May 2026) says."
    )
    assert told("ground.paved", towers(), language="en") == (
        "In the neighbourhood, about 100 square metres of stone and asphalt will disappear. "
        "The true figure lies between 87 and 113 square metres. "
        "It is about 1,250 square metres now and will be about 1,150 square metres. "
        "We calculated this from the plan of the developer (Merel Ontwikkeling, May 2026)."
    )


def test_one_and_none_and_many_take_their_own_forms() -> None:
    assert sentence(figure(3, 4), "nl").startswith("In de buurt komt 1 boom bij.")
    assert sentence(figure(3, 5), "nl").startswith("In de buurt komen 2 bomen bij.")
    assert sentence(figure(3, 2), "en").startswith("In the neighbourhood, there will be 1 tree fewer.")
    assert told("dwellings.removed", towers()).startswith("Voor het plan “De Torens” verdwijnen geen woningen.")
    nothing = figure(0.0, 0.0, impact="ground.water", unit=Unit.SQUARE_METRES)
    assert sentence(nothing, "nl").startswith("In de buurt is geen water, en dat blijft zo.")


def test_several_plans_are_named_together_and_residents_say_rather_than_says() -> None:
    alternative = plan("hof", party=Party.RESIDENTS, proposer="Bewonersgroep", dwellings=towers().dwellings)
    assert "Dat zeggen bewoners (Bewonersgroep, mei 2026)." in told("dwellings.new", alternative)
    both = told("dwellings.total", alternative, towers())
    assert "uit de plannen van bewoners (Bewonersgroep, mei 2026) en de ontwikkelaar (Merel Ontwikkeling, mei 2026)." in both


def test_in_brief_a_plan_is_named_by_whose_it_is() -> None:
    found = next(each for each in assess(village().with_plans([towers()])) if each.impact == "dwellings.new")
    head, *rest = sentence_parts(found, "nl", here=True, brief=True)
    assert head == "In dit plan komen 165 woningen."
    assert rest[-1] == "Dat zegt de ontwikkelaar."
    assert " ".join(sentence_parts(found, "nl")) == sentence(found, "nl")


def test_a_long_title_is_told_by_what_stands_before_its_colon() -> None:
    long = towers(title=LocalText("De Torens: 165 woningen aan het plein", "The Towers: 165 dwellings on the square"))
    assert told("trees.planted", long).startswith("In het plan “De Torens” komen 3 nieuwe bomen.")


@pytest.mark.parametrize(("street", "place"), [("Merellaan", "In de Merellaan"), ("Het Plein", "In de straat ‘Het Plein’")])
def test_a_street_is_named_as_people_say_it(street: str, place: str) -> None:
    where = Where(Place.STREET, street, LocalText(street))
    assert sentence(figure(40, 32, impact="parking.street", where=where), "nl").startswith(f"{place} verdwijnen 8 van de 40")


# --------------------------------------------------------------------------------------- never more certain than the figure
def test_a_difference_that_may_as_well_be_none_is_not_called_one() -> None:
    rough = Margin(20.0, 20.0, "outlines")
    unclear = figure(100.0, 110.0, impact="ground.green", unit=Unit.SQUARE_METRES, difference_margin=rough)
    assert case_of(unclear) is Case.UNCLEAR
    assert sentence(unclear, "nl") == "In de buurt vinden wij geen duidelijk verschil in groen."
    assert case_of(replace(unclear, after=121.0)) is Case.UNCLEAR, "1 to 41 is shown as 0 to 50, and that holds none"
    clear = replace(unclear, after=135.0)
    assert case_of(clear) is Case.MORE
    assert "komt ongeveer 40 vierkante meter groen bij. Het ligt tussen 10 en 60 vierkante meter." in sentence(clear, "nl")


def test_a_change_that_shows_no_change_in_its_digits_is_not_told_as_one() -> None:
    alike = figure(0.1151, 0.1249, impact="density.ground_space_index", unit=Unit.RATIO)
    assert case_of(alike) is Case.MORE
    assert told_case(alike) is Case.UNCLEAR
    assert "0,12" not in sentence(alike, "nl")


def test_a_loss_turns_its_margin_round() -> None:
    loss = figure(100.0, 60.0, impact="ground.green", unit=Unit.SQUARE_METRES, difference_margin=Margin(2.0, 1.0, "outlines"))
    assert "Het ligt tussen 39 en 42 vierkante meter." in sentence(loss, "nl")  # -40 lies between -42 and -39


def test_numbers_side_by_side_never_belie_the_difference() -> None:
    """756,000 and 735,000 are 800,000 and 700,000 to a margin of 500,000; that would look like a hundred thousand less."""
    wide = Margin(510_000.0, 115_000.0, "floor_area")
    rough = figure(
        756_000.0, 735_000.0, impact="density.gross_floor_area", unit=Unit.SQUARE_METRES, margin=wide,
        difference_margin=Margin(5_000.0, 5_000.0, "floor_area"), kind=Kind.ASSUMED,
    )  # fmt: skip
    assert "Nu is het" not in sentence(rough, "nl")
    assert "Nu is het ongeveer 800.000 vierkante meter, dan ongeveer 700.000" in sentence(replace(rough, after=665_000.0), "nl")


def test_one_sided_margins_say_more_or_less() -> None:
    assert "In de buurt komen ten minste 7 nieuwe bomen. Hoeveel meer, is niet bekend." in sentence(
        figure(None, 7, missing="only_after", impact="trees.planted", margin=Margin(0, None, "x")), "nl"
    )
    area = figure(
        None, 900.0, impact="density.new_floor_area", unit=Unit.SQUARE_METRES, missing="only_after", margin=Margin(100, None, "x")
    )
    assert "Het is ten minste 800 vierkante meter. Hoeveel meer, is niet bekend." in sentence(area, "nl")
    ratio = figure(2.0, 2.0, impact="density.open_space_ratio", unit=Unit.RATIO, margin=Margin(None, 0.5, "x"), difference_margin=EXACT)
    assert "It is at most 2.5. How much less is not known." in sentence(ratio, "en")


@pytest.mark.parametrize(("neighbourhood", "scenario"), CASES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_can_be_told_and_says_how_sure_it_is(neighbourhood: str, scenario: str, language: Language) -> None:
    for each in every_figure(neighbourhood, scenario):
        for here in (False, True):
            words = sentence(each, language, here=here)
            assert not re.search(r"[{}]|\bNone\b|\bnan\b|  ", words)
            assert words[0].isupper() or words[0] == "“"
            assert words.endswith(".")
        case, told_number = told_case(each), leading(each)
        if case in {Case.UNKNOWN, Case.UNCLEAR}:
            continue
        assert told_number is not None
        about = ("ongeveer", "ten minste", "hooguit", "misschien") if language == "nl" else ("about", "at least", "at most", "perhaps")
        if not told_number.is_sure:
            assert any(each_said in words for each_said in about), words
            said = (
                ("Het ligt tussen ", "Het is ten minste ", "Het is hooguit ", "Hoeveel m", "Hoe precies", "Dat is een schatting")
                if language == "nl"
                else ("The true figure lies between ", "It is at ", "How much ", "how precise", "This is an estimate")
            )
            assert any(each_said in words for each_said in said), words
        if told_number.kind is Kind.ASSUMED:
            assert ("Dat is een schatting." if language == "nl" else "This is an estimate.") in words


def test_what_a_plan_only_says_is_never_told_as_measured() -> None:
    for each in assess(village().with_plans([towers()])):
        words = sentence(each, "nl")
        if each.kind is Kind.STATED and told_case(each) not in {Case.SAME, Case.UNKNOWN, Case.UNCLEAR}:
            assert "Merel Ontwikkeling" in words
            assert "Dat is geteld" not in words
            assert "Dat is gemeten" not in words


def test_a_rescaled_number_is_told_as_an_estimate() -> None:
    words = told("dwellings.new", rescaled(towers()))
    assert "ongeveer 99 woningen" in words
    assert "Hoe precies dat is, weten wij niet." in words
    assert "Dat is een schatting." in words
    assert "Dat zegt" not in words


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1e5), st.floats(0, 1e5))
def test_more_and_less_are_only_said_when_the_margin_allows_nothing_else(before: float, after: float, below: float, above: float) -> None:
    each = figure(before, after, impact="ground.green", unit=Unit.SQUARE_METRES, difference_margin=Margin(below, above, "outlines"))
    lowest, highest = after - before - below, after - before + above
    case = case_of(each)
    if case is Case.MORE:
        assert lowest > 0
    if case is Case.LESS:
        assert highest < 0
    if case is Case.SAME:
        assert below == above == 0
        assert abs(after - before) <= 0.5


def test_without_a_margin_a_difference_is_told_as_about() -> None:
    each = figure(100.0, 200.0, impact="ground.green", unit=Unit.SQUARE_METRES, margin=unknown_margin("crowns_measured_how"))
    assert "komt ongeveer 100 vierkante meter groen bij" in sentence(each, "nl")
    assert "Hoe precies dat is, weten wij niet." in sentence(each, "nl")


# ------------------------------------------------------------------------------------------------------------- readability
def without_names(words: str) -> str:
    """The sentence without what stands between brackets or quotation marks: names and dates are not our words."""
    return re.sub(r" \([^()]*(?:\([^()]*\)[^()]*)*\)|“[^”]*”|‘[^’]*’", "", words)


def readable(figures: tuple[Assessment, ...]) -> list[tuple[float, str]]:
    texts = {sentence(each, "nl", here=here) for each in figures if each.impact in FOR_RESIDENTS for here in (False, True)}
    return sorted((flesch_douma(without_names(words)), words) for words in texts)


@pytest.mark.parametrize(("neighbourhood", "scenario"), CASES)
def test_residents_can_read_every_sentence(neighbourhood: str, scenario: str) -> None:
    scores = readable(every_figure(neighbourhood, scenario))
    assert len(scores) > 5
    assert scores[0][0] >= NORMAL, scores[0]


@pytest.mark.parametrize("names", [(), ("vogeltorens", "groene-straat"), ("vogelhof",), ("vogeltorens-toegestaan",)])
def test_residents_can_read_every_sentence_about_the_example(names: tuple[str, ...]) -> None:
    scores = readable(assess(example().with_plans([example_plan(name) for name in names])))
    assert scores[0][0] >= NORMAL, scores[0]


# ------------------------------------------------------------------------------------------------------------- hardly any
SMALL = (0.0, 0.004, 0.02, 0.049, 0.05, 0.3, 2.0, 40.0)
SPOT_FIGURES = [f"view.spot_{name}" for name in ("sky", "green", "existing", "new")]


def _from_a_spot(impact: str, before: float | None, after: float, unit: Unit = Unit.PER_CENT) -> Assessment:
    """As the view from a spot makes them: a share is off by 0.7, downwards no more than to nothing."""
    off, side = 0.7, "view_roofs"
    return figure(
        before,
        after,
        impact=impact,
        unit=unit,
        where=Where(Place.POINT, "1,2", LocalText("De Torens", "The Towers")),
        margin=Margin(min(off, after), off, side),
        before_margin=None if before is None else Margin(min(off, before), off, side),
        difference_margin=None if before is None else Margin(0.01, 0.01, side) if before != after else EXACT,
        kind=Kind.CALCULATED,
        method=Method("view", "1.0"),
        missing="only_after" if before is None else "",
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_may_be_something_is_never_about_nothing(language: Language) -> None:
    nothing = re.compile(r"\b(?:ongeveer|about) 0(?:[.,]0+)? ?(?:procent|per cent|%|graden|degrees)|\b(?:van|from|naar|to) 0[.,]0 ")
    cases = [(impact, before, after) for impact in SPOT_FIGURES for before in (None, *SMALL) for after in SMALL]
    cases += [(impact, None, after) for impact in ("view.spot_plan", "view.spot_plan_height") for after in SMALL]
    for impact, before, after in cases:
        unit = Unit.DEGREES if impact.endswith("height") else Unit.PER_CENT
        told = sentence_parts(_from_a_spot(impact, before, after, unit), language)[0]
        assert not nothing.search(told), (impact, before, after, told)
        hardly = after < (0.5 if unit is Unit.DEGREES else 0.05)
        is_one_number = before in {None, after}
        if hardly and is_one_number:
            assert ("bijna" in told or "nauwelijks" in told) if language == "nl" else "hardly" in told, told


def test_a_clear_change_that_whole_numbers_hide_is_told_in_finer_ones() -> None:
    near = Margin(0.1, 0.1, "geometry")
    told = {"impact": "view.sky_at_home", "unit": Unit.PER_CENT, "margin": near, "before_margin": near, "difference_margin": near}
    hidden = figure(39.4, 38.9, kind=Kind.CALCULATED, where=Where(Place.ADDRESS, "a"), **told)
    said = "U ziet dan minder lucht: van ongeveer {} procent naar ongeveer {} procent van uw uitzicht."
    assert sentence_parts(hidden, "nl")[0] == said.format("39,4", "38,9")
    shown = figure(39.4, 36.9, kind=Kind.CALCULATED, where=Where(Place.ADDRESS, "a"), **told)
    assert sentence_parts(shown, "nl")[0] == said.format("39", "37")
