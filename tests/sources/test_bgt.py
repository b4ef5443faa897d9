"""What BGT says in our words, in both of its spellings."""

from __future__ import annotations

from typing import Any, Final

import pytest
import shapely
import shapely.geometry

from wijktwin.model.surroundings import GroundKind
from wijktwin.sources import bgt
from wijktwin.sources.fetching.tally import Tally

AREA: Final = shapely.box(0, 0, 100, 100)


@pytest.mark.parametrize(
    ("collection", "properties", "kind"),
    [
        ("wegdeel", {"functie": "rijbaan lokale weg", "fysiek_voorkomen": "gesloten verharding"}, GroundKind.CARRIAGEWAY),
        ("wegdeel", {"function": "rijbaan regionale weg", "surfaceMaterial": "open verharding"}, GroundKind.CARRIAGEWAY),
        ("wegdeel", {"function": "voetpad", "surfaceMaterial": "open verharding"}, GroundKind.PAVEMENT),
        ("wegdeel", {"functie": "fietspad", "fysiek_voorkomen": "gesloten verharding"}, GroundKind.CYCLE_PATH),
        ("wegdeel", {"functie": "parkeervlak", "fysiek_voorkomen": "open verharding"}, GroundKind.PARKING),
        ("wegdeel", {"functie": "parkeervlak", "fysiek_voorkomen": "half verhard"}, GroundKind.TERRAIN),
        ("wegdeel", {"functie": "voetpad", "fysiek_voorkomen": "onverhard"}, GroundKind.TERRAIN),
        ("wegdeel", {"functie": "spoorbaan", "fysiek_voorkomen": "half verhard"}, GroundKind.RAILWAY),
        ("wegdeel", {"functie": "transitie", "fysiek_voorkomen": "transitie"}, GroundKind.OTHER),
        ("ondersteunendwegdeel", {"functie": "berm", "fysiek_voorkomen": "groenvoorziening"}, GroundKind.GREEN),
        ("ondersteunendwegdeel", {"function": "verkeerseiland", "surfaceMaterial": "gesloten verharding"}, GroundKind.PAVEMENT),
        ("ondersteunendwegdeel", {"functie": "berm", "fysiek_voorkomen": "onverhard"}, GroundKind.TERRAIN),
        ("begroeidterreindeel", {"fysiek_voorkomen": "loofbos"}, GroundKind.GREEN),
        ("begroeidterreindeel", {"class": "grasland overig"}, GroundKind.GREEN),
        ("begroeidterreindeel", {"fysiek_voorkomen": "transitie"}, GroundKind.OTHER),
        ("onbegroeidterreindeel", {"bgt-fysiekVoorkomen": "erf"}, GroundKind.OTHER),
        ("onbegroeidterreindeel", {"fysiek_voorkomen": "open verharding"}, GroundKind.SQUARE),
        ("onbegroeidterreindeel", {"fysiek_voorkomen": "zand"}, GroundKind.TERRAIN),
        ("waterdeel", {"type": "waterloop"}, GroundKind.WATER),
        ("waterdeel", {"class": "greppel, droge sloot"}, GroundKind.TERRAIN),
        ("ondersteunendwaterdeel", {"type": "oever, slootkant"}, GroundKind.TERRAIN),
    ],
)
def test_ground_is_called_by_our_names(collection: str, properties: dict[str, Any], kind: GroundKind) -> None:
    assert bgt.ground_kind(collection, properties) == kind


def feature(name: str, shape: Any, **properties: Any) -> dict[str, Any]:
    drawn = None if shape is None else shapely.geometry.mapping(shape)
    return {"type": "Feature", "properties": {"lokaal_id": name, **properties}, "geometry": drawn}


def test_everything_that_is_not_used_is_counted_with_its_reason() -> None:
    square = shapely.box(10, 10, 20, 20)
    features = [
        feature("a", square, fysiek_voorkomen="erf"),
        feature("b", square, eind_registratie="2020-01-01"),
        feature("c", square, terminationDate="2020-01-01"),
        feature("d", square, status="plan"),
        feature("e", square, relatieve_hoogteligging=-1),
        feature("f", None),
        feature("", square),
        feature("g", shapely.Point(1, 1)),
        feature("h", shapely.box(200, 200, 210, 210)),
        feature("i", shapely.box(100, 0, 110, 10)),  # touches the edge only
        {"type": "Feature", "properties": None, "geometry": {"type": "Polygon", "coordinates": [[[1]]]}},
    ]
    tally = Tally("bgt", "onbegroeidterreindeel", None, len(features))
    rows = bgt.ground_rows("onbegroeidterreindeel", features, AREA, tally)
    assert [row["surface_id"] for row, _ in rows] == ["a"]
    assert tally.left_out == {
        "ended": 2,
        "not_built": 1,
        "other_level": 1,
        "no_shape": 2,
        "no_identifier": 1,
        "no_polygon": 1,
        "outside": 2,
    }
    assert tally.kept + sum(tally.left_out.values()) == tally.got


def test_a_shape_that_crosses_itself_is_mended_and_one_that_falls_apart_stays_one_row() -> None:
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    comb = shapely.Polygon([(90, 0), (120, 0), (120, 30), (90, 30), (90, 20), (110, 20), (110, 10), (90, 10)])
    tally = Tally("bgt", "wegdeel", None, 2)
    rows = bgt.ground_rows("wegdeel", [feature("bow", bow), feature("comb", comb)], AREA, tally)
    assert [shape.is_valid for _, shape in rows] == [True, True]
    assert [shape.area for _, shape in rows] == pytest.approx([50.0, 200.0])
    assert rows[1][1].geom_type == "MultiPolygon"


def test_of_two_versions_the_newest_is_used_whatever_their_order() -> None:
    old = feature("a", shapely.box(0, 0, 1, 1), tijdstip_registratie="2019-01-01")
    new = feature("a", shapely.box(0, 0, 2, 2), tijdstip_registratie="2021-01-01")
    for features in ([old, new], [new, old]):
        ((_, shape),) = bgt.ground_rows("wegdeel", features, AREA, Tally("bgt", "wegdeel", None, 2))
        assert shape.area == 4.0
