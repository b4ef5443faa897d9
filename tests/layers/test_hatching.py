"""Strokes over what is still a choice."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, Polygon, box

from layers.deck import build_deck
from layers.frame import Frame
from layers.hatching import GAP, hatching
from layers.legend import legend
from layers.plan_view import plan_view
from layers.plans import plan_rows
from layers.prepared import prepare
from layers.standalone import Inside
from layers.terrain import build_terrain
from tests.layers.small_town import GROUND, small_town, tower
from wijktwin import appearance
from wijktwin.model.plan import Latitude, Plan
from wijktwin.model.scenario import Scenario
from wijktwin.model.volume_mesh import raised

ORIGIN = np.zeros(3)


def that_is(latitude: Latitude, *, base: float = 0.0) -> Plan:
    whole = tower().volumes[0]
    return dataclasses.replace(tower(), volumes=(dataclasses.replace(whole, latitude=latitude, base=base),))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.floats(0.6, 60.0), st.floats(0.6, 60.0), st.floats(0.6, 80.0))
def test_strokes_of_a_box_lie_just_before_its_faces_and_slant(width: float, depth: float, height: float) -> None:
    segments = hatching(raised(box(0, 0, width, depth), bottom=0.0, top=height, origin=ORIGIN))
    assert len(segments) >= 5, "every wall and the roof has one"
    outside = np.abs(
        np.stack([segments[..., 0], width - segments[..., 0], segments[..., 1], depth - segments[..., 1], height - segments[..., 2]])
    )
    is_before = np.isclose(outside, GAP, atol=1e-6).all(axis=2) & np.all(
        np.stack(
            [segments[..., 0] < 0, segments[..., 0] > width, segments[..., 1] < 0, segments[..., 1] > depth, segments[..., 2] > height]
        ),
        axis=2,
    )
    assert is_before.sum(axis=0).tolist() == [1] * len(segments), "each before exactly one face"
    along = np.abs(segments[:, 1] - segments[:, 0])
    on_roof = is_before[4]
    assert np.allclose(along[on_roof, 0], along[on_roof, 1])
    assert np.allclose(along[~on_roof, :2].sum(axis=1), along[~on_roof, 2])


def test_no_stroke_runs_over_a_hole() -> None:
    ring = Polygon(box(0, 0, 40, 40).exterior, [box(10, 10, 30, 30).exterior])
    segments = hatching(raised(ring, bottom=0.0, top=10.0, origin=ORIGIN))
    roof = segments[(segments[..., 2] > 10).all(axis=1)]
    middles = roof.mean(axis=1)
    assert len(roof) > 10
    assert not [1 for x, y, _ in middles if box(10.01, 10.01, 29.99, 29.99).contains(Point(x, y))]


@pytest.mark.parametrize("latitude", list(Latitude))
def test_only_what_is_a_choice_is_hatched_and_what_is_open_is_lighter(latitude: Latitude) -> None:
    town = small_town()
    plan = that_is(latitude)
    rows = plan_rows(plan, town, build_terrain(town), Frame.of(town))
    assert bool(rows.hatching) is (latitude is Latitude.CHOICE)
    roof = next(row for row in rows.volumes if len(row["c"]) == 3)
    face = appearance.PLAN_FACES["proposal"]
    wanted = appearance.lighter(face) if latitude is Latitude.OPEN else face
    assert roof["c"] == appearance.shaded(np.array(wanted, dtype=float), np.array([[0.0, 0.0, 1.0]]))[0].tolist()
    prepared = prepare(town, [plan], publish=Inside())
    scenario = Scenario(town, frozenset({plan}))
    found = {entry.key: entry for entry in legend(scenario, prepared)}
    assert {key for key in found if key in {"volume_choice", "volume_open"}} == (
        {f"volume_{latitude}"} if latitude in {Latitude.CHOICE, Latitude.OPEN} else set()
    )
    if latitude is Latitude.CHOICE:
        assert found["volume_choice"].is_hatched
    if latitude is Latitude.OPEN:
        assert found["volume_open"].fill != found["volume_proposal"].fill
        assert "rgb({},{},{})".format(*wanted) in plan_view(town, [plan], prepared).decode()
    layers = [layer["id"] for layer in json.loads(build_deck(scenario, prepared).to_json())["layers"]]
    assert ("hatching/tower" in layers) is (latitude is Latitude.CHOICE)


def test_strokes_end_at_the_ground() -> None:
    town = small_town()
    frame = Frame.of(town)
    rows = plan_rows(that_is(Latitude.CHOICE, base=-6.0), town, build_terrain(town), frame)
    heights = [row[end][2] for row in rows.hatching for end in ("s", "t")]
    assert min(heights) == pytest.approx(GROUND - frame.reference_ground, abs=0.01)
    above = plan_rows(that_is(Latitude.CHOICE), town, build_terrain(town), frame)
    assert max(heights) == pytest.approx(max(row[end][2] for row in above.hatching for end in ("s", "t")), abs=0.5)
