"""Places on streets around what is new: the same as on paper, each on its own side, and for nobody who was not given the name."""

from __future__ import annotations

import math
from functools import cache

import orjson
import pytest
from starlette.applications import Starlette

from layers.prepared import Prepared, prepare
from tests.layers.small_town import low_block, small_town, tower
from tests.ui.asking import ask
from ui import street_views
from ui.serving import NOT_KEPT, routes
from ui.street_views import ROUTE, STREET_VIEWS, VIEWS, StreetViews
from wijktwin.errors import LimitError, NotFoundError
from wijktwin.export.standpoints import BEARINGS, Lookout
from wijktwin.model.scenario import Scenario


@cache
def prepared() -> Prepared:
    return prepare(small_town(), [tower(), low_block()], publish=lambda content, _: f"/{len(content)}")


def planned() -> Scenario:
    return Scenario(small_town(), frozenset({tower()}))


def test_places_are_those_of_the_council_pack_and_look_at_what_is_new() -> None:
    wanted = {str(VIEWS[one.side]): one for one in Lookout([planned()], prepared().terrain).on_streets() if one.side and one.is_seen}
    assert wanted
    service = StreetViews()
    found = orjson.loads(service.places(service.offer([small_town().with_plans(), planned()], prepared(), is_shared=True)))
    assert found.keys() == wanted.keys()
    for name, place in found.items():
        one = wanted[name]
        x, y = prepared().frame.xy(place["longitude"], place["latitude"])
        assert (x, y) == pytest.approx((one.x, one.y), abs=0.01)
        towards = math.degrees(math.atan2(one.towards[0] - x, one.towards[1] - y))
        assert (place["bearing"] - towards + 180) % 360 - 180 == pytest.approx(0, abs=2.5), "map north turns a little from true north"
        side = next(each for each, view in VIEWS.items() if view == name)
        assert abs((towards + 180 - BEARINGS[side] + 180) % 360 - 180) <= 45
        assert place["up"] == one.up


def test_nothing_is_offered_where_nothing_is_built() -> None:
    assert StreetViews().offer([small_town().with_plans()], prepared(), is_shared=True) == ""


def test_a_visitors_own_has_a_name_that_nobody_can_guess() -> None:
    one, other = StreetViews(), StreetViews()
    assert one.offer([planned()], prepared(), is_shared=True) == other.offer([planned()], prepared(), is_shared=True)
    assert one.offer([planned()], prepared(), is_shared=False) != other.offer([planned()], prepared(), is_shared=False)
    with pytest.raises(NotFoundError):
        other.places(one.offer([planned()], prepared(), is_shared=False))


def test_who_asks_while_many_wait_is_asked_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    service = StreetViews()
    name = service.offer([planned()], prepared(), is_shared=True)
    monkeypatch.setattr(street_views, "MOST_WAITING", 0)
    with pytest.raises(LimitError):
        service.places(name)
    monkeypatch.undo()
    kept = service.places(name)
    monkeypatch.setattr(street_views, "MOST_WAITING", 0)
    assert service.places(name) == kept, "what is known is given all the same"


def test_the_route_gives_them_once_they_are_offered() -> None:
    app = Starlette(routes=routes())
    assert ask(app, f"{ROUTE}/nobody").status == 404
    answer = ask(app, f"{ROUTE}/{STREET_VIEWS.offer([planned()], prepared(), is_shared=True)}")
    assert (answer.status, answer.headers["cache-control"]) == (200, NOT_KEPT)
    assert set(orjson.loads(answer.body)) <= {str(view) for view in VIEWS.values()}
