"""The report for council and board, and posters: which plans, which procedure, which language; made beside the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from ui import asked, assumed, frame, state, take_home_tab
from ui.background import BACKGROUND
from ui.background import State as Figures
from ui.compare import comparable, full_name
from ui.desk import DESK, Listen, NotYet, Parcel, State
from ui.markup import element, label
from ui.notices import Tone, notice
from ui.settings import settings
from ui.sheet_legend import all_legends
from ui.studios import studio_of
from ui.text import LANGUAGE_NAMES
from wijktwin import clock_times
from wijktwin.errors import LANGUAGES, WijktwinError
from wijktwin.export.report.house_style import HouseStyle, own_style, style_beside
from wijktwin.export.report.material import TODAY, LegalFrame, Material
from wijktwin.export.report.place_views import with_views
from wijktwin.export.report.reactions import Reaction, reactions_beside
from wijktwin.impacts.catalogue import assess

if TYPE_CHECKING:
    from layers.stills import Studio
    from ui.text import Text
    from ui.visit import World
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.scenario import Scenario

PLANS: Final = "report_plans"
SECONDS_BETWEEN_LOOKS: Final = 1.0
FIGURES_SHARE: Final = 0.85
"""How much of the work computing figures is, where nothing is there yet."""


def section(t: Text, scenario: Scenario, seen: World) -> None:
    """The choices, the button, how far it is, and the file."""
    frame.heading(t("take_home_report.title"))
    st.html(element("p", t("take_home_report.lead")))
    plans = {plan.plan_id: plan for plan in comparable(seen)}
    if not plans:
        notice(t("take_home_report.no_plans"))
        return
    on = [plan.plan_id for plan in scenario.ordered_plans if plan.plan_id in plans]
    st.session_state[PLANS] = [each for each in st.session_state.get(PLANS, on or list(plans)) if each in plans]
    names = {plan_id: label(full_name(t, plan)) for plan_id, plan in plans.items()}
    chosen = st.multiselect(t("take_home_report.plans"), list(plans), key=PLANS, format_func=names.__getitem__)
    frames = {each: t(f"take_home_report.{each}") for each in LegalFrame}
    which = st.selectbox(
        t("take_home_report.frame"), list(LegalFrame), index=None, key="report_frame", format_func=frames.__getitem__,
        placeholder=t("take_home_report.choose_frame"),
    )  # fmt: skip
    language = st.radio(
        t("take_home_report.language"), LANGUAGES, index=LANGUAGES.index(t.language) if t.language in LANGUAGES else 0,
        key="report_language", format_func=LANGUAGE_NAMES.__getitem__, horizontal=True,
    )  # fmt: skip
    kinds = {False: t("take_home_report.report"), True: t("take_home_report.posters")}
    is_poster = st.radio(t("take_home_report.kind"), [False, True], key="report_kind", format_func=kinds.__getitem__, horizontal=True)
    with_pictures = st.checkbox(
        t("take_home_report.pictures"), value=True, key="report_pictures", wrap=True, help=t("take_home_report.pictures_help")
    )
    if st.button(t("take_home_report.make"), key="report_make", type="primary", disabled=not (chosen and which)) and which is not None:
        ids = [plans[each].plan_id for each in chosen]
        _order(t, seen, ids, which, language, is_poster=bool(is_poster), with_pictures=with_pictures)
    if not which:
        st.html(element("p", t("take_home_report.needs_frame"), class_="wt-how"))
    _result(t)


def _order(
    t: Text, seen: World, chosen: Sequence[str], which: LegalFrame, language: str, *, is_poster: bool, with_pictures: bool
) -> None:  # fmt: skip
    """Begin to make it; what is wrong with the files of the server is said at once."""
    scenarios = {name: state.scenario_of(name, seen) for name in (TODAY, *chosen)}
    table, fault = asked.table(is_own_neighbourhood=seen.is_own)
    try:
        style, reactions = (own_style(), ()) if seen.is_own else (style_beside(settings().data), reactions_beside(settings().data))
        if fault is not None:
            raise fault
        studio = studio_of(seen) if with_pictures else None
    except WijktwinError as error:
        notice(t.about(error), tone=Tone.REFUSED)
        return
    assumptions, spoken = assumed.chosen(), next(each for each in LANGUAGES if each == language)
    today = clock_times.today()

    def material(told: Mapping[str, tuple[Assessment, ...]]) -> Material:
        own = tuple(seen.plans[name] for name in chosen)
        return Material(
            seen.neighbourhood, own, told, which, spoken, today, assumptions, requirements=table, reactions=tuple[Reaction, ...](reactions)
        )

    name = t("take_home_report.poster_file" if is_poster else "take_home_report.report_file", date=today.isoformat())

    def make(listen: Listen) -> Parcel | NotYet:
        told = _figures(scenarios, assumptions, listen, visitor=visitor)
        if told is None:
            return NotYet()
        made = material(told)
        if studio is not None:
            made = _with_pictures(made, studio, is_poster=is_poster, listen=listen)
        return Parcel(_typeset(made, style, is_poster=is_poster), f"{name}.pdf")

    visitor = _visitor()
    BACKGROUND.forget_failure([(scenario, assumptions) for scenario in scenarios.values()])  # whoever asks again has them tried again
    if not DESK.order(visitor, "report", make):
        notice(t("take_home.busy"), tone=Tone.REFUSED)


def _figures(
    scenarios: Mapping[str, Scenario], assumptions: Assumptions, listen: Listen, *, visitor: str
) -> dict[str, tuple[Assessment, ...]] | None:
    """The figures of each scenario; None while those that take long are still computed, in the place where that is done for all."""
    standings = BACKGROUND.ask([(scenario, assumptions) for scenario in scenarios.values()], visitor)
    is_waiting = False
    try:
        if any(one.state is Figures.FAILED for one in standings):
            raise WijktwinError("report.no_figures")
        listen(FIGURES_SHARE * sum(1.0 if one.state is Figures.READY else one.share for one in standings) / len(standings))
        is_waiting = any(one.state is not Figures.READY for one in standings)
    finally:
        if not is_waiting:
            BACKGROUND.stop(visitor)
    if is_waiting:
        return None
    late = dict(zip(scenarios, standings, strict=True))
    return {name: assess(scenario, assumptions=assumptions) + late[name].figures for name, scenario in scenarios.items()}


def _with_pictures(material: Material, studio: Studio, *, is_poster: bool, listen: Listen) -> Material:
    legends = all_legends(list(material.scenarios.values()), studio.prepared, material.language)

    def hear(share: float) -> None:
        listen(FIGURES_SHARE + (1.0 - FIGURES_SHARE) * share * 0.9)  # the typesetter takes the rest

    return with_views(material, studio, legends=legends, on_posters=is_poster, listen=hear)


def _stop() -> None:
    """Nobody waits for it, nor for its figures."""
    DESK.stop(_visitor())
    BACKGROUND.stop(_visitor())


def _typeset(material: Material, style: HouseStyle, *, is_poster: bool) -> bytes:
    from wijktwin.export.report.contents import posters, report  # noqa: PLC0415 - the typesetter is large: only whoever asks loads it
    from wijktwin.export.report.typesetting import typeset  # noqa: PLC0415

    return typeset((posters if is_poster else report)(material, style), style)


def _result(t: Text) -> None:
    """How far it is, as a fragment that looks again by itself; the file where it is ready."""
    is_making = DESK.look(_visitor()).is_on_its_way
    st.fragment(partial(_watch, was_making=is_making), run_every=SECONDS_BETWEEN_LOOKS if is_making else None)(t)


def _watch(t: Text, *, was_making: bool) -> None:
    standing = DESK.look(_visitor())
    if was_making and not standing.is_on_its_way:
        st.rerun()
    parcel = standing.parcel
    match standing.state:
        case State.NONE:
            return
        case State.WAITING | State.MAKING:
            words = "take_home_report.making" if standing.state is State.MAKING else "take_home_report.waiting"
            st.progress(standing.share, text=t(words))
            st.button(t("take_home_report.stop"), key="report_stop", on_click=_stop)
        case State.READY if parcel is not None:
            st.download_button(
                t("take_home_report.download", size=max(round(parcel.size / 1e6), 1)), partial(DESK.content, _visitor(), standing.number),
                file_name=parcel.name, mime="application/pdf", key="report_file", on_click="ignore",
            )  # fmt: skip
        case State.STOPPED:
            notice(t("take_home.stopped"))
        case State.GONE:
            notice(t("take_home.gone"))
        case _:
            notice(t("take_home_report.failed") if standing.why is None else t.about(standing.why), tone=Tone.REFUSED)


def _visitor() -> str:
    return f"{take_home_tab.visitor()}-report"
