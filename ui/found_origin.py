"""A value that was held against a requirement or a claim: how it is known, how far it may be off, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.cards import kind_mark
from ui.markup import EMPTY, Markup, bullet_list, element, joined
from wijktwin.words.judgements import found_margin
from wijktwin.words.rows import assumption_text
from wijktwin.words.sentences import kind_text
from wijktwin.words.texts import name_of, source_text, text

if TYPE_CHECKING:
    from ui.text import Text
    from wijktwin.impacts.requirements import Measured


def found_origin(t: Text, measured: Measured | None) -> Markup:
    """How a value is known, and behind a fold its margin, figures, methods, remarks, assumptions and sources."""
    if measured is None:
        return EMPTY
    figure = next((one for one in measured.figures if one.kind is measured.kind), measured.figures[0])
    lines = [t("figures.margin_of_it", margin=found_margin(measured, t.language))]
    lines += [name_of("impact", one.impact, t.language) for one in measured.figures]
    for method in dict.fromkeys(one.method for one in measured.figures):
        lines.append(t("figures.method", method=text(f"method.{method.method_id}.title", t.language), version=method.version))
    lines += [remark.sentence(t.language) for one in measured.figures for remark in one.remarks]
    lines += [t("figures.assumes", assumption=assumption_text(used, t.language)) for used in measured.assumptions]
    lines += [source_text(source, t.language) for source in measured.sources]
    mark = element("span", kind_mark(str(measured.kind)), kind_text(figure, measured.kind, t.language), class_="wt-how")
    return joined([mark, element("details", element("summary", t("figures.origin")), bullet_list(dict.fromkeys(lines), class_="wt-plain"))])
