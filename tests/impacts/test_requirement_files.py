"""Tables of requirements as files: read and written without loss, and refused in one sentence that says where."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wijktwin.errors import InputError, LimitError
from wijktwin.example.requirement_texts import example_requirements
from wijktwin.impacts.requirement_files import (
    FIELDS,
    read_requirements,
    requirement_path,
    requirements_beside,
    requirements_csv,
    requirements_toml,
)
from wijktwin.impacts.requirements import MEASURES, Certainty, Measure, Operator, Requirement, Requirements, Scope, Subject
from wijktwin.model.provenance import LocalText, Source
from wijktwin.places import example_folder

GOOD = """
municipality = "Gemeente Voorbeeld"

[[requirement]]
id = "hoogte"
subject = "height"
value = 30
rule = "Omgevingsplan, artikel 5"
owner = "Gemeente Voorbeeld"
date = "2024-01-01"
certainty = "H"
"""

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).map(str.strip).filter(bool)


@st.composite
def requirements(draw: st.DrawFn) -> Requirements:
    items = []
    owner, fictional = draw(WORDS), draw(st.booleans())
    for place in range(draw(st.integers(0, 4))):
        subject = draw(st.sampled_from(Subject))
        measure = MEASURES.get(subject) or Measure("trees.planted", "count", per=draw(st.sampled_from(["", "dwellings.new"])))
        rule = Source(draw(WORDS), owner, vintage=draw(st.sampled_from(["2024", "2024-05", "2024-05-21"])), fictional=fictional)
        one = (
            Requirement(
                f"r{place}", subject, measure, draw(st.sampled_from([Operator.AT_MOST, Operator.AT_LEAST])),
                draw(st.floats(0, 1e6, allow_nan=False)), rule, draw(st.sampled_from(Certainty)),
                title=LocalText(draw(st.just("") | WORDS)), scope=draw(st.sampled_from(Scope)),
                plans=frozenset(draw(st.lists(st.sampled_from(["torens", "hof"])))), is_own=draw(st.booleans()),
            )
        )  # fmt: skip
        tried = replace(one, operator=draw(st.sampled_from([Operator.AT_MOST, Operator.AT_LEAST])), value=draw(st.floats(0, 9)))
        items.append(one if (tried.operator, tried.value) == (one.operator, one.value) else replace(tried, changed_from=one))
    return Requirements(draw(WORDS), fictional=fictional, items=tuple(items))


def as_told(table: Requirements) -> Requirements:
    """What a file can tell of a measure: of a subject with a measure of its own, that measure."""

    def told(one: Requirement) -> Requirement:
        original = None if one.changed_from is None else told(one.changed_from)
        return replace(one, measure=replace(one.measure, operator=Operator.AT_MOST), changed_from=original)

    return replace(table, items=tuple(told(one) for one in table.items))


@given(requirements())
def test_what_is_written_is_read_again(table: Requirements) -> None:
    by_toml = read_requirements(requirements_toml(table).encode(), name="eigen.toml")
    assert as_told(by_toml) == as_told(table)
    by_csv = read_requirements(requirements_csv(table), name="eigen.csv")
    assert as_told(by_csv).items == as_told(table).items
    assert by_csv.municipality == (table.municipality if table.items else "")


def test_a_table_by_hand_is_read(tmp_path: Path) -> None:
    (tmp_path / "requirements.toml").write_text(GOOD, encoding="utf-8")
    (one,) = requirements_beside(tmp_path).items
    assert (one.subject, one.operator, one.value, one.measure.impact) == (Subject.HEIGHT, Operator.AT_MOST, 30.0, "height.new")
    assert (one.rule.owner, one.rule.vintage, one.certainty) == ("Gemeente Voorbeeld", "2024-01-01", Certainty.HIGH)
    assert not one.plans


def test_a_table_from_a_spreadsheet_is_read() -> None:
    text = "id;subject;value;rule;owner;date;certainty;plans\nparkeren;parking;0,65;Nota;Gemeente;2024;L;torens hof\n"
    (one,) = read_requirements(text.encode("utf-8-sig"), name="eisen.csv").items
    assert (one.value, one.plans) == (0.65, frozenset({"torens", "hof"}))


def test_the_example_has_the_table_that_its_generator_makes() -> None:
    assert as_told(requirements_beside(example_folder())) == as_told(example_requirements())
    assert requirements_beside(example_folder()).fictional
    assert all(one.rule.fictional for one in requirements_beside(example_folder()).items)


def test_without_a_file_there_are_no_requirements_and_two_files_are_one_too_many(tmp_path: Path) -> None:
    assert requirements_beside(tmp_path) == Requirements()
    assert requirement_path(example_folder() / "buildings.city.jsonl.gz") is None
    for name in ("requirements.toml", "requirements.csv"):
        (tmp_path / name).write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="keep one of the two"):
        requirements_beside(tmp_path)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("[a\n", "TOML"),
        ("hoogte = 3\n", "“hoogte”"),
        ("requirement = 3\n", "requirement"),
        ("requirement = [3]\n", "requirement"),
        (GOOD.replace('id = "hoogte"\n', ""), "“id”"),
        (GOOD.replace("value = 30\n", ""), "“value”"),
        (GOOD.replace("value = 30", 'value = "dertig"'), "“dertig”"),
        (GOOD.replace("value = 30", "value = -1"), "zero or more"),
        (GOOD.replace("value = 30", "value = nan"), "zero or more"),
        (GOOD.replace("value = 30", "value = true"), "zero or more"),
        (GOOD.replace('"height"', '"hight"'), "choose from: height"),
        (GOOD.replace('"2024-01-01"', '"gisteren"'), "“gisteren”"),
        (GOOD.replace('"H"', '"Z"'), "H, M, L"),
        (GOOD.replace('"hoogte"', '"De Hoogte"'), "cannot be an id"),
        (GOOD + 'unit = "km"\n', "measured in “m”"),
        (GOOD + "hoogste = 3\n", "“hoogste”"),
        (GOOD + 'operator = "about"\n', "at_most, at_least"),
        (GOOD + 'plans = "torens"\n', "list of plan ids"),
        (GOOD + 'figure = "trees.total"\n', "“figure”"),
        (GOOD + "url = 3\n", "“url”"),
        (GOOD.replace('id = "hoogte"', "id = [1]"), "“id”"),
        (GOOD.replace('"height"', "{ en = 1 }"), "“subject”"),
        ("requirement = " + 5000 * "[", "TOML"),
        (GOOD.replace('"height"', '"figure"'), "“figure”"),
        (GOOD + GOOD.split("\n\n")[1].replace("[[requirement]]", "[[requirement]]"), "two requirements"),
    ],
)  # fmt: skip
def test_a_table_that_is_wrong_is_refused_in_one_sentence(wrong: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        read_requirements(wrong.encode(), name="eisen.toml")
    assert says in caught.value.sentence("en")
    assert caught.value.sentence("en").startswith("eisen.toml")
    assert caught.value.sentence("nl").startswith("eisen.toml")


def test_files_that_are_no_tables_are_refused() -> None:
    with pytest.raises(InputError, match="UTF-8"):
        read_requirements(b"\xff\xfe\x00", name="eisen.toml")
    with pytest.raises(InputError, match="line 2"):
        read_requirements(b"id;subject\na;b;c\n", name="eisen.csv")
    with pytest.raises(LimitError, match="500 kB"):
        read_requirements(b"#" * 500_001, name="eisen.toml")
    many = "".join(GOOD.split("\n\n")[1].replace("hoogte", f"r{place}") + "\n" for place in range(201))
    with pytest.raises(LimitError, match="201 requirements"):
        read_requirements(many.encode(), name="eisen.toml")


def test_every_field_is_documented(root: Path) -> None:
    page = (root / "docs" / "requirements.md").read_text(encoding="utf-8")
    assert [name for name in FIELDS if f"`{name}`" not in page] == []
    assert [str(subject) for subject in Subject if f"`{subject}`" not in page] == []
