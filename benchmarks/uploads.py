"""Time and memory of one upload: ``python -m benchmarks.uploads FILE``. Five times, in a process apart, as a visitor's upload is read."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from wijktwin.sources.isolated import Progress, Stage, read_upload


def main() -> int:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    path: Path = parser.parse_args().file
    data = path.read_bytes()
    seconds: list[float] = []
    starting: list[float] = []
    n_buildings = 0
    for _ in range(5):
        began: dict[Stage, float] = {}
        with tempfile.TemporaryDirectory() as state:
            begin = time.perf_counter()
            made = read_upload(data, name=path.name, state_dir=Path(state), progress=_noting(began))
            seconds.append(time.perf_counter() - begin)
        starting.append(began[Stage.READING] - began[Stage.STARTING])
        n_buildings = len(made.buildings)
    measured = {
        "buildings": n_buildings,
        "seconds": round(statistics.median(seconds), 2),
        "of_which_starting": round(statistics.median(starting), 2),
        "cpu_seconds": _processor_time(runs=len(seconds)),
        "child_rss_mb": _largest_child(),
    }
    print(json.dumps(measured))
    return 0


def _noting(began: dict[Stage, float]) -> Progress:
    def note(stage: Stage) -> None:
        began[stage] = time.perf_counter()

    return note


def _processor_time(*, runs: int) -> float | None:
    """Mean processor time of a child [s]; None on Windows."""
    if sys.platform == "win32":
        return None
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return round((used.ru_utime + used.ru_stime) / runs, 2)


def _largest_child() -> int | None:
    """Largest resident memory of any child [MB]; None on Windows, which does not keep count."""
    if sys.platform == "win32":
        return None
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit / 1e6)


if __name__ == "__main__":
    sys.exit(main())
