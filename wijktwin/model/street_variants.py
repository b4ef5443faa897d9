"""What if streets close, become one-way or stand under water: a plan of a visitor's own, made of whole streets by their names.

A street is all segments of a name. One-way runs the same way along the whole street: away from the end that lies farthest west (or
south), or towards it; a street that goes round and has no end runs clockwise or the other way round. Of a street that ends in a round
("lollipop") the round runs one way, and the stem stays as it is. Where streets were derived from the
ground, the lines of other ways to go beside a street stand under water with it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from wijktwin.errors import LANGUAGES, InputError, Note, NotFoundError
from wijktwin.model.content import content_key
from wijktwin.model.network import Mode, Segments, segments_of
from wijktwin.model.plan import Party, Plan, PlanRole, PlanStatus, StreetChange, Traffic
from wijktwin.model.provenance import Kind, LocalText, Source
from wijktwin.model.variants import VISITOR

if TYPE_CHECKING:
    from wijktwin.errors import Language
    from wijktwin.model.mesh import BoolArray, FloatArray
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.network import IntArray

BESIDE: Final = 8.0
"""A derived line of which half lies within this distance of a street may run along it. [m]"""
ALONGSIDE: Final = math.sqrt(0.5)
"""It does where the street goes on by more than this for each metre that the line does: within 45 degrees; what crosses does not."""
LONGEST_NAME: Final = 80
WINDS: Final = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
ROUNDS: Final = ("clockwise", "anticlockwise")
"""The two ways along a street that goes round."""


class StreetUse(StrEnum):
    """What is supposed of a street."""

    CLOSED = "closed"
    """To motor traffic."""
    AWAY = "away"
    """One-way for motor traffic, away from its western (or southern) end; clockwise where it goes round."""
    TOWARDS = "towards"
    """The other way round."""
    FLOODED = "flooded"
    """Under water: for nobody."""


ONE_WAY: Final = frozenset({StreetUse.AWAY, StreetUse.TOWARDS})


@dataclass(frozen=True, slots=True)
class DrivenStreet:
    """A street that cars may use today.

    Parameters
    ----------
    away
        In which of `WINDS` one drives along it from its western (or southern) end, "clockwise" for a street that goes round; towards is
        the opposite.
    """

    name: str
    away: str

    @property
    def towards(self) -> str:
        """The opposite direction."""
        if self.away in ROUNDS:
            return ROUNDS[1 - ROUNDS.index(self.away)]
        return WINDS[(WINDS.index(self.away) + 4) % len(WINDS)]


def street_names(neighbourhood: Neighbourhood) -> tuple[str, ...]:
    """The names of all streets of the network, in alphabetical order."""
    table = neighbourhood.street_table
    return () if table is None else tuple(sorted(set(table["street"]) - {""}))


def driven_streets(neighbourhood: Neighbourhood) -> tuple[DrivenStreet, ...]:
    """The streets of which any part is for cars today, in alphabetical order."""
    table = neighbourhood.street_table
    if table is None or not len(table):
        return ()
    segments = segments_of(table)
    driven = _driven(segments)
    found = []
    for name in sorted(set(segments.streets[driven].tolist()) - {""}):
        own = np.flatnonzero(driven & (segments.streets == name))
        if _runs_clockwise(segments, _round_of(segments, own)) is not None:
            found.append(DrivenStreet(name, ROUNDS[0]))
            continue
        start, end, _ = _ends(segments, own)
        found.append(DrivenStreet(name, _wind(end - start)))
    return tuple(found)


def street_variant(neighbourhood: Neighbourhood, name: str, uses: Iterable[tuple[str, StreetUse]]) -> Plan:
    """A plan of nobody's in which streets are used otherwise; the same uses and name give the same plan.

    Parameters
    ----------
    name
        What the visitor calls it.
    uses
        Names of streets with what is supposed of each.

    Raises
    ------
    InputError
        It has no name, nothing is supposed, or two things of one street.
    NotFoundError
        There is no street of a name, or none that cars may use for what is supposed of it.
    """
    shown = " ".join(name.split())[:LONGEST_NAME]
    if not shown:
        raise InputError("streets.variant_without_name")
    wanted = _checked(uses)
    table = neighbourhood.street_table
    if table is None or not wanted:
        raise InputError("streets.variant_of_nothing")
    segments = segments_of(table)
    is_derived = (table["kind"] == Kind.CALCULATED.value).to_numpy()
    changes: list[StreetChange] = []
    flooded: list[str] = []
    for street, use in sorted(wanted.items()):
        if use is StreetUse.FLOODED:
            flooded += segments.street_ids[_along(segments, _rows_of(segments, street, neighbourhood), is_derived)].tolist()
        else:
            changes += _changes(segments, _rows_of(segments, street, neighbourhood, only=_driven(segments)), use)
    stems = [street for street, use in wanted.items() if use in ONE_WAY and _has_stem(segments, street)]
    told = LocalText(**{language: _told(wanted, stems, language) for language in LANGUAGES})
    title = LocalText(nl=shown)
    key = content_key([shown, sorted((street, str(use)) for street, use in wanted.items()), neighbourhood.key])
    return Plan(
        plan_id=f"streets-{key[:12]}",
        title=title,
        summary=told,
        proposer=VISITOR,
        party=Party.VISITOR,
        role=PlanRole.ALTERNATIVE,
        status=PlanStatus.DRAFT,
        source=Source(title=shown, owner=VISITOR, fictional=neighbourhood.fictional),
        street_changes=tuple(changes),
        flooded=frozenset(flooded),
        fictional=neighbourhood.fictional,
    )


def _checked(uses: Iterable[tuple[str, StreetUse]]) -> Mapping[str, StreetUse]:
    wanted: dict[str, StreetUse] = {}
    for street, use in uses:
        if wanted.setdefault(street, use) is not use:
            raise InputError("streets.variant_twice", street=street)
    return wanted


def _told(wanted: Mapping[str, StreetUse], stems: Sequence[str], language: Language) -> str:
    kinds = {
        "streets.variant_closed": [StreetUse.CLOSED],
        "streets.variant_one_way": [StreetUse.AWAY, StreetUse.TOWARDS],
        "streets.variant_flooded": [StreetUse.FLOODED],
    }
    named = {key: ", ".join(street for street, use in sorted(wanted.items()) if use in own) for key, own in kinds.items()}
    named["streets.variant_stem"] = ", ".join(sorted(stems))
    return " ".join(Note(key, streets=streets).sentence(language) for key, streets in named.items() if streets)


def _driven(segments: Segments) -> BoolArray:
    along, against = segments.directions(Mode.DRIVE)
    driven: BoolArray = along | against
    return driven


def _rows_of(segments: Segments, street: str, neighbourhood: Neighbourhood, *, only: BoolArray | None = None) -> IntArray:
    own = segments.streets == street
    rows = np.flatnonzero(own if only is None else own & only)
    if not street or not len(rows):
        raise NotFoundError("streets.no_such_street", name=street, source=neighbourhood.name)
    return rows


def _along(segments: Segments, rows: IntArray, is_derived: BoolArray) -> IntArray:
    """The segments of a street, with derived lines of other ways to go that run along it."""
    others = np.setdiff1d(np.flatnonzero(is_derived), rows)
    if not len(others) or not is_derived[rows].any():
        return rows
    street = shapely.union_all(segments.lines[rows])
    near = shapely.intersection(segments.lines[others], shapely.buffer(street, BESIDE))
    is_near = shapely.length(near) >= 0.5 * segments.lengths[others]
    beside = np.array([max(shapely.get_parts(each), key=shapely.length) for each in near[is_near]], dtype=object)
    ends = [shapely.get_point(beside, at) for at in (0, -1)]
    on_street = [shapely.get_point(shapely.shortest_line(street, end), 0) for end in ends]
    goes_on = shapely.distance(*on_street) >= ALONGSIDE * shapely.distance(*ends)
    return np.sort(np.concatenate([rows, others[is_near][goes_on]]))


def _changes(segments: Segments, rows: IntArray, use: StreetUse) -> list[StreetChange]:
    if use is StreetUse.CLOSED:
        return [StreetChange(str(segments.street_ids[row]), Traffic.CLOSED) for row in rows]
    rows = _round_of(segments, rows)
    clockwise = _runs_clockwise(segments, rows)
    runs_away = _ends(segments, rows)[2] if clockwise is None else clockwise
    goes_along = runs_away if use is StreetUse.AWAY else ~runs_away
    traffic = [Traffic.FORWARD if forward else Traffic.BACKWARD for forward in goes_along]
    return [StreetChange(str(segments.street_ids[row]), each) for row, each in zip(rows, traffic, strict=True)]


def _has_stem(segments: Segments, street: str) -> bool:
    rows = np.flatnonzero(_driven(segments) & (segments.streets == street))
    return len(_round_of(segments, rows)) < len(rows)


def _round_of(segments: Segments, rows: IntArray) -> IntArray:
    """The round of a street that ends in one: what is left without its only stem; the whole street where it is another."""
    left = np.asarray(rows, dtype=np.int64)
    n_ends = None
    while True:
        degree = np.bincount(np.concatenate([segments.tails[left], segments.heads[left]]), minlength=segments.n_nodes)
        n_ends = int((degree == 1).sum()) if n_ends is None else n_ends
        inner = left[(degree[segments.tails[left]] > 1) & (degree[segments.heads[left]] > 1)]
        if len(inner) == len(left):
            break
        left = inner
    is_lollipop = n_ends == 1 and 0 < len(left) < len(rows) and _runs_clockwise(segments, left) is not None
    return left if is_lollipop else rows


def _ends(segments: Segments, rows: Collection[int] | IntArray) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Where a street begins and ends, and which of its segments are drawn away from its beginning.

    It begins at the end that lies farthest west (south where two are as far), and ends at what is farthest from there along it.
    """
    own = np.asarray(rows, dtype=np.int64)
    nodes, place = np.unique(np.concatenate([segments.tails[own], segments.heads[own]]), return_inverse=True)
    tails, heads = place.reshape(2, -1)
    points = np.zeros((len(nodes), 2))
    points[tails] = shapely.get_coordinates(shapely.get_point(segments.lines[own], 0))
    points[heads] = shapely.get_coordinates(shapely.get_point(segments.lines[own], -1))
    degree = np.bincount(np.concatenate([tails, heads]), minlength=len(nodes))
    ends = np.flatnonzero(degree == 1) if (degree == 1).any() else np.arange(len(nodes))
    start = int(ends[np.lexsort((points[ends, 1], np.round(points[ends, 0], 1)))[0]])
    shape = (len(nodes), len(nodes))
    away = dijkstra(csr_array((segments.lengths[own], (tails, heads)), shape=shape), directed=False, indices=start)
    west = points[:, 0] - points[start, 0]
    away = np.where(np.isfinite(away), away, 1e6 + west)  # pieces apart run from west to east
    reached = np.where(away < 1e6 + west.min(), away, -np.inf)
    end = int(np.argmax(reached))
    runs_away: BoolArray = away[heads] >= away[tails]
    return points[start], points[end], runs_away


def _runs_clockwise(segments: Segments, rows: IntArray) -> BoolArray | None:
    """Which segments of a street that goes round, in one piece and without ends, are drawn clockwise; None for any other street."""
    tails, heads = segments.tails[rows].tolist(), segments.heads[rows].tolist()
    at_node: dict[int, list[int]] = {}
    for segment, ends in enumerate(zip(tails, heads, strict=True)):
        for node in ends:
            at_node.setdefault(node, []).append(segment)
    if any(len(here) != 2 for here in at_node.values()):
        return None
    runs_on = np.zeros(len(rows), dtype=np.bool_)
    corners: list[FloatArray] = []
    segment, node, seen = 0, tails[0], set[int]()
    while segment not in seen:
        seen.add(segment)
        runs_on[segment] = tails[segment] == node
        drawn = shapely.get_coordinates(segments.lines[rows[segment]])
        corners.append(drawn if runs_on[segment] else drawn[::-1])
        node = heads[segment] if runs_on[segment] else tails[segment]
        one, other = at_node[node]
        segment = other if one == segment else one
    if len(seen) < len(rows):
        return None
    is_anticlockwise = shapely.is_ccw(shapely.LinearRing(np.concatenate(corners)))
    return ~runs_on if is_anticlockwise else runs_on


def _wind(step: FloatArray) -> str:
    """The direction of a step on the map, in eighths of a turn."""
    turn = np.degrees(np.arctan2(step[0], step[1])) % 360.0
    return WINDS[round(turn / 45.0) % len(WINDS)]
