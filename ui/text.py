"""The words on the screen, in Dutch and English, from the same keys. Words about figures live in `wijktwin.words`."""

from __future__ import annotations

import os
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from wijktwin.errors import FALLBACK, LANGUAGES, UNPROOFREAD, Language, Localised, WijktwinError
from wijktwin.words.numbers import format_number

DEFAULT_LANGUAGE: Final[Language] = "nl"
LANGUAGE_NAMES: Final[Mapping[Language, str]] = MappingProxyType({"nl": "Nederlands", "en": "English", "tr": "Türkçe"})
"""What each language calls itself."""
LANGUAGES_VARIABLE: Final = "WIJKTWIN_LANGUAGES"
ONE, OTHER = "one", "other"
LONGEST_VALUE: Final = 300
"""Texts of others are cut to this length inside our sentences."""


@cache
def templates(language: Language) -> Mapping[str, str]:
    """Every sentence template of one language; keys are ``section.name``, or ``section.name.one`` and ``.other`` for counts.

    They stand in ``nl.toml``, and those of one room in a file of their own (``nl/tables.toml``).

    Raises
    ------
    ValueError
        Two files have words for one thing.
    """
    folder = resources.files("ui") / "locales"
    if language in FALLBACK:  # the words of the screen are not translated yet
        return templates(FALLBACK[language])
    own = folder / language
    rooms = sorted((file for file in own.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name) if own.is_dir() else []
    found: dict[str, str] = {}
    for file in (folder / f"{language}.toml", *rooms):
        further = dict(_flattened(tomllib.loads(file.read_text(encoding="utf-8")), ""))
        if twice := sorted(found.keys() & further.keys()):
            msg = f"{file.name}: there are words for {twice[0]!r} in another file already"
            raise ValueError(msg)
        found |= further
    return MappingProxyType(found)


def _flattened(table: Mapping[str, object], prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in table.items():
        key = f"{prefix}{name}"
        found += _flattened(value, f"{key}.") if isinstance(value, dict) else [(key, str(value))]
    return found


def placeholders(template: str) -> frozenset[str]:
    """The names that a template asks for."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name)


def as_language(value: str | None) -> Language | None:
    """The language that a link asks for (``en``, ``en-GB``); None where it is none of ours."""
    wanted = (value or "").strip().lower()[:2]
    return next((language for language in offered_languages() if language == wanted), None)


def offered_languages() -> tuple[Language, ...]:
    """The languages that visitors can choose: those that were proofread, and others that ``WIJKTWIN_LANGUAGES`` names ("tr")."""
    named = {name.strip().lower() for name in os.environ.get(LANGUAGES_VARIABLE, "").split(",")}
    return (*LANGUAGES, *(language for language in UNPROOFREAD if language in named))


@dataclass(frozen=True, slots=True)
class Text:
    """The words of one language.

    Call it with a key and named values. Whole numbers are written as the language does, texts of others in the language where they
    were translated; with ``n`` the singular or the plural is chosen. What comes back is plain text: escape it where it is shown as
    Markdown (`ui.markup.label`) or HTML.
    """

    language: Language

    def __call__(self, key: str, /, **values: object) -> str:
        """One sentence.

        Raises
        ------
        KeyError
            There is no such key, or its template asks for a value that was not given.
        """
        found = templates(self.language)
        if "n" in values and key not in found:
            key = f"{key}.{ONE if values['n'] == 1 else OTHER}"
        return found[key].format_map({name: self._shown(value) for name, value in values.items()})

    def has(self, key: str) -> bool:
        """Whether there is such a key."""
        return key in templates(self.language)

    def of(self, value: Localised) -> str:
        """A text of somebody else's, an error or a note in this language."""
        return value.in_language(self.language)

    def about(self, fault: WijktwinError) -> str:
        """An error as one sentence in this language."""
        return fault.sentence(self.language)

    def _shown(self, value: object) -> str:
        say = getattr(value, "in_language", None)
        if say is not None:
            text = str(say(self.language))
        elif isinstance(value, int) and not isinstance(value, bool):
            text = format_number(value, self.language)
        else:
            text = str(value)
        return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
