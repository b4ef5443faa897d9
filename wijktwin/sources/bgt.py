"""BGT, the Dutch large-scale base map: its names and codes in our words.

Two spellings are read: that of PDOK's API (``fysiek_voorkomen``, ``lokaal_id``) and that of files made from its GML
(``surfaceMaterial``, ``lokaalID``). The register keeps every version of every object: only those that have not ended are used.
Catalogue: https://docs.geostandaarden.nl/imgeo/catalogus/bgt/ (BGT) and https://docs.geostandaarden.nl/imgeo/ (IMGeo).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import shapely

from wijktwin.model.surroundings import GroundKind
from wijktwin.sources.geojson import first_value, shape_of

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from wijktwin.sources.fetching.tally import Tally

GROUND_COLLECTIONS: Final = (
    "wegdeel",
    "ondersteunendwegdeel",
    "begroeidterreindeel",
    "onbegroeidterreindeel",
    "waterdeel",
    "ondersteunendwaterdeel",
)
"""Collections that together cover the ground once, buildings left open."""

TREE_COLLECTIONS: Final = ("vegetatieobject_punt", "vegetatieobject")
"""Where trees stand: in PDOK's API, and in files from GML."""

UNUSED_COLLECTIONS: Final = frozenset({
    "bak", "bord", "gebouwinstallatie", "functioneelgebied", "installatie", "kast", "kunstwerkdeel", "mast", "openbareruimte",
    "openbareruimtelabel", "overbruggingsdeel", "overigbouwwerk", "overigescheiding", "paal", "pand", "plaatsbepalingspunt", "put",
    "scheiding", "scheiding_lijn", "scheiding_vlak", "sensor", "spoor", "straatmeubilair", "tunneldeel", "vegetatieobject_lijn",
    "vegetatieobject_vlak", "waterinrichtingselement", "weginrichtingselement",
})  # fmt: skip
"""Collections of BGT that are known and not used."""

FIELD_MAP: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "identifier": ("lokaal_id", "lokaalID", "lokaalid"),
        "status": ("status", "bgt_status", "bgt-status"),
        "level": ("relatieve_hoogteligging", "relatieveHoogteligging"),
        "ended": ("eind_registratie", "eindRegistratie", "termination_date", "terminationDate", "object_eind_tijd", "objectEindTijd"),
        "registered": ("tijdstip_registratie", "tijdstipRegistratie"),
        "purpose": ("functie", "bgt_functie", "function"),
        "surface": ("fysiek_voorkomen", "bgt_fysiek_voorkomen", "bgt-fysiekVoorkomen", "surfaceMaterial", "class"),
        "finer_surface": (
            "plus_fysiek_voorkomen",
            "plus-fysiekVoorkomen",
            "plus-fysiekVoorkomenWegdeel",
            "plus-fysiekVoorkomenOndersteunendWegdeel",
        ),
        "water": ("type", "bgt_type", "class"),
        "plant": ("plus_type", "plus-type"),
    }
)
"""Our names and the foreign ones that mean the same, in order of preference."""

HIGHEST_BRIDGE: Final = 3
"""Levels above the ground that a street may be carried over."""
MOST_OVERLAP: Final = 1.0
"""A bridge that lies over more of another road crosses it. [m²]"""
UNREADABLE: Final = -99

UNSAID: Final = frozenset({"", "waardeonbekend", "geenwaarde", "niet-bgt", "transitie"})
UNPAVED: Final = frozenset({"onverhard", "half verhard", "zand"})
PAVED: Final = frozenset({"open verharding", "gesloten verharding"})

ROAD_KINDS: Final[Mapping[str, GroundKind]] = MappingProxyType(
    {
        "baan voor vliegverkeer": GroundKind.CARRIAGEWAY,
        "fietspad": GroundKind.CYCLE_PATH,
        "inrit": GroundKind.CARRIAGEWAY,
        "ov-baan": GroundKind.CARRIAGEWAY,
        "overweg": GroundKind.CARRIAGEWAY,
        "parkeervlak": GroundKind.PARKING,
        "rijbaan autosnelweg": GroundKind.CARRIAGEWAY,
        "rijbaan autoweg": GroundKind.CARRIAGEWAY,
        "rijbaan lokale weg": GroundKind.CARRIAGEWAY,
        "rijbaan regionale weg": GroundKind.CARRIAGEWAY,
        "ruiterpad": GroundKind.TERRAIN,
        "spoorbaan": GroundKind.RAILWAY,
        "voetgangersgebied": GroundKind.PAVEMENT,
        "voetpad": GroundKind.PAVEMENT,
        "voetpad op trap": GroundKind.PAVEMENT,
        "woonerf": GroundKind.CARRIAGEWAY,
    }
)
"""What part of a road is for, as BGT says it."""


def ground_kind(collection: str, properties: Mapping[str, Any]) -> GroundKind:
    """What the ground is used for, in our words; `GroundKind.OTHER` where BGT does not say.

    Unpaved and half-paved road is not counted as paved: it becomes terrain. ``erf`` (everything round a house that is not public)
    becomes other, because nobody registered which part of it is tiled and which part is garden.

    Parameters
    ----------
    collection
        One of `GROUND_COLLECTIONS`.
    """
    surface = _said(properties, "surface")
    match collection:
        case "wegdeel":
            kind = ROAD_KINDS.get(_said(properties, "purpose"), GroundKind.OTHER)
            return GroundKind.TERRAIN if surface in UNPAVED and kind is not GroundKind.RAILWAY else kind
        case "ondersteunendwegdeel" | "onbegroeidterreindeel":
            if surface == "groenvoorziening":
                return GroundKind.GREEN
            if surface in PAVED:
                return GroundKind.PAVEMENT if collection == "ondersteunendwegdeel" else GroundKind.SQUARE
            return GroundKind.TERRAIN if surface in UNPAVED else GroundKind.OTHER
        case "begroeidterreindeel":
            return GroundKind.OTHER if surface in UNSAID else GroundKind.GREEN
        case "waterdeel":
            return GroundKind.TERRAIN if _said(properties, "water").startswith("greppel") else GroundKind.WATER
        case _:
            return GroundKind.TERRAIN


def ground_rows(
    collection: str, features: Iterable[Mapping[str, Any]], area: BaseGeometry, tally: Tally
) -> list[tuple[dict[str, Any], BaseGeometry]]:
    """Rows for the table of ground with their shapes, cut at the edge of an area.

    Parameters
    ----------
    features
        GeoJSON features in the CRS of ``area``.
    tally
        Hears of everything that is not used.

    Returns
    -------
    rows
        In the order of their identifiers; shapes are Polygon or MultiPolygon in whole millimetres.
    """
    rows = []
    for name, properties, shape in _current(features, tally):
        polygons = _polygons_within(shape, area)
        if shape.geom_type not in {"Polygon", "MultiPolygon"}:
            tally.leave_out("no_polygon")
        elif polygons is None:
            tally.leave_out("outside")
        else:
            finer, surface = _said(properties, "finer_surface"), _said(properties, "surface")
            material = next((word for word in (finer, surface) if word not in UNSAID), "")
            kind = ground_kind(collection, properties).value
            rows.append(({"surface_id": name, "kind": kind, "material": material}, polygons))
    tally.kept, tally.rows = len(rows), len(rows)
    return rows


def road_parts(features: Iterable[Mapping[str, Any]], area: BaseGeometry, tally: Tally) -> list[tuple[str, BaseGeometry]]:
    """What each part of a road (``wegdeel``) is for, with its shape, cut at the edge of an area: what streets can be derived from.

    Bridges are part of a street where they cross no road below them; where they do, nobody can turn off, and they are left out.

    Parameters
    ----------
    features
        GeoJSON features in the CRS of ``area``.
    tally
        Hears of everything that is not used.

    Returns
    -------
    parts
        A key of `ROAD_KINDS` and a Polygon or MultiPolygon each, in the order of their identifiers.
    """
    found: list[tuple[str, BaseGeometry, int]] = []
    for _, properties, shape in _current(features, tally, levels=range(1, HIGHEST_BRIDGE + 1)):
        purpose, level = _said(properties, "purpose"), _level(properties)
        polygons = _polygons_within(shape, area) if shape.geom_type in {"Polygon", "MultiPolygon"} else None
        if purpose not in ROAD_KINDS or polygons is None:
            tally.leave_out("outside" if polygons is None else "no_road")
        else:
            found.append((purpose, polygons, level))
    below = {own: shapely.STRtree([shape for _, shape, level in found if level < own]) for own in {level for *_, level in found} - {0}}
    parts = []
    for purpose, shape, level in found:
        if level and _overlap(shape, below[level]) > MOST_OVERLAP:
            tally.leave_out("crosses_over")
        else:
            parts.append((purpose, shape))
    tally.kept = len(parts)
    return parts


def _overlap(shape: BaseGeometry, others: shapely.STRtree) -> float:
    """How much of a shape lies over others. [m²]"""
    near = others.geometries[others.query(shape, predicate="intersects")]
    return float(shapely.area(shapely.intersection(shape, near)).sum())


def tree_rows(features: Iterable[Mapping[str, Any]], area: BaseGeometry, tally: Tally) -> list[tuple[dict[str, Any], BaseGeometry]]:
    """Rows for the table of trees: BGT knows where they stand, and neither species nor size."""
    rows = []
    for name, properties, shape in _current(features, tally):
        if _said(properties, "plant") != "boom":
            tally.leave_out("no_tree")
        elif shape.geom_type != "Point":
            tally.leave_out("no_point")
        elif not area.intersects(shape):
            tally.leave_out("outside")
        else:
            rows.append(({"tree_id": name}, shapely.set_precision(shapely.force_2d(shape), 0.001)))
    tally.kept, tally.rows = len(rows), len(rows)
    return rows


def _current(
    features: Iterable[Mapping[str, Any]], tally: Tally, *, levels: range = range(0)
) -> list[tuple[str, Mapping[str, Any], BaseGeometry]]:
    """Objects as they are now and at ground level (or one of ``levels``), each once: identifier, properties, shape."""
    found: dict[str, tuple[str, Mapping[str, Any], BaseGeometry]] = {}
    for feature in features:
        properties = feature.get("properties") or {}
        shape = _shape(feature.get("geometry"))
        name = str(_value(properties, "identifier") or "")
        registered = str(_value(properties, "registered") or "")
        reason = _reason_against(properties, name, shape, levels)
        if reason or shape is None:
            tally.leave_out(reason or "no_shape")
            continue
        if name in found:
            tally.leave_out("older_version")
        if name not in found or registered > found[name][0]:
            found[name] = (registered, properties, shape)
    return [(name, *found[name][1:]) for name in sorted(found)]


def _reason_against(properties: Mapping[str, Any], name: str, shape: BaseGeometry | None, levels: range) -> str:
    """Why an object is not used, "" where it is."""
    if any(properties.get(foreign) for foreign in FIELD_MAP["ended"]):
        return "ended"
    if (_said(properties, "status") or "bestaand") != "bestaand":
        return "not_built"
    if _level(properties) != 0 and _level(properties) not in levels:
        return "other_level"
    if shape is None:
        return "no_shape"
    return "" if name else "no_identifier"


def _level(properties: Mapping[str, Any]) -> int:
    """How many levels above the ground (a bridge) or below it (a tunnel); far below where nobody can read it."""
    value = _value(properties, "level")
    try:
        return 0 if value is None else int(str(value))
    except ValueError:
        return UNREADABLE


def _shape(drawn: object) -> BaseGeometry | None:
    shape = shape_of(drawn)
    return None if shape is None or shape.is_empty else shape


def _polygons_within(shape: BaseGeometry, area: BaseGeometry) -> BaseGeometry | None:
    """The polygons of a shape that lie in an area; None where there are none."""
    flat = shapely.force_2d(shape)
    sound = flat if flat.is_valid else shapely.make_valid(flat, method="structure", keep_collapsed=False)
    inside = sound if area.covers(sound) else shapely.intersection(sound, area)
    rounded = shapely.set_precision(inside, 0.001)
    parts = [part for part in shapely.get_parts(rounded) if part.geom_type == "Polygon" and part.area > 0.0]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _value(properties: Mapping[str, Any], ours: str) -> object:
    return first_value(properties, FIELD_MAP[ours])


def _said(properties: Mapping[str, Any], ours: str) -> str:
    """A code in lower case, "" where nothing is said."""
    value = _value(properties, ours)
    return value.strip().lower() if isinstance(value, str) else ""
