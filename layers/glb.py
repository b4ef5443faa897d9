"""Small models as binary glTF 2.0: triangles with a ramp of colours, or plain lines."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
ByteArray = NDArray[np.uint8]

_FLOAT: Final = 5126
_SHORT_INDEX: Final = (5123, "<u2")
_LONG_INDEX: Final = (5125, "<u4")
_MOST_SHORT: Final = 65_535
_SMOOTH: Final = 9729
_CLAMP: Final = 33071
_KINDS: Final = {1: "SCALAR", 2: "VEC2", 3: "VEC3"}


class Primitive(IntEnum):
    """What a model is made of, by the numbers of glTF."""

    LINES = 1
    TRIANGLES = 4


@dataclass(frozen=True, eq=False)
class Model:
    """What a model of ours holds.

    Parameters
    ----------
    points
        Shape (n, 3).
    indices
        Which points make up each line or triangle, shape (m, 2) or (m, 3).
    places, palette
        Where in a picture the colour of each point is, shape (n, 2), and the picture; None where it has none.
    """

    primitive: Primitive
    points: FloatArray
    indices: IntArray
    places: FloatArray | None = None
    palette: ByteArray | None = None


def shared(vertices: FloatArray) -> tuple[FloatArray, IntArray]:
    """Each different vertex once, in the order in which they come, shape (m, k), and which of them every one is, shape (n,)."""
    unique, first, place = np.unique(vertices, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return unique[order], rank[place.ravel()]


def binary_gltf(
    primitive: Primitive, attributes: Mapping[str, FloatArray], indices: IntArray, *, palette: ByteArray | None = None
) -> bytes:
    """A model with one primitive.

    Parameters
    ----------
    attributes
        By the names of glTF (``POSITION`` among them), each of shape (n, 2) or (n, 3).
    indices
        Which vertices make up each line or triangle, shape (m, 2) or (m, 3).
    palette
        A picture for ``TEXCOORD_0``, shape (height, width, 3), or 4 with opacity: its pixels run into each other.
    """
    parts: list[bytes] = []
    accessors: list[dict[str, Any]] = []
    for name, values in attributes.items():
        packed = np.ascontiguousarray(values, dtype="<f4")
        told: dict[str, Any] = {
            "bufferView": len(parts), "componentType": _FLOAT, "count": len(packed), "type": _KINDS[packed.shape[1]],
        }  # fmt: skip
        if name == "POSITION":
            told |= {"min": packed.min(axis=0).tolist(), "max": packed.max(axis=0).tolist()}
        accessors.append(told)
        parts.append(packed.tobytes())
    component, kind = _SHORT_INDEX if len(next(iter(attributes.values()))) <= _MOST_SHORT else _LONG_INDEX
    accessors.append({"bufferView": len(parts), "componentType": component, "count": int(indices.size), "type": "SCALAR"})
    parts.append(indices.ravel().astype(kind).tobytes())
    drawn: dict[str, Any] = {
        "attributes": {name: place for place, name in enumerate(attributes)}, "indices": len(attributes), "mode": int(primitive),
    }  # fmt: skip
    document: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": "wijktwin"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [drawn]}],
        "accessors": accessors,
    }
    if palette is not None:
        drawn["material"] = 0
        document |= _textured(len(parts))
        parts.append(_png(palette))
    return _packed(document, parts)


def read_model(content: bytes) -> Model:
    """A model that `binary_gltf` made, read back."""
    length = struct.unpack_from("<I", content, 12)[0]
    document = orjson.loads(content[20 : 20 + length])
    body = content[28 + length :]

    def part(view: int) -> bytes:
        told = document["bufferViews"][view]
        return body[told["byteOffset"] : told["byteOffset"] + told["byteLength"]]

    def values(name: int) -> NDArray[Any]:
        accessor = document["accessors"][name]
        kind = {_FLOAT: "<f4", _SHORT_INDEX[0]: _SHORT_INDEX[1], _LONG_INDEX[0]: _LONG_INDEX[1]}[accessor["componentType"]]
        return np.frombuffer(part(accessor["bufferView"]), dtype=kind)

    drawn = document["meshes"][0]["primitives"][0]
    primitive, attributes = Primitive(drawn["mode"]), drawn["attributes"]
    corners = 2 if primitive is Primitive.LINES else 3
    palette = places = None
    if "material" in drawn:
        from PIL import Image  # noqa: PLC0415 - only stills read models back

        palette = np.asarray(Image.open(io.BytesIO(part(document["images"][0]["bufferView"]))), dtype=np.uint8)
        places = values(attributes["TEXCOORD_0"]).reshape(-1, 2).astype(np.float64)
    return Model(
        primitive, values(attributes["POSITION"]).reshape(-1, 3).astype(np.float64),
        values(drawn["indices"]).reshape(-1, corners).astype(np.int64), places, palette,
    )  # fmt: skip


def _textured(view: int) -> dict[str, Any]:
    """A material whose colours come from a picture in a buffer view."""
    return {
        "materials": [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}, "metallicFactor": 0.0, "roughnessFactor": 1.0}}],
        "textures": [{"source": 0, "sampler": 0}],
        "samplers": [{"magFilter": _SMOOTH, "minFilter": _SMOOTH, "wrapS": _CLAMP, "wrapT": _CLAMP}],
        "images": [{"bufferView": view, "mimeType": "image/png"}],
    }


def _packed(document: dict[str, Any], parts: list[bytes]) -> bytes:
    """The container: a header, the document as JSON, and the parts one after the other, each on a multiple of four bytes."""
    views, offset = [], 0
    for part in parts:
        views.append({"buffer": 0, "byteOffset": offset, "byteLength": len(part)})
        offset += len(part) + -len(part) % 4
    body = b"".join(part + b"\0" * (-len(part) % 4) for part in parts)
    text = orjson.dumps({**document, "bufferViews": views, "buffers": [{"byteLength": len(body)}]})
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(body), b"BIN\0") + body
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def _png(pixels: ByteArray) -> bytes:
    """A PNG of red, green and blue pixels, shape (height, width, 3), or 4 with opacity."""
    height, width, channels = pixels.shape
    lines = np.concatenate([np.zeros((height, 1), dtype=np.uint8), pixels.reshape(height, -1)], axis=1)

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 6 if channels == 4 else 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines.tobytes(), 9)) + chunk(b"IEND", b"")
