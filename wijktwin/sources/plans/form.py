"""True forms of volumes in a plan file: faces through numbered points, counted from an anchor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from wijktwin.errors import InputError
from wijktwin.model.mesh import FloatArray, Mesh, SurfaceKind
from wijktwin.model.volume_mesh import mesh_of_faces
from wijktwin.sources.plans.geometry import GeometryReader, points_reprojected

if TYPE_CHECKING:
    from wijktwin.sources.plans.document import Feature

KINDS: Final[Mapping[str, SurfaceKind]] = {kind.name.lower(): kind for kind in SurfaceKind}
MAX_VERTICES: Final = 200_000
MAX_CORNERS: Final = 1_000_000
MAX_REACH: Final = 5_000.0
"""Corners farther from the anchor are wrong. [m]"""


def form_of_mesh(mesh: Mesh, *, anchor_here: FloatArray, anchor_in_file: Sequence[float]) -> dict[str, Any]:
    """A mesh as the member ``form`` of a volume.

    Parameters
    ----------
    anchor_here
        The anchor in the CRS of the mesh, shape (2,). [m]
    anchor_in_file
        The same point in the CRS of the file.
    """
    used, numbers = np.unique(mesh.ring_vertices, return_inverse=True)
    points = mesh.vertices[used] + mesh.origin - np.append(anchor_here, 0.0)
    rings = [numbers[start:end].tolist() for start, end in zip(mesh.ring_start[:-1], mesh.ring_start[1:], strict=True)]
    faces: list[dict[str, Any]] = [{"kind": SurfaceKind(int(kind)).name.lower(), "rings": []} for kind in mesh.surface_kind]
    for surface, ring in zip(mesh.ring_surface.tolist(), rings, strict=True):
        faces[surface]["rings"].append(ring)
    return {"anchor": list(anchor_in_file), "vertices": (np.round(points, 3) + 0.0).tolist(), "surfaces": faces}


def mesh_of_form(form: Any, feature: Feature, reader: GeometryReader) -> Mesh:  # noqa: ANN401
    """The mesh that a member ``form`` describes, around the neighbourhood's local origin, to the millimetre; its object is row 0.

    In a file with degrees the corners are counted along the axes of the neighbourhood's CRS, otherwise along those of the file.

    Raises
    ------
    InputError
        A number is missing or points nowhere, or the form lies elsewhere.
    """
    vertices, faces = _checked(form, feature, reader)
    own, home = reader.own(feature), reader.neighbourhood.horizontal_crs
    anchor = reader.position(form["anchor"], feature)
    if own.is_geographic:
        points = vertices + np.append(np.round(points_reprojected(anchor, own, home)[0], 3), 0.0)
    else:
        points = vertices + np.append(anchor[0], 0.0)
        points = np.column_stack([points_reprojected(points[:, :2], own, home), points[:, 2]])
    origin = reader.neighbourhood.mesh.origin
    return mesh_of_faces(np.round(points, 3) - origin, faces, origin=origin)


def is_closed(mesh: Mesh) -> bool:
    """Whether every edge of every face is run through once in each direction."""
    places = np.unique(np.round(mesh.vertices, 3), axis=0, return_inverse=True)[1].reshape(-1)
    here = places[mesh.ring_vertices]
    following = np.arange(1, len(here) + 1)
    following[mesh.ring_start[1:] - 1] = mesh.ring_start[:-1]
    there = here[following]
    is_edge = here != there
    forth = np.stack([here, there], axis=1)[is_edge]
    return bool(np.array_equal(_sorted_rows(forth), _sorted_rows(forth[:, ::-1]))) and len(np.unique(forth, axis=0)) == len(forth)


def _sorted_rows(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    ordered: NDArray[np.int64] = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    return ordered


def _checked(form: Any, feature: Feature, reader: GeometryReader) -> tuple[FloatArray, list[tuple[SurfaceKind, list[list[int]]]]]:  # noqa: ANN401
    def broken(field: str) -> InputError:
        return InputError("plans.form_broken", source=reader.document.source, where=feature.where, field=f"form.{field}")

    if not isinstance(form, Mapping) or set(form) != {"anchor", "vertices", "surfaces"}:
        raise broken("anchor, form.vertices, form.surfaces")
    vertices = _numbers(form["vertices"])
    if vertices is None or vertices.ndim != 2 or vertices.shape[1] != 3 or not 4 <= len(vertices) <= MAX_VERTICES:
        raise broken("vertices")
    if np.abs(vertices[:, :2]).max() > MAX_REACH:
        raise broken("vertices")
    if not isinstance(form["surfaces"], list) or len(form["surfaces"]) < 4:
        raise broken("surfaces")
    faces: list[tuple[SurfaceKind, list[list[int]]]] = []
    n_corners = 0
    for number, surface in enumerate(form["surfaces"], start=1):
        if not isinstance(surface, Mapping) or surface.get("kind") not in KINDS or not _are_rings(surface.get("rings"), len(vertices)):
            raise broken(f"surfaces[{number}]")
        n_corners += sum(len(ring) for ring in surface["rings"])
        faces.append((KINDS[surface["kind"]], surface["rings"]))
    if n_corners > MAX_CORNERS:
        raise broken("surfaces")
    return vertices, faces


def _numbers(value: object) -> FloatArray | None:
    try:
        array = np.array(value)
    except (ValueError, OverflowError):
        return None
    return array.astype(np.float64) if array.dtype.kind in "iuf" and np.isfinite(array).all() else None


def _are_rings(rings: object, n_vertices: int) -> bool:
    return isinstance(rings, list) and len(rings) > 0 and all(
        isinstance(ring, list) and len(ring) >= 3 and all(type(i) is int and 0 <= i < n_vertices for i in ring) for ring in rings
    )  # fmt: skip
