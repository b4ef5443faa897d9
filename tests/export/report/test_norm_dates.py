"""The days of a norm in a report: when it was read, since when it holds and when its source appeared are never taken for each other."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.impacts.street_village import address_table, street_village
from tests.impacts.village import towers
from wijktwin.errors import LANGUAGES, Language
from wijktwin.export.report.material import LegalFrame, Material
from wijktwin.export.report.norms_chapter import NORMS_OF, used_norms
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import assess
from wijktwin.impacts.norm_values import NormDates, dates_of
from wijktwin.norm_tables import norm_table

READ: dict[Language, str] = {"nl": "gelezen op 22 november 2026", "en": "read on 22 November 2026"}
HOLDS: dict[Language, str] = {"nl": "geldt sinds {}", "en": "in force since {}"}
DAYS: dict[Language, tuple[str, str]] = {"nl": ("22 januari 2026", "23 mei 2025"), "en": ("22 January 2026", "23 May 2025")}


def test_each_day_is_told_by_its_own_name() -> None:
    amersfoort = street_village(address_table=address_table(city="Amersfoort"))
    told = {"towers": assess(amersfoort.with_plans([towers()]))}
    for language in LANGUAGES:
        made = Material(
            amersfoort, (towers(),), told, LegalFrame.PLAN_CHANGE, language, dt.date(2026, 11, 22), default_assumptions(), reactions=()
        )
        sources = [norm.source for norm in used_norms(made)]
        shares, places = (HOLDS[language].format(day) for day in DAYS[language])
        assert [each for each in sources if shares in each and each.endswith(f"({shares}; {READ[language]})")], "target of 2026"
        assert [each for each in sources if each.endswith(f"({places})")], "parking norm, of which the numbers were not read"
        others = [each for each in sources if shares not in each and places not in each]
        assert len(others) > 6
        for each in others:
            assert each.endswith(f"{READ[language]})")
            assert HOLDS[language].format("") not in each, "nobody knows since when it holds"


def test_no_table_of_norms_has_a_day_without_a_name() -> None:
    entries = [entry for name in (*NORMS_OF.values(), "sun.toml") for entry in norm_table(name)["norms"].values()]
    entries += [*norm_table("housing.toml")["targets"].values(), *norm_table("parking.toml")["norms"]]
    entries += [norm_table("parking.toml")["places"], norm_table("traffic.toml")["movements"], norm_table("nuisance.toml")["hours"]]
    assert len(entries) > 20
    assert [entry for entry in entries if "date" in entry] == []
    for entry in entries:
        days = dates_of(entry)
        assert days.read_on or days.in_force
    with pytest.raises(KeyError):
        dates_of({"date": "2026-11-22"})
    assert dates_of({"begin": "2026-01-22"}) == NormDates(in_force="2026-01-22")
