"""Workbooks and sets of CSV files: read back by another hand, whole, and with nothing in them that a spreadsheet runs."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.impacts.village import towers, village
from wijktwin.errors import LANGUAGES, Language
from wijktwin.export.cells import FORMULA_STARTS, CsvDialect, csv_bytes, protected, unprotected
from wijktwin.export.data_sheets import Sheet, data_sheets, sheet_name
from wijktwin.export.file_names import file_name
from wijktwin.export.workbook import csv_zip, dialect_of, xlsx_bytes
from wijktwin.impacts.assessment import Assessment
from wijktwin.impacts.catalogue import NOT_COMPUTED, assess
from wijktwin.model.provenance import LocalText
from wijktwin.model.scenario import Scenario
from wijktwin.words.texts import templates, text

TODAY = dt.date(2026, 11, 22)
RISKY = st.sampled_from([*FORMULA_STARTS, "'", ";", ",", "|", '"', "a", "5", " ", "é"])
TEXTS = st.one_of(
    st.lists(RISKY, max_size=8).map("".join), st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=30)
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=64)


@pytest.fixture(scope="module")
def told() -> tuple[Scenario, tuple[Assessment, ...]]:
    nasty = replace(towers(), title=LocalText("=HYPERLINK(1)", "@SUM(1)"))
    scenario = village(fictional=True).with_plans([nasty])
    return scenario, assess(scenario)


def sheets_of(told: tuple[Scenario, tuple[Assessment, ...]], language: Language) -> tuple[Sheet, ...]:
    scenario, figures = told
    return data_sheets(figures, scenario, language, computed_on=TODAY, not_ready=["view"], left_out=["sunlight"], with_homes=True)


def open_book(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def cells(book: Any) -> Iterator[Any]:
    return (cell for page in book for row in page.iter_rows() for cell in row if cell.value is not None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_read_back_is_what_was_written(told: tuple[Scenario, tuple[Assessment, ...]], language: Language) -> None:
    sheets = sheets_of(told, language)
    content = xlsx_bytes(sheets, language, title="Dorp", computed_on=TODAY)
    assert content == xlsx_bytes(sheets, language, title="Dorp", computed_on=TODAY), "the same figures give the same bytes"
    book = open_book(content)
    assert book.sheetnames == [templates(language)[f"export_sheet.{sheet.key}"] for sheet in sheets]
    dialect = dialect_of(language)
    separator, decimal = dialect.value
    packed = zipfile.ZipFile(io.BytesIO(csv_zip(sheets, language, dialect=dialect)))
    for sheet, name in zip(sheets, packed.namelist(), strict=True):
        heading, *rows = book[sheet_name(sheet.key, language)].iter_rows(values_only=True)
        assert heading == sheet.headings
        assert len(set(heading)) == len(heading)
        assert [tuple(row) for row in rows if any(cell is not None for cell in row)] == [
            tuple(pytest.approx(value, rel=1e-15) if isinstance(value, float) else value for value in row) for row in sheet.rows
        ]
        lines = list(csv.reader(io.StringIO(packed.read(name).decode("utf-8-sig"), newline=""), delimiter=separator))
        assert lines[0] == list(sheet.headings)
        for line, row in zip(lines[1:], sheet.rows, strict=True):
            back = [
                float(cell.replace(decimal, ".")) if isinstance(value, float) else unprotected(cell)
                for cell, value in zip(line, row, strict=True)
            ]
            assert back == ["" if value is None else value for value in row]


def test_no_cell_is_a_formula_and_numbers_are_numbers(told: tuple[Scenario, tuple[Assessment, ...]]) -> None:
    book = open_book(xlsx_bytes(sheets_of(told, "nl"), "nl", title="=1", computed_on=TODAY))
    assert {cell.data_type for cell in cells(book)} == {"s", "n"}
    nasty = [cell for cell in cells(book) if isinstance(cell.value, str) and cell.value.startswith(FORMULA_STARTS)]
    assert any(cell.value.startswith("=HYPERLINK") for cell in nasty)
    assert all(cell.quotePrefix for cell in nasty), "it stays text when somebody edits it"
    assert not [cell.value for cell in cells(book) if cell.hyperlink]


def test_the_sheets_carry_what_a_figure_has_to_carry(told: tuple[Scenario, tuple[Assessment, ...]]) -> None:
    scenario, figures = told
    by_key = {sheet.key: sheet for sheet in sheets_of(told, "nl")}
    sheet = by_key["figures"]
    rows = [dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows]
    whole = [row for row in rows if row["part"] is None]
    assert [(row["impact"], row["after"]) for row in whole] == [(one.impact, one.after) for one in figures]
    sources = {row[0]: dict(zip(by_key["sources"].columns, row, strict=True)) for row in by_key["sources"].rows}
    for row, one in zip(whole, figures, strict=True):
        below, above = one.margin.below, one.margin.above
        assert row["lowest"] == (None if one.after is None or below is None else one.after - below)
        assert row["highest"] == (None if one.after is None or above is None else one.after + above)
        assert row["kind"]
        assert row["method_version"] == one.method.version
        named = [sources[float(number)] for number in str(row["source_numbers"]).split("; ")]
        assert [(each["title"], each["owner"], each["date"]) for each in named] == [
            (each.title, each.owner, each.vintage) for each in one.sources
        ]
    assert all(
        "[in de eenheid van de rij]" in heading
        for name, heading in zip(sheet.columns, sheet.headings, strict=True)
        if name in {"before", "after"}
    )
    assert {row[0] for row in by_key["assumptions"].rows} == {used.name for one in figures for used in one.assumptions}
    assert all(row[6] and row[7] and row[8] for row in by_key["assumptions"].rows), "owner, date and reason"
    missing = {row[0]: row[2] for row in by_key["not_computed"].rows}
    assert set(missing) == {*(f"not_computed.{key}" for key in NOT_COMPUTED), "view", "sunlight"}
    assert "wordt nog berekend" in str(missing["view"])
    assert "weggelaten" in str(missing["sunlight"])
    about = dict(row for row in by_key["about"].rows if len(row) == 2)
    assert about[text("export_about.scenario_key", "nl")] == scenario.key
    assert about[text("export_about.fictional", "nl")] == "ja"


def test_homes_by_address_are_there_for_whoever_asks_only(told: tuple[Scenario, tuple[Assessment, ...]]) -> None:
    scenario, figures = told
    assert "homes" not in {sheet.key for sheet in data_sheets(figures, scenario, "nl", computed_on=TODAY)}


@settings(derandomize=True, deadline=None, max_examples=150)
@given(TEXTS)
def test_protected_text_comes_back_and_is_never_run(words: str) -> None:
    safe = protected(words)
    assert unprotected(safe) == words
    assert not safe.startswith(FORMULA_STARTS)
    for separator in ';,|\t\n\r"':  # a spreadsheet that cuts at another sign sees no formula either
        assert not any(part.startswith(FORMULA_STARTS[:4]) for part in safe.split(separator))


@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.lists(st.tuples(TEXTS, NUMBERS), min_size=1, max_size=4), st.sampled_from(CsvDialect))
def test_any_text_and_any_number_come_back(rows: list[tuple[str, float]], dialect: CsvDialect) -> None:
    separator, decimal = dialect.value
    content = csv_bytes(("a", "b"), rows, dialect).decode("utf-8-sig")
    back = list(csv.reader(io.StringIO(content, newline=""), delimiter=separator))[1:]
    assert [(unprotected(cell), float(number.replace(decimal, "."))) for cell, number in back] == rows
    plain = [(words.replace("\r", "\n") or "-", number) for words, number in rows]  # XML knows one line end
    sheet = Sheet("figures", ("a", "b"), ("a", "b"), tuple(plain))
    read = list(open_book(xlsx_bytes([sheet], "en", title="x", computed_on=TODAY)).active.iter_rows(min_row=2, values_only=True))
    assert [words for words, _ in read] == [words for words, _ in plain]
    assert [number for _, number in read] == [pytest.approx(number, rel=1e-15) for _, number in plain]


def test_names_of_files_say_what_where_which_plan_and_when() -> None:
    scenario = replace(village(), name="Vogelbuurt-Noord / ’t Éénd").with_plans([towers()])
    assert file_name(scenario, "figures", ".xlsx", "en", made_on=TODAY) == "wijktwin-figures-vogelbuurt-noord-t-eend-towers-2026-11-22.xlsx"
    assert file_name(Scenario(village()), "figures", ".csv", "nl", made_on=TODAY).endswith("-nu-2026-11-22.csv")
