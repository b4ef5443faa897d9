"""Every figure there is can be told in every form, in both languages, as a sentence and as a row."""

from __future__ import annotations

import re

import pytest

from tests.impacts.village import towers
from wijktwin.errors import LANGUAGES, Language
from wijktwin.impacts.assessment import EXACT, Assessment, Margin, Method, Place, Unit, Where, unknown_margin
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.density import UNITS
from wijktwin.impacts.height import RADIUS
from wijktwin.model.provenance import Kind, LocalText, Source
from wijktwin.words.cases import Case, sentence_key, told_case
from wijktwin.words.rows import figure_row
from wijktwin.words.sentences import sentence
from wijktwin.words.texts import document, has_text

WIDE = Margin(500.0, 500.0, "outlines")
#                 before after difference_margin  what there is to say
FORMS: dict[str, tuple[float | None, float | None, Margin, Case]] = {
    "more": (10.0, 40.0, EXACT, Case.MORE),
    "one more": (10.0, 11.0, EXACT, Case.MORE),
    "less": (40.0, 10.0, EXACT, Case.LESS),
    "one less": (40.0, 39.0, EXACT, Case.LESS),
    "no change": (40.0, 40.0, EXACT, Case.SAME),
    "none before and after": (0.0, 0.0, EXACT, Case.SAME),
    "unclear": (10.0, 40.0, WIDE, Case.UNCLEAR),
    "only after": (None, 40.0, EXACT, Case.ONLY_AFTER),
    "only after, one": (None, 1.0, EXACT, Case.ONLY_AFTER),
    "only after, none": (None, 0.0, EXACT, Case.ONLY_AFTER),
    "only before": (40.0, None, EXACT, Case.UNKNOWN),
    "neither": (None, None, EXACT, Case.UNKNOWN),
}
NAMES = sorted(document("nl")["impact"])
COMPARED = [name for name in NAMES if has_text(f"sentence.{name}.more")]


def figure(impact: str, form: str) -> Assessment:
    before, after, difference_margin, _ = FORMS[form]
    is_known = before is not None and after is not None
    group = impact.partition(".")[0]
    unit = UNITS.get(impact) or {"height": Unit.METRES, "ground": Unit.SQUARE_METRES}.get(group, Unit.COUNT)
    return Assessment(
        impact=impact,
        before=before,
        after=after,
        unit=unit,
        where=Where(Place.PLAN_AREA, "torens", LocalText("De Torens", "The Towers")),
        margin=EXACT if after is not None else unknown_margin("nothing_built"),
        before_margin=EXACT,
        difference_margin=difference_margin,
        kind=Kind.CALCULATED,
        method=Method(group if group in document("nl")["method"] else "trees", "1.0"),
        sources=(Source("BAG", "Kadaster"),),
        plans=(towers(),) if impact == "height.new" else (),
        assumptions=default_assumptions().used(RADIUS) if group == "height" else (),
        missing="" if is_known else "nothing_built",
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("impact", NAMES)
def test_every_figure_can_be_told_in_every_form(impact: str, form: str, language: Language) -> None:
    one = figure(impact, form)
    assert told_case(one) is FORMS[form][3]
    for here in (False, True):
        words = sentence(one, language, here=here)
        assert words.endswith(".")
        assert words[0].isupper() or words[0] == "“"
        assert not re.search(r"[{}]|\bNone\b|\bnan\b|  ", words)
    assert figure_row(one, language).sentence == sentence(one, language)


@pytest.mark.parametrize("form", ["only_after", "only_before", "more", "less", "same", "unclear", "unknown"])
@pytest.mark.parametrize("impact", COMPARED)
def test_a_figure_that_is_compared_has_words_of_its_own_for_every_form(impact: str, form: str) -> None:
    assert sentence_key(figure(impact, "more"), form) == f"sentence.{impact}.{form}"


def test_a_figure_that_nobody_wrote_a_sentence_for_is_told_in_general_words() -> None:
    for form in FORMS:
        one = figure("trees.never_heard_of", form)
        assert sentence(one, "nl").startswith("trees.never_heard_of (plan “De Torens”): ")
        assert figure_row(one, "nl").label == "trees.never_heard_of"
