"""How long pictures and papers take: a still in print size against the bare renderer, council pack, shadow set and report of the example.

The bare renderer is pyvista itself with the same triangles and lines and a moving camera, in this process: no names, no sheet, no pipe.
Both are measured in turn, after a first picture of each.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.reading import Tell
from layers.stills import Studio
from ui.sheet_legend import all_legends
from wijktwin import places
from wijktwin.appearance import View
from wijktwin.export.drawn import Drawing, Faces, Shot
from wijktwin.export.packs import council_pack, scenarios_of, shadow_set
from wijktwin.export.papers import PAPERS, Size
from wijktwin.export.report.contents import report
from wijktwin.export.report.house_style import own_style
from wijktwin.export.report.material import TODAY, LegalFrame, Material
from wijktwin.export.report.place_views import with_views
from wijktwin.export.report.typesetting import typeset
from wijktwin.export.sets import make_set
from wijktwin.export.stills import Renderer
from wijktwin.export.telling import Teller
from wijktwin.impacts.assumptions import default_assumptions
from wijktwin.impacts.catalogue import IMPACTS, assess_impact
from wijktwin.impacts.shared import sun_place
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Plan
from wijktwin.model.scenario import Scenario
from wijktwin.sources.folder import PLANS, read_folder
from wijktwin.sources.plan_files import read_plan_folder

DAY: Final = date(2026, 3, 21)
HOUR: Final = 15


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured.

    Parameters
    ----------
    still_s, bare_s
        A warm still of the example in A4 at 300 dpi with shade, and the same by the bare renderer. [s]
    still_vs_bare
        The one over the other.
    pack_seconds, shadow_seconds
        Council pack and shadow set in the size of a screen: today and every plan of the example that builds something. [s]
    report_s
        The report of all plans of the example, with its pictures, from figures at hand: geometry, drawing, contents and PDF, with a drawing
        process that begins. Figures are computed before, where all pages take them from. [s]
    n_scenarios, n_pictures
        How many scenarios, today not counted, and how many files.
    """

    still_s: float
    bare_s: float
    still_vs_bare: float
    pack_seconds: float
    shadow_seconds: float
    report_s: float
    n_scenarios: int
    n_pictures: int

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return asdict(self)

    def as_text(self) -> str:
        """Lines to read."""
        return (
            f"still, A4 at 300 dpi, warm   {self.still_s:.2f} s ({self.still_vs_bare:.2f} times the bare renderer)\n"
            f"council pack                 {self.pack_seconds:.0f} s\n"
            f"shadow set                   {self.shadow_seconds:.0f} s\n"
            f"report with pictures         {self.report_s:.0f} s\n"
            f"pictures, scenarios          {self.n_pictures}, {self.n_scenarios} and today"
        )


def measure(*, repeat: int = 5, tell: Tell) -> Measured:
    """Measure everything; stills ``repeat`` times, the median counts."""
    folder = places.example_folder()
    neighbourhood = read_folder(folder)
    plans, _ = read_plan_folder(folder / PLANS, neighbourhood=neighbourhood)
    renderer = Renderer()
    try:
        tell("preparing the geometry")
        studio = Studio.of(neighbourhood, plans, renderer=renderer)
        bare_teller = Teller(neighbourhood, "nl", DAY)
        shown = scenarios_of(neighbourhood, plans, bare_teller)
        scenarios = [each.scenario for each in shown]
        teller = replace(bare_teller, legend=all_legends(scenarios, studio.prepared, "nl"))
        still, bare = _stills(studio, scenarios[-1], repeat, tell)
        with tempfile.TemporaryDirectory() as out:
            tell("council pack")
            begin = time.perf_counter()
            pack = make_set(council_pack(studio, shown, teller, Size.SCREEN), Path(out) / "pack")
            between = time.perf_counter()
            tell("shadow set")
            shadows = make_set(shadow_set(studio, shown, teller, Size.SCREEN, year=DAY.year), Path(out) / "shadows")
            end = time.perf_counter()
    finally:
        renderer.close()
    tell("report")
    report_s = _report(neighbourhood, plans)
    if pack.failures or shadows.failures:
        msg = f"not made: {[each.name for each in (*pack.failures, *shadows.failures)]}"
        raise RuntimeError(msg)
    n_pictures = len(pack.files) + len(shadows.files)
    return Measured(still, bare, still / bare, between - begin, end - between, report_s, len(shown) - 1, n_pictures)


def _report(neighbourhood: Neighbourhood, plans: Sequence[Plan]) -> float:
    """Seconds from figures to the PDF of a report with pictures. [s]"""
    assumptions = default_assumptions()
    scenarios = {TODAY: neighbourhood.with_plans()} | {plan.plan_id: neighbourhood.with_plans([plan]) for plan in plans}
    told = {
        name: tuple(figure for impact in IMPACTS for figure in assess_impact(impact, each, assumptions=assumptions))
        for name, each in scenarios.items()
    }
    style, renderer = own_style(), Renderer()
    begin = time.perf_counter()
    try:
        material = Material(neighbourhood, tuple(plans), told, LegalFrame.PLAN_CHANGE, "nl", DAY, assumptions)
        studio = Studio.of(neighbourhood, plans, renderer=renderer)
        legends = all_legends(list(material.scenarios.values()), studio.prepared, "nl")
        typeset(report(with_views(material, studio, legends=legends), style), style)
        return time.perf_counter() - begin
    finally:
        renderer.close()


def _stills(studio: Studio, scenario: Scenario, repeat: int, tell: Tell) -> tuple[float, float]:
    """Medians of a still and of the bare renderer, measured in turn. [s]"""
    paper = PAPERS[Size.A4]
    view = studio.view([scenario], View.PLAN)
    moment = sun_place(studio.neighbourhood).moment(DAY, HOUR)
    shot = Shot(view, (paper.width, paper.height), moment)
    studio.draw(scenario, shot)
    bare = _Bare(studio.drawing(scenario, moment), shot)
    bare.draw(shot)
    ours, theirs = [], []
    for number in range(repeat):
        turned = replace(shot, view=replace(view, bearing=view.bearing + 3.0 * (number + 1)))
        begin = time.perf_counter()
        studio.draw(scenario, turned)
        between = time.perf_counter()
        bare.draw(turned)
        ours.append(between - begin)
        theirs.append(time.perf_counter() - between)
        tell(f"still {ours[-1]:.2f} s, bare {theirs[-1]:.2f} s")
    return statistics.median(ours), statistics.median(theirs)


class _Bare:
    """pyvista with the same geometry and nothing around it."""

    def __init__(self, drawing: Drawing, shot: Shot) -> None:
        import pyvista as pv

        self._anchor = drawing.anchor
        plotter: Any = pv.Plotter(off_screen=True, window_size=list(shot.size), lighting="none")
        self._plotter = plotter
        self._plotter.render_window.SetMultiSamples(4)
        for piece in drawing.pieces:
            if isinstance(piece, Faces):
                cells = np.column_stack([np.full(len(piece.triangles), 3, dtype=np.int64), piece.triangles])
                mesh: Any = pv.PolyData(piece.points, cells.ravel())
                mesh.point_data["colours"] = piece.colours
                self._plotter.add_mesh(mesh, scalars="colours", rgba=True, lighting=False)
            else:
                ends = piece.segments.reshape(-1, 3)
                lines = np.column_stack([np.full(len(piece.segments), 2, dtype=np.int64), np.arange(len(ends)).reshape(-1, 2)])
                colour = np.array(piece.colour) / 255.0
                self._plotter.add_mesh(
                    pv.PolyData(ends, lines=lines.ravel()),
                    color=colour[:3],
                    opacity=colour[3],
                    line_width=piece.width * shot.ratio,
                    lighting=False,
                )

    def draw(self, shot: Shot) -> None:
        """One picture."""
        eye = shot.eye(self._anchor)
        self._plotter.camera_position = [eye.place.tolist(), eye.towards.tolist(), eye.up.tolist()]
        self._plotter.camera.view_angle = eye.field
        self._plotter.render()
        self._plotter.screenshot(return_img=True)
