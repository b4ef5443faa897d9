"""Claims about plans beside what we find: each with its owner, in neutral words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import streamlit as st

from ui.found_origin import found_origin
from ui.markup import EMPTY, Markup, element, facts, joined
from wijktwin.impacts.assessment import Assessment
from wijktwin.impacts.claims import ClaimCheck, Finding, checked_claims
from wijktwin.words.judgements import claim_sentences, finding_text
from wijktwin.words.numbers import format_date
from wijktwin.words.texts import name_of, sentence_case, source_text

if TYPE_CHECKING:
    from ui.text import Text
    from wijktwin.model.plan import Plan

Told = Mapping[str, tuple[Assessment, ...]]
SIGNS: Final = {Finding.CONFIRMED: "=", Finding.OTHERWISE: "≠", Finding.OPEN: "?"}


def beside_ours(t: Text, plans: Sequence[Plan], told: Told) -> None:
    """Every claim about every plan with its owner, and what we find."""
    found = [(plan, checked_claims(plan, told[plan.plan_id])) for plan in plans if plan.claims]
    if not found:
        st.html(element("p", t("claims.none")))
        return
    for plan, checks in found:
        st.html(
            element("h3", t("claims.about", title=plan.title)) + element("div", *(_card(t, check) for check in checks), class_="wt-claims")
        )


def _card(t: Text, check: ClaimCheck) -> Markup:
    claim = check.claim
    details = ", ".join(part for part in (name_of("party", claim.party, t.language), format_date(claim.date, t.language)) if part)
    sign = element("span", SIGNS[check.finding], class_=f"wt-outcome wt-finding-{check.finding}", aria_hidden="true")
    ours = joined(
        [element("p", sign, element("strong", sentence_case(finding_text(check, t.language))), class_="wt-kind"), *_lines(t, check)]
    )
    source = element("p", t("claims.source", source=source_text(claim.source, t.language)), class_="wt-sources") if claim.source else EMPTY
    said = joined([element("blockquote", claim.text.in_language(t.language)), source])
    owner = t("claims.says", owner=claim.owner, details=details)
    return element("article", facts([(owner, said), (t("claims.we_find"), ours)]), class_="wt-card")


def _lines(t: Text, check: ClaimCheck) -> list[Markup]:
    """What we find of each thing that was said, with how it is known and what it rests on."""
    told = claim_sentences(check, t.language)
    found = [one.measured for one in check.checked] or [None]
    return [joined([element("p", line), found_origin(t, measured)]) for line, measured in zip(told, found, strict=True)]
