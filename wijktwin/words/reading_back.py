"""Numbers, units, times and directions read back from a sentence, with a grammar of its own.

Nothing here knows how sentences are made: what a template, a rounding or a form made of a figure is read as a resident reads it, and
`wijktwin.words.contradictions` compares that with the figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from wijktwin.impacts.assessment import Unit
from wijktwin.words.reading_grammar import CLAUSE, GRAMMAR, NAMES, Grammar, Known, Role, Sureness, Way
from wijktwin.words.texts import templates

if TYPE_CHECKING:
    from wijktwin.errors import Language


@dataclass(frozen=True, slots=True)
class Amount:
    """One number as it is read; ``way`` is the direction that its clause gives it, ``unit`` None where no unit follows."""

    value: float
    unit: Unit | None
    role: Role
    sureness: Sureness
    way: Way | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that was read from one text."""

    amounts: tuple[Amount, ...]
    ways: frozenset[Way]
    known: frozenset[Known]


def read_back(text: str, language: Language, *, names: tuple[str, ...] = ()) -> Reading:
    """What a text says, as far as its form tells.

    Parameters
    ----------
    names
        Names of places in the text; digits in them are no figures.
    """
    grammar = GRAMMAR[language]
    own = NAMES.sub(" ", text)
    for name in names:
        own = own.replace(name, " ") if name else own
    own = re.sub(grammar.dropped, " ", own)
    own = re.sub(grammar.hours, lambda match: f"{60 * int(match[1]) + int(match[2] or 0)} {_minutes(language)}", own)
    own = re.sub(r"[^\S\n]+", " ", own).strip()
    amounts: list[Amount] = []
    ways: set[Way] = set()
    for sentence in re.split(r"(?<=[.!?])\s+", own):
        amounts += _amounts(sentence, grammar, language)
        if (way := _way(sentence, grammar)) is not None:
            ways.add(way)
    return Reading(tuple(amounts), frozenset(ways), frozenset(known for known, words in grammar.known.items() if re.search(words, own)))


def read_number(told: str, language: Language) -> float:
    """A number as the language writes it: "1.234,5" in Dutch, "1,234.5" in English."""
    thousands, decimal = (".", ",") if language == "nl" else (",", ".")
    return float(told.replace(thousands, "").replace(decimal, ".").replace("−", "-"))


def _minutes(language: Language) -> str:
    return "minuten" if language == "nl" else "minutes"


def _way(words: str, grammar: Grammar) -> Way | None:
    """What is said of a change: doubts and "stays" before directions, and of two directions the one that is complete first."""
    found = {way: match.end() for way, pattern in grammar.ways.items() if (match := re.search(pattern, words, re.IGNORECASE))}
    for way in (Way.UNCLEAR, Way.UNKNOWN, Way.SAME):
        if way in found:
            return way
    return min(found, key=found.__getitem__, default=None)


def _amounts(sentence: str, grammar: Grammar, language: Language) -> Iterator[Amount]:
    measured = _unit_pattern(language)
    amount = rf"(?:(?:{grammar.about}|{grammar.at_least}|{grammar.at_most}) )*({grammar.number})(?: (?:{measured}))?"
    roles = _fixed_roles(sentence, grammar, amount)
    found = list(re.finditer(amount, sentence))
    units = [_unit(match.group(0), language) for match in found]
    for place in reversed(range(len(found) - 1)):  # "24 en 60 meter": the first of them are metres too
        between = sentence[found[place].end() : found[place + 1].start()]
        if units[place] is None and re.fullmatch(grammar.joins, between):
            units[place] = units[place + 1]
    for match, unit in zip(found, units, strict=True):
        clause = _clause_at(sentence, match.start())
        way = _way(clause, grammar)
        way = way if way in {Way.MORE, Way.LESS} else None
        role = roles.get(match.start(1)) or _role(clause, way, grammar)
        yield Amount(read_number(match.group(1), language), unit, role, _sureness(match.group(0), grammar), way)


def _fixed_roles(sentence: str, grammar: Grammar, amount: str) -> dict[int, Role]:
    """Roles that follow from a fixed turn of phrase, by where the number begins."""
    roles: dict[int, Role] = {}
    turns = (
        (grammar.between, (Role.LOW, Role.HIGH)), (grammar.span, (Role.LOW, Role.HIGH)), (grammar.pair, (Role.BEFORE, Role.AFTER)),
        (grammar.of_the, (Role.CHANGE, Role.BEFORE)),
        (grammar.low, (Role.LOW,)), (grammar.high, (Role.HIGH,)),
    )  # fmt: skip
    for turn, own in turns:
        for match in re.finditer(turn.replace("{A}", amount).replace("{B}", amount), sentence):
            for place, role in enumerate(own, start=1):
                roles.setdefault(match.start(place), role)
    return roles


def _role(clause: str, way: Way | None, grammar: Grammar) -> Role:
    if way is not None:
        return Role.CHANGE
    if re.search(grammar.now, clause, re.IGNORECASE):
        return Role.BEFORE
    return Role.AFTER if re.search(grammar.then, clause) else Role.LEVEL


def _clause_at(sentence: str, place: int) -> str:
    begin = 0
    for match in CLAUSE.finditer(sentence):
        if match.start() >= place:
            return sentence[begin : match.start()]
        begin = match.end()
    return sentence[begin:]


def _sureness(told: str, grammar: Grammar) -> Sureness:
    """What stands nearest before a number: "hooguit ongeveer 300" is about 300."""
    markers = ((Sureness.AT_LEAST, grammar.at_least), (Sureness.AT_MOST, grammar.at_most), (Sureness.ABOUT, grammar.about))
    found = {match.end(): sureness for sureness, words in markers for match in re.finditer(rf"\b(?:{words})\b", told)}
    return found[max(found)] if found else Sureness.EXACT


def _unit(told: str, language: Language) -> Unit | None:
    return next((unit for pattern, unit in _units(language) if re.search(pattern, told)), None)


def _unit_pattern(language: Language) -> str:
    return "|".join(pattern for pattern, _ in _units(language))


@cache
def _units(language: Language) -> tuple[tuple[str, Unit], ...]:
    """The words of every unit, longest first; a unit that this grammar does not know yet is read by the words in its template."""
    known = GRAMMAR[language].units
    others = []
    for unit in Unit:
        words = templates(language).get(f"unit_in_sentence.{unit}", "{value}").partition("{value}")[2].strip()
        if words and unit not in {each for _, each in known}:
            others.append((re.escape(words) + r"\b", unit))
    return (*sorted(others, key=lambda each: -len(each[0])), *known)


def marks_before_values(template: str, language: Language) -> frozenset[Sureness]:
    """What a template itself puts before its values: "voor de helft is het hooguit {after}"."""
    grammar = GRAMMAR[language]
    markers = ((Sureness.AT_LEAST, grammar.at_least), (Sureness.AT_MOST, grammar.at_most))
    return frozenset(sureness for sureness, words in markers if re.search(rf"\b(?:{words}) \{{", template))
