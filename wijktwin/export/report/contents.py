"""A report as data: every block in order, and the pictures that it shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from wijktwin import __version__
from wijktwin.export.report import account_chapter, figures_chapter, norms_chapter, summary_chapter
from wijktwin.export.report.material import TODAY, Material, capital
from wijktwin.words.numbers import format_date
from wijktwin.words.plan_card import status_text
from wijktwin.words.texts import name_of, source_text, text

if TYPE_CHECKING:
    import datetime as dt

    from wijktwin.errors import Language
    from wijktwin.export.report.blocks import Block, Picture
    from wijktwin.export.report.house_style import HouseStyle
    from wijktwin.model.plan import Plan

TALL: Final = 0.8
"""How many times as wide as high the maps of a poster are."""
SENTENCES: Final = (("comes", 2), ("loses", 1), ("gains", 1), ("unknown", 1))
"""How many sentences of each part of the summary a poster has: five."""


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
    own = [each for plan_id in (TODAY, *(plan.plan_id for plan in material.plans)) for each in material.pictures.get(plan_id, ())]
    return Paper("report", told, _files([*drawn, *own], style))


def posters(material: Material, style: HouseStyle) -> Paper:
    """One page for each plan: before and after, and five sentences."""
    t = material.t
    made, drawn = [], []
    for plan in material.plans:
        pair = before_and_after(material, plan)
        drawn += [picture for _, picture in pair]
        made.append(
            {
                "title": material.title_of(plan),
                "lead": t("poster_lead", role=capital(name_of("role", plan.role, material.language)),
                          party=name_of("party", plan.party, material.language), status=status_text(plan, material.language)),
                "pictures": [
                    {"title": t(f"poster_{name}"), "file": each.file_name, "alt": each.alt, "caption": each.caption} for name, each in pair
                ],
                "sentences": five_sentences(material, plan),
            }
        )  # fmt: skip
    told = {**_front(material, style), "posters": made, "no_formal_view": t("no_formal_view"), "more": t("poster_more")}
    return Paper("poster", told, _files(drawn, style))


def before_and_after(material: Material, plan: Plan) -> list[tuple[str, Picture]]:
    """Two pictures of one place: those that were given for today and the plan, else key maps; none where the plan draws nothing."""
    given = [(name, next(iter(material.pictures.get(plan_id, ())), None)) for name, plan_id in (("before", TODAY), ("after", plan.plan_id))]
    if all(picture is not None for _, picture in given):
        return [(name, picture) for name, picture in given if picture is not None]
    sources = "; ".join(dict.fromkeys(source_text(each, material.language) for each in (*material.neighbourhood.sources, plan.source)))
    maps = [
        (name, summary_chapter.plan_picture(material, plan, shows_plan=name == "after", ratio=TALL, sources=sources))
        for name in ("before", "after")
    ]
    return [(name, picture) for name, picture in maps if picture is not None]


def five_sentences(material: Material, plan: Plan) -> list[str]:
    """What comes, who loses, who gains and what nobody knows, in five sentences at most."""
    parts = {part.key: part.sentences for part in summary_chapter.summary_parts(material, plan)}
    return [sentence for key, n in SENTENCES for sentence in parts[key][-n if key == "unknown" else None : None if key == "unknown" else n]]


def _front(material: Material, style: HouseStyle) -> dict[str, Any]:
    t, day = material.t, material.made_on
    name = material.neighbourhood.name
    return cover(name, style, language=material.language, made_on=day, is_fictional=material.is_fictional) | {
        "title": t("title", name=name),
        "subtitle": t("subtitle"),
        "made_on": " · ".join(each for each in (style.organisation, t("made_on", date=format_date(day, material.language))) if each),
        "words": {each: t(each) for each in ("page", "page_of")},
    }


def cover(name: str, style: HouseStyle, *, language: Language, made_on: dt.date, is_fictional: bool) -> dict[str, Any]:
    """What every paper says of itself: its language, whose it is, of what day, that it is made up where it is, and its house style."""

    def t(key: str, **values: object) -> str:
        return text(f"report.{key}", language, **values)

    return {
        "language": language,
        "author": style.organisation or "Wijktwin",
        "date": [made_on.year, made_on.month, made_on.day],
        "banner": t("banner") if is_fictional else "",
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


def _files(pictures: Iterable[Picture | None], style: HouseStyle) -> dict[str, bytes]:
    found = {each.file_name: each.content for each in pictures if each is not None}
    return found | logo_file(style)
