"""What `wijktwin export pack` and `wijktwin export shadows` have in common: plans, a studio, progress, and what came of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from wijktwin import clock_times
from wijktwin.cli.collecting import Telling
from wijktwin.cli.export_picture import add_picture_options, public_address, size_of
from wijktwin.cli.opening import opened, plans_beside, plans_of, say
from wijktwin.cli.targets import STANDARD_OUTPUT, check_target, write_target

if TYPE_CHECKING:
    from layers.stills import Studio
    from wijktwin.export.packs import Shown
    from wijktwin.export.papers import Size
    from wijktwin.export.sets import Job
    from wijktwin.export.telling import Teller
    from wijktwin.model.plan import Plan

DONE: Final = 0
SOME_FAILED: Final = 1
ARCHIVE: Final = ".zip"


@dataclass(frozen=True)
class Ready:
    """Everything from which a set is made."""

    studio: Studio
    plans: Sequence[Plan]
    shown: Sequence[Shown]
    teller: Teller
    size: Size


def add_set_options(parser: argparse.ArgumentParser) -> None:
    """Options of every set. Without plans all of the folder beside the data are shown, each by itself."""
    add_picture_options(parser)
    parser.epilog = "Without --plan or --plans every plan beside the data is shown that builds something, each by itself beside today."


def prepared(options: argparse.Namespace) -> Ready:
    """Read the data, and make the geometry ready; a file that cannot be written is refused before."""
    if options.out == STANDARD_OUTPUT or options.out.endswith(ARCHIVE):
        check_target(options.out)
    public = public_address(options)
    from layers.stills import Studio
    from ui.sheet_legend import all_legends
    from wijktwin.export.packs import scenarios_of
    from wijktwin.export.telling import Teller

    neighbourhood = opened(options)
    plans = plans_of(options, neighbourhood) or list(plans_beside(options, neighbourhood))
    teller = Teller(neighbourhood, options.language, clock_times.today(), public)
    shown = scenarios_of(neighbourhood, plans, teller)
    studio = Studio.of(neighbourhood, plans)
    legends = all_legends([each.scenario for each in shown], studio.prepared, options.language)
    return Ready(studio, plans, shown, replace(teller, legend=legends), size_of(options))


def write_set(jobs: Sequence[Job], out: str) -> int:
    """Make the files in the folder that was named, or beside an archive of that name; what failed is told.

    Standard output (``-``) gets the archive, and nothing is left on the disk.
    """
    if out != STANDARD_OUTPUT:
        return _write(jobs, Path(out.removesuffix(ARCHIVE)), out)
    with TemporaryDirectory() as folder:
        return _write(jobs, Path(folder), out)


def _write(jobs: Sequence[Job], folder: Path, out: str) -> int:
    from wijktwin.export.sets import make_set, zipped
    from wijktwin.sources.fetching.progress import Step

    telling = Telling(sys.stderr)

    def report(done: int, total: int, name: str) -> None:
        telling(Step(name or "pictures", done=done, total=total, is_finished=done == total))

    try:
        made = make_set(jobs, folder, report=report)
    finally:
        telling.close()
    for failure in made.failures:
        say(f"{failure.name}: {failure.error.sentence('en') if failure.error else 'could not be made'}")
    if made.kept:
        say(f"{len(made.kept)} of {len(made.files)} were there already.")
    if out == STANDARD_OUTPUT or out.endswith(ARCHIVE):
        write_target(zipped(made.files), out)
    else:
        say(f"{folder}: {len(made.files)} pictures.")
    return SOME_FAILED if made.failures else DONE
