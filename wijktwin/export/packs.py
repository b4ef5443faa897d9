"""Sets of pictures for a council: what a plan looks like from the street, from above and from public places, and its shadows.

Every place is shown as it is today, with what is allowed already, with the plan and with the alternative: the same place, the same
direction, the same light.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Final, Protocol

import wijktwin
from wijktwin.appearance import Camera, View
from wijktwin.errors import InputError
from wijktwin.export.contact_sheet import Cell, Thumbnails, contact_sheet
from wijktwin.export.drawn import Stills
from wijktwin.export.home_views import HomeView
from wijktwin.export.key_map import key_map
from wijktwin.export.links import Walker, link_to
from wijktwin.export.papers import PAPERS, Size
from wijktwin.export.perspective import Anchor, MapView
from wijktwin.export.picture import Wanted, picture, words_around
from wijktwin.export.sets import Job, MadeFrom, SetKind, key_for
from wijktwin.export.sheet import Room, shared_room
from wijktwin.export.standpoints import BEARINGS, Ground, Lookout, Standpoint
from wijktwin.export.telling import Teller
from wijktwin.impacts.shadow_moments import shadow_days
from wijktwin.impacts.shared import sun_place
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Plan, PlanRole
from wijktwin.model.plan_groups import building, in_order
from wijktwin.model.scenario import Scenario
from wijktwin.words.numbers import NO_BREAK, format_number
from wijktwin.words.texts import text

SHADOW_REACH: Final = 3.0
"""Shadows are shown so far around the plan, in heights of its tallest building."""
LEAST_REACH: Final = 90.0
"""[m]"""
ABOUT: Final = 5
"""Distances are told to this. [m]"""


class Viewer(Stills, Protocol):
    """Draws stills, and knows where things stand in them: `layers.stills.Studio`."""

    anchor: Anchor
    neighbourhood: Neighbourhood

    @property
    def ground(self) -> Ground:
        """The ground as it is drawn."""
        ...

    def view(self, scenarios: Sequence[Scenario], place: View) -> MapView:
        """One of the places to look from."""
        ...

    def framed(self, camera: Camera) -> MapView:
        """The view in which a box fits."""
        ...

    def standing(self, walker: Walker, *, above: float = ...) -> MapView:
        """What somebody on the ground sees."""
        ...

    def walker_at(self, x: float, y: float, *, towards: tuple[float, float], up: float = 0.0) -> Walker:
        """Somebody in a place who looks towards another."""
        ...


@dataclass(frozen=True)
class Shown:
    """A scenario in a set.

    Parameters
    ----------
    name
        In the names of files.
    is_shared
        A link finds it: nothing in it is a visitor's own.
    """

    name: str
    label: str
    scenario: Scenario
    is_shared: bool = True


def scenarios_of(neighbourhood: Neighbourhood, plans: Sequence[Plan], teller: Teller, *, is_own: bool = False) -> list[Shown]:
    """Today, and every plan that builds something by itself: what is allowed, the plan, the alternative.

    Parameters
    ----------
    is_own
        The neighbourhood is a visitor's own.
    """
    found = [Shown("today", text("export_pack.role_today", teller.language), Scenario(neighbourhood), is_shared=not is_own)]
    for plan in building(in_order(plans)):
        label = _label(text(f"export_pack.role_{plan.role}", teller.language), plan.title.in_language(teller.language))
        scenario = Scenario(neighbourhood, frozenset([plan]))
        found.append(Shown(f"{plan.role}-{plan.plan_id}".lower(), label, scenario, is_shared=plan.published_by_server and not is_own))
    return found


def _label(role: str, title: str) -> str:
    """What a plan is, and its title where that does not say it already."""
    return title if title.casefold().startswith(role.casefold()) else f"{role}: {title}"


# ------------------------------------------------------------------------------------------------------------- council pack
def council_pack(
    viewer: Viewer, shown: Sequence[Shown], teller: Teller, size: Size, *, moment: datetime | None = None,
    homes: Sequence[HomeView] = (), consent: str = "",
) -> list[Job]:  # fmt: skip
    """The files of a council pack: a key map, and every standpoint and the view from above for every scenario.

    Parameters
    ----------
    consent
        Who says that the residents of the homes agree, told on every such sheet.

    Raises
    ------
    InputError
        No plan builds anything, the data has no streets, or homes are asked for without consent.
    """
    if homes and not consent.strip():
        raise InputError("stills.no_consent")
    lookout = Lookout([each.scenario for each in shown], viewer.ground)
    if not lookout.has_plan:
        raise InputError("stills.no_plan_to_see")
    standpoints = lookout.on_streets()
    if not standpoints:
        raise InputError("stills.no_streets", name=viewer.neighbourhood.name)
    standpoints += lookout.on_ground()
    lookouts = {each.name: Lookout([each.scenario], viewer.ground) for each in shown}
    jobs = [_map_job(viewer, shown, standpoints, teller, size, lookouts=lookouts, homes=homes)]
    for number, standpoint in enumerate(standpoints, start=1):
        walker = viewer.walker_at(standpoint.x, standpoint.y, towards=standpoint.towards, up=standpoint.up)
        wanted = Wanted(viewer.standing(walker), moment, _title(standpoint, teller))
        name = f"{number}-{standpoint.side or standpoint.where}"
        told = [replace(wanted, notes=_notes(standpoint, number, lookouts[each.name], teller)) for each in shown]
        sheets = [_sheet(each, one, teller, name=name, walker=walker) for each, one in zip(shown, told, strict=True)]
        jobs += _jobs(viewer, sheets, teller, size, kind=SetKind.PACK)
    above = Wanted(viewer.view([each.scenario for each in shown], View.PLAN), moment, _named("title_above", teller))
    jobs += _jobs(viewer, [_sheet(each, above, teller, name="above") for each in shown], teller, size, kind=SetKind.PACK)
    for number, home in enumerate(homes, start=len(standpoints) + 1):
        seen = lookout.looked_at(home.x, home.y, where=home.address, above=home.above)
        walker = viewer.walker_at(home.x, home.y, towards=seen.towards, up=seen.up)
        wanted = Wanted(
            viewer.standing(walker, above=home.above), moment, _named("title_home", teller, place=home.address), eye=home.above
        )  # fmt: skip
        told = [replace(wanted, notes=_home_notes(home, number, lookouts[each.name], consent, teller)) for each in shown]
        sheets = [_sheet(each, one, teller, name=f"{number}-home", is_home=True) for each, one in zip(shown, told, strict=True)]
        jobs += _jobs(viewer, sheets, teller, size, kind=SetKind.PACK)
    return jobs


@dataclass(frozen=True)
class _Sheet:
    """One sheet among others that show the same place."""

    file_name: str
    scenario: Scenario
    wanted: Wanted


def _sheet(
    shown: Shown, wanted: Wanted, teller: Teller, *, name: str, walker: Walker | None = None, is_home: bool = False
) -> _Sheet:  # fmt: skip
    """A sheet with its title and link; none to a home, for links name a street at most, and none to what is a visitor's own."""
    scenario = shown.scenario
    link = "" if is_home or not shown.is_shared else link_to(
        [plan.plan_id for plan in scenario.plans], language=teller.language, time_zone=scenario.neighbourhood.time_zone,
        moment=wanted.moment, view=wanted.view if walker is None else None, walker=walker,
    )  # fmt: skip
    return _Sheet(f"{name}-{shown.name}.png", scenario, replace(wanted, link=link, title=f"{wanted.title} – {shown.label}"))


def _jobs(stills: Stills, sheets: Sequence[_Sheet], teller: Teller, size: Size, *, kind: SetKind) -> list[Job]:
    """Sheets whose pictures have one size, so that they can be laid beside each other."""
    together = key_for([(each.scenario.key, each.wanted) for each in sheets], teller.language, teller.base_address, teller.made_on, size)

    @cache
    def room() -> Room:
        return shared_room((words_around(each.scenario, each.wanted, teller, PAPERS[size]) for each in sheets), PAPERS[size])

    def job(each: _Sheet) -> Job:
        key = key_for(together, each.file_name, wijktwin.__version__)
        made_from = MadeFrom(kind, frozenset(plan.plan_id for plan in each.scenario.plans), each.scenario.key)
        return Job(each.file_name, key, lambda: picture(stills, each.scenario, each.wanted, teller, size, room=room()), made_from)

    return [job(each) for each in sheets]


def _map_job(
    viewer: Viewer, shown: Sequence[Shown], standpoints: Sequence[Standpoint], teller: Teller, size: Size, *,
    lookouts: Mapping[str, Lookout], homes: Sequence[HomeView],
) -> Job:  # fmt: skip
    built = [each for each in shown if lookouts[each.name].has_plan]
    last = next((each for each in built if each.name.startswith(PlanRole.PROPOSAL)), built[-1])
    seen = [lookouts[last.name].looked_at(home.x, home.y, where=home.address, above=home.above) for home in homes]
    places = (*standpoints, *seen)
    xs, ys = [one.x for one in places], [one.y for one in places]
    west, south, east, north = lookouts[last.name].plan.bounds
    margin = 40.0
    camera = Camera((min(*xs, west) - margin, min(*ys, south) - margin, max(*xs, east) + margin, max(*ys, north) + margin))
    lines = tuple(" ".join(_notes(one, number, lookouts[last.name], teller)) for number, one in enumerate(standpoints, start=1))
    lines += tuple(
        " ".join(_home_notes(home, number, lookouts[last.name], "", teller)) for number, home in enumerate(homes, start=len(lines) + 1)
    )
    notes = (*lines, text("export_pack.chosen_by", teller.language), text("export_pack.map_note", teller.language))
    wanted = Wanted(viewer.framed(camera), None, _named("title_map", teller), notes)
    walkers = [viewer.walker_at(one.x, one.y, towards=one.towards) for one in places]
    key = key_for(last.scenario.key, wanted, walkers, teller.language, teller.made_on, size, wijktwin.__version__)
    return Job(
        "0-map.png", key, lambda: key_map(viewer, last.scenario, wanted, walkers=walkers, teller=teller, size=size, anchor=viewer.anchor)
    )


def _title(one: Standpoint, teller: Teller) -> str:
    if one.side is not None:
        return _named("title_from", teller, direction=teller.direction(BEARINGS[one.side]))
    return _named("title_place", teller, place=text(f"export_pack.place_{one.where}", teller.language))


def _named(key: str, teller: Teller, **values: object) -> str:
    return text(f"export_pack.{key}", teller.language, name=teller.neighbourhood.name, **values)


def _notes(one: Standpoint, number: int, lookout: Lookout, teller: Teller) -> tuple[str, ...]:
    """Where a standpoint is, and how much is seen from it of what is built in the picture; nothing of that where nothing is."""
    own = lookout.looked_at(one.x, one.y, where=one.where) if lookout.has_plan else None
    found = _where(one, number, (own or one).distance, teller)
    if own is None:
        return (found,)
    if own.is_seen:
        return (f"{found} {seen_text(own, teller)}",)
    return found, text("export_pack.hidden" if one.is_seen or one.side is None else "export_pack.hidden_side", teller.language)


def _where(one: Standpoint, number: int, metres: float, teller: Teller) -> str:
    """Where a standpoint is, and how far from a plan. [m]"""
    language = teller.language
    told = {"number": number, "distance": distance_text(metres)}
    if one.side is None:
        return text("export_pack.on_place", language, place=text(f"export_pack.place_{one.where}", language), **told)
    return text("export_pack.on_street", language, street=one.where or text("export_pack.unnamed_street", language), **told)


def distance_text(metres: float) -> str:
    """How far it is, to `ABOUT`. [m]"""
    return f"{ABOUT * round(metres / ABOUT)}{NO_BREAK}m"


def seen_text(own: Standpoint, teller: Teller) -> str:
    """How much of what is built is seen."""
    share, leaf = (f"{format_number(100.0 * each, teller.language)}%" for each in (own.share, own.share_in_leaf))
    return text("export_pack.seen", teller.language, share=share, leaf=leaf)


def _home_notes(home: HomeView, number: int, lookout: Lookout, consent: str, teller: Teller) -> tuple[str, ...]:
    """Where a window is, how much is seen from it, and who says that its residents agree where that is to be told."""
    height = height_text(home.above, teller)
    found = [text("export_pack.from_home", teller.language, number=number, address=home.address, height=height)]
    if lookout.has_plan:
        own = lookout.looked_at(home.x, home.y, where=home.address, above=home.above)
        found.append(seen_text(own, teller) if own.is_seen else text("export_pack.hidden", teller.language))
    return (*found, text("export_pack.consent", teller.language, consent=consent.strip())) if consent else tuple(found)


def height_text(metres: float, teller: Teller) -> str:
    """A height in words. [m]"""
    return f"{format_number(metres, teller.language, decimals=1)}{NO_BREAK}m"


# --------------------------------------------------------------------------------------------------------------- shadow set
def shadow_view(viewer: Viewer, shown: Sequence[Shown]) -> MapView:
    """From straight above, with so much around the plans that long shadows are in the picture."""
    lookout = Lookout([each.scenario for each in shown], viewer.ground)
    if not lookout.has_plan:
        raise InputError("stills.no_plan_to_see")
    reach = max(LEAST_REACH, SHADOW_REACH * lookout.height)
    west, south, east, north = lookout.plan.bounds
    return viewer.framed(Camera((west - reach, south - reach / 2, east + reach, north + reach)))


def shadow_moments(neighbourhood: Neighbourhood, year: int) -> list[datetime]:
    """The usual moments of a shadow study in a year."""
    place = sun_place(neighbourhood)
    return [place.moment(day.in_year(year), hour) for day in shadow_days() for hour in day.hours]


def shadow_set(viewer: Viewer, shown: Sequence[Shown], teller: Teller, size: Size, *, year: int, view: MapView | None = None) -> list[Job]:
    """The files of a shadow set: one contact sheet, and every scenario at every moment from one camera.

    Raises
    ------
    InputError
        No plan builds anything.
    """
    seen = view or shadow_view(viewer, shown)
    moments = shadow_moments(viewer.neighbourhood, year)
    cells = [Cell(each.label, each.scenario, moment) for moment in moments for each in shown]
    title = _named("title_sheet", teller)
    key = key_for([each.scenario.key for each in shown], seen, moments, teller.language, teller.made_on, wijktwin.__version__)
    sheets: list[_Sheet] = []
    small = Thumbnails(viewer)
    for moment in moments:
        day, time, _ = teller.moment(moment)
        notes = (text("export_pack.low_sun_note", teller.language),) if teller.is_very_low(moment) else ()
        wanted = Wanted(seen, moment, _named("title_shadow", teller, day=day, time=time), notes)
        sheets += [_sheet(each, wanted, teller, name=f"{moment:%m-%d-%H%M}") for each in shown]
    jobs = _jobs(small, sheets, teller, size, kind=SetKind.SHADOWS)
    return [*jobs, Job("0-contact-sheet.png", key, lambda: contact_sheet(small, cells, seen, teller, title=title, columns=len(shown)))]
