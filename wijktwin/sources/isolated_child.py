"""The other side of `wijktwin.sources.isolated`: puts itself under limits, calls one function, writes what came of it."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any, Final

import orjson

from wijktwin.errors import LimitError, WijktwinError
from wijktwin.sources.cityjson.limits import Limits
from wijktwin.sources.isolated import GIVEN, JOB, OUTCOME, PLAN_FUNCTIONS, PROGRESS, RESULT
from wijktwin.sources.opening import megabytes
from wijktwin.sources.told_values import to_json

_FILE_ALLOWANCE: Final = 2_000_000_000
"""Largest file that a child may write. [bytes]"""


ADDRESS_ALLOWANCE: Final = 4
"""How many times the memory that may be used may be asked for: arrays are asked for whole and used in part. The parent watches
what is used; this is for what goes faster than it looks."""


def main(folder: Path) -> int:
    """Do the job that lies in a folder; 0 when an outcome was written."""
    job = orjson.loads((folder / JOB).read_bytes())
    name, limits = job["name"], Limits(**job["limits"])
    module, _, function_name = job["function"].partition(":")
    if not module.startswith(PLAN_FUNCTIONS):
        return 1
    function = getattr(importlib.import_module(module), function_name)  # our own code, loaded before the limits
    _limit_this_process(limits)
    (folder / PROGRESS).touch()
    outcome: dict[str, Any]
    try:
        outcome = {"value": function(folder / GIVEN, folder / RESULT, name=name, limits=limits, **job["arguments"])}
        text = orjson.dumps(outcome, option=orjson.OPT_SERIALIZE_NUMPY)
    except WijktwinError as error:
        text = _error_text(error)
    except MemoryError:
        text = _error_text(LimitError("reading.too_much_memory", source=name, max_mb=megabytes(limits.max_memory_bytes)))
    (folder / OUTCOME).write_bytes(text)
    return 0


def _error_text(error: WijktwinError) -> bytes:
    return orjson.dumps({"error": type(error).__name__, "key": error.key, "values": to_json(error.values)})


def _limit_this_process(limits: Limits) -> None:
    """Address space beyond what is in use now, processor time and file size; nothing on Windows, which has no such limits."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - POSIX only

    seconds = max(1, round(limits.max_seconds))
    _lower(resource.RLIMIT_CPU, seconds, seconds + 5)
    _lower(resource.RLIMIT_FSIZE, _FILE_ALLOWANCE, _FILE_ALLOWANCE)
    _lower(resource.RLIMIT_CORE, 0, 0)
    in_use = _address_space()
    if in_use is not None:
        ceiling = in_use + ADDRESS_ALLOWANCE * limits.max_memory_bytes
        _lower(resource.RLIMIT_AS, ceiling, ceiling)


def _lower(which: int, soft: int, hard: int) -> None:
    """Set a limit, but never above the one that somebody else set already."""
    import resource  # noqa: PLC0415 - POSIX only

    ceiling = resource.getrlimit(which)[1]
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(which, (soft, hard))


def _address_space() -> int | None:
    """Address space in use by this process [bytes]; None where the system does not say (macOS: then only time is limited)."""
    try:
        import resource  # noqa: PLC0415 - POSIX only

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        return pages * resource.getpagesize()
    except (OSError, ValueError):
        return None


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
