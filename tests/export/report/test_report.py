"""The report: an accessible PDF with the figures of the pages, and with texts of others that nothing interprets."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.impacts.village import towers, village
from wijktwin.errors import LANGUAGES, Language
from wijktwin.export.report.blocks import heading, paragraph
from wijktwin.export.report.contents import SENTENCES, five_sentences, posters, report
from wijktwin.export.report.figures_chapter import homes, is_worth_telling, may_be_otherwise
from wijktwin.export.report.glyphs import BOX, drawable
from wijktwin.export.report.house_style import own_style
from wijktwin.export.report.key_map import around, key_map, plan_shapes
from wijktwin.export.report.material import TODAY, LegalFrame, Material
from wijktwin.export.report.norms_chapter import OWN_MEASURES, norms, used_norms
from wijktwin.export.report.reactions import Reaction
from wijktwin.export.report.row_headers import with_row_headers
from wijktwin.export.report.summary_chapter import map_legend, plans
from wijktwin.export.report.typesetting import typeset
from wijktwin.impacts.assessment import Margin
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import assess
from wijktwin.model.plan import Claim, Party, PlanRole
from wijktwin.model.provenance import LocalText
from wijktwin.words.figure_sources import stays
from wijktwin.words.rows import figure_row
from wijktwin.words.summary import plan_summary
from wijktwin.words.texts import sentence_case, templates

NASTY = (
    '#panic("read")', "*bold* _low_ `raw` $x^2$ = title", '#import "@preview/evil:1.0.0": *', '#read("/etc/passwd")', "]#[",
    "\\u{41} \\", "<label> @ref", "// not a comment /* either */", '"quotes" & <tags> &amp;', "{} {0} {name} %s", "Ñandú – É",
    "=HYPERLINK(1)", "{{7*7}}", "#set page(width: 1cm)",
)  # fmt: skip


@cache
def material(language: Language = "nl", *, said: str = "De Torens", frame: LegalFrame = LegalFrame.PLAN_CHANGE) -> Material:
    neighbourhood = village()
    claim = Claim("claim-1", said, Party.RESIDENTS, LocalText(said), dt.date(2026, 5, 1))
    plan = replace(towers(), title=LocalText(said), proposer=said, claims=(claim,))
    lower = replace(plan, plan_id="lower", role=PlanRole.ALTERNATIVE, title=LocalText("Lager"), excludes=frozenset({plan.plan_id}))
    plans = (plan, lower)
    told = {TODAY: assess(neighbourhood.with_plans())} | {one.plan_id: assess(neighbourhood.with_plans([one])) for one in plans}
    reactions = (Reaction(said, group=said, date="2026-05-02", answer=said, reason=said),)
    return Material(neighbourhood, plans, told, frame, language, dt.date(2026, 11, 22), default_assumptions(), reactions=reactions)


@cache
def opened(language: Language) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(typeset(report(material(language), own_style()), own_style())))


def elements(node: Any) -> Iterator[Any]:
    """Every element of the tree of tags."""
    if isinstance(node, pikepdf.Array):
        for each in node:
            yield from elements(each)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node["/K"])


def cells(told: list[dict[str, Any]]) -> list[list[str]]:
    """The rows of all tables of some blocks, each cell as its lines joined."""
    found: list[list[str]] = []
    for block in told:
        if block.get("kind") == "table":
            found += [[" | ".join(words for words, _ in cell["lines"]) for cell in row["cells"]] for row in block["rows"] if "cells" in row]
    return found


# ------------------------------------------------------------------------------------------------------------- accessibility
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_is_tagged_and_says_what_it_is(language: Language) -> None:
    pdf = opened(language)
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang) == language
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert "Honderddorp" in str(metadata["dc:title"])
    tags = list(elements(pdf.Root.StructTreeRoot.K))
    names = [str(each.S) for each in tags]
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Figure", "/L", "/Caption"} <= set(names)
    assert all(str(each.get("/Alt", "")).strip() for each in tags if each.S == "/Figure")
    tables = [each for each in tags if each.S == "/Table"]
    assert tables
    assert all(any(part.S == "/TH" for part in elements(each.K)) for each in tables), "a table without headings"
    assert names.count("/H1") >= 9
    assert names.count("/TOCI") == names.count("/H1"), "every chapter stands in the list of contents"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cell_of_a_table_is_read_with_the_headings_of_its_row_and_its_column(language: Language) -> None:
    pdf = opened(language)
    assert pdf.check_pdf_syntax() == []
    listed = list(pdf.Root.StructTreeRoot.IDTree.Names)
    keys = [bytes(name) for name in listed[::2]]
    assert keys == sorted(set(keys)), "a reader finds a name by halving"
    named = dict(zip(keys, listed[1::2], strict=True))
    scopes: dict[str, set[str]] = {"/Row": set(), "/Column": set()}
    for table in (each for each in elements(pdf.Root.StructTreeRoot.K) if each.S == "/Table"):
        own = list(elements(table.K))
        scopes["/Row"] |= {str(cell.ID) for cell in own if cell.S == "/TH" and attribute(cell, "/Scope") == "/Row"}
        scopes["/Column"] |= {str(cell.ID) for cell in own if cell.S == "/TH" and attribute(cell, "/Scope") != "/Row"}
        for row in (each for each in own if each.S == "/TR"):
            head, *others = row.K
            assert head.S == "/TH"
            assert named[bytes(head.ID)].objgen == head.objgen
            for cell in (each for each in others if each.S == "/TD"):
                told = {str(name) for name in attribute(cell, "/Headers")}
                assert told & scopes["/Row"] == {str(head.ID)}, "of its own row, and of no other"
                assert told & scopes["/Column"], "of its column"
    assert scopes["/Row"], "rows have headings"


def attribute(element: Any, name: str) -> Any:
    """What the attributes of an element of the tags say under a name."""
    return next((each[name] for each in element.get("/A", []) if name in each), None)


def test_a_pdf_of_another_form_stays_as_it_is() -> None:
    made = pikepdf.new()
    made.add_blank_page()
    other = io.BytesIO()
    made.save(other)
    for content in (other.getvalue(), b"", b"%PDF-1.7"):
        assert with_row_headers(content) == content


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_font_travels_with_the_pdf(language: Language) -> None:
    fonts = {str(font.BaseFont): font for page in opened(language).pages for font in page.Resources.get("/Font", {}).values()}
    assert any("SourceSansPro" in name for name in fonts)
    for name, font in fonts.items():
        descriptor = font.DescendantFonts[0].FontDescriptor
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor.keys()), name
        assert "/ToUnicode" in font, name


def test_the_same_material_gives_the_same_bytes() -> None:
    made = [typeset(posters(material(), own_style()), own_style()) for _ in range(2)]
    assert made[0] == made[1]


# ------------------------------------------------------------------------------------------------------------ the same figures
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_is_told_as_the_table_for_planners_tells_it(language: Language) -> None:
    made = material(language)
    rows = [tuple(row[:4]) for row in cells(report(made, own_style()).told["annex"]) if len(row) == 7]
    labels = {row[0].partition(" | ")[0]: row for row in rows}
    for plan in made.plans:
        for one in made.told[plan.plan_id]:
            shown = figure_row(one, language)
            assert made.veil(one, plan.plan_id).is_open, "the village is made so that nothing of it is hidden"
            assert shown.label in labels or stays(one)
            if not stays(one):
                assert any(row[0].startswith(shown.label) and row[1:] == (shown.before, shown.after, shown.difference) for row in rows), (
                    shown
                )


def test_the_comparison_is_that_of_the_page() -> None:
    made = material()
    (group,) = made.groups
    assert len(group) == 2
    rows = cells(report(made, own_style()).told["blocks"])
    for line in filter(is_worth_telling, made.lines_of(group)):
        for place, pair in enumerate(line.cells):
            if pair is None or pair.second.figure is None or not pair.second.figure.after or line.figures[0].where.place == "street":
                continue
            found = [row for row in rows if row[0].partition(" | ")[0] == line.label and len(row) == 2 + len(group)]
            assert any(row[2 + place].startswith(pair.second.value) for row in found), line.label


def test_the_summary_is_the_one_of_the_page() -> None:
    made = material("en")
    blocks = report(made, own_style()).told["blocks"]
    columns = next(block for block in blocks if block["kind"] == "columns")
    for plan, part in zip(made.plans, columns["parts"], strict=True):
        told = [line for block in part if block["kind"] == "bullets" for line in block["lines"]]
        assert told == [sentence for one in plan_summary(made.told[plan.plan_id], "en") for sentence in one.sentences]


@pytest.mark.parametrize("role", [PlanRole.PROPOSAL, PlanRole.ALLOWED])
def test_a_poster_has_five_sentences_and_one_of_them_says_what_nobody_knows(role: PlanRole) -> None:
    made = material("en")
    plan = replace(made.plans[0], role=role)
    told = {**made.told, plan.plan_id: assess(made.neighbourhood.with_plans([plan]))}
    said = five_sentences(replace(made, plans=(plan,), told=told), plan)
    assert len(said) == len(set(said)) == SENTENCES
    assert any("not known" in each or "did not calculate" in each for each in said)


def test_nothing_is_held_against_a_norm_where_nothing_is_known() -> None:
    made = material()
    unknown = tuple(
        replace(one, before=None, after=None, missing="no_addresses", breakdown={}) if one.group in {"green", "sunlight"} else one
        for one in made.told[made.plans[0].plan_id]
    )
    without = replace(made, plans=made.plans[:1], told=dict.fromkeys((TODAY, made.plans[0].plan_id), unknown))
    titles = {norm.title for norm in used_norms(made)} - {norm.title for norm in used_norms(without)}
    assert titles
    assert all("3-30-300" in title or "TNO" in title for title in titles)


def test_where_no_count_of_homes_is_known_it_is_not_said_that_none_changes() -> None:
    made, words = material(), templates("nl")
    plan = made.plans[0]
    unknown = tuple(replace(one, before=None, after=None, missing="no_addresses", breakdown={}) for one in made.told[plan.plan_id])
    told = [block.get("text") for block in homes(replace(made, plans=(plan,), told={TODAY: unknown, plan.plan_id: unknown}))]
    assert words["report.homes_unknown"] in told
    assert words["report.homes_none"] not in told


def test_the_summary_fits_on_its_page() -> None:
    with opened("nl").open_outline() as entries:
        pages = {str(entry.title): page_of(opened("nl"), entry) for entry in entries.root}
    assert pages["De plannen"] - pages["In het kort"] == 1


def page_of(pdf: pikepdf.Pdf, entry: Any) -> int:
    target = entry.destination[0] if entry.destination is not None else entry.action.D[0]
    return next(number for number, page in enumerate(pdf.pages) if page.obj.objgen == target.objgen)


# ------------------------------------------------------------------------------------------------------------------ the words
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("frame", list(LegalFrame))
def test_every_frame_says_that_a_reaction_is_no_formal_view(language: Language, frame: LegalFrame) -> None:
    told = report(material(language, frame=frame), own_style()).told
    no_view = templates(language)["report.no_formal_view"]
    boxes = [block for block in (*told["opening"], *told["blocks"]) if block["kind"] == "box"]
    assert [no_view in box["lines"] for box in boxes] == [True, True], "at the front, and where people react"
    assert boxes[0]["title"].endswith(templates(language)[f"report.frame_{frame}"])
    assert posters(material(language, frame=frame), own_style()).told["no_formal_view"] == no_view


def test_nothing_is_called_a_law_but_what_its_table_calls_so() -> None:
    norms = used_norms(material())
    assert {"windonderzoek nodig vanaf", "autoritten per woning"} <= {norm.title.lower() for norm in norms}
    laws = [norm for norm in norms if norm.status.startswith("Wet")]
    assert all("7.17" in norm.status for norm in laws)
    assert all(norm.status for norm in norms)


def test_where_a_norm_was_read_is_told_in_the_language_of_the_report() -> None:
    told = {language: [norm.source for norm in used_norms(material(language))] for language in LANGUAGES}
    assert len(told["nl"]) == len(told["en"]) > 5
    english = (" the ", " described ", " at least ", " within ", " read ", "Made up")
    assert not [source for source in told["nl"] if any(word in source for word in english)]
    assert [source for source in told["en"] if any(word in source for word in english)]
    assert any("zoals klimapedia.nl die beschrijft" in source for source in told["nl"])
    assert any("as described by klimapedia.nl" in source for source in told["en"])


def test_a_measure_of_our_own_is_told_where_something_was_measured() -> None:
    told = {t: templates("nl")[f"report.own_measure_{t}"] for t in OWN_MEASURES}
    made = material()
    for name, impact in OWN_MEASURES.items():
        figures = {key: tuple(one for one in own if one.impact.partition(".")[0] != impact) for key, own in made.told.items()}
        without = [line for block in norms(replace(made, told=figures)) if block["kind"] == "bullets" for line in block["lines"]]
        assert told[name] not in without
    assert told["density"] in [line for block in norms(made) if block["kind"] == "bullets" for line in block["lines"]]


def test_a_remark_stays_whatever_who_claims_something_is_called() -> None:
    made = material(said="plan")
    made_up = replace(made, plans=(replace(made.plans[0], fictional=True),))
    lines = [line for block in plans(made_up) if block["kind"] == "bullets" for line in block["lines"]]
    assert sentence_case(templates("nl")["card.plan_fictional"]) in lines
    unchecked = templates("nl")["card.claim_not_checked"]
    assert sentence_case(unchecked.format(owner="plan")) not in lines, "claims are checked in a chapter of their own"


def test_a_row_of_a_table_is_on_one_page_and_no_heading_ends_one() -> None:
    pdf = opened("nl")
    pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    for row in (each for each in elements(pdf.Root.StructTreeRoot.K) if each.S == "/TR"):
        on = {pages[each.Pg.objgen] for each in elements(row) if "/Pg" in each}
        assert len(on) <= 1
    told = [each for each in elements(pdf.Root.StructTreeRoot.K) if "/Pg" in each]
    for one, following in pairwise(told):
        if str(one.S) in {"/H1", "/H2", "/H3"}:
            assert pages[one.Pg.objgen] == pages[following.Pg.objgen], str(one.get("/T", ""))
    for one, said, following in zip(told, told[1:], told[2:], strict=False):
        if str(one.S) == "/H2" and str(said.S) == "/P":
            assert pages[one.Pg.objgen] == pages[following.Pg.objgen], "a heading with its version only"


def test_what_may_as_well_be_nothing_is_told_with_its_margin() -> None:
    made = material()
    one = next(one for one in made.told[made.plans[0].plan_id] if one.before is None and one.after)
    for after, below, above, told in (
        (240.0, 240.0, 60.0, True), (240.0, 239.0, 60.0, False), (240.0, None, None, False),
        (0.0, 0.0, 4.0, True), (0.0, 0.0, 0.0, False), (None, None, None, False),
    ):  # fmt: skip
        margin = Margin(below, above, "exact")
        assert may_be_otherwise(replace(one, after=after, margin=margin)) is told
    assert not may_be_otherwise(replace(one, before=1.0, after=0.0, margin=Margin(0.0, 4.0, "exact")))


def test_a_letter_stands_for_one_reason_and_each_reason_has_one_letter() -> None:
    told = {reason: templates("nl")[f"reason.{reason}"] for reason in material().reasons}
    assert len(set(told.values())) == len(set(material().reasons.values()))
    assert all(material().reasons[one] == material().reasons[other] for one in told for other in told if told[one] == told[other])


def test_a_map_explains_what_is_marked_on_it_and_nothing_else() -> None:
    made = material()
    plan = replace(
        made.plans[0], boundary=None, ground_changes=(), street_changes=(), demolishes=frozenset(), felled=frozenset(), planted=()
    )
    words = templates("nl")
    assert map_legend(made, [plan]) == f" {words['report.map_legend_built']}"
    assert map_legend(made, [replace(plan, volumes=())]) == ""
    planted = replace(plan, volumes=(), boundary=made.plans[0].volumes[0].footprint)
    assert map_legend(made, [planted]) == f" {words['report.map_legend_area']}"


def test_an_empty_table_to_fill_in_is_on_one_page_with_its_heading() -> None:
    words = templates("nl")
    blocks = report(replace(material(), reactions=()), own_style()).told["blocks"]
    (kept,) = [block for block in blocks if block["kind"] == "kept"]
    assert kept["parts"][0]["text"] == words["report.reactions"]
    assert [row[0] for row in cells(kept["parts"])] == [str(number) for number in range(1, 9)]
    assert [words["report.no_formal_view"] in block["lines"] for block in kept["parts"] if block["kind"] == "box"] == [True]
    paper = report(material(), own_style())
    only = replace(paper, told={**paper.told, "opening": [], "annex": [], "blocks": [heading("A"), *[paragraph("b")] * 30, kept]})
    pdf = pikepdf.open(io.BytesIO(typeset(only, own_style())))
    assert len(pdf.pages) == 2, "half a page, and the whole table on the next"
    with pdf.open_outline() as outline:
        assert [page_of(pdf, entry) for entry in outline.root] == [0, 1]


def test_made_up_things_carry_the_banner_on_every_page() -> None:
    assert report(material(), own_style()).told["banner"] == ""
    made_up = replace(material(), neighbourhood=village(fictional=True))
    assert report(made_up, own_style()).told["banner"] == f"Verzonnen voorbeeld: {made_up.neighbourhood.name} bestaat niet."


def test_of_a_made_up_plan_in_a_real_neighbourhood_only_the_plan_is_called_made_up() -> None:
    first, *others = material().plans
    told = report(replace(material(), plans=(replace(first, fictional=True), *others)), own_style()).told
    assert told["banner"] == f"Verzonnen plan: “{first.title.in_language('nl')}”."


# -------------------------------------------------------------------------------------------------------------------- markup
def test_texts_of_others_arrive_as_they_are() -> None:
    said = " ".join(NASTY)
    paper = report(material("en", said=said), own_style())
    assert paper.told["blocks"]
    made = pikepdf.open(io.BytesIO(typeset(paper, own_style())))
    with made.open_outline() as outline:
        titles = [str(child.title) for entry in outline.root for child in entry.children]
    assert any(said in " ".join(title.split()) for title in titles), titles


@pytest.mark.exhaustive
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.text(min_size=1, max_size=60))
def test_no_text_stops_the_report(said: str) -> None:
    told = {**posters(material(), own_style()).told}
    told["posters"] = [{**poster, "title": f"A{said}", "sentences": [f"B{said}"], "lead": said} for poster in told["posters"]]
    assert typeset(replace(posters(material(), own_style()), told=told), own_style()).startswith(b"%PDF")


@given(st.text())
def test_what_cannot_be_drawn_is_a_box(said: str) -> None:
    made = drawable(said)
    assert drawable(made) == made
    assert all(each.isprintable() or each == BOX for each in made)


def test_what_is_a_box_and_what_is_not() -> None:
    assert drawable("Café ± 5 m²\u00a0– “ja” \U0001f600\u200d\u202e\n€") == f"Café ± 5 m²\u00a0– “ja” {BOX} €"


def test_a_key_map_is_svg_whatever_streets_are_called() -> None:
    made = material()
    shapes = [shape for plan in made.plans for shape in plan_shapes(plan, made.neighbourhood)]
    drawn = key_map(made.neighbourhood, [("A<b>&", made.plans[0]), ("B", made.plans[1])], "nl", bounds=around(shapes))
    root = ET.fromstring(drawn)  # noqa: S314 - drawn by ourselves
    words = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "N" in words
    assert "A<b>& B" in words
    width, height = (float(size) for size in root.attrib["viewBox"].split()[2:])
    assert width / height == pytest.approx(1.45, abs=0.01)
