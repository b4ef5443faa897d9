"""The arithmetic of what is measured of the scene and of crowds: known input, known figures."""

from __future__ import annotations

import base64
import json
import os
import time
from pathlib import Path
from typing import Any

import pydeck as pdk
import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.chromium import Traffic
from benchmarks.conversation import SCENE, Hearing
from benchmarks.inline_deck import with_contents
from benchmarks.scene import Measured, Size, _in_turn, concluded
from benchmarks.servers import memory, processor_seconds
from benchmarks.visitors import quantile
from layers.deck import build_deck
from layers.prepared import prepare
from layers.standalone import Inside
from tests.layers.small_town import small_town, tower
from wijktwin.model.scenario import Scenario

STATUS = "Name:\tpython3\nVmPeak:\t 9000000 kB\nVmHWM:\t  250000 kB\nVmRSS:\t  125000 kB\nThreads:\t5\n"


def size(**others: Any) -> Size:
    told = {
        "rerun_message_kb": 40.0, "again_message_kb": 20.0, "toggle_s": 2.0, "cold_load_mb": 4.0, "first_picture_s": 9.0,
        "rerun_cpu_ms": 60.0, "switch_cpu_ms": 80.0,
    }  # fmt: skip
    return Size(**{**told, **others})


def test_ratio_is_inline_over_ours_and_of_5000_buildings_only() -> None:
    measured = concluded({1_000: size(inline_toggle_s=900.0), 5_000: size(inline_toggle_s=25.0, rerun_message_kb=41.0)})
    assert (measured.toggle_vs_inline_5k, measured.rerun_message_kb_5k) == (12.5, 41.0)
    assert (measured.cold_load_mb_5k, measured.rerun_cpu_ms) == (4.0, 60.0)
    assert json.loads(json.dumps(measured.as_json()))["sizes"]["1000"]["inline_toggle_s"] == 900.0
    assert "12.50" in measured.as_text()


def test_what_was_not_measured_is_none_and_not_nought() -> None:
    assert concluded({5_000: size()}).toggle_vs_inline_5k is None
    assert concluded({1_000: size()}) == Measured(None, None, None, None, {1_000: size()})


def test_switches_go_to_and_fro_beginning_with_off() -> None:
    assert list(_in_turn(3)) == [("off", "on"), ("on", "off"), ("off", "on")]


def test_traffic_counts_what_came_over_the_wire() -> None:
    traffic = Traffic()
    binary = base64.b64encode(bytes(300)).decode()
    for event in (
        {"method": "Network.loadingFinished", "params": {"encodedDataLength": 1200.0}},
        {"method": "Network.dataReceived", "params": {"dataLength": 9999}},
        {"method": "Network.webSocketFrameReceived", "params": {"response": {"opcode": 2, "payloadData": binary}}},
        {"method": "Network.webSocketFrameReceived", "params": {"response": {"opcode": 1, "payloadData": "één"}}},
        {"method": "Network.webSocketFrameSent", "params": {"response": {"opcode": 2, "payloadData": binary}}},
        {"id": 3, "result": {}},
    ):
        traffic.count(event)
    assert traffic == Traffic(http=1200, socket=305, answers=1, messages=2)


def test_processor_time_is_found_behind_a_name_with_brackets() -> None:
    assert processor_seconds("12 (a (b) c) S " + " ".join(str(number) for number in range(4, 53)), 100) == (14 + 15) / 100


def test_processor_time_is_that_of_this_process() -> None:
    stat = Path("/proc/self/stat")
    if not stat.exists():
        pytest.skip("no /proc on this system")
    told = processor_seconds(stat.read_text(encoding="ascii"), os.sysconf("SC_CLK_TCK"))
    assert told == pytest.approx(time.process_time(), abs=0.1)


def test_memory_is_in_megabytes_of_a_million_bytes() -> None:
    assert (memory(STATUS).now, memory(STATUS).peak) == (128.0, 256.0)


@pytest.mark.parametrize(
    ("share", "found"), [(0.5, 10), (0.95, 19), (1.0, 20), (0.01, 1)], ids=["middle", "nineteen of twenty", "all", "first"]
)
def test_quantile_is_the_value_that_so_many_do_not_exceed(share: float, found: int) -> None:
    values = [float(value) for value in range(20, 0, -1)]
    assert quantile(values, share) == found
    assert sum(value <= found for value in values) >= share * len(values)


def test_quantile_of_nobody_is_none() -> None:
    assert quantile([], 0.95) is None


def heard(*messages: ForwardMsg) -> Hearing:
    hearing = Hearing()
    for message in messages:
        hearing.hear(message)
    return hearing


def test_a_run_is_heard_to_its_end_with_its_scene_and_its_faults() -> None:
    scene, other, fault, early, end, broken = (ForwardMsg() for _ in range(6))
    scene.delta.new_element.bidi_component.component_name = SCENE
    other.delta.new_element.bidi_component.component_name = "another"
    fault.delta.new_element.exception.message = "no"
    early.script_finished = ForwardMsg.FINISHED_EARLY_FOR_RERUN
    end.script_finished = ForwardMsg.FINISHED_SUCCESSFULLY
    broken.script_finished = ForwardMsg.FINISHED_WITH_COMPILE_ERROR
    assert heard(scene, early) == Hearing(has_scene=True)
    assert heard(scene, end) == Hearing(has_scene=True, is_done=True)
    assert heard(other, end) == Hearing(is_done=True)
    assert heard(fault, end) == Hearing(has_fault=True, is_done=True)
    assert heard(broken) == Hearing(has_fault=True, is_done=True)


def test_inline_deck_holds_the_rows_that_were_published_layer_by_layer() -> None:
    inside = Inside()
    deck = build_deck(Scenario(small_town(), frozenset({tower()})), prepare(small_town(), [tower()], publish=inside))
    addresses = {layer.id: layer.data for layer in deck.layers}
    whole = with_contents(deck, inside.contents)
    assert [layer.id for layer in whole.layers] == list(addresses)
    for layer in whole.layers:
        address = addresses[layer.id]
        wanted = json.loads(inside.contents[int(address.rpartition(":")[2])][0]) if isinstance(address, str) else address
        assert layer.data == wanted
    model = next(layer for layer in json.loads(whole.to_json())["layers"] if "scenegraph" in layer)["scenegraph"]
    assert base64.b64decode(model.partition("base64,")[2]).startswith(b"glTF")
    assert isinstance(whole, pdk.Deck)


def test_inline_deck_may_hold_some_kinds_only() -> None:
    inside = Inside()
    deck = build_deck(Scenario(small_town(), frozenset({tower()})), prepare(small_town(), [tower()], publish=inside))
    some = with_contents(deck, inside.contents, frozenset({"volume"}))
    assert [layer.id for layer in some.layers] == ["volume/tower"]
