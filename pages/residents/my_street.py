"""My street: find home, read what each plan changes for it and how sure that is; pictures come after the words."""

import streamlit as st

from ui import frame, home, home_aloud, home_card, home_link, home_paper, home_place, home_search, state
from ui.markup import element

t = state.text()
seen = state.world()

frame.lead(t, "home")
home_place.dress()
addresses = home.book(seen)
now = home.chosen(addresses)

if not addresses.addresses:
    home_search.not_there(t)
elif now is None:
    with st.container(key="home_find"):
        home_search.find(t, addresses)
    home_place.point(t, addresses, seen)
    home_place.street(t, seen)
else:
    address = addresses.by_id[now.address_id]
    with st.container(key="home_heading", horizontal=True, vertical_alignment="center"):
        st.html(element("p", t("home.chosen", address=address.name), role="status", class_="wt-home-name"))
        st.button(t("home.another"), key="home_other", on_click=home.forget)
    home_search.living_room(t, addresses, now, seen)
    shown = home_card.columns(t, seen, now)
    with st.container(key="home_card"):
        home_card.say_left_out(t, seen)
        home_card.top(t, shown)
        home_aloud.buttons(t, home_card.spoken(shown))
        home_card.wait(t, shown)
        home_card.subjects(t, shown)
    home_card.beside(t, shown, address.name)
    home_paper.on_paper(t, shown, address.name, now)
    home_place.pictures(t, addresses, seen, shown, now)
    if not seen.is_own:
        home_link.share(t, address.street)
