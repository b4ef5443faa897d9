"""HTML and labels in which nothing of others can be anything but text.

Streamlit reads labels as Markdown: a plan called ``![](https://…)`` would load a picture from another host. Texts of people and
files therefore pass through here, or are shown by ``st.text``.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Final, Self

LONGEST_LABEL: Final = 160
_SIGNS: Final = re.compile(r"([\\`*_\[\]<~$|^])")
"""What Markdown reads as more than itself anywhere in a line; screen readers may hear the backslash, so no more than these."""
_BEGINS: Final = re.compile(r"(https?:|ftp:|www|@|&|:)(?=[/.\w#+])", re.IGNORECASE)
"""What would become an address, an entity, an emoji, an icon or a colour together with what follows."""
_AT_START: Final = re.compile(r"(?=[-+#>=]|\d+[.)])")
"""What would become a list, a heading or a quotation at the start of a line."""
_UNSEEN: Final = re.compile("[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]")
"""Control characters, and marks that turn the direction of the text around them."""
WORD_JOINER: Final = "\u2060"
VOID: Final = frozenset({"br", "hr", "img", "meta", "rect", "path", "line", "circle"})


class Markup(str):
    """HTML in which everything that came from elsewhere was escaped. Made by `element` and `joined` only."""

    __slots__ = ()

    def __html__(self) -> Self:
        """Itself."""
        return self


EMPTY: Final = Markup("")


def one_line(text: str) -> str:
    """Text of others without line ends, control characters and marks that turn its direction."""
    return _UNSEEN.sub(" ", text).strip()


def escaped(text: str) -> Markup:
    """Text as HTML; what already is `Markup` stays as it is."""
    return text if isinstance(text, Markup) else Markup(html.escape(_UNSEEN.sub(" ", text)))


def joined(parts: Iterable[str]) -> Markup:
    """Parts behind each other."""
    return Markup("".join(escaped(part) for part in parts))


def element(name: str, /, *children: str | None, **attributes: str | int | bool | None) -> Markup:
    """One HTML element.

    Parameters
    ----------
    name
        Tag.
    children
        Text is escaped, `Markup` is not; None is left out.
    attributes
        ``class_`` and ``for_`` lose their underscore, others turn theirs into hyphens; None and False are left out.
    """
    told = "".join(_attribute(key, value) for key, value in attributes.items() if value is not None and value is not False)
    if name in VOID:
        return Markup(f"<{name}{told}>")
    return Markup(f"<{name}{told}>{joined(child for child in children if child is not None)}</{name}>")


def _attribute(name: str, value: str | int) -> str:
    shown = name.rstrip("_").replace("_", "-")
    return f" {shown}" if value is True else f' {shown}="{html.escape(one_line(str(value)))}"'


def link(url: str | None, text: str) -> Markup:
    """A link to an ordinary web address; only the text where the address is anything else."""
    if url is None or not re.fullmatch(r"https?://[^\s\"'<>]+", url):
        return escaped(text)
    return element("a", text, href=url, rel="noopener noreferrer", target="_blank")


def paragraphs(texts: Iterable[str]) -> Markup:
    """One paragraph per text."""
    return joined(element("p", text) for text in texts)


def bullet_list(items: Iterable[str], *, class_: str | None = None) -> Markup:
    """An unordered list."""
    return element("ul", *(element("li", item) for item in items), class_=class_)


def facts(pairs: Iterable[tuple[str, str]], *, class_: str = "facts") -> Markup:
    """A list of names and values."""
    return element("dl", *(element("div", element("dt", name), element("dd", value)) for name, value in pairs), class_=class_)


def scrollable(name: str, inside: Markup) -> Markup:
    """A frame with a name for what may be wider than the page: it can be scrolled, also by keyboard."""
    return element("div", inside, class_="wt-scroll", tabindex=0, role="region", aria_label=name)


def label(text: str) -> str:
    """Text of others for a label of Streamlit's: shown as it is, never read as Markdown, never a link, never a picture.

    Where a backslash can be avoided an invisible sign is put between instead (U+2060, which joins words and has no sound): Streamlit
    gives labels to screen readers as they were written.
    """
    line = one_line(text)
    if len(line) > LONGEST_LABEL:
        line = line[: LONGEST_LABEL - 1] + "…"
    held = _BEGINS.sub(lambda found: found[0] + WORD_JOINER, _SIGNS.sub(r"\\\1", line))
    return WORD_JOINER + held if _AT_START.match(held) else held
