"""The 3D BAG dialect and its relatives: from foreign attribute names to ours, and what the values mean.

Attribute names and their meaning: https://docs.3dbag.nl/en/schema/attributes (dictionary of release v2025.09.03), release 2021.09.8
(the same names without ``b3_``), and the names that CityGML itself and the Dutch and German city models use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from wijktwin.model.provenance import Source

FIELD_MAP: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "ground_height": ("b3_h_maaiveld", "h_maaiveld", "TerrainHeight", "terrainHeight", "min-height-surface", "HoeheGrund"),  # [m NAP]
        "roof_height_min": ("b3_h_dak_min", "h_dak_min", "b3_h_min"),  # [m NAP]
        "roof_height_median": ("b3_h_dak_50p", "h_dak_50p", "b3_h_50p"),  # [m NAP]
        "roof_height_p70": ("b3_h_dak_70p", "h_dak_70p", "b3_h_70p"),  # [m NAP]
        "roof_height_max": ("b3_h_dak_max", "h_dak_max", "b3_h_max", "AbsoluteRidgeHeight", "HoeheDach"),  # [m NAP]
        "ridge_height": ("b3_h_nok", "h_nok"),  # [m NAP]
        "storeys": ("b3_bouwlagen", "bouwlagen", "storeysAboveGround"),
        "year_built": ("oorspronkelijkbouwjaar", "bouwjaar", "yearOfConstruction"),
        "point_cloud_year": ("b3_pw_datum", "pw_datum"),
        "party_wall_area": ("b3_opp_scheidingsmuur", "opp_scheidingsmuur"),  # [m2]
    }
)
"""Number fields of `wijktwin.model.building` and the foreign names that mean the same, in order of preference."""

LOD_FIELD_MAP: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "roof_fit_rmse": ("b3_rmse_lod{}", "rmse_lod{}"),  # [m]
        "volume_stated": ("b3_volume_lod{}", "volume_lod{}"),  # [m3]
    }
)
"""Number fields that the source gives once per LoD; ``{}`` stands for 12, 13 or 22."""

INVALID_CODES: Final = ("b3_val3dity_lod{}", "val3dity_codes_lod{}", "val3dity_lod{}")
"""Where the source says what val3dity found wrong with the solid of one LoD."""

REPORTED_LODS: Final = (1.2, 1.3, 2.2)
"""The LoDs of which 3D BAG reports fit, volume and validity."""

TEXT_MAP: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "status": ("status",),
        "roof_type": ("b3_dak_type", "dak_type", "roofType"),
        "use": ("gebruiksdoel", "function", "usage", "class"),
    }
)
"""Text fields and the foreign names that mean the same, in order of preference."""

FLAG_MAP: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({"is_block": ("b3_kas_warenhuis", "kas_warenhuis")})
"""Flags and the foreign names that mean the same."""

HEIGHT_ABOVE_GROUND: Final = ("measuredHeight",)
"""Names of a building's height above ground [m]: used only where nothing else says how high a footprint is to be raised."""

BLOCK_EXTRUSIONS: Final = frozenset({"lod11_fallback"})
"""Values of ``b3_extrusie`` that mean: one block only."""

_KNOWN: Final = frozenset(
    name.format(lod)
    for names in (*FIELD_MAP.values(), *LOD_FIELD_MAP.values(), INVALID_CODES, *TEXT_MAP.values(), *FLAG_MAP.values(), HEIGHT_ABOVE_GROUND)
    for name in names
    for lod in ("12", "13", "22")
)
_VERSION: Final = re.compile(r"v?(20\d\d)[.-]?(\d\d)[.-]?(\d\d)")
_CODE: Final = re.compile(r"\d+")


def other_attributes(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes that have no name of ours."""
    return {name: value for name, value in attributes.items() if name not in _KNOWN}


def lod_suffix(lod: float) -> str | None:
    """How 3D BAG spells a LoD in its attribute names: 2.2 is ``"22"``; None where it reports nothing of that LoD."""
    return f"{lod:.1f}".replace(".", "") if lod in REPORTED_LODS else None


def code_names(lod: float) -> list[str]:
    """The attributes in which releases say what is wrong with the solid of one LoD."""
    suffix = lod_suffix(lod)
    return [] if suffix is None else [name.format(suffix) for name in INVALID_CODES]


def codes_in(stated: object) -> tuple[str, ...]:
    """val3dity codes as text, () for nothing wrong; releases write the list as text (``"[303,307]"``) or as a list."""
    return () if stated == "[]" else tuple(_CODE.findall(str(stated)))


def source_of(metadata: Mapping[str, Any], *, name: str) -> Source:
    """Where a dataset comes from, by its own metadata; 3D BAG is credited as its licence asks.

    Parameters
    ----------
    metadata
        The ``metadata`` member of a CityJSON document.
    name
        File name: the title where the file does not give one.
    """
    title = _text(metadata.get("title"))
    contact = metadata.get("pointOfContact")
    contact = contact if isinstance(contact, dict) else {}
    vintage = _text(metadata.get("referenceDate")) or None
    if re.match(r"3D ?BAG", title, re.IGNORECASE):
        release = _VERSION.search(_text(metadata.get("version"))) or _VERSION.search(_text(metadata.get("fullMetadataUrl")))
        return Source(
            title="3D BAG",
            owner="tudelft3d and 3DGI",
            vintage=vintage or ("-".join(release.groups()) if release else None),
            licence="CC-BY-4.0",
            url="https://docs.3dbag.nl/en/copyright",
            version="v" + "".join(release.groups()) if release else None,
        )
    return Source(
        title=title or name,
        owner=_text(contact.get("contactName")),
        vintage=vintage,
        url=_text(contact.get("website")) or None,
        version=_text(metadata.get("version")) or None,
        fictional=metadata.get("fictional") is True,
    )


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
