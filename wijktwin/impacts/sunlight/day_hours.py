"""The hours of sun on the ground of any day, as a map shows them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from wijktwin.impacts.sunlight.on_ground import GroundHours, hours_on
from wijktwin.impacts.sunlight.tree_figures import hours_with_trees

if TYPE_CHECKING:
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.impacts.sunlight.desk import Sunlight, SunlightDesk


def hours_of_day(desk: SunlightDesk, ready: Sunlight, day: date, *, in_trees: bool, assumptions: Assumptions) -> GroundHours:
    """The hours of one day, trees counted or not.

    Parameters
    ----------
    ready
        What was computed of the scenario, at this desk.
    """
    if day in ready.ground.days and not in_trees:
        return ready.ground.hours(day)
    study, spacing = desk.ground_on(day), ready.ground.spacing
    if in_trees:
        return hours_with_trees(study, ready.scenario, day, spacing=spacing, assumptions=assumptions)
    return hours_on(study, ready.scenario, day, spacing=spacing)
