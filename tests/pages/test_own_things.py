"""Files and variants of a visitor's own: read apart, told calmly, seen by nobody else."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from shapely.geometry.base import BaseGeometry

from tests.pages.addresses import address
from tests.pages.visiting import LOOK_AROUND, ROOT, SCENARIOS, go, notices, page_text, press, session, visit
from ui import cache
from ui.settings import MAX_UPLOADS_PER_VISIT, settings
from wijktwin.model.provenance import Kind

TEMPLATE = (ROOT / "data" / "example" / "plans" / "vogelhof.geojson").read_text(encoding="utf-8")


def own_plan(plan_id: str = "eigen-plan", title: str = "Eigen plan") -> bytes:
    document = json.loads(TEMPLATE)
    document["plan"] |= {"plan_id": plan_id, "title": title, "status": "draft", "excludes": ["vogelhof"]}
    return json.dumps(document).encode()


def upload(visitor: Any, which: str, name: str, content: bytes) -> Any:
    """Put a file in one of the two uploaders, and wait for what comes of it."""
    field = next(one for one in visitor.file_uploader if (one.key or "").startswith(which))
    given = (name, content, "application/octet-stream")
    field.set_value([given] if field.accept_multiple_files else given)
    return visitor.run()


def small_city(**changes: Any) -> bytes:
    """A CityJSON file with one block of 10 by 10 by 6 m in Amersfoort."""
    corners = [[x, y, z] for z in (0, 6000) for x, y in ((0, 0), (10000, 0), (10000, 10000), (0, 10000))]
    faces = [[[0, 3, 2, 1]], [[4, 5, 6, 7]], [[0, 1, 5, 4]], [[1, 2, 6, 5]], [[2, 3, 7, 6]], [[3, 0, 4, 7]]]
    building = {"type": "Building", "geometry": [{"type": "Solid", "lod": "1.2", "boundaries": [faces]}]}
    document: dict[str, Any] = {
        "type": "CityJSON", "version": "2.0", "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/7415"},
        "transform": {"scale": [0.001, 0.001, 0.001], "translate": [155000.0, 463000.0, 2.0]}, "CityObjects": {"huis-1": building},
        "vertices": corners, **changes,
    }  # fmt: skip
    return json.dumps({key: value for key, value in document.items() if value is not None}).encode()


# ------------------------------------------------------------------------------------------------------------------- plans
def test_a_plan_of_ones_own_is_read_shown_and_marked() -> None:
    visitor = visit(SCENARIOS, plans="vogeltorens")
    upload(visitor, "plan_upload", "mijn plan.geojson", own_plan())
    assert not visitor.exception
    assert session(visitor).plan_ids == {"eigen-plan"}, "it takes the place of what it cannot stand with"
    shown = page_text(visitor)
    assert "“Eigen plan” is toegevoegd en staat in beeld. Alleen u ziet het." in shown
    assert "alleen u ziet dit" in shown
    assert "plans" not in address(visitor), "what is one's own is never in a link"
    go(visitor, LOOK_AROUND)
    assert "U ziet ook “Eigen plan”. Dat ziet alleen u." in page_text(visitor)
    press(visitor, "own_off_eigen-plan")
    assert session(visitor).plan_ids == frozenset()
    assert "U hebt ook “Eigen plan”. Dat ziet alleen u." in page_text(visitor)
    press(visitor, "own_show_eigen-plan")
    assert session(visitor).plan_ids == {"eigen-plan"}


def test_the_camera_flies_to_a_plan_that_was_just_read_and_can_be_sent_there_again() -> None:
    visitor = visit(SCENARIOS)
    upload(visitor, "plan_upload", "mijn.geojson", own_plan())
    first = session(visitor).target
    assert first is not None
    own = session(visitor).own_plans["eigen-plan"]
    assert first.height == 30.0
    assert isinstance(first.where, BaseGeometry)
    assert all(first.where.buffer(0.01).covers(volume.footprint) for volume in own.volumes)
    assert first.where.area < 20 * sum(volume.footprint.area for volume in own.volumes), "the plan, not the neighbourhood"
    press(visitor, "show_added")
    again = session(visitor).target
    assert again is not None
    assert again.key != first.key
    assert again.where.equals(first.where)  # type: ignore[union-attr]


def test_a_plan_that_was_read_and_switched_off_is_offered_by_a_button() -> None:
    visitor = visit(SCENARIOS)
    upload(visitor, "plan_upload", "mijn.geojson", own_plan())
    visitor.checkbox(key="layer_vogeltorens").check().run()
    press(visitor, "refusal_instead")
    assert session(visitor).plan_ids == {"vogeltorens"}
    assert "staat nu niet aan" in "".join(notices(visitor))
    before = session(visitor).target
    press(visitor, "switch_on_added")
    assert session(visitor).plan_ids == {"eigen-plan"}, "in the place of what it cannot stand with"
    assert session(visitor).target != before
    assert "staat in beeld" in "".join(notices(visitor))
    press(visitor, "remove_eigen-plan")
    assert "Eigen plan" not in page_text(visitor)


def test_nobody_else_sees_it_and_the_shared_cache_does_not_know_it() -> None:
    visitor = visit(SCENARIOS)
    upload(visitor, "plan_upload", "geheim.geojson", own_plan("geheim-plan", "Geheim plan"))
    assert session(visitor).plan_ids == {"geheim-plan"}
    assert "Geheim plan" in page_text(visitor)
    for other in (visit(SCENARIOS), visit(LOOK_AROUND, plans="geheim-plan")):
        assert "Geheim plan" not in page_text(other)
        assert session(other).plan_ids == frozenset()
    assert "geheim-plan" not in cache.published(settings()).plans
    assert "Geheim plan" in page_text(visitor.run())


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_bad_plan_is_told_in_one_sentence_and_nothing_is_lost(language: str) -> None:
    visitor = visit(SCENARIOS, plans="vogeltorens,groene-straat", language=language)
    upload(visitor, "plan_upload", "kapot.geojson", b"{not json")
    (told,) = notices(visitor)
    assert "kapot.geojson" in told
    assert {"nl": "Wat u al zag, is er nog.", "en": "What you saw before is still there."}[language] in told
    assert session(visitor).plan_ids == {"vogeltorens", "groene-straat"}
    assert session(visitor).own_plans == {}
    assert not visitor.exception


def test_a_plan_may_not_take_the_name_of_a_published_one() -> None:
    visitor = visit(SCENARIOS)
    upload(visitor, "plan_upload", "na-aap.geojson", own_plan("vogeltorens"))
    assert "vogeltorens" in "".join(notices(visitor))
    assert session(visitor).own_plans == {}


def test_uploads_are_counted_and_end() -> None:
    visitor = visit(SCENARIOS)
    session(visitor).n_uploads = MAX_UPLOADS_PER_VISIT - 1
    upload(visitor, "plan_upload", "a.geojson", b"")
    assert "nog 0 bestanden" in page_text(visitor)
    upload(visitor, "plan_upload", "b.geojson", own_plan())
    assert str(MAX_UPLOADS_PER_VISIT) in "".join(notices(visitor))
    assert session(visitor).own_plans == {}


def test_a_plan_of_ones_own_can_be_taken_home_and_away() -> None:
    visitor = visit(SCENARIOS)
    upload(visitor, "plan_upload", "mijn.geojson", own_plan())
    assert [one.label for one in visitor.download_button if (one.key or "").startswith("take_")] == ["Download als planbestand"]
    press(visitor, "remove_eigen-plan")
    assert session(visitor).own_plans == {}
    assert session(visitor).plan_ids == frozenset()


# --------------------------------------------------------------------------------------------------------- neighbourhoods
def test_a_neighbourhood_of_ones_own_and_back() -> None:
    visitor = visit(SCENARIOS, plans="vogeltorens")
    upload(visitor, "city_upload", "straat.city.json", small_city())
    assert not visitor.exception
    found = session(visitor).own_neighbourhood
    assert found is not None
    assert found.buildings.building_ids == ("huis-1",)
    shown = page_text(visitor)
    assert "U kijkt naar uw eigen bestand: straat.city.json. Alleen u ziet dit." in shown
    assert "Vogeltorens" not in shown
    assert "Verzonnen buurt." not in shown
    assert "straat" not in page_text(visit(SCENARIOS)).split("\n")[0]
    go(visitor, LOOK_AROUND)
    assert "In deze gegevens staan geen straatnamen." in page_text(visitor)
    press(visitor, "leave_own")
    assert session(visitor).own_neighbourhood is None
    assert session(visitor).plan_ids == {"vogeltorens"}, "what was on before is on again"


def test_a_file_without_reference_system_is_asked_about() -> None:
    visitor = visit(SCENARIOS)
    upload(visitor, "city_upload", "zonder.city.json", small_city(metadata=None))
    assert session(visitor).own_neighbourhood is None
    assert "In welk coördinatenstelsel staat dit bestand?" in page_text(visitor)
    choice = visitor.selectbox(key="crs_choice")
    assert choice.options[0] == "EPSG 7415 · RD New + NAP"
    press(visitor, "crs_open")
    found = session(visitor).own_neighbourhood
    assert found is not None
    assert found.reference_system.to_epsg() == 7415


def test_a_bad_city_model_is_told_in_one_sentence_and_nothing_is_lost() -> None:
    visitor = visit(SCENARIOS, plans="vogeltorens")
    upload(visitor, "city_upload", "oud.city.json", small_city(version="0.9"))
    (told,) = notices(visitor)
    assert "oud.city.json" in told
    assert session(visitor).own_neighbourhood is None
    assert session(visitor).plan_ids == {"vogeltorens"}


# ---------------------------------------------------------------------------------------------------------------- variants
def test_a_variant_with_fewer_storeys_is_marked_and_its_dwellings_assumed() -> None:
    visitor = visit(SCENARIOS, plans="vogeltorens")
    visitor.selectbox(key="vary_volume_vogeltorens").select("hoge-toren").run()
    storeys = visitor.number_input(key="vary_storeys_vogeltorens_hoge-toren")
    original = session(visitor)
    assert storeys.value == 20
    storeys.set_value(10)
    make = next(one for one in visitor.button if one.label == "Maak de variant")
    make.click().run()
    assert not visitor.exception
    (variant_id,) = original.plan_ids
    variant = session(visitor).own_plans[variant_id]
    assert variant.variant_of == "vogeltorens"
    assert variant.volume("hoge-toren") is not None
    assert variant.volume("hoge-toren").height == 30.0  # type: ignore[union-attr]
    assert {row.kind for row in variant.dwellings if row.volume_id == "hoge-toren"} == {Kind.ASSUMED}
    shown = page_text(visitor)
    assert "(variant)” staat in beeld. Alleen u ziet het." in shown
    assert "een bezoeker van deze website" in shown
    assert "(variant)" not in page_text(visit(SCENARIOS))
    assert re.search(r"geschat", shown)


def test_a_variant_without_change_is_no_variant() -> None:
    visitor = visit(SCENARIOS, plans="vogeltorens")
    next(one for one in visitor.button if one.label == "Maak de variant").click().run()
    assert session(visitor).own_plans == {}
    assert "Er is niets veranderd" in page_text(visitor)


def test_a_variant_that_cannot_stand_is_made_but_not_shown() -> None:
    visitor = visit(SCENARIOS, plans="vogeltorens")
    visitor.selectbox(key="vary_volume_vogeltorens").select("hoge-toren").run()
    for distance in (60, -60, 120, -120):
        visitor.number_input(key="vary_east_vogeltorens_hoge-toren").set_value(distance)
        next(one for one in visitor.button if one.label == "Maak de variant").click().run()
        if any(plan_id not in session(visitor).plan_ids for plan_id in session(visitor).own_plans):
            break
        session(visitor).own_plans = {}
        session(visitor).plan_ids = frozenset({"vogeltorens"})
        visitor.run()
    else:
        pytest.fail("the tower found no house in its way")
    assert session(visitor).plan_ids == {"vogeltorens"}
    assert "kan niet aan" in page_text(visitor)
    assert any("pand" in told for told in notices(visitor))
