"""What sets say: made-up plans are named where they are shown, shares are of the plan in the picture, and no word is cut or covered."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from PIL import Image

from layers.stills import Studio
from layers.terrain import build_terrain
from tests.layers.small_town import GROUND, SOUTH, WEST, low_block, small_town, tower
from ui.sheet_legend import all_legends
from wijktwin.appearance import View
from wijktwin.errors import InputError, Language
from wijktwin.export import key_map, packs
from wijktwin.export.contact_sheet import CELL, Cell, contact_sheet
from wijktwin.export.drawn import Drawing, Shot
from wijktwin.export.home_views import HomeView
from wijktwin.export.letters import Block
from wijktwin.export.packs import council_pack, scenarios_of, shadow_set
from wijktwin.export.papers import PAPERS, Size
from wijktwin.export.perspective import EYE_HEIGHT
from wijktwin.export.picture import Wanted, words_around
from wijktwin.export.standpoints import ABOVE_FOOT, LOWER, Lookout
from wijktwin.export.telling import Teller
from wijktwin.impacts.shared import sun_place
from wijktwin.impacts.silhouettes import LOWEST_SUN
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Plan
from wijktwin.model.provenance import LocalText, Source
from wijktwin.model.scenario import Scenario
from wijktwin.model.surroundings import TREE_COLUMNS, geographic_table

if TYPE_CHECKING:
    from wijktwin.export.sets import Job

TODAY = date(2026, 11, 22)
DRAWN = (7, 99, 201)
"""A colour that no paper, letter or mark has."""
SAND = (255, 243, 204)
LONG = "Herontwikkeling van het voormalige bedrijventerrein aan de Oude Spoorlaan met woningen, voorzieningen en een ondergrondse garage"
MANY = tuple(
    Source(f"Bestand {number} van de Ontwikkelingsmaatschappijvoorwoningbouwenvoorzieningen", "Een eigenaar", "2026-01-01")
    for number in range(12)
)


class Flat:
    """A renderer of one colour, that tells which shots were asked for."""

    def __init__(self) -> None:
        self.shots: list[Shot] = []

    def draw(self, _drawing: Drawing, shot: Shot) -> NDArray[np.uint8]:
        self.shots.append(shot)
        return np.full((*shot.size[::-1], 3), DRAWN, dtype=np.uint8)


@dataclass
class Written:
    """Every block of text that was written, with its upper left corner."""

    blocks: list[tuple[Block, float, float]] = field(default_factory=list)

    @property
    def words(self) -> str:
        """All that was written, without blanks: names may be broken anywhere."""
        return without_blanks("".join("".join(block.lines) for block, _, _ in self.blocks))


def without_blanks(words: str) -> str:
    return "".join(words.split())


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Written:
    found = Written()
    write = Block.draw

    def heard(self: Block, pen: Any, x: float, y: float, colour: tuple[int, int, int]) -> None:
        found.blocks.append((self, x, y))
        write(self, pen, x, y, colour)

    monkeypatch.setattr(Block, "draw", heard)
    return found


def real_town() -> Neighbourhood:
    return replace(small_town(), key="real-town", fictional=False)


def made_up(**other: Any) -> Plan:
    return replace(tower(), fictional=True, **other)


def studio_of(neighbourhood: Neighbourhood, plans: list[Plan]) -> Studio:
    return Studio.of(neighbourhood, plans, renderer=Flat())  # type: ignore[arg-type]


def set_of(
    neighbourhood: Neighbourhood, plans: list[Plan], *, language: Language = "nl", size: Size = Size.SCREEN, has_homes: bool = False
) -> tuple[list[Job], list[Job], Studio]:
    """The council pack and the shadow set, and what draws them."""
    studio = studio_of(neighbourhood, plans)
    shown = scenarios_of(neighbourhood, plans, Teller(neighbourhood, language, TODAY))
    legends = all_legends([each.scenario for each in shown], studio.prepared, language)
    teller = Teller(neighbourhood, language, TODAY, "https://wijktwin.voorbeeldstad.nl", legends)
    homes = [HomeView("Dorpsstraat 1", WEST + 3.0, SOUTH - 0.3, 7.6)] if has_homes else []
    pack = council_pack(studio, shown, teller, size, homes=homes, consent="de gemeente, 20 november 2026" if has_homes else "")
    return pack, shadow_set(studio, shown, teller, size, year=2026), studio


def test_made_up_plans_of_a_real_neighbourhood_are_named() -> None:
    real, high, low = real_town(), made_up(), replace(low_block(), fictional=True)
    today, one, other = (Scenario(real, frozenset(plans)) for plans in ([], [high], [low]))
    dutch, english = (Teller(real, language, TODAY) for language in ("nl", "en"))
    assert dutch.banner(today) == dutch.banner(Scenario(real, frozenset([low_block()]))) == ""
    assert dutch.banner(today, one) == "Verzonnen plan: “De toren”."
    assert english.banner(one) == "Fictional plan: “The tower”."
    assert dutch.banner(one, other, one) == "Verzonnen plannen: “De toren” en “Laag blok”."
    assert Teller(small_town(), "nl", TODAY).banner(one, today) == "Verzonnen voorbeeld: Small town bestaat niet."


def test_they_are_named_on_every_sheet_that_shows_them_and_on_no_other(written: Written) -> None:
    pack, shadows, _ = set_of(real_town(), [made_up(), low_block()])
    banner = without_blanks("Verzonnen plan: “De toren”.")
    by_name = {job.name: job for job in (*pack, *shadows)}
    chosen = [name for name in by_name if name.startswith(("0-map", "above"))]
    assert {name.split("-")[-1] for name in chosen} == {"map.png", "tower.png", "block.png", "today.png"}
    for name in chosen:
        written.blocks.clear()
        sheet = Image.open(io.BytesIO(by_name[name].make()))
        is_shown = not name.endswith(("today.png", "block.png"))
        assert (banner in written.words) == is_shown, name
        assert (sheet.getpixel((sheet.width - 2, 2)) == SAND) == is_shown, name
        assert (banner in without_blanks(str(sheet.info["Description"]))) == is_shown, name


def test_pictures_of_one_place_show_the_same_part_of_the_world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wijktwin.export.picture.as_png", lambda *_told, **_more: b"")
    pack, shadows, studio = set_of(real_town(), [made_up(title=LocalText(LONG, LONG)), low_block()])
    renderer = studio._renderer
    assert isinstance(renderer, Flat)
    shown: dict[str, list[tuple[Any, ...]]] = {}
    for job in (*pack, *shadows):
        place = next((each for each in ("1-", "03-21-09", "12-22-09") if job.name.startswith(each)), "")
        if place:
            renderer.shots.clear()
            job.make()
            shown.setdefault(place, []).extend((shot.view, shot.size) for shot in renderer.shots)
    assert {place: (len(found), len(set(found))) for place, found in shown.items()} == dict.fromkeys(("1-", "03-21-09", "12-22-09"), (3, 1))
    assert shown["03-21-09"] == shown["12-22-09"], "one camera, one size, whatever is said around it"


def test_what_is_seen_is_of_the_plan_in_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """The low block stands on the lawn behind the houses, the tower in their row: from the street one sees less of the block."""
    sheets: dict[str, Wanted] = {}

    def kept(_stills: object, _scenario: object, wanted: Wanted, *_rest: object, **_more: object) -> bytes:
        sheets[wanted.title] = wanted
        return b""

    monkeypatch.setattr(packs, "picture", kept)
    neighbourhood = real_town()
    pack, shadows, _ = set_of(neighbourhood, [tower(), low_block(published=False)], has_homes=True)
    for job in (*pack, *shadows[:3]):
        if not job.name.startswith("0-"):
            job.make()
    ground = build_terrain(neighbourhood)
    both = Lookout([Scenario(neighbourhood, frozenset([plan])) for plan in (tower(), low_block())], ground)
    place = both.on_streets()[0]
    told = {}
    for plan in (tower(), low_block()):
        own = Lookout([Scenario(neighbourhood, frozenset([plan]))], ground).looked_at(place.x, place.y, where="")
        standing = (each for title, each in sheets.items() if plan.title.nl in title and each.notes)
        (wanted,) = (each for each in standing if each.notes[0].startswith("Standplaats 1:"))
        told[plan.plan_id] = f"{own.share:.0%}"
        distance = 5 * round(own.distance / 5)
        assert f"{distance}\u00a0m van het plan" in wanted.notes[0]
        if own.is_seen:
            assert f"Geen ander gebouw staat voor {told[plan.plan_id]} van de gevels van het plan." in wanted.notes[0]
        else:
            assert wanted.notes[1] == "Vanaf deze plek is het plan niet of nauwelijks te zien: er staan gebouwen voor."
    assert len(set(told.values())) == 2, "otherwise nobody can tell whose share it is"
    today = [each for title, each in sheets.items() if title.endswith("Nu") and each.notes and each.notes[0].startswith("Standplaats")]
    assert today
    assert not any("Geen ander gebouw" in note for each in today for note in each.notes), "nothing is built there today"
    home = [each for title, each in sheets.items() if "Dorpsstraat 1" in title]
    assert len(home) == 3
    assert {each.link for each in home} == {""}, "a link names a street at most"
    teller = Teller(neighbourhood, "nl", TODAY)
    paper = PAPERS[Size.SCREEN]
    around = [words_around(Scenario(neighbourhood), each, teller, paper).notes for each in home]
    assert not any("vanaf de grond" in note for notes in around for note in notes), "who looks from a window stands on no ground"
    assert all("Standplaats" in notes[0] and "7,6\u00a0m boven de grond" in notes[0] for notes in around)
    assert all(each.eye == 7.6 and "de gemeente, 20 november 2026" in each.notes[-1] for each in home)
    linked = {title: each.link for title, each in sheets.items() if "Dorpsstraat 1" not in title}
    unlinked = {title for title in linked if low_block().title.nl in title}
    assert len(linked) > 6
    assert len(unlinked) == len(linked) / 3
    assert {title for title, link in linked.items() if not link} == unlinked, "a plan of a visitor's own is behind no link"
    assert not any(low_block().plan_id in link for link in linked.values())


def test_from_a_third_storey_one_looks_from_its_window() -> None:
    neighbourhood = small_town()
    scenario = Scenario(neighbourhood, frozenset([tower()]))
    lookout = Lookout([scenario], build_terrain(neighbourhood))
    x, y = WEST + 3.0, SOUTH - 0.3
    above = 2 * 3.0 + EYE_HEIGHT
    window, street = (lookout.looked_at(x, y, where="", above=height) for height in (above, EYE_HEIGHT))
    distance = WEST + 30.0 - x
    assert window.distance == pytest.approx(distance)
    for seen, eye in ((window, GROUND + above), (street, GROUND + EYE_HEIGHT)):
        top = np.degrees(np.arctan2(GROUND + 36.0 - eye, distance))
        foot = np.degrees(np.arctan2(GROUND - eye, distance))
        assert seen.up == pytest.approx(min((top + foot) / 2.0 - LOWER, foot + ABOVE_FOOT), abs=0.06)
    assert window.up < street.up - 3.0
    assert lookout.looked_at(x, y, where="", above=60.0).up < -20.0, "from above the plan one looks down on it"


def test_from_a_window_above_crowns_no_tree_hides_the_plan() -> None:
    town = small_town()
    hedge = [shapely.Point(WEST + 24.0 + 4.0 * place, SOUTH + 16.0) for place in range(8)]
    trees = {"tree_id": [f"hedge-{place}" for place in range(8)], "height": [9.0] * 8, "crown_diameter": [6.0] * 8}
    planted = replace(town, key="hedged", tree_table=geographic_table(TREE_COLUMNS, trees, hedge, town.trees.crs))
    lookout = Lookout([Scenario(planted, frozenset([replace(tower(), planted=())]))], build_terrain(planted))
    low, high = (lookout.looked_at(WEST + 38.0, SOUTH + 50.0, where="", above=height) for height in (EYE_HEIGHT, 80.0))
    assert low.share_in_leaf < low.share - 0.05
    assert high.share_in_leaf == high.share > 0.3


@pytest.mark.parametrize("language", ["nl", pytest.param("en", marks=pytest.mark.exhaustive)])
def test_no_word_is_cut_or_covered_on_a_contact_sheet_and_a_key_map(written: Written, language: Language) -> None:
    title = LocalText(LONG, LONG)
    neighbourhood = replace(real_town(), sources=MANY)
    pack, shadows, _ = set_of(neighbourhood, [made_up(title=title), low_block()], language=language)
    for job in (pack[0], shadows[-1]):
        written.blocks.clear()
        pixels = np.asarray(Image.open(io.BytesIO(job.make())))
        readable(written, pixels)
        for source in MANY:
            assert without_blanks(source.title) in written.words
        assert without_blanks(LONG) in written.words
    cells = drawn(pixels).sum()
    assert cells == 16 * 3 * CELL[0] * CELL[1], "every picture is whole"
    scenario = Scenario(neighbourhood, frozenset([low_block()]))
    legends = all_legends([scenario], studio_of(neighbourhood, [low_block()]).prepared, language)
    legend = {line.words for line in legends[scenario.key, True]}
    assert len(legend) > 8
    assert all(without_blanks(words) in written.words for words in legend)


@pytest.mark.parametrize("language", ["nl", pytest.param("en", marks=pytest.mark.exhaustive)])
@pytest.mark.parametrize("size", [Size.SCREEN, *(pytest.param(size, marks=pytest.mark.exhaustive) for size in (Size.A4, Size.A3, Size.A2))])
def test_no_word_is_cut_or_covered_on_a_sheet_of_a_set(written: Written, language: Language, size: Size) -> None:
    title = LocalText(LONG, LONG)
    pack, _, _ = set_of(
        replace(real_town(), sources=MANY), [made_up(title=title), low_block()], language=language, size=size, has_homes=True
    )
    by_name = {job.name: job for job in pack}
    for name in (next(name for name in by_name if name.startswith("1-") and "tower" in name), "above-proposal-tower.png"):
        written.blocks.clear()
        pixels = np.asarray(Image.open(io.BytesIO(by_name[name].make())))
        assert pixels.shape[:2] == (PAPERS[size].height, PAPERS[size].width)
        readable(written, pixels)
        assert all(without_blanks(words) in written.words for words in (LONG, *(source.title for source in MANY)))
        assert drawn(pixels).mean() > 0.3, "there is room left for the picture"


def drawn(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where a picture is."""
    return np.asarray((pixels[..., 0] == DRAWN[0]) & (pixels[..., 2] == DRAWN[2]), dtype=np.bool_)


def readable(written: Written, pixels: NDArray[np.uint8]) -> None:
    """Every block lies on the paper, beside all others, and on no picture."""
    height, width = pixels.shape[:2]
    is_drawn = drawn(pixels)
    boxes = [(x, y, x + block.width, y + block.height) for block, x, y in written.blocks]
    for place, (x0, y0, x1, y1) in enumerate(boxes):
        words = written.blocks[place][0].lines
        assert 0 <= x0 < x1 <= width, words
        assert 0 <= y0 < y1 <= height, words
        assert not is_drawn[int(y0) + 1 : int(y1) - 1, int(x0) + 1 : int(x1) - 1].any(), words
        for a in boxes[:place]:
            assert a[2] <= x0 + 1 or x1 <= a[0] + 1 or a[3] <= y0 + 1 or y1 <= a[1] + 1, words


def test_homes_stand_on_the_key_map(written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    marks: list[int] = []

    def marked(pixels: NDArray[np.uint8], _shot: Shot, walkers: list[Any], *_rest: object) -> NDArray[np.uint8]:
        marks.append(len(walkers))
        return pixels

    monkeypatch.setattr(key_map, "marked", marked)
    pack, _, _ = set_of(real_town(), [tower()], has_homes=True)
    pack[0].make()
    n_places = len({job.name.split("-")[0] for job in pack if job.name[0].isdigit()} - {"0"})
    assert marks == [n_places]
    assert without_blanks(f"Standplaats {n_places}: Dorpsstraat 1, 7,6 m boven de grond.") in written.words


def test_a_plan_that_is_only_below_ground_stands_on_no_map() -> None:
    below = made_up(plan_id="garage", volumes=tuple(volume for volume in tower().volumes if volume.is_below_ground))
    pack, _, _ = set_of(real_town(), [below, low_block()])
    assert Image.open(io.BytesIO(pack[0].make())).size == (1600, 1000)


def test_a_sun_too_low_for_shade_is_told_beside_its_pictures(written: Written) -> None:
    neighbourhood = small_town()
    teller, scenario = Teller(neighbourhood, "nl", TODAY), Scenario(neighbourhood, frozenset([tower()]))
    place = sun_place(neighbourhood)
    too_low, low = (place.moment(date(2026, 12, 22), 8, minute) for minute in (56, 59))
    assert place.sun(too_low).altitude < LOWEST_SUN <= place.sun(low).altitude
    told = {}
    for moment in (too_low, low):
        written.blocks.clear()
        studio = studio_of(neighbourhood, [tower()])
        contact_sheet(studio, [Cell("Plan", scenario, moment)], studio.view([scenario], View.ABOVE), teller, title="Schaduw", columns=1)
        told[moment] = ("geenschaduwisgetekend" in written.words, "hethelebeelddonker" in written.words)
    assert told == {too_low: (True, False), low: (False, True)}


def test_views_from_homes_need_a_name_that_agrees() -> None:
    neighbourhood = real_town()
    studio = studio_of(neighbourhood, [tower()])
    teller = Teller(neighbourhood, "nl", TODAY)
    shown = scenarios_of(neighbourhood, [tower()], teller)
    for consent in ("", "  "):
        with pytest.raises(InputError, match="consent"):
            council_pack(studio, shown, teller, Size.SCREEN, homes=[HomeView("Dorpsstraat 1", WEST, SOUTH, 1.6)], consent=consent)
