"""The sources of figures, numbered for a table; and which figures and parts of them stay as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from wijktwin.words.texts import source_text

if TYPE_CHECKING:
    from wijktwin.errors import Language
    from wijktwin.impacts.assessment import Assessment


def stays(one: Assessment) -> bool:
    """Whether a figure and all its parts are known now and then, and are the same."""
    return one.before is not None and one.before == one.after and all(is_unchanged(one, key) for key in one.breakdown)


def is_unchanged(one: Assessment, key: str) -> bool:
    """Whether a part of a figure is known now and then, and is the same."""
    before, after = one.breakdown[key]
    return before is not None and before == after


def numbered_sources(told: Iterable[Assessment], language: Language) -> Mapping[str, int]:
    """All sources of some figures, numbered from 1 in the order in which they are first named."""
    names = dict.fromkeys(name for one in told for name in source_texts(one, language))
    return {name: number for number, name in enumerate(names, start=1)}


def source_texts(one: Assessment, language: Language) -> tuple[str, ...]:
    """The sources of one figure in words, each once."""
    return tuple(dict.fromkeys(source_text(source, language) for source in one.sources))
