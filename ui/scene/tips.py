"""What is said at the pointer: a name and a few facts, each with how sure it is. The whole card is for a click."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import orjson

from layers.prepared import JSON, Prepared, Publish, Thing
from layers.uses import building_uses
from ui.geometry_store import STORE, GeometryStore
from ui.scene.preparing import PIECES, Pieces
from ui.scene.words import scene_words
from wijktwin.errors import Language
from wijktwin.model.building import Building
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Latitude, Plan, Volume
from wijktwin.model.provenance import Kind
from wijktwin.words.numbers import format_number

Lines = Sequence[Sequence[str]]


def scene_tips(
    neighbourhood: Neighbourhood,
    plans: Sequence[Plan],
    prepared: Prepared,
    *,
    language: Language,
    store: GeometryStore = STORE,
    pieces: Pieces = PIECES,
) -> dict[str, str | Lines]:
    """Lines by number for every layer that can be pointed at; those of today's buildings and trees as an address."""
    tips: dict[str, str | Lines] = {}
    tips[Thing.BUILDING.value] = pieces(
        ("building tips", neighbourhood.key, language), lambda: store.put(orjson.dumps(building_tips(neighbourhood, language)), JSON)
    )
    for part in prepared.trees:
        publish = store.put_private if part.taken_by else store.put
        make = partial(_put_tree_tips, neighbourhood, part.tree_ids, language, publish)
        tips[f"{Thing.TREE}/{part.part_id}"] = pieces(("tree tips", neighbourhood.key, part.tree_ids, language), make)
    for plan in plans:
        tips[f"{Thing.VOLUME}/{plan.plan_id}"] = [volume_tip(volume, language) for volume in plan.volumes]
        tips[f"{Thing.CHANGE}/{plan.plan_id}"] = [
            [change.title.in_language(language), *latitude_lines(change.latitude, language)] for change in plan.ground_changes
        ]
        tips[f"{Thing.PLANTED}/{plan.plan_id}"] = [
            [tree.species or scene_words(language)["legend"]["planted"], *latitude_lines(tree.latitude, language)] for tree in plan.planted
        ]
    return tips


def _put_tree_tips(neighbourhood: Neighbourhood, tree_ids: Sequence[str], language: Language, publish: Publish) -> str:
    return publish(orjson.dumps(tree_tips(neighbourhood, tree_ids, language)), JSON)


def building_tips(neighbourhood: Neighbourhood, language: Language) -> Lines:
    """Lines for every building, by its row."""
    uses = building_uses(neighbourhood)
    return [building_tip(building, uses[building.row], language) for building in neighbourhood.buildings]


def building_tip(building: Building, use: str, language: Language) -> list[str]:
    """Use or plain "building", height with its kind, year."""
    words = scene_words(language)
    tip = words["tip"]
    lines = [words["legend"].get(f"use_{use}", tip["building"]).capitalize() if use else tip["building"]]
    if building.height is None:
        lines.append(tip["size_unknown"])
    else:
        kind = tip.get(building.height_kind, tip[Kind.CALCULATED.value])
        lines.append(tip["height"].format(height=format_number(building.height, language, decimals=1), kind=kind))
    if building.year_built is not None:
        lines.append(tip["year"].format(year=int(building.year_built)))
    return lines


def volume_tip(volume: Volume, language: Language) -> list[str]:
    """Name, height with its kind, storeys, and whether it can still change."""
    tip = scene_words(language)["tip"]
    lines = [volume.title.in_language(language)]
    if not volume.is_below_ground:
        lines.append(tip["height"].format(height=format_number(volume.height, language, decimals=1), kind=tip[volume.height_kind.value]))
    if volume.storeys is not None:
        lines.append(tip["storeys"].format(storeys=volume.storeys))
    return [*lines, *latitude_lines(volume.latitude, language)]


def latitude_lines(latitude: Latitude, language: Language) -> list[str]:
    """Whether it is fixed, a choice or open; nothing where the plan does not say."""
    return [] if latitude is Latitude.UNSTATED else [scene_words(language)["tip"][f"latitude_{latitude}"]]


def tree_tips(neighbourhood: Neighbourhood, tree_ids: Sequence[str], language: Language) -> Lines:
    """Lines for some trees, in the order of their ids."""
    tip = scene_words(language)["tip"]
    table = neighbourhood.trees.set_index("tree_id").loc[list(tree_ids)]
    found = []
    for species, height, kind in zip(table["species"].tolist(), table["height"].tolist(), table["kind"].tolist(), strict=True):
        size = tip["size_unknown"]
        if np.isfinite(height):
            size = tip["height"].format(height=format_number(height, language, decimals=1), kind=tip.get(kind, tip[Kind.ASSUMED.value]))
        found.append([species.capitalize() if species else tip["tree"], size])
    return found
