"""What plans look like: the places to look from on a small map, and from each of them today beside the plans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wijktwin.export.report.blocks import Block, Picture, beside, bullets, figure, heading, legend, paragraph, pictures
from wijktwin.export.report.key_map import WIDE, key_map, plan_shapes, window
from wijktwin.export.report.summary_chapter import map_sources

if TYPE_CHECKING:
    from wijktwin.export.report.material import Material
    from wijktwin.export.report.place_views import PlaceView, SiteViews

AROUND_PLACES: Final = 40.0
"""So much is shown around the places to look from. [m]"""
LETTER: Final = 26.0
"""On a map of half the width. [units of the drawing]"""
SMALL_MAP: Final = 50.0
LARGE_MAP: Final = 66.0
"""Of the width of the text, where one plan and where several share the place; the legend stands beside it. [%]"""


def views(material: Material) -> list[Block]:
    """Every site: a map with the places to look from, and what is seen from each; nothing where no pictures were made."""
    if not material.views:
        return []
    t = material.t
    found = [heading(t("views")), paragraph(t("views_lead"))]
    for site in material.views:
        found.append(heading(material.group_name(site.plans), level=2))
        standpoints = places_picture(material, site)
        has_many = len(site.plans) > 1
        n = 3 if standpoints is None else 1 if has_many else 2
        explained = [legend(t("views_legend"), site.legend, n=n)] if site.legend and site.views else []
        share = LARGE_MAP if has_many else SMALL_MAP
        found += [beside(figure(standpoints), explained, share=share)] if standpoints is not None else explained
        found += [pictures(view.title, view.caption, [(one.title, one.picture, one.why) for one in view.drawn]) for view in site.views]
        found += [bullets(site.remarks)] if site.remarks else []
    return found


def places_picture(material: Material, site: SiteViews) -> Picture | None:
    """Where one stands, by number, with the plans of the site; None where one stands nowhere."""
    stands = [view for view in site.views if view.place is not None]
    if not stands:
        return None
    return material.drawn_once(f"places-{site.plans[0].plan_id}", lambda: _places(material, site, stands))


def _places(material: Material, site: SiteViews, stands: list[PlaceView]) -> Picture:
    t, neighbourhood = material.t, material.neighbourhood
    marks = [(view.number, view.place) for view in stands if view.place is not None]
    shapes = [shape for plan in site.plans for shape in plan_shapes(plan, neighbourhood)]
    bounds = window([*shapes, *(place for _, place in marks)], margin=AROUND_PLACES, ratio=WIDE)
    lettered = [(material.letters[plan.plan_id], plan) for plan in site.plans]
    content = key_map(neighbourhood, lettered, material.language, bounds=bounds, places=marks, letter=LETTER)
    where = "; ".join(view.title for view in stands)
    caption = t("views_map", sources=map_sources(material))
    return Picture(f"places-{site.plans[0].plan_id}", content, "svg", t("views_map_alt", where=where), caption)


def all_pictures(material: Material) -> list[Picture]:
    """Every picture that `views` shows."""
    drawn = [one.picture for site in material.views for view in site.views for one in view.drawn if one.picture is not None]
    return [*drawn, *(picture for site in material.views if (picture := places_picture(material, site)) is not None)]
