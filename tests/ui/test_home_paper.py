"""The paper card: everything that the cards on the screen say is on it, as a sentence or as a value under its name, and once."""

from __future__ import annotations

import base64
import html
import re

import pytest
import shapely

from tests.browser.corner import make_corner
from ui.home_card import Column, row_name
from ui.home_map import AROUND, FARTHEST, paper_map
from ui.home_paper import NORM, NOTHING_NEW, OF_NO_PLAN, OF_PLANS, SEASON, paper_markup
from ui.text import Text
from wijktwin.errors import Language
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.home import Home, home_address
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Plan
from wijktwin.model.whereabouts import plan_area
from wijktwin.places import example_folder
from wijktwin.sources.folder import read_folder
from wijktwin.sources.plans.assembly import plan_from_document
from wijktwin.sources.plans.document import document_from_geojson, parse_document
from wijktwin.words.cards import Card, CardLine, CardPart, Subject, make_card

PLANS = ("", "vogeltorens-toegestaan", "groene-straat", "vogeltorens", "vogelhof")


def words(markup: str) -> str:
    """What is read on the paper."""
    return html.unescape(re.sub(r"<[^>]+>", "\n", markup))


@pytest.fixture(scope="module")
def corner(tmp_path_factory: pytest.TempPathFactory) -> Neighbourhood:
    """What stands around the plans of the example: a card of a home there costs a fifth of one in the whole example."""
    return read_folder(make_corner(tmp_path_factory.mktemp("corner") / "vogelbuurt"))


def plan_of(name: str, neighbourhood: Neighbourhood) -> Plan:
    path = example_folder() / "plans" / f"{name}.geojson"
    document = document_from_geojson(parse_document(path.read_bytes(), source=path.name), source=path.name)
    return plan_from_document(document, neighbourhood=neighbourhood)


def home(label: str, neighbourhood: Neighbourhood) -> Home:
    table = neighbourhood.addresses
    named = table["street"] + " " + table["number"].astype(str) + table["suffix"]
    return Home(str(table["address_id"][named == label].iloc[0]))


def paper(label: str, language: Language, neighbourhood: Neighbourhood) -> tuple[list[tuple[Column, Card]], str]:
    """The cards of a home beside each other, and its paper."""
    t, told = Text(language), []
    for name in PLANS:
        scenario = neighbourhood.with_plans([plan_of(name, neighbourhood)] if name else [])
        card = make_card(scenario, home(label, neighbourhood), language=language, assumptions=default_assumptions())
        told.append((Column(name or t("home.now"), scenario, card), card))
    return told, paper_markup(t, told, label)


def rows_of(markup: str) -> list[list[str]]:
    """The cells of the table on the paper."""
    return [
        [words(cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in re.findall(r"<tr>(.*?)</tr>", markup)
    ]


@pytest.mark.parametrize(
    ("label", "language"), [("Buidelmeesstraat 12", "nl"), pytest.param("Boomkruiperstraat 1", "en", marks=pytest.mark.exhaustive)]
)
def test_every_line_of_every_card_is_on_the_paper(label: str, language: Language, corner: Neighbourhood) -> None:
    told, markup = paper(label, language, corner)
    read, t = words(markup), Text(language)
    n_lines = n_by_value = n_told = 0
    heads = next(row for row in rows_of(markup) if row[0] == t("home.subject"))
    for column, card in told:
        for line in card.top if column.plan is not None else ():
            assert line.text in read
        for part, line in [(each, line) for each in card.parts for line in each.lines]:
            if column.plan is None and (part.subject in OF_PLANS or line.key in OF_NO_PLAN):
                continue  # "no plan was chosen": of today these lines say nothing
            n_lines += 1
            if line.key == NOTHING_NEW:
                place = [each.partition(". ")[2] or each for each in heads].index(column.title)
                assert {
                    each[place]
                    for each in rows_of(markup)
                    if each[0] in {t("home_row.new_building_away"), t("home_row.new_building_height")}
                } == {"–"}
                continue
            own = [words(each) for each in re.split(r"(?<=[.?!]) (?=[A-Z])", line.text if line.rest is None else line.rest)]
            if line.key == SEASON and all(each.cell for each in card.lines if re.fullmatch(r"sun\.\d\d-\d\d", each.key)):
                continue  # every day stands in the table
            if line.key == NORM and column.plan is None:
                own = []  # "nu en straks": it stands with every plan
            assert all(each in read for each in own), line.key
            if not line.cell:
                n_told += 1
                continue
            n_by_value += 1
            name = row_name(t, line.key, part.title)
            row = next((each for each in rows_of(markup) if each[0] == name), None)
            if row is None:
                assert re.search(rf"{re.escape(name)}: {re.escape(line.cell)}", read, re.IGNORECASE), "of all scenarios at once"
            else:
                place = [each.partition(". ")[2] or each for each in heads].index(column.title)
                assert line.cell in row[place].split(" · ")
    assert n_lines > 60
    assert n_by_value > 20, "most of what stays is told by a value"
    assert n_told > 20
    norm = next(line.text for line in told[3][1].top if line.key == "top.not_computed")
    assert read.count(norm) == 1, "what holds for all plans stands once"


def card(*lines: CardLine) -> Card:
    return Card("Straat 1", (), (CardPart(Subject.GREEN, "Groen", lines),))


def columns(corner: Neighbourhood, named: dict[str, str]) -> list[Column]:
    return [Column(title, corner.with_plans([plan_of(name, corner)] if name else []), None) for title, name in named.items()]


def test_a_row_is_for_what_differs_and_a_list_of_plans_names_them_by_their_letters(corner: Neighbourhood) -> None:
    now = card(
        CardLine("green.trees", "Er zijn 2 bomen.", "2", cell="2", rest=""),
        CardLine("green.place", "Het is 72 meter.", "Ongeveer 72 meter", cell="≈ 72 meter", rest=""),
    )
    stays = card(
        CardLine("green.trees", "Het blijven er 2.", "2", cell="2", rest=""),
        CardLine("green.place", "Blijft.", "Ongeveer 72 meter", cell="≈ 72 meter", rest="Let op."),
    )
    loses = card(
        CardLine("green.trees", "Er verdwijnt 1 boom.", "1"),
        CardLine("green.place", "Blijft.", "Ongeveer 72 meter", cell="≈ 72 meter", rest="Let op."),
    )
    named = {"Nu": "", "Wat mag": "vogeltorens-toegestaan", "Torens": "vogeltorens", "Hof": "vogelhof"}
    told = list(zip(columns(corner, named), (now, stays, loses, loses), strict=True))
    markup = paper_markup(Text("nl"), told, "Straat 1")
    read, rows = words(markup), rows_of(markup)
    assert rows == [["Onderwerp", "Nu", "A. Wat mag", "B. Torens", "C. Hof"], ["Grote bomen in zicht", "2", "2", "1", "1"]]
    assert "Naar een groene plek, in een rechte lijn: ≈ 72 meter" in read
    assert "≈: ongeveer." in read
    assert re.search(r"B, C: \s*Er verdwijnt 1 boom\.", read)
    assert re.search(r"Bij elk plan: \s*Let op\.", read)
    assert read.count("Er verdwijnt 1 boom.") == read.count("Let op.") == 1
    assert "Het blijven er 2." not in read


def test_what_a_norm_asks_and_what_a_degree_is_are_said_once(corner: Neighbourhood) -> None:
    fist = "Een vuist aan een gestrekte arm is ongeveer 10 graden."

    def sun(verdict: str, *seen: str) -> Card:
        norm = f"De norm vraagt 2 uur. {verdict} Geen wet vraagt dit."
        view = [CardLine(f"view.plan.{number}", each) for number, each in enumerate(seen)]
        return Card(
            "Straat 1", (),
            (CardPart(Subject.SUN, "Zon", (CardLine(NORM, norm, rest=norm),)), CardPart(Subject.VIEW, "Uitzicht", tuple(view))),
        )  # fmt: skip

    named = {"Nu": "", "Wat mag": "vogeltorens-toegestaan", "Torens": "vogeltorens", "Hof": "vogelhof"}
    told = list(zip(columns(corner, named), (
        sun("U haalt die."),
        sun("U haalt die, ook straks.", "Iets is te zien. Het komt nauwelijks boven de horizon uit."),
        sun("U haalt die, ook straks.", f"Iets is te zien. Het reikt tot 20 graden. {fist}"),
        sun("U haalt die, straks niet meer.", f"Iets is te zien. Het reikt tot 30 graden. {fist}"),
    ), strict=True))  # fmt: skip
    read = words(paper_markup(Text("nl"), told, "Straat 1"))
    assert re.search(r"Bij alles: \s*De norm vraagt 2 uur\. Geen wet vraagt dit\.", read)
    assert read.count("De norm vraagt 2 uur.") == read.count("Geen wet vraagt dit.") == read.count(fist) == 1
    assert re.search(rf"B, C: \s*{re.escape(fist)}", read)
    assert "U haalt die." not in read, "each plan tells how it is now too"
    assert re.search(r"A, B: \s*U haalt die, ook straks\.", read)
    assert re.search(r"C: \s*U haalt die, straks niet meer\.", read)
    open_ = [(column, sun("Of uw huis die norm haalt, kunnen wij niet zeggen.") if column.plan else card) for column, card in told]
    assert "U haalt die." in words(paper_markup(Text("nl"), open_, "Straat 1")), "no plan tells how it is now"


def test_what_holds_for_some_plans_is_said_once_below_the_top_after_their_letters(corner: Neighbourhood) -> None:
    def top(*lines: tuple[str, str]) -> Card:
        return Card("Straat 1", tuple(CardLine(key, words) for key, words in lines), ())

    unknown, named = (
        ("top.unknown", "Over parkeren weten wij niets."),
        {"Wat mag": "vogeltorens-toegestaan", "Hof": "vogelhof", "T": "vogeltorens"},
    )
    found, from_which = ("top.hof", "Dan krijgt u minder zon."), ("top.from_which", "Vanaf 15 minuten.")
    cards = (top(unknown, from_which), top(unknown, ("top.small.sun", "Minder dan 15 minuten."), from_which), top(found))
    read = words(paper_markup(Text("nl"), list(zip(columns(corner, named), cards, strict=True)), "Straat 1"))
    assert "B: Minder dan 15 minuten. A, B: Over parkeren weten wij niets. Vanaf 15 minuten." in read
    assert read.index("Dan krijgt u minder zon.") < read.index("Minder dan 15 minuten.")
    alike = words(paper_markup(Text("nl"), [(column, cards[0]) for column in columns(corner, named)], "Straat 1"))
    assert "A, B" not in alike
    assert alike.count("Over parkeren weten wij niets.") == 1


@pytest.mark.parametrize("label", ["Buidelmeesstraat 12", "Boomkruiperstraat 1"])
def test_the_map_on_paper_holds_the_home_and_every_plan_by_its_letter_or_says_how_far_it_is(label: str, corner: Neighbourhood) -> None:
    plans, now = [plan_of(name, corner) for name in PLANS if name], home(label, corner)
    markup = paper_map(Text("nl"), corner, plans, now)
    picture = base64.b64decode(markup.partition("base64,")[2].partition('"')[0]).decode()
    side = float(re.findall(r'viewBox="0 0 ([\d.]+)', picture)[0])
    where = home_address(corner, now.address_id)
    window = shapely.box(where.x - side / 2, where.y - side / 2, where.x + side / 2, where.y + side / 2)
    letters = {each for told in re.findall(r'class="letter">([^<]+)<', picture) for each in told.split()}
    assert letters == {letter for letter, plan in zip("ABCD", plans, strict=True) if plan_area(plan, corner).intersects(window)}
    assert letters | set(re.findall(r"([A-D]) ligt buiten", words(markup))) == set("ABCD")
    assert 2 * AROUND <= side <= 2 * FARTHEST
    assert [float(each) for each in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', picture)[0]] == pytest.approx(
        [side / 2, side / 2], abs=0.1
    )
    standing = next(path for path in re.findall(r"<path[^>]*>", picture) if 'class="building"' in path)
    assert standing.count("M") > 20, "what stands around it"
    assert "50 meter" in picture
    assert "Noord is boven." in words(markup)
