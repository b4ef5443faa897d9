"""Reading the data once before a server is started for it, in a process apart: the command itself stays small, whatever it starts."""

from __future__ import annotations

import multiprocessing
import signal
import warnings
from multiprocessing.connection import Connection
from pathlib import Path

from wijktwin.errors import InputError, WijktwinError


def prepare(data: Path, *, state: Path, crs: str | None) -> None:
    """Refuse data that cannot be shown; what can be shown is prepared, so that the server reopens it in a moment.

    Parameters
    ----------
    data
        A CityJSON file or a neighbourhood folder.
    state
        The prepared copy lies below it.
    crs
        Reference system for a file that states none.

    Raises
    ------
    WijktwinError
        The data cannot be used, or reading it took more memory than there is.
    """
    apart = multiprocessing.get_context("spawn")
    receiving, sending = apart.Pipe(duplex=False)
    reader = apart.Process(target=_read, args=(data, state, crs, sending), daemon=True)
    reader.start()
    sending.close()
    try:
        fault = receiving.recv()
    except EOFError:  # killed by the system, most likely for the memory that it took
        fault = InputError("command.out_of_memory")
    finally:
        reader.kill()
        reader.join()
    if fault is not None:
        raise fault


def _read(data: Path, state: Path, crs: str | None, answer: Connection) -> None:
    """In the process apart: answer with what is wrong, or with None."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the command, which ends us
    warnings.simplefilter("ignore")
    try:
        from wijktwin.sources.prepared import open_neighbourhood

        open_neighbourhood(data, state_dir=state, crs=crs)
    except WijktwinError as error:
        answer.send(error)
    except MemoryError:
        answer.send(InputError("command.out_of_memory"))
    except Exception as error:  # noqa: BLE001 - the command tells it as a fault of ours
        answer.send(WijktwinError("command.fault", reason=f"{type(error).__name__}: {error}"))
    else:
        answer.send(None)
