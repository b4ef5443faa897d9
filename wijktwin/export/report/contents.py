"""A report as data: every block in order, and the pictures that it shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from wijktwin import __version__
from wijktwin.export.report import account_chapter, figures_chapter, norms_chapter, summary_chapter, views_chapter
from wijktwin.export.report.blocks import legend, pictures
from wijktwin.export.report.material import TODAY, Material, capital
from wijktwin.export.report.place_views import Drawn
from wijktwin.model.plan import PlanRole
from wijktwin.words.numbers import format_date
from wijktwin.words.plan_card import status_text
from wijktwin.words.texts import name_of, source_text, text

if TYPE_CHECKING:
    import datetime as dt

    from wijktwin.errors import Language
    from wijktwin.export.legend_marks import LegendLine
    from wijktwin.export.report.blocks import Block, Picture
    from wijktwin.export.report.house_style import HouseStyle
    from wijktwin.export.report.place_views import SiteViews
    from wijktwin.model.plan import Plan

TALL: Final = 0.8
"""How many times as wide as high the maps of a poster are."""
SENTENCES: Final = 5
"""So many a poster has."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What the typesetter gets.

    Parameters
    ----------
    template
        "report" or "poster".
    told
        JSON.
    files
        Pictures by name.
    """

    template: str
    told: Mapping[str, Any]
    files: Mapping[str, bytes] = field(repr=False)


def report(material: Material, style: HouseStyle) -> Paper:
    """The whole report."""
    blocks: list[Block] = [
        *summary_chapter.summary(material),
        *summary_chapter.plans(material),
        *views_chapter.views(material),
        *figures_chapter.beside(material),
        *figures_chapter.homes(material),
        *norms_chapter.norms(material),
        *norms_chapter.claims(material),
        *account_chapter.reactions(material),
        *account_chapter.assumptions(material),
        *account_chapter.methods(material),
        *account_chapter.sources(material),
        *account_chapter.versions(material),
    ]
    opening, annex = summary_chapter.opening(material), figures_chapter.each_plan(material)
    told = {**_front(material, style), "opening": opening, "blocks": blocks, "annex": annex}
    drawn = [summary_chapter.overview_picture(material), *(summary_chapter.plan_picture(material, plan) for plan in material.plans)]
    return Paper("report", told, _files([*drawn, *views_chapter.all_pictures(material)], style))


def posters(material: Material, style: HouseStyle) -> Paper:
    """One page for each plan: before and after, and five sentences."""
    t = material.t
    made, drawn = [], []
    for plan in material.plans:
        pair, caption = before_and_after(material, plan)
        drawn += [one.picture for one in pair]
        after = "after_allowed" if plan.role is PlanRole.ALLOWED else "after"
        titles = {TODAY: t("poster_before"), plan.plan_id: t(f"poster_{after}")}
        made.append(
            {
                "title": material.title_of(plan),
                "lead": t("poster_lead", role=capital(name_of("role", plan.role, material.language)),
                          party=name_of("party", plan.party, material.language), status=status_text(plan, material.language)),
                "pictures": pictures("", caption, [(titles[one.plan_id], one.picture, one.why) for one in pair]),
                "legend": legend("", _legend_of(material, plan))["lines"],
                "sentences": five_sentences(material, plan),
            }
        )  # fmt: skip
    told = {**_front(material, style), "posters": made, "no_formal_view": t("no_formal_view"), "more": t("poster_more")}
    return Paper("poster", told, _files(drawn, style))


def before_and_after(material: Material, plan: Plan) -> tuple[list[Drawn], str]:
    """Two pictures of one place and what is said of both: the view that was drawn, else key maps; none where the plan draws nothing."""
    own = next((site for site in _sites(material, plan) if site.views), None)
    sources = "; ".join(dict.fromkeys(source_text(each, material.language) for each in (*material.neighbourhood.sources, plan.source)))
    told = material.t("poster_sources", sources=sources)
    if own is not None:
        view = next((each for each in own.views if each.number), own.views[0])
        pair = [one for one in view.drawn if one.plan_id in {TODAY, plan.plan_id}]
        if any(one.picture is not None for one in pair):
            return pair, " ".join([f"{view.title}.", view.caption, *own.remarks, told])
    maps = {
        plan_id: summary_chapter.plan_picture(material, plan, shows_plan=bool(plan_id), ratio=TALL, sources=sources)
        for plan_id in (TODAY, plan.plan_id)
    }
    why = [one.why for site in _sites(material, plan) for view in site.views for one in view.drawn if one.why][:1]
    return [Drawn(plan_id, "", picture) for plan_id, picture in maps.items() if picture is not None], " ".join([*why, told])


def _legend_of(material: Material, plan: Plan) -> tuple[LegendLine, ...]:
    """What the colours of its picture mean; none beside a map."""
    own = [site for site in _sites(material, plan) if any(one.picture for view in site.views for one in view.drawn)]
    return own[0].legend if own else ()


def _sites(material: Material, plan: Plan) -> list[SiteViews]:
    return [site for site in material.views if plan.plan_id in {each.plan_id for each in site.plans}]


def five_sentences(material: Material, plan: Plan) -> list[str]:
    """What comes, who loses, who gains and what nobody knows, in five sentences.

    Of each part the first that is told, of what nobody knows the last; then what comes, who loses and who gains by turns, and more of what
    nobody knows, as long as there is room. Sentences that belong together stay together: where that fills the room, as it does for what is
    only allowed, of which nobody knows whether it comes, that already says what nobody knows. What is supposed is said once.
    """
    parts = {part.key: part.wholes for part in summary_chapter.summary_parts(material, plan)}
    taken = dict.fromkeys(("comes", "loses", "gains"), 1)
    *others, last = parts["unknown"]
    room = SENTENCES - len(last)

    def told() -> list[str]:
        return list(dict.fromkeys(sentence for key, n in taken.items() for whole in parts[key][:n] for sentence in whole))

    for key in list(taken) * SENTENCES:
        following = parts[key][taken[key] : taken[key] + 1]
        if following and len(told()) + len(following[0]) <= room:
            taken[key] += 1
    found = told()
    more = [sentence for whole in others for sentence in whole][: max(room - len(found), 0)]
    return [*found, *more, *(last if len(found) + len(last) <= SENTENCES else ())]


def _front(material: Material, style: HouseStyle) -> dict[str, Any]:
    t, day = material.t, material.made_on
    name = material.neighbourhood.name
    return cover(name, style, language=material.language, made_on=day, banner=material.banner) | {
        "title": t("title", name=name),
        "subtitle": t("subtitle"),
        "made_on": " · ".join(each for each in (style.organisation, t("made_on", date=format_date(day, material.language))) if each),
        "words": {each: t(each) for each in ("page", "page_of")},
    }


def cover(name: str, style: HouseStyle, *, language: Language, made_on: dt.date, banner: str) -> dict[str, Any]:
    """What every paper says of itself: its language, whose it is, of what day, that it is made up where it is, and its house style."""

    def t(key: str, **values: object) -> str:
        return text(f"report.{key}", language, **values)

    return {
        "language": language,
        "author": style.organisation or "Wijktwin",
        "date": [made_on.year, made_on.month, made_on.day],
        "banner": banner,
        "foot": t("foot", name=name, version=__version__, date=format_date(made_on, language)),
        "style": {
            "colours": dict(style.colours),
            "fonts": [],
            "contact": style.contact,
            "logo": f"logo.{style.logo_suffix}" if style.logo else "",
            "logo_alt": t("logo_alt", organisation=style.logo_alt) if style.logo else "",
        },
    }


def logo_file(style: HouseStyle) -> dict[str, bytes]:
    """The picture of a house style by its name; nothing where it has none."""
    return {f"logo.{style.logo_suffix}": style.logo} if style.logo else {}


def _files(drawn: Iterable[Picture | None], style: HouseStyle) -> dict[str, bytes]:
    found = {each.file_name: each.content for each in drawn if each is not None}
    return found | logo_file(style)
