"""Which characters a font can draw, read from its tables: what no font has is shown as an empty box instead of stopping the report.

Tables ``cmap`` (formats 4 and 12) and ``name`` as in the OpenType specification,
https://learn.microsoft.com/typography/opentype/spec/cmap and .../name.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

BOX: Final = "□"
"""Stands for a character that no font has."""
FAMILY, TYPOGRAPHIC_FAMILY = 1, 16
WINDOWS: Final = 3
SEGMENTS, GROUPS = 4, 12
LEFT_OUT: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Categories of characters that draw nothing, or that nobody has agreed on."""
SPACES: Final = frozenset("\n\r\t\v\f\u2028\u2029")


class FontError(ValueError):
    """A file is no font that can be used."""


def characters_of(font: bytes) -> frozenset[int]:
    """Code points that a font has a form for.

    Raises
    ------
    FontError
        It is no TTF or OTF.
    """
    try:
        table = _tables(font)["cmap"]
        n_subtables = struct.unpack_from(">H", table, 2)[0]
        starts = {struct.unpack_from(">HHL", table, 4 + 8 * place)[2] for place in range(n_subtables)}
        return frozenset(point for start in starts for point in _characters(table[start:]))
    except (struct.error, KeyError, IndexError) as error:
        raise FontError(str(error)) from error


def _characters(table: bytes) -> Iterator[int]:
    layout = struct.unpack_from(">H", table)[0]
    if layout == SEGMENTS:
        n_segments = struct.unpack_from(">H", table, 6)[0] // 2
        ends = struct.unpack_from(f">{n_segments}H", table, 14)
        begins = struct.unpack_from(f">{n_segments}H", table, 16 + 2 * n_segments)
        deltas = struct.unpack_from(f">{n_segments}H", table, 16 + 4 * n_segments)
        at = 16 + 6 * n_segments
        offsets = struct.unpack_from(f">{n_segments}H", table, at)
        for place, (begin, end, delta, offset) in enumerate(zip(begins, ends, deltas, offsets, strict=True)):
            for point in range(begin, min(end, 0xFFFE) + 1):
                glyph = point if not offset else struct.unpack_from(">H", table, at + 2 * place + offset + 2 * (point - begin))[0]
                if glyph and (glyph + delta) % 0x10000:
                    yield point
    elif layout == GROUPS:
        for place in range(struct.unpack_from(">L", table, 12)[0]):
            begin, end, _ = struct.unpack_from(">LLL", table, 16 + 12 * place)
            yield from range(begin, min(end, 0x10FFFF) + 1)


def family_of(font: bytes) -> str:
    """What a font calls its family.

    Raises
    ------
    FontError
        It is no TTF or OTF, or has no name.
    """
    try:
        table = _tables(font)["name"]
        _, n_names, start = struct.unpack_from(">HHH", table)
        found: dict[int, str] = {}
        for place in range(n_names):
            platform, _, _, name_id, length, offset = struct.unpack_from(">HHHHHH", table, 6 + 12 * place)
            if platform == WINDOWS and name_id in {FAMILY, TYPOGRAPHIC_FAMILY}:
                found.setdefault(name_id, table[start + offset : start + offset + length].decode("utf-16-be"))
        return found.get(TYPOGRAPHIC_FAMILY) or found[FAMILY]
    except (struct.error, KeyError, UnicodeDecodeError) as error:
        raise FontError(str(error)) from error


def _tables(font: bytes) -> dict[str, bytes]:
    if font[:4] not in {b"\x00\x01\x00\x00", b"OTTO", b"true"}:
        message = "no TTF or OTF"
        raise FontError(message)
    n_tables = struct.unpack_from(">H", font, 4)[0]
    found = {}
    for place in range(n_tables):
        tag, _, offset, length = struct.unpack_from(">4sLLL", font, 12 + 16 * place)
        found[tag.decode("latin-1")] = font[offset : offset + length]
    return found


@cache
def _own_characters() -> frozenset[int]:
    from wijktwin.export.report.typesetting import own_fonts  # noqa: PLC0415 - the typesetter knows where they lie

    return frozenset.intersection(*(characters_of(font) for font in own_fonts()))


def drawable(words: str, *, more: frozenset[int] = frozenset()) -> str:
    """The same text with a box for every character that cannot be drawn, and without those that draw nothing.

    Parameters
    ----------
    more
        Characters that fonts of one's own have.
    """
    return "".join(_drawable(each, more) for each in words)


def _drawable(character: str, more: frozenset[int]) -> str:
    if ord(character) in _own_characters() or ord(character) in more:
        return "" if unicodedata.category(character) in LEFT_OUT else character
    if character in SPACES or unicodedata.category(character) == "Zs":
        return " "
    return "" if unicodedata.category(character) in LEFT_OUT or unicodedata.category(character)[0] == "M" else BOX


def drawable_everywhere(told: Any, *, more: frozenset[int] = frozenset()) -> Any:  # noqa: ANN401 - any JSON
    """`drawable` for every text in some JSON."""
    if isinstance(told, str):
        return drawable(told, more=more)
    if isinstance(told, dict):
        return {key: drawable_everywhere(value, more=more) for key, value in told.items()}
    return [drawable_everywhere(each, more=more) for each in told] if isinstance(told, list) else told
