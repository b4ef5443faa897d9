"""A visitor without a browser: Streamlit's own messages over a web socket, as the browser sends and hears them."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

if TYPE_CHECKING:
    from benchmarks.servers import Server

RUN_SECONDS: Final = 120.0
RERUNS: Final = 10
SCENE: Final = "wijktwin_scene"
"""What the component is called that draws it."""


@dataclass(slots=True)
class Run:
    """What came back from one run of a page.

    Parameters
    ----------
    is_whole
        It came to its end, showed no fault, and had the scene in it.
    """

    seconds: float
    size: int = 0
    is_whole: bool = False


@dataclass(slots=True)
class Hearing:
    """What is gathered from the messages of one run."""

    has_scene: bool = False
    has_fault: bool = False
    is_done: bool = False

    def hear(self, message: ForwardMsg) -> None:
        """Take in one message."""
        match message.WhichOneof("type"):
            case "delta":
                element = message.delta.new_element
                self.has_fault |= element.WhichOneof("type") == "exception"
                self.has_scene |= element.bidi_component.component_name == SCENE
            case "script_finished" if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                self.is_done = True
                self.has_fault |= message.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY


class Visitor:
    """One session."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def run(self, query: str, *, now: Callable[[], float] = time.perf_counter) -> Run:
        """Ask for a run of the page, and hear it to its end."""
        asked = BackMsg()
        asked.rerun_script.query_string = query
        began = now()
        await self._socket.send(asked.SerializeToString())
        heard, size = Hearing(), 0
        async with asyncio.timeout(RUN_SECONDS):
            while not heard.is_done:
                content = await self._socket.recv(decode=False)
                message = ForwardMsg()
                message.ParseFromString(content)
                heard.hear(message)
                size += len(content)
        return Run(now() - began, size, heard.has_scene and not heard.has_fault)


def visit(url: str) -> connect:
    """A connection as a browser makes it: ``async with visit(url) as socket``."""
    return connect(
        f"ws{url.removeprefix('http')}/_stcore/stream", origin=Origin(url), subprotocols=[Subprotocol("streamlit")], max_size=None,
        compression=None, proxy=None, open_timeout=RUN_SECONDS,
    )  # fmt: skip


def rerun_processor_ms(server: Server, *, query: str, repeat: int) -> float:
    """Median processor time that a rerun of a warm page costs its server: of some rounds of ten reruns each. [ms]"""

    async def rounds() -> list[float]:
        async with visit(server.url) as socket:
            visitor = Visitor(socket)
            for _ in range(3):
                await visitor.run(query)
            used = []
            for _ in range(repeat):
                before = server.processor_seconds()
                for _ in range(RERUNS):
                    if not (await visitor.run(query)).is_whole:
                        message = "a rerun of the page showed a fault, or no scene"
                        raise SystemExit(message)
                used.append((server.processor_seconds() - before) / RERUNS * 1e3)
            return used

    return statistics.median(asyncio.run(rounds()))
