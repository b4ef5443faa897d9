"""The requirements that a visitor looks at: those of the server, and what this visitor tries with them, in this visit only."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import streamlit as st

from ui.settings import settings
from wijktwin.errors import LimitError, WijktwinError
from wijktwin.impacts.requirement_files import MOST, read_requirements, requirement_path, requirements_beside
from wijktwin.impacts.requirements import MEASURES, Certainty, Operator, Requirement, Requirements, Subject

if TYPE_CHECKING:
    from pathlib import Path

    from wijktwin.model.provenance import Source

OWN: Final = "requirements"


def of_server() -> tuple[Requirements, WijktwinError | None]:
    """The table beside the data of this server, read again when it changes; what is wrong with it where it cannot be used."""
    data = settings().data
    try:
        path = requirement_path(data)
        if path is None:
            return Requirements(), None
        return _read(data, path.name, path.stat().st_mtime_ns, path.stat().st_size), None
    except WijktwinError as error:
        return Requirements(), error


@st.cache_resource(show_spinner=False, max_entries=4)
def _read(data: Path, name: str, changed: int, size: int, /) -> Requirements:  # noqa: ARG001 - all of it is part of the cache's key
    return requirements_beside(data)


def table(*, is_own_neighbourhood: bool) -> tuple[Requirements, WijktwinError | None]:
    """What plans are held against: a table of the visitor's own, else that of the server, which is about no other neighbourhood."""
    own = st.session_state.get(OWN)
    if isinstance(own, Requirements):
        return own, None
    return (Requirements(), None) if is_own_neighbourhood else of_server()


def is_changed() -> bool:
    """Whether this visitor has a table of their own."""
    return isinstance(st.session_state.get(OWN), Requirements)


def back() -> None:
    """Forget everything that was tried."""
    st.session_state.pop(OWN, None)


def keep(made: Requirements) -> None:
    """Hold plans against this table from now on, in this visit.

    Raises
    ------
    LimitError
        There are too many requirements in it.
    """
    if len(made.items) > MOST:
        raise LimitError("tables.too_many_requirements", source=OWN, n=len(made.items), limit=MOST)
    st.session_state[OWN] = made


def upload(content: bytes, name: str) -> None:
    """Hold plans against an uploaded table.

    Raises
    ------
    InputError
        It cannot be used.
    """
    keep(read_requirements(content, name=name))


def with_limit(now: Requirements, requirement_id: str, *, operator: Operator, value: float) -> Requirements:
    """The table with another limit for one requirement; the rule as it was stays beside it, and back at it nothing was changed."""
    items = tuple(_tried(one, operator, value) if one.requirement_id == requirement_id else one for one in now.items)
    return replace(now, items=items)


def _tried(one: Requirement, operator: Operator, value: float) -> Requirement:
    original = one.changed_from or one
    if (original.operator, original.value) == (operator, value):
        return original
    return replace(one, operator=operator, value=value, changed_from=original)


def without(now: Requirements, requirement_id: str) -> Requirements:
    """The table without one requirement."""
    return replace(now, items=tuple(one for one in now.items if one.requirement_id != requirement_id))


def with_new(now: Requirements, subject: Subject, *, value: float, rule: Source, certainty: Certainty) -> Requirements:
    """The table with one more requirement, of a subject that has a measure of its own."""
    measure = MEASURES[subject]
    taken = {one.requirement_id for one in now.items}
    stem = re.sub(r"[^a-z0-9]+", "-", str(subject))
    name = next(name for n in range(1, MOST + 2) if (name := f"{stem}-{n}") not in taken)
    made = Requirement(name, subject, measure, measure.operator, value, rule, certainty, is_own=True)
    return replace(now, items=(*now.items, made))
