"""Decks in a message say the same as the decks they were made of."""

from __future__ import annotations

import json

from layers.deck import build_deck
from layers.prepared import prepare
from layers.standalone import Inside
from tests.layers.small_town import small_town, tower
from ui.scene.packing import packed
from wijktwin.model.scenario import Scenario


def test_packed_deck_unfolds_to_the_same_layers_in_the_same_order() -> None:
    prepared = prepare(small_town(), [tower()], publish=Inside())
    drawn = json.loads(build_deck(Scenario(small_town(), frozenset({tower()})), prepared).to_json())
    sent = json.loads(json.dumps(packed(drawn)))
    alike = sent.pop("alike")
    layers = [{**alike[layer["like"]], **{name: value for name, value in layer.items() if name != "like"}} for layer in sent.pop("layers")]
    assert layers == drawn["layers"]
    assert sent == {name: value for name, value in drawn.items() if name != "layers"}
    many = {**drawn, "layers": [{**layer, "id": f"{layer['id']}-{number}"} for number in range(10) for layer in drawn["layers"]]}
    assert len(packed(many)["alike"]) == len(alike) <= len(layers)
    assert len(json.dumps(packed(many))) < 0.6 * len(json.dumps(many))
