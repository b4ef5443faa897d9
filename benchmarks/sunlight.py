"""How fast possible sun is computed, and whether it is right: ratios of things measured in the same run.

The city is that of the example generator; the suns are the ten-minute samples of the four days of `ground_days`, above the lowest
sun that counts on the ground. Time is that of the processor, except where two threads are compared by the clock.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import shapely

from benchmarks.reading import SEED, Tell
from benchmarks.sun_boxes import FloatArray, wrong_points
from wijktwin.impacts.sunlight.incremental import computed_again, with_changes
from wijktwin.impacts.sunlight.norms import ground_days, lowest_sun_on_ground
from wijktwin.impacts.sunlight.places import Points, morton_order
from wijktwin.impacts.sunlight.possible_sun import possible_sun
from wijktwin.impacts.sunlight.rays import Float32Array, RayScene
from wijktwin.impacts.sunlight.solids import Solids
from wijktwin.impacts.sunlight.suns import SunGrid
from wijktwin.model.mesh import BoolArray, IntArray, SurfaceKind
from wijktwin.model.volume_mesh import joined, raised
from wijktwin.sun import Place

YEAR: Final = 2026
AMERSFOORT: Final = Place(5.41, 52.165, 0.0, "Europe/Amsterdam")
WINDOW_SHARE: Final = 0.1
"""Share of the points that lie on walls."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured.

    Parameters
    ----------
    pipeline_vs_embreex
        Rays per second of the whole pipeline over those of embreex alone on the same rays, one thread. At least 0.8.
    two_threads
        How many times faster two threads are by the clock. At least 1.5.
    plan_vs_full_cpu
        How many times less processor time ten added buildings take than everything again. At least 200.
    demolition_vs_full_cpu
        The same for eight buildings that go and ten that come. At least 80.
    toggle_ms
        A plan that was computed before: sun of all points and the difference with today. [ms] At most 20.
    bits_different
        Slots of points in which what plans change differs from computing everything again. 0.
    wrong_points
        Of a million rays against boxes worked out exactly. 0.
    rate_100k_vs_1k
        Rays per second among 100,000 buildings over those among 1,000. 0.7 to 1.3.
    suns, load, seconds
        Which suns; the load of the machine at the end; and the medians behind the ratios. [s]
    """

    pipeline_vs_embreex: float
    two_threads: float
    plan_vs_full_cpu: float
    demolition_vs_full_cpu: float
    toggle_ms: float
    bits_different: int
    wrong_points: int
    rate_100k_vs_1k: float
    suns: str
    load: float
    seconds: dict[str, float]

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return asdict(self)

    def as_text(self) -> str:
        """Lines to read."""
        return as_lines(asdict(self))


def as_lines(measured: Mapping[str, Any]) -> str:
    """What was measured, one below the other, and below it the medians behind it (``seconds``)."""
    lines = [f"{name:<24} {value}" for name, value in measured.items() if name != "seconds"]
    return "\n".join([*lines, *(f"  {name:<22} {value:9.4f} s" for name, value in measured["seconds"].items())])


class RecordingScene(RayScene):
    """A scene that keeps what it was asked, to ask it again without anything around it."""

    def __init__(self, corners: Float32Array) -> None:
        super().__init__(corners)
        self.asked: list[tuple[Float32Array, Float32Array]] = []

    def is_occluded(self, origins: Float32Array, towards: Float32Array) -> BoolArray:
        """The answer; the question is kept."""
        self.asked.append((origins, towards))
        return super().is_occluded(origins, towards)

    def again(self) -> int:
        """All questions once more, straight to embreex; how many rays that are."""
        for origins, towards in self.asked:
            if len(origins):
                self._scene.run(origins, towards, query="OCCLUDED")
        return sum(len(origins) for origins, _ in self.asked)


def measure(*, repeat: int = 5, tell: Tell, n_buildings: int = 10_000, n_points: int = 500_000) -> Measured:
    """Everything, in turn.

    Parameters
    ----------
    repeat
        How often each thing is measured; the median counts.
    tell
        Told what happens, since it takes minutes.
    n_buildings, n_points
        Size of the city and of what is asked about it.
    """
    tell(f"a city of {n_buildings} buildings")
    city = _city(n_buildings)
    points = _points(city, n_points)
    days = ground_days(YEAR)
    grid = SunGrid.of(AMERSFOORT, days, lowest=lowest_sun_on_ground())
    scene = RayScene(city.corners)
    seconds: dict[str, list[float]] = {}
    for _ in range(repeat):
        tell("the pipeline and embreex alone")
        _pipeline(points, city, seconds)
        tell("everything, and what plans change")
        _changes(points, scene, city, grid, seconds)
    tell("bit for bit")
    different = _bits_different(points, scene, city, grid)
    tell("cities of 1,000 and 100,000")
    rates = _rates(city, repeat)
    tell("a million rays")
    wrong, _ = wrong_points(1_000_000, seed=SEED)
    median = {name: statistics.median(values) for name, values in seconds.items()}
    return Measured(
        pipeline_vs_embreex=median["embreex"] / median["pipeline"],
        two_threads=median["one thread, clock"] / median["two threads, clock"],
        plan_vs_full_cpu=median["everything"] / median["plan"],
        demolition_vs_full_cpu=median["everything"] / median["demolition"],
        toggle_ms=median["toggle"] * 1000,
        bits_different=different,
        wrong_points=wrong,
        rate_100k_vs_1k=rates[1] / rates[0],
        suns=f"{grid.n_samples} samples on {', '.join(map(str, days))}, sun above {grid.lowest:g} degrees, {len(points)} points",
        load=os.getloadavg()[0],
        seconds=median,
    )


def _pipeline(points: Points, city: Solids, seconds: dict[str, list[float]]) -> None:
    """One day of a fifth of the points."""
    n_walls = int((points.normals[:, 2] == 0.0).sum())
    some = points.taken(np.concatenate([np.arange(n_walls // 5), np.arange(n_walls, n_walls + (len(points) - n_walls) // 5)]))
    grid = SunGrid.of(AMERSFOORT, ground_days(YEAR)[:1], lowest=lowest_sun_on_ground())
    recording, plain = RecordingScene(city.corners), RayScene(city.corners)
    possible_sun(some, recording, grid, n_threads=1)
    timed(seconds, "pipeline", lambda: possible_sun(some, plain, grid, n_threads=1))
    timed(seconds, "embreex", recording.again)
    four = SunGrid.of(AMERSFOORT, ground_days(YEAR), lowest=lowest_sun_on_ground())
    for name, n_threads in (("one thread, clock", 1), ("two threads, clock", 2)):
        timed(seconds, name, lambda n=n_threads: possible_sun(some, plain, four, n_threads=n), clock=time.perf_counter)  # type: ignore[misc]


def _changes(points: Points, scene: RayScene, city: Solids, grid: SunGrid, seconds: dict[str, list[float]]) -> None:
    now = timed(seconds, "everything", lambda: possible_sun(points, scene, grid, n_threads=1))
    stays, goes, added = _plan(city)
    with_changes(points, now, city, goes, added, n_threads=1)  # compiled
    after = timed(seconds, "plan", lambda: with_changes(points, now, city, stays, added, n_threads=1))
    timed(seconds, "demolition", lambda: with_changes(points, now, city, goes, added, n_threads=1))
    _ = after.slots, now.slots
    timed(seconds, "toggle", lambda: (after.slots - now.slots, after.minutes))


def _bits_different(points: Points, scene: RayScene, city: Solids, grid: SunGrid) -> int:
    now = possible_sun(points, scene, grid)
    stays, goes, added = _plan(city)
    return sum(
        with_changes(points, now, city, gone, added).bits_different(computed_again(points, grid, city, gone, added))
        for gone in (stays, goes)
    )


def _rates(city: Solids, repeat: int) -> tuple[float, float]:
    """Rays per second among 1,000 buildings and among ten copies of the city side by side."""
    small = _city(1_000)
    reach = np.ptp(city.corners.reshape(-1, 3), axis=0)
    shifts = [np.array([x * reach[0] * 1.02, y * reach[1] * 1.02, 0.0]) for x in range(-2, 3) for y in range(2)]
    large = Solids(
        np.concatenate([city.corners + shift for shift in shifts]).astype(np.float32),
        np.concatenate([city.owner + number * city.n_solids for number in range(len(shifts))]),
        city.n_solids * len(shifts),
    )
    towns = [(RayScene(each.corners), _patches(each)) for each in (small, large)]
    grid = SunGrid.of(AMERSFOORT, ground_days(YEAR)[:1], lowest=lowest_sun_on_ground())
    rates: list[list[float]] = [[], []]
    for _ in range(repeat):
        for number, (scene, points) in enumerate(towns):
            begin = time.process_time()
            possible_sun(points, scene, grid, n_threads=1)
            rates[number].append(len(points) * grid.n_samples / (time.process_time() - begin))
    return statistics.median(rates[0]), statistics.median(rates[1])


def timed(seconds: dict[str, list[float]], name: str, what: Callable[[], T], *, clock: Callable[[], float] = time.process_time) -> T:
    """What something gives; how long it took is added to what is known under its name. [s]"""
    begin = clock()
    found = what()
    seconds.setdefault(name, []).append(clock() - begin)
    return found


def _city(n_buildings: int) -> Solids:
    """Buildings of the generator, around a local origin."""
    from wijktwin.example.build import write_seq
    from wijktwin.sources.cityjson import read_city_model

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "city.city.jsonl"
        write_seq(n_buildings, SEED, path)
        model = read_city_model(path)
    mesh = model.mesh
    solids = Solids.of_mesh(mesh, len(model.buildings))
    WALLS[id(solids)] = _wall_places(
        mesh.surface_kind == SurfaceKind.WALL, mesh.surface_normals(), mesh.triangle_corners(), mesh.triangle_surface
    )
    return solids


WALLS: Final[dict[int, tuple[FloatArray, FloatArray]]] = {}


def _wall_places(is_wall: BoolArray, normals: FloatArray, corners: FloatArray, surface: IntArray) -> tuple[FloatArray, FloatArray]:
    """A place 1.5 m above the foot of every wall, and its normal."""
    n = len(normals)
    counts = np.maximum(np.bincount(surface, minlength=n), 1)
    middle = np.stack([np.bincount(surface, weights=corners[:, :, axis].mean(axis=1), minlength=n) / counts for axis in range(3)], axis=1)
    foot = np.full(n, np.inf)
    np.minimum.at(foot, surface, corners[:, :, 2].min(axis=1))
    middle[:, 2] = foot + 1.5
    chosen = is_wall & (np.abs(normals[:, 2]) < 0.1) & np.isfinite(foot)
    return middle[chosen], normals[chosen]


def _points(city: Solids, n: int) -> Points:
    """A tenth on walls, the rest in a square grid over the city."""
    places, normals = WALLS[id(city)]
    keep = np.random.default_rng(SEED).permutation(len(places))[: int(n * WINDOW_SHARE)]
    walls = Points(places[keep], normals[keep], np.zeros(len(keep)))
    low, high = city.boxes[:, 0].min(axis=0), city.boxes[:, 1].max(axis=0)
    spacing = float(np.sqrt(np.prod((high - low)[:2]) / (n - len(keep))))
    flat = np.stack(np.meshgrid(np.arange(low[0], high[0], spacing), np.arange(low[1], high[1], spacing)), axis=-1).reshape(-1, 2)
    ground = Points.on_ground(np.column_stack([flat, np.full(len(flat), _floor(city))]))
    return Points.joined(*(each.taken(morton_order(each.positions)) for each in (walls, ground)))


def _patches(city: Solids, *, n: int = 40, side: int = 50) -> Points:
    """Squares of points a metre apart around some buildings, as dense in a large city as in a small one."""
    there = np.flatnonzero(np.isfinite(city.boxes).all(axis=(1, 2)))
    chosen = np.random.default_rng(SEED).choice(there, n, replace=False)
    square = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2) - side / 2
    flat = (city.boxes[chosen].mean(axis=1)[:, None, :2] + square).reshape(-1, 2)
    positions = np.column_stack([flat, np.repeat(city.boxes[chosen, 0, 2], side * side)])
    return Points.on_ground(positions[morton_order(positions)])


def _floor(city: Solids) -> float:
    """Height at which most buildings stand. [m]"""
    low = city.boxes[:, 0, 2]
    return float(np.median(low[np.isfinite(low)]))


def _plan(city: Solids) -> tuple[BoolArray, BoolArray, Solids]:
    """Nothing that goes; the eight buildings nearest to the middle; and ten houses of 8 x 10 x 9 m around it."""
    there = np.isfinite(city.boxes).all(axis=(1, 2))
    centres = np.full((city.n_solids, 3), np.inf)
    centres[there] = city.boxes[there].mean(axis=1)
    middle = np.median(centres[there], axis=0)
    distance = np.hypot(*(centres - middle)[:, :2].T)
    goes = np.zeros(city.n_solids, dtype=np.bool_)
    goes[np.argsort(distance, kind="stable")[:8]] = True
    floor, origin = _floor(city), np.zeros(3)
    corners: Sequence[tuple[float, float]] = [(middle[0] + 9.0 * (number % 5), middle[1] + 30.0 * (number // 5)) for number in range(10)]
    houses = [raised(shapely.box(x, y, x + 8, y + 10), bottom=floor, top=floor + 9.0, origin=origin) for x, y in corners]
    return np.zeros_like(goes), goes, Solids.of_mesh(joined(houses, origin=origin), 10)
