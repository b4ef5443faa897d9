"""The door for bytes: what is not JSON is called by its name, and what is packed never grows beyond its limits."""

from __future__ import annotations

import gzip
import hashlib
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.small_documents import as_bytes, document, zeros_packed
from wijktwin.errors import InputError, LimitError
from wijktwin.sources.cityjson.limits import UPLOAD_LIMITS, Limits
from wijktwin.sources.opening import open_source

TEXT = as_bytes(document())
SMALL = Limits(max_bytes=1_000, max_unpacked_bytes=5_000, max_ratio=10, free_unpacked_bytes=500)


def read(data: bytes, *, limits: Limits = UPLOAD_LIMITS) -> bytes:
    with open_source(data, name="x.json", limits=limits) as source:
        return source.read_all()


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "reading.empty"),
        (b" \r\n\t ", "reading.empty"),
        (b"\xef\xbb\xbf", "reading.empty"),
        (gzip.compress(b""), "reading.empty"),
        (gzip.compress(gzip.compress(TEXT)), "reading.packed_twice"),
        (b"PK\x03\x04rest", "reading.foreign"),
        (b"SQLite format 3\x00rest", "reading.foreign"),
        (gzip.compress(b"PK\x03\x04rest"), "reading.foreign"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "reading.web_page"),
        (b"\n<HTML>", "reading.web_page"),
        (b'<?xml version="1.0"?><core:CityModel xmlns:core="http://www.opengis.net/citygml/2.0"/>', "reading.city_gml"),
        (b'<?xml version="1.0"?><kml/>', "reading.xml"),
        (b"hello", "reading.not_json_at_all"),
        (b"\x00\x01\x02\x03", "reading.not_json_at_all"),
        (b"NaN", "reading.not_json_at_all"),
        (TEXT.decode().encode("utf-16"), "reading.utf16"),
        (TEXT.decode().encode("utf-16-le"), "reading.utf16"),
        (TEXT.decode().encode("utf-16-be"), "reading.utf16"),
        (TEXT.decode().encode("utf-32"), "reading.utf16"),
        (gzip.compress(TEXT)[:-1], "reading.cut_gzip"),
        (gzip.compress(TEXT)[:40], "reading.cut_gzip"),
        (gzip.compress(TEXT)[:2], "reading.cut_gzip"),
        (gzip.compress(TEXT) + b"trailing", "reading.damaged_gzip"),
        (gzip.compress(TEXT)[:-5] + b"\x00" * 5, "reading.damaged_gzip"),
    ],
)
def test_what_is_no_plain_json_is_called_by_its_name(data: bytes, key: str) -> None:
    with pytest.raises(InputError) as caught:
        read(data)
    assert caught.value.key == key
    assert "x.json" in caught.value.sentence("en")
    assert "x.json" in caught.value.sentence("nl")


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_byte_order_mark_and_gzip_are_taken_off(packed: bool, mark: bytes) -> None:
    data = gzip.compress(mark + TEXT) if packed else mark + TEXT
    assert read(data) == TEXT


def test_a_gzip_file_may_be_several_and_end_in_zeros() -> None:
    half = len(TEXT) // 2
    assert read(gzip.compress(TEXT[:half]) + gzip.compress(TEXT[half:]) + b"\x00" * 512) == TEXT


@given(st.binary(max_size=20_000), st.integers(min_value=1, max_value=5_000))
def test_reading_in_pieces_of_any_size_gives_the_same_text_and_key(body: bytes, piece: int) -> None:
    text = b"{ " + body
    for data in (text, gzip.compress(text)):
        with open_source(data, limits=UPLOAD_LIMITS) as source:
            pieces = []
            while chunk := source.read(piece):
                pieces.append(chunk)
            assert b"".join(pieces) == text
            assert source.key() == hashlib.sha256(data).hexdigest()


def test_the_key_is_of_the_whole_input_also_before_it_was_read() -> None:
    data = b"{" + b" " * 3_000_000 + b"}"
    with open_source(data) as source:
        assert source.key() == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("data", "limits", "key"),
    [
        (b"{" + b" " * 1_000, SMALL, "reading.too_large"),
        (zeros_packed(5_000), Limits(max_unpacked_bytes=5_000), "reading.unpacks_too_large"),
        (zeros_packed(4_000), SMALL, "reading.packed_bomb"),
    ],
)
def test_limits_of_size_and_ratio(data: bytes, limits: Limits, key: str) -> None:
    with pytest.raises(LimitError) as caught:
        read(data, limits=limits)
    assert caught.value.key == key


def test_a_gzip_bomb_is_refused_before_it_fills_the_memory() -> None:
    bomb = zeros_packed(300_000_000)
    assert len(bomb) < 400_000
    tracemalloc.start()
    try:
        with pytest.raises(LimitError, match="unpacks to more than"):
            read(bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 40_000_000


def test_a_path_that_is_absent_a_folder_or_too_large(tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    file.write_bytes(b"{" + b" " * 2_000)
    for path, key in ((tmp_path / "none.json", "reading.no_such_file"), (tmp_path, "reading.is_folder"), (file, "reading.too_large")):
        with pytest.raises(InputError) as caught:
            open_source(path, limits=SMALL)
        assert caught.value.key == key
        assert path.name in str(caught.value)


def test_a_stream_is_read_from_where_it_stands_and_left_open() -> None:
    stream = io.BytesIO(b"skip" + TEXT)
    stream.seek(4)
    with open_source(stream, name="upload.json") as source:
        assert source.read_all() == TEXT
    assert not stream.closed
