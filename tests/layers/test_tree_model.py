"""The one tree that is drawn many times: a valid GLB of one unit, of few triangles that share their corners, lighter where light falls."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from layers.tree_model import FOOT_RADIUS, FOOT_SIDES, TRUNK_SIDES, far_tree_model, tree_model
from tests.layers.glb import Model, read_glb
from wijktwin import appearance

MOST_TRIANGLES = 60


@pytest.fixture(scope="module")
def model() -> Model:
    return read_glb(tree_model())


FIRST_OF_CROWN = 2 * TRUNK_SIDES + FOOT_SIDES + 1


def crown_of(model: Model) -> NDArray[np.float64]:
    return model.positions[model.indices[2 * TRUNK_SIDES + FOOT_SIDES :]]


def seen_from(model: Model, pitch: float) -> tuple[float, NDArray[np.float64]]:
    """How much of a picture the opaque triangles cover that face a camera at this pitch [°], and their mean colour, by area."""
    eye = np.array([0.0, -np.sin(np.radians(pitch)), np.cos(np.radians(pitch))])
    colours = colours_of(model)[model.indices].mean(axis=1)
    a, b, c = (model.positions[model.indices[:, corner]] for corner in range(3))
    area = np.maximum(np.cross(b - a, c - a) @ eye / 2, 0.0) * (colours[:, 3] > 254)
    return float(area.sum()), np.asarray((colours[:, :3] * area[:, None]).sum(axis=0) / area.sum())


def colours_of(model: Model) -> NDArray[np.float64]:
    """Red, green, blue and opacity at every corner, shape (n, 4)."""
    assert model.picture
    palette = np.asarray(Image.open(io.BytesIO(model.picture)).convert("RGBA")).astype(float)
    place = np.clip((model.attributes["TEXCOORD_0"] * palette.shape[1::-1]).astype(int), 0, np.array(palette.shape[1::-1]) - 1)
    return np.asarray(palette[place[:, 1], place[:, 0]])


def test_tree_stands_on_the_ground_and_measures_one(model: Model) -> None:
    low, high = model.positions.min(axis=0), model.positions.max(axis=0)
    assert high[2] == pytest.approx(1.0, abs=0.04)
    assert low[2] == pytest.approx(-0.03)
    assert high[:2] - low[:2] == pytest.approx([1.0, 1.0], abs=0.1)
    accessor = model.document["accessors"][0]
    assert accessor["min"] == pytest.approx(low)
    assert accessor["max"] == pytest.approx(high)


def test_few_triangles_that_share_their_corners(model: Model) -> None:
    assert len(model.indices) <= MOST_TRIANGLES
    assert len(model.positions) < 0.7 * len(model.indices)
    assert set(model.indices.ravel()) == set(range(len(model.positions)))


@pytest.mark.parametrize("pitch", [0.0, 30.0, 52.0, 65.0])
def test_a_tree_of_a_few_pixels_looks_the_same_with_few_triangles(model: Model, pitch: float) -> None:
    far = read_glb(far_tree_model())
    assert len(far.indices) <= 15
    assert far.positions[:, 2].max() == pytest.approx(1.0)
    assert far.positions[:, 2].min() == pytest.approx(-0.03)
    (near_area, near_colour), (far_area, far_colour) = seen_from(model, pitch), seen_from(far, pitch)
    assert far_area == pytest.approx(near_area, rel=0.1)
    assert np.abs(far_colour - near_colour).max() < 6, (near_colour, far_colour)


def test_crown_is_closed_and_faces_outward(model: Model) -> None:
    crown = crown_of(model)
    volume = np.einsum("ij,ij->i", crown[:, 0], np.cross(crown[:, 1], crown[:, 2])).sum() / 6
    assert volume == pytest.approx(4 / 3 * np.pi * 0.5 * 0.5 * 0.39, rel=0.25)
    edges = np.round(np.concatenate([crown[:, [0, 1]], crown[:, [1, 2]], crown[:, [2, 0]]]), 5)
    there = {tuple(edge.ravel()) for edge in edges}
    assert len(there) == len(edges)
    assert there == {tuple(edge[::-1].ravel()) for edge in edges}
    middle = crown.reshape(-1, 3).mean(axis=0)
    normals = np.cross(crown[:, 1] - crown[:, 0], crown[:, 2] - crown[:, 0])
    assert (np.einsum("ij,ij->i", normals, crown.mean(axis=1) - middle) > 0).all()


def test_a_corner_is_lighter_the_more_light_falls_on_it(model: Model) -> None:
    colours = colours_of(model)
    light = appearance.light_on(model.attributes["NORMAL"]).mean(axis=1)
    is_crown, is_trunk = np.arange(len(colours)) >= FIRST_OF_CROWN, np.arange(len(colours)) < 2 * TRUNK_SIDES
    assert np.corrcoef(light[is_crown], colours[is_crown, :3].mean(axis=1))[0, 1] > 0.75, "clumps of leaves leave the light what it is"
    assert (colours[is_crown, 1] > colours[is_crown, 0]).all(), "leaves are green"
    assert (colours[is_trunk, 0] > colours[is_trunk, 1]).all(), "trunks are brown"
    assert (colours[is_crown | is_trunk, 3] == 255).all()


def test_shade_at_the_foot_runs_out_to_nothing_within_the_crown(model: Model) -> None:
    foot = slice(2 * TRUNK_SIDES, FIRST_OF_CROWN)
    reach, opacity = np.linalg.norm(model.positions[foot, :2], axis=1), colours_of(model)[foot, 3]
    assert reach[0] == 0
    assert opacity[0] > 60
    assert (opacity[1:] == 0).all()
    assert reach[1:] == pytest.approx(FOOT_RADIUS)
    assert reach.max() < 0.5


def test_the_same_tree_every_time() -> None:
    tree_model.cache_clear()
    first = tree_model()
    tree_model.cache_clear()
    assert tree_model() == first
