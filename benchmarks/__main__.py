"""``python -m benchmarks NAME [--json]``: measure one thing and print it, as JSON or as lines to read."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import orjson


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark that was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = ["reading", "scene", "visitors", "peak-of-reading", "shade", "sunlight", "solweig", "view", "card", "export"]
    parser.add_argument("name", choices=names, help="what to measure")
    parser.add_argument("path", nargs="?", type=Path, help="the file to read (peak-of-reading)")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    parser.add_argument("--repeat", type=int, default=5, help="how often each thing is measured; the median counts")
    parser.add_argument("--sizes", type=int, nargs="+", metavar="N", help="numbers of buildings (scene; default: 1000 5000 20000)")
    parser.add_argument("--no-inline", action="store_true", help="leave out what the scene is compared with (scene)")
    parser.add_argument("--sessions", type=int, default=200, help="how many come in (visitors)")
    parser.add_argument("--seconds", type=float, default=120.0, help="over how long they come in (visitors)")
    parser.add_argument(
        "--without", choices=["", "cache", "gc-setting"], default="", help="what is undone, to see what it is worth (visitors)"
    )
    parser.add_argument("--wait", action="store_true", help="look at memory again when those who left are forgotten (visitors)")
    parser.add_argument("--data", type=Path, help="the folder they look at (visitors; default: the embedded example)")
    parser.add_argument(
        "--solweig-python", type=Path, metavar="PYTHON", help="an interpreter that has solweig (solweig; never a dependency)"
    )
    given = parser.parse_args(arguments)
    tell = _nobody if given.json else _standard_error
    if given.name == "scene":
        from benchmarks import scene

        sizes = tuple(given.sizes or scene.SIZES)
        return _print(scene.measure(repeat=given.repeat, tell=tell, sizes=sizes, compares=not given.no_inline), as_json=given.json)
    if given.name == "visitors":
        from benchmarks import visitors
        from benchmarks.servers import Without

        crowd = visitors.measure(
            sessions=given.sessions, seconds=given.seconds, tell=tell, data=given.data, without=Without(given.without), waits=given.wait
        )
        return _print(crowd, as_json=given.json)
    if given.name == "solweig":
        from benchmarks import solweig_comparison

        return _print(solweig_comparison.measure(python=given.solweig_python, tell=tell), as_json=given.json)
    if given.name in {"sunlight", "view", "shade", "card", "export"}:
        return _print(import_module(f"benchmarks.{given.name}").measure(repeat=given.repeat, tell=tell), as_json=given.json)
    from benchmarks import reading

    if given.name == "peak-of-reading":
        if given.path is None:
            parser.error("peak-of-reading needs the file to read")
        print(reading.peak_of_reading(given.path))
        return 0
    return _print(reading.measure(repeat=given.repeat, tell=tell), as_json=given.json)


class Told(Protocol):
    """What a benchmark gives."""

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        ...

    def as_text(self) -> str:
        """For people."""
        ...


def _print(measured: Told, *, as_json: bool) -> int:
    print(orjson.dumps(measured.as_json()).decode() if as_json else measured.as_text())  # not json: cjio changes how that writes numbers
    return 0


def _standard_error(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _nobody(_sentence: str) -> None:
    return


if __name__ == "__main__":
    sys.exit(main())
