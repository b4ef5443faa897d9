"""An evening with residents, on the screen in front: one view after the other, turned by large buttons, keys or a presenter's remote."""

from __future__ import annotations

import datetime as dt
from functools import cache, partial
from importlib import resources
from typing import TYPE_CHECKING, Final

import shapely
import streamlit as st

from layers.deck import Picked
from layers.prepared import Thing
from ui import assumed, compare, home_link, kiosk, long_figures, phones, picture, plan_choice, plan_summary, public_link, state
from ui.home_link import qr_picture
from ui.markup import EMPTY, Markup, element
from ui.notices import Tone, notice
from ui.settings import settings
from wijktwin import clock_times
from wijktwin.errors import InputError
from wijktwin.impacts.shadow_moments import shadow_days
from wijktwin.model.programme import TODAY, Step, StepKind, usual_programme
from wijktwin.sources.programme_file import FILE_NAME, read_programme
from wijktwin.words.numbers import format_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.text import Text
    from ui.visit import World
    from wijktwin.model.plan import Plan

NUMBER: Final = "evening_step"
CHOSEN: Final = "evening_chosen"
TOLD: Final = "evening_told"
"""The step whose plans, sun and pair were put on last."""
SHADE_HOUR: Final = 15
"""Of the usual day: the shade lies beside what throws it, as one looks, and not behind it."""
HEIGHT: Final = 640
"""Of the picture. [px]"""
SECONDS_BETWEEN_LOOKS: Final = 3.0

_JS: Final = """
const KEY = 'wijktwin-evening-step';
const KEYS = { PageDown: 1, PageUp: -1 };
const known = { data: null, at: 0, tell: null, isListening: false };

function isTyping({ target }) {
  const at = target?.shadowRoot?.activeElement ?? target;
  return Boolean(at?.closest?.('input, textarea, select, [contenteditable="true"]'));
}

function turn(event) {
  const by = KEYS[event.key];
  if (!by || event.ctrlKey || event.altKey || event.metaKey || isTyping(event) || !known.data) return;
  event.preventDefault();
  event.stopPropagation();
  known.tell?.('turn', { by, at: known.at });
  known.at = Math.min(Math.max(known.at + by, 0), known.data.total - 1); // two presses are two steps, also before the first is shown
}

export default function ({ data, setTriggerValue }) {
  Object.assign(known, { data, at: data.number, tell: setTriggerValue });
  if (!known.isListening) addEventListener('keydown', turn, { capture: true });
  known.isListening = true;
  const kept = Number.parseInt(sessionStorage.getItem(KEY) ?? '', 10);
  if (data.isNew && Number.isInteger(kept) && kept !== data.number) setTriggerValue('turn', { to: kept, at: data.number });
  else sessionStorage.setItem(KEY, String(data.number));
  return () => { known.data = null; };
}
"""
_component = st.components.v2.component("wijktwin_evening", js=_JS)


@cache
def style_sheet() -> str:
    """The rules of ``evening.css``."""
    return (resources.files("ui") / "evening.css").read_text(encoding="utf-8")


def dress() -> None:
    """Put the style sheet of this page on it. Takes no room."""
    st.html(f"<style>{style_sheet()}</style>")


def programme(t: Text, seen: World) -> tuple[Step, ...]:
    """The steps of tonight: those that somebody wrote beside the data, else the usual ones."""
    offered = [plan for plan in seen.offered if plan.published_by_server or seen.is_own]
    usual = usual_programme(offered, moment=_usual_moment())
    data = settings().data
    path = data / FILE_NAME if data.is_dir() else None
    if seen.is_own or path is None or not path.is_file():
        return usual
    try:
        return read_programme(path, plan_ids={plan.plan_id for plan in offered})
    except InputError as error:
        notice(t.about(error), tone=Tone.REFUSED, more=[t("evening.unreadable")])
        return usual


def _usual_moment() -> str:
    """The afternoon of the first usual day of a shadow study."""
    day = shadow_days()[0].in_year(dt.datetime.now(tz=dt.UTC).year)
    return clock_times.written(dt.datetime.combine(day, dt.time(SHADE_HOUR)))


# ------------------------------------------------------------------------------------------------------------------- turning
def controls(t: Text, steps: Sequence[Step], seen: World) -> Step:
    """Previous, next and all steps by name; gives the step that is shown."""
    is_new = NUMBER not in st.session_state
    number = min(max(int(st.session_state.get(NUMBER, 0)), 0), len(steps) - 1)
    st.session_state[NUMBER] = number
    titles = [t("evening.step", number=place, total=len(steps), title=title(t, step, seen)) for place, step in enumerate(steps, start=1)]
    with st.container(key="evening_controls", horizontal=True, vertical_alignment="bottom"):
        st.button(t("evening.before"), key="evening_before", on_click=_turn, args=(number - 1,), disabled=number == 0)
        st.session_state[CHOSEN] = number
        st.selectbox(t("evening.steps"), range(len(steps)), key=CHOSEN, format_func=titles.__getitem__, on_change=_chose, width="stretch")
        is_last = number == len(steps) - 1
        st.button(t("evening.after"), key="evening_after", type="primary", on_click=_turn, args=(number + 1,), disabled=is_last)
    data = {"number": number, "total": len(steps), "isNew": is_new}
    _component(data=data, key="evening_keys", height="content", on_turn_change=partial(_told, len(steps)))
    step = steps[number]
    put_on(step, seen, key=f"{number}/{len(steps)}")
    return step


def _turn(number: int) -> None:
    st.session_state[NUMBER] = number


def _chose() -> None:
    st.session_state[NUMBER] = st.session_state[CHOSEN]


def _told(total: int) -> None:
    """A key was pressed, or a browser that lost the server knows where it was."""
    told = (st.session_state.get("evening_keys") or {}).get("turn")
    if not isinstance(told, dict):  # it comes from the browser
        return
    at, by, to = (told.get(name) for name in ("at", "by", "to"))
    wanted = at + by if isinstance(at, int) and by in {-1, 1} else to
    if isinstance(wanted, int):
        st.session_state[NUMBER] = min(max(wanted, 0), total - 1)


def put_on(step: Step, seen: World, *, key: str) -> None:
    """Switch on what a step with a picture shows, once: what is changed by hand meanwhile stays until the next such step."""
    if st.session_state.get(TOLD) == key:
        return
    st.session_state[TOLD] = key
    if step.kind in {StepKind.WELCOME, StepKind.STREETS}:
        return
    state.turn_sun(step.moment)
    if step.kind is StepKind.COMPARE:
        state.compare(step.plan_id, step.other_id)
    else:
        state.switch_all_off()
        if step.plan_id != TODAY:
            state.switch(step.plan_id, is_on=True)
    shown = [seen.plans[plan_id] for plan_id in step.plan_ids if plan_id in seen.plans]
    state.select(None)
    if shown:
        state.fly_to(Picked(Thing.CHANGE, shown[-1].plan_id, shown[-1].plan_id))
    else:
        state.fly_to(shapely.box(*seen.neighbourhood.extent))


# --------------------------------------------------------------------------------------------------------------------- words
def title(t: Text, step: Step, seen: World) -> str:
    """What a step is called."""
    if own := t.of(step.title):
        return own
    names = {TODAY: t("look.now")} | {plan_id: t.of(plan.title) for plan_id, plan in seen.plans.items()}
    match step.kind:
        case StepKind.WELCOME:
            return t("evening.welcome", name=seen.neighbourhood.name)
        case StepKind.PICTURE if step.moment:
            return t("evening.shade", title=names[step.plan_id])
        case StepKind.PICTURE:
            return names[step.plan_id] if step.plan_id else t("evening.today")
        case StepKind.COMPARE:
            return t("evening.compare", first=names[step.plan_id], second=names[step.other_id])
        case StepKind.IN_SHORT:
            return t("evening.in_short", title=names[step.plan_id])
        case StepKind.STREETS:
            return t("evening.streets")


def _say(t: Text, step: Step, seen: World) -> str:
    """The sentence below the title."""
    if own := t.of(step.say):
        return own
    plan = seen.plans.get(step.plan_id)
    if step.kind is not StepKind.PICTURE:
        return t(f"evening.{step.kind}_say")
    if step.moment:
        return t("evening.shade_say", moment=_moment_words(t, step.moment))
    return t("evening.plan_say", whose=plan_choice.card_name(t, plan)) if plan is not None else t("evening.today_say")


def _moment_words(t: Text, moment: str) -> str:
    at = clock_times.read_clock_time(moment)
    return "" if at is None else f"{format_date(at.date(), t.language)}, {at:%H:%M}"


# ---------------------------------------------------------------------------------------------------------------------- views
def show(t: Text, step: Step, seen: World) -> None:
    """One view, as large as it goes."""
    st.html(element("h1", title(t, step, seen), class_="wt-evening-title") + element("p", _say(t, step, seen), class_="wt-evening-say"))
    match step.kind:
        case StepKind.WELCOME | StepKind.STREETS:
            _codes(t)
        case StepKind.PICTURE:
            picture.draw(t, state.scenario(), seen, height=HEIGHT, answers_views=False)
        case StepKind.COMPARE:
            pair = (state.scenario_of(step.plan_id, seen), state.scenario_of(step.other_id, seen))
            picture.draw_pair(t, pair, seen, compare.titles(t, (step.plan_id, step.other_id), seen), height=HEIGHT, answers_views=False)
        case StepKind.IN_SHORT:
            _in_short(t, seen.plans[step.plan_id], seen)


def _in_short(t: Text, plan: Plan, seen: World) -> None:
    scenario = state.scenario_of(plan.plan_id, seen)
    late = long_figures.of_scenario(t, scenario)
    plan_summary.large(t, (*assumed.figures(scenario), *late), is_waiting=not late)


def _codes(t: Text) -> None:
    """The codes for phones and tablets, with the addresses to type."""
    shown = [_code(t("evening.phone"), _link(t, home_link.PAGE), t("evening.phone_code"), is_large=True)]
    if settings().is_evening:
        link = _link(t, kiosk.PAGE, **{kiosk.PARAMETER: "1"})
        shown.append(_code(t("evening.tablet"), link, t("evening.tablet_code"), say=t("evening.tablet_say", seconds=kiosk.silence())))
    how = "evening.no_network" if public_link.is_only_here(public_link.base(str(st.context.url or ""))) else "evening.how"
    st.html(element("p", t(how), class_="wt-evening-say") + element("div", *shown, class_="wt-codes"))


def _link(t: Text, page: str, **more: str) -> tuple[str, str]:
    """The link to a page for others, and as it is typed."""
    url = str(st.context.url or "")
    to_scan = public_link.to_page(page, language=t.language, page_url=url, **more)
    return to_scan, public_link.to_type(page, language=t.language, page_url=url, **more)


def _code(heading: str, link: tuple[str, str], alt: str, *, say: str = "", is_large: bool = False) -> Markup:
    """A code with its address as it is typed below it."""
    to_scan, to_type = link
    return element(
        "section",
        element("h2", heading),
        element("img", src=qr_picture(to_scan), alt=alt, class_="wt-qr", width=280, height=280),
        element("p", element("a", to_type, href=to_scan), class_="wt-street-link"),
        element("p", say) if say else EMPTY,
        class_="wt-code wt-code-large" if is_large else "wt-code",
    )


def phone_test(t: Text) -> None:
    """A code to try before the evening whether a phone gets here, and whether one did."""
    with st.expander(t("evening.test"), key="evening_test"):
        link = f"{public_link.base(str(st.context.url or ''))}{phones.ROUTE}?{phones.LANGUAGE}={t.language}"
        shown = _code(t("evening.test"), (link, link), t("evening.test_code"), say=t("evening.test_say"))
        st.html(element("div", shown, class_="wt-codes"))
        st.fragment(_came, run_every=SECONDS_BETWEEN_LOOKS)(t)


def _came(t: Text) -> None:
    n = phones.PHONES.count
    st.html(element("p", t("evening.came", n=n) if n else t("evening.nobody"), role="status"))
