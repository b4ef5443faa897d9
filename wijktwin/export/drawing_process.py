"""The process that draws stills, started by `wijktwin.export.stills`: the only place that touches VTK.

VTK's windows belong to one thread, keep what they were given and can take a whole process with them where a driver is missing. Here they
can: whoever wants pictures sends pieces once and shots after that, over standard input, and reads pixels from standard output.
"""

from __future__ import annotations

import math
import os
import pickle
import struct
import sys
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from wijktwin.export.drawn import Faces, Lines
from wijktwin.export.perspective import FARTHEST, NEAREST, Eye

if TYPE_CHECKING:
    import pyvista as pv

LENGTH: Final = struct.Struct("<Q")
SAMPLES: Final = 4
"""Of every pixel, so that edges are smooth."""
SKY_STEPS: Final = 512
KEEP, DROP, DRAW = "keep", "drop", "draw"
"""What can be asked."""


def send(stream: IO[bytes], message: object) -> None:
    """One message as its length and its bytes."""
    content = pickle.dumps(message, protocol=5)
    stream.write(LENGTH.pack(len(content)))
    stream.write(content)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:  # noqa: ANN401 - whatever was sent
    """The next message.

    Raises
    ------
    EOFError
        There is none any more.
    """
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    content = stream.read(LENGTH.unpack(head)[0])
    return pickle.loads(content)  # noqa: S301 - from our own process, over a pipe that nobody else has


class Stage:
    """One window off the screen, and what stands ready for it."""

    def __init__(self) -> None:
        import pyvista as pv  # noqa: PLC0415 - only this process needs it

        plotter: Any = pv.Plotter(off_screen=True, window_size=[64, 64], lighting="none")
        plotter.render_window.SetMultiSamples(SAMPLES)
        self._plotter = plotter
        self._actors: dict[str, tuple[Any, Faces | Lines]] = {}
        self._sky: tuple[Any, ...] = ()

    def keep(self, piece: Faces | Lines) -> None:
        """Make a piece ready."""
        actor = _face_actor(piece) if isinstance(piece, Faces) else _line_actor(piece)
        self._actors[piece.key] = actor, _without_contents(piece)

    def drop(self, key: str) -> None:
        """Forget a piece."""
        found = self._actors.pop(key, None)
        if found is not None:
            self._plotter.renderer.RemoveActor(found[0])
            found[0].ReleaseGraphicsResources(self._plotter.render_window)

    def draw(
        self, keys: Sequence[str], eye: Eye, size: tuple[int, int], ratio: float, sky: Sequence[tuple[float, Any]]
    ) -> NDArray[np.uint8]:
        """The picture, shape (height, width, 3)."""
        window, renderer = self._plotter.render_window, self._plotter.renderer
        self._paint_sky(sky)
        renderer.RemoveAllViewProps()
        for key in keys:
            actor, piece = self._actors[key]
            renderer.AddActor(actor)
            if isinstance(piece, Lines):
                actor.GetProperty().SetLineWidth(piece.width * ratio)
                actor.SetOrigin(eye.place[0], eye.place[1], eye.place[2] / eye.upright)
                actor.SetScale(1.0 - piece.nearer)
        if tuple(window.GetSize()) != tuple(size):
            window.SetSize(*size)
        self._aim(eye)
        window.Render()
        return _pixels(window, size)

    def _aim(self, eye: Eye) -> None:
        import vtk  # noqa: PLC0415 - idem

        camera = self._plotter.renderer.GetActiveCamera()
        camera.SetPosition(*eye.place)
        camera.SetFocalPoint(*eye.towards)
        camera.SetViewUp(*eye.up)
        camera.SetViewAngle(eye.field)
        upright = vtk.vtkMatrix4x4()
        upright.SetElement(2, 2, eye.upright)
        camera.SetModelTransformMatrix(upright)
        distance = float(np.linalg.norm(eye.towards - eye.place))
        nearest = NEAREST if distance < 10 * NEAREST / math.tan(math.radians(eye.field) / 2) else max(NEAREST, 0.02 * distance)
        camera.SetClippingRange(nearest, max(FARTHEST, 20 * distance))

    def _paint_sky(self, stops: Sequence[tuple[float, Any]]) -> None:
        if self._sky == tuple(stops):
            return
        self._sky = tuple(stops)
        at = np.linspace(0.0, 1.0, SKY_STEPS)
        places = [place for place, _ in stops]
        column = np.stack([np.interp(at, places, [colour[channel] for _, colour in stops]) for channel in range(3)], axis=1)
        picture = np.repeat(np.rint(column).astype(np.uint8)[:, None, :], 2, axis=1)
        renderer = self._plotter.renderer
        renderer.SetBackgroundTexture(_texture(picture))
        renderer.TexturedBackgroundOn()


def _without_contents(piece: Faces | Lines) -> Faces | Lines:
    """What has to be known of a piece once it is with the renderer."""
    if isinstance(piece, Lines):
        return Lines(piece.key, np.zeros((0, 2, 3), dtype=np.float32), piece.colour, piece.width, piece.nearer)
    none = np.zeros((0, 3), dtype=np.float32)
    return Faces(piece.key, none, np.zeros((0, 3), dtype=np.int32), np.zeros((0, 4), dtype=np.uint8), piece.is_clear)


def _face_actor(piece: Faces) -> Any:  # noqa: ANN401 - VTK has no types
    import pyvista as pv  # noqa: PLC0415 - idem

    cells = np.column_stack([np.full(len(piece.triangles), 3, dtype=np.int64), piece.triangles])
    mesh = pv.PolyData(piece.points, cells.ravel())
    mesh.point_data["colours"] = piece.colours
    actor = _actor(mesh)
    if piece.texture is not None and piece.places is not None:
        mesh.active_texture_coordinates = np.column_stack([piece.places[:, 0], 1.0 - piece.places[:, 1]]).astype(np.float64)  # from below
        actor.SetTexture(_texture(piece.texture))
    if piece.is_clear:
        actor.ForceTranslucentOn()
    else:
        actor.ForceOpaqueOn()
    return actor


def _texture(picture: NDArray[np.uint8]) -> Any:  # noqa: ANN401 - idem
    import pyvista as pv  # noqa: PLC0415 - idem

    make: Any = pv.Texture
    texture = make(picture)
    texture.InterpolateOn()
    texture.RepeatOff()
    return texture


def _line_actor(piece: Lines) -> Any:  # noqa: ANN401 - idem
    import pyvista as pv  # noqa: PLC0415 - idem

    n = len(piece.segments)
    cells = np.column_stack([np.full(n, 2, dtype=np.int64), np.arange(2 * n, dtype=np.int64).reshape(-1, 2)])
    mesh = pv.PolyData(piece.segments.reshape(-1, 3), lines=cells.ravel())
    mesh.point_data["colours"] = np.tile(np.array(piece.colour, dtype=np.uint8), (2 * n, 1))
    actor = _actor(mesh)
    if piece.colour[3] < 255:
        actor.ForceTranslucentOn()
    else:
        actor.ForceOpaqueOn()
    return actor


def _actor(mesh: pv.PolyData) -> Any:  # noqa: ANN401 - idem
    import vtk  # noqa: PLC0415 - idem

    mapper = vtk.vtkPolyDataMapper()
    mapper.SetInputData(mesh)
    mapper.SetScalarModeToUsePointFieldData()
    mapper.SelectColorArray("colours")
    mapper.SetColorModeToDirectScalars()
    mapper.ScalarVisibilityOn()
    mapper.StaticOn()
    actor = vtk.vtkActor()
    actor.SetMapper(mapper)
    actor.GetProperty().LightingOff()
    return actor


def _pixels(window: Any, size: tuple[int, int]) -> NDArray[np.uint8]:  # noqa: ANN401 - idem
    import vtk  # noqa: PLC0415 - idem
    from vtk.util.numpy_support import vtk_to_numpy  # noqa: PLC0415 - idem

    width, height = size
    found = vtk.vtkUnsignedCharArray()
    window.GetPixelData(0, 0, width - 1, height - 1, 0, found, 0)
    return np.ascontiguousarray(vtk_to_numpy(found).reshape(height, width, 3)[::-1])


def main() -> None:
    """Answer one question after the other until nobody asks any more."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever VTK says goes to standard error
    questions = sys.stdin.buffer
    stage = Stage()
    while True:
        try:
            kind, *told = receive(questions)
        except EOFError:
            return
        try:
            answer = getattr(stage, kind)(*told)
        except Exception as error:  # noqa: BLE001 - whatever it is: who asked says it, other pictures are still drawn
            send(answers, (False, f"{type(error).__name__}: {error}"))
        else:
            send(answers, (True, answer))


if __name__ == "__main__":
    main()
