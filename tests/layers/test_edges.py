"""Edges: every crease once, nothing within a plane; strokes keep the ends of an edge."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from layers.edges import crease_edges, creases, strokes
from tests.layers.small_town import house, small_town
from wijktwin.appearance import DASHES, Outline
from wijktwin.model.mesh import SurfaceKind
from wijktwin.model.volume_mesh import joined, mesh_of_faces, raised


def test_a_box_has_twelve_edges_of_its_own_lengths() -> None:
    segments, owner = crease_edges(raised(box(0, 0, 4, 3), bottom=0, top=2, origin=np.zeros(3)))
    lengths = np.linalg.norm(segments[:, 1] - segments[:, 0], axis=1)
    assert sorted(lengths) == pytest.approx([2.0] * 4 + [3.0] * 4 + [4.0] * 4)
    assert set(owner) == {0}


def test_a_roof_cut_in_two_pieces_in_one_plane_has_no_edge_there() -> None:
    points = np.array([(x, y, 0.0) for x in (0.0, 5.0, 10.0) for y in (0.0, 4.0)])
    faces = [(SurfaceKind.ROOF, [[0, 2, 3, 1]]), (SurfaceKind.ROOF, [[2, 4, 5, 3]])]
    segments, _ = crease_edges(mesh_of_faces(points, faces, origin=np.zeros(3)))
    assert len(segments) == 6
    assert not [s for s in segments if (s[:, 0] == 5.0).all()]


def test_edges_do_not_depend_on_whether_a_file_shares_its_vertices() -> None:
    shared = house(0, 0)
    loose = joined([shared], origin=shared.origin)
    n = len(loose.ring_vertices)
    object.__setattr__(loose, "vertices", shared.vertices[loose.ring_vertices])
    object.__setattr__(loose, "ring_vertices", np.arange(n, dtype=np.int32))
    found = [{tuple(map(tuple, np.sort(np.round(s, 6), axis=0))) for s in crease_edges(mesh)[0]} for mesh in (shared, loose)]
    assert found[0] == found[1]


def test_roof_edges_of_a_gable_house() -> None:
    segments, _, has_roof = creases(house(0, 0))
    segments = segments[has_roof]
    assert len(segments) == 7  # a ridge, two eaves, four slopes
    assert segments[:, :, 2].min() > 3.0


def test_party_walls_of_two_buildings_keep_their_own_edges() -> None:
    mesh = small_town().mesh
    _, owner = crease_edges(mesh)
    assert np.bincount(owner).tolist() == [15] * 8


@given(length=st.floats(0.05, 80), outline=st.sampled_from([Outline.DASHED, Outline.DOTTED]))
def test_strokes_begin_and_end_with_the_edge(length: float, outline: Outline) -> None:
    edge = np.array([[[0.0, 0.0, 1.0], [length, 0.0, 1.0]]])
    cut = strokes(edge, outline)
    assert cut[0, 0, 0] == pytest.approx(0.0)
    assert cut[-1, 1, 0] == pytest.approx(length)
    for before, after in itertools.pairwise(cut):
        assert after[0, 0] > before[1, 0]
    drawn = (cut[:, 1, 0] - cut[:, 0, 0]).sum()
    stroke, gap = DASHES[outline]
    assert drawn >= length * stroke / (stroke + gap) - 1e-9


def test_a_solid_outline_is_left_as_it_is() -> None:
    edge = np.array([[[0.0, 0.0, 0.0], [9.0, 0.0, 0.0]]])
    assert strokes(edge, Outline.SOLID) is edge
