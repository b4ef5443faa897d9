"""A card of a home in a prepared scenario, against a warm rerun of an empty page: a ratio of CPU within one run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from streamlit.testing.v1 import AppTest

from wijktwin import places
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.cool_places import cool_at_homes
from wijktwin.impacts.home import Home
from wijktwin.impacts.sunlight.desk import sunlight_desk
from wijktwin.impacts.view.desk import view_desk
from wijktwin.sources.folder import PLANS, read_folder
from wijktwin.sources.plan_files import read_plan_folder
from wijktwin.words.cards import make_card

PLAN: Final = "vogeltorens"
N_HOMES: Final = 20
LIMIT: Final = 3.0


@dataclass(frozen=True, slots=True)
class Measured:
    """CPU of one card and of one rerun of an empty page. [ms]"""

    card: float
    page: float
    n_homes: int

    def as_json(self) -> dict[str, Any]:
        """Both, their ratio and its limit."""
        ratio = self.card / self.page
        return {
            "card_ms": round(self.card, 2), "empty_page_ms": round(self.page, 2), "ratio": round(ratio, 2), "limit": LIMIT,
            "is_within": ratio <= LIMIT, "homes": self.n_homes,
        }  # fmt: skip

    def as_text(self) -> str:
        """The same on one line."""
        return f"a card {self.card:.1f} ms, an empty page {self.page:.1f} ms: {self.card / self.page:.2f} times (at most {LIMIT:g})"


def measure(*, repeat: int, tell: Callable[[str], None]) -> Measured:
    """CPU of a card and of an empty page, in turn; the median of each."""
    folder, assumptions = places.example_folder(), default_assumptions()
    neighbourhood = read_folder(folder)
    plans, _ = read_plan_folder(folder / PLANS, neighbourhood=neighbourhood)
    scenario = neighbourhood.with_plans([plan for plan in plans if plan.plan_id == PLAN])
    tell("sun and views ...")
    sunlight = sunlight_desk(neighbourhood, assumptions=assumptions).sunlight(scenario)
    views, heat = view_desk(neighbourhood, assumptions=assumptions).views(scenario), cool_at_homes(scenario)
    table = neighbourhood.addresses
    homes = [Home(str(each)) for each in table["address_id"][:: max(1, len(table) // N_HOMES)]]
    page = AppTest.from_string("import streamlit as st\nst.title('empty')")
    page.run()

    def card(home: Home) -> None:
        make_card(scenario, home, language="nl", assumptions=assumptions, sunlight=sunlight, views=views, heat=heat)

    card(homes[0])  # what is the same for all homes is worked out once
    cards, pages = [], []
    for _ in range(repeat):
        for home in homes:
            cards.append(_cpu(lambda home=home: card(home)))  # type: ignore[misc]
            pages.append(_cpu(page.run))
    own, empty = statistics.median(cards), statistics.median(pages)
    return Measured(1000.0 * own, 1000.0 * empty, len(homes))


def _cpu(act: Callable[[], object]) -> float:
    """CPU seconds of this process."""
    begin = time.process_time()
    act()
    return time.process_time() - begin
