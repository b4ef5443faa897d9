"""A real neighbourhood from public services: buildings of 3D BAG with a halo, ground and trees of BGT, addresses of BAG.

Everything is received first, then written into a new folder beside the old one, then exchanged: what fails on the way leaves the
old copy as it was. Pages that came are kept until the neighbourhood is complete, so that the same command goes on after a cut.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson
import shapely

from wijktwin.errors import InputError
from wijktwin.model.provenance import Source
from wijktwin.sources import bag, bgt
from wijktwin.sources.cityjson.read import read_city_model
from wijktwin.sources.fetching import area as areas
from wijktwin.sources.fetching.area import Area
from wijktwin.sources.fetching.bag3d_pages import Buildings, fetch_buildings
from wijktwin.sources.fetching.client import Client
from wijktwin.sources.fetching.contents import AREA, FACTS, Account, facts_toml, geojson, with_provenance
from wijktwin.sources.fetching.exchange import check_place, replace_folder
from wijktwin.sources.fetching.halo import MOST_STEPS, HaloRule, Reach, halo_rule, reach_of, refuse_too_large, strips, widened
from wijktwin.sources.fetching.ogc_features import fetch_features
from wijktwin.sources.fetching.pages import Asker
from wijktwin.sources.fetching.progress import Progress, in_silence
from wijktwin.sources.fetching.services import Services
from wijktwin.sources.fetching.streets import derived_source, street_remarks, street_rows
from wijktwin.sources.fetching.tally import Box, Received, Tally
from wijktwin.sources.file_lock import locked

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

ROADS: Final = "wegdeel"
"""What streets are derived from."""
BUILDINGS_FILE: Final = "buildings.city.jsonl"
HALO_FILE: Final = "halo.city.jsonl"
LOCK_SECONDS: Final = 1.0
PAGES_FOLDER: Final = "fetching"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which neighbourhood: exactly one of the first three.

    Parameters
    ----------
    code
        A wijk (WK030710) or buurt (BU03071001).
    box
        A rectangle in RD New. [m]
    street, radius
        "street, place", and how far round its middle. [m]
    tallest_plan
        Height of a plan that is coming, so that the halo is wide enough for its surroundings; 0 where there is none. [m]
    """

    code: str | None = None
    box: Box | None = None
    street: str | None = None
    radius: float = 0.0
    tallest_plan: float = 0.0

    def key(self, services: Services) -> str:
        """Hash of what is asked of whom (hex): the same question goes on where it was cut."""
        told = [self.code, self.box, self.street, self.radius, [service.url for service in services.values()]]
        return hashlib.sha256(orjson.dumps(told)).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was written.

    Parameters
    ----------
    folder
        The neighbourhood folder.
    n_buildings, n_halo, n_ground, n_trees, n_addresses, n_streets
        How many of each.
    """

    folder: Path
    name: str
    n_buildings: int
    n_halo: int
    n_ground: int
    n_trees: int
    n_addresses: int
    n_streets: int
    reach: Reach


@dataclass(frozen=True, slots=True)
class Enquiry:
    """Whom is asked, through whom, and who hears of it."""

    asker: Asker
    services: Services
    progress: Progress


@dataclass(frozen=True, slots=True)
class _Built:
    """Buildings of the area and around it, with their outlines, and what was counted."""

    all: Buildings
    own: list[str]
    around: list[str]
    outline: Any
    reach: Reach
    tally: Tally
    source: Source


def fetch_neighbourhood(
    wanted: Wanted,
    out: Path | None,
    *,
    services: Services,
    client: Client,
    state: Path,
    progress: Progress = in_silence,
) -> Fetched:
    """Fetch a neighbourhood into a folder.

    Parameters
    ----------
    out
        The folder to write, made when absent; None: named after the area, in the current folder.
    state
        Pages are kept below it until the neighbourhood is complete.

    Raises
    ------
    InputError
        Something was asked that is not there, a service fails, or the folder is somebody's. The folder is then as it was.
    """
    if out is not None:
        check_place(out)
    shelf = state / PAGES_FOLDER / wanted.key(services)
    shelf.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with locked(shelf.with_suffix(".lock"), max_seconds=LOCK_SECONDS):
            asker = Asker(client, shelf)
            fetched = _fetch(wanted, out, Enquiry(asker, services, progress))
            asker.forget_all()
    except TimeoutError:
        raise InputError("fetch.at_it_already") from None
    return fetched


def _fetch(wanted: Wanted, out: Path | None, enquiry: Enquiry) -> Fetched:
    rule = halo_rule()
    area = _area(wanted, enquiry)
    folder = out if out is not None else Path(_folder_name(area))
    check_place(folder)
    refuse_too_large(area.box, rule)
    built = _buildings(area, wanted.tallest_plan, rule, enquiry=enquiry)
    ground, trees, roads, map_tallies = _map(area, enquiry)
    addresses, address_tallies = _addresses(area, built, enquiry)
    streets = street_rows(roads, ground=ground, addresses=addresses)
    map_tallies[-1].rows = len(streets)
    account = Account(
        made_by="fetch",
        name=area.name,
        area=area.facts,
        halo=built.reach.as_json(rule),
        tallies=[*area.tallies, built.tally, *map_tallies, *address_tallies],
        sources=_sources(area, enquiry.services, map_tallies, address_tallies, has_streets=bool(streets)),
        versions={"bag3d": built.source.version or built.source.vintage or ""},
        remarks=street_remarks(streets),
    )
    files: dict[str, bytes | Path] = {BUILDINGS_FILE: built.all.sequence(built.own)}
    files |= {HALO_FILE: built.all.sequence(built.around)} if built.around else {}
    tables = (("ground", ground), ("trees", trees), ("addresses", addresses), ("streets", streets))
    files |= {f"{name}.geojson": geojson(rows) for name, rows in tables if rows}
    files |= {AREA: geojson([({"name": area.name}, area.polygon)]), FACTS: facts_toml(account)}
    replace_folder(folder, with_provenance(files, account, enquiry.services))
    counts = (len(built.own), len(built.around), len(ground), len(trees), len(addresses), len(streets))
    return Fetched(folder, area.name, *counts, reach=built.reach)


def _area(wanted: Wanted, enquiry: Enquiry) -> Area:
    if wanted.code is not None:
        return areas.area_of_code(wanted.code, enquiry.asker, enquiry.services, progress=enquiry.progress)
    if wanted.box is not None:
        return areas.area_of_box(wanted.box)
    return areas.area_around(wanted.street or "", wanted.radius, enquiry.asker, enquiry.services)


def _folder_name(area: Area) -> str:
    """A folder after the area: its code, street or corner, in plain letters."""
    told = str(area.facts.get("code") or area.facts.get("street") or area.name).lower()
    plain = "".join(character if character.isascii() and character.isalnum() else "-" for character in told)
    return "-".join(part for part in plain.split("-") if part) or "neighbourhood"


# ---------------------------------------------------------------------------------------------------------------- buildings


def _buildings(area: Area, tallest_plan: float, rule: HaloRule, *, enquiry: Enquiry) -> _Built:
    """Buildings of the area, then of a halo that grows until the tallest building found asks for no wider one."""
    service = enquiry.services["bag3d"]
    found = Buildings()
    fetch_buildings(enquiry.asker, service, area.box, found, what=service.title, progress=enquiry.progress)
    if not found.features:
        raise InputError("fetch.no_buildings", service=service.title)
    names, outlines, heights, source = _read(found, service.title)
    own = {name for name, outline in zip(names, outlines, strict=True) if outline is not None and area.polygon.covers(outline.centroid)}
    if not own:
        raise InputError("fetch.no_buildings", service=service.title)
    near = np.array([_distance(outline, area.polygon) for outline in outlines])
    reach = reach_of(_tallest(heights, near, 0.0, tallest_plan), rule)
    box, radius = area.box, 0.0
    for _ in range(MOST_STEPS):
        if reach.radius <= radius:
            break
        outer = widened(area.box, reach.radius)
        for strip in strips(box, outer):
            fetch_buildings(enquiry.asker, service, strip, found, what=f"{service.title}, around", progress=enquiry.progress)
        box, radius = outer, reach.radius
        names, outlines, heights, source = _read(found, service.title)
        near = np.array([_distance(outline, area.polygon) for outline in outlines])
        reach = reach_of(_tallest(heights, near, radius, tallest_plan), rule)
    tally = Tally("bag3d", "pand", found.asked, found.got, fetched=(min(found.dates), max(found.dates)))
    tally.leave_out("duplicate", found.duplicates)
    tally.leave_out("no_outline", len(found.features) - int(np.isfinite(near).sum()))
    around = [name for name, away in zip(names, near, strict=True) if np.isfinite(away) and name not in own and away <= radius]
    tally.leave_out("beyond_halo", int(np.isfinite(near).sum()) - len(own) - len(around))
    tally.kept = tally.rows = len(own) + len(around)
    outline = shapely.union_all([each for name, each in zip(names, outlines, strict=True) if name in own])
    final = replace(reach, radius=radius, is_capped=reach.is_capped or reach.radius > radius)
    return _Built(found, sorted(own), sorted(around), outline, final, tally, source)


def _read(found: Buildings, title: str) -> tuple[tuple[str, ...], list[Any], Any, Source]:
    """Identifiers, outlines (None where there is none) and heights [m] of everything that came, as our own reader sees it."""
    model = read_city_model(found.sequence(sorted(found.features)), name=title)
    buildings = model.buildings
    return buildings.building_ids, list(buildings.footprints), buildings.numbers["height"], model.source


def _distance(outline: BaseGeometry | None, polygon: BaseGeometry) -> float:
    """How far a building is from the area [m]; NaN where nobody knows its outline."""
    return float("nan") if outline is None else float(shapely.distance(outline, polygon))


def _tallest(heights: Any, near: Any, radius: float, tallest_plan: float) -> float:  # noqa: ANN401 - arrays of numpy
    """Height of the tallest building within a distance of the area, or of the plan that was announced. [m]"""
    chosen = heights[np.isfinite(heights) & (near <= radius)]
    return max([tallest_plan, *([float(chosen.max())] if len(chosen) else [])])


# ------------------------------------------------------------------------------------------------------- ground, trees, addresses


def _map(area: Area, enquiry: Enquiry) -> tuple[list[Any], list[Any], list[Any], list[Tally]]:
    """Rows of ground and of trees, parts of roads, and what was counted; the last count is that of the roads."""
    ground: list[Any] = []
    roads: list[Any] = []
    tallies = []
    for collection in bgt.GROUND_COLLECTIONS:
        received, tally = _received("bgt", collection, area.box, enquiry)
        ground += bgt.ground_rows(collection, received.features, area.polygon, tally)
        tallies.append(tally)
        if collection == ROADS:
            on_roads = Tally("bgt", f"{collection}, for streets", None, len(received.features), fetched=received.fetched)
            roads = bgt.road_parts(received.features, area.polygon, on_roads)
    if not ground:
        raise InputError("fetch.no_ground", service=enquiry.services["bgt"].title)
    received, tally = _received("bgt", bgt.TREE_COLLECTIONS[0], area.box, enquiry)
    trees = bgt.tree_rows(received.features, area.polygon, tally)
    return sorted(ground, key=_identifier("surface_id")), trees, roads, [*tallies, tally, on_roads]


def _addresses(area: Area, built: _Built, enquiry: Enquiry) -> tuple[list[Any], list[Tally]]:
    """Rows of addresses, and what was counted: those of buildings in the area, and those in the area whose building is not known."""
    x0, y0, x1, y1 = shapely.union_all([area.polygon, built.outline]).bounds
    box = (float(np.floor(x0)), float(np.floor(y0)), float(np.ceil(x1)), float(np.ceil(y1)))
    panden, pand_tally = _received("bag", bag.BUILDINGS, box, enquiry)
    numbers = bag.building_numbers(panden.features)
    pand_tally.kept = len(numbers)
    pand_tally.leave_out("no_identifier", len(panden.features) - len(numbers))
    received, tally = _received("bag", bag.COLLECTION, box, enquiry)
    is_inside = area.with_buildings(frozenset(built.own), frozenset(built.around))
    return bag.address_rows(received.features, numbers, is_inside=is_inside, tally=tally), [pand_tally, tally]


def _received(name: str, collection: str, box: Box, enquiry: Enquiry) -> tuple[Received, Tally]:
    received = fetch_features(enquiry.asker, enquiry.services[name], collection, box=box, progress=enquiry.progress)
    tally = Tally(name, collection, received.asked, received.got, fetched=received.fetched)
    tally.leave_out("duplicate", received.duplicates)
    return received, tally


def _identifier(column: str) -> Callable[[Any], str]:
    return lambda row: str(row[0][column])


def _sources(area: Area, services: Services, map_tallies: list[Tally], address_tallies: list[Tally], *, has_streets: bool) -> list[Source]:
    """Whose data they are; registers are as they were on the day of asking."""

    def source(name: str, vintage: str | None, *subjects: str) -> Source:
        service = services[name]
        return Source(
            title=service.title, owner=service.owner, vintage=vintage, licence=service.licence, url=service.about,
            version=service.version or None, subjects=subjects,
        )  # fmt: skip

    found = [
        source("bgt", _day(map_tallies), "ground", "trees"),
        source("bag", _day(address_tallies), "addresses"),
    ]
    found += [derived_source(found[0])] if has_streets else []
    is_official = any(tally.service == "cbs" for tally in area.tallies)
    return [*found, *([source("cbs", services["cbs"].version or _day(area.tallies), "ground")] if is_official else [])]


def _day(tallies: list[Tally] | tuple[Tally, ...]) -> str | None:
    """The day from which all of it is: the earliest on which something came."""
    days = [tally.fetched[0] for tally in tallies if tally.fetched is not None]
    return min(days) if days else None
