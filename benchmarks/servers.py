"""A server to measure: started as the command starts it, with its processor time and memory read from outside."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from benchmarks.reading import ROOT
from wijktwin import places
from wijktwin.cli.server import _answers, first_visit, free_port

REAL: Final = "asgi.py"
WITHOUT_VARIABLE: Final = "WIJKTWIN_BENCHMARK_WITHOUT"
START_SECONDS: Final = 300.0
FAREWELL_SECONDS: Final = 20.0
KILOBYTE: Final = 1024


class Without(StrEnum):
    """What is undone in `undone`, to see what it is worth."""

    NOTHING = ""
    CACHE = "cache"
    """Nothing that visitors share is kept: everything is read and computed again for every run."""
    GC_SETTING = "gc-setting"
    """Streamlit collects garbage after every run, as it does unless it is told otherwise."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server.

    Parameters
    ----------
    url
        Where it answers, without a slash at its end.
    pid
        Of the process that answers.
    """

    url: str
    pid: int

    def processor_seconds(self) -> float:
        """What it used so far, user and system together. [s]"""
        return processor_seconds(Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii"), os.sysconf("SC_CLK_TCK"))

    def memory(self) -> Memory:
        """What it holds."""
        return memory(Path(f"/proc/{self.pid}/status").read_text(encoding="ascii"))


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory now, and the most there has been. [MB]"""

    now: float
    peak: float


def processor_seconds(stat: str, ticks_per_second: int) -> float:
    """Processor time in a line of ``/proc/PID/stat``, in which the name of the program may hold spaces and brackets. [s]"""
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / ticks_per_second  # utime and stime: fields 14 and 15 of proc(5)


def memory(status: str) -> Memory:
    """Memory in the lines of ``/proc/PID/status``."""
    told = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    now, peak = (int(told[name].split()[0]) * KILOBYTE / 1e6 for name in ("VmRSS", "VmHWM"))
    return Memory(round(now, 1), round(peak, 1))


@contextlib.contextmanager
def served(script: str, *, data: Path, state: Path, more: Mapping[str, str] | None = None, module: str = "streamlit") -> Iterator[Server]:
    """A server on a neighbourhood folder, visited once, while the block runs.

    Parameters
    ----------
    script
        What is started, from the checkout: ``asgi.py`` for the real thing.
    more
        Further names and values for its environment.
    module
        What runs the script: Streamlit, or `undone`.
    """
    if not Path("/proc/self/stat").exists():
        message = "what a server uses is read from /proc, which this system does not have: measure on Linux"
        raise SystemExit(message)
    port = free_port("localhost", 0)
    own = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    own |= {places.DATA_VARIABLE: str(data), places.STATE_VARIABLE: str(state), "PYTHONPATH": str(ROOT), **(more or {})}
    command = [sys.executable, "-m", module, "run", script, "--server.address=localhost", f"--server.port={port}"]
    log = state / f"{Path(script).stem}-{port}.log"
    with log.open("wb") as said, subprocess.Popen(command, cwd=ROOT, env=own, stdout=said, stderr=subprocess.STDOUT) as process:
        try:
            _wait_until_open(process, port, log)
            if not first_visit(f"http://localhost:{port}"):
                message = f"the first page shows a fault; the server says: {_last_words(log)}"
                raise SystemExit(message)
            yield Server(f"http://localhost:{port}", process.pid)
        finally:
            process.terminate()
            try:
                process.wait(FAREWELL_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_until_open(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if _answers("localhost", port):
            return
        time.sleep(0.1)
    message = f"the server did not open; it says: {_last_words(log)}"
    raise SystemExit(message)


def _last_words(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-2000:].strip()
