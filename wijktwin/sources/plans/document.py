"""A plan file as a checked document: facts and features, before anything is drawn.

Every format ends here: `PlanDocument` is what GeoJSON says directly and what the other formats are turned into.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from wijktwin import crs
from wijktwin.errors import InputError, LimitError, Note
from wijktwin.sources.plans.schema import FEATURES, check_part, field_names, nearest_name, plan_schema
from wijktwin.sources.strict_json import check_depth, parse_json, structure_of

if TYPE_CHECKING:
    from pyproj import CRS

MAX_DEPTH: Final = 32
MAX_FEATURES: Final = 5_000
NAME_FIELDS: Final = ("volume_id", "change_id", "tree_id", "building_id")


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature with its properties as the schema asks.

    Parameters
    ----------
    index
        Its number in the file or layer, from 1.
    geometry
        GeoJSON geometry, or None.
    layer
        Name of the layer in formats that have layers.
    reference_system
        Its own CRS; None: that of the document.
    """

    index: int
    kind: str
    properties: Mapping[str, Any]
    geometry: Mapping[str, Any] | None
    layer: str = ""
    reference_system: CRS | None = None

    @property
    def name(self) -> str | None:
        """Its own identifier, None where it has none."""
        return next((self.properties[field] for field in NAME_FIELDS if isinstance(self.properties.get(field), str)), None)

    @property
    def where(self) -> Note:
        """What to call it in a sentence."""
        return where_feature(self.index, self.kind, self.properties, layer=self.layer)


@dataclass(frozen=True, slots=True)
class PlanDocument:
    """A plan file whose fields are checked.

    Parameters
    ----------
    source
        Name of the file, for messages.
    reference_system
        CRS of all geometries, longitude or easting first.
    """

    source: str
    reference_system: CRS
    facts: Mapping[str, Any]
    features: tuple[Feature, ...]
    notes: tuple[Note, ...] = ()


def where_feature(index: int, kind: str, properties: Mapping[str, Any], *, layer: str = "") -> Note:
    """What to call a feature in a sentence: its number (from 1), its layer, and its own identifier where it has one."""
    name = next((properties[field] for field in NAME_FIELDS if isinstance(properties.get(field), str)), None)
    place = {"layer": layer, "index": index} if layer else {"index": index}
    key = "plans.where_row" if layer else "plans.where_feature"
    if name is None:
        return Note(key, **place)
    return Note(key.replace("where_", "where_named_"), feature=kind, name=name, **place)


def parse_document(text: bytes, *, source: str) -> Any:  # noqa: ANN401
    """The JSON of a plan file, strictly: no NaN, no repeated members, no deep nesting.

    Raises
    ------
    InputError
        It is not JSON, or a member is there twice.
    LimitError
        It is nested too deeply.
    """
    structure = structure_of(text)
    check_depth(structure, source=source, max_depth=MAX_DEPTH)
    document = parse_json(text, source=source)
    if structure.repeated:
        raise InputError("plans.repeated_key", source=source, path=".".join(structure.repeated[0]))
    return document


def document_from_geojson(document: object, *, source: str) -> PlanDocument:
    """A plan from parsed GeoJSON.

    Raises
    ------
    InputError
        Something is missing, misspelt, of the wrong type or out of range: the sentence says what stands where.
    """
    if not isinstance(document, Mapping) or document.get("type") != "FeatureCollection":
        raise InputError("plans.not_a_plan", source=source)
    _check_members(document, source=source)
    features = document.get("features", [])
    if not isinstance(features, list):
        raise InputError(
            "plans.wrong_type",
            source=source,
            where=Note("plans.where_document"),
            field="features",
            value=features,
            expected=Note("plans.type_array"),
        )
    return PlanDocument(
        source=source,
        reference_system=_declared_crs(document, source=source),
        facts=checked_facts(document.get("plan"), source=source),
        features=checked_features(features, source=source),
    )


def check_count(what: str, count: int, limit: int, *, source: str) -> None:
    """Refuse more of something than a plan can have.

    Raises
    ------
    LimitError
        There is more of it than the limit.
    """
    if count > limit:
        raise LimitError("plans.too_many", source=source, where=Note("plans.where_document"), field=what, length=count, limit=limit)


def checked_facts(facts: object, *, source: str) -> Mapping[str, Any]:
    """The facts without empty members, as the schema asks.

    Raises
    ------
    InputError
        There are none, or something in them is not as the schema asks.
    """
    if facts is None:
        raise InputError("plans.no_facts", source=source)
    where = Note("plans.where_facts")
    if not isinstance(facts, Mapping):
        raise InputError(
            "plans.wrong_type", source=source, where=where, field="plan", value=type(facts).__name__, expected=Note("plans.type_object")
        )
    cleaned = without_empty(facts)
    check_part(cleaned, "plan", source=source, where=where)
    return cleaned


def checked_features(features: list[Any], *, source: str) -> tuple[Feature, ...]:
    """Features whose properties are as the schema asks; fields of other kinds of features that are empty are left out.

    Raises
    ------
    InputError, LimitError
        As `check_part`; also when a feature does not say what it is.
    """
    check_count("features", len(features), MAX_FEATURES, source=source)
    return tuple(_feature_of(feature, index, source=source) for index, feature in enumerate(features, start=1))


def _feature_of(feature: object, index: int, *, source: str) -> Feature:
    where = where_feature(index, "", {})
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        raise InputError(
            "plans.not_a_choice",
            source=source,
            where=where,
            field="type",
            choices="Feature",
            value=feature.get("type") if isinstance(feature, Mapping) else feature,
        )
    properties, geometry = feature.get("properties"), feature.get("geometry")
    if not isinstance(properties, Mapping):
        raise InputError("plans.missing_field", source=source, where=where, field="properties")
    if geometry is not None and not isinstance(geometry, Mapping):
        expected = Note("plans.type_object")
        raise InputError("plans.wrong_type", source=source, where=where, field="geometry", value=geometry, expected=expected)
    return checked_feature(properties, geometry, index, source=source)


def checked_feature(
    properties: Mapping[str, Any], geometry: Mapping[str, Any] | None, index: int, *, source: str, layer: str = "",
    reference_system: CRS | None = None,
) -> Feature:  # fmt: skip
    """One feature whose properties are as the schema asks.

    Raises
    ------
    InputError, LimitError
        As `check_part`; also when the feature does not say what it is.
    """
    where = where_feature(index, "", {}, layer=layer)
    filled = without_empty(properties)
    kind = filled.get("feature")
    if kind is None:
        near = nearest_name("feature", filled)
        if near is None:
            raise InputError("plans.missing_field", source=source, where=where, field="feature")
        raise InputError("plans.unknown_field_near", source=source, where=where, field=near, nearest="feature")
    if kind not in FEATURES:
        nearest = nearest_name(kind, FEATURES) if isinstance(kind, str) else None
        values = {"source": source, "where": where, "field": "feature", "value": kind, "choices": ", ".join(FEATURES)}
        if nearest is None:
            raise InputError("plans.not_a_choice", **values)
        raise InputError("plans.not_a_choice_near", nearest=nearest, **values)
    check_part(filled, kind, source=source, where=where_feature(index, kind, filled, layer=layer))
    return Feature(index, kind, filled, geometry, layer, reference_system)


def without_empty(value: Mapping[str, Any]) -> dict[str, Any]:
    """A copy without members that are null: a GIS writes every column for every feature."""
    return {key: without_empty(item) if isinstance(item, Mapping) else item for key, item in value.items() if item is not None}


def _check_members(document: Mapping[str, Any], *, source: str) -> None:
    known = list(plan_schema()["properties"])
    for name in document:
        if name not in known:
            where = Note("plans.where_document")
            fact = nearest_name(name, field_names("plan"), cutoff=0.8)
            nearest = f"plan.{fact}" if fact else nearest_name(name, known)
            if nearest is None:
                raise InputError("plans.unknown_field", source=source, where=where, field=name)
            raise InputError("plans.unknown_field_near", source=source, where=where, field=name, nearest=nearest)


def _declared_crs(document: Mapping[str, Any], *, source: str) -> CRS:
    """The CRS of the member ``crs`` of older GeoJSON, WGS 84 where there is none (RFC 7946)."""
    if "crs" not in document:
        return crs.WGS84
    declared = document["crs"]
    if declared is None:
        raise InputError("plans.crs_null", source=source)
    is_named = isinstance(declared, Mapping) and declared.get("type", "name") == "name" and isinstance(declared.get("properties"), Mapping)
    return named_crs(declared["properties"].get("name") if is_named else declared, source=source)


def named_crs(name: object, *, source: str) -> CRS:
    """A CRS by its EPSG code in any usual spelling, or CRS84.

    Raises
    ------
    InputError
        Nobody knows it, or it is no name.
    """
    if isinstance(name, str) and name.upper().replace("::", ":").endswith(":CRS84"):
        return crs.WGS84
    is_code = isinstance(name, str) and "EPSG" in name.upper() and len(name) < 80
    try:
        found = crs.parse_reference_system(name, source=source) if is_code else None
    except InputError:
        found = None
    if found is None or not (crs.horizontal(found).is_projected or crs.horizontal(found).is_geographic):
        raise InputError("plans.crs_not_named", source=source, crs=name)
    return crs.horizontal(found)
