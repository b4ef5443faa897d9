"""A sentence that does not say what its figure says is found: over random figures, and over sentences that were spoilt on purpose."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.impacts.test_catalogue import CASES, every_figure
from tests.impacts.test_real_figures import example, example_plan
from wijktwin.errors import LANGUAGES, Language
from wijktwin.impacts.assessment import EXACT, Assessment, Margin, Unit, unknown_margin
from wijktwin.impacts.catalogue import IMPACTS, assess
from wijktwin.model.provenance import Kind
from wijktwin.words import cases, sentences, texts, told
from wijktwin.words.contradictions import contradictions
from wijktwin.words.numbers import format_number
from wijktwin.words.readability import without_names
from wijktwin.words.reading_back import read_number
from wijktwin.words.sentences import NEW_HEIGHT, sentence_parts

EXAMPLE_PLANS = [(), ("vogeltorens", "groene-straat"), ("vogelhof",), ("vogeltorens-toegestaan",)]


def faults(one: Assessment, language: Language, *, here: bool = False) -> tuple[str, ...]:
    return contradictions(one, sentence_parts(one, language, here=here), language)


@cache
def real_figures() -> tuple[Assessment, ...]:
    found = [one for case in CASES for one in every_figure(*case)]
    for names in EXAMPLE_PLANS:
        found += assess(example().with_plans([example_plan(name) for name in names]))
    return tuple(found)


@cache
def kinds_of_figures() -> tuple[Assessment, ...]:
    """One real figure of every name and unit that the catalogue gives, to be filled with other numbers."""
    found = {(one.impact, one.unit, one.where.place): one for one in real_figures() if one.impact != NEW_HEIGHT}
    return tuple(found[key] for key in sorted(found))


# ----------------------------------------------------------------------------------------------------------- what is there
def test_the_figures_come_from_every_impact() -> None:
    there = {one.impact.partition(".")[0] for one in real_figures()}
    assert {one.impact.partition(".")[0] for one in kinds_of_figures()} == there
    assert set(IMPACTS) >= there >= {"dwellings", "density", "height", "ground", "trees", "parking"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_figure_is_contradicted_by_its_sentence(language: Language) -> None:
    found = {
        (one.impact, here, fault): " ".join(sentence_parts(one, language, here=here))
        for one in real_figures()
        for here in (False, True)
        for fault in faults(one, language, here=here)
    }
    assert found == {}


# --------------------------------------------------------------------------------------------------------- random figures
NUMBER = re.compile(r"\d[\d.,]*\d|\d")
LARGEST: Mapping[Unit, float] = {Unit.PER_CENT: 100.0, Unit.MINUTES: 900.0, Unit.METRES: 300.0, Unit.RATIO: 50.0, Unit.COUNT: 1e5}
SIZES = st.one_of(st.just(0.0), st.floats(0.0, 1.0), st.floats(0.0, 1e-3))


@st.composite
def margins(draw: st.DrawFn, largest: float) -> Margin:
    """Exact, known on both sides, an end on one side, or known to nobody."""
    if draw(st.booleans()):
        return EXACT
    sides = st.one_of(st.just(0.0), st.floats(largest * 1e-4, largest / 4))
    below, above = draw(sides), draw(sides)
    match draw(st.sampled_from(["both", "below", "above", "unknown"])):
        case "both":
            return Margin(below, above, "outlines")
        case "below":
            return Margin(below, None, "outlines")
        case "above":
            return Margin(None, above, "outlines")
        case _:
            return unknown_margin("crowns_measured_how")


@st.composite
def figures(draw: st.DrawFn) -> Assessment:
    """A real figure with other numbers, margins and kinds; parts and remarks, which count the real ones, are left out."""
    one = draw(st.sampled_from(kinds_of_figures()))
    largest = LARGEST.get(one.unit, 1e5)
    values = st.integers(0, int(largest)).map(float) if one.unit is Unit.COUNT else SIZES.map(lambda share: round(share * largest, 4))
    is_compared = one.before is not None
    before, after = draw(values) if is_compared else None, draw(values)
    kind = draw(st.sampled_from([Kind.MEASURED, Kind.CALCULATED, Kind.ASSUMED, *([Kind.STATED] if one.plans else [])]))
    own = margins(largest)
    return replace(
        one,
        before=before,
        after=after,
        missing="" if is_compared else "only_after",
        margin=draw(own),
        before_margin=draw(own) if is_compared else None,
        difference_margin=draw(own) if is_compared else None,
        kind=kind,
        before_kind=None,
        difference_kind=None,
        breakdown={},
        remarks=(),
    )


@settings(max_examples=300, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(figures(), st.sampled_from(LANGUAGES), st.booleans())
def test_no_random_figure_is_contradicted_by_its_sentence(one: Assessment, language: Language, here: bool) -> None:
    assert faults(one, language, here=here) == (), " ".join(sentence_parts(one, language, here=here))


@settings(max_examples=250, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(figures(), st.sampled_from(LANGUAGES), st.integers(0, 5), st.integers(2, 9))
def test_any_number_that_is_changed_in_a_sentence_is_found(one: Assessment, language: Language, place: int, times: int) -> None:
    said = list(sentence_parts(one, language))
    numbers = [(at, match) for at, part in enumerate(said) for match in NUMBER.finditer(without_names(part))]
    assume(place < len(numbers))
    at, match = numbers[place]
    own = without_names(said[at])
    changed = read_number(match.group(), language) * times + 1
    assume(changed not in {used.value for used in one.assumptions})  # such a number may stand in its sentence
    another = format_number(changed, language)
    said[at] = own[: match.start()] + another + own[match.end() :]
    assert contradictions(one, said, language) != (), " ".join(said)


# ----------------------------------------------------------------------------------------------------------- seeded faults
def swapped(first: str, second: str) -> Callable[[str], str]:
    return lambda template: template.replace(first, "\0").replace(second, first).replace("\0", second)


Spoil = Callable[[Mapping[str, str]], Mapping[str, str]]


def in_keys(pattern: str, spoil: Callable[[str], str]) -> Spoil:
    return lambda found: {key: spoil(value) if re.search(pattern, key) else value for key, value in found.items()}


def exchanged_keys(first: str, second: str, within: str = "") -> Spoil:
    def spoil(found: Mapping[str, str]) -> Mapping[str, str]:
        def twin(key: str) -> str:
            if not key.startswith(within):
                return key
            for one, other in ((first, second), (second, first)):
                if key.endswith(one):
                    return key.removesuffix(one) + other
            return key

        return {key: found.get(twin(key), value) for key, value in found.items()}

    return spoil


FAULTS: dict[str, Spoil] = {
    "more and less exchanged": exchanged_keys(".more", ".less", "sentence."),
    "more and less of one exchanged": exchanged_keys(".more_one", ".less_one", "sentence."),
    "unclear told as the same": exchanged_keys(".unclear", ".same", "sentence."),
    "now and then exchanged": in_keys(r"^sentence\.", swapped("{before}", "{after}")),
    "the change and the value exchanged": in_keys(r"^sentence\..*\.(more|less)", swapped("{change}", "{after}")),
    "from and to exchanged behind the sentence": in_keys(r"^tail\.from_to", swapped("{before}", "{after}")),
    "the ends of the range exchanged": in_keys(r"^tail\.range", swapped("{low}", "{high}")),
    "at least told as at most": exchanged_keys("word.at_least", "word.at_most"),
    "about left out": in_keys(r"^word\.about$", lambda _: "{value}"),
    "square metres told as metres": in_keys(r"^unit_in_sentence\.m2", lambda value: re.sub(r"(vierkante|square) ", "", value)),
    "metres told as square metres": in_keys(
        r"^unit_in_sentence\.m(_one)?$", lambda value: value.replace("met", "vierkante met" if "meter" in value else "square met")
    ),
    "per cent left out": in_keys(r"^unit_in_sentence\.%$", lambda _: "{value}"),
    "estimates told as counted": exchanged_keys("tail.assumed", "tail.measured_count"),
    "calculated told as measured": exchanged_keys("tail.calculated", "tail.measured_amount"),
    "felled and planted exchanged": exchanged_keys("_felled", "_planted", "sentence.trees"),
    "the net change turned round": exchanged_keys("net_more", "net_less", "sentence.trees"),
}


def spoilt_texts(monkeypatch: pytest.MonkeyPatch, spoil: Spoil) -> None:
    found = {language: MappingProxyType(dict(spoil(texts.templates(language)))) for language in LANGUAGES}
    assert any(dict(found[language]) != dict(texts.templates(language)) for language in LANGUAGES), "nothing was spoilt"
    for module in (texts, cases, sentences):
        monkeypatch.setattr(module, "templates", found.__getitem__)


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_seeded_fault_in_the_words_is_found(name: str, language: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    spoilt_texts(monkeypatch, FAULTS[name])
    assert any(faults(one, language) for one in (*real_figures(), *some_more()))


def some_more() -> Iterator[Assessment]:
    """Minutes with a margin, and one tree more: whether or not the real figures hold them."""
    one = next(each for each in kinds_of_figures() if each.unit is Unit.SQUARE_METRES and each.before is not None)
    yield replace(one, unit=Unit.MINUTES, before=170.0, after=100.0, margin=Margin(5, 5, "outlines"), before_margin=None, breakdown={})
    trees = next(each for each in kinds_of_figures() if each.impact == "trees.total")
    yield replace(trees, before=10.0, after=11.0, margin=EXACT, before_margin=None, difference_margin=None, breakdown={}, missing="")


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("a digit more than the margin justifies", lambda step: step / 10),
        ("a digit fewer than the margin justifies", lambda step: step * 10),
    ],
)
def test_a_seeded_fault_in_rounding_is_found(name: str, spoil: Callable[[object], object], monkeypatch: pytest.MonkeyPatch) -> None:
    from wijktwin.words import numbers

    honest = numbers.shown_step
    monkeypatch.setattr(numbers, "shown_step", lambda *told, **named: spoil(honest(*told, **named)))
    assert any(faults(one, "nl") for one in real_figures()), name


def test_a_seeded_fault_in_a_sign_or_number_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = told.Told.number
    monkeypatch.setattr(told.Told, "number", lambda self, language: honest(replace(self, value=self.value * 1.1 + 1), language))
    assert any(faults(one, "nl") for one in real_figures())


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (("In de buurt komen 6 bomen bij.", "Dat is geteld."), "no number of this figure"),
        (("In de buurt komen 7 bomen minder.", "Dat is geteld."), "says less"),
        (("Het aantal bomen in de buurt blijft 10.", "Dat is geteld."), "says that it stays"),
        (("In de buurt komen ongeveer 7 bomen bij.", "Dat is geteld."), "told as about"),
        (("In de buurt komen 7 meter bomen bij.", "Dat is geteld."), "in that unit"),
        (("In de buurt komen 7 bomen bij.", "Dat is een schatting."), "told as assumed"),
        (("In de buurt komen 7 bomen bij.", "Nu zijn het er 17, dan 10."), "17 (before)"),
        (("In de buurt staan bomen.",), "does not say whether it changes"),
        (("In de buurt vinden wij geen duidelijk verschil in bomen.",), "says that nothing is clear"),
    ],
)
def test_what_is_wrong_is_named(said: tuple[str, ...], fault: str) -> None:
    trees = next(one for one in real_figures() if one.impact == "trees.total" and one.before is not None)
    bare = replace(trees, before_margin=None, difference_margin=None, before_kind=None, difference_kind=None, plans=(), remarks=())
    one = replace(bare, before=10.0, after=17.0, margin=EXACT, kind=Kind.MEASURED, breakdown={}, missing="")
    assert contradictions(one, ("In de buurt komen 7 bomen bij.", "Nu zijn het er 10, dan 17.", "Dat is geteld."), "nl") == ()
    found = contradictions(one, said, "nl")
    assert any(fault in each for each in found), found
