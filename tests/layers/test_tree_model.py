"""The one tree that is drawn many times: a valid GLB of one unit, with a colour for every face."""

from __future__ import annotations

import io
import json
import struct
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from layers.tree_model import tree_model
from wijktwin import appearance


@pytest.fixture(scope="module")
def parts() -> tuple[dict[str, Any], bytes]:
    """Document and body, read by the rules of glTF 2.0 (section 4, GLB)."""
    content = tree_model()
    magic, version, length = struct.unpack_from("<4sII", content)
    assert (magic, version, length) == (b"glTF", 2, len(content))
    size, kind = struct.unpack_from("<I4s", content, 12)
    assert (size % 4, kind) == (0, b"JSON")
    body_size, body_kind = struct.unpack_from("<I4s", content, 20 + size)
    assert (body_size % 4, body_kind) == (0, b"BIN\0")
    assert 28 + size + body_size == len(content)
    return json.loads(content[20 : 20 + size]), content[28 + size :]


def view(parts: tuple[dict[str, Any], bytes], number: int) -> bytes:
    document, body = parts
    told = document["bufferViews"][number]
    return body[told["byteOffset"] : told["byteOffset"] + told["byteLength"]]


def triangles(parts: tuple[dict[str, Any], bytes]) -> NDArray[np.float32]:
    return np.frombuffer(view(parts, 0), dtype="<f4").reshape(-1, 3, 3)


def test_tree_stands_on_the_ground_and_measures_one(parts: tuple[dict[str, Any], bytes]) -> None:
    points = triangles(parts).reshape(-1, 3)
    low, high = points.min(axis=0), points.max(axis=0)
    assert high[2] == pytest.approx(1.0, abs=0.04)
    assert low[2] == pytest.approx(-0.03)
    assert high[:2] - low[:2] == pytest.approx([1.0, 1.0], abs=0.1)
    accessor = parts[0]["accessors"][0]
    assert accessor["min"] == pytest.approx(low)
    assert accessor["max"] == pytest.approx(high)
    assert accessor["count"] == len(points)


def test_crown_is_closed_and_faces_outward(parts: tuple[dict[str, Any], bytes]) -> None:
    crown = triangles(parts)[12:].astype(np.float64)
    assert len(crown) == 80
    volume = np.einsum("ij,ij->i", crown[:, 0], np.cross(crown[:, 1], crown[:, 2])).sum() / 6
    assert volume == pytest.approx(0.8 * 4 / 3 * np.pi * 0.5 * 0.5 * 0.38, rel=0.1)
    edges = np.round(np.concatenate([crown[:, [0, 1]], crown[:, [1, 2]], crown[:, [2, 0]]]), 5)
    there = {tuple(edge.ravel()) for edge in edges}
    assert there == {tuple(edge[::-1].ravel()) for edge in edges}


def test_every_face_takes_its_own_colour_from_the_palette(parts: tuple[dict[str, Any], bytes]) -> None:
    found = triangles(parts).astype(np.float64)
    uv = np.frombuffer(view(parts, 2), dtype="<f4").reshape(-1, 3, 2)
    palette = np.asarray(Image.open(io.BytesIO(view(parts, 3))).convert("RGB"))[0]
    pixel = uv[:, :, 0] * len(palette)
    assert pixel == pytest.approx(np.repeat(np.arange(len(found))[:, None], 3, axis=1) + 0.5)
    normals = np.cross(found[:, 1] - found[:, 0], found[:, 2] - found[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    light = appearance.light_on(normals).mean(axis=1)
    crown = palette[12 : len(found)].astype(float).mean(axis=1)
    assert np.corrcoef(light[12:], crown)[0, 1] > 0.9
    assert (palette[12 : len(found), 1] >= palette[12 : len(found), 0]).all(), "leaves are green"


def test_the_same_tree_every_time() -> None:
    tree_model.cache_clear()
    first = tree_model()
    tree_model.cache_clear()
    assert tree_model() == first
