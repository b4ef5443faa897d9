from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.model.small_world import small_neighbourhood
from tests.sources.plan_documents import Json, document, facts, feature, tower
from tests.sources.test_plan_formats import SQUARE, drawing, polyline
from wijktwin.errors import PlanConflictError
from wijktwin.model.plan import PlanStatus
from wijktwin.sources.plan_files import plan_paths, read_plan_folder

WORLD = small_neighbourhood()


def put(folder: Path, name: str, told: Json | bytes) -> None:
    (folder / name).write_bytes(told if isinstance(told, bytes) else json.dumps(told).encode())


def named(plan_id: str, *features: Json, **told: object) -> Json:
    return document(*features) | {"plan": facts(plan_id=plan_id) | told}


def test_one_broken_plan_does_not_lose_the_others(tmp_path: Path) -> None:
    put(tmp_path, "b.geojson", named("second", tower()))
    put(tmp_path, "a.geojson", named("first"))
    put(tmp_path, "broken.geojson", b"{")
    put(tmp_path, "wrong.geojson", named("third", tower(height="x")))
    put(tmp_path, "same.geojson", named("second"))
    put(tmp_path, "readme.txt", b"not a plan")
    put(tmp_path, ".hidden.geojson", b"{")
    (tmp_path / "folder.geojson").mkdir()
    plans, errors = read_plan_folder(tmp_path, neighbourhood=WORLD)
    assert [plan.plan_id for plan in plans] == ["first", "second"]
    assert all(plan.published_by_server for plan in plans)
    assert [error.values["source"] for error in errors] == ["broken.geojson", "same.geojson", "wrong.geojson"]
    assert [error.key for error in errors] == ["reading.cut", "plans.id_taken", "plans.number_as_text"]


def test_no_folder_is_no_plans(tmp_path: Path) -> None:
    assert read_plan_folder(tmp_path / "nowhere", neighbourhood=WORLD) == ((), ())


def test_drafts_and_withdrawn_plans_are_listed_and_not_shown_to_residents(tmp_path: Path) -> None:
    for status in PlanStatus:
        put(tmp_path, f"{status}.geojson", named(f"the-{status}", status=str(status)))
    plans, errors = read_plan_folder(tmp_path, neighbourhood=WORLD)
    assert errors == ()
    assert {plan.plan_id: plan.is_for_residents for plan in plans} == {
        "the-draft": False, "the-frozen": True, "the-published": True, "the-withdrawn": False,
    }  # fmt: skip
    withdrawn = next(plan for plan in plans if plan.is_withdrawn)
    with pytest.raises(PlanConflictError, match="withdrawn"):
        WORLD.with_plans({withdrawn})


def test_references_to_plans_that_are_not_there_are_notes(tmp_path: Path) -> None:
    put(tmp_path, "a.geojson", named("a", excludes=["b", "nowhere"]))
    put(tmp_path, "b.geojson", named("b", excludes=["a"]))
    put(tmp_path, "c.geojson", named("c", variant_of="gone"))
    put(tmp_path, "d.geojson", named("d", variant_of="e"))
    put(tmp_path, "e.geojson", named("e", variant_of="d"))
    plans, errors = read_plan_folder(tmp_path, neighbourhood=WORLD)
    assert errors == ()
    notes = {plan.plan_id: [note.key for note in plan.notes] for plan in plans}
    assert notes == {
        "a": ["plans.unknown_exclusion"], "b": [], "c": ["plans.unknown_original"],
        "d": ["plans.variant_circle"], "e": ["plans.variant_circle"],
    }  # fmt: skip
    assert "nowhere" in plans[0].notes[0].sentence("nl")


def test_drawings_find_their_facts_and_table_beside_them(tmp_path: Path) -> None:
    put(tmp_path, "blok.dxf", drawing(polyline("A", *SQUARE)))
    put(tmp_path, "blok.dxf.plan.geojson", named("blok", feature("volume", None, volume_id="A", height=9)))
    put(tmp_path, "toren.dxf", drawing(polyline("A", *SQUARE)))
    put(tmp_path, "toren.dxf.plan.geojson", named("toren"))
    put(tmp_path, "toren.dxf.csv", b"volume_id;storeys\nA;7\n")
    put(tmp_path, "alone.dxf", drawing(polyline("A", *SQUARE)))
    assert [path.name for path in plan_paths(tmp_path)] == ["alone.dxf", "blok.dxf", "toren.dxf"]
    plans, errors = read_plan_folder(tmp_path, neighbourhood=WORLD)
    assert {plan.plan_id: plan.volumes[0].height for plan in plans} == {"blok": 9.0, "toren": 21.0}
    assert [error.key for error in errors] == ["plans.no_facts_beside"]


def test_reading_twice_gives_the_same_plans(tmp_path: Path) -> None:
    put(tmp_path, "a.geojson", named("a", tower()))
    first, _ = read_plan_folder(tmp_path, neighbourhood=WORLD)
    second, _ = read_plan_folder(tmp_path, neighbourhood=WORLD)
    assert WORLD.with_plans(first).key == WORLD.with_plans(second).key
