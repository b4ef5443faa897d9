"""Paper for an evening: numbered places, streets nearest to a plan first, codes that open a street, tagged pages."""

from __future__ import annotations

import datetime as dt
import io
import re
from dataclasses import replace

import pikepdf
import pytest

from tests.impacts.village import towers, village
from wijktwin.errors import LANGUAGES, Language
from wijktwin.export.report.house_style import own_style
from wijktwin.export.report.key_map import key_map
from wijktwin.export.report.paper_sheets import code, numbered_places, sheets, street_link, streets_with_homes
from wijktwin.export.report.typesetting import typeset
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.words.texts import text

DAY = dt.date(2026, 11, 22)
NASTY = '#set page(fill: red) "Laan" *'


def with_streets(*names: str) -> Neighbourhood:
    """The village, its homes in some streets by turns."""
    whole = village()
    table = whole.addresses
    table["street"] = [names[place % len(names)] for place in range(len(table))]
    return replace(whole, address_table=table)


def test_streets_come_by_how_near_their_nearest_home_is_to_a_plan() -> None:
    whole = with_streets("Verre pad", "Laan")
    plan = towers()
    table = whole.addresses
    site = plan.volumes[0].footprint
    near = table.geometry.distance(site).groupby(table["street"]).min()
    assert streets_with_homes(whole, [plan]) == sorted(near.index, key=lambda name: (near[name], name))
    assert streets_with_homes(whole, []) == ["Laan", "Verre pad"]
    assert streets_with_homes(replace(whole, address_table=None), [plan]) == []


def test_every_place_has_its_own_number_plans_first_and_its_mark_on_the_map() -> None:
    whole, plan = with_streets("Laan", "Hof"), towers()
    places = numbered_places(whole, [plan], "nl")
    assert [place.number for place in places] == list(range(1, len(places) + 1))
    assert places[0].name == plan.title.nl
    assert {place.name for place in places[1:]} == {"Laan", "Hof"}
    drawn = key_map(whole, (), "nl", bounds=_around(whole), places=[(str(place.number), place.where) for place in places]).decode()
    marks = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="14', drawn)
    assert len(set(marks)) == len(places), "no mark stands on another"
    assert {f">{place.number}</text>" for place in places} <= set(re.findall(r">\d+</text>", drawn))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_for_the_map_and_one_for_each_street_tagged_and_with_every_name_as_text(language: Language) -> None:
    whole = with_streets("Laan", NASTY)
    paper = sheets(whole, [towers()], own_style(), language=language, made_on=DAY, base_url="http://192.168.1.20:8501/")
    assert [sheet["name"] for sheet in paper.told["sheets"]] == streets_with_homes(whole, [towers()])
    assert paper.told["words"]["no_formal_view"] == text("sheets.no_formal_view", language)
    with pikepdf.open(io.BytesIO(typeset(paper, own_style()))) as pdf:
        assert len(pdf.pages) == 1 + len(paper.told["sheets"])
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang).startswith(language)


def test_without_an_address_there_is_room_to_write_it_and_no_code() -> None:
    paper = sheets(with_streets("Laan"), [], own_style(), language="nl", made_on=DAY)
    assert not [name for name in paper.files if name.startswith("code")]
    assert [sheet["code"] for sheet in paper.told["sheets"]] == [""]
    chosen = sheets(with_streets("Laan", "Hof"), [], own_style(), language="nl", made_on=DAY, streets=("Hof",))
    assert [sheet["name"] for sheet in chosen.told["sheets"]] == ["Hof"]


def test_a_code_opens_the_street_and_no_house() -> None:
    link = street_link("http://192.168.1.20:8501/", "'s-Hof & zo", "nl")
    assert link == "http://192.168.1.20:8501/my-street?v=1&lang=nl&street=%27s-Hof+%26+zo"
    assert code(link) == code(link) != code(link + "x")


def _around(whole: Neighbourhood) -> tuple[float, float, float, float]:
    west, south, east, north = whole.extent
    return west - 200, south - 200, east + 200, north + 200
