"""What is seen from a spot: asked by pointing, by walking and by typing, told in words and in a table, and kept nowhere else."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.figures_told import faults
from tests.pages.visiting import COMPARE, LOOK_AROUND, SCENARIOS, elements, go, session, texts, visit
from ui.spot import FACING, X, Y, as_number
from ui.visit import Origin
from wijktwin.errors import Language

HERE = (151_158.9, 477_007.3)
"""A lawn beside the place of the towers."""
ASKED = {"nl": "Wat ziet u vanaf hier?", "en": "What do you see from here?"}


def words(visitor: AppTest) -> str:
    return " ".join(" ".join(texts(visitor)).split())


def press(visitor: AppTest, label: str) -> AppTest:
    return next(one for one in visitor.button if one.label == label).click().run()


@pytest.mark.parametrize("language", ["nl", pytest.param("en", marks=pytest.mark.exhaustive)])
def test_whoever_points_at_the_ground_can_ask_what_is_seen_from_there(language: Language) -> None:
    visitor = visit(language=language, plans="vogeltorens")
    now = session(visitor)
    now.point, now.selected_in = HERE, Origin.SCENE
    before = dict(visitor.query_params)
    press(visitor.run(), ASKED[language])
    told = words(visitor)
    if language == "nl":
        assert "Van het uitzicht vanaf deze plek neemt het plan “Vogeltorens” straks ongeveer 3,9 procent in." in told
        assert "Te zien tot ongeveer 60 graden boven de horizon" in told
        assert "In het uitzicht vanaf deze plek komt minder lucht: van ongeveer 34," in told
        assert "reikt het plan “Vogeltorens” tot ongeveer 60 graden boven de horizon." in told
        assert "Het ligt tussen 58 en 62 graden." in told
    assert dict(visitor.query_params) == before, "the spot is not in the link"
    assert not any("151158" in str(value) for value in visitor.query_params.values())
    assert faults(visitor, language) == []
    assert session(visitor).spot == HERE


def test_it_follows_the_plans_and_the_way_one_looks_and_can_be_closed() -> None:
    visitor = visit(SCENARIOS)
    session(visitor).spot = HERE
    visitor.run()
    assert "Van het uitzicht vanaf deze plek is ongeveer 34," in words(visitor)
    assert "dat blijft zo" not in next(one for one in texts(visitor) if "Van het uitzicht vanaf deze plek is" in one)
    session(visitor).plan_ids = frozenset({"vogelhof"})
    visitor.run()
    assert "neemt het plan “Vogelhof” straks ongeveer" in words(visitor)
    next(one for one in visitor.selectbox if one.key == FACING).set_value("S").run()
    south = words(visitor)
    next(one for one in visitor.selectbox if one.key == FACING).set_value("N").run()
    assert words(visitor) != south
    press(visitor, "Sluit het uitzicht")
    assert session(visitor).spot is None
    assert "Wat u vanaf deze plek ziet" not in words(visitor)


def test_two_plans_are_compared_from_one_spot() -> None:
    visitor = visit(COMPARE, plans="vogeltorens")
    session(visitor).compared = ("vogeltorens-toegestaan", "vogeltorens")
    session(visitor).spot = HERE
    visitor.run()
    bodies = [one.proto.body for one in elements(visitor) if one.type == "html"]
    (table,) = [body for body in bodies if "Lucht in het uitzicht vanaf een plek" in body]
    (row,) = [each for each in re.findall(r"<tr>.*?</tr>", table, re.DOTALL) if "Lucht in het uitzicht" in each]
    values = re.findall(r"<strong>([\d,]+)%</strong>", row)
    assert [value.partition(",")[0] for value in values] == ["33", "29"]
    assert faults(visitor, "nl") == []


def test_coordinates_can_be_typed_and_what_is_no_spot_is_refused_in_a_sentence() -> None:
    visitor = visit(LOOK_AROUND)
    for x, y, said in (
        ("151.158,9", "477.007,3", "Van het uitzicht vanaf deze plek is"),
        ("hier", "477007", "Vul twee getallen in"),
        ("12", "13", "ligt niet in de buurt"),
    ):
        next(one for one in visitor.text_input if one.key == X).set_value(x)
        next(one for one in visitor.text_input if one.key == Y).set_value(y)
        press(visitor, "Kijk vanaf deze plek")
        assert said in words(visitor), said
    go(visitor, SCENARIOS)
    assert session(visitor).spot == (12.0, 13.0), "it goes along to other pages of the visit"


@pytest.mark.parametrize(
    ("told", "number"),
    [
        ("151158.9", 151_158.9), ("151158,9", 151_158.9), ("151.158,9", 151_158.9), ("151,158.9", 151_158.9), ("151 158", 151_158.0),
        ("151.158", 151_158.0), ("151,158", 151_158.0), ("477007", 477_007.0), ("-3,5 m", -3.5), ("", None), ("hier", None),
        ("1e5", None), ("nan", None), ("1.2.3", None),
    ],
)  # fmt: skip
def test_coordinates_are_read_as_people_write_them(told: str, number: float | None) -> None:
    assert as_number(told) == number
