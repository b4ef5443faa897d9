"""What follows from another number of storeys: dwellings in proportion, and the change in words."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from wijktwin.errors import LANGUAGES, Figure, Language, Note
from wijktwin.model.plan import Dwellings, Plan, Use, Volume
from wijktwin.model.provenance import Kind, LocalText

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

DWELLING_USES: Final = frozenset({Use.DWELLING, Use.MIXED, ""})
"""Uses of volumes that dwellings can be in; "" because many plans do not say."""
MIN_DISTANCE: Final = 0.05
"""Shorter moves are not told. [m]"""


def rescaled_dwellings(base: Plan, volumes: Sequence[Volume]) -> tuple[Dwellings, ...]:
    """The dwellings of a plan in proportion to what is left of its volumes, marked assumed where they changed.

    Dwellings of one volume follow its storeys above ground (its height, where storeys are not known). Dwellings that the plan
    states for the whole follow the volumes that dwellings can be in and that have none of their own, each by its share of floor area.
    Numbers are whole, and their sum is the rounded sum: what rounding down leaves goes to the largest fractions.
    """
    now = {volume.volume_id: volume for volume in volumes}
    shares = {volume.volume_id: _share(volume, now.get(volume.volume_id)) for volume in base.volumes}
    whole = _share_of_whole(base, shares)
    wanted = [whole if row.volume_id is None else shares.get(row.volume_id, 1.0) for row in base.dwellings]
    changed = [at for at, share in enumerate(wanted) if share != 1.0]
    counts = dict(zip(changed, _whole([base.dwellings[at].count * wanted[at] for at in changed]), strict=True))
    return tuple(replace(row, count=float(counts[at]), kind=Kind.ASSUMED) if at in counts else row for at, row in enumerate(base.dwellings))


def _whole(counts: Sequence[float]) -> list[int]:
    """Whole numbers whose sum is the rounded sum (largest remainders; the first of equals)."""
    exact = [round(count, 9) for count in counts]
    whole = [math.floor(count) for count in exact]
    n_left = math.floor(sum(exact) + 0.5) - sum(whole)
    for at in sorted(range(len(exact)), key=lambda at: whole[at] - exact[at])[:n_left]:
        whole[at] += 1
    return whole


def _share(original: Volume, current: Volume | None) -> float:
    """How much of a volume is left above ground; more than 1 where it grew."""
    if current is None:
        return 0.0
    if original.storeys and current.storeys:
        return current.storeys / original.storeys
    before, after = (volume.height - max(volume.base, 0.0) for volume in (original, current))
    return after / before if before > 0 else 1.0


def _share_of_whole(base: Plan, shares: Mapping[str, float]) -> float:
    with_rows = {row.volume_id for row in base.dwellings}
    possible = [volume for volume in base.volumes if volume.use in DWELLING_USES and not volume.is_below_ground]
    chosen = [volume for volume in possible if volume.volume_id not in with_rows] or possible
    weights = _floor_areas(chosen)
    total = sum(weights)
    if total <= 0 or all(shares[volume.volume_id] == 1.0 for volume in chosen):
        return 1.0
    return sum(weight * shares[volume.volume_id] for weight, volume in zip(weights, chosen, strict=True)) / total


def _floor_areas(volumes: Sequence[Volume]) -> list[float]:
    """Floor areas as stated, else by storeys, else by height: one measure for all of them."""
    stated = [volume.floor_area for volume in volumes]
    if all(area is not None for area in stated):
        return [area or 0.0 for area in stated]
    if all(volume.storeys for volume in volumes):
        return [volume.footprint.area * (volume.storeys or 0) for volume in volumes]
    return [volume.footprint.area * (volume.height - max(volume.base, 0.0)) for volume in volumes]


def variant_summary(base: Plan, volumes: Sequence[Volume]) -> LocalText:
    """What a variant does differently, in both languages."""
    now = {volume.volume_id: volume for volume in volumes}
    notes = [note for volume in base.volumes for note in _differences(volume, now.get(volume.volume_id))]

    def told(language: Language) -> str:
        return " ".join(note.sentence(language) for note in notes or [Note("plans.variant_same", plan=base.title)])

    return LocalText(**{language: told(language) for language in LANGUAGES})


def _differences(original: Volume, current: Volume | None) -> Iterable[Note]:
    if current is None:
        yield Note("plans.variant_without", volume=original.title)
        return
    if current.storeys != original.storeys:
        yield Note("plans.variant_other_storeys", volume=original.title, before=original.storeys or "?", after=current.storeys)
    if current.height != original.height:
        yield Note("plans.variant_other_height", volume=original.title, before=Figure(original.height), after=Figure(current.height))
    old, new = original.footprint.centroid, current.footprint.centroid
    if old.distance(new) >= MIN_DISTANCE:
        yield Note("plans.variant_moved", volume=original.title, distance=Figure(round(old.distance(new), 1)))
    drawn = shapely.get_coordinates(original.footprint) - [old.x, old.y]
    if np.abs(shapely.get_coordinates(current.footprint) - [new.x, new.y] - drawn).max() >= MIN_DISTANCE:
        yield Note("plans.variant_turned", volume=original.title)
