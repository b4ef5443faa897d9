"""Plans in two files: a drawing (CityJSON, DXF) with the forms, and facts that refer to what is drawn by identifier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from wijktwin.errors import InputError, Note
from wijktwin.sources.plans.document import Feature, PlanDocument, checked_feature
from wijktwin.sources.plans.schema import nearest_name

if TYPE_CHECKING:
    from pyproj import CRS

DRAWN_KINDS: Final = ("volume", "ground", "tree", "boundary")
"""Kinds of features that need a geometry; those without one take it from the drawing."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One thing in a drawing: a GeoJSON geometry, and what the drawing itself says of it (fields of a volume)."""

    geometry: Mapping[str, Any]
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a drawing holds, by identifier.

    Parameters
    ----------
    source
        Name of the file, for messages.
    reference_system
        CRS of the drawing; None where it cannot say (DXF): then that of the facts.
    all_are_volumes
        Whether everything in it is a volume of the plan (CityJSON), or only what the facts name (DXF).
    """

    source: str
    things: Mapping[str, Drawn]
    reference_system: CRS | None
    all_are_volumes: bool
    notes: tuple[Note, ...] = ()


def with_drawing(document: PlanDocument, drawing: Drawing) -> PlanDocument:
    """The document with the geometry of the drawing in its features.

    Raises
    ------
    InputError
        The facts name something that is not drawn.
    """
    named = {feature.name or feature.kind for feature in document.features}
    features = [_with_geometry(feature, drawing, document.source) for feature in document.features]
    left = [name for name in drawing.things if name not in named]
    if drawing.all_are_volumes:
        for name in left:
            features.append(_drawn_volume(name, drawing, len(features) + 1))
        left = []
    ignored = [Note("plans.not_named", source=drawing.source, names=", ".join(sorted(left)[:8]), count=len(left))] if left else []
    return replace(document, features=tuple(features), notes=(*document.notes, *drawing.notes, *ignored))


def _with_geometry(feature: Feature, drawing: Drawing, source: str) -> Feature:
    if feature.geometry is not None or feature.kind not in DRAWN_KINDS:
        return feature
    name = feature.name or feature.kind
    drawn = drawing.things.get(name)
    if drawn is None:
        nearest = nearest_name(name, drawing.things)
        choices = nearest or ", ".join(sorted(drawing.things)[:8]) or "–"
        raise InputError("plans.not_drawn", source=source, where=feature.where, name=name, drawing=drawing.source, choices=choices)
    told = {**drawn.properties, **feature.properties} if feature.kind == "volume" else feature.properties
    system = drawing.reference_system
    return checked_feature(told, drawn.geometry, feature.index, source=source, layer=feature.layer, reference_system=system)


def _drawn_volume(name: str, drawing: Drawing, index: int) -> Feature:
    drawn = drawing.things[name]
    told = {"feature": "volume", "volume_id": name, **drawn.properties}
    return checked_feature(told, drawn.geometry, index, source=drawing.source, reference_system=drawing.reference_system)
