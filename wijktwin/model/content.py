"""A hash of what something says, however it was made: equal contents, equal keys."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import Enum
from typing import Final, TypeVar

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from wijktwin.model.mesh import Mesh

G = TypeVar("G", bound=BaseGeometry)

MILLIMETRE: Final = 0.001
"""Plans are kept to the millimetre: a footprint that went to degrees and back is the same footprint. [m]"""


def content_key(value: object) -> str:
    """SHA-256 (hex) of frozen dataclasses, geometries, arrays, containers and plain values.

    Mappings and sets count without their order; coordinates to the millimetre, other numbers to six decimals; an integral number
    is the same whether written as 3 or as 3.0.

    Raises
    ------
    TypeError
        There is something in it that this function does not know.
    """
    digest = hashlib.sha256()
    for part in _parts(value):
        digest.update(part)
    return digest.hexdigest()


def to_millimetre(geometry: G) -> G:
    """The geometry with its coordinates rounded to the millimetre, heights left out."""
    flat = shapely.force_2d(geometry)
    return shapely.transform(flat, lambda xy: np.round(xy, 3) + 0.0)  # -0.0 becomes 0.0


def _parts(value: object) -> list[bytes]:
    if value is None:
        return [b"n;"]
    if isinstance(value, Enum):
        return _parts(value.value)
    if isinstance(value, str):
        text = value.encode("utf-8", "surrogatepass")
        return [f"s{len(text)}:".encode(), text]
    if isinstance(value, bool | np.bool_):
        return [b"t;" if value else b"f;"]
    if isinstance(value, int | float | np.integer | np.floating):
        return [f"d{round(float(value), 6) + 0.0!r};".encode()]
    return _parts_of_larger(value)


def _parts_of_larger(value: object) -> list[bytes]:
    if isinstance(value, dt.date):
        return [f"D{value.isoformat()};".encode()]
    if isinstance(value, BaseGeometry):
        return [b"g", shapely.to_wkb(to_millimetre(value).normalize(), byte_order=1)]
    if isinstance(value, np.ndarray):
        numbers = np.round(value.astype(np.float64), 3) + 0.0
        return [f"a{value.shape};".encode(), numbers.astype("<f8").tobytes()]
    if isinstance(value, Mesh):
        return _bundle(b"f", sorted(b"".join(_parts(face)) for face in _faces(value)))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _parts({field.name: getattr(value, field.name) for field in dataclasses.fields(value)})
    if isinstance(value, Mapping):
        return _bundle(b"m", sorted(b"".join(_parts(key)) + b"".join(_parts(item)) for key, item in value.items()))
    if isinstance(value, AbstractSet):
        return _bundle(b"u", sorted(b"".join(_parts(item)) for item in value))
    if isinstance(value, Sequence):
        return _bundle(b"l", [b"".join(_parts(item)) for item in value])
    msg = f"no content key for {type(value).__name__}"
    raise TypeError(msg)


def _faces(mesh: Mesh) -> list[list[object]]:
    """Kind and rings of each face in real coordinates: how a mesh is cut into triangles is no content."""
    points = mesh.vertices + mesh.origin
    faces: list[list[object]] = [[int(kind)] for kind in mesh.surface_kind]
    for ring, surface in enumerate(mesh.ring_surface.tolist()):
        faces[surface].append(points[mesh.ring_vertices[mesh.ring_start[ring] : mesh.ring_start[ring + 1]]])
    return faces


def _bundle(letter: bytes, items: list[bytes]) -> list[bytes]:
    return [letter, f"{len(items)}:".encode(), *items]
