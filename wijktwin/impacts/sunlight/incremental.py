"""What plans change, without computing everything again.

*Added volumes only darken*: a slot is lit with the plans when it is lit without them and no volume stands in the way. Only lit rays
that cross the box of a volume are asked, every two minutes, and only the volumes are asked.

*Demolitions only let sun in*, and only along rays that cross the box of what goes. Dark rays that do are asked again, against what
is left within reach: the height of each building over the tangent of the lowest sun.

Both give bit for bit what computing everything from the beginning gives: the same instants, origins and rays, and Embree's robust
mode, in which the answer to a ray does not depend on what else is in the scene.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

import numpy as np

from wijktwin.impacts.sunlight.crossing import Crossings, Reach, crossings
from wijktwin.impacts.sunlight.light import Light, MaskArray, Mixed
from wijktwin.impacts.sunlight.loops import looked_masks, looked_rays, turning_looks
from wijktwin.impacts.sunlight.places import Points
from wijktwin.impacts.sunlight.possible_sun import halved, is_lit, possible_sun, refined
from wijktwin.impacts.sunlight.rays import RayScene
from wijktwin.impacts.sunlight.solids import Solids
from wijktwin.impacts.sunlight.suns import SLOTS_PER_CLOSE_LOOK, SLOTS_PER_SAMPLE, IndexArray, SunGrid
from wijktwin.model.mesh import BoolArray

T = TypeVar("T")


def with_changes(points: Points, light: Light, solids: Solids, gone: BoolArray, added: Solids, *, n_threads: int = 2) -> Light:
    """Light on the same points when some solids go and others come.

    Parameters
    ----------
    light
        As it is now.
    solids
        Everything that stands now.
    gone
        Which of them go, shape (n_solids,).
    added
        What comes.
    """
    left = relit(points, light, solids, gone, n_threads=n_threads) if gone.any() else light
    return left.without(shaded_by(points, left, added, n_threads=n_threads))


def computed_again(points: Points, grid: SunGrid, solids: Solids, gone: BoolArray, added: Solids, *, n_threads: int = 2) -> Light:
    """The same as `with_changes` from the beginning, from nothing that is kept."""
    left = possible_sun(points, RayScene(solids.corners[~gone[solids.owner]]), grid, n_threads=n_threads)
    return left.without(shaded_by(points, left, added, n_threads=n_threads))


def shaded_by(points: Points, light: Light, added: Solids, *, n_threads: int = 2) -> Mixed:
    """The lit slots that added solids take."""
    if not len(added.corners) or not light.n_points or not light.grid.n_samples:
        return Mixed(np.zeros(0, np.int64), np.zeros(0, np.uint16))
    scene, reach = RayScene(added.corners), Reach.of(points, added.boxes, lowest=light.grid.lowest)

    def one(day: int) -> tuple[IndexArray, IndexArray, MaskArray]:
        return _shaded_on(points, light, scene, crossings(points, light, day, reach, lit=True, step=SLOTS_PER_CLOSE_LOOK))

    found = _each_day(light.grid, one, n_threads)
    sample, point, mask = (np.concatenate([np.asarray(each[at]) for each in found]) for at in range(3))
    return Mixed.of(sample, point, mask.astype(np.uint16), n_points=light.n_points)


def relit(points: Points, light: Light, solids: Solids, gone: BoolArray, *, n_threads: int = 2) -> Light:
    """Light on the same points when some solids go."""
    grid, boxes = light.grid, solids.boxes[gone]
    if not light.n_points or not grid.n_samples:
        return light
    floor = float(points.origins[:, 2].min())
    reach = Reach.of(points, boxes, lowest=grid.lowest)
    scene = RayScene(solids.corners[solids.may_matter(boxes, ~gone, lowest=grid.lowest, floor=floor)[solids.owner]])

    def one(day: int) -> tuple[tuple[IndexArray, IndexArray], tuple[IndexArray, IndexArray]]:
        """Pairs that become lit at the sample, and pairs that change before the next one and are crossed at some slot."""
        sample, point, instants = crossings(points, light, day, reach, lit=False, step=1)
        ask = np.flatnonzero((instants & 1).astype(np.bool_) & ~light.is_lit_at(sample, point))
        lit = ask[is_lit(points, scene, grid, point[ask], grid.samples[sample[ask]])]
        follows = np.flatnonzero(grid.goes_on[sample])
        turning = follows[light.is_lit_at(sample[follows], point[follows]) != light.is_lit_at(sample[follows] + 1, point[follows])]
        return (sample[lit], point[lit]), (sample[turning], point[turning])

    found = _each_day(grid, one, n_threads)
    new, turning = (tuple(np.concatenate([each[at][part] for each in found]) for part in range(2)) for at in range(2))
    bits = light.bits.copy()
    np.bitwise_or.at(bits, (new[0], new[1] >> 3), np.uint8(1) << (new[1] & 7).astype(np.uint8))
    n = max(light.n_points, 1)
    before = new[0] > 0
    again = np.unique(np.concatenate([new[0] * n + new[1], (new[0][before] - 1) * n + new[1][before], turning[0] * n + turning[1]]))
    changed = replace(light, bits=bits, mixed=light.mixed.without(again))
    sample, point = np.divmod(again, n)
    between = grid.goes_on[sample] & (grid.lengths[sample] > 1)
    sample, point = sample[between], point[between]
    state = changed.is_lit_at(sample, point)
    turns = state != changed.is_lit_at(sample + 1, point)
    part = refined(sample[turns], point[turns], state[turns], grid, lambda p, slot: is_lit(points, scene, grid, p, slot))
    return replace(changed, mixed=changed.mixed.joined(Mixed.of(*part, n_points=light.n_points)))


def _shaded_on(points: Points, light: Light, scene: RayScene, crossed: Crossings) -> tuple[IndexArray, IndexArray, MaskArray]:
    """Lit slots that added solids take from pairs whose rays cross their boxes."""
    grid = light.grid
    sample, point, instants = crossed
    begin, length = grid.samples[sample], grid.lengths[sample]
    pair, look, origins, towards = looked_rays(instants, begin, length, point, SLOTS_PER_CLOSE_LOOK, points.origins, grid.towards)
    dark = np.zeros((len(sample), -(-SLOTS_PER_SAMPLE // SLOTS_PER_CLOSE_LOOK) + 1), dtype=np.bool_)
    dark[pair, look] = scene.is_occluded(origins, towards)

    def is_dark(p: IndexArray, slot: IndexArray) -> BoolArray:
        return scene.is_occluded(points.origins[p], grid.towards[slot])

    turning, low, high, state = turning_looks(dark, length, SLOTS_PER_CLOSE_LOOK)
    turns = halved(begin[turning], low, high, point=point[turning], state=state, lit=is_dark)[1]
    mask = looked_masks(dark, length, SLOTS_PER_CLOSE_LOOK, turns) & light.masks(sample, point)
    some = mask != 0
    return sample[some], point[some], mask[some].astype(np.uint16)


def _each_day(grid: SunGrid, one: Callable[[int], T], n_threads: int) -> list[T]:
    days = range(len(grid.days))
    if n_threads == 1:
        return [one(day) for day in days]
    with ThreadPoolExecutor(n_threads) as pool:
        return list(pool.map(one, days))
