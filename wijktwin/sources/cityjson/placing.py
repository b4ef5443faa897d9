"""Where a model lies: its reference system, and buildings that cannot be where their coordinates say."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from pyproj import CRS

from wijktwin import crs as reference_systems
from wijktwin.errors import InputError, Note
from wijktwin.model.building import Buildings
from wijktwin.model.mesh import BoolArray, FloatArray, Mesh, subset

MAX_NAMED: Final = 20
"""How many buildings that lie elsewhere are named one by one."""
_OF_SHAPE: Final = ("height", "volume", "lod")
"""Numbers that a building without shape cannot have."""


class Place(NamedTuple):
    """A reference system with what is to be told of it."""

    reference_system: CRS | None
    is_given: bool
    """Whether somebody said so, rather than the file."""
    notes: tuple[Note, ...]


def stated_place(stated: object, given: str | int | CRS | None, *, source: str) -> Place:
    """The reference system of a file: what was given wins over what it says itself, with a note.

    Raises
    ------
    InputError
        It is unknown, or not in metres.
    """
    own = reference_systems.parse_reference_system(stated, source=source)
    asked = reference_systems.parse_reference_system(given, source=source)
    chosen = asked or own
    if chosen is None:
        return Place(None, is_given=False, notes=(Note("reading.no_crs", source=source),))
    if not reference_systems.is_metric(chosen):
        raise InputError("reading.crs_not_metric", source=source, crs=reference_systems.label(chosen))
    notes: tuple[Note, ...] = ()
    if asked is not None and own is not None and not asked.equals(own):
        labels = {"crs": reference_systems.label(asked), "stated": reference_systems.label(own)}
        notes = (Note("reading.crs_overruled", source=source, **labels),)
    return Place(chosen, is_given=asked is not None, notes=notes)


def put_in_place(buildings: Buildings, mesh: Mesh, place: Place, *, source: str) -> tuple[Buildings, Mesh, Place]:
    """Buildings and mesh without the shapes that lie far outside the area of the reference system.

    Where most buildings lie round (0, 0) the coordinates are local ones or degrees: then nobody knows the reference system, unless
    somebody gave it.

    Raises
    ------
    InputError
        Most of it lies far outside.
    """
    crs = place.reference_system
    if crs is None or not mesh.n_surfaces:
        return buildings, mesh, place
    boxes = row_boxes(mesh, len(buildings))
    drawn = ~np.isnan(boxes[:, 0])
    outside = drawn & are_far_outside(boxes, crs)
    if not outside.any():
        return buildings, mesh, place
    if 2 * outside.sum() <= drawn.sum():
        notes = [_outside_note(buildings.building_ids[row], boxes[row], crs, source) for row in np.flatnonzero(outside)[:MAX_NAMED]]
        kept = place._replace(notes=(*place.notes, *notes))
        return without_shape(buildings, outside), recentred(subset(mesh, ~outside)), kept
    middle = np.median(boxes[outside], axis=0)
    if not place.is_given and np.abs(middle).max() <= reference_systems.LOCAL_RADIUS:
        note = Note("reading.crs_local", source=source, crs=reference_systems.label(crs))
        return buildings, mesh, Place(None, is_given=False, notes=(*place.notes, note))
    note = _outside_note("CityObjects", middle, crs, source)
    raise InputError(note.key, **note.values)


def _outside_note(where: str, box: FloatArray, crs: CRS, source: str) -> Note:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return Note("reading.far_outside", source=source, where=where, crs=reference_systems.label(crs), x=f"{x:.0f}", y=f"{y:.0f}")


def are_far_outside(boxes: FloatArray, crs: CRS) -> BoolArray:
    """Which boxes (min x, min y, max x, max y in ``crs``, shape (n, 4)) lie far beyond where the CRS is meant to be used."""
    bounds = reference_systems.area_bounds(crs)
    if bounds is None:
        return np.zeros(len(boxes), dtype=bool)
    low, high = np.array(bounds[:2]) - reference_systems.FAR_MARGIN, np.array(bounds[2:]) + reference_systems.FAR_MARGIN
    beyond: BoolArray = np.any(boxes[:, :2] < low, axis=1) | np.any(boxes[:, 2:] > high, axis=1)
    return beyond


def row_boxes(mesh: Mesh, n_rows: int) -> FloatArray:
    """Min x, min y, max x, max y of what is drawn of each row, NaN where nothing is, shape (n_rows, 4). [m, real coordinates]"""
    boxes = np.full((n_rows, 4), np.nan)
    if mesh.n_surfaces:
        ring_row = mesh.surface_object[mesh.ring_surface]
        first = np.flatnonzero(np.diff(ring_row, prepend=-1))
        points = mesh.vertices[mesh.ring_vertices, :2]
        starts = mesh.ring_start[first]
        boxes[ring_row[first], :2] = np.minimum.reduceat(points, starts, axis=0) + mesh.origin[:2]
        boxes[ring_row[first], 2:] = np.maximum.reduceat(points, starts, axis=0) + mesh.origin[:2]
    return boxes


def recentred(mesh: Mesh) -> Mesh:
    """The same mesh from an origin in the middle of its extent (whole metres, height 0), so that float32 is fine enough."""
    if not len(mesh.vertices):
        return mesh
    shift = np.array([*np.round((mesh.vertices[:, :2].min(axis=0) + mesh.vertices[:, :2].max(axis=0)) / 2.0), 0.0])
    return dataclasses.replace(mesh, origin=mesh.origin + shift, vertices=mesh.vertices - shift)


def without_shape(buildings: Buildings, rows: BoolArray) -> Buildings:
    """The same buildings, some of them in the list only."""
    footprints = buildings.footprints.copy()
    footprints[rows] = None
    numbers = dict(buildings.numbers)
    for name in (*_OF_SHAPE, "footprint_area"):
        numbers[name] = np.where(rows, np.nan, numbers[name])
    texts: dict[str, Sequence[str]] = dict(buildings.texts)
    texts["geometry_from"] = ["none" if gone else was for gone, was in zip(rows.tolist(), texts["geometry_from"], strict=True)]
    texts["height_kind"] = ["" if gone else was for gone, was in zip(rows.tolist(), texts["height_kind"], strict=True)]
    return dataclasses.replace(buildings, numbers=numbers, texts=texts, footprints=footprints)
