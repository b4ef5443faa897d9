"""What the documentation points at exists, and the commands in it are commands."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import Final

import pytest

from wijktwin.cli.command_line import command_line

ROOT: Final = Path(__file__).resolve().parent.parent
DOCUMENTS: Final = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "data").rglob("*.md")])
LINK: Final = re.compile(r"\]\(([^)\s]+)\)")
BLOCK: Final = re.compile(r"```(?:sh|bat)\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(document: Path) -> None:
    links = [
        link.partition("#")[0]
        for link in LINK.findall(document.read_text(encoding="utf-8"))
        if "://" not in link and not link.startswith("#")
    ]
    dead = [link for link in links if not (document.parent / link).exists()]
    assert not dead


def commands() -> list[str]:
    text = "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
    return [line.partition(" #")[0].strip() for block in BLOCK.findall(text) for line in block.splitlines() if line.strip()]


def test_commands_in_the_documentation_are_commands() -> None:
    parser = command_line()
    found = [
        shlex.split(line.replace("\\", "/")) for line in commands() if re.match(r"(\S*[/\\])?wijktwin\b|\S*python -m wijktwin\b", line)
    ]
    assert len(found) >= 4, "the walk over the documentation missed what is surely there"
    for words in found:
        arguments = words[3:] if words[1:3] == ["-m", "wijktwin"] else words[1:]
        parser.parse_args(arguments)


def test_targets_of_make_in_the_documentation_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = {words[1] for line in commands() if (words := line.split())[0] == "make" and len(words) > 1}
    assert {"run", "test"} <= targets
    assert not [target for target in targets if not re.search(rf"^[\w -]*\b{target}\b[\w -]*:", makefile, re.MULTILINE)]


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    pages = sorted(path for path in folder.glob("[0-9]*.md"))
    absent = [path.name for path in pages if f"({path.name})" not in index]
    assert not absent
    titles = {path.name: path.read_text(encoding="utf-8").splitlines()[0] for path in pages}
    assert {name: title for name, title in titles.items() if not title.startswith(f"# {name[:4]} · ")} == {}
    assert len({name[:4] for name in titles}) == len(titles), "two decisions have one number"


def test_make_shows_its_commands() -> None:
    shown = subprocess.run(["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S607
    assert "make run" in shown
    assert "make test-all" in shown
