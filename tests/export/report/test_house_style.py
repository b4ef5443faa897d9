"""A municipality's own house style: replaced in one file, refused in one sentence where it cannot be read."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from tests.export.report.test_report import elements, material
from wijktwin.errors import LANGUAGES, InputError
from wijktwin.export.report.contents import posters
from wijktwin.export.report.house_style import CONTRASTS, contrast, own_style, read_house_style
from wijktwin.export.report.reactions import FIELDS, Reaction, read_reactions
from wijktwin.export.report.typesetting import own_fonts, typeset

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><rect width="9" height="9" fill="#004"/></svg>'


def written(folder: Path, name: str, words: str) -> Path:
    path = folder / name
    path.write_text(words, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("#000000", "#ffffff", 21.0), ("#767676", "#ffffff", 4.54), ("#ff0000", "#ffffff", 4.0), ("#123456", "#123456", 1.0)],
)  # fmt: skip
def test_contrast_is_that_of_wcag(one: str, other: str, expected: float) -> None:
    assert contrast(one, other) == pytest.approx(expected, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


def test_our_own_style_can_be_read() -> None:
    colours = own_style().colours
    assert all(contrast(colours[above], colours[below]) >= least for above, below, least in CONTRASTS)


def test_a_style_of_ones_own_is_on_every_poster(tmp_path: Path) -> None:
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "own.otf").write_bytes(own_fonts()[0])
    written(tmp_path, "logo.svg", LOGO)
    told = 'organisation = "Gemeente #Vis"\ncontact = "vragen@vis.example"\nlogo = "logo.svg"\nfonts = "fonts"\n'
    told += '[colours]\nheading = "#550000"\n'
    style = read_house_style(written(tmp_path, "style.toml", told))
    assert style.colours["heading"] == "#550000"
    assert style.colours["text"] == own_style().colours["text"]
    pdf = pikepdf.open(io.BytesIO(typeset(posters(material(), style), style)))
    alts = [str(each.Alt) for each in elements(pdf.Root.StructTreeRoot.K) if each.S == "/Figure"]
    assert alts.count("Logo van Gemeente #Vis") == len(material().plans) == len(pdf.pages)
    assert str(pdf.docinfo["/Author"]) == "Gemeente #Vis"


def test_a_logo_may_be_a_png(tmp_path: Path) -> None:
    Image.new("RGB", (30, 20), (0, 90, 60)).save(tmp_path / "logo.png")
    style = read_house_style(written(tmp_path, "style.toml", 'organisation = "Vis"\nlogo = "logo.png"\n'))
    pdf = pikepdf.open(io.BytesIO(typeset(posters(material(), style), style)))
    assert any(isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/Image" and each.Width == 30 for each in pdf.objects)


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ('[colours]\nheading = "#aaccee"', "report.low_contrast"),
        ('[colours]\nheading = "blue"', "report.style_colour"),
        ('[colours]\nsky = "#000000"', "report.style_colour"),
        ("colours = 3", "report.style_colour"),
        ("organisation = 3", "report.style_not_text"),
        ('slogan = "ja"', "report.style_unknown"),
        ("[colours", "report.style_not_toml"),
        ('logo = "none.svg"', "report.style_no_logo"),
        ('fonts = "none"', "report.style_no_folder"),
        ('font = "Comic Sans"', "report.style_no_font"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_sentence(tmp_path: Path, words: str, key: str) -> None:
    with pytest.raises(InputError) as refused:
        read_house_style(written(tmp_path, "style.toml", words))
    assert refused.value.key == key
    for language in LANGUAGES:
        assert "style.toml" in refused.value.sentence(language)


def test_a_picture_that_is_none_is_told_too(tmp_path: Path) -> None:
    written(tmp_path, "logo.svg", "no picture")
    style = read_house_style(written(tmp_path, "style.toml", 'logo = "logo.svg"'))
    with pytest.raises(InputError) as refused:
        typeset(posters(material(), style), style)
    assert refused.value.key == "report.logo_not_drawn"


def test_responses_from_toml_and_csv_are_the_same(tmp_path: Path) -> None:
    toml = """
        [[reaction]]
        said = "Te hoog; echt"
        group = "bewoners"
        date = "2026-05-02"
        [[reaction]]
        said = "Meer groen"
        answer = "Ja"
    """
    table = '\ufeffsaid;group;date;answer;reason\r\n"Te hoog; echt";bewoners;2026-05-02;;\r\nMeer groen;;;Ja;\r\n'
    first, second = read_reactions(written(tmp_path, "a.toml", toml)), read_reactions(written(tmp_path, "a.csv", table))
    assert first == second == (Reaction("Te hoog; echt", "bewoners", "2026-05-02"), Reaction("Meer groen", answer="Ja"))
    assert FIELDS == ("said", "group", "date", "answer", "reason")


@pytest.mark.parametrize(
    ("name", "words", "key"),
    [
        ("a.toml", "[[reaction]]\ngroup = 'x'", "report.reaction_empty"),
        ("a.toml", "[[reaction]]\nsaid = 'x'\nname = 'Jan'", "report.reaction_field"),
        ("a.toml", "reaction = 3", "report.no_reactions"),
        ("a.csv", "said;name\nx;Jan\n", "report.reaction_field"),
        ("a.csv", "said;group\nx;y;z\n", "report.reaction_field"),
        ("a.toml", f"[[reaction]]\nsaid = '{'x' * 2001}'", "report.reaction_long"),
        ("a.toml", "[[reaction]]\nsaid = 'x'\n" * 501, "report.too_many_reactions"),
    ],
)
def test_responses_that_cannot_be_used_are_refused(tmp_path: Path, name: str, words: str, key: str) -> None:
    with pytest.raises(InputError) as refused:
        read_reactions(written(tmp_path, name, words))
    assert refused.value.key == key
    assert name in refused.value.sentence("nl")
