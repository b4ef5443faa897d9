"""Destinations and parking counts from a folder: read, refused with one sentence, kept when the neighbourhood is prepared."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.sources.test_folder import table
from wijktwin.errors import InputError
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.reachability import home_ways
from wijktwin.model.network import Mode
from wijktwin.model.surroundings import DestinationKind
from wijktwin.sources.folder import folder_fingerprint, read_folder
from wijktwin.sources.prepared_folder import read_prepared, write_prepared

POINT = {"type": "Point", "coordinates": [151_000.0, 477_000.0]}
LINE = {"type": "LineString", "coordinates": [[151_000.0, 477_000.0], [151_050.0, 477_000.0]]}


@pytest.fixture
def folder(example: Path, tmp_path: Path) -> Path:
    """The example without its counts."""
    copied = shutil.copytree(example, tmp_path / "buurt")
    (copied / "parking_counts.geojson").unlink()
    return Path(copied)


@pytest.fixture(scope="session")
def example(root: Path) -> Path:
    return root / "data" / "example"


def test_a_list_of_places_decides_where_people_go(folder: Path) -> None:
    before = folder_fingerprint(folder)
    table(folder / "destinations.geojson", [({"kind": "school", "name": "De Linde"}, POINT)])
    assert folder_fingerprint(folder) != before
    found = read_folder(folder)
    assert found.destinations["name"].tolist() == ["De Linde"]
    assert found.sources[-1].title == "destinations.geojson", "a table that no source covers is credited by its name"
    home = found.addresses.loc[lambda rows: rows["use"] == "dwelling"].iloc[0]
    ways = home_ways(found.with_plans(), home["address_id"], assumptions=default_assumptions())
    to_school = next(one.before for one in ways if (one.mode, one.kind) == (Mode.WALK, DestinationKind.SCHOOL))
    assert to_school is not None
    assert to_school >= home.geometry.distance(found.destinations.geometry.iloc[0])


def test_tables_are_kept_when_a_neighbourhood_is_prepared(folder: Path, tmp_path: Path) -> None:
    table(folder / "destinations.geojson", [({"kind": "main_road"}, POINT)])
    table(folder / "parking_counts.geojson", [({"street": "Laan", "moment": "2026-05-12 22:00", "parked": 3}, LINE)])
    found = read_folder(folder)
    write_prepared(found, tmp_path / "prepared")
    again = read_prepared(tmp_path / "prepared")
    assert again.destinations.equals(found.destinations)
    assert again.parking_counts.equals(found.parking_counts)
    assert found.parking_counts["places"].isna().all()


@pytest.mark.parametrize(
    ("name", "known", "shape", "told"),
    [
        ("destinations", {"kind": "church"}, POINT, "church"),
        ("destinations", {}, POINT, "kind"),
        ("destinations", {"kind": "school"}, LINE, "Point"),
        ("parking_counts", {"street": "Laan", "moment": "nu", "parked": "veel"}, LINE, "veel"),
        ("parking_counts", {"street": "Laan", "parked": 3}, LINE, "moment"),
        ("parking_counts", {"moment": "nu", "parked": 3}, LINE, "street"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(folder: Path, name: str, known: Any, shape: Any, told: str) -> None:
    table(folder / f"{name}.geojson", [(known, shape)])
    with pytest.raises(InputError) as caught:
        read_folder(folder)
    sentence = caught.value.sentence("en")
    assert f"{name}.geojson" in sentence
    assert told in sentence
    assert "\n" not in sentence
