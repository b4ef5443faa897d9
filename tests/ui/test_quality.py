from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tests.model.small_world import small_neighbourhood
from ui.quality import FIT_EDGES, quality
from wijktwin.model.neighbourhood import Neighbourhood

RMSE = [0.05, 0.099, 0.1, 0.25, 0.3, 0.6, 1.0, 7.0, np.nan]


def with_quality() -> Neighbourhood:
    world = small_neighbourhood()
    numbers = dict(world.buildings.numbers) | {
        "roof_fit_rmse": np.array(RMSE),
        "lod": np.array([2.2] * 6 + [1.2, np.nan, np.nan]),
        "point_cloud_year": np.array([2020.0] * 8 + [np.nan]),
    }
    texts = dict(world.buildings.texts) | {"geometry_from": ("solid",) * 7 + ("footprint raised", "none")}
    valid = np.array([True] * 8 + [False])
    flags = dict(world.buildings.flags) | {"is_valid": valid, "is_halo": ~valid}
    codes = ((),) * 8 + (("203", "301"),)
    buildings = dataclasses.replace(world.buildings, numbers=numbers, texts=texts, flags=flags, invalid_codes=codes)
    return dataclasses.replace(world, buildings=buildings)


def test_roof_fit_is_counted_in_classes_whose_lower_end_is_in() -> None:
    fit = quality(with_quality()).roof_fit
    assert fit is not None
    assert fit.counts == (2, 1, 1, 1, 1, 2)
    assert sum(fit.counts) == fit.n_known == 8
    assert len(fit.counts) == len(FIT_EDGES) + 1
    assert fit.median == pytest.approx(np.median(RMSE[:8]))
    assert fit.worst == pytest.approx(np.percentile(RMSE[:8], 95))


def test_what_is_not_known_is_not_made_up() -> None:
    found = quality(small_neighbourhood())
    assert found.roof_fit is None
    assert found.years is None
    assert found.invalid == ()
    assert (found.n_buildings, found.n_halo) == (9, 0)


def test_detail_faults_and_years() -> None:
    found = quality(with_quality())
    world = with_quality()
    told = [(world.buildings.numbers["lod"][row], world.buildings.texts["geometry_from"][row], n) for row, n in found.drawn]
    assert told[0] == (2.2, "solid", 6)
    assert sum(n for *_, n in told) == 9
    assert len(told) == 4
    assert found.invalid == (("b22", ("203", "301")),)
    assert found.years == (2020, 2020)
    assert found.n_halo == 1
