"""Sets of other assumptions that a visitor tries: named, kept in the visit, and nothing of ours is overwritten.

While a set is on, every figure that the visitor sees is computed with it, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import streamlit as st

from ui import state
from ui.background import key_of
from ui.markup import element, label
from wijktwin import clock_times
from wijktwin.errors import LimitError
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import assess
from wijktwin.model.provenance import LocalText
from wijktwin.words.numbers import format_as_said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ui.text import Text
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.scenario import Scenario

KEPT: Final = "assumption_sets"
OURS: Final = ""
"""The name of the set that travels with the project."""
MOST_SETS: Final = 8
LONGEST_NAME: Final = 60
N_FIGURES: Final = 12
"""Of so many combinations of plans and sets the figures are kept."""


@dataclass
class Sets:
    """The sets of one visit; ``on`` is the name of the one that figures are computed with."""

    by_name: dict[str, Assumptions] = field(default_factory=dict)
    on: str = OURS
    figures: dict[tuple[str, str], tuple[Assessment, ...]] = field(default_factory=dict)


def sets() -> Sets:
    """The sets of this visit."""
    found: Sets = st.session_state.setdefault(KEPT, Sets())
    return found


def chosen() -> Assumptions:
    """What this visitor's figures are computed with."""
    now = sets()
    return now.by_name.get(now.on) or default_assumptions()


def is_own() -> bool:
    """Whether that is a set of the visitor's own."""
    return bool(chosen().variant)


def keep(name: str, values: Mapping[str, float], *, owner: str, reason: str = "") -> Assumptions:
    """Make a set, or change one by its name, and compute with it from now on.

    Raises
    ------
    InputError
        It has no name, or a value is outside its range without a reason.
    LimitError
        There are as many sets as can be kept.
    """
    now, shown = sets(), " ".join(name.split())[:LONGEST_NAME]
    if shown not in now.by_name and len(now.by_name) >= MOST_SETS:
        raise LimitError("tables.too_many_sets", limit=MOST_SETS)
    start = now.by_name.get(shown, default_assumptions())
    today = clock_times.today().isoformat()
    told = LocalText(reason.strip()) if reason.strip() else None
    made = start.with_values(values, variant=shown, owner=owner, date=today, reason=told)
    now.by_name[shown] = made
    now.on = shown
    return made


def use(name: str) -> None:
    """Compute with a set from now on, `OURS` for the project's own."""
    now = sets()
    now.on = name if name in now.by_name else OURS


def forget(name: str) -> None:
    """Forget a set; figures are computed with ours again where it was on."""
    now = sets()
    now.by_name.pop(name, None)
    use(now.on)


def figures(found: Scenario, *, assumptions: Assumptions | None = None) -> tuple[Assessment, ...]:
    """The figures of a scenario with a set of this visit; by default the one that is on."""
    wanted = chosen() if assumptions is None else assumptions
    if not wanted.variant:
        return state.figures(found)
    now, key = sets(), key_of(found, wanted)
    if key not in now.figures:
        now.figures = dict([*now.figures.items(), (key, assess(found, assumptions=wanted))][-N_FIGURES:])
    return now.figures[key]


def banner(t: Text) -> None:
    """On every page: that figures are computed with assumptions of one's own, which, and the way back."""
    if not is_own():
        return
    now = chosen()
    values = {name: f"{number(t, now[name].value)} {now[name].unit}" for name in sorted(now.changed)}
    changed = [t("register.changed_value", label=now[name].label, value=value) for name, value in values.items()]
    with st.container(key="own_assumptions", horizontal=True, vertical_alignment="center"):
        words = t("register.banner", name=now.variant, changed=", ".join(changed))
        st.html(element("p", words, class_="wt-own", role="note"))
        st.button(label(t("register.back")), key="assumptions_ours", on_click=use, args=(OURS,))


def number(t: Text, value: float) -> str:
    """A value as it was given, with the decimals that it has."""
    return format_as_said(value, t.language)
