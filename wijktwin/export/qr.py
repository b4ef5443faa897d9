"""The QR code of a link: one size of correction and one quiet zone on screens, sheets, papers and in the terminal."""

from __future__ import annotations

from typing import Final

import segno

QUIET_ZONE: Final = 4
"""What a reader needs around a code (ISO/IEC 18004). [modules]"""


def qr_code(link: str) -> segno.QRCode:
    """The code, of which 15 per cent may be lost."""
    return segno.make_qr(link, error="m")
