"""Where the example comes from, for people (PROVENANCE.md) and for the reader of the folder (neighbourhood.toml)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from wijktwin.example.town import Settlement

OWNER: Final = "Wijktwin"
LICENCE: Final = "CC0-1.0"


def neighbourhood_toml() -> str:
    """Name, clock and sources of the example."""
    return f"""# The embedded example: everything in it is made up. Built by `wijktwin example build`; see PROVENANCE.md.
name = "Vogelbuurt (fictief)"
fictional = true
time_zone = "Europe/Amsterdam"

[[sources]]
title = "Vogelbuurt, voorbeeldwijk uit de generator"
owner = "{OWNER}"
vintage = "2025-01-01"
licence = "{LICENCE}"
fictional = true
"""


def provenance_text(made: Sequence[Settlement], plans: Mapping[str, Any], *, seed: int) -> str:
    """The page that says what this is, where it lies and what its figures come to."""
    n = sum(len(settlement.structures) for settlement in made)
    return f"""# Vogelbuurt: a neighbourhood that does not exist

Built by `wijktwin example build --buildings {n} --seed {seed}`; {len(plans)} plans.
"""
