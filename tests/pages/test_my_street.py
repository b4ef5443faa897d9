"""Finding home on the page "my street", what is kept of it, and what is not."""

from __future__ import annotations

import base64
import math
import re
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import CRS, Geod, Transformer
from streamlit.testing.v1 import AppTest

from layers.deck import Picked
from layers.prepared import Thing
from tests.impacts.village import plan
from tests.pages.addresses import address
from tests.pages.visiting import MY_STREET, go, notices, page_text, press, session, visit
from tests.ui.test_background import Bench
from ui import long_figures
from ui.home_link import street_link
from ui.home_map import map_markup
from ui.home_view import OUTSIDE, again, line, looking, viewpoints
from ui.text import Text
from wijktwin.errors import NotFoundError
from wijktwin.export.eye_places import read_eye_place
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.home import Home, Ready, Side
from wijktwin.model.address_search import AddressBook
from wijktwin.model.plan import PlanStatus
from wijktwin.model.provenance import LocalText
from wijktwin.sources.prepared import open_neighbourhood
from wijktwin.words.cards import Card, CardLine

HOME = "Kuifmeesstraat 12"


@pytest.fixture
def blank_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cards on which nothing stands: where the card is not what a test is about."""
    monkeypatch.setattr("ui.home_card.make_card", lambda *_, **__: Card("", (), ()))


def look_for(visitor: AppTest, typed: str) -> AppTest:
    """Type something and press the button."""
    visitor.text_input(key="home_question").input(typed)
    return press(visitor, "home_search")


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def test_an_address_that_leaves_no_doubt_gives_its_card_at_once_and_nothing_of_it_is_kept(
    state_of_the_tests: Path, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = visit(MY_STREET)
    visitor.run()
    before = files(state_of_the_tests)
    look_for(visitor, "kuifmeesstr 12")
    shown = page_text(visitor)
    assert f"Dit gaat over {HOME}." in shown
    for column in ("Zoals het nu is", "Wat hier al mag", "Plan van de gemeente", "Plan van de ontwikkelaar", "Alternatief van bewoners"):
        assert column in shown
    assert address(visitor) == {"v": "1", "lang": "nl"}
    assert "Kuifmees" not in repr(session(visitor))
    assert visitor.session_state["home"].address_id not in caplog.text
    assert "Kuifmees" not in caplog.text
    assert not [path for path in files(state_of_the_tests) - before if "Kuifmees" in path.name or "Verblijfsobject" in path.name]
    press(visitor, "home_other")
    assert "home" not in visitor.session_state
    assert "home_cards" not in visitor.session_state
    assert "home_question" not in visitor.session_state or not visitor.session_state["home_question"]
    assert HOME not in page_text(visitor)


TOLD = {
    "apelvinkstraat 12": "Bedoelt u dit adres?",
    "Kuifmeesstraat 12b": "Nummer 12B staat niet in de gegevens. Dit nummer wel:",
    "Kuifmeesstraat 999": "Nummer 999 staat niet in de gegevens van de Kuifmeesstraat. Het dichtstbij zijn:",
    "Boomkruiperlaan": "Bedoelt u de Boomkruiperstraat? Daar zijn 26 woningen.",
    "Beflijsterweg": "Beflijsterweg: 248 woningen gevonden.",
    "hof": "Er zijn meer straten die hierop lijken. Kies de uwe.",
    "Mereldreef 3": "Deze straat staat niet in de gegevens van deze buurt.",
    "3815 DT 20": "De postcode 3815 DT ligt niet in deze buurt.",
    "12": "Typ bij het huisnummer ook uw straat of uw postcode.",
    "Boomkleverlaan 2": "Op dit adres is volgens de gegevens geen woning",
}


def test_what_leaves_doubt_is_told_in_one_sentence() -> None:
    visitor = visit(MY_STREET)
    for typed, told in TOLD.items():
        look_for(visitor, typed)
        assert told in page_text(visitor), typed
        assert "home" not in visitor.session_state
        assert not visitor.exception


@pytest.mark.usefixtures("blank_cards")
def test_what_was_meant_can_be_chosen_and_so_can_a_number_of_a_street() -> None:
    visitor = look_for(visit(MY_STREET), "apelvinkstraat 12")
    (found,) = [button for button in visitor.button if (button.key or "").startswith("home_is_")]
    press(visitor, str(found.key))
    assert "Dit gaat over Appelvinkstraat 12." in page_text(visitor)
    look_for(press(visitor, "home_other"), "hof")
    press(visitor, "home_street_Kramsvogelhof")
    assert address(visitor)["street"] == "Kramsvogelhof"
    numbers = visitor.selectbox(key="home_number")
    assert numbers.options[:3] == ["1", "2", "3"]
    numbers.select_index(1).run()
    assert "Dit gaat over Kramsvogelhof 2." in page_text(visitor)
    assert address(visitor) == {"v": "1", "lang": "nl", "street": "Kramsvogelhof"}, "a street at most"


def test_a_link_to_a_street_opens_it_with_its_plans_and_nonsense_opens_nothing() -> None:
    visitor = visit(MY_STREET, street="Buidelmeesstraat")
    shown = page_text(visitor)
    assert "“Buidelmeesstraat: van parkeren naar bomen” verandert iets in uw straat." in shown
    assert "Deel uw straat met buren" in [one.label for one in visitor.expander]
    assert visitor.selectbox(key="home_street").value == "Buidelmeesstraat"
    nowhere = visit(MY_STREET, street="Buidelmeesstraat 12")
    assert nowhere.selectbox(key="home_street").value is None
    assert address(nowhere) == {"v": "1", "lang": "nl"}


@pytest.mark.parametrize(
    "page", ["https://wijk.example/my-street?v=1&street=Oud", "https://wijk.example/", "https://wijk.example/scenarios"]
)
def test_the_short_link_names_the_street_and_nothing_else(page: str) -> None:
    assert street_link(page, "'s-Hof & zo", language="en") == "https://wijk.example/my-street?v=1&lang=en&street=%27s-Hof+%26+zo"
    assert street_link("https://x.example/wijk/compare", "A", language="nl") == "https://x.example/wijk/my-street?v=1&lang=nl&street=A"


@pytest.mark.usefixtures("blank_cards")
def test_what_nobody_knows_of_a_living_room_is_asked_and_forgotten_again(
    root: Path, state_of_the_tests: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = open_neighbourhood(root / "data" / "example", state_dir=state_of_the_tests).addresses
    silent = AddressBook.of_table(known.assign(storey=math.nan, side=""))
    monkeypatch.setattr("ui.home.book", lambda _: silent)
    visitor = look_for(visit(MY_STREET), "Beflijsterweg 306")
    assert visitor.session_state["home"].storey is None
    storey = visitor.selectbox(key="home_storey")
    assert storey.options[:3] == ["Weet ik niet", "Begane grond", "1e verdieping"]
    storey.set_value(3).run()
    visitor.radio(key="home_side").set_value(Side.GARDEN).run()
    home = visitor.session_state["home"]
    assert (home.storey, home.side) == (3, Side.GARDEN)
    assert address(visitor) == {"v": "1", "lang": "nl"}
    press(visitor, "home_other")
    look_for(visitor, "Beflijsterweg 306")
    assert visitor.session_state["home"] == Home(home.address_id), "no answer is left"
    look_for(press(visitor, "home_other"), HOME)
    assert not [one for one in visitor.selectbox if one.key == "home_storey"], "a home of its own has its living room on the ground floor"


def test_a_card_that_cannot_be_made_is_told_calmly_and_the_log_does_not_say_whose_it_was(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: object, home: Home, **__: object) -> None:
        raise NotFoundError("view.no_such_home", address_id=home.address_id)

    monkeypatch.setattr("ui.home_card.make_card", broken)
    visitor = look_for(visit(MY_STREET), HOME)
    assert "Dit kaartje kon niet worden gemaakt." in "".join(notices(visitor))
    assert "NotFoundError" in caplog.text
    assert "Verblijfsobject" not in caplog.text
    assert "Kuifmees" not in caplog.text


def test_a_card_is_made_whole_and_stays_whole_however_long_others_kept_the_server_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are kept for more scenarios than what they were made of: what a card needs and is gone is computed again."""
    bench, here = Bench(), Ready(None, None)

    def made(*_: object, sunlight: object, **__: object) -> Card:
        is_waiting = sunlight is None
        return Card("", (CardLine("top.still", "Nog bezig." if is_waiting else "Helemaal af.", is_waiting=is_waiting),), ())

    monkeypatch.setattr(long_figures, "BACKGROUND", bench.background)
    monkeypatch.delenv(long_figures.VARIABLE, raising=False)
    monkeypatch.setattr("ui.home_card.make_card", made)
    monkeypatch.setattr("ui.home_card.cool_at_homes", lambda _: "no_trees")
    monkeypatch.setattr("ui.home_card.ready", lambda *_, **__: here)
    visitor = look_for(visit(MY_STREET), HOME)
    bench.work()
    n_computed = len(bench.slow.computed)
    assert "Nog bezig." in page_text(visitor.run())
    bench.work()
    assert len(bench.slow.computed) == 2 * n_computed
    here = Ready(object(), object())  # type: ignore[arg-type]
    assert "Nog bezig." not in page_text(visitor.run())
    here = Ready(None, None)
    shown = page_text(visitor.run())
    assert "Helemaal af." in shown
    assert "Nog bezig." not in shown
    assert not bench.started


@pytest.mark.usefixtures("blank_cards")
def test_a_plan_of_ones_own_that_was_withdrawn_has_no_card_and_others_of_one_title_are_told_apart() -> None:
    visitor = look_for(visit(MY_STREET), HOME)
    session(visitor).own_plans = {"weg": plan("weg", status=PlanStatus.WITHDRAWN), "een": plan("een"), "twee": plan("twee")}
    visitor.run()
    assert not visitor.exception
    shown = page_text(visitor)
    assert ("(een)" in shown, "(twee)" in shown, "(weg)" in shown) == (True, True, False)
    assert sum("staat er niet bij: zo kan het niet worden gebouwd." in said for said in notices(visitor)) == 1, "what is left out is told"
    assert f"Dit gaat over {HOME}." in page_text(visitor)


@pytest.mark.usefixtures("blank_cards")
def test_the_home_goes_along_to_another_page_and_back_in_the_other_language() -> None:
    visitor = look_for(visit(MY_STREET), HOME)
    go(visitor, "pages/about/accessibility.py")
    assert "Kuifmees" not in page_text(visitor)
    go(visitor, MY_STREET)
    press(visitor, "language_en")
    assert f"This is about {HOME}." in page_text(visitor)


def test_the_map_says_in_words_what_it_draws(root: Path, state_of_the_tests: Path) -> None:
    neighbourhood = open_neighbourhood(root / "data" / "example", state_dir=state_of_the_tests)
    table = neighbourhood.addresses
    row = table[(table["street"] == "Kuifmeesstraat") & (table["number"] == 12)].iloc[0]
    drawn = map_markup(Text("nl"), neighbourhood, [], Home(row["address_id"]))
    assert 'alt="Kaart met Kuifmeesstraat 12 in het midden, 150 meter naar alle kanten.' in drawn
    assert "Binnen dit stuk kaart bouwt of sloopt geen plan." in drawn
    picture = base64.b64decode(drawn.partition("base64,")[2].partition('"')[0]).decode()
    named = re.findall(r'class="street">([^<]+)<', picture)
    assert "Kuifmeesstraat" in named
    assert len(named) == len(set(named)) > 3
    assert set(named) <= set(neighbourhood.street_table["street"]) if neighbourhood.street_table is not None else False
    here = plan("here", title=LocalText("Hier", "Here"), demolishes=frozenset({row["building_id"]}))
    drawn = map_markup(Text("nl"), neighbourhood, [here], Home(row["address_id"]))
    assert "A. Hier: op de plek van uw huis zelf." in drawn, "a place has no direction from itself"


def test_a_home_looks_out_of_its_own_wall_and_stands_before_and_behind_it(root: Path, state_of_the_tests: Path) -> None:
    neighbourhood = open_neighbourhood(root / "data" / "example", state_dir=state_of_the_tests)
    table = neighbourhood.addresses
    row = table[(table["street"] == "Buidelmeesstraat") & (table["number"] == 12)].iloc[0]
    assumptions = default_assumptions()
    window, garden, pavement = viewpoints(neighbourhood, Home(row["address_id"]), assumptions=assumptions)
    building = neighbourhood.buildings.footprint(neighbourhood.buildings.rows[row["building_id"]])
    assert building is not None
    place = shapely.Point(window.window.x, window.window.y)
    assert building.distance(place) == pytest.approx(OUTSIDE, abs=0.1)
    ground = neighbourhood.buildings[row["building_id"]].ground_height
    eye = assumptions["eye_height_seated"].value
    assert window.window.eye == pytest.approx((ground or 0.0) + eye, abs=0.05)
    ahead = math.radians(window.window.bearing)
    seen = shapely.LineString([(place.x, place.y), (place.x + 50 * math.sin(ahead), place.y + 50 * math.cos(ahead))])
    assert not seen.intersects(building), "it looks away from its own wall"
    opposite = (garden.window.bearing - pavement.window.bearing) % 360
    assert opposite == pytest.approx(180, abs=1), "one looks away from the home on both sides"
    for outside in (garden, pavement):
        assert outside.window.eye is None, "who stands outside stands on the ground as it is drawn"
        assert not building.contains(shapely.Point(outside.window.x, outside.window.y))
    told = line(Text("en"), window, neighbourhood.with_plans())
    assert f"Place: {place.x:,.2f}; {place.y:,.2f} (Amersfoort / RD New + NAP height). Eye: {eye:.1f} metres above the ground" in told
    assert (
        f"at a height of {window.window.eye:.2f} metres. Direction: north, {window.window.bearing:.1f} degrees clockwise from north" in told
    )
    assert "Angle of view: 60 degrees" in told
    wall = building.segmentize(0.01).boundary  # square to its wall, measured from true north: RD's north is 0.04 degrees off here
    near = shapely.line_locate_point(wall, place)
    (ax, ay), (bx, by) = (wall.interpolate(near + step).coords[0] for step in (-0.5, 0.5))
    along = math.degrees(math.atan2(bx - ax, by - ay)) + (5.331 - 5.38720621) * math.sin(math.radians(52.28))
    assert abs((window.window.bearing - along) % 180 - 90) == pytest.approx(0, abs=0.06)
    assert f"Data {neighbourhood.key[:8]}; plan: as it is now" in told
    assert "Shade: not drawn." in told
    assert told.endswith("Whoever copies this gets the same picture.")
    told = line(Text("nl"), window, neighbourhood.with_plans(), moment="2026-03-21T12:00")
    assert "Schaduw: van 21 maart 2026 om 12.00 uur, plaatselijke tijd." in told
    own_plan, their_plan = (
        plan(name, demolishes=frozenset({row["building_id"]}) if is_mine else frozenset(), published_by_server=not is_mine)
        for name, is_mine in (("mine", True), ("theirs", False))
    )
    command = again(Text("nl"), window, neighbourhood.with_plans([own_plan, their_plan]), moment="2026-03-21T12:00")
    (found,) = re.findall(r"<code>(.*)</code>", command)
    words = found.split()
    assert words[:5] == ["wijktwin", "export", "picture", "--data", "GEGEVENS"]
    after = dict(zip(words[6::2], words[7::2], strict=True))
    assert read_eye_place(words[5].removeprefix("--from="), float(after["--direction"])) == window.eye_place, "copied is what is drawn"
    assert after["--sun"] == "2026-03-21T12:00"
    assert (after["--plans"], after["--plan"]) == ("theirs", "mine.geojson")
    mine, theirs = window.key(b"one visit"), window.key(b"another visit")
    assert mine == window.key(b"one visit"), "one picture stays one picture"
    assert len({mine, theirs, garden.key(b"one visit")}) == 3, "who does not know the visit cannot find the home by trying all"
    flat = table[(table["street"] == "Beflijsterweg") & (table["number"] == 306)].iloc[0]
    high = viewpoints(neighbourhood, Home(flat["address_id"]), assumptions=assumptions)[0]
    assert high.height == pytest.approx(3 * assumptions["storey_height_dwelling"].value + eye)
    assert high.name(Text("nl")) == "Uit het raam: 3e verdieping, kant zuiden"


@pytest.mark.parametrize("place", [(85_000.0, 446_900.0), (250_000.0, 580_000.0)])
def test_which_way_one_looks_is_told_from_true_north(place: tuple[float, float]) -> None:
    # in Delft the north of the grid lies 0.8 degrees to the west of true north, in Groningen 1.4 to the east
    away = np.array([math.sin(math.radians(77.0)), math.cos(math.radians(77.0))])
    seen = looking(np.array(place), away, CRS.from_epsg(7415))
    ahead = np.array(place) + 200.0 * away
    (here, there) = (Transformer.from_crs(28992, 4326, always_xy=True).transform(*each) for each in (place, ahead))
    azimuth, _, metres = Geod(ellps="WGS84").inv(*here, *there)
    assert metres == pytest.approx(200, abs=0.1)
    assert seen.bearing == pytest.approx(azimuth, abs=0.06)
    assert abs(azimuth - 77.0) > 0.5


@pytest.mark.usefixtures("blank_cards")
def test_a_building_that_was_pointed_at_offers_its_homes_and_the_picture_comes_when_asked_for() -> None:
    visitor = visit(MY_STREET)
    visitor.toggle(key="home_pointing").set_value(True).run()
    assert not visitor.exception
    visitor.session_state["home_pointed_at"] = Picked(Thing.BUILDING, "NL.IMBAG.Pand.9999100000000273")
    visitor.run()
    assert "Dit gebouw heeft 1 woning." in page_text(visitor)
    (home,) = [button for button in visitor.button if (button.key or "").startswith("home_is_")]
    press(visitor, str(home.key))
    assert "Dit gaat over Appelvinkstraat 1." in page_text(visitor)
    visitor.toggle(key="home_scene_on").set_value(True).run()
    visitor.selectbox(key="home_from").set_value(1).run()
    assert not visitor.exception
    assert "Wie dit overneemt, krijgt hetzelfde beeld." in page_text(visitor)
    assert address(visitor) == {"v": "1", "lang": "nl"}
