"""BAG, the Dutch register of addresses and buildings: verblijfsobjecten (places to live or work) as our addresses.

PDOK's API says which building a verblijfsobject is in by a link to a ``pand``, whose own number is on that pand: both are asked.
The register keeps what was withdrawn or never built: that is left out. BAG knows neither storey, side nor tenure: they stay empty.
Catalogue: https://imbag.github.io/praktijkhandleiding/ (IMBAG).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import shapely

from wijktwin.sources.geojson import first_value, shape_of

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from wijktwin.sources.fetching.tally import Tally

COLLECTION: Final = "verblijfsobject"
BUILDINGS: Final = "pand"
PREFIX: Final = "NL.IMBAG.Pand."
IN_USE: Final = frozenset({
    "verblijfsobject in gebruik",
    "verblijfsobject in gebruik (niet ingemeten)",
    "verblijfsobject buiten gebruik",
    "verbouwing verblijfsobject",
})  # fmt: skip
"""What stands there now; ``gevormd`` has a permit and is not there yet."""
UNKNOWN_AREA: Final = 999_999
"""What registers fill in where they do not know the use area. [m²]"""

FIELD_MAP: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "address_id": ("identificatie",),
        "street": ("openbare_ruimte_naam", "openbare_ruimte", "straatnaam"),
        "number": ("huisnummer",),
        "letter": ("huisletter",),
        "addition": ("toevoeging", "huisnummertoevoeging"),
        "postcode": ("postcode",),
        "city": ("woonplaats_naam", "woonplaats", "woonplaatsnaam"),
        "floor_area": ("oppervlakte",),
        "purpose": ("gebruiksdoel",),
        "status": ("status",),
        "building": ("pand.href", "pand", "pand_identificatie", "pandidentificatie"),
    }
)
"""Our names and the foreign ones that mean the same, in order of preference."""

USES: Final = (("woonfunctie", "dwelling"), ("winkelfunctie", "shop"), ("onderwijsfunctie", "school"), ("kantoorfunctie", "office"))
"""Purposes (gebruiksdoelen) in our words; the first that is among those of an address decides, and all others are "other"."""

_NUMBER: Final = re.compile(r"(?<!\d)\d{16}(?!\d)")


def is_addresses(features: Iterable[Mapping[str, Any]]) -> bool:
    """Whether features look like verblijfsobjecten."""
    return any(
        "gebruiksdoel" in (feature.get("properties") or {}) and "huisnummer" in (feature.get("properties") or {}) for feature in features
    )


def building_numbers(features: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The 16 digits of each pand by the name that links use for it."""
    found = {}
    for feature in features:
        number = (feature.get("properties") or {}).get("identificatie")
        if isinstance(number, str | int) and feature.get("id") is not None and _NUMBER.fullmatch(f"{number:0>16}"):
            found[str(feature["id"])] = f"{number:0>16}"
    return found


def address_rows(
    features: Iterable[Mapping[str, Any]], numbers: Mapping[str, str], *, is_inside: Callable[[str, BaseGeometry], bool], tally: Tally
) -> list[tuple[dict[str, Any], BaseGeometry]]:
    """Rows for the table of addresses with their points.

    Parameters
    ----------
    features
        GeoJSON features in RD New.
    numbers
        From `building_numbers`.
    is_inside
        Whether an address belongs to the neighbourhood, by the id of its building ("" where unknown) and its point.
    tally
        Hears of everything that is not used.
    """
    rows: dict[str, tuple[dict[str, Any], BaseGeometry]] = {}
    for feature in features:
        properties = feature.get("properties") or {}
        point = _point(feature.get("geometry"))
        row = _row(properties)
        reason = _reason_against(properties, row, point)
        if reason or row is None or point is None:
            tally.leave_out(reason)
            continue
        ids = _building_ids(properties, numbers)
        row["building_id"] = next((each for each in ids if is_inside(each, point)), ids[0] if ids else "")
        if not is_inside(str(row["building_id"]), point):
            tally.leave_out("outside")
        elif row["address_id"] in rows:
            tally.leave_out("twice")
        else:
            rows[str(row["address_id"])] = (row, point)
    tally.kept, tally.rows = len(rows), len(rows)
    return [rows[name] for name in sorted(rows)]


def _reason_against(properties: Mapping[str, Any], row: Mapping[str, Any] | None, point: BaseGeometry | None) -> str:
    if str(_value(properties, "status") or "verblijfsobject in gebruik").strip().lower() not in IN_USE:
        return "not_in_use"
    if row is None:
        return "no_address"
    return "no_point" if point is None else ""


def _row(properties: Mapping[str, Any]) -> dict[str, Any] | None:
    """One address in our columns; None where it has no identifier, street or number."""
    name, street, number = (_value(properties, ours) for ours in ("address_id", "street", "number"))
    digits = str(number).strip() if isinstance(number, str | int) and not isinstance(number, bool) else ""
    if not isinstance(name, str | int) or not isinstance(street, str) or not street.strip() or not digits.isdecimal():
        return None
    letter, addition = (str(_value(properties, ours) or "").strip() for ours in ("letter", "addition"))
    area = _value(properties, "floor_area")
    is_known = isinstance(area, int | float) and not isinstance(area, bool) and 0 < area < UNKNOWN_AREA
    purposes = _purposes(_value(properties, "purpose"))
    return {
        "address_id": f"{name:0>16}",
        "street": street.strip(),
        "number": int(digits),
        "suffix": f"{letter}-{addition}" if letter and addition else letter or addition,
        "postcode": str(_value(properties, "postcode") or "").replace(" ", ""),
        "city": str(_value(properties, "city") or "").strip(),
        "building_id": "",
        "use": next((ours for foreign, ours in USES if foreign in purposes), "other" if purposes else ""),
        **({"floor_area": float(area)} if is_known and isinstance(area, int | float) else {}),
    }


def _purposes(stated: object) -> frozenset[str]:
    """Purposes come as a list, or as one text with commas."""
    words = stated if isinstance(stated, list) else str(stated or "").split(",")
    return frozenset(str(word).strip().lower() for word in words) - {""}


def _building_ids(properties: Mapping[str, Any], numbers: Mapping[str, str]) -> list[str]:
    """Ids of the buildings that an address lies in, as 3D BAG writes them."""
    stated = _value(properties, "building")
    found = []
    for link in stated if isinstance(stated, list) else [stated]:
        text = str(link.get("href") if isinstance(link, Mapping) else link or "")
        last = text.partition("?")[0].rstrip("/").rpartition("/")[2]
        number = numbers.get(last) or (last if _NUMBER.fullmatch(last) else "")
        if number:
            found.append(PREFIX + number)
    return found


def _point(drawn: object) -> BaseGeometry | None:
    shape = shape_of(drawn)
    if shape is None or shape.is_empty:
        return None
    return shapely.set_precision(shapely.force_2d(shape if shape.geom_type == "Point" else shape.representative_point()), 0.001)


def _value(properties: Mapping[str, Any], ours: str) -> object:
    return first_value(properties, FIELD_MAP[ours])
