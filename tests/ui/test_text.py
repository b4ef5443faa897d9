from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

import pytest

from ui.text import Text, as_language, placeholders, templates
from wijktwin.errors import LANGUAGES, Language
from wijktwin.model.provenance import LocalText

ROOT: Final = Path(__file__).resolve().parent.parent.parent
CODE: Final = [ROOT / "app.py", *sorted((ROOT / "ui").glob("*.py")), *sorted((ROOT / "pages").glob("*/*.py"))]


def sections() -> set[str]:
    return {key.split(".")[0] for key in templates("nl")}


def stems() -> set[str]:
    """Keys as the code names them: without the form for one or several."""
    return {key.removesuffix(".one").removesuffix(".other") for key in templates("nl")}


def called_keys() -> set[str]:
    """First arguments of every ``t("…")`` in the code that are plain texts."""
    calls = [node for path in CODE for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    return {
        arg.value
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "t" and call.args
        for arg in ast.walk(call.args[0])
        if isinstance(arg, ast.Constant) and isinstance(arg.value, str) and arg.value.split(".")[0] in sections() and "." in arg.value
    }


def test_both_languages_have_the_same_keys_and_placeholders() -> None:
    dutch, english = templates("nl"), templates("en")
    assert set(dutch) == set(english)
    assert {key: placeholders(text) for key, text in dutch.items()} == {key: placeholders(text) for key, text in english.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_or_left_in_the_other_language(language: Language) -> None:
    assert not [key for key, text in templates(language).items() if not text.strip()]
    same = {key for key, text in templates("nl").items() if text == templates("en")[key]}
    alike = {
        "{words} ({whose})",
        "{label} = {value}",
        "{title}: {words}",
        "{whose}: {title}",
        "{whose}, “{title}”",
        "Wijktwin",
        "Detail",
        "Plan",
        "Document",
        "Status",
        "Software",
        "EPSG {code} · {name}",
        "{role} · {status}",
        "{whose}.",
        "A4 (300 dpi)",
        "A3 (150 dpi)",
        "A2 (150 dpi)",
        "CityJSON",
        "Download {kind}",
        "GeoPackage",
        "HTML",
        "XLSX",
        "posters-{date}",
    }
    assert {templates("nl")[key] for key in same} <= alike


def test_every_key_that_the_code_names_exists() -> None:
    keys = {key for key in called_keys() if not key.endswith((".", "_"))}
    assert len(keys) > 100, "the search looks in the wrong place"
    assert not keys - stems()


def test_counts_have_a_form_for_one_and_for_several() -> None:
    forms = {key for key in templates("nl") if key.endswith((".one", ".other"))}
    assert {key.rsplit(".", 1)[0] for key in forms if key.endswith(".one")} == {
        key.rsplit(".", 1)[0] for key in forms if key.endswith(".other")
    }


def test_one_and_several() -> None:
    assert Text("nl")("street.addresses", n=1) == "1 adres"
    assert Text("nl")("street.addresses", n=1234) == "1.234 adressen"
    assert Text("en")("street.addresses", n=1234) == "1,234 addresses"


def test_texts_of_others_come_in_the_language_and_no_longer_than_bearable() -> None:
    title = LocalText("Torens", "Towers")
    assert Text("en")("look.about_plan", title=title) == "About “Towers”"
    assert Text("nl")("look.about_plan", title=title) == "Over “Torens”"
    assert len(Text("nl")("look.about_plan", title="x" * 5000)) < 350


def test_an_unknown_key_or_a_missing_value_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError):
        Text("nl")("look.nothing_of_the_kind")
    with pytest.raises(KeyError):
        Text("nl")("look.about_plan")


@pytest.mark.parametrize(("asked", "found"), [("en", "en"), ("EN-gb", "en"), ("nl", "nl"), ("de", None), ("", None), (None, None)])
def test_language_of_a_link(asked: str | None, found: str | None) -> None:
    assert as_language(asked) == found


def test_the_words_about_text_say_no_streamlit() -> None:
    for name in ("text.py", "markup.py", "lists.py", "quality.py", "settings.py"):
        assert "streamlit" not in {
            alias.name
            for node in ast.walk(ast.parse((ROOT / "ui" / name).read_text(encoding="utf-8")))
            if isinstance(node, ast.Import)
            for alias in node.names
        }
