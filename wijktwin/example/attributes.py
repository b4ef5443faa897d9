"""The attributes of 3D BAG, with its oddities, for buildings that nobody measured because they do not exist.

Names and meaning: https://docs.3dbag.nl/en/schema/attributes, release v2025.09.03. What our form says exactly (areas, volumes, heights)
is exact; what a survey would have said (fit, point densities, gaps) comes from dice.
"""

from __future__ import annotations

from math import atan, atan2, degrees
from typing import Any, Final

from wijktwin.example.dice import Dice
from wijktwin.example.forms import FLAT_SLOPE, MM2, MM3, Form, Level, RoofFace
from wijktwin.example.frames import Frame
from wijktwin.example.quarter import Structure

SURVEY_YEAR: Final = 2023
MM: Final = 0.001
REGISTERED: Final = "2010-03-02"
DOCUMENTS: Final = ("2010-03-02", "2010-03-16", "2011-09-13", "2014-05-20")


def metres(mm: float) -> float:
    """Millimetres as metres with three decimals."""
    return round(mm * MM, 3)


def _rmse(form: Form, dice: Dice) -> dict[str, float]:
    """How far a point cloud would have lain from each level of detail: the less detail, the further. [m]"""
    slope_spread = 0.0 if form.ridge is None else (form.ridge - form.roof_height(0.0)) * MM * 0.29
    noise = dice.between(0.03, 0.09) + (0.12 if dice.chance(0.06) else 0.0)
    step = (form.roof_height(1.0) - form.roof_height(0.0)) * MM * 0.35
    coarse = noise + max(slope_spread, step) * dice.between(0.9, 1.1)
    middle = noise + slope_spread * dice.between(0.85, 1.0)
    return {"b3_rmse_lod12": round(max(coarse, middle), 4), "b3_rmse_lod13": round(middle, 4), "b3_rmse_lod22": round(noise, 4)}


def _survey(structure: Structure, dice: Dice) -> dict[str, Any]:
    """What the point cloud was like over this building."""
    late = structure.after_survey
    return {
        "b3_mutatie_ahn3_ahn4": structure.year in range(2014, 2021),
        "b3_mutatie_ahn4_ahn5": late or structure.year in range(2021, 2024),
        "b3_nodata_fractie_ahn3": round(dice.between(0.0, 0.02), 4),
        "b3_nodata_fractie_ahn4": round(dice.between(0.0, 0.004), 4),
        "b3_nodata_fractie_ahn5": round(dice.between(0.0, 0.006), 4),
        "b3_nodata_radius_ahn3": round(dice.between(0.0, 0.4), 3),
        "b3_nodata_radius_ahn4": round(dice.between(0.0, 0.2), 3),
        "b3_nodata_radius_ahn5": round(dice.between(0.0, 0.2), 3),
        "b3_puntdichtheid_ahn3": round(dice.between(8.0, 16.0), 2),
        "b3_puntdichtheid_ahn4": round(dice.between(22.0, 36.0), 2),
        "b3_puntdichtheid_ahn5": round(dice.between(13.0, 18.0), 2),
        "b3_pw_bron": "ahn5",
        "b3_pw_datum": SURVEY_YEAR,
        "b3_pw_onvoldoende": late,
        "b3_pw_selectie_reden": "_LATEST_BUT_OUTDATED" if late else "PREFERRED_AND_LATEST",
    }


def _registration(structure: Structure, dice: Dice) -> dict[str, Any]:
    """The history that BAG would keep."""
    document = f"{structure.year}-06-18" if structure.year > 2009 else dice.pick(DOCUMENTS)
    return {
        "begingeldigheid": document,
        "documentdatum": document,
        "documentnummer": f"FICTIEF-{document[:4]}-{dice.whole(1, 9999):04d}",
        "eindgeldigheid": None,
        "eindregistratie": None,
        "geconstateerd": structure.is_shed and dice.chance(0.2),
        "oorspronkelijkbouwjaar": structure.year,
        "status": "Verbouwing pand" if dice.chance(0.004) else "Pand in gebruik",
        "tijdstipeindregistratielv": None,
        "tijdstipinactief": None,
        "tijdstipinactieflv": None,
        "tijdstipnietbaglv": None,
        "tijdstipregistratie": f"{document}T10:12:00Z",
        "tijdstipregistratielv": f"{document}T10:30:00Z",
        "voorkomenidentificatie": 1,
    }


def _heights(structure: Structure) -> dict[str, Any]:
    """Roof heights in NAP; unknown where the point cloud is older than the building. [m]"""
    form, ground = structure.form, structure.ground
    if structure.after_survey:
        return dict.fromkeys(("b3_h_dak_50p", "b3_h_dak_70p", "b3_h_dak_max", "b3_h_dak_min", "b3_h_nok"))
    return {
        "b3_h_dak_50p": metres(ground + form.roof_height(0.5)),
        "b3_h_dak_70p": metres(ground + form.roof_height(0.7)),
        "b3_h_dak_max": metres(ground + form.roof_height(1.0)),
        "b3_h_dak_min": metres(ground + form.roof_height(0.0)),
        "b3_h_nok": None if form.ridge is None else metres(ground + form.ridge),
    }


def _measures(structure: Structure) -> dict[str, Any]:
    """Areas [m²] and volumes [m³]."""
    form, late = structure.form, structure.after_survey
    volumes = {f"b3_volume_lod{lod.replace('.', '')}": None if late else round(level.volume * MM3, 3) for lod, level in form.levels.items()}
    return {
        "b3_opp_buitenmuur": None if late else round((form.outer_wall_area - structure.party_area) * MM2, 2),
        "b3_opp_dak_plat": None if late else round(form.flat_roof_area * MM2, 2),
        "b3_opp_dak_schuin": None if late else round(form.sloped_roof_area * MM2, 2),
        "b3_opp_grond": round(form.footprint_area * MM2, 2),
        "b3_opp_scheidingsmuur": None if late else round(structure.party_area * MM2, 2),
        **volumes,
    }


def building_attributes(structure: Structure, building_id: str, number: int, dice: Dice) -> dict[str, Any]:
    """All attributes of one building.

    A building that is younger than the point cloud has no roof heights and no solids: ``b3_pw_onvoldoende`` says why.
    """
    form, late = structure.form, structure.after_survey
    invalid = None if late else "[]"
    known: dict[str, Any] = {
        "b3_bag_bag_overlap": 0.0,
        "b3_bouwlagen": structure.storeys,
        "b3_dak_type": "no points" if late else form.roof_type,
        "b3_extrusie": "skip" if late else "standard",
        "b3_h_maaiveld": metres(structure.ground),
        "b3_is_glas_dak": False,
        "b3_kas_warenhuis": False,
        "b3_kwaliteitsindicator": not late,
        "b3_n_nok": None if late else form.n_ridges,
        "b3_n_vlakken": None if late else len(form.levels["2.2"].roofs),
        "b3_t_run": dice.whole(6, 90),
        "b3_val3dity_lod12": invalid,
        "b3_val3dity_lod13": invalid,
        "b3_val3dity_lod22": invalid,
        "fid": number,
        "identificatie": building_id,
    }
    fit = dict.fromkeys(("b3_rmse_lod12", "b3_rmse_lod13", "b3_rmse_lod22")) if late else _rmse(form, dice)
    every = {**known, **_heights(structure), **_measures(structure), **fit, **_survey(structure, dice), **_registration(structure, dice)}
    return dict(sorted(every.items()))


def roof_surface(face: RoofFace, frame: Frame, ground: int, *, with_slope: bool) -> dict[str, Any]:
    """The semantics of one roof face: heights in NAP [m], and at LoD 2.2 the direction it looks to and its slope. [degrees]"""
    half = metres(ground + (face.low + face.high) / 2)
    surface: dict[str, Any] = {
        "type": "RoofSurface",
        "b3_h_dak_50p": half,
        "b3_h_dak_70p": metres(ground + face.low + 0.7 * (face.high - face.low)),
        "b3_h_dak_max": metres(ground + face.high),
        "b3_h_dak_min": metres(ground + face.low),
    }
    if with_slope:
        down_x, down_y = -face.slope_x, -face.slope_y
        east, north = frame.c * down_x - frame.s * down_y, frame.s * down_x + frame.c * down_y
        is_flat = face.slope <= FLAT_SLOPE
        surface["b3_azimut"] = None if is_flat else round(degrees(atan2(east, north)) % 360.0, 2)
        surface["b3_hellingshoek"] = round(degrees(atan(face.slope)), 2)
    return surface


def semantics(level: Level, frame: Frame, ground: int, *, with_slope: bool) -> dict[str, Any]:
    """The semantics of a solid as 3D BAG writes them."""
    fixed: list[dict[str, Any]] = [
        {"type": "GroundSurface"},
        {"type": "WallSurface", "on_footprint_edge": True},
        {"type": "WallSurface", "on_footprint_edge": False},
    ]
    roofs = [roof_surface(face, frame, ground, with_slope=with_slope) for face in level.roofs]
    return {"surfaces": fixed + roofs, "values": [level.values]}
