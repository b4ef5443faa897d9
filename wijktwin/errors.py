"""The errors that a person may see: one sentence that says what is wrong, where, and what to do.

An error carries a key and named values; the sentence itself lives in ``wijktwin/messages/{en,nl}/*.toml`` under that key, so
that the same error speaks Dutch on a page and English on the command line.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final, Literal, Protocol

Language = Literal["nl", "en", "tr"]
LANGUAGES: Final[tuple[Language, ...]] = ("nl", "en")
"""The languages that were proofread: what every screen and file speaks."""
UNPROOFREAD: Final[tuple[Language, ...]] = ("tr",)
"""Languages that somebody has to read first: off, unless whoever runs the server names them."""
FALLBACK: Final[Mapping[Language, Language]] = MappingProxyType({"tr": "nl"})
"""In which language stands what one of those has no words for."""
MAX_VALUE_LENGTH: Final = 120


@cache
def messages(language: Language) -> Mapping[str, str]:
    """All message templates of one language, from every ``*.toml`` of its folder, over those of its fallback; keys are ``file.key``."""
    found: dict[str, str] = dict(messages(FALLBACK[language])) if language in FALLBACK else {}
    folder = resources.files("wijktwin") / "messages" / language
    for entry in sorted(folder.iterdir(), key=lambda e: e.name) if folder.is_dir() else ():
        if entry.name.endswith(".toml"):
            room = entry.name.removesuffix(".toml")
            for key, template in tomllib.loads(entry.read_text(encoding="utf-8")).items():
                found[f"{room}.{key}"] = template
    return found


class Localised(Protocol):
    """A value that reads differently in each language: a text of somebody else's (`LocalText`), or a `Note`."""

    def in_language(self, language: Language) -> str:
        """The words in one language."""
        ...


COUNTS: Final = frozenset({"n", "metres"})
"""Names of values that count something: thousands are told apart."""


def _counted(count: int, language: Language) -> str:
    """``1,103`` in English, ``1.103`` in Dutch."""
    return f"{count:,}" if language == "en" else f"{count:,}".replace(",", ".")


def _shown(value: object, language: Language) -> str:
    """A value as text that is safe to show: one line, printable, of bounded length."""
    say: Callable[[Language], str] | None = getattr(value, "in_language", None)
    text = str(value) if say is None else say(language)
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    text = "".join(character if character.isprintable() else " " for character in text)
    return text if len(text) <= MAX_VALUE_LENGTH else text[: MAX_VALUE_LENGTH - 1] + "…"


def message(key: str, language: Language, values: Mapping[str, object]) -> str:
    """One sentence in one language.

    Raises
    ------
    KeyError
        The key has no template, or the template asks for a value that was not given.
    """
    return messages(language)[key].format_map({name: _told(name, value, language) for name, value in values.items()})


def _told(name: str, value: object, language: Language) -> str:
    return _counted(value, language) if name in COUNTS and isinstance(value, int) else _shown(value, language)


class WijktwinError(Exception):
    """Base of all errors that a person may see.

    Parameters
    ----------
    key
        ``room.key`` of the message template, for example ``reading.not_json``.
    values
        What the template names: ``source`` (the file), ``where`` (the object) and so on.
    """

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values: dict[str, object] = values
        super().__init__(key, values)

    def sentence(self, language: Language = "en") -> str:
        """The error as one plain sentence."""
        return message(self.key, language, self.values)

    def __str__(self) -> str:
        """The error as one plain English sentence."""
        return self.sentence("en")

    def __reduce__(self) -> tuple[object, ...]:
        """Errors travel between processes (uploads are read apart)."""
        return (_rebuild, (type(self), self.key, self.values))


def _rebuild(kind: type[WijktwinError], key: str, values: dict[str, object]) -> WijktwinError:
    return kind(key, **values)


class InputError(WijktwinError, ValueError):
    """A file or value that was given cannot be used as it is."""


class PlanConflictError(WijktwinError, ValueError):
    """Plans that exclude each other were put in one scenario."""


class NotFoundError(WijktwinError, LookupError):
    """Something that was asked for is not there."""


class LimitError(InputError):
    """An input is larger, deeper or slower than what is allowed."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a sentence, with the decimal sign of the language and no more digits than it has."""

    value: float

    def in_language(self, language: Language) -> str:
        """``12.5`` in English, ``12,5`` in Dutch."""
        text = f"{self.value:.10g}"
        return text.replace(".", ",") if language == "nl" else text


class Note:
    """Something worth telling about an input that could be read: same keys and sentences as an error."""

    __slots__ = ("key", "values")

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values: dict[str, object] = values

    def sentence(self, language: Language = "en") -> str:
        """The note as one plain sentence."""
        return message(self.key, language, self.values)

    def in_language(self, language: Language) -> str:
        """The same as `sentence`: a note can be a value in another sentence, and then speaks its language."""
        return self.sentence(language)

    def __repr__(self) -> str:
        """Key and values, for logs and tests."""
        return f"Note({self.key!r}, {self.values!r})"

    def __eq__(self, other: object) -> bool:
        """Notes are equal when they say the same."""
        return isinstance(other, Note) and (self.key, self.values) == (other.key, other.values)

    def __hash__(self) -> int:
        """Hash of what is said."""
        return hash((self.key, repr(sorted(self.values.items(), key=lambda item: item[0]))))
