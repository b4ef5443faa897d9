"""The view of one home in words: what is seen, how near, and never more certain than it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.impacts.village import plan, towers
from wijktwin.errors import LANGUAGES, Language
from wijktwin.impacts.sunlight.points import Origin, Subject, Target
from wijktwin.impacts.view.homes import HomeView, LookedAt, PlanSeen, Range, Seen
from wijktwin.impacts.view.shares import InView
from wijktwin.words.home_view import home_view_sentences, shares_in_view

HOME = Target(Subject.DWELLING, "a1", "Kerkstraat 1", "flat", Origin.KNOWN)
NOTHING_SEEN = PlanSeen(Seen.NOT, True, Range(0, 0), None, None, None, None, hidden_by_leaves=False)
TOWER_SEEN = PlanSeen(
    Seen.CERTAINLY, True, Range(5.2, 5.4), Range(30, 30), Range(20, 20), Range(31.6, 31.6), Range(46.3, 47), hidden_by_leaves=False
)
SHARES = {
    InView.SKY: Range(40.2, 44.7),
    InView.GREEN: Range(30, 30.3),
    InView.EXISTING: Range(0.1, 0.3),
    InView.NEW: Range(0, 0),
    InView.OTHER_GROUND: Range(25, 30),
}


def view(seen: PlanSeen, **rest: object) -> HomeView:
    given = HomeView(HOME, 1, SHARES, SHARES, {"towers": seen}, {}, {})
    return replace(given, **rest)  # type: ignore[arg-type]


def test_a_plan_in_view_is_told_with_its_distance_height_and_share() -> None:
    told = home_view_sentences(view(TOWER_SEEN), [towers()], "nl")
    assert told == (
        "Vanuit uw woonkamer is iets van het plan “De Torens” te zien.",
        "Het deel dat u ziet, begint op ongeveer 46 meter.",
        "Het reikt tot ongeveer 32 graden boven de horizon. Een vuist aan een gestrekte arm is ongeveer 10 graden.",
        "Deel van uw uitzicht: ongeveer 5%.",
    )


def test_a_plan_out_of_view_is_one_sentence() -> None:
    assert home_view_sentences(view(NOTHING_SEEN), [towers()], "en") == ("From your living room the plan “The Towers” cannot be seen.",)


def test_what_is_not_sure_says_so() -> None:
    perhaps = replace(TOWER_SEEN, seen=Seen.POSSIBLY, is_sure=False, hidden_by_leaves=True, share=Range(0.1, 0.3), top=Range(0.2, 0.4))
    told = " ".join(home_view_sentences(view(perhaps), [towers()], "nl"))
    for words in ("Misschien", "niet precies waar uw woonkamer is", "bomen in blad", "hoger of lager", "minder dan 1%", "nauwelijks boven"):
        assert words in told
    assert "graden" not in told


def test_who_looks_in_is_told_with_the_assumption() -> None:
    looked = view(TOWER_SEEN, room={"towers": LookedAt((0, 1, 2), 12, 20.4, 3.0)}, garden={"towers": LookedAt((4,), 1, 33.0, 40.0)})
    told = home_view_sentences(looked, [towers()], "nl")
    assert "Uit nieuwe ramen op ongeveer 20 meter kan men in uw woonkamer kijken, vanaf de begane grond." in told
    assert "Uit nieuwe ramen op ongeveer 33 meter kan men in uw tuin kijken, vanaf verdieping 4." in told
    assert told.count("Waar de ramen komen, is niet bekend: wij rekenen met ramen in elke gevel.") == 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("missing", ["view_no_place", "view_demolished", "view_built_against"])
def test_where_nothing_is_known_the_reason_is_told(language: Language, missing: str) -> None:
    (told,) = home_view_sentences(view(TOWER_SEEN, missing=missing, after=None), [plan("towers")], language)
    assert missing not in told
    assert told.endswith(".")


def test_shares_are_told_for_now_and_then() -> None:
    rows = shares_in_view(view(TOWER_SEEN), "nl")
    assert rows[0] == ("lucht", "40 tot 45%", "40 tot 45%")
    assert [row[1] for row in rows] == ["40 tot 45%", "ongeveer 30%", "minder dan 1%", "niets", "25 tot 30%"]
    gone = shares_in_view(view(TOWER_SEEN, after=None), "nl")
    assert {row[2] for row in gone} == {"niet bekend"}
    assert shares_in_view(view(TOWER_SEEN, before=None), "nl") == ()
