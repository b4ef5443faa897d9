"""Houses in a row, sheds and garages: what stands along the streets of a neighbourhood of the nineteen-sixties.

In the frame of a row x runs along the facades, seen from the street from right to left, and y from the front facade to the back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wijktwin.example.dice import Dice
from wijktwin.example.forms import Form, form_of, kept
from wijktwin.example.solids import Piece, flat_piece, rectangle

HOUSE, EXTENSION, SHED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Dormer:
    """A dormer with a flat roof.

    Parameters
    ----------
    x0, x1
        From and to along the row. [mm]
    front
        Distance of its face from the facade. [mm]
    depth
        How deep it goes before it runs into the roof. [mm]
    """

    x0: int
    x1: int
    front: int
    depth: int


@dataclass(frozen=True, slots=True)
class HouseForm:
    """The measures of one house. [mm]

    Parameters
    ----------
    eaves_front, eaves_back, ridge
        Heights above ground.
    ridge_y
        Where the ridge is, from the front facade.
    front_dormer, back_dormer
        None where there is none.
    extension
        From and to along the row and the depth behind the back facade; None where there is none.
    extension_height
        Of its flat roof.
    """

    width: int
    depth: int
    eaves_front: int
    eaves_back: int
    ridge: int
    ridge_y: int
    front_dormer: Dormer | None = None
    back_dormer: Dormer | None = None
    extension: tuple[int, int, int] | None = None
    extension_height: int = 3000

    @property
    def is_flat(self) -> bool:
        """Whether it has a flat roof."""
        return self.eaves_front == self.ridge == self.eaves_back


def _front_slope(form: HouseForm) -> tuple[float, float, float]:
    return float(form.eaves_front), 0.0, (form.ridge - form.eaves_front) / form.ridge_y


def _back_slope(form: HouseForm) -> tuple[float, float, float]:
    fall = (form.ridge - form.eaves_back) / (form.depth - form.ridge_y)
    return form.ridge + fall * form.ridge_y, 0.0, -fall


def _slope_with_dormer(
    x: tuple[int, int], y: tuple[int, int], plane: tuple[float, float, float], hole: tuple[int, int, int, int] | None, meets_at: int
) -> list[Piece]:
    """A roof slope and, in it, a dormer whose flat roof meets the slope at ``meets_at``."""
    ring = rectangle(x[0], y[0], x[1], y[1])
    if hole is None:
        return [Piece(ring, plane, block=HOUSE)]
    window = rectangle(*hole)
    height = round(plane[0] + plane[2] * meets_at)
    return [Piece(ring, plane, (window[::-1],), HOUSE), flat_piece(window, height, block=HOUSE)]


@kept
def house_form(form: HouseForm) -> Form:
    """A terraced house under a saddle roof along the row, or a flat one, with what its owners added."""
    if form.is_flat:
        pieces = [flat_piece(rectangle(0, 0, form.width, form.depth), form.ridge, block=HOUSE)]
    else:
        front, back = form.front_dormer, form.back_dormer
        window = (front.x0, front.front, front.x1, front.front + front.depth) if front else None
        pieces = _slope_with_dormer(
            (0, form.width), (0, form.ridge_y), _front_slope(form), window, front.front + front.depth if front else 0
        )
        far = form.depth - back.front if back else 0
        window = (back.x0, far - back.depth, back.x1, far) if back else None
        pieces += _slope_with_dormer(
            (0, form.width), (form.ridge_y, form.depth), _back_slope(form), window, far - back.depth if back else 0
        )
    if form.extension is not None:
        x0, x1, deep = form.extension
        pieces.append(flat_piece(rectangle(x0, form.depth, x1, form.depth + deep), form.extension_height, block=EXTENSION))
    return form_of(pieces)


@kept
def box_form(width: int, depth: int, height: int) -> Form:
    """A box with a flat roof: shed, garage, transformer house. [mm]"""
    return form_of([flat_piece(rectangle(0, 0, width, depth), height)])


@kept
def lean_to_form(width: int, depth: int, low: int, high: int) -> Form:
    """A shed under one slope, high at the back. [mm]"""
    return form_of([Piece(rectangle(0, 0, width, depth), (float(low), 0.0, (high - low) / depth))])


@dataclass(frozen=True, slots=True)
class RowType:
    """What all houses of a row have in common: they were built together. [mm]"""

    width: int
    depth: int
    eaves_front: int
    eaves_back: int
    ridge: int
    ridge_y: int
    year: int
    floor_area: int
    storeys: int


MAX_DORMER_RISE: Final = 300
"""A dormer stays this far below the ridge. [mm]"""


def row_type(dice: Dice, *, width: int, year: int) -> RowType:
    """The house of one row: two storeys under a saddle roof, as they were built between 1958 and 1972."""
    depth = dice.step(8400, 9000, 100)
    eaves = dice.step(5400, 5800, 100)
    ridge_y = depth // 2 if dice.chance(0.8) else depth // 2 - 600
    pitch = dice.between(0.60, 0.76)
    ridge = eaves + int(ridge_y * pitch / 50) * 50
    back = eaves if ridge_y == depth // 2 else eaves - 600
    area = round(width * depth * 1e-6 * 2 * 0.83) + 14
    return RowType(width, depth, eaves, back, ridge, ridge_y, year, area, 2)


def infill_type(dice: Dice, *, width: int, year: int) -> RowType:
    """A younger house in a gap: three storeys under a flat roof."""
    depth = dice.step(9600, 10200, 100)
    top = dice.step(9300, 9700, 100)
    return RowType(width, depth, top, top, top, depth // 2, year, round(width * depth * 1e-6 * 3 * 0.82), 3)


def _dormer(dice: Dice, width: int, run: int, rise: int) -> Dormer | None:
    """A dormer in a slope of this run and rise, None where it would not fit. [mm]"""
    wide = min(dice.pick((1800, 2400, 3000, 3600)), width - 1200)
    room = width - wide - 1200
    x0 = 600 + (0 if room <= 0 else dice.step(0, room // 100 * 100, 100))
    front = dice.step(600, 1000, 100)
    deep = min(round(1500 * run / rise / 50) * 50, run - front - round(MAX_DORMER_RISE * run / rise))
    return Dormer(x0, x0 + wide, front, deep) if deep >= 1200 else None


def lived_in(dice: Dice, kind: RowType, *, changes: float) -> HouseForm:
    """A house of a row after sixty years of owners.

    Parameters
    ----------
    changes
        How much people built on, 0 to 1: tenants less than owners.
    """
    front = back = None
    extension = None
    if kind.eaves_front < kind.ridge:
        if dice.chance(0.34 * changes):
            front = _dormer(dice, kind.width, kind.ridge_y, kind.ridge - kind.eaves_front)
        if dice.chance(0.62 * changes):
            back = _dormer(dice, kind.width, kind.depth - kind.ridge_y, kind.ridge - kind.eaves_back)
    if dice.chance(0.42 * changes):
        deep = dice.step(2000, 3200, 200)
        whole = dice.chance(0.45)
        left = dice.chance(0.5)
        part = kind.width - dice.step(1600, 2400, 200)
        x0, x1 = (0, kind.width) if whole else ((0, part) if left else (kind.width - part, kind.width))
        extension = (x0, x1, deep)
    return HouseForm(
        kind.width,
        kind.depth,
        kind.eaves_front,
        kind.eaves_back,
        kind.ridge,
        kind.ridge_y,
        front,
        back,
        extension,
        dice.step(2800, 3200, 100),
    )


def shed_form(dice: Dice) -> Form:
    """A shed at the end of the garden."""
    width, depth = dice.pick(((2400, 3000), (2000, 3000), (2600, 3600), (3000, 4000), (2000, 2600)))
    if dice.chance(0.3):
        return lean_to_form(width, depth, 2200, 2500)
    return box_form(width, depth, dice.pick((2200, 2300, 2400, 2500)))
