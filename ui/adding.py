"""Files of a visitor's own: a plan, or a whole neighbourhood. Both stay in the visitor's session."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from ui import state
from ui.markup import element, label
from ui.notices import Tone, notice
from ui.settings import CITY_FILES, COMMON_CRS, MAX_UPLOAD_MB, MAX_UPLOADS_PER_VISIT, PLAN_FILES, settings
from ui.uploads import expect_upload
from wijktwin import places
from wijktwin.errors import InputError, LimitError, WijktwinError
from wijktwin.export.plan_file import plan_file_name, plan_geojson
from wijktwin.model.whereabouts import plan_area
from wijktwin.sources.isolated import Stage, read_upload
from wijktwin.sources.plan_files import Companions, read_uploaded_plan

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from ui.text import Text
    from ui.visit import World
    from wijktwin.model.plan import Plan

PLAN_UPLOAD: Final = "plan_upload"
CITY_UPLOAD: Final = "city_upload"
ROUND: Final = "upload_round"
"""Counts what was read: an uploader with another key has forgotten its file."""
OUTCOME: Final = "upload_outcome"
ASKED: Final = "crs_asked"
NO_CRS: Final = frozenset({"reading.no_crs", "reading.crs_needed", "reading.crs_local", "reading.far_outside", "reading.crs_unknown"})
"""What can be mended by saying in which reference system a file is."""
OTHER: Final = 0
GEOJSON: Final = "application/geo+json"
TEMPLATES: Final = {"geojson": GEOJSON, "gpkg": "application/geopackage+sqlite3"}
"""Endings and media types of the empty plans to start from, which lie in ``data/``."""
FACTS_ENDING: Final = ".plan.geojson"
TABLE_ENDING: Final = ".csv"

_log = logging.getLogger(__name__)


# ------------------------------------------------------------------------------------------------------------------- a plan
def plan(t: Text, seen: World) -> None:
    """Upload a plan of one's own, or take the template home."""
    st.html(element("h2", t("add.plan_title"), class_="wt-third") + element("p", t("add.plan_lead"), class_="wt-small"))
    expect_upload()
    given = st.file_uploader(
        t("add.plan_label", mb=MAX_UPLOAD_MB), type=list(PLAN_FILES), accept_multiple_files=True, key=_uploader_key(PLAN_UPLOAD),
        max_upload_size=MAX_UPLOAD_MB, help=t("add.plan_help"), on_change=_forget_outcome,
    )  # fmt: skip
    if given:
        _read_plan(t, given, seen)
    _outcome(t, PLAN_UPLOAD)
    _templates(t)


def _read_plan(t: Text, given: list[UploadedFile], seen: World) -> None:
    names = ", ".join(one.name for one in given)
    try:
        for one in given:
            _check(one)
        main, companions = sorted_out(given)
        with st.status(label(t("add.reading_plan", name=main.name)), expanded=True) as status:
            read = read_uploaded_plan(
                main.getvalue(), name=main.name, neighbourhood=seen.neighbourhood, state_dir=settings().state, companions=companions,
                progress=partial(_tell, t),
            )  # fmt: skip
            status.update(state="complete", expanded=False)
        state.add_plan(read, name=main.name)
        if read.plan_id in state.visit().plan_ids:
            fly_to_plan(read.plan_id)
    except WijktwinError as error:
        _remember(PLAN_UPLOAD, error=error)
    except Exception:  # noqa: BLE001 - whatever a file does to us, the page goes on; the log has the rest
        _log.exception("an uploaded plan (%d files) ended in a fault", len(given))
        _remember(PLAN_UPLOAD, error=InputError("reading.crashed", source=names))
    else:
        _remember(PLAN_UPLOAD, plan=read, more=[note.sentence(t.language) for note in read.notes])
    _forget_file()


def fly_to_plan(plan_id: str) -> None:
    """Let the camera fly to everything that a plan changes."""
    shown = state.world()
    found = shown.plans.get(plan_id)
    where = plan_area(found, shown.neighbourhood) if found is not None else None
    if found is not None and where is not None and not where.is_empty:
        state.fly_to(where, height=max((volume.height for volume in found.volumes), default=0.0))


def switch_on(plan_id: str) -> None:
    """Put a plan in the picture, in the place of what it cannot stand with, and let the camera fly there."""
    state.switch_instead(plan_id, state.in_the_way(plan_id, state.visit().plan_ids, state.world()))
    if plan_id in state.visit().plan_ids:
        fly_to_plan(plan_id)


def _templates(t: Text) -> None:
    with st.container(horizontal=True, key="templates"):
        for ending, mime in TEMPLATES.items():
            file = places.data_folder() / f"plan-template.{ending}"
            if file.is_file():
                words, name = t(f"add.template_{ending}"), f"{t('add.template_name')}.{ending}"
                st.download_button(words, file.read_bytes(), file_name=name, mime=mime, key=f"template_{ending}", on_click="ignore")


def sorted_out(given: Sequence[UploadedFile]) -> tuple[UploadedFile, Companions]:
    """The drawing among some files, and what belongs to it: its facts (``*.plan.geojson``) and its table (``*.csv``).

    Raises
    ------
    InputError
        There is no drawing, or more than one, or one of the others twice.
    """
    facts = [one for one in given if one.name.lower().endswith(FACTS_ENDING) and len(given) > 1]
    tables = [one for one in given if one.name.lower().endswith(TABLE_ENDING)]
    main = [one for one in given if one not in facts and one not in tables]
    if len(main) != 1 or len(facts) > 1 or len(tables) > 1:
        raise InputError("pages.which_drawing", source=", ".join(one.name for one in given))
    return main[0], Companions(facts[0].getvalue() if facts else None, tables[0].getvalue() if tables else None)


# ---------------------------------------------------------------------------------------------------------- a neighbourhood
def neighbourhood(t: Text) -> None:
    """Upload a neighbourhood of one's own; where the file does not say its reference system, ask."""
    st.html(element("h2", t("add.own_title"), class_="wt-third") + element("p", t("add.own_lead"), class_="wt-small"))
    expect_upload()
    given = st.file_uploader(
        t("add.own_label", mb=MAX_UPLOAD_MB), type=list(CITY_FILES), key=_uploader_key(CITY_UPLOAD), max_upload_size=MAX_UPLOAD_MB,
        on_change=_forget_outcome,
    )  # fmt: skip
    if given is None:
        st.session_state.pop(ASKED, None)
    elif st.session_state.get(ASKED) == given.file_id:
        _ask_crs(t, given)
    else:
        _read_neighbourhood(t, given, crs=None)
    _outcome(t, CITY_UPLOAD)


def _read_neighbourhood(t: Text, given: UploadedFile, *, crs: int | None) -> None:
    name = given.name
    try:
        _check(given)
        with st.status(label(t("add.reading_own", name=name)), expanded=True) as status:
            read = read_upload(given.getvalue(), name=name, state_dir=settings().state, crs=crs, progress=partial(_tell, t))
            status.update(state="complete", expanded=False)
    except WijktwinError as error:
        if error.key in NO_CRS:
            st.session_state[ASKED] = given.file_id
            _remember(CITY_UPLOAD, error=error)
            st.rerun()
        _remember(CITY_UPLOAD, error=error)
    except Exception:  # noqa: BLE001 - idem
        _log.exception("an uploaded neighbourhood ended in a fault")
        _remember(CITY_UPLOAD, error=InputError("reading.crashed", source=name))
    else:
        state.open_own(read)
        _remember(CITY_UPLOAD, words=t("add.own_added", name=read.name))
    st.session_state.pop(ASKED, None)
    _forget_file()


def _ask_crs(t: Text, given: UploadedFile) -> None:
    names = dict(COMMON_CRS)
    with st.container(border=True, key="crs_question"):
        st.html(element("h3", t("add.crs_title")) + element("p", t("add.crs_lead", name=given.name)))
        code: int | None = st.selectbox(
            t("add.crs_label"), [*names, OTHER], key="crs_choice",
            format_func=lambda code: t("add.crs_other") if code == OTHER else t("add.crs_code", code=str(code), name=names[code]),
        )  # fmt: skip
        if code == OTHER:
            code = st.number_input(t("add.crs_number"), min_value=1024, max_value=998999, value=None, step=1, key="crs_number")
        with st.container(horizontal=True):
            opens = st.button(t("add.crs_open"), key="crs_open", type="primary", disabled=code is None)
            st.button(t("add.crs_cancel"), key="crs_cancel", on_click=_forget_question)
    if opens and code is not None:
        _read_neighbourhood(t, given, crs=int(code))


def _forget_question() -> None:
    st.session_state.pop(ASKED, None)
    st.session_state.pop(OUTCOME, None)
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1


# --------------------------------------------------------------------------------------------------------------- both alike
def left(t: Text) -> None:
    """How many files this visitor can still open, and who can publish a plan."""
    st.html(element("p", t("add.left", n=MAX_UPLOADS_PER_VISIT - state.visit().n_uploads), class_="wt-small"))
    st.html(element("p", t("add.publish"), class_="wt-small"))


def own_plans(t: Text, seen: World) -> None:
    """The visitor's own plans and variants: take them home, or away."""
    for plan_id, own in sorted(state.visit().own_plans.items()):
        with st.container(border=True, key=f"own_{plan_id}", gap="xxsmall"):
            st.text(t.of(own.title))
            content = plan_geojson(own, neighbourhood=seen.neighbourhood)
            st.download_button(
                t("plans.download"), content, file_name=plan_file_name(own), mime=GEOJSON, key=f"take_{plan_id}", on_click="ignore"
            )
            st.button(t("plans.remove"), key=f"remove_{plan_id}", on_click=state.remove_plan, args=(plan_id,))


def _uploader_key(key: str) -> str:
    return f"{key}_{st.session_state.get(ROUND, 0)}"


def _check(given: UploadedFile) -> None:
    """Refuse what is too much before it is read.

    Raises
    ------
    LimitError
        The file is too large, or this visitor opened enough of them.
    """
    if given.size > MAX_UPLOAD_MB * 1024 * 1024:
        raise LimitError("pages.upload_too_large", source=given.name, limit=MAX_UPLOAD_MB)
    state.count_upload(name=given.name)


def _tell(t: Text, stage: Stage) -> None:
    st.text(t(f"add.stage_{stage}"))


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of a file: words, or the plan that was read, or what was wrong."""

    uploader: str
    words: str = ""
    more: tuple[str, ...] = ()
    plan: Plan | None = None
    error: WijktwinError | None = None


def _remember(
    uploader: str, *, words: str = "", more: Sequence[str] = (), plan: Plan | None = None, error: WijktwinError | None = None
) -> None:
    st.session_state[OUTCOME] = _Outcome(uploader, words, tuple(more), plan, error)


def _forget_outcome() -> None:
    st.session_state.pop(OUTCOME, None)


def _forget_file() -> None:
    """Begin with an empty uploader again: what was read is kept, the file is not."""
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    st.rerun()


def _outcome(t: Text, key: str) -> None:
    """What came of the last file, in one calm message."""
    told: _Outcome | None = st.session_state.get(OUTCOME)
    if told is None or told.uploader != key:
        return
    if told.error is not None:
        notice(t.about(told.error), title=t("add.failed"), tone=Tone.REFUSED, more=[t("add.kept")])
    elif told.plan is not None:
        _offer(t, told.plan, told.more)
    else:
        notice(told.words, tone=Tone.DONE, more=told.more)


def _offer(t: Text, read: Plan, more: Sequence[str]) -> None:
    """The plan that was just read: that it is in the picture, or a button that puts it there."""
    if read.plan_id not in state.visit().own_plans:
        return  # it was taken away meanwhile
    is_on = read.plan_id in state.visit().plan_ids
    notice(t("add.plan_added" if is_on else "add.plan_off", title=read.title), tone=Tone.DONE if is_on else Tone.TOLD, more=more)
    if is_on:
        st.button(t("add.show"), key="show_added", on_click=fly_to_plan, args=(read.plan_id,))
    else:
        st.button(t("add.switch_on"), key="switch_on_added", type="primary", on_click=switch_on, args=(read.plan_id,))
