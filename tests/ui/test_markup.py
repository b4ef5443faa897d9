from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.markup import LONGEST_LABEL, WORD_JOINER, Markup, bullet_list, element, escaped, facts, joined, label, link, one_line

NASTY = "![x](https://elsewhere.example/p.png)"
ANY_TEXT = st.text(max_size=200)
LIKELY = st.lists(
    st.sampled_from([
        "![", "](", ")", "https://e.example/a.png", "www.e.example", "<img src=x onerror=alert(1)>", "**", "_", "`", "$", "~~", "[^1]",
        ":material/home:", ":red[", "]", "&amp;", "\\", "# ", "- ", "1. ", "> ", "me@e.example", ":smile:", "woord", " ", "|",
    ]),
    max_size=12,
).map("".join)  # fmt: skip


class Read(HTMLParser):
    """Reads HTML as a browser does: which elements, and which text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes = dict(attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


@given(ANY_TEXT | LIKELY)
def test_whatever_somebody_writes_is_text_and_nothing_else(words: str) -> None:
    read = Read(element("p", words))
    assert read.tags == ["p"]
    assert read.text == re.sub("[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]", " ", words)


@given(ANY_TEXT | LIKELY)
def test_whatever_somebody_writes_stays_inside_its_attribute(words: str) -> None:
    read = Read(element("p", "x", aria_label=words))
    assert read.tags == ["p"]
    assert read.attributes == {"aria-label": one_line(words)}


@given(ANY_TEXT | LIKELY)
def test_a_label_says_the_same_and_nothing_in_it_works(words: str) -> None:
    shown = label(words)
    said = re.sub(r"\\([\\`*_\[\]<~$|^])", r"\1", shown).replace(WORD_JOINER, "")
    line = one_line(words).replace(WORD_JOINER, "")
    assert said == line or (len(line) > LONGEST_LABEL and said == one_line(words)[: LONGEST_LABEL - 1].replace(WORD_JOINER, "") + "…")
    bare = re.sub(r"\\.", "∎", shown)
    assert not re.search(r"[`*_\[\]<~$|^]", bare), "every sign that Markdown reads anywhere is held by a backslash"
    assert not re.search(r"(https?:|www|@|&|:)(?=[/.\w#+])", bare, re.IGNORECASE), "no address, entity, emoji or colour begins"
    assert not re.match(r"[-+#>=]|\d+[.)]", shown), "no list, heading or quotation begins"


def test_an_ordinary_title_has_no_backslashes_for_a_screen_reader() -> None:
    title = "Merelstraat: van parkeren (8) naar bomen, 60 m - fase 2!"
    assert label(title) == title


def test_pictures_of_others_are_never_loaded() -> None:
    assert "![" not in label(NASTY)
    assert Read(element("p", NASTY)).tags == ["p"]


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//elsewhere.example", "https://a b", 'https://a"onclick="x', None]
)
def test_only_ordinary_web_addresses_become_links(url: str | None) -> None:
    assert link(url, "3D BAG") == "3D BAG"


def test_a_web_address_becomes_a_link_that_tells_nothing() -> None:
    assert link("https://3dbag.nl/a?b=1&c=2", "<3D>") == (
        '<a href="https://3dbag.nl/a?b=1&amp;c=2" rel="noopener noreferrer" target="_blank">&lt;3D&gt;</a>'
    )


def test_markup_is_not_escaped_twice() -> None:
    inner = element("strong", "a & b")
    assert isinstance(inner, Markup)
    assert escaped(inner) is inner
    assert joined(["<", inner]) == "&lt;<strong>a &amp; b</strong>"
    assert bullet_list(["a", inner]) == "<ul><li>a</li><li><strong>a &amp; b</strong></li></ul>"


def test_facts_keep_names_and_values_together() -> None:
    assert facts([("Hoogte", "9 m")]) == '<dl class="facts"><div><dt>Hoogte</dt><dd>9 m</dd></div></dl>'


def test_absent_attributes_are_left_out() -> None:
    assert element("details", open=True, class_=None, hidden=False, colspan=7) == '<details open colspan="7"></details>'
