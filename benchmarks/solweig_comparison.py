"""Shade on the ground against solweig, which works on a raster: how many cells differ, and where.

Solweig (UMEP, GPL) is no part of Wijktwin and never a dependency: it runs in another interpreter, in an environment of its own, to
which only arrays go and from which only arrays come. Where no such interpreter is named, nothing is compared.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from benchmarks.reading import Tell
from benchmarks.sun_boxes import meets_box, prisms
from benchmarks.sunlight import AMERSFOORT, YEAR
from wijktwin.impacts.shadow_moments import shadow_days
from wijktwin.impacts.sunlight.places import LIFT
from wijktwin.impacts.sunlight.rays import RayScene
from wijktwin.impacts.sunlight.solids import Solids
from wijktwin.impacts.view.first_hits import SightScene
from wijktwin.places import example_folder
from wijktwin.sources.prepared import open_neighbourhood
from wijktwin.sun import Sun

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

ENVIRONMENT: Final = "WIJKTWIN_SOLWEIG_PYTHON"
CELL: Final = 0.5
"""Of the raster. [m]"""
LOWEST: Final = 5.0
"""Moments with a lower sun are left out. [°]"""
BOX: Final = np.array([[[40.0, 40.0, 0.0], [50.0, 50.0, 12.0]]])
"""A box on flat ground: lowest and highest corner. [m]"""
BESIDE: Final = 160.0
"""So far around it is looked: the shadow of 12 m at 5° is 137 m long. [m]"""
NEAR: Final = 1.0
"""Cells no farther than this from an edge of the shade are at the edge. [m]"""
SKIPPED: Final = (
    f"Solweig is not compared: name an interpreter that has it with --solweig-python or in {ENVIRONMENT} "
    "(python -m venv DIR && DIR/bin/pip install solweig). It is GPL and no part of Wijktwin."
)
OTHER_SIDE: Final = """
import sys, time
import numpy as np
from importlib.metadata import version
from solweig.rustalgos import shadowing
shadowing.disable_gpu()
told = np.load(sys.argv[1])
heights = told["heights"].astype(np.float32)
begin = time.process_time()
def dark(azimuth, altitude):
    found = shadowing.calculate_shadows_wall_ht_25(float(azimuth), float(altitude), float(told["cell"]), float(heights.max()), heights)
    return np.asarray(found.bldg_sh) < 0.5

shade = [dark(*sun) for sun in told["suns"]]
np.savez(sys.argv[2], shade=np.array(shade), seconds=time.process_time() - begin, version=version("solweig"))
"""
"""What the other interpreter does: heights and suns in, shade out."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One scene at all moments.

    Parameters
    ----------
    cells, moments
        Cells of bare ground, and moments with the sun high enough.
    shaded
        Share of cells and moments that lie in the shade. [%]
    differ
        Share of cells and moments in which the two differ. [%]
    beyond_edge
        Share in which they differ farther than a metre from an edge of the shade. [%]
    farthest
        From an edge of the shade, of all cells that differ. [m]
    shade_missed, shade_added
        Share of the cells in which solweig has sun where we have shade, and shade where we have sun. [%]
    ours_wrong, solweig_wrong
        Share that is wrong against an exact answer, where there is one. [%]
    """

    cells: int
    moments: int
    shaded: float
    differ: float
    beyond_edge: float
    farthest: float
    shade_missed: float
    shade_added: float
    ours_wrong: float | None
    solweig_wrong: float | None
    seconds_ours: float
    seconds_solweig: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What was compared; ``skipped`` says why nothing was."""

    skipped: str
    solweig: str
    scenes: dict[str, Compared]

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return asdict(self)

    def as_text(self) -> str:
        """Lines to read."""
        if self.skipped:
            return self.skipped
        lines = [f"solweig {self.solweig}, cells of {CELL:g} m"]
        for name, one in self.scenes.items():
            lines += [name, *(f"  {key:<16} {value}" for key, value in asdict(one).items())]
        return "\n".join(lines)


def measure(*, python: Path | None, tell: Tell) -> Measured:
    """Both scenes.

    Parameters
    ----------
    python
        The interpreter that has solweig; None: the one that the environment names, if any.
    """
    named = python or (Path(os.environ[ENVIRONMENT]) if os.environ.get(ENVIRONMENT) else None)
    if named is None:
        return Measured(SKIPPED, "", {})
    suns = _suns()
    tell("a box on flat ground")
    area = np.array([BOX[0, 0, :2] - BESIDE, BOX[0, 1, :2] + BESIDE])
    box, told = _compared(named, prisms(BOX), area, 0.0, suns, boxes=BOX)
    tell("the example")
    with tempfile.TemporaryDirectory() as folder:
        place = open_neighbourhood(example_folder(), state_dir=Path(folder))
    solids = Solids.of_mesh(place.mesh, len(place.buildings))
    floor = float(np.nanmedian(place.buildings.numbers["ground_height"]) - place.mesh.origin[2])
    low, high = solids.boxes[:, 0].min(axis=0)[:2], solids.boxes[:, 1].max(axis=0)[:2]
    example, _ = _compared(named, solids, np.array([low, high]), floor, suns, boxes=None)
    return Measured("", told, {"box": box, "example": example})


def _suns() -> list[Sun]:
    """The sun at the usual moments, where it is high enough."""
    moments = [AMERSFOORT.moment(day.in_year(YEAR), hour) for day in shadow_days() for hour in day.hours]
    return [sun for sun in AMERSFOORT.suns(moments) if sun.altitude > LOWEST]


def _compared(
    python: Path, solids: Solids, area: FloatArray, floor: float, suns: list[Sun], *, boxes: FloatArray | None
) -> tuple[Compared, str]:
    """One scene: solids around flat ground at a height, in an area given by its corners, shape (2, 2). [m]"""
    xs, ys = (np.arange(low + CELL / 2, high, CELL) for low, high in area.T)
    x, y = (each.ravel() for each in np.meshgrid(xs, ys[::-1]))  # the first row of a raster is the northernmost
    shape = (len(ys), len(xs))
    places = np.column_stack([x, y, np.full(len(x), floor + LIFT)])
    heights = _heights(solids, places, floor).reshape(shape)
    ground = heights <= 0.0
    begin = time.process_time()
    ours = _ours(RayScene(solids.corners), places, suns).reshape(-1, *shape)
    seconds = time.process_time() - begin
    theirs, their_seconds, version = _theirs(python, heights, suns)
    differ = (ours != theirs) & ground
    edge = np.array([np.maximum(distance_transform_edt(one), distance_transform_edt(~one)) for one in ours]) * CELL
    n = ground.sum() * len(suns)
    exact = None if boxes is None else _exact(boxes, places, suns).reshape(-1, *shape)
    return Compared(
        cells=int(ground.sum()),
        moments=len(suns),
        shaded=100.0 * (ours & ground).sum() / n,
        differ=100.0 * differ.sum() / n,
        beyond_edge=100.0 * (differ & (edge > NEAR)).sum() / n,
        farthest=float(edge[differ].max()) if differ.any() else 0.0,
        shade_missed=100.0 * (differ & ours).sum() / n,
        shade_added=100.0 * (differ & theirs).sum() / n,
        ours_wrong=None if exact is None else 100.0 * ((ours != exact) & ground).sum() / n,
        solweig_wrong=None if exact is None else 100.0 * ((theirs != exact) & ground).sum() / n,
        seconds_ours=seconds,
        seconds_solweig=their_seconds,
    ), version


def _heights(solids: Solids, places: FloatArray, floor: float) -> FloatArray:
    """Height of what stands in the middle of each cell above the ground, shape (n,); 0 where nothing does. [m]"""
    top = float(solids.boxes[:, 1, 2].max()) + 10.0
    origins = np.column_stack([places[:, :2], np.full(len(places), top)]).astype(np.float32)
    distance, _ = SightScene(solids).nearest(origins, np.tile(np.array([[0.0, 0.0, -1.0]], np.float32), (len(places), 1)))
    found: FloatArray = np.maximum(np.where(np.isfinite(distance), top - distance.astype(np.float64) - floor, 0.0), 0.0)
    return found


def _ours(scene: RayScene, places: FloatArray, suns: list[Sun]) -> BoolArray:
    """Shade at each moment, shape (n_suns, n)."""
    origins = places.astype(np.float32)
    return np.array([scene.is_occluded(origins, _towards(sun).astype(np.float32)[None]) for sun in suns])


def _theirs(python: Path, heights: FloatArray, suns: list[Sun]) -> tuple[BoolArray, float, str]:
    """The same by solweig, in the other interpreter; how long it took there [s], and its version."""
    with tempfile.TemporaryDirectory() as folder:
        told, found = Path(folder) / "told.npz", Path(folder) / "found.npz"
        np.savez(told, heights=heights, cell=CELL, suns=np.array([(sun.grid_azimuth, sun.altitude) for sun in suns]))
        subprocess.run([str(python), "-c", OTHER_SIDE, str(told), str(found)], check=True, timeout=600, capture_output=True)
        with np.load(found) as arrays:
            return arrays["shade"], float(arrays["seconds"]), str(arrays["version"])


def _exact(boxes: FloatArray, places: FloatArray, suns: list[Sun]) -> BoolArray:
    """The same as `_ours` by slabs in double precision."""
    return np.array([meets_box(places, np.tile(_towards(sun), (len(places), 1)), boxes)[0] for sun in suns])


def _towards(sun: Sun) -> FloatArray:
    """Unit vector to the sun on the grid, shape (3,)."""
    rise, turn = np.radians(sun.altitude), np.radians(sun.grid_azimuth)
    return np.array([np.sin(turn) * np.cos(rise), np.cos(turn) * np.cos(rise), np.sin(rise)])
