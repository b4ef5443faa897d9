"""Small CityJSON documents made in the tests: sound ones, to be spoiled one by one."""

from __future__ import annotations

import gzip
from typing import Any, Final

import orjson

RD_NAP: Final = "https://www.opengis.net/def/crs/EPSG/0/7415"
CORNER: Final = (155_000.0, 463_000.0, 2.0)
"""South-west corner of the first cube. [m, EPSG:7415]"""
SIDE: Final = 10_000
"""Side of a cube in steps of the transform: 10 m."""
CUBE_FACES: Final = ((0, 3, 2, 1), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7))
CUBE_VOLUME: Final = 1_000.0
"""[m³]"""


def cube_vertices(n: int) -> list[list[int]]:
    """Corners of the n-th cube, 20 m east of the one before."""
    x = 2 * SIDE * n
    base = [[x, 0], [x + SIDE, 0], [x + SIDE, SIDE], [x, SIDE]]
    return [[*xy, 0] for xy in base] + [[*xy, SIDE] for xy in base]


def cube_geometry(first: int = 0) -> dict[str, Any]:
    """A cube as an LoD 2.2 solid with semantics; its vertices begin at ``first``."""
    return {
        "type": "Solid",
        "lod": "2.2",
        "boundaries": [[[[first + corner for corner in face]] for face in CUBE_FACES]],
        "semantics": {
            "surfaces": [{"type": "GroundSurface"}, {"type": "RoofSurface"}, {"type": "WallSurface"}],
            "values": [[0, 1, 2, 2, 2, 2]],
        },
    }


def header(*, version: str = "2.0") -> dict[str, Any]:
    """A document without objects."""
    return {
        "type": "CityJSON",
        "version": version,
        "transform": {"scale": [0.001, 0.001, 0.001], "translate": list(CORNER)},
        "metadata": {"referenceSystem": RD_NAP},
        "CityObjects": {},
        "vertices": [],
    }


def building_id(n: int) -> str:
    """Id of the n-th building."""
    return f"NL.IMBAG.Pand.03071000000{n:05d}"


def document(n_buildings: int = 3, *, version: str = "2.0") -> dict[str, Any]:
    """Cubes in a row, each a Building with one BuildingPart that holds the solid, as in 3D BAG."""
    made = header(version=version)
    for n in range(n_buildings):
        made["CityObjects"] |= family(n, first=8 * n)
        made["vertices"] += cube_vertices(n)
    return made


def family(n: int, *, first: int = 0) -> dict[str, Any]:
    """One Building and its part."""
    whole, part = building_id(n), f"{building_id(n)}-0"
    return {
        whole: {"type": "Building", "attributes": {"b3_h_maaiveld": 2.0, "oorspronkelijkbouwjaar": 1965}, "children": [part]},
        part: {"type": "BuildingPart", "parents": [whole], "geometry": [cube_geometry(first)]},
    }


def feature(n: int) -> dict[str, Any]:
    """One Building and its part as a CityJSONFeature with vertices of its own."""
    return {"type": "CityJSONFeature", "id": building_id(n), "CityObjects": family(n), "vertices": cube_vertices(n)}


def sequence(features: list[Any], *, head: Any = None) -> bytes:
    """CityJSONSeq: the header, then a feature a line; bytes go in as they are."""
    lines = [header() if head is None else head, *features]
    return b"\n".join(line if isinstance(line, bytes) else orjson.dumps(line) for line in lines) + b"\n"


def as_bytes(value: Any) -> bytes:
    """JSON text of a document."""
    return orjson.dumps(value)


def zeros_packed(n_bytes: int) -> bytes:
    """A gzip file that unpacks to a JSON string of this length."""
    return gzip.compress(b'{"type":"CityJSON","x":"' + b"a" * n_bytes + b'"}')


def with_root(**changes: Any) -> bytes:
    """A sound document with some members changed; None takes a member out."""
    return as_bytes({key: value for key, value in {**document(), **changes}.items() if value is not None})


def replaced(old: str, new: str) -> bytes:
    """The text of a sound document with the first occurrence of something replaced."""
    text = as_bytes(document()).decode()
    assert old in text
    return text.replace(old, new, 1).encode()
