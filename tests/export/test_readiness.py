"""What is looked at before an evening: tables, plans, every address by its own name, figures, the order of the screen in front."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.impacts.village import plan, towers, village
from wijktwin.errors import InputError, LimitError
from wijktwin.export import readiness
from wijktwin.export.readiness import Finding, Outcome
from wijktwin.export.sets import Job, MadeFrom, SetKind, make_set
from wijktwin.model.plan import PlanStatus
from wijktwin.model.scenario import Scenario


def outcomes(found: list[Finding]) -> dict[str, Outcome]:
    return {finding.note.sentence("en"): finding.outcome for finding in found}


def test_every_table_is_counted_and_what_is_missing_says_what_people_will_miss() -> None:
    whole = village()
    assert {each.outcome for each in readiness.data_findings(whole) if "trees" in each.note.sentence("en")} == {Outcome.FINE}
    bare = replace(whole, tree_table=None, address_table=whole.addresses.iloc[:0])
    told = outcomes(list(readiness.data_findings(bare)))
    missing = [sentence for sentence, outcome in told.items() if outcome is Outcome.MISSING]
    assert [sentence.split(":")[0] for sentence in missing if "trees" in sentence or "addresses" in sentence] == [
        "There are no trees",
        "There are no addresses",
    ]
    assert next(iter(told)) == f"{int((~whole.buildings.flags['is_halo']).sum())} buildings."


def test_plans_that_residents_see_and_files_that_hold_none() -> None:
    published = replace(plan("a"), status=PlanStatus.PUBLISHED)
    draft = replace(plan("b"), status=PlanStatus.DRAFT)
    fault = InputError("evening.no_steps", source="x.geojson")
    assert [each.outcome for each in readiness.plan_findings([published, draft], [])] == [Outcome.FINE]
    told = outcomes(list(readiness.plan_findings([draft], [fault])))
    assert list(told.values()) == [Outcome.MISSING, Outcome.WRONG]
    assert any("x.geojson" in sentence for sentence in told)


def test_an_address_that_is_not_found_by_its_own_name_is_named() -> None:
    whole = village()
    (fine,) = readiness.address_findings(whole)
    assert fine.outcome is Outcome.FINE
    table = whole.addresses
    table.loc[table.index[0], "street"] = "?!"
    (lost,) = readiness.address_findings(replace(whole, address_table=table))
    assert lost.outcome is Outcome.WRONG
    assert lost.note.values["count"] == 1
    (none,) = readiness.address_findings(replace(whole, address_table=None))
    assert none.outcome is Outcome.MISSING


def test_figures_that_cannot_be_computed_are_named_by_scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "IN_BACKGROUND", {})
    monkeypatch.setattr(readiness, "IMPACTS", {"dwellings": None, "height": None})
    asked: list[tuple[str, bool]] = []

    def assessed(name: str, scenario: object) -> tuple[str, ...]:
        asked.append((name, scenario is today))
        if name == "height" and scenario is not today:
            raise LimitError("evening.no_steps", source="here")
        return ("figure", "figure")

    monkeypatch.setattr(readiness, "assess_impact", assessed)
    today, tall = village().with_plans([]), village().with_plans([towers()])
    fine, wrong = readiness.figure_findings([today, tall])
    assert asked == [("dwellings", True), ("height", True), ("dwellings", False), ("height", False)]
    assert (fine.outcome, fine.note.values["count"]) == (Outcome.FINE, 4)
    assert wrong.outcome is Outcome.WRONG
    assert "height" in wrong.note.sentence("nl")


def test_figures_are_really_computed() -> None:
    (found,) = readiness.figure_findings([village().with_plans([])])
    assert found.outcome is Outcome.FINE, found.note.sentence("en")
    assert int(str(found.note.values["count"])) > 20


def test_the_order_of_the_screen_in_front(tmp_path: Path) -> None:
    plans = [plan("a")]
    assert readiness.programme_finding(tmp_path, plans).outcome is Outcome.FINE
    (tmp_path / "evening.toml").write_text('[[step]]\nkind = "picture"\nplan = "a"\n', encoding="utf-8")
    own = readiness.programme_finding(tmp_path, plans)
    assert (own.outcome, own.note.values["count"]) == (Outcome.FINE, 1)
    assert readiness.programme_finding(tmp_path, []).outcome is Outcome.WRONG


def test_pictures_of_an_older_state_and_those_that_are_gone_are_named(tmp_path: Path) -> None:
    today, tall = village().with_plans([]), village().with_plans([towers()])

    def told(*scenarios: Scenario) -> list[tuple[str, Outcome]]:
        found = [each for each in readiness.picture_findings(tmp_path, scenarios) if "kind" in each.note.values]
        return [(each.note.key.removeprefix("readiness."), each.outcome) for each in found]

    def made(kind: SetKind, scenario: Scenario, *, n: int = 2) -> list[Job]:
        origin = MadeFrom(kind, frozenset(one.plan_id for one in scenario.plans), scenario.key)
        return [Job(f"{place}-{len(origin.plans)}.png", scenario.key, lambda: b"picture", origin) for place in range(n)]

    (nothing,) = readiness.picture_findings(tmp_path, [today])
    assert nothing.outcome is Outcome.MISSING
    pack = tmp_path / "pack"
    make_set([*made(SetKind.PACK, today), *made(SetKind.PACK, tall), Job("0-map.png", "1", lambda: b"map")], pack)
    no_shadows = [("set_none", Outcome.MISSING)] * 2
    assert told(today, tall) == [("set_there", Outcome.FINE)] * 2 + no_shadows

    changed = village().with_plans([replace(towers(), volumes=towers().volumes[:1])])
    assert told(today, changed)[:2] == [("set_there", Outcome.FINE), ("set_old", Outcome.WRONG)]
    make_set(made(SetKind.PACK, changed), pack)
    assert told(today, changed)[:2] == [("set_there", Outcome.FINE)] * 2, "made again"

    (pack / "1-0.png").write_bytes(b"")
    assert told(today, changed)[:2] == [("set_part", Outcome.MISSING), ("set_there", Outcome.FINE)]
    (gone, *_) = [each for each in readiness.picture_findings(tmp_path, [today]) if each.outcome is Outcome.MISSING]
    assert "1-0.png" in gone.note.sentence("nl")
    make_set(made(SetKind.SHADOWS, today, n=3), tmp_path / "shadows")
    make_set(made(SetKind.SHADOWS, changed, n=2), tmp_path / "shadows")
    shadows = [each for each in readiness.picture_findings(tmp_path, [today, changed]) if "shadows" in each.note.values.values()]
    assert [each.note.key for each in shadows] == ["readiness.set_there", "readiness.set_part"]
    assert "1 not made" in shadows[1].note.sentence("en")
