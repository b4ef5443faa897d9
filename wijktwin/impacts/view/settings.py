"""How finely views are looked at, from ``data/norms/view.toml``: tables, never numbers in code."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from wijktwin.impacts.view.directions import Directions, Field
from wijktwin.norm_tables import norm_table

FILE_NAME: Final = "view.toml"


@cache
def directions(field: Field) -> Directions:
    """The ways to look of one kind of view."""
    return Directions(field, int(_table("directions")[field]["count"]))


def sampling_error(field: Field) -> float:
    """How far a share of one point may be off at worst because so many ways are looked at and no more. [percentage points]"""
    return float(_table("directions")[field]["error"])


def average_error(field: Field) -> float:
    """How far an average over many points may be off for that. [percentage points]"""
    return float(_table("directions")[field]["average"])


def change_error(field: Field) -> float:
    """How far the change of an average over many points may be off for that. [percentage points]"""
    return float(_table("directions")[field]["change"])


def plan_grid() -> tuple[int, int]:
    """Columns and rows in which a volume of a plan is looked at."""
    return int(_table("plan_grid")["columns"]), int(_table("plan_grid")["rows"])


def missed_share() -> float:
    """Share of the homes that see a plan of which that is missed, for they see no more than a sliver."""
    return float(_table("plan_grid")["missed"])


def spacing(name: str) -> float:
    """Distance between points: "street", "garden" or "new_window". [m]"""
    return float(_table("spacing")[name])


def _table(name: str) -> dict[str, Any]:
    found: dict[str, Any] = norm_table(FILE_NAME)[name]
    return found
