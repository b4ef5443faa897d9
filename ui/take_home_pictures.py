"""Pictures to take home: one in print quality, the pack for a council, and the shadows of the usual moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from ui import frame, picture_parcel, shown_colours, state, take_home_tab
from ui.desk import DESK, Standing, State
from ui.link_view import view_of
from ui.markup import element
from ui.notices import Tone, notice
from ui.sheet_legend import all_legends
from ui.studios import studio_of
from wijktwin import clock_times, places
from wijktwin.appearance import View
from wijktwin.errors import InputError, WijktwinError
from wijktwin.export.file_names import file_name
from wijktwin.export.links import link_to, read_link
from wijktwin.export.packs import council_pack, scenarios_of, shadow_set
from wijktwin.export.papers import Size
from wijktwin.export.picture import Wanted, picture
from wijktwin.export.sets import Job, key_for
from wijktwin.export.telling import STEEP, Teller
from wijktwin.impacts.shared import sun_place
from wijktwin.model.plan_groups import building

if TYPE_CHECKING:
    from datetime import date, datetime

    from ui.shown_colours import Asked
    from ui.take_home_tab import LastView
    from ui.text import Text
    from ui.visit import World
    from wijktwin.model.scenario import Scenario

LINK: Final = "link"
"""The camera of a link, among the places to look from."""
LAST: Final = "last"
"""Where this visitor looked last, among the places to look from."""
WHERE: Final = "pictures_where"
OFFERED: Final = "pictures_offered"
"""The last view that was chosen for the visitor: once for each."""
REFUSED: Final = "picture_refused"
SECONDS_BETWEEN_LOOKS: Final = 1.0
PICTURE, PACK, SHADOWS = "picture", "pack", "shadows"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the form on the page says."""

    kind: str
    where: str
    size: Size
    link: str
    address: str
    with_sun: bool
    colours: Asked | None
    last: LastView | None


def section(t: Text, scenario: Scenario, seen: World) -> None:
    """What can be chosen, and what is being made."""
    frame.heading(t("take_home_pictures.title"))
    st.write(t("take_home_pictures.lead"))
    take_home_tab.listen()
    last = take_home_tab.last_view(seen)
    first, second = st.columns(2)
    names = _places(t, scenario, seen, last)
    where = first.selectbox(t("take_home_pictures.where"), list(names), format_func=names.__getitem__, key=WHERE)
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
        t("take_home_pictures.with_sun"), key="pictures_sun", value=bool(moment), disabled=not moment, wrap=True,
        help=t("take_home_pictures.sun_help"),
    )  # fmt: skip
    coloured = shown_colours.last(scenario)
    is_coloured = coloured is not None and st.checkbox(
        t("take_home_pictures.with_colours", what=shown_colours.named(t, coloured)), key="pictures_colours", value=True, wrap=True,
        help=t("take_home_pictures.colours_help"),
    )  # fmt: skip
    has_plans = bool(building(seen.plans.values()))
    for kind, column in zip((PICTURE, PACK, SHADOWS), st.columns(3), strict=True):
        asked = _Asked(kind, where, Size(size), link.strip(), address.strip(), is_sunny, coloured if is_coloured else None, last)
        column.button(
            t(f"take_home_pictures.make_{kind}"), key=f"make_{kind}", width="stretch", on_click=_order, args=(t, scenario, seen, asked),
            disabled=kind != PICTURE and not has_plans,
        )  # fmt: skip
    st.html(element("p", t("take_home_pictures.about" if has_plans else "take_home_pictures.no_plans"), class_="wt-small"))
    refused = st.session_state.pop(REFUSED, None)
    if refused:
        notice(refused, tone=Tone.REFUSED)
    standing = DESK.look(_visitor())
    st.fragment(_watch, run_every=SECONDS_BETWEEN_LOOKS if standing.is_on_its_way else None)(t, was_on_its_way=standing.is_on_its_way)


def _places(t: Text, scenario: Scenario, seen: World, last: LastView | None) -> dict[str, str]:
    """Where one can look from, in words; the first is chosen: where the visitor looked last, else the plan."""
    views = sorted((view for view in View if view is not View.PLAN or scenario.plans), key=lambda view: view is not View.PLAN)
    names = {LAST: t("take_home_pictures.view_last", how=_how(t, seen, last))} if last else {}
    names |= {str(name): t(f"take_home_pictures.view_{name}") for name in (*views, LINK)}
    if last != st.session_state.get(OFFERED):
        st.session_state[OFFERED] = last
        if last is not None:
            st.session_state[WHERE] = LAST
    if st.session_state.get(WHERE) not in names:
        st.session_state[WHERE] = next(iter(names))
    return names


def _how(t: Text, seen: World, last: LastView) -> str:
    """The last view in words: on foot, from above, or from one of the eight winds."""
    walker, view = last.told.walker, last.told.view
    teller = Teller(seen.neighbourhood, t.language, clock_times.today())
    if walker is not None:
        return t("take_home_pictures.last_on_foot", direction=teller.direction(walker.bearing))
    if view is None or view.pitch < STEEP:
        return t("take_home_pictures.last_above")
    return t("take_home_pictures.last_from", direction=teller.direction(view.bearing + 180.0))


# ----------------------------------------------------------------------------------------------------------------- ordering
def _order(t: Text, scenario: Scenario, seen: World, asked: _Asked) -> None:
    """Have it made; what is wrong with the link or the plans is told on the page."""
    try:
        told = read_link(asked.link) if asked.where == LINK else asked.last.told if asked.where == LAST and asked.last else None
        if told is not None and told.view is None and told.walker is None:
            raise InputError("stills.no_camera", name="view", value=asked.link or "–", count=5)
        if asked.address and not asked.address.startswith(("http://", "https://")):
            raise InputError("stills.no_address", address=asked.address)
        studio = studio_of(seen)
        view = None if told is None else view_of(studio, told, screen=asked.last.screen if asked.where == LAST and asked.last else None)
        moment = _moment(seen, (told.moment if told else None), with_sun=asked.with_sun)
        colours = None if asked.kind != PICTURE or asked.colours is None else shown_colours.colours_of(t, scenario, asked.colours)
    except WijktwinError as error:
        st.session_state[REFUSED] = t.about(error)
        return
    made_on = clock_times.today()
    offered = seen.offered
    plain = Teller(seen.neighbourhood, t.language, made_on, asked.address)
    shown = scenarios_of(seen.neighbourhood, offered, plain, is_own=seen.is_own)
    is_own = seen.is_own or any(not plan.published_by_server for plan in offered)
    camera = view if asked.where == LINK else None  # of shadows: else from above, so that all of them are seen
    walker = told.walker if told else None
    is_shared = state.is_shared(scenario)

    def teller(scenarios: Sequence[Scenario]) -> Teller:
        return Teller(seen.neighbourhood, t.language, made_on, asked.address, all_legends(scenarios, studio.prepared, t.language))

    def jobs() -> Sequence[Job]:
        all_shown = [each.scenario for each in shown]
        if asked.kind == PACK:
            return council_pack(studio, shown, teller(all_shown), asked.size, moment=moment)
        if asked.kind == SHADOWS:
            return shadow_set(studio, shown, teller(all_shown), asked.size, year=made_on.year, view=camera)
        seen_from = view or studio.view([scenario], View(asked.where))
        back = ""
        if is_shared:  # nothing of a visitor's own is in a link
            back = link_to(
                [plan.plan_id for plan in scenario.plans], language=t.language, time_zone=seen.neighbourhood.time_zone, moment=moment,
                view=seen_from if walker is None else None, walker=walker,
            )  # fmt: skip
        wanted = Wanted(seen_from, moment, link=back, colours=colours)
        key = key_for(scenario.key, wanted, asked.size)
        return [Job("picture.png", key, lambda: picture(studio, scenario, wanted, teller([scenario]), asked.size))]

    keys = [scenario.key] if asked.kind == PICTURE else [each.scenario.key for each in shown]
    looked = {PICTURE: (asked.where, view, walker, moment, colours), PACK: (moment,), SHADOWS: (camera,)}[asked.kind]
    key = picture_parcel.key_of(asked.kind, keys, looked, asked.size, asked.address, t.language, made_on, _visitor() if is_own else "")
    name, folder = _file(t, scenario, asked.kind, made_on), places.state_folder()
    make = partial(picture_parcel.picture_parcel, jobs, name=name, key=key, state=folder, is_kept=not is_own)
    if not DESK.order(_visitor(), asked.kind, make, alone=key, is_resumed=not is_own):
        st.session_state[REFUSED] = t("take_home.busy")


def _file(t: Text, scenario: Scenario, kind: str, made_on: date) -> str:
    """What the file is called; a set is about all plans."""
    if kind == PICTURE:
        return file_name(scenario, kind, "", t.language, made_on=made_on)
    return t(f"take_home_pictures.file_{kind}", date=made_on.isoformat())


def _moment(seen: World, linked: datetime | None, *, with_sun: bool) -> datetime | None:
    """The moment of a link, else the one that the visitor chose where the sun is wanted."""
    clock = linked or (clock_times.read_clock_time(state.visit().moment) if with_sun else None)
    return None if clock is None else sun_place(seen.neighbourhood).moment(clock.date(), clock.hour, clock.minute)


def _visitor() -> str:
    return f"{take_home_tab.visitor()}-pictures"


# ---------------------------------------------------------------------------------------------------------- how far it is
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
                t("take_home_pictures.making", done=round(standing.done), total=round(standing.total))
                if standing.total
                else t("take_home_pictures.waiting")
            )
            st.progress(standing.share, text=said)
            st.button(t("take_home_pictures.stop"), key="pictures_stop", on_click=DESK.stop, args=(_visitor(),))
        else:
            _told(t, standing)


def _told(t: Text, standing: Standing) -> None:
    """How it ended."""
    parcel = standing.parcel
    match standing.state:
        case State.STOPPED:
            notice(t("take_home_pictures.stopped" if standing.is_resumed else "take_home.stopped"))
        case State.GONE:
            notice(t("take_home.gone"))
        case State.REFUSED if standing.why is not None:
            notice(t.about(standing.why), tone=Tone.REFUSED)
        case State.READY if parcel is not None:
            if parcel.content:
                is_png = parcel.name.endswith(".png")
                st.download_button(
                    t("take_home_pictures.save", name=parcel.name), partial(DESK.content, _visitor(), standing.number),
                    file_name=parcel.name, mime="image/png" if is_png else "application/zip", key="pictures_save", type="primary",
                    on_click="ignore", wrap=True,
                )  # fmt: skip
            if parcel.preview:
                words = t(f"take_home_pictures.preview_{standing.kind}")
                st.image(parcel.preview, caption=words, alt=words)
            for failure in parcel.failures:
                why = t.about(failure.error) if failure.error is not None else t("take_home_pictures.failed")
                notice(f"{failure.name}: {why}", tone=Tone.REFUSED)
        case _:
            notice(t("take_home_pictures.failed"), tone=Tone.REFUSED)
