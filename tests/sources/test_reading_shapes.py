"""What is drawn of a building: the right solid, closed, outward, with its true volume, however it is written."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sources.shapes import (
    BUILDING,
    PLACE,
    Vertices,
    building_document,
    document,
    drawn,
    moved,
    note_keys,
    only,
    prism,
    read,
    solid,
    turned_round,
)  # fmt: skip
from wijktwin.model.mesh import Mesh, SurfaceKind

SQUARE = shapely.box(0, 0, 10, 8)
HOLED = shapely.Polygon([(0, 0), (20, 0), (20, 12), (0, 12)], [[(5, 4), (5, 8), (9, 8), (9, 4)], [(12, 3), (12, 6), (17, 6), (17, 3)]])
TURNS = st.tuples(st.floats(0, 2 * np.pi), st.floats(-1, 1), st.floats(0, 2 * np.pi))


def rotation(turns: tuple[float, float, float]) -> np.ndarray[Any, Any]:
    first, tilt, last = turns

    def about_z(angle: float) -> np.ndarray[Any, Any]:
        return np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])

    about_x = np.array([[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]])
    turned: np.ndarray[Any, Any] = about_z(first) @ about_x @ about_z(last)
    return turned


@st.composite
def outlines(draw: st.DrawFn) -> shapely.Polygon:
    """Star-shaped outlines of 3 to 24 corners, half of them with a hole."""
    n = draw(st.integers(3, 24))
    radii = np.array(draw(st.lists(st.floats(4, 20), min_size=n, max_size=n)))
    angles = (np.arange(n) + 0.8 * np.array(draw(st.lists(st.floats(0, 1), min_size=n, max_size=n)))) * 2 * np.pi / n
    points = np.column_stack([radii * np.cos(angles), radii * np.sin(angles)])
    hole = 0.2 * points[::-1] if draw(st.booleans()) and np.hypot(*points.T).min() > 3 else None
    outline = shapely.Polygon(points, None if hole is None else [hole])
    return outline if outline.is_valid and outline.area > 1 else SQUARE


def assert_closed_and_outward(mesh: Mesh) -> None:
    """Every edge of the rings is used once in each direction, and so is every edge within a surface's triangles."""
    corners = mesh.triangle_corners()
    assert np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) > 0
    edges: dict[tuple[int, int], int] = {}
    for start, end in zip(mesh.ring_start[:-1], mesh.ring_start[1:], strict=True):
        ring = mesh.ring_vertices[start:end].tolist()
        for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
            edges[a, b] = edges.get((a, b), 0) + 1
    assert all(edges.get((b, a)) == count for (a, b), count in edges.items())


@settings(max_examples=60)
@given(outline=outlines(), turns=TURNS, height=st.floats(2, 60))
def test_turning_and_moving_changes_neither_area_nor_volume(outline: shapely.Polygon, turns: Any, height: float) -> None:
    faces = moved(prism(outline, 0, height), rotation(turns), np.array([137.0, -45.0, 60.0]))
    model = drawn(faces)
    assert only(model, "volume") == pytest.approx(outline.area * height, rel=2e-4)
    around = outline.length * height
    assert model.mesh.surface_areas().sum() == pytest.approx(2 * outline.area + around, rel=2e-4)
    assert model.buildings.flags["is_valid"].all(), model.buildings.invalid_codes


@settings(max_examples=60)
@given(outline=outlines())
def test_triangles_cover_a_face_with_holes_exactly_once(outline: shapely.Polygon) -> None:
    model = drawn(prism(outline, 0, 5))
    mesh = model.mesh
    roof = int(np.flatnonzero(mesh.surface_kind == SurfaceKind.ROOF)[0])
    triangles = [shapely.Polygon(corners[:, :2]) for corners in mesh.triangle_corners()[mesh.triangle_surface == roof]]
    assert sum(triangle.area for triangle in triangles) == pytest.approx(outline.area, rel=1e-4)
    assert shapely.union_all(triangles).area == pytest.approx(outline.area, rel=1e-4)
    rings = mesh.surface_rings(roof)
    assert len(rings) == 1 + len(outline.interiors)


@pytest.mark.parametrize("outline", [SQUARE, HOLED])
def test_a_shell_inside_out_is_turned_and_told(outline: shapely.Polygon) -> None:
    model = drawn(turned_round(prism(outline, 0, 5)))
    assert only(model, "volume") == pytest.approx(outline.area * 5)
    assert_closed_and_outward(model.mesh)
    assert model.buildings.flags["is_repaired"].tolist() == [True]
    assert "reading.turned" in note_keys(model)


@pytest.mark.parametrize("which", range(6))
def test_one_face_inside_out_is_turned_and_told(which: int) -> None:
    faces = prism(SQUARE, 0, 5)
    faces[which] = [ring[::-1] for ring in faces[which]]
    model = drawn(faces)
    assert only(model, "volume") == pytest.approx(SQUARE.area * 5)
    assert_closed_and_outward(model.mesh)
    assert model.buildings.flags["is_repaired"].tolist() == [True]


def test_a_sound_solid_is_left_as_it_is() -> None:
    model = drawn(prism(HOLED, 0, 5))
    assert_closed_and_outward(model.mesh)
    assert not model.buildings.flags["is_repaired"].any()
    assert "reading.turned" not in note_keys(model)


@pytest.mark.parametrize("inside_out", [True, False])
def test_a_cavity_is_not_part_of_the_volume(inside_out: bool) -> None:
    vertices = Vertices()
    cavity = prism(shapely.box(2, 2, 6, 6), 1, 4)
    shells = [vertices.shell(prism(SQUARE, 0, 5)), vertices.shell(turned_round(cavity) if inside_out else cavity)]
    model = read(building_document([solid(shells)], vertices))
    assert only(model, "volume") == pytest.approx(SQUARE.area * 5 - 4 * 4 * 3)
    assert_closed_and_outward(model.mesh)
    assert model.buildings.flags["is_repaired"].tolist() == [not inside_out]


@pytest.mark.parametrize("kind", ["MultiSolid", "CompositeSolid"])
def test_several_solids_are_one_building(kind: str) -> None:
    vertices = Vertices()
    solids = [[vertices.shell(prism(shapely.box(x, 0, x + 4, 4), 0, 3))] for x in (0, 4, 20)]
    model = read(building_document([{"type": kind, "lod": "2", "boundaries": solids}], vertices))
    assert only(model, "volume") == pytest.approx(3 * 48)
    assert model.buildings.texts["geometry_from"] == ("solid",)
    assert only(model, "footprint_area") == pytest.approx(48)
    assert model.buildings.footprints[0].geom_type == "MultiPolygon"


@pytest.mark.parametrize("kind", ["MultiSurface", "CompositeSurface"])
def test_loose_surfaces_that_close_hold_a_volume(kind: str) -> None:
    vertices = Vertices()
    model = read(building_document([{"type": kind, "lod": 2, "boundaries": vertices.shell(prism(SQUARE, 0, 5))}], vertices))
    assert only(model, "volume") == pytest.approx(400)
    assert model.buildings.texts["geometry_from"] == ("surfaces",)


def test_walls_left_out_between_neighbours_change_no_volume() -> None:
    vertices = Vertices()
    faces = prism(SQUARE, 0, 5)[:-1]
    model = read(building_document([{"type": "MultiSurface", "lod": 2, "boundaries": vertices.shell(faces)}], vertices))
    assert only(model, "volume") == pytest.approx(400)


@pytest.mark.parametrize("z", [-40.0, 0.0, 900.0])
def test_without_a_floor_the_volume_is_counted_down_to_the_foot_of_the_walls(z: float) -> None:
    model = drawn(prism(HOLED, z, z + 5)[1:])
    assert only(model, "volume") == pytest.approx(HOLED.area * 5)
    assert model.buildings.invalid_codes == (("302",),)
    assert not model.buildings.flags["is_valid"].any()
    assert {"reading.invalid_solids", "reading.without_floor"} <= set(note_keys(model))


def _roof_only() -> list[list[np.ndarray[Any, Any]]]:
    """A pyramid without its base: what is below the eaves, nobody knows."""
    eaves, top = [np.array([x, y, 3.0]) for x, y in ((0, 0), (8, 0), (8, 8), (0, 8))], np.array([4.0, 4, 6])
    return [[np.array([eaves[side], eaves[(side + 1) % 4], top])] for side in range(4)]


@pytest.mark.parametrize("case", ["no roof", "roof only", "feet at two levels", "a wall turned", "no floor and no wall"])
def test_where_what_is_missing_may_be_anything_there_is_no_volume(case: str) -> None:
    faces = prism(SQUARE, 0, 5)
    if case == "no roof":
        del faces[1]
    elif case == "roof only":
        faces = _roof_only()
    elif case == "feet at two levels":
        faces = faces[1:]
        faces[-1] = [ring + (ring[:, 2:] == 0) * np.array([0.0, 0, 1]) for ring in faces[-1]]
    elif case == "a wall turned":
        faces = [*faces[1:-1], [ring[::-1] for ring in faces[-1]]]
    else:
        faces = faces[1:-1]
    model = drawn(faces)
    assert np.isnan(only(model, "volume"))
    assert model.buildings.invalid_codes == (("302",),)
    assert not set(note_keys(model)) & {"reading.without_floor", "reading.without_walls"}


@pytest.mark.parametrize("z", [-40.0, 0.0, 900.0])
def test_a_missing_wall_leaves_the_volume_known_at_any_height(z: float) -> None:
    model = drawn(turned_round(prism(HOLED, z, z + 5)[:-1]))
    assert only(model, "volume") == pytest.approx(HOLED.area * 5)
    assert "reading.without_walls" in note_keys(model)


def test_a_point_with_two_numbers_is_one_place() -> None:
    vertices = Vertices()
    shell = vertices.shell(prism(SQUARE, 0, 5))
    made = building_document([solid([shell])], vertices)
    twin = len(made["vertices"])
    made["vertices"].append(made["vertices"][shell[0][0][0]])
    shell[0][0][0] = twin
    model = read(made)
    assert model.buildings.flags["is_valid"].all()
    assert only(model, "volume") == pytest.approx(400)


def test_rings_that_repeat_points_are_cleaned() -> None:
    vertices = Vertices()
    shell = vertices.shell(prism(SQUARE, 0, 5))
    shell[1] = [[*shell[1][0][:2], shell[1][0][1], *shell[1][0][2:], shell[1][0][0]]]
    model = read(building_document([solid([shell])], vertices))
    assert only(model, "volume") == pytest.approx(400)
    assert (np.diff(model.mesh.ring_start) == 4).all()


def test_a_face_of_two_points_is_left_out_and_flagged() -> None:
    vertices = Vertices()
    shell = vertices.shell(prism(SQUARE, 0, 5))
    shell.append([[shell[0][0][0], shell[0][0][1]]])
    model = read(building_document([solid([shell])], vertices))
    assert model.mesh.n_surfaces == 6
    assert only(model, "volume") == pytest.approx(400)
    assert model.buildings.invalid_codes == (("101",),)


def test_a_ring_that_crosses_itself_is_flagged_and_shown() -> None:
    vertices = Vertices()
    crossed = [np.array([[0.0, 0, 5], [10, 8, 5], [10, 0, 5], [0, 7, 5]])]
    surfaces = vertices.shell([*prism(SQUARE, 0, 5)[:1], crossed])
    model = read(building_document([{"type": "MultiSurface", "lod": "2", "boundaries": surfaces}], vertices))
    assert model.buildings.invalid_codes == (("104",),)
    assert model.mesh.n_surfaces == 2


def test_a_hole_outside_its_face_is_flagged() -> None:
    vertices = Vertices()
    faces = prism(SQUARE, 0, 5)
    faces[1] = [faces[1][0], np.array([[12.0, 1, 5], [12, 4, 5], [15, 4, 5], [15, 1, 5]])]
    model = read(building_document([{"type": "MultiSurface", "lod": "2", "boundaries": vertices.shell(faces)}], vertices))
    assert model.buildings.invalid_codes == (("201",),)


def test_an_edge_of_four_faces_is_flagged() -> None:
    vertices = Vertices()
    shell = vertices.shell([*prism(shapely.box(0, 0, 4, 4), 0, 3), *prism(shapely.box(4, 4, 8, 8), 0, 3)])
    model = read(building_document([solid([shell])], vertices))
    assert model.buildings.invalid_codes == (("303",),)
    assert only(model, "volume") == pytest.approx(96)


def test_a_bent_face_is_flagged() -> None:
    faces = prism(SQUARE, 0, 5)
    for rings in faces:
        for ring in rings:
            ring[(ring == [10.0, 8.0, 5.0]).all(axis=1)] += [0, 0, 0.3]
    assert drawn(faces).buildings.invalid_codes == (("203",),)


# ----------------------------------------------------------------------------------------------------------- level of detail
@pytest.mark.parametrize(
    ("spellings", "chosen"),
    [
        (["1.2", "2.2", "1.3"], 2.2), ([1, 2, 3], 3.0), (["1", 2.1, "2"], 2.1), (["LoD1", "lod 2.2"], 2.2), (["2,2", "2"], 2.2),
        ([None, "1"], 1.0), ([None], np.nan), (["hoog", "0.5x"], np.nan), ([True, 1], 1.0),
    ],
)  # fmt: skip
def test_the_highest_level_is_drawn_whatever_its_spelling(spellings: list[Any], chosen: float) -> None:
    vertices = Vertices()
    geometries = [solid([vertices.shell(prism(SQUARE, 0, 3 + number))], lod=spelled) for number, spelled in enumerate(spellings)]
    model = read(building_document(geometries, vertices))
    np.testing.assert_equal(only(model, "lod"), chosen)


def test_a_geometry_without_lod_member_is_drawn() -> None:
    vertices = Vertices()
    geometry = solid([vertices.shell(prism(SQUARE, 0, 3))])
    del geometry["lod"]
    model = read(building_document([geometry], vertices))
    assert only(model, "volume") == pytest.approx(240)
    assert model.lods == {"": 1}


@pytest.mark.parametrize("broken", ["empty", "no surface", "two points", "no area"])
def test_what_cannot_be_drawn_gives_way_to_the_next_lower_level(broken: str) -> None:
    vertices = Vertices()
    low = solid([vertices.shell(prism(SQUARE, 0, 4))], lod="1.2")
    line = [vertices.number(np.array([x, 0.0, 0.0])) for x in (0.0, 1.0, 2.0)]
    boundaries = {"empty": [], "no surface": [[]], "two points": [[[line[:2]]]], "no area": [[[line]]]}[broken]
    model = read(building_document([{"type": "Solid", "lod": "2.2", "boundaries": boundaries}, low], vertices))
    assert only(model, "lod") == 1.2
    assert only(model, "volume") == pytest.approx(320)
    assert ("reading.lowered" in note_keys(model)) == (broken != "empty")


def test_down_to_the_footprint_raised_to_its_known_height() -> None:
    vertices = Vertices()
    outline = vertices.shell([[np.array([[0.0, 0, 0], [10, 0, 0], [10, 8, 0], [0, 8, 0]])]])
    attributes = {"b3_h_maaiveld": 3.5, "b3_h_dak_70p": 9.5, "b3_h_dak_max": 11.0}
    model = read(building_document([{"type": "MultiSurface", "lod": "0", "boundaries": outline}], vertices, attributes=attributes))
    assert model.buildings.texts["geometry_from"] == ("footprint raised",)
    assert only(model, "lod") == 0.0
    assert only(model, "volume") == pytest.approx(80 * 6.0)
    assert only(model, "height") == pytest.approx(7.5)
    assert model.buildings.texts["height_kind"] == ("measured",)
    assert model.mesh.vertices[:, 2].max() == pytest.approx(9.5)
    assert_closed_and_outward(model.mesh)
    assert "reading.raised" in note_keys(model)


def test_a_footprint_of_unknown_height_is_in_the_list_but_not_drawn() -> None:
    vertices = Vertices()
    outline = vertices.shell([[np.array([[0.0, 0, 0], [10, 0, 0], [10, 8, 0], [0, 8, 0]])]])
    model = read(building_document([{"type": "MultiSurface", "lod": "0", "boundaries": outline}], vertices))
    assert model.buildings.texts["geometry_from"] == ("none",)
    assert model.mesh.n_surfaces == 0
    assert np.isnan([only(model, name) for name in ("height", "volume", "lod")]).all()
    assert only(model, "footprint_area") == pytest.approx(80)
    assert "reading.not_drawn" in note_keys(model)


# --------------------------------------------------------------------------------------------------------------------- parts
def family(parts: dict[str, dict[str, Any]], vertices: Vertices, **whole: Any) -> dict[str, Any]:
    objects: dict[str, Any] = {BUILDING: {"type": "Building", "children": list(parts), **whole}}
    for name, part in parts.items():
        objects[name] = {"type": "BuildingPart", "parents": [BUILDING], **part}
    return document(objects, vertices)


def part(vertices: Vertices, x: float, height: float, lod: str = "2.2", **more: Any) -> dict[str, Any]:
    return {"geometry": [solid([vertices.shell(prism(shapely.box(x, 0, x + 4, 4), 0, height))], lod=lod)], **more}


def test_parts_are_one_building() -> None:
    vertices = Vertices()
    model = read(family({"a": part(vertices, 0, 3), "b": part(vertices, 4, 6), "c": part(vertices, 30, 9)}, vertices))
    assert model.buildings.building_ids == (BUILDING,)
    assert only(model, "volume") == pytest.approx(16 * 18)
    assert only(model, "height") == pytest.approx(9)
    assert set(model.mesh.surface_object.tolist()) == {0}
    assert model.objects_by_type == {"Building": 1, "BuildingPart": 3}


def test_what_only_parts_know_is_folded_in() -> None:
    vertices = Vertices()
    parts = {
        "a": part(vertices, 0, 3, attributes={"b3_volume_lod22": 48.0, "b3_h_dak_max": 5.0, "b3_h_maaiveld": 2.1, "colour": "red"}),
        "b": part(vertices, 4, 6, attributes={"b3_volume_lod22": 96.0, "b3_h_dak_max": 8.0, "b3_h_maaiveld": 1.9}),
    }
    model = read(family(parts, vertices, attributes={"oorspronkelijkbouwjaar": 1965}))
    building = model.buildings.at(0)
    assert (building.volume_stated, building.roof_height_max, building.ground_height, building.year_built) == (144.0, 8.0, 1.9, 1965.0)
    assert building.other == {"colour": "red"}


def test_the_building_itself_speaks_before_its_parts() -> None:
    vertices = Vertices()
    parts = {"a": part(vertices, 0, 3, attributes={"b3_h_maaiveld": 9.0})}
    assert only(read(family(parts, vertices, attributes={"b3_h_maaiveld": 2.5})), "ground_height") == 2.5


def test_the_lod_is_that_of_the_least_detailed_part_drawn() -> None:
    vertices = Vertices()
    model = read(family({"a": part(vertices, 0, 3, "2.2"), "b": part(vertices, 4, 6, "1.2")}, vertices))
    assert only(model, "lod") == 1.2
    assert only(model, "volume") == pytest.approx(16 * 9)


def test_a_part_that_cannot_be_drawn_falls_back_alone() -> None:
    vertices = Vertices()
    broken = part(vertices, 4, 6, "1.2")
    broken["geometry"].insert(0, {"type": "Solid", "lod": "2.2", "boundaries": [[[[0, 1]]]]})
    model = read(family({"a": part(vertices, 0, 3), "b": broken}, vertices))
    assert only(model, "volume") == pytest.approx(16 * 9)
    assert only(model, "lod") == 1.2


def test_nested_parts_belong_to_the_same_building() -> None:
    vertices = Vertices()
    made = family({"a": part(vertices, 0, 3)}, vertices)
    made["CityObjects"]["a"]["children"] = ["a-1"]
    made["CityObjects"]["a-1"] = {"type": "BuildingPart", "parents": ["a"], **part(vertices, 4, 6)}
    made["vertices"] = [list(row) for row in vertices.rows]
    model = read(made)
    assert model.buildings.building_ids == (BUILDING,)
    assert only(model, "volume") == pytest.approx(16 * 9)


def test_a_coarser_view_of_the_whole_is_not_drawn_beside_the_parts() -> None:
    vertices = Vertices()
    whole = solid([vertices.shell(prism(shapely.box(0, 0, 8, 4), 0, 6))], lod="1.2")
    model = read(family({"a": part(vertices, 0, 3), "b": part(vertices, 4, 6)}, vertices, geometry=[whole]))
    assert only(model, "volume") == pytest.approx(16 * 9)


def test_equal_views_of_the_same_space_are_drawn_once() -> None:
    vertices = Vertices()
    whole = solid([vertices.shell(prism(shapely.box(0, 0, 8, 4), 0, 6))])
    model = read(family({"a": part(vertices, 0, 6), "b": part(vertices, 4, 6)}, vertices, geometry=[whole]))
    assert only(model, "volume") == pytest.approx(16 * 12)


def test_a_building_beside_its_equally_detailed_part_is_drawn_with_it() -> None:
    vertices = Vertices()
    whole = solid([vertices.shell(prism(shapely.box(0, 0, 8, 4), 0, 6))])
    model = read(family({"annex": part(vertices, 8, 3)}, vertices, geometry=[whole]))
    assert only(model, "volume") == pytest.approx(192 + 48)


def test_a_part_without_building_becomes_one_and_is_told() -> None:
    vertices = Vertices()
    made = document({"alone": {"type": "BuildingPart", **part(vertices, 0, 3)}}, vertices)
    made["CityObjects"]["pand"] = {"type": "Building", "children": []}
    model = read(made)
    assert "alone" in model.buildings
    assert "reading.orphan_parts" in note_keys(model)


# ------------------------------------------------------------------------------------------------------ semantics, templates
def test_without_semantics_roofs_walls_and_floors_are_told_by_direction() -> None:
    model = drawn(prism(SQUARE, 0, 5))
    kinds = np.bincount(model.mesh.surface_kind, minlength=10)
    assert (kinds[SurfaceKind.GROUND], kinds[SurfaceKind.ROOF], kinds[SurfaceKind.WALL]) == (1, 1, 4)
    assert "reading.kinds_told" in note_keys(model)


@pytest.mark.parametrize(
    ("semantics", "kinds"),
    [
        ({"surfaces": [{"type": "GroundSurface"}, {"type": "RoofSurface"}, {"type": "WallSurface"}], "values": [[0, 1, 2, 2, 2, 2]]},
         [1, 3, 2, 2, 2, 2]),
        ({"surfaces": [{"type": "RoofSurface"}], "values": [[None, 0, None, None, None, None]]}, [0, 3, 0, 0, 0, 0]),
        ({"surfaces": [{"type": "+Dakkapel"}, {"type": "RoofSurface"}], "values": [[0, 1, 0, 0, 0, 0]]}, [0, 3, 0, 0, 0, 0]),
    ],
)  # fmt: skip
def test_semantics_as_written(semantics: dict[str, Any], kinds: list[int]) -> None:
    assert drawn(prism(SQUARE, 0, 5), semantics=semantics).mesh.surface_kind.tolist() == kinds


@pytest.mark.parametrize("values", [[[0, 0]], [0] * 6, [[7] * 6], [[0] * 6, [0]]])
def test_semantics_of_other_surfaces_than_there_are_are_left_out(values: Any) -> None:
    model = drawn(prism(SQUARE, 0, 5), semantics={"surfaces": [{"type": "RoofSurface"}], "values": values})
    assert "reading.bad_semantics" in note_keys(model)
    assert "reading.kinds_told" in note_keys(model)
    assert only(model, "volume") == pytest.approx(400)


def test_a_template_is_placed_by_its_matrix() -> None:
    vertices = Vertices()
    anchor = vertices.number(np.array([50.0, 60.0, 1.0]))
    local = Vertices()
    template = solid([local.shell(prism(SQUARE, 0, 5))])
    points = (np.array(list(local.rows)) * 0.0001).tolist()
    instance = {
        "type": "GeometryInstance", "template": 0, "boundaries": [anchor],
        "transformationMatrix": [0, -2, 0, 3, 2, 0, 0, 4, 0, 0, 2, 5, 0, 0, 0, 1],
    }  # fmt: skip
    made = building_document([instance], vertices)
    made["geometry-templates"] = {"templates": [template], "vertices-templates": points}
    model = read(made)
    assert only(model, "volume") == pytest.approx(400 * 8)
    assert only(model, "lod") == 2.2
    corners = model.mesh.vertices + model.mesh.origin - np.array(PLACE)
    np.testing.assert_allclose(corners.min(axis=0), [50 + 3 - 16, 60 + 4, 1 + 5], atol=1e-6)
    np.testing.assert_allclose(corners.max(axis=0), [50 + 3, 60 + 4 + 20, 1 + 5 + 10], atol=1e-6)


# ------------------------------------------------------------------------------------------------------------------ versions
@pytest.mark.parametrize("version", ["1.0", "1.1", "2.0"])
def test_every_version_gives_the_same_building(version: str) -> None:
    vertices = Vertices()
    lod: Any = 2 if version == "1.0" else "2"
    made = building_document([solid([vertices.shell(prism(SQUARE, 0, 5))], lod=lod)], vertices, version=version)
    if version == "1.0":
        made["vertices"] = (np.array(made["vertices"]) * 0.0001 + np.array(PLACE)).tolist()
        made["metadata"] = {"referenceSystem": "urn:ogc:def:crs:EPSG::7415"}
        del made["transform"]
    model = read(made)
    assert model.version == version
    assert model.reference_system is not None
    assert model.reference_system.to_epsg() == 7415
    assert only(model, "volume") == pytest.approx(400, rel=1e-9)
    assert model.buildings.footprints[0].bounds == pytest.approx((155_000, 463_000, 155_010, 463_008))


def test_coordinates_keep_their_millimetres_far_from_the_origin() -> None:
    model = drawn(prism(shapely.box(0, 0, 0.013, 8.021), 0, 5.007))
    assert only(model, "volume") == pytest.approx(0.013 * 8.021 * 5.007, rel=1e-6)
    assert np.abs(model.mesh.vertices[:, :2]).max() < 10
    assert model.mesh.origin[2] == 0.0
