"""What one visitor sees and tries: language, plans that are on, what is selected, plans and a neighbourhood of their own.

It all lives in the visitor's session and nowhere else. Widgets get their value from here before they are drawn and give it back in
a callback, so that nothing is lost by a rerun, another page or the other language. Published plans that are on, and the language,
also stand in the address of the page: a link shows the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import streamlit as st

from ui import address, cache, own_kept
from ui.settings import MAX_OWN_PLANS, MAX_UPLOADS_PER_VISIT, Settings, settings
from ui.text import DEFAULT_LANGUAGE, Text
from ui.visit import NOW, Origin, Refusal, Target, Visit, World
from wijktwin.errors import InputError, LimitError, PlanConflictError, WijktwinError
from wijktwin.impacts.catalogue import assess
from wijktwin.model.conflicts import conflict_between
from wijktwin.model.plan import PlanRole
from wijktwin.model.scenario import Scenario
from wijktwin.sources.plan_files import read_uploaded_plan

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from layers.deck import Picked
    from ui.address import Link
    from wijktwin.errors import Language
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan

VISIT: Final = "visit"
N_OWN_SCENARIOS: Final = 6


def visit() -> Visit:
    """The session of this visitor; begun, from the address of the page, when there is none yet."""
    if VISIT not in st.session_state:
        link = address.read_link({name: st.query_params.get_all(name) for name in st.query_params})
        begun = st.session_state[VISIT] = Visit(language=link.language or DEFAULT_LANGUAGE)
        _follow(begun, link)
    found: Visit = st.session_state[VISIT]
    return found


def _follow(now: Visit, link: Link) -> None:
    """Switch on what a link asks for, as far as it is there."""
    now.moment = link.moment
    try:
        seen = world()
    except WijktwinError:
        return  # the page itself says what is wrong with the data
    plans, table = seen.plans, seen.neighbourhood.address_table
    now.street = link.street if table is not None and link.street and (table["street"] == link.street).any() else None
    for name in link.plan_ids:
        if name in plans:
            switch(name, is_on=True)
    first, second = link.pair or (NOW, NOW)
    now.compared = (first if first in plans else NOW, second if second in plans else NOW) if link.pair else None
    now.unknown_plans = tuple(dict.fromkeys(name for name in (*link.plan_ids, *(link.pair or ())) if name and name not in plans))


def go_back(link: Link) -> None:
    """Somebody went back or forward in the browser: what the address says is on again. Plans of one's own stay where they can."""
    now = visit()
    if now.own_neighbourhood is not None:
        return  # nothing of it is in an address
    now.language = link.language or now.language
    own = sorted(now.plan_ids & set(now.own_plans))
    now.plan_ids, now.refusal = frozenset(), None
    _follow(now, link)
    for plan_id in own:
        if not in_the_way(plan_id, now.plan_ids, world()):
            switch(plan_id, is_on=True)
    now.written = _address(now)


def text() -> Text:
    """The words of this visitor's language."""
    return Text(visit().language)


def speak(language: Language) -> None:
    """Go on in another language; everything else stays as it is."""
    visit().language = language


def turn_sun(moment: str) -> None:
    """Remember the moment of which the shade is shown, "" for none."""
    visit().moment = address.as_moment(moment)


def keep_address() -> None:
    """Let the address of the page say what is seen; going back undoes another choice of plans, pair or language, not of the sun."""
    now = visit()
    wanted = _address(now)
    before = now.written or wanted
    now.n_runs += 1
    now.n_entries += {**wanted, address.SUN: ""} != {**before, address.SUN: ""}
    now.written = wanted
    address.keep(
        urlencode(wanted), visit=now.token, run=now.n_runs, entry=now.n_entries, keeps_camera=now.own_neighbourhood is None,
        on_back=go_back, own=_own(now), on_kept=take_back,
    )  # fmt: skip


def _own(now: Visit) -> dict[str, object]:
    """What the tab of this visitor keeps; of a file of their own only its name."""
    file = now.own_neighbourhood.name if now.own_neighbourhood else ""
    on, plans = now.set_aside if file else (now.plan_ids, now.own_plans)
    try:
        return own_kept.message(plans, on, now.sent, home=world().shown.neighbourhood, title=file, has_heard=now.has_heard_tab)
    except WijktwinError:
        return {"plans": {}}  # the page itself says what is wrong with the data


def take_back(told: object) -> None:
    """Take in what a tab kept of a visit that the server does not know, once; what cannot be taken back is remembered by its title."""
    now = visit()
    if now.has_heard_tab or now.own_neighbourhood is not None:
        return
    try:
        world()
    except WijktwinError:
        return  # the page itself says what is wrong with the data; the tab keeps what it has
    now.has_heard_tab = True
    found, file = own_kept.given_back(told)
    lost = []
    for each in found:
        try:
            count_upload(name=each.title)
            read = read_uploaded_plan(each.content(), name=each.title, neighbourhood=world().neighbourhood, state_dir=settings().state)
            _keep_plan(read, name=each.title)
            if each.is_on:
                switch_instead(read.plan_id, in_the_way(read.plan_id, now.plan_ids, world()))
        except WijktwinError:
            lost.append(each.title)
    now.lost_plans, now.lost_file = tuple(lost), file  # switching one on forgets what was told before


def _address(now: Visit) -> dict[str, str]:
    """The language, the published plans that are on, the pair, a street and the sun; what is the visitor's own is never in it."""
    wanted: dict[str, str] = {address.VERSION: address.LINK_VERSION, address.LANGUAGE: now.language}
    if now.own_neighbourhood is None and (linked := sorted(now.plan_ids - set(now.own_plans))):
        wanted[address.PLANS] = ",".join(linked)
    if now.own_neighbourhood is None and now.compared is not None and not set(now.compared) & set(now.own_plans):
        wanted[address.COMPARE] = address.BETWEEN.join(now.compared)
    if now.own_neighbourhood is None and now.street:
        wanted[address.STREET] = now.street
    if now.moment:
        wanted[address.SUN] = now.moment
    return wanted


# ------------------------------------------------------------------------------------------------------------ what is seen
def world() -> World:
    """The neighbourhood this visitor looks at, with the plans for it.

    Raises
    ------
    WijktwinError
        The data of the server cannot be used.
    """
    now = visit()
    shown = cache.published(settings())
    if now.own_neighbourhood is not None:
        return World(now.own_neighbourhood, dict(now.own_plans), shown, is_own=True)
    decided = settings()
    listed = {plan_id: plan for plan_id, plan in shown.plans.items() if may_be_listed(plan, decided=decided)}
    return World(shown.neighbourhood, listed | now.own_plans, shown)


def may_be_listed(plan: Plan, *, decided: Settings | None = None) -> bool:
    """Whether a visitor may know of a plan: drafts of the server only where it was told to show them."""
    return plan.is_for_residents or plan.is_withdrawn or not plan.published_by_server or (decided or settings()).shows_drafts


def scenario() -> Scenario:
    """The neighbourhood with the plans that this visitor switched on."""
    now, seen = visit(), world()
    now.plan_ids &= seen.plans.keys()
    try:
        return _scenario(now.plan_ids, seen)
    except PlanConflictError as error:  # the server's files changed meanwhile
        now.plan_ids, now.refusal = frozenset(), Refusal(error, "")
        return _scenario(now.plan_ids, seen)


def compared(seen: World) -> tuple[str, str]:
    """The pair that is compared; until the visitor chose one, today and what is on (or the first plan there is)."""
    now = visit()
    there = [plan.plan_id for plan in sorted(seen.offered, key=lambda plan: (plan.role is not PlanRole.PROPOSAL, plan.plan_id))]
    on = [plan_id for plan_id in sorted(now.plan_ids) if plan_id in there]
    first, second = now.compared or (NOW, next(iter(on + there), NOW))
    pair = (first if first in there else NOW, second if second in there else NOW)
    now.compared = pair
    return pair


def compare(first: str, second: str) -> None:
    """Compare two: plan ids, `NOW` for today."""
    visit().compared = (first, second)


def scenario_of(plan_id: str, seen: World) -> Scenario:
    """The neighbourhood with one plan, or as it is (`NOW`)."""
    return _scenario(frozenset({plan_id} - {NOW}), seen)


def _scenario(plan_ids: frozenset[str], seen: World) -> Scenario:
    """A combination of plans; shared with all visitors where all of it is the server's, else kept in this session.

    Raises
    ------
    PlanConflictError
        The plans cannot stand together.
    """
    now = visit()
    told = tuple((plan_id, seen.plans[plan_id].content_key) for plan_id in sorted(plan_ids))
    if not seen.is_own and plan_ids.isdisjoint(now.own_plans):
        return cache.published_scenario(seen.shown, seen.neighbourhood.key, told)
    key = (seen.neighbourhood.key, told)
    if key not in now.scenarios:
        made = Scenario(seen.neighbourhood, frozenset(seen.plans[plan_id] for plan_id in plan_ids))
        now.scenarios = dict([*now.scenarios.items(), (key, made)][-N_OWN_SCENARIOS:])
    return now.scenarios[key]


def is_shared(found: Scenario) -> bool:
    """Whether a scenario holds nothing of this visitor's own."""
    return visit().own_neighbourhood is None and all(plan.published_by_server for plan in found.plans)


def figures(found: Scenario) -> tuple[Assessment, ...]:
    """All figures of a scenario."""
    if is_shared(found):
        return cache.published_figures(found, found.key)
    now = visit()
    if found.key not in now.figures:
        now.figures = dict([*now.figures.items(), (found.key, assess(found))][-N_OWN_SCENARIOS:])
    return now.figures[found.key]


# ------------------------------------------------------------------------------------------------------ switching plans on
def switch(plan_id: str, *, is_on: bool) -> None:
    """Switch a plan on or off; when it cannot stand with the others they stay as they are, and the refusal is remembered."""
    now = visit()
    now.refusal = None
    if is_on:
        _try(now.plan_ids | {plan_id}, plan_id)
    else:
        _try(now.plan_ids - {plan_id}, plan_id)


def switch_instead(plan_id: str, away: tuple[str, ...]) -> None:
    """Switch a plan on and others off, in one go."""
    visit().refusal = None
    _try((visit().plan_ids - set(away)) | {plan_id}, plan_id)


def forget_refusal() -> None:
    """Leave everything as it is."""
    visit().refusal = None


def switch_all_off() -> None:
    """Back to the neighbourhood as it is now."""
    now = visit()
    now.plan_ids, now.refusal = frozenset(), None


def _try(plan_ids: frozenset[str], wanted: str) -> None:
    now, seen = visit(), world()
    now.unknown_plans, now.lost_plans, now.lost_file = (), (), ""
    try:
        _scenario(plan_ids & seen.plans.keys(), seen)
    except PlanConflictError as error:
        now.refusal = Refusal(error, wanted, in_the_way(wanted, plan_ids, seen))
    else:
        now.plan_ids = plan_ids & seen.plans.keys()


def in_the_way(plan_id: str, plan_ids: frozenset[str], seen: World) -> tuple[str, ...]:
    """Which of some plans cannot stand together with one."""
    wanted = seen.plans.get(plan_id)
    if wanted is None:
        return ()
    others = (seen.plans[other] for other in sorted(plan_ids - {plan_id}) if other in seen.plans)
    return tuple(other.plan_id for other in others if _exclude_each_other(wanted, other))


def _exclude_each_other(one: Plan, other: Plan) -> bool:
    known = visit().conflicts
    pair = frozenset({one.content_key, other.content_key})
    if pair not in known:
        known[pair] = conflict_between(one, other) is not None
    return known[pair]


def select(found: Picked | None, *, fly: bool = False, origin: Origin | None = None, point: tuple[float, float] | None = None) -> None:
    """Select a building, a plan's volume or another thing: its card is shown, it lights up in the scene, the camera may fly there.

    Parameters
    ----------
    origin
        Where its card is shown; where it was before when None.
    point
        Where on bare ground was pointed, real coordinates. [m]
    """
    now = visit()
    now.selected, now.point = found, point
    now.selected_in = origin or now.selected_in
    if fly and found is not None:
        fly_to(found)


def look_from(spot: tuple[float, float] | None) -> None:
    """Ask what is seen from a spot, real coordinates [m]; None asks no more. It stays in this visit."""
    visit().spot = spot


def fly_to(where: Picked | BaseGeometry, *, height: float | None = None) -> None:
    """Let the camera fly to a thing or a place, once; ``height`` is that of what stands there. [m]"""
    now = visit()
    now.n_flights += 1
    now.target = Target(where, f"flight-{now.n_flights}", height)


# ------------------------------------------------------------------------------------------------------------ of one's own
def count_upload(*, name: str) -> None:
    """Count an upload before it is read.

    Raises
    ------
    LimitError
        This visitor uploaded enough.
    """
    now = visit()
    if now.n_uploads >= MAX_UPLOADS_PER_VISIT:
        raise LimitError("pages.too_many_uploads", source=name, limit=MAX_UPLOADS_PER_VISIT)
    now.n_uploads += 1


def add_plan(plan: Plan, *, name: str) -> None:
    """Keep a plan of this visitor's own, and switch it on where that can be.

    Raises
    ------
    LimitError
        This visitor has as many as can be kept.
    InputError
        The server publishes another plan with the same id.
    """
    _keep_plan(plan, name=name)
    switch_instead(plan.plan_id, in_the_way(plan.plan_id, visit().plan_ids, world()))


def _keep_plan(plan: Plan, *, name: str) -> None:
    now, seen = visit(), world()
    if not seen.is_own and plan.plan_id in seen.shown.plans:
        published = seen.shown.plans[plan.plan_id]
        told = published.title if may_be_listed(published) else plan.plan_id  # nobody learns what a draft is called
        raise InputError("pages.plan_exists", source=name, plan=told, plan_id=plan.plan_id)
    if plan.plan_id not in now.own_plans and len(now.own_plans) >= MAX_OWN_PLANS:
        raise LimitError("pages.too_many_plans", source=name, limit=MAX_OWN_PLANS)
    now.own_plans = now.own_plans | {plan.plan_id: plan}


def remove_plan(plan_id: str) -> None:
    """Forget a plan of this visitor's own."""
    now = visit()
    now.refusal = None
    now.plan_ids -= {plan_id}
    now.own_plans = {own_id: plan for own_id, plan in now.own_plans.items() if own_id != plan_id}
    if now.selected is not None and now.selected.plan_id == plan_id:
        now.selected = None


def open_own(neighbourhood: Neighbourhood) -> None:
    """Look at a neighbourhood of the visitor's own; what was on in the server's is set aside until `close_own`."""
    now = visit()
    if now.own_neighbourhood is None:
        now.set_aside = (now.plan_ids, now.own_plans)
    now.own_neighbourhood = neighbourhood
    now.plan_ids, now.own_plans = frozenset(), {}
    _look_afresh(now)


def close_own() -> None:
    """Back to the server's neighbourhood, as it was left."""
    now = visit()
    now.own_neighbourhood = None
    now.plan_ids, now.own_plans = now.set_aside
    now.set_aside = (frozenset(), {})
    _look_afresh(now)


def _look_afresh(now: Visit) -> None:
    now.selected, now.street, now.refusal, now.target = None, None, None, None
    now.compared, now.point, now.spot = None, None, None
    now.scenarios, now.figures, now.conflicts = {}, {}, {}
