"""Fewer than five homes are not counted out, and nothing that is told gives their number away."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.impacts.village import BUILDINGS_SOURCE, village
from wijktwin.errors import LANGUAGES, Note
from wijktwin.export.report.small_counts import FEWEST, HOME_COUNTS, OPEN, Veil, key_of, veiled_row, veils
from wijktwin.export.tables import figures_table
from wijktwin.impacts.assessment import EXACT, Assessment, Method, Place, Unit, Where
from wijktwin.impacts.shared import counted
from wijktwin.model.provenance import Kind
from wijktwin.words.texts import templates

WHOLE = Where(Place.NEIGHBOURHOOD)
SMALL = frozenset(range(1, FEWEST))
TOTAL = 20


def figure(impact: str, before: float | None, after: float | None, *, where: Where = WHOLE, **breakdown: tuple[Any, Any]) -> Assessment:
    method = Method(impact.partition(".")[0], "1.0")
    missing = "only_after" if before is None else ""
    return Assessment(
        impact, before, after, Unit.COUNT, where, EXACT, Kind.CALCULATED, method, (BUILDINGS_SOURCE,), breakdown=breakdown, missing=missing
    )


def all_homes() -> Assessment:
    return figure("dwellings.total", TOTAL, TOTAL)


def near(keeps: int, loses: int, gone: int, gains: int) -> list[Assessment]:
    parts: dict[str, Any] = {"keeps": (keeps, keeps), "loses": (loses, 0.0), "gone": (gone, 0.0), "gains": (0.0, gains)}
    return [figure("heat.cool_place", keeps + loses + gone, keeps + gains, **parts)]


def norm(meets: int, no_longer: int, newly: int, never: int) -> list[Assessment]:
    unknown = TOTAL - meets - no_longer - newly - never
    return [
        figure("sunlight.tno_light_met", meets + no_longer, meets + newly,
               still_meets=(meets, meets), no_longer_meets=(no_longer, 0.0), newly_meets=(0.0, newly)),
        figure("sunlight.tno_light_not_met", never + newly, never + no_longer,
               still_does_not_meet=(never, never), no_longer_meets=(0.0, no_longer), newly_meets=(newly, 0.0)),
        figure("sunlight.tno_light_not_judged", unknown, unknown, sun_no_point=(unknown, unknown)),
    ]  # fmt: skip


def norm_with_demolition(stays: int, goes: int, goes_missed: int, never: int) -> list[Assessment]:
    """Some that meet a norm go with their building, and some that do not."""
    unknown, n_gone = TOTAL - stays - goes - goes_missed - never, goes + goes_missed
    told: tuple[tuple[str, int, int, int, dict[str, Any]], ...] = (
        ("met", stays + goes, stays, goes, {"still_meets": (stays, stays), "judged_no_longer": (goes, 0.0)}),
        ("not_met", never + goes_missed, never, goes_missed,
         {"still_does_not_meet": (never, never), "judged_no_longer": (goes_missed, 0.0)}),
    )  # fmt: skip
    met, missed = (
        replace(figure(f"sunlight.tno_light_{name}", now, then, **parts), remarks=(Note("sunlight.norm_gone", n=n),) if n else ())
        for name, now, then, n, parts in told
    )
    reasons: dict[str, Any] = {"sun_no_point": (unknown, unknown), "sun_demolished": (0.0, n_gone)}
    unjudged = figure("sunlight.tno_light_not_judged", unknown, unknown + n_gone, **reasons)
    return [met, missed, unjudged, figure("sunlight.tno_light_gone", None, n_gone)]


def losing(short: int, long: int, early: int, earlier: int) -> list[Assessment]:
    day = Where(Place.DAY, "2026-03-21")
    parts = [Where(Place.PART_OF_DAY, f"2026-03-21T{hour}") for hour in ("12:00", "16:00")]
    classes: dict[str, Any] = {"below_60": (None, short), "from_60": (None, long)}
    whole = figure("sunlight.losing", None, short + long, where=day, **classes)
    return [whole, *(figure("sunlight.losing", None, n, where=where) for n, where in zip((earlier, early), parts, strict=True))]


def shown(figures: Sequence[Assessment]) -> tuple[Any, ...]:
    """Everything that a reader of a report sees of some figures."""
    hidden = veils([all_homes(), *figures])
    found: list[Any] = []
    for one in figures:
        veiled = hidden.get(key_of(one), OPEN)
        found += [veiled.before or one.before, veiled.after or one.after, veiled.difference or one.difference]
        found.append(tuple(veiled.flows.items()) if veiled.hides_parts else tuple(one.breakdown.items()))
    return tuple(found)


def guessed(worlds: Iterator[tuple[Mapping[str, int], list[Assessment]]]) -> list[tuple[str, int, tuple[Any, ...]]]:
    """Small numbers that whoever knows how numbers are hidden can work out: in no other world that looks the same it is another."""
    alike: dict[tuple[Any, ...], dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for cells, figures in worlds:
        seen = alike[shown(figures)]
        for name, n in cells.items():
            seen[name].add(abs(n))
    return [
        (name, min(values), view)
        for view, cells in alike.items()
        for name, values in cells.items()
        if len(values) == 1 and values <= SMALL
    ]  # fmt: skip


def of_near() -> Iterator[tuple[Mapping[str, int], list[Assessment]]]:
    for keeps, loses, gone, gains in itertools.product(range(TOTAL + 1), repeat=4):
        others = TOTAL - keeps - loses - gone - gains
        if others >= 0:
            cells = {"keeps": keeps, "loses": loses, "gone": gone, "gains": gains, "never": others, "before": keeps + loses + gone,
                     "after": keeps + gains, "difference": gains - loses - gone}  # fmt: skip
            yield cells, near(keeps, loses, gone, gains)


def of_norm() -> Iterator[tuple[Mapping[str, int], list[Assessment]]]:
    for meets, no_longer, newly, never in itertools.product(range(TOTAL + 1), repeat=4):
        unknown = TOTAL - meets - no_longer - newly - never
        if unknown >= 0:
            cells = {"meets": meets, "no_longer": no_longer, "newly": newly, "never": never, "unknown": unknown,
                     "before": meets + no_longer, "after": meets + newly, "difference": newly - no_longer}  # fmt: skip
            yield cells, norm(meets, no_longer, newly, never)


def of_demolition() -> Iterator[tuple[Mapping[str, int], list[Assessment]]]:
    for stays, goes, goes_missed, never in itertools.product(range(TOTAL + 1), repeat=4):
        unknown = TOTAL - stays - goes - goes_missed - never
        if unknown >= 0:
            cells = {"stays": stays, "goes": goes, "goes missed": goes_missed, "never": never, "unknown": unknown,
                     "gone": goes + goes_missed}  # fmt: skip
            yield cells, norm_with_demolition(stays, goes, goes_missed, never)


def of_losing() -> Iterator[tuple[Mapping[str, int], list[Assessment]]]:
    for short, long in itertools.product(range(TOTAL), repeat=2):
        for early in range(min(short + long, TOTAL) + 1 if short + long <= TOTAL else 0):
            for earlier in range(early + 1):
                cells = {
                    "short": short, "long": long, "all": short + long, "early": early, "earlier": earlier,
                    "late": short + long - early, "between": early - earlier, "others": TOTAL - short - long,
                }  # fmt: skip
                yield cells, losing(short, long, early, earlier)


@pytest.mark.parametrize("worlds", [of_losing, of_near, of_norm, of_demolition])
def test_no_small_number_follows_from_what_is_told(worlds: Any) -> None:
    found = guessed(worlds())
    assert not found, f"{len(found)}, the first: {found[:3]}"


@pytest.mark.parametrize(
    ("figures", "veiled"),
    [
        (near(384, 2, 0, 0), {"difference": Veil.UNTOLD, "after": Veil.UNTOLD}),
        (losing(3, 0, 0, 0), {"after": Veil.FEW}),
    ],
)
def test_what_stands_in_their_place(figures: list[Assessment], veiled: dict[str, Veil]) -> None:
    found = veils(figures)[key_of(figures[0])]
    assert {name: getattr(found, name) for name in veiled} == veiled
    assert found.hides_parts


def test_nothing_is_hidden_of_larger_numbers_and_of_none() -> None:
    assert not veils([figure("dwellings.total", 1109, 1109), *near(600, 101, 0, 0), *losing(73, 9, 50, 20)])
    assert not veils([figure("dwellings.total", 1109, 1109), *near(600, 0, 0, 0)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_row_with_hidden_numbers_shows_none_of_them(language: Any) -> None:
    figures = near(384, 2, 0, 7)
    row = veiled_row(figures[0], veils([figure("dwellings.total", 1109, 1109), *figures])[key_of(figures[0])], language)
    few, nobody, many = (templates(language)[f"report.{name}"] for name in ("veil_few", "nobody", "veil_many"))
    assert [part.after for part in row.parts] == [few, nobody, many]
    assert row.before == "386"
    told = f"{row.after} {row.difference} {row.sentence} {row.margin}"
    assert not any(number in told for number in ("384", "391", "5", "7", "2"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("impact", "key"), [("sunlight.losing", "sunlight"), ("view.homes_seeing_plan", "view")])
def test_homes_of_which_nothing_can_be_said_are_not_counted_beside_any_number(impact: str, key: str, language: Any) -> None:
    """Three are few; and nine beside the seven of today would say that two go."""
    for n, after in itertools.product((1, 3, 9), (2.0, 73.0)):
        one = replace(figure(impact, None, after), remarks=(counted(f"{key}.homes_left_out", n), Note("sunlight.clear_weather")))
        assert str(n) in one.remarks[0].sentence(language)
        row = veiled_row(one, veils([all_homes(), one]).get(key_of(one), OPEN), language)
        left_out, weather, *_ = row.remarks
        assert left_out == Note(f"{key}.homes_left_out_uncounted").sentence(language)
        assert weather == Note("sunlight.clear_weather").sentence(language)
        assert not any(each.isdigit() for each in left_out)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("n_lost", "n_of_school"), [(3, 3), (7, 2)])
def test_a_remark_does_not_count_the_homes_that_the_number_hides(n_lost: int, n_of_school: int, language: Any) -> None:
    """Homes that lose a way: "3 homes can no longer get to a school" would tell what stands as fewer than five."""
    school = counted("streets.lost_school_walk", n_of_school)
    one = replace(figure("reachability.walk_lost", None, float(n_lost)), remarks=(school,))
    hidden = veils([figure("dwellings.total", 1109, 1109), one])
    assert key_of(one) in hidden
    row = veiled_row(one, hidden[key_of(one)], language)
    assert school.sentence(language) not in row.remarks
    assert not any(str(n_of_school) in remark for remark in row.remarks)
    table = figures_table([one], village().with_plans([]), language, computed_on=date(2026, 11, 22), hidden=hidden)
    assert school.sentence(language) not in table["remarks"].iloc[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_files_do_not_count_homes_of_which_nothing_can_be_said_either(language: Any) -> None:
    one = replace(figure("sunlight.losing", None, 30.0), remarks=(counted("sunlight.homes_left_out", 3),))
    told = figures_table([one], village().with_plans([]), language, computed_on=date(2026, 11, 22), hidden={})["remarks"].iloc[0]
    assert told
    assert "3" not in told
    within = figures_table([one], village().with_plans([]), language, computed_on=date(2026, 11, 22))["remarks"].iloc[0]
    assert "3" in within


def test_every_figure_that_counts_homes_is_looked_at() -> None:
    about_the_plan = ("dwellings.", "fair_share.", "parking.key_figure", "traffic.")
    named = {key.removeprefix("impact.") for key, words in templates("en").items() if key.startswith("impact.") and "omes " in f"{words} "}
    counted = {name for name in named if not name.startswith(about_the_plan)}
    homes = {name for name in counted if "_at_home" not in name and "share" not in name}
    missing = homes - HOME_COUNTS
    assert missing <= {"view.sky", "view.green"}, missing
