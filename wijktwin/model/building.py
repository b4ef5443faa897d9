"""Buildings as a table of columns, and one building as a row with names."""

from __future__ import annotations

from collections.abc import Mapping, Sized
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from wijktwin.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapely import Polygon

FLOAT_FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ground_height": "m NAP",
        "roof_height_min": "m NAP",
        "roof_height_median": "m NAP",
        "roof_height_p70": "m NAP",
        "roof_height_max": "m NAP",
        "ridge_height": "m NAP",
        "height": "m",
        "volume": "m3",
        "volume_stated": "m3",
        "footprint_area": "m2",
        "lod": "",
        "storeys": "",
        "year_built": "",
        "point_cloud_year": "",
        "roof_fit_rmse": "m",
        "party_wall_area": "m2",
    }
)
"""Columns of numbers with their units; NaN where nobody knows. Heights named ``*_height*`` are NAP, ``height`` is above local
ground to the highest point. ``volume`` is that of the mesh, ``volume_stated`` the source's own figure."""

TEXT_FIELDS: Final = ("status", "roof_type", "use", "height_kind", "ground_kind", "geometry_from", "object_type")
"""Columns of text; "" where nobody knows. ``height_kind`` and ``ground_kind`` are values of `provenance.Kind`;
``geometry_from`` says what was drawn: "solid", "surfaces", "footprint raised" or "none"."""

FLAG_FIELDS: Final = ("is_valid", "is_halo", "is_repaired", "is_block")
"""``is_valid``: the solid passed the source's or our own checks; ``is_halo``: casts shadow but is not assessed;
``is_repaired``: faces were turned round; ``is_block``: modelled as one block only (greenhouse or warehouse)."""


@dataclass(frozen=True, slots=True)
class Building:
    """One building with everything that is known of it; see `FLOAT_FIELDS` for units. None where nobody knows."""

    building_id: str
    row: int
    ground_height: float | None
    roof_height_min: float | None
    roof_height_median: float | None
    roof_height_p70: float | None
    roof_height_max: float | None
    ridge_height: float | None
    height: float | None
    volume: float | None
    volume_stated: float | None
    footprint_area: float | None
    lod: float | None
    storeys: float | None
    year_built: float | None
    point_cloud_year: float | None
    roof_fit_rmse: float | None
    party_wall_area: float | None
    status: str
    roof_type: str
    use: str
    height_kind: str
    ground_kind: str
    geometry_from: str
    object_type: str
    is_valid: bool
    is_halo: bool
    is_repaired: bool
    is_block: bool
    invalid_codes: tuple[str, ...]
    other: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Buildings:
    """All buildings of a neighbourhood; row i of every column is building i, and mesh surfaces point at rows.

    Parameters
    ----------
    building_ids
        Stable identifiers (``NL.IMBAG.Pand.`` + 16 digits for 3D BAG), unique, length n.
    numbers
        One float64 array of shape (n,) per name of `FLOAT_FIELDS`; missing names become NaN.
    texts
        One sequence of n strings per name of `TEXT_FIELDS`; missing names become "".
    flags
        One boolean array per name of `FLAG_FIELDS`; ``is_valid`` defaults to True, the others to False.
    footprints
        shapely Polygon or MultiPolygon in real coordinates of the neighbourhood's CRS per building, None where there is none.
    invalid_codes
        Per building the codes of what is wrong with its solids (val3dity numbers as text, or ours).
    other
        Per building the attributes that have no name of ours, for the curious. Any sequence that nobody changes: readers give
        one that unpacks a building's attributes only when they are asked for.
    """

    building_ids: tuple[str, ...]
    numbers: Mapping[str, NDArray[np.float64]]
    texts: Mapping[str, Sequence[str]]
    flags: Mapping[str, NDArray[np.bool_]]
    footprints: NDArray[np.object_]
    invalid_codes: tuple[tuple[str, ...], ...] = ()
    other: Sequence[Mapping[str, Any]] = ()

    def __post_init__(self) -> None:
        """Fill what was left out, check the lengths and freeze."""
        n = len(self.building_ids)
        numbers = {name: np.asarray(self.numbers.get(name, np.full(n, np.nan)), dtype=np.float64) for name in FLOAT_FIELDS}
        texts = {name: tuple(self.texts.get(name, ("",) * n)) for name in TEXT_FIELDS}
        flags = {name: np.asarray(self.flags.get(name, np.full(n, name == "is_valid")), dtype=np.bool_) for name in FLAG_FIELDS}
        columns: list[Sized] = [*numbers.values(), *texts.values(), *flags.values(), self.footprints]
        for column in columns:
            if len(column) != n:
                raise ValueError(f"a column has {len(column)} rows for {n} buildings")
        for array in (*numbers.values(), *flags.values(), self.footprints):
            array.flags.writeable = False
        object.__setattr__(self, "numbers", MappingProxyType(numbers))
        object.__setattr__(self, "texts", MappingProxyType(texts))
        object.__setattr__(self, "flags", MappingProxyType(flags))
        object.__setattr__(self, "invalid_codes", self.invalid_codes or ((),) * n)
        object.__setattr__(self, "other", self.other if len(self.other) else ({},) * n)

    def __len__(self) -> int:
        """How many buildings."""
        return len(self.building_ids)

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """Row of each building id."""
        return MappingProxyType({building_id: row for row, building_id in enumerate(self.building_ids)})

    def __contains__(self, building_id: object) -> bool:
        """Whether there is a building with this id."""
        return building_id in self.rows

    def __getitem__(self, building_id: str) -> Building:
        """One building by id.

        Raises
        ------
        NotFoundError
            There is no such building.
        """
        row = self.rows.get(building_id)
        if row is None:
            raise NotFoundError("model.no_such_building", building_id=building_id)
        return self.at(row)

    def __iter__(self) -> Iterator[Building]:
        """All buildings in order of their rows."""
        return (self.at(row) for row in range(len(self)))

    def at(self, row: int) -> Building:
        """The building in one row."""
        known: dict[str, Any] = {name: None if np.isnan(column[row]) else float(column[row]) for name, column in self.numbers.items()}
        known |= {name: column[row] for name, column in self.texts.items()}
        known |= {name: bool(column[row]) for name, column in self.flags.items()}
        return Building(
            building_id=self.building_ids[row],
            row=row,
            invalid_codes=self.invalid_codes[row],
            other=MappingProxyType(dict(self.other[row])),
            **known,
        )

    def footprint(self, row: int) -> Polygon | None:
        """Outline of one building on the ground, in real coordinates."""
        outline: Polygon | None = self.footprints[row]
        return outline
