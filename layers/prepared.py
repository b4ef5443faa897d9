"""The geometry of a scene, prepared once: what changes together is published together, so that a switch sends nothing again.

Today's buildings come in parts by place. Buildings and trees that some offered plan takes away are kept apart, by the set of plans
that takes them: switching a plan on or off then only changes how those few are drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from layers import street_names, trees
from layers.buildings import building_edges, building_rows, building_stroke_rows
from layers.contact import contact_model
from layers.encoding import to_json
from layers.frame import Frame
from layers.ground import drawn_outlines, ground_rows, plate_rows
from layers.ground_edges import ground_edges_model
from layers.plans import plan_rows
from layers.terrain import Terrain, build_terrain
from layers.tree_model import far_tree_model, tree_model
from layers.uses import building_uses
from wijktwin.appearance import Outline
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Plan
from wijktwin.model.space import inside_volumes

if TYPE_CHECKING:
    import geopandas as gpd

Publish = Callable[[bytes, str], str]
"""Takes content and its media type, gives the address where a browser finds it."""


class Remember(Protocol):
    """Gives what was made for a key before, or makes it."""

    def __call__(self, key: Hashable, make: Callable[[], Any]) -> Any:  # noqa: ANN401  whatever `make` makes
        """What ``make`` gives, perhaps from an earlier time."""
        ...


def forget(key: Hashable, make: Callable[[], Any]) -> Any:  # noqa: ANN401, ARG001  a `Remember` that makes everything anew
    """Make it anew every time."""
    return make()


JSON: Final = "application/json"
GLB: Final = "model/gltf-binary"
PART_SIZE: Final = 400
"""About how many buildings go in one part."""
MOST_PARTS: Final = 12


class Thing(StrEnum):
    """What can be pointed at; the first word of a layer's id."""

    BUILDING = "building"
    VOLUME = "volume"
    TREE = "tree"
    PLANTED = "planted"
    GROUND = "ground"
    CHANGE = "change"
    STREET = "street"


@dataclass(frozen=True, slots=True)
class BuildingPart:
    """Some of today's buildings.

    Parameters
    ----------
    taken_by
        Ids of the offered plans that demolish these buildings; empty for buildings that stay whatever is switched on.
    surfaces, ghost_edges
        Addresses of rows; "" where there is nothing to draw.
    edges, corners, contact
        Addresses of models in metres from the frame's anchor; "" idem. Upright corners are for who stands between the buildings.
    """

    part_id: str
    rows: tuple[int, ...]
    surfaces: str
    edges: str
    corners: str
    contact: str
    ghost_edges: str = ""
    taken_by: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TreePart:
    """Some of today's trees.

    Parameters
    ----------
    tree_ids
        In the order in which picking counts them.
    taken_by
        Ids of the offered plans that fell these trees, or build where they stand.
    built_over_by
        Ids of the offered plans with a volume where a crown is: with one of these on, a tree that goes is no ghost in a new wall.
    rings
        Address of what is drawn on the ground when they go.
    """

    part_id: str
    tree_ids: tuple[str, ...]
    instances: str
    taken_by: frozenset[str] = frozenset()
    rings: str = ""
    built_over_by: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PlanPart:
    """What one plan adds; addresses, "" where there is nothing to draw. ``halos`` has one for each volume, in the order of the plan."""

    plan_id: str
    volumes: str = ""
    outlines: str = ""
    halos: tuple[str, ...] = ()
    hatching: str = ""
    storeys: str = ""
    ground: str = ""
    ground_outlines: str = ""
    contact: str = ""
    marks: str = ""
    planted: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything of a scene that is published, and what its numbers mean.

    Parameters
    ----------
    ground
        "" where the data does not say what lies on the ground: then there is only the plate.
    ground_edges
        Address of the lines along water and roads, "" idem.
    tree_model, far_tree_model
        Addresses of the model of a tree, and of the one where trees are a few pixels high.
    has_assumed_trees
        Some tree is drawn in a size that nobody stated.
    uses
        What buildings are used for, "" where nobody knows.
    street_names, name_characters
        Address of the names of streets, "" where the data has none, and every character in them.
    """

    frame: Frame
    terrain: Terrain
    plate: str
    ground: str
    ground_edges: str
    buildings: tuple[BuildingPart, ...]
    trees: tuple[TreePart, ...]
    tree_model: str
    far_tree_model: str
    plans: Mapping[str, PlanPart] = field(default_factory=dict)
    has_assumed_trees: bool = False
    uses: frozenset[str] = frozenset()
    street_names: str = ""
    name_characters: str = ""

    @property
    def has_ground(self) -> bool:
        """Whether the data says what lies on the ground."""
        return bool(self.ground)


def prepare(
    neighbourhood: Neighbourhood,
    plans: Iterable[Plan] = (),
    *,
    publish: Publish,
    publish_privately: Publish | None = None,
    remember: Remember = forget,
) -> Prepared:
    """Prepare and publish the geometry of a neighbourhood with the plans that are offered for it.

    Parameters
    ----------
    plans
        All that can be switched on; of two with one id the first is taken.
    publish
        For what everybody may see: the neighbourhood and the plans that the server publishes.
    publish_privately
        For what is only there because of a visitor's own plan; ``publish`` where None.
    remember
        Asked for every piece, so that a visitor's plan costs no more than what it changes.
    """
    offered = {plan.plan_id: plan for plan in reversed(list(plans))}
    ordered = [offered[plan_id] for plan_id in sorted(offered)]
    shared = [plan for plan in ordered if plan.published_by_server]
    private = publish_privately or publish
    base: _Base = remember(("base", neighbourhood.key), lambda: _prepare_base(neighbourhood, publish))
    known = set(split_buildings(neighbourhood, shared))
    buildings = []
    for split in split_buildings(neighbourhood, ordered):
        to = publish if split in known else private
        buildings.append(remember(("buildings", neighbourhood.key, split), partial(prepare_buildings, neighbourhood, split, base, to)))
    known_trees = set(split_trees(neighbourhood, shared))
    tree_parts = []
    for tree_split in split_trees(neighbourhood, ordered):
        to = publish if tree_split in known_trees else private
        tree_parts.append(remember(("trees", neighbourhood.key, tree_split), partial(prepare_trees, neighbourhood, tree_split, base, to)))
    parts = {}
    for plan in ordered:
        to = publish if plan.published_by_server else private
        key = ("plan", neighbourhood.key, plan.content_key, plan.published_by_server)
        parts[plan.plan_id] = remember(key, partial(prepare_plan, plan, neighbourhood, base.terrain, base.frame, to))
    return Prepared(
        frame=base.frame,
        terrain=base.terrain,
        plate=base.plate,
        ground=base.ground,
        ground_edges=base.ground_edges,
        buildings=tuple(buildings),
        trees=tuple(tree_parts),
        tree_model=base.tree_model,
        far_tree_model=base.far_tree_model,
        plans=parts,
        has_assumed_trees=base.has_assumed_trees,
        uses=base.uses,
        street_names=base.street_names,
        name_characters=base.name_characters,
    )


@dataclass(frozen=True, slots=True)
class _Base:
    """What no plan changes."""

    frame: Frame
    terrain: Terrain
    plate: str
    ground: str
    ground_edges: str
    tree_model: str
    far_tree_model: str
    has_assumed_trees: bool
    uses: frozenset[str]
    street_names: str
    name_characters: str


def _prepare_base(neighbourhood: Neighbourhood, publish: Publish) -> _Base:
    frame, terrain = Frame.of(neighbourhood), build_terrain(neighbourhood)
    outlines = drawn_outlines(neighbourhood, frame)
    ground = ground_rows(neighbourhood, terrain, frame, outlines)
    ground_edges = ground_edges_model(neighbourhood, terrain, frame, outlines)
    names = street_names.street_name_rows(neighbourhood, terrain, frame)
    table = neighbourhood.tree_table
    return _Base(
        frame=frame,
        terrain=terrain,
        plate=publish(to_json(plate_rows(neighbourhood, terrain, frame)), JSON),
        ground=publish(to_json(ground), JSON) if ground else "",
        ground_edges=publish(ground_edges, GLB) if ground_edges else "",
        tree_model=publish(tree_model(), GLB),
        far_tree_model=publish(far_tree_model(), GLB),
        has_assumed_trees=table is not None
        and trees.has_assumed_sizes(*(table[name].to_numpy(dtype=np.float64) for name in ("height", "crown_diameter"))),
        uses=frozenset(building_uses(neighbourhood)),
        street_names=publish(to_json(names), JSON) if names else "",
        name_characters=street_names.characters(names),
    )


@dataclass(frozen=True, slots=True)
class Split:
    """Rows of a table that are drawn together, the plans that take them, and those that build over them."""

    part_id: str
    rows: tuple[int, ...]
    taken_by: frozenset[str] = frozenset()
    built_over_by: frozenset[str] = frozenset()


# -------------------------------------------------------------------------------------------------------------- buildings
def split_buildings(neighbourhood: Neighbourhood, plans: Sequence[Plan]) -> list[Split]:
    """All parts of today's buildings; a building is in exactly one.

    Parts by place do not depend on the plans, but for the buildings that some plan takes: those leave their place for a part of
    their own. A visitor's plan that takes one building more makes one place anew, not all of them.
    """
    taken = taken_by(((plan.plan_id, plan.demolishes) for plan in plans), neighbourhood.buildings.rows)
    places = _places(neighbourhood)
    found = []
    for place in range(int(places.max(initial=-1)) + 1):
        rows = tuple(int(row) for row in np.flatnonzero(places == place) if row not in taken)
        if rows:
            found.append(Split(f"{place}", rows))
    return found + _taken_groups(taken)


def _taken_groups(taken: Mapping[int, frozenset[str]]) -> list[Split]:
    """Rows by the set of plans that takes them."""
    groups: dict[frozenset[str], list[int]] = {}
    for row, plan_ids in sorted(taken.items()):
        groups.setdefault(plan_ids, []).append(row)
    return [
        Split(f"taken-{'+'.join(sorted(plan_ids))}", tuple(group), plan_ids)
        for plan_ids, group in sorted(groups.items(), key=lambda item: sorted(item[0]))
    ]


def taken_by(taking: Iterable[tuple[str, frozenset[str]]], rows: Mapping[str, int]) -> dict[int, frozenset[str]]:
    """For every row that some plan takes, the ids of the plans that do."""
    found: dict[int, frozenset[str]] = {}
    for plan_id, ids in taking:
        for thing_id in ids:
            if thing_id in rows:
                found[rows[thing_id]] = found.get(rows[thing_id], frozenset()) | {plan_id}
    return found


def _places(neighbourhood: Neighbourhood) -> NDArray[np.int64]:
    """Number of the place of each building: squares of a grid, so that what is near is drawn together."""
    n = len(neighbourhood.buildings)
    n_places = min(MOST_PARTS, max(1, round(n / PART_SIZE)))
    mesh = neighbourhood.mesh
    if n_places == 1 or not mesh.n_surfaces:
        return np.zeros(n, dtype=np.int64)
    owner = np.repeat(mesh.surface_object[mesh.ring_surface], np.diff(mesh.ring_start))
    count = np.maximum(np.bincount(owner, minlength=n), 1)
    x, y = (np.bincount(owner, weights=mesh.vertices[mesh.ring_vertices, axis], minlength=n) / count for axis in (0, 1))
    columns = max(1, round(n_places**0.5))
    column = _equal_shares(x, columns)
    place = np.zeros(n, dtype=np.int64)
    per_column = -(-n_places // columns)
    for number in range(columns):
        inside = column == number
        place[inside] = number * per_column + _equal_shares(y[inside], per_column)
    return place


def _equal_shares(values: NDArray[np.float64], n_shares: int) -> NDArray[np.int64]:
    """Which of n equally large shares each value falls in, from low to high."""
    rank = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    return rank * n_shares // max(len(values), 1)


def prepare_buildings(neighbourhood: Neighbourhood, split: Split, base: _Base, publish: Publish) -> BuildingPart:
    """Publish one part of today's buildings."""
    rows, terrain, frame = split.rows, base.terrain, base.frame
    edges, corners = building_edges(neighbourhood, terrain, frame, rows)
    contact = contact_model([neighbourhood.buildings.footprint(row) for row in rows], terrain, frame)
    ghost = building_stroke_rows(neighbourhood, frame, rows) if split.taken_by else []
    return BuildingPart(
        part_id=split.part_id,
        rows=rows,
        surfaces=publish(to_json(building_rows(neighbourhood, terrain, frame, rows)), JSON),
        edges=publish(edges, GLB) if edges else "",
        corners=publish(corners, GLB) if corners else "",
        contact=publish(contact, GLB) if contact else "",
        ghost_edges=publish(to_json(ghost), JSON) if ghost else "",
        taken_by=split.taken_by,
    )


# ------------------------------------------------------------------------------------------------------- trees and plans
def split_trees(neighbourhood: Neighbourhood, plans: Sequence[Plan]) -> list[Split]:
    """All parts of today's trees: those that stay whatever is switched on, and those that plans take away."""
    table = neighbourhood.tree_table
    if table is None or not len(table):
        return []
    row_of = {tree_id: row for row, tree_id in enumerate(table["tree_id"].tolist())}
    taken = taken_by(((plan.plan_id, plan.felled | _in_the_way(neighbourhood, plan)) for plan in plans), row_of)
    staying = tuple(row for row in range(len(table)) if row not in taken)
    return ([Split("0", staying)] if staying else []) + [
        part for group in _taken_groups(taken) for part in _by_volumes(table, group, plans)
    ]


def _by_volumes(table: gpd.GeoDataFrame, group: Split, plans: Sequence[Plan]) -> list[Split]:
    """Trees that are taken, by the plans that build where their crown is."""
    built_over: dict[int, frozenset[str]] = dict.fromkeys(group.rows, frozenset())
    own = table.iloc[list(group.rows)]
    heights, crowns = (own[name].to_numpy(dtype=np.float64) for name in ("height", "crown_diameter"))
    reach = trees.drawn_crowns(heights, crowns) / 2
    tops = trees.drawn_heights(heights)
    for plan in plans:
        for volume in plan.volumes:
            if not volume.is_below_ground:
                is_near = (shapely.distance(own.geometry.to_numpy(), volume.footprint) < reach) & (max(volume.base, 0.0) < tops)
                for row in np.array(group.rows)[is_near].tolist():
                    built_over[row] |= {plan.plan_id}
    parts: dict[frozenset[str], list[int]] = {}
    for row, plan_ids in built_over.items():
        parts.setdefault(plan_ids, []).append(row)
    return [
        Split(group.part_id + (f"-under-{'+'.join(sorted(plan_ids))}" if plan_ids else ""), tuple(rows), group.taken_by, plan_ids)
        for plan_ids, rows in sorted(parts.items(), key=lambda item: sorted(item[0]))
    ]


def prepare_trees(neighbourhood: Neighbourhood, split: Split, base: _Base, publish: Publish) -> TreePart:
    """Publish one part of today's trees."""
    table = neighbourhood.trees.iloc[list(split.rows)]
    ids = table["tree_id"].tolist()
    heights, crowns = (table[name].to_numpy(dtype=np.float64) for name in ("height", "crown_diameter"))
    xy = np.column_stack([table.geometry.x.to_numpy(), table.geometry.y.to_numpy()])
    rows = trees.tree_rows(ids, xy, heights, crowns, terrain=base.terrain, frame=base.frame)
    rings = ""
    if split.taken_by:
        crowns = trees.drawn_crowns(heights, crowns)
        rings = publish(to_json(trees.ring_rows(xy, crowns, Outline.DASHED, terrain=base.terrain, frame=base.frame)), JSON)
    return TreePart(split.part_id, tuple(ids), publish(to_json(rows), JSON), split.taken_by, rings, split.built_over_by)


def _in_the_way(neighbourhood: Neighbourhood, plan: Plan) -> frozenset[str]:
    """Trees that stand where a plan builds: they go, whether it says so or not."""
    table = neighbourhood.tree_table
    if table is None or not plan.volumes:
        return frozenset()
    return frozenset(table["tree_id"].to_numpy()[inside_volumes(table.geometry.to_numpy(), list(plan.volumes))])


def prepare_plan(plan: Plan, neighbourhood: Neighbourhood, terrain: Terrain, frame: Frame, publish: Publish) -> PlanPart:
    """Publish what one plan adds."""
    rows = plan_rows(plan, neighbourhood, terrain, frame)
    names = ("volumes", "outlines", "hatching", "storeys", "ground", "ground_outlines", "contact", "marks", "planted")
    addresses = {name: publish(to_json(getattr(rows, name)), JSON) for name in names if getattr(rows, name)}
    halos = tuple(publish(to_json(halo), JSON) if halo else "" for halo in rows.halos)
    return PlanPart(plan_id=plan.plan_id, halos=halos, **addresses)
