"""One home: whose card it is, what its people told us of it, and what is ready of the figures that take long.

A registry knows no living room. Where nobody says on which storey it lies or to which side it looks, every answer is a range over what
is possible; what somebody says on the screen makes that range smaller and is kept nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from wijktwin.errors import NotFoundError
from wijktwin.impacts.sunlight.desk import sunlight_desk
from wijktwin.impacts.view.desk import view_desk

if TYPE_CHECKING:
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.impacts.sunlight.desk import Sunlight
    from wijktwin.impacts.view.desk import Views
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.scenario import Scenario


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
    """What the address table holds of one home; "" where it does not say."""

    address_id: str
    street: str
    label: str
    building_id: str
    x: float
    y: float


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
    table = neighbourhood.addresses
    rows = table[table["address_id"] == address_id]
    if not len(rows):
        raise NotFoundError("view.no_such_home", address_id=address_id)
    row = rows.iloc[0]
    label = f"{row['street']} {row['number']}{row['suffix']}".strip()
    return HomeAddress(address_id, str(row["street"]), label, str(row["building_id"]), float(row.geometry.x), float(row.geometry.y))
