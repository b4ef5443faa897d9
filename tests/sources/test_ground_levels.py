"""A stated ground level above the roof is not the ground that the building stands on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.sources.small_documents import as_bytes, building_id, document
from wijktwin.sources.cityjson.read import read_city_model


@pytest.mark.parametrize(
    ("stated", "ground", "height", "kind"),
    [
        (2.0, 2.0, 10.0, "measured"),
        (10.9, 10.9, 1.1, "measured"),
        (11.5, 2.0, 10.0, "calculated"),
        (12.0, 2.0, 10.0, "calculated"),
        (30.0, 2.0, 10.0, "calculated"),
    ],
)
def test_a_ground_level_above_or_just_below_the_roof_gives_way(stated: float, ground: float, height: float, kind: str) -> None:
    made = document(3)
    made["CityObjects"][building_id(1)]["attributes"]["b3_h_maaiveld"] = stated
    model = read_city_model(as_bytes(made), name="rij")
    row = model.buildings.rows[building_id(1)]
    assert model.buildings.numbers["ground_height"][row] == pytest.approx(ground)
    assert model.buildings.numbers["height"][row] == pytest.approx(height)
    assert model.buildings.texts["ground_kind"][row] == kind
    told = [note.values["count"] for note in model.notes if note.key == "reading.ground_unused"]
    assert told == ([1] if kind == "calculated" else [])


def test_what_is_lower_than_a_metre_itself_keeps_its_ground() -> None:
    made = document(1)
    made["transform"]["scale"][2] = 0.00005
    made["CityObjects"][building_id(0)]["attributes"]["b3_h_maaiveld"] = 2.1
    model = read_city_model(as_bytes(made), name="terras")
    assert model.buildings.numbers["height"].tolist() == [pytest.approx(0.4)]
    assert model.buildings.texts["ground_kind"] == ("measured",)


def test_no_building_of_rotterdam_is_flat(shared_data: Path) -> None:
    model = read_city_model(shared_data / "cityjson/rotterdam_delfshaven_v20.city.json")
    kinds = np.array(model.buildings.texts["ground_kind"])
    assert model.buildings.numbers["height"].min() >= 1.0
    assert [note.values["count"] for note in model.notes if note.key == "reading.ground_unused"] == [(kinds == "calculated").sum()]
