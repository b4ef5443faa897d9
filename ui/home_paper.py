"""The card of a home on paper: one A4 with everything that the card says, in letters that can be read.

What matters most stands on top. A table tells what differs from plan to plan in a few words, a line what stays as it is today with
every plan, and sentences tell the rest, each once for all plans that it holds for. What is printed is this alone (``home.css``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from string import ascii_uppercase
from typing import TYPE_CHECKING, Final

import streamlit as st

from ui.home_card import row_name
from ui.home_map import paper_map
from ui.markup import EMPTY, Markup, element, joined
from wijktwin import __version__, clock_times
from wijktwin.impacts.last_few import LastFew
from wijktwin.words.card_lines import Subject
from wijktwin.words.numbers import format_date
from wijktwin.words.texts import text

if TYPE_CHECKING:
    from ui.home_card import Column
    from ui.text import Text
    from wijktwin.impacts.home import Home
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan
    from wijktwin.words.cards import Card, CardLine

OF_PLANS: Final = frozenset({Subject.NEW_BUILDING, Subject.LATITUDE, Subject.DATES, Subject.CLAIMS})
"""Parts in which nothing is said of today."""
OF_SOME: Final = ("top.small.sun", "top.small.green", "top.unknown", "top.still")
"""Lines of the top that name no plan and may hold for some plans only."""
ONCE: Final = ("top.small.sun", "top.small.green", "top.small.view", "top.unknown", "top.from_which", "top.still", "top.not_computed")
"""How the keys of lines of the top begin that stand once below it, in this order."""
OF_TODAY: Final = frozenset({"new_building.own", "new_building.known"})
"""Lines of plans that tell of what stands there today."""
NORM: Final = "sun.norm"
"""What this line says in every scenario, what the norm asks and that no law does, is said once."""
SEASON: Final = "sun.season"
"""On which day most changes: the table holds all days."""
OF_NO_PLAN: Final = frozenset({"view.plan", "overlooking.none"})
"""Lines of today that say that nothing comes into view: nothing comes without a plan."""
NOTHING_NEW: Final = "new_building"
"""Of a plan that builds nothing this is the one line of its part."""
MAPS: Final = "home_paper_maps"
"""In the session, under a name that begins like all that is forgotten of a home: maps that were drawn."""
MOST_MAPS: Final = 4
_DAY: Final = re.compile(r"sun\.\d\d-\d\d")
_BETWEEN_SENTENCES: Final = re.compile(r"(?<=[.?!]) (?=[A-Z])")


def on_paper(t: Text, shown: Sequence[Column], address: str, now: Home) -> None:
    """All that the cards say, and where the plans are, for who prints the page."""
    told = [(column, column.card) for column in shown if column.card is not None]
    if told:
        plans = [column.plan for column, _ in told if column.plan is not None]
        drawn = _map(t, told[0][0].scenario.neighbourhood, plans, now) if plans else EMPTY
        st.html(element("div", paper_markup(t, told, address, drawn), class_="wt-on-paper", aria_hidden="true"))


def _map(t: Text, neighbourhood: Neighbourhood, plans: Sequence[Plan], now: Home) -> Markup:
    """Drawn once for a home and its plans, not in every run of the page; kept for this visit alone."""
    kept: LastFew[object, Markup] = st.session_state.setdefault(MAPS, LastFew(MOST_MAPS))
    key = (neighbourhood.key, tuple(plan.content_key for plan in plans), now.address_id, t.language)
    return kept.of(key, lambda: paper_map(t, neighbourhood, plans, now))


def paper_markup(t: Text, told: Sequence[tuple[Column, Card]], address: str, drawn: Markup = EMPTY) -> Markup:
    """The paper as HTML: top, figures, sentences, the map, and when it was printed.

    Every plan has a letter, by which lists of plans and the map name it. The map is the last: where the words leave no room for it on
    the front of the sheet, it goes to the back.
    """
    today = format_date(clock_times.today(), t.language)
    printed = t("home.printed", date=today, version=__version__)
    signs = f"{t('home.paper_signs')} " if any(line.cell for _, card in told for line in card.lines) else ""
    small = element("p", signs + printed, class_="wt-small")
    return joined((element("h2", t("home.paper", address=address)), _top(t, told), *_figures(t, told), _sentences(t, told, drawn), small))


def _letters(told: Sequence[tuple[Column, Card]]) -> dict[str, str]:
    """The letter of every plan, by the title of its column."""
    plans = [column.title for column, _ in told if column.plan is not None]
    return dict(zip(plans, ascii_uppercase, strict=False)) if len(plans) > 1 else {}


def _heading(title: str, letters: Mapping[str, str]) -> str:
    return f"{letters[title]}. {title}" if title in letters else title


def _top(t: Text, told: Sequence[tuple[Column, Card]]) -> Markup:
    """What matters most of each plan; what is said of several once, below."""
    letters = _letters(told)
    plans = [(column, card) for column, card in told if column.plan is not None] or list(told)
    columns = []
    for column, card in plans:
        title = element("p", t.of(column.plan.title)) if column.plan is not None and column.plan.published_by_server else ""
        own = [element("p", line.text) for line in card.top if not line.key.startswith(ONCE)]
        columns.append(element("div", element("h3", _heading(column.title, letters)), title, *own))
    return joined((element("div", *columns, class_="wt-paper-top"), element("p", " ".join(_below(t, plans)))))


def _below(t: Text, plans: Sequence[tuple[Column, Card]]) -> Iterator[str]:
    """What stands once below the top; before what does not hold for all plans their letters."""
    for name in ONCE:
        whose: dict[str, list[str]] = {}
        for column, card in plans:
            for line in card.top:
                if line.key.startswith(name):
                    whose.setdefault(line.text, []).append(column.title)
        for words, titles in whose.items():
            is_of_some = name in OF_SOME and len(titles) < len(plans)
            yield f"{_who(t, titles, plans)}: {words}" if is_of_some else words


def _figures(t: Text, told: Sequence[tuple[Column, Card]]) -> Iterator[Markup]:
    """A row for what differs from plan to plan, and in one paragraph what stays as it is with every plan."""
    rows: dict[str, dict[str, list[str]]] = {}
    by_value: set[str] = set()
    today_only: set[str] = set()
    for column, card in told:
        for part, line in [(each, line) for each in card.parts for line in each.lines if line.value]:
            if part.subject is Subject.CLAIMS:
                continue  # what was found stands behind what was said
            name = row_name(t, line.key, part.title)
            rows.setdefault(name, {}).setdefault(column.title, []).append(line.cell or line.value)
            by_value |= {name} if line.cell else set()
            today_only |= {name} if line.key in OF_TODAY else set()
    titles = [column.title for column, _ in told]
    shown = {name: [" · ".join(dict.fromkeys(rows[name].get(title, ["–"]))) for title in titles] for name in rows if name in by_value}
    alike = {name: set(cells) - ({"–"} if name in today_only else set()) for name, cells in shown.items()}
    differing = {name: cells for name, cells in shown.items() if len(alike[name]) > 1}
    if differing:
        letters = _letters(told)
        heads = (element("th", _heading(title, letters), scope="col") for title in titles)
        body = [
            element("tr", element("th", name, scope="row"), *(element("td", each) for each in cells)) for name, cells in differing.items()
        ]
        yield element(
            "table", element("thead", element("tr", element("th", t("home.subject"), scope="col"), *heads)), element("tbody", *body)
        )
    stays = [f"{name}: {_within(next(iter(alike[name])))}" for name in shown if name not in differing]
    if stays:
        yield element("p", element("b", f"{t('home.paper_all')}: "), " · ".join(stays))


def _within(value: str) -> str:
    """A value as it stands within a line: "ongeveer 72 meter"."""
    return value[:1].lower() + value[1:] if value[1:2].islower() else value


def _sentences(t: Text, told: Sequence[tuple[Column, Card]], drawn: Markup) -> Markup:
    """Subject by subject what no value says, each sentence once, after the names of the scenarios that it is about; then the map."""
    found: list[Markup] = []
    fist = _BETWEEN_SENTENCES.split(text("home_view.high", t.language, degrees=""))[-1]  # what a degree is
    for place, part in enumerate(told[0][1].parts):
        who_says: dict[str, dict[str, None]] = {}
        of_today = part.subject not in OF_PLANS or len(told) == 1
        heard = [
            (column.title, [line for line in card.parts[place].lines if not _stands_elsewhere(line, column, told)])
            for column, card in told
            if of_today or column.plan is not None
        ]
        of_norm = _shared([line for _, lines in heard for line in lines if line.key == NORM])
        seen = [line for _, lines in heard for line in lines if fist in line.text]
        shared = {*of_norm, *([fist] if len(seen) > 1 else [])}
        for title, lines in heard:
            for line in lines:
                words = _BETWEEN_SENTENCES.split(line.text if line.rest is None else line.rest)
                once = [each for each in words if each in shared]
                own = (
                    []
                    if line.key == NORM and title == told[0][0].title and _says_now(t, told)
                    else [each for each in words if each not in once]
                )
                for said in (" ".join(once), " ".join(own)):
                    if said:
                        who_says.setdefault(said, {})[title] = None
        together: dict[tuple[str, ...], list[str]] = {}
        for said, titles in who_says.items():
            together.setdefault(tuple(titles), []).append(said)
        if together:
            found.append(element("h3", part.title))
        ordered = sorted(together.items(), key=lambda each: len(each[0]) < len(told))  # what holds for all comes first
        found += [element("p", element("b", f"{_who(t, titles, told)}: "), " ".join(said)) for titles, said in ordered]
    return element("div", *found, drawn, class_="wt-paper")


def _stands_elsewhere(line: CardLine, column: Column, told: Sequence[tuple[Column, Card]]) -> bool:
    """Whether the paper says elsewhere what a line says.

    That no plan brings anything today, that a plan builds nothing (a dash in the rows of new buildings), on which of all days most changes.
    """
    if column.plan is None and len(told) > 1 and line.key in OF_NO_PLAN:
        return True
    if line.key == NOTHING_NEW:
        return any(each.key.startswith(f"{NOTHING_NEW}.") and each.cell for _, card in told for each in card.lines)
    if line.key != SEASON:
        return False
    card = next(card for other, card in told if other is column)
    days = [each for each in card.lines if _DAY.fullmatch(each.key)]
    return bool(days) and all(each.cell for each in days)


def _says_now(t: Text, told: Sequence[tuple[Column, Card]]) -> bool:
    """Whether what is said of the norm with every plan says too whether the home meets it today."""
    verdicts = [[line.text for line in card.lines if line.key == NORM] for column, card in told if column.plan is not None]
    unknown = text("home_card.norm_open", t.language)
    return bool(verdicts) and all(each and unknown not in each[0] for each in verdicts)


def _shared(lines: Sequence[CardLine]) -> list[str]:
    """The sentences that all of some lines hold, where there are several."""
    if len(lines) < 2:
        return []
    return [each for each in _BETWEEN_SENTENCES.split(lines[0].text) if all(each in line.text for line in lines)]


def _who(t: Text, titles: Sequence[str], told: Sequence[tuple[Column, Card]]) -> str:
    """Of which scenarios something is said."""
    plans = [column.title for column, _ in told if column.plan is not None]
    if len(titles) == len(told) > 1:
        return t("home.paper_all")
    if len(plans) > 1 and list(titles) == plans:
        return t("home.paper_plans")
    letters = _letters(told)
    return ", ".join(letters.get(title, title) for title in titles)
