"""The committed buildings: closed, outward, as large as they say, side by side without overlap, in the dialect of 3D BAG."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import shapely
from numpy.typing import NDArray

from tests.example.conftest import City
from tests.example.polyhedra import crowded_edges, enclosed_volume, open_edges, unevenness

MM = 0.001
SURVEY = 2023


def test_there_are_a_thousand(city: City) -> None:
    assert len(city.features) == 1000
    assert len({feature["id"] for feature in city.features}) == 1000


def test_every_solid_is_closed_outward_and_as_large_as_stated(city: City) -> None:
    wrong: list[str] = []
    n_solids = 0
    for feature in city.features:
        points, attributes = city.points(feature), city.attributes(feature)
        for lod, geometry in city.solids(feature).items():
            (shell,) = geometry["boundaries"]
            n_solids += 1
            stated = attributes[f"b3_volume_lod{lod.replace('.', '')}"]
            if open_edges(shell) or crowded_edges(shell):
                wrong.append(f"{feature['id']} {lod} is not closed")
            if enclosed_volume(shell, points) != pytest.approx(stated, rel=0.001):
                wrong.append(f"{feature['id']} {lod} holds {enclosed_volume(shell, points)}, not {stated}")
    assert not wrong
    assert n_solids == 3 * sum(bool(city.solids(feature)) for feature in city.features) > 2900


def test_faces_are_flat_to_the_millimetre_of_their_vertices(city: City) -> None:
    for feature in city.features[::7]:
        for geometry in city.solids(feature).values():
            assert unevenness(geometry["boundaries"][0], city.points(feature)) < 4 * MM


def test_vertices_are_used_and_distinct_in_every_solid(city: City) -> None:
    for feature in city.features:
        used = {
            index for geometry in city.solids(feature).values() for face in geometry["boundaries"][0] for ring in face for index in ring
        }
        rings = feature["CityObjects"][feature["id"]]["geometry"][0]["boundaries"][0]
        used |= {index for ring in rings for index in ring}
        assert used == set(range(len(feature["vertices"])))
        solid = [tuple(vertex) for vertex in feature["vertices"] if vertex[2] != 0]
        assert len(set(solid)) == len(solid)


def test_semantics_say_what_the_faces_do(city: City) -> None:
    for feature in city.features:
        points = city.points(feature)
        local = points - points.mean(axis=0)
        for lod, geometry in city.solids(feature).items():
            surfaces, (values,) = geometry["semantics"]["surfaces"], geometry["semantics"]["values"]
            (shell,) = geometry["boundaries"]
            assert len(values) == len(shell)
            for value, face in zip(values, shell, strict=True):
                vector = np.zeros(3)
                for ring in face:
                    vector += np.cross(local[ring], np.roll(local[ring], -1, axis=0)).sum(axis=0) / 2
                up = vector[2] / np.linalg.norm(vector)
                kind = surfaces[value]["type"]
                assert {"GroundSurface": up < -0.99, "WallSurface": abs(up) < 0.02, "RoofSurface": up > 0.5}[kind], (
                    feature["id"],
                    lod,
                    kind,
                )
                if lod == "2.2" and kind == "RoofSurface":
                    assert np.degrees(np.arccos(min(up, 1.0))) == pytest.approx(surfaces[value]["b3_hellingshoek"], abs=0.4)
                    if up < 0.99:
                        east, north = vector[:2]
                        turn = (np.degrees(np.arctan2(east, north)) - surfaces[value]["b3_azimut"] + 180) % 360 - 180
                        assert abs(turn) < 0.5


def test_heights_follow_the_roof(city: City) -> None:
    for feature in city.features:
        attributes, solids = city.attributes(feature), city.solids(feature)
        if not solids:
            continue
        points = city.points(feature)
        z = points[[index for face in solids["2.2"]["boundaries"][0] for ring in face for index in ring], 2]
        assert z.min() == pytest.approx(attributes["b3_h_maaiveld"], abs=1e-9)
        assert z.max() == pytest.approx(attributes["b3_h_dak_max"], abs=2 * MM)
        ladder = [attributes[f"b3_h_dak_{step}"] for step in ("min", "50p", "70p", "max")]
        assert ladder == sorted(ladder)
        block = points[[index for face in solids["1.2"]["boundaries"][0] for ring in face for index in ring], 2]
        assert block.max() == pytest.approx(attributes["b3_h_dak_70p"], abs=2 * MM)
        assert 2.0 <= attributes["b3_h_maaiveld"] <= 4.0


def test_no_two_buildings_overlap(footprints: NDArray[np.object_]) -> None:
    assert shapely.is_valid(footprints).all()
    shrunk = shapely.buffer(footprints, -MM, join_style="mitre")
    one, other = shapely.STRtree(shrunk).query(shrunk, predicate="intersects")
    assert (one == other).all()


def test_neighbours_in_a_row_share_the_corners_of_their_party_wall(city: City, footprints: NDArray[np.object_]) -> None:
    """Houses whose footprints touch along a wall have its two ends in common, to the last digit."""
    houses = [i for i, feature in enumerate(city.features) if (city.attributes(feature)["b3_opp_scheidingsmuur"] or 0) > 40]
    assert len(houses) > 500
    tree = shapely.STRtree(footprints[houses])
    joined: Counter[int] = Counter()
    for near, house in enumerate(houses):
        own = {tuple(vertex[:2]) for vertex in city.features[house]["vertices"]}
        for other in tree.query(footprints[house], predicate="dwithin", distance=0.002).tolist():
            if other != near:
                wall = shapely.intersection(shapely.buffer(footprints[house], 0.003), footprints[houses[other]]).length / 2
                if wall > 5.0:
                    shared = own & {tuple(vertex[:2]) for vertex in city.features[houses[other]]["vertices"]}
                    assert len(shared) >= 2
                    joined[house] += 1
    assert set(joined.values()) <= {1, 2}
    assert len(joined) == len(houses)


def roof_height(city: City, feature: dict[str, Any], x: float, y: float) -> float:
    """Height of the roof over a point above the ground of the building, from the faces of LoD 2.2."""
    geometry = city.solids(feature)["2.2"]
    points = city.points(feature)
    for value, face in zip(geometry["semantics"]["values"][0], geometry["boundaries"][0], strict=True):
        if value < 3:
            continue
        outer, *holes = [points[ring] for ring in face]
        if shapely.Polygon(outer[:, :2], [hole[:, :2] for hole in holes]).buffer(1e-6).contains(shapely.Point(x, y)):
            local = outer - outer[0]
            normal = np.cross(local, np.roll(local, -1, axis=0)).sum(axis=0)
            fall = (normal[0] * (x - outer[0, 0]) + normal[1] * (y - outer[0, 1])) / normal[2]
            return float(outer[0, 2] - fall) - float(city.attributes(feature)["b3_h_maaiveld"])
    return 0.0


def test_party_walls_are_as_large_as_the_lower_neighbour(city: City, footprints: NDArray[np.object_]) -> None:
    """Measured here by walking along the walls with a step of 10 cm."""
    chosen = [i for i in range(0, 400, 23) if (city.attributes(city.features[i])["b3_opp_scheidingsmuur"] or 0) > 0]
    assert len(chosen) > 9
    tree = shapely.STRtree(footprints)
    for house in chosen:
        measured = 0.0
        for other in tree.query(footprints[house], predicate="dwithin", distance=0.002).tolist():
            if other == house or not city.solids(city.features[other]):
                continue
            edge = shapely.intersection(footprints[house].exterior, shapely.buffer(footprints[other], 0.003))
            for part in shapely.get_parts(shapely.line_merge(edge) if edge.geom_type == "MultiLineString" else edge):
                n = max(int(part.length / 0.1), 1)
                for step in range(n):
                    spot = part.interpolate((step + 0.5) / n, normalized=True)
                    towards_own, towards_other = footprints[house].representative_point(), footprints[other].representative_point()
                    low = []
                    for feature, goal in ((city.features[house], towards_own), (city.features[other], towards_other)):
                        away = np.array([goal.x - spot.x, goal.y - spot.y])
                        x, y = np.array([spot.x, spot.y]) + 0.02 * away / np.linalg.norm(away)
                        low.append(roof_height(city, feature, x, y))
                    measured += min(low) * part.length / n
        assert measured == pytest.approx(city.attributes(city.features[house])["b3_opp_scheidingsmuur"], rel=0.03, abs=1.0)


def test_outer_walls_and_party_walls_are_all_walls_on_the_outline(city: City) -> None:
    for feature in city.features:
        solids, attributes = city.solids(feature), city.attributes(feature)
        if not solids:
            continue
        points = city.points(feature)
        area = flat = sloped = 0.0
        for value, face in zip(solids["2.2"]["semantics"]["values"][0], solids["2.2"]["boundaries"][0], strict=True):
            vector = np.zeros(3)
            for ring in face:
                local = points[ring] - points[face[0][0]]
                vector += np.cross(local, np.roll(local, -1, axis=0)).sum(axis=0) / 2
            size = float(np.linalg.norm(vector))
            area += size if value == 1 else 0.0
            if value >= 3:
                flat, sloped = (flat + size, sloped) if vector[2] / size > 0.999 else (flat, sloped + size)
        assert attributes["b3_opp_buitenmuur"] + attributes["b3_opp_scheidingsmuur"] == pytest.approx(area, rel=0.002)
        assert attributes["b3_opp_dak_plat"] == pytest.approx(flat, rel=0.002, abs=0.01)
        assert attributes["b3_opp_dak_schuin"] == pytest.approx(sloped, rel=0.002, abs=0.01)
        assert attributes["b3_opp_grond"] == pytest.approx(city.footprint(feature).area, rel=0.001)


def test_nobody_can_take_an_id_for_a_real_one(city: City) -> None:
    for feature in city.features:
        assert re.fullmatch(r"NL\.IMBAG\.Pand\.999910\d{10}", feature["id"])
        assert city.attributes(feature)["identificatie"] == feature["id"]
        assert "FICTIEF" in city.attributes(feature)["documentnummer"]
    assert city.header["metadata"]["fictional"] is True
    assert "fictief" in city.header["metadata"]["title"]


def test_oddities_of_3d_bag_are_there(city: City) -> None:
    rows = [city.attributes(feature) for feature in city.features]
    assert sum(row["b3_bouwlagen"] is None for row in rows) > 500
    assert any(row["b3_bouwlagen"] is not None for row in rows)
    assert {type(row["b3_val3dity_lod22"]) for row in rows} == {str, type(None)}
    assert {row["b3_dak_type"] for row in rows} == {"slanted", "horizontal", "multiple horizontal", "no points"}
    late = [feature for feature, row in zip(city.features, rows, strict=True) if row["oorspronkelijkbouwjaar"] > SURVEY]
    assert 6 < len(late) <= 12
    for feature in late:
        attributes = city.attributes(feature)
        assert attributes["b3_pw_onvoldoende"] is True
        assert attributes["b3_h_dak_max"] is None
        assert attributes["b3_volume_lod22"] is None
        assert not city.solids(feature)
        assert not attributes["b3_kwaliteitsindicator"]


def test_what_was_built_when(city: City) -> None:
    years = Counter(city.attributes(feature)["oorspronkelijkbouwjaar"] for feature in city.features)
    first = sum(count for year, count in years.items() if 1958 <= year <= 1972)
    assert first > 950
    assert set(years) - set(range(1958, 1973)) == {2004, 2011, 2024}


def test_attributes_are_those_of_a_real_tile(city: City, shared_data: Path) -> None:
    tile = orjson.loads((shared_data / "3dbag" / "amersfoort_dehoef_9-572-632_v20250903.city.json").read_bytes())
    real: dict[str, set[type]] = defaultdict(set)
    for city_object in tile["CityObjects"].values():
        for name, value in city_object.get("attributes", {}).items():
            real[name].add(float if isinstance(value, int) and not isinstance(value, bool) else type(value))
    for feature in city.features:
        attributes = city.attributes(feature)
        assert set(attributes) == set(real)
        for name, value in attributes.items():
            kind = float if isinstance(value, int) and not isinstance(value, bool) else type(value)
            assert kind in real[name] or value is None, name


def test_objects_are_built_like_those_of_a_real_tile(city: City, shared_data: Path) -> None:
    tile = orjson.loads((shared_data / "3dbag" / "amersfoort_dehoef_9-572-632_v20250903.city.json").read_bytes())
    real = next(iter(tile["CityObjects"].items()))
    ours = city.features[0]
    building, part = ours["CityObjects"][ours["id"]], ours["CityObjects"][f"{ours['id']}-0"]
    assert set(building) == set(real[1])
    assert set(part) == set(tile["CityObjects"][f"{real[0]}-0"])
    assert [geometry["lod"] for geometry in part["geometry"]] == ["1.2", "1.3", "2.2"]
    real_surfaces = tile["CityObjects"][f"{real[0]}-0"]["geometry"][2]["semantics"]["surfaces"]
    roofs = [surface for surface in part["geometry"][2]["semantics"]["surfaces"] if surface["type"] == "RoofSurface"]
    assert set(roofs[0]) == set(real_surfaces[-1])
    assert city.header["metadata"]["referenceSystem"] == tile["metadata"]["referenceSystem"]
    assert {vertex[2] for vertex in city.points(ours)[building["geometry"][0]["boundaries"][0][0]].tolist()} == {0.0}
