"""What plans look like: one place and one direction for today and for the plans of a site, as the scene draws them.

Street level comes from the places from which most of the plans is seen (`wijktwin.export.standpoints`), and there is a view from above.
Every picture says that it is calculated, from where and in which light. One that cannot be drawn is told in words in its place.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from PIL import Image

from wijktwin.appearance import View
from wijktwin.errors import WijktwinError
from wijktwin.export.drawn import Shot
from wijktwin.export.packs import distance_text, height_text, seen_text
from wijktwin.export.perspective import EYE_HEIGHT, NEAREST, SCREEN, WALKING_FIELD
from wijktwin.export.report.blocks import Picture
from wijktwin.export.report.material import TODAY, Material
from wijktwin.export.report.summary_chapter import first_said
from wijktwin.export.standpoints import Lookout, Standpoint
from wijktwin.export.stills import NoDrawingError
from wijktwin.export.telling import Teller
from wijktwin.impacts.progress import CancelledError
from wijktwin.impacts.shadow_moments import shadow_days
from wijktwin.impacts.shared import sun_place
from wijktwin.model.scenario import Scenario
from wijktwin.words.texts import text

if TYPE_CHECKING:
    import datetime as dt

    from wijktwin.export.legend_marks import LegendLine
    from wijktwin.export.packs import Viewer
    from wijktwin.export.perspective import MapView
    from wijktwin.model.plan import Plan, Volume

IN_REPORT: Final = (1200, 660)
ON_POSTER: Final = (1100, 1100)
"""Width and height of the pictures, for half the width of a page. [px]"""
HOUR: Final = 12
"""Of the clock, on the first of the usual days of shadow studies. [h]"""
MOST_STREETS: Final = 2
"""So many places on streets a report has for each site."""
EDGE_ROOM: Final = 1.06
"""So much more is seen than what has to be."""
WIDEST: Final = 1.7
QUALITY: Final = 88
"""Of JPEG, from 0 to 100."""

Listen = Callable[[float], None]
"""Hears which share is drawn, and raises `CancelledError` where nobody waits any more."""
Legends = Mapping[tuple[str, bool], Sequence["LegendLine"]]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One picture of a place, or why there is none.

    Parameters
    ----------
    plan_id
        `TODAY` for none.
    title
        What is shown: "Nu", "B · De Torens".
    """

    plan_id: str
    title: str
    picture: Picture | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A place to look from, and everything that was drawn from there.

    Parameters
    ----------
    number
        Of a place on the key map; "" for the view from above.
    caption
        Where one stands, the height of the eye, the direction, the sun, and that it is calculated.
    place
        In real coordinates [m]; None from above.
    """

    title: str
    caption: str
    drawn: tuple[Drawn, ...] = field(repr=False)
    number: str = ""
    place: shapely.Point | None = None


@dataclass(frozen=True, slots=True)
class SiteViews:
    """The places from which one site is looked at.

    Parameters
    ----------
    remarks
        What is not to be seen, and why.
    legend
        What the colours of plans and shade mean.
    """

    plans: tuple[Plan, ...]
    views: tuple[PlaceView, ...]
    remarks: tuple[str, ...] = ()
    legend: tuple[LegendLine, ...] = ()


@dataclass(frozen=True, slots=True)
class _Stand:
    """From where is looked, before anything is drawn."""

    title: str
    told: str
    view: MapView
    place: shapely.Point | None = None


def _nobody(_share: float) -> None:
    """Nobody listens."""


def with_views(
    material: Material, viewer: Viewer, *, legends: Legends | None = None, on_posters: bool = False, listen: Listen = _nobody
) -> Material:  # fmt: skip
    """The same material with pictures of every site, or of every plan where they go on posters.

    Parameters
    ----------
    legends
        The lines of the legend by the key of the scenario, with shade.
    on_posters
        Gives each plan one place, the best, and square pictures.
    """
    sites = [[plan] for plan in material.plans] if on_posters else material.groups
    maker = _Maker(material, viewer, legends or {}, on_posters=on_posters)
    found = []
    for done, plans in enumerate(sites):
        found.append(maker.site(plans, lambda share, done=done: listen((done + share) / len(sites))))  # type: ignore[misc]
    listen(1.0)
    return replace(material, views=tuple(found))


class _Maker:
    """Draws what is seen of sites."""

    def __init__(self, material: Material, viewer: Viewer, legends: Legends, *, on_posters: bool) -> None:
        self._material = material
        self._viewer = viewer
        self._legends = legends
        self._on_posters = on_posters
        self._size = ON_POSTER if on_posters else IN_REPORT
        self._teller = Teller(material.neighbourhood, material.language, material.made_on)
        self._moment = _noon(material)
        self._cannot = ""

    def site(self, plans: Sequence[Plan], listen: Listen) -> SiteViews:
        """All places of one site."""
        shown = {TODAY: self._material.scenarios[TODAY]} | {plan.plan_id: self._material.scenarios[plan.plan_id] for plan in plans}
        listen(0.0)
        words = self._words(plans)
        stands, remarks = self._stands(plans, list(shown.values()))
        views = []
        for number, stand in enumerate(stands, start=1):
            drawn = []
            for plan_id, scenario in shown.items():
                drawn.append(self._drawn(stand, plan_id, scenario, site=plans[0].plan_id, words=words[plan_id]))
                listen(((number - 1) + len(drawn) / len(shown)) / len(stands))
            mark = str(number) if stand.place is not None else ""
            views.append(PlaceView(self._title(stand, mark), self._caption(stand), tuple(drawn), mark, stand.place))
        return SiteViews(tuple(plans), tuple(views), tuple(remarks), self._legend(list(shown.values())))

    # ------------------------------------------------------------------------------------------------------ where to stand
    def _stands(self, plans: Sequence[Plan], scenarios: Sequence[Scenario]) -> tuple[list[_Stand], list[str]]:
        t, remarks = self._material.t, []
        lookout = Lookout(scenarios, self._viewer.ground)
        found = sorted(lookout.on_streets(), key=lambda one: (-round(one.share, 1), -one.share_in_leaf, str(one.side)))
        seen = [one for one in found if one.is_seen]
        if not lookout.has_plan:
            remarks.append(t("view_builds_nothing"))
        elif not found:
            remarks.append(t("view_no_street"))
        elif not seen:
            remarks.append(t("view_hidden"))
        stands = [self._on_street(one, scenarios, is_one=len(plans) == 1) for one in seen[: 1 if self._on_posters else MOST_STREETS]]
        if not stands or not self._on_posters:
            try:
                view = self._viewer.view(scenarios, View.PLAN)
            except WijktwinError:
                remarks.append(t("view_nothing"))
            else:
                direction = self._teller.direction(view.bearing)
                stands.append(_Stand(t("view_above"), t("view_above_told", direction=direction), view))
        return stands, remarks

    def _on_street(self, one: Standpoint, scenarios: Sequence[Scenario], *, is_one: bool) -> _Stand:
        walker = self._viewer.walker_at(one.x, one.y, towards=one.towards, up=one.up)
        view = self._viewer.standing(walker)
        wide, high = self._size
        told = self._material.t(
            "view_street_told" if is_one else "view_street_told_plans",
            distance=distance_text(one.distance), height=height_text(EYE_HEIGHT, self._teller),
            direction=self._teller.direction(walker.bearing),
        )  # fmt: skip
        if is_one:
            told = f"{told} {seen_text(one, self._teller)}"
        title = self._material.t(
            "view_street", street=one.where or text("export_pack.unnamed_street", self._material.language),
            side=self._teller.direction(walker.bearing + 180.0),
        )  # fmt: skip
        ground = float(self._viewer.ground.at(np.array([[one.x, one.y]]))[0])
        wider = widening(one, ground + EYE_HEIGHT, [volume for each in scenarios for _, volume in each.volumes], wide / high)
        return _Stand(title, told, replace(view, screen_width=SCREEN[1] * wide / high * wider), shapely.Point(one.x, one.y))

    def _title(self, stand: _Stand, number: str) -> str:
        return stand.title if not number or self._on_posters else self._material.t("view_numbered", number=number, title=stand.title)

    def _caption(self, stand: _Stand) -> str:
        day, time, clock = self._teller.moment(self._moment)
        told = [self._material.t("view_calculated"), stand.told, self._material.t("view_sun", day=day, time=time, clock=clock)]
        return " ".join([*told, *([self._material.banner] if self._material.banner else [])])

    # ------------------------------------------------------------------------------------------------------------- drawing
    def _words(self, plans: Sequence[Plan]) -> dict[str, tuple[str, str]]:
        """The title of a picture of each plan and of today, and what it shows, by plan id."""
        material = self._material
        said = {plan.plan_id: (material.name(plan), f"{material.title_of(plan)}. {first_said(material, plan)}") for plan in plans}
        return {TODAY: (material.t("view_today"), material.t("view_alt_today"))} | said

    def _drawn(self, stand: _Stand, plan_id: str, scenario: Scenario, *, site: str, words: tuple[str, str]) -> Drawn:
        t, (title, shows) = self._material.t, words
        alt = t("view_alt", where=stand.title, shows=shows)
        why = self._cannot
        if not why:
            try:
                pixels = self._viewer.draw(scenario, Shot(stand.view, self._size, self._moment))
            except NoDrawingError as error:
                why = error.sentence(self._material.language)
                self._cannot = why if error.key == "stills.no_drawing" else ""  # nothing else could be drawn either
            except CancelledError:
                raise
            except WijktwinError as error:
                why = error.sentence(self._material.language)
            except Exception:  # noqa: BLE001 - whatever it is: the report says that a picture is missing, the log says why
                _log.exception("a picture of a report could not be drawn")
                why = t("view_failed")
            else:
                content = io.BytesIO()
                Image.fromarray(pixels).save(content, "JPEG", quality=QUALITY)
                place = View.PLAN if stand.place is None else f"{stand.place.x:.0f}-{stand.place.y:.0f}"
                name = f"view-{site}-{place}-{plan_id}"
                return Drawn(plan_id, title, Picture(name, content.getvalue(), "jpg", alt, title))
        return Drawn(plan_id, title, None, t("view_missing", why=why))

    def _legend(self, scenarios: Sequence[Scenario]) -> tuple[LegendLine, ...]:
        """What plans and shade look like; what stands there today is told by the map."""
        lines = {line.words: line for each in scenarios for line in self._legends.get((each.key, True), ())}
        return tuple(line for line in lines.values() if line.outline is not None or line.is_on_ground)


def widening(one: Standpoint, eye: float, volumes: Sequence[Volume], ratio: float) -> float:
    """How many times as much has to be seen as who walks sees from top to bottom, so that volumes are in the picture whole.

    Parameters
    ----------
    eye
        Height of the eye. [m NAP]
    ratio
        How many times as wide as high the picture is.

    Returns
    -------
    wider
        From 1 to `WIDEST`: what stands very near is cut rather than made small.
    """
    corners = [
        (x, y, height)
        for volume in volumes
        if not volume.is_below_ground
        for x, y in shapely.get_coordinates(volume.footprint)
        for height in (volume.ground_level, volume.top)
    ]
    if not corners:
        return 1.0
    across, north, up = (np.array(corners) - (one.x, one.y, eye)).T
    bearing, rise = np.arctan2(one.towards[0] - one.x, one.towards[1] - one.y), np.radians(one.up)
    level = across * np.sin(bearing) + north * np.cos(bearing)
    ahead = level * np.cos(rise) + up * np.sin(rise)
    aside = across * np.cos(bearing) - north * np.sin(bearing)
    above = up * np.cos(rise) - level * np.sin(rise)
    is_before = ahead > NEAREST
    half = np.tan(np.radians(WALKING_FIELD) / 2.0)
    needed = np.maximum(np.abs(aside) / ratio, np.abs(above))[is_before] / ahead[is_before] / half
    return float(np.clip(EDGE_ROOM * needed.max(initial=0.0), 1.0, WIDEST))


def _noon(material: Material) -> dt.datetime:
    day = shadow_days()[0].in_year(material.made_on.year)
    return sun_place(material.neighbourhood).moment(day, HOUR)
