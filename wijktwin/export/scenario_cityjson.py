"""A scenario as CityJSON 2.0, for the systems that planners use: what is there today, without what goes, with what is proposed.

What is written is what was read: buildings that we drew by raising a footprint go out as that footprint with their heights, so
that nobody takes our drawing for a survey. Proposed volumes say whose plan they are.

What stands and what is proposed is told apart in three ways, because viewers know different ones: every object has an attribute
`STATE`, each plan is a CityObjectGroup of its volumes, and materials have the colours of our own pictures. A sequence (CityJSONSeq) has
the attribute only: its features stand alone. Specification: https://www.cityjson.org/specs/2.0.1/, chapters CityObjectGroup, material.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from wijktwin import __version__, appearance
from wijktwin.export.cityjson import SCALE, Feature, Header, write_document, write_sequence
from wijktwin.model.mesh import Mesh, SurfaceKind
from wijktwin.model.provenance import Kind
from wijktwin.sources import bag3d

if TYPE_CHECKING:
    from wijktwin.model.building import Building
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan, Volume
    from wijktwin.model.scenario import Scenario

SEMANTICS: Final[Mapping[int, str]] = {
    SurfaceKind.GROUND: "GroundSurface",
    SurfaceKind.WALL: "WallSurface",
    SurfaceKind.ROOF: "RoofSurface",
    SurfaceKind.OUTER_CEILING: "OuterCeilingSurface",
    SurfaceKind.OUTER_FLOOR: "OuterFloorSurface",
    SurfaceKind.CLOSURE: "ClosureSurface",
    SurfaceKind.WINDOW: "Window",
    SurfaceKind.DOOR: "Door",
    SurfaceKind.INTERIOR: "InteriorWallSurface",
}
WHOLE: Final = frozenset({"storeys", "year_built", "point_cloud_year"})
"""Number fields that are written without decimals."""
UNKNOWN_LOD: Final = "1"
"""CityJSON asks every geometry for a LoD; a volume of a plan is a block."""
PROPOSED: Final = "wijktwin_proposed"
STATE: Final = "wijktwin_state"
"""Attribute of every object: a value of `State`."""
THEME: Final = "wijktwin"
GONE_IS_THIS_CLEAR: Final = 0.6
"""How far one looks through what a plan takes away, from 0 to 1."""
WHOLE_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")

Shell = list[list[list[int]]]


class State(StrEnum):
    """What an object is in the scenario."""

    EXISTING = "existing"
    PROPOSED = "proposed"
    DEMOLISHED = "demolished"


@dataclass(frozen=True, slots=True)
class _Faces:
    """The faces of one object: rings of vertex numbers, semantics, and the vertices in whole millimetres."""

    rings: Shell
    kinds: list[int]
    vertices: NDArray[np.int64]


def scenario_header(scenario: Scenario) -> Header:
    """What the file says of itself: title, CRS, plans, sources, what made it, and that it is fictional where it is."""
    neighbourhood = scenario.neighbourhood
    system = neighbourhood.reference_system.to_authority()
    code = system[1] if system is not None and system[0] == "EPSG" else None
    x, y, z = (float(value) for value in np.floor(neighbourhood.mesh.origin))
    metadata: dict[str, Any] = {
        "title": " + ".join([neighbourhood.name, *(plan.title.nl for plan in scenario.ordered_plans)]),
        "identifier": scenario.key,
        "plans": [_told(plan) for plan in scenario.ordered_plans],
        "sources": [_credit(source) for source in neighbourhood.sources] + [_credit(plan.source) for plan in scenario.ordered_plans],
        "software": f"Wijktwin {__version__}",
    }
    dates = [source.vintage for source in neighbourhood.sources if source.vintage and WHOLE_DATE.fullmatch(source.vintage)]
    if dates:
        metadata["referenceDate"] = max(dates)
    if neighbourhood.fictional or any(plan.fictional for plan in scenario.plans):
        metadata["fictional"] = True
    address = None if code is None else f"https://www.opengis.net/def/crs/EPSG/0/{code}"
    return Header(address, (x, y, z), metadata=metadata)


def _told(plan: Plan) -> dict[str, Any]:
    told = {
        "plan_id": plan.plan_id,
        "title": plan.title.nl,
        "role": plan.role.value,
        "status": plan.status.value,
        "proposer": plan.proposer,
        "content_key": plan.content_key,
        "demolishes": sorted(plan.demolishes),
    }
    return told | ({"fictional": True} if plan.fictional else {})


def _credit(source: Any) -> dict[str, Any]:  # noqa: ANN401
    known = {name: getattr(source, name) for name in ("title", "owner", "vintage", "licence", "url", "version")}
    return {name: value for name, value in known.items() if value} | ({"fictional": True} if source.fictional else {})


def scenario_features(scenario: Scenario, header: Header, *, with_demolished: bool = False) -> Iterator[Feature]:
    """The buildings that stay, then the volumes that are proposed, then the buildings that go where those are asked for."""
    neighbourhood = scenario.neighbourhood
    for row in np.flatnonzero(scenario.remaining_rows).tolist():
        yield _building_feature(neighbourhood, neighbourhood.buildings.at(row), header)
    mesh = scenario.volume_mesh
    for row, (plan, volume) in enumerate(scenario.volumes):
        yield _volume_feature(plan, volume, _faces(mesh, row, header))
    if with_demolished:
        for row in np.flatnonzero(~scenario.remaining_rows).tolist():
            building = neighbourhood.buildings.at(row)
            takers = [plan.plan_id for plan in scenario.ordered_plans if building.building_id in plan.demolishes]
            yield _building_feature(neighbourhood, building, header, taken_by=takers)


def write_scenario(scenario: Scenario, path: Path, *, with_demolished: bool = False) -> int:
    """Write a scenario; CityJSONSeq where the name ends in ``.jsonl``, one document otherwise, packed where it ends in ``.gz``.

    Parameters
    ----------
    with_demolished
        With the buildings that a plan takes away, flagged as such; whoever counts buildings has to leave them out.

    Returns
    -------
    count
        How many buildings and volumes were written.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    header = scenario_header(scenario)
    features = scenario_features(scenario, header, with_demolished=with_demolished)
    if ".jsonl" in path.suffixes:
        return write_sequence(path, header, features)
    known = list(features)
    groups = _groups(scenario, known)
    materials = _materials(scenario, known)
    whole = replace(
        header,
        metadata={**header.metadata, "geographicalExtent": _extent(known, header)},
        appearance={"default-theme-material": THEME, "materials": list(materials.values())} if materials else {},
    )
    return write_document(path, whole, [*_dressed(known, groups, list(materials)), *groups.values()]) - len(groups)


# ----------------------------------------------------------------------------------------- what stands and what is proposed
def _groups(scenario: Scenario, features: Iterable[Feature]) -> dict[str, Feature]:
    """One CityObjectGroup for each plan, of what it brings and what it takes away, by plan id; none for a plan without either."""
    there = {feature.feature_id for feature in features}
    groups: dict[str, Feature] = {}
    for plan in scenario.ordered_plans:
        own = dict.fromkeys((_volume_id(plan, volume) for volume in plan.volumes), State.PROPOSED.value)
        own |= dict.fromkeys(sorted(plan.demolishes & there), State.DEMOLISHED.value)
        if own:
            name = f"plan/{plan.plan_id}"
            group = {"type": "CityObjectGroup", "attributes": _told(plan), "children": list(own), "children_roles": list(own.values())}
            groups[plan.plan_id] = Feature(name, {name: group}, np.zeros((0, 3), dtype=np.int64))
    return groups


def _volume_id(plan: Plan, volume: Volume) -> str:
    return f"{plan.plan_id}/{volume.volume_id}"


def _materials(scenario: Scenario, features: Iterable[Feature]) -> dict[str, dict[str, Any]]:
    """The materials that occur, by what has them, in the colours of our pictures; none where nothing is proposed or goes."""
    roles = {plan.plan_id: plan.role.value for plan in scenario.plans}
    seen = dict.fromkeys(_material(_attributes(feature), roles) for feature in features)
    colours: dict[str, appearance.Colour] = {
        State.EXISTING: appearance.WALLS[""], State.DEMOLISHED: appearance.DEMOLISHED, **appearance.PLAN_FACES,
    }  # fmt: skip
    if set(seen) <= {State.EXISTING}:
        return {}
    return {
        name: {
            "name": name,
            "diffuseColor": [round(channel / 255, 4) for channel in colours[name]],
            "transparency": GONE_IS_THIS_CLEAR if name == State.DEMOLISHED else 0.0,
        }
        for name in seen
    }


def _material(attributes: Mapping[str, Any], roles: Mapping[str, str]) -> str:
    state = str(attributes[STATE])
    return roles[attributes["plan_id"]] if state == State.PROPOSED else state


def _dressed(features: Iterable[Feature], groups: Mapping[str, Feature], materials: Sequence[str]) -> Iterator[Feature]:
    """The features with their material, and with the groups that they are in."""
    roles = {plan_id: next(iter(group.objects.values()))["attributes"]["role"] for plan_id, group in groups.items()}
    for feature in features:
        objects: dict[str, Mapping[str, Any]] = {}
        for name, told in feature.objects.items():
            own = dict(told)
            if materials:
                place = materials.index(_material(told["attributes"], roles))
                own["geometry"] = [{**part, "material": {THEME: {"value": place}}} for part in told["geometry"]]
            parents = [next(iter(group.objects)) for group in groups.values() if name in next(iter(group.objects.values()))["children"]]
            objects[name] = own | ({"parents": parents} if parents else {})
        yield Feature(feature.feature_id, objects, feature.vertices)


def _attributes(feature: Feature) -> Mapping[str, Any]:
    attributes: Mapping[str, Any] = feature.objects[feature.feature_id]["attributes"]
    return attributes


def _extent(features: Sequence[Feature], header: Header) -> list[float]:
    """Lowest x, y, z and highest x, y, z. [m]"""
    drawn = [feature.vertices for feature in features if len(feature.vertices)]
    if not drawn:
        return [*header.translate, *header.translate]
    lowest = np.min([vertices.min(axis=0) for vertices in drawn], axis=0) * np.array(header.scale) + np.array(header.translate)
    highest = np.max([vertices.max(axis=0) for vertices in drawn], axis=0) * np.array(header.scale) + np.array(header.translate)
    return [round(float(value), 3) for value in (*lowest, *highest)]


# ----------------------------------------------------------------------------------------------------- buildings and volumes
def building_attributes(building: Building) -> dict[str, Any]:
    """The attributes of a building under the names of 3D BAG.

    What nobody knows is left out, and so is a ground height that we took from the form; what we have no name for is kept.
    """
    known: dict[str, Any] = dict(building.other)
    derived = {"ground_height"} if building.ground_kind in {Kind.CALCULATED, Kind.ASSUMED} else set()
    for field, (name, *_) in bag3d.FIELD_MAP.items():
        value = getattr(building, field)
        if value is not None and field not in derived:
            known[name] = int(value) if field in WHOLE and value == int(value) else value
    suffix = None if building.lod is None else bag3d.lod_suffix(building.lod)
    if suffix is not None:
        for field, (name, *_) in bag3d.LOD_FIELD_MAP.items():
            if getattr(building, field) is not None:
                known[name.format(suffix)] = getattr(building, field)
        known[bag3d.INVALID_CODES[0].format(suffix)] = f"[{','.join(building.invalid_codes)}]"
    for field, (name, *_) in bag3d.TEXT_MAP.items():
        if getattr(building, field):
            known[name] = getattr(building, field)
    if building.is_block:
        known[bag3d.FLAG_MAP["is_block"][0]] = True
    return known


def _building_feature(neighbourhood: Neighbourhood, building: Building, header: Header, *, taken_by: Sequence[str] = ()) -> Feature:
    """A building of today; ``taken_by`` names the plans that take it away."""
    geometry: list[dict[str, Any]] = []
    parts: list[NDArray[np.int64]] = []
    outline = neighbourhood.buildings.footprint(building.row)
    if outline is not None:
        rings, points = _outline(outline, header)
        geometry.append({"type": "MultiSurface", "lod": "0", "boundaries": rings})
        parts.append(points)
    if building.geometry_from in {"solid", "surfaces"}:
        faces = _faces(neighbourhood.mesh, building.row, header)
        lod = UNKNOWN_LOD if building.lod is None else f"{building.lod:g}"
        if faces.rings:
            geometry.append(_geometry(faces, lod, offset=sum(map(len, parts)), as_solid=building.geometry_from == "solid"))
            parts.append(faces.vertices)
    vertices = np.concatenate(parts) if parts else np.zeros((0, 3), dtype=np.int64)
    state = {STATE: State.DEMOLISHED.value, "demolished_by": ", ".join(taken_by)} if taken_by else {STATE: State.EXISTING.value}
    city_object = {"type": "Building", "attributes": building_attributes(building) | state, "geometry": geometry}
    return Feature(building.building_id, {building.building_id: city_object}, vertices)


def _volume_feature(plan: Plan, volume: Volume, faces: _Faces) -> Feature:
    object_id = _volume_id(plan, volume)
    attributes: dict[str, Any] = {
        PROPOSED: True,
        STATE: State.PROPOSED.value,
        "plan_id": plan.plan_id,
        "plan": plan.title.nl,
        "volume": volume.title.nl,
        "proposer": plan.proposer,
        "status": plan.status.value,
        "b3_h_maaiveld": round(volume.ground_level, 3),
        "ground_level_kind": volume.ground_level_kind.value,
        "height_kind": volume.height_kind.value,
    }
    if volume.storeys is not None:
        attributes["storeysAboveGround"] = volume.storeys
    if volume.use:
        attributes["function"] = volume.use
    if plan.fictional:
        attributes["fictional"] = True
    city_object = {"type": "Building", "attributes": attributes, "geometry": [_geometry(faces, UNKNOWN_LOD, offset=0, as_solid=True)]}
    return Feature(object_id, {object_id: city_object}, faces.vertices)


def _outline(outline: Any, header: Header) -> tuple[list[list[list[int]]], NDArray[np.int64]]:  # noqa: ANN401
    """Polygons as surfaces at height 0, as 3D BAG writes footprints."""
    surfaces: list[list[list[int]]] = []
    points: list[tuple[float, float, float]] = []
    for polygon in shapely.get_parts(shapely.orient_polygons(outline)):
        surface: list[list[int]] = []
        for ring in (polygon.exterior, *polygon.interiors):
            own = [(x, y, 0.0) for x, y in ring.coords[:-1]]
            surface.append(list(range(len(points), len(points) + len(own))))
            points += own
        surfaces.append(surface)
    return surfaces, header.quantised(np.array(points, dtype=np.float64).reshape(-1, 3))


def _faces(mesh: Mesh, row: int, header: Header) -> _Faces:
    """The faces of one object; corners that fall on the same millimetre become one vertex."""
    first, last = np.searchsorted(mesh.surface_object, [row, row + 1]).tolist()
    ring_first, ring_last = np.searchsorted(mesh.ring_surface, [first, last]).tolist()
    start, end = mesh.ring_start[ring_first], mesh.ring_start[ring_last]
    corners = mesh.ring_vertices[start:end]
    whole = header.quantised(mesh.vertices[corners] + mesh.origin)
    vertices, number = np.unique(whole, axis=0, return_inverse=True)
    numbers = number.ravel().tolist()
    rings: Shell = [[] for _ in range(last - first)]
    for ring in range(ring_first, ring_last):
        own = numbers[mesh.ring_start[ring] - start : mesh.ring_start[ring + 1] - start]
        kept = [index for index, before in zip(own, [own[-1], *own[:-1]], strict=True) if index != before]
        if len(set(kept)) >= 3:
            rings[int(mesh.ring_surface[ring]) - first].append(kept)
    kinds = mesh.surface_kind[first:last].tolist()
    drawn = [(face, kind) for face, kind in zip(rings, kinds, strict=True) if face]
    return _Faces([face for face, _ in drawn], [kind for _, kind in drawn], vertices)


def _geometry(faces: _Faces, lod: str, *, offset: int, as_solid: bool) -> dict[str, Any]:
    """Faces as Solid or MultiSolid; a solid that does not close stays the one shell that it was read as."""
    shells = (closed_shells(faces.rings) or [range(len(faces.rings))]) if as_solid else []
    moved = [[[index + offset for index in ring] for ring in face] for face in faces.rings]
    surfaces, values = _semantics(faces.kinds)
    if not shells:
        return {"type": "MultiSurface", "lod": lod, "boundaries": moved, "semantics": {"surfaces": surfaces, "values": values}}
    solids = _solids(faces, shells)
    boundaries = [[moved[shell.start : shell.stop] for shell in solid] for solid in solids]
    meaning = [[values[shell.start : shell.stop] for shell in solid] for solid in solids]
    if len(solids) == 1:
        return {"type": "Solid", "lod": lod, "boundaries": boundaries[0], "semantics": {"surfaces": surfaces, "values": meaning[0]}}
    return {"type": "MultiSolid", "lod": lod, "boundaries": boundaries, "semantics": {"surfaces": surfaces, "values": meaning}}


def _semantics(kinds: Sequence[int]) -> tuple[list[dict[str, str]], list[int | None]]:
    order = [kind for kind in SEMANTICS if kind in set(kinds)]
    place = {kind: number for number, kind in enumerate(order)}
    return [{"type": SEMANTICS[kind]} for kind in order], [place.get(kind) for kind in kinds]


def closed_shells(faces: Shell) -> list[range]:
    """The faces cut, in their order, into runs that each close; () where what is left at the end does not.

    A run closes when every edge was walked as often one way as the other. Readers keep the faces of a shell together, so this finds
    the shells again even where solids stand against each other.
    """
    shells: list[range] = []
    open_edges: Counter[tuple[int, int]] = Counter()
    start = 0
    for number, face in enumerate(faces):
        for ring in face:
            for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
                if open_edges[b, a] > 0:
                    open_edges[b, a] -= 1
                    if not open_edges[b, a]:
                        del open_edges[b, a]
                else:
                    open_edges[a, b] += 1
        if not +open_edges:
            shells.append(range(start, number + 1))
            start = number + 1
            open_edges.clear()
    return [] if +open_edges else shells


def _solids(faces: _Faces, shells: Sequence[range]) -> list[list[range]]:
    """Shells as solids: those that look inwards are hollows in the one before them."""
    points = np.asarray(faces.vertices * SCALE, dtype=np.float64)
    solids: list[list[range]] = []
    for shell in shells:
        is_hollow = _volume([faces.rings[number] for number in shell], points) < 0
        if is_hollow and solids:
            solids[-1].append(shell)
        else:
            solids.append([shell])
    return solids


def _volume(shell: Shell, points: NDArray[np.float64]) -> float:
    """Signed volume by the divergence theorem. [m³]"""
    local = points - points[shell[0][0][0]]
    total = 0.0
    for face in shell:
        for ring in face:
            corners = local[ring]
            vector = np.cross(corners, np.roll(corners, -1, axis=0)).sum(axis=0) / 2.0
            total += float(vector @ local[face[0][0]]) / 3.0
    return total
