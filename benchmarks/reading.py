"""How fast and how lean CityJSON is read, always against something measured in the same run.

Everything that is compared is measured in turn, five times each, and the medians are divided: what else the machine does then
weighs on both. Compiled loops are warm, as they are in a server that has read its own neighbourhood at the start.
"""

from __future__ import annotations

import contextlib
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
TILE: Final = "3dbag/amersfoort_dehoef_9-572-632_v20250903.city.json"
SEED: Final = 1
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured; None where the data for it is absent.

    Parameters
    ----------
    tile_vs_cjio
        How many times faster the Amersfoort tile is read than cjio loads and triangulates it. At least 20, aim 40.
    seq10k_vs_orjson
        Time to read 10,000 generated buildings as CityJSONSeq, over that of orjson parsing the same lines. At most 6, aim 2.5.
    prepared_vs_read
        How many times faster a prepared neighbourhood of those buildings is reopened than read. At least 10.
    rss_100k_mb
        Peak resident memory of a process that reads 100,000 generated buildings. [MB] At most 2,000.
    seconds
        The medians behind the ratios. [s]
    """

    tile_vs_cjio: float | None
    seq10k_vs_orjson: float
    prepared_vs_read: float
    rss_100k_mb: float | None
    seconds: dict[str, float]

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return asdict(self)

    def as_text(self) -> str:
        """Lines to read."""
        lines = [
            f"tile, times faster than cjio   {shown(self.tile_vs_cjio)}   (at least 20)",
            f"10,000 buildings over orjson   {shown(self.seq10k_vs_orjson)}   (at most 6)",
            f"prepared, times faster         {shown(self.prepared_vs_read)}   (at least 10)",
            f"peak of 100,000 buildings      {shown(self.rss_100k_mb)} MB   (at most 2,000)",
        ]
        return "\n".join([*lines, *(f"  {name:<28} {value:9.4f} s" for name, value in self.seconds.items())])


def shown(value: float | None) -> str:
    """A figure in a column; "absent" where it was not measured."""
    return "  absent" if value is None else f"{value:8.2f}"


def shared_tile() -> Path | None:
    """The Amersfoort tile; None where its data is absent."""
    tile = Path(os.environ.get("WIJKTWIN_SHARED_DATA") or ROOT.parent / "shared" / "data") / TILE
    return tile if tile.is_file() else None


def measure(*, repeat: int = 5, tell: Tell, n_seq: int = 10_000, n_peak: int = 100_000) -> Measured:
    """Everything, in turn.

    Parameters
    ----------
    repeat
        How often each thing is measured.
    tell
        Told what happens, since some of it takes a minute.
    n_seq, n_peak
        How many buildings are generated for speed and for memory; 0 for ``n_peak`` leaves the memory out.
    """
    seconds: dict[str, float] = {}
    tile = shared_tile()
    tile_ratio = None
    if tile is not None:
        tell("reading the Amersfoort tile, and the same with cjio (half a minute)")
        tile_ratio = _tile_against_cjio(tile, repeat, seconds)
    with tempfile.TemporaryDirectory() as folder:
        tell(f"making {n_seq:,} buildings")
        sequence = _generated(Path(folder), n_seq)
        tell("reading them, and parsing the same lines with orjson")
        seq_ratio = _sequence_against_orjson(sequence, repeat, seconds)
        tell("reopening them prepared")
        prepared_ratio = _prepared_against_read(sequence, Path(folder) / "prepared", repeat, seconds)
        peak = None
        if n_peak:
            tell(f"making {n_peak:,} buildings and reading them in a process of their own (two minutes)")
            peak = _peak_of_child(_generated(Path(folder), n_peak))
    return Measured(tile_ratio, seq_ratio, prepared_ratio, peak, seconds)


def in_turn(repeat: int, *works: Callable[[], object]) -> list[float]:
    """Median seconds of some pieces of work, measured one after the other, again and again; each runs once beforehand."""
    for work in works:
        work()
    times: list[list[float]] = [[] for _ in works]
    for _ in range(repeat):
        for work, taken in zip(works, times, strict=True):
            begin = time.perf_counter()
            work()
            taken.append(time.perf_counter() - begin)
    return [statistics.median(taken) for taken in times]


def _generated(folder: Path, n_buildings: int) -> Path:
    from wijktwin.example.build import write_seq

    path = folder / f"{n_buildings}.city.jsonl"
    write_seq(n_buildings, SEED, path)
    return path


def _tile_against_cjio(tile: Path, repeat: int, seconds: dict[str, float]) -> float:
    from cjio import cityjson

    from wijktwin.sources.cityjson import read_city_model

    def theirs() -> None:
        with tile.open(encoding="utf-8") as file, contextlib.redirect_stdout(io.StringIO()):
            cityjson.reader(file=file).triangulate(sloppy=True)  # earcut, as here; its other way needs a library that is not free

    ours, others = in_turn(repeat, lambda: read_city_model(tile), theirs)
    seconds |= {"tile": ours, "tile_cjio": others}
    return round(others / ours, 2)


def _sequence_against_orjson(sequence: Path, repeat: int, seconds: dict[str, float]) -> float:
    import orjson

    from wijktwin.sources.cityjson import read_city_model

    lines = sequence.read_bytes().splitlines()

    def floor() -> None:
        for line in lines:
            orjson.loads(line)

    ours, parsing = in_turn(repeat, lambda: read_city_model(sequence), floor)
    seconds |= {"seq10k": ours, "seq10k_orjson": parsing}
    return round(ours / parsing, 3)


def _prepared_against_read(sequence: Path, folder: Path, repeat: int, seconds: dict[str, float]) -> float:
    from wijktwin.sources.cityjson import read_city_model
    from wijktwin.sources.neighbourhoods import neighbourhood_from
    from wijktwin.sources.prepared_folder import read_prepared, write_prepared

    def read() -> None:
        neighbourhood_from([read_city_model(sequence)], name="measured")

    write_prepared(neighbourhood_from([read_city_model(sequence)], name="measured"), folder)
    reading, reopening = in_turn(repeat, read, lambda: read_prepared(folder))
    seconds |= {"read_neighbourhood": reading, "reopen_neighbourhood": reopening}
    return round(reading / reopening, 2)


def _peak_of_child(sequence: Path) -> float:
    command = [sys.executable, "-m", "benchmarks", "peak-of-reading", str(sequence)]
    answer = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return float(answer.stdout)


def peak_of_reading(path: Path) -> float:
    """Peak resident memory of this process after reading one file. [MB]"""
    from wijktwin.sources.cityjson import read_city_model

    model = read_city_model(path)
    if sys.platform == "win32":
        message = "Windows does not tell the peak of its memory this way"
        raise SystemExit(message)
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
    return round(peak, 1) if len(model.buildings) else 0.0
