"""Cells of files for spreadsheets: text that no spreadsheet runs as a formula, and numbers that stay numbers.

What is run as a formula: https://owasp.org/www-community/attacks/CSV_Injection. A cell of a CSV is safe on its own, and after a
separator too: a file with semicolons is cut at its commas by a spreadsheet that expects commas.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Final

WIDE: Final = ("\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Full-width = + - @."""
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", *WIDE)
"""Text that begins like this is run as a formula by spreadsheets, some of them only by those set to an East Asian language."""
_STARTS: Final = "".join(FORMULA_STARTS).replace("-", r"\-")
_AFTER: Final = r"(^|[;,|\"\t\r\n])"
_RISKY: Final = re.compile(rf"{_AFTER}('*)(?=[{_STARTS}])")
_PROTECTED: Final = re.compile(rf"{_AFTER}'('*)(?=[{_STARTS}])")


class CsvDialect(Enum):
    """How the cells of a CSV are separated, and what stands before decimals."""

    INTERNATIONAL = (",", ".")
    DUTCH = (";", ",")
    """What a spreadsheet set to Dutch opens with a double click."""


def protected(words: str) -> str:
    """Text with an apostrophe before whatever a spreadsheet could run as a formula; `unprotected` takes it away again."""
    return _RISKY.sub(r"\1\2'", words)


def unprotected(words: str) -> str:
    """The text that `protected` was given."""
    return _PROTECTED.sub(r"\1\2", words)


def starts_a_formula(words: str) -> bool:
    """Whether a spreadsheet could run a text as a formula."""
    return words.startswith(FORMULA_STARTS)


def csv_cell(value: object, decimal: str) -> str:
    """A value as it stands in a CSV: numbers with all their digits, nothing where nobody knows, text that is safe to open."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, float):
        return repr(value).removesuffix(".0").replace(".", decimal)
    return protected(str(value))


def csv_bytes(heading: Sequence[str], rows: Iterable[Sequence[object]], dialect: CsvDialect) -> bytes:
    """A CSV file in UTF-8 with a byte-order mark, by which spreadsheets know it; one heading line, lines end in CR LF."""
    separator, decimal = dialect.value
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerow([protected(name) for name in heading])
    writer.writerows([csv_cell(value, decimal) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")
