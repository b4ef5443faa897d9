"""What a page shows as a figure, and whether everything that belongs to it stands with it: its margin, how it is known and its source.

A figure is told in a row of a table of figures, an item of the list of changes or a card. A number with a unit anywhere else is one that
nobody can check: it is found by its form, so a new way to show figures is found too.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from streamlit.testing.v1 import AppTest

from tests.pages.visiting import elements
from ui.text import templates as screen_templates
from wijktwin.errors import Language
from wijktwin.words.texts import templates

EMPTY_TAGS: Final = frozenset({"br", "hr", "img", "input", "wbr"})
AMOUNT: Final = re.compile(r"(?<![\w.,])\d[\d.,]*[\s\u00a0]?(?:%|m²|m³|m|min|woningen|homes|bomen|trees|autoritten|trips)(?!\w)")
NO_FIGURE: Final = frozenset({"blockquote", "h1", "h2", "h3", "h4", "summary", "caption", "style"})
"""What somebody else says, and names of things: a plan may have a number in its title."""
FIGURE_TABLES: Final = frozenset({"wt-told", "wt-pairs", "wt-asked", "wt-changed"})
TAILS: Final = (
    "measured_count", "measured_amount", "calculated", "assumed", "stated", "stated_by_many", "stated_by_nobody", "computed_from_plan",
    "computed_from_plan_one",
)  # fmt: skip
"""What a sentence ends with that says how its figure is known."""


@dataclass
class Node:
    """An element of a page, with its text and elements in order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    inside: list[Node | str] = field(default_factory=list)
    above: Node | None = None

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    @property
    def text(self) -> str:
        return " ".join(" ".join(each if isinstance(each, str) else each.text for each in self.inside).split())

    def all(self) -> Iterator[Node]:
        yield self
        for each in self.inside:
            if isinstance(each, Node):
                yield from each.all()

    def has(self, class_: str) -> bool:
        return any(name.startswith(class_) for each in self.all() for name in each.classes)

    def around(self) -> Iterator[Node]:
        found: Node | None = self
        while found is not None:
            yield found
            found = found.above


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.now = Node("")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Node(tag, {name: value or "" for name, value in attrs}, above=self.now)
        self.now.inside.append(made)
        self.now = self.now if tag in EMPTY_TAGS else made

    def handle_endtag(self, tag: str) -> None:
        self.now = next((each.above for each in self.now.around() if each.tag == tag and each.above is not None), self.now)

    def handle_data(self, data: str) -> None:
        self.now.inside.append(data)


def read(body: str) -> Node:
    """The elements of a piece of HTML."""
    reader = _Reader()
    reader.feed(body)
    return reader.root


def faults(visitor: AppTest, language: Language, *, names: Container[str] = ()) -> list[str]:
    """What is missing beside a figure anywhere on a page, one line each; ``names`` may have a number in them and tell none."""
    pieces = [read(one.proto.body) for one in elements(visitor) if one.type == "html"]
    return [fault for piece in pieces for fault in faults_in(piece, language, names=names)]


def faults_in(piece: Node, language: Language, *, names: Container[str] = ()) -> list[str]:
    """The same of a piece of a page."""
    found = [f"{what}: {row.text[:200]}" for row in piece.all() if _is_figure_row(row) for what in _missing_in_row(row, language)]
    for one in piece.all():
        if one.tag == "li" and one.above is not None and "wt-changes" in one.above.classes and not _is_told(one.text, language):
            found.append(f"kind: {one.text[:200]}")
        if one.tag == "article" and "wt-claims" in getattr(one.above, "classes", ()):
            found += [f"{what}: {one.text[:200]}" for what in _missing_in_claim(one, language)]
        if "wt-line" in one.classes:
            found += [f"{what}: {one.text[:200]}" for what in _missing_in_line(one, language)]
        own = " ".join(each for each in one.inside if isinstance(each, str))
        if AMOUNT.search(own) and not any(map(_tells_figures, one.around())) and not _is_no_figure(own, language, names):
            found.append(f"a number by itself: {own[:200]}")
    return found


def _is_figure_row(row: Node) -> bool:
    table = next((each for each in row.around() if each.tag == "table"), None)
    is_head = row.classes & {"wt-group", "wt-part"} or any(each.tag == "thead" for each in row.around())
    return row.tag == "tr" and table is not None and bool(table.classes & FIGURE_TABLES) and not is_head


def _missing_in_row(row: Node, language: Language) -> list[str]:
    """Of each value that a row tells: a kind, a margin, a method and a source."""
    words, shown = templates(language), row.text
    if words["word.unknown"] in shown and not row.has("wt-mark-"):
        return []
    cells = [each for each in row.inside if isinstance(each, Node) and each.tag == "td"]
    if row.has("wt-outcome") and all(each.has("wt-outcome-open") or not AMOUNT.search(each.text) for each in cells):
        return []
    margins = [cell for cell in row.all() if cell.attributes.get("data-label") in {"Marge", "Margin"}]
    missing = [] if row.has("wt-mark-") else ["kind"]
    missing += [] if any(cell.text for cell in margins) or _says_margin(shown, language) else ["margin"]
    missing += [] if re.search(r"\b(versie|version) \d", shown) else ["method"]
    return missing + ([] if re.search(r"\[\d+\]", shown) or "©" in shown or "(" in shown else ["source"])


def _missing_in_claim(card: Node, language: Language) -> list[str]:
    found = templates(language)["finding.told"].partition("{said}. ")[2].partition("{")[0].strip()
    if found not in card.text:
        return []
    missing = [] if card.has("wt-mark-") else ["kind"]
    missing += [] if re.search(r"\b(Marge|Margin): ", card.text) else ["margin"]
    return missing + ([] if re.search(r"\b(versie|version) \d", card.text) else ["method"])


def _missing_in_line(line: Node, language: Language) -> list[str]:
    """Of a line of the card of a home that tells a number: what does not stand behind it, once it is opened.

    What somebody else says, and what a plan says of itself, has no mark of a figure of ours: of that the method says so.
    """
    words, said = screen_templates(language), next(each for each in line.all() if each.tag == "summary")
    if not re.search(r"\d", said.text):
        return []
    names, values = ([each.text for each in line.all() if each.tag == tag] for tag in ("dt", "dd"))
    behind = dict(zip(names, values, strict=True))
    needed = {"method": "home.method", "source": "home.sources"}
    if said.has("wt-mark-"):
        needed |= {"kind": "home.how", "margin": "home.margin"}
    elif behind.get(words["home.margin"]):
        needed |= {"kind": ""}
    return [what for what, key in needed.items() if not behind.get(words.get(key, ""))]


def _says_margin(shown: str, language: Language) -> bool:
    reasons = [words for key, words in templates(language).items() if key.startswith("reason.")]
    return any(words.lower() in shown.lower() for words in reasons)


def _is_told(shown: str, language: Language) -> bool:
    """Whether a sentence says how it is known, or that nobody knows, or has no number at all."""
    if not re.search(r"\d", shown):
        return True
    tails = [words for key, words in templates(language).items() if key.startswith("tail.") and key.partition(".")[2] in TAILS]
    return any(words.partition("{")[0].strip() in shown for words in tails)


def _is_no_figure(shown: str, language: Language, names: Container[str]) -> bool:
    """Whether a number stands in a name or is what we call a difference from, or a description says in brackets how it is known."""
    words = templates(language)
    if shown in names or shown.startswith(words["card_top.from_which"].partition("{")[0]):
        return True
    return any(f"({name})" in shown for key, name in words.items() if key.startswith("kind."))


def _tells_figures(one: Node) -> bool:
    """Whether numbers inside are looked at by the rules of figures, or are none."""
    looked_at = {"wt-figures", "wt-changes", "wt-card", "wt-sources", "wt-lines", "wt-line", "wt-on-paper"}
    return one.tag in NO_FIGURE or bool(one.classes & looked_at)
