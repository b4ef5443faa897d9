"""What a CityJSON file holds, in a few lines or as JSON: the answer of ``wijktwin info``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson

from wijktwin import crs as reference_systems
from wijktwin.model.building import Buildings
from wijktwin.model.city_model import CityModel
from wijktwin.model.mesh import FloatArray
from wijktwin.sources.cityjson.limits import OPERATOR_LIMITS, Limits
from wijktwin.sources.cityjson.read import read_city_model

Range = tuple[float, float]
_LABEL_WIDTH: Final = 18
_LATEST_YEAR: Final = 10_000


@dataclass(frozen=True, slots=True)
class Summary:
    """What one CityJSON file holds.

    Parameters
    ----------
    file
        Its name.
    version
        CityJSON version.
    crs
        Short name of its reference system, None where it says none.
    crs_name
        What that reference system is called.
    objects
        How many CityObjects of each type.
    lods
        How many geometries of each LoD, as spelled in the file; "" where it says none.
    buildings, triangles
        How many there are; triangles of what is drawn.
    volume_m3
        Sum of the volumes of the meshes that are drawn. [m³]
    n_without_volume
        How many buildings are not in that sum, because their surfaces enclose nothing.
    footprint_m2
        Sum of the footprint areas. [m²]
    height_m
        Lowest and highest building, above the ground. [m] None where no height is known.
    elevation_m
        Lowest and highest point of the meshes in the vertical datum of the file. [m]
    years
        First and last year of construction.
    point_cloud_years
        First and last year of the point clouds that heights were measured from.
    extent
        Min x, min y, max x, max y of the buildings in the file's reference system. [m]
    invalid_solids
        How many buildings have a solid that is not valid.
    lods_drawn
        How many buildings are drawn in each LoD.
    geometry_from
        How many buildings are drawn from what: "solid", "surfaces", "footprint raised" or "none".
    set_aside
        How many objects of each type are not in the picture.
    source
        What the file says of its own origin.
    warnings
        Sentences, in English.
    """

    file: str
    version: str
    crs: str | None
    crs_name: str | None
    objects: Mapping[str, int]
    lods: Mapping[str, int]
    buildings: int
    triangles: int
    volume_m3: float
    n_without_volume: int
    footprint_m2: float
    height_m: Range | None
    elevation_m: Range | None
    years: Range | None
    point_cloud_years: Range | None
    extent: tuple[float, float, float, float] | None
    invalid_solids: int
    lods_drawn: Mapping[str, int]
    geometry_from: Mapping[str, int]
    set_aside: Mapping[str, int]
    source: Mapping[str, str | None]
    warnings: tuple[str, ...] = field(default=())

    def as_json(self) -> str:
        """One JSON object, indented; ranges are ``{"min": …, "max": …}`` or null."""
        values: dict[str, Any] = {name: getattr(self, name) for name in self.__dataclass_fields__}
        for name in ("height_m", "elevation_m", "years", "point_cloud_years"):
            values[name] = None if values[name] is None else dict(zip(("min", "max"), values[name], strict=True))
        return orjson.dumps(values, option=orjson.OPT_INDENT_2).decode()

    def as_text(self) -> str:
        """Lines for a person, in English."""
        return "\n".join([*(f"{label:<{_LABEL_WIDTH}}{text}" for label, text in self._rows()), *self._warning_lines()])

    def _rows(self) -> list[tuple[str, str]]:
        stated = "unknown" if self.crs is None else f"{self.crs} ({self.crs_name})"
        without = f" ({self.n_without_volume} buildings have none)" if self.n_without_volume else ""
        rows = [
            ("file", self.file),
            ("version", f"CityJSON {self.version}"),
            ("reference system", stated),
            ("source", ", ".join(text for text in self.source.values() if text)),
            ("objects", _listed(self.objects)),
            ("levels of detail", _listed(self.lods)),
            ("buildings", f"{self.buildings:,}"),
            ("drawn from", _listed(self.geometry_from)),
            ("drawn in LoD", _listed(self.lods_drawn)),
            ("invalid solids", f"{self.invalid_solids:,}"),
            ("triangles", f"{self.triangles:,}"),
            ("volume", f"{self.volume_m3:,.0f} m³{without}"),
            ("footprint", f"{self.footprint_m2:,.0f} m²"),
            ("height", _ranged(self.height_m, " m above ground", decimals=1)),
            ("elevation", _ranged(self.elevation_m, " m", decimals=1)),
            ("built", _ranged(self.years)),
            ("point cloud", _ranged(self.point_cloud_years)),
            ("not shown", _listed(self.set_aside)),
        ]
        return [(label, text) for label, text in rows if text]

    def _warning_lines(self) -> list[str]:
        return [f"{'note' if number == 0 else '':<{_LABEL_WIDTH}}{text}" for number, text in enumerate(self.warnings)]


def summarise(path: Path, *, crs: str | int | None = None, limits: Limits = OPERATOR_LIMITS) -> Summary:
    """What a CityJSON file holds.

    Parameters
    ----------
    crs
        Reference system for a file that states none.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    return summary_of(read_city_model(path, crs=crs, limits=limits))


def summary_of(model: CityModel) -> Summary:
    """The same of a model that was read already."""
    buildings, mesh = model.buildings, model.mesh
    numbers = buildings.numbers
    system = model.reference_system
    low, high = _corners(model)
    return Summary(
        file=model.name,
        version=model.version,
        crs=None if system is None else reference_systems.label(system),
        crs_name=None if system is None else system.name,
        objects=_sorted(model.objects_by_type),
        lods=_sorted(model.lods),
        buildings=len(buildings),
        triangles=mesh.n_triangles,
        volume_m3=round(float(np.nansum(numbers["volume"])), 3),
        n_without_volume=int(np.isnan(numbers["volume"]).sum()),
        footprint_m2=round(float(np.nansum(numbers["footprint_area"])), 3),
        height_m=_range_of(numbers["height"]),
        elevation_m=None if low is None or high is None else (float(low[2]), float(high[2])),
        years=_years(numbers["year_built"]),
        point_cloud_years=_years(numbers["point_cloud_year"]),
        extent=None if low is None or high is None else (float(low[0]), float(low[1]), float(high[0]), float(high[1])),
        invalid_solids=int((~buildings.flags["is_valid"]).sum()),
        lods_drawn=_lods_drawn(buildings),
        geometry_from=_sorted(Counter(buildings.texts["geometry_from"])),
        set_aside=_sorted(model.set_aside),
        source={"title": model.source.title, "owner": model.source.owner, "version": model.source.version, "vintage": model.source.vintage},
        warnings=tuple(note.sentence("en") for note in model.notes),
    )


def _corners(model: CityModel) -> tuple[FloatArray | None, FloatArray | None]:
    """Lowest and highest coordinates of the mesh, in the file's reference system, to the millimetre."""
    vertices = model.mesh.vertices
    if not len(vertices):
        return None, None
    low: FloatArray = np.round(vertices.min(axis=0) + model.mesh.origin, 3)
    high: FloatArray = np.round(vertices.max(axis=0) + model.mesh.origin, 3)
    return low, high


def _lods_drawn(buildings: Buildings) -> dict[str, int]:
    drawn = [kind != "none" for kind in buildings.texts["geometry_from"]]
    lods = buildings.numbers["lod"][np.array(drawn, dtype=bool)]
    return _sorted(Counter("unknown" if np.isnan(lod) else f"{lod:g}" for lod in lods))


def _range_of(values: FloatArray) -> Range | None:
    known = values[np.isfinite(values)]
    return (round(float(known.min()), 3), round(float(known.max()), 3)) if len(known) else None


def _years(values: FloatArray) -> Range | None:
    found = _range_of(values[(values > 0) & (values < _LATEST_YEAR)])
    return None if found is None else (int(found[0]), int(found[1]))


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    """Most frequent first."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name or 'unknown'} {count:,}" for name, count in counts.items())


def _ranged(values: Range | None, unit: str = "", *, decimals: int = 0) -> str:
    if values is None:
        return ""
    low, high = (f"{value:.{decimals}f}" for value in values)
    return f"{low}{unit}" if low == high else f"{low} – {high}{unit}"
