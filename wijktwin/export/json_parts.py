"""Parts that documents for other programs have in common, as members of JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wijktwin.errors import LANGUAGES
from wijktwin.words.place_words import where_text
from wijktwin.words.texts import name_of

if TYPE_CHECKING:
    from wijktwin.impacts.assessment import Margin, UsedAssumption, Where
    from wijktwin.model.provenance import LocalText, Source

Document = dict[str, Any]


def where_part(where: Where) -> Document:
    """What a figure is about."""
    told: Document = {language: where_text(where, language) for language in LANGUAGES}
    return {"place": str(where.place), "identifier": where.identifier, **told}


def margin_part(margin: Margin) -> Document:
    """How far a figure may be off."""
    return {"below": margin.below, "above": margin.above, "reason": named_part(margin.reason, "reason")}


def named_part(key: str, table: str) -> Document:
    """A key of ours with what it is called in each language."""
    return {"key": key, **{language: name_of(table, key, language) for language in LANGUAGES}}


def source_part(source: Source) -> Document:
    """A dataset or document with its owner."""
    return {
        "title": source.title,
        "owner": source.owner,
        "vintage": source.vintage,
        "licence": source.licence,
        "version": source.version,
        "url": source.url,
        "fictional": source.fictional,
    }


def assumption_part(one: UsedAssumption) -> Document:
    """A value that nobody measured."""
    return {
        "name": one.name,
        "label": local_part(one.label),
        "value": one.value,
        "unit": one.unit,
        "low": one.low,
        "high": one.high,
        "owner": one.owner,
        "date": one.date,
        "reason": local_part(one.reason),
        "variant": one.variant,
    }


def local_part(words: LocalText) -> Document:
    """A text in each language."""
    return {language: words.in_language(language) for language in LANGUAGES}
