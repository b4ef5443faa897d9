"""Figures with all that belongs to them as a few sheets: what it is about, figures, sources, assumptions, what was not computed.

The sheets are the same in a workbook (`wijktwin.export.workbook`), in a set of CSV files and as tables of a GeoPackage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wijktwin import __version__
from wijktwin.export.report.small_counts import OPEN, key_of
from wijktwin.export.tables import COLUMNS, NUMBERS, figures_table, is_fictional, n_rows
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import NOT_COMPUTED
from wijktwin.impacts.detours import detours
from wijktwin.impacts.reachability import SMALLEST
from wijktwin.model.network import Mode
from wijktwin.model.provenance import Kind
from wijktwin.words.texts import enumeration, name_of, text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from wijktwin.errors import Language
    from wijktwin.export.report.small_counts import Key, Veiled
    from wijktwin.impacts.assessment import Assessment, UsedAssumption
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.provenance import Source
    from wijktwin.model.scenario import Scenario

Cell = str | float | None
Row = tuple[Cell, ...]

FIRST_COLUMNS: Final = ("name", "place", "part", "unit", "before", "after", "lowest", "highest", "difference", "kind", "margin_reason")
"""What a reader of the figures looks at first; the other columns follow in their own order."""
SAME_IN_ALL_ROWS: Final = ("plans", "neighbourhood", "fictional", "scenario_key", "computed_on")
SOURCE_NUMBERS: Final = "source_numbers"
FIGURE_COLUMNS: Final = (
    *FIRST_COLUMNS, SOURCE_NUMBERS, *(name for name in COLUMNS if name not in (*FIRST_COLUMNS, *SAME_IN_ALL_ROWS)), *SAME_IN_ALL_ROWS,
)  # fmt: skip
SOURCE_COLUMNS: Final = ("number", "title", "owner", "date", "version", "licence", "url", "fictional", "used_for")
ASSUMPTION_COLUMNS: Final = ("name", "label", "value", "unit", "low", "high", "owner", "date", "reason", "set", "used_for")
BETWEEN: Final = "; "


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with one heading line.

    Parameters
    ----------
    key
        Of its name in words; also what its columns are called in files for programs.
    columns
        Names for programs, the same in each language.
    headings
        What stands above the columns; of numbers with their unit, or with where it stands.
    rows
        Text, numbers (unrounded), or None where there is nothing.
    """

    key: str
    columns: tuple[str, ...]
    headings: tuple[str, ...]
    rows: tuple[Row, ...]


def data_sheets(
    told: Sequence[Assessment],
    scenario: Scenario,
    language: Language,
    *,
    computed_on: dt.date,
    assumptions: Assumptions | None = None,
    not_ready: Sequence[str] = (),
    left_out: Sequence[str] = (),
    with_homes: bool = False,
    hidden: Mapping[Key, Veiled] | None = None,
) -> tuple[Sheet, ...]:
    """All sheets, in the order in which they are read.

    Parameters
    ----------
    told
        Figures of the scenario.
    assumptions
        The set that they were computed with; by default the one that travels with the project.
    not_ready, left_out
        Impacts of which there are no figures: because they are still being computed, or because nobody asked for them.
    with_homes
        With a sheet of homes by address that make a detour. Addresses are public, what a plan does to one household is for whoever asks.
    hidden
        What is not told of small numbers of homes (`wijktwin.export.report.small_counts.veils_of`); None: all is told.
    """
    chosen = default_assumptions() if assumptions is None else assumptions
    sources = _numbered(scenario, told)
    sheets = [
        _about(scenario, language, computed_on=computed_on, assumptions=chosen, with_homes=with_homes, hides_few=hidden is not None),
        _figures(told, scenario, sources, language, computed_on=computed_on, hidden=hidden),
        _sources(sources, told, language),
        _assumptions(told, language),
        _not_computed(language, not_ready=not_ready, left_out=left_out),
    ]
    return (*sheets, _homes(scenario, language, assumptions=chosen)) if with_homes else tuple(sheets)


def sheet_name(key: str, language: Language) -> str:
    """What a sheet is called."""
    return text(f"export_sheet.{key}", language)


# ------------------------------------------------------------------------------------------------------------------- sheets
def _about(
    scenario: Scenario, language: Language, *, computed_on: dt.date, assumptions: Assumptions, with_homes: bool, hides_few: bool
) -> Sheet:
    neighbourhood = scenario.neighbourhood
    rows: list[tuple[str, str]] = [
        (text("export_about.neighbourhood", language), neighbourhood.name),
        (text("export_about.fictional", language), _yes_or_no(is_fictional(scenario), language)),
    ]
    plan_heading = text("export_about.plan", language)
    for plan in scenario.ordered_plans:
        role, status = name_of("role", plan.role, language), name_of("status", plan.status, language)
        named = {"title": f"{plan.title.in_language(language)} ({plan.plan_id})", "proposer": plan.proposer}
        rows.append((plan_heading, text("export_about.plan_told", language, role=role, status=status, **named)))
    if not scenario.plans:
        rows.append((plan_heading, text("export_about.no_plan", language)))
    rows += [
        (text("export_about.computed_on", language), computed_on.isoformat()),
        (text("export_about.software", language), f"Wijktwin {__version__}"),
        (text("export_about.reference_system", language), neighbourhood.reference_system.name),
        (text("export_about.data_key", language), neighbourhood.key),
        (text("export_about.scenario_key", language), scenario.key),
        (text("export_about.assumption_set", language), assumptions.variant or text("export_about.our_assumptions", language)),
        (text("export_about.numbers", language), text("export_about.numbers_told", language)),
    ]
    for kind in Kind:
        explained = text(f"kind_explained.{kind}", language)
        rows.append((text("export_about.kind", language, kind=name_of("kind", kind, language)), explained))
    if hides_few:
        rows.append((text("export_about.few_homes", language), text("export_about.few_homes_told", language)))
    if with_homes:
        rows.append((text("export_about.homes", language), text("export_about.homes_told", language)))
    return _sheet("about", ("what", "value"), rows, language)


def _figures(
    told: Sequence[Assessment],
    scenario: Scenario,
    sources: Mapping[Source, int],
    language: Language,
    *,
    computed_on: dt.date,
    hidden: Mapping[Key, Veiled] | None,
) -> Sheet:
    table = figures_table(told, scenario, language, computed_on=computed_on, hidden=hidden)
    veiled = {} if hidden is None else hidden
    rows_of = [n_rows(one, veiled.get(key_of(one), OPEN)) for one in told]
    table[SOURCE_NUMBERS] = [numbers for one, n in zip(told, rows_of, strict=True) for numbers in [_numbers_of(one, sources)] * n]
    rows = [tuple(_cell(value) for value in row) for row in table[list(FIGURE_COLUMNS)].itertuples(index=False, name=None)]
    return Sheet("figures", FIGURE_COLUMNS, tuple(_figure_heading(name, language) for name in FIGURE_COLUMNS), tuple(rows))


def _sources(sources: Mapping[Source, int], told: Sequence[Assessment], language: Language) -> Sheet:
    rows: list[Row] = []
    for source, number in sources.items():
        used_for = _names((one for one in told if source in one.sources), language)
        facts = (source.title, source.owner, source.vintage, source.version, source.licence, source.url)
        rows.append((float(number), *facts, _yes_or_no(source.fictional, language), used_for))
    return _sheet("sources", SOURCE_COLUMNS, rows, language)


def _assumptions(told: Sequence[Assessment], language: Language) -> Sheet:
    used: dict[UsedAssumption, list[Assessment]] = {}
    for one in told:
        for assumption in one.assumptions:
            used.setdefault(assumption, []).append(one)
    rows: list[Row] = [
        (
            each.name,
            each.label.in_language(language) or None,
            float(each.value),
            each.unit,
            _number(each.low),
            _number(each.high),
            each.owner,
            each.date,
            each.reason.in_language(language),
            each.variant or text("export_about.our_assumptions", language),
            _names(figures, language),
        )
        for each, figures in sorted(used.items(), key=lambda item: (item[0].name, item[0].variant, item[0].value))
    ]
    return _sheet("assumptions", ASSUMPTION_COLUMNS, rows, language, in_unit=("value", "low", "high"))


def _not_computed(language: Language, *, not_ready: Sequence[str], left_out: Sequence[str]) -> Sheet:
    title = text("not_computed.title", language)
    rows = [(f"not_computed.{key}", text(f"not_computed.{key}", language), title) for key in NOT_COMPUTED]
    for table, impacts in (("not_ready", not_ready), ("left_out", left_out)):
        for impact in impacts:
            subject = name_of("impact_group", impact, language)
            rows.append((impact, subject, text(f"export_about.{table}", language, subject=subject)))
    return _sheet("not_computed", ("name", "what", "why"), rows, language)


def _homes(scenario: Scenario, language: Language, *, assumptions: Assumptions) -> Sheet:
    """Homes whose ways become longer or that lose a place, by address; every way as exact as the door of a home is known."""
    lengths, losses = tuple(f"longer_{mode}" for mode in Mode), tuple(f"lost_{mode}" for mode in Mode)
    names = ("home", "building", *lengths, "margin", *losses, "how_known")
    called, margin = home_names(scenario), assumptions[SMALLEST].value
    known = name_of("kind", Kind.CALCULATED, language)
    rows: list[Row] = []
    for one in detours(scenario, assumptions=assumptions):
        lost = [enumeration([text(f"way.{kind}", language) for kind in one.lost.get(mode, ())], language) or None for mode in Mode]
        longer = [one.longer.get(mode) for mode in Mode]
        rows.append((called.get(one.address_id, one.address_id), one.building_id, *longer, margin, *lost, known))
    headings = [text(f"export_column.{name}", language) for name in names]
    metres = [
        text("export_column.in_metres", language, name=heading) if name in {*lengths, "margin"} else heading
        for name, heading in zip(names, headings, strict=True)
    ]
    return Sheet("homes", names, tuple(metres), tuple(rows))


# ------------------------------------------------------------------------------------------------------------------ helpers
def home_names(scenario: Scenario) -> dict[str, str]:
    """Street and number of each address by its id."""
    table = scenario.neighbourhood.addresses
    columns = (table[name] for name in ("address_id", "street", "number", "suffix"))
    return {name: f"{street} {number}{suffix}".strip() for name, street, number, suffix in zip(*columns, strict=True)}


def _sheet(key: str, names: Sequence[str], rows: Sequence[Row], language: Language, *, in_unit: Sequence[str] = ()) -> Sheet:
    headings = [text(f"export_column.{name}", language) for name in names]
    told = [
        text("export_column.in_unit", language, name=heading) if name in in_unit else heading
        for name, heading in zip(names, headings, strict=True)
    ]
    return Sheet(key, tuple(names), tuple(told), tuple(rows))


def _figure_heading(name: str, language: Language) -> str:
    heading = text(f"export_column.{name}" if name == SOURCE_NUMBERS else f"column.{name}", language)
    return text("export_column.in_unit", language, name=heading) if name in NUMBERS else heading


def _numbered(scenario: Scenario, told: Sequence[Assessment]) -> dict[Source, int]:
    """Every source once, with a number: those of the data, of the plans, and whatever else figures rest on."""
    sources = [*scenario.neighbourhood.sources, *(plan.source for plan in scenario.ordered_plans)]
    sources += [source for one in told for source in one.sources]
    return {source: number for number, source in enumerate(dict.fromkeys(sources), start=1)}


def _numbers_of(one: Assessment, sources: Mapping[Source, int]) -> str:
    return BETWEEN.join(str(sources[source]) for source in one.sources)


def _names(told: Iterable[Assessment], language: Language) -> str:
    return BETWEEN.join(dict.fromkeys(text(f"impact.{one.impact}", language) for one in told))


def _cell(value: object) -> Cell:
    if isinstance(value, float):
        return None if value != value else value  # noqa: PLR0124 - NaN is the only number unlike itself
    return str(value) if value != "" else None


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def _yes_or_no(value: bool, language: Language) -> str:  # noqa: FBT001
    return text("word.yes" if value else "word.no", language)
