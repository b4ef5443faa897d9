"""How fast views are computed, and whether looking only at what changes gives the same: ratios of things measured in the same run.

The city is that of the example generator, with windows on its walls; the example is the neighbourhood that travels with the project.
Time is that of the processor, except for the milliseconds, which are by the clock.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.reading import SEED, Tell
from benchmarks.sunlight import WALLS, _city, _plan, as_lines, timed
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.sunlight.places import Points, morton_order
from wijktwin.impacts.sunlight.solids import Solids
from wijktwin.impacts.view.desk import ViewDesk
from wijktwin.impacts.view.directions import Field
from wijktwin.impacts.view.figures import figures_of
from wijktwin.impacts.view.first_hits import Sight, SightScene, computed_again, first_hits, with_changes, without
from wijktwin.impacts.view.settings import directions
from wijktwin.impacts.view.store import ViewStore
from wijktwin.model.mesh import BoolArray
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Plan
from wijktwin.places import example_folder

PLAN: Final = "vogeltorens"


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured.

    Parameters
    ----------
    study_vs_embreex
        Lines per second of the whole study over those of embreex alone on the same lines, one thread.
    two_threads
        How many times faster two threads are by the clock.
    plan_vs_full_cpu
        How many times less processor time ten added buildings take than everything again.
    demolition_vs_full_cpu
        The same for eight buildings that go and ten that come, the scene of what is left included.
    kept_scene_vs_full_cpu
        The same where what is left was looked at before: a second plan that demolishes the same.
    bits_different
        Lines that end elsewhere when only what changes is looked at. 0.
    today_ms, today_from_disk_ms, plan_ms, toggle_ms
        All figures of the example: today from nothing, today when it is on the disk, the first time for a plan, and again. [ms]
    lines, load, seconds
        How many lines; the load of the machine at the end; and the medians behind the ratios. [s]
    """

    study_vs_embreex: float
    two_threads: float
    plan_vs_full_cpu: float
    demolition_vs_full_cpu: float
    kept_scene_vs_full_cpu: float
    bits_different: int
    today_ms: float
    today_from_disk_ms: float
    plan_ms: float
    toggle_ms: float
    lines: int
    load: float
    seconds: dict[str, float]

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return asdict(self)

    def as_text(self) -> str:
        """Lines to read."""
        return as_lines(asdict(self))


def measure(*, repeat: int = 5, tell: Tell, n_buildings: int = 2_000, n_points: int = 3_000) -> Measured:
    """Everything, in turn.

    Parameters
    ----------
    repeat
        How often each thing is measured; the median counts.
    tell
        Told what happens, since it takes a minute.
    n_buildings, n_points
        Size of the city, and how many windows look out in it.
    """
    tell(f"a city of {n_buildings} buildings")
    city = _city(n_buildings)
    sight = Sight(_windows(city, n_points), directions(Field.WINDOW))
    stays, goes, added = _plan(city)
    seconds: dict[str, list[float]] = {}
    for _ in range(repeat):
        tell("everything, and what plans change")
        _study(sight, city, goes, added, seconds)
    tell("bit for bit")
    now = first_hits(sight, city)
    different = sum(
        with_changes(sight, now, city, gone, added).n_different(computed_again(sight, city, gone, added), n_solids=city.n_solids)
        for gone in (stays, goes)
    )
    tell("the example")
    for _ in range(repeat):
        _example(seconds)
    median = {name: statistics.median(values) for name, values in seconds.items()}
    return Measured(
        study_vs_embreex=median["embreex"] / median["everything"],
        two_threads=median["one thread, clock"] / median["two threads, clock"],
        plan_vs_full_cpu=median["everything"] / median["plan"],
        demolition_vs_full_cpu=median["everything"] / median["demolition"],
        kept_scene_vs_full_cpu=median["everything"] / median["kept scene"],
        bits_different=different,
        today_ms=1000 * median["today, clock"],
        today_from_disk_ms=1000 * median["from disk, clock"],
        plan_ms=1000 * median["example plan, clock"],
        toggle_ms=1000 * median["toggle, clock"],
        lines=len(sight.points) * sight.directions.count,
        load=os.getloadavg()[0],
        seconds=median,
    )


def _study(sight: Sight, city: Solids, goes: BoolArray, added: Solids, seconds: dict[str, list[float]]) -> None:
    stays = np.zeros_like(goes)
    now = timed(seconds, "everything", lambda: first_hits(sight, city, n_threads=1))
    scene, asked = SightScene(city), sight.lines(np.arange(len(sight.points)))
    timed(seconds, "embreex", lambda: scene.nearest(*asked))
    for name, n_threads in (("one thread, clock", 1), ("two threads, clock", 2)):
        timed(seconds, name, lambda n=n_threads: first_hits(sight, city, n_threads=n), clock=time.perf_counter)  # type: ignore[misc]
    with_changes(sight, now, city, stays, added, n_threads=1)  # compiled
    timed(seconds, "plan", lambda: with_changes(sight, now, city, stays, added, n_threads=1))
    timed(seconds, "demolition", lambda: with_changes(sight, now, city, goes, added, n_threads=1))
    left = SightScene(without(city, goes))
    timed(seconds, "kept scene", lambda: with_changes(sight, now, city, goes, added, left=left, n_threads=1))


def _example(seconds: dict[str, list[float]]) -> None:
    assumptions = default_assumptions()
    neighbourhood, plan = _neighbourhood_and_plan()
    with tempfile.TemporaryDirectory() as folder:
        for name in ("today, clock", "from disk, clock"):
            desk = ViewDesk(neighbourhood, assumptions=assumptions, store=ViewStore(Path(folder)))
            _all_figures(seconds, name, desk, neighbourhood, ())
        for name in ("example plan, clock", "toggle, clock"):
            _all_figures(seconds, name, desk, neighbourhood, (plan,))


def _all_figures(seconds: dict[str, list[float]], name: str, desk: ViewDesk, neighbourhood: Neighbourhood, plans: tuple[Plan, ...]) -> None:
    scenario, assumptions = neighbourhood.with_plans(plans), default_assumptions()
    timed(seconds, name, lambda: figures_of(desk.views(scenario), assumptions=assumptions), clock=time.perf_counter)


def _neighbourhood_and_plan() -> tuple[Neighbourhood, Plan]:
    from wijktwin.sources.plans.folder import read_plan_folder
    from wijktwin.sources.prepared import open_neighbourhood

    with tempfile.TemporaryDirectory() as folder:
        neighbourhood = open_neighbourhood(example_folder(), state_dir=Path(folder))
    plans, _ = read_plan_folder(example_folder() / "plans", neighbourhood=neighbourhood)
    return neighbourhood, next(plan for plan in plans if plan.plan_id == PLAN)


def _windows(city: Solids, n: int) -> Points:
    """Windows on walls, in an order in which neighbours follow each other."""
    places, normals = WALLS[id(city)]
    keep = np.random.default_rng(SEED).permutation(len(places))[:n]
    level = normals[keep] * [1.0, 1.0, 0.0]
    level /= np.linalg.norm(level, axis=1, keepdims=True)
    order = morton_order(places[keep])
    return Points(places[keep[order]], level[order], np.zeros(len(order)))
