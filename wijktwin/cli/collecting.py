"""``wijktwin fetch`` and ``wijktwin prepare``: a neighbourhood folder from public services, or from files at hand."""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO, TypeVar

from wijktwin import places
from wijktwin.cli.server import usable_state_folder
from wijktwin.errors import InputError

if TYPE_CHECKING:
    from wijktwin.sources.fetching.fetch import Fetched
    from wijktwin.sources.fetching.progress import Step

Parser = TypeVar("Parser", bound=argparse.ArgumentParser)

DONE: Final = 0
BAR: Final = 24
SMALLEST_RADIUS: Final = 10.0
HIGHEST_PLAN: Final = 500.0


class Telling:
    """Says how far the work is: a bar that moves on a terminal, plain lines elsewhere. Always on standard error."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._is_open = False

    def __call__(self, step: Step) -> None:
        """One step further."""
        if step.waiting:
            self._line(f"{step.what}: no good answer yet, asking again in {math.ceil(step.waiting)} s")
        elif step.is_finished:
            self._line(f"{step.what}: {step.done:,}")
        elif self._is_terminal:
            self._stream.write(f"\r\x1b[K{_bar(step)} {step.what}")
            self._stream.flush()
            self._is_open = True

    def close(self) -> None:
        """Leave the cursor on a new line."""
        if self._is_open:
            self._stream.write("\n")
            self._stream.flush()
            self._is_open = False

    def _line(self, text: str) -> None:
        self._stream.write(f"\r\x1b[K{text}\n" if self._is_terminal else f"{text}\n")
        self._stream.flush()
        self._is_open = False


def _bar(step: Step) -> str:
    """``[######------------------] 50 of 159``; without a bar where nobody knows how many there are."""
    if step.total is None:
        return f"[{'.' * BAR}] {step.done:,}"
    filled = BAR if step.total == 0 else min(BAR * step.done // step.total, BAR)
    return f"[{'#' * filled}{'-' * (BAR - filled)}] {step.done:,} of {step.total:,}"


def add_commands(commands: argparse._SubParsersAction[Parser]) -> None:
    """The two subcommands and their options."""
    fetch = commands.add_parser("fetch", help="fetch a real neighbourhood from public services", allow_abbrev=False)
    where = fetch.add_mutually_exclusive_group(required=True)
    where.add_argument("--wijk", metavar="CODE", help="an official wijk or buurt, for example WK030710 or BU03071001")
    where.add_argument("--bbox", type=_box, metavar="W,S,E,N", help="a rectangle in RD New (EPSG:28992), in metres")
    where.add_argument("--around", metavar='"STREET, PLACE"', help="a circle round the middle of a street; needs --radius")
    fetch.add_argument("--radius", type=_radius, metavar="M", help="how far round the street, in metres")
    fetch.add_argument(
        "--tallest", type=_height, default=0.0, metavar="M", help="height of a plan that is coming, for a halo that is wide enough"
    )
    fetch.add_argument("--out", type=Path, metavar="DIR", help="the folder to write (default: named after the area)")
    fetch.add_argument("--services", type=Path, metavar="FILE", help="another list of services than data/services.toml")
    fetch.add_argument("--state", type=Path, metavar="DIR", help="the folder for what changes (default: one of this user)")
    fetch.set_defaults(act=fetch_neighbourhood)

    prepare = commands.add_parser("prepare", help="make a neighbourhood folder from files at hand", allow_abbrev=False)
    prepare.add_argument("files", type=Path, nargs="+", metavar="FILE", help="CityJSON with buildings")
    prepare.add_argument(
        "--context", type=Path, nargs="+", default=[], metavar="GEOJSON", help="ground, trees and addresses: BGT, BAG, or tables"
    )
    prepare.add_argument(
        "--area", type=Path, metavar="GEOJSON", help="the outline of the neighbourhood (default: the rectangle round all buildings)"
    )
    prepare.add_argument("--wijk", metavar="CODE", help="which outline of the file of --area")
    prepare.add_argument("--crs", type=str, metavar="EPSG", help="the CRS of buildings that do not state one, for example EPSG:28992")
    prepare.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder to write; made when absent")
    prepare.set_defaults(act=prepare_neighbourhood)


def fetch_neighbourhood(options: argparse.Namespace) -> int:
    """``wijktwin fetch``: everything new, or the old copy as it was."""
    if (options.around is None) != (options.radius is None):
        raise InputError("command.usage", reason="--around and --radius belong together", command="wijktwin fetch")
    from wijktwin.sources.fetching import fetch
    from wijktwin.sources.fetching.client import Client
    from wijktwin.sources.fetching.services import read_services

    services = read_services(options.services)
    state = usable_state_folder(options.state or places.state_folder())
    wanted = fetch.Wanted(
        code=options.wijk, box=options.bbox, street=options.around, radius=options.radius or 0.0, tallest_plan=options.tallest
    )
    telling = Telling(sys.stderr)
    try:
        with Client(progress=telling) as client:
            fetched = fetch.fetch_neighbourhood(wanted, options.out, services=services, client=client, state=state, progress=telling)
    finally:
        telling.close()
    _say_what_came(fetched)
    return DONE


def prepare_neighbourhood(options: argparse.Namespace) -> int:
    """``wijktwin prepare``: the same from files."""
    if options.wijk is not None and options.area is None:
        raise InputError("command.usage", reason="--wijk needs the file of --area", command="wijktwin prepare")
    from wijktwin.sources.fetching.area import area_of_file
    from wijktwin.sources.fetching.prepare import prepare_neighbourhood as prepare

    area = None if options.area is None else area_of_file(options.area, code=options.wijk)
    _say_what_came(prepare(options.files, options.context, options.out, area=area, crs=options.crs))
    return DONE


def _say_what_came(fetched: Fetched) -> None:
    print(
        f"{fetched.name}: {fetched.n_buildings:,} buildings, {fetched.n_halo:,} around it, {fetched.n_ground:,} pieces of ground, "
        f"{fetched.n_trees:,} trees, {fetched.n_addresses:,} addresses, {fetched.n_streets:,} pieces of street."
    )
    if fetched.reach.is_capped:
        reach = fetched.reach
        print(f"Shadows from farther than {reach.radius:,.0f} m are not seen, though {reach.tallest:.0f} m of height would throw them.")
    print(f"Open it: wijktwin run --data {fetched.folder}")


def _box(text: str) -> tuple[float, float, float, float]:
    parts = [_number(part, "four numbers: west, south, east, north in metres") for part in text.split(",")]
    if len(parts) != 4:
        message = f"{text!r} is not four numbers: west, south, east, north in metres"
        raise argparse.ArgumentTypeError(message)
    return parts[0], parts[1], parts[2], parts[3]


def _radius(text: str) -> float:
    number = _number(text, "a distance in metres")
    if number < SMALLEST_RADIUS:
        message = f"{text!r} is not a distance of {SMALLEST_RADIUS:g} metres or more"
        raise argparse.ArgumentTypeError(message)
    return number


def _height(text: str) -> float:
    number = _number(text, "a height in metres")
    if not 0.0 <= number <= HIGHEST_PLAN:
        message = f"{text!r} is not a height from 0 to {HIGHEST_PLAN:g} metres"
        raise argparse.ArgumentTypeError(message)
    return number


def _number(text: str, what: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        message = f"{text!r} is not {what}"
        raise argparse.ArgumentTypeError(message)
    return number
