"""The one schema of plan files, and its verdict as sentences: the JSON Schema decides, this module explains."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from wijktwin.errors import InputError, LimitError, Note

FACTS: Final = "plan"
FEATURES: Final = ("volume", "ground", "tree", "felled_tree", "demolition", "boundary")
FORM: Final = "form"
"""The one member that `form` checks itself: it may have a hundred thousand numbers."""
MAX_CHOICES_SHOWN: Final = 12
_UNIT_SLIP: Final = 10.0
"""A length this many times its largest value is more likely in millimetres than wrong."""


@cache
def plan_schema() -> Mapping[str, Any]:
    """The JSON Schema (draft 2020-12) of a plan as GeoJSON."""
    text = (resources.files("wijktwin.sources.plans") / "plan.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def _validator(part: str) -> Draft202012Validator:
    return Draft202012Validator(plan_schema()["$defs"][part], format_checker=FormatChecker(["date"]))


def field_names(part: str) -> tuple[str, ...]:
    """The fields of the facts ("plan") or of one kind of feature, in the order of the schema."""
    return tuple(plan_schema()["$defs"][part]["properties"])


def check_part(value: Mapping[str, Any], part: str, *, source: str, where: Note) -> None:
    """Check the facts or the properties of one feature.

    Parameters
    ----------
    part
        "plan", or one of `FEATURES`.

    Raises
    ------
    InputError
        The first thing that is not as the schema asks, in the order of reading.
    LimitError
        A list or text is longer than allowed.
    """
    looked_at = {name: item for name, item in value.items() if name != FORM}
    errors = sorted(_validator(part).iter_errors(looked_at), key=_order)
    if errors:
        raise _explained(errors[0], source=source, where=where)


def nearest_name(name: str, names: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The name that a misspelt one most resembles, None where none does."""
    known = {candidate.casefold(): candidate for candidate in names}
    found = difflib.get_close_matches(str(name).casefold(), known, n=1, cutoff=cutoff)
    return known[found[0]] if found else None


def _order(error: ValidationError) -> tuple[bool, list[str], str]:
    """Misspelt fields first: what seems to be missing is often written under another name."""
    path = [f"{step:06}" if isinstance(step, int) else step for step in error.absolute_path]
    return error.validator != "additionalProperties", path, error.message


def _field(path: Sequence[str | int]) -> str:
    """A path in words of the file: ``dwellings[2].count``, items counted from 1."""
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _explained(error: ValidationError, *, source: str, where: Note) -> InputError:  # noqa: PLR0911
    path = list(error.absolute_path)
    place: dict[str, object] = {"source": source, "where": where, "field": _field(path)}
    schema: Mapping[str, Any] = error.schema if isinstance(error.schema, Mapping) else {}
    match error.validator:
        case "required":
            missing = next(name for name in error.validator_value if name not in error.instance)
            return InputError("plans.missing_field", **{**place, "field": _field([*path, missing])})
        case "additionalProperties":
            return _unknown_field(error, schema, path, place)
        case "type":
            return _wrong_type(error, place)
        case "enum" | "const":
            return _not_a_choice(error, place)
        case "minimum" | "maximum":
            return _out_of_range(error, schema, place)
        case "maxItems" | "maxLength" | "maxProperties":
            key = "plans.text_too_long" if error.validator == "maxLength" else "plans.too_many"
            return LimitError(key, length=len(error.instance), limit=error.validator_value, **place)
        case "minLength":
            return InputError("plans.empty_text", **place)
        case "format" | "pattern":
            return _not_as_written(error, schema, place)
        case _:
            return InputError("plans.not_as_described", **{**place, "field": place["field"] or FACTS})


def _unknown_field(error: ValidationError, schema: Mapping[str, Any], path: list[str | int], place: dict[str, object]) -> InputError:
    known = list(schema.get("properties", {}))
    unknown = min(name for name in error.instance if name not in known)
    nearest = nearest_name(unknown, known)
    place = {**place, "field": _field([*path, unknown])}
    if nearest is None:
        return InputError("plans.unknown_field", **place)
    return InputError("plans.unknown_field_near", nearest=nearest, **place)


def _wrong_type(error: ValidationError, place: dict[str, object]) -> InputError:
    asked = error.validator_value
    if asked in ("number", "integer") and isinstance(error.instance, str):
        return InputError("plans.number_as_text", value=error.instance, **place)
    if asked == "integer" and isinstance(error.instance, float):
        return InputError("plans.not_whole", value=error.instance, **place)
    kind = "text" if isinstance(asked, list) else asked
    found = json.dumps(error.instance, ensure_ascii=False)
    return InputError("plans.wrong_type", value=found, expected=Note(f"plans.type_{kind}"), **place)


def _not_a_choice(error: ValidationError, place: dict[str, object]) -> InputError:
    choices = error.validator_value if error.validator == "enum" else [error.validator_value]
    shown = ", ".join(str(choice) for choice in choices[:MAX_CHOICES_SHOWN]) + (", …" if len(choices) > MAX_CHOICES_SHOWN else "")
    nearest = nearest_name(error.instance, choices) if isinstance(error.instance, str) else None
    if nearest is None:
        return InputError("plans.not_a_choice", value=error.instance, choices=shown, **place)
    return InputError("plans.not_a_choice_near", value=error.instance, choices=shown, nearest=nearest, **place)


def _out_of_range(error: ValidationError, schema: Mapping[str, Any], place: dict[str, object]) -> InputError:
    unit, limit = schema.get("x-unit", ""), error.validator_value
    if error.validator == "minimum":
        return InputError("plans.too_small", value=error.instance, limit=_with_unit(limit, unit), **place)
    if unit == "m" and error.instance >= _UNIT_SLIP * min(limit, 100.0):
        return InputError("plans.too_large_units", value=error.instance, limit=limit, **place)
    return InputError("plans.too_large", value=error.instance, limit=_with_unit(limit, unit), **place)


def _with_unit(limit: float, unit: str) -> str:
    return f"{limit} { ({'m2': 'm²', 'm3': 'm³', 'count': ''}.get(unit, unit)) }".strip()


def _not_as_written(error: ValidationError, schema: Mapping[str, Any], place: dict[str, object]) -> InputError:
    if schema.get("format") == "date":
        return InputError("plans.not_a_date", value=error.instance, **place)
    key = "plans.bad_identifier" if "a-z" in str(schema.get("pattern", "")) else "plans.bad_text"
    return InputError(key, value=error.instance, **place)
