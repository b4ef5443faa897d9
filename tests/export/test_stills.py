"""Stills: where things appear, which colours they have, on which side the shade falls, and what is said where nothing can be drawn."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from numpy.typing import NDArray

from layers.cameras import projected
from layers.ground import ground_colour
from layers.stills import Studio
from tests.layers.small_town import SOUTH, WEST, low_block, small_town, tower
from ui.sheet_legend import legend_lines
from wijktwin import appearance
from wijktwin.appearance import Camera, View
from wijktwin.errors import InputError
from wijktwin.export.drawn import Drawing, Faces, Lines, Name, Shot
from wijktwin.export.naming import chosen
from wijktwin.export.perspective import Anchor, Eye, MapView, walking_view
from wijktwin.export.sets import Job, make_set
from wijktwin.export.standpoints import Lookout
from wijktwin.export.stills import NoDrawingError, Renderer
from wijktwin.model.plan import Plan
from wijktwin.model.scenario import Scenario

ANCHOR = Anchor(5.33, 52.28)
SIZE = (640, 400)
MARKED = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 0, 255))
VIEWS = {
    "from above": MapView(5.3302, 52.2801, 18.0),
    "aslant": MapView(5.3302, 52.2803, 17.2, 58.0, -28.0),
    "far to the north": MapView(5.3302, 52.2943, 17.0, 60.0, 140.0),
    "on the ground": walking_view(5.3300, 52.2800, bearing=40.0, up=6.0, eye=1.6),
}


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    found = Renderer()
    yield found
    found.close()


@pytest.fixture(scope="module")
def studio(renderer: Renderer) -> Studio:
    return Studio.of(small_town(), [tower()], renderer=renderer)


def marks(view: MapView) -> NDArray[np.float64]:
    """Places before the eye of a view, in drawn metres, shape (n, 3)."""
    eye = Eye.of(view, ANCHOR)
    right, up, ahead = eye.axes
    away = float(np.linalg.norm(eye.towards - eye.place))
    places = [eye.place + away * (far * ahead + across * right + above * up) for far, across, above in
              ((1.0, 0.0, 0.0), (0.9, 0.2, 0.1), (1.2, -0.3, 0.15), (1.1, 0.25, -0.2))]  # fmt: skip
    return np.array(places) / (1.0, 1.0, eye.upright)


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS.keys())
def test_what_is_drawn_appears_where_it_is_said_to(renderer: Renderer, view: MapView) -> None:
    shot, points = Shot(view, SIZE), marks(view)
    eye = shot.eye(ANCHOR)
    pieces = []
    for number, (point, colour) in enumerate(zip(points, MARKED, strict=True)):
        spread = 0.006 * float(np.linalg.norm(point * (1, 1, eye.upright) - eye.place))
        offsets = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) @ eye.axes[:2] * spread / (1.0, 1.0, eye.upright)
        colours = np.tile(np.array([*colour, 255], dtype=np.uint8), (4, 1))
        corners = (point + offsets).astype(np.float32)
        pieces.append(Faces(f"mark {number} {view}", corners, np.array([[0, 1, 2], [0, 2, 3]], dtype=np.int32), colours))
    pixels = renderer.draw(Drawing(ANCHOR, tuple(pieces)), shot).astype(int)
    for (x, y, _), colour in zip(eye.seen(points, SIZE), MARKED, strict=True):
        rows, columns = np.nonzero(np.abs(pixels - colour).sum(axis=2) < 60)
        assert len(rows) >= 9
        assert abs(columns.mean() + 0.5 - x) < 0.5
        assert abs(rows.mean() + 0.5 - y) < 0.5


def test_the_perspective_is_that_of_the_cameras_of_the_scene() -> None:
    view, camera = VIEWS["aslant"], Camera((0, 0, 1, 1), bearing=-28.0, pitch=58.0)
    eye = Eye.of(view, ANCHOR)
    offsets = np.array([(0, 0, 0), (40, -20, 0), (-60, 35, 12), (10, 80, 60)], dtype=np.float64)
    seen = eye.seen((eye.towards + offsets * (eye.upright, eye.upright, eye.upright)) / (1, 1, eye.upright), (1200, 700))
    expected = projected(offsets, camera, view.scale, 700)
    assert np.abs(seen[:, 0] - 600 - expected[:, 0]).max() < 0.01
    assert np.abs(350 - seen[:, 1] - expected[:, 1]).max() < 0.01


def test_a_picture_of_another_shape_loses_nothing_of_the_screen() -> None:
    view = VIEWS["aslant"]
    ends = Eye.of(view, ANCHOR).seen(marks(view), (1200, 700))
    for size in ((1200, 700), (2400, 1400), (700, 700), (900, 1600), (3000, 700)):
        shot = Shot(view, size)
        seen = shot.eye(ANCHOR).seen(marks(view), size)
        middle = (seen[:, :2] - np.array(size) / 2) / shot.ratio
        assert np.abs(middle - (ends[:, :2] - (600, 350))).max() < 0.01, "the same picture, only more or fewer pixels"
        assert shot.ratio * 1200 <= size[0] + 1e-6


def near(pixels: NDArray[np.uint8], colour: tuple[int, ...], within: int = 3) -> NDArray[np.bool_]:
    """Where a colour is."""
    return np.asarray(np.abs(pixels.astype(int) - colour[:3]).max(axis=2) <= within, dtype=np.bool_)


def test_colours_of_the_legend_are_in_the_picture(studio: Studio) -> None:
    scenario = Scenario(studio.neighbourhood, frozenset([tower()]))
    shot = Shot(studio.view([scenario], View.ABOVE), SIZE)
    pixels = studio.draw(scenario, shot)
    told = {line.words: line for line in legend_lines(scenario, studio.prepared, "nl", has_shade=False)}
    kinds = {"green": "groen", "carriageway": "rijbaan", "pavement": "stoep", "water": "water"}
    for kind, words in kinds.items():
        assert tuple(told[words].fill) == ground_colour(kind)
        assert near(pixels, told[words].fill).sum() > 20, words
    face, edge = appearance.PLAN_FACES["proposal"], appearance.PLAN_EDGES["proposal"]
    roof = appearance.shaded(np.array(face, dtype=np.float64), np.array([[0.0, 0.0, 1.0]]))[0]
    assert near(pixels, tuple(roof.tolist())).sum() > 20
    assert near(pixels, edge, 40).sum() > 20


@pytest.mark.parametrize("plan", [tower(), replace(low_block(), demolishes=frozenset({"house-6", "house-7"}))], ids=["tower", "block"])
def test_every_colour_of_the_legend_is_in_a_picture_with_a_sun(renderer: Renderer, plan: Plan) -> None:
    """Ground and shade have the very colour; walls and roofs that of the legend in the light of the sun; lines their own."""
    found = Studio.of(small_town(), [plan], renderer=renderer)
    scenario = Scenario(small_town(), frozenset([plan]))
    moment = datetime(2026, 3, 21, 15, tzinfo=ZoneInfo("Europe/Amsterdam"))
    sun, shadow = found.shadow(scenario, moment).sun, found.shadow(scenario, moment)
    size = (1280, 800)
    above, south = (found.draw(scenario, Shot(found.view([scenario], view), size, moment)) for view in (View.ABOVE, View.FROM_SOUTH))
    lights = appearance.sunlight(sun.azimuth, sun.altitude)
    facing = np.array([[0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
    looked_for = 0
    for line in legend_lines(scenario, found.prepared, "nl", has_shade=True):
        is_shade = line.words.startswith("schaduw")
        if is_shade and line.words == "schaduw die verdwijnt" and shadow.goes.is_empty:
            continue
        if line.outline is not None:
            assert near(above, line.outline, 24).sum() + near(south, line.outline, 24).sum() > 20, line.words
            looked_for += 1
        elif is_shade or line.words in {"rijbaan", "stoep", "groen", "tuin"}:
            assert near(above, line.seen).sum() > 20, line.words
            looked_for += 1
        elif line.words in {"woningen", "winkels", "gebouw of schuur, gebruik niet bekend"}:
            _, wall = appearance.light_on(facing, lights=lights) * line.fill
            assert near(south, tuple(np.minimum(wall, 255).tolist()), 10).sum() > 20, line.words
            looked_for += 1
    assert looked_for >= 9
    roof, _ = np.minimum(appearance.light_on(facing, lights=lights) * appearance.PLAN_FACES[plan.role.value], 255)
    assert near(above, tuple(roof.tolist()), 2).sum() > 200, "the volume in the light of this sun"
    if plan.demolishes and not plan.felled:
        assert not shadow.goes.is_empty


def test_without_ground_in_the_data_the_legend_shows_shade_on_the_plate(renderer: Renderer) -> None:
    bare = replace(small_town(), key="bare", ground_table=None)
    found, scenario = Studio.of(bare, [tower()], renderer=renderer), Scenario(bare, frozenset([tower()]))
    moment = datetime(2026, 3, 21, 15, tzinfo=ZoneInfo("Europe/Amsterdam"))
    pixels = found.draw(scenario, Shot(found.view([scenario], View.ABOVE), SIZE, moment))
    lines = [line for line in legend_lines(scenario, found.prepared, "nl", has_shade=True) if line.words.startswith("schaduw")]
    assert {line.ground for line in lines} == {appearance.PLATE}
    for line in lines[:2]:
        assert near(pixels, line.seen).sum() > 200, line.words


def test_walls_and_roofs_follow_the_sun_as_in_the_browser(studio: Studio) -> None:
    scenario = Scenario(studio.neighbourhood, frozenset([tower()]))
    plain = {piece.key: piece for piece in studio.drawing(scenario).pieces if isinstance(piece, Faces)}
    for hour in (9, 15):
        moment = datetime(2026, 3, 21, hour, tzinfo=ZoneInfo("Europe/Amsterdam"))
        sun = studio.shadow(scenario, moment).sun
        drawn = [piece for piece in studio.drawing(scenario, moment).pieces if isinstance(piece, Faces)]
        lit_faces = [piece for piece in drawn if piece.key not in plain and not piece.key.startswith("shade/")]
        assert len(lit_faces) >= 3, "houses, what goes, and what is built"
        assert all(piece.facing is None for piece in drawn), "colours are final"
        now = appearance.sunlight(round(sun.azimuth, 1), round(sun.altitude, 1))
        for piece in lit_faces:
            before = plain[piece.key.rpartition("/")[0].rpartition("/")[0]]
            corners = piece.points[piece.triangles].astype(np.float64)
            normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
            normals /= np.linalg.norm(normals, axis=1, keepdims=True)
            expected = before.colours[before.triangles[:, 0], :3] * (
                appearance.light_on(normals, lights=now) / appearance.light_on(normals)
            )
            difference = np.abs(piece.colours[piece.triangles[:, 0], :3] - np.minimum(expected, 255))
            assert np.percentile(difference, 99) <= 1.0, "each in the light that its side gets"
    night = datetime(2026, 12, 22, 3, tzinfo=ZoneInfo("Europe/Amsterdam"))
    assert {piece.key for piece in studio.drawing(scenario, night).pieces if isinstance(piece, Faces)} == set(plain), "as baked"


def test_who_walks_sees_the_upright_corners_of_houses_that_stand(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    town = studio.neighbourhood
    scenario = Scenario(town, frozenset([tower()]))
    drawn: list[Drawing] = []

    class Heard:
        def draw(self, drawing: Drawing, shot: Shot) -> NDArray[np.uint8]:
            drawn.append(drawing)
            return np.zeros((*shot.size[::-1], 3), dtype=np.uint8)

    monkeypatch.setattr(studio, "_renderer", Heard())
    for view in (studio.view([scenario], View.ABOVE), studio.standing(studio.walker_at(WEST, SOUTH - 20.0, towards=(WEST, SOUTH)))):
        studio.draw(scenario, Shot(view, SIZE))
    above, standing = ({piece.key: piece for piece in drawing.pieces} for drawing in drawn)
    assert above.keys() < standing.keys(), "nothing less is drawn"
    lines = [piece for key, piece in standing.items() if key not in above]
    assert all(isinstance(piece, Lines) for piece in lines)
    segments = np.concatenate([piece.segments for piece in lines if isinstance(piece, Lines)]).astype(np.float64)
    assert np.abs(segments[:, 0, :2] - segments[:, 1, :2]).max() < 0.02, "upright"
    goes = scenario.demolished
    stays = [outline for name, outline in zip(town.buildings.building_ids, town.buildings.footprints, strict=True) if name not in goes]
    assert 0 < len(stays) < len(town.buildings)
    corners = np.unique(np.concatenate([np.array(outline.exterior.coords) for outline in stays if outline is not None]), axis=0)
    positions = studio.prepared.frame.positions(np.column_stack([corners, np.zeros(len(corners))]))
    expected = studio.anchor.metres(positions)[:, :2]
    found = segments[:, 0, :2]
    away = np.hypot(*(found[:, None] - expected[None]).transpose(2, 0, 1))
    assert away.min(axis=0).max() < 0.05, "every corner of what stands has its line"
    assert away.min(axis=1).max() < 0.05, "and nothing else: what goes has none"


def test_what_is_told_of_leaves_is_what_the_picture_shows(renderer: Renderer) -> None:
    """Behind trees of known and unknown size: the share that leaves hide, told from lines of sight and counted in pixels."""
    trees = small_town().tree_table
    assert trees is not None
    assert trees["height"].isna().any()
    plan = replace(tower(), felled=frozenset(), planted=())
    scenario = Scenario(small_town(), frozenset([plan]))
    found = Studio.of(small_town(), [plan], renderer=renderer)
    lookout = Lookout([scenario], found.ground)
    middle = lookout.plan.centroid
    hidden = []
    for x, y in [(point.x + 0.6 * (point.x - middle.x), point.y + 0.6 * (point.y - middle.y)) for point in trees.geometry]:
        told = lookout.looked_at(x, y, where="")
        view = found.standing(found.walker_at(x, y, towards=told.towards, up=told.up))
        drawing = found.drawing(scenario, is_level=True)
        solid = [piece for piece in drawing.pieces if isinstance(piece, Faces) and not piece.is_clear]
        pieces = [
            replace(piece, key=f"{piece.key}/plan", colours=np.full_like(piece.colours, 255) * np.array([1, 0, 1, 1], dtype=np.uint8))
            if piece.key in drawing.built else piece
            for piece in solid
        ]  # fmt: skip
        seen = [
            near(renderer.draw(replace(drawing, pieces=tuple(each), names=(), built=frozenset()), Shot(view, SIZE)), (255, 0, 255)).sum()
            for each in (pieces, [piece for piece in pieces if piece.texture is None])
        ]
        hidden.append((1.0 - told.share_in_leaf / told.share, 1.0 - seen[0] / seen[1]))
    told_hidden, seen_hidden = np.array(hidden).T
    assert np.abs(told_hidden - seen_hidden).max() < 0.17, "points lie all around the plan, pixels only where it faces the eye"
    assert np.abs(told_hidden.mean() - seen_hidden.mean()) < 0.1
    assert seen_hidden.min() > 0.15, "leaves do stand before it, of the tree without a size too"


def test_shade_falls_away_from_the_sun_and_covers_what_was_computed(studio: Studio) -> None:
    scenario = Scenario(studio.neighbourhood, frozenset([tower()]))
    view = studio.view([scenario], View.ABOVE)
    bare = studio.draw(scenario, Shot(view, SIZE)).astype(int)
    middles = []
    for hour in (9, 15):
        moment = datetime(2026, 3, 21, hour, tzinfo=ZoneInfo("Europe/Amsterdam"))
        pixels = studio.draw(scenario, Shot(view, SIZE, moment)).astype(int)
        darker = (bare - pixels).sum(axis=2) > 60
        comes = darker & (pixels[..., 2] > pixels[..., 1] + 25)
        assert comes.sum() > 50, "the shade that the plan brings has its own colour"
        middles.append(np.nonzero(comes)[1].mean())
        shadow = studio.shadow(scenario, moment)
        west, east = shadow.comes.bounds[0], shadow.comes.bounds[2]
        foot = scenario.volumes[0][1].footprint.centroid.x
        assert ((west + east) / 2 < foot) == (hour == 9)
    assert middles[0] < middles[1] - 5, "to the west in the morning, to the east in the afternoon"


def test_no_name_of_a_street_lies_over_what_a_plan_builds(studio: Studio) -> None:
    """Nor with its letters between its middle and its ends, where a narrow tower would fit."""
    scenario = Scenario(studio.neighbourhood, frozenset([tower()]))
    shot = Shot(studio.view([scenario], View.PLAN), SIZE)
    drawing = studio.drawing(scenario)
    volume = np.concatenate([piece.points for piece in drawing.pieces if isinstance(piece, Faces) and piece.key in drawing.built])
    middle = (volume.min(axis=0) + volume.max(axis=0)) / 2.0
    eye = shot.eye(studio.anchor)
    ((x, y, _),) = eye.seen(middle[None].astype(np.float64), shot.size)
    for across, is_there in ((-70.0, False), (-35.0, False), (0.0, False), (35.0, False), (-250.0, True)):
        places = middle + np.linspace(-3.0, 3.0, 6001)[:, None] * eye.axes[0] * 100.0
        seen = eye.seen(places, shot.size)
        place = places[np.abs(seen[:, 0] - (x + across)).argmin()]
        name = Name("Aan de Kade", tuple(place.tolist()), 1e6)
        found = chosen(replace(drawing, names=(name,)), shot)
        assert bool(found) == is_there, across
        assert y == pytest.approx(shot.size[1] / 2, abs=shot.size[1] / 2)


def test_what_is_seen_twice_is_handed_over_once(studio: Studio, renderer: Renderer) -> None:
    scenario = Scenario(studio.neighbourhood)
    shot = Shot(studio.view([scenario], View.WHOLE), SIZE)
    first = studio.draw(scenario, shot)
    kept = dict(renderer._kept)
    again = studio.draw(scenario, shot)
    assert renderer._kept == kept
    assert (np.abs(first.astype(int) - again) > 2).mean() < 1e-3


@pytest.mark.exhaustive
def test_where_what_draws_is_ended_one_picture_is_lost_and_no_other(tmp_path: Path) -> None:
    own = Renderer()
    found = Studio.of(small_town(), [tower()], renderer=own)
    scenario = Scenario(small_town(), frozenset([tower()]))
    shot = Shot(found.view([scenario], View.ABOVE), (64, 40))

    def end_it() -> bytes:
        assert own._process is not None
        own._process.kill()
        return found.draw(scenario, shot).tobytes()

    jobs = [Job(name, name, make) for name, make in (
        ("a.png", lambda: found.draw(scenario, shot).tobytes()), ("b.png", end_it), ("c.png", lambda: found.draw(scenario, shot).tobytes()),
    )]  # fmt: skip
    done = make_set(jobs, tmp_path)
    own.close()
    assert [each.name for each in done.failures] == ["b.png"]
    assert [path.name for path in done.files] == ["a.png", "c.png"]
    assert (tmp_path / "a.png").stat().st_size == (tmp_path / "c.png").stat().st_size == 64 * 40 * 3


def test_who_has_nothing_to_draw_with_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    piece = Lines("line", np.zeros((1, 2, 3), dtype=np.float32), (0, 0, 0, 255), 1.0, 0.0)
    found = Renderer()
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(NoDrawingError) as error:
        found.draw(Drawing(ANCHOR, (piece,)), Shot(VIEWS["aslant"], SIZE))
    for language in ("nl", "en"):
        assert "libegl1" in error.value.sentence(language)
        assert "libosmesa6" in error.value.sentence(language)
    with pytest.raises(InputError, match="16384"):
        found.draw(Drawing(ANCHOR, ()), Shot(VIEWS["aslant"], (20_000, 10)))


@pytest.mark.exhaustive
def test_a_machine_without_a_driver_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("__EGL_VENDOR_LIBRARY_FILENAMES", "/nowhere.json")
    monkeypatch.setenv("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")
    found = Renderer()
    with pytest.raises(NoDrawingError, match="libegl1"):
        found.draw(Drawing(ANCHOR, ()), Shot(VIEWS["aslant"], SIZE))
