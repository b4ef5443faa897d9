"""``wijktwin check``: what is missing before an evening begins, and whether a phone that scans the code gets through."""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit

from wijktwin import places
from wijktwin.cli.collecting import Telling
from wijktwin.cli.evening import EVERYBODY_HERE, found_address, others_told, web_address
from wijktwin.cli.opening import add_data_options, data_of, opened, plan_folder, say
from wijktwin.cli.server import DEFAULT_PORT, first_visit, free_port, open_server, usable_state_folder
from wijktwin.errors import InputError, Note

if TYPE_CHECKING:
    from wijktwin.errors import WijktwinError
    from wijktwin.export.readiness import Finding
    from wijktwin.impacts.progress import Progress
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario

Parser = TypeVar("Parser", bound=argparse.ArgumentParser)

DONE: Final = 0
NOT_READY: Final = 1
PHONE_SECONDS: Final = 120
SECONDS_BETWEEN_LOOKS: Final = 0.5
MARKS: Final = {"fine": "ok     ", "missing": "MISSING", "wrong": "WRONG  ", "not_tried": "-      "}


def add_command(commands: argparse._SubParsersAction[Parser]) -> None:
    """The subcommand and its options."""
    check = commands.add_parser("check", help="say what is missing before an evening with residents", allow_abbrev=False)
    add_data_options(check)
    check.add_argument("--quick", action="store_true", help="compute no figures")
    check.add_argument("--pictures", type=Path, metavar="DIR", help="where the pictures for the evening are")
    check.add_argument("--phone", action="store_true", help="wait until a phone scans the code that is shown")
    check.add_argument("--seconds", type=int, default=PHONE_SECONDS, metavar="S", help=f"how long --phone waits (default: {PHONE_SECONDS})")
    check.add_argument(
        "--public", metavar="URL", help="the address at which phones get here, as for wijktwin evening (default: found by itself)"
    )
    check.add_argument("--json", action="store_true", help="as one JSON object")
    check.set_defaults(act=check_evening)


def check_evening(options: argparse.Namespace) -> int:
    """``wijktwin check``: one line for each thing; exit code 1 when something is missing or wrong."""
    from wijktwin.export.readiness import Outcome

    found: list[Finding] = []
    for finding in _all(options):
        found.append(finding)
        if not options.json:
            print(f"{MARKS[finding.outcome]} {finding.note.sentence('en')}", flush=True)
    is_ready = all(finding.outcome in {Outcome.FINE, Outcome.NOT_TRIED} for finding in found)
    if options.json:
        told = [
            {"subject": each.subject, "outcome": str(each.outcome), "nl": each.note.sentence("nl"), "en": each.note.sentence("en")}
            for each in found
        ]
        print(json.dumps({"ready": is_ready, "findings": told}, ensure_ascii=False, indent=2))
    return DONE if is_ready else NOT_READY


def _all(options: argparse.Namespace) -> Iterator[Finding]:
    from wijktwin.export import readiness

    neighbourhood = opened(options)
    plans, faults = _plans(options, neighbourhood)
    yield from readiness.data_findings(neighbourhood)
    yield from readiness.plan_findings(plans, faults)
    yield from readiness.address_findings(neighbourhood)
    yield readiness.programme_finding(data_of(options), plans)
    if options.quick:
        yield readiness.Finding("figures", readiness.Outcome.NOT_TRIED, Note("readiness.no_figures"))
    else:
        yield from _figures(neighbourhood, plans)
    yield from _pictures(options.pictures, neighbourhood, plans)
    yield from _served(options)


def _plans(options: argparse.Namespace, neighbourhood: Neighbourhood) -> tuple[Sequence[Plan], Sequence[WijktwinError]]:
    from wijktwin.sources.plan_files import read_plan_folder

    return read_plan_folder(plan_folder(options), neighbourhood=neighbourhood)


def _figures(neighbourhood: Neighbourhood, plans: Sequence[Plan]) -> Iterator[Finding]:
    """Of today and of every plan alone, with a word about how far it is."""
    from wijktwin.export.readiness import figure_findings
    from wijktwin.impacts.progress import Progress
    from wijktwin.sources.fetching.progress import Step
    from wijktwin.words.saying import scenario_name

    telling = Telling(sys.stderr)

    def hear(scenario: Scenario, impact: str) -> Progress:
        def listen(note: Note, share: float) -> None:
            telling(Step(f"{scenario_name(scenario)}, {impact}: {note.sentence('en')}", done=round(100 * share), total=100))

        return Progress(listen)

    scenarios = _each_alone(neighbourhood, [plan for plan in plans if not plan.is_withdrawn])
    try:
        yield from figure_findings(scenarios, hear=hear)
    finally:
        telling.close()


def _pictures(folder: Path | None, neighbourhood: Neighbourhood, plans: Sequence[Plan]) -> Iterator[Finding]:
    """Of today and of every plan that builds something, as `wijktwin export pack` and `wijktwin export shadows` make them."""
    from wijktwin.export.readiness import Finding, Outcome, picture_findings
    from wijktwin.model.plan_groups import building

    if folder is None:
        yield Finding("pictures", Outcome.NOT_TRIED, Note("readiness.pictures_not_tried"))
        return
    yield from picture_findings(folder, _each_alone(neighbourhood, building(plans)))


def _each_alone(neighbourhood: Neighbourhood, plans: Sequence[Plan]) -> list[Scenario]:
    """Today, and each plan alone."""
    return [neighbourhood.with_plans([]), *(neighbourhood.with_plans([plan]) for plan in plans)]


# ---------------------------------------------------------------------------------------------------------------- the server
def _served(options: argparse.Namespace) -> Iterator[Finding]:
    """What only a running server tells: that pages open, ask nobody else for anything, and that a phone gets there."""
    from wijktwin.export.readiness import Finding, Outcome

    state = usable_state_folder(options.state or places.state_folder())
    address = EVERYBODY_HERE if options.phone else "localhost"
    public = web_address(options.public) if options.public else ""
    port = _port_for_phones(public) if options.phone else free_port(address, 0)
    chosen: dict[str, object] = {places.DATA_VARIABLE: data_of(options).resolve(), places.STATE_VARIABLE: state, places.EVENING_VARIABLE: 1}
    chosen |= {places.CRS_VARIABLE: options.crs} if options.crs else {}
    log = state / "check.log"
    say("Starting the server ...")
    try:
        with open_server(chosen, address=address, port=port, log=log) as running:
            if not first_visit(running.url):
                yield Finding("requests", Outcome.WRONG, Note("readiness.first_page_faulty", log=log))
            yield policy_finding(running.url)
            yield _phone(options, port) if options.phone else Finding("phone", Outcome.NOT_TRIED, Note("readiness.phone_not_tried"))
    except InputError as error:
        yield Finding("requests", Outcome.WRONG, Note("readiness.no_server", reason=error))


def _port_for_phones(public: str) -> int:
    """The port of the evening, for what stands between a phone and us may let that one through only; any free one where it is taken.

    Raises
    ------
    InputError
        ``--public`` names a port at which somebody listens already: a phone would come to that one and not to us.
    """
    if named := urlsplit(public).port if public else None:
        return free_port(EVERYBODY_HERE, named)
    try:
        return free_port(EVERYBODY_HERE, DEFAULT_PORT)
    except InputError:
        return free_port(EVERYBODY_HERE, 0)


def policy_finding(base: str) -> Finding:
    """Whether every page forbids the browser to ask another host for anything (its Content-Security-Policy)."""
    from ui.lost import PAGES
    from wijktwin.export.readiness import Finding, Outcome

    paths = ["", *PAGES.values()]
    open_ones = [path or "/" for path in paths if not is_closed(_policy(base, path))]
    if open_ones:
        return Finding("requests", Outcome.WRONG, Note("readiness.policy_open", names=", ".join(open_ones)))
    return Finding("requests", Outcome.FINE, Note("readiness.policy", count=len(paths)))


def is_closed(policy: str) -> bool:
    """Whether a Content-Security-Policy keeps a browser with the host that it got the page from."""
    rules = {name: sources.split() for rule in policy.split(";") if rule.strip() for name, _, sources in [rule.strip().partition(" ")]}
    hosts = [source for name, sources in rules.items() for source in sources if _is_elsewhere(source)]
    return rules.get("default-src") == ["'self'"] and not hosts


def _is_elsewhere(source: str) -> bool:
    """Whether a source of a policy is another host; sockets to our own host are named with it."""
    if source.startswith("'") or source in {"data:", "blob:"}:
        return False
    host = urlsplit(source).hostname
    return host not in {"localhost", "127.0.0.1"}


def _policy(base: str, path: str) -> str:
    parts = urlsplit(base)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30.0)
    try:
        connection.request("GET", f"/{path}")
        return connection.getresponse().getheader("Content-Security-Policy", "")
    finally:
        connection.close()


def _phone(options: argparse.Namespace, port: int) -> Finding:
    """Show a code, and wait until somebody came by it."""
    from wijktwin.export.qr import qr_code
    from wijktwin.export.readiness import Finding, Outcome

    public = web_address(options.public) if options.public else found_address(EVERYBODY_HERE, port)
    if not public:
        return Finding("phone", Outcome.WRONG, Note("readiness.phone_no_network"))
    link = f"{public}/hello"
    say(f"Scan this code with a phone, or type {link}:")
    qr_code(link).terminal(out=sys.stderr, compact=True)
    for sentence in [] if options.public else others_told(EVERYBODY_HERE, port, public):
        say(sentence)
    deadline = time.monotonic() + options.seconds
    while time.monotonic() < deadline:
        if _n_phones(port):
            return Finding("phone", Outcome.FINE, Note("readiness.phone_came", address=public))
        time.sleep(SECONDS_BETWEEN_LOOKS)
    return Finding("phone", Outcome.WRONG, Note("readiness.phone_did_not", address=public, seconds=options.seconds))


def _n_phones(port: int) -> int:
    connection = http.client.HTTPConnection("localhost", port, timeout=5.0)
    with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException, ValueError):
        connection.request("GET", "/health")
        return int(json.loads(connection.getresponse().read()).get("phones", 0))
    return 0
