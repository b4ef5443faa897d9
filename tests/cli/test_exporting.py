"""``wijktwin export``: kinds that are there, one sentence for what cannot be, and the files that the page gives."""

from __future__ import annotations

import argparse
import io
import json
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from wijktwin.cli import exporting, main
from wijktwin.cli.command_line import command_line
from wijktwin.cli.opening import plans_of
from wijktwin.cli.picture_sets import DONE, SOME_FAILED, write_set
from wijktwin.errors import InputError
from wijktwin.export.as_files import cityjson_bytes
from wijktwin.export.sets import Job
from wijktwin.places import example_folder
from wijktwin.sources.folder import read_folder
from wijktwin.sources.plan_files import read_plan

PLAN = str(example_folder() / "plans" / "vogeltorens.geojson")


def test_every_kind_has_a_module_that_comes_when_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert all(find_spec(exporting.module_of(kind)) for kind in exporting.KINDS)
    for module in ("tables", "model"):
        sys.modules.pop(exporting.module_of(module), None)
    parser = command_line()
    assert exporting.module_of("model") not in sys.modules, "a command that is not asked for costs nothing"
    found = parser.parse_args(["export", "model", "--plan", "a", "b", "--plan", "c", "--out", "x.gpkg", "--quick"])
    assert isinstance(found, argparse.Namespace)
    assert (found.plan, found.out, found.quick, found.language) == ([Path("a"), Path("b"), Path("c")], "x.gpkg", True, "nl")
    assert exporting.module_of("model") in sys.modules
    assert exporting.module_of("tables") not in sys.modules
    assert main(["export", "tables", "--help"]) == 0
    assert "--homes" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["statue", "--out", "x"], "invalid choice"),
        (["tables"], "--out"),
        (["tables", "--out", "figures.pdf"], "figures.pdf ends in none of .xlsx, .csv and .zip"),
        (["tables", "--out", "-"], "--format says which"),
        (["tables", "--out", "a.csv", "--homes"], "--homes is a sheet of its own"),
        (["tables", "--out", "nowhere/a.xlsx"], "there is no folder nowhere"),
        (["tables", "--out", "a.xlsx", "--language", "fr"], "fr"),
        (["model", "--out", "a.obj"], "a.obj ends in none of .city.json, .gpkg and .html"),
        (["model", "--out", "a.gpkg", "--demolished"], "--demolished belongs to cityjson"),
        (["model", "--out", "a.gpkg", "--format", "plan", "--quick"], "--quick belongs to geopackage"),
        (["model", "--out", "a.gpkg", "--data", "nowhere"], "nowhere does not exist"),
        (["pack", "--out", "nowhere/a.zip"], "there is no folder nowhere"),
        (["shadows", "--out", "set", "--year", "99999"], "'99999' is not a year from 1950 to 2100"),
        (["picture", "--out", "a.pdf"], "a.pdf does not end in .png"),
        (["picture", "--out", "a.png", "--day", "2026-06-21"], "--day belongs to --sun-hours or --figure"),
        (["picture", "--out", "a.png", "--figure", "trees.total", "--trees"], "--trees belongs to --sun-hours"),
        (["picture", "--out", "a.png", "--figure", "trees"], "trees is an impact: name one of its figures"),
        (["picture", "--out", "a.png", "--sun-hours", "before", "--day", "21 june"], "21 june is no day"),
        (["picture", "--out", "a.png", "--figure", "nonsense.total"], "nonsense"),
        (["report", "--frame", "plan-change", "--out", "a.png"], "a.png does not end in .pdf"),
        (["sheets", "--out", "a"], "a does not end in .pdf"),
        (["shadows", "--out", "a.zip", "--public", "wijktwin"], "“wijktwin” is no web address"),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["export", *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert said in told.err
    assert len(told.err.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_a_set_goes_to_a_folder_an_archive_or_standard_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(tmp_path)
    made: list[str] = []

    def job(name: str) -> Job:
        return Job(name, "1", lambda: made.append(name) or name.encode())  # type: ignore[func-returns-value,redundant-expr]

    jobs = [job("a.png"), job("b.png"), Job("c.png", "1", lambda: (_ for _ in ()).throw(InputError("stills.no_plan_to_see")))]
    assert write_set(jobs, "-") == SOME_FAILED
    told = capsysbinary.readouterr()
    assert zipfile.ZipFile(io.BytesIO(told.out)).namelist() == ["a.png", "b.png"]
    assert b"c.png: " in told.err
    assert not list(tmp_path.iterdir()), "nothing is left, and no folder is called -"
    assert write_set(jobs[:2], "set") == write_set(jobs[:2], "set.zip") == DONE
    assert made == ["a.png", "b.png"] * 2, "what is there is kept"
    assert zipfile.ZipFile("set.zip").read("b.png") == (tmp_path / "set" / "b.png").read_bytes() == b"b.png"


def test_files_are_those_of_the_page(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    tables, model = tmp_path / "a.zip", tmp_path / "a.city.json"
    assert main(["export", "tables", "--plan", PLAN, "--impact", "dwellings", "--out", str(tables), "--language", "en"]) == 0
    with zipfile.ZipFile(tables) as packed:
        assert packed.namelist() == ["about.csv", "figures.csv", "sources.csv", "assumptions.csv", "not-computed.csv"]
        assert "165" in packed.read("figures.csv").decode("utf-8-sig")
        left_out = packed.read("not-computed.csv").decode("utf-8-sig")
    assert "Trees: left out on request" in left_out
    assert "dwellings," not in left_out
    assert main(["export", "model", "--plan", PLAN, "--out", str(model)]) == 0
    assert main(["export", "model", "--plan", PLAN, "--out", "-", "--format", "plan"]) == 0
    neighbourhood = read_folder(example_folder())
    plan = read_plan(Path(PLAN), neighbourhood=neighbourhood)
    assert model.read_bytes() == cityjson_bytes(neighbourhood.with_plans([plan]))
    drawn = tmp_path / "plan.gpkg"
    drawn.write_bytes(capsysbinary.readouterr().out)
    assert read_plan(drawn, neighbourhood=neighbourhood).content_key == plan.content_key
    assert json.loads(model.read_bytes())["metadata"]["plans"][0]["content_key"] == plan.content_key
    asked = argparse.Namespace(data=None, plan=[drawn, Path(PLAN)], plans=[])
    named = plans_of(asked, neighbourhood)
    assert [each.published_by_server for each in named] == [False, True], "only what lies beside the data has a link"
