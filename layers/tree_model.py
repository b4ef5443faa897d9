"""One small tree as a binary glTF, drawn many times: a trunk and a crown of flat faces with the light baked into a palette."""

from __future__ import annotations

import struct
import zlib
from functools import cache
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from wijktwin import appearance

FloatArray = NDArray[np.float64]

TRUNK_SIDES: Final = 6
TRUNK_RADIUS: Final = 0.035
"""Of a crown of diameter 1."""
CROWN_FOOT: Final = 0.24
"""Where the crown begins, as a share of the tree's height."""

_FLOAT: Final = 5126
_TRIANGLES: Final = 4
_NEAREST: Final = 9728
_CLAMP: Final = 33071


@cache
def tree_model() -> bytes:
    """The tree as GLB: z upward, crown diameter 1, height 1, standing on the origin."""
    triangles, colours = _tree()
    normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return _binary(triangles, normals, appearance.shaded(colours, normals))


def _tree() -> tuple[FloatArray, FloatArray]:
    """Triangles, shape (n, 3, 3), and the colour of each before the light falls on it, shape (n, 3)."""
    crown = _sphere()
    half = (1.0 - CROWN_FOOT) / 2.0
    squeeze = np.where(crown[..., 2:3] < 0, 1.0, 0.94)
    crown = np.concatenate([crown[..., :2] * 0.5 * squeeze, CROWN_FOOT + half + crown[..., 2:3] * half], axis=-1)
    shade = 0.86 + 0.14 * (crown[..., 2].mean(axis=1) - CROWN_FOOT) / (2 * half)
    trunk = _trunk()
    colours = np.concatenate(
        [np.tile(np.array(appearance.TRUNK, dtype=np.float64), (len(trunk), 1)), shade[:, None] * np.array(appearance.CROWN)]
    )
    return np.concatenate([trunk, crown]), colours


def _sphere() -> FloatArray:
    """An icosahedron with every face cut in four, on the unit sphere, slightly irregular, shape (80, 3, 3)."""
    golden = (1 + 5**0.5) / 2
    corners = np.array([(0, a, b * golden) for a in (-1, 1) for b in (-1, 1)])
    corners = np.concatenate([np.roll(corners, shift, axis=1) for shift in range(3)])
    corners /= np.linalg.norm(corners[0])
    near = np.linalg.norm(corners[:, None] - corners[None], axis=2)
    side = near[near > 1e-6].min() * 1.01
    faces = [
        (a, b, c) for a in range(12) for b in range(a + 1, 12) for c in range(b + 1, 12)
        if near[a, b] < side and near[b, c] < side and near[a, c] < side
    ]  # fmt: skip
    triangles = corners[np.array(faces)]
    outward = np.einsum("ij,ij->i", np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]), triangles.mean(axis=1))
    triangles[outward < 0] = triangles[outward < 0][:, ::-1]
    middle = (triangles + np.roll(triangles, -1, axis=1)) / 2
    quarters = [np.stack([triangles[:, k], middle[:, k], middle[:, k - 1]], axis=1) for k in range(3)]
    fine = np.concatenate([*quarters, middle])
    fine /= np.linalg.norm(fine, axis=2, keepdims=True)
    lumps = 1.0 + 0.045 * np.sin(7.3 * fine[..., 0] + 1.0) * np.sin(6.1 * fine[..., 1]) + 0.035 * np.sin(9.7 * fine[..., 2])
    return np.asarray(fine * lumps[..., None], dtype=np.float64)


def _trunk() -> FloatArray:
    """An open tube from the ground into the crown, shape (2 * sides, 3, 3)."""
    angle = 2 * np.pi * np.arange(TRUNK_SIDES + 1) / TRUNK_SIDES
    x, y = TRUNK_RADIUS * np.cos(angle), TRUNK_RADIUS * np.sin(angle)
    low, high = np.full_like(x, -0.03), np.full_like(x, CROWN_FOOT + 0.15)
    bottom, top = np.stack([x, y, low], axis=1), np.stack([x, y, high], axis=1)
    first = np.stack([bottom[:-1], bottom[1:], top[1:]], axis=1)
    second = np.stack([bottom[:-1], top[1:], top[:-1]], axis=1)
    return np.concatenate([first, second])


def _binary(triangles: FloatArray, normals: FloatArray, colours: NDArray[np.uint8]) -> bytes:
    """GLB with one colour per triangle, taken from a palette of one pixel per triangle."""
    n = len(triangles)
    width = 1 << (n - 1).bit_length()
    palette = np.zeros((1, width, 3), dtype=np.uint8)
    palette[0, :n] = colours
    positions = triangles.astype("<f4").reshape(-1, 3)
    uv = np.column_stack([np.repeat((np.arange(n) + 0.5) / width, 3), np.full(3 * n, 0.5)]).astype("<f4")
    parts = [positions.tobytes(), np.repeat(normals, 3, axis=0).astype("<f4").tobytes(), uv.tobytes(), _png(palette)]
    views, offset = [], 0
    for part in parts:
        views.append({"buffer": 0, "byteOffset": offset, "byteLength": len(part)})
        offset += len(part) + -len(part) % 4
    body = b"".join(part + b"\0" * (-len(part) % 4) for part in parts)
    low, high = positions.min(axis=0).tolist(), positions.max(axis=0).tolist()
    document: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": "wijktwin"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "NORMAL": 1, "TEXCOORD_0": 2}, "material": 0, "mode": _TRIANGLES}]}],
        "materials": [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}, "metallicFactor": 0.0, "roughnessFactor": 1.0}}],
        "textures": [{"source": 0, "sampler": 0}],
        "samplers": [{"magFilter": _NEAREST, "minFilter": _NEAREST, "wrapS": _CLAMP, "wrapT": _CLAMP}],
        "images": [{"bufferView": 3, "mimeType": "image/png"}],
        "accessors": [
            {"bufferView": 0, "componentType": _FLOAT, "count": 3 * n, "type": "VEC3", "min": low, "max": high},
            {"bufferView": 1, "componentType": _FLOAT, "count": 3 * n, "type": "VEC3"},
            {"bufferView": 2, "componentType": _FLOAT, "count": 3 * n, "type": "VEC2"},
        ],
        "bufferViews": views,
        "buffers": [{"byteLength": len(body)}],
    }
    text = orjson.dumps(document)
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(body), b"BIN\0") + body
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def _png(pixels: NDArray[np.uint8]) -> bytes:
    """A PNG of red, green and blue pixels, shape (height, width, 3)."""
    height, width, _ = pixels.shape
    lines = np.concatenate([np.zeros((height, 1), dtype=np.uint8), pixels.reshape(height, -1)], axis=1)

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines.tobytes(), 9)) + chunk(b"IEND", b"")
