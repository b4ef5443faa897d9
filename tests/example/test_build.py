"""Building the folder: the same seed gives the same bytes, and the committed example is what the generator makes today."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import orjson
import pytest

from wijktwin.example.build import build_example, write_seq
from wijktwin.sources.cityjson.read import read_city_model

SMALL_TOWN = "4cfed38253735161d8d0ef8d14a63fe47e76c5cedac74e016d9e1f8b8fb635cd"
"""Hash of all data files of `build_example(n_buildings=60, seed=7)`; changes only when the generator is meant to make something else."""


def unpacked(folder: Path) -> dict[str, bytes]:
    """All files of a folder by their path in it, unpacked: zlib may pack differently from system to system."""
    found = {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name: gzip.decompress(data) if name.endswith(".gz") else data for name, data in found.items()}


def test_the_committed_example_is_what_the_generator_makes(example: Path, tmp_path: Path) -> None:
    built = build_example(out=tmp_path / "example")
    made, committed = unpacked(tmp_path / "example"), unpacked(example)
    assert made.keys() == committed.keys()
    assert [name for name in made if made[name] != committed[name]] == []
    assert (built.n_buildings, built.n_plans) == (1000, 4)
    assert sum(path.stat().st_size for path in example.rglob("*") if path.is_file()) < 4_000_000


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        build_example(n_buildings=60, seed=7, out=tmp_path / name)
    one, other = ({p.name: p.read_bytes() for p in (tmp_path / name).rglob("*") if p.is_file()} for name in ("one", "other"))
    assert one == other
    hashed = hashlib.sha256()
    for name, data in unpacked(tmp_path / "one").items():
        if not name.endswith(".md"):
            hashed.update(f"{name}\n".encode() + data)
    assert hashed.hexdigest() == SMALL_TOWN


def test_another_seed_is_another_neighbourhood(tmp_path: Path) -> None:
    write_seq(50, 1, tmp_path / "one.city.jsonl")
    write_seq(50, 2, tmp_path / "other.city.jsonl")
    assert (tmp_path / "one.city.jsonl").read_bytes() != (tmp_path / "other.city.jsonl").read_bytes()


def test_a_small_neighbourhood_has_no_plots_of_houses_that_are_not_there(tmp_path: Path) -> None:
    build_example(n_buildings=20, seed=1, out=tmp_path)
    rows = [feature["properties"] for feature in orjson.loads((tmp_path / "ground.geojson").read_bytes())["features"]]
    assert sum(row["kind"] in {"garden", "yard"} for row in rows) <= 20 * 4
    assert sorted(path.name for path in (tmp_path / "plans").iterdir()) == ["groene-straat.geojson"]


def test_plans_of_an_earlier_build_do_not_stay(tmp_path: Path) -> None:
    plans = tmp_path / "plans"
    plans.mkdir()
    for name in ("vogeltorens.geojson", "mine.geojson"):
        (plans / name).write_text("{}")
    build_example(n_buildings=20, seed=1, out=tmp_path)
    assert sorted(path.name for path in plans.iterdir()) == ["groene-straat.geojson", "mine.geojson"]


def test_a_sequence_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "town.city.jsonl"
    assert write_seq(300, 4, path) == 300
    model = read_city_model(path)
    assert len(model.buildings) == 300
    drawn = model.buildings.numbers["volume_stated"] > 0
    assert model.objects_by_type == {"Building": 300, "BuildingPart": int(drawn.sum())}
    assert drawn.sum() >= 288
    volume, stated = (model.buildings.numbers[name][drawn] for name in ("volume", "volume_stated"))
    assert volume == pytest.approx(stated, rel=0.001)
    assert model.buildings.flags["is_valid"].all()


def test_the_page_of_provenance_counts_what_is_there(example: Path) -> None:
    page = (example / "PROVENANCE.md").read_text(encoding="utf-8")
    rows = [feature["properties"] for feature in orjson.loads((example / "addresses.geojson").read_bytes())["features"]]
    assert f"| addresses: dwelling | {sum(row['use'] == 'dwelling' for row in rows):,} |" in page
    ground = [feature["properties"] for feature in orjson.loads((example / "ground.geojson").read_bytes())["features"]]
    assert f"each drawn | {sum(row['kind'] == 'parking' for row in ground):,} |" in page
    assert "Verzonnen" in page
    assert "369,600" in page
