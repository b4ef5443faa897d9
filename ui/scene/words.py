"""The words on and around the picture, in Dutch and English, from the same keys: the script of the scene knows no language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from wijktwin.errors import FALLBACK, Language

SECTIONS: Final = ("control", "legend", "tip")


@cache
def scene_words(language: Language) -> Mapping[str, Mapping[str, str]]:
    """All words of the scene in one language, by section and key."""
    document = tomllib.loads(
        (resources.files("ui") / "locales" / "scene" / f"{FALLBACK.get(language, language)}.toml").read_text(encoding="utf-8")
    )
    return MappingProxyType({section: MappingProxyType(dict(document[section])) for section in SECTIONS})
