"""Keeps ``docs/plan-schema.md`` and the templates in step with the schema and the example: ``python docs/make_plan_schema.py``.

The tables and the example in the text stand between ``<!-- name -->`` and ``<!-- /name -->``; everything else is written by hand. The
templates in ``data/`` are a small plan on a lawn of the embedded example. Tests see that this was run.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from wijktwin import crs  # noqa: E402
from wijktwin.export.plan_geopackage import write_plan_geopackage  # noqa: E402
from wijktwin.model.neighbourhood import Neighbourhood  # noqa: E402
from wijktwin.places import data_folder, example_folder  # noqa: E402
from wijktwin.sources.folder import read_folder  # noqa: E402
from wijktwin.sources.plan_files import plan_schema, read_plan  # noqa: E402
from wijktwin.sources.plans.schema import FEATURES  # noqa: E402

TEXT: Final = ROOT / "docs" / "plan-schema.md"
TEMPLATE: Final = data_folder() / "plan-template.geojson"
TEMPLATE_PACKAGE: Final = data_folder() / "plan-template.gpkg"
UNITS: Final = {"m2": "m²", "m3": "m³", "h": "h", "count": "", "m NAP": "m NAP", "m": "m"}
Json = dict[str, Any]


def filled_in(text: str) -> str:
    """The documentation with its tables and example as they should be now."""
    blocks = {f"table {part}": table(part) for part in ("plan", *FEATURES)}
    lists = ("changes", "dwellings", "streets", "settled", "works", "claims", "source")
    blocks |= {f"table plan {name}": list_table(name) for name in lists}
    blocks["example"] = f"```json\n{TEMPLATE.read_text(encoding='utf-8').strip()}\n```"
    for name, content in blocks.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        if text.count(begin) != 1 or text.count(end) != 1:
            msg = f"docs/plan-schema.md must have one place for “{name}”"
            raise ValueError(msg)
        before, rest = text.split(begin)
        text = before + begin + content + "\n" + end + rest.split(end)[1]
    return text


def table(part: str) -> str:
    """The fields of the facts or of one kind of feature."""
    schema = plan_schema()["$defs"][part]
    return _table({name: item for name, item in schema["properties"].items() if name != "feature"}, schema["required"])


def list_table(name: str) -> str:
    """The fields of what the facts have several of."""
    schema = plan_schema()["$defs"]["plan"]["properties"][name]
    schema = schema.get("items", schema)
    return _table(schema["properties"], schema["required"])


def _table(fields: Mapping[str, Json], required: list[str]) -> str:
    lines = ["| field | Nederlands | what it is | value |", "|---|---|---|---|"]
    for name, item in fields.items():
        shown = f"**`{name}`**" if name in required else f"`{name}`"
        lines.append(f"| {shown} | {item['x-nl']} | {item['description'].replace('|', '/')} | {_value(item)} |")
    return "\n".join(lines) if fields else "No fields besides `feature`."


def _value(item: Json) -> str:
    if "enum" in item:
        return ", ".join(f"`{value}`" for value in item["enum"])
    if "const" in item:
        return f"`{item['const']}`"
    unit = UNITS.get(item.get("x-unit", ""), "")
    kind = item.get("type")
    if kind in ("number", "integer"):
        whole = "whole number, " if kind == "integer" else ""
        return f"{whole}{item['minimum']} to {item['maximum']} {unit}".strip()
    if isinstance(kind, list):
        return "text or `{nl, en}`"
    return {"string": "text", "boolean": "`true` or `false`", "object": "object", "array": "list"}[str(kind)]


# ----------------------------------------------------------------------------------------------------------------- templates
def template(neighbourhood: Neighbourhood) -> Json:
    """A small plan that uses every part of the schema, in the middle of the widest lawn of a neighbourhood."""
    x, y = _widest_lawn(neighbourhood)
    shed = _nearest_shed(neighbourhood, x, y)
    felled = _nearest(neighbourhood.tree_table, x, y)
    street = _nearest(neighbourhood.street_table, x, y)

    def placed(shape: shapely.Geometry) -> Json:
        degrees = shapely.transform(shape, lambda xy: np.round(crs.to_wgs84(xy, neighbourhood.horizontal_crs), 8))
        geometry: Json = json.loads(shapely.to_geojson(degrees))
        return geometry

    def box(x0: float, y0: float, x1: float, y1: float) -> Json:
        return placed(shapely.box(x + x0, y + y0, x + x1, y + y1))

    def point(dx: float, dy: float) -> Json:
        return placed(shapely.Point(x + dx, y + dy))

    features = [
        _feature(box(-10, -5, 0, 3), feature="volume", volume_id="blok", title={"nl": "Woonblok", "en": "Block of flats"}, storeys=4,
                 use="dwelling", floor_area=320, bicycle_places=24, latitude="choice"),
        _feature(box(0, -5, 6, 3), feature="volume", volume_id="kop", title={"nl": "Kop", "en": "Corner"}, height=17.5, storeys=5,
                 storey_height=3.2, use="mixed", floor_area=240, latitude="open"),
        _feature(box(6, -5, 9, 3), feature="volume", volume_id="luifel", title={"nl": "Luifel", "en": "Canopy"}, base=4, height=5,
                 use="other", latitude="open"),
        _feature(box(-10, -5, 6, 3), feature="volume", volume_id="kelder", title={"nl": "Fietskelder", "en": "Bicycle basement"}, base=-3,
                 height=0, storeys_below=1, use="parking", bicycle_places=60, latitude="fixed"),
        _feature(box(-10, -9, 0, -5), feature="ground", change_id="hof", title={"nl": "Parkeerhof", "en": "Parking court"}, kind="parking",
                 parking_places=4, latitude="choice"),
        _feature(box(-10, 3, 9, 5), feature="ground", change_id="pad", title={"nl": "Pad", "en": "Path"}, kind="pavement", latitude="open"),
        _feature(point(3, 8), feature="tree", tree_id="linde", species="Tilia cordata", height=15, crown_diameter=8, latitude="open"),
        _feature(placed(shapely.Point(felled.geometry.x + 0.4, felled.geometry.y)), feature="felled_tree"),
        _feature(placed(shed.representative_point()), feature="demolition"),
        _feature(box(-12, -10, 11, 10), feature="boundary"),
    ]  # fmt: skip
    return {"type": "FeatureCollection", "plan": _facts(str(street["street_id"])), "features": features}


def _facts(street_id: str) -> Json:
    who = "Buurtvereniging Voorbeeld (fictief)"
    return {
        "schema_version": "1", "plan_id": "voorbeeldplan", "title": {"nl": "Klein woonblok op het veld", "en": "Small block on the lawn"},
        "summary": {"nl": "Een verzonnen plan dat elk onderdeel van een planbestand laat zien.",
                    "en": "An invented plan that shows every part of a plan file."},
        "proposer": who, "party": "residents", "role": "alternative", "status": "draft",
        "dates": {"draft": "2026-01-15"},
        "changes": [{"date": "2026-02-10", "text": {"nl": "Kop een verdieping lager", "en": "Corner one storey lower"}}],
        "dwellings": [
            {"count": 8, "tenure": "social_rent", "dwelling_type": "apartment", "volume_id": "blok", "floor_area": 60},
            {"count": 3, "tenure": "owner", "dwelling_type": "apartment", "volume_id": "kop"},
        ],
        "streets": [{"street_id": street_id, "traffic": "forward", "latitude": "choice"}],
        "settled": [
            {"subject": {"nl": "De fietskelder", "en": "The bicycle basement"}, "latitude": "fixed"},
            {"subject": {"nl": "Hoe hoog de kop wordt", "en": "How high the corner will be"}, "latitude": "open"},
        ],
        "works": [
            {"begin": "2028-03-06", "end": "2029-06-30", "title": {"nl": "Bouw van het blok", "en": "Building the block"},
             "first_hour": 7, "last_hour": 16},
        ],
        "water_storage": 40,
        "claims": [
            {"claim_id": "parkeren", "owner": who, "party": "residents", "date": "2026-02-01",
             "text": {"nl": "Er komen genoeg parkeerplaatsen.", "en": "There will be enough parking places."},
             "source": {"title": "Buurtavond 1 februari", "owner": who, "vintage": "2026-02-01", "fictional": True}},
        ],
        "source": {"title": "Schets van de buurt", "owner": who, "vintage": "2026-02-10", "licence": "CC0-1.0", "fictional": True},
        "fictional": True,
    }  # fmt: skip


def _feature(geometry: Json, **properties: object) -> Json:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _widest_lawn(neighbourhood: Neighbourhood) -> tuple[float, float]:
    table = neighbourhood.ground
    lawns = table[table["kind"] == "green"].geometry
    large = lawns.iloc[np.argsort(-lawns.area.to_numpy(), kind="stable")[:12]]
    circles = [shapely.maximum_inscribed_circle(lawn, tolerance=0.5) for lawn in large]
    x, y = max(circles, key=lambda radius: float(radius.length)).coords[0]
    return float(round(x)), float(round(y))


def _nearest(table: gpd.GeoDataFrame | None, x: float, y: float) -> pd.Series[Any]:
    if table is None:
        msg = "the example has trees and streets"
        raise ValueError(msg)
    row: pd.Series[Any] = table.iloc[int(table.geometry.distance(shapely.Point(x, y)).to_numpy().argmin())]
    return row


def _nearest_shed(neighbourhood: Neighbourhood, x: float, y: float) -> BaseGeometry:
    """The nearest small building without an address."""
    lived_in = set(neighbourhood.addresses["building_id"])
    ids, outlines = neighbourhood.buildings.building_ids, neighbourhood.buildings.footprints
    empty = [outline for name, outline in zip(ids, outlines, strict=True) if name not in lived_in and outline is not None]
    shed: BaseGeometry = min((o for o in empty if o.area < 30), key=lambda outline: float(outline.distance(shapely.Point(x, y))))
    return shed


def template_text(document: Json) -> str:
    """The template as people read it: facts over several lines, two lines for each feature."""
    facts = json.dumps(document["plan"], indent=2, ensure_ascii=False).replace("\n", "\n  ")
    features = ",\n".join(
        f'    {{"type": "Feature", "properties": {json.dumps(each["properties"], ensure_ascii=False)},\n'
        f'     "geometry": {json.dumps(each["geometry"])}}}'
        for each in document["features"]
    )  # fmt: skip
    return f'{{\n  "type": "FeatureCollection",\n  "plan": {facts},\n  "features": [\n{features}\n  ]\n}}\n'


def main() -> None:
    """Write the templates and fill in the documentation."""
    neighbourhood = read_folder(example_folder())
    TEMPLATE.write_text(template_text(template(neighbourhood)), encoding="utf-8", newline="\n")
    plan = read_plan(TEMPLATE, neighbourhood=neighbourhood)
    if not TEMPLATE_PACKAGE.is_file() or read_plan(TEMPLATE_PACKAGE, neighbourhood=neighbourhood).content_key != plan.content_key:
        write_plan_geopackage(plan, TEMPLATE_PACKAGE, neighbourhood=neighbourhood)  # its bytes hold the time
    TEXT.write_text(filled_in(TEXT.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    print(f"{TEXT.name}, {TEMPLATE.name} and {TEMPLATE_PACKAGE.name} are as the schema and the example are now.")


if __name__ == "__main__":
    main()
