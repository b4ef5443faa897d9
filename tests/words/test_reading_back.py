"""Numbers, units, directions and times as a resident reads them, by hand; nothing here asks how the sentence was made."""

from __future__ import annotations

import pytest

from wijktwin.errors import Language
from wijktwin.impacts.assessment import Unit
from wijktwin.words.reading_back import Amount, read_back, read_number
from wijktwin.words.reading_grammar import Known, Role, Sureness, Way

EXACT, ABOUT = Sureness.EXACT, Sureness.ABOUT
M2 = Unit.SQUARE_METRES
READ: list[tuple[Language, str, list[Amount], set[Way]]] = [
    (
        "nl",
        "In de buurt komt ongeveer 1.150 vierkante meter steen en asfalt bij. Het ligt tussen 1.110 en 1.190 vierkante meter.",
        [
            Amount(1150, M2, Role.CHANGE, ABOUT, Way.MORE),
            Amount(1110, M2, Role.LOW, EXACT),
            Amount(1190, M2, Role.HIGH, EXACT),
        ],
        {Way.MORE},
    ),
    (
        "nl",
        "In uw straat verdwijnen 8 van de 40 parkeerplaatsen. Hoe vol het 's avonds is, is nog niet geteld.",
        [Amount(8, None, Role.CHANGE, EXACT, Way.LESS), Amount(40, None, Role.BEFORE, EXACT, Way.LESS)],
        {Way.LESS},
    ),
    (
        "nl",
        "Het hoogste gebouw is dan 60 meter hoog. Nu is dat ongeveer 34,3 meter.",
        [Amount(60, Unit.METRES, Role.AFTER, EXACT), Amount(34.3, Unit.METRES, Role.BEFORE, ABOUT)],
        set(),
    ),
    (
        "nl",
        "De helft van de gebouwen is nu lager dan 8,5 meter. Dat wordt 9 meter.",
        [Amount(8.5, Unit.METRES, Role.BEFORE, EXACT), Amount(9, Unit.METRES, Role.AFTER, EXACT)],
        set(),
    ),
    (
        "nl",
        "Het deel gaat omlaag: van 51,5 procent naar 49,3 procent.",
        [Amount(51.5, Unit.PER_CENT, Role.BEFORE, EXACT), Amount(49.3, Unit.PER_CENT, Role.AFTER, EXACT)],
        {Way.LESS},
    ),
    (
        "nl",
        "Op 19 februari krijgt dit raam 1 uur en 40 minuten zon. Nu is dat ten minste 2 uur, van 9.40 tot 11.40 uur.",
        [
            Amount(100, Unit.MINUTES, Role.LEVEL, EXACT),
            Amount(120, Unit.MINUTES, Role.BEFORE, Sureness.AT_LEAST),
        ],
        set(),
    ),
    (
        "nl",
        "Het is ten minste 1 uur en 35 minuten en hooguit 1 uur en 45 minuten.",
        [Amount(95, Unit.MINUTES, Role.LOW, Sureness.AT_LEAST), Amount(105, Unit.MINUTES, Role.HIGH, Sureness.AT_MOST)],
        set(),
    ),
    (
        "nl",
        "In het plan “Toren 3” (versie 2, 10 november 2025) komen 2 nieuwe gebouwen, van 24 en 60 meter hoog.",
        [
            Amount(2, None, Role.CHANGE, EXACT, Way.MORE),
            Amount(24, Unit.METRES, Role.LEVEL, EXACT),
            Amount(60, Unit.METRES, Role.LEVEL, EXACT),
        ],
        {Way.MORE},
    ),
    (
        "en",
        "It is about 1,200 square metres now and will be 14,400.5 square metres.",
        [Amount(1200, M2, Role.BEFORE, ABOUT), Amount(14400.5, M2, Role.AFTER, EXACT)],
        set(),
    ),
    (
        "en",
        "The sun will shine 1 hour and 5 minutes less. The true figure lies between 55 and 80 minutes.",
        [
            Amount(65, Unit.MINUTES, Role.CHANGE, EXACT, Way.LESS),
            Amount(55, Unit.MINUTES, Role.LOW, EXACT),
            Amount(80, Unit.MINUTES, Role.HIGH, EXACT),
        ],
        {Way.LESS},
    ),
    ("nl", "In de buurt vinden wij geen duidelijk verschil in groen.", [], {Way.UNCLEAR}),
    ("nl", "Hoeveel bomen er staan, weten wij niet: wij hebben hier geen lijst met bomen.", [], {Way.UNKNOWN}),
    ("nl", "Het aantal bomen in de buurt blijft 834.", [Amount(834, None, Role.LEVEL, EXACT)], {Way.SAME}),
    ("nl", "Voor zon vinden wij bij uw huis geen verschil.", [], {Way.SAME}),
]


@pytest.mark.parametrize(("language", "text", "amounts", "ways"), READ, ids=[text[:40] for _, text, _, _ in READ])
def test_what_is_read(language: Language, text: str, amounts: list[Amount], ways: set[Way]) -> None:
    found = read_back(text, language)
    read = [Amount(one.value, one.unit, one.role, one.sureness, one.way if one.role is Role.CHANGE else None) for one in found.amounts]
    wanted = [Amount(one.value, one.unit, one.role, one.sureness, one.way if one.role is Role.CHANGE else None) for one in amounts]
    assert read == wanted
    assert found.ways == ways


@pytest.mark.parametrize(
    ("language", "text", "known"),
    [
        ("nl", "Dat is geteld.", Known.MEASURED),
        ("nl", "Dat hebben wij berekend.", Known.CALCULATED),
        ("nl", "Dat hebben wij berekend uit het plan van de ontwikkelaar.", Known.FROM_PLAN),
        ("nl", "Dat zeggen bewoners.", Known.STATED),
        ("nl", "Dat is een schatting.", Known.ASSUMED),
        ("en", "This was measured.", Known.MEASURED),
        ("en", "We calculated this.", Known.CALCULATED),
        ("en", "We calculated this from the plans of the municipality.", Known.FROM_PLAN),
        ("en", "This is what residents say.", Known.STATED),
        ("en", "This is an estimate.", Known.ASSUMED),
    ],
)
def test_how_it_is_known_is_read(language: Language, text: str, known: Known) -> None:
    assert read_back(text, language).known == {known}


@pytest.mark.parametrize(
    ("language", "text", "way"),
    [
        ("nl", "Komt het plan er, dan ligt een groene plek 1 tot 3 meter verder weg.", Way.MORE),
        ("nl", "Komt het plan er, dan ligt een groene plek 1 tot 3 meter dichterbij.", Way.LESS),
        ("en", "With these plans, a green place is 1 to 3 metres farther away.", Way.MORE),
        ("en", "With these plans, a green place is 1 to 3 metres nearer.", Way.LESS),
    ],
)
def test_a_distance_that_changes_by_a_range_is_read_as_its_ends(language: Language, text: str, way: Way) -> None:
    found = read_back(text, language)
    assert [(one.value, one.role) for one in found.amounts] == [(1, Role.LOW), (3, Role.HIGH)]
    assert way in found.ways


def test_numbers_are_read_as_each_language_writes_them() -> None:
    assert read_number("1.234,5", "nl") == 1234.5
    assert read_number("1,234.5", "en") == 1234.5
    assert read_number("−3", "nl") == -3
    assert read_back("Er komen 1,234 bomen bij.", "nl").amounts[0].value == 1.234, "an English comma in a Dutch sentence is another number"
    assert read_back("In Plein 1940 staan 3 bomen.", "nl", names=("Plein 1940",)).amounts[0].value == 3
