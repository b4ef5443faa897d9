"""Pictures in reports and on posters: one place for today and every plan, told in words, whole in the frame; a failure loses nothing."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pikepdf
import pytest
import shapely
from numpy.typing import NDArray
from PIL import Image

from layers.stills import Studio
from tests.export.report.test_report import elements
from tests.layers.small_town import small_town, tower
from ui.sheet_legend import all_legends
from wijktwin.errors import LANGUAGES, InputError, Language
from wijktwin.export.drawn import Drawing, Shot
from wijktwin.export.perspective import Eye
from wijktwin.export.report import summary_chapter
from wijktwin.export.report.contents import SENTENCES, five_sentences, posters, report
from wijktwin.export.report.house_style import own_style
from wijktwin.export.report.key_map import key_map
from wijktwin.export.report.material import TODAY, LegalFrame, Material
from wijktwin.export.report.place_views import IN_REPORT, ON_POSTER, with_views
from wijktwin.export.report.typesetting import typeset
from wijktwin.export.stills import RENDERER, NoDrawingError, Renderer
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import assess
from wijktwin.impacts.progress import CancelledError
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Plan, PlanRole, Volume
from wijktwin.model.provenance import LocalText
from wijktwin.words.summary import Part, plan_summary
from wijktwin.words.texts import templates

Draws = Callable[[Drawing, Shot], NDArray[np.uint8]]


class Easel(Renderer):
    """Draws what it is told to, and keeps what it was asked."""

    def __init__(self, draws: Draws) -> None:
        self.asked: list[Shot] = []
        self._draws = draws

    def draw(self, drawing: Drawing, shot: Shot) -> NDArray[np.uint8]:
        self.asked.append(shot)
        return self._draws(drawing, shot)


def plain(drawing: Drawing, shot: Shot) -> NDArray[np.uint8]:
    """One colour, another where a plan stands."""
    return np.full((*shot.size[::-1], 3), 90 if drawing.built else 200, dtype=np.uint8)


@cache
def plans() -> tuple[Plan, ...]:
    built = tower()
    lower = replace(built, plan_id="lower", role=PlanRole.ALTERNATIVE, title=LocalText("Lager #idee"), excludes=frozenset({built.plan_id}))
    return built, lower


@cache
def material(language: Language = "nl") -> Material:
    town = small_town()
    told = {TODAY: assess(town.with_plans())} | {one.plan_id: assess(town.with_plans([one])) for one in plans()}
    return Material(town, plans(), told, LegalFrame.PLAN_CHANGE, language, dt.date(2026, 11, 22), default_assumptions())


@cache
def studio(renderer: Renderer) -> Studio:
    return Studio.of(small_town(), plans(), renderer=renderer)


@cache
def seen(language: Language = "nl") -> Material:
    viewer = studio(Easel(plain))
    return with_views(material(language), viewer, legends=all_legends(list(material().scenarios.values()), viewer.prepared, language))


# ------------------------------------------------------------------------------------------------------------------- pictures
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_shows_today_and_every_plan_and_says_how_it_was_made(language: Language) -> None:
    (site,) = seen(language).views
    words = templates(language)
    street, *_, above = site.views
    assert street.place is not None
    assert above.place is None
    for view in site.views:
        assert [one.plan_id for one in view.drawn] == [TODAY, *(plan.plan_id for plan in seen(language).plans)]
        assert words["report.view_calculated"] in view.caption
        assert view.caption.endswith(seen(language).banner), "the town is made up"
        assert seen(language).neighbourhood.name in seen(language).banner
        assert {"nl": "21 maart 2026, 12.00 uur (wintertijd)", "en": "21 March 2026, 12:00 (winter time)"}[language] in view.caption
        for one in view.drawn:
            assert one.picture is not None
            assert Image.open(io.BytesIO(one.picture.content)).size == IN_REPORT
            assert one.picture.alt.startswith(words["report.view_calculated"])
            assert view.title.rpartition(" · ")[2] in one.picture.alt
    height = {"nl": "1,6\xa0m", "en": "1.6\xa0m"}[language]
    assert height in street.caption
    assert height not in above.caption
    assert seen(language).plans[0].title.in_language(language) in str(street.drawn[1].picture and street.drawn[1].picture.alt)
    assert {line.words for line in site.legend} & {line.words for line in all_shade(language)}


def all_shade(language: Language) -> Any:
    from ui.sheet_legend import shade_lines

    return shade_lines(language, has_plans=True)


def test_the_report_has_every_picture_with_its_text_and_its_key_map() -> None:
    paper = report(seen(), own_style())
    made = pikepdf.open(io.BytesIO(typeset(paper, own_style())))
    alts = [str(each.Alt) for each in elements(made.Root.StructTreeRoot.K) if each.S == "/Figure"]
    pictures = [one.picture for site in seen().views for view in site.views for one in view.drawn if one.picture is not None]
    assert len(pictures) == 3 * len(seen().views[0].views)
    for picture in pictures:
        assert alts.count(picture.alt) == 1
    assert sum("plekken waar u staat" in alt for alt in alts) == 1
    images = [each for each in made.objects if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/Image"]
    assert len(images) == len({picture.content for picture in pictures}), "each is in the file once, and as a picture"
    headings = [str(each.S) for each in elements(made.Root.StructTreeRoot.K) if str(each.S).startswith("/H")]
    assert headings.count("/H4") == len(pictures)


def test_no_key_map_is_drawn_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Any] = []
    draw = key_map

    def counted(neighbourhood: Neighbourhood, lettered: Any, language: Language, **told: Any) -> bytes:
        drawn.append((tuple(letter for letter, _ in lettered), tuple(sorted(told.items()))))
        return draw(neighbourhood, lettered, language, **told)

    monkeypatch.setattr(summary_chapter, "key_map", counted)
    fresh = replace(material())
    report(fresh, own_style())
    assert len(drawn) == 1 + len(plans())
    assert len(set(drawn)) == len(drawn)
    report(fresh, own_style())
    assert len(drawn) == 1 + len(plans())


def test_what_plans_build_is_in_the_frame_whole() -> None:
    easel = Easel(plain)
    viewer = studio(easel)
    with_views(material(), viewer, on_posters=True)
    assert [shot.size for shot in easel.asked] == [ON_POSTER] * 2 * len(plans()), "today and the plan, from one place each"
    assert len({shot.moment for shot in easel.asked}) == 1
    for shot in easel.asked:
        eye: Eye = shot.eye(viewer.anchor)
        for volume in (each for plan in plans() for each in plan.volumes if not each.is_below_ground):
            corners = eye.seen(viewer.anchor.metres(np.array(list(corner_points(viewer, volume)))), shot.size)
            assert (corners[:, 2] > 0).all()
            assert (corners[:, :2] >= 0).all()
            assert (corners[:, 0] <= shot.size[0]).all()
            assert (corners[:, 1] <= shot.size[1]).all()


def corner_points(viewer: Studio, volume: Volume) -> Any:
    for x, y in shapely.get_coordinates(volume.footprint):
        longitude, latitude = viewer.prepared.frame.lonlat(x, y)
        for height in (volume.ground_level, volume.top):
            yield longitude, latitude, height - viewer.prepared.frame.reference_ground


def test_a_real_picture_shows_the_plan_and_not_before() -> None:
    viewer = studio(RENDERER)
    made = with_views(replace(material(), plans=plans()[:1]), viewer, on_posters=True)
    before, after = (one.picture for one in made.views[0].views[0].drawn)
    assert before is not None
    assert after is not None
    one, other = (np.asarray(Image.open(io.BytesIO(each.content)), dtype=np.int16) for each in (before, after))
    changed = (np.abs(one - other).max(axis=2) > 60).mean()
    assert 0.01 < changed < 0.9
    assert len(np.unique(one.reshape(-1, 3) // 16, axis=0)) > 20, "a scene, and no plain sheet"


# ----------------------------------------------------------------------------------------------------------- what goes wrong
def test_a_picture_that_fails_is_told_in_its_place_and_loses_nothing_else() -> None:
    faults: list[Exception] = [InputError("stills.no_streets", name="X"), ValueError("!"), NoDrawingError("stills.not_drawn", reason="!")]

    def draws(drawing: Drawing, shot: Shot) -> NDArray[np.uint8]:
        if drawing.built and faults:
            raise faults.pop(0)
        return plain(drawing, shot)

    made = with_views(material(), studio(Easel(draws)))
    drawn = [one for view in made.views[0].views for one in view.drawn]
    failed = [one for one in drawn if one.picture is None]
    assert len(failed) == 3
    assert len(drawn) - len(failed) == 3 * len(made.views[0].views) - 3
    assert InputError("stills.no_streets", name="X").sentence("nl") in failed[0].why
    assert templates("nl")["report.view_failed"] in failed[1].why
    paper = report(made, own_style())
    told = [item["why"] for block in paper.told["blocks"] if block["kind"] == "pictures" for item in block["items"] if not item["file"]]
    assert told == [one.why for one in failed]
    assert sum(name.startswith("view-") for name in paper.files) == len(drawn) - 3


def test_where_nothing_can_be_drawn_it_is_tried_once_and_posters_have_maps() -> None:
    def draws(_drawing: Drawing, _shot: Shot) -> NDArray[np.uint8]:
        raise NoDrawingError("stills.no_drawing", reason="geen EGL")

    easel = Easel(draws)
    made = with_views(material(), studio(easel), on_posters=True)
    assert len(easel.asked) == 1
    paper = posters(made, own_style())
    for poster in paper.told["posters"]:
        assert [item["file"] for item in poster["pictures"]["items"]] == [
            name for name in paper.files if name.startswith(f"map-{made.plans[paper.told['posters'].index(poster)].plan_id}-")
        ]
        assert len(poster["pictures"]["items"]) == 2
        assert "geen EGL" in poster["pictures"]["caption"]
        assert poster["legend"] == []


def test_who_stops_is_obeyed() -> None:
    def stop(share: float) -> None:
        if share > 0.3:
            raise CancelledError

    easel = Easel(plain)
    with pytest.raises(CancelledError):
        with_views(material(), studio(easel), listen=stop)
    assert 0 < len(easel.asked) < 9


def test_a_site_without_streets_or_buildings_says_why_it_is_seen_from_above() -> None:
    words = templates("nl")
    bare = replace(small_town(), street_table=None)
    viewer = Studio.of(bare, plans(), renderer=Easel(plain))
    (site,) = with_views(replace(material(), neighbourhood=bare), viewer).views
    assert [view.place for view in site.views] == [None]
    assert site.remarks == (words["report.view_no_street"],)
    only_ground = replace(plans()[0], volumes=(), dwellings=())
    (site,) = with_views(replace(material(), plans=(only_ground,)), Studio.of(small_town(), [only_ground], renderer=Easel(plain))).views
    assert words["report.view_builds_nothing"] in site.remarks
    assert len(site.views) == (1 if only_ground.ground_changes or only_ground.planted else 0)


# -------------------------------------------------------------------------------------------------------------------- posters
def test_a_poster_has_before_and_after_above_five_sentences() -> None:
    made = with_views(material(), studio(Easel(plain)), on_posters=True)
    paper = posters(made, own_style())
    pdf = pikepdf.open(io.BytesIO(typeset(paper, own_style())))
    assert len(pdf.pages) == len(plans())
    for plan, poster, site in zip(made.plans, paper.told["posters"], made.views, strict=True):
        assert [item["title"] for item in poster["pictures"]["items"]] == ["Nu", "Met het plan"]
        assert [item["alt"] for item in poster["pictures"]["items"]] == [one.picture.alt for one in site.views[0].drawn if one.picture]
        assert templates("nl")["report.view_calculated"] in poster["pictures"]["caption"]
        summary = [sentence for part in plan_summary(made.told[plan.plan_id], "nl") for sentence in part.sentences]
        assert len(poster["sentences"]) == min(SENTENCES, len(summary))
        assert [sentence for sentence in summary if sentence in poster["sentences"]] == poster["sentences"], "in the order of the summary"
    tags = [str(each.S) for each in elements(pdf.Root.StructTreeRoot.K)]
    assert tags.count("/Figure") == 2 * len(plans())
    assert tags.count("/LI") == sum(len(poster["sentences"]) for poster in paper.told["posters"])


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ((("a1", "a2", "a3"), ("b1", "b2"), ("c1",)), "a1 a2 b1 c1 z2"),
        ((("a1",), ("b1", "b2", "b3"), ("c1",)), "a1 b1 b2 c1 z2"),
        ((("a1",), ("b1",), ("c1+c2", "c3")), "a1 b1 c1 c2 z2"),
        ((("a1", "a2+a3", "a4"), ("b1",), ("c1", "c2")), "a1 b1 c1 c2 z2"),
        ((("a1+a2",), ("b1+b2",), ("c1",)), "a1 a2 b1 b2 c1"),
        ((("a1",), ("b1",), ("c1",)), "a1 b1 c1 z1 z2"),
        ((("a1+a2+a3",), ("b1",), ("c1",)), "a1 a2 a3 b1 c1"),
    ],
)
def test_five_sentences_leave_no_side_out_and_part_nothing_that_belongs_together(
    monkeypatch: pytest.MonkeyPatch, parts: tuple[tuple[str, ...], ...], told: str
) -> None:
    made = (*zip(("comes", "loses", "gains"), parts, strict=True), ("unknown", ("z1", "z2")))
    found = tuple(Part(key, key, tuple(tuple(whole.split("+")) for whole in wholes)) for key, wholes in made)
    monkeypatch.setattr(summary_chapter, "summary_parts", lambda *_: found)
    assert " ".join(five_sentences(material(), plans()[0])) == told
