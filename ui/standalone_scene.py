"""A scenario in 3D as one HTML file for any browser, without internet: banner, legend, sources and date are inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.cameras import scenario_cameras
from layers.deck import build_deck
from layers.prepared import prepare
from layers.standalone import Around, Inside, standalone_html
from ui import picture, plan_choice
from ui.scene.drawing import legend_words
from ui.scene.words import scene_words
from ui.text import Text
from wijktwin import __version__
from wijktwin.appearance import View
from wijktwin.words.numbers import format_date
from wijktwin.words.view import credit_text, view_description

if TYPE_CHECKING:
    import datetime as dt

    from wijktwin.errors import Language
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario


def standalone_scene(scenario: Scenario, language: Language, *, made_on: dt.date) -> bytes:
    """The file, in UTF-8.

    Parameters
    ----------
    made_on
        The day that it says it was made on.
    """
    t, inside = Text(language), Inside()
    neighbourhood, plans = scenario.neighbourhood, scenario.ordered_plans
    prepared = prepare(neighbourhood, plans, publish=inside)
    cameras = scenario_cameras(scenario)
    camera = cameras.get(View.PLAN, cameras[View.WHOLE])
    described = " ".join(view_description(scenario, language))
    sources = dict.fromkeys([*neighbourhood.sources, *(plan.source for plan in plans)])
    fictional = [plan for plan in plans if plan.fictional]
    banner = t("picture.fictional", name=neighbourhood.name) if neighbourhood.fictional else ""
    if fictional and not banner:
        banner = t("take_home_data.fictional_plan", titles=" + ".join(t.of(plan.title) for plan in fictional))
    around = Around(
        title=f"{neighbourhood.name}: {picture.scenario_name(t, scenario)}",
        notes=[
            described,
            t("take_home_data.sources"),
            *(credit_text(source, language) for source in sources),
            t("take_home_data.made", date=format_date(made_on, language), version=__version__, key=scenario.key),
            t("take_home_data.light"),
        ],
        banner=banner,
        description=described,
        legend_title=scene_words(language)["control"]["legend"],
        legend=legend_words([scenario], prepared, scene_words(language)["legend"], {plan.plan_id: _whose(t, plan) for plan in plans}),
    )
    deck = build_deck(scenario, prepared, camera=camera)
    return standalone_html(deck, inside, around, language=language).encode()


def _whose(t: Text, plan: Plan) -> str:
    """What a plan is, and whose, inside a sentence: nobody who opens the file calls it their own."""
    name = plan_choice.card_name(t, plan)
    return name[:1].lower() + name[1:]
