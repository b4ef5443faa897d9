"""The house style of reports and posters: one TOML file that a municipality replaces by its own.

See ``house_style.toml`` beside this module for what it holds, and ``docs/report.md``. Colours are refused where text in them cannot be
read: WCAG 2.2 asks for a contrast of 4.5 to 1 for text and 3 to 1 for lines and large headings.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, Final

from wijktwin.errors import InputError
from wijktwin.export.report.glyphs import FontError, family_of

FILE_NAME: Final = "house_style.toml"
FOR_TEXT: Final = 4.5
FOR_LINES: Final = 3.0
CONTRASTS: Final = (
    ("text", "paper", FOR_TEXT), ("muted", "paper", FOR_TEXT), ("heading", "paper", FOR_TEXT), ("on_accent", "accent", FOR_TEXT),
    ("text", "tint", FOR_TEXT), ("muted", "tint", FOR_TEXT), ("heading", "tint", FOR_TEXT), ("line", "paper", FOR_LINES),
    ("banner_text", "banner", FOR_TEXT),
)  # fmt: skip
"""Which colours stand on which, and how much they must differ: (above, below, contrast)."""
COLOURS: Final = ("text", "muted", "heading", "paper", "accent", "on_accent", "tint", "line", "banner", "banner_text")
TEXTS: Final = ("organisation", "contact", "font")
KNOWN: Final = frozenset({*TEXTS, "logo", "logo_alt", "fonts", "colours"})
LOGOS: Final = frozenset({".svg", ".png"})
LARGEST_LOGO: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class HouseStyle:
    """How reports and posters look.

    Parameters
    ----------
    organisation, contact
        Whose report it is, and one line on where to ask; "" where nobody says.
    font
        The family of the letters; letters that it lacks are taken from the fonts that travel with us.
    colours
        By the names of `COLOURS`, each "#rrggbb".
    logo, logo_suffix, logo_alt
        The picture, "svg" or "png", and what is on it; no logo where it is empty.
    font_folder
        A folder with fonts of one's own (TTF, OTF), None where there are none.
    """

    organisation: str
    contact: str
    font: str
    colours: Mapping[str, str]
    logo: bytes = field(default=b"", repr=False)
    logo_suffix: str = ""
    logo_alt: str = ""
    font_folder: Path | None = None


def own_style() -> HouseStyle:
    """The one that travels with the project."""
    told = tomllib.loads((resources.files("wijktwin.export.report") / "house_style.toml").read_text(encoding="utf-8"))
    return HouseStyle(told["organisation"], told["contact"], told["font"], dict(told["colours"]))


def style_beside(data: Path) -> HouseStyle:
    """The house style in the neighbourhood folder (``house_style.toml``), where there is one; else ours.

    Raises
    ------
    InputError
        See `read_house_style`.
    """
    path = data / FILE_NAME
    return read_house_style(path) if path.is_file() else own_style()


def read_house_style(path: Path) -> HouseStyle:
    """The house style of a municipality; what it does not say is as in `own_style`.

    Raises
    ------
    InputError
        The file cannot be read, names something that is not there, or has colours that cannot be read on each other.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError("report.unreadable", source=path.name, reason=error.strerror or type(error).__name__) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("report.style_not_toml", source=path.name, reason=error) from error
    unknown = sorted(told.keys() - KNOWN)
    if unknown:
        raise InputError("report.style_unknown", source=path.name, name=unknown[0], allowed=", ".join(sorted(KNOWN)))
    ours = own_style()
    wrong = next((name for name in KNOWN - {"colours"} if not isinstance(told.get(name, ""), str)), None)
    if wrong is not None:
        raise InputError("report.style_not_text", source=path.name, name=wrong)
    colours = {**ours.colours, **_colours(told.get("colours", {}), path.name)}
    _check_contrast(colours, path.name)
    folder = _folder(told.get("fonts", ""), path)
    font = told.get("font", ours.font)
    _check_font(font, ours.font, folder, path.name)
    logo = _logo(told.get("logo", ""), path)
    return HouseStyle(
        organisation=told.get("organisation", ours.organisation),
        contact=told.get("contact", ours.contact),
        font=font,
        colours=colours,
        logo=b"" if logo is None else logo.read_bytes(),
        logo_suffix="" if logo is None else logo.suffix[1:].lower(),
        logo_alt=told.get("logo_alt", "") or told.get("organisation", ours.organisation),
        font_folder=folder,
    )


def contrast(one: str, other: str) -> float:
    """The contrast between two colours "#rrggbb", from 1 to 21.

    Relative luminance and contrast ratio of WCAG 2.2 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _colours(told: Any, source: str) -> dict[str, str]:  # noqa: ANN401 - whatever stands in the file
    if not isinstance(told, dict):
        raise InputError("report.style_colour", source=source, name="colours", allowed=", ".join(COLOURS))
    for name, value in told.items():
        if name not in COLOURS or not isinstance(value, str) or not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
            raise InputError("report.style_colour", source=source, name=name, allowed=", ".join(COLOURS))
    return {str(name): str(value) for name, value in told.items()}


def _check_contrast(colours: Mapping[str, str], source: str) -> None:
    for above, below, least in CONTRASTS:
        found = contrast(colours[above], colours[below])
        if found < least:
            raise InputError(
                "report.low_contrast", source=source, above=above, above_colour=colours[above], below=below, below_colour=colours[below],
                found=f"{int(found * 10) / 10}", least=f"{least:g}",
            )  # fmt: skip


def _folder(named: str, style: Path) -> Path | None:
    if not named:
        return None
    folder = style.parent / named
    if not folder.is_dir():
        raise InputError("report.style_no_folder", source=style.name, folder=named)
    return folder


def _check_font(font: str, ours: str, folder: Path | None, source: str) -> None:
    if font == ours:
        return
    families: set[str] = set()
    for file in () if folder is None else sorted(folder.iterdir()):
        if file.suffix.lower() in {".ttf", ".otf"}:
            try:
                families.add(family_of(file.read_bytes()))
            except FontError as error:
                raise InputError("report.style_font_file", source=source, name=file.name) from error
    if font not in families:
        raise InputError("report.style_no_font", source=source, name=font, allowed=", ".join(sorted(families)) or "–")


def _logo(named: str, style: Path) -> Path | None:
    if not named:
        return None
    path = style.parent / named
    if not path.is_file() or path.suffix.lower() not in LOGOS or path.stat().st_size > LARGEST_LOGO:
        raise InputError("report.style_no_logo", source=style.name, name=named)
    return path
