"""What the server does by itself before anybody comes in: the first visit, and a first card.

Until a root page has run once, a deep link is told that its page does not exist, and whoever comes first waits while the
neighbourhood is read. What cards of all homes have in common is worked out beside the pages, so that no resident waits for it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from typing import TYPE_CHECKING, Final

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime import Runtime
from streamlit.runtime.session_manager import SessionClient

from ui import cache
from ui.long_figures import ASKED, VARIABLE
from ui.settings import settings
from wijktwin.errors import PlanConflictError
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.home import Home
from wijktwin.model.plan import Use
from wijktwin.words.cards import make_card

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


def prepare_cards() -> None:
    """Begin, beside the pages, a card in every scenario that residents are offered; not where the server was told to wait."""
    if os.environ.get(VARIABLE, "") != ASKED:
        threading.Thread(target=_prepare, name="first cards", daemon=True).start()


def _prepare() -> None:
    try:
        make_first_cards(cache.published(settings()))
    except Exception:  # noqa: BLE001 - whatever it is: who asks for a card hears of it then
        _LOG.exception("no card could be prepared")


def make_first_cards(shown: cache.Published) -> None:
    """A card of the first dwelling in every scenario that residents are offered: what is the same for all homes is kept by that."""
    neighbourhood = shown.neighbourhood
    table = neighbourhood.address_table
    if table is None or not (dwellings := list(table["address_id"][table["use"] == Use.DWELLING.value])):
        return
    plans = [plan for plan in shown.plans.values() if plan.is_for_residents and plan.published_by_server]
    for told in ((), *(((plan.plan_id, plan.content_key),) for plan in plans)):
        try:
            scenario = cache.published_scenario(shown, neighbourhood.key, told)
        except PlanConflictError:
            continue
        make_card(scenario, Home(str(dwellings[0])), language="nl", assumptions=default_assumptions())


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
