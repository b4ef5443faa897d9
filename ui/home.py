"""Whose home a visitor looks at: kept in this visit only, never in the link, a log, a key of a cache, or a file.

The street that a link names lives in `ui.state`; a home that was chosen never goes there.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import streamlit as st

from wijktwin.impacts.home import Home, Side
from wijktwin.model.address_search import Address, AddressBook

if TYPE_CHECKING:
    from ui.visit import World
    from wijktwin.model.neighbourhood import Neighbourhood

CHOSEN: Final = "home"
OWN_BOOK: Final = "home_own_book"
USUAL_STOREY: Final = 3.0
"""Height of a storey, to offer a choice of storeys where nobody says how many there are: no figure follows from it. [m]"""
MOST_STOREYS: Final = 60


def book(seen: World) -> AddressBook:
    """The addresses of what this visitor looks at."""
    if not seen.is_own:
        return _shared_book(seen.neighbourhood, seen.neighbourhood.key)
    kept: tuple[str, AddressBook] | None = st.session_state.get(OWN_BOOK)
    if kept is None or kept[0] != seen.neighbourhood.key:
        kept = st.session_state[OWN_BOOK] = (seen.neighbourhood.key, AddressBook.of_table(seen.neighbourhood.address_table))
    return kept[1]


@st.cache_resource(show_spinner=False, max_entries=2)
def _shared_book(_neighbourhood: Neighbourhood, key: str, /) -> AddressBook:  # noqa: ARG001 - part of the cache's key
    return AddressBook.of_table(_neighbourhood.address_table)


# ----------------------------------------------------------------------------------------------------------- what was chosen
def chosen(addresses: AddressBook) -> Home | None:
    """The home of this visit; None where none was chosen, or it is not in what is looked at now."""
    found: Home | None = st.session_state.get(CHOSEN)
    return found if found is not None and found.address_id in addresses.by_id else None


def choose(address_id: str) -> None:
    """Look at a home; nothing is known yet of its living room but what the data say."""
    st.session_state[CHOSEN] = Home(address_id)


def forget() -> None:
    """Look at no home any more: nothing of it is left in the visit."""
    for name in [name for name in st.session_state if str(name).startswith("home_") and name != OWN_BOOK]:
        del st.session_state[name]
    st.session_state.pop(CHOSEN, None)


def tell(*, storey: int | None, side: Side | None) -> None:
    """Where the living room is, as the visitor says; None for what they do not say."""
    now: Home | None = st.session_state.get(CHOSEN)
    if now is not None:
        st.session_state[CHOSEN] = Home(now.address_id, storey, side)


# ---------------------------------------------------------------------------------------------------- what the data do not know
def asks_storey(address: Address, addresses: AddressBook) -> bool:
    """Whether nobody says on which storey a home lies, and it shares its building with others."""
    return address.storey is None and sum(each.is_home for each in addresses.in_building(address.building_id)) > 1


def asks_side(address: Address) -> bool:
    """Whether nobody says to which side a home looks."""
    return not address.side


def n_storeys(address: Address, neighbourhood: Neighbourhood) -> int:
    """How many storeys its building has, stated or else from its height; at least 1."""
    buildings = neighbourhood.buildings
    if address.building_id not in buildings:
        return 1
    building = buildings[address.building_id]
    if building.storeys:
        return min(MOST_STOREYS, int(building.storeys))
    height = building.height
    return min(MOST_STOREYS, max(1, math.ceil(height / USUAL_STOREY))) if height and math.isfinite(height) else 1
