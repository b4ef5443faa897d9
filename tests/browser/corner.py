"""A corner of the embedded example: all its plans, and what stands within some metres of them.

Drawing in software is what browser tests spend their time on. What pages do can be seen as well in a seventh of the example.
"""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path
from typing import Any, Final

import shapely
from shapely.geometry import box, shape
from shapely.geometry.base import BaseGeometry

from wijktwin.places import data_folder

REACH: Final = 45.0
"""[m]"""
TABLES: Final = ("addresses", "ground", "streets", "trees")
BUILDINGS: Final = "buildings.city.jsonl.gz"


def make_corner(folder: Path) -> Path:
    """Write the corner as a neighbourhood folder, and give its path."""
    example = data_folder() / "example"
    shutil.copytree(example, folder, ignore=shutil.ignore_patterns(BUILDINGS, *(f"{name}.geojson" for name in TABLES)))
    plans = [json.loads(path.read_bytes()) for path in sorted((example / "plans").glob("*.geojson"))]
    drawn = [shape(feature["geometry"]) for plan in plans for feature in plan["features"] if feature.get("geometry")]
    area = shapely.union_all(drawn).buffer(REACH)
    head, *lines = gzip.decompress((example / BUILDINGS).read_bytes()).decode().splitlines()
    kept = [line for line in lines if _extent(json.loads(line), json.loads(head)["transform"]).intersects(area)]
    (folder / BUILDINGS).write_bytes(gzip.compress("\n".join([head, *kept, ""]).encode()))
    for name in TABLES:
        table = json.loads((example / f"{name}.geojson").read_bytes())
        table["features"] = [feature for feature in table["features"] if shape(feature["geometry"]).intersects(area)]
        (folder / f"{name}.geojson").write_text(json.dumps(table), encoding="utf-8")
    return folder


def _extent(feature: dict[str, Any], transform: dict[str, list[float]]) -> BaseGeometry:
    (x_scale, y_scale, _), (x_shift, y_shift, _) = transform["scale"], transform["translate"]
    x = [vertex[0] * x_scale + x_shift for vertex in feature["vertices"]]
    y = [vertex[1] * y_scale + y_shift for vertex in feature["vertices"]]
    return box(min(x), min(y), max(x), max(y))
