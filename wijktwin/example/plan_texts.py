"""What the people of the example say about their plans, in Dutch and English."""

from __future__ import annotations

from typing import Any, Final

DEVELOPER: Final = "Ontwikkelmaatschappij De Zwerm (fictief)"
MUNICIPALITY: Final = "Gemeente Voorbeeldstad (fictief)"
RESIDENTS: Final = "Bewonersgroep Vogelbuurt (fictief)"

TEXTS: Final[dict[str, dict[str, dict[str, str]]]] = {
    "vogeltorens": {
        "title": {"nl": "Vogeltorens: twee torens met 165 woningen", "en": "Vogeltorens: two towers with 165 dwellings"},
        "summary": {
            "nl": "Op de plek van het wijkcentrum komen twee torens van 60 en 24 meter. Er komen 57 sociale "
            "huurwoningen en 108 woningen in de"
            " middenhuur. Onder de grond komt een garage voor 100 auto's en 330 fietsen.",
            "en": "Two towers of 60 and 24 metres take the place of the community centre. There will be 57 social "
            "rented dwellings and 108 in the"
            " middle rent segment. A car park for 100 cars and 330 bicycles lies below ground.",
        },
        "change": {"nl": "De hoge toren is van 70 naar 60 meter gegaan.", "en": "The high tower went from 70 to 60 metres."},
        "number": {"nl": "Het aantal woningen: 165", "en": "The number of dwellings: 165"},
        "heights": {"nl": "De hoogte en de plek van de torens", "en": "The height and the place of the towers"},
        "square": {"nl": "Wat er op het plein komt", "en": "What comes on the square"},
        "demolition": {"nl": "Sloop van het wijkcentrum", "en": "Demolition of the community centre"},
        "building": {"nl": "Bouw van de torens", "en": "Building the towers"},
    },
    "vogeltorens-toegestaan": {
        "title": {"nl": "Wat er nu al mag: drie lagen", "en": "What is allowed already: three storeys"},
        "summary": {
            "nl": "Het omgevingsplan staat hier een gebouw toe van 50 bij 30 meter en ten hoogste 10,5 meter hoog, voor "
            "wonen of voorzieningen.",
            "en": "The environment plan allows a building here of 50 by 30 metres and at most 10.5 metres high, for "
            "dwellings or facilities.",
        },
        "height": {"nl": "Ten hoogste 10,5 meter hoog", "en": "At most 10.5 metres high"},
    },
    "vogelhof": {
        "title": {"nl": "Vogelhof: het plan van bewoners, ten hoogste 30 meter", "en": "Vogelhof: the residents' plan, at most 30 metres"},
        "summary": {
            "nl": "Bewoners stellen drie blokken voor rond een open hof: 30, 18 en 15 meter hoog, met samen 120 "
            "woningen. De helft is sociale huur.",
            "en": "Residents propose three blocks around an open garden: 30, 18 and 15 metres high, with 120 dwellings "
            "together. Half of them are"
            " social rented dwellings.",
        },
        "height": {"nl": "Niets hoger dan 30 meter", "en": "Nothing higher than 30 metres"},
        "garden": {"nl": "Wat er in de hof groeit", "en": "What grows in the garden"},
    },
    "groene-straat": {
        "title": {"nl": "{street}: van parkeren naar bomen", "en": "{street}: from parking to trees"},
        "summary": {
            "nl": "In de {street} worden acht parkeerplaatsen boomvakken met elk een boom. Auto's rijden er voortaan in "
            "één richting, van de kade"
            " naar de laan.",
            "en": "In {street} eight parking places become beds with a tree each. Cars will go one way from then on, "
            "from the waterside to the"
            " avenue.",
        },
        "trees": {"nl": "Acht parkeerplaatsen worden acht bomen", "en": "Eight parking places become eight trees"},
        "oneway": {"nl": "De rijrichting", "en": "The direction for cars"},
        "species": {"nl": "Welke bomen er komen", "en": "Which trees come"},
    },
}

SOURCES: Final[dict[str, dict[str, str]]] = {
    "vogeltorens": {"title": "Schetsontwerp Vogeltorens", "owner": DEVELOPER, "vintage": "2025-11-10", "version": "2"},
    "vogeltorens-toegestaan": {"title": "Omgevingsplan Vogelbuurt", "owner": MUNICIPALITY, "vintage": "2018-06-26"},
    "vogelhof": {"title": "Alternatief Vogelhof", "owner": RESIDENTS, "vintage": "2025-12-08"},
    "groene-straat": {"title": "Voorlopig ontwerp herinrichting", "owner": MUNICIPALITY, "vintage": "2025-10-20"},
}

SHADE: Final[dict[str, Any]] = {
    "claim_id": "schaduw",
    "owner": DEVELOPER,
    "party": "developer",
    "text": {
        "nl": "Door de torens krijgen hooguit 21 woningen meer schaduw. Dat duurt hooguit een uur, en pas vanaf 16.00 uur.",
        "en": "Because of the towers at most 21 dwellings get more shade. It lasts at most one hour, and only from 16:00.",
    },
    "date": "2025-11-10",
    "source": {"title": "Bezonningsstudie Vogeltorens", "owner": DEVELOPER, "vintage": "2025-11-10", "fictional": True},
    "checkable": {"impact": "sunlight", "max_dwellings": 21, "max_minutes": 60, "from": "16:00", "day": "03-21"},
}

SOCIAL_RENT: Final[dict[str, Any]] = {
    "claim_id": "sociale-huur",
    "owner": DEVELOPER,
    "party": "developer",
    "text": {
        "nl": "Van de woningen in de torens is ten minste 35 procent sociale huur.",
        "en": "At least 35 per cent of the dwellings in the towers are social rented.",
    },
    "date": "2025-11-10",
    "checkable": {"impact": "dwellings.social_share_of_new", "operator": "at_least", "value": 35, "unit": "%", "scope": "plan"},
}
SEVEN_TIMES: Final[dict[str, Any]] = {
    "claim_id": "zeven-keer",
    "owner": RESIDENTS,
    "party": "residents",
    "text": {
        "nl": "De hoogste toren wordt zeven keer zo hoog als de huizen eromheen.",
        "en": "The highest tower will be seven times as high as the houses around it.",
    },
    "date": "2025-12-08",
    "checkable": {"impact": "height.times_median", "operator": "about", "value": 7, "unit": "ratio", "scope": "plan"},
}
CROWDED: Final[dict[str, Any]] = {
    "claim_id": "drukte",
    "owner": RESIDENTS,
    "party": "residents",
    "text": {"nl": "De buurt wordt te druk.", "en": "The neighbourhood will be too crowded."},
    "date": "2025-12-08",
}
CLAIMS: Final = (SHADE, SOCIAL_RENT, SEVEN_TIMES, CROWDED)
"""What is said about the towers: claims that can be checked, one that takes more than a figure, and one that no figure can settle."""
