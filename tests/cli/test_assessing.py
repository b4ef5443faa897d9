"""``wijktwin assess``: what the pages show, without a screen; one sentence and exit code 2 for what cannot be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.impacts.test_real_figures import example
from ui import asked, cache
from ui.settings import settings
from wijktwin.cli import main
from wijktwin.cli.collecting import Telling
from wijktwin.errors import Note
from wijktwin.export.assessments_json import as_bytes, assessments_document
from wijktwin.impacts.assessment import Assessment
from wijktwin.impacts.assumptions import Assumptions
from wijktwin.impacts.catalogue import AT_ONCE, IMPACTS
from wijktwin.impacts.claims import checked_claims
from wijktwin.impacts.progress import UNHEARD, Progress
from wijktwin.impacts.requirements import judged
from wijktwin.model.scenario import Scenario
from wijktwin.places import example_folder
from wijktwin.sources.fetching.progress import Step

PLANS = example_folder() / "plans"


@pytest.fixture(autouse=True)
def fresh_cache() -> Iterator[None]:
    yield
    cache.published_figures.clear()


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["assess", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    return said.err


def answer(capsysbinary: pytest.CaptureFixture[bytes], *arguments: str) -> Any:
    assert main(["assess", *arguments, "--json", "-"]) == 0
    return json.loads(capsysbinary.readouterr().out)


def test_the_answer_is_what_the_pages_show(tmp_path: Path) -> None:
    shown = cache.published(settings())

    def figures(*plan_ids: str) -> tuple[Scenario, tuple[Assessment, ...]]:
        told = tuple((plan_id, shown.plans[plan_id].content_key) for plan_id in plan_ids)
        scenario = cache.published_scenario(shown, shown.neighbourhood.key, told)
        return scenario, cache.published_figures(scenario, scenario.key)

    scenario, both = figures("groene-straat", "vogeltorens")
    table, fault = asked.of_server()
    alone = {plan: figures(plan.plan_id)[1] for plan in scenario.ordered_plans}
    judgements = [one for plan, told in alone.items() for one in judged(table.items, plan, told)]
    claims = [one for plan, told in alone.items() for one in checked_claims(plan, told, asked=AT_ONCE)]
    assert not fault
    assert len(judgements) >= 8
    assert len(claims) == 4
    expected = as_bytes(assessments_document(both, scenario, table=table, judgements=judgements, claims=claims))
    by_name, by_file, few = (tmp_path / f"{name}.json" for name in ("by-name", "by-file", "few"))
    names = ["--plans", "vogeltorens", "groene-straat"]
    assert main(["assess", *names, "--impact", *AT_ONCE, "--json", str(by_name)]) == 0
    assert by_name.read_bytes() == expected
    files = [str(PLANS / f"{name}.geojson") for name in ("groene-straat", "vogeltorens")]
    named = ["--data", str(example_folder()), "--plan", files[0], "--plan", files[1]]
    for options, target in ((names, few), (named, by_file)):
        assert main(["assess", *options, "--impact", "height", "trees", "--json", str(target)]) == 0
    assert by_file.read_bytes() == few.read_bytes()
    names_left = ["by-file.json", "by-name.json", "few.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names_left, "nothing is left beside the answer"


def test_only_what_was_asked_is_computed_and_told(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    one = answer(capsysbinary, "--plans", "vogeltorens", "--impact", "trees.felled", "height")
    assert {each["impact"].split(".")[0] for each in one["assessments"]} == {"trees", "height"}
    assert [each["impact"] for each in one["assessments"] if each["impact"].startswith("trees")] == ["trees.felled"]
    assert set(one["versions"]["methods"]) == {"trees", "height", "requirements", "claims"}
    outcomes = {each["requirement_id"]: each for each in one["requirements"]["judgements"]}
    assert outcomes["hoogte"]["outcome"]["key"] == "fails"
    assert {each["reason"]["key"] for each in outcomes.values() if each["found"] is None} == {"not_asked"}


def test_the_view_from_a_spot_stands_among_the_figures(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    x0, y0, x1, y1 = example().extent
    spot = f"{(x0 + x1) / 2:.1f},{(y0 + y1) / 2:.1f},45"
    one = answer(capsysbinary, "--plans", "vogeltorens", "--impact", "dwellings.total", "--spot", spot)
    told = {each["impact"]: each for each in one["assessments"]}
    assert set(told) == {"dwellings.total", *(f"view.spot_{name}" for name in ("sky", "green", "existing", "new", "plan", "plan_height"))}
    assert told["view.spot_new"]["after"] == pytest.approx(told["view.spot_plan"]["after"])
    assert 0 < told["view.spot_sky"]["after"] < 60
    assert told["view.spot_plan_height"]["unit"] == "deg"
    assert told["view.spot_sky"]["margin"]["above"] > 0
    assert "view" in one["versions"]["methods"]


def test_plans_are_held_against_another_table_where_one_is_named(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    table = tmp_path / "proef.csv"
    table.write_text("id;subject;value;rule;owner;date;certainty\nhoog;height;99;Proef;Mij;2026;L\n", encoding="utf-8")
    one = answer(capsysbinary, "--plans", "vogeltorens", "--impact", "height", "--requirements", str(table))
    assert [(each["requirement_id"], each["outcome"]["key"]) for each in one["requirements"]["judgements"]] == [("hoog", "meets")]
    assert main(["assess", "--requirements", str(tmp_path / "none.toml"), "--json", "-"]) == 2
    assert b"none.toml" in capsysbinary.readouterr().err


def test_progress_is_told_on_standard_error_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["assess", "--impact", "trees", "dwellings", "--json", "-"]) == 0
    said = capsys.readouterr()
    assert said.err.splitlines() == ["Reading example ...", "dwellings, figures: 3", "trees, figures: 2"]
    assert json.loads(said.out)["scenario"]["plans"] == []


def test_an_impact_that_takes_long_says_how_far_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow:
        METHOD = IMPACTS["trees"].METHOD

        @staticmethod
        def assess(scenario: Scenario, *, assumptions: Assumptions, progress: Progress = UNHEARD) -> tuple[Assessment, ...]:
            progress.tell(Note("tables.no_such_figure", name="half-way"), 0.5)
            return IMPACTS["trees"].assess(scenario, assumptions=assumptions)

    heard: list[Step] = []
    monkeypatch.setattr("wijktwin.impacts.catalogue.IN_BACKGROUND", {"trees": Slow})
    monkeypatch.setattr(Telling, "__call__", lambda _self, step: heard.append(step))
    assert main(["assess", "--impact", "trees", "--json", str(tmp_path / "a.json")]) == 0
    assert [(step.what.partition(":")[0], step.done, step.total) for step in heard] == [
        ("trees", 0, 1), ("trees", 50, 100), ("trees, figures", 2, None),
    ]  # fmt: skip


def test_another_assumption_is_named_with_every_figure_that_rests_on_it(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    ours = answer(capsysbinary, "--plans", "vogeltorens", "--impact", "height.times_median")["assessments"]
    asked = ("--plans", "vogeltorens", "--impact", "height.times_median", "--assume", "surroundings_radius=150", "--variant", "ruim")
    theirs = answer(capsysbinary, *asked)
    assert theirs["assumption_set"] == {"variant": "ruim", "changed": ["surroundings_radius"]}
    used = {each["name"]: each for each in theirs["assessments"][0]["assumptions"]}
    assert (used["surroundings_radius"]["value"], used["surroundings_radius"]["variant"]) == (150.0, "ruim")
    assert {each["variant"] for name, each in used.items() if name != "surroundings_radius"} <= {""}
    assert ours[0]["where"] == theirs["assessments"][0]["where"]


def test_an_answer_that_cannot_be_written_leaves_what_was_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "figures.json"
    target.write_text("old", encoding="utf-8")
    assert "no plan “geen”" in refused(capsys, "--plans", "geen", "--json", str(target))
    assert target.read_text(encoding="utf-8") == "old"
    assert "there is no folder" in refused(capsys, "--json", str(tmp_path / "nowhere" / "figures.json"))
    assert "is a folder" in refused(capsys, "--json", str(tmp_path))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--plans", "vogelhof", "vogeltorens"], "cannot stand together"),
        (["--impact", "happiness"], ", ".join(list(IMPACTS)[:3])),
        (["--impact", "trees.happiness"], "“trees.happiness” is not among the figures"),
        (["--assume", "storey_fill=1"], "--assume and --variant belong together"),
        (["--variant", "half"], "--assume and --variant belong together"),
        (["--assume", "storey_fill", "--variant", "half"], "is not a name and a number"),
        (["--assume", "storey_fill=nan", "--variant", "half"], "is not a name and a number"),
        (["--assume", "storey_fill=9", "--variant", "half"], "outside 0.85 to 1.1"),
        (["--assume", "luck=1", "--variant", "half"], "no assumption “luck”"),
        (["--data", "nowhere.city.json"], "nowhere.city.json does not exist"),
        (["--plan", "nowhere.geojson"], "nowhere.geojson"),
        (["--spot", "here"], "is not X,Y or X,Y,FACING"),
    ],
)
def test_what_cannot_be_is_one_sentence(capsys: pytest.CaptureFixture[str], arguments: list[str], says: str) -> None:
    assert says in refused(capsys, *arguments, "--json", "-")
    assert "wijktwin: " in refused(capsys, *arguments, "--json", "-")


def test_a_plan_of_the_folder_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "buurt"
    (folder / "plans").mkdir(parents=True)
    for path in example_folder().iterdir():
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    (folder / "plans" / "goed.geojson").write_bytes((PLANS / "vogelhof.geojson").read_bytes())
    (folder / "plans" / "kapot.geojson").write_text("{", encoding="utf-8")
    assert main(["assess", "--data", str(folder), "--plans", "vogelhof", "--impact", "trees", "--json", "-"]) == 0
    said = capsys.readouterr()
    assert "wijktwin: kapot.geojson" in said.err
    assert [plan["plan_id"] for plan in json.loads(said.out)["scenario"]["plans"]] == ["vogelhof"]
