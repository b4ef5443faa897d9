"""The first visit: made by the server itself before anybody else comes in.

Until a root page has run once, a deep link is told that its page does not exist, and whoever comes first waits while the
neighbourhood is read.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime import Runtime
from streamlit.runtime.session_manager import SessionClient

if TYPE_CHECKING:
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

LONGEST_VISIT: Final = 600.0
"""[s]"""
_LOG: Final = logging.getLogger(__name__)


class _Visitor(SessionClient):
    """Waits for the end of one run, and keeps nothing of it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.is_done = asyncio.Event()

    def write_forward_msg(self, msg: ForwardMsg) -> None:
        """Hear that the run has ended."""
        if msg.WhichOneof("type") == "script_finished":
            self._loop.call_soon_threadsafe(self.is_done.set)


async def first_visit() -> bool:
    """Run the first page once, and tell whether it came to its end in time."""
    runtime = Runtime.instance()
    visitor = _Visitor()
    session_id = runtime.connect_session(visitor, user_info={})
    try:
        rerun = BackMsg()
        rerun.rerun_script.query_string = ""
        runtime.handle_backmsg(session_id, rerun)
        await asyncio.wait_for(visitor.is_done.wait(), LONGEST_VISIT)
    except TimeoutError:
        _LOG.warning("the first page did not come to its end within %d s", LONGEST_VISIT)
        return False
    finally:
        runtime.disconnect_session(session_id)
        runtime.close_session(session_id)
    return True
