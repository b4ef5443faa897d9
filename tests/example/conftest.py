"""The example as it is committed, and as the generator makes it in memory."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import shapely
from numpy.typing import NDArray

from wijktwin.example.build import generate
from wijktwin.example.town import Settlement


@dataclass(frozen=True)
class City:
    """The committed buildings, parsed by hand: no reader of ours has a say in these tests."""

    header: dict[str, Any]
    features: list[dict[str, Any]]

    def points(self, feature: dict[str, Any]) -> NDArray[np.float64]:
        transform = self.header["transform"]
        points: NDArray[np.float64] = np.array(feature["vertices"]) * transform["scale"] + transform["translate"]
        return points

    def attributes(self, feature: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = feature["CityObjects"][feature["id"]]["attributes"]
        return found

    def solids(self, feature: dict[str, Any]) -> dict[str, dict[str, Any]]:
        part = feature["CityObjects"].get(f"{feature['id']}-0", {"geometry": []})
        return {geometry["lod"]: geometry for geometry in part["geometry"]}

    def footprint(self, feature: dict[str, Any]) -> shapely.Polygon:
        rings = feature["CityObjects"][feature["id"]]["geometry"][0]["boundaries"][0]
        points = self.points(feature)
        outer, *holes = [points[ring, :2] for ring in rings]
        return shapely.Polygon(outer, holes)


@dataclass(frozen=True)
class Table:
    """One committed table: properties and shapes."""

    rows: list[dict[str, Any]]
    shapes: NDArray[np.object_]

    def where(self, **wanted: Any) -> NDArray[np.object_]:
        chosen = [all(row.get(name) == value for name, value in wanted.items()) for row in self.rows]
        shapes: NDArray[np.object_] = self.shapes[np.array(chosen)]
        return shapes


@pytest.fixture(scope="session")
def example(root: Path) -> Path:
    return root / "data" / "example"


@pytest.fixture(scope="session")
def city(example: Path) -> City:
    header, *features = [orjson.loads(line) for line in gzip.decompress((example / "buildings.city.jsonl.gz").read_bytes()).splitlines()]
    return City(header, features)


@pytest.fixture(scope="session")
def footprints(city: City) -> NDArray[np.object_]:
    return np.array([city.footprint(feature) for feature in city.features], dtype=object)


def _table(path: Path) -> Table:
    features = orjson.loads(path.read_bytes())["features"]
    shapes = shapely.from_geojson([orjson.dumps(feature["geometry"]).decode() for feature in features])
    return Table([feature["properties"] for feature in features], shapes)


@pytest.fixture(scope="session")
def ground(example: Path) -> Table:
    return _table(example / "ground.geojson")


@pytest.fixture(scope="session")
def trees(example: Path) -> Table:
    return _table(example / "trees.geojson")


@pytest.fixture(scope="session")
def addresses(example: Path) -> Table:
    return _table(example / "addresses.geojson")


@pytest.fixture(scope="session")
def streets(example: Path) -> Table:
    return _table(example / "streets.geojson")


@pytest.fixture(scope="session")
def settlement() -> Settlement:
    """The example in memory; tests only look at it."""
    return generate()[0]
