"""Shade on request: the moments of a day, names that nobody can guess, and no more kept or waited for than was meant."""

from __future__ import annotations

import gzip
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

import orjson
import pytest
import shapely
from shapely.geometry.base import BaseGeometry
from starlette.applications import Starlette

from layers.frame import Frame
from layers.plate import plate_outline
from layers.prepared import Prepared, prepare
from tests.layers.small_town import low_block, small_town, tower
from tests.ui.asking import ask
from ui import shade
from ui.serving import FOR_GOOD, NOT_KEPT, routes
from ui.shade import ROUTE, STEP, ShadeService
from wijktwin import appearance
from wijktwin.errors import LimitError, NotFoundError
from wijktwin.impacts.ground_shadow import GroundShadow, ShadowCaster
from wijktwin.model.scenario import Scenario

NOON = 1_774_091_400 // 60
"""21 March 2026, 12:10 in Amsterdam (winter time), in minutes since 1970."""


def prepared() -> Prepared:
    return prepare(small_town(), [tower(), low_block()], publish=lambda content, _: f"/{len(content)}")


def offered(service: ShadeService, *, is_shared: bool = True) -> str:
    return service.offer(Scenario(small_town(), frozenset({tower()})), prepared(), is_shared=is_shared)


def test_moments_of_a_day_are_those_of_the_clock() -> None:
    service = ShadeService()
    found = orjson.loads(service.day(offered(service), date(2026, 3, 21)))
    clock = {moment[1]: moment for moment in found["moments"]}
    assert clock["12:10"][0] == NOON
    assert clock["12:00"][2:] == pytest.approx([False, 37.3, 165.6], abs=0.1)
    assert all(minute % STEP == 0 for minute, *_ in found["moments"])
    assert found["rises"] < "06:50" < found["sets"]
    summer = orjson.loads(service.day(offered(service), date(2026, 9, 23)))["moments"]
    assert all(moment[2] for moment in summer)


def test_rows_are_the_shadow_that_was_computed() -> None:
    service = ShadeService()
    scenario = Scenario(small_town(), frozenset({tower()}))
    rows = orjson.loads(service.moment(service.offer(scenario, prepared(), is_shared=True), NOON).content())
    caster = ShadowCaster(small_town())
    wanted = caster.at(scenario, shade._moment(NOON))
    frame = prepared().frame
    parts = [(wanted.stays, appearance.SHADE_STAYS), (wanted.comes, appearance.SHADE_COMES), (wanted.goes, appearance.SHADE_GOES)]
    for shape, colour in parts:
        drawn = [polygon(row["p"], frame) for row in rows if row["c"] == list(colour)]
        seen = shape.intersection(plate_outline(small_town()))
        assert shapely.symmetric_difference(shapely.union_all(drawn), seen).area < 0.02 * shape.length + 1e-6
    assert {tuple(row["c"]) for row in rows} >= {appearance.SHADE_STAYS, appearance.SHADE_COMES}


def polygon(told: list[float] | dict[str, list[float]], frame: Frame) -> BaseGeometry:
    """A row's rings in real coordinates again."""
    flat = told["positions"] if isinstance(told, dict) else told
    starts = [int(hole) // 3 for hole in told["holeIndices"]] if isinstance(told, dict) else []
    points = [frame.xy(flat[i], flat[i + 1]) for i in range(0, len(flat), 3)]
    rings = [points[begin:end] for begin, end in zip([0, *starts], [*starts, len(points)], strict=True)]
    return shapely.make_valid(shapely.Polygon(rings[0], rings[1:]))


def test_a_visitors_own_has_a_name_that_nobody_can_guess() -> None:
    one, other = ShadeService(), ShadeService()
    assert offered(one) == offered(other)
    assert offered(one, is_shared=False) == offered(one, is_shared=False)
    assert len({offered(one), offered(one, is_shared=False), offered(other, is_shared=False)}) == 3


def test_what_nobody_offered_and_moments_that_do_not_exist_are_not_found() -> None:
    service = ShadeService()
    name = offered(service)
    for minute in (NOON + 1, 10**12, -(10**12)):
        with pytest.raises(NotFoundError):
            service.moment(name, minute)
    with pytest.raises(NotFoundError):
        service.moment("nobody", NOON)
    with pytest.raises(NotFoundError):
        service.day(name, date(3000, 1, 1))
    assert orjson.loads(service.moment(name, NOON + 12 * 60).content()) == [], "at night the ground is not in a building's shade"


def test_many_who_ask_for_one_moment_get_one_computation(monkeypatch: pytest.MonkeyPatch) -> None:
    service = ShadeService()
    name = offered(service)
    asked: list[datetime] = []
    compute = ShadowCaster.at

    def counted(caster: ShadowCaster, scenario: Scenario, moment: datetime) -> GroundShadow:
        asked.append(moment)
        return compute(caster, scenario, moment)

    monkeypatch.setattr(ShadowCaster, "at", counted)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: service.moment(name, NOON), range(16)))
    assert len(asked) == 1
    assert len({id(blob) for blob in found}) == 1


def test_what_is_kept_has_a_limit_and_the_oldest_goes() -> None:
    service = ShadeService(most_kept_bytes=1)
    name = offered(service)
    first = service.moment(name, NOON)
    service.moment(name, NOON + STEP)
    assert service.moment(name, NOON) is not first
    assert service.moment(name, NOON).content() == first.content()


def test_too_many_who_wait_are_asked_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    service = ShadeService()
    name = offered(service)
    monkeypatch.setattr(shade, "MOST_WAITING", 1)
    begun, go_on = threading.Event(), threading.Event()
    compute = ShadowCaster.at

    def slowly(caster: ShadowCaster, scenario: Scenario, moment: datetime) -> GroundShadow:
        begun.set()
        go_on.wait(30)
        return compute(caster, scenario, moment)

    monkeypatch.setattr(ShadowCaster, "at", slowly)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(service.moment, name, NOON)
        assert begun.wait(30)
        with pytest.raises(LimitError):
            service.moment(name, NOON + STEP)
        go_on.set()
        assert first.result().content()
    assert service.moment(name, NOON + STEP).content()


def test_routes_say_what_may_be_kept() -> None:
    service = ShadeService()
    shared, own = offered(service), offered(service, is_shared=False)
    app = Starlette(routes=routes(shades=service))
    answer = ask(app, f"{ROUTE}/{shared}/at/{NOON}", accept_encoding="gzip")
    assert answer.headers["cache-control"] == FOR_GOOD
    assert gzip.decompress(answer.body) == service.moment(shared, NOON).content()
    assert ask(app, f"{ROUTE}/{own}/at/{NOON}").headers["cache-control"] == NOT_KEPT
    assert orjson.loads(ask(app, f"{ROUTE}/{shared}/on/2026-03-21").body)["moments"]
    for wrong in (f"nobody/at/{NOON}", f"{shared}/at/7", f"{shared}/at/{10**30}", f"{shared}/on/2026-02-30", f"{shared}/on/x"):
        assert ask(app, f"{ROUTE}/{wrong}").status == 404
