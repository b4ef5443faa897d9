"""The words on the picture: the same keys in both languages, and every word that the script asks for."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from layers.legend import legend
from layers.prepared import prepare
from layers.standalone import Inside
from tests.layers.small_town import low_block, small_town, tower
from ui.geometry_store import GeometryStore
from ui.scene import assets
from ui.scene.preparing import Pieces
from ui.scene.tips import building_tips, scene_tips, tree_tips, volume_tip
from ui.scene.words import SECTIONS, scene_words
from wijktwin import appearance
from wijktwin.appearance import View
from wijktwin.errors import LANGUAGES, Language
from wijktwin.model.plan import Latitude
from wijktwin.model.provenance import Kind
from wijktwin.model.scenario import Scenario

PLACEHOLDER = re.compile(r"%\w+%|\{\w+\}")


def test_both_languages_have_the_same_keys_and_placeholders() -> None:
    dutch, english = (scene_words(language) for language in LANGUAGES)
    for section in SECTIONS:
        assert dutch[section].keys() == english[section].keys()
        for key in dutch[section]:
            assert sorted(PLACEHOLDER.findall(dutch[section][key])) == sorted(PLACEHOLDER.findall(english[section][key])), key
            assert dutch[section][key].strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_that_the_script_asks_for_is_there_and_no_other(language: Language) -> None:
    script = "".join((assets.FOLDER / name).read_text(encoding="utf-8") for name in assets.OWN_FILES if name.endswith(".js"))
    asked = (
        set(re.findall(r"labels\.(\w+)", script))
        | set(re.findall(r"\bact\('(\w+)'", script))
        | set(re.findall(r"showPlan\('(\w+)'\)", script))
    )
    asked |= {f"shade_{part}" for part in re.findall(r"\bkey\('(\w+)'", script)}
    walk = (assets.FOLDER / "walk.js").read_text(encoding="utf-8")
    asked |= {f"walk_{move}" for move in re.findall(r"(\w+): \{ (?:along|turn|look):", walk)}
    asked |= {f"view_{view}" for view in View} | {f"from_{view}" for view in ("north", "east", "south", "west")}
    asked |= {f"street_from_{view}" for view in ("north", "east", "south", "west")}
    asked |= {"view_plans"}  # said by the server in the place of view_plan
    assert asked == set(scene_words(language)["control"])
    assert len(scene_words(language)["control"]["directions"].split("|")) == 8


@pytest.mark.parametrize("language", LANGUAGES)
def test_legend_has_words_for_everything_that_can_be_drawn(language: Language) -> None:
    words = scene_words(language)["legend"]
    keys = {f"use_{use}" for use in appearance.WALLS if use} | {f"ground_{kind}" for kind in appearance.GROUND}
    keys |= {f"volume_{role}" for role in appearance.PLAN_FACES} | {"volume_choice", "volume_open"}
    scenario = Scenario(small_town(), frozenset({tower(), low_block()}))
    keys |= {entry.key for entry in legend(scenario, prepare(small_town(), [tower(), low_block()], publish=Inside()))}
    assert keys <= set(words)
    assert {kind.value for kind in Kind} <= set(scene_words(language)["tip"])


def test_tips_say_how_sure_a_height_is() -> None:
    assert building_tips(small_town(), "nl")[1] == ["Winkels", "8,0 m hoog (gemeten)", "gebouwd in 1965"]
    assert building_tips(small_town(), "en")[4][0] == "Building"
    assert volume_tip(tower().volumes[0], "nl") == ["Toren", "36,0 m hoog (opgegeven)", "12 bouwlagen"]
    assert volume_tip(tower().volumes[1], "en") == ["Garage"]
    told = {latitude: volume_tip(dataclasses.replace(tower().volumes[1], latitude=latitude), "en")[1:] for latitude in Latitude}
    assert told == {
        Latitude.FIXED: ["this is fixed"], Latitude.CHOICE: ["there is still a choice here"], Latitude.OPEN: ["this is still open"],
        Latitude.UNSTATED: [],
    }  # fmt: skip
    first, third = tree_tips(small_town(), ["tree-0", "tree-2"], "nl")
    assert first == ["Boom", "9,0 m hoog (aangenomen)"]
    assert third == ["Boom", "hoogte niet bekend"]
    assert np.isnan(small_town().trees["height"][2])


def test_tips_of_large_things_are_addresses_and_of_plans_are_in_the_message() -> None:
    store = GeometryStore()
    prepared = prepare(small_town(), [tower()], publish=store.put)
    tips = scene_tips(small_town(), [tower()], prepared, language="nl", store=store, pieces=Pieces(store))
    assert isinstance(tips["building"], str)
    assert store.has(tips["building"])
    assert tips["volume/tower"][0][0] == "Toren"
    assert set(tips) == {"building", "tree/0", "tree/taken-tower", "volume/tower", "change/tower", "planted/tower"}
