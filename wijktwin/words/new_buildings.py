"""The buildings that a plan adds, in a few words: how many there are and how high they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wijktwin.impacts.assessment import Unit
from wijktwin.model.provenance import Kind
from wijktwin.words.numbers import format_value
from wijktwin.words.texts import counted_text, enumeration, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wijktwin.errors import Language
    from wijktwin.model.plan import Volume

NAMED: Final = 5
"""Of so many buildings every height is told; of more only the lowest and the highest."""


def new_buildings_text(key: str, buildings: Sequence[Sequence[Volume]], language: Language, **values: object) -> str:
    """A sentence about new buildings (`wijktwin.model.space.new_buildings`): ``key``, or ``key_one``, with ``n`` and ``heights``."""
    return counted_text(key, len(buildings), language, heights=heights_text(buildings, language), **values)


def heights_text(buildings: Sequence[Sequence[Volume]], language: Language) -> str:
    """How high they are, from low to high: "24 en 60 meter"; "about" before heights that nobody stated."""
    highest = sorted((building[0] for building in buildings), key=lambda volume: volume.height)
    shown = [format_value(volume.height, Unit.METRES, language, sign_of_unit=False) for volume in highest]
    told = text("word.range", language, low=shown[0], high=shown[-1]) if len(shown) > NAMED else enumeration(shown, language)
    metres = text("unit_in_sentence.m", language, value=told)
    is_assumed = any(volume.height_kind is Kind.ASSUMED for volume in highest)
    return text("word.about", language, value=metres) if is_assumed else metres


def heights_kind(buildings: Sequence[Sequence[Volume]], language: Language) -> str:
    """How these heights are known, in words: the weakest of them decides."""
    kinds = {building[0].height_kind for building in buildings}
    if Kind.ASSUMED in kinds:
        return text("kind.assumed", language)
    return text("kind.stated" if kinds == {Kind.STATED} else "kind.from_plan", language)
