"""A neighbourhood on the disk, ready to be opened: arrays as they lie in memory, tables as Arrow, everything else as JSON.

Nothing in a prepared folder is ever executed (no pickle), every file has its size and hash in the manifest, and every index is
checked before it is used, so that a folder that is damaged, old, or written by a process that read hostile input gives one
sentence. A folder is written beside its place and renamed, so that a half-written one is never seen.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, overload

import geopandas as gpd
import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely.errors import ShapelyError

from wijktwin.errors import InputError, Note
from wijktwin.model.building import FLAG_FIELDS, FLOAT_FIELDS, TEXT_FIELDS, Buildings
from wijktwin.model.mesh import Mesh, SurfaceKind
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.provenance import Source
from wijktwin.sources.told_values import from_json, to_json

MANIFEST: Final = "manifest.json"
FORMAT: Final = "wijktwin prepared neighbourhood"
FORMAT_VERSION: Final = 2
TABLES: Final = ("ground_table", "tree_table", "address_table", "street_table", "destination_table", "parking_count_table")
MESH_ARRAYS: Final[Mapping[str, tuple[str, int]]] = {
    "vertices": ("<f8", 2),
    "triangles": ("<i4", 2),
    "triangle_surface": ("<i4", 1),
    "ring_vertices": ("<i4", 1),
    "ring_start": ("<i4", 1),
    "ring_surface": ("<i4", 1),
    "surface_kind": ("|u1", 1),
    "surface_object": ("<i4", 1),
}
"""Type and number of dimensions of each array of a `Mesh` on the disk."""

_BLOB: Final = ("|u1", 1)
_OFFSETS: Final = ("<i8", 1)
N_HASHING: Final = 4
_SMALL: Final = 1 << 16
"""Files below this size are read rather than mapped into memory. [bytes]"""


class DamagedError(Exception):
    """Something in the folder is not as this module wrote it; becomes a sentence before it leaves."""


# ----------------------------------------------------------------------------------------------------------------- writing
def write_prepared(neighbourhood: Neighbourhood, folder: Path) -> Path:
    """Write a neighbourhood so that `read_prepared` gives the same one back.

    Parameters
    ----------
    folder
        Where it goes. What lies there is replaced only when the new one is complete; it stays on any failure.

    Returns
    -------
    folder
        The same path.

    Raises
    ------
    OSError
        The disk is full or not writable.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = folder.parent / f".{folder.name}.{secrets.token_hex(6)}.new"
    fresh.mkdir()
    try:
        _write_into(fresh, neighbourhood)
        _put_in_place(fresh, folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return folder


def _put_in_place(fresh: Path, folder: Path) -> None:
    """Rename the new folder to its place, and the old one away; the old one comes back if the new one cannot take its place."""
    before = _before(folder)
    if folder.exists():
        shutil.rmtree(before, ignore_errors=True)
        folder.rename(before)
    try:
        fresh.rename(folder)
    except OSError:
        if before.exists() and not folder.exists():
            before.rename(folder)
        raise
    shutil.rmtree(before, ignore_errors=True)


def _before(folder: Path) -> Path:
    return folder.parent / f".{folder.name}.before"


def _write_into(folder: Path, neighbourhood: Neighbourhood) -> None:
    buildings, mesh = neighbourhood.buildings, neighbourhood.mesh
    for name, (dtype, _) in MESH_ARRAYS.items():
        np.save(folder / f"mesh_{name}.npy", np.ascontiguousarray(getattr(mesh, name), dtype=dtype))
    np.save(folder / "numbers.npy", np.array([buildings.numbers[name] for name in FLOAT_FIELDS], dtype="<f8"))
    np.save(folder / "flags.npy", np.array([buildings.flags[name] for name in FLAG_FIELDS], dtype="|b1"))
    outlines = [b"" if shape is None else shapely.to_wkb(shape) for shape in buildings.footprints]
    _write_blobs(folder, "footprints", outlines)
    _write_blobs(folder, "other", [_json(dict(other)) if other else b"" for other in buildings.other])
    columns = {
        "building_ids": list(buildings.building_ids),
        "texts": {name: _coded(buildings.texts[name]) for name in TEXT_FIELDS},
        "invalid_codes": [[row, list(codes)] for row, codes in enumerate(buildings.invalid_codes) if codes],
    }
    (folder / "buildings.json").write_bytes(_json(columns))
    tables = [name for name in TABLES if getattr(neighbourhood, name) is not None]
    for name in tables:
        getattr(neighbourhood, name).to_feather(folder / f"{name}.arrow", compression="uncompressed")
    manifest = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "name": neighbourhood.name,
        "key": neighbourhood.key,
        "reference_system": neighbourhood.reference_system.to_wkt(),
        "origin": [float(value) for value in mesh.origin],
        "n_buildings": len(buildings),
        "numbers": list(FLOAT_FIELDS),
        "flags": list(FLAG_FIELDS),
        "tables": tables,
        "sources": [dataclasses.asdict(source) for source in neighbourhood.sources],
        "notes": [[note.key, to_json(note.values)] for note in neighbourhood.notes],
        "fictional": neighbourhood.fictional,
        "time_zone": neighbourhood.time_zone,
        "files": {path.name: [path.stat().st_size, _hash_of(path)] for path in sorted(folder.iterdir())},
    }
    (folder / MANIFEST).write_bytes(_json(manifest, indent=True))


def _coded(values: Sequence[str]) -> list[list[Any]]:
    """A column of few different texts as these texts and a number per row."""
    distinct = {value: code for code, value in enumerate(dict.fromkeys(values))}
    return [list(distinct), [distinct[value] for value in values]]


def _write_blobs(folder: Path, name: str, blobs: list[bytes]) -> None:
    np.save(folder / f"{name}.npy", np.frombuffer(b"".join(blobs), dtype=np.uint8))
    np.save(folder / f"{name}_start.npy", np.cumsum([0, *map(len, blobs)], dtype="<i8"))


def _json(value: object, *, indent: bool = False) -> bytes:
    options = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS | (orjson.OPT_INDENT_2 if indent else 0)
    return orjson.dumps(value, default=_plain, option=options)


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else str(value)


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# ----------------------------------------------------------------------------------------------------------------- reading
def is_prepared(folder: Path) -> bool:
    """Whether this looks like a folder that `write_prepared` made (of whatever version)."""
    try:
        with (folder / MANIFEST).open("rb") as file:
            return FORMAT.encode() in file.read(400)
    except OSError:
        return False


def read_prepared(folder: Path, *, in_memory: bool = False) -> Neighbourhood:
    """The neighbourhood that was written there.

    Parameters
    ----------
    in_memory
        Read everything, so that the folder may go; else large arrays stay on the disk and come in as they are looked at.

    Raises
    ------
    InputError
        The folder is not there, of another version, or damaged.
    """
    before = _before(folder)
    if not folder.exists() and before.exists():  # a rename was cut short
        before.rename(folder)
    with _sentences(folder):
        manifest = _checked_manifest(folder)
        buildings = _read_buildings(folder, manifest, in_memory=in_memory)
        mesh = _read_mesh(folder, manifest, in_memory=in_memory)
        return Neighbourhood(
            name=_text(manifest["name"]),
            key=_text(manifest["key"]),
            reference_system=CRS.from_wkt(manifest["reference_system"]),
            buildings=buildings,
            mesh=mesh,
            sources=tuple(_source(source) for source in manifest["sources"]),
            notes=tuple(Note(_text(key), **from_json(values)) for key, values in manifest["notes"]),
            fictional=manifest["fictional"] is True,
            time_zone=_text(manifest["time_zone"]),
            **{name: gpd.read_feather(folder / f"{name}.arrow") for name in TABLES if name in manifest["tables"]},
        )


@contextlib.contextmanager
def _sentences(folder: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        key = "reading.prepared_damaged" if folder.is_dir() else "reading.no_such_file"
        raise InputError(key, source=folder.name if folder.is_dir() else folder) from None
    except InputError:
        raise
    except (OSError, DamagedError, CRSError, ValueError, TypeError, LookupError, AttributeError, EOFError, ShapelyError) as error:
        raise InputError("reading.prepared_damaged", source=folder.name) from error


def _checked_manifest(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = orjson.loads((folder / MANIFEST).read_bytes())
    fields = (manifest.get("numbers"), manifest.get("flags"))
    if manifest.get("format") != FORMAT:
        raise DamagedError
    if manifest.get("version") != FORMAT_VERSION or fields != (list(FLOAT_FIELDS), list(FLAG_FIELDS)):
        raise InputError("reading.prepared_old", source=folder.name)
    stated = manifest["files"]
    paths = [folder / name for name in stated]
    for path, (name, (size, _)) in zip(paths, stated.items(), strict=True):
        if "/" in name or "\\" in name or path.stat().st_size != size:
            raise DamagedError
    with ThreadPoolExecutor(max_workers=N_HASHING) as pool:  # hashing leaves the interpreter free
        if list(pool.map(_hash_of, paths)) != [digest for _, digest in stated.values()]:
            raise DamagedError
    return manifest


def _read_buildings(folder: Path, manifest: Mapping[str, Any], *, in_memory: bool) -> Buildings:
    n = manifest["n_buildings"]
    columns = orjson.loads((folder / "buildings.json").read_bytes())
    numbers = _array(folder / "numbers.npy", ("<f8", 2), in_memory=True)
    flags = _array(folder / "flags.npy", ("|b1", 2), in_memory=True)
    if numbers.shape != (len(FLOAT_FIELDS), n) or flags.shape != (len(FLAG_FIELDS), n) or len(set(columns["building_ids"])) != n:
        raise DamagedError
    invalid_codes: list[tuple[str, ...]] = [()] * n
    for row, codes in columns["invalid_codes"]:
        invalid_codes[row] = tuple(codes)
    outlines = _Blobs(folder, "footprints", n, in_memory=True)
    footprints = np.full(n, None, dtype=object)
    known = [row for row in range(n) if outlines.has(row)]
    footprints[known] = shapely.from_wkb([outlines[row] for row in known])
    other = _Blobs(folder, "other", n, in_memory=in_memory)
    return Buildings(
        building_ids=tuple(columns["building_ids"]),
        numbers=dict(zip(FLOAT_FIELDS, numbers, strict=True)),
        texts={name: _decoded(*columns["texts"][name]) for name in TEXT_FIELDS},
        flags=dict(zip(FLAG_FIELDS, flags, strict=True)),
        footprints=footprints,
        invalid_codes=tuple(invalid_codes),
        other=StoredAttributes(other, n),
    )


def _decoded(distinct: list[str], codes: list[int]) -> tuple[str, ...]:
    if codes and (min(codes) < 0 or not all(isinstance(value, str) for value in distinct)):
        raise DamagedError
    return tuple(map(distinct.__getitem__, codes))


def _read_mesh(folder: Path, manifest: Mapping[str, Any], *, in_memory: bool) -> Mesh:
    arrays = {name: _array(folder / f"mesh_{name}.npy", kind, in_memory=in_memory) for name, kind in MESH_ARRAYS.items()}
    mesh = Mesh(origin=np.array(manifest["origin"], dtype=np.float64), **arrays)
    n_vertices, n_surfaces, n_rings = len(mesh.vertices), len(mesh.surface_kind), len(mesh.ring_surface)
    lengths = np.diff(mesh.ring_start)
    is_sound = (
        mesh.origin.shape == (3,)
        and mesh.vertices.shape == (n_vertices, 3)
        and mesh.triangles.shape == (len(mesh.triangle_surface), 3)
        and mesh.surface_object.shape == (n_surfaces,)
        and mesh.ring_start.shape == (n_rings + 1,)
        and mesh.ring_start[0] == 0
        and mesh.ring_start[-1] == len(mesh.ring_vertices)
        and bool((lengths >= 0).all())
        and bool(np.isfinite(mesh.vertices).all())
        and _below(mesh.triangles, n_vertices)
        and _below(mesh.triangle_surface, n_surfaces)
        and _below(mesh.ring_vertices, n_vertices)
        and _below(mesh.ring_surface, n_surfaces)
        and _below(mesh.surface_kind, len(SurfaceKind))
        and _below(mesh.surface_object, manifest["n_buildings"])
        and bool((np.diff(mesh.ring_surface) >= 0).all() and (np.diff(mesh.surface_object) >= 0).all())
    )
    if not is_sound:
        raise DamagedError
    return mesh


def _below(indices: NDArray[Any], n: int) -> bool:
    return not indices.size or bool(indices.min() >= 0 and indices.max() < n)


def _array(path: Path, kind: tuple[str, int], *, in_memory: bool) -> NDArray[Any]:
    dtype, ndim = kind
    is_mapped = not in_memory and path.stat().st_size > _SMALL
    array: NDArray[Any] = np.load(path, mmap_mode="r" if is_mapped else None, allow_pickle=False)
    if array.dtype != np.dtype(dtype) or array.ndim != ndim:
        raise DamagedError
    return array.view(np.ndarray)


def _source(stated: Mapping[str, Any]) -> Source:
    facts: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in stated.items()}
    return Source(**facts)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise DamagedError
    return value


class _Blobs:
    """One piece of bytes per row, back to back in one array."""

    def __init__(self, folder: Path, name: str, n_rows: int, *, in_memory: bool) -> None:
        self._bytes = _array(folder / f"{name}.npy", _BLOB, in_memory=in_memory)
        starts = _array(folder / f"{name}_start.npy", _OFFSETS, in_memory=True)
        if len(starts) != n_rows + 1 or starts[0] != 0 or starts[-1] != len(self._bytes) or (np.diff(starts) < 0).any():
            raise DamagedError
        self._starts: list[int] = starts.tolist()

    def has(self, row: int) -> bool:
        """Whether there is anything in a row."""
        return self._starts[row + 1] > self._starts[row]

    def __getitem__(self, row: int) -> bytes:
        """The bytes of one row."""
        return self._bytes[self._starts[row] : self._starts[row + 1]].tobytes()


class StoredAttributes(Sequence[Mapping[str, Any]]):
    """Attributes of all buildings, parsed one building at a time when somebody looks at them."""

    def __init__(self, blobs: _Blobs, n_rows: int) -> None:
        self._blobs = blobs
        self._n_rows = n_rows

    def __len__(self) -> int:
        """How many buildings."""
        return self._n_rows

    @overload
    def __getitem__(self, index: int) -> Mapping[str, Any]: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Mapping[str, Any]]: ...

    def __getitem__(self, index: int | slice) -> Mapping[str, Any] | Sequence[Mapping[str, Any]]:
        """The attributes of one building, or of several."""
        if isinstance(index, slice):
            return [self[row] for row in range(*index.indices(self._n_rows))]
        row = range(self._n_rows)[index]
        if not self._blobs.has(row):
            return {}
        parsed: dict[str, Any] = orjson.loads(self._blobs[row])
        return parsed
