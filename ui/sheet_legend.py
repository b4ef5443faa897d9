"""The legend of a sheet in words: what the scene's own legend says, for pictures on paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from layers.legend import GHOST_FILL, LegendEntry, Shape, legend
from ui.scene.words import scene_words
from wijktwin import appearance
from wijktwin.export.legend_marks import LegendLine

if TYPE_CHECKING:
    from layers.prepared import Prepared
    from wijktwin.errors import Language
    from wijktwin.model.scenario import Scenario


def legend_lines(scenario: Scenario, prepared: Prepared, language: Language, *, has_shade: bool) -> list[LegendLine]:
    """What the colours and lines of a scenario mean, shade first where there is any."""
    words = scene_words(language)
    entries = legend(scenario, prepared)
    ground = _most_seen(entries)
    lines = shade_lines(language, has_plans=bool(scenario.plans), ground=ground) if has_shade else []
    for entry in entries:
        is_clear = len(entry.fill) > 3 and entry.fill[3] < GHOST_FILL[3]
        lines.append(
            LegendLine(
                words["legend"][entry.key], entry.fill, entry.outline, entry.pattern, entry.is_hatched,
                is_round=entry.shape is Shape.TREE, is_on_ground=is_clear, ground=ground,
            )
        )  # fmt: skip
    return lines


def _most_seen(entries: Sequence[LegendEntry]) -> appearance.Colour:
    """The ground on which a legend shows what lets something through: green, else what there is, the bare plate perhaps."""
    grounds = {entry.key: entry.fill for entry in entries if entry.key.startswith("ground_")}
    red, green, blue, *_ = grounds.get("ground_green") or next(iter(grounds.values()), appearance.PLATE)
    return red, green, blue


def shade_lines(language: Language, *, has_plans: bool, ground: appearance.Colour = appearance.GROUND["green"]) -> list[LegendLine]:
    """The three parts of shade as they look on some ground; today has one."""
    words = scene_words(language)["control"]
    parts = (
        ("shade_stays", appearance.SHADE_STAYS, True),
        ("shade_comes", appearance.SHADE_COMES, has_plans),
        ("shade_goes", appearance.SHADE_GOES, has_plans),
    )
    return [LegendLine(words[key], colour, is_on_ground=True, ground=ground) for key, colour, is_there in parts if is_there]


def all_legends(scenarios: Sequence[Scenario], prepared: Prepared, language: Language) -> dict[tuple[str, bool], Sequence[LegendLine]]:
    """The legends of some scenarios, with shade and without, by what `wijktwin.export.telling.Teller` asks for."""
    return {
        (scenario.key, has_shade): legend_lines(scenario, prepared, language, has_shade=has_shade)
        for scenario in scenarios
        for has_shade in (False, True)
    }
