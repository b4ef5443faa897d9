"""Views among real buildings: walls are not quite flat, solids touch and some are not closed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from tests.impacts.view.worlds import solids_of
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.sunlight.points import facade_points
from wijktwin.impacts.sunlight.solids import Solids
from wijktwin.impacts.view.directions import Directions, Field
from wijktwin.impacts.view.first_hits import Sight, computed_again, first_hits, with_changes
from wijktwin.impacts.view.standing import Standing
from wijktwin.sources.cityjson import read_city_model
from wijktwin.sources.neighbourhoods import neighbourhood_from

ASSUMPTIONS = default_assumptions()
TILES = {"amersfoort": "3dbag/amersfoort_dehoef_9-572-632_v20250903.city.json", "delft": "3dbag/delft_v20241216.city.json"}


@pytest.mark.parametrize("tile", TILES)
def test_hardly_any_facade_is_behind_its_own_wall_and_plans_give_every_bit(shared_data: Path, tile: str) -> None:
    """Of a thousand places on facades at most four have a third of their view closed by a wall at their own: cracks between solids."""
    place = neighbourhood_from([read_city_model(shared_data / TILES[tile])], name=tile)
    found = facade_points(place, range(0, len(place.buildings), 5), assumptions=ASSUMPTIONS)
    sight, solids = Sight(found.points, Directions(Field.WINDOW, 128)), Standing(place, ASSUMPTIONS).buildings
    now = first_hits(sight, solids)
    assert ((now.distance < 0.05).mean(axis=1) > 1 / 3).mean() <= 0.004
    assert 0.1 < (now.owner >= 0).mean() < 0.5
    gone = np.zeros(len(place.buildings), dtype=np.bool_)
    gone[::11] = True
    middle, low = solids.boxes[:, :, :2].mean(axis=(0, 1)), float(np.median(solids.boxes[:, 0, 2]))
    added: Solids = solids_of(
        (shapely.Point(*middle).buffer(15), low, low + 40.0), (shapely.Point(*(middle + 40)).buffer(9), low, low + 12.0)
    )
    after = with_changes(sight, now, solids, gone, added)
    assert after.n_different(computed_again(sight, solids, gone, added), n_solids=solids.n_solids) == 0
    assert after.n_different(now, n_solids=solids.n_solids) > 0
