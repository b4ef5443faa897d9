"""Plans of a visitor's own, kept in the tab of the browser that made them: a reload, or a server that forgot the visit, loses none.

The text of a plan goes to the tab once, and comes back when a visit begins there anew. Nothing is written on the server, and nothing of
it is in a link. What the tab had no room for is told by its title.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ui.settings import MAX_OWN_PLANS
from wijktwin.errors import InputError
from wijktwin.export.plan_file import plan_geojson

if TYPE_CHECKING:
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan

MOST_CHARACTERS: Final = 4_000_000
"""Longer texts of plans together no tab has room for."""
TIMES: Final = 2
"""In so many runs a text is sent: one that is cut short does not lose it."""
LONGEST_NAME: Final = 200

JS: Final = """
const STORE = 'wijktwin-own';
const TEXT = `${STORE}:`; // before the mark of a plan: its text stands by itself, and is written once
const tab = { visit: null, waits: false };

function inTab() {
  try {
    return JSON.parse(sessionStorage.getItem(STORE));
  } catch {
    return null;
  }
}

/** Put something in the tab where it is not there already; nothing where there is no room, or where that is not allowed. */
function put(name, value) {
  try {
    if (sessionStorage.getItem(name) !== value) sessionStorage.setItem(name, value);
  } catch { /* then it is not kept */ }
}

/** Forget the texts of other plans than these. */
function dropOthers(plans) {
  const names = new Set([STORE, ...Object.values(plans).map((one) => TEXT + one.mark)]);
  try {
    const others = Object.keys(sessionStorage).filter((name) => name.startsWith(STORE) && !names.has(name));
    others.forEach((name) => sessionStorage.removeItem(name));
  } catch { /* nothing is kept where nothing may be */ }
}

/** Keep the names of plans, and each text once: a plan whose text had no room is told by its title. */
function keepInTab(key, file, told) {
  dropOthers(told);
  const plans = Object.fromEntries(Object.entries(told).map(([id, { text, ...one }]) => [id, one]));
  put(STORE, JSON.stringify({ key, file, plans }));
  Object.values(told).filter((one) => one.text).forEach((one) => put(TEXT + one.mark, one.text));
}

/** Keep what the server says of the visitor's own, or give it back where it knows nothing of it. */
function keepOwn(data, setTriggerValue) {
  if (!data.key) return;
  const there = inTab();
  const before = there?.key === data.key ? there : null;
  if (data.visit !== tab.visit) {
    tab.waits = Boolean(before) && !data.hasHeard;
    if (tab.waits) {
      const plans = Object.values(before.plans).map((one) => ({ ...one, text: sessionStorage.getItem(TEXT + one.mark) }));
      setTriggerValue('kept', { plans, file: before.file });
    }
  }
  tab.visit = data.visit;
  tab.waits &&= !data.hasHeard;
  if (tab.waits) return;
  const hasPlans = Object.keys(data.plans).length > 0;
  if (data.file || hasPlans) keepInTab(data.key, data.file, data.file ? before?.plans ?? {} : data.plans);
  else if (there) {
    dropOthers({});
    sessionStorage.removeItem(STORE);
  }
}
"""
"""Of the component that writes the address (`ui.address`), which every page has."""


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """A plan as a tab gives it back: nothing in it is trusted.

    Parameters
    ----------
    text
        None where the tab had no room for it.
    """

    title: str
    text: bytes | None
    is_on: bool

    def content(self) -> bytes:
        """Its text.

        Raises
        ------
        InputError
            The tab had no room for it.
        """
        if self.text is None:
            raise InputError("reading.crashed", source=self.title)
        return self.text


def message(
    plans: Mapping[str, Plan], on: frozenset[str], sent: dict[str, int], *, home: Neighbourhood, title: str, has_heard: bool
) -> dict[str, Any]:
    """What the browser is told of a visitor's own plans; the text of each only until it is there. Counts that in ``sent``.

    Parameters
    ----------
    home
        The neighbourhood of the server, for which the plans are.
    title
        Name of a file of the visitor's own that is looked at instead; "" for none.
    has_heard
        The server knows what the tab kept before.
    """
    told: dict[str, Any] = {}
    gone = sent.keys() - {plan.content_key[:16] for plan in plans.values()}
    for mark in gone:  # the tab has dropped it: when it comes again, its text has to
        del sent[mark]
    for plan_id, plan in plans.items():
        mark = plan.content_key[:16]
        told[plan_id] = {"mark": mark, "title": plan.title.nl or plan.title.en, "on": plan_id in on}
        if sent.get(mark, 0) < TIMES:
            sent[mark] = sent.get(mark, 0) + 1
            told[plan_id]["text"] = plan_geojson(plan, neighbourhood=home).decode()
    return {"key": home.key[:16], "plans": told, "file": title, "hasHeard": has_heard}


def given_back(told: object) -> tuple[list[KeptPlan], str]:
    """The plans, and the name of a file, that a tab kept; nonsense is nothing, and what is too much has no text."""
    if not isinstance(told, Mapping):
        return [], ""
    found, left = [], MOST_CHARACTERS
    rows = told.get("plans")
    for row in rows[:MAX_OWN_PLANS] if isinstance(rows, list) else []:
        if not isinstance(row, Mapping) or not isinstance(row.get("title"), str):
            continue
        text = row.get("text")
        fitting = text if isinstance(text, str) and len(text) <= left else None
        left -= len(fitting or "")
        content = None if fitting is None else fitting.encode()
        found.append(KeptPlan(row["title"][:LONGEST_NAME], content, row.get("on") is True))
    file = told.get("file")
    return found, file[:LONGEST_NAME] if isinstance(file, str) else ""
