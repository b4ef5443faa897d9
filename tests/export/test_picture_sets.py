"""Sets of pictures: places that see the plan, what is kept, what fails, what is stopped."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from PIL import Image

from layers.terrain import build_terrain
from tests.layers.small_town import small_town, tower
from wijktwin.errors import InputError
from wijktwin.export.contact_sheet import CELL, Cell, Thumbnails, contact_sheet
from wijktwin.export.drawn import Shot
from wijktwin.export.home_views import home_views
from wijktwin.export.packs import council_pack, scenarios_of, shadow_moments, shadow_set
from wijktwin.export.papers import Size
from wijktwin.export.perspective import MapView
from wijktwin.export.sets import INDEX, Job, make_set, read_index, zipped
from wijktwin.export.standpoints import Lookout, Side, _seeing
from wijktwin.export.stills import NoDrawingError
from wijktwin.export.telling import Teller
from wijktwin.impacts.progress import CancelledError
from wijktwin.model.scenario import Scenario


def job(name: str, made: list[str], *, key: str = "1", fails: Exception | None = None) -> Job:
    def make() -> bytes:
        if fails is not None:
            raise fails
        made.append(name)
        return name.encode()

    return Job(name, key, make)


def test_what_is_there_is_kept_and_what_changed_is_made_again(tmp_path: Path) -> None:
    made: list[str] = []
    make_set([job("a.png", made), job("b.png", made)], tmp_path)
    again = make_set([job("a.png", made), job("b.png", made, key="2"), job("c.png", made)], tmp_path)
    assert made == ["a.png", "b.png", "b.png", "c.png"]
    assert again.kept == ("a.png",)
    assert [path.name for path in again.files] == ["a.png", "b.png", "c.png"]
    assert read_index(tmp_path) == {"a.png": "1", "b.png": "2", "c.png": "1"}
    (tmp_path / "a.png").unlink()
    (tmp_path / INDEX).write_text("no json")
    assert make_set([job("a.png", made)], tmp_path).kept == ()
    assert zipfile.ZipFile(io.BytesIO(zipped(again.files))).namelist() == ["a.png", "b.png", "c.png"]
    assert not list(tmp_path.glob("*.part"))


def test_one_that_fails_does_not_lose_the_rest(tmp_path: Path) -> None:
    made: list[str] = []
    bad = InputError("stills.no_streets", name="X")
    done = make_set(
        [job("a.png", made), job("b.png", made, fails=bad), job("c.png", made, fails=ValueError()), job("d.png", made)], tmp_path
    )
    assert made == ["a.png", "d.png"]
    assert [(each.name, each.error) for each in done.failures] == [("b.png", bad), ("c.png", None)]
    assert json.loads((tmp_path / INDEX).read_text()) == {"a.png": "1", "d.png": "1"}
    with pytest.raises(NoDrawingError):
        make_set([job("e.png", made, fails=NoDrawingError("stills.no_drawing", reason="-"))], tmp_path)
    stops = job("f.png", made, fails=NoDrawingError("stills.no_drawing", reason="-"))
    later = make_set([job("g.png", made), stops, job("h.png", made)], tmp_path)
    assert [path.name for path in later.files] == ["g.png", "h.png"], "it drew before: what stopped at one picture is begun again"
    assert [each.name for each in later.failures] == ["f.png"]
    with pytest.raises(InputError):
        make_set([job("a.png", made)], tmp_path / "a.png")


def test_it_can_be_stopped_and_goes_on_from_there(tmp_path: Path) -> None:
    made: list[str] = []

    def stop(done: int, _total: int, _name: str) -> None:
        if done == 2:
            raise CancelledError

    jobs = [job(f"{name}.png", made) for name in "abcd"]
    with pytest.raises(CancelledError):
        make_set(jobs, tmp_path, report=stop)
    assert make_set(jobs, tmp_path).kept == ("a.png", "b.png")
    assert made == ["a.png", "b.png", "c.png", "d.png"]


def test_places_on_streets_see_the_plan_and_stand_on_their_side() -> None:
    scenario = Scenario(small_town(), frozenset([tower()]))
    lookout = Lookout([scenario], build_terrain(scenario.neighbourhood))
    found = lookout.on_streets()
    assert found
    middle = lookout.plan.centroid
    outlines = [outline for outline in scenario.neighbourhood.buildings.footprints if outline is not None]
    for one in found:
        assert one.is_seen
        assert one.side is not None
        across, along = one.x - middle.x, one.y - middle.y
        assert max(abs(across), abs(along)) == {Side.NORTH: along, Side.SOUTH: -along, Side.EAST: across, Side.WEST: -across}[one.side]
        assert shapely.distance(shapely.Point(one.x, one.y), shapely.union_all(outlines)) >= 1.5
        assert one.distance >= 25.0
        assert one.share_in_leaf <= one.share
        again = lookout.looked_at(one.x, one.y, where=one.where)
        assert again.share == pytest.approx(one.share)


def test_trees_that_a_plan_fells_stand_in_nobodys_view() -> None:
    trees = small_town().tree_table
    assert trees is not None
    ground = build_terrain(small_town())
    bare = replace(tower(), felled=frozenset(), planted=())
    kept, felled = (
        Lookout([Scenario(small_town(), frozenset([replace(bare, felled=gone)]))], ground)
        for gone in (frozenset(), frozenset(trees["tree_id"]))
    )
    middle = kept.plan.centroid
    places = [(point.x + 0.4 * (point.x - middle.x), point.y + 0.4 * (point.y - middle.y)) for point in trees.geometry]  # behind each tree
    seen = [(kept.looked_at(x, y, where=""), felled.looked_at(x, y, where="")) for x, y in places]
    assert any(before.share_in_leaf < before.share for before, _ in seen)
    assert all(after.share_in_leaf == after.share == before.share for before, after in seen)


def test_a_place_that_sees_little_goes_before_one_that_sees_nothing_however_well_it_lies() -> None:
    shares = np.array([0.0, 0.2, 0.01, 0.05])
    assert _seeing(np.arange(4), shares).tolist() == [1, 3]
    assert _seeing(np.array([0, 2]), shares).tolist() == [0, 2], "where it is seen from nowhere, any place will do"


def test_a_wall_before_the_eye_hides_the_plan() -> None:
    scenario = Scenario(small_town(), frozenset([tower()]))
    lookout = Lookout([scenario], build_terrain(scenario.neighbourhood))
    outline = next(each for each in scenario.neighbourhood.buildings.footprints if each is not None)
    inside = outline.representative_point()
    assert lookout.looked_at(inside.x, inside.y, where="").share == 0.0
    assert lookout.looked_at(inside.x, inside.y, where="", above=300.0).share == 1.0, "over all roofs"


def test_homes_need_consent() -> None:
    with pytest.raises(InputError, match="--homes-consent"):
        home_views(small_town(), ["Dorpsstraat 1"], [tower()], consent=" ")
    with pytest.raises(InputError, match="Nergens 1"):
        home_views(small_town(), ["Nergens 1"], [tower()], consent="de gemeente, vandaag")
    assert home_views(small_town(), [], [], consent="") == []


class Plain:
    """Stills that are one colour, and say how often they were asked."""

    def __init__(self) -> None:
        self.asked: list[Shot] = []

    def draw(self, scenario: Scenario, shot: Shot) -> NDArray[np.uint8]:
        self.asked.append(shot)
        return np.full((*shot.size[::-1], 3), 40 * len(scenario.plans) + 100, dtype=np.uint8)


def test_the_contact_sheet_has_every_moment_and_draws_none_twice() -> None:
    neighbourhood = small_town()
    teller = Teller(neighbourhood, "nl", date(2026, 11, 22))
    shown = scenarios_of(neighbourhood, [tower()], teller)
    assert [each.name.partition("-")[0] for each in shown] == ["today", "proposal"]
    moments = shadow_moments(neighbourhood, 2026)
    assert [f"{moment:%m-%d %H}" for moment in moments][:5] == ["03-21 09", "03-21 12", "03-21 15", "03-21 18", "06-21 09"]
    assert len(moments) == 16
    plain = Plain()
    small = Thumbnails(plain)
    view = MapView(5.33, 52.28, 17.0)
    for each in shown:
        small.draw(each.scenario, Shot(view, (1000, 400), moments[0]))
    cells = [Cell(each.label, each.scenario, moment) for moment in moments for each in shown]
    sheet = np.asarray(Image.open(io.BytesIO(contact_sheet(small, cells, view, teller, title="Schaduw", columns=2))))
    assert len(plain.asked) == 2 * len(moments), "those that were drawn are taken as they are"
    for colour in (100, 140):
        assert abs((sheet == colour).all(axis=2).sum() - len(moments) * CELL[0] * CELL[1]) < 2000


def test_sets_without_a_plan_or_streets_are_refused() -> None:
    neighbourhood = small_town()
    teller = Teller(neighbourhood, "nl", date(2026, 11, 22))
    viewer: object = type("Viewer", (Plain,), {"ground": build_terrain(neighbourhood), "neighbourhood": neighbourhood})()
    with pytest.raises(InputError, match="No plan"):
        council_pack(viewer, scenarios_of(neighbourhood, [], teller), teller, Size.SCREEN)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="No plan"):
        shadow_set(viewer, scenarios_of(neighbourhood, [], teller), teller, Size.SCREEN, year=2026)  # type: ignore[arg-type]
    bare = replace(neighbourhood, street_table=None)
    viewer = type("Viewer", (Plain,), {"ground": build_terrain(bare), "neighbourhood": bare})()
    with pytest.raises(InputError, match="no streets"):
        council_pack(viewer, scenarios_of(bare, [tower()], teller), teller, Size.SCREEN)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="consent"):
        council_pack(viewer, [], teller, Size.SCREEN, homes=[object()])  # type: ignore[arg-type, list-item]
