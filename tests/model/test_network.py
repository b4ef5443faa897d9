"""The street network against a map that can be worked out by hand, and against a plain search over random maps."""

from __future__ import annotations

import heapq
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point

from wijktwin.model.network import REACH, Mode, Segments, Stops, attached, graph, joined_stops, pieces, segments_of, topology
from wijktwin.model.surroundings import STREET_COLUMNS, geographic_table

INF = float("inf")
#         id    street         from to   oneway     modes               line
BLOCK = [
    ("s1", "Zuidstraat", "A", "B", "both", "walk cycle drive", [(0, 0), (100, 0)]),
    ("s2", "Zuidstraat", "B", "C", "both", "walk cycle drive", [(100, 0), (200, 0)]),
    ("n1", "Noordstraat", "D", "E", "both", "walk cycle drive", [(0, 100), (100, 100)]),
    ("n2", "Noordstraat", "E", "F", "both", "walk cycle drive", [(100, 100), (200, 100)]),
    ("w", "Westlaan", "A", "D", "both", "walk cycle drive", [(0, 0), (0, 100)]),
    ("m", "Middenlaan", "B", "E", "both", "walk cycle drive", [(100, 0), (100, 100)]),
    ("e", "Oostlaan", "C", "F", "both", "walk cycle drive", [(200, 0), (200, 100)]),
    ("p", "Schuinpad", "B", "F", "closed", "walk cycle", [(100, 0), (200, 100)]),
]
"""Two blocks of 100 m and a path across the eastern one, 141.42 m."""


def table(rows: list[Any], **changed: str) -> Any:
    ids, names, tails, heads, oneway, modes, lines = zip(*rows, strict=True)
    columns = {
        "street_id": ids,
        "street": names,
        "from_node": tails,
        "to_node": heads,
        "oneway": [changed.get(name, now) for name, now in zip(ids, oneway, strict=True)],
        "modes": modes,
    }
    return geographic_table(STREET_COLUMNS, {k: list(v) for k, v in columns.items()}, [LineString(line) for line in lines], "EPSG:28992")


def way(
    segments: Segments, mode: Mode, start: tuple[float, float], goal: tuple[float, float], flooded: tuple[str, ...] = ()
) -> tuple[float, float]:
    """Length along the streets from one place to another, and back."""
    along, against = segments.directions(mode)
    points = np.array([Point(start), Point(goal)], dtype=object)
    stops = attached(points, segments, along | against)
    cut = topology(segments, stops)
    found = graph(cut, *segments.directions(mode, flooded=flooded))
    home, target = cut.stop_nodes
    there = found.to_nearest(np.array([target]))[home]
    assert found.from_nearest(np.array([home]))[target] == pytest.approx(there), "the same way, looked at from the other end"
    return float(there), float(found.from_nearest(np.array([target]))[home])


HOME, SHOP = (50.0, 8.0), (200.0, 60.0)  # in the Zuidstraat, and in the Oostlaan


def test_ways_by_hand() -> None:
    block = segments_of(table(BLOCK))
    # driving: 50 to B, 100 to C, 60 up; walking along the path is 50 + 141.42 + 40, and longer
    assert way(block, Mode.DRIVE, HOME, SHOP) == pytest.approx((210, 210))
    assert way(block, Mode.WALK, HOME, SHOP) == pytest.approx((210, 210))
    # to the other end of the Oostlaan: by car 50 + 100 + 90, on foot 50 + 141.42 + 10
    assert way(block, Mode.DRIVE, HOME, (200.0, 90.0)) == pytest.approx((240, 240))
    assert way(block, Mode.WALK, HOME, (200.0, 90.0)) == pytest.approx((50 + 100 * np.sqrt(2) + 10,) * 2)


def test_a_one_way_street_holds_for_cars_in_one_direction() -> None:
    block = segments_of(table(BLOCK, s2="backward"))  # from C to B only
    # there: 50 to B, Middenlaan 100, Noordstraat 100, down 40; back as it was
    assert way(block, Mode.DRIVE, HOME, SHOP) == pytest.approx((290, 210))
    assert way(block, Mode.CYCLE, HOME, SHOP) == pytest.approx((210, 210))
    assert way(segments_of(table(BLOCK, s2="forward")), Mode.DRIVE, HOME, SHOP) == pytest.approx((210, 290))


def test_a_closed_street_is_for_no_car_and_a_flooded_one_for_nobody() -> None:
    block = segments_of(table(BLOCK, s2="closed"))
    assert way(block, Mode.DRIVE, HOME, SHOP) == pytest.approx((290, 290))
    assert way(block, Mode.WALK, HOME, SHOP) == pytest.approx((210, 210))
    wet = segments_of(table(BLOCK))
    assert way(wet, Mode.WALK, HOME, SHOP, flooded=("s2",)) == pytest.approx((50 + 100 * np.sqrt(2) + 40,) * 2)
    assert way(wet, Mode.DRIVE, HOME, SHOP, flooded=("s2",)) == pytest.approx((290, 290))
    assert way(wet, Mode.WALK, HOME, SHOP, flooded=("s1",)) == (INF, INF), "the home itself stands in the water"


def test_two_homes_on_one_stretch_reach_each_other_along_it() -> None:
    block = segments_of(table(BLOCK, s1="forward"))
    assert way(block, Mode.DRIVE, (20, 5), (80, 5)) == pytest.approx((60, 20 + 100 + 100 + 100 + 20))


def test_of_two_streets_side_by_side_the_shorter_is_taken() -> None:
    loop = ("x", "Bocht", "A", "B", "both", "walk cycle drive", [(0, 0), (50, -40), (100, 0)])
    again = ("y", "Zuidstraat", "A", "B", "both", "walk cycle drive", [(0, 0), (100, 0)])
    block = segments_of(table([loop, again, *BLOCK[1:]]))
    stops = attached(np.array([Point(-5, 0), Point(105, 0)], dtype=object), block, np.ones(len(block), dtype=bool))
    cut = topology(block, stops)
    found = graph(cut, *block.directions(Mode.DRIVE))
    a, b = block.tails[1], block.heads[1]
    assert found.to_nearest(np.array([b]))[a] == pytest.approx(100)


# ------------------------------------------------------------------------------------------------------------- getting on
def test_an_address_gets_on_in_its_own_street_where_it_can() -> None:
    block = segments_of(table(BLOCK))
    points = np.array([Point(90, 20), Point(90, 20), Point(90, 20), Point(50, -REACH - 1)], dtype=object)
    names = np.array(["Zuidstraat", "", "Elders", "Zuidstraat"])
    stops = attached(points, block, np.ones(len(block), dtype=bool), names=names)
    assert [block.streets[row] if row >= 0 else None for row in stops.segment] == ["Zuidstraat", "Middenlaan", "Middenlaan", None]
    assert stops.gap == pytest.approx([20, 10, 10, np.nan], nan_ok=True)
    assert stops.station == pytest.approx([90, 20, 20, 0])
    assert stops.by_name.tolist() == [True, False, False, False]
    assert stops.is_connected.tolist() == [True, True, True, False]
    on_path = attached(points[:1], block, block.may[Mode.DRIVE], names=np.array(["Schuinpad"]))
    assert block.streets[on_path.segment[0]] == "Middenlaan", "no car comes on the path of its name"


def test_stops_at_ends_and_at_one_place_are_one_node() -> None:
    block = segments_of(table(BLOCK))
    stops = attached(np.array([Point(0, 0), Point(30, 1), Point(30, -1), Point(100, 0)], dtype=object), block, np.ones(8, dtype=bool))
    cut = topology(block, stops)
    assert cut.n_nodes == 6 + 1
    assert cut.stop_nodes[1] == cut.stop_nodes[2] == 6
    assert {int(cut.stop_nodes[0]), int(cut.stop_nodes[3])} == {int(block.tails[0]), int(block.heads[0])}
    assert cut.lengths.sum() == pytest.approx(block.lengths.sum())
    where = cut.node_points()
    assert [(p.x, p.y) for p in where[cut.stop_nodes]] == [(0, 0), (30, 0), (30, 0), (100, 0)]


def test_rows_stay_in_order_when_stops_are_put_together() -> None:
    block = segments_of(table(BLOCK))
    one, other = (attached(np.array([Point(x, 2)], dtype=object), block, np.ones(8, dtype=bool)) for x in (20, 150))
    both = joined_stops(one, other)
    assert [block.street_ids[row] for row in both.segment] == ["s1", "s2"]
    assert len(both.chosen(np.array([False, True]))) == 1


# -------------------------------------------------------------------------------------------------------- hanging together
def test_pieces_that_do_not_hang_together_are_counted() -> None:
    far = ("far", "Verweg", "Y", "Z", "both", "walk cycle drive", [(900, 0), (930, 0)])
    block = segments_of(table([*BLOCK, far]))
    assert pieces(block, Mode.DRIVE).n_pieces == 2
    assert pieces(block, Mode.WALK).n_stray == 1
    assert pieces(block, Mode.WALK).stray_length == pytest.approx(30)
    assert pieces(segments_of(table(BLOCK)), Mode.DRIVE).n_pieces == 1
    cut_off = segments_of(table(BLOCK, s2="closed", n2="closed"))
    assert pieces(cut_off, Mode.DRIVE) == pytest.approx(pieces(cut_off, Mode.DRIVE))
    assert (pieces(cut_off, Mode.DRIVE).n_pieces, pieces(cut_off, Mode.WALK).n_pieces) == (2, 1)
    assert pieces(segments_of(table([("p", "Pad", "A", "B", "closed", "walk", [(0, 0), (1, 0)])])), Mode.DRIVE).n_pieces == 0


# ----------------------------------------------------------------------------------------------------------------- at random
@st.composite
def maps(draw: st.DrawFn) -> tuple[Any, list[tuple[int, float]], list[str]]:
    """Random streets between the points of a grid, places along them, and what is flooded."""
    grid = [(100.0 * x, 100.0 * y) for x in range(3) for y in range(3)]
    pairs = draw(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda p: p[0] != p[1]), min_size=1, max_size=14))
    ways = st.sampled_from(["both", "forward", "backward", "closed"])
    rows = [(f"s{k}", "", str(a), str(b), draw(ways), "walk cycle drive", [grid[a], grid[b]]) for k, (a, b) in enumerate(pairs)]
    places = draw(st.lists(st.tuples(st.integers(0, len(rows) - 1), st.floats(0, 1)), min_size=2, max_size=5))
    flooded = draw(st.lists(st.sampled_from([row[0] for row in rows]), max_size=2))
    return table(rows), places, flooded


@given(maps(), st.sampled_from(Mode))
@settings(max_examples=150)
def test_as_a_plain_search_finds_it(drawn: tuple[Any, list[tuple[int, float]], list[str]], mode: Mode) -> None:
    streets, places, flooded = drawn
    segments = segments_of(streets)
    rows, shares = np.array([row for row, _ in places]), np.array([share for _, share in places])
    stops = Stops(rows, shares * segments.lengths[rows], np.zeros(len(places)), np.zeros(len(places), dtype=bool))
    cut = topology(segments, stops)
    found = graph(cut, *segments.directions(mode, flooded=flooded))
    to_first = found.to_nearest(cut.stop_nodes[:1])[cut.stop_nodes]
    for number in range(len(places)):
        expected = plain_search(segments, stops, mode, flooded, start=number, goal=0)
        assert to_first[number] == pytest.approx(expected, abs=0.01 * (len(places) + 1))
    tree, onward = found.tree_to(cut.stop_nodes[:1])
    assert tree == pytest.approx(found.to_nearest(cut.stop_nodes[:1]))
    for node in np.flatnonzero(np.isfinite(tree) & (tree > 0)):
        assert found.matrix[node, onward[node]] + tree[onward[node]] == pytest.approx(tree[node])


def plain_search(segments: Segments, stops: Stops, mode: Mode, flooded: list[str], *, start: int, goal: int) -> float:
    """Dijkstra's search with a queue, over dictionaries and made-up names of nodes."""
    along, against = segments.directions(mode, flooded=flooded)
    edges: dict[object, list[tuple[object, float]]] = {}
    for row in range(len(segments)):
        on = sorted((round(float(s), 6), k) for k, s in enumerate(stops.station) if stops.segment[k] == row)
        chain: list[tuple[float, object]] = [(0.0, f"n{segments.tails[row]}"), *((s, k) for s, k in on)]
        chain.append((float(segments.lengths[row]), f"n{segments.heads[row]}"))
        for (s, a), (t, b) in pairwise(chain):
            is_one = t - s < 0.0015  # the same place, whichever way the street goes
            if along[row] or is_one:
                edges.setdefault(a, []).append((b, t - s))
            if against[row] or is_one:
                edges.setdefault(b, []).append((a, t - s))
    queue: list[tuple[float, str, object]] = [(0.0, "", start)]
    done: set[object] = set()
    while queue:
        distance, _, node = heapq.heappop(queue)
        if node == goal:
            return distance
        if node in done:
            continue
        done.add(node)
        for other, length in edges.get(node, []):
            heapq.heappush(queue, (distance + length, str(other), other))
    return INF


def test_shapes_of_lines_are_followed() -> None:
    bent = ("b", "Bocht", "A", "B", "both", "walk cycle drive", [(0, 0), (0, 30), (40, 30)])
    assert segments_of(table([bent])).lengths == pytest.approx([70])
    assert way(segments_of(table([bent])), Mode.WALK, (0, 10), (35, 30)) == pytest.approx((55, 55))
    assert shapely.length(table([bent]).geometry.to_numpy())[0] == pytest.approx(70)
