"""Flats, shops, schools and other larger buildings, put in their place with their addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wijktwin.example.blocks import centre_form, hall_form, school_form, shops_form, slab_form, tower_form
from wijktwin.example.forms import Form
from wijktwin.example.frames import Frame, rounded
from wijktwin.example.houses import box_form
from wijktwin.example.quarter import Dwelling, Patch, Quarter, Rank, Structure
from wijktwin.example.rows import party_walls
from wijktwin.example.streets import UNDER
from wijktwin.model.surroundings import GroundKind

DOOR: Final = 1500
"""How far behind the facade the point of an address lies. [mm]"""
TO_STREET: Final = 11000
"""How far the path from the stairs runs towards the main road. [mm]"""
ORDER: Final = 0.001
"""Step in the order of house numbers within one building. [mm]"""


@dataclass(frozen=True, slots=True)
class Numbering:
    """On which street a building has its addresses, on which side, and how far along. [mm]"""

    street: str
    is_odd: bool
    station: float


def place_slab(
    quarter: Quarter,
    frame: Frame,
    at: Numbering,
    *,
    key: int,
    n_bays: int = 8,
    bay: int = 6400,
    depth: int = 10400,
    storeys: int = 4,
    plinth: int = 0,
    stair: int = 3,
    ridge: int = 0,
    tenure: str = "social_rent",
    year: int = 1964,
) -> int:
    """A slab of gallery flats; y of the frame points from the living rooms to the gallery."""
    form = slab_form(n_bays=n_bays, bay=bay, depth=depth, storeys=storeys, storey=2800, plinth=plinth, stair=stair, ridge=ridge)
    number = _add(quarter, frame, form, use="dwelling", year=year, key=key)
    first = 1 if plinth else 0
    _around_slab(quarter, frame, at.street, long=n_bays * bay, depth=depth, stair=stair * bay + bay // 2, key=key)
    _flats(
        quarter,
        frame,
        at,
        number,
        n_bays=n_bays,
        bay=bay,
        storeys=range(first, first + storeys),
        area=round(bay * depth * 0.83e-6),
        tenure=tenure,
        inset=DOOR,
    )
    return number


def _around_slab(quarter: Quarter, frame: Frame, street: str, *, long: int, depth: int, stair: int, key: int) -> None:
    """The pavement under the galleries, the way to the stairs, and a shed for bicycles beside the slab."""
    group = f"pavement slab {key}"
    for ring in (
        frame.rectangle(0, depth - UNDER, long, depth + 1800),
        frame.rectangle(stair - 2600, depth - UNDER, stair + 3000, depth + 5200),
        frame.rectangle(stair - 600, depth, stair + 1200, depth + TO_STREET),
        frame.rectangle(long - 200, depth, long + 9000, depth + 1800),
    ):
        quarter.patches.append(Patch(GroundKind.PAVEMENT, Rank.PATH, ring, street, "tegels", group))
    form = box_form(4800, 8400, 2600)
    spot = frame.moved(float(long + 3200), float(depth - 8400))
    quarter.add(Structure(form, spot, quarter.ground_at(spot.at(2400, 4200)), "other", 1966, None, row=key))


def place_tower(
    quarter: Quarter,
    frame: Frame,
    at: Numbering,
    *,
    key: int,
    storeys: int = 10,
    width: int = 39000,
    depth: int = 13000,
    tenure: str = "middle_rent",
    year: int = 1970,
) -> int:
    """A higher block of flats on a storage floor."""
    number = _add(quarter, frame, tower_form(width, depth, storeys, 2800, 2800), use="dwelling", year=year, key=key)
    _flats(
        quarter,
        frame,
        at,
        number,
        n_bays=6,
        bay=width // 6,
        storeys=range(1, storeys + 1),
        area=round(width // 6 * depth * 0.8e-6),
        tenure=tenure,
        inset=DOOR,
    )
    return number


def place_shops(quarter: Quarter, frame: Frame, at: Numbering, *, key: int, n_shops: int = 7, shop: int = 12000, deep: int = 15000) -> int:
    """A strip of shops, with two storeys of dwellings above; y of the frame points from the square to the yard."""
    long = n_shops * shop
    number = _add(
        quarter,
        frame,
        shops_form(long=long, deep=deep, shop=3800, upper_from=0, upper_to=9000, storeys=2, storey=2800),
        use="shop",
        year=1963,
        storeys=3,
        key=key,
    )
    side = frame.wind(0.0, -1.0)
    for index in range(n_shops):
        point = rounded(frame.at((index + 0.5) * shop, DOOR))
        quarter.dwellings.append(
            Dwelling(number, at.street, at.is_odd, at.station + index * ORDER, 0, side, "shop", round(shop * deep * 0.9e-6), "", "", point)
        )
    above = Numbering(at.street, at.is_odd, at.station + 1.0)
    _flats(quarter, frame, above, number, n_bays=n_shops * 2, bay=shop // 2, storeys=range(1, 3), area=48, tenure="rent", inset=DOOR)
    return number


def place_school(quarter: Quarter, frame: Frame, at: Numbering, *, key: int) -> int:
    """A school around a yard, with a gymnasium."""
    number = _add(quarter, frame, school_form(44000, 9000, 30000, 3900, 5400), use="school", year=1965, key=key)
    point = rounded(frame.at(4500, DOOR))
    quarter.dwellings.append(Dwelling(number, at.street, at.is_odd, at.station, 0, frame.wind(0.0, -1.0), "school", 1050, "", "", point))
    yard = frame.rectangle(-4000, -24000, 48000, 21500)
    quarter.patches.append(Patch(GroundKind.SQUARE, Rank.PLACE, yard, at.street, "tegels", "school yard"))
    sand = frame.rectangle(30000, -20000, 42000, -10000)
    quarter.patches.append(Patch(GroundKind.PLAYGROUND, Rank.PATH, sand, at.street, "zand"))
    return number


def place_centre(quarter: Quarter, frame: Frame, at: Numbering, *, key: int) -> int:
    """A low community centre in the form of an L."""
    number = _add(quarter, frame, centre_form(44000, 30000, 14000, 4200, 7400), use="other", year=1967, key=key)
    point = rounded(frame.at(8000, DOOR))
    quarter.dwellings.append(Dwelling(number, at.street, at.is_odd, at.station, 0, frame.wind(0.0, -1.0), "other", 820, "", "", point))
    return number


def place_church(quarter: Quarter, frame: Frame, at: Numbering, *, key: int) -> int:
    """A church under a tall roof, with a square tower."""
    number = _add(quarter, frame, hall_form(26000, 13000, 5200, 11800), use="other", year=1962, key=key)
    point = rounded(frame.at(1000, 6500))
    quarter.dwellings.append(Dwelling(number, at.street, at.is_odd, at.station, 0, frame.wind(-1.0, 0.0), "other", 290, "", "", point))
    return number


def place_garages(quarter: Quarter, frame: Frame, *, key: int, count: int, year: int = 1966) -> None:
    """A row of garages, each a building of its own; y of the frame points from the doors to the back."""
    form = box_form(2900, 5800, 2500)
    ground = quarter.ground_at(frame.at(count * 1450, 2900))
    for i, party in enumerate(party_walls([form] * count, 2900)):
        quarter.add(Structure(form, frame.moved(i * 2900.0, 0.0), ground, "other", year, None, party, row=key))


def place_transformer(quarter: Quarter, frame: Frame, *, key: int) -> None:
    """A brick house for a transformer."""
    _add(quarter, frame, box_form(3200, 3600, 3000), use="other", year=1961, key=key)


def _add(quarter: Quarter, frame: Frame, form: Form, *, use: str, year: int, key: int, storeys: int | None = None) -> int:
    ground = quarter.ground_at(frame.at(float(form.plan[:, 0].max()) / 2, float(form.plan[:, 1].max()) / 2))
    return quarter.add(Structure(form, frame, ground, use, year, storeys, row=key))


def _flats(
    quarter: Quarter, frame: Frame, at: Numbering, number: int, *, n_bays: int, bay: int, storeys: range, area: int, tenure: str, inset: int
) -> None:
    side = frame.wind(0.0, -1.0)
    order = 0
    for storey in storeys:
        for index in range(n_bays):
            point = rounded(frame.at((index + 0.5) * bay, inset))
            quarter.dwellings.append(
                Dwelling(
                    number, at.street, at.is_odd, at.station + order * ORDER, storey, side, "dwelling", area, tenure, "apartment", point
                )
            )
            order += 1
