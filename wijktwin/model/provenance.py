"""Where a figure or a dataset comes from, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wijktwin.errors import Language


class Kind(StrEnum):
    """How a figure came about. No figure reaches a screen without it."""

    MEASURED = "measured"
    """Read from a register or a survey (BAG, AHN point cloud, a count)."""
    CALCULATED = "calculated"
    """Computed by a stated method from measured or given data."""
    ASSUMED = "assumed"
    """Chosen, because nobody measured or stated it."""
    STATED = "stated"
    """Said by whoever made the plan or the claim; not checked by us."""


@dataclass(frozen=True, slots=True)
class Source:
    """A dataset or document with its owner.

    Parameters
    ----------
    title, owner
        What it is and whose it is: "3D BAG", "tudelft3d and 3DGI".
    vintage
        Reference date (peildatum): an ISO date, a month or a year; None when nobody says.
    licence
        SPDX identifier or a plain name.
    version
        Release of the dataset, for example "v20250903".
    fictional
        True for everything that our own generator made up.
    subjects
        What it is the source of: any of "buildings", "ground", "trees", "addresses", "streets", "destinations", "parking_counts"; empty:
        of everything it came with.
    """

    title: str
    owner: str
    vintage: str | None = None
    licence: str | None = None
    url: str | None = None
    version: str | None = None
    fictional: bool = False
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LocalText:
    """A text of somebody else's in one or both languages; Dutch first."""

    nl: str
    en: str = ""

    def in_language(self, language: Language) -> str:
        """The text in the asked language, or in the other one where it was not translated."""
        return (self.en or self.nl) if language == "en" else (self.nl or self.en)

    @staticmethod
    def from_value(value: str | Mapping[str, str]) -> LocalText:
        """From a plain string or a table with the keys ``nl`` and ``en``."""
        if isinstance(value, str):
            return LocalText(nl=value)
        return LocalText(nl=value.get("nl", ""), en=value.get("en", ""))
