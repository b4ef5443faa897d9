"""Requirements and claims in plain words: what was asked or said, what we find, and why that is sure or not.

Words are neutral: a claim "fits what we find" or is "not what we find", and nobody is said to be right or wrong.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Final

from wijktwin.impacts.assessment import Unit
from wijktwin.impacts.claims import Finding
from wijktwin.impacts.requirements import Outcome, Subject, compares
from wijktwin.words.amounts import amount_text
from wijktwin.words.numbers import (
    DECIMALS,
    UNIT_SIGNS,
    format_as_said,
    format_at,
    format_clock,
    format_day,
    format_number,
    is_as_said,
    rounded,
)
from wijktwin.words.texts import counted_text, has_text, name_of, sentence_case, text

if TYPE_CHECKING:
    from wijktwin.errors import Language
    from wijktwin.impacts.claims import Checked, ClaimCheck, Statement
    from wijktwin.impacts.requirements import Judgement, Measure, Measured, Operator, Requirement

ANY_YEAR: Final = 2024
"""A year that has every day of the year."""
FINEST: Final = 6
"""So many decimals at most are shown to tell a value from a limit."""


# ------------------------------------------------------------------------------------------------------------ requirements
def requirement_title(requirement: Requirement, language: Language) -> str:
    """What it is called: its own title, else the name of its subject, else that of its figure."""
    own = requirement.title.in_language(language)
    if own:
        return own
    if requirement.subject is not Subject.FIGURE:
        return text(f"subject.{requirement.subject}", language)
    return measure_title(requirement.measure, language)


def measure_title(measure: Measure, language: Language) -> str:
    """What a measure is called, by its figures; a name that nobody knows stands as it is."""
    one = name_of("impact", measure.impact, language)
    return text("subject.per", language, one=one, other=name_of("impact", measure.per, language)) if measure.per else one


def limit_text(requirement: Requirement, language: Language) -> str:
    """What is asked: "hooguit 10,5 m"."""
    return text(f"operator.{requirement.operator}", language, value=said_number(requirement.value, requirement.measure.unit, language))


def outcome_text(judgement: Judgement, language: Language) -> str:
    """What it comes to, in a few words; that it is not certain is said."""
    outcome = text(f"outcome.{judgement.outcome}", language)
    is_unsure = judgement.outcome is not Outcome.OPEN and not judgement.is_sure
    return text("outcome.unsure", language, outcome=outcome) if is_unsure else outcome


def judgement_sentences(judgement: Judgement, language: Language) -> tuple[str, ...]:
    """What was found and asked, and why that is not certain or can't be judged."""
    requirement, found = judgement.requirement, judgement.measured
    if found is None:
        return (text("outcome.why_open", language, reason=reason_text(judgement.reason, judgement.why, language)),)
    told = [
        text(
            "outcome.told",
            language,
            value=found_number(found, requirement.operator, requirement.value, language),
            limit=limit_text(requirement, language),
        )
    ]
    if not judgement.is_sure:
        told.append(text("outcome.why_unsure", language, reason=reason_text(judgement.reason, judgement.why, language)))
        told += _between(found, language)
    return tuple(told)


# ------------------------------------------------------------------------------------------------------------------- claims
def finding_text(check: ClaimCheck | Checked, language: Language) -> str:
    """What checking comes to, in a few words."""
    return text(f"finding.{check.finding}", language)


def claim_sentences(check: ClaimCheck, language: Language, *, brief: bool = False) -> tuple[str, ...]:
    """For each thing that a claim says: what was said and what we find, or why that can't be checked.

    Parameters
    ----------
    brief
        What was said is read right before, word for word: only what we find.
    """
    if check.reason:
        return (text("finding.why_open", language, reason=reason_text(check.reason, "", language)),)
    return tuple(" ".join((f"{statement_title(one.statement, language)}.", *_checked(one, language, brief=brief))) for one in check.checked)


def statement_title(statement: Statement, language: Language) -> str:
    """What a statement is about, and on which day where it says one."""
    title = text(f"claim_part.{statement.part}", language) if statement.part else measure_title(statement.measure, language)
    day = format_day(f"{ANY_YEAR}-{statement.measure.day}", language) if statement.measure.day else ""
    return text("claim_part.on_day", language, title=title, day=day) if day else title


def _checked(one: Checked, language: Language, *, brief: bool) -> tuple[str, ...]:
    said, found = said_text(one.statement, language), one.measured
    if brief and found is not None and one.finding is not Finding.OPEN:
        return (_found_briefly(one.statement, found, language),)
    told = []
    if found is not None:
        value = _found_text(one.statement, found, language)
        told.append(text("finding.told", language, said=said, value=value))
    if one.finding is Finding.OPEN:
        reason = text("finding.why_open", language, reason=reason_text(one.reason, one.why, language))
        return (*told, reason) if told else (f"{sentence_case(said)}.", reason)
    if found is not None and (found.low, found.high) != (found.value, found.value):
        told += _between(found, language)
    return tuple(told)


def _found_briefly(statement: Statement, found: Measured, language: Language) -> str:
    """What was found, and between what it may lie, in one sentence."""
    value, ends = _found_text(statement, found, language), _ends(found, language)
    if ends is None or found.low == found.high:
        return text("finding.found", language, value=value)
    return text("finding.found_between", language, value=value, low=ends[0], high=ends[1])


def _found_text(statement: Statement, found: Measured, language: Language) -> str:
    """What was found: a value, or how many homes lose sun before the time that was said."""
    value = found_number(found, statement.operator, statement.value, language)
    if not statement.measure.until:
        return value
    moment = format_clock(statement.measure.until, language)
    return counted_text("finding.before", round(found.value), language, moment=moment)


def said_text(statement: Statement, language: Language) -> str:
    """What was said: "hooguit 21", "niet voor 16.00 uur"."""
    if statement.measure.until:
        return text("operator.not_before", language, value=format_clock(statement.measure.until, language))
    value = said_number(statement.value, statement.measure.unit, language)
    if statement.tolerance:
        return text(
            "operator.about_with", language, value=value, tolerance=said_number(statement.tolerance, statement.measure.unit, language)
        )
    return text(f"operator.{statement.operator}", language, value=value)


# ------------------------------------------------------------------------------------------------------------------ numbers
def said_number(value: float, unit: str, language: Language) -> str:
    """A number as somebody said it: all its decimals and no more."""
    return _with_unit(format_as_said(value, language), unit, language)


def found_number(found: Measured, operator: Operator, limit: float, language: Language) -> str:
    """A value that was found, with as many decimals as it takes to see that it keeps to a limit, or does not."""
    return _shown(found.value, _decimals(found, operator, limit), found.unit, language)


def found_margin(found: Measured, language: Language) -> str:
    """How far a value that was found may be off, and why."""
    reason = name_of("reason", found.margin.reason, language)
    if found.low is None or found.high is None:
        return text("word.with_reason", language, value=text("word.unknown", language), reason=reason)
    return reason if found.low == found.high else " ".join((*_between(found, language), f"{sentence_case(reason)}."))


def _decimals(found: Measured, operator: Operator, limit: float) -> int:
    unit = _known(found.unit)
    fewest = 2 if unit is None else 0 if is_as_said(found.value, unit, found.margin) else DECIMALS[unit]
    holds = compares(found.value, operator, limit)
    shown = (n for n in range(fewest, FINEST) if compares(float(rounded(found.value, Decimal(1).scaleb(-n))), operator, limit) == holds)
    return next(shown, FINEST)


def _between(found: Measured, language: Language) -> list[str]:
    """From where to where a value may lie; nothing where an end is not known."""
    ends = _ends(found, language)
    return [] if ends is None else [text("outcome.between", language, low=ends[0], high=ends[1])]


def _ends(found: Measured, language: Language) -> tuple[str, str] | None:
    """The ends of what a value may be, rounded outwards; None where one is not known."""
    if found.low is None or found.high is None:
        return None
    unit = _known(found.unit)
    decimals = 2 if unit is None else DECIMALS[unit]
    low, high = (
        _shown(float(rounded(end, Decimal(1).scaleb(-decimals), way)), decimals, found.unit, language)
        for end, way in ((found.low, ROUND_FLOOR), (found.high, ROUND_CEILING))
    )
    return low, high


def _shown(value: float, decimals: int, unit: str, language: Language) -> str:
    known = _known(unit)
    if known is None or known is Unit.MINUTES:
        return _with_unit(format_number(value, language, decimals=decimals), unit, language)
    return format_at(value, known, language, step=Decimal(1).scaleb(-decimals))


def _with_unit(number: str, unit: str, language: Language) -> str:
    """A number with its unit; lengths of time in words, as everywhere else: whole minutes as hours from an hour on."""
    known = _known(unit)
    if known is Unit.MINUTES:
        return amount_text(number, known, language) if number.isdecimal() else text("unit_in_sentence.min", language, value=number)
    return f"{number} {unit}" if known is None else number + UNIT_SIGNS[known]


def _known(unit: str) -> Unit | None:
    return Unit(unit) if unit in {str(each) for each in Unit} else None


def reason_text(reason: str, why: str, language: Language) -> str:
    """Why something can't be judged or is not certain, with what the figure itself gives as its reason."""
    own = name_of("reason", reason, language)
    return (
        text("outcome.why_with", language, reason=own, why=name_of("reason", why, language)) if why and has_text(f"reason.{why}") else own
    )
