"""What the municipality of the example asks of plans: made up, as everything in it."""

from __future__ import annotations

from typing import Final

from wijktwin.example.plan_texts import MUNICIPALITY
from wijktwin.impacts.requirement_files import requirements_toml
from wijktwin.impacts.requirements import MEASURES, Certainty, Requirement, Requirements, Subject
from wijktwin.model.provenance import LocalText, Source

SITE_PLANS: Final = frozenset({"vogeltorens", "vogeltorens-toegestaan", "vogelhof"})
BINDING: Final = LocalText("Omgevingsplan: verplicht", "Environment plan: binding")
POLICY: Final = LocalText(
    "Beleid van de gemeente: afwijken kan met een reden", "Policy of the municipality: may be departed from with a reason"
)
WISH: Final = LocalText("Wens uit een raadsbesluit, nog geen regel", "A wish of the council, not a rule yet")


def _rule(title: str, date: str) -> Source:
    return Source(f"{title} (fictief)", MUNICIPALITY, vintage=date, fictional=True)


ZONING: Final = _rule("Omgevingsplan Vogelbuurt, artikel 5.2", "2018-06-26")
PARKING: Final = _rule("Beleidsregels parkeren, tabel 1", "2024-03-01")
ROWS: Final = (
    ("hoogte", Subject.HEIGHT, 10.5, ZONING, BINDING, Certainty.HIGH),
    ("bebouwd", Subject.BUILT_SHARE, 25.0, ZONING, BINDING, Certainty.HIGH),
    ("sociale-huur", Subject.SOCIAL_SHARE, 35.0, _rule("Woonvisie, hoofdstuk 3", "2022-11-15"), POLICY, Certainty.HIGH),
    ("groen", Subject.GREEN_SHARE, 45.0, _rule("Groenvisie, hoofdstuk 2", "2021-05-18"), POLICY, Certainty.MEDIUM),
    ("parkeren", Subject.PARKING, 0.6, PARKING, POLICY, Certainty.HIGH),
    ("fietsen", Subject.BICYCLES, 2.0, PARKING, POLICY, Certainty.HIGH),
    ("waterberging", Subject.STORAGE, 120.0, _rule("Waterplan, bladzijde 14", "2023-02"), POLICY, Certainty.LOW),
    ("afstand-woningen", Subject.DISTANCE_TO_DWELLING, 40.0, _rule("Motie over afstand", "2025-09-30"), WISH, Certainty.MEDIUM),
)
"""One limit for each subject that a municipality asks about."""


def example_requirements() -> Requirements:
    """The table of the example."""
    items = tuple(
        Requirement(name, subject, MEASURES[subject], MEASURES[subject].operator, value, rule, certainty, status=status, plans=SITE_PLANS)
        for name, subject, value, rule, status, certainty in ROWS
    )
    return Requirements(MUNICIPALITY, fictional=True, items=items)


def example_requirements_toml() -> str:
    """The file beside the data of the example."""
    head = (
        "# What the fictional municipality of the example asks of plans: every rule, number and document in it is made up.\n"
        "# Built by `wijktwin example build`; docs/requirements.md describes the file.\n\n"
    )
    return head + requirements_toml(example_requirements())
