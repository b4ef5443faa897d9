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
const tab = { visit: null, waits: false };

function inTab() {
  try {
    return JSON.parse(sessionStorage.getItem(STORE));
  } catch {
    return null;
  }
}

function putInTab(all) {
  try {
    sessionStorage.setItem(STORE, JSON.stringify(all));
  } catch { // no room, or not allowed: what was there is told by its name
    const names = Object.fromEntries(Object.entries(all.plans).map(([id, one]) => [id, { ...one, text: null }]));
    try {
      sessionStorage.setItem(STORE, JSON.stringify({ ...all, plans: names }));
    } catch { /* then nothing is kept */ }
  }
}

/** What is kept of one plan: its text comes once. */
function keptPlan(told, before) {
  return { ...told, text: told.text ?? (before?.mark === told.mark ? before.text : null) };
}

/** Keep what the server says of the visitor's own, or give it back where it knows nothing of it. */
function keepOwn(data, setTriggerValue) {
  if (!data.key) return;
  const there = inTab();
  const before = there?.key === data.key ? there : null;
  if (data.visit !== tab.visit) {
    tab.waits = Boolean(before) && !data.hasHeard;
    if (tab.waits) setTriggerValue('kept', { plans: Object.values(before.plans), file: before.file });
  }
  tab.visit = data.visit;
  tab.waits &&= !data.hasHeard;
  if (tab.waits) return;
  const known = before?.plans ?? {};
  const told = Object.entries(data.plans).map(([id, one]) => [id, keptPlan(one, known[id])]);
  if (data.file || told.length) putInTab({ key: data.key, file: data.file, plans: data.file ? known : Object.fromEntries(told) });
  else if (there) sessionStorage.removeItem(STORE);
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
