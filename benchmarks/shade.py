"""How fast the shade of buildings on the ground is computed, against the plain way: every face carried along the sunbeams and united.

Both ways are measured in turn in one run and the medians are divided; both must give the same area.
"""

from __future__ import annotations

import statistics
import tempfile
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from benchmarks.reading import SEED, Tell, in_turn, shared_tile
from wijktwin.example.build import build_example
from wijktwin.impacts.ground_shadow import ShadowCaster
from wijktwin.impacts.silhouettes import Casters
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.sources.cityjson import read_city_model
from wijktwin.sources.folder import read_folder
from wijktwin.sources.neighbourhoods import neighbourhood_from
from wijktwin.sun import Sun

N_BUILDINGS: Final = 5000
MOMENTS: Final = ((3, 21, 9), (6, 21, 12), (12, 22, 12))
"""Month, day and hour of the clock: a low, a high and a winter sun."""
SAME_AREA: Final = 1e-4
"""Share by which the two ways may differ. Both round to a millimetre."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured; None where the data for it is absent.

    Parameters
    ----------
    moment_5k_ms
        One moment of 5,000 generated buildings: the shade of each, and all of it united. [ms]
    silhouettes_vs_faces_5k, silhouettes_vs_faces_tile
        How many times faster than uniting every face, for the generated buildings and for the Amersfoort tile.
    most_area_off
        Largest difference between the two ways, as a share of the shade.
    """

    moment_5k_ms: float
    silhouettes_vs_faces_5k: float
    silhouettes_vs_faces_tile: float | None
    most_area_off: float

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return asdict(self)

    def as_text(self) -> str:
        """Lines to read."""
        tile = "-" if self.silhouettes_vs_faces_tile is None else f"{self.silhouettes_vs_faces_tile:.1f}"
        return (
            f"5,000 buildings, one moment     {self.moment_5k_ms:.0f} ms\n"
            f"times faster than every face    {self.silhouettes_vs_faces_5k:.1f} (tile: {tile})\n"
            f"largest difference of area      {self.most_area_off:.1e}"
        )


def measure(*, repeat: int = 5, tell: Tell, n_buildings: int = N_BUILDINGS) -> Measured:
    """Measure everything, each way ``repeat`` times for each of `MOMENTS`."""
    with tempfile.TemporaryDirectory() as folder:
        tell(f"making {n_buildings} buildings")
        build_example(n_buildings=n_buildings, seed=SEED, out=Path(folder) / "town")
        generated = _compared(read_folder(Path(folder) / "town"), repeat, tell)
    tile = shared_tile()
    real = _compared(neighbourhood_from([read_city_model(tile)], name="tile"), repeat, tell) if tile is not None else None
    areas = [generated[2], *([real[2]] if real else [])]
    return Measured(1000 * generated[0], generated[1] / generated[0], real[1] / real[0] if real else None, max(areas))


def _compared(neighbourhood: Neighbourhood, repeat: int, tell: Tell) -> tuple[float, float, float]:
    """Seconds for one moment by silhouettes and by faces, and the largest difference of area.

    Raises
    ------
    ArithmeticError
        The two ways disagree.
    """
    caster = ShadowCaster(neighbourhood)
    casters = Casters.of(neighbourhood.mesh, neighbourhood.buildings.numbers["ground_height"])
    suns = [caster.place.sun(caster.place.moment(date(2026, month, day), hour)) for month, day, hour in MOMENTS]
    caster.today(suns[0])  # edges are found once for a neighbourhood
    seconds: list[list[float]] = []
    off = 0.0
    for sun in suns:
        tell(f"sun {sun.altitude:.0f} degrees high")
        areas = [_united(way(sun)).area for way in (caster.today, partial(face_by_face, casters))]
        off = max(off, abs(areas[0] - areas[1]) / areas[1])
        seconds.append(in_turn(repeat, lambda sun=sun: _united(caster.today(sun)), lambda sun=sun: _united(face_by_face(casters, sun))))  # type: ignore[misc]
    if off > SAME_AREA:
        raise ArithmeticError(f"the two ways differ by {off:.1e} of the shade")
    quick, plain = (statistics.median(column) for column in zip(*seconds, strict=True))
    return quick, plain, off


def _united(shapes: NDArray[np.object_]) -> BaseGeometry:
    return shapely.union_all(shapes[~shapely.is_missing(shapes)])


def face_by_face(casters: Casters, sun: Sun) -> NDArray[np.object_]:
    """The plain way: every triangle carried along the sunbeams, united for each object, shape (n_objects,)."""
    azimuth = np.radians(sun.grid_azimuth)
    along = -sun.shadow_per_metre * np.array([np.sin(azimuth), np.cos(azimuth)])
    carried = casters.corners[:, :, :2] + casters.corners[:, :, 2:] * along + casters.origin
    u, v = carried[:, 1] - carried[:, 0], carried[:, 2] - carried[:, 0]
    kept = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]) > 1e-6
    triangles, owner = np.asarray(shapely.polygons(carried[kept]), dtype=object), casters.owner[kept]
    begins = np.searchsorted(owner, np.arange(casters.n_objects + 1))
    found = np.full(casters.n_objects, None, dtype=object)
    for row in range(casters.n_objects):
        if begins[row + 1] > begins[row]:
            found[row] = shapely.union_all(triangles[begins[row] : begins[row + 1]])
    return found
