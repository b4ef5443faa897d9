"""A place copied from below a picture gives the same picture: corners of a plan fall where a camera that anyone can work out has them."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from layers.stills import Studio
from tests.layers.small_town import small_town, tower
from ui.link_view import view_from
from wijktwin.cli import main
from wijktwin.crs import to_wgs84
from wijktwin.errors import InputError
from wijktwin.export.drawn import Shot
from wijktwin.export.eye_places import EyePlace, read_eye_place

WIDTH, HEIGHT = 1340, 530
CENTRAL = 5.38720621
"""Central meridian of RD New. [°]"""


def in_the_picture(place: EyePlace, corner: tuple[float, float, float], *, eye: float, lonlat: tuple[float, float]) -> tuple[float, float]:
    """Where a corner falls, by a flat map, an eye in it, and 60 degrees from top to bottom. [px]"""
    convergence = (lonlat[0] - CENTRAL) * math.sin(math.radians(lonlat[1]))
    ahead = math.radians(place.direction - convergence)
    east, north = corner[0] - place.x, corner[1] - place.y
    depth, right = east * math.sin(ahead) + north * math.cos(ahead), east * math.cos(ahead) - north * math.sin(ahead)
    reach = HEIGHT / 2 / math.tan(math.radians(30))
    return WIDTH / 2 + reach * right / depth, HEIGHT / 2 - reach * (corner[2] - eye) / depth


@pytest.mark.parametrize("height", [None, 9.6])
def test_corners_of_a_plan_fall_where_anyone_works_out_that_they_do(height: float | None) -> None:
    town, plan = small_town(), tower()
    studio = Studio.of(town, [plan])
    volume = max(plan.volumes, key=lambda each: each.height)
    x0, y0, x1, y1 = volume.footprint.bounds
    stands = np.array([(x0 + x1) / 2 + 35.0, y0 - 60.0])
    ground = float(studio.ground.at(stands[None])[0])
    eye = ground + 1.6 if height is None else ground + height
    place = EyePlace(float(stands[0]), float(stands[1]), 344.3, None if height is None else eye)
    copied = read_eye_place(place.written[0], float(place.written[1]))
    assert copied == EyePlace(round(place.x, 2), round(place.y, 2), 344.3, None if height is None else round(eye, 2))
    shot = Shot(view_from(studio, copied), (WIDTH, HEIGHT), None)
    corners = [(x, y, z) for x in (x0, x1) for y in (y0, y1) for z in (volume.ground_level, volume.top)]
    seen = shot.eye(studio.anchor).seen(studio.anchor.metres(studio.prepared.frame.positions(np.array(corners))), (WIDTH, HEIGHT))
    longitude, latitude = to_wgs84(stands[None], town.reference_system)[0]
    for corner, (right, down, _) in zip(corners, seen.tolist(), strict=True):
        assert (right, down) == pytest.approx(
            in_the_picture(place, corner, eye=eye, lonlat=(longitude, latitude)), abs=1.0
        )  # deck.gl measures on a sphere: 0.4 % at most


def test_what_is_no_place_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for told in ("151047.70", "151.047,70;476.848,00", "1,2,3,4", "nan,2", "x,y"):
        with pytest.raises(InputError, match=r"no place to look from|geen plek"):
            read_eye_place(told, 0.0)
    with pytest.raises(InputError):
        read_eye_place("1,2", math.inf)
    with pytest.raises(InputError, match="does not lie near the place"):
        view_from(Studio.of(small_town(), []), EyePlace(1.0, 2.0, 3.0))
    assert main(["export", "picture", "--from=1;2", "--out", str(tmp_path / "x.png")]) == 2
    assert "1;2" in capsys.readouterr().err
