"""The QR code of a link: one size of correction and one quiet zone on screens, sheets, papers and in the terminal."""

from __future__ import annotations

from typing import Final

import segno

QUIET_ZONE: Final = 4
"""What a reader needs around a code (ISO/IEC 18004). [modules]"""
LOSS: Final = "m"
"""How much of it may be lost, by the letter of the standard."""


def qr_code(link: str) -> segno.QRCode:
    """The code, of which 15 per cent may be lost."""
    return segno.make_qr(link, error=LOSS)


def n_modules(link: str) -> int:
    """How many modules the code of a link is wide, with its quiet zone: as wide with any mask, so none is looked for."""
    width, _ = segno.make_qr(link, error=LOSS, mask=0).symbol_size(border=QUIET_ZONE)
    return round(width)
