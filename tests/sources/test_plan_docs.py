"""The documentation of plan files, the templates and the example's own plans say what the reader reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from docs.make_plan_schema import TEMPLATE, TEMPLATE_PACKAGE, TEXT, filled_in
from wijktwin.export.plan_file import plan_geojson
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.variants import moved, turned, with_storeys
from wijktwin.places import example_folder
from wijktwin.sources.folder import read_folder
from wijktwin.sources.plan_files import plan_paths, plan_schema, read_plan, read_plan_folder

STALE = "run python docs/make_plan_schema.py"


@pytest.fixture(scope="module")
def example() -> Neighbourhood:
    return read_folder(example_folder())


def test_tables_and_example_in_the_documentation_are_those_of_the_schema() -> None:
    text = TEXT.read_text(encoding="utf-8")
    assert filled_in(text) == text, STALE
    for part in plan_schema()["$defs"].values():
        for field, schema in part["properties"].items():
            assert schema.get("x-nl") or field in {"feature", "type", "id", "bbox", "geometry", "properties"}, field


def test_the_templates_are_plans_for_the_example_and_say_the_same(example: Neighbourhood) -> None:
    plan = read_plan(TEMPLATE, neighbourhood=example)
    assert plan.notes == (), STALE
    assert read_plan(TEMPLATE_PACKAGE, neighbourhood=example).content_key == plan.content_key, STALE
    Draft202012Validator(dict(plan_schema())).validate(json.loads(TEMPLATE.read_text(encoding="utf-8")))
    assert plan.fictional
    scenario = example.with_plans({plan})
    assert len(scenario.volumes) == 4
    assert len(scenario.felled) == len(scenario.demolished) == 1
    assert {row.change for row in scenario.ground.itertuples()} >= {"none", "cut", "changed"}


def test_the_template_shows_every_part_of_the_schema() -> None:
    document = json.loads(TEMPLATE.read_text(encoding="utf-8"))
    left_out = {"demolishes", "felled", "excludes", "variant_of", "flooded"}  # features, about other plans, or supposed by nobody
    assert set(document["plan"]) == set(plan_schema()["$defs"]["plan"]["properties"]) - left_out
    assert {each["properties"]["feature"] for each in document["features"]} == {
        "volume", "ground", "tree", "felled_tree", "demolition", "boundary",
    }  # fmt: skip


def test_the_plans_of_the_example_read_without_errors_or_notes(example: Neighbourhood) -> None:
    folder = example_folder() / "plans"
    plans, errors = read_plan_folder(folder, neighbourhood=example)
    assert [error.sentence("en") for error in errors] == []
    assert len(plans) == len(plan_paths(folder)) >= 4
    assert all(plan.fictional for plan in plans)
    for plan in plans:
        again = read_plan(plan_geojson(plan, neighbourhood=example), neighbourhood=example)
        assert again.content_key == plan.content_key
        assert example.with_plans({again}).key == example.with_plans({plan}).key


def test_variants_of_the_example_come_home_as_they_left(example: Neighbourhood, tmp_path: Path) -> None:
    plans, _ = read_plan_folder(example_folder() / "plans", neighbourhood=example)
    towers = next(plan for plan in plans if any(volume.height >= 60 for volume in plan.volumes))
    high = max(towers.volumes, key=lambda volume: volume.height)
    assert high.storeys is not None
    variant = turned(moved(with_storeys(towers, high.volume_id, high.storeys // 2), 1.5, -2.25), 3, volume_id=high.volume_id)
    path = tmp_path / "variant.geojson"
    path.write_bytes(plan_geojson(variant, neighbourhood=example))
    assert read_plan(path, neighbourhood=example).content_key == variant.content_key
