"""Ground and trees from objects that are no buildings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from tests.sources.shapes import PLACE, Vertices, document, note_keys, prism, read, solid
from wijktwin.model.surroundings import GroundKind
from wijktwin.sources.cityjson.surroundings import GROUND_TYPES, ground_kind


def flat(vertices: Vertices, outline: shapely.Polygon, height: float = 0.0) -> dict[str, Any]:
    rings = [np.array(ring.coords)[:-1, :2] for ring in (outline.exterior, *outline.interiors)]
    faces = [[np.column_stack([ring, np.full(len(ring), height)]) for ring in rings]]
    return {"type": "MultiSurface", "lod": "1", "boundaries": vertices.shell(faces)}


@pytest.mark.parametrize(
    ("kind", "attributes", "expected"),
    [
        ("Road", {"function": "voetpad"}, "pavement"), ("Road", {"function": "parkeervlak"}, "parking"),
        ("Road", {"function": "fietspad"}, "cycle_path"), ("Road", {"function": "rijbaan lokale weg"}, "carriageway"),
        ("Road", {}, "carriageway"), ("Road", {"function": "waardeOnbekend"}, "carriageway"),
        ("LandUse", {"bgt_fysiekvoorkomen": "erf"}, "yard"), ("LandUse", {"class": "grasland overig"}, "green"), ("LandUse", {}, "other"),
        ("LandUse", {"kind": "playground"}, "playground"), ("PlantCover", {"class": "groenvoorziening"}, "green"),
        ("WaterBody", {}, "water"),
        ("Waterway", {}, "water"), ("Railway", {}, "railway"), ("TransportSquare", {}, "square"), ("TINRelief", {}, "terrain"),
        ("Road", {"function": 7}, "carriageway"), ("Road", {"function": "pedestrian"}, "pavement"),
    ],
)  # fmt: skip
def test_what_ground_is_used_for(kind: str, attributes: dict[str, Any], expected: str) -> None:
    assert ground_kind(kind, attributes) == GroundKind(expected)


def test_a_piece_of_ground_keeps_its_holes_its_height_and_its_name() -> None:
    vertices = Vertices()
    outline = shapely.Polygon([(0, 0), (20, 0), (20, 10), (0, 10)], [[(5, 2), (5, 6), (9, 6), (9, 2)]])
    facts = {"function": "voetpad", "surfacematerial": "klinkers"}
    objects = {
        "weg": {
            "type": "Road",
            "geometry": [flat(vertices, outline, 1.5)],
            "attributes": facts,
        },
        "plas": {"type": "WaterBody", "geometry": [flat(vertices, shapely.box(30, 0, 40, 10))]},
    }
    table = read(document(objects, vertices)).ground_table
    assert table is not None
    path = table.set_index("surface_id").loc["weg"]
    assert (path["kind"], path["material"], path["ground_height"]) == ("pavement", "klinkers", pytest.approx(PLACE[2] + 1.5))
    assert path.geometry.area == pytest.approx(200 - 16)
    assert path.geometry.bounds[:2] == pytest.approx(PLACE[:2])
    assert np.isnan(path["parking_places"])
    assert table.crs.to_epsg() == 28992


def test_terrain_of_many_triangles_is_one_outline() -> None:
    vertices = Vertices()
    corners = [np.array([x, y, np.sin(x) + y / 5]) for x in range(5) for y in range(4)]
    faces = []
    for x in range(4):
        for y in range(3):
            a, b, c, d = (corners[4 * (x + i) + y + j] for i, j in ((0, 0), (1, 0), (1, 1), (0, 1)))
            faces += [[np.array([a, b, c])], [np.array([a, c, d])]]
    geometry = {"type": "CompositeSurface", "lod": "2", "boundaries": vertices.shell(faces)}
    table = read(document({"terrein": {"type": "TINRelief", "geometry": [geometry]}}, vertices)).ground_table
    assert table is not None
    assert table.geometry[0].area == pytest.approx(12)
    assert table["kind"].tolist() == ["terrain"]


def test_every_ground_type_has_a_kind() -> None:
    assert set(GROUND_TYPES) == {"TINRelief", "LandUse", "Road", "Railway", "TransportSquare", "Waterway", "WaterBody", "PlantCover"}


def test_a_tree_is_as_high_and_wide_as_it_is_drawn_unless_somebody_measured_it() -> None:
    vertices = Vertices()
    crown = solid([vertices.shell(prism(shapely.box(0, 0, 4, 5), 0, 11))])
    facts = {"height": 9.5, "crownDiameter": 3.0, "species": "Tilia"}
    objects = {
        "drawn": {"type": "SolitaryVegetationObject", "geometry": [crown]},
        "measured": {
            "type": "SolitaryVegetationObject",
            "geometry": [crown],
            "attributes": facts,
        },
        "nowhere": {"type": "SolitaryVegetationObject", "geometry": []},
    }
    model = read(document(objects, vertices))
    assert model.tree_table is not None
    trees = model.tree_table.set_index("tree_id")
    drawn, measured = trees.loc["drawn"], trees.loc["measured"]
    assert (drawn["height"], drawn["crown_diameter"], drawn["kind"]) == (pytest.approx(11), pytest.approx(5), "calculated")
    assert (measured["height"], measured["crown_diameter"], measured["kind"], measured["species"]) == (9.5, 3.0, "measured", "Tilia")
    assert (drawn.geometry.x, drawn.geometry.y) == (pytest.approx(PLACE[0] + 2), pytest.approx(PLACE[1] + 2.5))
    assert drawn["ground_height"] == pytest.approx(PLACE[2])
    assert model.set_aside == {"SolitaryVegetationObject": 1}


def test_a_point_is_a_tree_without_height() -> None:
    vertices = Vertices()
    point = {"type": "MultiPoint", "lod": "1", "boundaries": [vertices.number(np.array([3.0, 4.0, 1.0]))]}
    table = read(document({"boom": {"type": "SolitaryVegetationObject", "geometry": [point]}}, vertices)).tree_table
    assert table is not None
    assert np.isnan(table["height"][0])
    assert np.isnan(table["crown_diameter"][0])
    assert table["ground_height"][0] == pytest.approx(3.0)


@pytest.mark.parametrize("kind", ["Bridge", "CityFurniture", "+Windturbine", "BuildingInstallation", "Tunnel", "OtherConstruction"])
def test_what_is_neither_is_kept_aside_and_counted(kind: str) -> None:
    vertices = Vertices()
    shell = solid([vertices.shell(prism(shapely.box(0, 0, 1, 1), 0, 1))])
    model = read(document({"x": {"type": kind, "geometry": [shell]}, "y": {"type": kind}}, vertices))
    assert model.set_aside == {kind: 2}
    assert model.objects_by_type == {kind: 2}
    assert len(model.buildings) == 0
    assert "reading.not_shown" in note_keys(model)
