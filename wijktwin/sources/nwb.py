"""NWB, the Dutch road network (Nationaal Wegenbestand): segments of road between junctions, in our words.

Attributes: https://docs.ndw.nu/handleidingen/nwb/nwb-producten/nwb-wegen/ (``wegvakken``); names are read in capitals or not, as the
shapefile and PDOK write them. Speeds are those of the database of road features (WKD), where they were joined to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import shapely

from wijktwin.model.network import Mode
from wijktwin.model.plan import Traffic
from wijktwin.model.provenance import Kind, Source
from wijktwin.sources.geojson import first_value, shape_of

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from wijktwin.sources.fetching.tally import Tally

SOURCE: Final = Source(
    title="NWB", owner="Rijkswaterstaat, provinces, municipalities and water boards", licence="CC0-1.0",
    url="https://docs.ndw.nu/handleidingen/nwb/nwb-producten/nwb-wegen/", subjects=("streets",),
)  # fmt: skip
LAYER: Final = "wegvakken"
FIELD_MAP: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "identifier": ("wvk_id",),
        "from": ("jte_id_beg",),
        "to": ("jte_id_end",),
        "direction": ("rijrichtng",),
        "name": ("stt_naam",),
        "lane": ("bst_code",),
        "manager": ("wegbehsrt",),
        "status": ("status",),
        "speed": ("maxshd", "max_snelheid", "maximumsnelheid"),
    }
)
"""Our names and the attributes that mean the same, in lower case."""
DIRECTIONS: Final[Mapping[str, Traffic]] = MappingProxyType({"H": Traffic.FORWARD, "T": Traffic.BACKWARD, "B": Traffic.BOTH})
"""``RIJRICHTNG``: there (from begin to end), back, both. "O" (unknown) and nothing are taken for both."""
LANES: Final[Mapping[str, frozenset[Mode]]] = MappingProxyType(
    {
        "FP": frozenset({Mode.WALK, Mode.CYCLE}),
        "VP": frozenset({Mode.WALK}),
        "RP": frozenset({Mode.WALK}),
        "AFR": frozenset({Mode.DRIVE}),
        "OPR": frozenset({Mode.DRIVE}),
        "BU": frozenset(),
        "CADO": frozenset(),
        "OVB": frozenset(),
        "VD": frozenset(),
        "VV": frozenset(),
    }
)
"""``BST_CODE``: cycle path, footpath, bridle path, slip roads; for nobody here: buses, emergencies, trams, ferries, aircraft."""
NATIONAL: Final = "R"
"""``WEGBEHSRT`` of the state's roads: motorways and roads like them, for cars only."""
OPEN: Final = frozenset({"", "opengesteld"})
"""``STATUS`` of a segment that may be used today, in lower case. Files without it hold only those (the monthly product does); a segment
of which anything else is said is planned, being built or closed: it is left out, and counted."""
AROUND: Final = 1_000.0
"""How far around an area streets are kept: ways lead out of it and back. [m]"""
FASTEST: Final = 130.0


def is_segments(features: Iterable[Mapping[str, Any]]) -> bool:
    """Whether these are segments of NWB, by the attributes of the first."""
    first = next(iter(features), None)
    names = _lowered(first) if first is not None else {}
    return all(FIELD_MAP[ours][0] in names for ours in ("identifier", "from", "to", "direction"))


def street_rows(features: Iterable[Mapping[str, Any]], area: BaseGeometry, tally: Tally) -> list[tuple[dict[str, Any], BaseGeometry]]:
    """Rows for the table of streets with their lines, in the order of their identifiers; whole, also where they leave the area.

    Parameters
    ----------
    features
        GeoJSON features in the CRS of ``area``, a metric one.
    tally
        Hears of everything that is not used.
    """
    around = area.buffer(AROUND)
    shapely.prepare(around)
    found: dict[str, tuple[dict[str, Any], BaseGeometry]] = {}
    for feature in features:
        properties = _lowered(feature)
        name, line = _said(properties, "identifier"), _line(feature.get("geometry"))
        modes = _modes(properties)
        if not name or line is None:
            tally.leave_out("no_identifier" if not name else "no_line")
        elif name in found:
            tally.leave_out("twice")
        elif _said(properties, "status").lower() not in OPEN:
            tally.leave_out("not_open")
        elif not modes:
            tally.leave_out("no_road")
        elif not around.intersects(line):
            tally.leave_out("outside")
        else:
            found[name] = (_row(name, properties, modes), line)
    rows = [found[name] for name in sorted(found)]
    tally.kept, tally.rows = len(rows), len(rows)
    return rows


def _row(name: str, properties: Mapping[str, Any], modes: frozenset[Mode]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "street_id": name,
        "street": _said(properties, "name"),
        "from_node": _said(properties, "from"),
        "to_node": _said(properties, "to"),
        "oneway": DIRECTIONS.get(_said(properties, "direction").upper(), Traffic.BOTH).value,
        "modes": " ".join(mode for mode in Mode if mode in modes),
        "kind": Kind.MEASURED.value,
    }
    speed = first_value(properties, FIELD_MAP["speed"])
    try:
        told = float(str(speed))
    except ValueError:
        return row
    return {**row, "max_speed": told} if 0 < told <= FASTEST else row


def _modes(properties: Mapping[str, Any]) -> frozenset[Mode]:
    lane = _said(properties, "lane").upper()
    if lane in LANES:
        return LANES[lane]
    return frozenset({Mode.DRIVE}) if _said(properties, "manager").upper() == NATIONAL else frozenset(Mode)


def _line(drawn: object) -> BaseGeometry | None:
    """A line of one piece; parts of a line that meet are joined."""
    shape = shape_of(drawn)
    if shape is None or shape.is_empty:
        return None
    flat = shapely.force_2d(shape)
    whole = shapely.line_merge(flat, directed=True) if flat.geom_type == "MultiLineString" else flat
    return shapely.set_precision(whole, 0.001, mode="pointwise") if whole.geom_type == "LineString" and whole.length > 0 else None


def _lowered(feature: Mapping[str, Any]) -> dict[str, Any]:
    properties = feature.get("properties") or {}
    return {str(name).lower(): value for name, value in properties.items()}


def _said(properties: Mapping[str, Any], ours: str) -> str:
    """A text or whole number as text, "" where nothing is said."""
    value = first_value(properties, FIELD_MAP[ours])
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()
