"""Foreign attribute names and what they mean; where a dataset comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from tests.sources.shapes import BUILDING, Vertices, building_document, prism, read, solid
from tests.sources.test_reading_shapes import SQUARE
from wijktwin.model.building import FLOAT_FIELDS, TEXT_FIELDS
from wijktwin.sources import bag3d


def with_attributes(lod: str = "2.2", **attributes: Any) -> Any:
    vertices = Vertices()
    model = read(building_document([solid([vertices.shell(prism(SQUARE, 0, 5))], lod=lod)], vertices, attributes=attributes))
    return model.buildings[BUILDING]


@pytest.mark.parametrize("prefix", ["", "b3_"])
def test_both_dialects_reach_the_same_fields(prefix: str) -> None:
    stated: dict[str, Any] = {
        "h_maaiveld": 1.5, "h_dak_min": 4.0, "h_dak_50p": 6.0, "h_dak_70p": 6.5, "h_dak_max": 7.0, "dak_type": "slanted", "h_nok": 6.9,
        "rmse_lod22": 0.07, "kas_warenhuis": True, "pw_datum": 2023, "bouwlagen": 2, "opp_scheidingsmuur": 12.5, "volume_lod22": 398.0,
    }  # fmt: skip
    of_the_register: dict[str, Any] = {"oorspronkelijkbouwjaar": 1931, "status": "Pand in gebruik"}
    building = with_attributes(**{prefix + name: value for name, value in stated.items()}, **of_the_register)
    assert (building.ground_height, building.roof_height_min, building.roof_height_median) == (1.5, 4.0, 6.0)
    assert (building.roof_height_p70, building.roof_height_max, building.ridge_height) == (6.5, 7.0, 6.9)
    assert (building.roof_type, building.roof_fit_rmse, building.is_block) == ("slanted", 0.07, True)
    assert (building.point_cloud_year, building.storeys, building.party_wall_area) == (2023.0, 2.0, 12.5)
    assert (building.volume_stated, building.year_built, building.status) == (398.0, 1931.0, "Pand in gebruik")
    assert building.other == {}


def test_names_of_the_dictionary_of_2026_are_known_too() -> None:
    building = with_attributes(b3_h_50p=6.0, b3_h_70p=6.5, b3_h_max=7.0, b3_h_min=4.0)
    assert (building.roof_height_median, building.roof_height_p70, building.roof_height_max, building.roof_height_min) == (
        6.0,
        6.5,
        7.0,
        4.0,
    )


@pytest.mark.parametrize(("lod", "suffix"), [("1.2", "12"), ("1.3", "13"), ("2.2", "22")])
def test_what_is_told_per_level_is_that_of_the_level_drawn(lod: str, suffix: str) -> None:
    told = {f"b3_rmse_lod{one}": float(one) / 100 for one in ("12", "13", "22")} | {
        f"b3_volume_lod{one}": float(one) for one in ("12", "13", "22")
    }
    codes = {"b3_val3dity_lod12": "[102]", "b3_val3dity_lod13": "[]", "b3_val3dity_lod22": "[303,307]"}
    building = with_attributes(lod=lod, **told, **codes)
    assert building.roof_fit_rmse == float(suffix) / 100
    assert building.volume_stated == float(suffix)
    assert building.invalid_codes == {"12": ("102",), "13": (), "22": ("303", "307")}[suffix]
    assert building.is_valid == (suffix == "13")


@pytest.mark.parametrize(
    ("stated", "codes"), [("[]", ()), ("[303]", ("303",)), ("[303,307]", ("303", "307")), ([102], ("102",)), ([], ()), (104, ("104",))]
)
def test_lists_of_codes_in_every_spelling(stated: Any, codes: tuple[str, ...]) -> None:
    assert bag3d.codes_in(stated) == codes


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (3, 3.0),
        (3.5, 3.5),
        ("3", 3.0),
        (" 3,5 ", 3.5),
        (None, None),
        ("", None),
        ("onbekend", None),
        ([3], None),
        (1e300, None),
    ],
)
def test_numbers_in_any_shape(value: Any, number: float | None) -> None:
    assert with_attributes(b3_bouwlagen=value, TerrainHeight=0.0, bouwlagen_x=1).storeys == number


def test_the_first_name_that_knows_speaks() -> None:
    building = with_attributes(b3_h_maaiveld=None, TerrainHeight=1.25)
    assert building.ground_height == 1.25
    assert with_attributes(b3_h_maaiveld=2.0, TerrainHeight=1.25).ground_height == 2.0


def test_attributes_without_a_name_of_ours_are_kept() -> None:
    building = with_attributes(b3_h_maaiveld=2.0, gemeente="Amersfoort", geneste={"a": [1, None]}, b3_t_run=7)
    assert building.other == {"gemeente": "Amersfoort", "geneste": {"a": [1, None]}, "b3_t_run": 7}


def test_only_the_fields_of_the_model_are_mapped() -> None:
    assert set(bag3d.FIELD_MAP) | set(bag3d.LOD_FIELD_MAP) <= set(FLOAT_FIELDS)
    assert set(bag3d.TEXT_MAP) <= set(TEXT_FIELDS)
    names = [name for names in (*bag3d.FIELD_MAP.values(), *bag3d.TEXT_MAP.values()) for name in names]
    assert len(names) == len(set(names))


def test_ground_is_measured_where_the_source_says_and_calculated_else() -> None:
    assert with_attributes(b3_h_maaiveld=2.5).ground_kind == "measured"
    lowest = with_attributes()
    assert (lowest.ground_kind, lowest.ground_height, lowest.height) == ("calculated", 2.0, 5.0)


@pytest.mark.parametrize(("lod", "height", "kind"), [("2.2", 5.0, "calculated"), ("1.2", 7.5, "measured")])
def test_a_block_may_lie_below_its_highest_point(lod: str, height: float, kind: str) -> None:
    building = with_attributes(lod=lod, b3_h_maaiveld=2.0, b3_h_dak_max=9.5)
    assert (building.height, building.height_kind) == (height, kind)


@pytest.mark.shared_data
def test_the_dictionary_of_3d_bag_knows_our_names_and_units(shared_data: Path) -> None:
    """Every b3_ name that is mapped and in use since 2024 is in the dictionary, and lengths are metres there."""
    dictionary = orjson.loads((shared_data / "3dbag/attributes.json").read_bytes())
    older = {"b3_h_dak_min", "b3_h_dak_50p", "b3_h_dak_70p", "b3_h_dak_max"}
    names = {name for names in (*bag3d.FIELD_MAP.values(), *bag3d.TEXT_MAP.values()) for name in names if name.startswith("b3_")}
    names |= {
        name.format(lod) for names in bag3d.LOD_FIELD_MAP.values() for name in names if name.startswith("b3_") for lod in ("12", "13", "22")
    }
    assert names - older <= set(dictionary)
    for field, mapped in bag3d.FIELD_MAP.items():
        for name in mapped:
            unit = (dictionary.get(name, {}).get("unit") or {}).get("en")
            assert unit is None or unit == {"m NAP": "metre", "m2": "square metre"}.get(FLOAT_FIELDS[field], unit)


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"title": "3DBAG", "version": "v2025.09.03"}, ("3D BAG", "tudelft3d and 3DGI", "v20250903", "2025-09-03", "CC-BY-4.0", False)),
        ({"title": "3D BAG tile", "fullMetadataUrl": "https://data.3dbag.nl/metadata/v20240420/metadata.json"},
         ("3D BAG", "tudelft3d and 3DGI", "v20240420", "2024-04-20", "CC-BY-4.0", False)),
        ({"title": "Vogelbuurt", "fictional": True, "referenceDate": "2025-01-01", "pointOfContact": {"contactName": "Wijktwin"}},
         ("Vogelbuurt", "Wijktwin", None, "2025-01-01", None, True)),
        ({}, ("wijk.city.json", "", None, None, None, False)),
        ({"title": 7, "pointOfContact": "x", "version": []}, ("wijk.city.json", "", None, None, None, False)),
    ],
)  # fmt: skip
def test_where_a_dataset_comes_from(metadata: dict[str, Any], expected: tuple[Any, ...]) -> None:
    source = bag3d.source_of(metadata, name="wijk.city.json")
    assert (source.title, source.owner, source.version, source.vintage, source.licence, source.fictional) == expected


def test_absurd_numbers_are_unknown_ones() -> None:
    building = with_attributes(b3_h_maaiveld=1e300, oorspronkelijkbouwjaar=10**18)
    assert building.year_built is None
    assert building.ground_kind == "calculated"
    assert np.isfinite(building.height)
