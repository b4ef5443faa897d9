"""Plans on a real tile of Amersfoort."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from tests.sources.plan_documents import RD, Json, facts, feature
from wijktwin.errors import InputError
from wijktwin.export.plan_file import plan_geojson
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.provenance import Kind
from wijktwin.model.variants import moved
from wijktwin.sources.cityjson.read import read_city_model
from wijktwin.sources.neighbourhoods import neighbourhood_from
from wijktwin.sources.plan_files import read_plan


@pytest.fixture(scope="module")
def amersfoort(shared_data: Path) -> Neighbourhood:
    model = read_city_model(shared_data / "3dbag" / "amersfoort_dehoef_9-572-632_v20250903.city.json")
    return neighbourhood_from([model], name="De Hoef")


def plan_on(outline: shapely.Geometry, **told: object) -> bytes:
    geometry: Json = json.loads(shapely.to_geojson(outline))
    volume = feature("volume", geometry, volume_id="v", storeys=6)
    return json.dumps({"type": "FeatureCollection", "crs": RD, "plan": facts(**told), "features": [volume]}).encode()


def test_a_volume_takes_the_ground_of_the_buildings_around_it(amersfoort: Neighbourhood) -> None:
    heights = amersfoort.buildings.numbers["ground_height"]
    for row in range(0, len(amersfoort.buildings), 20):
        footprint = amersfoort.buildings.footprints[row]
        outline = shapely.box(*footprint.bounds)
        met = [amersfoort.buildings.building_ids[near] for near in amersfoort.rows_near(outline)]
        volume = read_plan(plan_on(outline, demolishes=met), neighbourhood=amersfoort).volumes[0]
        assert volume.ground_level_kind is Kind.ASSUMED
        assert volume.ground_level == pytest.approx(heights[row], abs=1.0)
        assert np.nanmin(heights) <= volume.ground_level <= np.nanmax(heights)


def test_every_building_that_stays_is_in_the_way(amersfoort: Neighbourhood) -> None:
    for row in range(0, len(amersfoort.buildings), 10):
        outline = amersfoort.buildings.footprints[row].buffer(-0.5).normalize()
        if outline.area < 20:
            continue
        building_id = amersfoort.buildings.building_ids[row]
        with pytest.raises(InputError, match=building_id):
            read_plan(plan_on(outline), neighbourhood=amersfoort)
        plan = read_plan(plan_on(outline, demolishes=[building_id]), neighbourhood=amersfoort)
        scenario = amersfoort.with_plans({plan})
        assert np.flatnonzero(~scenario.remaining_rows).tolist() == [row]
        assert scenario.volume_mesh.object_volumes(1)[0] == pytest.approx(plan.volumes[0].footprint.area * 18.0, rel=1e-6)


def test_a_plan_and_its_variant_come_home_as_they_left(amersfoort: Neighbourhood) -> None:
    outline = max(amersfoort.buildings.footprints, key=lambda footprint: float(footprint.area))
    every = list(amersfoort.buildings.building_ids)
    plan = read_plan(plan_on(outline.buffer(1.0), demolishes=every), neighbourhood=amersfoort)
    for told in (plan, moved(plan, 12.3, -4.56)):
        assert read_plan(plan_geojson(told, neighbourhood=amersfoort), neighbourhood=amersfoort).content_key == told.content_key
