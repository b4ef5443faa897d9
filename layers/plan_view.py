"""The neighbourhood drawn flat from straight above, as SVG: for whoever's browser draws no 3D."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from layers.ground import ground_colour
from layers.plans import face_colour
from layers.prepared import Prepared, Thing
from layers.terrain import polygons_of
from layers.trees import ASSUMED_CROWN
from layers.uses import building_uses
from wijktwin import appearance
from wijktwin.appearance import DASHES, Outline
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Plan

DECIMALS: Final = 1
"""Of a metre."""
STYLE: Final = (
    ".b{stroke:#6a6259;stroke-width:.25}.b:hover,.v:hover{filter:brightness(1.08)}"
    f".t{{fill-opacity:.75}}.goes{{fill-opacity:.25;stroke:rgb{appearance.DEMOLISHED};stroke-width:.6;stroke-dasharray:1.6 1}}"
)


def plan_view(neighbourhood: Neighbourhood, plans: Sequence[Plan], prepared: Prepared) -> bytes:
    """The map as SVG, in metres, north of the reference system above.

    What belongs to a plan carries ``data-plan``, what plans take away ``data-taken-by``; whoever shows the map hides and shows by
    these. What can be pointed at carries ``data-layer`` and ``data-index``, the same as in 3D.
    """
    west, south, east, north = prepared.terrain.bounds
    draw = _Drawing(west, north)
    parts = [
        *_ground(neighbourhood, draw),
        *_changed_ground(plans, draw),
        *_buildings(neighbourhood, prepared, draw),
        *_trees(neighbourhood, prepared, draw, taken=True),
        *_volumes(plans, draw),
        *_trees(neighbourhood, prepared, draw, taken=False),
        *_planted(plans, draw),
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {east - west:.0f} {north - south:.0f}" role="img" '
        f'preserveAspectRatio="xMidYMid meet"><style>{STYLE}</style>'
        f'<rect width="100%" height="100%" fill="{_rgb(appearance.PLATE)}"/>'
    )
    return (head + "".join(parts) + "</svg>").encode()


class _Drawing:
    """From metres to the picture's own coordinates, whose y runs down."""

    def __init__(self, west: float, north: float) -> None:
        self._corner = np.array([west, north])

    def path(self, geometry: BaseGeometry | None) -> str:
        """Outline of polygons for the attribute ``d``."""
        rings = [ring for polygon in polygons_of(geometry) for ring in (polygon.exterior, *polygon.interiors)]
        return "".join(f"M{'L'.join(self._points(ring)[:-1])}Z" for ring in rings)

    def point(self, x: float, y: float) -> tuple[str, str]:
        """One point, as text."""
        across, down = (np.array([x, y]) - self._corner) * (1, -1)
        return f"{across:.{DECIMALS}f}", f"{down:.{DECIMALS}f}"

    def _points(self, ring: BaseGeometry) -> list[str]:
        xy = (shapely.get_coordinates(ring) - self._corner) * (1, -1)
        return [f"{x:.{DECIMALS}f} {y:.{DECIMALS}f}" for x, y in xy.tolist()]


def _rgb(colour: Sequence[int]) -> str:
    return f"rgb({colour[0]},{colour[1]},{colour[2]})"


def _ground(neighbourhood: Neighbourhood, draw: _Drawing) -> Iterable[str]:
    table = neighbourhood.ground_table
    if table is None:
        return
    order = {kind: place for place, kind in enumerate(appearance.GROUND_ORDER)}
    rows = sorted(zip(table["kind"].tolist(), table.geometry.tolist(), strict=True), key=lambda row: order.get(row[0], 1))
    for kind, outline in rows:
        yield f'<path fill-rule="evenodd" fill="{_rgb(ground_colour(kind))}" d="{draw.path(outline)}"/>'


def _changed_ground(plans: Sequence[Plan], draw: _Drawing) -> Iterable[str]:
    for plan in plans:
        for index, change in enumerate(plan.ground_changes):
            edge = _edge(plan.role.value, 0.8)
            yield (
                f'<path data-plan="{escape(plan.plan_id)}" data-layer="{Thing.CHANGE}/{escape(plan.plan_id)}" data-index="{index}" '
                f'fill-rule="evenodd" fill="{_rgb(ground_colour(change.kind.value))}" {edge} d="{draw.path(change.footprint)}"/>'
            )


def _buildings(neighbourhood: Neighbourhood, prepared: Prepared, draw: _Drawing) -> Iterable[str]:
    uses = building_uses(neighbourhood)
    for part in prepared.buildings:
        taken = f' data-taken-by="{escape(" ".join(sorted(part.taken_by)))}"' if part.taken_by else ""
        for row in part.rows:
            outline = draw.path(neighbourhood.buildings.footprint(row))
            colour = appearance.WALLS.get(uses[row], appearance.WALLS["other"])
            if outline:
                yield (
                    f'<path class="b" data-layer="{Thing.BUILDING}/{escape(part.part_id)}" data-index="{row}"{taken} '
                    f'fill-rule="evenodd" fill="{_rgb(colour)}" d="{outline}"/>'
                )


def _volumes(plans: Sequence[Plan], draw: _Drawing) -> Iterable[str]:
    for plan in plans:
        for index, volume in enumerate(plan.volumes):
            role = plan.role.value
            fill = 'fill="none"' if volume.is_below_ground else f'fill="{_rgb(face_colour(plan, volume))}" fill-opacity=".9"'
            plan_id = escape(plan.plan_id)
            yield (
                f'<path class="v" data-plan="{plan_id}" data-layer="{Thing.VOLUME}/{plan_id}" data-index="{index}" '
                f'fill-rule="evenodd" {fill} {_edge(role, 1.2)} d="{draw.path(volume.footprint)}"/>'
            )


def _trees(neighbourhood: Neighbourhood, prepared: Prepared, draw: _Drawing, *, taken: bool) -> Iterable[str]:
    """Today's trees; those that some plan takes lie below new buildings, so that they do not stand through them."""
    table = neighbourhood.tree_table
    if table is not None and len(table):
        rows = {tree_id: row for row, tree_id in enumerate(table["tree_id"].tolist())}
        crowns, points = table["crown_diameter"].tolist(), table.geometry.tolist()
        for part in prepared.trees:
            if bool(part.taken_by) is not taken:
                continue
            marks = f' data-taken-by="{escape(" ".join(sorted(part.taken_by)))}"' if part.taken_by else ""
            for tree_id in part.tree_ids:
                row = rows[tree_id]
                yield _circle(draw, points[row], crowns[row], appearance.CROWN, marks)


def _planted(plans: Sequence[Plan], draw: _Drawing) -> Iterable[str]:
    for plan in plans:
        for tree in plan.planted:
            crown = np.nan if tree.crown_diameter is None else tree.crown_diameter
            yield _circle(draw, tree.point, crown, appearance.PLANTED, f' data-plan="{escape(plan.plan_id)}"')


def _circle(draw: _Drawing, point: shapely.Point, crown: float, colour: Sequence[int], more: str) -> str:
    across, down = draw.point(point.x, point.y)
    radius = (crown if np.isfinite(crown) else ASSUMED_CROWN) / 2
    return f'<circle class="t" cx="{across}" cy="{down}" r="{radius:.1f}" fill="{_rgb(colour)}"{more}/>'


def _edge(role: str, width: float) -> str:
    outline = appearance.OUTLINES[role]
    dashes = "" if outline is Outline.SOLID else ' stroke-dasharray="{} {}"'.format(*DASHES[outline])
    return f'stroke="{_rgb(appearance.PLAN_EDGES[role])}" stroke-width="{width}"{dashes}'
