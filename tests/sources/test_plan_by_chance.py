"""Plans that nobody meant: whatever is in a file, there is a plan or one sentence."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.model.small_world import small_neighbourhood
from tests.sources.plan_documents import Json, check_sentences, complete, document, read
from tests.sources.test_plan_formats import city_model
from wijktwin.errors import InputError, WijktwinError
from wijktwin.export.plan_file import plan_geojson
from wijktwin.model.plan import Plan
from wijktwin.sources.plan_files import plan_schema
from wijktwin.sources.plans.document import without_empty

WORLD = small_neighbourhood()
VALIDATOR = Draft202012Validator(dict(plan_schema()))
NUMBERS = st.sampled_from([0, -1, 1, 2.5, 1e15, -1e300, 2**53, 155_000, 52.1, 6000]) | st.integers(-10, 500)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=8) | st.sampled_from(["high", "b00", "s1", "Polygon", "volume", "2025-01-01"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["nl", "height", "count", "type", "x"]), inner, max_size=3),
    max_leaves=5,
)


def paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [here] if here else []
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        found += paths(child, (*here, key))
    return found


def changed(told: Json, path: tuple[Any, ...], action: str, value: Any) -> Json:
    told = copy.deepcopy(told)
    parent: Any = told
    for step in path[:-1]:
        parent = parent[step]
    if action == "remove":
        del parent[path[-1]]
    elif action == "double" and isinstance(parent, list):
        parent.append(copy.deepcopy(parent[path[-1]]))
    else:
        parent[path[-1]] = value
    return told


def outcome(data: bytes) -> Plan | WijktwinError:
    try:
        return read(data)
    except WijktwinError as error:
        check_sentences(error)
        return error


COMPLETE = paths(complete())
CITY = paths(city_model())


@settings(max_examples=250)
@given(path=st.sampled_from(COMPLETE), action=st.sampled_from(["replace", "replace", "remove", "double"]), value=VALUES)
def test_a_plan_with_one_thing_changed_is_a_plan_or_a_sentence(path: tuple[Any, ...], action: str, value: Any) -> None:
    told = changed(complete(), path, action, value)
    found = outcome(orjson.dumps(told))
    if isinstance(found, Plan):
        assert read(plan_geojson(found, neighbourhood=WORLD)).content_key == found.content_key
        assert VALIDATOR.is_valid(filled(told)) or path[-1] == "bbox"
    elif not VALIDATOR.is_valid(filled(told)):
        assert isinstance(found, InputError)


def filled(value: Any) -> Any:
    """Without null in properties and facts: the reader takes null for left out."""
    told = {**value, "plan": without_empty(value["plan"])} if isinstance(value.get("plan"), dict) else value
    if isinstance(told.get("features"), list):
        told = {**told, "features": [filled_feature(each) for each in told["features"]]}
    return told


def filled_feature(feature: Any) -> Any:
    has_properties = isinstance(feature, dict) and isinstance(feature.get("properties"), dict)
    return {**feature, "properties": without_empty(feature["properties"])} if has_properties else feature


@settings(max_examples=100)
@given(path=st.sampled_from(CITY), action=st.sampled_from(["replace", "remove", "double"]), value=VALUES)
def test_a_city_model_with_one_thing_changed_is_a_plan_or_a_sentence(path: tuple[Any, ...], action: str, value: Any) -> None:
    outcome(orjson.dumps(changed(city_model(), path, action, value)))


@settings(max_examples=100)
@given(seed=st.integers(0, 2**32), n=st.integers(1, 8))
def test_damaged_bytes_are_a_plan_or_a_sentence(seed: int, n: int) -> None:
    chance = random.Random(seed)
    data = bytearray(json.dumps(document() if chance.random() < 0.3 else complete()).encode())
    for _ in range(n):
        place = chance.randrange(len(data))
        match chance.randrange(3):
            case 0:
                data[place] = chance.randrange(256)
            case 1:
                del data[place : place + chance.randrange(20)]
            case _:
                data[place:place] = bytes(data[chance.randrange(len(data)) :][:20])
    outcome(bytes(data))


@pytest.mark.exhaustive
def test_every_single_thing_replaced_by_everything_else() -> None:
    values: list[Any] = [None, True, -1, 1e300, "", "x", [], {}, [[]], {"nl": 1}]
    for path in COMPLETE:
        for action in ("replace", "remove", "double"):
            for value in values if action == "replace" else [None]:
                outcome(orjson.dumps(changed(complete(), path, action, value)))
