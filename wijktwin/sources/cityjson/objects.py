"""CityObjects sorted: buildings with their parts, and everything else by type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

BUILDING: Final = "Building"
BUILDING_PART: Final = "BuildingPart"
_FAMILY: Final = frozenset({BUILDING, BUILDING_PART})

CityObject = dict[str, Any]


class TroubleError(Exception):
    """Something in an object is not as CityJSON says; which object and what, `faults.judge_objects` finds out."""


class BuildingRecord(NamedTuple):
    """One building as the file has it: the Building itself first, then its parts in the order in which it names them."""

    building_id: str
    members: list[CityObject]


class SortedObjects(NamedTuple):
    """The CityObjects of one document or feature."""

    buildings: list[BuildingRecord]
    others: list[tuple[str, CityObject]]
    orphans: list[str]
    """Parts that belong to no Building and became buildings of their own."""


def sort_objects(objects: Mapping[str, CityObject]) -> SortedObjects:
    """Buildings with their parts, and the rest; quick where every part has one Building and both name each other.

    Raises
    ------
    TroubleError
        The families are not plain: let `faults.judge_objects` look at them, then call `sort_families`.
    """
    pair = _pair_of(objects) if len(objects) == 2 else None
    if pair is not None:
        return SortedObjects([pair], [], [])
    buildings: list[BuildingRecord] = []
    others: list[tuple[str, CityObject]] = []
    n_parts = n_claimed = 0
    for object_id, city_object in objects.items():
        kind = city_object["type"]
        if not isinstance(kind, str):
            raise TroubleError
        if kind == BUILDING_PART:
            n_parts += 1
            continue
        children = city_object.get("children")
        if "parents" in city_object or (children and kind != BUILDING):
            raise TroubleError
        if kind != BUILDING:
            others.append((object_id, city_object))
            continue
        members = [city_object]
        if children:
            own = [object_id]
            for child_id in children:
                child = objects[child_id]
                if child["type"] != BUILDING_PART or child.get("parents") != own or child.get("children"):
                    raise TroubleError
                members.append(child)
            n_claimed += len(children)
        buildings.append(BuildingRecord(object_id, members))
    if n_parts != n_claimed:
        raise TroubleError
    return SortedObjects(buildings, others, [])


def _pair_of(objects: Mapping[str, CityObject]) -> BuildingRecord | None:
    """A building and its one part, in either order, as nearly all of 3D BAG."""
    (one_id, one), (other_id, other) = objects.items()
    if one["type"] == BUILDING_PART:
        one_id, one, other_id, other = other_id, other, one_id, one
    is_pair = one["type"] == BUILDING and other["type"] == BUILDING_PART and "parents" not in one and not other.get("children")
    if is_pair and one.get("children") == [other_id] and other.get("parents") == [one_id]:
        return BuildingRecord(one_id, [one, other])
    return None


def sort_families(objects: Mapping[str, CityObject]) -> SortedObjects:
    """The same for any families without missing members and circles: nested parts, parts that nobody names, groups.

    Parameters
    ----------
    objects
        CityObjects in which `faults.judge_objects` found nothing wrong.
    """
    parents: dict[str, list[str]] = {key: [one for one in value.get("parents") or () if one in objects] for key, value in objects.items()}
    order: dict[str, int] = {}
    for key, value in objects.items():
        for position, child in enumerate(value.get("children") or ()):
            order.setdefault(child, position)
            if child in parents and key not in parents[child]:
                parents[child].append(key)
    members: dict[str, list[str]] = {}
    orphans: list[str] = []
    roots: dict[str, str] = {}
    for key, value in objects.items():
        if value["type"] == BUILDING:
            members.setdefault(key, [])
        elif value["type"] == BUILDING_PART:
            root = _building_of(key, parents, objects, roots)
            members.setdefault(root, [])
            if root != key:
                members[root].append(key)
            else:
                orphans.append(key)
    buildings = [
        BuildingRecord(key, [objects[key], *(objects[part] for part in sorted(parts, key=lambda part: order.get(part, 0)))])
        for key, parts in members.items()
    ]
    others = [(key, value) for key, value in objects.items() if value["type"] not in _FAMILY]
    return SortedObjects(buildings, others, orphans)


def _building_of(key: str, parents: Mapping[str, list[str]], objects: Mapping[str, CityObject], roots: dict[str, str]) -> str:
    """The Building that a part belongs to, however deep; the topmost part where there is none.

    Parameters
    ----------
    roots
        What was found before; what is found on the way is added, so that a long chain is walked once.
    """
    passed: list[str] = []
    while key not in roots and objects[key]["type"] != BUILDING:
        passed.append(key)
        above = next((parent for parent in parents[key] if objects[parent]["type"] in _FAMILY), None)
        if above is None:
            break
        key = above
    root = roots.get(key, key)
    roots.update(dict.fromkeys(passed, root))
    return root
