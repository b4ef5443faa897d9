"""A visitor closes a street and floods a square: seen at once, named, told home by home, coloured on request, and nothing else changes."""

from __future__ import annotations

import csv
import io

from streamlit.testing.v1 import AppTest

from tests.impacts.street_village import STREETS, street_table, street_village
from tests.pages.addresses import address
from tests.pages.visiting import SCENARIOS, notices, page_text, press, session, visit
from ui import detours, row_flights
from ui.text import Text
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.detours import detours as all_detours
from wijktwin.model.scenario import Scenario

CLOSED, ONE_WAY, FLOODED = "try_streets_closed", "try_streets_one_way", "try_streets_flooded"


def make(visitor: AppTest) -> AppTest:
    button = next(one for one in visitor.button if one.label in {"Maak de straatvariant", "Make the street variant"})
    return button.click().run()


def test_a_street_that_closes_and_one_under_water_are_a_named_variant_with_every_home_that_makes_a_detour() -> None:
    visitor = visit(SCENARIOS, plans="groene-straat")
    make(visitor)
    assert any("Kies eerst een straat" in each for each in notices(visitor))
    assert session(visitor).own_plans == {}
    visitor.text_input(key="try_streets_name").set_value("Water op het plein")
    visitor.multiselect(key=CLOSED).set_value(["Kuifmeesstraat"])
    assert "Kuifmeesstraat: alleen naar het oosten" in visitor.multiselect(key=ONE_WAY).options
    visitor.multiselect(key=FLOODED).set_value(["Tapuitplein"])
    make(visitor)
    assert not visitor.exception
    now = session(visitor)
    (own,) = now.own_plans.values()
    assert now.plan_ids == {own.plan_id, "groene-straat"}, "plans that can stand beside it stay"
    assert len(own.flooded) == 2
    assert address(visitor)["plans"] == "groene-straat", "what is one's own is in no link"
    shown = page_text(visitor)
    assert "“Water op het plein” staat in beeld." in shown
    seen = visit(SCENARIOS, plans="groene-straat")
    assert "Water op het plein" not in page_text(seen), "nobody else sees it"
    table = own.flooded
    published = next(iter(now.scenarios.values()))
    assert isinstance(published, Scenario)
    assert published.flooded == table
    told = all_detours(published, assumptions=default_assumptions())
    assert f"{len(told)} woningen met een andere weg" in " ".join(one.label for one in visitor.expander)
    t, names = Text("nl"), detours.addresses(published)
    rows = list(csv.reader(io.StringIO(detours.as_csv(t, told, names).decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == len(told) + 1
    assert rows[0] == ["Woning", "Te voet", "Op de fiets", "Met de auto"]
    closed = [row for row in rows[1:] if row[0].startswith("Kuifmeesstraat ")]
    assert closed
    assert all("geen weg meer naar" in row[3] for row in closed), "its cars are locked in"
    visitor.session_state[row_flights.CHOSEN] = "reachability.drive_longer|neighbourhood|"
    visitor.run()
    assert "niet meer te bereiken" in page_text(visitor)
    assert "hoeveel langer de weg van een woning wordt" in page_text(visitor)
    press(visitor, "colours_off")
    assert "niet meer te bereiken" not in page_text(visitor)
    press(visitor, f"remove_{own.plan_id}")
    assert session(visitor).plan_ids == {"groene-straat"}
    assert "woningen met een andere weg" not in " ".join(one.label for one in visitor.expander if "Water" in one.label)


def test_the_list_of_detours_says_that_streets_were_derived() -> None:
    t, given = Text("nl"), street_village()
    derived = street_village(street_table=street_table(STREETS).assign(kind="calculated"))
    assert t("try_streets.derived") not in str(detours.how(t, given.with_plans()))
    assert t("try_streets.derived") in str(detours.how(t, derived.with_plans()))
