"""The committed ground, trees, streets and addresses: they tile, they stand where they can, they hang together."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from tests.example.conftest import City, Table
from wijktwin.example.quarter import HEIGHT, WIDTH, Rank
from wijktwin.example.town import Settlement, footprint
from wijktwin.model.surroundings import (
    ADDRESS_COLUMNS,
    GROUND_COLUMNS,
    PARKING_COUNT_COLUMNS,
    STREET_COLUMNS,
    TREE_COLUMNS,
    GroundKind,
)
from wijktwin.sources.folder import read_folder

TOLERANCE = 0.02
"""Area that rounding to millimetres may cost along a wall of a building. [m²]"""
OUT = {"N": (0, 1), "NE": (1, 1), "E": (1, 0), "SE": (1, -1), "S": (0, -1), "SW": (-1, -1), "W": (-1, 0), "NW": (-1, 1)}


# ------------------------------------------------------------------------------------------------------------------ ground
def test_ground_surfaces_are_a_valid_coverage(ground: Table) -> None:
    """No gaps inside, no overlaps, every vertex of a border shared by both sides."""
    assert shapely.is_valid(ground.shapes).all()
    assert shapely.coverage_is_valid(ground.shapes)


def test_ground_and_buildings_tile_the_neighbourhood(ground: Table, footprints: NDArray[np.object_]) -> None:
    area = shapely.area(ground.shapes).sum() + shapely.area(footprints).sum()
    assert area == pytest.approx(WIDTH * HEIGHT * 1e-6, abs=1.0)
    whole = shapely.union_all([*ground.shapes, *footprints], grid_size=0.001)
    assert whole.geom_type == "Polygon"
    assert whole.area == pytest.approx(WIDTH * HEIGHT * 1e-6, abs=1.0)
    building, surface = shapely.STRtree(ground.shapes).query(footprints, predicate="intersects")
    assert shapely.area(shapely.intersection(footprints[building], ground.shapes[surface])).max() < TOLERANCE


def test_no_scraps(ground: Table) -> None:
    assert shapely.area(ground.shapes).min() > 0.3


def test_columns_and_kinds_are_ours(ground: Table, trees: Table, addresses: Table, streets: Table) -> None:
    for table, columns in ((ground, GROUND_COLUMNS), (trees, TREE_COLUMNS), (addresses, ADDRESS_COLUMNS), (streets, STREET_COLUMNS)):
        assert {name for row in table.rows for name in row} <= set(columns)
        first = next(iter(columns))
        assert len({row[first] for row in table.rows}) == len(table.rows)
    assert {row["kind"] for row in ground.rows} == {kind.value for kind in GroundKind} - {"railway", "terrain", "other"}


def test_everything_a_neighbourhood_needs_is_there(ground: Table) -> None:
    areas: Counter[str] = Counter()
    for row, shape in zip(ground.rows, ground.shapes, strict=True):
        areas[row["kind"]] += shape.area
    total = sum(areas.values())
    assert 0.35 < areas["green"] / total < 0.6
    assert 0.08 < areas["carriageway"] / total < 0.13
    assert areas["water"] > 10_000
    assert areas["garden"] > 15_000


def test_each_bay_is_one_drawn_place_beside_a_carriageway(ground: Table) -> None:
    bays = ground.where(kind="parking")
    assert all(row["parking_places"] == 1 for row in ground.rows if row["kind"] == "parking")
    assert not any("parking_places" in row for row in ground.rows if row["kind"] != "parking")
    assert ((shapely.area(bays) > 9.5) & (shapely.area(bays) < 12.6)).all()
    roads = shapely.STRtree(ground.where(kind="carriageway"))
    touching, _ = roads.query(bays, predicate="dwithin", distance=0.01)
    assert set(touching.tolist()) == set(range(len(bays)))


def test_drawn_bays_are_all_there(settlement: Settlement) -> None:
    drawn = sum(patch.places > 0 for patch in settlement.quarter.patches)
    assert drawn == sum(surface.places > 0 for surface in settlement.surfaces) > 900


def test_no_building_stands_in_water_on_a_road_or_a_bay(settlement: Settlement) -> None:
    """Against what was drawn, before anything was cut."""
    outlines = np.array([footprint(structure) for structure in settlement.structures], dtype=object)
    for rank in (Rank.WATER, Rank.CARRIAGEWAY, Rank.PARKING, Rank.CYCLE_PATH):
        drawn = [shapely.Polygon(patch.ring) for patch in settlement.quarter.patches if patch.rank is rank]
        assert len(drawn) > 2
        assert not len(shapely.STRtree(drawn).query(outlines, predicate="intersects")[0])


def test_no_plot_lies_on_a_road_or_on_the_plot_of_another(settlement: Settlement) -> None:
    plots = [patch for patch in settlement.quarter.patches if patch.rank is Rank.PLOT]
    shapes = np.array([shapely.Polygon(patch.ring) for patch in plots], dtype=object)
    roads = [shapely.Polygon(p.ring) for p in settlement.quarter.patches if p.rank in {Rank.WATER, Rank.CARRIAGEWAY, Rank.PARKING}]
    assert not len(shapely.STRtree(roads).query(shapes, predicate="intersects")[0])
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    apart = [plots[i].building != plots[j].building for i, j in zip(one, other, strict=True)]
    shared = shapely.area(shapely.intersection(shapes[one[apart]], shapes[other[apart]]))
    assert shared.max() < TOLERANCE * 1e6


def test_the_ground_is_nearly_flat_and_slopes_gently(ground: Table) -> None:
    heights = {row["ground_height"] for row in ground.rows if row["kind"] != "water"}
    assert 2.2 < min(heights) < max(heights) < 4.0
    assert {row["ground_height"] for row in ground.rows if row["kind"] == "water"} == {1.55}


# ------------------------------------------------------------------------------------------------------------------- trees
def test_trees_stand_in_public_green_away_from_walls(trees: Table, ground: Table, footprints: NDArray[np.object_]) -> None:
    green = shapely.STRtree(ground.where(kind="green"))
    inside, _ = green.query(trees.shapes, predicate="within")
    assert set(inside.tolist()) == set(range(len(trees.shapes)))
    assert not len(shapely.STRtree(footprints).query(trees.shapes, predicate="dwithin", distance=3.5)[0])
    nearest = shapely.STRtree(trees.shapes).query_nearest(trees.shapes, exclusive=True, return_distance=True)[1]
    assert nearest.min() > 3.9


def test_trees_have_a_species_and_sizes_that_go_with_it(trees: Table) -> None:
    assert len({row["species"] for row in trees.rows}) > 12
    for row in trees.rows:
        assert 2.0 <= row["height"] <= 26.0
        assert 0.2 <= row["crown_diameter"] / row["height"] <= 1.1
        assert row["kind"] == "measured"


# ----------------------------------------------------------------------------------------------------------------- streets
def test_streets_hang_together_and_end_at_their_nodes(streets: Table) -> None:
    joined: dict[str, set[str]] = defaultdict(set)
    where: dict[str, tuple[float, float]] = {}
    for row, line in zip(streets.rows, streets.shapes, strict=True):
        for node, end in ((row["from_node"], line.coords[0]), (row["to_node"], line.coords[-1])):
            assert where.setdefault(node, end) == end
        joined[row["from_node"]].add(row["to_node"])
        joined[row["to_node"]].add(row["from_node"])
        assert line.length > 0.5
        assert set(row["modes"].split()) <= {"walk", "cycle", "drive"}
        assert ("drive" in row["modes"]) == (row["oneway"] == "both") == ("max_speed" in row)
    reached, todo = set(), [streets.rows[0]["from_node"]]
    while todo:
        node = todo.pop()
        if node not in reached:
            reached.add(node)
            todo += joined[node]
    assert reached == set(joined)


def test_parked_cars_were_counted_in_three_streets_at_two_moments(example: Path) -> None:
    counts = read_folder(example).parking_counts
    assert list(counts.columns) == [*PARKING_COUNT_COLUMNS, "geometry"]
    assert len(counts) == 6
    assert set(Counter(counts["street"]).values()) == {2}
    ground = read_folder(example).ground
    for row in counts.itertuples():
        assert row.places == ground.loc[ground["street"] == row.street, "parking_places"].sum()
        assert 0 < row.parked <= row.places
        assert row.parked == round(row.parked)


def test_cars_reach_every_street_without_footpaths(streets: Table) -> None:
    joined: dict[str, set[str]] = defaultdict(set)
    for row in streets.rows:
        if "drive" in row["modes"]:
            joined[row["from_node"]].add(row["to_node"])
            joined[row["to_node"]].add(row["from_node"])
    reached, todo = set(), [next(iter(joined))]
    while todo:
        node = todo.pop()
        if node not in reached:
            reached.add(node)
            todo += joined[node]
    assert reached == set(joined)


def test_cars_drive_on_carriageways(streets: Table, ground: Table) -> None:
    roads = shapely.union_all(ground.where(kind="carriageway")).buffer(0.01)
    for row, line in zip(streets.rows, streets.shapes, strict=True):
        if "drive" in row["modes"]:
            assert roads.contains(line), row["street"]


# --------------------------------------------------------------------------------------------------------------- addresses
def test_every_address_lies_in_its_building(addresses: Table, city: City, footprints: NDArray[np.object_]) -> None:
    number = {feature["id"]: i for i, feature in enumerate(city.features)}
    outlines = footprints[[number[row["building_id"]] for row in addresses.rows]]
    assert shapely.contains(outlines, addresses.shapes).all()


def test_houses_and_flats_have_addresses_and_sheds_have_none(addresses: Table, city: City, footprints: NDArray[np.object_]) -> None:
    n_addresses = Counter(row["building_id"] for row in addresses.rows)
    kinds = defaultdict(set)
    for row in addresses.rows:
        kinds[row["building_id"]].add(row.get("dwelling_type", row["use"]))
    for feature, outline in zip(city.features, footprints, strict=True):
        if "house" in kinds[feature["id"]]:
            assert n_addresses[feature["id"]] == 1
            assert 40 < outline.area < 80
        if not n_addresses[feature["id"]]:
            assert outline.area < 45
    assert sum(count > 20 for count in n_addresses.values()) >= 12


def test_storeys_fit_under_the_roof(addresses: Table, city: City) -> None:
    rows = {feature["id"]: city.attributes(feature) for feature in city.features}
    for address in addresses.rows:
        attributes = rows[address["building_id"]]
        if attributes["b3_h_dak_max"] is not None:
            height = attributes["b3_h_dak_max"] - attributes["b3_h_maaiveld"]
            assert (address["storey"] + 1) * 2.6 <= height
        assert 20 <= address["floor_area"] <= 1300


def test_house_numbers_are_unique_odd_on_one_side_and_rising(addresses: Table, streets: Table) -> None:
    numbers = [(row["street"], row["number"]) for row in addresses.rows]
    assert len(set(numbers)) == len(numbers)
    names = {row["street"] for row in streets.rows}
    assert {street for street, _ in numbers} <= names
    for street in {street for street, _ in numbers}:
        for parity in (0, 1):
            own = sorted(number for name, number in numbers if name == street and number % 2 == parity)
            assert own == list(range(own[0], own[0] + 2 * len(own), 2)) if own else True


def test_the_side_of_a_house_looks_at_its_street(addresses: Table, streets: Table) -> None:
    lines: dict[str, list[shapely.LineString]] = defaultdict(list)
    for row, line in zip(streets.rows, streets.shapes, strict=True):
        lines[row["street"]].append(line)
    street = {name: shapely.union_all(parts) for name, parts in lines.items()}
    for row, point in zip(addresses.rows, addresses.shapes, strict=True):
        if row.get("dwelling_type") == "house":
            x, y = OUT[row["side"]]
            forwards, back = shapely.Point(point.x + 8 * x, point.y + 8 * y), shapely.Point(point.x - 8 * x, point.y - 8 * y)
            assert street[row["street"]].distance(forwards) < street[row["street"]].distance(back)


def test_every_dwelling_has_storey_side_tenure_and_type(addresses: Table) -> None:
    dwellings = [row for row in addresses.rows if row["use"] == "dwelling"]
    assert len(dwellings) > 1000
    for row in dwellings:
        assert row["side"] in OUT
        assert row["storey"] >= 0
        assert row["tenure"] in {"social_rent", "middle_rent", "rent", "owner"}
        assert row["dwelling_type"] in {"house", "apartment"}
    social = sum(row["tenure"] == "social_rent" for row in dwellings) / len(dwellings)
    assert 0.4 < social < 0.7


def test_no_postcode_or_address_id_can_be_real(addresses: Table) -> None:
    for row in addresses.rows:
        assert re.fullmatch(r"0\d{3} [A-Z]{2}", row["postcode"])
        assert re.fullmatch(r"NL\.IMBAG\.Verblijfsobject\.999901\d{10}", row["address_id"])
        assert row["city"] == "Voorbeeldstad"
