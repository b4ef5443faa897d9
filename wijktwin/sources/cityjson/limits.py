"""How large, deep and slow an input may be: tight for what visitors upload, looser for files of whoever runs the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What reading one input may take. The defaults are those for files of the operator's own.

    Parameters
    ----------
    max_bytes
        Size of the file as it lies on the disk or was sent. [bytes]
    max_unpacked_bytes
        Size after unpacking gzip. [bytes]
    max_ratio
        How many times larger than the file its unpacked content may be, once that is over `free_unpacked_bytes`. CityJSON packs
        five to fifteen times; a gzip bomb a thousand.
    free_unpacked_bytes
        Unpacked size below which the ratio does not count: small documents of repeated text pack extremely well. [bytes]
    max_depth
        Nesting of JSON arrays and objects. CityJSON needs at most 12 outside attributes: document, CityObjects, object, geometry
        list, geometry, boundaries and the five levels of a MultiSolid.
    max_objects
        CityObjects in one input.
    max_vertices
        Vertices in one input.
    max_seconds
        Wall-clock time of reading in a process apart. [s]
    max_memory_bytes
        Memory that a process apart may take beyond what Python and its libraries take themselves. [bytes]
    """

    max_bytes: int = 20_000 * MEGABYTE
    max_unpacked_bytes: int = 60_000 * MEGABYTE
    max_ratio: float = 300.0
    free_unpacked_bytes: int = 10 * MEGABYTE
    max_depth: int = 200
    max_objects: int = 20_000_000
    max_vertices: int = 1_000_000_000
    max_seconds: float = 3_600.0
    max_memory_bytes: int = 16_000 * MEGABYTE


OPERATOR_LIMITS: Final = Limits()
"""For a file that whoever runs the server chose."""

UPLOAD_LIMITS: Final = Limits(
    max_bytes=20 * MEGABYTE,
    max_unpacked_bytes=200 * MEGABYTE,
    max_ratio=100.0,
    max_depth=64,
    max_objects=100_000,
    max_vertices=5_000_000,
    max_seconds=60.0,
    max_memory_bytes=1_500 * MEGABYTE,
)
"""For a file that a visitor uploads: about 4,000 3D BAG buildings plain, 40,000 packed; a minute; 1.5 GB."""
