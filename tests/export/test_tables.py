"""Figures that a planner takes home: unrounded, complete, and safe to open."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace

import numpy as np
import pytest

from tests.export.report.test_small_counts import figure, near
from tests.impacts.village import towers, village
from wijktwin.errors import LANGUAGES, Language
from wijktwin.export.cells import CsvDialect
from wijktwin.export.report.small_counts import OPEN, key_of, veils, veils_of
from wijktwin.export.tables import COLUMNS, NUMBERS, figures_csv, figures_table, n_rows
from wijktwin.impacts.catalogue import NOT_COMPUTED, assess, assess_impact
from wijktwin.model.plan import Plan
from wijktwin.model.provenance import LocalText
from wijktwin.model.scenario import Scenario
from wijktwin.words.texts import templates

TODAY = dt.date(2026, 11, 21)


def scenario(*plans: Plan, fictional: bool = False) -> Scenario:
    return village(fictional=fictional).with_plans(plans or (towers(),))


def read_csv(content: bytes, separator: str) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf"), "spreadsheets know UTF-8 by its byte-order mark"
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator))


def test_the_table_holds_unrounded_numbers_with_everything_beside_them() -> None:
    one = scenario()
    table = figures_table(assess(one), one, "nl", computed_on=TODAY)
    assert list(table.columns) == list(COLUMNS)
    share = table[(table["impact"] == "dwellings.social_share_of_new")].iloc[0]
    assert share["after"] == 100 * 57 / 165
    assert np.isnan(share["before"])
    floors = table[(table["impact"] == "density.gross_floor_area")].iloc[0]
    assert floors["margin_below"] > 0
    assert floors["margin_reason"] == "het aantal verdiepingen en hun hoogte zijn geschat"
    assert floors["kind"] == "aangenomen"
    assert "3 september 2025" in floors["sources"]
    assert floors["method_version"] == "1.1"
    assert "2,80 m" in floors["assumptions"]
    assert set(table["scenario_key"]) == {one.key}
    assert set(table["computed_on"]) == {"2026-11-21"}
    assert set(table["plans"]) == {"De Torens (towers)"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_fewer_than_five_homes_are_counted_out_in_no_file(language: Language) -> None:
    one = scenario()
    figures = [figure("dwellings.total", 1109, 1109), *near(384, 2, 0, 7)]
    hidden, words = veils(figures), templates(language)
    table = figures_table(figures, one, language, computed_on=TODAY, hidden=hidden)
    own = table[table["impact"] == "heat.cool_place"]
    numbers = own[list(NUMBERS)].to_numpy(dtype=np.float64)
    assert set(numbers[~np.isnan(numbers)].tolist()) == {386.0}, "what is told of today, and neither 384, 391, 2, 7 nor 5"
    few, nobody, many = (words[f"report.{name}"] for name in ("veil_few", "nobody", "veil_many"))
    assert list(own["missing"]) == [words["report.veil_untold"], few, nobody, many]
    assert own["remarks"].iloc[0] == words["report.why_hidden"]
    assert [n_rows(each, hidden.get(key_of(each), OPEN)) for each in figures] == [1, 4]
    read = read_csv(figures_csv(figures, one, language, computed_on=TODAY, hidden=hidden), ",")
    assert [(row[words["column.before"]], row[words["column.after"]]) for row in read[:3]] == [
        ("1109", "1109"),
        ("386", ""),
        ("", ""),
    ]
    open_table = figures_table(figures, one, language, computed_on=TODAY)
    assert open_table["after"].tolist() == [1109, 391, *(after for _, after in figures[1].breakdown.values())]


def test_what_is_hidden_follows_from_all_homes_also_where_nobody_asked_for_them() -> None:
    one = scenario()
    n_homes = next(each.before for each in assess_impact("dwellings", one) if each.impact == "dwellings.total")
    assert n_homes is not None
    all_but_two = figure("green.near_place", n_homes - 2, n_homes - 2)
    assert veils([all_but_two]) == {}
    assert set(veils_of([all_but_two], one)) == {key_of(all_but_two)}


def test_parts_stand_below_their_figure_and_sum_to_it() -> None:
    one = scenario()
    table = figures_table(assess(one), one, "en", computed_on=TODAY)
    dwellings = table[table["impact"] == "dwellings.total"]
    assert dwellings.iloc[0]["part"] == ""
    assert list(dwellings["part"][1:]) == ["mid-range rent", "owner-occupied", "social rent", "not known"]
    assert dwellings["after"].iloc[1:].sum() == dwellings["after"].iloc[0] == 175


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("dialect", CsvDialect)
def test_the_file_reads_back_to_the_same_numbers(language: Language, dialect: CsvDialect) -> None:
    one = scenario()
    separator, decimal = dialect.value
    table = figures_table(assess(one), one, language, computed_on=TODAY)
    rows = read_csv(figures_csv(assess(one), one, language, computed_on=TODAY, dialect=dialect), separator)
    assert len(rows) == len(table) + len(NOT_COMPUTED)
    headings = list(rows[0])
    assert len(set(headings)) == len(COLUMNS)
    for row, (_, values) in zip(rows, table.iterrows(), strict=False):
        for name, heading in zip(COLUMNS, headings, strict=True):
            if name in NUMBERS:
                back = float(row[heading].replace(decimal, ".")) if row[heading] else np.nan
                assert back == values[name] or (np.isnan(back) and np.isnan(values[name]))
            else:
                assert row[heading] == values[name]


def test_what_was_not_computed_stands_in_the_file() -> None:
    one = scenario()
    rows = read_csv(figures_csv(assess(one), one, "nl", computed_on=TODAY, dialect=CsvDialect.DUTCH), ";")
    last = rows[-len(NOT_COMPUTED) :]
    assert {row["naam"] for row in last} >= {"kosten en huren", "lawaai van de bouw"}
    assert {row["waarom het ontbreekt"] for row in last} == {"Dit is in deze versie niet berekend"}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_a_title_cannot_become_a_formula(start: str) -> None:
    nasty = replace(towers(), title=LocalText(f"{start}HYPERLINK(1)"), plan_id="nasty")
    one = scenario(nasty)
    rows = read_csv(figures_csv(assess(one), one, "nl", computed_on=TODAY), ",")
    cells = {cell for row in rows for cell in row.values() if cell}
    assert not [cell for cell in cells if cell.startswith(("=", "@", "\t")) or (cell.startswith(("+", "-")) and not _is_number(cell))]
    assert any(cell.startswith(f"'{start}HYPERLINK") for cell in cells)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_what_is_made_up_says_so_in_every_row() -> None:
    made_up = scenario(fictional=True)
    table = figures_table(assess(made_up), made_up, "nl", computed_on=TODAY)
    assert set(table["fictional"]) == {"ja"}
    real = scenario()
    assert set(figures_table(assess(real), real, "en", computed_on=TODAY)["fictional"]) == {"no"}
