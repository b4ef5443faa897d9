"""Writing CityJSON: one document and a sequence say the same, the same bytes every time, and nothing is lost on the way."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wijktwin.export.cityjson import Feature, Header, sequence_line, write_document, write_sequence

HEADER = Header("https://www.opengis.net/def/crs/EPSG/0/7415", (150_000.0, 460_000.0, 0.0), metadata={"title": "test"})
coordinates = st.integers(-(2**40), 2**40)


def box(number: int) -> Feature:
    x = number * 20_000
    corners = np.array([(x + i * 10_000, j * 8000, k * 6000) for k in (0, 1) for j in (0, 1) for i in (0, 1)], dtype=np.int64)
    shell = [[[0, 2, 3, 1]], [[0, 1, 5, 4]], [[1, 3, 7, 5]], [[3, 2, 6, 7]], [[2, 0, 4, 6]], [[4, 5, 7, 6]]]
    solid = {"type": "Solid", "lod": "1", "boundaries": [shell]}
    part = {"type": "BuildingPart", "parents": [f"b{number}"], "geometry": [solid]}
    footprint = {"type": "MultiSurface", "lod": "0", "boundaries": [[[0, 1, 3, 2]]]}
    building = {"type": "Building", "children": [f"b{number}-0"], "geometry": [footprint], "attributes": {"n": number}}
    return Feature(f"b{number}", {f"b{number}": building, f"b{number}-0": part}, corners)


def resolved(boundaries: Any, vertices: Any) -> Any:
    """Boundaries with vertices in the place of their numbers."""
    return tuple(vertices[boundaries]) if isinstance(boundaries, int) else [resolved(part, vertices) for part in boundaries]


def objects_of(document: dict[str, Any]) -> dict[str, Any]:
    vertices = document["vertices"]
    return {
        name: {**thing, "geometry": [{**g, "boundaries": resolved(g["boundaries"], vertices)} for g in thing["geometry"]]}
        for name, thing in document["CityObjects"].items()
    }


def test_document_and_sequence_hold_the_same_objects(tmp_path: Path) -> None:
    features = [box(number) for number in range(5)]
    assert write_document(tmp_path / "a.city.json", HEADER, features) == 5
    assert write_sequence(tmp_path / "a.city.jsonl", HEADER, features) == 5
    document = orjson.loads((tmp_path / "a.city.json").read_bytes())
    header, *lines = [orjson.loads(line) for line in (tmp_path / "a.city.jsonl").read_bytes().splitlines()]
    together: dict[str, Any] = {}
    for line in lines:
        assert line["type"] == "CityJSONFeature"
        together |= objects_of(line)
    assert objects_of(document) == together
    assert {name: document[name] for name in ("type", "version", "transform", "metadata")} == {
        name: header[name] for name in ("type", "version", "transform", "metadata")
    }
    assert header["CityObjects"] == {}
    assert header["vertices"] == []
    assert document["version"] == "2.0"


@pytest.mark.parametrize("name", ["a.city.json.gz", "a.city.jsonl.gz"])
def test_packed_files_are_the_same_every_time_and_hold_the_same(tmp_path: Path, name: str) -> None:
    write = write_sequence if "jsonl" in name else write_document
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder / name, HEADER, [box(1), box(2)])
    packed = (tmp_path / "one" / name).read_bytes()
    assert packed == (tmp_path / "other" / name).read_bytes()
    assert packed[4:8] == bytes(4)
    write(tmp_path / name.removesuffix(".gz"), HEADER, [box(1), box(2)])
    assert gzip.decompress(packed) == (tmp_path / name.removesuffix(".gz")).read_bytes()


def test_no_features_make_an_empty_document(tmp_path: Path) -> None:
    assert write_document(tmp_path / "a.city.json", HEADER, []) == 0
    document = orjson.loads((tmp_path / "a.city.json").read_bytes())
    assert (document["CityObjects"], document["vertices"]) == ({}, [])


@given(points=st.lists(st.tuples(coordinates, coordinates, coordinates), min_size=1, max_size=20))
def test_vertices_come_back_exactly(points: list[tuple[int, int, int]]) -> None:
    line = orjson.loads(sequence_line(Feature("x", {"x": {"type": "Building"}}, np.array(points, dtype=np.int64))))
    assert [tuple(vertex) for vertex in line["vertices"]] == points


@given(x=st.floats(0, 300_000), y=st.floats(300_000, 620_000), z=st.floats(-10, 400))
def test_quantising_is_off_by_half_a_millimetre_at_most(x: float, y: float, z: float) -> None:
    whole = HEADER.quantised(np.array([[x, y, z]]))
    back = whole * np.array(HEADER.scale) + np.array(HEADER.translate)
    assert np.abs(back - [x, y, z]).max() <= 0.000501


def test_a_sequence_is_written_while_it_comes(tmp_path: Path) -> None:
    """Memory does not grow with the number of features."""

    def peak(count: int) -> int:
        def features() -> Iterator[Feature]:
            yield from (box(number) for number in range(count))

        tracemalloc.start()
        write_sequence(tmp_path / "a.city.jsonl", HEADER, features())
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(50)
    assert peak(2000) < 1.5 * peak(200)
