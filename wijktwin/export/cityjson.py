"""Writing CityJSON 2.0: one document, or a sequence of features (CityJSONSeq) that never lies in memory as a whole.

Specification: https://www.cityjson.org/specs/2.0.1/ (text sequences in chapter "CityJSONFeature"). The same input gives the same
bytes: nothing here depends on the time, the path or the order of a set; gzip is written without a date.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import orjson
from numpy.typing import NDArray

VERSION: Final = "2.0"
SCALE: Final = 0.001
"""Vertices are written in whole millimetres."""
_OPTIONS: Final = orjson.OPT_SERIALIZE_NUMPY


@dataclass(frozen=True, slots=True)
class Header:
    """What a CityJSON file says of itself.

    Parameters
    ----------
    reference_system
        OGC address of the CRS: ``https://www.opengis.net/def/crs/EPSG/0/7415``.
    translate
        What is added to the scaled vertices: x, y, z. [m]
    metadata
        Further members of ``metadata``: title, identifier, referenceDate, pointOfContact, geographicalExtent.
    appearance
        Member ``appearance``: materials that geometries name by their place in the list. Left out where empty.
    """

    reference_system: str | None
    translate: tuple[float, float, float]
    scale: tuple[float, float, float] = (SCALE, SCALE, SCALE)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    appearance: Mapping[str, Any] = field(default_factory=dict)

    def members(self) -> dict[str, Any]:
        """The members of the document apart from objects and vertices."""
        metadata = dict(self.metadata)
        if self.reference_system is not None:
            metadata["referenceSystem"] = self.reference_system
        transform = {"scale": list(self.scale), "translate": list(self.translate)}
        told = {"type": "CityJSON", "version": VERSION, "transform": transform, "metadata": metadata}
        return told | ({"appearance": dict(self.appearance)} if self.appearance else {})

    def quantised(self, points: NDArray[np.float64]) -> NDArray[np.int64]:
        """Points in real coordinates as whole numbers of the scale, shape (n, 3)."""
        whole: NDArray[np.int64] = np.rint((points - np.array(self.translate)) / np.array(self.scale)).astype(np.int64)
        return whole


@dataclass(frozen=True, slots=True)
class Feature:
    """A first-level object with its children and the vertices they use.

    Parameters
    ----------
    feature_id
        Id of the first-level object.
    objects
        CityObjects by id; their boundaries point into ``vertices``.
    vertices
        Whole numbers of the scale of the header, shape (n, 3).
    """

    feature_id: str
    objects: Mapping[str, Mapping[str, Any]]
    vertices: NDArray[np.int64]


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO | gzip.GzipFile]:
    """A file to write, compressed where its name ends in ``.gz``, always with the same bytes for the same content."""
    with path.open("wb") as raw:
        if path.suffix == ".gz":
            with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=raw, mtime=0) as packed:
                yield packed
        else:
            yield raw


def write_sequence(path: Path, header: Header, features: Iterable[Feature]) -> int:
    """Write CityJSONSeq: the header on the first line, then one feature a line.

    Parameters
    ----------
    path
        ``.city.jsonl``, or ``.city.jsonl.gz`` to have it compressed.
    features
        Taken one by one: a town of any size fits.

    Returns
    -------
    count
        How many features were written.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    count = 0
    with _opened(path) as stream:
        stream.write(orjson.dumps({**header.members(), "CityObjects": {}, "vertices": []}, option=_OPTIONS) + b"\n")
        for feature in features:
            stream.write(sequence_line(feature))
            count += 1
    return count


def sequence_line(feature: Feature) -> bytes:
    """One line of CityJSONSeq, with its newline."""
    vertices = np.ascontiguousarray(feature.vertices)
    line = {"type": "CityJSONFeature", "id": feature.feature_id, "CityObjects": feature.objects, "vertices": vertices}
    return orjson.dumps(line, option=_OPTIONS) + b"\n"


def write_document(path: Path, header: Header, features: Iterable[Feature]) -> int:
    """Write one CityJSON document.

    Parameters
    ----------
    path
        ``.city.json``, or ``.city.json.gz`` to have it compressed.

    Returns
    -------
    count
        How many features were written.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    objects: dict[str, Any] = {}
    vertices: list[NDArray[np.int64]] = []
    count = n_vertices = 0
    for feature in features:
        for object_id, city_object in feature.objects.items():
            objects[object_id] = _shifted_object(city_object, n_vertices)
        vertices.append(feature.vertices)
        n_vertices += len(feature.vertices)
        count += 1
    every = np.concatenate(vertices) if vertices else np.zeros((0, 3), dtype=np.int64)
    with _opened(path) as stream:
        stream.write(orjson.dumps({**header.members(), "CityObjects": objects, "vertices": every}, option=_OPTIONS) + b"\n")
    return count


def _shifted_object(city_object: Mapping[str, Any], offset: int) -> dict[str, Any]:
    if "geometry" not in city_object:
        return dict(city_object)
    geometry = [{**part, "boundaries": _shifted(part["boundaries"], offset)} for part in city_object["geometry"]]
    return {**city_object, "geometry": geometry}


def _shifted(boundaries: Sequence[Any], offset: int) -> list[Any]:
    if boundaries and isinstance(boundaries[0], int):
        return [index + offset for index in boundaries]
    return [_shifted(part, offset) for part in boundaries]
