"""Numbers and dates as people write them, and never more digits than the margin justifies."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wijktwin.errors import Language, Note
from wijktwin.impacts.assessment import AS_STATED, Margin, Unit, unknown_margin
from wijktwin.words.numbers import NO_BREAK, format_date, format_ends, format_margin_side, format_number, format_value, rounded, shown_step

ROUGH = Margin(14_000.0, 12_000.0, "floor_area")


@pytest.mark.parametrize(
    ("value", "decimals", "signed", "dutch", "english"),
    [
        (1234.5, 1, False, "1.234,5", "1,234.5"),
        (1234567.0, 0, False, "1.234.567", "1,234,567"),
        (-3.0, 0, False, "−3", "−3"),
        (3.0, 0, True, "+3", "+3"),
        (0.0, 0, True, "0", "0"),
        (-0.04, 1, False, "0,0", "0.0"),
        (2.5, 0, False, "3", "3"),
        (-2.5, 0, False, "−3", "−3"),
        (0.345, 2, False, "0,35", "0.35"),
    ],
)
def test_numbers_in_both_languages(value: float, decimals: int, signed: bool, dutch: str, english: str) -> None:
    assert format_number(value, "nl", decimals=decimals, signed=signed) == dutch
    assert format_number(value, "en", decimals=decimals, signed=signed) == english


@pytest.mark.parametrize(
    ("value", "unit", "margin", "shown"),
    [
        (100 * 57 / 165, Unit.PER_CENT, AS_STATED, "34,5%"),
        (50.0, Unit.PER_CENT, AS_STATED, "50%"),
        (34.96, Unit.PER_CENT, AS_STATED, "35,0%"),
        (30.0, Unit.METRES, AS_STATED, "30 m"),
        (30.0, Unit.METRES, Margin(0.4, 0.4, "roof_fit"), "30,0 m"),
        (12.34, Unit.METRES, Margin(3.0, 3.0, "roof_fit"), "12 m"),
        (104_233.2, Unit.SQUARE_METRES, ROUGH, "104.000 m²"),
        (104_233.2, Unit.SQUARE_METRES, AS_STATED, "104.233 m²"),
        (47_945.0, Unit.SQUARE_METRES, unknown_margin("crowns_measured_how"), "47.900 m²"),
        (893.0, Unit.COUNT, unknown_margin("trees_assumed"), "893"),
        (0.5426, Unit.RATIO, Margin(0.08, 0.05, "floor_area"), "0,54"),
        (0.5426, Unit.RATIO, Margin(0.5, 0.3, "floor_area"), "0,5"),
        (82.5, Unit.COUNT, unknown_margin("rescaled"), "83"),
    ],
)
def test_a_figure_is_rounded_to_what_its_margin_justifies(value: float, unit: Unit, margin: Margin, shown: str) -> None:
    assert format_value(value, unit, "nl", margin=margin) == shown.replace(" ", NO_BREAK)


def test_a_range_is_rounded_outwards() -> None:
    area = Unit.SQUARE_METRES
    assert format_ends(104_233.2, area, "nl", margin=ROUGH) == ("90.000", "117.000")
    assert format_ends(5.0, area, "en", margin=Margin(9.0, 9.0, "outlines")) == ("0", "14")
    assert format_ends(7.6, Unit.COUNT, "en", margin=Margin(1.0, None, "x")) == ("6", None)
    assert format_ends(0.5, Unit.RATIO, "nl", margin=Margin(None, 0.42, "x")) == (None, "1,0")
    assert format_ends(0.5, Unit.RATIO, "nl", margin=unknown_margin("x")) == (None, None)


@given(st.floats(0, 1e7), st.floats(0.001, 1e6), st.sampled_from(Unit))
def test_rounding_adds_less_than_a_quarter_of_the_margin_and_a_range_holds_the_value(value: float, margin: float, unit: Unit) -> None:
    off = Margin(margin, margin, "outlines")
    step = shown_step(unit, off)
    finest = shown_step(unit)
    error = abs(float(rounded(value, step)) - value)
    assert error <= max(margin / 4, float(finest) / 2) * (1 + 1e-9) + 1e-9
    low, high = (float((end or "nan").replace(",", "")) for end in format_ends(value, unit, "en", margin=off))
    assert 0 <= low <= max(0.0, value - margin) + 1e-6
    assert high >= value + margin - 1e-6
    assert high - low <= 2 * margin + 2 * float(step) + 1e-6


@given(st.floats(0.001, 1e6), st.sampled_from(Unit))
def test_a_margin_is_never_shown_smaller_than_it_is(margin: float, unit: Unit) -> None:
    shown = format_margin_side(margin, unit, "en", margin=Margin(margin, margin, "outlines"))
    digits = "".join(each for each in shown.split(NO_BREAK, maxsplit=1)[0] if each.isdigit() or each == ".")
    assert float(digits) >= margin - 1e-9


@given(st.floats(0.0, 1e6), st.floats(0.0, 1.0), st.sampled_from(Unit))
def test_what_is_never_below_zero_has_no_margin_that_reaches_there(value: float, share: float, unit: Unit) -> None:
    off = Margin(value * share, value, "outlines")
    shown = format_margin_side(value * share, unit, "en", margin=off, most=value)
    digits = "".join(each for each in shown.split(NO_BREAK, maxsplit=1)[0] if each.isdigit() or each == ".")
    lowest = float(rounded(value, shown_step(unit, off))) - float(digits)
    assert 0 <= lowest <= value * (1 - share) + float(shown_step(unit, off)) / 2 + 1e-6
    assert lowest <= 0 or float(digits) >= value * share - 1e-6


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_what_is_shown_reads_back_to_the_rounded_number(value: float, decimals: int) -> None:
    for language, group, point in (("nl", ".", ","), ("en", ",", ".")):
        chosen: Language = "nl" if language == "nl" else "en"
        shown = format_number(value, chosen, decimals=decimals)
        back = Decimal(shown.replace(group, "").replace(point, ".").replace("−", "-"))
        assert back == rounded(value, Decimal(1).scaleb(-decimals))


@pytest.mark.parametrize(
    ("date", "dutch", "english"),
    [
        ("2026-05-21", "21 mei 2026", "21 May 2026"),
        (dt.date(2026, 3, 1), "1 maart 2026", "1 March 2026"),
        ("2026-05", "mei 2026", "May 2026"),
        ("2026", "2026", "2026"),
        ("2025-09-03T10:00:00Z", "3 september 2025", "3 September 2025"),
        ("2026-13-40", "2026-13-40", "2026-13-40"),
        ("voorjaar 2026", "voorjaar 2026", "voorjaar 2026"),
        (None, "", ""),
    ],
)
def test_dates_months_and_years(date: dt.date | str | None, dutch: str, english: str) -> None:
    assert format_date(date, "nl") == dutch
    assert format_date(date, "en") == english


def test_counts_in_messages_tell_thousands_apart() -> None:
    note = Note("sunlight.today_at_ground", n=91_240, part=1, parts=3)
    assert note.sentence("nl") == "De zon van nu op 91.240 plekken op de grond wordt berekend (1 van 3)."
    assert "91,240" in note.sentence("en")
    assert "2019" in Note("folder.bad_coordinates", source="2019.geojson", row=2019).sentence("nl"), "no other number is a count"
