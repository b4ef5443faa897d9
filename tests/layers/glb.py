"""Reads a GLB by the rules of glTF 2.0 (section 4), apart from what writes it."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

KINDS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3}
TYPES = {5126: "<f4", 5125: "<u4", 5123: "<u2"}
CORNERS = {1: 2, 4: 3}


@dataclass(frozen=True)
class Model:
    """One primitive: its attributes by name, lines or triangles as numbers of vertices, and its picture."""

    document: dict[str, Any]
    attributes: dict[str, NDArray[np.float64]]
    indices: NDArray[np.int64]
    picture: bytes

    @property
    def positions(self) -> NDArray[np.float64]:
        return self.attributes["POSITION"]


def read_glb(content: bytes) -> Model:
    """Document, attributes and indices of a GLB with one mesh of one primitive."""
    magic, version, length = struct.unpack_from("<4sII", content)
    assert (magic, version, length) == (b"glTF", 2, len(content))
    size, kind = struct.unpack_from("<I4s", content, 12)
    assert (size % 4, kind) == (0, b"JSON")
    body_size, body_kind = struct.unpack_from("<I4s", content, 20 + size)
    assert (body_size % 4, body_kind) == (0, b"BIN\0")
    assert 28 + size + body_size == len(content)
    document, body = json.loads(content[20 : 20 + size]), content[28 + size :]

    def view(number: int) -> bytes:
        told = document["bufferViews"][number]
        assert told["byteOffset"] % 4 == 0
        return body[told["byteOffset"] : told["byteOffset"] + told["byteLength"]]

    def values(number: int) -> NDArray[Any]:
        told = document["accessors"][number]
        found = np.frombuffer(view(told["bufferView"]), dtype=TYPES[told["componentType"]]).reshape(-1, KINDS[told["type"]])
        assert len(found) == told["count"]
        return found

    (primitive,) = document["meshes"][0]["primitives"]
    indices = values(primitive["indices"]).reshape(-1, CORNERS[primitive["mode"]]).astype(np.int64)
    attributes = {name: values(number).astype(np.float64) for name, number in primitive["attributes"].items()}
    assert {len(one) for one in attributes.values()} == {len(attributes["POSITION"])}
    assert indices.max() < len(attributes["POSITION"])
    picture = view(document["images"][0]["bufferView"]) if "images" in document else b""
    return Model(document, attributes, indices, picture)
