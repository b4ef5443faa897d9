"""Is this CityJSON? A broken document is refused with one sentence; for broken objects in a sound one see `faults`.

Sound input pays almost nothing: the reader looks for trouble with whole arrays and comes to `faults.judge_objects`, which looks at
every single value, only when it found some.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from wijktwin.errors import InputError, LimitError, Note
from wijktwin.model.mesh import FloatArray
from wijktwin.sources.cityjson.faults import Context, Json, as_error, is_json_object, is_number, judge_objects, kind_of
from wijktwin.sources.cityjson.limits import Limits
from wijktwin.sources.strict_json import MAX_REPEATED, KeyPath

VERSIONS: Final = ("1.0", "1.1", "2.0")
MAX_SCALE: Final = 1e6
"""A step between two neighbouring coordinates larger than this is no map. [units of the CRS]"""
MAX_COORDINATE: Final = 1e8
"""Larger than twice round the earth: no place in any projected CRS. [m]"""


@dataclass(frozen=True, slots=True)
class Transform:
    """From vertex integers to coordinates: ``vertex * scale + translate``, each of shape (3,). [units of the CRS]"""

    scale: FloatArray
    translate: FloatArray

    @property
    def is_identity(self) -> bool:
        """Whether it changes nothing."""
        return bool((self.scale == 1.0).all() and (self.translate == 0.0).all())


IDENTITY: Final = Transform(scale=np.ones(3), translate=np.zeros(3))


def check_document(document: object, *, source: str) -> Json:
    """The document itself, if it is a CityJSON object of a version we read.

    Raises
    ------
    InputError
        It is something else (GeoJSON, a single feature, a list), or of another version.
    """
    if not is_json_object(document):
        raise InputError("reading.not_cityjson", source=source, found=kind_of(document))
    stated = document.get("type")
    if stated != "CityJSON":
        _refuse_other_type(document, stated, source=source)
    version_of(document, source=source)
    objects = document.get("CityObjects")
    if not is_json_object(objects):
        raise InputError("reading.wrong_type", source=source, where="CityObjects", found=kind_of(objects), expected="{…}")
    return document


def _refuse_other_type(document: Json, stated: object, *, source: str) -> None:
    geojson = {"FeatureCollection", "Feature", "GeometryCollection", "Point", "MultiPoint", "LineString", "MultiLineString"}
    if isinstance(stated, str) and stated in geojson | {"Polygon", "MultiPolygon"}:
        is_api = stated in {"FeatureCollection", "Feature"} and "numberReturned" in document
        raise InputError("reading.is_geojson", source=source, found="FeatureCollection" if is_api else stated)
    if stated == "Topology":
        raise InputError("reading.is_topojson", source=source)
    if stated == "CityJSONFeature":
        root = document.get("id")
        objects = document.get("CityObjects")
        if is_json_object(objects) and isinstance(root, str) and root not in objects:
            raise InputError("reading.root_missing", source=source, where=root)
        raise InputError("reading.feature_without_header", source=source)
    if stated is None and "asset" in document and "root" in document:
        raise InputError("reading.is_3d_tiles", source=source)
    if stated is None and {"CityObjects", "vertices"} & set(document):
        raise InputError("reading.no_type", source=source)
    raise InputError("reading.not_cityjson", source=source, found=str(stated) if isinstance(stated, str) else kind_of(document))


def version_of(document: Json, *, source: str) -> str:
    """The CityJSON version: "1.0", "1.1" or "2.0", also where the file says "1.0.3" or 2.0.

    Raises
    ------
    InputError
        It says no version, or one that we do not read.
    """
    stated = document.get("version")
    text = str(stated) if isinstance(stated, (str, int, float)) and not isinstance(stated, bool) else ""
    short = ".".join(text.strip().split(".")[:2])
    short = f"{short}.0" if short.isdigit() else short
    if short in VERSIONS:
        return short
    if not text:
        raise InputError("reading.no_version", source=source)
    raise InputError("reading.old_version" if short.startswith("0.") else "reading.unknown_version", source=source, version=text)


def transform_of(document: Json, *, version: str, source: str) -> Transform:
    """How vertices become coordinates; the identity where version 1.0 has none.

    Raises
    ------
    InputError
        It is missing where the version demands it, or would not give finite coordinates.
    """
    stated = document.get("transform")
    if stated is None:
        if version == "1.0":
            return IDENTITY
        raise _worse_than_no_transform(document, source=source) or InputError("reading.no_transform", source=source, version=version)
    if not is_json_object(stated):
        raise InputError("reading.wrong_type", source=source, where="transform", found=kind_of(stated), expected="{…}")
    scale, translate = (_three_numbers(stated.get(name), where=f"transform.{name}", source=source) for name in ("scale", "translate"))
    for value in scale:
        if not 0 < value <= MAX_SCALE:
            raise InputError("reading.bad_scale", source=source, value=f"{value:g}")
    return Transform(scale=scale, translate=translate)


def _worse_than_no_transform(document: Json, *, source: str) -> InputError | None:
    """What is wrong with the objects of a document that also lacks its transform: the more telling sentence of the two."""
    objects, vertices = document.get("CityObjects"), document.get("vertices")
    if not is_json_object(objects) or not isinstance(vertices, list):
        return None
    faults = judge_objects(objects, Context(source=source, n_vertices=len(vertices))).faults
    return as_error(next(iter(faults.values()))) if faults else None


def _three_numbers(value: object, *, where: str, source: str) -> FloatArray:
    if not (isinstance(value, list) and len(value) == 3 and all(is_number(item) for item in value)):
        raise InputError("reading.not_three_numbers", source=source, where=where, found=kind_of(value))
    return np.array([float(item) for item in value], dtype=np.float64)


def vertex_array(vertices: object, *, source: str, where: str = "vertices") -> FloatArray:
    """Vertices as written, shape (n, 3), not yet transformed; a row that is not three finite numbers becomes NaN.

    Who uses a NaN vertex is set aside by `judge_objects` with ``unusable=np.isnan(array[:, 0])``.

    Raises
    ------
    InputError
        It is not a list.
    """
    if not isinstance(vertices, list):
        raise InputError("reading.wrong_type", source=source, where=where, found=kind_of(vertices), expected="[…]")
    if not vertices:
        return np.zeros((0, 3))
    try:
        array = np.array(vertices)
    except (ValueError, OverflowError):
        array = np.zeros(0)
    if array.ndim == 2 and array.shape[1] == 3 and array.dtype.kind in "iuf":
        return array.astype(np.float64)
    rows = np.full((len(vertices), 3), np.nan)
    for row, vertex in enumerate(vertices):
        if isinstance(vertex, list) and len(vertex) == 3 and all(is_number(item) for item in vertex):
            rows[row] = vertex
    return rows


def check_counts(*, n_objects: int, n_vertices: int, source: str, limits: Limits) -> None:
    """Refuse more objects or vertices than allowed.

    Raises
    ------
    LimitError
        There are more.
    """
    if n_objects > limits.max_objects:
        raise LimitError("reading.too_many_objects", source=source, count=n_objects, maximum=limits.max_objects)
    if n_vertices > limits.max_vertices:
        raise LimitError("reading.too_many_vertices", source=source, count=n_vertices, maximum=limits.max_vertices)


def check_repeated_keys(repeated: Sequence[KeyPath], *, source: str) -> dict[str, Note]:
    """Keys that occur twice: refused outside the objects, a fault of the object within.

    Parameters
    ----------
    repeated
        Key paths from `strict_json.structure_of`.

    Returns
    -------
    faults
        One per object, to be given to `judge_objects` as ``known``.

    Raises
    ------
    InputError
        A key outside the objects occurs twice (nobody knows which one was meant), or too many do.
    """
    faults: dict[str, Note] = {}
    for path in repeated:
        if len(path) < 2 or path[0] != "CityObjects" or len(repeated) >= MAX_REPEATED:
            raise InputError("reading.repeated_key", source=source, where=".".join(path[:-1]) or "{}", repeated=path[-1])
        object_id = path[1]
        if len(path) == 2:
            faults[object_id] = Note("reading.repeated_id", source=source, where=object_id)
        else:
            faults.setdefault(object_id, Note("reading.repeated_key", source=source, where=object_id, repeated=path[-1]))
    return faults
