"""A scenario with its figures as layers of a map: what stands, what plans change, and each figure that has a value for every place.

Names of layers and columns are the same in each language and say their unit; titles, labels and words are in the asked language.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely

from wijktwin import appearance
from wijktwin.appearance import Outline
from wijktwin.export.map_styles import Rule, Shape, Style, hexadecimal
from wijktwin.export.report.small_counts import hidden_impacts, veils_of
from wijktwin.impacts.assessment import Place
from wijktwin.impacts.colour_steps import ColourStep, coloured
from wijktwin.impacts.colour_steps import Place as ColouredPlace
from wijktwin.impacts.place_values import What, place_values
from wijktwin.model.plan import PlanRole, Traffic
from wijktwin.model.whereabouts import plan_area, street_shape
from wijktwin.words.numbers import format_as_said
from wijktwin.words.texts import name_of, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from shapely.geometry.base import BaseGeometry

    from wijktwin.errors import Language
    from wijktwin.export.data_sheets import Row, Sheet
    from wijktwin.export.report.small_counts import Key, Veiled
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.impacts.place_values import PlaceValues
    from wijktwin.model.building import Building
    from wijktwin.model.scenario import Scenario

EXISTING, DEMOLISHED, FELLED, PLANTED = "existing", "demolished", "felled", "planted"
CLEAR: Final = 110
"""How much an area covers that has no colour of its own. [of 255]"""
LONGEST_NAME: Final = 60
GEOMETRIES: Final = {Shape.AREA: "MultiPolygon", Shape.LINE: "MultiLineString", Shape.POINT: "Point"}
OF_HOMES: Final = frozenset({
    What.DETOUR, What.WAY, What.COOL, What.SUN_AT_HOME, What.SUN_OF_NORM, What.SKY_IN_VIEW, What.GREEN_IN_VIEW, What.PLAN_IN_VIEW,
    What.LOOKED_AT, What.LARGE_TREES, What.GREEN_PLACE,
})  # fmt: skip
"""Maps on which each building has the value of its homes."""
SAME_SAID_OTHERWISE: Final = "_losing"
"""Figures that end like this have the places of the figure before it."""


@dataclass(frozen=True, slots=True, eq=False)
class MapLayer:
    """One layer.

    Parameters
    ----------
    name
        The same in each language: small letters, digits and underscores.
    title
        What it is called in a list of layers.
    table
        In the horizontal CRS of the neighbourhood. [m]
    style
        None for a layer that is there to be asked, not to be looked at.
    """

    name: str
    title: str
    table: gpd.GeoDataFrame
    shape: Shape
    style: Style | None = None


def map_layers(
    scenario: Scenario,
    told: Sequence[Assessment],
    figures: Sheet,
    language: Language,
    *,
    assumptions: Assumptions,
    hidden: Mapping[Key, Veiled],
) -> list[MapLayer]:
    """Every layer that holds something, from what lies below to what lies above.

    Parameters
    ----------
    told, figures
        Figures of the scenario, and the sheet that they were put in (`wijktwin.export.data_sheets`).
    hidden
        What is not told of small numbers of homes. Where that is something, maps home by home of the same impact are left out: on them
        the homes can be counted.
    """
    found = [
        _buildings(scenario, language),
        _ground(scenario, language),
        *_maps(scenario, told, language, assumptions=assumptions, hidden=hidden_impacts(hidden)),
        _streets(scenario, language),
        _trees(scenario, language),
        _volumes(scenario, language),
        _plan_areas(scenario, language),
        _places(scenario, told, figures, language),
    ]
    return [layer for layer in found if len(layer.table)]


# ------------------------------------------------------------------------------------------------------- what stands and comes
def shows_few_homes(what: str, figure: str, told: Sequence[Assessment], scenario: Scenario) -> bool:
    """Whether colours of a figure (``sunlight.losing``) would let somebody count homes of which the number is not told.

    Parameters
    ----------
    what
        What the places have a value of (`wijktwin.impacts.place_values.What`).
    """
    return what in OF_HOMES and figure.partition(".")[0] in hidden_impacts(veils_of(told, scenario))


def _buildings(scenario: Scenario, language: Language) -> MapLayer:
    neighbourhood = scenario.neighbourhood
    rows: list[dict[str, Any]] = []
    shapes: list[BaseGeometry | None] = []
    for building in neighbourhood.buildings:
        outline = neighbourhood.buildings.footprint(building.row)
        if outline is not None:
            rows.append(_building(building, scenario))
            shapes.append(outline)
    edge = appearance.BUILDING_EDGE
    style = Style(Shape.AREA, "state", (
        Rule(EXISTING, _label(EXISTING, language), appearance.WALLS[""], edge),
        Rule(DEMOLISHED, _label(DEMOLISHED, language), (*appearance.FLAT_ROOF, CLEAR), appearance.DEMOLISHED, Outline.DASHED),
    ))  # fmt: skip
    return _layer("buildings", rows, shapes, shape=Shape.AREA, scenario=scenario, language=language, style=style)


def _building(building: Building, scenario: Scenario) -> dict[str, Any]:
    takers = [plan.plan_id for plan in scenario.ordered_plans if building.building_id in plan.demolishes]
    return {
        "building_id": building.building_id,
        "state": DEMOLISHED if takers else EXISTING,
        "demolished_by": ", ".join(takers) or None,
        "height_m": building.height,
        "height_kind": None if building.height is None else str(building.height_kind),
        "storeys": building.storeys,
        "year_built": building.year_built,
        "is_around": bool(building.is_halo),
    }


def _volumes(scenario: Scenario, language: Language) -> MapLayer:
    rows = [
        {
            "plan_id": plan.plan_id,
            "plan": plan.title.in_language(language),
            "role": str(plan.role),
            "status": str(plan.status),
            "proposer": plan.proposer,
            "volume_id": volume.volume_id,
            "title": volume.title.in_language(language),
            "ground_level_m_nap": volume.ground_level,
            "ground_level_kind": str(volume.ground_level_kind),
            "base_m": volume.base,
            "height_m": volume.height,
            "height_kind": str(volume.height_kind),
            "storeys": None if volume.storeys is None else float(volume.storeys),
            "use": volume.use or None,
            "floor_area_m2": volume.floor_area,
            "latitude": str(volume.latitude),
            "fictional": plan.fictional,
        }
        for plan, volume in scenario.volumes
    ]
    faces, edges, outlines = appearance.PLAN_FACES, appearance.PLAN_EDGES, appearance.OUTLINES
    rules = tuple(Rule(role.value, name_of("role", role, language), faces[role], edges[role], outlines[role]) for role in PlanRole)
    shapes = [volume.footprint for _, volume in scenario.volumes]
    style = Style(Shape.AREA, "role", rules)
    return _layer("proposed_volumes", rows, shapes, shape=Shape.AREA, scenario=scenario, language=language, style=style)


def _ground(scenario: Scenario, language: Language) -> MapLayer:
    changes = [(plan, change) for plan in scenario.ordered_plans for change in plan.ground_changes]
    rows = [
        {
            "plan_id": plan.plan_id,
            "change_id": change.change_id,
            "kind": str(change.kind),
            "title": change.title.in_language(language) or None,
            "parking_places": change.parking_places,
            "latitude": str(change.latitude),
        }
        for plan, change in changes
    ]
    kinds = dict.fromkeys(change.kind for _, change in changes)
    rules = tuple(
        Rule(str(kind), name_of("ground_kind", kind, language), appearance.GROUND[kind], appearance.CHANGED_GROUND_EDGE) for kind in kinds
    )
    shapes = [change.footprint for _, change in changes]
    style = Style(Shape.AREA, "kind", rules)
    return _layer("changed_ground", rows, shapes, shape=Shape.AREA, scenario=scenario, language=language, style=style)


def _trees(scenario: Scenario, language: Language) -> MapLayer:
    now = scenario.neighbourhood.tree_table
    rows: list[dict[str, Any]] = []
    shapes: list[BaseGeometry | None] = []
    there = () if now is None else zip(now["tree_id"], now["height"], now["crown_diameter"], now.geometry, strict=True)
    for tree_id, height, diameter, point in there:
        state = FELLED if tree_id in scenario.felled else EXISTING
        rows.append({"tree_id": str(tree_id), "state": state, "plan_id": None, "height_m": _known(height), "crown_m": _known(diameter)})
        shapes.append(point)
    for plan in scenario.ordered_plans:
        for tree in plan.planted:
            told = {"tree_id": tree.tree_id, "state": PLANTED, "plan_id": plan.plan_id, "height_m": tree.height}
            rows.append(told | {"crown_m": tree.crown_diameter})
            shapes.append(tree.point)
    style = Style(Shape.POINT, "state", (
        Rule(EXISTING, _label("tree_existing", language), appearance.CROWN, appearance.TRUNK),
        Rule(FELLED, _label(FELLED, language), (*appearance.CROWN, CLEAR), appearance.FELLED, Outline.DASHED),
        Rule(PLANTED, _label(PLANTED, language), appearance.PLANTED, appearance.CHANGED_GROUND_EDGE),
    ))  # fmt: skip
    return _layer("trees", rows, shapes, shape=Shape.POINT, scenario=scenario, language=language, style=style)


def _streets(scenario: Scenario, language: Language) -> MapLayer:
    table = scenario.neighbourhood.street_table
    lines = {} if table is None else dict(zip(table["street_id"], zip(table["street"], table.geometry, strict=True), strict=True))
    rows: list[dict[str, Any]] = []
    shapes: list[BaseGeometry | None] = []
    for plan in scenario.ordered_plans:
        for change in plan.street_changes:
            street, line = lines.get(change.street_id, ("", None))
            rows.append({"plan_id": plan.plan_id, "street_id": change.street_id, "street": street, "traffic": str(change.traffic)})
            shapes.append(line)
    rules = tuple(
        Rule(
            each.value, name_of("traffic", each, language),
            appearance.FELLED if each is Traffic.CLOSED else appearance.CHANGED_GROUND_EDGE, appearance.CHANGED_GROUND_EDGE,
            Outline.DASHED if each is Traffic.CLOSED else Outline.SOLID,
        )
        for each in Traffic
    )  # fmt: skip
    style = Style(Shape.LINE, "traffic", rules)
    return _layer("street_changes", rows, shapes, shape=Shape.LINE, scenario=scenario, language=language, style=style)


def _plan_areas(scenario: Scenario, language: Language) -> MapLayer:
    plans = scenario.ordered_plans
    rows = [
        {
            "plan_id": plan.plan_id,
            "title": plan.title.in_language(language),
            "role": str(plan.role),
            "status": str(plan.status),
            "proposer": plan.proposer,
            "source": plan.source.title,
            "source_owner": plan.source.owner,
            "source_date": plan.source.vintage,
            "content_key": plan.content_key,
            "fictional": plan.fictional,
        }
        for plan in plans
    ]
    rules = tuple(
        Rule(role.value, name_of("role", role, language), (*appearance.PLAN_FACES[role], 0), appearance.PLAN_EDGES[role], Outline.DASHED)
        for role in PlanRole
    )
    shapes = [_areas_of(plan_area(plan, scenario.neighbourhood)) for plan in plans]
    style = Style(Shape.AREA, "role", rules)
    return _layer("plan_areas", rows, shapes, shape=Shape.AREA, scenario=scenario, language=language, style=style)


# ------------------------------------------------------------------------------------------------------------------ figures
def _places(scenario: Scenario, told: Sequence[Assessment], figures: Sheet, language: Language) -> MapLayer:
    """Figures about a place of their own, each with all columns of the sheet of figures; parts of figures stay in the table."""
    part = figures.columns.index("part")
    whole: list[Row] = [row for row in figures.rows if row[part] is None]
    placed = [(row, shape) for one, row in zip(told, whole, strict=True) if (shape := figure_shape(one, scenario)) is not None]
    rows = [dict(zip(figures.columns, row, strict=True)) for row, _ in placed]
    shapes = [shape for _, shape in placed]
    return _layer("figures_by_place", rows, shapes, shape=Shape.AREA, scenario=scenario, language=language, style=None)


def figure_shape(one: Assessment, scenario: Scenario) -> BaseGeometry | None:
    """The ground that a figure is about: a building, a volume, a street or a plan; None for the whole and for days."""
    name, buildings = one.where.identifier, scenario.neighbourhood.buildings
    match one.where.place:
        case Place.BUILDING if name in buildings:
            return buildings.footprint(buildings.rows[name])
        case Place.VOLUME:
            own = [volume.footprint for plan, volume in scenario.volumes if f"{plan.plan_id}/{volume.volume_id}" == name]
            return own[0] if own else None
        case Place.STREET:
            return street_shape(name, scenario)
        case Place.PLAN_AREA:
            plans = one.plans or scenario.ordered_plans
            area = shapely.union_all([_areas_of(plan_area(plan, scenario.neighbourhood)) for plan in plans])
            return None if area.is_empty else area
        case _:
            return None


def _maps(
    scenario: Scenario, told: Sequence[Assessment], language: Language, *, assumptions: Assumptions, hidden: AbstractSet[str]
) -> list[MapLayer]:
    """A layer for each figure that has a value for every place, in the colours in which pages show it; each map once."""
    found: dict[tuple[object, ...], MapLayer] = {}
    for one in told:
        if one.impact.endswith(SAME_SAID_OTHERWISE):
            continue
        made = place_values(one.impact, one.where.identifier, scenario, assumptions=assumptions)
        if made is None or (made.what in OF_HOMES and one.group in hidden):
            continue
        key = (made.what, made.values.tobytes(), tuple(shapely.to_wkb(made.shapes).tolist()))
        if key not in found:
            layer = _map(one, made, scenario, language)
            taken = {each.name for each in found.values()}
            free = (layer.name if number == 1 else f"{layer.name}_{number}" for number in count(1))
            found[key] = replace(layer, name=next(name for name in free if name not in taken))
    return list(found.values())


def _map(one: Assessment, made: PlaceValues, scenario: Scenario, language: Language) -> MapLayer:
    places = [ColouredPlace(shape, float(value)) for shape, value in zip(made.shapes, made.values, strict=True)]
    classes = coloured(places, is_change=made.is_change)
    unit, margin = text(f"unit.{made.unit}", language), one.margin_of_change if made.is_change else one.margin
    same = {
        "unit": unit,
        "is_change": made.is_change,
        "figure": text(f"impact.{one.impact}", language),
        "kind": name_of("kind", one.kind, language),
        "margin_reason_of_figure": text(f"reason.{margin.reason}", language),
        "method": one.method.method_id,
        "method_version": one.method.version,
    }
    rows: list[dict[str, Any]] = []
    rules: list[Rule] = []
    shapes: list[BaseGeometry | None] = []
    for place, (step, own) in enumerate(classes):
        rules.append(Rule(place, _step_words(step, unit, language, is_change=made.is_change), step.colour, appearance.GROUND_EDGE))
        for each in own:
            value = None if step.is_lost else each.value
            rows.append({"value": value, "class": place, "legend": rules[-1].label, "colour": hexadecimal(step.colour), **same})
            shapes.append(each.shape)
    day = one.where.identifier if one.impact.startswith("sunlight.") else ""
    name = "_".join(part for part in ("map", one.impact, day) if part)
    title = f"{same['figure']} [{unit}]"
    plain = "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in name).lower()[:LONGEST_NAME]
    style = Style(Shape.AREA, "class", tuple(rules))
    return _layer(plain, rows, shapes, shape=Shape.AREA, scenario=scenario, language=language, style=style, title=title)


def _step_words(step: ColourStep, unit: str, language: Language, *, is_change: bool) -> str:
    if step.is_lost:
        return text("export_step.lost" if is_change else "export_step.unreachable", language)
    if step.lowest == step.highest == 0:
        return text("export_step.none", language)
    low, high = (format_as_said(value, language) for value in (step.lowest, step.highest))
    return text("export_step.between", language, low=low, high=high, unit=unit)


# ------------------------------------------------------------------------------------------------------------------ helpers
def _layer(
    name: str,
    rows: Sequence[Mapping[str, Any]],
    shapes: Sequence[BaseGeometry | None],
    *,
    shape: Shape,
    scenario: Scenario,
    language: Language,
    style: Style | None,
    title: str = "",
) -> MapLayer:
    kept = [(row, drawn) for row, each in zip(rows, shapes, strict=True) if each is not None and not (drawn := _as(shape, each)).is_empty]
    geometry = gpd.GeoSeries([drawn for _, drawn in kept], crs=scenario.neighbourhood.horizontal_crs)
    table = gpd.GeoDataFrame([dict(row) for row, _ in kept], geometry=geometry)
    own = None if style is None else _used(style, table)
    return MapLayer(name, title or text(f"export_layer.{name}", language), table, shape, own)


def _used(style: Style, table: gpd.GeoDataFrame) -> Style:
    """The style with the rules that something in the table needs."""
    there = set(table[style.column]) if len(table) else set()
    return Style(style.shape, style.column, tuple(rule for rule in style.rules if rule.value in there))


def _as(shape: Shape, geometry: BaseGeometry) -> BaseGeometry:
    """The geometry as the one type that its layer has."""
    parts: Any = list(shapely.get_parts(_areas_of(geometry) if shape is Shape.AREA else geometry))
    if shape is Shape.AREA:
        return shapely.MultiPolygon(parts)
    return shapely.MultiLineString(parts) if shape is Shape.LINE else geometry


def _areas_of(geometry: BaseGeometry) -> BaseGeometry:
    """The polygons of a geometry; points and lines that lie apart get a metre around them."""
    parts = [part if part.geom_type == "Polygon" else part.buffer(1.0) for part in shapely.get_parts(geometry)]
    return shapely.union_all(parts) if any(part.geom_type != "Polygon" for part in shapely.get_parts(geometry)) else geometry


def _known(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else float(value)


def _label(key: str, language: Language) -> str:
    return text(f"export_rule.{key}", language)
