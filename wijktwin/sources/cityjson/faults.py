"""Which CityObjects can be trusted: the slow and exact look at every value, taken when the fast one found trouble.

A broken object in a sound document is set aside with a note, together with its family (the building and all its parts), so that
one bad building does not lose the other 9,999. A note about a fault and the error with the same key are one sentence.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeGuard

from wijktwin.errors import InputError, Note
from wijktwin.model.mesh import BoolArray

Json = dict[str, Any]

NESTING: Final[Mapping[str, int]] = {
    "MultiPoint": 1,
    "MultiLineString": 2,
    "MultiSurface": 3,
    "CompositeSurface": 3,
    "Solid": 4,
    "MultiSolid": 5,
    "CompositeSolid": 5,
}
"""How many arrays lie around each vertex index in the boundaries of a geometry type."""

TOP_LEVEL_TYPES: Final = frozenset(
    {
        "Building",
        "Bridge",
        "CityFurniture",
        "CityObjectGroup",
        "GenericCityObject",
        "LandUse",
        "OtherConstruction",
        "PlantCover",
        "Railway",
        "Road",
        "SolitaryVegetationObject",
        "TINRelief",
        "TransportSquare",
        "Tunnel",
        "WaterBody",
        "Waterway",
    }
)
"""Types that can stand without a parent; what is not among them is nothing without its parent."""

MAX_NAMED: Final = 20
"""How many objects that were set aside are named one by one; the others are counted."""


MAX_BROKEN_LINES: Final = 1_000
"""A sequence with this many broken lines, more than it has sound ones, is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the boundaries of some objects may refer to.

    Parameters
    ----------
    source
        Name of the file, for the sentences.
    n_vertices
        How many vertices there are.
    unusable
        One flag per vertex that is not three finite numbers.
    n_templates
        How many geometry templates there are.
    """

    source: str
    n_vertices: int
    unusable: BoolArray | None = None
    n_templates: int = 0

    def wrong(self, where: str, member: str, value: object, expected: str) -> Note:
        """The fault of a member that is of another kind than it should be."""
        return Note("reading.wrong_member", source=self.source, where=where, member=member, found=kind_of(value), expected=expected)


@dataclass(slots=True)
class Verdict:
    """What `judge_objects` found.

    Parameters
    ----------
    faults
        What is wrong with each faulty object; its key and values also make an `InputError`.
    left_out
        Every object that is left out: the faulty ones and their families.
    n_groupless
        How many objects name a group that is not there; that stops nothing.
    """

    faults: dict[str, Note] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    n_groupless: int = 0


class SetAside:
    """Counts and names what was left out of one input.

    Parameters
    ----------
    source
        Name of the file.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.by_type: dict[str, int] = {}
        self.named: list[Note] = []
        self.n_faults = 0

    def add(self, verdict: Verdict, city_objects: Mapping[str, Any]) -> None:
        """Take in what was found among some objects."""
        for object_id in verdict.left_out:
            self.count(_type_of(city_objects.get(object_id)))
        for fault in verdict.faults.values():
            self.name(fault)

    def count(self, object_type: str) -> None:
        """Count one object that was left out."""
        self.by_type[object_type] = self.by_type.get(object_type, 0) + 1

    def name(self, fault: Note) -> None:
        """Name one fault, while there are few."""
        self.n_faults += 1
        if len(self.named) < MAX_NAMED:
            self.named.append(fault)

    def notes(self) -> tuple[Note, ...]:
        """One note that counts, then the first faults by name; nothing where nothing was left out."""
        if not self.n_faults and not self.by_type:
            return ()
        n_buildings = self.by_type.get("Building", 0)
        count = Note("reading.set_aside", source=self.source, count=sum(self.by_type.values()), buildings=n_buildings, faults=self.n_faults)
        return (count, *self.named)

    def refuse_if_nothing_is_left(self, n_left: int) -> None:
        """A document of which nothing could be used is refused, with what is wrong with its first object.

        Raises
        ------
        InputError
            Something was left out and nothing is left.
        """
        if n_left == 0 and self.named:
            raise as_error(self.named[0])


class LinesLeftOut:
    """Counts and names the lines of a sequence that could not be read.

    Parameters
    ----------
    source
        Name of the file.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.count = 0
        self.first: InputError | None = None

    def add(self, error: InputError, *, line: int, n_sound: int) -> tuple[Note, ...]:
        """Take in one line, and give the note that names it, while there are few.

        Parameters
        ----------
        n_sound
            How many features were read so far.

        Raises
        ------
        InputError
            There are so many, and so few sound ones, that this is no sound document: what is wrong with the first of them.
        """
        self.count += 1
        self.first = self.first or error
        if self.count >= MAX_BROKEN_LINES and self.count > n_sound:
            raise self.first
        if self.count > MAX_NAMED:
            return ()
        return (Note("reading.line_left_out", source=self.source, line=line, reason=Note(error.key, **error.values)),)

    def notes(self) -> tuple[Note, ...]:
        """One note that counts them all, where not all were named."""
        if self.count <= MAX_NAMED:
            return ()
        return (Note("reading.lines_left_out", source=self.source, count=self.count, named=MAX_NAMED),)


def as_error(fault: Note) -> InputError:
    """A fault as the error with the same sentence."""
    return InputError(fault.key, **fault.values)


def judge_objects(city_objects: Mapping[str, Any], within: Context, *, known: Mapping[str, Note] | None = None) -> Verdict:
    """Look at every value of every object; the slow and exact path.

    Parameters
    ----------
    city_objects
        The ``CityObjects`` of a document or feature.
    within
        What its boundaries may refer to.
    known
        Faults found elsewhere, such as repeated keys.
    """
    verdict = Verdict(faults={object_id: fault for object_id, fault in (known or {}).items() if object_id in city_objects})
    for object_id, city_object in city_objects.items():
        if object_id not in verdict.faults:
            fault = _object_fault(object_id, city_object, within)
            if fault is not None:
                verdict.faults[object_id] = fault
    _judge_families(city_objects, verdict, source=within.source)
    verdict.left_out = _with_families(city_objects, verdict.faults)
    return verdict


def _object_fault(object_id: str, city_object: object, within: Context) -> Note | None:
    if not is_json_object(city_object):
        return within.wrong(object_id, "CityObject", city_object, "{…}")
    if not isinstance(city_object.get("type"), str):
        return within.wrong(object_id, "type", city_object.get("type"), '"…"')
    attributes = city_object.get("attributes")
    if attributes is not None and not is_json_object(attributes):
        return within.wrong(object_id, "attributes", attributes, "{…}")
    for member in ("parents", "children"):
        ids = city_object.get(member)
        if ids is not None and not (isinstance(ids, list) and all(isinstance(item, str) for item in ids)):
            return within.wrong(object_id, member, ids, '["…"]')
    geometries = city_object.get("geometry")
    if geometries is None:
        return None
    if not isinstance(geometries, list):
        return within.wrong(object_id, "geometry", geometries, "[…]")
    return next((fault for geometry in geometries if (fault := geometry_fault(object_id, geometry, within)) is not None), None)


def geometry_fault(object_id: str, geometry: object, within: Context) -> Note | None:
    """The first thing that is wrong with one geometry of an object, or None."""
    if not is_json_object(geometry):
        return within.wrong(object_id, "geometry", geometry, "{…}")
    geometry_type = geometry.get("type")
    if not isinstance(geometry_type, str):
        return within.wrong(object_id, "geometry.type", geometry_type, '"…"')
    lod = geometry.get("lod")
    if not isinstance(lod, str | int | float | None):
        return within.wrong(object_id, "lod", lod, '"2.2"')
    boundaries = geometry.get("boundaries")
    if geometry_type == "GeometryInstance":
        return instance_fault(object_id, geometry, within) or _boundary_fault(object_id, boundaries, 1, within)
    if geometry_type in NESTING:
        return _boundary_fault(object_id, boundaries, NESTING[geometry_type], within)
    return None  # an unknown type of geometry is not drawn


def instance_fault(object_id: str, geometry: Json, within: Context) -> Note | None:
    """What is wrong with how a geometry template is placed, or None; its one vertex index is not looked at."""
    template, matrix, boundaries = (geometry.get(member) for member in ("template", "transformationMatrix", "boundaries"))
    if type(template) is not int or not 0 <= template < within.n_templates:
        return Note("reading.no_such_template", source=within.source, where=object_id, index=kind_of(template), count=within.n_templates)
    if not (isinstance(matrix, list) and len(matrix) == 16 and all(is_number(item) for item in matrix)):
        return within.wrong(object_id, "transformationMatrix", matrix, "16 × 0.0")
    if not (isinstance(boundaries, list) and len(boundaries) == 1):
        return within.wrong(object_id, "boundaries", boundaries, "[0]")
    return None


def _boundary_fault(object_id: str, boundaries: object, nesting: int, within: Context) -> Note | None:
    level: list[Any] = [boundaries]
    for _ in range(nesting):
        for item in level:
            if not isinstance(item, list):
                return within.wrong(object_id, "boundaries", item, "[…]")
        level = [inner for item in level for inner in item]
    for index in level:
        if type(index) is not int:
            return Note("reading.index_not_integer", source=within.source, where=object_id, index=kind_of(index))
        if index < 0:
            return Note("reading.index_negative", source=within.source, where=object_id, index=index)
        if index >= within.n_vertices:
            return Note("reading.index_out_of_range", source=within.source, where=object_id, index=index, count=within.n_vertices)
        if within.unusable is not None and within.unusable[index]:
            return Note("reading.bad_vertex", source=within.source, where=object_id, index=index)
    return None


def _judge_families(city_objects: Mapping[str, Any], verdict: Verdict, *, source: str) -> None:
    """Parents and children that are missing, and families that run in a circle."""
    for object_id, city_object in city_objects.items():
        if object_id in verdict.faults:
            continue
        for child in city_object.get("children") or ():
            if child not in city_objects:
                verdict.faults[object_id] = Note("reading.child_missing", source=source, where=object_id, child=child)
                break
        parents = city_object.get("parents") or ()
        missing = [parent for parent in parents if parent not in city_objects]
        if missing and city_object["type"] not in TOP_LEVEL_TYPES:
            verdict.faults.setdefault(object_id, Note("reading.parent_missing", source=source, where=object_id, parent=missing[0]))
        elif missing:
            verdict.n_groupless += 1
    for object_id in _in_circles(city_objects, verdict.faults):
        verdict.faults[object_id] = Note("reading.circle", source=source, where=object_id)


def _in_circles(city_objects: Mapping[str, Any], faulty: Collection[str]) -> list[str]:
    """Objects that are their own ancestor by ``parents`` or ``children``."""
    links: dict[str, set[str]] = {object_id: set() for object_id in city_objects}
    for object_id, city_object in city_objects.items():
        if object_id not in faulty:
            links[object_id].update(child for child in city_object.get("children") or () if child in links)
            for parent in city_object.get("parents") or ():
                if parent in links:
                    links[parent].add(object_id)
    below = _without_sources(links)  # once downwards, once upwards: what is left both ways lies on a circle
    above: dict[str, set[str]] = {object_id: set() for object_id in below}
    for object_id, targets in below.items():
        for target in targets:
            above[target].add(object_id)
    circles = _without_sources(above)
    return [object_id for object_id in city_objects if object_id in circles]


def _without_sources(links: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """What is left after taking off, again and again, an object to which nothing points (Kahn's algorithm)."""
    left = dict(links)
    n_incoming = dict.fromkeys(left, 0)
    for targets in left.values():
        for target in targets:
            n_incoming[target] += 1
    free = [object_id for object_id, n in n_incoming.items() if n == 0]
    while free:
        for target in left.pop(free.pop()):
            n_incoming[target] -= 1
            if n_incoming[target] == 0:
                free.append(target)
    return left


def _with_families(city_objects: Mapping[str, Any], faulty: Collection[str]) -> set[str]:
    """The faulty objects with everything above and below them, groups left out: a building with a broken part has no true shape."""
    if not faulty:
        return set()
    relatives: dict[str, set[str]] = {object_id: set() for object_id in city_objects}
    for object_id, city_object in city_objects.items():
        if not is_json_object(city_object) or city_object.get("type") == "CityObjectGroup":
            continue
        for member in ("parents", "children"):
            ids = city_object.get(member)
            for other in ids if isinstance(ids, list) else ():
                if isinstance(other, str) and other in relatives and _type_of(city_objects[other]) != "CityObjectGroup":
                    relatives[object_id].add(other)
                    relatives[other].add(object_id)
    found, todo = set(faulty), list(faulty)
    while todo:
        for other in relatives[todo.pop()]:
            if other not in found:
                found.add(other)
                todo.append(other)
    return found


# ------------------------------------------------------------------------------------------------------------------- words
def is_json_object(value: object) -> TypeGuard[Json]:
    """Whether a JSON value is an object."""
    return isinstance(value, dict)


def is_number(value: object) -> bool:
    """Whether a JSON value is a finite number; true and false are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _type_of(city_object: object) -> str:
    stated = city_object.get("type") if is_json_object(city_object) else None
    return stated if isinstance(stated, str) else "?"


def kind_of(value: object) -> str:
    """What a JSON value is, in signs that need no translation."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if is_json_object(value):
        return "{…}"
    if isinstance(value, list):
        return "[…]"
    return f'"{value[:20]}"' if isinstance(value, str) else f"{value}"[:30]
