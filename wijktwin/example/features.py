"""Buildings of the example as CityJSON features in the dialect of 3D BAG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wijktwin.example.attributes import building_attributes, metres, semantics
from wijktwin.example.dice import Dice
from wijktwin.example.quarter import Structure
from wijktwin.example.town import Settlement
from wijktwin.export.cityjson import Feature, Header

ANCHOR: Final = (150_800.0, 476_650.0)
"""Where the corner of the first neighbourhood lies in RD New: on the open water of the Eemmeer. [m]"""
REFERENCE_SYSTEM: Final = "https://www.opengis.net/def/crs/EPSG/0/7415"
MUNICIPALITY: Final = "9999"
"""No municipality has this code: an id that begins with it is nobody's."""
PER_QUARTER: Final = 100_000
TITLE: Final = "Vogelbuurt (fictief)"


def header() -> Header:
    """What every CityJSON file of the generator says of itself."""
    contact = {"contactName": "Wijktwin", "contactType": "organization", "role": "author"}
    return Header(
        REFERENCE_SYSTEM,
        (*ANCHOR, 0.0),
        metadata={
            "title": TITLE,
            "identifier": "wijktwin-example",
            "referenceDate": "2025-01-01",
            "pointOfContact": contact,
            "fictional": True,
            "comment": "Verzonnen door de voorbeeldgenerator van Wijktwin: geen enkel pand, adres of plan bestaat. Made up.",
        },
    )


def building_id(number: int) -> str:
    """The id of a building: the form of BAG, in a municipality that does not exist."""
    return f"NL.IMBAG.Pand.{MUNICIPALITY}10{number:010d}"


def address_id(number: int) -> str:
    """The id of an address, in the same municipality."""
    return f"NL.IMBAG.Verblijfsobject.{MUNICIPALITY}01{number:010d}"


def first_number(index: int) -> int:
    """The first number of buildings and addresses in a neighbourhood."""
    return index * PER_QUARTER + 1


def features(settlement: Settlement) -> Iterator[Feature]:
    """The buildings of one neighbourhood."""
    quarter = settlement.quarter
    start = first_number(quarter.index)
    dice = Dice(quarter.seed, quarter.index, 8)
    for offset, structure in enumerate(settlement.structures):
        yield feature(structure, start + offset, dice)


def feature(structure: Structure, number: int, dice: Dice) -> Feature:
    """One building: footprint and attributes on the Building, solids on its BuildingPart."""
    form = structure.form
    own_id = building_id(number)
    plan = structure.frame.points(form.plan)
    n_outline = sum(len(ring) for ring in form.rings)
    vertices = _vertices(structure, plan, n_outline)
    building: dict[str, Any] = {
        "type": "Building",
        "attributes": building_attributes(structure, own_id, number, dice),
        "geographicalExtent": _extent(vertices[n_outline:], structure.ground),
        "geometry": [{"type": "MultiSurface", "lod": "0", "boundaries": [_outline_rings(form.rings)]}],
    }
    if structure.after_survey:
        return Feature(own_id, {own_id: building}, vertices[:n_outline])
    part_id = f"{own_id}-0"
    building["children"] = [part_id]
    solids = [
        {
            "type": "Solid",
            "lod": lod,
            "boundaries": [_moved(level.shell, n_outline)],
            "semantics": semantics(level, structure.frame, structure.ground, with_slope=lod == "2.2"),
        }
        for lod, level in form.levels.items()
    ]
    return Feature(own_id, {own_id: building, part_id: {"type": "BuildingPart", "parents": [own_id], "geometry": solids}}, vertices)


def _vertices(structure: Structure, plan: NDArray[np.int64], n_outline: int) -> NDArray[np.int64]:
    """First the outline at height 0, as 3D BAG has it, then the vertices of the solids. [mm from the anchor, mm NAP]"""
    form = structure.form
    vertices = np.zeros((n_outline + len(form.heights), 3), dtype=np.int64)
    outline = np.array([point for ring in form.rings for point in ring], dtype=np.float64)
    vertices[:n_outline, :2] = structure.frame.points(outline)
    vertices[n_outline:, :2] = plan[form.plan_index]
    vertices[n_outline:, 2] = form.heights + structure.ground
    return vertices


def _outline_rings(rings: Sequence[Sequence[tuple[int, int]]]) -> list[list[int]]:
    numbered: list[list[int]] = []
    start = 0
    for ring in rings:
        numbered.append(list(range(start, start + len(ring))))
        start += len(ring)
    return numbered


def _moved(shell: list[list[list[int]]], offset: int) -> list[list[list[int]]]:
    return [[[index + offset for index in ring] for ring in face] for face in shell]


def _extent(vertices: NDArray[np.int64], ground: int) -> list[float]:
    """Smallest box around a building in real coordinates. [m]"""
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    x0, y0, x1, y1 = (_real(int(value), axis) for value, axis in ((low[0], 0), (low[1], 1), (high[0], 0), (high[1], 1)))
    return [x0, y0, metres(ground), x1, y1, metres(int(high[2]))]


def _real(value: int, axis: int) -> float:
    """A coordinate in RD New. [m]"""
    return round(ANCHOR[axis] + value * 0.001, 3)
