"""Lines of sight that were followed before, kept on the disk: found by everything they follow from.

Only what stands today is kept: of plans nothing goes to the disk.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Final

from wijktwin.impacts.array_store import AnyArray, Arrays, ArrayStore, array_key
from wijktwin.impacts.sunlight.solids import Solids
from wijktwin.impacts.view.first_hits import Sight

FORMAT: Final = "view-1"
"""Changes when what is computed from the same lines changes, or how it is written."""
LARGEST: Final = 1_000_000_000
"""What is kept together; the longest unused goes first. [bytes]"""


def sight_key(sight: Sight, *parts: Solids | AnyArray | str) -> str:
    """Hash of from where one looks, which ways, and everything else that an answer follows from (hex)."""
    told = f"{FORMAT};{version('embreex')};{sight.directions.field};{sight.directions.count};"
    arrays: list[AnyArray] = [sight.points.origins, sight.points.normals, sight.points.sun_above]
    for part in parts:
        if isinstance(part, str):
            told += f"{part};"
        else:
            arrays += [part.corners, part.owner] if isinstance(part, Solids) else [part]
    return array_key(told, arrays)


class ViewStore:
    """A folder of arrays that all have one number for each line of sight.

    Parameters
    ----------
    folder
        As of `ArrayStore`.
    largest
        What is kept together. [bytes]
    """

    def __init__(self, folder: Path, *, largest: int = LARGEST) -> None:
        self._store = ArrayStore(folder, most_bytes=largest, is_compressed=False)

    def arrays(self, key: str, shape: tuple[int, ...], compute: Callable[[], Arrays]) -> Arrays:
        """The arrays of one shape under a key, computed where they are not there yet (`ArrayStore.arrays`)."""

        def is_right(found: Arrays) -> bool:
            return bool(found) and all(each.shape == shape for each in found.values())

        return self._store.arrays(key, compute, is_right=is_right)
