"""Sheets: nothing is cut in either language or size, links come back, and a QR code only stands where a phone can follow it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PIL import Image

from tests.layers.small_town import small_town, tower
from wijktwin.appearance import Outline
from wijktwin.errors import LANGUAGES, InputError, Language
from wijktwin.export.drawn import Shot
from wijktwin.export.legend_marks import LegendLine
from wijktwin.export.letters import wrapped
from wijktwin.export.links import Walker, link_to, read_link
from wijktwin.export.papers import PAPERS, Size
from wijktwin.export.perspective import Anchor, MapView, walking_view
from wijktwin.export.qr import QUIET_ZONE, qr_code
from wijktwin.export.sheet import NEEDLE, Layout, composed, layout, scale_length
from wijktwin.export.telling import Teller
from wijktwin.model.scenario import Scenario

VIEW = MapView(5.33, 52.28, 17.0, 58.0, -28.0)
LONG = "Ontwikkelingsmaatschappijvoorwoningbouwenvoorzieningen " * 3
LEGEND = [LegendLine(f"kleur {number} met een heel lange uitleg die niet op één regel past", (90, 120, 200), (10, 20, 60), pattern)
          for number, pattern in enumerate([*Outline] * 8)] + [LegendLine("parkeerplaatsen", (200, 200, 210))]  # fmt: skip
MOMENT = datetime(2026, 6, 21, 15, tzinfo=ZoneInfo("Europe/Amsterdam"))


def told_layout(language: Language, size: Size, *, title: str = "", base: str = "", view: MapView = VIEW) -> Layout:
    scenario = Scenario(small_town(), frozenset([tower()]))
    teller = Teller(scenario.neighbourhood, language, date(2026, 11, 22), base, {(scenario.key, True): LEGEND})
    paper = PAPERS[size]
    shot = Shot(view, (paper.width, paper.height), MOMENT)
    link = link_to(["toren"] * 3, language=language, time_zone="Europe/Amsterdam", moment=MOMENT, view=view)
    return layout(teller.told(scenario, shot, title=title, link=link), paper)


def bare(place: Layout, view: MapView = VIEW) -> Image.Image:
    """A sheet around a grey picture."""
    return composed(np.full((*place.picture_size[::-1], 3), 200, dtype=np.uint8), place, Shot(view, place.picture_size, MOMENT))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", Size)
def test_no_text_is_cut_or_lies_over_other_text(language: Language, size: Size) -> None:
    place = told_layout(language, size, title=LONG, base="https://wijktwin.voorbeeldstad.nl")
    left, top, width, height = place.picture
    boxes = [placed.box for placed in place.texts]
    assert left >= 0
    assert left + width <= place.paper.width
    assert height > 0.3 * place.paper.height
    for x0, y0, x1, y1 in boxes:
        assert x0 >= 0
        assert y0 >= 0
        assert x1 <= place.paper.width
        assert y1 <= place.paper.height
        assert y1 <= top + 1 or y0 >= top + height - 1, "over the picture"
    for one in range(len(boxes)):
        for other in range(one):
            a, b = boxes[one], boxes[other]
            assert a[2] <= b[0] + 1 or b[2] <= a[0] + 1 or a[3] <= b[1] + 1 or b[3] <= a[1] + 1, (place.texts[one], place.texts[other])
    written = "".join("".join(placed.block.lines) for placed in place.texts).replace(" ", "")
    for words in (place.told.title, place.told.banner, place.told.link_text, *place.told.notes, *(line.words for line in LEGEND)):
        assert words.replace(" ", "").replace("\u00a0", "") in written.replace("\u00a0", ""), words
    whole = {word for placed in place.texts for line in placed.block.lines for word in line.split()}
    assert whole >= {word for line in LEGEND for word in line.words.split()}, "no word of the legend is broken"


def test_what_stands_among_larger_letters_is_larger_too() -> None:
    """On a wall a code, an arrow and a scale are looked at from where the letters are read."""
    codes = {}
    for size in (Size.SCREEN, Size.A3, Size.A2):
        place = told_layout("nl", size, base="https://wijktwin.voorbeeldstad.nl")
        assert place.code is not None
        letters = place.paper.letters * place.paper.dpi
        codes[size] = place.code[2] / letters
        assert place.arrow[2] / letters == pytest.approx(34.0 / 9.5 / 72.0)
    assert codes[Size.A2] == pytest.approx(codes[Size.A3], rel=0.02)


def test_summer_and_winter_time_are_named() -> None:
    teller = Teller(small_town(), "nl", date(2026, 11, 22))
    zone = ZoneInfo("Europe/Amsterdam")
    assert "15.00 uur (zomertijd)" in teller.sun_notes(MOMENT)[0]
    assert "12.00 uur (wintertijd)" in teller.sun_notes(datetime(2026, 3, 21, 12, tzinfo=zone))[0]
    assert "wintertijd" not in teller.sun_notes(datetime(2026, 9, 23, 12, tzinfo=zone))[0]
    low = teller.sun_notes(datetime(2026, 12, 22, 9, tzinfo=zone))
    assert any("bijna alle grond" in note for note in low), "a low sun is explained"
    assert "summer time" in Teller(small_town(), "en", date(2026, 11, 22)).sun_notes(MOMENT)[0]


def test_a_code_stands_only_where_a_phone_can_follow_it() -> None:
    assert told_layout("nl", Size.A4).code is None
    place = told_layout("nl", Size.A4, base="https://wijktwin.voorbeeldstad.nl/")
    assert place.told.link.startswith("https://wijktwin.voorbeeldstad.nl/?v=1&lang=nl")
    assert place.code is not None
    sheet = bare(place)
    x, y, size = place.code
    code = np.asarray(sheet.crop((round(x), round(y), round(x + size), round(y + size))))
    assert set(np.unique(code)) == {0, 255}


@pytest.mark.parametrize("size", Size)
def test_the_code_on_paper_is_that_of_the_link(size: Size) -> None:
    """Every module of ISO/IEC 18004 as `segno` gives it for the link, of whole pixels and with its quiet zone."""
    place = told_layout("nl", size, base="https://wijktwin.voorbeeldstad.nl")
    assert place.code is not None
    sheet = bare(place)
    x, y, extent = place.code
    wanted = np.array([[bool(dark) for dark in row] for row in qr_code(place.told.link).matrix_iter(border=QUIET_ZONE)])
    step = int(extent // len(wanted))
    assert step >= 3, "large enough for a camera"
    side = step * len(wanted)
    left, top = round(x + extent - side), round(y)
    code = np.asarray(sheet.crop((left, top, left + side, top + side)).convert("L"))
    assert ((code.reshape(len(wanted), step, len(wanted), step) == 0) == wanted[:, None, :, None]).all()
    told = read_link(place.told.link)
    assert (told.plan_ids, told.moment) == (("toren",), datetime(2026, 6, 21, 15))  # noqa: DTZ001 - a clock time


@pytest.mark.parametrize("size", Size)
def test_marks_of_the_legend_have_the_colours_that_they_stand_for(size: Size) -> None:
    place = told_layout("nl", size)
    sheet = np.asarray(
        composed(np.full((*place.picture_size[::-1], 3), 200, dtype=np.uint8), place, Shot(VIEW, place.picture_size, MOMENT))
    )
    assert len(place.marks) == len(LEGEND)
    for line, x, y, extent in place.marks:
        inner = sheet[round(y + 0.3 * extent) : round(y + 0.7 * extent), round(x + 0.3 * extent) : round(x + 0.7 * extent)]
        assert (inner == line.seen).all(), line.words


@pytest.mark.parametrize("bearing", [0.0, 90.0, 180.0, 270.0, -28.0])
def test_the_needle_points_north(bearing: float) -> None:
    """Looking in a direction, north lies as far to the left of what is ahead as that direction lies clockwise from north."""
    view = replace(VIEW, bearing=bearing)
    place = told_layout("nl", Size.A4, view=view)
    sheet = np.asarray(
        composed(np.full((*place.picture_size[::-1], 3), 255, dtype=np.uint8), place, Shot(view, place.picture_size, MOMENT))
    )
    x, y, size = place.arrow
    part = sheet[round(y) : round(y + size), round(x) : round(x + size)].astype(int)
    rows, columns = np.nonzero(np.abs(part - NEEDLE).max(axis=2) <= 8)
    across, up = columns.mean() + 0.5 - size / 2, size / 2 - rows.mean() - 0.5
    anchor = Anchor(view.longitude, view.latitude)
    places = anchor.metres(np.array([(view.longitude, view.latitude, 0.0), (view.longitude, view.latitude + 1e-4, 0.0)]))
    here, north = Shot(replace(view, pitch=0.0), (1000, 1000)).eye(anchor).seen(places, (1000, 1000))[:, :2]
    drawn = np.array([north[0] - here[0], here[1] - north[1]])
    cosine = (across * drawn[0] + up * drawn[1]) / np.hypot(across, up) / np.hypot(*drawn)
    assert cosine > 0.999


def test_who_stands_on_the_ground_has_no_scale_and_is_told_the_height_of_the_eye() -> None:
    place = told_layout("nl", Size.SCREEN, view=walking_view(5.33, 52.28, bearing=10.0, eye=1.6))
    assert not place.told.scale_note
    assert any("1,6\u00a0m boven de grond" in note for note in place.told.notes)


def test_a_scale_is_as_long_as_it_says() -> None:
    place = told_layout("nl", Size.A4)
    shot = Shot(VIEW, place.picture_size, MOMENT)
    pixels = VIEW.scale * shot.ratio
    metres = scale_length(1.0 / pixels, 500.0)
    assert metres in {1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0}
    assert 200 <= metres * pixels <= 500
    sheet = np.asarray(composed(np.full((*place.picture_size[::-1], 3), 255, dtype=np.uint8), place, shot)).astype(int)
    x, y, _ = place.scale
    line = (sheet[round(y), round(x) - 5 : round(x + place.paper.pixels(112.0))] - [28, 42, 48]).__abs__().max(axis=1) < 30
    length = scale_length(1.0 / pixels, place.paper.pixels(110.0)) * pixels
    assert abs(np.flatnonzero(line).max() - np.flatnonzero(line).min() - length) <= place.paper.pixels(1.5) + 1


@pytest.mark.parametrize("size", Size)
def test_a_scale_holds_where_the_picture_looks(size: Size) -> None:
    """A length of 100 m across the line of sight, through what is looked at, measures as much in the picture as the scale says."""
    place = told_layout("nl", size)
    shot = Shot(VIEW, place.picture_size)
    anchor = Anchor(VIEW.longitude, VIEW.latitude)
    turn = np.radians(VIEW.bearing)
    ends = np.array([(sign * 50.0 * np.cos(turn), -sign * 50.0 * np.sin(turn), 0.0) for sign in (-1, 1)])
    (x0, y0, _), (x1, y1, _) = shot.eye(anchor).seen(ends, shot.size)
    assert y0 == pytest.approx(y1, abs=0.01), "across the line of sight"
    assert x1 - x0 == pytest.approx(100.0 * VIEW.scale * shot.ratio, rel=1e-3)


def test_links_say_what_they_were_made_of() -> None:
    walker = Walker(5.330123, 52.280456, 12.5, -3.0)
    link = link_to(["b", "a"], language="nl", time_zone="Europe/Amsterdam", moment=MOMENT, view=VIEW, walker=walker)
    told = read_link(f"https://ergens.nl{link}")
    assert told.plan_ids == ("a", "b")
    assert told.moment == datetime(2026, 6, 21, 15)  # noqa: DTZ001 - a clock time
    assert told.walker == walker
    assert told.view is not None
    assert (told.view.longitude, told.view.zoom, told.view.bearing) == (5.33, 17.0, -28.0)
    for wrong in ("?view=1,2,3", "?view=a,b,c,d,e", "?walk=500,2,3,4", "?sun=gisteren"):
        with pytest.raises(InputError):
            read_link(wrong)


def test_a_word_that_does_not_fit_is_broken_and_not_cut() -> None:
    block = wrapped("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bb", 60.0, 12.0)
    assert "".join(block.lines).replace(" ", "") == "a" * 36 + "bb"
    assert block.width <= 60.0
