"""Streets where nobody gave lines: derived from the road surfaces of BGT, with an account of how and of what does not hang together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from wijktwin import crs as reference_systems
from wijktwin.model.network import Mode, Segments, piece_of_each, segments_of
from wijktwin.model.provenance import Source
from wijktwin.model.surroundings import STREET_COLUMNS, GroundKind, geographic_table
from wijktwin.sources.derived_streets import Row, derived_streets
from wijktwin.sources.folder_tables import node_name

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

SUBJECT: Final = "streets"
TITLE: Final = "Streets derived from BGT road surfaces"
OWNER: Final = "Wijktwin, from BGT of {owner}"
IMPASSABLE: Final = frozenset({GroundKind.WATER.value, GroundKind.RAILWAY.value})
DERIVED: Final = (
    "Nobody gave lines of streets: those in `streets.geojson` were derived. They run along the middle of the road surfaces of BGT, one "
    "network for people on foot, one for bicycles and one for cars. BGT knows no directions, speeds or closed streets: one-way streets are "
    "not in it. What it calls a regional road, or more, is a main road; where it calls all roads local, no main road is known. Bridges "
    "over another road and tunnels are left out. Streets are called what most addresses along them say. Give lines "
    "(`streets.geojson`, or NWB) where you have them."
)
WAYS: Final = {Mode.WALK: "on foot", Mode.CYCLE: "by bicycle", Mode.DRIVE: "by car"}


def street_rows(
    parts: Sequence[tuple[str, BaseGeometry]],
    *,
    ground: Sequence[tuple[Mapping[str, Any], BaseGeometry]],
    addresses: Sequence[tuple[Mapping[str, Any], BaseGeometry]],
) -> list[Row]:
    """Rows for the table of streets, from parts of roads (`bgt.road_parts`) and the rows of ground and addresses, all in RD New."""
    barriers = [shape for row, shape in ground if row["kind"] in IMPASSABLE]
    return derived_streets(parts, addresses=addresses, barriers=barriers)


def derived_source(bgt: Source) -> Source:
    """Whose streets these are, once they were derived from those of ``bgt``."""
    return replace(bgt, title=TITLE, owner=OWNER.format(owner=bgt.owner), subjects=(SUBJECT,))


def street_remarks(rows: Sequence[Row]) -> list[str]:
    """What a reader of the provenance has to know of derived streets: how they were made, and every piece that is loose, by name."""
    if not rows:
        return []
    segments = segments_of(street_table(rows))
    loose = [sentence for mode in Mode for sentence in _loose(segments, mode)]
    return [DERIVED, *(["Pieces that hang together with nothing else: " + "; ".join(loose) + "."] if loose else [])]


def street_table(rows: Sequence[Row]) -> gpd.GeoDataFrame:
    """Rows of derived streets as the table that they become, in RD New."""
    lines = [line for _, line in rows]
    known = ("street_id", "street", "oneway", "modes", "road", "kind")
    columns: dict[str, object] = {name: [row[name] for row, _ in rows] for name in known}
    columns |= {"from_node": [node_name(line.coords[0]) for line in lines], "to_node": [node_name(line.coords[-1]) for line in lines]}
    return geographic_table(STREET_COLUMNS, columns, lines, reference_systems.RD_NEW)


def _loose(segments: Segments, mode: Mode) -> list[str]:
    """Each loose piece in a few words: for whom, how long, and which streets or where."""
    piece = piece_of_each(segments, mode)
    told = []
    for number in range(1, int(piece.max(initial=-1)) + 1):
        own = np.flatnonzero(piece == number)
        names = sorted(set(segments.streets[own].tolist()) - {""})
        x, y = segments.lines[own[0]].coords[0][:2]
        where = ", ".join(names) or f"near {x:.0f}, {y:.0f}"
        told.append(f"{WAYS[mode]} {segments.lengths[own].sum():.0f} m ({where})")
    return told
