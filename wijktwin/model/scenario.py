"""A scenario: the neighbourhood with a set of plans in it. Computed, never stored."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from wijktwin.errors import Note, NotFoundError, PlanConflictError
from wijktwin.model.conflicts import check_together
from wijktwin.model.content import content_key
from wijktwin.model.dwelling_balance import DwellingBalance, dwelling_balance
from wijktwin.model.ground_after import ground_after
from wijktwin.model.provenance import Kind
from wijktwin.model.space import inside_volumes
from wijktwin.model.surroundings import TREE_COLUMNS, geographic_table, stacked
from wijktwin.model.volume_mesh import joined, volume_mesh

if TYPE_CHECKING:
    import geopandas as gpd

    from wijktwin.model.mesh import BoolArray, Mesh
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan, Volume

KEY_VERSION: Final = "scenario-1"


@dataclass(frozen=True, eq=False)
class Scenario:
    """A neighbourhood and the plans that are switched on; their order means nothing.

    ``flooded`` names street segments that are supposed to stand under water, for whoever asks what then can be reached: nothing that we
    compute. What the plans suppose is part of it.

    Everything else here is derived from the two, computed when it is first asked for and kept with the scenario. Tables are copies that
    are safe to change.

    Raises
    ------
    PlanConflictError
        Plans exclude each other or want the same space, one was withdrawn, or a volume stands in a building that stays.
    NotFoundError
        There is no street segment of a name in ``flooded``.
    """

    neighbourhood: Neighbourhood
    plans: frozenset[Plan] = frozenset()
    flooded: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Keep one of plans that say the same, and refuse what cannot stand together, whatever the order."""
        once: dict[str, Plan] = {}
        for plan in sorted(self.plans, key=lambda plan: (plan.plan_id, plan.content_key)):
            if once.setdefault(plan.plan_id, plan).content_key != plan.content_key:
                raise PlanConflictError("plans.same_id", plan_id=plan.plan_id)
        object.__setattr__(self, "plans", frozenset(once.values()))
        object.__setattr__(self, "flooded", frozenset(self.flooded).union(*(plan.flooded for plan in self.plans)))
        check_together(self.ordered_plans, self.neighbourhood)
        self._check_flooded()

    def _check_flooded(self) -> None:
        if not self.flooded:
            return
        table = self.neighbourhood.street_table
        unknown = sorted(self.flooded - (set() if table is None else set(table["street_id"])))
        if unknown:
            raise NotFoundError("streets.no_such_segment", name=unknown[0], source=self.neighbourhood.name)

    @property
    def ordered_plans(self) -> tuple[Plan, ...]:
        """The plans by id, so that whatever is made of them does not depend on any order."""
        return tuple(sorted(self.plans, key=lambda plan: plan.plan_id))

    @property
    def is_baseline(self) -> bool:
        """Whether nothing is switched on and nothing is supposed."""
        return not self.plans and not self.flooded

    @cached_property
    def key(self) -> str:
        """Hash of the neighbourhood's key and of what the plans say (hex); equal contents give equal keys."""
        told = [KEY_VERSION, self.neighbourhood.key, {plan.content_key for plan in self.plans}]
        return content_key([*told, self.flooded] if self.flooded else told)

    @cached_property
    def demolished(self) -> frozenset[str]:
        """Ids of the buildings that go."""
        return frozenset[str]().union(*(plan.demolishes for plan in self.plans))

    @cached_property
    def remaining_rows(self) -> BoolArray:
        """Which rows of the neighbourhood's buildings are left, shape (n_buildings,), read-only."""
        building_ids = self.neighbourhood.buildings.building_ids
        remaining = np.array([building_id not in self.demolished for building_id in building_ids], dtype=np.bool_)
        remaining.flags.writeable = False
        return remaining

    @cached_property
    def volumes(self) -> tuple[tuple[Plan, Volume], ...]:
        """All proposed volumes with the plan each belongs to, by plan id and then by volume id."""
        return tuple((plan, v) for plan in self.ordered_plans for v in sorted(plan.volumes, key=lambda volume: volume.volume_id))

    @cached_property
    def volume_mesh(self) -> Mesh:
        """All proposed volumes as one mesh around the neighbourhood's local origin; object row i is ``volumes[i]``."""
        origin = self.neighbourhood.mesh.origin
        return joined([volume_mesh(volume, origin=origin) for _, volume in self.volumes], origin=origin)

    @cached_property
    def felled_for_volumes(self) -> frozenset[str]:
        """Ids of trees that no plan fells, but that stand where a volume comes: they cannot stay."""
        table = self.neighbourhood.tree_table
        if table is None or not self.volumes:
            return frozenset()
        inside = inside_volumes(table.geometry.to_numpy(), [volume for _, volume in self.volumes])
        return frozenset(table["tree_id"].to_numpy()[inside]) - self._felled_as_stated

    @property
    def _felled_as_stated(self) -> frozenset[str]:
        return frozenset[str]().union(*(plan.felled for plan in self.plans))

    @cached_property
    def felled(self) -> frozenset[str]:
        """Ids of the trees that go: those that plans fell, and those that stand where a volume comes."""
        return self._felled_as_stated | self.felled_for_volumes

    @cached_property
    def _ground(self) -> gpd.GeoDataFrame:
        return ground_after(self.neighbourhood, self.ordered_plans)

    @property
    def ground(self) -> gpd.GeoDataFrame:
        """Ground surfaces after the plans; columns `GROUND_COLUMNS` and `ground_after.CHANGE_COLUMNS`."""
        return self._ground.copy()

    @cached_property
    def _trees(self) -> gpd.GeoDataFrame:
        before = self.neighbourhood.trees
        before["plan_id"] = ""
        left = before[~before["tree_id"].isin(self.felled)]
        planted = [(plan, tree) for plan in self.ordered_plans for tree in plan.planted]
        if not planted:
            return left.reset_index(drop=True)
        points = np.array([tree.point for _, tree in planted], dtype=np.object_)
        keeps = ~inside_volumes(points, [volume for _, volume in self.volumes])
        chosen = [item for item, keep in zip(planted, keeps, strict=True) if keep]
        nan = float("nan")
        rows: dict[str, object] = {
            "tree_id": [f"{plan.plan_id}/{tree.tree_id}" for plan, tree in chosen],
            "species": [tree.species for _, tree in chosen],
            "height": [nan if tree.height is None else tree.height for _, tree in chosen],
            "crown_diameter": [nan if tree.crown_diameter is None else tree.crown_diameter for _, tree in chosen],
            "ground_height": [self.neighbourhood.ground_height_at(tree.point.x, tree.point.y) for _, tree in chosen],
            "kind": str(Kind.STATED),
            "plan_id": [plan.plan_id for plan, _ in chosen],
        }
        new = geographic_table({**TREE_COLUMNS, "plan_id": "str"}, rows, points[keeps], self.neighbourhood.horizontal_crs)
        return stacked(left, new)

    @property
    def trees(self) -> gpd.GeoDataFrame:
        """Trees after planting and felling; columns `TREE_COLUMNS` and ``plan_id`` ("" for those that are there now).

        Planted trees are called ``<plan id>/<tree id>``, have their grown size and the kind "stated"; one that another plan builds
        over is left out (see `notes`).
        """
        return self._trees.copy()

    @cached_property
    def _streets(self) -> gpd.GeoDataFrame:
        table = self.neighbourhood.streets
        traffic = {change.street_id: str(change.traffic) for plan in self.plans for change in plan.street_changes}
        owner = {change.street_id: plan.plan_id for plan in reversed(self.ordered_plans) for change in plan.street_changes}
        rows = list(zip(table["street_id"], table["oneway"], strict=True))
        table["oneway"] = pd.Series([traffic.get(street_id, now) for street_id, now in rows], index=table.index, dtype="str")
        table["plan_id"] = pd.Series([owner.get(street_id, "") for street_id, _ in rows], index=table.index, dtype="str")
        return table

    @property
    def streets(self) -> gpd.GeoDataFrame:
        """Street network after what becomes one-way or closed; columns `STREET_COLUMNS` and ``plan_id`` ("" where nothing changes)."""
        return self._streets.copy()

    @property
    def addresses(self) -> gpd.GeoDataFrame:
        """Addresses that are left; columns `ADDRESS_COLUMNS`. Plans bring dwellings, but no addresses."""
        table = self.neighbourhood.addresses
        return table[~table["building_id"].isin(self.demolished)].reset_index(drop=True)

    @cached_property
    def dwellings(self) -> tuple[DwellingBalance, ...]:
        """Dwellings before and after by tenure and type."""
        return dwelling_balance(self.neighbourhood, self.ordered_plans, self.demolished)

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """What a reader of the figures should know of this combination."""
        found = [Note("plans.tree_must_go", tree_id=tree_id) for tree_id in sorted(self.felled_for_volumes)]
        kept = set(self._trees["tree_id"])
        built_over = [(plan, tree) for plan in self.ordered_plans for tree in plan.planted if f"{plan.plan_id}/{tree.tree_id}" not in kept]
        found += [Note("plans.tree_built_over", plan=plan.title, tree_id=tree.tree_id) for plan, tree in built_over]
        return tuple(found)
