"""The command ``wijktwin``: start the server, describe a file, compute figures, fetch or prepare a neighbourhood, build the example.

What a person may have caused is told in one sentence on standard error, with exit code 2; a traceback is never shown unless
``WIJKTWIN_DEBUG=1`` asks for it. This is the one module of the package that may look upstairs, and it does so only in the subcommand
that needs it.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import signal
import stat
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

from wijktwin import __version__, places
from wijktwin.cli.assessing import add_command as add_assess
from wijktwin.cli.checking import add_command as add_check
from wijktwin.cli.collecting import add_commands
from wijktwin.cli.evening import EVERYBODY_HERE, evening_of
from wijktwin.cli.exporting import add_command as add_export
from wijktwin.cli.preparing import prepare
from wijktwin.cli.server import DEFAULT_PORT, HIGHEST_PORT, free_port, serve, usable_state_folder
from wijktwin.cli.words_checking import add_command as add_words
from wijktwin.errors import InputError, WijktwinError

DONE: Final = 0
COULD_NOT: Final = 2
INTERRUPTED: Final = 130
DEBUG_VARIABLE: Final = "WIJKTWIN_DEBUG"
EXAMPLE_MARK: Final = "wijktwin example build"


class SentenceParser(argparse.ArgumentParser):
    """An argument parser that answers a mistake with one sentence instead of the whole usage."""

    def error(self, message: str) -> NoReturn:
        """Refuse what was typed."""
        raise InputError("command.usage", reason=message[:1].upper() + message[1:], command=self.prog)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code: 0 done, 2 could not, 130 interrupted."""
    debug = os.environ.get(DEBUG_VARIABLE, "") not in {"", "0"}
    if not debug:
        warnings.simplefilter("ignore")
    _print_anything()
    try:
        code = _carry_out(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()
    except WijktwinError as error:
        return _say(error)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # `wijktwin info FILE | head` is no fault
        _let_go_of_the_output()
        return DONE
    except MemoryError:
        return _say(InputError("command.out_of_memory"))
    except OSError as error:
        if error.filename is None:
            _let_go_of_the_output()
        return _say(_about_file(error))
    except Exception as error:
        if debug:
            raise
        return _say(WijktwinError("command.fault", reason=f"{type(error).__name__}: {error}"))
    return code


def _carry_out(arguments: Sequence[str] | None) -> int:
    places.open_the_house()
    try:
        options = command_line().parse_args(arguments)
    except SystemExit as leaving:  # --help and --version
        return int(leaving.code or DONE)
    return int(options.act(options))


def command_line() -> argparse.ArgumentParser:
    """The subcommands and their options."""
    parser = SentenceParser(
        prog="wijktwin",
        description="A 3D neighbourhood twin in the browser, in which people look at building plans together.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"wijktwin {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=SentenceParser)

    run = commands.add_parser("run", help="open a neighbourhood in the browser", allow_abbrev=False)
    _add_server_options(run)
    run.add_argument("--address", default="localhost", metavar="A", help="who may connect: localhost (default), or 0.0.0.0 for a network")
    run.set_defaults(act=run_server, evening=False)

    evening = commands.add_parser("evening", help="open it for an evening: a screen in front, phones and tablets", allow_abbrev=False)
    _add_server_options(evening)
    evening.add_argument("--address", default=EVERYBODY_HERE, metavar="A", help="where to listen (default: every network of this computer)")
    evening.add_argument("--public", metavar="URL", help="the address at which phones get here (default: found by itself)")
    evening.add_argument(
        "--silence", type=_silence, metavar="S",
        help=f"after how many seconds without touch a tablet forgets (default: 60; at least {places.SHORTEST_SILENCE})",
    )  # fmt: skip
    evening.set_defaults(act=run_server, evening=True)

    info = commands.add_parser("info", help="describe a CityJSON file", allow_abbrev=False)
    info.add_argument("file", type=Path, metavar="FILE", help="CityJSON or CityJSONSeq, plain or gzipped")
    info.add_argument("--json", action="store_true", help="as one JSON object")
    info.add_argument("--crs", type=_epsg, metavar="EPSG", help="the CRS of a file that does not state one, for example 28992")
    info.set_defaults(act=describe_file)

    add_assess(commands)
    add_check(commands)
    add_export(commands)
    add_words(commands)
    add_commands(commands)

    example = commands.add_parser("example", help="the fictional example neighbourhood", allow_abbrev=False)
    actions = example.add_subparsers(dest="action", required=True, metavar="ACTION", parser_class=SentenceParser)
    build = actions.add_parser("build", help="build an example neighbourhood of any size", allow_abbrev=False)
    build.add_argument("--buildings", type=_count, default=1000, metavar="N", help="about how many buildings (default: 1000)")
    build.add_argument("--seed", type=_seed, default=1, metavar="S", help="the same seed gives the same bytes (default: 1)")
    build.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder to write; made when absent")
    build.set_defaults(act=build_example)
    return parser


def _add_server_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--data", type=Path, metavar="PATH", help="a CityJSON file or a neighbourhood folder (default: the embedded example)"
    )
    command.add_argument("--crs", type=_epsg, metavar="EPSG", help="the CRS of a file that does not state one, for example 28992")
    command.add_argument(
        "--plans", type=Path, metavar="DIR", help="the folder of the plans to publish (default: the folder plans beside the data)"
    )
    command.add_argument("--drafts", action="store_true", help="show plans that are still drafts too")
    command.add_argument("--port", type=_port, metavar="N", help=f"the port of the server (default: {DEFAULT_PORT}; 0: any free one)")
    command.add_argument("--state", type=Path, metavar="DIR", help="the folder for what changes (default: one of this user)")


def describe_file(options: argparse.Namespace) -> int:
    """``wijktwin info``: what a CityJSON file holds."""
    path = _readable_file(options.file)
    from wijktwin.sources.cityjson.info import summarise

    summary = summarise(path, crs=options.crs)
    print(summary.as_json() if options.json else summary.as_text())
    return DONE


def build_example(options: argparse.Namespace) -> int:
    """``wijktwin example build``: the same seed gives the same bytes."""
    from wijktwin.example import build

    _refuse_somebodys_folder(options.out)
    try:
        built = build.build_example(n_buildings=options.buildings, seed=options.seed, out=options.out)
    except OSError as error:
        raise InputError("command.cannot_write", source=options.out, reason=error.strerror or type(error).__name__) from error
    print(f"{built.folder}: {built.n_buildings:,} buildings, {built.n_addresses:,} addresses, {built.n_plans} plans; all of it is made up.")
    return DONE


def _refuse_somebodys_folder(folder: Path) -> None:
    """A build replaces files by name: only in a folder that is new, empty, or holds an earlier build."""
    try:
        if not folder.exists() or not any(folder.iterdir()):
            return
        provenance = folder / "PROVENANCE.md"
        is_earlier_build = provenance.is_file() and EXAMPLE_MARK in provenance.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError("command.cannot_write", source=folder, reason=error.strerror or type(error).__name__) from error
    if not is_earlier_build:
        raise InputError("command.somebodys_folder", source=folder)


def run_server(options: argparse.Namespace) -> int:
    """``wijktwin run`` and ``wijktwin evening``: read the data once, start the server, and say where it is once it answers."""
    signal.signal(signal.SIGTERM, _stop)
    port = free_port(options.address, DEFAULT_PORT if options.port is None else options.port)
    state = usable_state_folder(options.state or places.state_folder())
    data = places.example_folder() if options.data is None else _readable(options.data)
    chosen: dict[str, object] = {places.DATA_VARIABLE: data.resolve(), places.STATE_VARIABLE: state}
    chosen |= {places.PLANS_VARIABLE: _plan_folder(options.plans).resolve()} if options.plans else {}
    chosen |= {places.CRS_VARIABLE: options.crs} if options.crs else {}
    chosen |= {places.DRAFTS_VARIABLE: 1} if options.drafts else {}
    then: list[str] = []
    if options.evening:
        evening = evening_of(options, port)
        chosen, then = chosen | evening.surroundings, evening.sentences
    _print_now("Reading the example neighbourhood ..." if options.data is None else f"Reading {data.name} ...")
    prepare(data, state=state, crs=None if options.crs is None else str(options.crs))
    _print_now("Starting the server ...")
    return serve(chosen, state=state, address=options.address, port=port, say=_print_now, then=then)


def _plan_folder(folder: Path) -> Path:
    if not folder.exists():
        raise InputError("command.no_such_file", source=folder)
    if not folder.is_dir():
        raise InputError("command.not_a_folder", source=folder)
    return folder


def _print_now(sentence: str) -> None:
    print(sentence, flush=True)


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _readable_file(path: Path) -> Path:
    """The path of a file that this user can open; checked first because every reader fails in words of its own."""
    if path.is_dir():
        raise InputError("command.is_a_folder", source=path)
    return _readable(path)


def _readable(path: Path) -> Path:
    try:
        if not stat.S_ISREG(path.stat().st_mode) and not path.is_dir():
            raise InputError("command.is_no_file", source=path)
        if not path.is_dir():
            with path.open("rb"):
                pass
    except OSError as error:
        raise _about_file(error, path) from error
    return path


def _about_file(error: OSError, path: Path | None = None) -> WijktwinError:
    """What the operating system refused, in our own words."""
    source = path if path is not None else error.filename
    if source is None:
        return InputError("command.output_lost", reason=error.strerror or type(error).__name__)
    match error:
        case FileNotFoundError():
            return InputError("command.no_such_file", source=source)
        case IsADirectoryError():
            return InputError("command.is_a_folder", source=source)
        case PermissionError():
            return InputError("command.may_not_read", source=source)
        case _:
            return InputError("command.unreadable", source=source, reason=error.strerror or type(error).__name__)


def _say(error: WijktwinError) -> int:
    print(f"wijktwin: {error.sentence('en')}", file=sys.stderr, flush=True)
    return COULD_NOT


def _print_anything() -> None:
    """A console that knows no "³" gets its answer all the same."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _let_go_of_the_output() -> None:
    """Send what is still waiting nowhere: Python would try once more at its exit, and complain."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _port(text: str) -> int:
    number = _whole(text, "a port")
    if number > HIGHEST_PORT:
        message = f"{text!r} is not a port (0 to {HIGHEST_PORT})"
        raise argparse.ArgumentTypeError(message)
    return number


def _count(text: str) -> int:
    return _at_least(text, 1, "a number of buildings")


def _silence(text: str) -> int:
    return _at_least(text, places.SHORTEST_SILENCE, "a number of seconds")


def _at_least(text: str, least: int, what: str) -> int:
    number = _whole(text, what)
    if number < least:
        message = f"{text!r} is not {what} of {least} or more"
        raise argparse.ArgumentTypeError(message)
    return number


def _seed(text: str) -> int:
    return _whole(text, "a seed: a whole number of 0 or more")


def _epsg(text: str) -> int:
    return _whole(text.upper().removeprefix("EPSG:"), "an EPSG number such as 28992")


def _whole(text: str, what: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        message = f"{text!r} is not {what}"
        raise argparse.ArgumentTypeError(message)
    return int(text)
