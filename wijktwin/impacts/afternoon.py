"""Shade on what people walk on, through a hot summer afternoon: today once for a neighbourhood, and again only where plans reach.

The afternoon and the surfaces stand in ``data/norms/heat.toml``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from wijktwin.impacts.ground import ground_within
from wijktwin.impacts.ground_shadow import ShadowCaster
from wijktwin.impacts.kept import kept
from wijktwin.impacts.shade import crown_shadows, shaded, touched
from wijktwin.model.mesh import BoolArray, FloatArray
from wijktwin.norm_tables import norm_table

if TYPE_CHECKING:
    import geopandas as gpd

    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.scenario import Scenario
    from wijktwin.sun import Sun

NORMS: Final = "heat.toml"
Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class Walked:
    """What people walk on, with its shade.

    Parameters
    ----------
    shapes, areas
        Shape (n,). [m²]
    by_buildings, by_crowns
        Shade at each hour, shape (n_hours, n): of buildings, and of crowns where no building shades. [m²]
    """

    shapes: Shapes
    areas: FloatArray
    by_buildings: FloatArray
    by_crowns: FloatArray

    def mean_shade(self, *, light: float) -> float:
        """Shaded ground, as a mean of the hours; crowns let a share ``light`` of the sun through. [m²]"""
        if not self.by_buildings.size:
            return 0.0
        return float((self.by_buildings + (1.0 - light) * self.by_crowns).sum(axis=1).mean())

    @property
    def area(self) -> float:
        """All of it. [m²]"""
        return float(self.areas.sum())


@dataclass(frozen=True, eq=False)
class _Shadows:
    """What buildings shade at each hour, whatever the trees are like."""

    caster: ShadowCaster
    suns: tuple[Sun, ...]
    buildings: tuple[Shapes, ...]


def afternoon(scenario: Scenario, *, begins: float) -> tuple[Walked, Walked]:
    """What people walk on and its shade, now and after the plans; empty where no ground is known.

    Parameters
    ----------
    begins
        Where crowns begin, as a share of the height of the tree.
    """
    neighbourhood = scenario.neighbourhood
    shadows = kept(neighbourhood, "afternoon shadows", lambda: _shadows(neighbourhood))
    today = kept(neighbourhood, ("afternoon", begins), lambda: _today(neighbourhood, shadows, begins))
    if scenario.is_baseline:
        return today, today
    return today, kept(scenario, ("afternoon", begins), lambda: _then(scenario, shadows, today, begins))


def hours() -> tuple[int, ...]:
    """The hours that are looked at, on the local clock."""
    return tuple(norm_table(NORMS)["afternoon"]["hours"])


def walked_on(ground: gpd.GeoDataFrame) -> Shapes:
    """Outlines of the ground that people walk and cycle on."""
    kinds = norm_table(NORMS)["afternoon"]["surfaces"]
    return np.asarray(shapely.make_valid(ground.geometry.to_numpy()[ground["kind"].isin(kinds).to_numpy()]), dtype=object)


def _suns(caster: ShadowCaster) -> tuple[Sun, ...]:
    told = norm_table(NORMS)["afternoon"]
    day = dt.date(told["year"], told["month"], told["day"])
    return tuple(caster.place.suns([caster.place.moment(day, hour) for hour in hours()]))


def _shadows(neighbourhood: Neighbourhood) -> _Shadows:
    caster = ShadowCaster(neighbourhood)
    suns = _suns(caster)
    return _Shadows(caster, suns, tuple(caster.today(sun) for sun in suns))


def _today(neighbourhood: Neighbourhood, shadows: _Shadows, begins: float) -> Walked:
    surfaces = walked_on(neighbourhood.ground)
    crowns = [crown_shadows(neighbourhood.trees, sun, begins=begins) for sun in shadows.suns]
    return _shaded_at(surfaces, list(shadows.buildings), crowns)


def _then(scenario: Scenario, shadows: _Shadows, today: Walked, begins: float) -> Walked:
    """Only surfaces that are drawn differently, or that a shadow reaches that comes or goes, are computed again."""
    surfaces = walked_on(ground_within(scenario))
    now, stays, trees = scenario.neighbourhood.trees, scenario.remaining_rows, scenario.trees
    new_ones = kept(scenario, "afternoon shadows", lambda: [shadows.caster.of_plans(scenario, sun) for sun in shadows.suns])
    buildings, crowns, changed = [], [], []
    for sun, own, new in zip(shadows.suns, shadows.buildings, new_ones, strict=True):
        after = crown_shadows(trees, sun, begins=begins)
        buildings.append(np.concatenate([own[stays], new]))
        crowns.append(after)
        felled = crown_shadows(now[now["tree_id"].isin(scenario.felled)], sun, begins=begins)
        changed += [own[~stays], new, felled, after[(trees["plan_id"] != "").to_numpy()]]
    again = touched(surfaces, np.concatenate(changed))
    row, is_old = _as_before(surfaces, today.shapes)
    again |= ~is_old
    by = [np.zeros((len(shadows.suns), len(surfaces))) for _ in range(2)]
    by[0][:, is_old], by[1][:, is_old] = today.by_buildings[:, row[is_old]], today.by_crowns[:, row[is_old]]
    if again.any():
        part = _shaded_at(surfaces[again], buildings, crowns)
        by[0][:, again], by[1][:, again] = part.by_buildings, part.by_crowns
    return Walked(surfaces, shapely.area(surfaces), by[0], by[1])


def _as_before(surfaces: Shapes, before: Shapes) -> tuple[NDArray[np.int64], BoolArray]:
    """Row of each surface among those of today, and whether it is drawn just so there; both of shape (n,)."""
    rows = {outline: row for row, outline in enumerate(shapely.to_wkb(before).tolist())}
    found = np.array([rows.get(outline, -1) for outline in shapely.to_wkb(surfaces).tolist()], dtype=np.int64)
    return found, found >= 0


def _shaded_at(surfaces: Shapes, buildings: list[Shapes], crowns: list[Shapes]) -> Walked:
    by = [shaded(surfaces, *both) for both in zip(buildings, crowns, strict=True)]
    shape = (len(by), len(surfaces))
    return Walked(
        surfaces,
        shapely.area(surfaces),
        np.array([each.by_buildings for each in by]).reshape(shape),
        np.array([each.by_crowns for each in by]).reshape(shape),
    )
