"""What a plan names in the neighbourhood: buildings, trees and street segments, by identifier or by pointing at them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from wijktwin.errors import InputError, Note
from wijktwin.model.plan import Latitude, StreetChange, Traffic
from wijktwin.sources.plans.schema import nearest_name

if TYPE_CHECKING:
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.sources.plans.document import Feature, PlanDocument
    from wijktwin.sources.plans.geometry import GeometryReader

TREE_REACH: Final = 2.0
"""How far a point may lie from the tree that it means. [m]"""
MAX_COMPARED: Final = 20_000
"""Above this many names only those of about the same beginning are compared with a misspelt one."""
FACTS: Final = Note("plans.where_facts")


class Finder:
    """Finds what a document names in its neighbourhood.

    Parameters
    ----------
    document
        The plan file, for its facts and its name.
    neighbourhood
        Where the plan is for.
    """

    def __init__(self, document: PlanDocument, neighbourhood: Neighbourhood) -> None:
        self.document = document
        self.neighbourhood = neighbourhood

    def demolished(self, features: Iterable[Feature], reader: GeometryReader) -> frozenset[str]:
        """Ids of the buildings that go.

        Raises
        ------
        InputError
            There is no such building, or none at the point.
        """
        found = {self._building(name, FACTS) for name in self.document.facts.get("demolishes", ())}
        for feature in features:
            if "building_id" in feature.properties:
                found.add(self._building(feature.properties["building_id"], feature.where))
            elif feature.geometry is None:
                raise self._error("feature_needs", feature.where, field="building_id")
            else:
                found.add(self._building_at(feature, reader))
        return frozenset(found)

    def felled(self, features: Iterable[Feature], reader: GeometryReader) -> frozenset[str]:
        """Ids of the trees that go.

        Raises
        ------
        InputError
            There is no such tree, or none within `TREE_REACH` of the point.
        """
        table = self.neighbourhood.tree_table
        ids: Sequence[str] = () if table is None else table["tree_id"].tolist()
        known = set(ids)
        found = {self._known(name, known, "tree", FACTS) for name in self.document.facts.get("felled", ())}
        points = shapely.get_coordinates(table.geometry.to_numpy()) if table is not None and len(table) else np.zeros((0, 2))
        for feature in features:
            if "tree_id" in feature.properties:
                found.add(self._known(feature.properties["tree_id"], known, "tree", feature.where))
            elif feature.geometry is None:
                raise self._error("feature_needs", feature.where, field="tree_id")
            else:
                found.add(self._tree_at(feature, reader, ids, points))
        return frozenset(found)

    def flooded(self) -> frozenset[str]:
        """Ids of the street segments that are supposed to stand under water.

        Raises
        ------
        InputError
            There is no such segment.
        """
        table = self.neighbourhood.street_table
        known: set[str] = set() if table is None else set(table["street_id"])
        return frozenset(self._known(name, known, "street", FACTS) for name in self.document.facts.get("flooded", ()))

    def street_changes(self) -> tuple[StreetChange, ...]:
        """What changes in which street segment.

        Raises
        ------
        InputError
            There is no such street, or a segment is changed in two ways.
        """
        table = self.neighbourhood.street_table
        segments: list[str] = [] if table is None else table["street_id"].tolist()
        streets: list[str] = [] if table is None else table["street"].tolist()
        found: dict[str, StreetChange] = {}
        for row in self.document.facts.get("streets", ()):
            for change in self._changes_of_row(row, segments, streets):
                if found.setdefault(change.street_id, change) != change:
                    raise self._error("street_twice", FACTS, name=change.street_id)
        return tuple(found.values())

    def _changes_of_row(self, row: dict[str, Any], segments: list[str], streets: list[str]) -> list[StreetChange]:
        traffic, latitude = Traffic(row["traffic"]), Latitude(row.get("latitude", Latitude.UNSTATED))
        if "street_id" in row:
            return [StreetChange(self._known(row["street_id"], set(segments), "street", FACTS), traffic, latitude)]
        if "street" not in row:
            raise self._error("missing_field", FACTS, field="streets.street_id")
        name = self._known(row["street"], set(streets) - {""}, "street", FACTS)
        if traffic in {Traffic.FORWARD, Traffic.BACKWARD}:
            raise self._error("street_direction", FACTS, name=name)
        return [StreetChange(segment, traffic, latitude) for segment, street in zip(segments, streets, strict=True) if street == name]

    def _building(self, name: str, where: Note) -> str:
        return self._known(name, self.neighbourhood.buildings.rows.keys(), "building", where)

    def _known(self, name: str, names: Any, what: str, where: Note) -> str:  # noqa: ANN401
        if name in names:
            return name
        compared = names if len(names) <= MAX_COMPARED else [other for other in names if other[:-3] == name[:-3]]
        nearest = nearest_name(name, compared)
        if nearest is None:
            raise self._error(f"no_{what}", where, name=name, neighbourhood=self.neighbourhood.name)
        raise self._error(f"no_{what}_near", where, name=name, neighbourhood=self.neighbourhood.name, nearest=nearest)

    def _building_at(self, feature: Feature, reader: GeometryReader) -> str:
        point = reader.point(feature)
        footprints = self.neighbourhood.buildings.footprints
        inside = self.neighbourhood.rows_near(point)
        if not inside:
            raise self._error("no_building_here", feature.where, x=f"{point.x:.1f}", y=f"{point.y:.1f}")
        smallest = inside[int(shapely.area(footprints[inside]).argmin())]
        return self.neighbourhood.buildings.building_ids[smallest]

    def _tree_at(self, feature: Feature, reader: GeometryReader, ids: Sequence[str], points: Any) -> str:  # noqa: ANN401
        point = reader.point(feature)
        place = {"x": f"{point.x:.1f}", "y": f"{point.y:.1f}"}
        if not len(points):
            raise self._error("no_trees_at_all", feature.where, neighbourhood=self.neighbourhood.name, **place)
        distance = np.hypot(points[:, 0] - point.x, points[:, 1] - point.y)
        nearest = int(distance.argmin())
        if distance[nearest] > TREE_REACH:
            raise self._error("no_tree_here", feature.where, reach=f"{TREE_REACH:g}", distance=f"{distance[nearest]:.1f}", **place)
        return ids[nearest]

    def _error(self, key: str, where: Note, **values: object) -> InputError:
        return InputError(f"plans.{key}", source=self.document.source, where=where, **values)
