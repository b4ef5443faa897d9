"""A scenario as GeoPackage: what is read back is what was written, in RD New, drawn in the colours of our legends."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import geopandas as gpd
import pyogrio
import pytest
import shapely
from pyproj import CRS

from tests.impacts.village import towers, village
from wijktwin import appearance
from wijktwin.errors import LANGUAGES, InputError, Language
from wijktwin.export.data_sheets import data_sheets
from wijktwin.export.map_styles import SE, hexadecimal
from wijktwin.export.report.small_counts import Veil, Veiled, key_of
from wijktwin.export.scenario_geopackage import write_scenario_geopackage
from wijktwin.impacts.assessment import Assessment
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import assess
from wijktwin.impacts.colour_steps import LESS, LOST, MORE, SAME
from wijktwin.impacts.place_values import place_values
from wijktwin.model.scenario import Scenario
from wijktwin.words.texts import text

TODAY = dt.date(2026, 11, 22)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return village(fictional=True).with_plans([towers()])


@pytest.fixture(scope="module")
def told(scenario: Scenario) -> tuple[Assessment, ...]:
    return assess(scenario)


@pytest.fixture(scope="module", params=LANGUAGES)
def package(
    request: Any, scenario: Scenario, told: tuple[Assessment, ...], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Language]:
    path = tmp_path_factory.mktemp("map") / "village.gpkg"
    path.write_bytes(b"what was there before")
    write_scenario_geopackage(scenario, told, path, request.param, computed_on=TODAY, not_ready=["view"])
    return path, request.param


def layers(path: Path) -> dict[str, str | None]:
    return dict(pyogrio.list_layers(path).tolist())


def table(path: Path, layer: str) -> gpd.GeoDataFrame:
    return pyogrio.read_dataframe(path, layer=layer)


def test_what_stands_and_what_plans_change_come_back(package: tuple[Path, Language], scenario: Scenario) -> None:
    path, _ = package
    there = layers(path)
    drawn = [name for name, geometry in there.items() if geometry]
    assert {pyogrio.read_info(path, layer=name)["crs"] for name in drawn} == {"EPSG:28992"}
    (plan,) = scenario.plans
    volumes = table(path, "proposed_volumes").set_index("volume_id")
    for volume in plan.volumes:
        row = volumes.loc[volume.volume_id]
        assert (row["height_m"], row["base_m"], row["ground_level_m_nap"]) == (volume.height, volume.base, volume.ground_level)
        assert (row["height_kind"], row["plan_id"], row["role"]) == (volume.height_kind, plan.plan_id, plan.role)
        assert shapely.equals(row.geometry, volume.footprint)
    buildings = table(path, "buildings").set_index("building_id")
    own = scenario.neighbourhood.buildings
    assert set(buildings.index) == set(own.building_ids)
    assert set(buildings.index[buildings["state"] == "demolished"]) == plan.demolishes
    assert buildings.loc["flat", "height_m"] == own["flat"].height
    assert shapely.equals(buildings.loc["flat"].geometry, own.footprint(own.rows["flat"]))
    trees = table(path, "trees").set_index("tree_id")
    assert set(trees.index[trees["state"] == "felled"]) == scenario.felled
    assert set(trees.index[trees["state"] == "planted"]) == {tree.tree_id for tree in plan.planted}
    ground = table(path, "changed_ground")
    assert list(ground["kind"]) == [str(change.kind) for change in plan.ground_changes]


def test_figures_come_back_with_margins_and_sources(
    package: tuple[Path, Language], scenario: Scenario, told: tuple[Assessment, ...]
) -> None:
    path, language = package
    for sheet in data_sheets(told, scenario, language, computed_on=TODAY, not_ready=["view"]):
        back = table(path, f"table_{sheet.key}")
        assert tuple(back.columns) == sheet.columns
        rows = [tuple(None if cell is None or cell != cell else cell for cell in row) for row in back.itertuples(index=False, name=None)]  # noqa: PLR0124
        assert rows == list(sheet.rows)
    placed = table(path, "figures_by_place")
    tall = placed[placed["impact"] == "height.new"].iloc[0]
    one = next(one for one in told if one.impact == "height.new")
    assert (tall["after"], tall["margin_below"], tall["margin_above"]) == (one.after, one.margin.below, one.margin.above)
    assert tall["sources"]


def test_where_few_homes_are_not_counted_out_no_map_shows_them_one_by_one(
    scenario: Scenario, told: tuple[Assessment, ...], tmp_path: Path
) -> None:
    path = tmp_path / "hidden.gpkg"
    one = next(each for each in told if each.impact == "green.three_trees")
    few = {key_of(one): Veiled(before=Veil.FEW, after=Veil.FEW, difference=Veil.UNTOLD, hides_parts=True)}
    drawn = {
        bool(hidden): set(write_scenario_geopackage(scenario, told, path, "en", computed_on=TODAY, hidden=hidden)) for hidden in ({}, few)
    }
    assert drawn[False] - drawn[True] == {"map_green_three_trees"}, "those home by home of the same impact"
    figures = table(path, "table_figures")
    own = figures[figures["impact"] == "green.three_trees"]
    assert own[["before", "after", "difference", "lowest", "highest"]].isna().all(axis=None)
    assert list(own["missing"]) == ["fewer than five"]
    about = table(path, "table_about").set_index("what")["value"]
    assert about["fewer than five homes"].startswith("not counted out")


def test_every_map_has_the_values_and_the_colours_of_the_page(
    package: tuple[Path, Language], scenario: Scenario, told: tuple[Assessment, ...]
) -> None:
    path, language = package
    names = [name for name in layers(path) if name.startswith("map_")]
    assert "map_ground_green" in names
    ours = {hexadecimal(colour) for colour in (*LESS, *MORE, SAME, LOST)}
    green = table(path, "map_ground_green")
    made = place_values("ground.green", "", scenario, assumptions=default_assumptions())
    assert made is not None
    assert sorted(green["value"]) == sorted(made.values.tolist())
    assert set(green["figure"]) == {text("impact.ground.green", language)}
    assert set(green["colour"]) <= ours
    for name in names:
        own = table(path, name)
        assert {"value", "unit", "kind", "margin_reason_of_figure", "method", "method_version", "legend"} <= set(own.columns)
        style = styles(path)[name]
        drawn = {int(rule.get("filter", "").rpartition(" ")[2]): rule for rule in style.iter("rule")}
        assert set(drawn) == set(own["class"]), "every place has a rule, and no rule has no place"
        for place, legend, colour in own[["class", "legend", "colour"]].itertuples(index=False, name=None):
            assert drawn[place].get("label") == legend
            assert qgis_fill(style, drawn[place]) == colour
    assert {one.impact for one in told} >= {"ground.green", "trees.total"}


def test_styles_are_where_a_gis_looks_and_have_the_colours_of_the_legend(package: tuple[Path, Language]) -> None:
    path, _ = package
    found = table(path, "layer_styles")
    assert set(found["f_table_name"]) == {name for name, geometry in layers(path).items() if geometry and name != "figures_by_place"}
    assert set(found["f_geometry_column"]) == {"geom"}
    assert found["useAsDefault"].all()
    volumes = found[found["f_table_name"] == "proposed_volumes"].iloc[0]
    style = ET.fromstring(volumes["styleQML"].partition("\n")[2])  # noqa: S314 - our own file
    (rule,) = style.iter("rule")
    assert rule.get("filter") == "\"role\" = 'proposal'"
    assert qgis_fill(style, rule) == hexadecimal(appearance.PLAN_FACES["proposal"])
    described = ET.fromstring(volumes["styleSLD"].partition("\n")[2])  # noqa: S314
    fills = [each.text for each in described.iter(f"{{{SE}}}SvgParameter") if each.get("name") == "fill"]
    assert fills == [hexadecimal(appearance.PLAN_FACES["proposal"])]
    with closing(sqlite3.connect(path)) as connection:
        assert {row[0] for row in connection.execute("SELECT last_change FROM gpkg_contents")} == {"2026-11-22T00:00:00.000Z"}
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_place_that_no_gis_could_find_is_refused(scenario: Scenario, told: tuple[Assessment, ...], tmp_path: Path) -> None:
    own = CRS.from_proj4("+proj=tmerc +lat_0=52 +lon_0=5 +x_0=155000 +y_0=463000 +ellps=bessel +units=m")
    nowhere = Scenario(replace(scenario.neighbourhood, reference_system=own))
    with pytest.raises(InputError, match="EPSG"):
        write_scenario_geopackage(nowhere, told, tmp_path / "a.gpkg", "en", computed_on=TODAY)
    assert not list(tmp_path.iterdir())


def styles(path: Path) -> dict[str, ET.Element]:
    found = table(path, "layer_styles")
    return {
        name: ET.fromstring(style.partition("\n")[2])  # noqa: S314 - our own file
        for name, style in zip(found["f_table_name"], found["styleQML"], strict=True)
    }


def qgis_fill(style: ET.Element, rule: ET.Element) -> str:
    symbol = next(each for each in style.iter("symbol") if each.get("name") == rule.get("symbol"))
    colour = next(each for each in symbol.iter("Option") if each.get("name") in {"color", "line_color"})
    return hexadecimal([int(channel) for channel in colour.get("value", "").split(",")])
