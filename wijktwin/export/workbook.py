"""Sheets as a workbook (XLSX) or as CSV files in one zip: the same sheets give the same bytes.

Text is written as text, never as a formula, a link or a number; where it begins like a formula the cell also says so ("quote prefix"),
so that it stays text when somebody edits it. Numbers are numbers with 16 significant digits, one more than spreadsheets keep.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

from wijktwin.export.cells import CsvDialect, csv_bytes, starts_a_formula
from wijktwin.export.data_sheets import sheet_name
from wijktwin.words.texts import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wijktwin.errors import Language
    from wijktwin.export.data_sheets import Cell, Sheet

LONGEST_CELL: Final = 32_767
"""What fits in a cell of a workbook; a longer text is cut, with three dots."""
WIDTHS: Final = (9, 44)
"""The narrowest and the widest column, in characters."""
FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""The date of files inside a zip: the oldest that a zip can hold, always the same."""
LONGEST_LOOKED_AT: Final = 200
"""So many rows decide how wide a column is."""


def xlsx_bytes(sheets: Sequence[Sheet], language: Language, *, title: str, computed_on: dt.date) -> bytes:
    """A workbook with a sheet for each, headings that stay in sight, and a filter above the columns."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    made = dt.datetime.combine(computed_on, dt.time())
    book.set_properties({"title": title, "created": made, "comments": f"{title} · Wijktwin"})
    formats = {
        "heading": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "text": book.add_format({"valign": "top", "text_wrap": True}),
        "quoted": book.add_format({"valign": "top", "text_wrap": True, "quote_prefix": True}),
        "number": book.add_format({"valign": "top"}),
    }
    for sheet in sheets:
        _write_sheet(book.add_worksheet(sheet_name(sheet.key, language)), sheet, formats)
    book.close()
    return out.getvalue()


def _write_sheet(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:  # noqa: ANN401 - a worksheet of a library without types
    for column, heading in enumerate(sheet.headings):
        page.write_string(0, column, heading, formats["heading"])
    for number, row in enumerate(sheet.rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, float):
                page.write_number(number, column, value, formats["number"])
            elif value is not None:
                page.write_string(number, column, _cut(value), formats["quoted" if starts_a_formula(value) else "text"])
    for column, heading in enumerate(sheet.headings):
        page.set_column(column, column, _width(heading, [row[column] for row in sheet.rows[:LONGEST_LOOKED_AT]]))
    page.freeze_panes(1, 0)
    if sheet.rows:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.headings) - 1)


def csv_zip(sheets: Sequence[Sheet], language: Language, *, dialect: CsvDialect) -> bytes:
    """Each sheet as a CSV file, all in one zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for sheet in sheets:
            name = zipfile.ZipInfo(f"{text(f'export_file.{sheet.key}', language)}.csv", FIRST_DAY)
            name.compress_type = zipfile.ZIP_DEFLATED
            name.external_attr = 0o644 << 16
            packed.writestr(name, csv_bytes(sheet.headings, sheet.rows, dialect))
    return out.getvalue()


def dialect_of(language: Language) -> CsvDialect:
    """How a spreadsheet in a language writes numbers."""
    return CsvDialect.DUTCH if language == "nl" else CsvDialect.INTERNATIONAL


def _cut(words: str) -> str:
    return words if len(words) <= LONGEST_CELL else words[: LONGEST_CELL - 1] + "…"


def _width(heading: str, cells: Sequence[Cell]) -> float:
    longest = max((len(str(cell)) for cell in cells if cell is not None), default=0)
    return min(max(WIDTHS[0], longest, len(heading) // 2), WIDTHS[1])
