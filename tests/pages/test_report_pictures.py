"""A report ordered on the page has the pictures that were asked for."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pikepdf
import pytest

from tests.pages.visiting import TAKE_HOME, elements, press, visit
from ui import take_home_report
from ui.desk import DESK, Listen, NotYet, Parcel
from wijktwin.export.report.material import LegalFrame
from wijktwin.export.stills import Renderer
from wijktwin.impacts.catalogue import assess_impact
from wijktwin.model.scenario import Scenario


def quick(scenarios: Mapping[str, Scenario], _assumptions: object, listen: Listen, *, visitor: str) -> dict[str, Any]:
    """Figures of what a plan brings, and nothing that takes long."""
    listen(0.5)
    return {name: assess_impact("dwellings", scenario) for name, scenario in scenarios.items()}


def test_posters_have_pictures_unless_they_are_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    orders: list[Callable[[Listen], Parcel | NotYet]] = []
    shares: list[float] = []

    def order(_visitor: str, _kind: str, make: Callable[[Listen], Parcel | NotYet]) -> bool:
        orders.append(make)
        return True

    def hear(done: float, total: float = 1.0) -> None:
        shares.append(done / total)

    monkeypatch.setattr(take_home_report, "_figures", quick)
    monkeypatch.setattr(DESK, "order", order)
    monkeypatch.setattr(Renderer, "draw", lambda _self, _drawing, shot: np.full((*shot.size[::-1], 3), 120, dtype=np.uint8))
    visitor = visit(TAKE_HOME, plans="vogeltorens")
    wanted = next(one for one in elements(visitor) if one.type == "checkbox" and one.key == "report_pictures")
    assert wanted.value is True
    visitor.selectbox(key="report_frame").select(LegalFrame.PLAN_CHANGE)
    visitor.radio(key="report_kind").set_value(True)
    visitor.run()
    press(visitor, "report_make")
    visitor.checkbox(key="report_pictures").set_value(False)
    visitor.run()
    press(visitor, "report_make")
    with_pictures, without = (_images(make(hear)) for make in orders)
    assert (with_pictures, without) == (1, 0), "one picture twice is one in the file"
    *first, last = shares
    assert first == sorted(first), "it never goes back"
    assert (max(first) < 1.0, last) == (True, 0.5), "the second has nothing to draw"


def _images(made: Parcel | NotYet) -> int:
    assert isinstance(made, Parcel)
    with pikepdf.open(io.BytesIO(made.content)) as pdf:
        assert len(pdf.pages) == 1
        return sum(isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/Image" for each in pdf.objects)
