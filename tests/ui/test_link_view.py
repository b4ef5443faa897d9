"""Where a link looks from: a place of the neighbourhood, no nearer or steeper than the scene allows; and what a tab says of it."""

from __future__ import annotations

import numpy as np
import pytest

from layers.cameras import HIGHEST_ZOOM, LOWEST_ZOOM
from layers.stills import Studio
from tests.layers.small_town import small_town
from ui.link_view import UP, view_of
from ui.take_home_tab import LastView, read_view
from wijktwin.appearance import STEEPEST_PITCH
from wijktwin.errors import InputError
from wijktwin.export.links import LinkTold, Walker, link_to, read_link
from wijktwin.export.perspective import EYE_HEIGHT, Eye, MapView


def test_a_link_gives_the_view_that_it_was_made_of_within_what_the_scene_allows() -> None:
    studio = Studio.of(small_town(), [])
    longitude, latitude = studio.prepared.frame.anchor
    view = MapView(round(longitude, 5), round(latitude, 5), 17.25, 50.5, 130.0)
    link = link_to([], language="nl", time_zone="Europe/Amsterdam", view=view)
    assert view_of(studio, read_link(link)) == view
    seen = view_of(studio, read_link(link), screen=(900.0, 500.0))
    assert seen is not None
    assert (seen.screen_width, seen.screen_height) == (900.0, 500.0)
    for zoom, pitch, kept in ((900.0, 500.0, (HIGHEST_ZOOM, STEEPEST_PITCH)), (-9.0, -9.0, (LOWEST_ZOOM, 0.0))):
        found = view_of(studio, LinkTold(MapView(longitude, latitude, zoom, pitch, 10.0)))
        assert found is not None
        assert (found.zoom, found.pitch) == kept
    walker = Walker(longitude, latitude, 30.0, 4000.0)
    found = view_of(studio, LinkTold(view, walker))
    assert found == studio.standing(Walker(longitude, latitude, 30.0, UP[1])), "who walks sees what they see, not the camera beside"
    assert view_of(studio, LinkTold()) is None
    for elsewhere in (LinkTold(MapView(4.36, 52.01, 17.0)), LinkTold(view, Walker(-120.0, 10.0, 0.0, 0.0))):
        with pytest.raises(InputError, match="Small town does not lie"):
            view_of(studio, elsewhere)


@pytest.mark.parametrize("screen", [(900.0, 500.0), (1440.0, 1100.0), (390.0, 700.0)])
def test_who_walks_stands_in_the_same_place_on_any_screen(screen: tuple[float, float]) -> None:
    studio = Studio.of(small_town(), [])
    longitude, latitude = studio.prepared.frame.anchor
    found = view_of(studio, LinkTold(walker=Walker(longitude, latitude, 171.4, 14.9)), screen=screen)
    assert found is not None
    assert (found.screen_width, found.screen_height) == screen
    eye = Eye.of(found, studio.anchor)
    ground = studio.ground.at(np.array([studio.prepared.frame.xy(longitude, latitude)]))[0] - studio.prepared.frame.reference_ground
    (here,) = studio.anchor.metres(np.array([[longitude, latitude, ground + EYE_HEIGHT]]))
    assert eye.place / (1.0, 1.0, eye.upright) == pytest.approx(here, abs=0.01)


SEEN = {"key": "scene", "view": "5.33113,52.2808,17.5,50,130", "walk": "", "width": 900, "height": 500}


def test_what_a_tab_says_is_read_and_nonsense_is_nothing() -> None:
    found = read_view(SEEN, key="scene")
    assert found == LastView(LinkTold(MapView(5.33113, 52.2808, 17.5, 50.0, 130.0)), (900.0, 500.0))
    walking = read_view(SEEN | {"walk": "5.331,52.28,91,-3.5"}, key="scene")
    assert walking is not None
    assert walking.told.walker == Walker(5.331, 52.28, 91.0, -3.5)
    assert read_view(SEEN, key="scene-of-somebody") is None
    for nonsense in (
        {"view": "5.3,52.2,17.5"}, {"view": 7}, {"view": "5.33113,52.2808,17.5,50,130&plans=x"}, {"view": "1" * 200}, {"walk": None},
        {"walk": "x"}, {"width": -1}, {"height": True}, {"width": None}, {"height": float("nan")},
    ):  # fmt: skip
        assert read_view(SEEN | nonsense, key="scene") is None, nonsense
    nothing: tuple[object, ...] = (None, "scene", 7, [], {})
    assert not any(read_view(told, key="scene") for told in nothing)
