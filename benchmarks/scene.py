"""How fast the scene is: what a switch sends, how long until it is seen, what a first visit loads, what a rerun costs the server.

WebGL is drawn in software, so seconds say little about a computer with a graphics card; ratios within one run do. Our page (everything
in it: ground, trees, edges, names, figures, words) is compared with `benchmarks.inline_page`: the same deck in ``st.pydeck_chart`` with
its geometry inline, alone on a page. Both are open in one browser and are switched in turn. A switch is done when the picture is there
that belongs to it, seen by its pixels (`watching.js`); our own scene must also say that it is ready.
"""

from __future__ import annotations

import contextlib
import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.chromium import Chromium, Tab, Traffic, chromium
from benchmarks.conversation import rerun_processor_ms
from benchmarks.inline_deck import PLAN_ID
from benchmarks.reading import SEED, Tell, shown
from benchmarks.servers import REAL, Server, served

INLINE: Final = "benchmarks/inline_page.py"
COMPARED: Final = 5_000
SIZES: Final = (1_000, COMPARED, 20_000)
LONGEST: Final = 240_000
"""How long is waited for a picture. [ms]"""
STILL: Final = 1_000
"""How long a picture stands still before it is taken for the picture of what is switched on. [ms]"""
BETWEEN: Final = 500
WATCHING: Final = Path(__file__).with_name("watching.js")


@dataclass(frozen=True, slots=True)
class Page:
    """A page with a switch on it.

    Parameters
    ----------
    script
        Of its server.
    selector, on, off
        Its controls, and which of them switches the plan on and off.
    """

    script: str
    selector: str
    on: int
    off: int


OURS: Final = Page(REAL, ".st-key-cards_0 input", 2, 0)
"""Residents choose: as it is now, what is allowed, the towers, the alternative."""
THEIRS: Final = Page(INLINE, ".st-key-plan input", 0, 0)


@dataclass(slots=True)
class Size:
    """What was measured for one neighbourhood; medians.

    Parameters
    ----------
    rerun_message_kb
        What a rerun sends that switches the plan on for the first time in a visit: the largest that there is. [kB]
    again_message_kb
        Idem when the browser has seen both before. [kB]
    toggle_s
        From the press to the picture. [s]
    cold_load_mb
        All bytes of a first visit as they come over the wire. [MB]
    first_picture_s
        From the address to the picture on that first visit. [s]
    rerun_cpu_ms
        Processor time of the server for one rerun of the page with the plan on. [ms]
    switch_cpu_ms
        Idem for one switch, with all that the browser asks for because of it. [ms]
    inline_toggle_s, inline_message_mb
        As above, for geometry inline; None where it was not measured.
    """

    rerun_message_kb: float
    again_message_kb: float
    toggle_s: float
    cold_load_mb: float
    first_picture_s: float
    rerun_cpu_ms: float
    switch_cpu_ms: float
    inline_toggle_s: float | None = None
    inline_message_mb: float | None = None


@dataclass(slots=True)
class Measured:
    """What was measured: the figures that have limits, and all of them by number of buildings.

    Parameters
    ----------
    rerun_message_kb_5k
        At most 50.
    toggle_vs_inline_5k
        How many times faster a switch is seen than with the same deck inline. At least 10.
    cold_load_mb_5k
        At most 4.5, aim 3.5.
    rerun_cpu_ms
        With 5,000 buildings. At most 100.
    """

    rerun_message_kb_5k: float | None
    toggle_vs_inline_5k: float | None
    cold_load_mb_5k: float | None
    rerun_cpu_ms: float | None
    sizes: dict[int, Size] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        told = asdict(self)
        return told | {"sizes": {str(number): size for number, size in told["sizes"].items()}}

    def as_text(self) -> str:
        """Lines to read."""
        lines = [
            f"rerun that switches a plan      {shown(self.rerun_message_kb_5k)} kB   (at most 50)",
            f"switch, times faster than inline {shown(self.toggle_vs_inline_5k)}     (at least 10)",
            f"first visit, everything         {shown(self.cold_load_mb_5k)} MB   (at most 4.5)",
            f"server, for one rerun           {shown(self.rerun_cpu_ms)} ms   (at most 100)",
        ]
        for number, size in self.sizes.items():
            lines += [f"{number:,} buildings", *(f"  {name:<20} {shown(value)}" for name, value in asdict(size).items())]
        return "\n".join(lines)


def concluded(sizes: dict[int, Size]) -> Measured:
    """The figures that have limits, from those of every size."""
    size = sizes.get(COMPARED)
    if size is None:
        return Measured(None, None, None, None, sizes)
    ratio = None if size.inline_toggle_s is None else round(size.inline_toggle_s / size.toggle_s, 2)
    return Measured(size.rerun_message_kb, ratio, size.cold_load_mb, size.rerun_cpu_ms, sizes)


def measure(*, repeat: int = 5, tell: Tell, sizes: tuple[int, ...] = SIZES, compares: bool = True) -> Measured:
    """Everything, in turn.

    Parameters
    ----------
    repeat
        How often each thing is measured; the median counts.
    tell
        Told what happens, since some of it takes minutes.
    compares
        Geometry inline is measured too, with 5,000 buildings.
    """
    found: dict[int, Size] = {}
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        (folder / "state").mkdir()
        browser = stack.enter_context(chromium(folder / "profile"))
        for number in sizes:
            tell(f"making {number:,} buildings")
            data = _neighbourhood(folder, number)
            tell("visiting them" + (", and the same with its geometry inline (some minutes)" if compares and number == COMPARED else ""))
            found[number] = _size(browser, data, folder / "state", repeat, compares=compares and number == COMPARED)
    return concluded(found)


def _neighbourhood(folder: Path, number: int) -> Path:
    from wijktwin.example.build import build_example

    target = folder / str(number)
    build_example(n_buildings=number, seed=SEED, out=target)
    return target


def _size(browser: Chromium, data: Path, state: Path, repeat: int, *, compares: bool) -> Size:
    with served(REAL, data=data, state=state) as server, contextlib.ExitStack() as stack:
        loads = []
        for _ in range(repeat - 1):
            with browser.tab() as visitor:
                loads.append(_first_visit(visitor, OURS, server))
        ours = stack.enter_context(browser.tab())
        loads.append(_first_visit(ours, OURS, server))
        message, again = _prepare(ours, OURS)
        theirs, inline_message = None, None
        if compares:
            chart = stack.enter_context(served(INLINE, data=data, state=state))
            theirs = stack.enter_context(browser.tab())
            _first_visit(theirs, THEIRS, chart)
            inline_message = round(max(part.socket for part in _prepare(theirs, THEIRS)) / 1e6, 2)
        times, chart_times, used = _switched(ours, theirs, server, repeat)
        rerun = rerun_processor_ms(server, query=f"plans={PLAN_ID}", repeat=repeat)
    return Size(
        rerun_message_kb=round(message.socket / 1e3, 1),
        again_message_kb=round(again.socket / 1e3, 1),
        toggle_s=round(statistics.median(times), 3),
        cold_load_mb=round(statistics.median(part.http + part.socket for part, _ in loads) / 1e6, 3),
        first_picture_s=round(statistics.median(seconds for _, seconds in loads), 2),
        rerun_cpu_ms=round(rerun, 1),
        switch_cpu_ms=round(1e3 * used / repeat, 1),
        inline_toggle_s=round(statistics.median(chart_times), 3) if chart_times else None,
        inline_message_mb=inline_message,
    )


def _first_visit(tab: Tab, page: Page, server: Server) -> tuple[Traffic, float]:
    """Open a page with an empty cache, and wait for its picture: what came in, and after how many seconds the picture stood."""
    with tab.counted() as traffic:
        tab.open(server.url)
        _watch(tab)
        _wait(tab, page, STILL)
        seconds = tab.evaluate("performance.now()") / 1e3 - STILL / 1e3
    return traffic, seconds


def _watch(tab: Tab) -> None:
    tab.evaluate("new Promise(go => document.readyState === 'complete' ? go() : addEventListener('load', go))")
    if tab.evaluate("location.href") == "about:blank":  # the navigation had not begun
        tab.evaluate("new Promise(go => setTimeout(go, 500))")
    tab.evaluate(WATCHING.read_text(encoding="utf-8"))


def _wait(tab: Tab, page: Page, milliseconds: int) -> None:
    if not tab.evaluate(f"watching.still({page.selector!r}, {page.on}, {milliseconds}, {LONGEST})"):
        message = f"{page.script}: no picture that stands still within {LONGEST // 1000} s"
        raise SystemExit(message)


def _prepare(tab: Tab, page: Page) -> tuple[Traffic, Traffic]:
    """Switch on, off and on again, and remember both pictures: what came in when it was new, and when both were known."""
    tab.evaluate("watching.remember('off')")
    heard = []
    for place, name in ((page.on, "on"), (page.off, "off"), (page.on, "on")):
        with tab.counted() as traffic:
            tab.evaluate(f"watching.press({page.selector!r}, {place})")
            tab.evaluate("watching.changed(800)")
            _wait(tab, page, STILL)
        tab.evaluate(f"watching.remember({name!r})")
        heard.append(traffic)
    if not tab.evaluate("watching.apart('on', 'off')"):
        message = f"{page.script}: the picture is the same with and without the plan"
        raise SystemExit(message)
    return heard[0], heard[2]


def _switched(ours: Tab, theirs: Tab | None, server: Server, repeat: int) -> tuple[list[float], list[float], float]:
    """Seconds of switches, off and on in turn, ours and theirs in turn; and what ours cost our server. [s]"""
    times: dict[str, list[float]] = {OURS.script: [], THEIRS.script: []}
    used = 0.0
    for name, other in _in_turn(repeat):
        for tab, page in ((ours, OURS), (theirs, THEIRS)):
            if tab is None:
                continue
            tab.ask("Page.bringToFront")
            _wait(tab, page, BETWEEN)
            before = server.processor_seconds()
            place = page.on if name == "on" else page.off
            milliseconds = tab.evaluate(f"watching.pressed({page.selector!r}, {place}, {name!r}, {other!r}, {LONGEST})")
            if milliseconds is None:
                message = f"{page.script}: the picture with the plan {name} did not come back within {LONGEST // 1000} s"
                raise SystemExit(message)
            times[page.script].append(milliseconds / 1e3)
            _wait(tab, page, BETWEEN)
            used += server.processor_seconds() - before if page is OURS else 0.0
    return times[OURS.script], times[THEIRS.script], used


def _in_turn(repeat: int) -> Iterator[tuple[str, str]]:
    """What is switched to, and from; the plan is on at first."""
    for turn in range(repeat):
        yield ("on", "off") if turn % 2 else ("off", "on")
