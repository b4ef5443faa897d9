"""The file that a command writes: looked at before anything is computed, and then whole or as it was."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from wijktwin.cli.opening import say
from wijktwin.errors import InputError

STANDARD_OUTPUT: Final = "-"


def check_target(target: str, *, ending: str = "", command: str = "") -> None:
    """Refuse, before anything is computed, a place where no file can be written.

    Parameters
    ----------
    ending
        How the name of such a file ends, where there is one kind only; ``command`` makes it.

    Raises
    ------
    InputError
        The target is a folder, lies in a folder that is not there, or is called like another kind of file.
    """
    if target == STANDARD_OUTPUT:
        return
    path = Path(target)
    if ending and path.suffix.lower() != ending and not path.is_dir():
        raise InputError("command.usage", reason=f"{target} does not end in {ending}, which is what is made", command=command)
    if path.is_dir():
        raise InputError("tables.target_is_a_folder", source=target)
    if not path.parent.is_dir():
        raise InputError("tables.no_folder_for_target", source=target, folder=path.parent)


def write_target(content: bytes, target: str) -> None:
    """The whole content, to standard output where the target is ``-``, or the file as it was.

    Raises
    ------
    InputError
        The file cannot be written.
    """
    if target == STANDARD_OUTPUT:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    from wijktwin.sources.whole_files import write_whole

    try:
        write_whole(Path(target), content)
    except OSError as error:
        raise InputError("tables.cannot_write_file", source=target, reason=error.strerror or type(error).__name__) from error
    say(f"{target}: {len(content):,} bytes.")
