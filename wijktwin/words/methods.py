"""How figures are computed, in words: the page about methods and ``docs/methods.md`` are made from the same paragraphs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wijktwin.impacts import ground_shadow
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import IMPACTS, NOT_COMPUTED
from wijktwin.words.numbers import format_as_said, format_date
from wijktwin.words.texts import document, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wijktwin.errors import Language
    from wijktwin.impacts.assumptions import Assumptions


@dataclass(frozen=True, slots=True)
class MethodText:
    """One method as it is explained; ``paragraphs`` and ``literature`` in order."""

    key: str
    title: str
    paragraphs: tuple[str, ...]
    formula: str
    literature: tuple[str, ...]
    version: str
    date: str


@dataclass(frozen=True, slots=True)
class AssumptionText:
    """One assumption as it is explained."""

    name: str
    label: str
    explanation: str
    source: str
    url: str


def method_texts(language: Language) -> tuple[MethodText, ...]:
    """The methods of all impacts, in the order in which their figures are shown, and that of the shade in the picture."""
    return tuple(method_text(key, language) for key in (*IMPACTS, ground_shadow.METHOD.method_id))


def method_text(key: str, language: Language) -> MethodText:
    """One method.

    Raises
    ------
    KeyError
        There is no such method.
    """
    table: Mapping[str, Any] = document(language)["method"][key]
    paragraphs = tuple(part.strip() for part in table["text"].strip().split("\n\n"))
    return MethodText(key, table["title"], paragraphs, table["formula"], tuple(table["literature"]), table["version"], table["date"])


def assumption_texts(language: Language, *, assumptions: Assumptions | None = None) -> tuple[AssumptionText, ...]:
    """All assumptions with value, range, reason and owner."""
    chosen = default_assumptions() if assumptions is None else assumptions
    return tuple(
        AssumptionText(
            name=one.name,
            label=one.label.in_language(language),
            explanation=text(
                "method.assumption",
                language,
                value=format_as_said(one.value, language),
                low=format_as_said(one.low, language),
                high=format_as_said(one.high, language),
                unit=one.unit,
                reason=one.reason.in_language(language),
                owner=one.owner,
                date=format_date(one.date, language),
            ),
            source=one.source_in(language),
            url=one.url,
        )
        for one in chosen.values()
    )


def not_computed_texts(language: Language) -> tuple[str, ...]:
    """What people ask about and no figure is given for."""
    return tuple(text(f"not_computed.{key}", language) for key in NOT_COMPUTED)


def methods_document(language: Language) -> str:
    """All methods, assumptions and what is not computed, as Markdown."""
    parts = [f"# {text('method.heading', language)}", text("method.introduction", language)]
    for method in method_texts(language):
        parts += [
            f"## {method.title}",
            f"*{text('method.version', language, version=method.version, date=format_date(method.date, language))}*",
        ]
        parts += [*method.paragraphs, f"{text('method.formula', language)}: `{method.formula}`"]
        if method.literature:
            parts += [f"{text('method.literature', language)}:", "\n".join(f"- {item}" for item in method.literature)]
    parts += [f"## {text('method.assumptions_heading', language)}", text("method.assumptions_introduction", language)]
    parts.append("\n".join(_assumption_line(one) for one in assumption_texts(language)))
    parts += [f"## {text('not_computed.title', language)}", text("method.not_computed_introduction", language)]
    parts.append("\n".join(f"- {item}" for item in not_computed_texts(language)))
    return "\n\n".join(parts) + "\n"


def _assumption_line(one: AssumptionText) -> str:
    read_in = f" {one.source}, {one.url}." if one.source else ""
    return f"- **{one.label}** (`{one.name}`): {one.explanation}{read_in}"
