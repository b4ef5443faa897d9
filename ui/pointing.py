"""What is told of a place on bare ground: where it is, what lies there, and the nearest address. Nothing of it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from ui.markup import Markup, element, joined, paragraphs
from wijktwin.words.numbers import format_number
from wijktwin.words.texts import name_of
from wijktwin.words.view import credit_text

if TYPE_CHECKING:
    import geopandas as gpd

    from ui.text import Text
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.provenance import Source

RD: Final = "28992"
"""EPSG code of RD New, which people here call RD."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest address: street and number, and how far in a straight line. [m]"""

    address: str
    distance: float


def nearest_address(neighbourhood: Neighbourhood, point: tuple[float, float]) -> Nearest | None:
    """The address whose point lies nearest; of several in one place (flats) that with the lowest number. None without addresses."""
    table = neighbourhood.address_table
    if table is None or not (table["street"] != "").any():
        return None
    named = table[table["street"] != ""]
    away = named.geometry.distance(shapely.Point(point)).to_numpy()
    alike = named[away <= away.min() + 0.05].sort_values(["street", "number", "suffix"])
    row = alike.iloc[0]
    return Nearest(f"{row['street']} {int(row['number'])}{row['suffix']}", float(np.min(away)))


def place_markup(t: Text, neighbourhood: Neighbourhood, point: tuple[float, float], surface: str | None) -> Markup:
    """The card of a place.

    Parameters
    ----------
    point
        Real coordinates. [m]
    surface
        The piece of ground that was pointed at, by its id; None where none is drawn.
    """
    row = _surface(neighbourhood.ground_table, surface)
    lines = [t("point.kind", kind=name_of("ground_kind", row["kind"], t.language)) if row else t("point.kind_unknown")]
    if row:
        lines += [t("point.street", street=row["street"])] if row["street"] else []
        if np.isfinite(row["parking_places"]):
            lines.append(t("card.parking", n=int(row["parking_places"])))
        lines += [t("point.source", source=credit_text(source, t.language)) for source in _sources(neighbourhood, "ground")]
    lines.append(coordinates(t, neighbourhood, point))
    found = nearest_address(neighbourhood, point)
    if found is None:
        lines.append(t("point.no_addresses"))
    elif round(found.distance) < 1:
        lines.append(t("point.address_here", address=found.address))
    else:
        lines.append(t("point.address", address=found.address, metres=round(found.distance)))
    return joined([element("h3", t("point.title")), paragraphs(lines), element("p", t("point.how"), class_="wt-small")])


def coordinates(t: Text, neighbourhood: Neighbourhood, point: tuple[float, float]) -> str:
    """Coordinates to a decimetre, in the reference system of the neighbourhood."""
    x, y = (format_number(value, t.language, decimals=1) for value in point)
    code = (neighbourhood.horizontal_crs.to_authority() or ("", ""))[1]
    return t("point.rd", x=x, y=y) if code == RD else t("point.coordinates", crs=neighbourhood.horizontal_crs.name, x=x, y=y)


def _surface(table: gpd.GeoDataFrame | None, surface: str | None) -> dict[str, Any] | None:
    rows = None if table is None or surface is None else table[table["surface_id"] == surface]
    return rows.iloc[0].to_dict() if rows is not None and len(rows) else None


def _sources(neighbourhood: Neighbourhood, subject: str) -> list[Source]:
    """Where something comes from: the sources that say so, else those that are about everything."""
    own = [source for source in neighbourhood.sources if subject in source.subjects]
    return list(dict.fromkeys(own or [source for source in neighbourhood.sources if not source.subjects]))
