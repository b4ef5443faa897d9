"""How good the data of a neighbourhood are: detail, how well roofs fit, faults, years. Counted, not judged."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from wijktwin.model.neighbourhood import Neighbourhood

FIT_EDGES: Final = (0.1, 0.2, 0.3, 0.5, 1.0)
"""Where the classes of roof fit begin and end. [m]"""


@dataclass(frozen=True, slots=True)
class RoofFit:
    """How far drawn roofs lie from the measured points, root mean square per building. [m]

    Parameters
    ----------
    counts
        Buildings below the first of `FIT_EDGES`, between each two, and from the last on: ``len(FIT_EDGES) + 1`` numbers.
    """

    n_known: int
    counts: tuple[int, ...]
    median: float
    worst: float


@dataclass(frozen=True, slots=True)
class Quality:
    """What can be counted about the buildings of a neighbourhood.

    Parameters
    ----------
    drawn
        With which detail buildings were drawn: row of one such building, and how many there are; most first.
    roof_fit
        None where it is known of no building; ``worst`` is the 95th percentile.
    invalid
        Ids of buildings whose form has faults, with the codes.
    """

    n_buildings: int
    n_halo: int
    drawn: tuple[tuple[int, int], ...]
    roof_fit: RoofFit | None
    invalid: tuple[tuple[str, tuple[str, ...]], ...]
    years: tuple[int, int] | None


def quality(neighbourhood: Neighbourhood) -> Quality:
    """The quality of the buildings of a neighbourhood, halo included."""
    buildings = neighbourhood.buildings
    lods = buildings.numbers["lod"]
    details = [(str(lod), made_from) for lod, made_from in zip(lods, buildings.texts["geometry_from"], strict=True)]
    is_valid, years = buildings.flags["is_valid"], buildings.numbers["point_cloud_year"]
    known_years = years[np.isfinite(years)]
    return Quality(
        n_buildings=len(buildings),
        n_halo=int(buildings.flags["is_halo"].sum()),
        drawn=tuple((details.index(detail), n) for detail, n in Counter(sorted(details)).most_common()),
        roof_fit=_roof_fit(buildings.numbers["roof_fit_rmse"]),
        invalid=tuple((buildings.building_ids[row], buildings.invalid_codes[row]) for row in np.flatnonzero(~is_valid)),
        years=(int(known_years.min()), int(known_years.max())) if len(known_years) else None,
    )


def _roof_fit(rmse: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> RoofFit | None:
    known = rmse[np.isfinite(rmse)]
    if not len(known):
        return None
    counts = np.bincount(np.searchsorted(FIT_EDGES, known, side="right"), minlength=len(FIT_EDGES) + 1)
    return RoofFit(len(known), tuple(int(count) for count in counts), float(np.median(known)), float(np.percentile(known, 95)))
