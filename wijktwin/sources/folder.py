"""A neighbourhood from a folder that anybody can make by hand: buildings, and what lies around them. See docs/neighbourhood-folder.md."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from wijktwin import crs as reference_systems
from wijktwin.errors import InputError, Note
from wijktwin.model.provenance import Source
from wijktwin.sources.cityjson.read import read_city_model
from wijktwin.sources.folder_tables import TABLES, read_table
from wijktwin.sources.neighbourhoods import neighbourhood_from
from wijktwin.sources.place_names import place_name

if TYPE_CHECKING:
    import geopandas as gpd
    from pyproj import CRS

    from wijktwin.model.city_model import CityModel
    from wijktwin.model.neighbourhood import Neighbourhood

FACTS: Final = "neighbourhood.toml"
PLANS: Final = "plans"
CITYJSON_SUFFIXES: Final = (".json", ".jsonl", ".json.gz", ".jsonl.gz")
TABLE_SUFFIXES: Final = (".geojson", ".geojson.gz", ".gpkg")
FACT_TYPES: Final[Mapping[str, type]] = {
    "name": str,
    "fictional": bool,
    "time_zone": str,
    "reference_system": str,
    "halo": list,
    "sources": list,
}
SOURCE_FIELDS: Final = tuple(field.name for field in fields(Source))
BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class FolderFiles:
    """The files of a neighbourhood folder.

    Parameters
    ----------
    buildings, halo
        CityJSON files of the buildings that are assessed, and of those around them that only cast shadow.
    tables
        File of each table that is there.
    facts
        ``neighbourhood.toml``, None where there is none.
    """

    folder: Path
    buildings: tuple[Path, ...]
    halo: tuple[Path, ...]
    tables: Mapping[str, Path]
    facts: Path | None

    def all(self) -> tuple[Path, ...]:
        """Every file that is read, by name."""
        facts = () if self.facts is None else (self.facts,)
        return tuple(sorted((*self.buildings, *self.halo, *self.tables.values(), *facts)))


def is_neighbourhood_folder(path: Path) -> bool:
    """Whether this is a folder with at least one CityJSON file of buildings."""
    return path.is_dir() and bool(_cityjson_files(path, "buildings"))


def folder_files(folder: Path) -> FolderFiles:
    """The files that make up a neighbourhood.

    Raises
    ------
    InputError
        It is no folder, has no buildings, or has one table twice.
    """
    if not folder.is_dir():
        raise InputError("folder.no_folder", source=folder.name)
    buildings = _cityjson_files(folder, "buildings")
    if not buildings:
        raise InputError("folder.no_buildings", source=folder.name)
    tables: dict[str, Path] = {}
    for name in TABLES:
        found = [path for suffix in TABLE_SUFFIXES if (path := folder / f"{name}{suffix}").is_file()]
        if len(found) > 1:
            raise InputError("folder.table_twice", source=folder.name, one=found[0].name, other=found[1].name)
        if found:
            tables[name] = found[0]
    facts = folder / FACTS
    return FolderFiles(folder, buildings, _cityjson_files(folder, "halo"), tables, facts if facts.is_file() else None)


def _cityjson_files(folder: Path, stem: str) -> tuple[Path, ...]:
    """The CityJSON files whose name begins with a word: ``buildings.city.json``, ``buildings-north.city.jsonl.gz``."""
    return tuple(sorted(p for p in folder.iterdir() if p.is_file() and p.name.startswith(stem) and p.name.endswith(CITYJSON_SUFFIXES)))


def folder_fingerprint(folder: Path) -> str:
    """Hash of the names and bytes of everything that `read_folder` reads (hex): the same hash gives the same neighbourhood.

    Raises
    ------
    InputError
        As `folder_files`.
    """
    hashed = hashlib.sha256()
    for path in folder_files(folder).all():
        hashed.update(f"{path.name}\n{path.stat().st_size}\n".encode())
        with path.open("rb") as stream:
            while block := stream.read(BLOCK):
                hashed.update(block)
    return hashed.hexdigest()


def read_folder(folder: Path) -> Neighbourhood:
    """The neighbourhood in a folder.

    Plans are not read here: ``read_plan_folder(folder / "plans", neighbourhood=...)`` does that.

    Raises
    ------
    InputError
        Something in it cannot be used; the sentence names the file, the place in it and the way out.
    LimitError
        A file is larger than allowed.
    """
    files = folder_files(folder)
    facts = _facts(files)
    models = [read_city_model(path, crs=facts.get("reference_system")) for path in (*files.buildings, *files.halo)]
    if facts.get("fictional", False):
        models = [replace(model, source=replace(model.source, fictional=True)) for model in models]
    plane = _plane(models, facts.get("reference_system"))
    tables: dict[str, gpd.GeoDataFrame] = {}
    notes: list[Note] = []
    for name, path in files.tables.items():
        tables[name], told = read_table(path, name, plane)
        notes += told
    made = neighbourhood_from(
        models,
        name=facts.get("name") or place_name(folder.resolve().name),
        crs=facts.get("reference_system"),
        **tables,
        sources=_sources(facts, files),
        fictional=facts.get("fictional", False),
        halo_ids=_halo_ids(models[len(files.buildings) :], models[: len(files.buildings)], facts),
        time_zone=facts.get("time_zone"),
    )
    return replace(made, notes=(*made.notes, *notes))


def _plane(models: list[CityModel], given: str | None) -> CRS:
    """The plane of the buildings, which all tables are brought into."""
    system = models[0].reference_system or reference_systems.parse_reference_system(given, source=FACTS)
    if system is None:
        raise InputError("reading.crs_needed", source=models[0].name)
    return reference_systems.horizontal(system)


def _halo_ids(halo: list[CityModel], assessed: list[CityModel], facts: Mapping[str, Any]) -> frozenset[str]:
    """Buildings of the halo files and those named in the facts; a building that is in both kinds of files is assessed."""
    own = {building_id for model in assessed for building_id in model.buildings.building_ids}
    around = {building_id for model in halo for building_id in model.buildings.building_ids}
    return frozenset(around - own) | frozenset(str(name) for name in facts.get("halo", []))


def _facts(files: FolderFiles) -> Mapping[str, Any]:
    """What ``neighbourhood.toml`` says, checked."""
    if files.facts is None:
        return {}
    try:
        facts = tomllib.loads(files.facts.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("folder.facts_not_toml", source=FACTS, reason=str(error)) from error
    for name, value in facts.items():
        if name not in FACT_TYPES:
            raise InputError("folder.unknown_fact", source=FACTS, field=name, allowed=", ".join(FACT_TYPES))
        if not isinstance(value, FACT_TYPES[name]):
            raise InputError(
                "folder.wrong_fact", source=FACTS, field=name, value=value, expected=Note(f"folder.a_{FACT_TYPES[name].__name__}")
            )
    return facts


def _sources(facts: Mapping[str, Any], files: FolderFiles) -> list[Source]:
    """The sources that the folder names; where it names none, the tables themselves with an unknown owner."""
    named = [_source(value, number) for number, value in enumerate(facts.get("sources", []), start=1)]
    covered = {subject for source in named for subject in source.subjects or TABLES}
    left = [name for name in files.tables if name not in covered]
    return named + [Source(title=files.tables[name].name, owner="", subjects=(name,)) for name in left]


def _source(value: object, number: int) -> Source:
    field = f"sources[{number}]"
    if not isinstance(value, dict):
        raise InputError("folder.wrong_fact", source=FACTS, field=field, value=value, expected=Note("folder.a_table"))
    unknown = [name for name in value if name not in SOURCE_FIELDS]
    if unknown:
        raise InputError("folder.unknown_fact", source=FACTS, field=f"{field}.{unknown[0]}", allowed=", ".join(SOURCE_FIELDS))
    for name in ("title", "owner"):
        if not isinstance(value.get(name), str) or not value[name].strip():
            raise InputError("folder.fact_missing", source=FACTS, field=f"{field}.{name}")
    told = {name: str(item) for name, item in value.items() if name not in {"fictional", "subjects"}}
    subjects = tuple(str(subject) for subject in value.get("subjects", []))
    return Source(**told, fictional=value.get("fictional") is True, subjects=subjects)
