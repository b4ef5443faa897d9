"""One home: whose card it is, what its people told us of it, and what is ready of the figures that take long.

A registry knows no living room. Where nobody says on which storey it lies or to which side it looks, every answer is a range over what
is possible; what somebody says on the screen makes that range smaller and is kept nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from wijktwin.errors import NotFoundError
from wijktwin.impacts.assessment import Place, Where
from wijktwin.impacts.kept import kept
from wijktwin.impacts.sunlight.desk import sunlight_desk
from wijktwin.impacts.view.desk import view_desk
from wijktwin.model.provenance import LocalText

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.impacts.sunlight.desk import Sunlight
    from wijktwin.impacts.sunlight.points import SunPoints
    from wijktwin.impacts.sunlight.suns import IndexArray
    from wijktwin.impacts.view.desk import Views
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.scenario import Scenario

FACES: Final = 0.5
"""A facade looks at a street, or away from it, when the cosine of the angle between the two is at least this."""


class Side(StrEnum):
    """To which side of the building a living room looks."""

    STREET = "street"
    GARDEN = "garden"


@dataclass(frozen=True, slots=True)
class Home:
    """A home and where its living room is, as far as somebody says.

    Parameters
    ----------
    address_id
        In the address table of the neighbourhood.
    storey
        From 0, the ground floor; None where nobody says.
    side
        None where nobody says.
    """

    address_id: str
    storey: int | None = None
    side: Side | None = None


@dataclass(frozen=True, slots=True)
class HomeAddress:
    """What the address table holds of one home; "" where it does not say.

    Parameters
    ----------
    x, y
        In the CRS of the neighbourhood. [m]
    use
        What the address is used for.
    """

    address_id: str
    street: str
    label: str
    building_id: str
    use: str
    x: float
    y: float

    @property
    def where(self) -> Where:
        """The home as the thing that a figure is about."""
        return self.about(LocalText(self.label))

    def about(self, what: LocalText) -> Where:
        """The home, with what of it a figure is about: a day, a kind of place, a plan."""
        return Where(Place.ADDRESS, self.address_id, what)


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """Figures of one scenario that take long, as far as they are computed; None where they are not yet."""

    sunlight: Sunlight | None
    views: Views | None


def ready(scenario: Scenario, *, assumptions: Assumptions) -> Ready:
    """What was computed before and is still here; never waits and begins nothing."""
    return Ready(
        sunlight_desk(scenario.neighbourhood, assumptions=assumptions).ready(scenario),
        view_desk(scenario.neighbourhood, assumptions=assumptions).ready(scenario),
    )


def home_address(neighbourhood: Neighbourhood, address_id: str) -> HomeAddress:
    """The address of a home.

    Raises
    ------
    NotFoundError
        The neighbourhood has no such address.
    """
    found = kept(neighbourhood, "addresses of homes", lambda: _addresses(neighbourhood)).get(address_id)
    if found is None:
        raise NotFoundError("view.no_such_home", address_id=address_id)
    return found


def places_of(points: SunPoints, row: int, home: Home, neighbourhood: Neighbourhood) -> IndexArray:
    """The places where the living room of a home may be, as rows of the points.

    What somebody says of storey and side leaves some of them; where it would leave none (the data know better, or know no street),
    all of them stay.

    Parameters
    ----------
    row
        Of the home among the targets of the points.
    """
    rows = points.rows_of(row)
    for left in (_on_storey(points, rows, home.storey), _on_side(points, rows, home, neighbourhood)):
        if left is not rows:
            both = np.intersect1d(rows, left)
            rows = both if len(both) else rows
    return rows


def _on_storey(points: SunPoints, rows: IndexArray, storey: int | None) -> IndexArray:
    return rows if storey is None else rows[points.storey[rows] == storey]


def _on_side(points: SunPoints, rows: IndexArray, home: Home, neighbourhood: Neighbourhood) -> IndexArray:
    """Places in facades that look at the street of the address, or away from it."""
    lines = street_lines(neighbourhood, home_address(neighbourhood, home.address_id).street) if home.side is not None else None
    if lines is None or not len(rows):
        return rows
    flat = points.points.positions[rows][:, :2] + neighbourhood.mesh.origin[:2]
    links = shapely.shortest_line(shapely.points(flat), lines)
    towards = shapely.get_coordinates(links)[1::2] - flat
    length = np.maximum(np.hypot(*towards.T), 1e-9)
    cosine = (towards * points.points.normals[rows][:, :2]).sum(axis=1) / length
    left: IndexArray = rows[cosine >= FACES] if home.side is Side.STREET else rows[cosine <= -FACES]
    return left


def street_lines(neighbourhood: Neighbourhood, street: str) -> shapely.MultiLineString | None:
    """The middle lines of a street; None where the data hold none by that name."""
    return lines_by_street(neighbourhood).get(street)


def lines_by_street(neighbourhood: Neighbourhood) -> Mapping[str, shapely.MultiLineString]:
    """The middle lines of every street that has a name; nothing where the data hold no streets."""
    return kept(neighbourhood, "lines of streets", lambda: _lines(neighbourhood))


def _lines(neighbourhood: Neighbourhood) -> dict[str, shapely.MultiLineString]:
    table = neighbourhood.street_table
    if table is None:
        return {}
    return {str(street): shapely.MultiLineString(list(lines)) for street, lines in table.geometry.groupby(table["street"]) if street}


def _addresses(neighbourhood: Neighbourhood) -> dict[str, HomeAddress]:
    table = neighbourhood.addresses
    columns = zip(
        table["address_id"], table["street"], table["number"], table["suffix"], table["building_id"], table["use"], table.geometry,
        strict=True,
    )  # fmt: skip
    return {
        str(address_id): HomeAddress(
            str(address_id), str(street), f"{street} {number}{suffix}".strip(), str(building_id), str(use), float(point.x), float(point.y)
        )
        for address_id, street, number, suffix, building_id, use, point in columns
    }
