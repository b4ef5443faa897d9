"""Where a picture from a home is made: just before the facade that is nearest to the plan. Only for who says that its residents agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import shapely

from wijktwin.errors import InputError
from wijktwin.export.perspective import EYE_HEIGHT
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.home import home_address
from wijktwin.model.address_search import AddressBook
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Plan

OUTSIDE: Final = 0.3
"""So far before the facade stands the eye. [m]"""


@dataclass(frozen=True, slots=True)
class HomeView:
    """A view from a home.

    Parameters
    ----------
    x, y
        Before the facade, in real coordinates. [m]
    above
        Height of the eye above the ground. [m]
    """

    address: str
    x: float
    y: float
    above: float


def home_views(neighbourhood: Neighbourhood, asked: Sequence[str], plans: Sequence[Plan], *, consent: str) -> list[HomeView]:
    """The views from some homes, by what somebody typed.

    Raises
    ------
    InputError
        Nobody says that the residents agree, no plan builds anything, or an address is not surely one of the data.
    """
    if not asked:
        return []
    if not consent.strip():
        raise InputError("stills.no_consent")
    volumes = [volume.footprint for plan in plans for volume in plan.volumes if not volume.is_below_ground]
    if not volumes:
        raise InputError("stills.no_plan_to_see")
    built = shapely.union_all(volumes)
    book = AddressBook.of_table(neighbourhood.address_table)
    return [_home_view(neighbourhood, book, name, built) for name in asked]


def _home_view(neighbourhood: Neighbourhood, book: AddressBook, asked: str, built: shapely.geometry.base.BaseGeometry) -> HomeView:
    address = book.find(asked).sure
    if address is None:
        raise InputError("stills.no_such_home", name=asked)
    home = home_address(neighbourhood, address.address_id)
    buildings = neighbourhood.buildings
    outline = buildings.footprint(buildings.rows[home.building_id]) if home.building_id in buildings.rows else None
    place = shapely.Point(home.x, home.y)
    if outline is not None and not outline.is_empty:
        around = shapely.get_exterior_ring(outline.buffer(OUTSIDE, join_style="mitre"))
        facing = shapely.shortest_line(around, built)
        place = shapely.get_point(facing, 0)
    storey = (address.storey or 0) * default_assumptions()["storey_height_dwelling"].value
    return HomeView(address.name, place.x, place.y, storey + EYE_HEIGHT)
