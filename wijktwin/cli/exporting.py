"""``wijktwin export KIND``: what the page for council and board gives, without a screen.

Each kind is one module, ``wijktwin/cli/export_<kind>.py``, with ``add_arguments(parser)`` for options of its own and ``run(options)``,
which returns the exit code. A module is imported when its kind is asked for and not before.

What every kind gets: ``options.data``, ``options.crs``, ``options.state``, ``options.plan`` and ``options.plans`` (read them with
`wijktwin.cli.opening.scenario_of` or `plans_of`), ``options.out`` (a path as it was typed) and ``options.language``.
"""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import Any, Final, Protocol, TypeVar, cast

from wijktwin.cli.opening import add_data_options, add_plan_options
from wijktwin.errors import LANGUAGES

Parser = TypeVar("Parser", bound=argparse.ArgumentParser)

KINDS: Final = {
    "picture": "one picture, ready for print",
    "pack": "the pictures that a council asks for: four directions, from above, from public places",
    "shadows": "the pictures of the shadows at the usual moments",
    "report": "the report, as PDF",
    "sheets": "paper for an evening: a key map with numbers, a sheet with a code for every street",
    "tables": "the figures with margins and sources, as XLSX or CSV",
    "model": "the model, as CityJSON, GeoPackage, or a page that works without internet",
}


class Kind(Protocol):
    """What a module of one kind has."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Options that only this kind has."""

    def run(self, options: argparse.Namespace) -> int:
        """Make it; the exit code."""


def module_of(kind: str) -> str:
    """The module in which a kind is."""
    return f"wijktwin.cli.export_{kind}"


def add_command(commands: argparse._SubParsersAction[Parser]) -> None:
    """The subcommand and its kinds."""
    export = commands.add_parser("export", help="pictures, papers and data to take home, without a screen", allow_abbrev=False)
    offered = export.add_subparsers(dest="kind", required=True, metavar="KIND", parser_class=_parser_class(type(export)))
    for kind, words in KINDS.items():
        parser = offered.add_parser(kind, help=words, allow_abbrev=False)
        add_data_options(parser)
        add_plan_options(parser)
        parser.add_argument("--out", required=True, metavar="PATH", help="what to write")
        parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0], help="of the words in it (default: nl)")
        parser.set_defaults(act=_run, kind=kind)


def _run(options: argparse.Namespace) -> int:
    return _kind(options.kind).run(options)


def _kind(name: str) -> Kind:
    return cast("Kind", import_module(module_of(name)))


def _parser_class(base: type[argparse.ArgumentParser]) -> type[argparse.ArgumentParser]:
    """A parser that asks its kind for further options once there is something to parse, its help among it."""

    class KindParser(base):  # type: ignore[misc,valid-type]  # the class of the whole command line
        is_complete = False

        def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:  # noqa: ANN401
            if not self.is_complete:
                self.is_complete = True
                _kind(self.get_default("kind")).add_arguments(self)
            found: tuple[Any, list[str]] = super().parse_known_args(args, namespace)
            return found

    return KindParser
