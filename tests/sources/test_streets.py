"""Streets where nobody gave lines, and lines of NWB: middles worked out by hand, and a neighbourhood that can tell ways with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
import pytest
import shapely
from shapely import LineString

from tests.sources import small_town_services as small
from tests.sources.test_preparing import houses, save, told
from wijktwin.crs import RD_NEW
from wijktwin.errors import InputError
from wijktwin.impacts.assessment import Assessment
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import assess_impact
from wijktwin.impacts.routes import baseline
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.network import Mode, Segments, attached, graph, joined_stops, segments_of, topology
from wijktwin.model.provenance import Kind
from wijktwin.places import data_folder
from wijktwin.sources import bgt, nwb
from wijktwin.sources.derived_streets import derived_streets
from wijktwin.sources.fetching.area import Area
from wijktwin.sources.fetching.prepare import prepare_neighbourhood
from wijktwin.sources.fetching.streets import street_remarks, street_table
from wijktwin.sources.fetching.tally import Tally
from wijktwin.sources.folder import read_folder
from wijktwin.sources.folder_tables import read_table
from wijktwin.sources.middle_lines import SHORTEST_END, middle_lines

CROSS: Final = (shapely.box(-100, -3, 100, 3), shapely.box(-3, -100, 3, 100))
"""Two roads, 200 m long and 6 m wide, that cross in their middles."""
AREA: Final = Area("Dorp", shapely.box(154_900, 462_900, 155_100, 463_100), {"kind": "file"})
BGT_KINDS: Final = {"carriageway": "rijbaan lokale weg", "pavement": "voetpad", "cycle_path": "fietspad", "parking": "parkeervlak"}


def middles(*shapes: Any, **options: Any) -> Any:
    return middle_lines(np.array([*shapes, None], dtype=object)[:-1], **options)


# ------------------------------------------------------------------------------------------------------------ the middle
def test_a_crossing_has_four_arms_that_meet_in_the_middle() -> None:
    lines = middles(*CROSS)
    assert len(lines) == 4
    ends = np.concatenate([shapely.get_coordinates(shapely.get_point(lines, end)) for end in (0, -1)])
    meeting = [end for end in np.unique(ends, axis=0) if (ends == end).all(axis=1).sum() == 4]
    assert len(meeting) == 1
    assert np.hypot(*meeting[0]) < 0.5
    assert shapely.length(lines) == pytest.approx([97.0] * 4, abs=0.5), "a line ends half a width before the end of its road"
    axes = shapely.union_all([LineString([(-100, 0), (100, 0)]), LineString([(0, -100), (0, 100)])])
    assert shapely.length(shapely.difference(shapely.union_all(lines), axes.buffer(0.4))) < 2.0


def test_corners_drives_and_islands_make_no_streets_and_blocks_are_gone_around() -> None:
    with_drive = middles(*CROSS, shapely.box(40, 3, 43, 3 + SHORTEST_END - 6))
    assert len(with_drive) == 4, "a drive is no street"
    island = middles(shapely.difference(CROSS[0], shapely.box(20, -1, 24, 1)))
    assert len(island) == 1, "a traffic island is no block"
    ring = shapely.difference(shapely.box(0, 0, 106, 56), shapely.box(6, 6, 100, 50))
    around = middles(ring)
    assert shapely.length(around).sum() == pytest.approx(2 * (100 + 50), rel=0.03), "corners are cut a little"
    assert len(middles()) == 0
    assert len(middles(shapely.box(0, 0, 1, 1))) == 0, "no middle of a stamp"


def test_a_verge_is_stepped_over_but_water_is_not() -> None:
    near = (shapely.box(0, 0, 200, 3), shapely.box(90, 7, 93, 150))
    assert len(middles(*near, gap=2.5)) == 3
    assert len(middles(*near)) == 2
    ditch = np.array([shapely.box(-10, 4, 210, 6)], dtype=object)
    apart = middles(*near, gap=2.5, barriers=ditch)
    assert len(apart) == 2
    bridge = middles(*near, shapely.box(90, 3, 93, 7), gap=2.5, barriers=ditch)
    assert len(bridge) == 3, "over a bridge one does get across"


def test_nobody_drives_over_narrow_water_between_two_carriageways() -> None:
    """A brook of 0.4 m: surfaces as near as that are one where nothing lies between."""
    roads = [("rijbaan lokale weg", shapely.box(0, y, 300, y + 6)) for y in (0, 6.4)]

    def lines(*barriers: Any) -> dict[Mode, int]:
        rows = derived_streets(roads, barriers=barriers)
        return {mode: sum(row["modes"] == mode for row, _ in rows) for mode in Mode}

    assert lines() == dict.fromkeys(Mode, 1)
    assert lines(shapely.box(-10, 6, 310, 6.4)) == dict.fromkeys(Mode, 2)


def test_main_roads_are_those_that_the_map_calls_regional_or_more() -> None:
    parts = [
        ("rijbaan regionale weg", CROSS[0]),
        ("rijbaan lokale weg", shapely.box(-3, 3, 3, 150)),
        ("voetpad", shapely.box(-100, 3, -3, 5)),
    ]
    rows = derived_streets(parts)
    for mode in Mode:
        told = {row["road"]: line for row, line in rows if row["modes"] == mode}
        assert set(told) == {"main", "local"}
        assert -4 < told["main"].bounds[1] < told["main"].bounds[3] < 5, "along the road from west to east"
        assert told["local"].bounds[3] > 100, "and the street that leaves it"
    assert {row["road"] for row, _ in derived_streets([("rijbaan lokale weg", each) for each in CROSS])} == {""}, "nobody says"
    assert segments_of(street_table(rows)).roads.tolist() == [row["road"] for row, _ in rows]


# ------------------------------------------------------------------------------------------------- derived from road surfaces
def test_every_way_to_go_has_its_own_streets_named_by_most_of_their_addresses() -> None:
    parts = [
        ("rijbaan lokale weg", CROSS[0]), ("voetpad", CROSS[1]), ("fietspad", shapely.box(60, 3, 63, 103)),
        ("spoorbaan", shapely.box(-90, 20, 90, 25)), ("OV-baan", shapely.box(-90, 40, 90, 45)),
    ]  # fmt: skip
    at = [("Dorpsstraat", -60, 12), ("Dorpsstraat", -40, 12), ("Achterom", -50, -12), ("Ver weg", 0, 400)]
    rows = derived_streets(parts, addresses=[({"street": name}, shapely.Point(x, y)) for name, x, y in at])
    length = {mode: sum(line.length for row, line in rows if row["modes"] == mode) for mode in Mode}
    assert length[Mode.DRIVE] == pytest.approx(200, abs=6)
    assert length[Mode.CYCLE] == pytest.approx(300, abs=9)
    assert length[Mode.WALK] == pytest.approx(500, abs=15)
    assert {row["kind"] for row, _ in rows} == {Kind.CALCULATED.value}
    assert [row["street"] for row, _ in rows if row["modes"] == Mode.DRIVE] == ["Dorpsstraat"]
    assert "Ver weg" not in {row["street"] for row, _ in rows}
    assert len({row["street_id"] for row, _ in rows}) == len(rows)
    assert rows == derived_streets(parts[::-1], addresses=[({"street": n}, shapely.Point(x, y)) for n, x, y in at]), "in any order"


def test_a_bridge_belongs_to_its_street_unless_it_crosses_another() -> None:
    def road(name: str, shape: Any, level: int = 0) -> dict[str, Any]:
        return small.piece(name, shape, functie="rijbaan lokale weg", fysiek_voorkomen="open verharding", relatieve_hoogteligging=level)

    area = shapely.box(-500, -500, 500, 500)
    features = [
        road("a", shapely.box(-100, -3, -10, 3)), road("b", shapely.box(-10, -3, 10, 3), 1), road("c", shapely.box(10, -3, 100, 3)),
        road("d", shapely.box(40, -60, 46, 60), 1), road("e", shapely.box(60, -60, 66, -3), -1),
        road("f", shapely.box(-3, -60, 3, 60), 2),
    ]  # fmt: skip
    tally = Tally("wegdeel", "streets", None, len(features))
    parts = bgt.road_parts(features, area, tally)
    assert (tally.kept, dict(tally.left_out)) == (3, {"crosses_over": 2, "other_level": 1}), "nor does a bridge meet the bridge below it"
    assert sum(line.length for row, line in derived_streets(parts) if row["modes"] == "drive") == pytest.approx(200, abs=6)


def test_derived_streets_of_the_example_are_about_as_long_as_those_that_we_know() -> None:
    """What `derived_streets_off` says, measured where both are known."""
    names, folder = ("ground", "streets", "addresses"), data_folder() / "example"
    table = {name: read_table(folder / f"{name}.geojson", name, RD_NEW)[0] for name in names}
    ground, addresses = table["ground"], table["addresses"]
    parts = [(BGT_KINDS[kind], shape) for kind, shape in zip(ground["kind"], ground.geometry, strict=True) if kind in BGT_KINDS]
    homes = list(zip(addresses.to_dict("records"), addresses.geometry, strict=True))
    barriers = [shape for kind, shape in zip(ground["kind"], ground.geometry, strict=True) if kind == "water"]
    rows = derived_streets(parts, addresses=homes, barriers=barriers)
    drive = sum(line.length for row, line in rows if row["modes"] == Mode.DRIVE)
    given = segments_of(table["streets"])
    assert drive == pytest.approx(given.lengths[given.may[Mode.DRIVE]].sum(), rel=0.05)
    doors = addresses[addresses["use"] == "school"].geometry.to_numpy()
    start = addresses[addresses["use"] == "dwelling"].geometry.to_numpy()[::7]
    derived = segments_of(street_table(rows))
    known, found = (_on_foot(segments, start, doors) for segments in (given, derived))
    off = np.abs(found - known) / known
    assert np.isfinite(off).all()
    assert np.quantile(off, 0.9) <= default_assumptions()["derived_streets_off"].value / 100.0


def _on_foot(segments: Segments, start: Any, doors: Any) -> Any:
    usable = segments.may[Mode.WALK]
    stops = [attached(points, segments, usable) for points in (start, doors)]
    cut = topology(segments, joined_stops(*stops))
    at, to = cut.stop_nodes[: len(start)], cut.stop_nodes[len(start) :]
    return graph(cut, usable, usable).to_nearest(to, gaps=stops[1].gap)[at] + stops[0].gap


# ------------------------------------------------------------------------------------------------------- a folder that is made
def around_houses() -> dict[str, list[Any]]:
    """A road of 140 m past the cubes with a path to the north, an address in the first cube and a school at the far end."""
    road, path = shapely.box(154_930, 462_985, 155_070, 462_991), shapely.box(155_050, 462_991, 155_052, 463_060)
    features = [
        small.piece("G1.road", road, functie="rijbaan lokale weg", fysiek_voorkomen="gesloten verharding"),
        small.piece("G1.path", path, functie="voetpad", fysiek_voorkomen="open verharding"),
    ]
    home, school = small.address(0, 1), small.address(1, 1)
    home["geometry"] = {"type": "Point", "coordinates": [154_950, 462_998]}
    school["geometry"] = {"type": "Point", "coordinates": [155_060, 462_998]}
    school["properties"] = {**school["properties"], "gebruiksdoel": "onderwijsfunctie"}
    return {"wegdeel": features, "verblijfsobject": [home, school]}


def ways(neighbourhood: Neighbourhood) -> dict[str, Assessment]:
    found = assess_impact("reachability", neighbourhood.with_plans())
    return {each.impact: each for each in found}


def test_a_prepared_neighbourhood_can_tell_ways_and_says_that_its_streets_are_derived(tmp_path: Path) -> None:
    made = prepare_neighbourhood([houses(tmp_path)], save(tmp_path, **around_houses()), tmp_path / "out", area=AREA)
    found = read_folder(tmp_path / "out")
    assert made.n_streets == len(found.streets) == len(found.streets[found.streets["kind"] == "calculated"]) > 2
    assert {mode for modes in found.streets["modes"] for mode in modes.split()} == set(Mode)
    walk = ways(found)["reachability.walk_school"]
    assert walk.after is not None
    assert walk.after == pytest.approx(10 + 110 + 10, abs=3.0), "to the middle of the road, along it, and to the door"
    assert walk.kind is Kind.CALCULATED
    assert walk.margin.below == walk.margin.above == pytest.approx(max(25.0, 0.2 * walk.after))
    assert "streets.derived_walk" in [note.key for note in walk.remarks]
    assert [source.title for source in walk.sources if "streets" in source.subjects] == ["Streets derived from BGT road surfaces"]
    assert baseline(found, assumptions=default_assumptions()).is_connected[Mode.DRIVE].all()  # type: ignore[union-attr]
    document = orjson.loads((tmp_path / "out" / "provenance.json").read_bytes())
    assert "derived" in document["remarks"][0]
    assert "Bridges over another road and tunnels are left out" in document["remarks"][0]
    assert "derived" in (tmp_path / "out" / "PROVENANCE.md").read_text(encoding="utf-8")
    counted = next(each for each in told(tmp_path / "out") if each["collection"] == "streets, derived")
    assert (counted["got"], counted["kept"], counted["rows"]) == (2, 2, made.n_streets)


def test_roads_in_several_files_are_one_network(tmp_path: Path) -> None:
    everything = around_houses()
    whole, homes = save(tmp_path, **everything)
    parts = []
    for number, feature in enumerate(everything["wegdeel"]):
        (tmp_path / str(number)).mkdir()
        parts += save(tmp_path / str(number), wegdeel=[feature])
    buses = save(tmp_path, nwb_wegvakken=[segment for segment in nwb_segments() if segment["properties"].get("BST_CODE") == "BU"])
    found = []
    for name, roads in (("one", [whole]), ("several", [*parts, *buses])):
        prepare_neighbourhood([houses(tmp_path)], [*roads, homes], tmp_path / name, area=AREA)
        found.append(read_folder(tmp_path / name))
    assert found[0].streets.geometry.geom_equals(found[1].streets.geometry).all()
    assert len(found[0].streets) == len(found[1].streets) > 2
    for each in found:
        titles = [source.title for source in each.sources if "streets" in source.subjects]
        assert titles == ["Streets derived from BGT road surfaces"], "of a file without any street nothing is said"


def test_pieces_that_hang_together_with_nothing_are_named() -> None:
    parts = [("rijbaan lokale weg", shapely.box(0, 0, 400, 5)), ("rijbaan lokale weg", shapely.box(0, 100, 250, 105))]
    rows = derived_streets(parts, addresses=[({"street": "Losweg"}, shapely.Point(50, 110))])
    remark = street_remarks(rows)[1]
    for words in ("on foot 2", "by bicycle 2", "by car 2"):
        assert words in remark
    assert remark.count("(Losweg)") == 3


# -------------------------------------------------------------------------------------------------------------------- NWB
def segment(number: int, line: Any, **properties: Any) -> dict[str, Any]:
    known = {"WVK_ID": float(number), "JTE_ID_BEG": 10.0 + number, "JTE_ID_END": 11.0 + number, "RIJRICHTNG": "B"}
    shape = shapely.geometry.mapping(LineString(line))
    return {
        "type": "Feature",
        "properties": {**known, "STT_NAAM": "Dorpsstraat", "BST_CODE": "RB", "WEGBEHSRT": "G", **properties},
        "geometry": shape,
    }


def nwb_segments() -> list[dict[str, Any]]:
    a, b, c = (154_930, 462_988), (155_000, 462_988), (155_070, 462_988)
    return [
        segment(1, [a, b], RIJRICHTNG="H", MAXSHD=30, STATUS="Opengesteld"),
        segment(2, [b, c], RIJRICHTNG="T"),
        segment(3, [b, (155_000, 462_900)], BST_CODE="FP", STT_NAAM=None),
        segment(4, [c, (155_070, 462_900)], WEGBEHSRT="R", BST_CODE="HR", MAXSHD=100),
        segment(5, [c, (155_100, 462_988)], BST_CODE="BU"),
        segment(6, [(190_000, 462_988), (190_100, 462_988)]),
        segment(2, [b, c]),
        segment(7, [c, (155_070, 463_050)], STATUS="Gepland"),
    ]


@pytest.mark.parametrize("is_lower", [False, True])
@pytest.mark.parametrize("is_geopackage", [False, True])
def test_segments_of_nwb_become_streets_in_our_words(tmp_path: Path, is_lower: bool, is_geopackage: bool) -> None:
    features = nwb_segments()
    if is_lower:
        features = [{**each, "properties": {name.lower(): value for name, value in each["properties"].items()}} for each in features]
    (path, homes) = save(tmp_path, wegvakken=features, verblijfsobject=around_houses()["verblijfsobject"])
    if is_geopackage:
        import geopandas as gpd

        gpd.read_file(path).to_file(tmp_path / "Wegvakken.gpkg", layer="Wegvakken")
        path = tmp_path / "Wegvakken.gpkg"
    prepare_neighbourhood([houses(tmp_path)], [path, homes], tmp_path / "out", area=AREA)
    found = read_folder(tmp_path / "out")
    table = found.streets.set_index("street_id")
    assert list(table.index) == ["1", "2", "3", "4"]
    assert dict(table["oneway"]) == {"1": "forward", "2": "backward", "3": "both", "4": "both"}
    assert dict(table["modes"]) == {"1": "walk cycle drive", "2": "walk cycle drive", "3": "walk cycle", "4": "drive"}
    assert dict(table["street"]) == {"1": "Dorpsstraat", "2": "Dorpsstraat", "3": "", "4": "Dorpsstraat"}
    assert table["max_speed"].fillna(0.0).tolist() == [30.0, 0.0, 0.0, 100.0]
    assert table.loc["1", ["from_node", "to_node", "kind"]].tolist() == ["11", "12", "measured"]
    assert {source.title for source in found.sources if "streets" in source.subjects} == {"NWB"}
    (counted,) = [each for each in told(tmp_path / "out") if each["collection"] == "wegvakken"]
    assert (counted["got"], counted["kept"]) == (8, 4)
    assert counted["left_out"] == {"no_road": 1, "not_open": 1, "outside": 1, "twice": 1}
    assert ways(found)["reachability.walk_school"].margin.reason == "doors_not_known", "given lines are no derived ones"


def test_what_lies_in_two_tiles_is_there_once(tmp_path: Path) -> None:
    everything = {"wegvakken": nwb_segments()[:4], **around_houses()}
    whole = save(tmp_path, **everything)
    tiles = []
    for number, part in enumerate((slice(0, 3), slice(1, 4))):  # what crosses the edge between two tiles is in both
        (tmp_path / str(number)).mkdir()
        tiles += save(tmp_path / str(number), **{name: features[part] for name, features in everything.items()})
    tiles += save(tmp_path, wegdeel=everything["wegdeel"], verblijfsobject=everything["verblijfsobject"])
    found = []
    for name, context in (("whole", whole), ("tiles", tiles), ("tiles-again", tiles[::-1])):
        prepare_neighbourhood([houses(tmp_path)], context, tmp_path / name, area=AREA)
        found.append(read_folder(tmp_path / name))
        counted = [each for each in told(tmp_path / name) if each["collection"] in {"wegvakken", "wegdeel", "verblijfsobject"}]
        assert all(each["got"] == each["kept"] + sum(each["left_out"].values()) for each in counted)
        assert sum(each["rows"] for each in counted) == 4 + 2 + 2
    for table in ("streets", "ground", "addresses"):
        assert [getattr(each, table).equals(getattr(found[0], table)) for each in found] == [True] * 3
        assert [len([source for source in each.sources if table in source.subjects]) for each in found] == [1] * 3


def test_given_lines_go_before_derived_ones_and_two_networks_are_refused(tmp_path: Path) -> None:
    roads, lines = save(tmp_path, wegdeel=around_houses()["wegdeel"], wegvakken=nwb_segments())
    prepare_neighbourhood([houses(tmp_path)], [roads, lines], tmp_path / "out", area=AREA)
    assert set(read_folder(tmp_path / "out").streets["kind"]) == {"measured"}
    own = tmp_path / "streets.geojson"
    own.write_bytes((tmp_path / "out" / "streets.geojson").read_bytes())
    with pytest.raises(InputError) as refused:
        prepare_neighbourhood([houses(tmp_path)], [lines, own], tmp_path / "other", area=AREA)
    assert refused.value.key == "fetch.table_twice"
    assert not nwb.is_segments([])
