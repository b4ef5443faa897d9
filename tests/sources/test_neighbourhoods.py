"""Neighbourhoods from city models: one table, one mesh, one reference system, nothing twice."""

from __future__ import annotations

import dataclasses
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from tests.sources.shapes import PLACE, Vertices, document, prism, solid
from tests.sources.shapes import read as read_document
from wijktwin.errors import InputError
from wijktwin.model.city_model import CityModel
from wijktwin.model.provenance import Source
from wijktwin.model.surroundings import GROUND_COLUMNS, geographic_table
from wijktwin.sources.neighbourhoods import neighbourhood_from


def model(*ids: str, x: float = 0.0, reference: str | None = "EPSG:7415", name: str = "made", **changes: Any) -> CityModel:
    """Houses of 4 by 4 by 3 m, in a row from x."""
    vertices = Vertices()
    objects = {}
    for number, building_id in enumerate(ids):
        left = x + 10 * number
        shell = vertices.shell(prism(shapely.box(left, 0, left + 4, 4), 0, 3 + number))
        objects[building_id] = {
            "type": "Building",
            "geometry": [solid([shell])],
            "attributes": {"b3_h_maaiveld": 2.0, "straat": building_id},
        }
    made = document(objects, vertices, **changes)
    if reference is None:
        del made["metadata"]["referenceSystem"]
    else:
        made["metadata"]["referenceSystem"] = reference
    return dataclasses.replace(read_document(made), name=name)


def test_models_side_by_side_become_one() -> None:
    west, east = model("a", "b"), model("c", x=500)
    joined = neighbourhood_from([west, east], name="Proef")
    assert joined.buildings.building_ids == ("a", "b", "c")
    np.testing.assert_allclose(joined.buildings.numbers["volume"], [48, 64, 48])
    np.testing.assert_allclose(joined.mesh.object_volumes(3), [48, 64, 48])
    assert joined.extent == pytest.approx((PLACE[0], PLACE[1], PLACE[0] + 504, PLACE[1] + 4))
    assert [joined.buildings.at(row).other for row in range(3)] == [{"straat": one} for one in "abc"]
    assert joined.time_zone == "Europe/Amsterdam"
    assert not joined.fictional


def test_every_row_keeps_its_own_surfaces() -> None:
    joined = neighbourhood_from([model("a", "b"), model("c", x=500)], name="Proef")
    for row, left in enumerate((0, 10, 500)):
        corners = joined.mesh.triangle_corners()[joined.mesh.triangle_object() == row] + joined.mesh.origin
        assert corners[..., 0].min() == pytest.approx(PLACE[0] + left)
        assert corners[..., 0].max() == pytest.approx(PLACE[0] + left + 4)
    assert (np.diff(joined.mesh.surface_object) >= 0).all()
    assert (np.diff(joined.mesh.ring_surface) >= 0).all()


def test_a_building_in_two_models_is_shown_once_with_a_note() -> None:
    first, second = model("a", "b", name="west"), model("b", "c", x=10, name="oost")
    joined = neighbourhood_from([first, second], name="Proef")
    assert joined.buildings.building_ids == ("a", "b", "c")
    np.testing.assert_allclose(joined.buildings.numbers["volume"], [48, 64, 64])
    (note,) = [note for note in joined.notes if note.key == "reading.merged_twice"]
    assert note.values == {"source": "oost", "where": "b", "other": "west"}


def test_halo_is_marked() -> None:
    joined = neighbourhood_from([model("a", "b")], name="Proef", halo_ids=frozenset({"b", "elders"}))
    assert joined.buildings.flags["is_halo"].tolist() == [False, True]
    assert joined.extent[2] == pytest.approx(PLACE[0] + 4)


def test_without_reference_system_one_is_asked_for() -> None:
    with pytest.raises(InputError) as caught:
        neighbourhood_from([model("a", reference=None, name="wijk.city.json")], name="Proef")
    assert caught.value.key == "reading.crs_needed"
    assert "wijk.city.json" in caught.value.sentence("nl")
    joined = neighbourhood_from([model("a", reference=None)], name="Proef", crs="EPSG:7415")
    assert joined.reference_system.to_epsg() == 7415
    assert joined.notes == tuple(note for note in joined.notes if note.key != "reading.no_crs")


def test_different_reference_systems_are_refused() -> None:
    in_ghent = {"scale": [0.0001] * 3, "translate": [104_500.0, 193_800.0, 8.0]}
    with pytest.raises(InputError) as caught:
        neighbourhood_from([model("a"), model("b", reference="EPSG:31370", name="gent", transform=in_ghent)], name="Proef")
    assert caught.value.key == "reading.crs_differs"


def test_rd_with_and_without_nap_go_together() -> None:
    joined = neighbourhood_from([model("a", reference="EPSG:28992"), model("b", x=50)], name="Proef")
    assert joined.reference_system.to_epsg() == 7415
    assert joined.horizontal_crs.to_epsg() == 28992


def test_an_unknown_clock_is_asked_for() -> None:
    translate = [4_500_000.0, 3_000_000.0, 0.0]
    far = model("a", reference="EPSG:3035", transform={"scale": [0.0001] * 3, "translate": translate})
    with pytest.raises(InputError) as caught:
        neighbourhood_from([far], name="Proef")
    assert caught.value.key == "reading.time_zone_needed"
    assert neighbourhood_from([far], name="Proef", time_zone="Europe/Berlin").time_zone == "Europe/Berlin"


def test_no_model_is_no_neighbourhood() -> None:
    with pytest.raises(InputError, match="Proef"):
        neighbourhood_from([], name="Proef")


def lawn(surface_id: str) -> gpd.GeoDataFrame:
    rows = {"surface_id": [surface_id], "kind": ["green"]}
    return geographic_table(GROUND_COLUMNS, rows, [shapely.box(0, 0, 1, 1)], "EPSG:28992")


def test_the_key_changes_with_everything_it_is_made_of() -> None:
    base = neighbourhood_from([model("a")], name="Proef").key
    assert neighbourhood_from([model("a")], name="Proef").key == base
    others = [
        neighbourhood_from([model("b")], name="Proef"),
        neighbourhood_from([model("a")], name="Anders"),
        neighbourhood_from([model("a")], name="Proef", ground=lawn("1")),
        neighbourhood_from([model("a")], name="Proef", ground=lawn("2")),
        neighbourhood_from([model("a")], name="Proef", halo_ids=frozenset({"a"})),
        neighbourhood_from([model("a")], name="Proef", time_zone="Europe/Brussels"),
    ]
    assert len({base, *(other.key for other in others)}) == 7


def test_sources_come_along_once() -> None:
    extra = Source(title="BGT", owner="gemeente Amersfoort")
    joined = neighbourhood_from([model("a", name="made"), model("b", x=50, name="made")], name="Proef", sources=[extra])
    assert joined.sources[-1] == extra
    assert len(joined.sources) == len(set(joined.sources)) == 2


def test_made_up_stays_made_up() -> None:
    made = model("a", metadata={"referenceSystem": "EPSG:7415", "title": "Vogelbuurt", "fictional": True})
    assert neighbourhood_from([made], name="Proef").fictional
    assert neighbourhood_from([model("a")], name="Proef", fictional=True).fictional
