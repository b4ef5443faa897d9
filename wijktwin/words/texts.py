"""The words themselves: templates in ``locales/{nl,en}.toml`` and ``locales/{nl,en}/*.toml``, the same keys and placeholders in both."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from babel.lists import format_list

from wijktwin.errors import FALLBACK
from wijktwin.words.numbers import LOCALES, format_date, format_number

if TYPE_CHECKING:
    from wijktwin.errors import Language
    from wijktwin.model.provenance import Source

SEPARATOR: Final = "."
ONE: Final = "_one"
"""How the key ends of the form for one."""


@cache
def document(language: Language) -> Mapping[str, Any]:
    """All words of one language as they are nested: what every room says (``nl.toml``), and what one room says (``nl/green.toml``).

    Raises
    ------
    ValueError
        Two files have words for one thing.
    """
    folder = resources.files("wijktwin") / "words" / "locales"
    own = folder / language
    rooms = sorted((each for each in own.iterdir() if each.name.endswith(".toml")), key=lambda each: each.name) if own.is_dir() else []
    joined: dict[str, Any] = {}
    if language in FALLBACK:
        joined = _overlaid(document(FALLBACK[language]), tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8")))
        return MappingProxyType(joined)
    for file in (folder / f"{language}.toml", *rooms):
        _join(joined, tomllib.loads(file.read_text(encoding="utf-8")), file.name)
    return MappingProxyType(joined)


def _overlaid(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The words of a language over those of its fallback; its one form stands for one and for many where it has no other."""
    joined = dict(base)
    for key, value in own.items():
        joined[key] = _overlaid(base.get(key, {}), value) if isinstance(value, dict) else value
        if f"{key}{ONE}" in base and f"{key}{ONE}" not in own:
            joined[f"{key}{ONE}"] = value
    return joined


def _join(joined: dict[str, Any], further: Mapping[str, Any], name: str) -> None:
    for key, value in further.items():
        if isinstance(value, dict) and isinstance(joined.get(key), dict):
            _join(joined[key], value, name)
        elif key in joined:
            msg = f"{name}: there are words for {key!r} in another file already"
            raise ValueError(msg)
        else:
            joined[key] = value


@cache
def templates(language: Language) -> Mapping[str, str]:
    """All templates of one language; keys are the names of the tables and the entry with dots between."""
    return MappingProxyType(dict(_flat(document(language), "")))


def _flat(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}{SEPARATOR}")
        elif isinstance(value, str):
            yield prefix + name, value


def text(key: str, language: Language, **values: object) -> str:
    """One text with its values filled in.

    Raises
    ------
    KeyError
        There is no such key, or the template asks for a value that was not given.
    """
    return templates(language)[key].format_map(values)


def has_text(key: str) -> bool:
    """Whether there is a text under this key."""
    return key in templates("nl")


def name_of(table: str, key: str, language: Language) -> str:
    """The name of one of a closed set (a tenure, a status, a kind of ground); the key itself where it has no name of ours."""
    return templates(language).get(f"{table}{SEPARATOR}{key}", key)


def counted_text(key: str, count: int, language: Language, **values: object) -> str:
    """A text about a number of things: ``key``, or ``key_one`` where there is one and it has that form; ``n`` is the number."""
    chosen = f"{key}_one" if count == 1 and has_text(f"{key}_one") else key
    return text(chosen, language, n=format_number(count, language), **values)


@lru_cache(maxsize=4096)
def placeholders(template: str) -> frozenset[str]:
    """Names of the values that a template asks for."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name is not None)


def enumeration(parts: Iterable[str], language: Language) -> str:
    """Several things in a row: "a, b en c"."""
    return format_list(list(parts), locale=LOCALES[language])


def short_name(name: str) -> str:
    """A title without what it explains after a colon: "Vogeltorens: twee torens" becomes "Vogeltorens"."""
    return name.split(": ", maxsplit=1)[0]


def sentence_case(words: str) -> str:
    """The same words with a capital first."""
    return words[:1].upper() + words[1:]


def within_sentence(name: str) -> str:
    """A name as it stands within a sentence: with a small letter, and without what stands behind it in brackets."""
    own = name.partition(" (")[0]
    return own[:1].lower() + own[1:]


def source_name(name: str, language: Language) -> str:
    """The title or owner of a source of which we wrote the name ourselves, in a language; any other as it is."""
    return name_of("source_name", name, language)


def source_text(source: Source, language: Language) -> str:
    """A source with its owner and reference date: "BAG (Kadaster, mei 2026)"."""
    title = source_name(source.title or source.owner, language)
    owner = source_name(source.owner, language) if source.title else ""
    details = [part for part in (owner, format_date(source.vintage, language)) if part and part != title]
    if source.fictional:
        details.append(text("word.fictional", language))
    return text("word.and_source", language, title=title, details=", ".join(details)) if details else title
