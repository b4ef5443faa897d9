"""One `pydeck.Deck` per scenario, from prepared geometry: a pure function, with layer ids that never change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pydeck as pdk

from layers.cameras import scenario_cameras, view_state
from layers.ground_colours import LAYER as GROUND_COLOURS_LAYER
from layers.prepared import BuildingPart, PlanPart, Prepared, Thing, TreePart
from layers.shadows import LAYER as SHADE_LAYER
from wijktwin import appearance
from wijktwin.appearance import Camera, View
from wijktwin.model.scenario import Scenario

Colour = tuple[int, ...]

GHOST_OPACITY: Final = 0.22
GHOST_PARAMETERS: Final = {"depthWriteEnabled": False}
LIFTED: Final = "[0, -400]"
"""Polygon offset of broad lines, so that faces in the same place do not hide them."""
SUNK: Final = "[0, 1500]"
"""Idem of everything with a face: thin lines know no offset, so all else lies a little behind them."""
METRES: Final = "meter-offsets"
"""Models are in metres from the anchor of the frame."""

BUILDING_STRENGTHS: Final = (110, 190)
"""How strongly a thing is lit that is pointed at, and one that is selected; 255 hides its own colour."""
VOLUME_STRENGTHS: Final = (45, 60)
"""Idem for what is proposed: the colour of the plan has to stay."""
HALO_WIDTH: Final = 7.0
"""[px]"""
HATCH_OPACITY: Final = 105
EDGE_OPACITY: Final = 118
GROUND_EDGE_OPACITY: Final = 84
STREET_NAMES: Final = "street-names"
NAME_FONT: Final = "system-ui, sans-serif"
"""A font that the visitor's own device has: none is fetched."""
IN_FRONT: Final = {"depthCompare": "always", "depthWriteEnabled": False}


@dataclass(frozen=True, slots=True)
class Picked:
    """What a pointer found.

    Parameters
    ----------
    thing
        What kind of thing it is.
    thing_id
        Building, volume, tree or change id.
    plan_id
        The plan it belongs to; None for what is there today.
    """

    thing: Thing
    thing_id: str
    plan_id: str | None = None


def build_deck(
    scenario: Scenario,
    prepared: Prepared,
    *,
    camera: Camera | None = None,
    selected: Picked | None = None,
    flat: bool = False,
    shade: str = "",
    ground_colours: str = "",
) -> pdk.Deck:
    """The drawing of a scenario.

    Parameters
    ----------
    prepared
        Geometry of the neighbourhood with at least the plans of the scenario.
    camera
        Where to look from first; the whole neighbourhood where None.
    selected
        Lights up, and dims nothing else.
    flat
        A map: seen from straight above, without turning or tilting.
    shade
        Address of rows from `layers.shadows.shade_rows`: the shade at one moment. "" for none.
    ground_colours
        Address of rows from `layers.ground_colours.tinted_rows`. "" for none.
    """
    active = {plan.plan_id for plan in scenario.plans}
    plans = [prepared.plans[plan.plan_id] for plan in scenario.ordered_plans]
    roles = {plan.plan_id: plan.role.value for plan in scenario.plans}
    picked_row = scenario.neighbourhood.buildings.rows.get(selected.thing_id, -1) if selected and selected.thing is Thing.BUILDING else -1
    layers = [_polygons("plate", prepared.plate)]
    if prepared.ground:
        layers.append(_polygons(f"{Thing.GROUND}/today", prepared.ground, pickable=True))
    layers += [_polygons(f"{Thing.CHANGE}/{part.plan_id}", part.ground, pickable=True) for part in plans if part.ground]
    layers += [
        _model(f"contact/{part.part_id}", part.contact, prepared, is_seen=not part.taken_by & active, parameters=GHOST_PARAMETERS)
        for part in prepared.buildings
        if part.contact
    ]
    layers += [_polygons(f"contact/plan/{part.plan_id}", part.contact) for part in plans if part.contact]
    if prepared.ground_edges:
        colour = (*appearance.GROUND_EDGE, GROUND_EDGE_OPACITY)
        layers.append(_model("ground-edge", prepared.ground_edges, prepared, colour, is_seen=True))
    layers += [_polygons(f"{Thing.STREET}/{part.plan_id}", part.marks, pickable=True) for part in plans if part.marks]
    layers += [
        _lines(f"ground-outline/{part.plan_id}", part.ground_outlines, appearance.PLAN_EDGES[roles[part.plan_id]], width=2.0)
        for part in plans
        if part.ground_outlines
    ]
    if ground_colours:
        layers.append(_polygons(GROUND_COLOURS_LAYER, ground_colours))
    layers.append(_polygons(SHADE_LAYER, shade or []))
    layers += [_buildings(part, picked_row) for part in prepared.buildings if not part.taken_by & active]
    layers += [_plan_volumes(part, selected, scenario) for part in plans if part.volumes]
    layers += [
        _model(
            f"building-edge/{part.part_id}",
            part.edges,
            prepared,
            (*appearance.BUILDING_EDGE, EDGE_OPACITY),
            is_seen=not part.taken_by & active,
            **_at_eye_level(part.corners),
        )
        for part in prepared.buildings
        if part.edges
    ]
    layers += [
        _lines(f"storey/{part.plan_id}", part.storeys, (*appearance.PLAN_EDGES[roles[part.plan_id]], 150), width=1.0)
        for part in plans
        if part.storeys
    ]
    layers += [
        _lines(f"hatching/{part.plan_id}", part.hatching, (*appearance.PLAN_EDGES[roles[part.plan_id]], HATCH_OPACITY), width=1.2)
        for part in plans
        if part.hatching
    ]
    layers += [_halo(part, selected, scenario) for part in plans if _halo_address(part, selected, scenario)]
    layers += [
        _lines(f"outline/{part.plan_id}", part.outlines, appearance.PLAN_EDGES[roles[part.plan_id]], width=2.6)
        for part in plans
        if part.outlines
    ]
    layers += [
        _trees(part, prepared, is_ghost=bool(part.taken_by & active), is_seen=not (part.taken_by & active and part.built_over_by & active))
        for part in prepared.trees
    ]
    layers += [_planted(part, prepared) for part in plans if part.planted]
    for part in prepared.buildings:
        if part.taken_by & active:
            layers += _ghosts(part, picked_row)
    layers += [
        _lines(f"felled/{part.part_id}", part.rings, appearance.FELLED, width=1.8)
        for part in prepared.trees
        if part.rings and part.taken_by & active
    ]
    if prepared.street_names:
        layers.append(_street_names(prepared))
    view = view_state(camera or scenario_cameras(scenario)[View.WHOLE], prepared.frame)
    if flat:
        view |= {"pitch": 0.0, "bearing": 0.0, "max_pitch": 0.0}
    return pdk.Deck(
        layers,
        initial_view_state=pdk.ViewState(**view),
        views=[pdk.View(type="MapView", controller={"dragRotate": not flat, "touchRotate": not flat, "keyboard": True, "inertia": 250})],
        map_provider=None,  # and no map_style: with None, st.pydeck_chart asks a tile server for one
    )


def picked(scenario: Scenario, prepared: Prepared, layer_id: str, index: int) -> Picked | None:
    """What a layer's number stands for; None for what cannot be pointed at, and for numbers that say nothing."""
    kind, _, rest = layer_id.partition("/")
    plan = next((plan for plan in scenario.plans if plan.plan_id == rest), None)
    ids: tuple[str, ...] = ()
    match kind:
        case Thing.BUILDING:
            ids = scenario.neighbourhood.buildings.building_ids
        case Thing.TREE:
            ids = next((part.tree_ids for part in prepared.trees if part.part_id == rest), ())
        case Thing.GROUND:
            table = scenario.neighbourhood.ground_table
            ids = () if table is None else tuple(table["surface_id"].tolist())
        case Thing.VOLUME if plan:
            ids = tuple(volume.volume_id for volume in plan.volumes)
        case Thing.CHANGE if plan:
            ids = tuple(change.change_id for change in plan.ground_changes)
        case Thing.PLANTED if plan:
            ids = tuple(tree.tree_id for tree in plan.planted)
        case Thing.STREET if plan:
            ids = tuple(change.street_id for change in plan.street_changes)
    if not 0 <= index < len(ids):
        return None
    return Picked(Thing(kind), ids[index], plan.plan_id if plan else None)


# ----------------------------------------------------------------------------------------------------------------- layers
def _polygons(layer_id: str, data: str | list[object], **options: object) -> pdk.Layer:
    return pdk.Layer(
        "SolidPolygonLayer", id=layer_id, data=data, get_polygon="p", get_fill_color="c", _full3d=True, _normalize=False,
        get_polygon_offset=SUNK, **options,
    )  # fmt: skip


def _model(
    layer_id: str, model: str, prepared: Prepared, colour: Colour = (255, 255, 255), *, is_seen: bool, **options: object
) -> pdk.Layer:
    """One model that stands on the anchor of the frame. Where it is not seen it is kept: showing it again fetches nothing."""
    return pdk.Layer(
        "ScenegraphLayer", id=layer_id, data=[{}], scenegraph=pdk.types.String(model), get_position=[0, 0, 0], get_color=list(colour),
        coordinate_system=pdk.types.String(METRES), coordinate_origin=[*prepared.frame.anchor, 0], _lighting=pdk.types.String("flat"),
        get_polygon_offset=SUNK, visible=is_seen, **options,
    )  # fmt: skip


def _at_eye_level(model: str) -> dict[str, object]:
    """A model that is drawn too for who walks: for the scene in the browser (``ui/scene/distance.js``), which fetches it only then."""
    return {"eye_scenegraph": pdk.types.String(model)} if model else {}


def _lines(layer_id: str, data: str, colour: Colour, *, width: float) -> pdk.Layer:
    return pdk.Layer(
        "LineLayer", id=layer_id, data=data, get_source_position="s", get_target_position="t", get_color=list(colour), get_width=width,
        width_units=pdk.types.String("pixels"), get_polygon_offset=LIFTED,
    )  # fmt: skip


def _buildings(part: BuildingPart, picked_row: int) -> pdk.Layer:
    return _polygons(
        f"{Thing.BUILDING}/{part.part_id}", part.surfaces, pickable=True, **_highlight(picked_row if picked_row in part.rows else -1)
    )


def _ghosts(part: BuildingPart, picked_row: int) -> list[pdk.Layer]:
    """What goes: translucent, with dashed edges. The surfaces are the ones of the standing building, so nothing is sent."""
    ghost = _polygons(
        f"{Thing.BUILDING}/{part.part_id}", part.surfaces, pickable=True, opacity=GHOST_OPACITY, parameters=GHOST_PARAMETERS,
        **_highlight(picked_row if picked_row in part.rows else -1),
    )  # fmt: skip
    if not part.ghost_edges:
        return [ghost]
    return [ghost, _lines(f"ghost-edge/{part.part_id}", part.ghost_edges, appearance.DEMOLISHED, width=1.5)]


def _plan_volumes(part: PlanPart, selected: Picked | None, scenario: Scenario) -> pdk.Layer:
    highlight = _highlight(_selected_volume(part, selected, scenario), over=appearance.LIGHT_OVER, strengths=VOLUME_STRENGTHS)
    return _polygons(f"{Thing.VOLUME}/{part.plan_id}", part.volumes, pickable=True, **highlight)


def _selected_volume(part: PlanPart, selected: Picked | None, scenario: Scenario) -> int:
    """Place of the selected volume in its plan; -1 where none of this plan is selected."""
    if selected is None or selected.thing is not Thing.VOLUME or selected.plan_id != part.plan_id:
        return -1
    plan = next(plan for plan in scenario.plans if plan.plan_id == part.plan_id)
    return next((place for place, volume in enumerate(plan.volumes) if volume.volume_id == selected.thing_id), -1)


def _halo_address(part: PlanPart, selected: Picked | None, scenario: Scenario) -> str:
    place = _selected_volume(part, selected, scenario)
    return part.halos[place] if 0 <= place < len(part.halos) else ""


def _halo(part: PlanPart, selected: Picked | None, scenario: Scenario) -> pdk.Layer:
    """A broad edge around the volume that is selected, behind its own outline: its faces keep the colour of its plan."""
    return _lines(f"halo/{part.plan_id}", _halo_address(part, selected, scenario), appearance.HIGHLIGHT, width=HALO_WIDTH)


def _highlight(index: int, *, over: Colour = appearance.HIGHLIGHT, strengths: tuple[int, int] = BUILDING_STRENGTHS) -> dict[str, object]:
    """The pointer lights up what it points at; what is selected stays lit."""
    pointed, chosen = strengths
    options: dict[str, object] = {"auto_highlight": True, "highlight_color": [*over, pointed]}
    if index >= 0:
        options |= {"highlighted_object_index": index, "highlight_color": [*over, chosen]}
    return options


def chosen_colours() -> dict[str, list[int]]:
    """What lies over a thing that was just clicked, by the first word of its layer; ``""`` for all others."""
    return {"": [*appearance.HIGHLIGHT, BUILDING_STRENGTHS[1]], Thing.VOLUME.value: [*appearance.LIGHT_OVER, VOLUME_STRENGTHS[1]]}


def _street_names(prepared: Prepared) -> pdk.Layer:
    """Names of streets, always upright and in front; the scene in the browser shows those that there is room for."""
    return pdk.Layer(
        "TextLayer", id=STREET_NAMES, data=prepared.street_names, get_text="n", get_position="p", get_size="z",
        size_units=pdk.types.String("pixels"), get_color=[*appearance.STREET_NAME], font_family=pdk.types.String(NAME_FONT),
        font_weight=600, character_set=pdk.types.String(prepared.name_characters),
        font_settings={"sdf": True, "fontSize": 48, "buffer": 12, "radius": 18},
        outline_width=2.4, outline_color=[*appearance.STREET_NAME_EDGE, 235], parameters=IN_FRONT,
    )  # fmt: skip


def _trees(part: TreePart, prepared: Prepared, *, is_ghost: bool, is_seen: bool) -> pdk.Layer:
    options: dict[str, object] = {"opacity": GHOST_OPACITY + 0.1, "parameters": GHOST_PARAMETERS} if is_ghost else {}
    if not is_seen:
        options["visible"] = False
    return _tree_layer(f"{Thing.TREE}/{part.part_id}", part.instances, prepared, "c", **options)


def _planted(part: PlanPart, prepared: Prepared) -> pdk.Layer:
    return _tree_layer(f"{Thing.PLANTED}/{part.plan_id}", part.planted, prepared, [190, 255, 205])


def _tree_layer(layer_id: str, data: str, prepared: Prepared, colour: object, **options: object) -> pdk.Layer:
    """``far_scenegraph`` is for the scene in the browser (``ui/scene/distance.js``); the renderer itself knows no such thing."""
    return pdk.Layer(
        "ScenegraphLayer", id=layer_id, data=data, scenegraph=pdk.types.String(prepared.tree_model),
        far_scenegraph=pdk.types.String(prepared.far_tree_model), get_position="p", get_scale="s", get_color=colour,
        _lighting=pdk.types.String("flat"), pickable=True, auto_highlight=True, highlight_color=[*appearance.HIGHLIGHT, 110],
        get_polygon_offset=SUNK, **options,
    )  # fmt: skip
