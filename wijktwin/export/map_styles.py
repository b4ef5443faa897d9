"""How layers of a GeoPackage are drawn: rules with a colour each, as QML (QGIS) and as SLD 1.1 (GeoServer and others).

QGIS finds both in a table ``layer_styles`` of the file. A rule looks at one column only: the names or numbers of classes are in the data,
so that the legend of a GIS says the same as ours, colour by colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from wijktwin.appearance import Outline

if TYPE_CHECKING:
    from collections.abc import Sequence

QGIS_VERSION: Final = "3.28.0"
SLD: Final = "http://www.opengis.net/sld"
SE: Final = "http://www.opengis.net/se"
OGC: Final = "http://www.opengis.net/ogc"
DASH: Final = {Outline.SOLID: "", Outline.DASHED: "4 2", Outline.DOTTED: "1 2"}
QGIS_LINES: Final = {Outline.SOLID: "solid", Outline.DASHED: "dash", Outline.DOTTED: "dot"}
EDGE: Final = 0.35
"""Width of an edge. [mm]"""
LINE: Final = 1.2
"""Width of a line. [mm]"""
POINT: Final = 2.4
"""Size of a point. [mm]"""
PIXELS_PER_MM: Final = 1 / 0.28
"""SLD counts in pixels of 0.28 mm."""


class Shape(StrEnum):
    """What a layer consists of."""

    AREA = "fill"
    LINE = "line"
    POINT = "marker"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a legend.

    Parameters
    ----------
    value
        What the column of the style holds for it.
    label
        Its words.
    fill, edge
        Red, green, blue, and perhaps how much it covers (0 to 255); of a line only ``fill`` is used.
    """

    value: str | int
    label: str
    fill: tuple[int, ...]
    edge: tuple[int, ...]
    outline: Outline = Outline.SOLID


@dataclass(frozen=True, slots=True)
class Style:
    """How one layer is drawn: rules by the values of a column."""

    shape: Shape
    column: str
    rules: tuple[Rule, ...]


def qml(style: Style) -> str:
    """The style for QGIS: a renderer with a rule for each line of the legend."""
    root = ET.Element("qgis", version=QGIS_VERSION, styleCategories="Symbology")
    renderer = ET.SubElement(root, "renderer-v2", type="RuleRenderer", symbollevels="0", forceraster="0", enableorderby="0")
    rules = ET.SubElement(renderer, "rules", key="rules")
    symbols = ET.SubElement(renderer, "symbols")
    for place, rule in enumerate(style.rules):
        written = str(rule.value) if isinstance(rule.value, int) else "'" + rule.value.replace("'", "''") + "'"
        ET.SubElement(rules, "rule", key=f"rule{place}", symbol=str(place), label=rule.label, filter=f'"{style.column}" = {written}')
        symbol = ET.SubElement(symbols, "symbol", name=str(place), type=style.shape.value, alpha="1", clip_to_extent="1", force_rhr="0")
        layer = ET.SubElement(symbol, "layer", {"class": QGIS_CLASSES[style.shape], "pass": "0", "locked": "0", "enabled": "1"})
        options = ET.SubElement(layer, "Option", type="Map")
        for name, value in _qgis_options(style.shape, rule).items():
            ET.SubElement(options, "Option", name=name, value=value, type="QString")
    return f"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n{ET.tostring(root, encoding='unicode')}"


QGIS_CLASSES: Final = {Shape.AREA: "SimpleFill", Shape.LINE: "SimpleLine", Shape.POINT: "SimpleMarker"}


def _qgis_options(shape: Shape, rule: Rule) -> dict[str, str]:
    fill, edge, style = _qgis_colour(rule.fill), _qgis_colour(rule.edge), QGIS_LINES[rule.outline]
    if shape is Shape.LINE:
        return {"line_color": fill, "line_style": style, "line_width": str(LINE), "line_width_unit": "MM"}
    drawn = {"color": fill, "outline_color": edge, "outline_style": style, "outline_width": str(EDGE), "outline_width_unit": "MM"}
    return drawn | ({"style": "solid"} if shape is Shape.AREA else {"name": "circle", "size": str(POINT), "size_unit": "MM"})


def _qgis_colour(colour: Sequence[int]) -> str:
    return ",".join(str(channel) for channel in (*colour, 255)[:4])


def sld(style: Style, *, layer: str) -> str:
    """The style as Styled Layer Descriptor 1.1 with Symbology Encoding 1.1 (OGC 05-078r4, 05-077r4)."""
    for prefix, namespace in (("sld", SLD), ("se", SE), ("ogc", OGC)):
        ET.register_namespace(prefix, namespace)
    root = ET.Element(f"{{{SLD}}}StyledLayerDescriptor", version="1.1.0")
    named = ET.SubElement(root, f"{{{SLD}}}NamedLayer")
    ET.SubElement(named, f"{{{SE}}}Name").text = layer
    user = ET.SubElement(named, f"{{{SLD}}}UserStyle")
    ET.SubElement(user, f"{{{SE}}}Name").text = layer
    drawn = ET.SubElement(user, f"{{{SE}}}FeatureTypeStyle")
    for rule in style.rules:
        one = ET.SubElement(drawn, f"{{{SE}}}Rule")
        ET.SubElement(one, f"{{{SE}}}Name").text = rule.label
        chosen = ET.SubElement(ET.SubElement(one, f"{{{OGC}}}Filter"), f"{{{OGC}}}PropertyIsEqualTo")
        ET.SubElement(chosen, f"{{{OGC}}}PropertyName").text = style.column
        ET.SubElement(chosen, f"{{{OGC}}}Literal").text = str(rule.value)
        _SYMBOLS[style.shape](one, rule)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}'


def _area(parent: ET.Element, rule: Rule) -> None:
    symbol = ET.SubElement(parent, f"{{{SE}}}PolygonSymbolizer")
    _fill(symbol, rule.fill)
    _stroke(symbol, rule.edge, rule.outline, EDGE)


def _line(parent: ET.Element, rule: Rule) -> None:
    _stroke(ET.SubElement(parent, f"{{{SE}}}LineSymbolizer"), rule.fill, rule.outline, LINE)


def _point(parent: ET.Element, rule: Rule) -> None:
    graphic = ET.SubElement(ET.SubElement(parent, f"{{{SE}}}PointSymbolizer"), f"{{{SE}}}Graphic")
    mark = ET.SubElement(graphic, f"{{{SE}}}Mark")
    ET.SubElement(mark, f"{{{SE}}}WellKnownName").text = "circle"
    _fill(mark, rule.fill)
    _stroke(mark, rule.edge, rule.outline, EDGE)
    ET.SubElement(graphic, f"{{{SE}}}Size").text = f"{POINT * PIXELS_PER_MM:.1f}"


_SYMBOLS: Final = {Shape.AREA: _area, Shape.LINE: _line, Shape.POINT: _point}


def _fill(parent: ET.Element, colour: Sequence[int]) -> None:
    fill = ET.SubElement(parent, f"{{{SE}}}Fill")
    _parameter(fill, "fill", hexadecimal(colour))
    if len(colour) > 3:
        _parameter(fill, "fill-opacity", f"{colour[3] / 255:.3f}")


def _stroke(parent: ET.Element, colour: Sequence[int], outline: Outline, width: float) -> None:
    stroke = ET.SubElement(parent, f"{{{SE}}}Stroke")
    _parameter(stroke, "stroke", hexadecimal(colour))
    _parameter(stroke, "stroke-width", f"{width * PIXELS_PER_MM:.2f}")
    if DASH[outline]:
        _parameter(stroke, "stroke-dasharray", DASH[outline])


def _parameter(parent: ET.Element, name: str, value: str) -> None:
    ET.SubElement(parent, f"{{{SE}}}SvgParameter", name=name).text = value


def hexadecimal(colour: Sequence[int]) -> str:
    """A colour as ``#rrggbb``."""
    return "#" + "".join(f"{channel:02x}" for channel in colour[:3])
