"""The programme of an evening that somebody wrote: ``evening.toml`` beside the data.

One table ``[[step]]`` for every view, in the order in which they are shown::

    [[step]]
    kind = "compare"              # welcome, picture, compare, in_short or streets
    plan = "vogelhof"             # a plan's id; left out for today
    other = "vogeltorens"         # the second of a comparison
    sun = "2026-03-21T12:00"      # clock time; left out for no shade
    title = "Twee plannen"        # or { nl = "…", en = "…" }; left out for the page's own words
    say = "Kijk naar de hoogte."
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Final

from wijktwin import clock_times
from wijktwin.errors import InputError, Note
from wijktwin.model.programme import TODAY, Step, StepKind
from wijktwin.model.provenance import LocalText

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME: Final = "evening.toml"
STEP: Final = "step"
FIELDS: Final = ("kind", "plan", "other", "sun", "title", "say")
MOST_STEPS: Final = 60
LONGEST: Final = 400
"""A longer text is not read from a screen. [characters]"""


def read_programme(path: Path, *, plan_ids: Collection[str]) -> tuple[Step, ...]:
    """The programme in a file.

    Parameters
    ----------
    plan_ids
        The plans that can be shown.

    Raises
    ------
    InputError
        It cannot be used; the sentence names the step and the way out.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("evening.not_toml", source=path.name, reason=str(error)) from error
    steps = told.get(STEP)
    if set(told) != {STEP} or not isinstance(steps, list) or not steps:
        raise InputError("evening.no_steps", source=path.name)
    if len(steps) > MOST_STEPS:
        raise InputError("evening.too_many_steps", source=path.name, limit=MOST_STEPS)
    return tuple(_step(entry, path.name, number, plan_ids) for number, entry in enumerate(steps, start=1))


def _step(entry: Any, source: str, number: int, plan_ids: Collection[str]) -> Step:  # noqa: ANN401 - it comes from a file
    if not isinstance(entry, dict):
        raise InputError("evening.no_steps", source=source)
    for name in entry:
        if name not in FIELDS:
            raise InputError("evening.unknown_field", source=source, step=number, field=name, allowed=", ".join(FIELDS))
    kind = _text(entry, "kind", source, number)
    if kind not in set(StepKind):
        raise InputError("evening.unknown_kind", source=source, step=number, value=kind, allowed=", ".join(StepKind))
    found = Step(
        StepKind(kind),
        _text(entry, "plan", source, number),
        _text(entry, "other", source, number),
        _moment(entry, source, number),
        _local_text(entry, "title", source, number),
        _local_text(entry, "say", source, number),
    )
    for plan_id in found.plan_ids:
        if plan_id not in plan_ids:
            raise InputError("evening.no_such_plan", source=source, step=number, value=plan_id, allowed=", ".join(sorted(plan_ids)) or "–")
    if found.kind is StepKind.IN_SHORT and found.plan_id == TODAY:
        raise InputError("evening.plan_missing", source=source, step=number)
    if found.kind is StepKind.COMPARE and found.plan_id == found.other_id:
        raise InputError("evening.nothing_compared", source=source, step=number)
    return found


def _text(entry: Mapping[str, Any], name: str, source: str, number: int) -> str:
    value = entry.get(name, "")
    if not isinstance(value, str) or len(value) > LONGEST:
        raise InputError("evening.not_text", source=source, step=number, field=name, limit=LONGEST)
    return value.strip()


def _local_text(entry: Mapping[str, Any], name: str, source: str, number: int) -> LocalText:
    value = entry.get(name, "")
    parts = value if isinstance(value, dict) else {"nl": value}
    for language, part in parts.items():
        if language not in {"nl", "en"} or not isinstance(part, str) or len(part) > LONGEST:
            raise InputError("evening.not_text", source=source, step=number, field=name, limit=LONGEST)
    return LocalText.from_value({language: part.strip() for language, part in parts.items()})


def _moment(entry: Mapping[str, Any], source: str, number: int) -> str:
    told = _text(entry, "sun", source, number)
    if not told:
        return ""
    moment = clock_times.read_clock_time(told)
    if moment is None:
        raise InputError("evening.not_a_moment", source=source, step=number, value=told, expected=Note("evening.a_moment"))
    return clock_times.written(moment)
