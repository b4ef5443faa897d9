"""What a plan proposes: volumes that stand out by colour and outline, new ground, trees, and streets with another traffic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString

from layers.buildings import mesh_rows
from layers.contact import contact_rows
from layers.edges import crease_edges, line_rows, strokes
from layers.encoding import Row, surface_row
from layers.frame import Frame
from layers.ground import CHANGE_LIFT, Sheet, ground_colour, laid_rows
from layers.hatching import hatching
from layers.terrain import Terrain, polygons_of
from layers.trees import drawn_crowns, ring_rows, tree_rows
from wijktwin import appearance
from wijktwin.appearance import Outline
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import ON_GROUND, Latitude, Plan, Traffic, Volume
from wijktwin.model.volume_mesh import volume_mesh

FloatArray = NDArray[np.float64]

MARK_LIFT: Final = 0.34
"""How high above the ground lines and marks on it are drawn. [m]"""
STOREY_LINE_GAP: Final = 0.08
"""How far before the facade the line between two storeys is drawn, so that the facade does not hide it. [m]"""
ARROW_LENGTH: Final = 6.0
ARROW_SPACING: Final = 24.0
ARROW: Final = np.array([(-3.0, -0.45), (0.6, -0.45), (0.6, -1.35), (3.0, 0.0), (0.6, 1.35), (0.6, 0.45), (-3.0, 0.45)])
"""Seen along the street, pointing forward. [m]"""
BAR: Final = np.array([(-2.4, -0.35), (2.4, -0.35), (2.4, 0.35), (-2.4, 0.35)])
MARK_COLOUR: Final = (252, 252, 250)
CLOSED_COLOUR: Final = (186, 58, 44)
WATER: Final = (BAR + np.array([0.0, -0.9]), BAR + np.array([0.0, 0.9]))
"""Two bars along the street: what is supposed to stand under water. [m]"""
WATER_COLOUR: Final = (34, 94, 168)


@dataclass(frozen=True, slots=True)
class PlanRows:
    """Everything that is drawn of one plan; picking answers with places in the plan's own lists.

    Parameters
    ----------
    halos
        The unbroken edges of each volume, in the order of the plan: drawn around the one that is selected.
    hatching
        Strokes over the volumes of which the plan says that they are a choice.
    """

    volumes: list[Row] = field(default_factory=list)
    outlines: list[Row] = field(default_factory=list)
    halos: list[list[Row]] = field(default_factory=list)
    hatching: list[Row] = field(default_factory=list)
    storeys: list[Row] = field(default_factory=list)
    ground: list[Row] = field(default_factory=list)
    ground_outlines: list[Row] = field(default_factory=list)
    contact: list[Row] = field(default_factory=list)
    marks: list[Row] = field(default_factory=list)
    planted: list[dict[str, Any]] = field(default_factory=list)


def plan_rows(plan: Plan, neighbourhood: Neighbourhood, terrain: Terrain, frame: Frame) -> PlanRows:
    """The rows of one plan. What it demolishes and fells is drawn with today's buildings and trees."""
    outline = appearance.OUTLINES[plan.role.value]
    rows = PlanRows()
    for index, volume in enumerate(plan.volumes):
        if volume.is_below_ground:
            below = _outline_on_ground(volume.footprint, Outline.DOTTED, terrain, frame)
            rows.ground_outlines.extend(below)
            rows.halos.append(below)
            continue
        mesh = volume_mesh(volume, origin=neighbourhood.mesh.origin)
        on_ground = volume.base <= ON_GROUND
        colours = appearance.shaded(np.array(face_colour(plan, volume), dtype=np.float64), mesh.surface_normals())
        rows.volumes.extend(mesh_rows(mesh, frame, colours, index=index, terrain=terrain if on_ground else None, has_floor=not on_ground))
        segments, _ = crease_edges(mesh)
        edges = _above(segments + mesh.origin, volume)
        rows.outlines.extend(line_rows(strokes(edges, outline), frame))
        rows.halos.append(line_rows(edges, frame))
        if volume.latitude is Latitude.CHOICE:
            rows.hatching.extend(line_rows(_cut_off(hatching(mesh) + mesh.origin, min(volume.ground_level, volume.top)), frame))
        rows.storeys.extend(line_rows(_storey_lines(volume), frame))
    standing = [volume.footprint for volume in plan.volumes if volume.touches_ground]
    rows.contact.extend(contact_rows(standing, terrain, frame))
    sheets = [
        Sheet(change.footprint, ground_colour(change.kind.value), index, CHANGE_LIFT) for index, change in enumerate(plan.ground_changes)
    ]
    rows.ground.extend(laid_rows(sheets, terrain, frame))
    for change in plan.ground_changes:
        rows.ground_outlines.extend(_outline_on_ground(change.footprint, outline, terrain, frame))
    rows.marks.extend(_street_marks(plan, neighbourhood, terrain, frame))
    _plant(plan, rows, terrain, frame)
    return rows


def face_colour(plan: Plan, volume: Volume) -> tuple[int, int, int]:
    """Colour of a volume's faces: that of its plan's role, lighter where the plan leaves the volume open."""
    colour = appearance.PLAN_FACES[plan.role.value]
    return appearance.lighter(colour) if volume.latitude is Latitude.OPEN else colour


def _cut_off(segments: FloatArray, lowest: float) -> FloatArray:
    """Slanting segments with what lies below a height cut off."""
    low, high = np.sort(segments[..., 2], axis=1).T
    kept, low, high = segments[high > lowest].copy(), low[high > lowest], high[high > lowest]
    for end in (0, 1):
        is_below = kept[:, end, 2] < lowest
        share = ((lowest - low) / np.maximum(high - low, 1e-9))[is_below, None]
        kept[is_below, end] += share * (kept[is_below, 1 - end] - kept[is_below, end])
    return np.asarray(kept, dtype=np.float64)


def _plant(plan: Plan, rows: PlanRows, terrain: Terrain, frame: Frame) -> None:
    """Trees to be planted, as large as the plan says that they will grow, each in a ring."""
    if not plan.planted:
        return
    xy = np.array([(tree.point.x, tree.point.y) for tree in plan.planted])
    heights = np.array([np.nan if tree.height is None else tree.height for tree in plan.planted])
    crowns = np.array([np.nan if tree.crown_diameter is None else tree.crown_diameter for tree in plan.planted])
    ids = [tree.tree_id for tree in plan.planted]
    rows.planted.extend(tree_rows(ids, xy, heights, crowns, terrain=terrain, frame=frame))
    rows.ground_outlines.extend(ring_rows(xy, drawn_crowns(heights, crowns), Outline.SOLID, terrain=terrain, frame=frame))


def _above(segments: FloatArray, volume: Volume) -> FloatArray:
    """Edges with what lies below the ground cut off."""
    lowest = min(volume.ground_level, volume.top)
    shown = segments.copy()
    shown[..., 2] = np.maximum(shown[..., 2], lowest)
    return np.asarray(shown[np.linalg.norm(shown[:, 1] - shown[:, 0], axis=1) > 0.01], dtype=np.float64)


def _storey_lines(volume: Volume) -> FloatArray:
    """Where one storey ends and the next begins, shape (n, 2, 3); none where the plan gives no storeys or its own form."""
    if volume.mesh is not None or not volume.storeys or volume.storeys < 2:
        return np.zeros((0, 2, 3))
    step = (volume.height - max(volume.base, 0.0)) / volume.storeys
    around = shapely.buffer(volume.footprint, STOREY_LINE_GAP, join_style="mitre")
    rings = [ring for polygon in polygons_of(around) for ring in (polygon.exterior, *polygon.interiors)]
    lines = []
    for storey in range(1, volume.storeys):
        height = volume.ground_level + max(volume.base, 0.0) + storey * step
        for ring in rings:
            xy = shapely.get_coordinates(ring)
            points = np.column_stack([xy, np.full(len(xy), height)])
            lines.append(np.stack([points[:-1], points[1:]], axis=1))
    return np.concatenate(lines) if lines else np.zeros((0, 2, 3))


def _outline_on_ground(footprint: shapely.geometry.base.BaseGeometry, outline: Outline, terrain: Terrain, frame: Frame) -> list[Row]:
    lines = []
    for polygon in polygons_of(footprint):
        for ring in (polygon.exterior, *polygon.interiors):
            xy = shapely.get_coordinates(shapely.segmentize(ring, terrain.cell))
            points = np.column_stack([xy, terrain.at(xy) + MARK_LIFT])
            lines.append(np.stack([points[:-1], points[1:]], axis=1))
    return line_rows(strokes(np.concatenate(lines), outline), frame) if lines else []


def _street_marks(plan: Plan, neighbourhood: Neighbourhood, terrain: Terrain, frame: Frame) -> list[Row]:
    """Arrows along streets made one-way, crosses in streets closed to motor traffic, bars in streets under water."""
    streets = neighbourhood.street_table
    if streets is None or not (plan.street_changes or plan.flooded):
        return []
    lines = dict(zip(streets["street_id"].tolist(), streets.geometry.tolist(), strict=True))
    rows = []
    for index, change in enumerate(plan.street_changes):
        line = lines.get(change.street_id)
        if line is None:
            continue
        colour = CLOSED_COLOUR if change.traffic is Traffic.CLOSED else MARK_COLOUR
        outlines = [
            each for shape in _shapes(change.traffic) for each in _along(line, shape, is_backward=change.traffic is Traffic.BACKWARD)
        ]
        rows += _marked(outlines, colour, index, terrain, frame)
    wet = [lines[street_id] for street_id in sorted(plan.flooded) if street_id in lines]
    outlines = [each for line in wet for shape in WATER for each in _along(line, shape, is_backward=False)]
    return [*rows, *_marked(outlines, WATER_COLOUR, len(plan.street_changes), terrain, frame)]


def _marked(outlines: Sequence[FloatArray], colour: tuple[int, int, int], index: int, terrain: Terrain, frame: Frame) -> list[Row]:
    """Marks on the ground; ``index`` is what picking answers with, beyond the plan's own list for what cannot be picked."""
    return [
        surface_row([frame.positions(np.column_stack([each, terrain.at(each) + MARK_LIFT])).ravel().tolist()], colour, index)
        for each in outlines
    ]


def _shapes(traffic: Traffic) -> tuple[FloatArray, ...]:
    """Outlines of the marks for a kind of traffic, seen along the street. [m]"""
    if traffic is Traffic.CLOSED:
        return _turned(BAR, 45.0), _turned(BAR, -45.0)
    if traffic is Traffic.BOTH:
        return ARROW + np.array([0.0, -1.6]), -ARROW + np.array([0.0, 1.6])
    return (ARROW,)


def _turned(outline: FloatArray, angle: float) -> FloatArray:
    turn = np.deg2rad(angle)
    return np.asarray(outline @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]), dtype=np.float64)


def _along(line: LineString, shape: FloatArray, *, is_backward: bool) -> Iterator[FloatArray]:
    """A mark laid along a line every so many metres, once at least, pointing the way the traffic goes."""
    n_marks = max(1, round(line.length / ARROW_SPACING))
    for middle in (np.arange(n_marks) + 0.5) * line.length / n_marks:
        reach = min(ARROW_LENGTH / 2, line.length / 2)
        before, after = line.interpolate(middle - reach), line.interpolate(middle + reach)
        along = np.array([after.x - before.x, after.y - before.y])
        length = np.linalg.norm(along)
        if length < 1e-6:
            continue
        along = along / length * (-1.0 if is_backward else 1.0)
        centre = line.interpolate(middle)
        across = np.array([-along[1], along[0]])
        yield np.array([centre.x, centre.y]) + shape[:, :1] * along + shape[:, 1:] * across
