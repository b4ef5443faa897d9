"""Assumptions: what travels with the project is complete, and another choice is seen to change figures."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.impacts.street_village import street_plan, street_village
from tests.impacts.village import towers, village
from wijktwin.errors import InputError, NotFoundError
from wijktwin.impacts.assumptions import SUBJECTS, default_assumptions, read_assumptions
from wijktwin.impacts.catalogue import assess
from wijktwin.impacts.heat import LIGHT
from wijktwin.impacts.sunlight.norm_tests import ASSUMED as SUNLIGHT
from wijktwin.impacts.sunlight.tree_figures import ASSUMED_OF_TREES
from wijktwin.impacts.view.desk import ASSUMED as VIEW
from wijktwin.impacts.view.figures import STEP
from wijktwin.model.plan import Traffic
from wijktwin.model.provenance import LocalText
from wijktwin.places import data_folder

GOOD = """
[sill_height]
value = 0.75
low = 0.6
high = 0.9
unit = "m"
owner = "Wijktwin"
date = "2026-11-21"
label = {nl = "Hoogte van de vensterbank", en = "Height of the sill"}
reason = {nl = "Zo rekenen bureaus.", en = "So bureaus compute."}
"""


def test_what_travels_with_the_project_is_complete_in_both_languages() -> None:
    document = tomllib.loads((data_folder() / "norms" / "assumptions.toml").read_text(encoding="utf-8"))
    assert set(document) == set(default_assumptions())
    for one in default_assumptions().values():
        assert one.low < one.value < one.high or one.low <= one.value <= one.high
        assert one.low < one.high, f"{one.name} has no range, so nobody sees what depends on it"
        assert one.label.nl and one.label.en and one.reason.nl and one.reason.en  # noqa: PT018
        assert one.certainty in {"H", "M", "L"}
        assert bool(one.source) == bool(one.url)
        assert one.subject in SUBJECTS
    changed = default_assumptions().with_values({"walking_speed": 4.7}, variant="x", owner="x", date="2026-01-01")["walking_speed"]
    assert (changed.source, changed.source_nl, changed.url) == ("", "", ""), "where ours was read says nothing of another value"


def test_every_assumption_is_used_by_some_figure_and_every_used_one_is_registered() -> None:
    plain = towers(volumes=(*towers().volumes,))
    without_storeys = towers(volumes=(towers().volumes[0].__class__(**{**_fields(towers().volumes[0]), "storeys": None}),))
    table = village().addresses
    table.loc[table["building_id"] == "house-2", "use"] = "shop"
    used = {each.name for one in (plain, without_storeys) for figure in assess(village().with_plans([one])) for each in figure.assumptions}
    used |= {each.name for figure in assess(village(address_table=table).with_plans()) for each in figure.assumptions}
    streets = street_village()
    derived = streets.streets
    derived["kind"] = "calculated"
    used |= {each.name for figure in assess(street_village(street_table=derived).with_plans()) for each in figure.assumptions}
    changed = (streets.with_plans([street_plan(k1=Traffic.FORWARD)]), streets.with_plans([street_plan()], flooded=frozenset({"w"})))
    used |= {each.name for one in changed for figure in assess(one) for each in figure.assumptions}
    used |= set(VIEW) | {STEP, LIGHT}
    used |= {*SUNLIGHT, *ASSUMED_OF_TREES}  # computed apart: that its figures carry them is tested there
    assert used == set(default_assumptions())


def _fields(volume: Any) -> dict[str, Any]:
    return {name: getattr(volume, name) for name in type(volume).__dataclass_fields__}


def test_another_storey_height_changes_the_figures_that_name_it_and_no_others() -> None:
    scenario = village().with_plans([towers()])
    higher = default_assumptions().with_values({"storey_height_dwelling": 3.1}, variant="hoger", owner="bewoner", date="2026-12-01")
    changed = []
    for ours, theirs in zip(assess(scenario), assess(scenario, assumptions=higher), strict=True):
        names = {each.name for each in theirs.assumptions}
        if (ours.before, ours.after) != (theirs.before, theirs.after):
            changed.append(theirs.impact)
            assert "storey_height_dwelling" in names
        for each in theirs.assumptions:
            assert each.variant == ("hoger" if each.name == "storey_height_dwelling" else "")
            assert each.owner == ("bewoner" if each.name == "storey_height_dwelling" else "Wijktwin")
    assert "density.floor_space_index" in changed
    assert default_assumptions()["storey_height_dwelling"].value != 3.1, "a variant leaves ours alone"


def test_a_value_outside_the_range_needs_a_reason() -> None:
    ours = default_assumptions()
    with pytest.raises(InputError) as caught:
        ours.with_values({"storey_fill": 2.0}, variant="x", owner="y", date="2026-01-01")
    assert "0.85" in caught.value.sentence("en")
    assert "is 2 m² per m², buiten 0,85 tot 1" in caught.value.sentence("nl")
    assert "geef een waarde daartussen" in caught.value.sentence("nl")
    wider = ours.with_values({"storey_fill": 2.0}, variant="x", owner="y", date="2026-01-01", reason=LocalText("Gemeten."))
    assert (wider["storey_fill"].value, wider["storey_fill"].high) == (2.0, 2.0)


@pytest.mark.parametrize("value", [0.0, -1, float("nan"), float("inf"), True, "3"])
def test_a_value_must_be_a_number_above_zero(value: Any) -> None:
    with pytest.raises(InputError, match="the assumption “Share of the footprint that each storey fills") as caught:
        default_assumptions().with_values({"storey_fill": value}, variant="x", owner="y", date="2026-01-01", reason=LocalText("Zo."))
    assert ".0”" not in caught.value.sentence("nl")


def test_unknown_names_and_nameless_variants_are_refused() -> None:
    ours = default_assumptions()
    with pytest.raises(NotFoundError, match="storey_fill"):
        ours.with_values({"storey_filling": 1.0}, variant="x", owner="y", date="2026-01-01")
    with pytest.raises(InputError):
        ours.with_values({"storey_fill": 1.0}, variant=" ", owner="y", date="2026-01-01")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("[a\n", "TOML"),
        (GOOD.replace("0.75", '"hoog"'), "sill_height.value"),
        (GOOD.replace("value = 0.75", "value = 2.0"), "outside"),
        (GOOD.replace("low = 0.6", "low = -1"), "outside"),
        (GOOD.replace('owner = "Wijktwin"\n', ""), "owner"),
        (GOOD.replace("value = 0.75\n", ""), "sill_height.value"),
        ("sill_height = 3\n", "sill_height.value"),
    ],
)
def test_a_register_that_is_wrong_is_refused_in_one_sentence(tmp_path: Path, wrong: str, says: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(wrong, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_assumptions(path)
    assert says in caught.value.sentence("en")
    assert caught.value.sentence("nl")


def test_a_register_that_is_not_there_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing\.toml"):
        read_assumptions(tmp_path / "nothing.toml")


def test_a_register_of_ones_own_is_read(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(GOOD, encoding="utf-8")
    own = read_assumptions(path)
    assert own["sill_height"].value == 0.75
    assert own["sill_height"].reason.en == "So bureaus compute."
