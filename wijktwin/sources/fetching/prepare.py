"""A neighbourhood folder from files at hand: CityJSON buildings, and context as GeoJSON in its own names or in ours.

Context is told apart by file name (``wegdeel.geojson``, ``vegetatieobject.geojson``, ``verblijfsobject.geojson``, ``ground.geojson``).
What lies outside the area is cut off; context that lies somewhere else altogether is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from wijktwin import crs as reference_systems
from wijktwin.errors import InputError
from wijktwin.model.provenance import Source
from wijktwin.sources import bag, bgt, nwb
from wijktwin.sources.cityjson.read import read_city_model
from wijktwin.sources.fetching.area import Area
from wijktwin.sources.fetching.contents import AREA, FACTS, Account, facts_toml, geojson, with_provenance
from wijktwin.sources.fetching.exchange import check_place, replace_folder
from wijktwin.sources.fetching.fetch import Fetched
from wijktwin.sources.fetching.halo import Reach, halo_rule, reach_of
from wijktwin.sources.fetching.services import read_services
from wijktwin.sources.fetching.streets import derived_source, street_remarks, street_rows
from wijktwin.sources.fetching.tally import Tally
from wijktwin.sources.folder import CITYJSON_SUFFIXES, TABLE_SUFFIXES
from wijktwin.sources.folder_tables import TABLES, read_table, rows_of_geopackage
from wijktwin.sources.geojson import declared_crs, read_collection, shape_of
from wijktwin.sources.place_names import place_name

if TYPE_CHECKING:
    from wijktwin.model.city_model import CityModel

MARGIN: Final = 10.0
"""How far the default area reaches beyond the buildings on all sides. [m]"""
ROADS: Final = "wegdeel"
"""What streets are derived from where nobody gives them."""
BAG_PANDEN: Final = ("pand", "panden", "bag_pand")
FAR: Final = 1_000.0
"""Context farther from the area than this belongs to another place. [m]"""


@dataclass(slots=True)
class _Context:
    """What the context files gave."""

    ground: list[Any] = field(default_factory=list)
    trees: list[Any] = field(default_factory=list)
    addresses: list[Any] = field(default_factory=list)
    streets: list[Any] = field(default_factory=list)
    roads: list[tuple[Path, list[dict[str, Any]]]] = field(default_factory=list)
    tables: dict[str, Path] = field(default_factory=dict)
    tallies: list[Tally] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Buildings:
    """What the CityJSON files gave."""

    own: frozenset[str]
    around: frozenset[str]


def prepare_neighbourhood(
    files: Sequence[Path], context: Sequence[Path], out: Path, *, area: Area | None = None, crs: str | None = None
) -> Fetched:
    """Put a neighbourhood folder together.

    Parameters
    ----------
    files
        CityJSON, copied as it is.
    context
        GeoJSON of BGT, of BAG, or tables of a neighbourhood folder (docs/neighbourhood-folder.md).
    out
        The folder to write, made when absent.
    area
        In RD New; by default the rectangle round all buildings. Buildings outside it only cast shadow.
    crs
        Reference system of CityJSON files that do not state theirs.

    Raises
    ------
    InputError
        A file cannot be used, context lies elsewhere, or the folder is somebody's. The folder is then as it was.
    """
    check_place(out)
    models = [read_city_model(path, crs=crs) for path in files]
    plane = _plane(models, crs)
    if (context or area is not None) and not plane.equals(reference_systems.RD_NEW):
        raise InputError("fetch.prepare_needs_rd", source=models[0].name, crs=reference_systems.label(plane))
    chosen = area if area is not None else _area_round(models, place_name(out.name))
    buildings = _divided(models, chosen)
    found = _context(context, chosen, buildings)
    if found.ground and any(model.ground_table is not None and len(model.ground_table) for model in models):
        raise InputError("fetch.ground_twice", source=models[0].name)
    rule = halo_rule()
    reach = _reach(models, chosen)
    account = Account(
        made_by="prepare",
        name=chosen.name,
        area=chosen.facts,
        halo={"buildings": len(buildings.around), "asked_radius_m": reach.radius, "lowest_sun_deg": rule.lowest_sun}
        if buildings.around
        else {},
        tallies=[*_building_tallies(models), *found.tallies],
        sources=found.sources,
        credits=list(dict.fromkeys([*(model.source for model in models), *found.sources])),
        remarks=found.remarks,
    )
    written: dict[str, bytes | Path] = _building_files(files)
    written |= {f"{name}{_suffix(path, TABLE_SUFFIXES)}": path for name, path in found.tables.items()}
    made = (("ground", found.ground), ("trees", found.trees), ("addresses", found.addresses), ("streets", found.streets))
    written |= {f"{name}.geojson": geojson(rows) for name, rows in made if rows}
    if plane.equals(reference_systems.RD_NEW):
        written[AREA] = geojson([({"name": chosen.name}, chosen.polygon)])
    written[FACTS] = facts_toml(account, halo_ids=sorted(buildings.around), reference_system=crs)
    replace_folder(out, with_provenance(written, account, None))
    counts = (len(buildings.own), len(buildings.around), len(found.ground), len(found.trees), len(found.addresses), len(found.streets))
    return Fetched(out, chosen.name, *counts, reach=reach)


def _plane(models: Sequence[CityModel], crs: str | None) -> Any:  # noqa: ANN401 - a CRS of pyproj
    """The plane of the buildings."""
    system = models[0].reference_system or reference_systems.parse_reference_system(crs, source=models[0].name)
    if system is None:
        raise InputError("reading.crs_needed", source=models[0].name)
    return reference_systems.horizontal(system)


def _area_round(models: Sequence[CityModel], name: str) -> Area:
    """The rectangle round all buildings, with a margin."""
    outlines = [each for model in models for each in model.buildings.footprints if each is not None]
    if not outlines:
        raise InputError("fetch.nothing_in_area", source=models[0].name)
    x0, y0, x1, y1 = shapely.total_bounds(outlines)
    box = (float(x0) - MARGIN, float(y0) - MARGIN, float(x1) + MARGIN, float(y1) + MARGIN)
    return Area(name, shapely.box(*box), {"kind": "around_buildings", "bbox": [round(value, 3) for value in box], "margin_m": MARGIN})


def _divided(models: Sequence[CityModel], area: Area) -> _Buildings:
    """Which buildings stand in the area, by the centre of their outline, and which around it."""
    own: set[str] = set()
    around: set[str] = set()
    for model in models:
        for name, outline in zip(model.buildings.building_ids, model.buildings.footprints, strict=True):
            is_own = outline is None or area.polygon.covers(outline.centroid)
            (own if is_own and name not in around else around).add(name)
    if not own:
        raise InputError("fetch.nothing_in_area", source=models[0].name)
    return _Buildings(frozenset(own), frozenset(around - own))


def _reach(models: Sequence[CityModel], area: Area) -> Reach:
    """The halo that the tallest building in the area asks for."""
    heights = [0.0]
    for model in models:
        inside = np.array([each is not None and area.polygon.intersects(each) for each in model.buildings.footprints], dtype=bool)
        known = model.buildings.numbers["height"][inside]
        heights += known[np.isfinite(known)].tolist()
    return reach_of(max(heights), halo_rule())


def _building_tallies(models: Sequence[CityModel]) -> list[Tally]:
    return [
        Tally(model.name, "CityJSON", None, len(model.buildings), kept=len(model.buildings), rows=len(model.buildings)) for model in models
    ]


def _building_files(files: Sequence[Path]) -> dict[str, bytes | Path]:
    """The CityJSON files under names that a neighbourhood folder knows, in the order in which they were named."""
    return {
        f"buildings{f'-{number:02d}' if len(files) > 1 else ''}.city{_suffix(path, CITYJSON_SUFFIXES)}": path
        for number, path in enumerate(files, start=1)
    }


def _suffix(path: Path, known: Sequence[str]) -> str:
    """The ending by which a file is known; JSON where it has none of them."""
    lowered = path.name.lower()
    return next((suffix for suffix in sorted(known, key=len, reverse=True) if lowered.endswith(suffix)), known[0])


# ------------------------------------------------------------------------------------------------------------------ context


def _context(paths: Sequence[Path], area: Area, buildings: _Buildings) -> _Context:
    """Everything that the context files hold, cut at the area."""
    found = _Context()
    panden: list[dict[str, Any]] = []
    addresses: list[tuple[Path, list[dict[str, Any]]]] = []
    for path in paths:
        stem = path.name.split(".")[0].lower()
        if stem in TABLES:
            _take_table(path, stem, found)
            continue
        if path.suffix == ".gpkg" and stem.removeprefix("nwb_") != nwb.LAYER:
            raise InputError("fetch.unknown_context", source=path.name, known=", ".join([*TABLES, nwb.LAYER]))
        features = _features(path)
        _refuse_elsewhere(features, area, path)
        if stem in bgt.GROUND_COLLECTIONS or stem in bgt.TREE_COLLECTIONS:
            _take_map(path, stem, features, area, found)
        elif nwb.is_segments(features):
            _take_segments(path, features, area, found)
        elif bag.is_addresses(features):
            addresses.append((path, features))
        elif stem in BAG_PANDEN and bag.building_numbers(features):
            panden += features
            found.tallies.append(Tally(path.name, stem, None, len(features), kept=len(features)))
        elif stem in bgt.UNUSED_COLLECTIONS:
            tally = Tally(path.name, stem, None, len(features))
            tally.leave_out("not_used", len(features))
            found.tallies.append(tally)
        else:
            known = ", ".join([*bgt.GROUND_COLLECTIONS, *bgt.TREE_COLLECTIONS, bag.COLLECTION, nwb.LAYER, *TABLES])
            raise InputError("fetch.unknown_context", source=path.name, known=known)
    for path, features in addresses:
        _take_addresses(path, features, bag.building_numbers(panden), area, buildings=buildings, found=found)
    found.ground.sort(key=lambda row: str(row[0]["surface_id"]))
    found.streets.sort(key=lambda row: str(row[0]["street_id"]))
    if not found.streets and "streets" not in found.tables:
        _derive_streets(area, found)
    twice = [name for name in found.tables if getattr(found, name, None)]
    if twice:
        raise InputError("fetch.table_twice", table=twice[0])
    return found


def _take_table(path: Path, name: str, found: _Context) -> None:
    """A table in our own names is taken as it is, once it can be read."""
    if name in found.tables:
        raise InputError("fetch.table_twice", table=name)
    table, _ = read_table(path, name, reference_systems.RD_NEW)
    found.tables[name] = path
    found.tallies.append(Tally(path.name, name, None, len(table), kept=len(table), rows=len(table)))


def _take_map(path: Path, stem: str, features: list[dict[str, Any]], area: Area, found: _Context) -> None:
    tally = Tally(path.name, stem, None, len(features))
    is_trees = stem in bgt.TREE_COLLECTIONS
    if is_trees:
        _add(found.trees, bgt.tree_rows(features, area.polygon, tally), "tree_id", tally)
    else:
        _add(found.ground, bgt.ground_rows(stem, features, area.polygon, tally), "surface_id", tally)
    found.tallies.append(tally)
    if stem == ROADS:
        found.roads.append((path, features))
    _credit("bgt", path, "trees" if is_trees else "ground", found)


def _take_segments(path: Path, features: list[dict[str, Any]], area: Area, found: _Context) -> None:
    """Streets of NWB, in our words."""
    tally = Tally(path.name, nwb.LAYER, None, len(features))
    _add(found.streets, nwb.street_rows(features, area.polygon, tally), "street_id", tally)
    found.tallies.append(tally)
    known = next((source for source in found.sources if source.title == nwb.SOURCE.title), None)
    if known is not None:
        found.sources[found.sources.index(known)] = replace(known, vintage=max(known.vintage or "", _day(path)))
    elif found.streets:
        found.sources.append(replace(nwb.SOURCE, vintage=_day(path)))


def _add(known: list[Any], rows: Sequence[Any], identifier: str, tally: Tally) -> None:
    """Add rows to those of other files: an object that lies in two tiles is there once, as the file that was named first has it."""
    there = {row[identifier] for row, _ in known}
    new = [(row, shape) for row, shape in rows if row[identifier] not in there]
    if len(new) < len(rows):
        tally.leave_out("twice", len(rows) - len(new))
    tally.kept, tally.rows = tally.kept - len(rows) + len(new), tally.rows - len(rows) + len(new)
    known += new


def _derive_streets(area: Area, found: _Context) -> None:
    """Streets from the road surfaces, where there are any and nobody gave lines."""
    if not found.roads:
        return
    features = [feature for _, own in found.roads for feature in own]
    tally = Tally(", ".join(path.name for path, _ in found.roads), "streets, derived", None, len(features))
    parts = bgt.road_parts(features, area.polygon, tally)
    found.streets = street_rows(parts, ground=found.ground, addresses=found.addresses)
    tally.rows = len(found.streets)
    found.tallies.append(tally)
    if found.streets:
        found.remarks += street_remarks(found.streets)
        found.sources.append(derived_source(next(source for source in found.sources if "ground" in source.subjects)))


def _take_addresses(
    path: Path, features: list[dict[str, Any]], numbers: dict[str, str], area: Area, *, buildings: _Buildings, found: _Context
) -> None:
    is_inside = area.with_buildings(buildings.own, buildings.around)
    tally = Tally(path.name, bag.COLLECTION, None, len(features))
    _add(found.addresses, bag.address_rows(features, numbers, is_inside=is_inside, tally=tally), "address_id", tally)
    found.tallies.append(tally)
    _credit("bag", path, "addresses", found)


def _credit(name: str, path: Path, subject: str, found: _Context) -> None:
    """Name the register once, for what came of it, with the day of the newest file. Tables of one's own are credited by file name."""
    service, day = read_services()[name], _day(path)
    known = next((source for source in found.sources if source.title == service.title), None)
    if known is None:
        known = Source(title=service.title, owner=service.owner, licence=service.licence, url=service.about, vintage=day)
        found.sources.append(known)
    newest = replace(known, vintage=max(known.vintage or "", day), subjects=tuple(sorted({*known.subjects, subject})))
    found.sources[found.sources.index(known)] = newest


def _day(path: Path) -> str:
    """The day on which a file was written."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date().isoformat()


def _features(path: Path) -> list[dict[str, Any]]:
    """The features of a GeoJSON file or of a GeoPackage of NWB, with coordinates in RD New."""
    if path.suffix == ".gpkg":
        raw = rows_of_geopackage(path, nwb.LAYER)
        rows = [{"properties": dict(row), "geometry": shape} for row, shape in zip(raw.properties, raw.shapes, strict=True)]
        return rows if raw.crs.equals(reference_systems.RD_NEW) else _moved(rows, raw.crs, path)
    document = read_collection(path)
    features: list[Any] = document["features"]
    if not all(isinstance(each, dict) and isinstance(each.get("properties") or {}, dict) for each in features):
        raise InputError("folder.not_a_table", source=path.name)
    system = declared_crs(document, path.name)
    return features if system.equals(reference_systems.RD_NEW) else _moved(features, system, path)


def _moved(features: list[dict[str, Any]], system: Any, path: Path) -> list[dict[str, Any]]:  # noqa: ANN401 - a CRS of pyproj
    """Features of another CRS in RD New."""
    moved = []
    for row, feature in enumerate(features, start=1):
        if feature.get("geometry") is None:
            continue
        drawn = shape_of(feature["geometry"])
        if drawn is None:
            raise InputError("folder.bad_coordinates", source=path.name, row=row)
        shape = shapely.force_2d(drawn)
        points = shapely.get_coordinates(shape)
        if system == reference_systems.WGS84 and len(points) and np.abs(points).max() > 360.0:
            raise InputError("folder.not_degrees", source=path.name)
        degrees = points if system == reference_systems.WGS84 else reference_systems.to_wgs84(points, system)
        placed = shapely.set_coordinates(shape, reference_systems.from_wgs84(degrees, reference_systems.RD_NEW))
        moved.append({**feature, "geometry": shapely.geometry.mapping(placed)})
    return moved


def _refuse_elsewhere(features: list[dict[str, Any]], area: Area, path: Path) -> None:
    """Refuse a file of which nothing lies near the area.

    Raises
    ------
    InputError
        The nearest corner of its rectangle is farther away than `FAR`.
    """
    boxes = [_bounds(feature.get("geometry")) for feature in features]
    known = np.array([box for box in boxes if box is not None])
    if not len(known):
        return
    rectangle = shapely.box(known[:, 0].min(), known[:, 1].min(), known[:, 2].max(), known[:, 3].max())
    away = float(shapely.distance(rectangle, area.polygon))
    if away > FAR:
        raise InputError("fetch.context_elsewhere", source=path.name, km=f"{away / 1000:.1f}")


def _bounds(drawn: object) -> tuple[float, float, float, float] | None:
    shape = shape_of(drawn)
    if shape is None or shape.is_empty:
        return None
    x0, y0, x1, y1 = shape.bounds
    return float(x0), float(y0), float(x1), float(y1)
