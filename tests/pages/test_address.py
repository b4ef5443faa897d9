"""The address of a page as a link: what is read from it, what it says, and when going back has something to undo."""

from __future__ import annotations

import pytest

from tests.pages.addresses import address, entries
from tests.pages.test_own_things import own_plan, upload
from tests.pages.visiting import SCENARIOS, press, session, visit
from ui.address import LONGEST, Link, read_search


@pytest.mark.parametrize(
    ("search", "wanted"),
    [
        ("", Link()),
        ("?v=1&lang=nl&plans=vogelhof", Link("nl", ("vogelhof",))),
        ("?plans=b,a,b&plans=c&lang=en-GB", Link("en", ("b", "a", "c"))),
        ("?lang=zz&sun=gisteren&compare=a|b|c&plans=,,", Link()),
        ("?sun=2026-03-21T12%3A00&compare=%7Cvogelhof", Link(None, (), "2026-03-21T12:00", ("", "vogelhof"))),
        ("?lang=nl&lang=en", Link("en")),
    ],
)
def test_a_link_is_read_and_nonsense_asks_for_nothing(search: str, wanted: Link) -> None:
    assert read_search(search) == wanted


@pytest.mark.parametrize("told", [None, 7, {"lang": "nl"}, "?plans=" + "a" * LONGEST])
def test_what_is_no_address_is_not_read(told: object) -> None:
    assert read_search(told) is None


def test_a_choice_makes_an_entry_in_the_history_and_looking_does_not() -> None:
    visitor = visit(SCENARIOS, plans="vogeltorens")
    assert address(visitor) == {"v": "1", "lang": "nl", "plans": "vogeltorens"}
    assert entries(visitor) == 0
    visitor.run()
    assert entries(visitor) == 0
    press(visitor, "language_en")
    assert (address(visitor)["lang"], entries(visitor)) == ("en", 1)
    session(visitor).moment = "2026-03-21T12:00"
    visitor.run()
    assert (address(visitor)["sun"], entries(visitor)) == ("2026-03-21T12:00", 1)
    press(visitor, "all_off")
    assert entries(visitor) == 2
    assert "plans" not in address(visitor)


def test_what_is_ones_own_is_in_no_entry() -> None:
    visitor = visit(SCENARIOS)
    upload(visitor, "plan_upload", "mijn plan.geojson", own_plan())
    assert session(visitor).plan_ids == {"eigen-plan"}
    assert address(visitor) == {"v": "1", "lang": "nl"}
    assert entries(visitor) == 0
