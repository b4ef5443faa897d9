"""What the pages about sources, methods and accessibility show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import streamlit as st

from ui.assumed import number
from ui.figure_folds import FoldRow, TableFrame, folded
from ui.markup import EMPTY, Markup, bullet_list, element, joined, label, link, paragraphs, scrollable
from ui.notices import notice
from ui.quality import FIT_EDGES, Quality, RoofFit, quality
from wijktwin.impacts.assumptions import SUBJECTS, default_assumptions
from wijktwin.model.plan_groups import in_order
from wijktwin.words.building_card import drawn_text
from wijktwin.words.methods import method_texts
from wijktwin.words.numbers import format_date, format_number
from wijktwin.words.plan_card import status_text
from wijktwin.words.texts import name_of

if TYPE_CHECKING:
    from ui.text import Text
    from ui.visit import World
    from wijktwin.impacts.assumptions import Assumption, Assumptions
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan
    from wijktwin.model.provenance import Source

MOST_NOTES: Final = 60
"""Notes of one file that are shown; how many more there are is said."""
CHANGED: Final = "changed"
"""The fold of what a visitor changed, before all others."""


def outdated(t: Text, seen: World) -> None:
    """That the files of this server changed and cannot be read, where that is so."""
    why = seen.shown.unreadable
    if why is not None and not seen.is_own:
        notice(t("sources.outdated"), more=[t.about(why)])


def sources(t: Text, found: Iterable[Source]) -> None:
    """Every source with owner, date and licence."""
    names = ("source", "owner", "date", "licence", "subjects")
    head = element("tr", *(element("th", t(f"sources.column_{name}"), scope="col") for name in names))
    rows = [_source_row(t, source) for source in dict.fromkeys(found)]
    st.html(_table(t("sources.data"), head, rows))


def _source_row(t: Text, source: Source) -> Markup:
    title = f"{source.title} ({t('sources.version', version=source.version)})" if source.version else source.title
    named = [link(source.url, title), f" ({t('sources.made_up')})" if source.fictional else ""]
    subjects = ", ".join(t(f"subject.{subject}") for subject in source.subjects) or t("sources.everything")
    return element(
        "tr",
        element("th", joined(named), scope="row"),
        element("td", source.owner or t("sources.not_stated"), data_label=t("sources.column_owner")),
        element("td", format_date(source.vintage, t.language) or t("sources.date_unknown"), data_label=t("sources.column_date")),
        element("td", source.licence or t("sources.not_stated"), data_label=t("sources.column_licence")),
        element("td", subjects, data_label=t("sources.column_subjects")),
    )


def data_quality(t: Text, neighbourhood: Neighbourhood) -> None:
    """How good the data are: detail, fit of the roofs, faults, years, what the reader noted."""
    found = quality(neighbourhood)
    told = [t("sources.buildings", n=found.n_buildings)]
    if found.n_halo:
        told.append(t("sources.halo", n=found.n_halo))
    years = found.years
    shown_years = (
        None if years is None else str(years[0]) if years[0] == years[1] else t("sources.from_to", low=str(years[0]), high=str(years[1]))
    )
    told.append(t("sources.years_none") if shown_years is None else t("sources.years", years=shown_years))
    told.append(t("sources.crs", crs=f"{neighbourhood.reference_system.name} ({_epsg(neighbourhood)})"))
    st.html(paragraphs(told))
    detail, fit = st.columns(2, gap="medium")
    with detail:
        st.html(element("h3", t("sources.lod_title")))
        st.html(
            _counts(t, t("sources.lod_column"), [(drawn_text(neighbourhood.buildings.at(row), t.language), n) for row, n in found.drawn])
        )
        _invalid(t, found)
    with fit:
        st.html(element("h3", t("sources.fit_title")))
        _roof_fit(t, found.roof_fit, found.n_buildings)
    _notes(t, neighbourhood)


def _epsg(neighbourhood: Neighbourhood) -> str:
    authority = neighbourhood.reference_system.to_authority()
    return ":".join(authority) if authority else "–"


def _roof_fit(t: Text, fit: RoofFit | None, n_buildings: int) -> None:
    if fit is None:
        st.html(element("p", t("sources.fit_none")))
        return
    names = [t("sources.fit_below", high=_metres(t, FIT_EDGES[0]))]
    names += [t("sources.fit_between", low=_metres(t, low), high=_metres(t, high)) for low, high in pairwise(FIT_EDGES)]
    names.append(t("sources.fit_above", low=_metres(t, FIT_EDGES[-1])))
    middle = t(
        "sources.fit_middle",
        value=format_number(fit.median, t.language, decimals=2),
        worst=format_number(fit.worst, t.language, decimals=2),
    )
    st.html(paragraphs([t("sources.fit_lead", known=fit.n_known, total=n_buildings), middle]))
    st.html(_counts(t, t("sources.fit_column"), list(zip(names, fit.counts, strict=True))))


def _metres(t: Text, value: float) -> str:
    return format_number(value, t.language, decimals=1)


def _counts(t: Text, heading: str, rows: Sequence[tuple[str, int]]) -> Markup:
    """Counts with a bar as long as the count."""
    most = max((n for _, n in rows), default=1)
    head = element("tr", element("th", heading, scope="col"), element("th", t("sources.count_column"), scope="col", class_="wt-number"))
    body = [
        element(
            "tr",
            element("th", name, element("span", class_="wt-length", style=f"width:{100 * n / most:.1f}%", aria_hidden="true"), scope="row"),
            element("td", format_number(n, t.language), class_="wt-number", data_label=t("sources.count_column")),
        )
        for name, n in rows
    ]
    return _table(heading, head, body)


def _invalid(t: Text, found: Quality) -> None:
    if not found.invalid:
        st.html(element("p", t("sources.invalid_none")))
        return
    st.html(element("p", t("sources.invalid", n=len(found.invalid))))
    with st.expander(t("sources.invalid_list"), key="invalid"):
        st.html(
            bullet_list(
                [f"{building_id} ({', '.join(codes)})" if codes else building_id for building_id, codes in found.invalid], class_="wt-plain"
            )
        )


def _notes(t: Text, neighbourhood: Neighbourhood) -> None:
    notes = list(dict.fromkeys(note.sentence(t.language) for note in neighbourhood.notes))
    st.html(element("h3", t("sources.notes")))
    if not notes:
        st.html(element("p", t("sources.no_notes")))
        return
    shown = notes[:MOST_NOTES]
    if len(notes) > len(shown):
        shown.append(t("sources.more_notes", n=len(notes) - len(shown)))
    st.html(bullet_list(shown, class_="wt-plain"))


def methods(t: Text) -> None:
    """How every figure is computed."""
    for method in method_texts(t.language):
        with st.expander(label(method.title), key=f"method_{method.key}"):
            version = t("sources.method_version", version=method.version, date=format_date(method.date, t.language))
            told = [paragraphs(method.paragraphs), element("p", element("code", method.formula))]
            if method.literature:
                told.append(bullet_list(method.literature, class_="wt-plain"))
            st.html(joined([*told, element("p", version, class_="wt-small")]))


def assumptions(t: Text, *, chosen: Assumptions | None = None) -> None:
    """Every value that nobody measured here, with range, reason, owner and date; by default of our own set."""
    register = default_assumptions() if chosen is None else chosen
    names = ("assumption", "value", "range", "reason", "owner", "date")
    heads = tuple(element("th", t(f"sources.{name}"), scope="col", class_="wt-number" if name == "value" else None) for name in names)
    st.html(element("p", t("sources.assumptions_lead")))
    rows = [_assumption(t, register, one) for one in register.values()]
    frame = TableFrame(t("sources.assumptions"), heads, "wt-register")
    order = (CHANGED, *SUBJECTS, "")
    folded(t, t("sources.assumptions"), rows, frame, order=order, key="assumptions", words="register.fold", is_open=(CHANGED,))


def _assumption(t: Text, register: Assumptions, one: Assumption) -> FoldRow:
    """One value of the register; what a visitor changed stands in a fold of its own."""
    subject = CHANGED if one.name in register.changed else one.subject if one.subject in SUBJECTS else ""
    title = t("register.of_visitor", name=register.variant) if subject == CHANGED else t(f"register.about_{subject or 'else'}")
    read = one.source_in(t.language)
    row = element(
        "tr",
        element("th", one.label.in_language(t.language), _changed(t, register, one.name), scope="row"),
        element("td", f"{number(t, one.value)} {one.unit}", class_="wt-number", data_label=t("sources.value")),
        element("td", t("sources.from_to", low=number(t, one.low), high=number(t, one.high)), data_label=t("sources.range")),
        element(
            "td", one.reason.in_language(t.language), *([" ", link(one.url or None, read)] if read else []), data_label=t("sources.reason")
        ),
        element("td", one.owner, data_label=t("sources.owner")),
        element("td", format_date(one.date, t.language), data_label=t("sources.date")),
    )
    return FoldRow(subject, title, (row,))


def _changed(t: Text, register: Assumptions, name: str) -> Markup:
    """That a value is not ours, and in which set; nothing where it is."""
    return element("span", t("register.not_ours", name=register.variant), class_="wt-how") if name in register.changed else EMPTY


def plans(t: Text, seen: World) -> None:
    """The plans of this server, whose they are and from which document."""
    listed = [plan for plan in seen.plans.values() if plan.published_by_server and (plan.is_for_residents or plan.is_withdrawn)]
    if not listed:
        st.html(element("p", t("look.no_plans")))
        return
    names = ("plan", "owner", "status", "document", "date")
    head = element("tr", *(element("th", t(f"sources.plan_{name}"), scope="col") for name in names))
    st.html(_table(t("sources.plans"), head, [_plan_row(t, plan) for plan in in_order(listed)]))


def _plan_row(t: Text, plan: Plan) -> Markup:
    return element(
        "tr",
        element("th", t.of(plan.title), scope="row"),
        element("td", plan.proposer or name_of("party", plan.party, t.language), data_label=t("sources.plan_owner")),
        element("td", status_text(plan, t.language), data_label=t("sources.plan_status")),
        element("td", link(plan.source.url, plan.source.title), data_label=t("sources.plan_document")),
        element("td", format_date(plan.source.vintage, t.language) or t("sources.date_unknown"), data_label=t("sources.plan_date")),
    )


def split(t: Text, key: str) -> list[str]:
    """The items of a list that stand in one text with | between them."""
    return t(key).split("|")


def _table(name: str, head: Markup, rows: Sequence[Markup]) -> Markup:
    """A table in a frame that can be scrolled; on a phone each row becomes a list."""
    inside = element("table", element("thead", head), element("tbody", *rows), class_="wt-table wt-figures")
    return scrollable(name, inside)
