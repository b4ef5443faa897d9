"""Figures as JSON: everything that a figure carries, as its schema says, the same bytes for the same figures."""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from tests.impacts.village import half_strip, towers, village
from wijktwin.export.assessments_json import as_bytes, assessments_document, assessments_schema
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import assess
from wijktwin.impacts.claims import checked_claims
from wijktwin.impacts.requirement_files import read_requirements
from wijktwin.impacts.requirements import judged
from wijktwin.model.plan import Claim, Party
from wijktwin.model.provenance import LocalText, Source
from wijktwin.model.scenario import Scenario
from wijktwin.words.judgements import claim_sentences


def document(scenario: Scenario, **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(as_bytes(assessments_document(assess(scenario, **options), scenario, **options)))
    return found


def test_the_schema_is_a_schema_and_the_documents_are_as_it_says() -> None:
    Draft202012Validator.check_schema(dict(assessments_schema()))
    validator = Draft202012Validator(dict(assessments_schema()))
    bare = village(ground_table=None, tree_table=None, address_table=None)
    wider = default_assumptions().with_values({"storey_fill": 2.0}, variant="x", owner="y", date="2026-01-01", reason=LocalText("Zo."))
    told = [document(village().with_plans(plans)) for plans in ((), (towers(),), (towers(), half_strip()))]
    told += [document(bare.with_plans([towers()])), document(village().with_plans([towers()]), assumptions=wider)]
    for one in told:
        assert not [error.message for error in validator.iter_errors(one)]
        assert one["assessments"]
    assert told[-1]["assumption_set"] == {"variant": "x", "changed": ["storey_fill"]}
    assert {each["variant"] for figure in told[-1]["assessments"] for each in figure["assumptions"] if each["name"] == "storey_fill"} == {
        "x"
    }


def test_requirements_and_claims_say_what_was_asked_what_is_found_and_why_it_is_open() -> None:
    rows = b"""
        municipality = "Dorp"
        [[requirement]]
        id = "hoogte"
        subject = "height"
        value = 20
        rule = "Plan, artikel 1"
        owner = "Dorp"
        date = "2024"
        certainty = "H"
        status_nl = "Bindend"
        [[requirement]]
        id = "plekken"
        subject = "parking"
        value = 0.5
        rule = "Nota"
        owner = "Dorp"
        date = "2023-02"
        certainty = "M"
        [[requirement]]
        id = "bomen"
        subject = "figure"
        figure = "trees.planted"
        operator = "at_least"
        value = 4
        unit = "count"
        rule = "Visie"
        owner = "Dorp"
        date = "2021"
        certainty = "L"
    """
    said = [
        {"impact": "dwellings.social_share_of_new", "operator": "at_least", "value": 35, "unit": "%"},
        {"impact": "sunlight", "max_dwellings": 21, "from": "16:00", "day": "03-21"}, {},
    ]  # fmt: skip
    who = ("Buurt", Party.RESIDENTS, LocalText("Zo.", "So."), dt.date(2026, 1, 1), Source("Brief", "Buurt"))
    plan = towers(claims=tuple(Claim(f"c{n}", *who, checkable=each) for n, each in enumerate(said)))
    scenario, table = village().with_plans([plan]), read_requirements(rows, name="eisen.toml")
    asked = ("height", "parking", "dwellings", "sunlight")
    figures = tuple(one for one in assess(scenario) if one.impact.startswith(asked))
    judgements, claims = judged(table.items, plan, figures, asked=asked), checked_claims(plan, figures, asked=asked)
    whole = assessments_document(figures, scenario, table=table, judgements=judgements, claims=claims)
    told = json.loads(as_bytes(whole))
    assert not [error.message for error in Draft202012Validator(dict(assessments_schema())).iter_errors(told)]
    assert (told["requirements"]["municipality"], told["requirements"]["fictional"]) == ("Dorp", False)
    height, places, trees = told["requirements"]["judgements"]
    assert (height["plan_id"], height["outcome"]["key"], height["is_sure"], height["value"]) == ("towers", "fails", True, 20.0)
    assert (height["found"]["value"], height["found"]["kind"], height["found"]["figures"][0]["impact"]) == (30.0, "stated", "height.new")
    assert (height["rule"]["title"], height["rule"]["vintage"], height["status"]["nl"]) == ("Plan, artikel 1", "2024", "Bindend")
    assert (height["reason"], height["why"]) == (None, None)
    assert height["told"]["en"] == ["Found: 30\u00a0m. Asked: at most 20\u00a0m."]
    assert (places["outcome"]["key"], places["is_sure"], places["reason"]["key"]) == ("fails", False, "margin_unknown")
    assert (places["found"]["value"], places["found"]["high"], places["per"]) == (40 / 165, None, "dwellings.new")
    assert (trees["outcome"]["key"], trees["found"], trees["reason"]["key"]) == ("open", None, "not_asked")
    share, shade, words = told["claims"]
    assert (share["finding"]["key"], share["owner"], share["date"]) == ("otherwise", "Buurt", "2026-01-01")
    assert share["source"]["title"] == "Brief"
    assert (share["statements"][0]["value"], share["statements"][0]["found"]["value"]) == (35.0, 100 * 57 / 165)
    assert share["told"]["nl"] == [sentence for check in claims[:1] for sentence in claim_sentences(check, "nl")]
    assert [(each["day"], each["until"], each["reason"]["key"]) for each in shade["statements"]] == [
        ("03-21", None, "not_there_yet"), ("03-21", "16:00", "not_there_yet"),
    ]  # fmt: skip
    assert (words["statements"], words["reason"]["key"], words["text"]["en"]) == ([], "no_numbers", "So.")


def test_every_figure_is_there_once_and_says_what_it_says() -> None:
    scenario = village().with_plans([towers(), half_strip()])
    figures = assess(scenario)
    told = document(scenario)["assessments"]
    assert len(told) == len(figures)
    by_place = {(one["impact"], one["where"]["place"], one["where"]["identifier"], one["after"]): one for one in told}
    assert len(by_place) == len(figures)
    for figure in figures:
        one = by_place[figure.impact, figure.where.place, figure.where.identifier, figure.after]
        assert (one["before"], one["difference"], one["unit"], one["kind"]) == (figure.before, figure.difference, figure.unit, figure.kind)
        assert (one["margin"]["below"], one["margin"]["above"]) == (figure.margin.below, figure.margin.above)
        change = figure.margin if figure.difference_margin is None else figure.difference_margin
        assert (one["difference_margin"]["below"], one["difference_margin"]["above"]) == (change.below, change.above)
        assert [source["title"] for source in one["sources"]] == [source.title for source in figure.sources]
        assert {key: (part["before"], part["after"]) for key, part in one["breakdown"].items()} == dict(figure.breakdown)
        assert one["plans"] == [plan.plan_id for plan in figure.plans]
        assert [remark["nl"] for remark in one["remarks"]] == [remark.sentence("nl") for remark in figure.remarks]
        assert (one["missing"] is None) == (not figure.missing)


def test_the_bytes_do_not_depend_on_the_order_of_figures_or_plans() -> None:
    scenario, turned = village().with_plans([towers(), half_strip()]), village().with_plans([half_strip(), towers()])
    figures = list(assess(scenario))
    expected = as_bytes(assessments_document(figures, scenario))
    random.Random(4).shuffle(figures)
    assert as_bytes(assessments_document(figures, turned)) == expected


def test_another_plan_changes_what_the_document_says_it_is_about() -> None:
    one, other = document(village().with_plans([towers()])), document(village().with_plans([towers(felled=frozenset({"t1"}))]))
    assert one["scenario"]["key"] != other["scenario"]["key"]
    assert one["scenario"]["plans"][0]["content_key"] != other["scenario"]["plans"][0]["content_key"]
    assert one["data"] == other["data"]
    assert document(replace(village(), fictional=True).with_plans())["data"]["fictional"] is True


def test_every_member_is_documented(root: Path) -> None:
    page = (root / "docs" / "assess.md").read_text(encoding="utf-8")
    schema = assessments_schema()
    defined = (part for name, part in schema["$defs"].items() if "properties" in part and name != "local")
    parts = [schema, schema["properties"]["requirements"], *defined]
    members = {member for part in parts for member in part["properties"]}
    assert len(members) > 40
    assert {member for member in members if not re.search(rf"`{member}`", page)} == set()
