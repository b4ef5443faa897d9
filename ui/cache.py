"""What all visitors share, computed once: the neighbourhood, the plans that the server publishes, and figures about them.

Nothing of one visitor ever comes in here: the functions only take what the server itself shows.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import streamlit as st

from ui.settings import Settings
from wijktwin.errors import InputError, WijktwinError
from wijktwin.impacts.catalogue import assess
from wijktwin.model.scenario import Scenario
from wijktwin.sources.plan_files import read_plan_folder
from wijktwin.sources.prepared import open_neighbourhood

if TYPE_CHECKING:
    from pathlib import Path

    from wijktwin.impacts.assessment import Assessment
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan

SECONDS_BETWEEN_TRIES: Final = 60.0
"""How long before files that could not be read, and did not change since, are tried again. [s]"""
N_SCENARIOS: Final = 128
"""How many combinations of published plans are kept, with their figures."""


_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Published:
    """What this server shows to everybody.

    Parameters
    ----------
    plans
        By plan id; drafts and withdrawn ones among them (`Plan.is_for_residents` says who may see them).
    faults
        What is wrong with plan files that could not be read.
    unreadable
        Why the files as they are now could not be read: what is shown was read before they changed. None where all is well.
    """

    neighbourhood: Neighbourhood
    plans: dict[str, Plan]
    faults: tuple[WijktwinError, ...]
    unreadable: WijktwinError | None = None


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was read last, and which state of the files could not be read since, and when that was tried. [s]"""

    shown: Published
    failed: tuple[str, str] | None = None
    tried_at: float = 0.0


_KEPT: Final[dict[Settings, _Kept]] = {}
"""For the settings of this server: never more than one."""


def published(settings: Settings) -> Published:
    """The neighbourhood and the plans of this server, read again when their files change.

    When the changed files cannot be read, what was read before is still shown, and the server's log says so in one sentence.

    Raises
    ------
    WijktwinError
        The data cannot be used, and could not be used before.
    """
    kept = _KEPT.get(settings)
    stamps = _stamp(settings.data), _stamp(settings.plans)
    if kept is not None and kept.failed == stamps and time.monotonic() - kept.tried_at < SECONDS_BETWEEN_TRIES:
        return kept.shown
    try:
        found = _published(settings, *stamps)
    except (WijktwinError, OSError) as error:
        if kept is None:
            raise
        if kept.failed != stamps:
            _log.warning("%s changed and cannot be read; what was read before is still shown (%s)", settings.data.name, error)
        found = replace(kept.shown, unreadable=_told(error, settings))
        _KEPT[settings] = _Kept(found, stamps, time.monotonic())
        return found
    if kept is None or kept.shown is not found:
        _KEPT.clear()
        _KEPT[settings] = _Kept(found)
    return found


def _told(error: WijktwinError | OSError, settings: Settings) -> WijktwinError:
    """What went wrong in words for everybody: of a disk that fails no paths."""
    if isinstance(error, WijktwinError):
        return error
    return InputError("command.unreadable", source=settings.data.name, reason=error.strerror or type(error).__name__)


@st.cache_resource(show_spinner=False, max_entries=2)
def _published(settings: Settings, data_stamp: str, plans_stamp: str, /) -> Published:  # noqa: ARG001 - the stamps are part of the cache's key
    neighbourhood = open_neighbourhood(settings.data, state_dir=settings.state, crs=settings.crs)
    if settings.plans is None:
        return Published(neighbourhood, {}, ())
    plans, faults = read_plan_folder(settings.plans, neighbourhood=neighbourhood)
    return Published(neighbourhood, {plan.plan_id: plan for plan in plans}, faults)


def _stamp(path: Path | None) -> str:
    """Names, sizes and times of change of a file, or of all files directly in a folder."""
    if path is None or not path.exists():
        return ""
    told = []
    with contextlib.suppress(OSError):  # a file that goes while we look is seen to have gone next time
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        told = [(file.name, stat.st_size, stat.st_mtime_ns) for file in files if file.is_file() for stat in [file.stat()]]
    return hashlib.sha256(repr(told).encode("utf-8", "surrogateescape")).hexdigest()


@st.cache_resource(show_spinner=False, max_entries=N_SCENARIOS)
def published_scenario(_shown: Published, key: str, told: tuple[tuple[str, str], ...], /) -> Scenario:  # noqa: ARG001 - idem
    """A combination of published plans.

    Parameters
    ----------
    key
        That of the neighbourhood.
    told
        Id and content key of each plan.

    Raises
    ------
    PlanConflictError
        The plans cannot stand together.
    """
    return Scenario(_shown.neighbourhood, frozenset(_shown.plans[plan_id] for plan_id, _ in told))


@st.cache_resource(show_spinner=False, max_entries=N_SCENARIOS)
def published_figures(_scenario: Scenario, key: str, /) -> tuple[Assessment, ...]:  # noqa: ARG001 - idem
    """All figures of a scenario of published plans; ``key`` is the scenario's."""
    return assess(_scenario)
