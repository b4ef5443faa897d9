"""What is told when two answers about shade are compared: known answers, known shares. Solweig itself is not here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import solweig_comparison
from benchmarks.solweig_comparison import BOX, CELL, ENVIRONMENT, _compared, _exact, _suns, measure
from benchmarks.sun_boxes import prisms

AREA = np.array([BOX[0, 0, :2] - 20.0, BOX[0, 1, :2] + 20.0])


def test_without_an_interpreter_nothing_is_compared_and_it_says_how(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    told = measure(python=None, tell=lambda _sentence: None)
    assert told.scenes == {}
    assert ENVIRONMENT in told.as_text()
    assert "GPL" in told.as_json()["skipped"]


def test_cells_that_differ_are_counted_with_how_far_they_are_from_an_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    suns = _suns()[1:3]
    n = round((AREA[1, 0] - AREA[0, 0]) / CELL)
    xs = AREA[0, 0] + CELL * (np.arange(n) + 0.5)
    x, y = (each.ravel() for each in np.meshgrid(xs, xs[::-1]))
    exact = _exact(BOX, np.column_stack([x, y, np.full(len(x), 0.01)]), suns).reshape(2, n, n)
    far_from_it = exact.copy()
    far_from_it[:, -1, 0] = True  # the south-west corner, where the sun always is
    for answer, wrong in ((exact, 0), (far_from_it, 2)):
        monkeypatch.setattr(solweig_comparison, "_theirs", lambda *_asked, answer=answer: (answer, 1.0, "none"))
        told, version = _compared(Path("nowhere"), prisms(BOX), AREA, 0.0, suns, boxes=BOX)
        cells = n * n - 400
        assert (told.cells, told.moments, version, told.ours_wrong) == (cells, 2, "none", 0.0)
        share = pytest.approx(100.0 * wrong / (2 * cells))
        assert [told.differ, told.beyond_edge, told.shade_added, told.solweig_wrong] == [share] * 4
        assert told.shade_missed == 0.0
        assert (told.farthest > 20.0) == bool(wrong)
        assert told.shaded == pytest.approx(100.0 * (exact.sum() - 2 * 400) / (2 * cells), abs=0.5)
