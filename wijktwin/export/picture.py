"""One picture with everything around it, as a file."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from wijktwin.export.drawn import Shot, Stills
from wijktwin.export.papers import PAPERS, Paper, Size
from wijktwin.export.perspective import EYE_HEIGHT, MapView
from wijktwin.export.sheet import Layout, Room, Told, composed, layout
from wijktwin.export.telling import Teller
from wijktwin.model.scenario import Scenario

if TYPE_CHECKING:
    from wijktwin.export.ground_colours import GroundColours

COMPRESSION: Final = 4
"""A third faster than the usual 6, for files that are a twentieth larger."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one picture shows.

    Parameters
    ----------
    moment
        Of the sun, with a time zone; None for no shade.
    title
        The name of the neighbourhood where there is none.
    notes
        Sentences that only this picture needs.
    link
        To the scene, from the first page on.
    eye
        Height above the ground of who stands on it. [m]
    colours
        On the ground, of a figure.
    """

    view: MapView
    moment: datetime | None = None
    title: str = ""
    notes: tuple[str, ...] = ()
    link: str = ""
    eye: float = EYE_HEIGHT
    colours: GroundColours | None = None


def picture(stills: Stills, scenario: Scenario, wanted: Wanted, teller: Teller, size: Size, *, room: Room | None = None) -> bytes:
    """The whole sheet as PNG, with its title and what it shows inside the file too."""
    paper = PAPERS[size]
    sheet, place = sheet_of(stills, scenario, wanted, teller, paper, room=room)
    return as_png(sheet, paper, title=place.told.title, description=f"{place.told.subtitle} {place.told.banner}".strip())


def sheet_of(
    stills: Stills, scenario: Scenario, wanted: Wanted, teller: Teller, paper: Paper, *, room: Room | None = None
) -> tuple[Image.Image, Layout]:
    """The whole sheet, and where everything stands on it.

    Parameters
    ----------
    room
        From `wijktwin.export.sheet.shared_room`, for a sheet among others.
    """
    place = layout(words_around(scenario, wanted, teller, paper), paper, room)
    shot = Shot(wanted.view, place.picture_size, wanted.moment, wanted.colours)
    return composed(stills.draw(scenario, shot), place, shot), place


def words_around(scenario: Scenario, wanted: Wanted, teller: Teller, paper: Paper) -> Told:
    """What a sheet says."""
    shot = Shot(wanted.view, (paper.width, paper.height), wanted.moment, wanted.colours)
    return teller.told(scenario, shot, title=wanted.title, notes=wanted.notes, link=wanted.link, eye=wanted.eye)


def as_png(sheet: Image.Image, paper: Paper, *, title: str, description: str) -> bytes:
    """A sheet as a file that knows how large it is on paper."""
    told = PngInfo()
    told.add_itxt("Title", title)
    told.add_itxt("Description", description)
    told.add_itxt("Software", "Wijktwin")
    content = io.BytesIO()
    sheet.save(content, "PNG", compress_level=COMPRESSION, dpi=(paper.dpi, paper.dpi), pnginfo=told)
    return content.getvalue()
