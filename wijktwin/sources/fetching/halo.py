"""How far around a neighbourhood buildings matter: as far as the longest shadow that reaches into it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from wijktwin.errors import InputError
from wijktwin.norm_tables import norm_table
from wijktwin.sources.fetching.tally import Box

FILE_NAME: Final = "halo.toml"
MOST_STEPS: Final = 12


@dataclass(frozen=True, slots=True)
class HaloRule:
    """The values of ``data/norms/halo.toml``.

    Parameters
    ----------
    lowest_sun
        Lowest sun that shadows are computed for. [°]
    longest_reach
        Widest halo that is fetched. [m]
    largest_side
        Longest side of an area that is fetched at once. [m]
    source
        Why the sun is what it is.
    """

    lowest_sun: float
    longest_reach: float
    largest_side: float
    source: str


@dataclass(frozen=True, slots=True)
class Reach:
    """A halo and why it is as wide as it is.

    Parameters
    ----------
    radius
        How far buildings around the area are fetched. [m]
    tallest
        Height of the tallest building that was found, or of the tallest plan that was announced. [m]
    is_capped
        Whether shadows may come from farther away than was fetched.
    """

    radius: float
    tallest: float
    is_capped: bool

    def as_json(self, rule: HaloRule) -> dict[str, Any]:
        """For the provenance file."""
        return {
            "radius_m": self.radius,
            "tallest_m": round(self.tallest, 2),
            "lowest_sun_deg": rule.lowest_sun,
            "longest_reach_m": rule.longest_reach,
            "is_capped": self.is_capped,
            "rule": "radius = tallest / tan(lowest sun), rounded up to a metre",
            "source": f"data/norms/{FILE_NAME}: {rule.source}",
        }


@cache
def halo_rule() -> HaloRule:
    """The rule that travels with the project."""
    table = norm_table(FILE_NAME)
    numbers = {name: float(table[name]["value"]) for name in ("lowest_sun", "longest_reach", "largest_side")}
    return HaloRule(**numbers, source=str(table["lowest_sun"]["source"]))


def reach_of(tallest: float, rule: HaloRule) -> Reach:
    """The halo that a height asks for: height / tan(lowest sun), in whole metres, within the cap.

    Parameters
    ----------
    tallest
        Above ground. [m]
    """
    asked = math.ceil(max(tallest, 0.0) / math.tan(math.radians(rule.lowest_sun)))
    return Reach(min(float(asked), rule.longest_reach), tallest, asked > rule.longest_reach)


def strips(inner: Box, outer: Box) -> Iterator[Box]:
    """What an outer rectangle has more than the one in it, as at most four rectangles that do not overlap."""
    x0, y0, x1, y1 = inner
    ox0, oy0, ox1, oy1 = outer
    candidates = ((ox0, oy0, x0, oy1), (x1, oy0, ox1, oy1), (x0, oy0, x1, y0), (x0, y1, x1, oy1))
    return (strip for strip in candidates if strip[2] > strip[0] and strip[3] > strip[1])


def widened(box: Box, radius: float) -> Box:
    """A rectangle with a margin all round. [m]"""
    return box[0] - radius, box[1] - radius, box[2] + radius, box[3] + radius


def refuse_too_large(box: Box, rule: HaloRule) -> None:
    """Refuse to ask public services for a whole town.

    Raises
    ------
    InputError
        A side is longer than the rule allows.
    """
    side = max(box[2] - box[0], box[3] - box[1])
    if side > rule.largest_side:
        raise InputError("fetch.area_too_large", km=f"{side / 1000:.1f}", most_km=f"{rule.largest_side / 1000:g}")
