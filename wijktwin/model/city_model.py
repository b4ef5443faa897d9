"""One parsed CityJSON file, before it becomes (part of) a neighbourhood."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from pyproj import CRS

    from wijktwin.errors import Note
    from wijktwin.model.building import Buildings
    from wijktwin.model.mesh import Mesh
    from wijktwin.model.provenance import Source


@dataclass(frozen=True, eq=False)
class CityModel:
    """What one CityJSON document or sequence holds, in our names and in its own CRS.

    Parameters
    ----------
    name
        File name, to name it in messages.
    key
        Hash of the bytes it was read from (hex).
    version
        CityJSON version as written in the file: "1.0", "1.1", "2.0".
    reference_system
        None where the file does not say; whoever uses the model then has to ask.
    buildings, mesh
        ``mesh.surface_object`` points at rows of ``buildings`` (BuildingParts are folded into their Building).
    ground_table, tree_table
        From terrain, road, water and plant objects; columns of `wijktwin.model.surroundings`. None where there are none.
    objects_by_type
        How many CityObjects of each type the file has, extension types included.
    lods
        How many geometries of each LoD as spelled in the file.
    set_aside
        How many objects of each type were kept out of the picture, with a note.
    source
        What the file says of its own origin.
    """

    name: str
    key: str
    version: str
    reference_system: CRS | None
    buildings: Buildings
    mesh: Mesh
    source: Source
    objects_by_type: Mapping[str, int]
    lods: Mapping[str, int]
    set_aside: Mapping[str, int] = field(default_factory=dict)
    ground_table: gpd.GeoDataFrame | None = field(default=None, repr=False)
    tree_table: gpd.GeoDataFrame | None = field(default=None, repr=False)
    notes: tuple[Note, ...] = ()
