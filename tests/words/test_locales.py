"""Both languages hold the same keys with the same placeholders, and a name for everything that can occur."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from wijktwin.errors import LANGUAGES, Language
from wijktwin.impacts.assessment import Place, Unit
from wijktwin.impacts.catalogue import IMPACTS, NOT_COMPUTED
from wijktwin.model.plan import DwellingType, Latitude, Party, PlanRole, PlanStatus, Tenure, Traffic, Use
from wijktwin.model.provenance import Kind
from wijktwin.model.surroundings import GroundKind
from wijktwin.words.cases import SENTENCE_OF, Case
from wijktwin.words.sentences import AS_SAID, BREAKDOWN_TABLE, FOR_RESIDENTS
from wijktwin.words.texts import document, has_text, placeholders, templates

CLOSED_SETS: list[tuple[str, Iterable[StrEnum]]] = [
    ("unit", Unit),
    ("unit_in_sentence", Unit),
    ("kind", Kind),
    ("kind_explained", Kind),
    ("where", Place),
    ("tenure", Tenure),
    ("dwelling_type", DwellingType),
    ("ground_kind", GroundKind),
    ("status", PlanStatus),
    ("role", PlanRole),
    ("party", Party),
    ("latitude", Latitude),
    ("latitude_explained", Latitude),
    ("use", Use),
    ("traffic", Traffic),
]

SAME_IN_BOTH = {
    "use.school", "card.status", "card.plan_status", "impact.ground.water", "ground_kind.water", "where.plan_area", "report.opening_letter",
}  # fmt: skip
"""Texts with words in them that are Dutch and English alike."""


def test_both_languages_have_the_same_keys() -> None:
    dutch, english = (set(templates(language)) for language in LANGUAGES)
    assert dutch ^ english == set()


def test_both_languages_ask_for_the_same_values() -> None:
    different = {key for key in templates("nl") if placeholders(templates("nl")[key]) != placeholders(templates("en")[key])}
    assert different == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_or_left_in_the_other_language(language: Language) -> None:
    assert [key for key, template in templates(language).items() if not template.strip()] == []
    alike = {key for key in templates("nl") if templates("nl")[key] == templates("en")[key] and _has_words(templates("nl")[key])}
    assert alike == SAME_IN_BOTH


def _has_words(template: str) -> bool:
    return re.search(r"[a-z]{4}", re.sub(r"\{\w+\}", "", template)) is not None


@pytest.mark.parametrize(("table", "members"), CLOSED_SETS, ids=[table for table, _ in CLOSED_SETS])
def test_every_member_of_a_closed_set_has_a_name(table: str, members: Iterable[StrEnum]) -> None:
    assert [member for member in members if not has_text(f"{table}.{member}")] == []


def test_every_figure_has_a_name_a_group_a_method_and_its_sentences() -> None:
    named = set(document("nl")["impact"])
    assert {name.split(".")[0] for name in named} == set(IMPACTS)
    assert all(has_text(f"impact_group.{name}") and has_text(f"method.{name}.title") for name in IMPACTS)
    for name in named:
        stem = f"sentence.{SENTENCE_OF.get(name, name)}"
        assert has_text(f"{stem}.{Case.UNKNOWN}")
        cases = {case for case in Case if has_text(f"{stem}.{case}")}
        comparing = {Case.MORE, Case.LESS, Case.SAME}
        assert Case.ONLY_AFTER in cases or comparing <= cases
        assert not comparing & cases or comparing <= cases
    assert named >= FOR_RESIDENTS
    assert named >= AS_SAID
    assert named >= set(BREAKDOWN_TABLE)


def test_what_is_not_computed_has_its_words() -> None:
    assert set(document("nl")["not_computed"]) == {*NOT_COMPUTED, "title"}


def test_methods_have_the_version_of_the_code_in_both_languages() -> None:
    for language in LANGUAGES:
        for name, impact in IMPACTS.items():
            table = document(language)["method"][name]
            assert (impact.METHOD.method_id, impact.METHOD.version) == (name, table["version"])
    assert {name: table["date"] for name, table in document("nl")["method"].items() if isinstance(table, dict)} == {
        name: table["date"] for name, table in document("en")["method"].items() if isinstance(table, dict)
    }


def test_every_key_that_the_code_names_exists(root: Path) -> None:
    """Literal keys in words and exports: no page stumbles over one that was renamed."""
    pattern = re.compile(r'\b(?:text|counted_text|has_text)\(\s*"([a-z_]+\.[a-z_.]+)"')
    folders = [root / "wijktwin" / "words", root / "wijktwin" / "export"]
    named = {key for folder in folders for path in folder.glob("*.py") for key in pattern.findall(path.read_text(encoding="utf-8"))}
    assert len(named) > 40
    assert {key for key in named if not has_text(key) and not has_text(f"{key}_one")} == set()


def test_every_text_is_used(root: Path) -> None:
    """A text that nothing asks for is a text that nobody keeps true: code names each of them, or makes its key out of names that it has."""
    said = Said(root)
    unused = {key for key in templates("nl") if key.partition(".")[0] not in BY_DATA and not said.asks_for(key)}
    assert unused == set()
    assert not said.asks_for("finding.nobody_asks_for_this")
    assert not said.asks_for("summary.loses_nobody")
    assert not said.asks_for("nothing.of_it")


BY_DATA = {"sentence", "impact", "building_status", "roof_type", "source_name"}
"""Tables of which the keys come from figures and from the words of a source; other tests look at those."""


class Said:
    """What code says in quotes: whole texts, names of members and of norms, and the forms of texts that it puts together."""

    def __init__(self, root: Path) -> None:
        self.names: set[str] = set()
        self.forms: list[re.Pattern[str]] = []
        for folder in ("wijktwin", "ui", "pages", "layers"):
            for path in (root / folder).rglob("*.py"):
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                    self._hear(node)
        for path in (root / "data" / "norms").glob("*.toml"):
            self._hear_table(tomllib.loads(path.read_text(encoding="utf-8")))

    def _hear(self, node: ast.AST) -> None:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            self.names.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else "(.+)" for part in node.values]
            if "".join(parts) != "(.+)":
                self.forms.append(re.compile("".join(parts)))
        elif isinstance(node, ast.ClassDef):
            told = (each.targets[0] for each in node.body if isinstance(each, ast.Assign))
            self.names |= {target.id.lower() for target in told if isinstance(target, ast.Name)}

    def _hear_table(self, table: Mapping[str, Any]) -> None:
        self.names |= set(table)
        for inside in table.values():
            if isinstance(inside, dict):
                self._hear_table(inside)

    @cached_property
    def beginnings(self) -> tuple[str, ...]:
        return tuple(name for name in self.names if name.endswith("_"))

    @cached_property
    def longer(self) -> list[re.Pattern[str]]:
        """Forms that put something behind a whole key."""
        return [form for form in self.forms if re.fullmatch(r"\(\.\+\)_\w+", form.pattern)]

    def asks_for(self, key: str) -> bool:
        """Whether the key is named, or its table is and the rest is a name or made of names."""
        table, _, name = key.partition(".")
        whole = re.escape(f"{table}.")
        makes_keys = table in self.names or any(form.pattern.startswith(f"{whole}(.+)") for form in self.forms)
        return any(
            own in self.names
            or any(form.pattern.startswith(whole) and self._is_made(form, own) for form in self.forms)
            or any(self.asks_for(shorter[1]) for form in self.longer if (shorter := form.fullmatch(own)))
            or (makes_keys and (self._is_name(short) or any(self._is_made(form, short) for form in self.forms)))
            for own, short in ((key, name), (key.removesuffix("_one"), name.removesuffix("_one")))
        )

    def _is_made(self, form: re.Pattern[str], text: str) -> bool:
        found = form.fullmatch(text)
        return found is not None and all(map(self._is_name, found.groups()))

    def _is_name(self, text: str) -> bool:
        parts = text.split(".")
        is_joined = any(text.startswith(one) and text.removeprefix(one) in self.names for one in self.beginnings)
        return text.isdigit() or is_joined or all(part in self.names for part in parts)
