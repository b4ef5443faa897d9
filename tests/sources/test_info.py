"""What `wijktwin info` says is true: of a made file by hand, of the real tile by the sums of its own register."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.sources.small_documents import as_bytes, building_id, document, feature, header, sequence
from wijktwin.cli.command_line import main
from wijktwin.errors import InputError
from wijktwin.sources.cityjson.info import summarise

KEYS = {
    "version", "crs", "objects", "lods", "buildings", "triangles", "volume_m3", "footprint_m2", "height_m", "years", "warnings",
}  # fmt: skip


def written(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "wijk.city.json"
    path.write_bytes(data)
    return path


def as_json(path: Path, **options: Any) -> dict[str, Any]:
    answer: dict[str, Any] = orjson.loads(summarise(path, **options).as_json())
    return answer


def test_three_cubes(tmp_path: Path) -> None:
    made = document(3)
    made["CityObjects"][building_id(2)]["attributes"]["oorspronkelijkbouwjaar"] = 2024
    answer = as_json(written(tmp_path, as_bytes(made)))
    assert set(answer) > KEYS
    assert answer["version"] == "2.0"
    assert answer["crs"] == "EPSG:7415"
    assert answer["objects"] == {"Building": 3, "BuildingPart": 3}
    assert answer["lods"] == {"2.2": 3}
    assert answer["buildings"] == 3
    assert answer["triangles"] == 3 * 12
    assert answer["volume_m3"] == pytest.approx(3_000.0)
    assert answer["n_without_volume"] == 0
    assert answer["footprint_m2"] == pytest.approx(300.0)
    assert answer["height_m"] == pytest.approx({"min": 10.0, "max": 10.0})
    assert answer["elevation_m"] == pytest.approx({"min": 2.0, "max": 12.0})
    assert answer["years"] == {"min": 1965, "max": 2024}
    assert answer["point_cloud_years"] is None
    assert answer["extent"] == pytest.approx([155_000.0, 463_000.0, 155_050.0, 463_010.0])
    assert answer["invalid_solids"] == 0
    assert answer["lods_drawn"] == {"2.2": 3}
    assert answer["geometry_from"] == {"solid": 3}
    assert answer["set_aside"] == {}
    assert answer["warnings"] == []


def test_a_file_without_buildings(tmp_path: Path) -> None:
    answer = as_json(written(tmp_path, as_bytes(header())))
    assert answer["buildings"] == answer["triangles"] == answer["volume_m3"] == 0
    assert answer["height_m"] is answer["years"] is answer["extent"] is None


def test_a_file_without_reference_system_is_told_and_one_can_be_given(tmp_path: Path) -> None:
    path = written(tmp_path, as_bytes({**document(1), "metadata": {}}))
    answer = as_json(path)
    assert answer["crs"] is None
    assert any("reference system" in warning for warning in answer["warnings"])
    assert as_json(path, crs=28992)["crs"] == "EPSG:28992"


def test_an_open_solid_is_counted_as_invalid(tmp_path: Path) -> None:
    made = document(2)
    shell = made["CityObjects"][f"{building_id(1)}-0"]["geometry"][0]["boundaries"][0]
    del shell[1]
    made["CityObjects"][f"{building_id(1)}-0"]["geometry"][0]["semantics"]["values"][0].pop()
    answer = as_json(written(tmp_path, as_bytes(made)))
    assert answer["invalid_solids"] == 1
    assert answer["buildings"] == 2
    assert any("not valid" in warning for warning in answer["warnings"])


def test_what_was_left_out_is_named_and_counted(tmp_path: Path) -> None:
    broken = feature(1)
    broken["vertices"] = broken["vertices"][:-1]
    answer = as_json(written(tmp_path, sequence([feature(0), broken, feature(2)])))
    assert answer["buildings"] == 2
    assert answer["set_aside"] == {"Building": 1, "BuildingPart": 1}
    assert any(f"{building_id(1)}-0" in warning for warning in answer["warnings"])


def test_the_command_as_text_and_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, as_bytes(document(2)))
    assert main(["info", str(path)]) == 0
    text = capsys.readouterr().out
    for shown in ("CityJSON 2.0", "EPSG:7415", "Building 2", "2,000 m³", "10.0 m above ground", "1965"):
        assert shown in text
    assert main(["info", "--json", str(path)]) == 0
    assert orjson.loads(capsys.readouterr().out)["volume_m3"] == pytest.approx(2_000.0)


def test_the_amersfoort_tile(shared_data: Path) -> None:
    """167 buildings, and the volume of the mesh is that which the 3D BAG itself reports, within a thousandth."""
    path = shared_data / "3dbag" / "amersfoort_dehoef_9-572-632_v20250903.city.json"
    objects = orjson.loads(path.read_bytes())["CityObjects"].values()
    stated = [one["attributes"] for one in objects if one["type"] == "Building"]
    answer = as_json(path)
    assert answer["buildings"] == len(stated) == 167
    assert answer["volume_m3"] == pytest.approx(sum(one["b3_volume_lod22"] for one in stated), rel=1e-3)
    years = [one["oorspronkelijkbouwjaar"] for one in stated]
    assert answer["years"] == {"min": min(years), "max": max(years)}
    assert answer["crs"] == "EPSG:7415"
    assert answer["objects"] == {"Building": 167, "BuildingPart": 167}
    assert answer["point_cloud_years"]["max"] == max(one["b3_pw_datum"] for one in stated)
    assert answer["invalid_solids"] == 4
    highest = max(one["b3_h_dak_max"] - one["b3_h_maaiveld"] for one in stated if one["b3_h_dak_max"] is not None)
    assert answer["height_m"]["max"] == pytest.approx(highest, abs=0.5)


SHARED_REFUSED = {
    "cjdb__ex_hugeint.jsonl": ("reading.number_overflows", "2"),
    "invalid_cityjsonfeature_root_id_unresolved.city.jsonl": ("reading.root_missing", "missing-main-object"),
    "invalid_missing_type.json": ("reading.no_type", "type"),
    "invalid_out_of_range_vertex_index.json": ("reading.index_out_of_range", "99"),
    "specs__invalid.v09.json": ("reading.old_version", "0.9"),
    "val3dity__test_cjseq_notransform.city.jsonl": ("reading.no_transform", "transform"),
    "val3dity__test_cjseq_unclosedbracket.city.jsonl": ("reading.unclosed", "1"),
    "val3dity__test_empty_completely_empty.json": ("reading.empty", ""),
    "val3dity__test_file_format_invalid_json_cityjson.json": ("reading.not_json", "3"),
}
SHARED_FLAGGED = {
    "val3dity__several_lods_invalid_geom.json": ("reading.lod_twice", 1),
    "no_metadata.city.jsonl": ("reading.no_crs", 0),
    "invalid_u64_f64_bounds.json": ("reading.not_drawn", 1),
}


@pytest.mark.parametrize("name", SHARED_REFUSED)
def test_every_invalid_file_is_refused_in_one_line(shared_data: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    key, named = SHARED_REFUSED[name]
    path = shared_data / "invalid" / name
    with pytest.raises(InputError) as caught:
        summarise(path)
    assert caught.value.key == key
    for language in ("nl", "en"):
        assert name in caught.value.sentence(language)
        assert named in caught.value.sentence(language)
    assert main(["info", str(path)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 1
    assert "Traceback" not in shown.err


@pytest.mark.parametrize("name", SHARED_FLAGGED)
def test_three_odd_files_are_read_and_flagged(shared_data: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    key, n_buildings = SHARED_FLAGGED[name]
    path = shared_data / "invalid" / name
    assert main(["info", "--json", str(path)]) == 0
    answer = orjson.loads(capsys.readouterr().out)
    assert answer["buildings"] == n_buildings
    assert any(name in warning for warning in answer["warnings"])
    from wijktwin.sources.cityjson.read import read_city_model

    assert key in {note.key for note in read_city_model(path).notes}


def test_no_invalid_file_is_forgotten(shared_data: Path) -> None:
    assert {path.name for path in (shared_data / "invalid").iterdir()} == {*SHARED_REFUSED, *SHARED_FLAGGED}
