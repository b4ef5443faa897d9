"""From a report as data to PDF: typst, which travels whole in its wheel, with our own templates and fonts.

What people wrote reaches the typesetter as values of a JSON file, never as markup. It sees the files that it is given, in a folder that is
gone afterwards, and nothing else of the disk. Every PDF is checked against PDF/UA-1 while it is made: one that is not accessible is refused
instead of written. Afterwards the first cell of each row of a table becomes its heading.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson
import typst

from wijktwin.errors import InputError, WijktwinError
from wijktwin.export.report.glyphs import FontError, characters_of, drawable_everywhere, family_of
from wijktwin.export.report.row_headers import with_row_headers

if TYPE_CHECKING:
    from wijktwin.export.report.contents import Paper
    from wijktwin.export.report.house_style import HouseStyle

ROOM: Final = resources.files("wijktwin.export.report")
TEMPLATES: Final = ("shared.typ", "report.typ", "poster.typ", "sheets.typ")
STANDARD: Final = "ua-1"
"""PDF/UA-1 (ISO 14289-1): tagged, with a title, a language and texts for pictures."""
FONT_SUFFIXES: Final = frozenset({".ttf", ".otf"})


@cache
def own_fonts() -> tuple[bytes, ...]:
    """The fonts that travel with the project (Source Sans Pro, SIL Open Font Licence 1.1)."""
    files = sorted((each for each in (ROOM / "fonts").iterdir() if each.name.endswith(".otf")), key=lambda each: each.name)
    return tuple(each.read_bytes() for each in files)


def typeset(paper: Paper, style: HouseStyle) -> bytes:
    """The PDF.

    Raises
    ------
    InputError
        A logo or another picture cannot be drawn.
    WijktwinError
        The typesetter refuses what it was given: what is made would not be accessible.
    """
    more, families = _more_fonts(style)
    told: dict[str, Any] = drawable_everywhere(dict(paper.told), more=more)
    told["style"]["fonts"] = list(dict.fromkeys([style.font, *families, *(family_of(each) for each in own_fonts())]))
    files = {name: (ROOM / name).read_bytes() for name in TEMPLATES}
    files |= {"main.typ": files[f"{paper.template}.typ"], "report.json": orjson.dumps(told), **paper.files}
    made_on = dt.datetime.combine(dt.date(*told["date"]), dt.time(), tzinfo=dt.UTC)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file_name, content in files.items():
            (folder / file_name).write_bytes(content)
        try:
            made: bytes | None = typst.compile(
                folder / "main.typ", root=folder, format="pdf", pdf_standards=[STANDARD], font_paths=_font_folders(style, folder),
                ignore_system_fonts=True, timestamp=made_on,
            )  # fmt: skip
        except typst.TypstError as error:
            reason = str(error).splitlines()[0]
            if "decode" in reason or "SVG" in reason or "image" in reason:
                raise InputError("report.logo_not_drawn", reason=reason) from error
            raise WijktwinError("report.not_typeset", reason=reason) from error
    return with_row_headers(made or b"")


def _more_fonts(style: HouseStyle) -> tuple[frozenset[int], list[str]]:
    """Which characters fonts of one's own can draw, and the names of their families."""
    points: set[int] = set()
    families = []
    for file in sorted(style.font_folder.iterdir()) if style.font_folder is not None else ():
        if file.suffix.lower() in FONT_SUFFIXES:
            try:
                content = file.read_bytes()
                points |= characters_of(content)
                families.append(family_of(content))
            except (OSError, FontError) as error:
                raise InputError("report.style_font_file", source=style.font_folder, name=file.name) from error
    return frozenset(points), families


def _font_folders(style: HouseStyle, folder: Path) -> list[Path]:
    """Our fonts as files of a folder below this one, and the folder of one's own."""
    ours = folder / "fonts"
    ours.mkdir()
    for place, content in enumerate(own_fonts()):
        (ours / f"{place}.otf").write_bytes(content)
    return [ours, *([style.font_folder] if style.font_folder is not None else [])]
