"""A neighbourhood from one or more city models and what lies around them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from wijktwin import crs as reference_systems
from wijktwin.errors import InputError, Note
from wijktwin.model.building import FLAG_FIELDS, FLOAT_FIELDS, TEXT_FIELDS, Buildings
from wijktwin.model.mesh import BoolArray, FloatArray, Mesh, subset
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.surroundings import stacked
from wijktwin.sources.joined_rows import JoinedRows

if TYPE_CHECKING:
    import geopandas as gpd
    from pyproj import CRS

    from wijktwin.model.city_model import CityModel
    from wijktwin.model.provenance import Source

KEY_VERSION: Final = "neighbourhood-1"


def neighbourhood_from(
    models: Sequence[CityModel],
    *,
    name: str,
    crs: str | int | CRS | None = None,
    ground: gpd.GeoDataFrame | None = None,
    trees: gpd.GeoDataFrame | None = None,
    addresses: gpd.GeoDataFrame | None = None,
    streets: gpd.GeoDataFrame | None = None,
    destinations: gpd.GeoDataFrame | None = None,
    parking_counts: gpd.GeoDataFrame | None = None,
    sources: Sequence[Source] = (),
    fictional: bool = False,
    halo_ids: frozenset[str] = frozenset(),
    time_zone: str | None = None,
) -> Neighbourhood:
    """The baseline of a neighbourhood.

    Parameters
    ----------
    models
        City models in one reference system; a building that is in several of them is taken from the first.
    name
        What people call it.
    crs
        Reference system of models that do not state theirs.
    ground, trees, addresses, streets, destinations, parking_counts
        Tables with the columns of `wijktwin.model.surroundings`, in the same reference system. Ground and trees come on top of
        what the models hold themselves.
    sources
        Where the tables come from, on top of the sources of the models.
    fictional
        Whether all of it is made up.
    halo_ids
        Buildings that cast shadow but are not assessed.
    time_zone
        IANA name; by default the clock of the reference system's area.

    Raises
    ------
    InputError
        There is no model, a reference system is missing or differs, or nobody knows the clock.
    """
    if not models:
        raise InputError("reading.no_models", source=name)
    system = _reference_system(models, crs)
    zone = time_zone or reference_systems.time_zone(system)
    if zone is None:
        raise InputError("reading.time_zone_needed", source=name, crs=reference_systems.label(system))
    buildings, mesh, notes = _merged(models, halo_ids)
    plane = reference_systems.horizontal(system)
    tables = {
        "ground": _table([model.ground_table for model in models], ground, plane),
        "trees": _table([model.tree_table for model in models], trees, plane),
        "addresses": _table([], addresses, plane),
        "streets": _table([], streets, plane),
        "destinations": _table([], destinations, plane),
        "parking_counts": _table([], parking_counts, plane),
    }
    facts = [KEY_VERSION, name, system.to_wkt(), zone, fictional, sorted(halo_ids), [model.key for model in models]]
    return Neighbourhood(
        name=name,
        key=_key(facts, tables),
        reference_system=system,
        buildings=buildings,
        mesh=mesh,
        sources=_sources(models, sources),
        notes=(*(note for model in models for note in model.notes if note.key not in _ANSWERED), *notes),
        fictional=fictional or all(source.fictional for source in _sources(models, sources)),
        time_zone=zone,
        ground_table=tables["ground"],
        tree_table=tables["trees"],
        address_table=tables["addresses"],
        street_table=tables["streets"],
        destination_table=tables["destinations"],
        parking_count_table=tables["parking_counts"],
    )


_ANSWERED: Final = frozenset({"reading.no_crs", "reading.crs_local"})
"""Notes of a model that ask for what its neighbourhood knows."""


def _reference_system(models: Sequence[CityModel], crs: str | int | CRS | None) -> CRS:
    """The one reference system of all models."""
    given = reference_systems.parse_reference_system(crs, source=models[0].name)
    systems: list[tuple[CityModel, CRS]] = []
    for model in models:
        system = model.reference_system or given
        if system is None:
            raise InputError("reading.crs_needed", source=model.name)
        if not reference_systems.is_metric(system):
            raise InputError("reading.crs_not_metric", source=model.name, crs=reference_systems.label(system))
        systems.append((model, system))
    first_model, first = systems[0]
    for model, system in systems[1:]:
        if not reference_systems.horizontal(system).equals(reference_systems.horizontal(first)):
            raise InputError(
                "reading.crs_differs",
                source=model.name, crs=reference_systems.label(system), other=first_model.name, expected=reference_systems.label(first),
            )  # fmt: skip
    return next((system for _, system in systems if system.is_compound), first)


def _sources(models: Sequence[CityModel], sources: Sequence[Source]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys([*(model.source for model in models), *sources]))


def _table(tables: Sequence[gpd.GeoDataFrame | None], given: gpd.GeoDataFrame | None, plane: CRS) -> gpd.GeoDataFrame | None:
    """Several tables as one, None where there is none."""
    found = [table if table.crs is not None else table.set_crs(plane) for table in (*tables, given) if table is not None]
    return stacked(*found) if found else None


def _key(facts: Sequence[object], tables: dict[str, gpd.GeoDataFrame | None]) -> str:
    """Hash of everything that the neighbourhood is made of (hex)."""
    hashed = hashlib.sha256(repr(facts).encode())
    for name, table in tables.items():
        if table is not None:
            hashed.update(name.encode())
            hashed.update(table.geometry.to_wkb().str.len().to_numpy().tobytes())
            for shape in table.geometry.to_wkb():
                hashed.update(shape)
            hashed.update(repr(table.drop(columns="geometry").to_numpy().tolist()).encode())
    return hashed.hexdigest()


def _merged(models: Sequence[CityModel], halo_ids: frozenset[str]) -> tuple[Buildings, Mesh, list[Note]]:
    """All buildings in one table and one mesh, each id once."""
    if len(models) == 1 and not halo_ids:
        return models[0].buildings, models[0].mesh, []
    owner: dict[str, str] = {}
    notes: list[Note] = []
    kept: list[BoolArray] = []
    for model in models:
        keep = np.ones(len(model.buildings), dtype=bool)
        for row, building_id in enumerate(model.buildings.building_ids):
            if building_id in owner:
                keep[row] = False
                notes.append(Note("reading.merged_twice", source=model.name, where=building_id, other=owner[building_id]))
            else:
                owner[building_id] = model.name
        kept.append(keep)
    return _joined_buildings(models, kept, halo_ids), _joined_mesh(models, kept), notes


def _joined_buildings(models: Sequence[CityModel], kept: Sequence[BoolArray], halo_ids: frozenset[str]) -> Buildings:
    rows = [np.flatnonzero(keep) for keep in kept]
    tables = [model.buildings for model in models]
    pairs = list(zip(tables, rows, strict=True))
    building_ids = tuple(table.building_ids[row] for table, chosen in pairs for row in chosen.tolist())
    flags = {name: np.concatenate([table.flags[name][chosen] for table, chosen in pairs]) for name in FLAG_FIELDS}
    if halo_ids:
        flags["is_halo"] = flags["is_halo"] | np.array([building_id in halo_ids for building_id in building_ids], dtype=bool)
    return Buildings(
        building_ids=building_ids,
        numbers={name: np.concatenate([table.numbers[name][chosen] for table, chosen in pairs]) for name in FLOAT_FIELDS},
        texts={name: [table.texts[name][row] for table, chosen in pairs for row in chosen.tolist()] for name in TEXT_FIELDS},
        flags=flags,
        footprints=np.concatenate([table.footprints[chosen] for table, chosen in pairs]),
        invalid_codes=tuple(table.invalid_codes[row] for table, chosen in pairs for row in chosen.tolist()),
        other=JoinedRows([(table.other, chosen) for table, chosen in pairs]),
    )


def _joined_mesh(models: Sequence[CityModel], kept: Sequence[BoolArray]) -> Mesh:
    """The surfaces of all rows that are kept, round one origin."""
    meshes = [subset(model.mesh, keep) for model, keep in zip(models, kept, strict=True)]
    filled = [mesh.origin for mesh in meshes if mesh.n_surfaces]
    origin: FloatArray = np.round(np.sum(filled, axis=0) / len(filled)) if filled else models[0].mesh.origin.copy()
    vertex_offsets = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes)])
    surface_offsets = np.cumsum([0, *(mesh.n_surfaces for mesh in meshes)])
    corner_offsets = np.cumsum([0, *(len(mesh.ring_vertices) for mesh in meshes)])
    row_offsets = np.cumsum([0, *(int(keep.sum()) for keep in kept)])
    numbered = [np.cumsum(keep) - 1 for keep in kept]
    return Mesh(
        origin=origin,
        vertices=np.concatenate([mesh.vertices + (mesh.origin - origin) for mesh in meshes]),
        triangles=np.concatenate([mesh.triangles + offset for mesh, offset in zip(meshes, vertex_offsets[:-1], strict=True)]).astype(
            np.int32
        ),
        triangle_surface=np.concatenate(
            [mesh.triangle_surface + offset for mesh, offset in zip(meshes, surface_offsets[:-1], strict=True)]
        ).astype(np.int32),
        ring_vertices=np.concatenate(
            [mesh.ring_vertices + offset for mesh, offset in zip(meshes, vertex_offsets[:-1], strict=True)]
        ).astype(np.int32),
        ring_start=np.concatenate(
            [[0], *(mesh.ring_start[1:] + offset for mesh, offset in zip(meshes, corner_offsets[:-1], strict=True))]
        ).astype(np.int32),
        ring_surface=np.concatenate([mesh.ring_surface + offset for mesh, offset in zip(meshes, surface_offsets[:-1], strict=True)]).astype(
            np.int32
        ),
        surface_kind=np.concatenate([mesh.surface_kind for mesh in meshes]),
        surface_object=np.concatenate(
            [new[mesh.surface_object] + offset for mesh, new, offset in zip(meshes, numbered, row_offsets[:-1], strict=True)]
        ).astype(np.int32),
    )
