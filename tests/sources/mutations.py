"""Ways to spoil CityJSON: a value somewhere in the tree is replaced, taken out, doubled or moved, or the bytes themselves are changed."""

from __future__ import annotations

import copy
from typing import Any, Final

from hypothesis import strategies as st

ODD_VALUES: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1, 7, 2**31, 2**53 + 1, 2**63, 2**64 - 1, -(2**63), 0.5, -0.0, 1e17, 1e300, -1e300, 5e-324,
    "", "x", "2.2", "\u0000", "é" * 3, [], [[]], [[[]]], [[[[]]]], [0], [0, 1, 2], [[0, 1, 2]], [[[0, 1, 2]]], [[[[0, 1, 2]]]],
    [[[[[0, 1, 2]]]]], [None], ["x"], {}, {"a": 1}, {"type": "Solid"}, "Building", "BuildingPart", "CityObjectGroup", "Solid",
    "MultiSolid", "MultiSurface", "GeometryInstance", "MultiPoint",
)  # fmt: skip
Path = tuple[str | int, ...]


def every_path(value: Any, path: Path = (), *, deepest: int = 9) -> list[Path]:
    """Where something stands: of long lists only the first, second and last place."""
    found: list[Path] = [path] if path else []
    if len(path) >= deepest:
        return found
    if isinstance(value, dict):
        for key, item in value.items():
            found += every_path(item, (*path, key), deepest=deepest)
    elif isinstance(value, list):
        for place in sorted({0, 1, len(value) - 1} & set(range(len(value)))):
            found += every_path(value[place], (*path, place), deepest=deepest)
    return found


def at(value: Any, path: Path) -> Any:
    """What stands at a place."""
    for step in path:
        value = value[step]
    return value


def spoil(value: Any, path: Path, how: str, odd: Any) -> None:
    """Change one place, in place."""
    parent, step = at(value, path[:-1]), path[-1]
    match how:
        case "replace":
            parent[step] = copy.deepcopy(odd)
        case "remove":
            del parent[step]
        case "double" if isinstance(parent, list):
            parent.insert(int(step), copy.deepcopy(parent[int(step)]))
        case "wrap":
            parent[step] = [parent[step]]
        case "unwrap" if isinstance(parent[step], list) and parent[step]:
            parent[step] = parent[step][0]
        case "empty" if isinstance(parent[step], (list, dict)):
            parent[step].clear()
        case "rename" if isinstance(parent, dict):
            parent[f"{step}x"] = parent.pop(step)
        case _:
            parent[step] = copy.deepcopy(odd)


@st.composite
def spoilt(draw: st.DrawFn, sound: Any, *, most: int = 3) -> Any:
    """A copy of a JSON value with one to a few places changed."""
    value = copy.deepcopy(sound)
    for _ in range(draw(st.integers(1, most))):
        paths = every_path(value)
        if not paths:
            break
        path = draw(st.sampled_from(paths))
        how = draw(st.sampled_from(["replace", "replace", "replace", "remove", "double", "wrap", "unwrap", "empty", "rename"]))
        spoil(value, path, how, draw(st.sampled_from(ODD_VALUES)))
    return value


@st.composite
def spoilt_bytes(draw: st.DrawFn, sound: bytes) -> bytes:
    """Bytes that were cut, or of which some were changed, taken out or doubled."""
    data = bytearray(sound)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(len(data) - 1, 0)))
        length = draw(st.integers(1, 40))
        match draw(st.sampled_from(["cut", "flip", "digit", "remove", "double", "insert"])):
            case "cut":
                del data[place:]
            case "flip" if data:
                data[place] = draw(st.integers(0, 255))
            case "digit" if data:
                data[place : place + 1] = draw(st.sampled_from([b"9", b"-", b".", b"e9", b'"', b"[", b"}", b",", b"\n", b"\\"]))
            case "remove":
                del data[place : place + length]
            case "double":
                data[place:place] = data[place : place + length]
            case _:
                data[place:place] = draw(st.binary(max_size=8))
    return bytes(data)
