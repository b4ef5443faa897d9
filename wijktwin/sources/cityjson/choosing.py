"""Which geometry of a building is drawn: the most detailed one that can be."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from wijktwin.sources.cityjson.boundaries import DRAWABLE_TYPES, SOLID_TYPES, SURFACE_TYPES, Geometry
from wijktwin.sources.cityjson.lod import lod_rank, parse_lod
from wijktwin.sources.cityjson.objects import BuildingRecord


class Option(NamedTuple):
    """One geometry of a building or of one of its parts."""

    rank: float
    """LoD as a number that sorts, see `lod.lod_rank`."""
    lod: float
    """LoD as a number, NaN where unknown."""
    member: int
    """0 for the Building itself, then its parts."""
    geometry: Geometry
    instance: Geometry | None = None
    """The GeometryInstance that places ``geometry``, where that is a template."""


class Choice(NamedTuple):
    """What to draw of one building."""

    rank: float
    """Highest rank among what is drawn: ask for something below it when it proves unusable."""
    lod: float
    """LoD of what is drawn; the lowest where parts differ, NaN where unknown."""
    options: list[Option]


def options_of(record: BuildingRecord, templates: list[Any]) -> tuple[list[Option], list[Option]]:
    """The geometries that can be drawn, and those of LoD 0 that can only be a footprint.

    Parameters
    ----------
    templates
        Geometry templates of the document.
    """
    solids: list[Option] = []
    footprints: list[Option] = []
    for position, member in enumerate(record.members):
        for given in member.get("geometry") or ():
            geometry, instance = given, None
            if given["type"] == "GeometryInstance":
                geometry, instance = templates[given["template"]], given
            kind, spelled = geometry["type"], geometry.get("lod")
            if kind not in DRAWABLE_TYPES or geometry["boundaries"] == []:
                continue
            rank = lod_rank(spelled)
            if rank >= UNREFINED:
                solids.append(Option(rank, parse_lod(spelled), position, geometry, instance))
            elif kind in SURFACE_TYPES:
                footprints.append(Option(rank, parse_lod(spelled), position, geometry, instance))
    return solids, footprints


UNREFINED = 0.5
"""Ranks below this are LoD 0 (0.0 to 0.3): footprints and roof prints."""


def choose(options: list[Option], below: float = math.inf) -> Choice | None:
    """The most detailed geometry of each part, below a rank that proved unusable; None where nothing is left.

    A Building that has a geometry of its own beside its parts is drawn together with them when both have the same detail; a
    coarser one is a second view of the whole and is left out, and so are parts that are coarser than their Building.
    """
    best: dict[int, Option] = {}
    for option in options:
        if option.rank < below:
            known = best.get(option.member)
            if known is None or _preference(option) > _preference(known):
                best[option.member] = option
    if not best:
        return None
    if len(best) > 1 and 0 in best:
        own, finest = best[0].rank, max(option.rank for member, option in best.items() if member)
        if own > finest:
            best = {0: best[0]}
        elif own < finest:
            del best[0]
    drawn = [best[member] for member in sorted(best)]
    lowest = min(drawn, key=lambda option: option.rank)
    return Choice(max(option.rank for option in drawn), lowest.lod, drawn)


def _preference(option: Option) -> tuple[float, bool]:
    """More detail first, then solids before loose surfaces."""
    return option.rank, option.geometry["type"] in SOLID_TYPES
