"""Plans held against requirements: one table of outcomes, each with why; and trying another limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import streamlit as st

from ui import asked, figures, long_figures, state
from ui.compare import comparable, short_names
from ui.found_origin import found_origin
from ui.markup import EMPTY, Markup, bullet_list, element, joined, link, scrollable
from ui.notices import Tone, notice
from ui.uploads import expect_upload
from wijktwin import clock_times
from wijktwin.errors import WijktwinError
from wijktwin.impacts.assessment import Assessment, Unit
from wijktwin.impacts.requirement_files import MOST_BYTES, requirements_csv, requirements_toml
from wijktwin.impacts.requirements import MEASURES, Certainty, Operator, Outcome, judge
from wijktwin.model.provenance import Source
from wijktwin.words.judgements import judgement_sentences, limit_text, outcome_text, requirement_title
from wijktwin.words.numbers import format_date
from wijktwin.words.texts import name_of, sentence_case

if TYPE_CHECKING:
    from ui.text import Text
    from ui.visit import World
    from wijktwin.impacts.requirements import Judgement, Requirement, Requirements, Subject
    from wijktwin.model.plan import Plan

OUTCOME: Final = "requirements_outcome"
SIGNS: Final = {Outcome.MEETS: "✓", Outcome.FAILS: "✗", Outcome.OPEN: "?"}
"""Before the words, which say the same."""
UPLOAD: Final = "requirements_upload"
CHOSEN: Final = "requirement_chosen"
Told = Mapping[str, tuple[Assessment, ...]]
Judged = Mapping[str, "Judgement | None"]
"""What plans come to by what they are called; None where a requirement does not apply."""


def figures_of_each(t: Text, seen: World) -> tuple[list[Plan], Told]:
    """The plans that can be judged, and the figures of each by itself; those that take long as soon as they are ready."""
    plans = comparable(seen)
    scenarios = [state.scenario_of(plan.plan_id, seen) for plan in plans]
    late = long_figures.of_scenarios(t, scenarios)
    return plans, {plan.plan_id: figures.of_scenario(t, found) + more for plan, found, more in zip(plans, scenarios, late, strict=True)}


def outcomes(t: Text, now: Requirements, plans: Sequence[Plan], told: Told) -> None:
    """Every requirement with its rule, and what each plan comes to: as a table, on a phone as folds that say the outcomes."""
    if not now.items:
        st.html(element("p", t("requirements.none")))
        return
    plans = [plan for plan in plans if any(one.is_about(plan) for one in now.items)]
    if not plans:
        st.html(element("p", t("requirements.no_plans")))
        return
    names = short_names(t, plans)
    rows: list[Markup] = []
    folds: list[Markup] = []
    for one in now.items:
        found = {names[plan.plan_id]: judge(one, plan, told[plan.plan_id]) if one.is_about(plan) else None for plan in plans}
        rule, cells = _rule(t, one), _cells(t, found)
        rows.append(_row(joined([_asked(t, one), rule]), cells))
        folds.append(element("details", _in_short(t, one, found), _table(_row(rule, cells))))
    head = element("tr", *(element("th", words, scope="col") for words in (t("requirements.requirement"), *names.values())))
    caption = t("requirements.caption", who=now.municipality or t("requirements.nobody"), n=len(now.items))
    table = _table(element("caption", caption), element("thead", head), element("tbody", *rows))
    st.html(element("div", scrollable(t("requirements.outcomes"), table), class_="wt-wide"))
    st.html(element("div", element("p", caption, class_="wt-small"), *folds, class_="wt-narrow wt-asked-folds"))


def _table(*inside: Markup) -> Markup:
    return element("table", *inside, class_="wt-table wt-figures wt-asked")


def _row(head: Markup, cells: Markup) -> Markup:
    return element("tr", element("th", head, scope="row"), cells)


def _cells(t: Text, found: Judged) -> Markup:
    """What each plan comes to, and why."""
    return joined([element("td", _not_about(t) if one is None else _cell(t, one), data_label=name) for name, one in found.items()])


def _in_short(t: Text, one: Requirement, found: Judged) -> Markup:
    """What is asked, and in a word what each plan comes to."""
    lines = (
        element("span", f"{name}: ", _not_about(t) if judgement is None else _outcome(t, judgement), class_="wt-limit")
        for name, judgement in found.items()
    )
    return element("summary", element("strong", _asked(t, one)), *lines)


def _asked(t: Text, one: Requirement) -> Markup:
    """What is asked, in short."""
    limit = element("span", sentence_case(limit_text(one, t.language)), class_="wt-limit")
    return joined([requirement_title(one, t.language), limit])


def _rule(t: Text, one: Requirement) -> Markup:
    """By which rule that is asked, how sure that is; and what it was before somebody tried another limit."""
    tried = EMPTY
    if one.changed_from is not None:
        tried = element("span", t("requirements.tried", limit=limit_text(one.changed_from, t.language)), class_="wt-how wt-variant")
    elif one.is_own:
        tried = element("span", t("requirements.added"), class_="wt-how wt-variant")
    lines = [_source(t, one), t("requirements.certainty", words=name_of("certainty", one.certainty, t.language))]
    status = one.status.in_language(t.language)
    details = element(
        "details", element("summary", t("requirements.rule")), bullet_list([*lines, *([status] if status else [])], class_="wt-plain")
    )
    return joined([tried, details])


def _source(t: Text, one: Requirement) -> Markup:
    made_up = f" ({t('sources.made_up')})" if one.rule.fictional else ""
    date = format_date(one.rule.vintage, t.language)
    return joined([link(one.rule.url, one.rule.title), f"{made_up}. {t('requirements.owner', owner=one.rule.owner, date=date)}"])


def _cell(t: Text, found: Judgement) -> Markup:
    lines = [element("p", line) for line in judgement_sentences(found, t.language)]
    return joined([_outcome(t, found), *lines, found_origin(t, found.measured)])


def _outcome(t: Text, found: Judgement) -> Markup:
    sign = element("span", SIGNS[found.outcome], class_=f"wt-outcome wt-outcome-{found.outcome}", aria_hidden="true")
    return element("span", sign, element("strong", sentence_case(outcome_text(found, t.language))), class_="wt-kind")


def _not_about(t: Text) -> Markup:
    return element("span", t("requirements.not_about"), class_="wt-how")


# ------------------------------------------------------------------------------------------------------------------- trying
def trial(t: Text, now: Requirements) -> None:
    """Another limit for one requirement, one requirement more or less, a table as a file: only for this visitor."""
    told = st.session_state.pop(OUTCOME, None)
    if told is not None:
        notice(told[0], tone=told[1])
    change, add, file = st.tabs(
        [t("requirements.tab_change"), t("requirements.tab_add"), t("requirements.tab_file")], key="requirement_tabs"
    )
    with change:
        _change(t, now)
    with add:
        _add(t, now)
    with file:
        _file(t, now)
    if asked.is_changed():
        st.button(t("requirements.back"), key="requirements_back", on_click=asked.back)


def _change(t: Text, now: Requirements) -> None:
    if not now.items:
        st.html(element("p", t("requirements.none")))
        return
    by_id = {one.requirement_id: one for one in now.items}
    names = {name: requirement_title(one, t.language) for name, one in by_id.items()}
    if st.session_state.get(CHOSEN) not in by_id:
        st.session_state[CHOSEN] = next(iter(by_id))
    chosen = by_id[st.selectbox(t("requirements.which"), list(by_id), format_func=names.__getitem__, key=CHOSEN)]
    keys = tuple(f"requirement_{part}_{chosen.requirement_id}" for part in ("operator", "value"))
    st.session_state.setdefault(keys[0], str(chosen.operator))
    st.session_state.setdefault(keys[1], chosen.value)
    offered = [str(Operator.AT_MOST), str(Operator.AT_LEAST)]
    st.radio(t("requirements.operator"), offered, key=keys[0], format_func=lambda name: t(f"requirements.{name}"), horizontal=True)
    unit = name_of("unit", str(chosen.measure.unit), t.language) or str(chosen.measure.unit)
    st.number_input(t("requirements.value", unit=unit), min_value=0.0, key=keys[1], format="%g")
    with st.container(horizontal=True, key="requirement_buttons"):
        st.button(t("requirements.try"), key="requirement_try", type="primary", on_click=_try, args=(t, now, chosen, keys))
        if chosen.changed_from is not None:
            original = chosen.changed_from
            st.button(t("requirements.undo"), key="requirement_undo", on_click=_undo, args=(now, original, keys))
        st.button(
            t("requirements.remove"), key="requirement_remove", on_click=asked.keep, args=(asked.without(now, chosen.requirement_id),)
        )


def _try(t: Text, now: Requirements, one: Requirement, keys: tuple[str, ...]) -> None:
    made = asked.with_limit(now, one.requirement_id, operator=Operator(st.session_state[keys[0]]), value=float(st.session_state[keys[1]]))
    asked.keep(made)
    st.session_state[OUTCOME] = (t("requirements.tried_now"), Tone.DONE)


def _undo(now: Requirements, original: Requirement, keys: tuple[str, ...]) -> None:
    asked.keep(asked.with_limit(now, original.requirement_id, operator=original.operator, value=original.value))
    for key in keys:
        st.session_state.pop(key, None)


def _add(t: Text, now: Requirements) -> None:
    with st.form("requirement_new", border=False):
        subjects = {subject: _subject(t, subject) for subject in MEASURES}
        subject = st.selectbox(t("requirements.subject"), list(subjects), format_func=subjects.__getitem__, key="requirement_subject")
        value = st.number_input(t("requirements.limit"), min_value=0.0, value=0.0, key="requirement_new_value", format="%g")
        rule = st.text_input(t("requirements.document"), key="requirement_rule", max_chars=200)
        owner = st.text_input(t("requirements.whose"), key="requirement_owner", max_chars=100)
        levels = {str(level): name_of("certainty", level, t.language) for level in Certainty}
        certainty = st.selectbox(t("requirements.how_sure"), list(levels), index=2, format_func=levels.__getitem__, key="requirement_sure")
        if st.form_submit_button(t("requirements.add")):
            if not (rule.strip() and owner.strip()):
                st.session_state[OUTCOME] = (t("requirements.needs_rule"), Tone.REFUSED)
            else:
                source = Source(rule.strip(), owner.strip(), vintage=clock_times.today().isoformat())
                made = asked.with_new(now, subject, value=value, rule=source, certainty=Certainty(certainty))
                _keep(t, lambda: asked.keep(made))
            st.rerun()


def _subject(t: Text, subject: Subject) -> str:
    """What a new requirement is about, which way its limit goes and in which unit."""
    measure = MEASURES[subject]
    unit = "" if measure.unit == Unit.RATIO else name_of("unit", str(measure.unit), t.language)
    limit = " ".join(filter(None, (t(f"requirements.{measure.operator}"), "…", unit)))
    return f"{name_of('subject', str(subject), t.language)} ({limit})"


def _file(t: Text, now: Requirements) -> None:
    st.html(element("p", t("requirements.file_lead"), class_="wt-small"))
    expect_upload()
    given = st.file_uploader(t("requirements.file_label", kb=MOST_BYTES // 1000), type=["toml", "csv"], key=UPLOAD, max_upload_size=1)
    if given is not None and st.session_state.get(f"{UPLOAD}_seen") != given.file_id:
        st.session_state[f"{UPLOAD}_seen"] = given.file_id
        content = given.getvalue()[: MOST_BYTES + 1]
        _keep(t, lambda: asked.upload(content, given.name))
        st.rerun()
    if now.items:
        with st.container(horizontal=True, key="requirement_downloads"):
            for ending, data in (("toml", requirements_toml(now).encode()), ("csv", requirements_csv(now))):
                words = t("requirements.download", kind=ending.upper())
                st.download_button(words, data, file_name=f"requirements.{ending}", key=f"requirements_{ending}", on_click="ignore")


def _keep(t: Text, act: Callable[[], None]) -> None:
    try:
        act()
    except WijktwinError as error:
        st.session_state[OUTCOME] = (t.about(error), Tone.REFUSED)
    else:
        st.session_state[OUTCOME] = (t("requirements.tried_now"), Tone.DONE)


def heading(t: Text, now: Requirements) -> None:
    """Whose table it is, and that it is made up or tried."""
    if now.fictional:
        st.html(element("p", t("requirements.made_up", who=now.municipality), class_="wt-fictional", role="note"))
    if asked.is_changed():
        st.html(element("p", t("requirements.own"), class_="wt-own", role="note"))
