"""Documents that are broken as a whole: each is refused with one sentence, in both languages, and with exit code 2."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sources.small_documents import as_bytes, document, feature, header, replaced, sequence, with_root, zeros_packed
from wijktwin.cli.command_line import main
from wijktwin.errors import InputError
from wijktwin.sources.cityjson.limits import UPLOAD_LIMITS
from wijktwin.sources.cityjson.read import read_city_model

NAME = "wijk.city.json"


def refusal(data: bytes) -> InputError:
    """The error of a document that is refused, looked over: one line in two languages that names the file."""
    with pytest.raises(InputError) as caught:
        read_city_model(data, name=NAME, limits=UPLOAD_LIMITS)
    sentences = {language: caught.value.sentence(language) for language in ("nl", "en")}
    for sentence in sentences.values():
        assert NAME in sentence
        assert "\n" not in sentence
        assert sentence.endswith(".")
    assert sentences["nl"] != sentences["en"]
    return caught.value


DEEP = 100_000
SCALE = '"scale":[0.001,0.001,0.001]'
REFUSED: dict[str, tuple[bytes, str, str]] = {
    # a name, the bytes, the key, and what the sentence names beside the file
    "empty": (b"", "reading.empty", ""),
    "blank lines": (b"\n\n \n", "reading.empty", ""),
    "not JSON": (b"hello", "reading.not_json_at_all", "hello"),
    "single quotes": (b"{'type': 'CityJSON'}", "reading.not_json", "1"),
    "an error page": (b"<!doctype html><title>503</title>", "reading.web_page", ""),
    "GML": (b'<?xml version="1.0"?><CityModel xmlns="http://www.opengis.net/citygml/2.0"/>', "reading.city_gml", "CityJSON"),
    "zip": (b"PK\x03\x04" + b"\0" * 30, "reading.foreign", "zip"),
    "UTF-16": (as_bytes(document()).decode().encode("utf-16"), "reading.utf16", "UTF-8"),
    "Latin-1": (replaced("Building", "Geb\xe4ude").decode().encode("latin-1"), "reading.not_utf8", "0xE4"),
    "a list": (b"[]", "reading.not_cityjson", "[…]"),
    "a number": (b"{}", "reading.not_cityjson", "{…}"),
    "GeoJSON": (as_bytes({"type": "FeatureCollection", "features": []}), "reading.is_geojson", "FeatureCollection"),
    "TopoJSON": (as_bytes({"type": "Topology", "objects": {}}), "reading.is_topojson", ""),
    "3D Tiles": (as_bytes({"asset": {"version": "1.1"}, "root": {}}), "reading.is_3d_tiles", ""),
    "no type": (with_root(type=None), "reading.no_type", "type"),
    "a feature alone": (as_bytes(feature(0)), "reading.feature_without_header", ""),
    "no version": (with_root(version=None), "reading.no_version", ""),
    "version as object": (with_root(version={}), "reading.no_version", ""),
    "version 0.9": (with_root(version="0.9"), "reading.old_version", "0.9"),
    "version 3.0": (with_root(version="3.0"), "reading.unknown_version", "3.0"),
    "version soup": (with_root(version="soup"), "reading.unknown_version", "soup"),
    "no transform in 2.0": (with_root(transform=None), "reading.no_transform", "2.0"),
    "no transform in 1.1": (with_root(version="1.1", transform=None), "reading.no_transform", "1.1"),
    "transform as list": (with_root(transform=[]), "reading.wrong_type", "transform"),
    "scale of two": (with_root(transform={"scale": [1, 1], "translate": [0, 0, 0]}), "reading.not_three_numbers", "transform.scale"),
    "translate as text": (with_root(transform={"scale": [1, 1, 1], "translate": "0"}), "reading.not_three_numbers", "transform.translate"),
    "scale with true": (with_root(transform={"scale": [1, True, 1], "translate": [0, 0, 0]}), "reading.not_three_numbers", "scale"),
    "scale 0": (replaced(SCALE, '"scale":[0.001,0,0.001]'), "reading.bad_scale", "0"),
    "scale below 0": (replaced(SCALE, '"scale":[0.001,-0.001,0.001]'), "reading.bad_scale", "-0.001"),
    "scale 1e308": (replaced(SCALE, '"scale":[1e308,1e308,1e308]'), "reading.bad_scale", "1e+308"),
    "NaN": (replaced("1965", "NaN"), "reading.nan", "NaN"),
    "Infinity": (replaced("1965", "-Infinity"), "reading.nan", "-Infinity"),
    "1e999": (replaced("1965", "1e999"), "reading.number_overflows", "1e999"),
    "a lone surrogate": (replaced('"Building"', '"\\udc00"'), "reading.lone_surrogate", "1"),
    "deep arrays": (replaced("1965", "[" * DEEP + "]" * DEEP), "reading.too_deep", str(DEEP + 4)),
    "deep objects": (replaced("1965", '{"a":' * DEEP + "0" + "}" * DEEP), "reading.too_deep", str(DEEP + 4)),
    "fairly deep": (replaced("1965", "[" * 500 + "]" * 500), "reading.too_deep", "504"),
    "cut within a number": (as_bytes(document())[:-30], "reading.cut", ""),
    "cut in the middle": (as_bytes(document())[:700], "reading.cut", ""),
    "cut gzip": (gzip.compress(as_bytes(document()))[:-9], "reading.cut_gzip", ""),
    "gzip of gzip": (gzip.compress(gzip.compress(as_bytes(document()))), "reading.packed_twice", ""),
    "a gzip bomb": (zeros_packed(60_000_000), "reading.packed_bomb", "100"),
    "two documents": (as_bytes(document()) + as_bytes(document()), "reading.content_after", ""),
    "no CityObjects": (with_root(CityObjects=None), "reading.wrong_type", "CityObjects"),
    "CityObjects as list": (with_root(CityObjects=[]), "reading.wrong_type", "CityObjects"),
    "vertices as object": (with_root(vertices={}), "reading.wrong_type", "vertices"),
    "a repeated root key": (replaced('"version":"2.0"', '"version":"2.0","version":"2.0"'), "reading.repeated_key", "version"),
    "a repeated transform": (replaced(SCALE, f'{SCALE},"scale":[1,1,1]'), "reading.repeated_key", "scale"),
    "the vertices twice": (replaced('"vertices":', '"vertices":[],"vertices":'), "reading.repeated_key", "vertices"),
    "another country": (replaced("[155000.0,463000.0,2.0]", "[155000.0,5263000.0,2.0]"), "reading.far_outside", "5263005"),
    "Australia": (replaced("[155000.0,463000.0,2.0]", "[155000.0,-4630000.0,2.0]"), "reading.far_outside", "EPSG:7415"),
    "a CRS in degrees": (replaced("EPSG/0/7415", "EPSG/0/4326"), "reading.crs_not_metric", "EPSG:4326"),
    "a CRS that nobody knows": (replaced("EPSG/0/7415", "EPSG/0/999999"), "reading.crs_unknown", "999999"),
    "Seq with an open header": (sequence([feature(0)], head=as_bytes(header())[:-1]), "reading.unclosed", "1"),
    "Seq cut in its last line": (sequence([feature(0), as_bytes(feature(1))[:300]])[:-1], "reading.cut", "3"),
    "Seq without transform": (sequence([feature(0)], head={**header(), "transform": None}), "reading.no_transform", "2.0"),
    "Seq of version 0.9": (sequence([feature(0)], head={**header(), "version": "0.9"}), "reading.old_version", "0.9"),
    "Seq of nonsense": (sequence([b"nonsense", b"{}"]), "reading.not_json", "2"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_broken_document_is_refused_with_one_sentence(case: str) -> None:
    data, key, named = REFUSED[case]
    error = refusal(data)
    assert error.key == key
    for language in ("nl", "en"):
        assert named in error.sentence(language)


UPLOADS_ONLY = {"fairly deep", "a gzip bomb"}
"""Refused for uploads: files of the operator's own have looser limits."""


@pytest.mark.parametrize("case", [case for case in REFUSED if case not in UPLOADS_ONLY])
def test_the_command_line_says_it_in_one_line_with_exit_code_2(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / NAME
    path.write_bytes(REFUSED[case][0])
    assert main(["info", str(path)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert 1 <= len(shown.err.splitlines()) <= 3
    assert NAME in shown.err
    assert "Traceback" not in shown.err
    assert "fault in Wijktwin" not in shown.err


def test_the_command_itself_ends_with_code_2(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(REFUSED["deep arrays"][0])
    done = subprocess.run(
        [sys.executable, "-m", "wijktwin", "info", "--json", str(path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert NAME in done.stderr
