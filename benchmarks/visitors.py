"""Many visitors at once, without browsers.

Each opens the first page over a web socket, every other one by a link with a plan, does something twice more, and stays until all have
done so. They come in at even intervals. What is measured is the first full run of each, from the connection to the last message, and
the memory of the server. What a browser fetches besides (scripts and geometry, compressed once and kept by the browser) is not in it.
"""

from __future__ import annotations

import asyncio
import math
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from websockets.exceptions import WebSocketException

from benchmarks.conversation import Visitor, visit
from benchmarks.inline_deck import PLAN_ID
from benchmarks.reading import Tell
from benchmarks.servers import REAL, WITHOUT_VARIABLE, Server, Without, served
from wijktwin import places

UNDONE: Final = "benchmarks.undone"
RERUNS: Final = 2
"""How often each visitor does something after the first page."""
THINKING: Final = 5.0
"""How long a visitor looks before doing something. [s]"""
KEPT: Final = 130.0
"""Streamlit keeps the session of somebody who left for two minutes, in case they come back. [s]"""


@dataclass(slots=True)
class Stay:
    """What became of one visitor: seconds of the first run and of the later ones; a fault where there was one."""

    first: float | None = None
    later: tuple[float, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured.

    Parameters
    ----------
    first_run_p50_s, first_run_p95_s, rerun_p95_s
        From the connection to the end of the first run; of later runs from the question. [s]
    memory_before_mb, memory_peak_mb, memory_with_all_mb, memory_after_mb
        Of the server: before anybody came, at most, with everybody in, and after everybody left. [MB]
    memory_kept_mb
        Of the server after `KEPT` seconds, a few new visitors having come and gone; None where it was not waited for. [MB]
    failed
        Sessions that did not get a whole page.
    cpu_seconds
        Of the server, from the first visitor to the last run. [s]
    """

    sessions: int
    seconds: float
    without: str
    first_run_p50_s: float | None
    first_run_p95_s: float | None
    rerun_p95_s: float | None
    memory_before_mb: float
    memory_with_all_mb: float
    memory_peak_mb: float
    memory_after_mb: float
    memory_kept_mb: float | None
    failed: int
    faults: tuple[str, ...]
    cpu_seconds: float

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return asdict(self)

    def as_text(self) -> str:
        """Lines to read."""
        return "\n".join(f"{name:<20} {value}" for name, value in asdict(self).items())


def quantile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least this share of all values do not exceed (nearest rank); None of nothing."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)] if ordered else None


def measure(
    *,
    sessions: int = 200,
    seconds: float = 120.0,
    tell: Tell,
    data: Path | None = None,
    without: Without = Without.NOTHING,
    waits: bool = False,
) -> Measured:
    """Let visitors come in, and see what it does to the server.

    Parameters
    ----------
    sessions, seconds
        How many come in, evenly over how long.
    data
        What they look at; the embedded example of 1,000 buildings where None.
    waits
        Wait until Streamlit has forgotten those who left, and look at memory once more.
    """
    more = {WITHOUT_VARIABLE: without.value}
    if without is Without.GC_SETTING:
        more["STREAMLIT_RUNNER_POST_SCRIPT_GC"] = "true"
    module = "streamlit" if without is Without.NOTHING else UNDONE
    with (
        tempfile.TemporaryDirectory() as state,
        served(REAL, module=module, data=data or places.example_folder(), state=Path(state), more=more) as server,
    ):
        before, used = server.memory(), server.processor_seconds()
        tell(f"{sessions} visitors in {seconds:g} s")
        stays, with_all, used_after = asyncio.run(_crowd(server, sessions, seconds))
        after = server.memory()
        kept = None
        if waits:
            tell(f"waiting {KEPT:g} s until those who left are forgotten")
            time.sleep(KEPT)
            asyncio.run(_crowd(server, 2, 0.0))
            kept = server.memory().now
    firsts = [stay.first for stay in stays if stay.first is not None]
    faults = [stay.fault for stay in stays if stay.fault]
    return Measured(
        sessions=sessions,
        seconds=seconds,
        without=without.value,
        first_run_p50_s=_rounded(quantile(firsts, 0.5)),
        first_run_p95_s=_rounded(quantile(firsts, 0.95)),
        rerun_p95_s=_rounded(quantile([value for stay in stays for value in stay.later], 0.95)),
        memory_before_mb=before.now,
        memory_with_all_mb=with_all,
        memory_peak_mb=after.peak,
        memory_after_mb=after.now,
        memory_kept_mb=kept,
        failed=len(faults),
        faults=tuple(sorted(set(faults))),
        cpu_seconds=round(used_after - used, 1),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


async def _crowd(server: Server, sessions: int, seconds: float) -> tuple[list[Stay], float, float]:
    """Everybody's stay; memory [MB] and processor time [s] of the server when all are in and have done everything."""
    leaving = asyncio.Event()
    done: asyncio.Queue[None] = asyncio.Queue()
    links = ("", f"plans={PLAN_ID}")
    comings = [
        asyncio.create_task(_stay(server.url, links[place % 2], place * seconds / sessions, done, leaving)) for place in range(sessions)
    ]
    for _ in comings:
        await done.get()
    with_all, used = server.memory().now, server.processor_seconds()
    leaving.set()
    return await asyncio.gather(*comings), with_all, used


async def _stay(url: str, query: str, begins: float, done: asyncio.Queue[None], leaving: asyncio.Event) -> Stay:
    await asyncio.sleep(begins)
    stay = Stay()
    is_told = False
    try:
        began = time.perf_counter()
        async with visit(url) as socket:
            visitor = Visitor(socket)
            first = await visitor.run(query)
            stay.first = time.perf_counter() - began
            stay.fault = "" if first.is_whole else "the first run was not whole"
            for _ in range(RERUNS):
                await asyncio.sleep(THINKING)
                run = await visitor.run(query)
                stay.later += (run.seconds,)
                stay.fault = stay.fault or ("" if run.is_whole else "a later run was not whole")
            done.put_nowait(None)
            is_told = True
            await leaving.wait()
    except (WebSocketException, OSError, TimeoutError) as error:
        stay.fault = stay.fault or type(error).__name__
    if not is_told:
        done.put_nowait(None)
    return stay
