"""The door for bytes: a file, an upload or a stream becomes plain UTF-8 text of bounded size, or one sentence.

Unpacks gzip while counting, so that a bomb is refused long before it fills the memory, and takes the hash of the packed bytes
on the way. What is obviously something else (a zip, a web page, a GML file, UTF-16) is called by its name.
"""

from __future__ import annotations

import hashlib
import io
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Self

from wijktwin.errors import InputError, LimitError
from wijktwin.sources.cityjson.limits import OPERATOR_LIMITS, Limits

if TYPE_CHECKING:
    from types import TracebackType

CHUNK: Final = 1 << 20
HEAD: Final = 4_096
GZIP_MAGIC: Final = b"\x1f\x8b"
UTF8_MARK: Final = b"\xef\xbb\xbf"
FOREIGN: Final = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "rar"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstandard"),
    (b"%PDF", "PDF"),
    (b"SQLite format 3\x00", "GeoPackage"),
    (b"glTF", "glTF"),
    (b"fgb\x03", "FlatGeobuf"),
    (b"\x00\x00\x27\x0a", "shapefile"),
    (b"LASF", "LAS"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"fcb", "FlatCityBuf"),
)
"""First bytes of files that people mistake for CityJSON."""


class OpenSource(io.RawIOBase):
    """Plain text of one input as a stream: unpacked, without byte-order mark, within its limits.

    Wrap it in `io.BufferedReader` for lines. Close it, or use it in a ``with``.

    Parameters
    ----------
    raw
        The bytes as they lie on the disk or were sent.
    name
        What to call the input in sentences.
    limits
        How large it may be and how strongly packed.
    owns
        Whether closing this closes ``raw``.
    """

    def __init__(self, raw: BinaryIO, *, name: str, limits: Limits = OPERATOR_LIMITS, owns: bool = False) -> None:
        super().__init__()
        self.source_name = name
        self.is_packed = False
        self.n_packed = 0
        self.n_unpacked = 0
        self._raw = raw
        self._limits = limits
        self._owns = owns
        self._hash = hashlib.sha256()
        self._unpacker: zlib._Decompress | None = None
        self._packed_rest = b""
        self._ended = False
        first = self._read_raw(HEAD)
        if first[:2] == GZIP_MAGIC:
            self.is_packed = True
            self._unpacker = zlib.decompressobj(wbits=31)
            self._packed_rest = first
            first = self._unpacked_chunk(HEAD)
        self._ready = memoryview(without_mark(first, name=name))
        refuse_foreign(bytes(self._ready[:HEAD]), name=name, is_packed=self.is_packed)

    def __enter__(self) -> Self:
        """The stream itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close it, and the file below it where that was opened here."""
        if self._owns:
            self._raw.close()
        super().close()

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill as much of a buffer as is at hand; 0 at the end.

        Raises
        ------
        InputError
            The packed file was cut off or damaged.
        LimitError
            It is larger than its limits.
        """
        if not self._ready:
            self._ready = memoryview(self._next_chunk(max(len(buffer), CHUNK)))
        n = min(len(buffer), len(self._ready))
        buffer[:n] = self._ready[:n]
        self._ready = self._ready[n:]
        return n

    def read_all(self) -> bytes:
        """Everything that is left.

        Raises
        ------
        InputError, LimitError
            As `readinto`.
        """
        parts: list[bytes | memoryview] = [self._ready]
        self._ready = memoryview(b"")
        while chunk := self._next_chunk(CHUNK):
            parts.append(chunk)
        return b"".join(parts)

    def key(self) -> str:
        """SHA-256 of the bytes as they lie on the disk (hex), reading on to the end where that was not done yet."""
        while chunk := self._raw.read(CHUNK):
            self._count_packed(chunk)
        return self._hash.hexdigest()

    def _next_chunk(self, size: int) -> bytes:
        if self._unpacker is not None:
            return self._unpacked_chunk(size)
        chunk = self._read_raw(size)
        self._count_unpacked(len(chunk))
        return chunk

    def _read_raw(self, size: int) -> bytes:
        chunk = self._raw.read(size)
        self._count_packed(chunk)
        return chunk

    def _count_packed(self, chunk: bytes) -> None:
        self._hash.update(chunk)
        self.n_packed += len(chunk)
        if self.n_packed > self._limits.max_bytes:
            raise LimitError("reading.too_large", source=self.source_name, max_mb=megabytes(self._limits.max_bytes))

    def _count_unpacked(self, n_bytes: int) -> None:
        self.n_unpacked += n_bytes
        limits = self._limits
        if self.n_unpacked > limits.max_unpacked_bytes:
            raise LimitError("reading.unpacks_too_large", source=self.source_name, max_mb=megabytes(limits.max_unpacked_bytes))
        used = self.n_packed - len(self._packed_rest)
        if self.is_packed and self.n_unpacked > limits.free_unpacked_bytes and self.n_unpacked > limits.max_ratio * used:
            raise LimitError("reading.packed_bomb", source=self.source_name, max_ratio=round(limits.max_ratio))

    def _unpacked_chunk(self, size: int) -> bytes:
        """The next piece of unpacked text, of at most ``size`` bytes; empty at the end."""
        while not self._ended:
            if not self._packed_rest:
                self._packed_rest = self._read_raw(CHUNK // 8)
            unpacker = self._unpacker
            if unpacker is None or not self._packed_rest:
                raise InputError("reading.cut_gzip", source=self.source_name)
            try:
                chunk = unpacker.decompress(self._packed_rest, size)
            except zlib.error:
                raise InputError("reading.damaged_gzip", source=self.source_name) from None
            self._packed_rest = unpacker.unconsumed_tail
            if unpacker.eof:
                self._begin_next_member(unpacker.unused_data)
            self._count_unpacked(len(chunk))
            if chunk:
                return chunk
        return b""

    def _begin_next_member(self, rest: bytes) -> None:
        """A gzip file may be several, one behind the other, and may end in zeros."""
        rest = rest.lstrip(b"\x00") or self._read_raw(CHUNK // 8).lstrip(b"\x00")
        if rest:
            self._packed_rest = rest
            self._unpacker = zlib.decompressobj(wbits=31)
        else:
            self._packed_rest = b""
            self._ended = True


def open_source(source: Path | bytes | BinaryIO, *, name: str | None = None, limits: Limits = OPERATOR_LIMITS) -> OpenSource:
    """One input as a stream of plain text.

    Parameters
    ----------
    source
        A path, the bytes themselves, or an open binary stream (read from where it stands).
    name
        What to call it in sentences; by default the file name.

    Raises
    ------
    InputError
        There is no such file, it is empty, or it is obviously not JSON.
    LimitError
        It is larger than its limits.
    """
    if isinstance(source, Path):
        return _open_path(source, name=name or _as_text(source.name), limits=limits)
    if isinstance(source, (bytes, bytearray, memoryview)):
        return OpenSource(io.BytesIO(source), name=name or "upload", limits=limits, owns=True)
    given = getattr(source, "name", None)
    return OpenSource(source, name=name or (Path(given).name if isinstance(given, str) else "upload"), limits=limits)


def _as_text(name: str) -> str:
    """A file name that can be written anywhere: on Linux it may be any bytes."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _open_path(path: Path, *, name: str, limits: Limits) -> OpenSource:
    try:
        if path.is_dir():
            raise InputError("reading.is_folder", source=name)
        if not path.is_file():
            raise InputError("reading.no_such_file", source=str(path))
        if path.stat().st_size > limits.max_bytes:
            raise LimitError("reading.too_large", source=name, max_mb=megabytes(limits.max_bytes))
        raw = path.open("rb", buffering=0)
    except OSError as error:
        raise InputError("reading.cannot_open", source=name, reason=error.strerror or type(error).__name__) from None
    try:
        return OpenSource(raw, name=name, limits=limits, owns=True)
    except BaseException:
        raw.close()
        raise


def without_mark(first: bytes, *, name: str) -> bytes:
    """The first bytes of a text without its UTF-8 byte-order mark.

    Raises
    ------
    InputError
        The text is UTF-16 or UTF-32.
    """
    if first.startswith(UTF8_MARK):
        return first[len(UTF8_MARK) :]
    head = first[:64]
    is_wide = head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff"))
    if is_wide or head[:2] in {b"{\x00", b"\x00{", b"[\x00", b"\x00["} or head.startswith(b"\x00\x00\x00{"):
        raise InputError("reading.utf16", source=name)
    return first


def refuse_foreign(head: bytes, *, name: str, is_packed: bool = False) -> None:
    """Refuse what is obviously not JSON, by its own name.

    Parameters
    ----------
    head
        The first few thousand bytes, unpacked and without byte-order mark.

    Raises
    ------
    InputError
        It is empty, packed twice, a web page, XML, an archive or another well-known kind of file.
    """
    text = head.lstrip(b" \t\r\n")
    if not text:
        raise InputError("reading.empty", source=name)
    if head.startswith(GZIP_MAGIC) and is_packed:
        raise InputError("reading.packed_twice", source=name)
    for magic, kind in FOREIGN:
        if head.startswith(magic):
            raise InputError("reading.foreign", source=name, kind=kind)
    if text.startswith(b"<"):
        lowered = text[:HEAD].lower()
        if b"<html" in lowered or b"<!doctype html" in lowered:
            raise InputError("reading.web_page", source=name)
        is_gml = b"citygml" in lowered or b"opengis.net/gml" in lowered
        raise InputError("reading.city_gml" if is_gml else "reading.xml", source=name)
    if text[:1] not in b"{[":
        raise InputError("reading.not_json_at_all", source=name, found=_shown_start(text))


def _shown_start(text: bytes) -> str:
    start = text[:24].decode("utf-8", "replace").split("\n", 1)[0].strip()
    return start if start.isprintable() and "\ufffd" not in start else "0x" + text[:8].hex()


def megabytes(n_bytes: float) -> str:
    """A size for a sentence, in MB without decimals where it can."""
    size = n_bytes / 1_000_000
    return f"{size:.0f}" if size >= 10 else f"{size:.3g}"
