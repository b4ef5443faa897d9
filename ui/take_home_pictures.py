"""Pictures to take home: one in print quality, the pack for a council, and the shadows of the usual moments."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import streamlit as st

from layers.stills import Studio
from ui import frame, state
from ui.geometry_store import STORE
from ui.notices import Tone, notice
from ui.picture import own_shelf
from ui.picture_desk import PictureDesk, Standing, State
from ui.scene import prepared_scene
from ui.scene.preparing import PIECES
from ui.sheet_legend import all_legends
from wijktwin import clock_times, places
from wijktwin.appearance import View
from wijktwin.errors import InputError, WijktwinError
from wijktwin.export.links import link_to, read_link
from wijktwin.export.packs import council_pack, scenarios_of, shadow_set
from wijktwin.export.papers import Size
from wijktwin.export.picture import Wanted, picture
from wijktwin.export.sets import Job, key_for
from wijktwin.export.telling import Teller
from wijktwin.impacts.shared import sun_place

if TYPE_CHECKING:
    from ui.text import Text
    from ui.visit import World
    from wijktwin.export.perspective import MapView
    from wijktwin.model.scenario import Scenario

LINK: Final = "link"
"""The camera of a link, among the places to look from."""
VISITOR: Final = "picture_visitor"
REFUSED: Final = "picture_refused"
SECONDS_BETWEEN_LOOKS: Final = 1.0
PICTURE, PACK, SHADOWS = "picture", "pack", "shadows"
DESK: Final = PictureDesk(places.state_folder)
"""The one of this process."""


def section(t: Text, scenario: Scenario, seen: World) -> None:
    """What can be chosen, and what is being made."""
    frame.heading(t("take_home_pictures.title"))
    st.write(t("take_home_pictures.lead"))
    views = [view for view in View if view is not View.PLAN or scenario.plans]
    first, second = st.columns(2)
    options = [str(view) for view in sorted(views, key=lambda view: view is not View.PLAN)]
    where = first.selectbox(
        t("take_home_pictures.where"), [*options, LINK], format_func=lambda name: t(f"take_home_pictures.view_{name}"), key="pictures_where"
    )
    size = second.selectbox(
        t("take_home_pictures.size"),
        [str(size) for size in Size],
        format_func=lambda name: t(f"take_home_pictures.size_{name}"),
        key="pictures_size",
    )
    link = st.text_input(t("take_home_pictures.link"), key="pictures_link", help=t("take_home_pictures.link_help")) if where == LINK else ""
    address = st.text_input(
        t("take_home_pictures.address"), key="pictures_address", placeholder="https://", help=t("take_home_pictures.address_help")
    )
    moment = state.visit().moment
    is_sunny = st.checkbox(
        t("take_home_pictures.with_sun"), key="pictures_sun", value=bool(moment), disabled=not moment, help=t("take_home_pictures.sun_help")
    )
    for kind, column in zip((PICTURE, PACK, SHADOWS), st.columns(3), strict=True):
        column.button(
            t(f"take_home_pictures.make_{kind}"), key=f"make_{kind}", width="stretch", on_click=_order,
            args=(t, kind, scenario, seen),
            kwargs={"where": where, "size": Size(size), "link": link.strip(), "address": address.strip(), "with_sun": is_sunny},
        )  # fmt: skip
    st.caption(t("take_home_pictures.about"))
    refused = st.session_state.pop(REFUSED, None)
    if refused:
        notice(refused, tone=Tone.REFUSED)
    standing = DESK.look(_visitor())
    st.fragment(_watch, run_every=SECONDS_BETWEEN_LOOKS if standing.is_on_its_way else None)(t, was_on_its_way=standing.is_on_its_way)


def _visitor() -> str:
    name: str = st.session_state.setdefault(VISITOR, secrets.token_hex(16))
    return name


def _order(
    t: Text, kind: str, scenario: Scenario, seen: World, *, where: str, size: Size, link: str, address: str, with_sun: bool
) -> None:  # fmt: skip
    """Have it made; what is wrong with the link or the plans is told on the page."""
    try:
        told = read_link(link) if where == LINK else None
        if told is not None and told.view is None and told.walker is None:
            raise InputError("stills.no_camera", name="view", value=link or "–", count=5)
        if address and not address.startswith(("http://", "https://")):
            raise InputError("stills.no_address", address=address)
        studio = _studio(seen)
        clock = (told.moment if told and told.moment else None) or (clock_times.read_clock_time(state.visit().moment) if with_sun else None)
        moment = None if clock is None else sun_place(seen.neighbourhood).moment(clock.date(), clock.hour, clock.minute)
        view: MapView | None = None
        if told is not None:
            view = studio.standing(told.walker) if told.walker is not None else told.view
    except WijktwinError as error:
        st.session_state[REFUSED] = t.about(error)
        return
    made_on = clock_times.today()
    offered = [plan for plan in seen.plans.values() if not plan.is_withdrawn]
    bare = Teller(seen.neighbourhood, t.language, made_on, address)
    shown = scenarios_of(seen.neighbourhood, offered, bare)

    def teller(scenarios: Sequence[Scenario]) -> Teller:
        return Teller(seen.neighbourhood, t.language, made_on, address, all_legends(scenarios, studio.prepared, t.language))

    def jobs() -> Sequence[Job]:
        all_shown = [each.scenario for each in shown]
        if kind == PACK:
            return council_pack(studio, shown, teller(all_shown), size, moment=moment)
        if kind == SHADOWS:
            return shadow_set(studio, shown, teller(all_shown), size, year=made_on.year, view=view)
        seen_from = view or studio.view([scenario], View(where))
        back = link_to(
            [plan.plan_id for plan in scenario.plans], language=t.language, time_zone=seen.neighbourhood.time_zone, moment=moment,
            view=seen_from if told is None or told.walker is None else None, walker=told.walker if told else None,
        )  # fmt: skip
        wanted = Wanted(seen_from, moment, link=back)
        return [
            Job("wijktwin.png", key_for(scenario.key, wanted, size), lambda: picture(studio, scenario, wanted, teller([scenario]), size))
        ]

    is_own = seen.is_own or any(not plan.published_by_server for plan in offered)
    about = (scenario.key, [each.scenario.key for each in shown], where, link, size, address, str(moment), t.language, made_on)
    DESK.order(_visitor(), kind, (about, _visitor() if is_own else ""), jobs, is_kept=not is_own)


def _studio(seen: World) -> Studio:
    """A studio for what this visitor may see; the geometry is that of the scene."""
    store, pieces = own_shelf() if seen.is_own else (STORE, PIECES)
    offered = [plan for plan in seen.plans.values() if not plan.is_withdrawn]
    prepared = prepared_scene(seen.neighbourhood, offered, store=store, pieces=pieces)
    return Studio(seen.neighbourhood, prepared, lambda address: store.get(address.rpartition("/")[2]).content())


def _watch(t: Text, *, was_on_its_way: bool) -> None:
    """How far it is, as a fragment of the page that looks again by itself."""
    standing = DESK.look(_visitor())
    if was_on_its_way and not standing.is_on_its_way:
        st.rerun()
    if standing.state is State.NONE:
        return
    with st.container(key="pictures_standing"):
        if standing.is_on_its_way:
            said = (
                t("take_home_pictures.waiting")
                if not standing.total
                else t("take_home_pictures.making", done=standing.done, total=standing.total)
            )
            st.progress(standing.done / max(standing.total, 1), text=said)
            st.button(t("take_home_pictures.stop"), key="pictures_stop", on_click=DESK.stop, args=(_visitor(),))
        else:
            _told(t, standing)


def _told(t: Text, standing: Standing) -> None:
    if standing.state is State.BUSY:
        notice(t("take_home_pictures.busy"))
    elif standing.state is State.STOPPED:
        notice(t("take_home_pictures.stopped"))
    elif standing.state is State.FAILED:
        about = t.about(standing.error) if isinstance(standing.error, WijktwinError) else t("take_home_pictures.failed")
        notice(about, tone=Tone.REFUSED)
    else:
        if standing.content:
            is_png = standing.file_name.endswith(".png")
            st.download_button(
                t("take_home_pictures.save", name=standing.file_name), standing.content, file_name=standing.file_name,
                mime="image/png" if is_png else "application/zip", key="pictures_save", type="primary",
            )  # fmt: skip
            if is_png:
                st.image(standing.content, caption=t("take_home_pictures.title"))
        for failure in standing.failures:
            why = t.about(failure.error) if failure.error is not None else t("take_home_pictures.failed")
            notice(f"{failure.name}: {why}", tone=Tone.REFUSED)
