"""What if: a plan with fewer storeys, somewhere else, turned, or without a volume. A variant is a new plan; nothing is changed.

Every variant is reckoned from the plan that it is a variant of (`Plan.original`), never from another variant: the order of edits on
different volumes does not matter, and going back gives back exactly what the plan said. What follows from a change (dwellings,
floor area, places inside) is rescaled and marked `Kind.ASSUMED`. Ground changes, trees and demolitions stay as they are in the plan.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
import shapely.affinity

from wijktwin.errors import Figure, InputError, NotFoundError
from wijktwin.model.content import to_millimetre
from wijktwin.model.plan import DEFAULT_STOREY_HEIGHT, Party, Plan, PlanRole, PlanStatus, Volume
from wijktwin.model.provenance import Kind, LocalText, Source
from wijktwin.model.rescaling import rescaled_dwellings, variant_summary
from wijktwin.model.space import outside_boundary
from wijktwin.model.volume_mesh import with_vertices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wijktwin.model.mesh import Mesh

VISITOR: Final = "Bezoeker / visitor"
"""The proposer of every variant: nobody's name may stand above what a visitor tried."""
VARIANT_MARK: Final = " (variant)"
MAX_STOREYS: Final = 120
MAX_HEIGHT: Final = 400.0
MIN_HEIGHT_ABOVE_BASE: Final = 2.0
MAX_DISTANCE: Final = 2_000.0
"""Farther away it is another plan. [m]"""
LOWEST_EAVES: Final = 1.0
"""A true form whose lowest roof would come closer to its underside than this is squeezed instead of lowered. [m]"""
SNAP: Final = 0.005
"""Outlines that come back this close to where the plan drew them are where the plan drew them. [m]"""


def with_storeys(plan: Plan, volume_id: str, storeys: int) -> Plan:
    """The plan with another number of storeys above ground in one volume; its height follows with the storey height.

    Where the plan states no storey height, height divided by storeys is taken; where it states no storeys, `DEFAULT_STOREY_HEIGHT`.

    Raises
    ------
    NotFoundError
        There is no such volume.
    InputError
        The number is not between 1 and `MAX_STOREYS`, or the volume lies below ground.
    """
    original, current = _volumes(plan, volume_id)
    if original.is_below_ground:
        raise InputError("plans.variant_below_ground", volume=original.title)
    if not 1 <= storeys <= MAX_STOREYS:
        raise InputError("plans.variant_storeys", value=storeys, limit=MAX_STOREYS)
    if storeys == original.storeys:
        return _with(plan, _placed_like(original, current))
    step, is_stated = _storey_height(original)
    before = original.storeys or max(1, round(_rise(original) / step))
    height = round(original.height + (storeys - before) * step, 3)
    if height < max(original.base, 0.0) + MIN_HEIGHT_ABOVE_BASE:
        height = round(max(original.base, 0.0) + _rise(original) * storeys / before, 3)
    changed = replace(
        _rescaled(original, (storeys + original.storeys_below) / (before + original.storeys_below)),
        storeys=storeys,
        storeys_kind=Kind.STATED,
        storey_height=step,
        storey_height_kind=original.storey_height_kind if is_stated else Kind.ASSUMED,
        height=height,
        height_kind=Kind.CALCULATED if is_stated and original.storey_height_kind is Kind.STATED else Kind.ASSUMED,
    )
    return _with(plan, _placed_like(changed, current, original))


def with_height(plan: Plan, volume_id: str, height: float) -> Plan:
    """The plan with another height of one volume [m above ground level]; its storeys follow in proportion, marked assumed.

    Raises
    ------
    NotFoundError
        There is no such volume.
    InputError
        The height is not between 2 m above the underside and `MAX_HEIGHT`, or the volume lies below ground.
    """
    original, current = _volumes(plan, volume_id)
    if original.is_below_ground:
        raise InputError("plans.variant_below_ground", volume=original.title)
    lowest = max(original.base, 0.0) + MIN_HEIGHT_ABOVE_BASE
    if not (math.isfinite(height) and lowest <= height <= MAX_HEIGHT):
        raise InputError("plans.variant_height", value=Figure(height), lowest=Figure(lowest), limit=Figure(MAX_HEIGHT))
    height = round(height, 3)
    if height == original.height:
        return _with(plan, _placed_like(original, current))
    share = (height - max(original.base, 0.0)) / _rise(original)
    storeys = max(1, round(original.storeys * share)) if original.storeys else None
    if storeys and original.storeys:
        share = (storeys + original.storeys_below) / (original.storeys + original.storeys_below)
    changed = replace(
        _rescaled(original, share),
        height=height,
        height_kind=Kind.STATED,
        storeys=storeys,
        storeys_kind=original.storeys_kind if storeys == original.storeys else Kind.ASSUMED,
    )
    return _with(plan, _placed_like(changed, current, original))


def moved(plan: Plan, dx: float, dy: float, *, volume_id: str | None = None) -> Plan:
    """The plan with one volume, or all of them, moved east and north. [m]

    The ground level is kept, and marked assumed: it was not stated for that place.

    Raises
    ------
    NotFoundError
        There is no such volume.
    InputError
        The distance is no number, or more than `MAX_DISTANCE`.
    """
    _check_number(dx)
    _check_number(dy)
    if math.hypot(dx, dy) > MAX_DISTANCE:
        raise InputError("plans.variant_far", limit=Figure(MAX_DISTANCE))
    step = np.round([dx, dy], 3)
    return _displaced(plan, volume_id, lambda xy: xy + step)


def turned(plan: Plan, degrees: float, *, volume_id: str | None = None) -> Plan:
    """The plan with one volume turned clockwise round its centre, or all of them together round their common centre. [°]

    Raises
    ------
    NotFoundError
        There is no such volume.
    InputError
        The angle is no number.
    """
    _check_number(degrees)
    chosen = [volume for volume in plan.volumes if volume_id in {None, volume.volume_id}]
    centre = shapely.union_all([volume.footprint for volume in chosen]).centroid
    if centre.is_empty:
        return _displaced(plan, volume_id, lambda xy: xy)
    pivot = np.array([centre.x, centre.y])
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    clockwise = np.array([[cosine, -sine], [sine, cosine]])
    return _displaced(plan, volume_id, lambda xy: (xy - pivot) @ clockwise + pivot)


def without_volume(plan: Plan, volume_id: str) -> Plan:
    """The plan without one of its volumes.

    Raises
    ------
    NotFoundError
        There is no such volume.
    """
    _volumes(plan, volume_id)
    return _variant(plan, tuple(volume for volume in plan.volumes if volume.volume_id != volume_id))


def _base(plan: Plan) -> Plan:
    """The plan that all variants are reckoned from."""
    return plan.original or plan


def _volumes(plan: Plan, volume_id: str) -> tuple[Volume, Volume]:
    """One volume as the plan stated it, and as it is now."""
    original, current = _base(plan).volume(volume_id), plan.volume(volume_id)
    if original is None or current is None:
        choices = ", ".join(volume.volume_id for volume in plan.volumes) or "–"
        raise NotFoundError("plans.variant_no_volume", name=volume_id, plan=plan.title, choices=choices)
    return original, current


def _check_number(value: float) -> None:
    if not math.isfinite(value):
        raise InputError("plans.variant_number", value=value)


def _rise(volume: Volume) -> float:
    """Height of what stands above ground. [m]"""
    return volume.height - max(volume.base, 0.0)


def _storey_height(volume: Volume) -> tuple[float, bool]:
    """Height of a storey [m], and whether the plan says it."""
    if volume.storey_height is not None:
        return volume.storey_height, True
    if volume.storeys:
        return round(_rise(volume) / volume.storeys, 3), False
    return DEFAULT_STOREY_HEIGHT, False


def _rescaled(original: Volume, share: float) -> Volume:
    """A volume with its figures in proportion, marked assumed; places are whole."""
    figures: dict[str, Any] = {}
    for name in ("floor_area", "parking_places", "bicycle_places"):
        stated = getattr(original, name)
        if stated is not None and share != 1.0:
            value = stated * share if name == "floor_area" else float(math.floor(stated * share + 0.5))
            figures |= {name: value, f"{name}_kind": Kind.ASSUMED}
    return replace(original, **figures)


def _placed_like(changed: Volume, current: Volume, original: Volume | None = None) -> Volume:
    """A volume with new figures where the current one stands."""
    mesh = changed.mesh
    if mesh is not None and current.mesh is not None:
        heights = mesh.vertices[:, 2] if original is None else _lowered(mesh, original, changed.height)
        mesh = with_vertices(current.mesh, np.column_stack([current.mesh.vertices[:, :2], np.round(heights, 3)]))
    return replace(changed, footprint=current.footprint, ground_level_kind=current.ground_level_kind, mesh=mesh)


def _lowered(mesh: Mesh, original: Volume, height: float) -> NDArray[np.float64]:
    """Heights of the corners of a true form once its top is elsewhere: what stands above the underside moves with the top.

    A form with a low part that would sink through its own underside is squeezed in proportion instead.
    """
    z = mesh.vertices[:, 2]
    bottom, top = z.min(), z.max()
    change = original.ground_level + height - mesh.origin[2] - top
    is_above = z > bottom + 0.01
    if z[is_above].min() + change - max(bottom, original.ground_level - mesh.origin[2]) >= LOWEST_EAVES:
        return np.where(is_above, z + change, z)
    squeezed: NDArray[np.float64] = bottom + (z - bottom) * (top + change - bottom) / (top - bottom)
    return squeezed


def _displaced(plan: Plan, volume_id: str | None, move: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Plan:
    if volume_id is not None:
        _volumes(plan, volume_id)
    volumes = (_displaced_volume(plan, v, move) if volume_id in {None, v.volume_id} else v for v in plan.volumes)
    return _variant(plan, tuple(volumes))


def _displaced_volume(plan: Plan, volume: Volume, move: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Volume:
    original, _ = _volumes(plan, volume.volume_id)
    footprint = to_millimetre(shapely.transform(volume.footprint, move))
    drawn, now = shapely.get_coordinates(original.footprint), shapely.get_coordinates(footprint)
    is_back = np.abs(drawn - now).max() <= SNAP
    mesh = volume.mesh
    if mesh is not None:
        old = original.mesh if is_back else None
        origin = mesh.origin[:2]
        xy = np.round(move(mesh.vertices[:, :2] + origin), 3) - origin if old is None else old.vertices[:, :2]
        mesh = with_vertices(mesh, np.column_stack([xy, mesh.vertices[:, 2]]))
    return replace(
        volume,
        footprint=original.footprint if is_back else footprint,
        ground_level_kind=original.ground_level_kind if is_back else Kind.ASSUMED,
        mesh=mesh,
    )


def _with(plan: Plan, volume: Volume) -> Plan:
    return _variant(plan, tuple(volume if v.volume_id == volume.volume_id else v for v in plan.volumes))


def _variant(plan: Plan, volumes: tuple[Volume, ...]) -> Plan:
    """A plan of nobody's with these volumes; called by its contents, so that the same change has the same address."""
    base = _base(plan)
    title = _marked(base.title)
    variant = replace(
        base,
        plan_id=base.root_id,
        title=title,
        summary=variant_summary(base, volumes),
        proposer=VISITOR,
        party=Party.VISITOR,
        role=PlanRole.ALTERNATIVE,
        status=PlanStatus.DRAFT,
        source=Source(title=title.in_language("nl"), owner=VISITOR, fictional=base.source.fictional),
        dates={},
        changes=(),
        volumes=volumes,
        dwellings=rescaled_dwellings(base, volumes),
        claims=(),
        variant_of=base.root_id,
        original=base,
        published_by_server=False,
        notes=(),
    )
    return replace(variant, plan_id=f"{base.root_id[:70].rstrip('-')}-{variant.content_key[:8]}", notes=outside_boundary(variant))


def _marked(title: LocalText) -> LocalText:
    def mark(text: str) -> str:
        return text if not text or text.endswith(VARIANT_MARK) else text + VARIANT_MARK

    return LocalText(nl=mark(title.nl), en=mark(title.en))
