"""What a message of the scene says of what is drawn, and the table of what such messages have in common."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
import pydeck as pdk

from layers.cameras import HIGHEST_ZOOM, LOWEST_ZOOM, browser_camera, shared_cameras
from layers.deck import build_deck, chosen_colours
from layers.legend import LegendEntry, legend
from layers.prepared import JSON, Prepared, Thing
from ui.geometry_store import GeometryStore
from ui.scene.packing import Table, entries, told_apart
from ui.scene.preparing import Pieces, prepared_scene
from ui.scene.tips import scene_tips
from ui.scene.words import scene_words
from wijktwin import appearance
from wijktwin.errors import Language
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Plan
from wijktwin.model.scenario import Scenario

LIMIT_SHARE: Final = 0.25
"""How far beyond the model one can move, as a share of its size."""


def drawing(
    scenarios: Sequence[Scenario], decks: Sequence[pdk.Deck], prepared: Prepared, *, language: Language, parties: Mapping[str, str]
) -> dict[str, Any]:
    """The pictures, what their colours mean, and where one can look from.

    Parameters
    ----------
    parties
        What plans are and whose, without their title, by id.
    """
    return {
        "decks": [told_apart(json.loads(deck.to_json())) for deck in decks],
        "legend": _legend_entries(scenarios, prepared, scene_words(language)["legend"], parties),
        "views": {str(view): browser_camera(camera, prepared.frame) for view, camera in shared_cameras(scenarios).items()},
        "limits": _limits(prepared),
        "chosenColours": chosen_colours(),
    }


def known(
    neighbourhood: Neighbourhood,
    offered: Sequence[Plan],
    prepared: Prepared,
    *,
    language: Language,
    parties: Mapping[str, str],
    store: GeometryStore,
    pieces: Pieces,
) -> Table:
    """What pictures without plans, and with each plan that the server publishes, say: fetched once, with the words around them."""
    plans = sorted((plan for plan in offered if plan.published_by_server), key=lambda plan: plan.plan_id)
    told = {plan.plan_id: parties[plan.plan_id] for plan in plans if plan.plan_id in parties}

    def made() -> Table:
        shared = prepared if len(plans) == len(offered) else prepared_scene(neighbourhood, plans, store=store, pieces=pieces)
        messages: list[Any] = [scene_tips(neighbourhood, plans, shared, language=language, store=store, pieces=pieces)]
        for chosen in (frozenset[Plan](), *(frozenset({plan}) for plan in plans)):
            scenario = Scenario(neighbourhood, chosen)
            messages.append(drawing([scenario], [build_deck(scenario, shared)], shared, language=language, parties=told))
        places = entries(messages)
        values = b"[" + b",".join(places) + b"]"
        words = {"words": dict(scene_words(language)["control"]), "table": orjson.Fragment(values)}
        return Table(store.put(orjson.dumps(words), JSON), places)

    key = ("known", neighbourhood.key, language, tuple((plan.plan_id, plan.content_key) for plan in plans), tuple(told.items()))
    found: Table = pieces(key, made)
    return found


def legend_words(
    scenarios: Sequence[Scenario], prepared: Prepared, words: Mapping[str, str], parties: Mapping[str, str]
) -> list[tuple[LegendEntry, str]]:
    """What the colours of all pictures together mean, and whose plans have them; what only an earlier picture has comes last."""
    names = dict(words)
    whose: dict[str, list[str]] = {}
    for plan in sorted({plan.plan_id: plan for found in scenarios for plan in found.plans}.values(), key=lambda plan: plan.plan_id):
        if plan.plan_id in parties:
            whose.setdefault(f"{Thing.VOLUME}_{plan.role}", []).append(parties[plan.plan_id])
    names |= {key: words["volume_new"].format(whose=", ".join(dict.fromkeys(told))) for key, told in whose.items()}
    found: dict[str, LegendEntry] = {}
    for scenario in reversed(scenarios):
        found |= {entry.key: entry for entry in legend(scenario, prepared) if entry.key not in found}
    return [(entry, names[entry.key]) for entry in found.values()]


def _legend_entries(
    scenarios: Sequence[Scenario], prepared: Prepared, words: Mapping[str, str], parties: Mapping[str, str]
) -> list[dict[str, Any]]:
    return [
        {
            "fill": entry.fill,
            "outline": entry.outline,
            "pattern": entry.pattern,
            "shape": entry.shape,
            "isHatched": entry.is_hatched,
            "text": told,
        }
        for entry, told in legend_words(scenarios, prepared, words, parties)
    ]


def _limits(prepared: Prepared) -> dict[str, Any]:
    """Where the camera may look."""
    west, south, east, north = prepared.terrain.bounds
    margin = LIMIT_SHARE * max(east - west, north - south)
    low, high = prepared.frame.lonlat(west - margin, south - margin), prepared.frame.lonlat(east + margin, north + margin)
    heights = prepared.terrain.heights - prepared.frame.reference_ground
    return {
        "bounds": [*low, *high],
        "minZoom": LOWEST_ZOOM,
        "maxZoom": HIGHEST_ZOOM,
        "maxPitch": appearance.STEEPEST_PITCH,
        "ground": [round(float(heights.min()) - 1.0, 2), round(float(heights.max()) + 1.0, 2)],
    }
