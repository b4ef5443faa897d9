"""``python -m benchmarks NAME [--json]``: measure one thing and print it, as JSON or as lines to read."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import orjson


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark that was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", choices=["reading", "peak-of-reading"], help="what to measure")
    parser.add_argument("path", nargs="?", type=Path, help="the file to read (peak-of-reading)")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    parser.add_argument("--repeat", type=int, default=5, help="how often each thing is measured; the median counts")
    given = parser.parse_args(arguments)
    from benchmarks import reading

    if given.name == "peak-of-reading":
        if given.path is None:
            parser.error("peak-of-reading needs the file to read")
        print(reading.peak_of_reading(given.path))
        return 0
    measured = reading.measure(repeat=given.repeat, tell=_nobody if given.json else _standard_error)
    if given.json:
        print(orjson.dumps(measured.as_json()).decode())  # not json: cjio changes how that writes numbers
    else:
        print(measured.as_text())
    return 0


def _standard_error(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _nobody(_sentence: str) -> None:
    return


if __name__ == "__main__":
    sys.exit(main())
