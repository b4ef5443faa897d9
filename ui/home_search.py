"""Finding home on a page: by typing, from a list of streets, or by pointing; then where the living room is, if nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from layers.prepared import Thing
from ui import home, state
from ui.home import tell
from ui.markup import element, label
from ui.notices import notice
from wijktwin.impacts.home import Home, Side
from wijktwin.model.address_search import Answer, Found
from wijktwin.model.street_names import Certainty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.deck import Picked
    from ui.text import Text
    from ui.visit import World
    from wijktwin.model.address_search import Address, AddressBook

QUESTION: Final = "home_question"
STREET: Final = "home_street"
NUMBER: Final = "home_number"
STOREY: Final = "home_storey"
SIDE: Final = "home_side"
MOST_BUTTONS: Final = 8
"""More addresses than this are a list to choose from."""


def find(t: Text, addresses: AddressBook) -> None:
    """A field to type in, and what came of it; a list of streets below."""
    with st.form("home_form", border=False, enter_to_submit=True):
        field, button = st.columns([3, 1], vertical_alignment="bottom", gap="small")
        field.text_input(
            t("home.question"), key=QUESTION, placeholder=t("home.example", address=_example(addresses)), max_chars=120, autocomplete="off"
        )
        button.form_submit_button(t("home.search"), key="home_search", type="primary", on_click=_asked, args=(addresses,), width="stretch")
    st.html(element("p", t("home.private"), class_="wt-small"))
    found = addresses.find(str(st.session_state.get(QUESTION) or ""))
    if found.answer is not Answer.NOTHING_ASKED:
        with st.container(key="home_results", gap="xxsmall"):
            _results(t, found)
    if found.answer not in {Answer.HOMES, Answer.STREET} and addresses.streets:
        _one_street(t, addresses)


def _example(addresses: AddressBook) -> str:
    return addresses.addresses[0].name if addresses.addresses else ""


def _asked(addresses: AddressBook) -> None:
    """Go straight to the home where there is no doubt which one was meant."""
    meant = addresses.find(str(st.session_state.get(QUESTION) or "")).sure
    if meant is not None and meant.is_home:
        home.choose(meant.address_id)


# --------------------------------------------------------------------------------------------------------------- what was found
def _results(t: Text, found: Found) -> None:
    homes = [address for address in found.addresses if address.is_home]
    st.html(element("p", _sentence(t, found, homes), role="status", class_="wt-found"))
    match found.answer:
        case Answer.STREET if len(homes) > MOST_BUTTONS:
            _number(t, homes, t("home.number_of", street=found.streets[0]) if len(found.streets) == 1 else t("home.number"))
        case Answer.STREETS | Answer.NO_STREET:
            for street in found.streets[:MOST_BUTTONS]:
                st.button(label(street), key=f"home_street_{street}", on_click=_choose_street, args=(street,), width="stretch")
        case _:
            _buttons(homes[:MOST_BUTTONS])


def _sentence(t: Text, found: Found, homes: Sequence[Address]) -> str:
    """What came of the question, in one sentence."""
    street = found.streets[0] if found.streets else ""
    if found.answer in {Answer.HOMES, Answer.STREET}:
        if not homes:
            return t("home.no_home", address=found.addresses[0].name if found.answer is Answer.HOMES else street)
        return t(_name_of(found), n=len(homes), street=found.asked or street, asked=found.asked)
    key = str(found.answer)
    if found.answer is Answer.NO_NUMBER and len(found.streets) > 1:
        key = "no_number_here"
    if found.answer is Answer.NO_STREET and found.streets:
        key = "no_street_near"
    return t(f"home.{key}", asked=found.asked, street=street)


def _name_of(found: Found) -> str:
    """Which sentence tells that there are homes."""
    if found.is_other_letter:
        return "home.other_letter"
    is_street = found.answer is Answer.STREET
    if found.certainty is Certainty.EXACT:
        return "home.in_street" if is_street else "home.which"
    return "home.like_street" if is_street else "home.meant"


def _buttons(homes: Sequence[Address]) -> None:
    for address in homes:
        words = label(address.name if not address.postcode else f"{address.name} · {address.postcode}")
        st.button(words, key=f"home_is_{address.address_id}", on_click=home.choose, args=(address.address_id,), width="stretch")


def _number(t: Text, homes: Sequence[Address], words: str) -> None:
    """One of many homes, by its number."""
    named = {address.address_id: address for address in homes}
    has_one_street = len({address.street for address in homes}) == 1
    st.selectbox(
        words, list(named), index=None, key=NUMBER, placeholder=t("home.number_example"), on_change=_choose_number,
        format_func=lambda address_id: named[address_id].house if has_one_street else named[address_id].name,
    )  # fmt: skip


def _choose_number() -> None:
    if st.session_state.get(NUMBER):
        home.choose(st.session_state[NUMBER])


# ------------------------------------------------------------------------------------------------------------------ one street
def _one_street(t: Text, addresses: AddressBook) -> None:
    """Streets to choose from, and the numbers in the one that was chosen; its name may stand in the link."""
    now = state.visit()
    st.session_state[STREET] = now.street if now.street in addresses.streets else None
    st.selectbox(
        t("home.or_street"), addresses.streets, index=None, key=STREET, placeholder=t("street.placeholder"), on_change=_chose_street
    )
    homes = [address for address in addresses.in_street(now.street or "") if address.is_home]
    if homes:
        _number(t, homes, t("home.number_of", street=now.street or ""))


def _chose_street() -> None:
    state.visit().street = st.session_state[STREET]


def _choose_street(street: str) -> None:
    state.visit().street = street
    st.session_state[QUESTION] = ""


# -------------------------------------------------------------------------------------------------------------------- pointing
def pointed_at(t: Text, addresses: AddressBook, clicked: Picked | None) -> None:
    """The homes in a building that was pointed at, to choose from."""
    if clicked is None or clicked.thing is not Thing.BUILDING:
        return
    homes = [address for address in addresses.in_building(clicked.thing_id) if address.is_home]
    with st.container(key="home_pointed", gap="xxsmall"):
        st.html(element("p", t("home.pointed", n=len(homes)) if homes else t("home.pointed_none"), role="status"))
        if len(homes) > MOST_BUTTONS:
            _number(t, homes, t("home.number"))
        else:
            _buttons(homes)


# ------------------------------------------------------------------------------------------------------------------ living room
def living_room(t: Text, addresses: AddressBook, now: Home, seen: World) -> None:
    """Asks where the living room is, as far as nobody knows; without an answer every figure is a range."""
    address = addresses.by_id[now.address_id]
    storey, side = home.asks_storey(address, addresses), home.asks_side(address)
    if not storey and not side:
        return
    with st.container(key="home_room", border=True):
        st.html(element("p", t("home.room"), element("span", t("home.room_private"), class_="wt-how")))
        if storey:
            st.session_state[STOREY] = now.storey
            offered = [None, *range(home.n_storeys(address, seen.neighbourhood))]
            st.selectbox(t("home.storey"), offered, key=STOREY, format_func=lambda n: _storey(t, n), on_change=_told)
        if side:
            st.session_state[SIDE] = now.side
            st.radio(
                t("home.side"), [None, *Side], key=SIDE, horizontal=True, on_change=_told,
                format_func=lambda each: t("home.unknown" if each is None else f"home.side_{each}"),
            )  # fmt: skip


def _storey(t: Text, n: int | None) -> str:
    if n is None:
        return t("home.unknown")
    return t("home.storey_ground") if n == 0 else t("home.storey_n", number=str(n))


def _told() -> None:
    tell(storey=st.session_state.get(STOREY), side=st.session_state.get(SIDE))


def not_there(t: Text) -> None:
    """That nobody can be found here, because the data have no addresses."""
    notice(t("home.no_addresses"))
