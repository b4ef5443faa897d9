"""A long table of figures in folds, one for each subject, so that nobody has to scroll past what they did not ask for.

Subjects that count homes come first. Whoever wants the whole table at once, to search or to print it, ticks a box.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

import streamlit as st

from ui.markup import Markup, element, label, scrollable
from wijktwin.words.summary import counts_homes

if TYPE_CHECKING:
    from ui.text import Text
    from wijktwin.impacts.assessment import Assessment

FEW: Final = 12
"""So many figures are shown without folds."""


@dataclass(frozen=True, slots=True)
class FoldRow:
    """One figure of a table.

    Parameters
    ----------
    subject, title
        What it is about: a key, and in words.
    rows
        Its row, and those of its parts.
    """

    subject: str
    title: str
    rows: tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class TableFrame:
    """What is around the rows: the caption, the cells at the top, and a class for the style sheet."""

    caption: str
    heads: tuple[Markup, ...]
    class_: str


def homes_first(told: Iterable[Assessment]) -> tuple[str, ...]:
    """All subjects, those in which homes are counted that gain or lose before the others."""
    listed = list(told)
    counted = {one.group for one in listed if counts_homes(one)}
    subjects = dict.fromkeys(one.group for one in listed)
    return tuple(sorted(subjects, key=lambda subject: subject not in counted))


def folded(
    t: Text, name: str, rows: Sequence[FoldRow], frame: TableFrame, *, order: Sequence[str], key: str, words: str = "figures.fold",
    is_open: Collection[str] = (),
) -> None:  # fmt: skip
    """A table with one fold for each subject; as a whole where there are few rows, or where a visitor asks for that.

    Parameters
    ----------
    name
        Of the frame around a table, for screen readers.
    order
        The subjects in the order of their folds.
    words
        Key of what is said on a fold: its title, and how many rows there are.
    is_open
        Subjects whose folds are open at first.
    """
    placed = sorted(rows, key=lambda row: order.index(row.subject))
    if len(placed) <= FEW or st.checkbox(t("figures.whole"), key=f"{key}_whole", wrap=True):
        st.html(scrollable(name, whole_table(placed, frame)))
        return
    with st.container(key=f"{key}_folds", gap="xsmall"):
        for subject, own in groupby(placed, key=lambda row: row.subject):
            inside = list(own)
            title = inside[0].title
            with st.expander(t(words, n=len(inside), title=label(title)), expanded=subject in is_open, key=f"{key}_{subject}"):
                st.html(scrollable(title, _table(f"{frame.caption}: {title}", frame, _all(inside), class_="wt-folded")))


def alike(t: Text, words: str, rows: Sequence[FoldRow], frame: TableFrame, *, key: str) -> None:
    """Figures that stay the same, in a panel of their own; nothing where there are none. ``words``: key of what is said on it."""
    if rows:
        said = t(words, n=len(rows))
        with st.expander(said, key=key):
            st.html(scrollable(said, whole_table(rows, frame)))


def whole_table(rows: Iterable[FoldRow], frame: TableFrame) -> Markup:
    """One table, with a heading of its own above the rows of every subject; those of one subject behind each other."""
    body: list[Markup] = []
    for title, own in groupby(rows, key=lambda row: row.title):
        body.append(element("tr", element("th", title, colspan=len(frame.heads), scope="colgroup"), class_="wt-group"))
        body += _all(own)
    return _table(frame.caption, frame, body)


def _all(rows: Iterable[FoldRow]) -> list[Markup]:
    return [each for row in rows for each in row.rows]


def _table(caption: str, frame: TableFrame, body: Sequence[Markup], *, class_: str = "") -> Markup:
    inside = (element("caption", caption), element("thead", element("tr", *frame.heads)), element("tbody", *body))
    return element("table", *inside, class_=f"wt-table wt-figures {frame.class_} {class_}".strip())
