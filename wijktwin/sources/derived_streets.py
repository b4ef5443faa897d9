"""A street network from the road surfaces of a map, where nobody gave lines: one network for each way to go.

On foot: the middle of everything that is road, path or pavement; by bicycle: of carriageways and cycle paths; by car: of carriageways.
Surfaces hold no names, directions or speeds: a street is called what most addresses along it say, cars may go both ways as far as
anybody knows, and how fast is unknown. Roads that the map calls regional or more are main roads; where it calls all of them local, no main
road is known. Every line says that it was calculated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from wijktwin.model.network import Mode
from wijktwin.model.plan import Traffic
from wijktwin.model.provenance import Kind
from wijktwin.model.surroundings import RoadClass
from wijktwin.sources.middle_lines import GAP, middle_lines

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

ALL: Final = frozenset(Mode)
ON_FOOT: Final = frozenset({Mode.WALK})
MODES: Final[Mapping[str, frozenset[Mode]]] = MappingProxyType(
    {
        "fietspad": frozenset({Mode.WALK, Mode.CYCLE}),
        "inrit": ALL,
        "overweg": ALL,
        "parkeervlak": ON_FOOT,
        "rijbaan autosnelweg": frozenset({Mode.DRIVE}),
        "rijbaan autoweg": frozenset({Mode.DRIVE}),
        "rijbaan lokale weg": ALL,
        "rijbaan regionale weg": ALL,
        "voetgangersgebied": ON_FOOT,
        "voetpad": ON_FOOT,
        "voetpad op trap": ON_FOOT,
        "woonerf": ALL,
    }
)
"""Who may use a part of a road, by what BGT says that it is for (``functie``); what is not named here is for none of them."""
MAIN_ROADS: Final = frozenset({"rijbaan autosnelweg", "rijbaan autoweg", "rijbaan regionale weg"})
"""Parts of roads that carry cars from one town to the next, as BGT divides them; a busy street within a town may be local all the same."""
ALL_MAIN: Final = 0.5
"""A line of which more than this share lies on parts of main roads belongs to one."""
STEP: Final = 2.5
"""Half of how far apart paths may lie for people on foot: a verge or a kerb is stepped over, water and rails are not. [m]"""
SMALLEST_PIECE: Final = 200.0
"""A piece that hangs together with nothing else and is shorter leads nowhere: private ground, or a gap in the map. [m]"""
NAMED_BY: Final = 60.0
"""An address farther from a street than this says nothing of its name. [m]"""
MILLIMETRE: Final = 0.001

Row = tuple[dict[str, Any], "BaseGeometry"]
Shapes = NDArray[np.object_]


def derived_streets(
    parts: Iterable[tuple[str, BaseGeometry]],
    *,
    addresses: Sequence[tuple[Mapping[str, Any], BaseGeometry]] = (),
    barriers: Sequence[BaseGeometry] = (),
) -> list[Row]:
    """Rows for the table of streets with their lines, in a fixed order.

    Parameters
    ----------
    parts
        What each part of a road is for (a key of `MODES`, others are passed over), and its polygons in a metric CRS.
    addresses
        Rows of the table of addresses with their points: what streets are called.
    barriers
        What nobody steps or drives over: water, rails, however narrow.
    """
    apart = np.array([*barriers, None], dtype=object)[:-1]
    known = list(parts)
    main = [shape for purpose, shape in known if purpose in MAIN_ROADS]
    rows: list[Row] = []
    for mode in Mode:
        surfaces = np.array([shape for purpose, shape in known if mode in MODES.get(purpose, ())], dtype=object)
        middles = middle_lines(surfaces, gap=STEP if mode is Mode.WALK else GAP, barriers=apart)
        lines = _that_lead_somewhere(shapely.set_precision(middles, MILLIMETRE, mode="pointwise"))
        names, roads = _names(lines, addresses), _roads(lines, main)
        width = len(str(len(lines)))
        rows += [
            (
                {
                    "street_id": f"derived-{mode}-{number:0{width}d}",
                    "street": name,
                    "oneway": Traffic.BOTH.value,
                    "modes": mode.value,
                    "road": road,
                    "kind": Kind.CALCULATED.value,
                },
                line,
            )
            for number, (name, road, line) in enumerate(zip(names, roads, lines, strict=True), start=1)
        ]
    return rows


def _that_lead_somewhere(lines: Shapes) -> Shapes:
    """Lines without the pieces that hang together with nothing else and are short; the longest piece stays, however short it is."""
    if not len(lines):
        return lines
    ends = shapely.get_coordinates(np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)]))
    _, node = np.unique(ends, axis=0, return_inverse=True)
    tails, heads = node.ravel().reshape(2, -1)
    n = int(node.max()) + 1
    _, piece = connected_components(csr_array((np.ones(len(lines)), (tails, heads)), shape=(n, n)), directed=False)
    total = np.bincount(piece[tails], weights=shapely.length(lines), minlength=n)
    kept: Shapes = lines[total[piece[tails]] >= min(SMALLEST_PIECE, float(total.max()))]
    return kept


def _roads(lines: Shapes, main: Sequence[BaseGeometry]) -> list[str]:
    """Whether each line belongs to a main road; "" for all of them where no part of any road is called one: then nobody knows."""
    if not main:
        return [""] * len(lines)
    on_main = shapely.length(shapely.intersection(lines, shapely.union_all(main)))
    is_main = on_main > ALL_MAIN * shapely.length(lines)
    return [(RoadClass.MAIN if each else RoadClass.LOCAL).value for each in is_main]


def _names(lines: Shapes, addresses: Sequence[tuple[Mapping[str, Any], BaseGeometry]]) -> list[str]:
    """What more than half of the addresses for which a line is the nearest say; "" where no name is."""
    if not len(lines) or not addresses:
        return [""] * len(lines)
    points = np.array([point for _, point in addresses], dtype=object)
    address, line = shapely.STRtree(lines).query_nearest(points, max_distance=NAMED_BY, all_matches=False)
    said: dict[int, Counter[str]] = {}
    for row, near in zip(address.tolist(), line.tolist(), strict=True):
        said.setdefault(near, Counter())[str(addresses[row][0].get("street") or "")] += 1
    return [_most(said.get(number, Counter())) for number in range(len(lines))]


def _most(said: Counter[str]) -> str:
    name, n = min(said.items(), key=lambda item: (-item[1], item[0]), default=("", 0))
    return name if 2 * n > said.total() else ""
