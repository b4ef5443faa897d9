"""The paper card: everything that the cards on the screen say is on it, as a sentence or as a value under its name, and once."""

from __future__ import annotations

import html
import re

import pytest

from tests.impacts.test_real_figures import example, example_plan
from tests.words.test_cards import quick
from ui.home_card import Column, row_name
from ui.home_paper import OF_PLANS, paper_markup
from ui.text import Text
from wijktwin.errors import Language
from wijktwin.words.cards import Card, CardLine, CardPart, Subject

PLANS = ("", "vogeltorens-toegestaan", "groene-straat", "vogeltorens", "vogelhof")


def words(markup: str) -> str:
    """What is read on the paper."""
    return html.unescape(re.sub(r"<[^>]+>", "\n", markup))


def paper(label: str, language: Language) -> tuple[list[tuple[Column, Card]], str]:
    """The cards of a home beside each other, and its paper."""
    t = Text(language)
    told = []
    for name in PLANS:
        plans = [example_plan(name)] if name else []
        card = quick(label, *filter(None, [name]), language=language)
        told.append((Column(name or t("home.now"), example().with_plans(plans), card), card))
    return told, paper_markup(t, told, label)


@pytest.mark.parametrize(
    ("label", "language"), [("Buidelmeesstraat 12", "nl"), pytest.param("Appelvinkstraat 12", "en", marks=pytest.mark.exhaustive)]
)
def test_every_line_of_every_card_is_on_the_paper(label: str, language: Language) -> None:
    told, markup = paper(label, language)
    read, t = words(markup), Text(language)
    n_lines = n_by_value = 0
    for column, card in told:
        for line in card.top if column.plan is not None else ():
            assert line.text in read
        for part, line in [(each, line) for each in card.parts for line in each.lines]:
            if column.plan is None and part.subject in OF_PLANS:
                continue  # "no plan was chosen": of today these parts say nothing
            n_lines += 1
            if line.rest is None:
                assert line.text in read
            else:
                n_by_value += 1
                assert line.rest in read
                assert row_name(t, line.key, part.title) in read
                assert line.value in read or line.value[0].lower() + line.value[1:] in read
    assert n_lines > 60
    assert n_by_value > 20, "most of what stays is told by a value"
    norm = next(line.text for line in told[3][1].top if line.key == "top.not_computed")
    assert read.count(norm) == 1, "what holds for all plans stands once"


def card(*lines: CardLine) -> Card:
    return Card("Straat 1", (), (CardPart(Subject.GREEN, "Groen", lines),))


def column(title: str, *plans: str) -> Column:
    return Column(title, example().with_plans([example_plan(name) for name in plans]), None)


def test_a_row_is_for_what_differs_and_a_list_of_plans_names_them_by_their_letters() -> None:
    now = card(
        CardLine("green.trees", "Er zijn 2 bomen.", "2", rest=""), CardLine("green.place", "Het is 72 meter.", "Ongeveer 72 meter", rest="")
    )
    stays = card(
        CardLine("green.trees", "Het blijven er 2.", "2", rest=""), CardLine("green.place", "Blijft.", "Ongeveer 72 meter", rest="Let op.")
    )
    loses = card(
        CardLine("green.trees", "Er verdwijnt 1 boom.", "1"), CardLine("green.place", "Blijft.", "Ongeveer 72 meter", rest="Let op.")
    )
    told = [
        (column("Nu"), now), (column("Wat mag", "vogeltorens-toegestaan"), stays), (column("Torens", "vogeltorens"), loses),
        (column("Hof", "vogelhof"), loses),
    ]  # fmt: skip
    markup = paper_markup(Text("nl"), told, "Straat 1")
    read = words(markup)
    rows = [
        [words(cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in re.findall(r"<tr>(.*?)</tr>", markup)
    ]
    assert rows == [["Onderwerp", "Nu", "A. Wat mag", "B. Torens", "C. Hof"], ["Grote bomen in zicht", "2", "2", "1", "1"]]
    assert "Naar een groene plek, in een rechte lijn: ongeveer 72 meter" in read
    assert re.search(r"B, C: \s*Er verdwijnt 1 boom\.", read)
    assert re.search(r"Bij elk plan: \s*Let op\.", read)
    assert read.count("Er verdwijnt 1 boom.") == read.count("Let op.") == 1
    assert "Het blijven er 2." not in read
