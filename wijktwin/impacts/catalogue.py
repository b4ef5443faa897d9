"""The impacts that there are: one line each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol

from wijktwin.errors import NotFoundError
from wijktwin.impacts import (
    density,
    distance,
    dwellings,
    fair_share,
    green,
    ground,
    heat,
    height,
    nuisance,
    parking,
    reachability,
    traffic,
    trees,
    water,
    wind,
)
from wijktwin.impacts.assumptions import Assumptions, default_assumptions
from wijktwin.impacts.progress import UNHEARD, Progress
from wijktwin.impacts.sunlight import figures as sunlight
from wijktwin.impacts.view import figures as view

if TYPE_CHECKING:
    from wijktwin.impacts.assessment import Assessment, Method
    from wijktwin.model.scenario import Scenario


class Impact(Protocol):
    """What a module of an impact offers."""

    METHOD: Method

    def assess(self, scenario: Scenario, *, assumptions: Assumptions) -> tuple[Assessment, ...]:
        """All its figures."""
        ...


class LongImpact(Impact, Protocol):
    """An impact that takes longer than a page can wait."""

    def assess(self, scenario: Scenario, *, assumptions: Assumptions, progress: Progress = UNHEARD) -> tuple[Assessment, ...]:
        """All its figures; tells how far it is, and ends when it is stopped."""
        ...


IMPACTS: Final[Mapping[str, Impact]] = MappingProxyType(
    {
        "dwellings": dwellings,
        "density": density,
        "height": height,
        "distance": distance,
        "fair_share": fair_share,
        "ground": ground,
        "trees": trees,
        "green": green,
        "heat": heat,
        "water": water,
        "wind": wind,
        "parking": parking,
        "traffic": traffic,
        "reachability": reachability,
        "nuisance": nuisance,
        "sunlight": sunlight,
        "view": view,
    }
)
"""Every impact by name, in the order in which they are shown."""

IN_BACKGROUND: Final[Mapping[str, LongImpact]] = MappingProxyType({"heat": heat, "sunlight": sunlight, "view": view})
"""Those that take longer than a page can wait: computed while visitors look at the others, and kept."""

AT_ONCE: Final = tuple(name for name in IMPACTS if name not in IN_BACKGROUND)
"""Those that a page shows at once."""

NOT_COMPUTED: Final = (
    "wind",
    "through_traffic",
    "road_safety",
    "rain",
    "air_temperature",
    "health",
    "air_quality",
    "road_noise",
    "construction_noise",
    "nature",
    "costs",
)
"""What people ask about and this version does not compute: named beside every set of figures (keys of words)."""


def assess(scenario: Scenario, *, assumptions: Assumptions | None = None) -> tuple[Assessment, ...]:
    """Every figure that is there at once, in a fixed order: of every impact but those `IN_BACKGROUND`.

    Parameters
    ----------
    assumptions
        Another set of choices (`Assumptions.with_values`); by default the one that travels with the project.
    """
    return tuple(figure for name in AT_ONCE for figure in assess_impact(name, scenario, assumptions=assumptions))


def assess_impact(name: str, scenario: Scenario, *, assumptions: Assumptions | None = None) -> tuple[Assessment, ...]:
    """The figures of one impact, however long that takes.

    Raises
    ------
    NotFoundError
        There is no such impact.
    """
    impact = IMPACTS.get(name)
    if impact is None:
        raise NotFoundError("impacts.no_such_impact", name=name, allowed=", ".join(IMPACTS))
    return impact.assess(scenario, assumptions=default_assumptions() if assumptions is None else assumptions)
