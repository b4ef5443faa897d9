"""Which geometry of a building is drawn: the most detailed one that can be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from wijktwin.sources.cityjson.boundaries import DRAWABLE_TYPES, SOLID_TYPES, SURFACE_TYPES, Geometry
from wijktwin.sources.cityjson.lod import UNREFINED, lod_rank, parse_lod
from wijktwin.sources.cityjson.objects import BuildingRecord, CityObject


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


class Holder(Protocol):
    """Who knows the geometries of objects."""

    @property
    def templates(self) -> list[Any]:
        """Geometry templates of the document."""

    def geometries_of(self, city_object: CityObject) -> list[Geometry]:
        """The geometries of an object."""


def options_of(record: BuildingRecord, holder: Holder) -> tuple[list[Option], list[Option]]:
    """The geometries that can be drawn, and those of LoD 0 that can only be a footprint."""
    solids: list[Option] = []
    footprints: list[Option] = []
    for position, member in enumerate(record.members):
        for given in holder.geometries_of(member):
            geometry, instance = given, None
            if given["type"] == "GeometryInstance":
                geometry, instance = holder.templates[given["template"]], given
            kind, spelled = geometry["type"], geometry.get("lod")
            if kind not in DRAWABLE_TYPES or geometry["boundaries"] == []:
                continue
            rank = lod_rank(spelled)
            if rank >= UNREFINED:
                solids.append(Option(rank, parse_lod(spelled), position, geometry, instance))
            elif kind in SURFACE_TYPES:
                footprints.append(Option(rank, parse_lod(spelled), position, geometry, instance))
    return solids, footprints


Look = tuple[float, Geometry | None, Geometry | None, bool]
"""What one look at the geometries of one object found: the rank of the most detailed one and that itself (None where there is
none beyond LoD 0), that of LoD 0, and whether this is all: no templates, no two of one LoD, one footprint at most."""


def first_options(record: BuildingRecord, looks: Sequence[Look | None], holder: Holder) -> tuple[list[Option], list[Option]]:
    """What to draw of a building first, and what may be its footprint.

    The same as `choose` among `options_of`, without looking at every geometry again: nearly every building has one member with
    solids, all of different detail.

    Parameters
    ----------
    looks
        What was found of each member; None for those without geometry.
    """
    first: list[Option] = []
    footprints: list[Option] = []
    for member, look in enumerate(looks):
        if look is None:
            continue
        rank, best, footprint, is_plain = look
        if not is_plain or (best is not None and first):
            return _first_of_many(record, holder)
        if best is not None:
            first.append(Option(rank, parse_lod(best.get("lod")), member, best))
        if footprint is not None:
            footprints.append(Option(0.0, 0.0, member, footprint))
    return first, footprints


def _first_of_many(record: BuildingRecord, holder: Holder) -> tuple[list[Option], list[Option]]:
    options, footprints = options_of(record, holder)
    return choose(options), footprints


def choose(options: list[Option]) -> list[Option]:
    """The most detailed geometry of each part; nothing where there are no options.

    A Building that has a geometry of its own beside its parts is drawn together with them when both have the same detail; a
    coarser one is a second view of the whole and is left out, and so are parts that are coarser than their Building.
    """
    best: dict[int, Option] = {}
    for option in options:
        known = best.get(option.member)
        if known is None or _preference(option) > _preference(known):
            best[option.member] = option
    if len(best) > 1 and 0 in best:
        own, finest = best[0].rank, max(option.rank for member, option in best.items() if member)
        if own > finest:
            best = {0: best[0]}
        elif own < finest:
            del best[0]
    return [best[member] for member in sorted(best)]


def choose_again(options: list[Option], tried: Sequence[Option], drawn_members: set[int]) -> list[Option]:
    """What to try next of a building of which some geometry proved unusable.

    Parameters
    ----------
    options
        All that it has.
    tried
        What was tried already, drawn or not.
    drawn_members
        Members of which something is drawn: then only the others are tried again, each with less detail.
    """
    left = [option for option in options if not any(_same(option, one) for one in tried)]
    if drawn_members:
        lowest: dict[int, float] = {}
        for one in tried:
            lowest[one.member] = min(one.rank, lowest.get(one.member, math.inf))
        left = [option for option in left if option.member not in drawn_members and option.rank <= lowest.get(option.member, -math.inf)]
    return choose(left)


def _same(one: Option, other: Option) -> bool:
    """Whether two options are one geometry of one member; lifted boundaries are known by their number."""
    boundaries = one.geometry["boundaries"]
    same = boundaries == other.geometry["boundaries"] if type(boundaries) is int else one.geometry is other.geometry
    return same and one.member == other.member and one.instance is other.instance


def _preference(option: Option) -> tuple[float, bool]:
    """More detail first, then solids before loose surfaces."""
    return option.rank, option.geometry["type"] in SOLID_TYPES
