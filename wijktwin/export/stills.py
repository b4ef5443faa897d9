"""Stills without a browser: pieces are handed to a process of its own that draws them (`wijktwin.export.drawing_process`)."""

from __future__ import annotations

import atexit
import contextlib
import os
import subprocess
import sys
import tempfile
import threading
from collections import OrderedDict
from typing import IO, Any, Final

import numpy as np

from wijktwin.errors import InputError, WijktwinError
from wijktwin.export.drawing_process import DRAW, DROP, KEEP, receive, send
from wijktwin.export.drawn import ByteArray, Drawing, Faces, Lines, Shot
from wijktwin.export.naming import named

MOST_KEPT_BYTES: Final = 768 * 1024 * 1024
"""Pieces that the drawing process keeps are together not larger than this, but for those of one picture."""
LARGEST: Final = 16_384
"""A side of a picture. [px]"""
LAST_WORDS: Final = 400
"""Of what VTK said before it stopped, so much is told. [characters]"""


class NoDrawingError(WijktwinError, RuntimeError):
    """Stills cannot be drawn here."""


class Renderer:
    """Draws stills, one at a time; safe to use from many threads.

    The process that draws begins with the first picture, is begun again where it stopped, and ends with this one.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._kept: OrderedDict[str, int] = OrderedDict()
        atexit.register(self.close)

    def draw(self, drawing: Drawing, shot: Shot) -> ByteArray:
        """The picture, shape (height, width, 3).

        Raises
        ------
        NoDrawingError
            This machine has nothing to draw with.
        InputError
            The picture would be too large.
        """
        if not all(1 <= side <= LARGEST for side in shot.size):
            raise InputError("stills.too_large", width=shot.size[0], height=shot.size[1], most=LARGEST)
        eye = shot.eye(drawing.anchor)
        with self._lock:
            self._hand_over(drawing)
            keys = [piece.key for piece in drawing.pieces]
            pixels = self._ask(DRAW, keys, eye, shot.size, shot.ratio, drawing.sky)
        return named(np.array(pixels), drawing, shot)

    def close(self) -> None:
        """End the process that draws."""
        process, self._process = self._process, None
        self._kept.clear()
        if process is not None:
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):  # a process that is gone takes nothing any more
                        stream.close()
            process.terminate()
            process.wait()
        if self._errors is not None:
            self._errors.close()
            self._errors = None

    def _hand_over(self, drawing: Drawing) -> None:
        """Pieces that the process does not have yet."""
        if self._process is None or self._process.poll() is not None:
            self._begin()
        for piece in drawing.pieces:
            if piece.key in self._kept:
                self._kept.move_to_end(piece.key)
                continue
            self._ask(KEEP, piece)
            self._kept[piece.key] = _size(piece)
        needed = {piece.key for piece in drawing.pieces}
        while sum(self._kept.values()) > MOST_KEPT_BYTES and not needed.issuperset(self._kept):
            oldest = next(key for key in self._kept if key not in needed)
            del self._kept[oldest]
            self._ask(DROP, oldest)

    def _begin(self) -> None:
        self.close()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}  # no window on anybody's screen
        self._process = subprocess.Popen(
            [sys.executable, "-m", "wijktwin.export.drawing_process"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, env=environment,
        )  # fmt: skip

    def _ask(self, *question: object) -> Any:  # noqa: ANN401 - what the process answers
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise NoDrawingError("stills.no_drawing", reason="-")
        try:
            send(process.stdin, question)
            is_done, answer = receive(process.stdout)
        except (EOFError, OSError) as error:
            raise NoDrawingError("stills.no_drawing", reason=self._last_words()) from error
        if not is_done:
            raise NoDrawingError("stills.not_drawn", reason=answer)
        return answer

    def _last_words(self) -> str:
        """What the process said before it stopped, in short."""
        if self._errors is None:
            return "-"
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace").split()
        self.close()
        return " ".join(said)[-LAST_WORDS:] or "-"


def _size(piece: Faces | Lines) -> int:
    if isinstance(piece, Lines):
        return piece.segments.nbytes * 2
    return piece.points.nbytes + piece.triangles.nbytes * 3 + piece.colours.nbytes


RENDERER: Final = Renderer()
"""The one of this process."""
