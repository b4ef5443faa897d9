"""Plans that visitors send, read in a process apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.model.small_world import small_neighbourhood
from tests.sources.plan_documents import check_sentences, complete, document, read, tower
from tests.sources.test_plan_formats import SQUARE, city_model, drawing, polyline
from wijktwin.errors import InputError
from wijktwin.export.plan_geopackage import write_plan_geopackage
from wijktwin.sources.plan_files import Companions, read_uploaded_plan
from wijktwin.sources.plans.formats import read_document
from wijktwin.sources.plans.reading import placed_plan
from wijktwin.sources.plans.upload import document_as_json, document_from_json

WORLD = small_neighbourhood()


@pytest.mark.parametrize("told", [complete(), document(tower()), city_model()], ids=["complete", "small", "city model"])
def test_a_document_that_travelled_as_json_is_the_same_plan(told: Any) -> None:
    data = json.dumps(told).encode()
    there = json.loads(json.dumps(document_as_json(read_document(data, source="plan.geojson"))))
    assert placed_plan(document_from_json(there), neighbourhood=WORLD).content_key == read(data).content_key


def test_an_uploaded_plan_is_the_plan(tmp_path: Path) -> None:
    path = tmp_path / "plan.gpkg"
    write_plan_geopackage(read(complete()), path, neighbourhood=WORLD)
    state = tmp_path / "state"
    plan = read_uploaded_plan(path.read_bytes(), name="../../mijn plan.gpkg", neighbourhood=WORLD, state_dir=state)
    assert plan.content_key == read(complete()).content_key
    assert not plan.published_by_server
    assert not [left for left in state.rglob("*") if left.is_file()]


def test_an_uploaded_drawing_comes_with_its_facts(tmp_path: Path) -> None:
    companions = Companions(json.dumps(document()).encode(), b"\xef\xbb\xbfvolume_id;height\nA;12,5\n")
    plan = read_uploaded_plan(
        drawing(polyline("A", *SQUARE)), name="blok.dxf", neighbourhood=WORLD, state_dir=tmp_path, companions=companions
    )
    assert plan.volumes[0].height == 12.5


def test_what_is_wrong_is_said_in_both_languages_across_the_processes(tmp_path: Path) -> None:
    told = json.dumps(document(tower(hieght=5))).encode()
    with pytest.raises(InputError) as caught:
        read_uploaded_plan(told, name="plan.geojson", neighbourhood=WORLD, state_dir=tmp_path)
    check_sentences(caught.value)
    assert caught.value.key == "plans.unknown_field_near"
    assert "object 1 (volume “high”)" in caught.value.sentence("nl")
    assert "feature 1 (volume “high”)" in caught.value.sentence("en")


def test_a_child_that_answers_nonsense_is_not_believed() -> None:
    there = document_as_json(read_document(json.dumps(complete()).encode(), source="plan.geojson"))
    there["features"][0]["properties"] = {"feature": "volume", "volume_id": "high", "height": "high"}
    with pytest.raises(InputError):
        document_from_json(there)
