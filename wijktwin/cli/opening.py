"""The neighbourhood that a command reads and the plans of its folder: the options that name them, and what is said meanwhile."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wijktwin import places
from wijktwin.cli.server import usable_state_folder
from wijktwin.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario


def add_data_options(command: argparse.ArgumentParser) -> None:
    """Which data, in which reference system, and where what is prepared is kept."""
    command.add_argument(
        "--data", type=Path, metavar="PATH", help="a CityJSON file or a neighbourhood folder (default: the embedded example)"
    )
    command.add_argument("--crs", type=str, metavar="EPSG", help="the CRS of a file that does not state one, for example 28992")
    command.add_argument("--state", type=Path, metavar="DIR", help="the folder for what changes (default: one of this user)")


def add_plan_options(command: argparse.ArgumentParser) -> None:
    """Which plans are switched on: files, or plans of the folder beside the data."""
    command.add_argument(
        "--plan", type=Path, nargs="+", action="extend", default=[], metavar="FILE", help="plan files that are switched on"
    )
    command.add_argument(
        "--plans", nargs="+", action="extend", default=[], metavar="ID", help="plans by identifier, from the folder plans beside the data"
    )


def data_of(options: argparse.Namespace) -> Path:
    """The file or folder that was named, else the embedded example."""
    named: Path | None = options.data
    return places.example_folder() if named is None else named


def opened(options: argparse.Namespace) -> Neighbourhood:
    """The neighbourhood that `add_data_options` names.

    Raises
    ------
    InputError
        There is no such file or folder, or it cannot be read.
    """
    data = data_of(options)
    if not data.exists():
        raise InputError("command.no_such_file", source=data)
    from wijktwin.sources.prepared import open_neighbourhood

    say(f"Reading {data.name} ...")
    return open_neighbourhood(data, state_dir=usable_state_folder(options.state or places.state_folder()), crs=options.crs)


def plan_folder(options: argparse.Namespace) -> Path:
    """The folder of plans beside the data, whether or not it is there."""
    from wijktwin.sources.folder import PLANS

    return data_of(options) / PLANS


def plans_beside(options: argparse.Namespace, neighbourhood: Neighbourhood) -> tuple[Plan, ...]:
    """The plans of the folder beside the data; what is wrong with other files in it is said and does not stop anything."""
    from wijktwin.sources.plan_files import read_plan_folder

    plans, faults = read_plan_folder(plan_folder(options), neighbourhood=neighbourhood)
    for fault in faults:
        say(f"wijktwin: {fault.sentence('en')}")
    return plans


def scenario_of(options: argparse.Namespace) -> Scenario:
    """The neighbourhood of `add_data_options` with all plans of `add_plan_options`; as it is today where none is named.

    Raises
    ------
    InputError
        The data or a plan cannot be read, or the folder has no such plan.
    PlanConflictError
        The plans cannot stand together.
    """
    from wijktwin.model.scenario import Scenario

    neighbourhood = opened(options)
    return Scenario(neighbourhood, frozenset(plans_of(options, neighbourhood)))


def plans_of(options: argparse.Namespace, neighbourhood: Neighbourhood) -> list[Plan]:
    """The plans that `add_plan_options` names, in that order: files first. A file in the folder beside the data is a published one.

    Raises
    ------
    InputError
        A plan cannot be read, or the folder has no such plan.
    """
    from wijktwin.sources.plan_files import published, read_plan

    found: list[Plan] = []
    for path in options.plan:
        plan = read_plan(path, neighbourhood=neighbourhood)
        found.append(published(plan) if path.resolve().parent == plan_folder(options).resolve() else plan)
    return found + named_plans(options, neighbourhood, options.plans)


def named_plans(options: argparse.Namespace, neighbourhood: Neighbourhood, wanted: Sequence[str]) -> list[Plan]:
    """Plans by identifier, from the folder beside the data.

    Raises
    ------
    NotFoundError
        The folder has no such plan.
    """
    if not wanted:
        return []
    by_id = {plan.plan_id: plan for plan in plans_beside(options, neighbourhood)}
    for name in wanted:
        if name not in by_id:
            raise NotFoundError("tables.no_such_plan", name=name, source=plan_folder(options), allowed=", ".join(by_id) or "–")
    return [by_id[name] for name in wanted]


def say(sentence: str) -> None:
    """One line on standard error: standard output is for the answer."""
    print(sentence, file=sys.stderr, flush=True)
