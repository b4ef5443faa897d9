"""Rows and cards: every number with its margin, kind, source and method, and faults said plainly."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from tests.impacts.test_catalogue import CASES, every_figure
from tests.impacts.test_real_figures import example, example_plan
from tests.impacts.village import PLAN_SOURCE, plan, tower, towers, village
from wijktwin.errors import LANGUAGES, Language
from wijktwin.impacts.assessment import Margin, Unit
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import assess
from wijktwin.model.building import Buildings
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import PlanStatus
from wijktwin.model.provenance import Kind, LocalText, Source
from wijktwin.words.building_card import building_card, roof_fit_text
from wijktwin.words.facts import FactCard
from wijktwin.words.methods import method_texts
from wijktwin.words.numbers import NO_BREAK
from wijktwin.words.plan_card import plan_card, volume_card
from wijktwin.words.rows import FigureRow, figure_rows, margin_text
from wijktwin.words.view import source_line, view_description


def rows(*plans: Any, language: Language = "nl", **changes: Any) -> dict[tuple[str, str], FigureRow]:
    return {(row.impact, row.where): row for row in figure_rows(assess(village(**changes).with_plans(plans)), language)}


def plain(words: str) -> str:
    return words.replace(NO_BREAK, " ")


def facts(card: FactCard) -> dict[str, str]:
    return {fact.label: plain(fact.value) for fact in card.facts}


# --------------------------------------------------------------------------------------------------------------- rows
def test_a_row_says_everything_about_its_figure() -> None:
    row = rows(towers())["density.gross_floor_area", "de buurt (alle grond en panden)"]
    assert [plain(each) for each in (row.before, row.after, row.difference)] == ["2.200 m²", "5.400 m²", "+3.200 m²"]
    reason = "het aantal verdiepingen en hun hoogte zijn geschat"
    now, then, difference = plain(row.margin).split("; ")
    assert now.startswith("nu: ")
    assert then == f"dan: hooguit 800 m² lager of 600 m² hoger: {reason}"
    assert difference.startswith("verschil: ")
    assert (row.kind, row.kind_key) == ("aangenomen", "assumed")
    assert "3D BAG (tudelft3d and 3DGI, 3 september 2025)" in row.source
    assert "Ontwerp De Torens (Merel Ontwikkeling, mei 2026)" in row.source
    assert (row.method_key, row.method) == ("density", "Vloeroppervlak en dichtheid")
    assert "Hoogte van een verdieping in een bestaande woning: 2,80 m" in row.assumptions
    assert row.sentence.startswith("Binnen de buurt komt ongeveer 3.200")


def test_a_rough_difference_is_not_hidden_behind_an_exact_value() -> None:
    """The tower is as high as its plan says, but how much higher that is than the tallest now is not exact."""
    row = rows(towers())["height.tallest", "de buurt"]
    assert plain(row.margin).startswith("nu: ± 0,4 m")
    assert "; dan: wat het plan opgeeft, is overgenomen; verschil: ± 0,4 m" in plain(row.margin)


def test_before_and_after_are_rounded_alike() -> None:
    row = rows(towers())["density.floor_space_index", "plan “De Torens”"]
    assert (row.before, row.after) == ("0,7", "3,3")


def test_what_is_small_beside_something_that_is_known_less_well_is_not_shown_as_nothing() -> None:
    """The open space of a plan area goes from 12, give or take 13, to 0.17."""
    found = next(one for one in assess(village().with_plans([towers()])) if one.impact == "density.open_space_ratio")
    rough = {"before": Margin(2.0, 13.0, "storeys"), "after": Margin(0.02, 0.04, "storeys"), "change": Margin(13.0, 2.0, "storeys")}
    told = replace(found, before=12.0, before_margin=rough["before"], margin=rough["after"], difference_margin=rough["change"])
    (row,) = figure_rows([replace(told, after=0.17)], "nl")
    assert (row.before, row.after, row.difference) == ("12", "0,17", "−12")
    assert "verschil uit onafgeronde getallen" not in row.margin
    (nothing,) = figure_rows([replace(told, after=0.0)], "nl")
    assert nothing.after == "0"


def test_a_count_cannot_be_more_than_itself_too_high() -> None:
    """33 homes, of which perhaps none: "30, up to 40 lower" would be fewer than no homes."""
    assert margin_text(Margin(33.0, 35.0, "sun_roofs"), Unit.COUNT, "en", value=33.0).startswith("up to 30 lower or 40 higher: ")
    assert margin_text(Margin(33.0, 25.0, "sun_roofs"), Unit.COUNT, "en").startswith("up to 40 lower or 30 higher: "), "of a difference"


def test_the_difference_is_that_of_the_numbers_beside_it_or_says_that_it_is_not() -> None:
    def number(words: str) -> Decimal:
        return Decimal(re.sub(r"[^\d,−]", "", words).replace("−", "-").replace(",", "."))

    n_adding_up, said = 0, "verschil uit onafgeronde getallen"
    for row in figure_rows(assess(example().with_plans([example_plan("vogeltorens")])), "nl"):
        told = [(row.before, row.after, row.difference), *((part.before, part.after, part.difference) for part in row.parts)]
        told = [numbers for numbers in told if numbers[2] != "–"]
        adds_up = all(number(after) - number(before) == number(difference) for before, after, difference in told)
        assert adds_up or row.margin.endswith(said), row
        assert adds_up != row.margin.endswith(said), row
        n_adding_up += adds_up and bool(told)
    assert n_adding_up > 12


def test_a_margin_that_reaches_one_way_says_so_and_names_no_zero() -> None:
    up, down = Margin(0.0, 30.0, "outlines"), Margin(30.0, 0.0, "outlines")
    told = {
        language: [plain(margin_text(each, Unit.SQUARE_METRES, language, value=500.0)) for each in (up, down)] for language in LANGUAGES
    }
    assert told["nl"][0].startswith("niet lager, hooguit 30 m² hoger: ")
    assert told["nl"][1].startswith("hooguit 30 m² lager, niet hoger: ")
    assert told["en"][0].startswith("no lower, up to 30 m² higher: ")
    assert told["en"][1].startswith("up to 30 m² lower, no higher: ")


def test_a_margin_with_one_open_end_is_a_sentence_for_people() -> None:
    found = rows(towers())["parking.in_buildings", "plan “De Torens”"]
    assert found.margin.startswith("ten minste 40; hoeveel meer, is niet bekend: niet van elk nieuw gebouw")
    table = margin_text(Margin(None, 2.0, "outlines"), Unit.METRES, "nl", value=10.0)
    assert plain(table).startswith("hooguit 12 m; hoeveel minder, is niet bekend: ")
    assert plain(margin_text(Margin(3.0, None, "outlines"), Unit.METRES, "en")).startswith(
        "up to 3 m lower; how much higher is not known: "
    )
    assert margin_text(Margin(0.0, None, "outlines"), Unit.METRES, "nl").startswith("niet lager; hoeveel hoger, is niet bekend: ")
    assert margin_text(Margin(None, 0.0, "outlines"), Unit.METRES, "nl").startswith("niet hoger; hoeveel lager, is niet bekend: ")


def test_what_the_plan_says_is_told_apart_from_what_was_computed_from_it() -> None:
    found = rows(towers())
    assert found["dwellings.new", "plan “De Torens”"].kind == "opgegeven in het plan"
    assert found["dwellings.total", "de buurt"].kind == "berekend uit het plan"
    assert found["dwellings.total", "de buurt"].before_kind == "gemeten of geteld"
    assert {found["ground.water", "de buurt"].kind, rows()["ground.water", "de buurt"].kind} == {"berekend"}, "no plan touches the water"


def test_percentages_differ_by_percentage_points() -> None:
    row = rows(towers())["dwellings.social_share", "de buurt"]
    assert row.difference.endswith(" procentpunt")
    assert rows(towers())["dwellings.social_share_of_new", "plan “De Torens”"].after == "34,5%"


def test_what_is_not_known_says_so_and_why_and_is_never_zero() -> None:
    row = rows(address_table=None)["dwellings.total", "de buurt"]
    assert (row.before, row.after, row.difference) == ("niet bekend", "niet bekend", "–")
    assert row.missing == "wij hebben hier geen lijst met adressen"
    assert row.margin == ""
    new = rows(towers())["dwellings.new", "plan “De Torens”"]
    assert (new.before, new.after) == ("–", "165")


def test_a_zero_that_was_counted_is_a_zero() -> None:
    found = rows(towers())
    assert found["dwellings.removed", "plan “De Torens”"].after == "0"
    assert plain(found["ground.paved", "het gebied dat verandert"].after) == "0 m²"
    assert plain(found["ground.green", "het gebied dat verandert"].before) == "0 m²"


def test_parts_have_names_and_sum() -> None:
    row = rows(towers())["dwellings.total", "de buurt"]
    assert [(part.label, part.before, part.after, part.difference) for part in row.parts] == [
        ("middenhuur", "2", "110", "+108"),
        ("koop", "1", "1", "0"),
        ("sociale huur", "5", "62", "+57"),
        ("niet bekend", "2", "2", "0"),
    ]


def test_another_set_of_assumptions_is_named_in_the_row() -> None:
    ours = default_assumptions().with_values({"storey_fill": 0.9}, variant="smaller", owner="test", date="2026-01-01")
    found = figure_rows(assess(village().with_plans(), assumptions=ours), "en")
    named = {text for row in found for text in row.assumptions if "fills" in text}
    assert named == {"Share of the footprint that each storey fills: 0.90 m² per m² (smaller)"}


@pytest.mark.parametrize(("neighbourhood", "scenario"), CASES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_is_complete(neighbourhood: str, scenario: str, language: Language) -> None:
    methods = {method.key for method in method_texts(language)}
    for row in figure_rows(every_figure(neighbourhood, scenario), language):
        assert row.label and row.where and row.group and row.kind and row.source and row.sentence  # noqa: PT018
        assert row.method_key in methods
        assert row.before and row.after and row.difference  # noqa: PT018
        assert bool(row.margin) or row.missing
        assert not any("{" in text for text in (row.margin, row.source, *row.remarks, *row.assumptions))


# ------------------------------------------------------------------------------------------------------------- buildings
def with_building(**changes: Any) -> Neighbourhood:
    """The village with something else in the column of its first building."""
    ours = village().buildings
    numbers = {name: column.copy() for name, column in ours.numbers.items()}
    texts = {name: list(column) for name, column in ours.texts.items()}
    flags = {name: column.copy() for name, column in ours.flags.items()}
    for name, value in changes.items():
        for table in (numbers, texts, flags):
            if name in table:
                table[name][0] = value
    codes = (("102", "203"),) + ((),) * (len(ours) - 1) if changes.get("is_valid") is False else ()
    buildings = Buildings(ours.building_ids, numbers, texts, flags, ours.footprints.copy(), codes)
    return village(buildings=buildings)


def card_of_first(language: Language = "nl", **changes: Any) -> FactCard:
    neighbourhood = with_building(**changes)
    return building_card(neighbourhood.buildings.at(0), neighbourhood, language)


def test_the_card_of_a_building_says_what_is_known_and_how() -> None:
    neighbourhood = village()
    card = building_card(neighbourhood.buildings["flat"], neighbourhood, "nl")
    assert card.title == "Kerkstraat 4 tot en met 11"
    assert facts(card) == {
        "Hoogte boven de grond": "12,0 m (± 0,4 m)",
        "Hoogte van de grond": "3,0 m NAP (0 is ongeveer de zeespiegel)",
        "Bouwlagen (met de begane grond)": "4",
        "Plattegrond": "240 m²",
        "Inhoud": "2.880 m³",
        "Bouwjaar": "1967",
        "Status": "Pand in gebruik",
        "Adressen": "8",
        "Waarvan woningen": "8",
        "Zo getekend": "LoD 2.2: met de vorm van het dak; een gesloten vorm",
        "Hoe goed het dak past": "gemiddeld 20 cm naast de gemeten punten",
        "Jaar van de meting": "2023",
    }
    by_label = {fact.label: fact for fact in card.facts}
    assert by_label["Hoogte boven de grond"].kind_key == "measured"
    assert by_label["Inhoud"].kind_key == "calculated"
    assert by_label["Adressen"].source == "BAG (Kadaster, mei 2026)"
    assert by_label["Inhoud"].source == "3D BAG (tudelft3d and 3DGI, 3 september 2025)"
    assert card.remarks == ()


def test_a_demolition_permit_and_a_plan_that_demolishes_are_both_said() -> None:
    neighbourhood = village()
    card = building_card(neighbourhood.buildings["hall"], neighbourhood, "nl", plans=(towers(),))
    assert facts(card)["Status"] == "Sloopvergunning verleend"
    assert facts(card)["Hoe goed het dak past"] == "niet bekend"
    assert card.remarks == ("Dit pand verdwijnt in het plan “De Torens”.",)
    english = building_card(neighbourhood.buildings["hall"], neighbourhood, "en")
    assert facts(english)["Status"] == "Demolition permit granted"
    assert english.title == "Building hall"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"is_valid": False}, "fouten (102, 203)"),
        ({"is_block": True}, "kas of loods"),
        ({"is_repaired": True}, "omgedraaid"),
        ({"is_halo": True}, "telt niet mee in de cijfers"),
        ({"year_built": 2024.0}, "Het pand is van 2024, de meting van 2023"),
    ],
)
def test_faults_and_odd_things_are_said_plainly(changes: dict[str, Any], says: str) -> None:
    assert any(says in remark for remark in card_of_first(**changes).remarks)


def test_a_building_of_which_little_is_known_says_what_is_not_known() -> None:
    card = card_of_first(height=np.nan, ground_height=np.nan, storeys=np.nan, volume=np.nan, lod=np.nan, geometry_from="none", status="")
    assert facts(card)["Hoogte boven de grond"] == "niet bekend"
    assert facts(card)["Zo getekend"] == "niet, want er is geen vorm bekend"
    assert not {"Bouwlagen", "Inhoud", "Status", "Hoogte van de grond"} & set(facts(card))


def test_without_an_address_table_a_card_does_not_claim_that_there_are_none() -> None:
    neighbourhood = village(address_table=None)
    assert "Adressen" not in facts(building_card(neighbourhood.buildings["shed"], neighbourhood, "nl"))
    assert facts(building_card(village().buildings["shed"], village(), "nl"))["Adressen"] == "geen"


@pytest.mark.parametrize(
    ("rmse", "words"),
    [
        (0.004, "gemiddeld minder dan 1 cm naast"),
        (0.087, "gemiddeld 9 cm naast"),
        (0.999, "gemiddeld 100 cm naast"),
        (1.68, "gemiddeld 1,7 m naast"),
    ],
)
def test_the_fit_of_a_roof_in_words(rmse: float, words: str) -> None:
    assert roof_fit_text(rmse, "nl").startswith(words)


def test_an_unknown_status_is_shown_as_it_is() -> None:
    assert facts(card_of_first(status="Pand in aanbouw", language="en"))["Status"] == "Pand in aanbouw"


# ------------------------------------------------------------------------------------------------------- plans, volumes
def test_the_card_of_a_plan_names_who_says_what_and_keeps_claims_apart() -> None:
    card = plan_card(towers(), "nl")
    told = facts(card)
    assert told["Van wie"] == "Merel Ontwikkeling (de ontwikkelaar)"
    assert told["Status"] == "gepubliceerd sinds 21 mei 2026"
    assert told["Woningen"] == "165: 108 middenhuur en 57 sociale huur"
    assert told["Nieuwe gebouwen"] == "1, en 1 onder de grond"
    assert [plain(fact.value) for fact in card.facts if fact.label == "Wat er vastligt"] == ["De hoogte: ligt vast", "De strook: nog open"]
    claim = next(fact for fact in card.facts if fact.label.startswith("Uitspraak"))
    assert claim.kind == "een uitspraak, door ons niet nagegaan"
    assert card.remarks == ("Dit zegt Merel Ontwikkeling. Wij hebben het niet berekend.",)


def test_drafts_variants_and_fiction_are_said() -> None:
    odd = replace(towers(), status=PlanStatus.DRAFT, variant_of="origineel", fictional=True, claims=())
    assert plan_card(odd, "nl").remarks == (
        "Een variant van een ander plan. Cijfers die daarvan afhangen, zijn aangenomen.",
        "Dit plan is een concept. Het is niet gepubliceerd.",
        "Verzonnen: dit plan bestaat niet.",
    )
    assert "This plan has been withdrawn." in plan_card(replace(odd, status=PlanStatus.WITHDRAWN), "en").remarks


def test_the_card_of_a_volume() -> None:
    above, below = (volume_card(volume, towers(), "nl") for volume in towers().volumes)
    assert facts(above)["Hoogte boven de grond"] == "30 m"
    assert facts(above)["Bovenkant"] == "33,0 m NAP (0 is ongeveer de zeespiegel)"
    assert "De hoogte van de grond hebben wij hier geschat uit de panden eromheen." in above.remarks
    assert facts(below) == {
        "Plan": "De Torens",
        "Diepte onder de grond": "3 m",
        "Gebruik": "parkeren",
        "Parkeerplaatsen": "40",
        "Plaatsen voor fietsen": "60",
    }
    raised = volume_card(tower(base=6.0, ground_level_kind=Kind.STATED), towers(), "en")
    assert facts(raised)["Underside, above ground"] == "6 m"
    assert raised.remarks == ()


# ------------------------------------------------------------------------------------------------------------------ view
def test_the_view_in_words_without_and_with_a_plan() -> None:
    now = [plain(each) for each in view_description(village().with_plans(), "nl")]
    assert now == [
        "In deze buurt staan 5 gebouwen.",
        "Daarvan hebben 3 een adres en 2 niet, zoals schuren.",
        "Om de buurt heen staat nog 1 gebouw. Het telt niet mee in de cijfers.",
        "Het hoogste bestaande gebouw is 12,0 m hoog (gemeten of geteld).",
        "Er staan 3 bomen.",
        "Er staat geen plan aan: u ziet de buurt zoals die nu is.",
    ]
    then = [plain(each) for each in view_description(village().with_plans([towers()]), "nl")]
    assert then[0] == "In deze buurt staan 4 gebouwen."
    assert then[5:] == [
        "Dit plan staat aan: “De Torens”.",
        "Daarvoor verdwijnt 1 gebouw.",
        "Er komt 1 nieuw gebouw, van 30 meter hoog (opgegeven in het plan).",
    ]


def test_faults_and_fiction_are_in_the_view() -> None:
    odd = replace(with_building(is_valid=False), fictional=True)
    told = view_description(odd.with_plans(), "en")
    assert "The shape of 1 building has faults. It is drawn as it is in the data." in told
    assert told[-1] == "This neighbourhood is fictional."


def test_a_source_that_is_there_twice_is_named_once() -> None:
    once = Source("Model", "Gemeente", vintage="2025-01-01")
    again = replace(once, version="2", licence="CC0")
    neighbourhood = village(sources=(once, again))
    assert building_card(neighbourhood.buildings["flat"], neighbourhood, "nl").source == "Model (Gemeente, 1 januari 2025)"
    assert rows(sources=(once, again))["trees.total", "de buurt"].source == "Model (Gemeente, 1 januari 2025)"


def test_the_source_line_credits_everybody() -> None:
    line = source_line(village(), "nl")
    assert line == (
        "Bronnen: © 3DBAG by tudelft3d and 3DGI (CC-BY-4.0, versie v20250903, peildatum 3 september 2025); "
        "BAG © Kadaster (peildatum mei 2026); BGT © Kadaster (CC0, peildatum 1 april 2026)."
    )
    made_up = village(fictional=True, sources=(Source("Model", ""),))
    assert source_line(made_up, "en") == "Honderddorp is fictional. Sources: Model (reference date not known)."


def test_a_text_of_others_is_shown_in_the_language_it_has() -> None:
    only_dutch = plan("nl", title=LocalText("Alleen Nederlands"), source=PLAN_SOURCE)
    assert plan_card(only_dutch, "en").title == "Alleen Nederlands"
