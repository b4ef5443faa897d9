"""What a visit is made of; what is done with it is in `ui.state`."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Final

from ui.text import DEFAULT_LANGUAGE

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from layers.deck import Picked
    from ui import cache
    from wijktwin.errors import Language, WijktwinError
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario

NOW: Final = ""
"""Stands for none of the plans: the neighbourhood as it is."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A plan that could not be switched on: why, and which plans would have to go for it."""

    why: WijktwinError
    wanted: str
    instead_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """Where the camera was asked to fly: to a thing, or to a place in real coordinates; once for every ``key``.

    Parameters
    ----------
    height
        Of what stands in a place, above the ground; None where nobody knows. [m]
    """

    where: Picked | BaseGeometry
    key: str
    height: float | None = None


@dataclass(frozen=True, slots=True)
class World:
    """What this visitor looks at.

    Parameters
    ----------
    plans
        Every plan that this visitor may know of, by id; the visitor's own among them.
    is_own
        The neighbourhood is a file of the visitor's, seen by nobody else.
    """

    neighbourhood: Neighbourhood
    plans: Mapping[str, Plan]
    shown: cache.Published
    is_own: bool = False

    @property
    def offered(self) -> list[Plan]:
        """Every plan that is not withdrawn."""
        return [plan for plan in self.plans.values() if not plan.is_withdrawn]


class Origin(StrEnum):
    """Where something was selected: its card is shown there."""

    SCENE = "scene"
    LIST = "list"
    STREET = "street"


@dataclass
class Visit:
    """One visitor's session."""

    language: Language = DEFAULT_LANGUAGE
    plan_ids: frozenset[str] = frozenset()
    own_plans: dict[str, Plan] = field(default_factory=dict)
    own_neighbourhood: Neighbourhood | None = None
    set_aside: tuple[frozenset[str], dict[str, Plan]] = (frozenset(), {})
    selected: Picked | None = None
    selected_in: Origin = Origin.SCENE
    target: Target | None = None
    n_flights: int = 0
    street: str | None = None
    refusal: Refusal | None = None
    unknown_plans: tuple[str, ...] = ()
    lost_plans: tuple[str, ...] = ()
    lost_file: str = ""
    sent: dict[str, int] = field(default_factory=dict)
    has_heard_tab: bool = False
    moment: str = ""
    compared: tuple[str, str] | None = None
    point: tuple[float, float] | None = None
    spot: tuple[float, float] | None = None
    n_uploads: int = 0
    scenarios: dict[tuple[object, ...], Scenario] = field(default_factory=dict)
    figures: dict[str, tuple[Assessment, ...]] = field(default_factory=dict)
    conflicts: dict[frozenset[str], bool] = field(default_factory=dict)
    token: str = field(default_factory=partial(secrets.token_hex, 8))
    n_runs: int = 0
    n_entries: int = 0
    written: dict[str, str] = field(default_factory=dict)
