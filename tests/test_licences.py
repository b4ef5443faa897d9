"""No dependency's licence forbids shipping Wijktwin with it: no GPL-only or AGPL, nothing unknown.

Read from the metadata of what is installed, over everything that Wijktwin needs to run and, apart from that, to be tested. Libraries
inside wheels under the LGPL (GEOS in shapely and pyogrio) may be shipped: they are linked dynamically and can be exchanged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

MAY_SHIP_WITH: Final = frozenset({
    "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BlueOak-1.0.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "HPND", "ISC",
    "LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-or-later", "MIT", "MIT-CMU", "MPL-2.0", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib",
})  # fmt: skip

IN_OTHER_WORDS: Final = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD 2-Clause License": "BSD-2-Clause",
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: BSD License": "BSD-3-Clause",
    "License :: OSI Approved :: ISC License (ISCL)": "ISC",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "License :: OSI Approved :: Python Software Foundation License": "PSF-2.0",
}

READ_BY_A_PERSON: Final = {
    # name: (licence, where it was read)
    "axe-playwright-python": ("MIT AND MPL-2.0", "LICENSE in its wheel says MIT; the axe-core script inside is MPL-2.0. Tests only"),
    "embreex": ("BSD-2-Clause AND Apache-2.0", "LICENSE in its wheel; the libraries inside, Embree 4 and oneTBB, are Apache-2.0"),
    "pyphen": (
        "GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1",
        "LICENSE in its wheel: one of the three. Taken under the LGPL: it can be exchanged",
    ),
}


def closure(name: str, extra: str = "") -> dict[str, str]:
    """Every distribution that one needs, itself left out: canonical name to licence as it is stated."""
    found: dict[str, str] = {}
    waiting = [(name, extra)]
    seen = set()
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        for requirement in requirements(*current):
            needed = canonicalize_name(requirement.name)
            if needed == name:
                waiting += [(name, each) for each in requirement.extras]
                continue
            found[needed] = stated_licence(needed)
            waiting += [(needed, "")] + [(needed, each) for each in requirement.extras]
    return found


def requirements(name: str, extra: str) -> Iterator[Requirement]:
    for text in distribution(name).requires or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement


def stated_licence(name: str) -> str:
    """The licence in SPDX words; empty where the metadata does not say one."""
    if name in READ_BY_A_PERSON:
        return READ_BY_A_PERSON[name][0]
    try:
        metadata = distribution(name).metadata
    except PackageNotFoundError:
        return f"{name} is not installed"
    if expression := metadata.get_all("License-Expression"):
        return str(expression[0])
    told = str((metadata.get_all("License") or [""])[0]).strip()
    if told in MAY_SHIP_WITH or told in IN_OTHER_WORDS:
        return IN_OTHER_WORDS.get(told, told)
    classifiers = [each for each in metadata.get_all("Classifier") or () if each.startswith("License :: ")]
    return " AND ".join(IN_OTHER_WORDS.get(each, each) for each in classifiers) or told[:60]


def may_ship(expression: str) -> bool:
    """Whether a licence expression leaves at least one acceptable choice (OR) and asks for nothing else (AND)."""
    if not expression.strip():
        return False
    depth, alternatives, demands = 0, [""], [""]
    for word in re.findall(r"[()]|[^()\s]+", expression):
        depth += (word == "(") - (word == ")")
        for parts, divider in ((alternatives, "OR"), (demands, "AND")):
            if word == divider and depth == 0:
                parts.append("")
            else:
                parts[-1] += f" {word}"
    if len(alternatives) > 1:
        return any(may_ship(each) for each in alternatives)
    if len(demands) > 1:
        return all(may_ship(each) for each in demands)
    alone = expression.strip()
    if alone.startswith("(") and alone.endswith(")"):
        return may_ship(alone[1:-1])
    return alone in MAY_SHIP_WITH


@pytest.mark.parametrize("extra", ["", "test"])
def test_every_dependency_may_be_shipped_with(extra: str) -> None:
    licences = closure("wijktwin", extra)
    assert {"streamlit", "numpy", "pydeck"} <= set(licences), "the walk over the dependencies missed what is surely one"
    refused = {name: licence or "not stated" for name, licence in licences.items() if not may_ship(licence)}
    assert not refused, f"licences that forbid shipping, or that nobody looked at: {refused}"


@pytest.mark.parametrize(
    "expression",
    [
        "MIT",
        "MIT OR GPL-3.0-only",
        "(GPL-2.0-only OR MPL-2.0) AND MIT",
        "MPL-2.0 AND (Apache-2.0 OR MIT)",
        "Apache-2.0 WITH LLVM-exception AND 0BSD",
    ],
)
def test_checker_accepts(expression: str) -> None:
    assert may_ship(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "GPL-3.0-only",
        "AGPL-3.0-or-later",
        "MIT AND GPL-2.0-or-later",
        "(MIT AND AGPL-3.0-only) OR GPL-3.0-only",
        "SSPL-1.0",
        "Proprietary",
    ],
)
def test_checker_refuses(expression: str) -> None:
    assert not may_ship(expression)


FOR_TESTS_ONLY: Final = {
    # name: (licence, why that is no hindrance)
    "pa11y": ("LGPL-3.0-only", "a tool of its own that looks at a page; nothing is linked with it"),
}
"""Packages of npm whose licence is only fit for what is never shipped."""


def test_what_npm_brings_for_the_tests_is_pinned_and_may_be_used() -> None:
    folder = Path(__file__).parent / "browser" / "node"
    asked = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    packages = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    own = packages.pop("")
    assert (
        own["dependencies"]
        == asked["dependencies"]
        == {name: packages[f"node_modules/{name}"]["version"] for name in asked["dependencies"]}
    )
    assert len(packages) > 50
    for path, one in packages.items():
        name = path.rpartition("node_modules/")[2]
        assert re.fullmatch(r"\d+\.\d+\.\d+(-[\w.]+)?", one["version"]), "an exact version"
        assert "resolved" not in one, "no address: every registry and mirror serves"
        licence = one.get("license", "")
        assert may_ship(licence) or FOR_TESTS_ONLY.get(name, ("",))[0] == licence, f"{name}: {licence or 'not stated'}"


def test_explained_licences_are_still_needed() -> None:
    assert set(READ_BY_A_PERSON) <= set(closure("wijktwin", "test")), "an explanation for a package that is no longer used"
