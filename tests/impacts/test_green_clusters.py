"""Cluster by cluster comes to the same green places as all at once."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.impacts.test_real_figures import example, example_plan
from wijktwin.impacts.green_clusters import clustered_green_places
from wijktwin.impacts.green_places import green_places, public_green

SIZES = {"path": 4.0, "narrowest": 10.0, "smallest": 300.0}
LAWNS = st.builds(
    lambda x, y, w, h: shapely.box(x, y, x + w, y + h), st.integers(0, 90), st.integers(0, 90), st.integers(1, 30), st.integers(1, 30)
)


@given(st.lists(LAWNS, max_size=8))
@settings(max_examples=150)
def test_the_same_places_whatever_the_lawns(lawns: list[shapely.Polygon]) -> None:
    whole = shapely.get_parts(shapely.union_all(np.array(lawns, dtype=object))) if lawns else np.zeros(0, dtype=object)
    outlines = np.array(list(whole), dtype=object)
    one, other = green_places(outlines, **SIZES), clustered_green_places(outlines, **SIZES)
    assert len(one) == len(other)
    if len(one):
        assert shapely.union_all(one).symmetric_difference(shapely.union_all(other)).area == pytest.approx(0.0, abs=1e-6)


def test_the_same_places_in_the_example_with_every_plan() -> None:
    for names in ((), ("groene-straat",), ("vogeltorens",), ("vogelhof", "groene-straat")):
        outlines = public_green(example().with_plans([example_plan(name) for name in names]).ground)
        one, other = (of(outlines, path=4.0, narrowest=10.0, smallest=5000.0) for of in (green_places, clustered_green_places))
        assert len(one) == len(other) > 3
        apart = shapely.union_all(one).symmetric_difference(shapely.union_all(other)).area
        assert apart < 0.01, "m², of ten hectares: corners are rounded in another order"


def test_nothing_green_has_no_places() -> None:
    assert len(clustered_green_places(np.zeros(0, dtype=object), **SIZES)) == 0
    assert len(clustered_green_places(np.array([shapely.box(0, 0, 9, 9)], dtype=object), **SIZES)) == 0
