"""The rules of the house: who may import whom, how long a module may be, where pages lie, and that two languages say the same."""

from __future__ import annotations

import ast
import hashlib
import re
import string
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import distribution, packages_distributions
from pathlib import Path
from typing import Any, Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from wijktwin.errors import messages

ROOT: Final = Path(__file__).resolve().parent.parent
FLOORS: Final = ("wijktwin", "layers", "ui", "pages", "app.py", "asgi.py")
TEXTS: Final = frozenset({".py", ".toml", ".md", ".txt", ".js", ".css", ".sh", ".json", ".geojson", ".html", ".svg", ".yml", ""})
LONGEST_MODULE: Final = 500
LONGEST_PAGE: Final = 120
LONGEST_ROUTER: Final = 60


def own_files() -> list[Path]:
    """Every file that git tracks or would track; without git, every file outside hidden folders."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        names = listed.stdout.decode("utf-8").split("\0")
        return sorted({path for name in names if name and (path := ROOT / name).is_file()})
    return sorted(
        path for path in ROOT.rglob("*") if path.is_file() and not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
    )


def python_files(*places: str) -> list[Path]:
    """The Python files of some floors."""
    return [path for path in own_files() if path.suffix == ".py" and (path.relative_to(ROOT).parts[0] in places or not places)]


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_stairs_go_one_way() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-logo"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_modules_are_short() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    limits = dict.fromkeys(lengths, LONGEST_MODULE)
    limits |= {path: LONGEST_PAGE for path in lengths if path.is_relative_to(ROOT / "pages")}
    limits[ROOT / "app.py"] = LONGEST_ROUTER
    too_long = {shown(path): length for path, length in lengths.items() if length > limits[path]}
    assert not too_long


def test_no_page_lies_directly_in_pages() -> None:
    # such a page would switch Streamlit's older way with pages on: a deep link would be served without app.py ever running
    assert not [shown(path) for path in (ROOT / "pages").glob("*.py")]
    assert list((ROOT / "pages").glob("*/*.py")), "no page was found at all: this test looks in the wrong place"


def test_pages_are_scripts_without_classes() -> None:
    found = {shown(path) for path in python_files("pages") if any(isinstance(node, ast.ClassDef) for node in ast.walk(parsed(path)))}
    assert not found


def test_nothing_says_st_below_the_ui() -> None:
    # import-linter sees imports; this sees the ways around them
    around = re.compile(r"import_module\(\s*['\"](streamlit|pydeck)|__import__\(\s*['\"](streamlit|pydeck)")
    assert not [shown(path) for path in python_files("wijktwin", "layers") if around.search(path.read_text(encoding="utf-8"))]


def test_no_input_check_is_an_assert() -> None:
    # python -O leaves them out
    found = [f"{shown(path)}:{node.lineno}" for path in shipped() for node in ast.walk(parsed(path)) if isinstance(node, ast.Assert)]
    assert not found


def test_nothing_belongs_to_one_machine() -> None:
    own = "|".join([r"/work" + r"/", r"/root" + r"/", r"/home" + r"/\w", r"/Users" + r"/\w", r"[A-Z]:\\\\?Users", r"file:" + r"///\w"])
    hosts = "|".join([r"pypi\." + "org", r"python" + r"hosted\.org", r"registry\.npm" + r"js\.org", r"deb\.debian" + r"\.org"])
    pattern = re.compile(f"(?<![\\w.])({own})|{hosts}")
    found = [
        f"{shown(path)}:{number}: {line.strip()[:100]}"
        for path in own_files()
        if path.suffix in TEXTS and path.stat().st_size < 2_000_000
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1)
        if pattern.search(line)
    ]
    assert not found


def test_nothing_was_copied_from_shared_data(shared_data: Path) -> None:
    foreign = {digest(path): path.name for path in shared_data.rglob("*") if path.is_file() and path.stat().st_size > 0}
    copied = {shown(path): foreign[digest(path)] for path in own_files() if path.stat().st_size > 0 and digest(path) in foreign}
    assert foreign
    assert not copied


def test_pins_are_exact_and_cover_what_is_needed() -> None:
    lines = [line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    pins = {canonicalize_name(Requirement(line).name): Requirement(line) for line in lines}
    loose = [str(pin) for pin in pins.values() if not re.fullmatch(r"==[\w.!+]+", str(pin.specifier)) or pin.url]
    assert not loose
    assert len(pins) == len(lines)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [
        Requirement(text)
        for text in project["dependencies"] + [each for group in project["optional-dependencies"].values() for each in group]
    ]
    unpinned = {need.name for need in asked if canonicalize_name(need.name) not in pins}
    assert not unpinned
    contradicted = {
        need.name for need in asked if not need.specifier.contains(str(pins[canonicalize_name(need.name)].specifier).lstrip("="))
    }
    assert not contradicted


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    owners = packages_distributions()
    imported = {name for path in shipped() for name in imported_names(path)} - set(sys.stdlib_module_names)
    foreign = {name for name in imported if name not in {"wijktwin", "layers", "ui", "pages", "app", "asgi"}}
    used = {canonicalize_name(owner) for name in foreign for owner in owners.get(name, [name])}
    declared = {canonicalize_name(need.name) for need in map(Requirement, distribution("wijktwin").requires or ()) if not extra_of(need)}
    assert used - declared == set(), "imported, but not a dependency in pyproject.toml"
    assert declared - used - {"tzdata", "pyarrow"} == set(), "a dependency that nothing imports"


# ------------------------------------------------------------------------------------------------------------ two languages


def catalogues() -> Iterator[tuple[str, dict[str, str], dict[str, str]]]:
    """Every pair of catalogues: where, the Dutch texts, the English texts."""
    for dutch in own_files():
        if dutch.suffix == ".toml" and "nl" in (dutch.stem, dutch.parent.name):
            english = dutch.with_stem("en") if dutch.stem == "nl" else dutch.parent.with_name("en") / dutch.name
            yield shown(dutch), flat(dutch), flat(english) if english.is_file() else {}


def flat(path: Path) -> dict[str, str]:
    def walk(node: dict[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
        for key, value in node.items():
            if isinstance(value, dict):
                yield from walk(value, f"{prefix}{key}.")
            else:
                yield f"{prefix}{key}", str(value)

    return dict(walk(tomllib.loads(path.read_text(encoding="utf-8")), ""))


def placeholders(template: str) -> set[str]:
    return {re.split(r"[.\[]", name)[0] for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_both_languages_have_the_same_keys_and_placeholders() -> None:
    pairs = list(catalogues())
    assert {where for where, _, _ in pairs} >= {"ui/locales/nl.toml", "wijktwin/messages/nl/command.toml"}
    english_only = {shown(p) for p in own_files() if p.suffix == ".toml" and "en" in (p.stem, p.parent.name)} - {
        where.replace("/nl.toml", "/en.toml").replace("/nl/", "/en/") for where, _, _ in pairs
    }
    assert not english_only, "English catalogues without a Dutch one"
    for where, dutch, english in pairs:
        assert set(dutch) == set(english), where
        differing = {key for key, text in dutch.items() if placeholders(text) != placeholders(english[key])}
        assert not differing, where
        assert not {key for key, text in (dutch | english).items() if not text.strip()}, where


def sentences_in_code() -> Iterator[tuple[str, str, set[str] | None]]:
    """Where an error or note is made with a literal key: place, key, names of the values given (``None`` when some come by ``**``)."""
    for path in shipped():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and (key := literal_key(node)) is not None:
                given = {keyword.arg for keyword in node.keywords}
                yield f"{shown(path)}:{node.lineno}", key, None if None in given else {name for name in given if name}


def literal_key(call: ast.Call) -> str | None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""
    first = call.args[0] if call.args else None
    if not (name.endswith("Error") or name == "Note") or not isinstance(first, ast.Constant) or not isinstance(first.value, str):
        return None
    return first.value if re.fullmatch(r"[a-z_0-9]+\.[a-z_0-9.]+", first.value) else None


def test_every_sentence_that_code_asks_for_exists_and_gets_its_values() -> None:
    templates = messages("nl")
    found = list(sentences_in_code())
    assert any(key == "command.port_taken" for _, key, _ in found), "the walk over the code missed what is surely there"
    absent = [f"{where} {key}" for where, key, _ in found if key not in templates]
    assert not absent
    starved = [f"{where} {key}" for where, key, given in found if given is not None and not placeholders(templates[key]) <= given]
    assert not starved


def test_no_message_is_left_that_nobody_says() -> None:
    said = re.compile("|".join(sorted(spoken_patterns())))
    keys = set(messages("nl"))
    singular = {key for key in keys if key.endswith("_one") and key.removesuffix("_one") in keys}
    unsaid = {key for key in keys - singular if not said.fullmatch(key) and not said.fullmatch(key.partition(".")[2])}
    assert not unsaid


def spoken_patterns() -> set[str]:
    """Every text in the code that may be a key, as a pattern; what an f-string fills in may be anything."""
    found = set()
    for path in shipped():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.JoinedStr):
                parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+" for part in node.values]
                if re.fullmatch(r"[\w.\\+]*[a-z]{1,}[\w.\\+]*", "".join(parts)) and "".join(parts).strip(r"\w+."):
                    found.add("".join(parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[\w.]+", node.value):
                found.add(re.escape(node.value))
    return found


# ------------------------------------------------------------------------------------------------------------------ helpers


def shipped() -> list[Path]:
    return python_files(*FLOORS)


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported_names(path: Path) -> Iterator[str]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module.partition(".")[0]


def extra_of(requirement: Requirement) -> bool:
    return requirement.marker is not None and "extra" in str(requirement.marker)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("template", ["{source}: {reason}", "{source.name} {source[0]}"])
def test_placeholders_are_found(template: str) -> None:
    assert "source" in placeholders(template)
