"""The tables of ``data/norms``: norms, assumptions and other values that are data and never numbers in code."""

from __future__ import annotations

import math
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, TypeGuard

from wijktwin.errors import InputError
from wijktwin.places import data_folder


@cache
def norm_table(file_name: str) -> dict[str, Any]:
    """A table that travels with the project, read once; nobody changes it.

    Raises
    ------
    InputError
        See `read_norm_table`.
    """
    return read_norm_table(data_folder() / "norms" / file_name)


def read_norm_table(path: Path) -> dict[str, Any]:
    """A table from a TOML file.

    Raises
    ------
    InputError
        The file cannot be opened, or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError("impacts.cannot_open", source=path.name) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("impacts.not_toml", source=path.name, reason=error) from error


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value from a file is a finite number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
