"""Larger buildings: slabs of flats, higher flats, a strip of shops, a school, a community centre. Measures in millimetres.

In the frame of a building x runs along its long side and y from the side of the living rooms to the galleries.
"""

from __future__ import annotations

from wijktwin.example.forms import Form, form_of, kept
from wijktwin.example.solids import Piece, flat_piece, rectangle

SLAB, TOP, GALLERY = 0, 1, 2


@kept
def slab_form(*, n_bays: int, bay: int, depth: int, storeys: int, storey: int, plinth: int, stair: int, ridge: int) -> Form:
    """A slab of flats: under a flat roof with a stair and lift house against its gallery side, or under a saddle roof with stairs inside.

    Parameters
    ----------
    n_bays, bay
        Dwellings side by side and the width of each. [mm]
    storeys, storey, plinth
        Dwelling storeys, their height, and the height of the storage floor under them. [mm]
    stair
        The bay that the stair house stands behind.
    ridge
        How far the ridge is above the eaves; 0 for a flat roof. [mm]
    """
    long = n_bays * bay
    top = plinth + storeys * storey + 400
    if ridge:
        return saddle_form(long, depth, top, top + ridge)
    x0 = stair * bay + bay // 2 - 1500
    x1 = x0 + 3600
    return form_of(
        [
            flat_piece(rectangle(0, 0, long, depth), top, block=SLAB),
            flat_piece(rectangle(x0, depth, x1, depth + 3200), top + 2400, block=TOP),
        ]
    )


@kept
def saddle_form(long: int, deep: int, eaves: int, ridge: int) -> Form:
    """A block under a saddle roof along its long side."""
    half = deep // 2
    slope = (ridge - eaves) / half
    return form_of(
        [
            Piece(rectangle(0, 0, long, half), (float(eaves), 0.0, slope), block=SLAB),
            Piece(rectangle(0, half, long, deep), (ridge + slope * half, 0.0, -slope), block=SLAB),
        ]
    )


@kept
def tower_form(width: int, depth: int, storeys: int, storey: int, plinth: int) -> Form:
    """A higher block of flats with a lift house on its roof."""
    top = plinth + storeys * storey + 500
    x0, y0 = width // 2 - 3000, depth - 5200
    window = rectangle(x0, y0, x0 + 6000, depth - 1200)
    return form_of(
        [
            flat_piece(rectangle(0, 0, width, depth), top, block=SLAB, holes=(window[::-1],)),
            flat_piece(window, top + 3000, block=TOP),
        ]
    )


@kept
def shops_form(*, long: int, deep: int, shop: int, upper_from: int, upper_to: int, storeys: int, storey: int) -> Form:
    """A strip of shops with dwellings above the front part and a lower stockroom roof behind."""
    top = shop + storeys * storey + 400
    pieces = [flat_piece(rectangle(0, upper_from, long, upper_to), top, block=SLAB)]
    if upper_from > 0:
        pieces.append(flat_piece(rectangle(0, 0, long, upper_from), shop - 600, block=GALLERY))
    pieces.append(flat_piece(rectangle(0, upper_to, long, deep), shop, block=TOP))
    return form_of(pieces)


@kept
def school_form(long: int, wing: int, deep: int, low: int, hall: int) -> Form:
    """A school: two wings around a yard, a hall between them, and a gymnasium under a saddle roof."""
    gym = 16000
    ridge = 7400
    slope = (ridge - 6200) / (wing / 2)
    gym_x = long + gym
    return form_of(
        [
            flat_piece(rectangle(0, 0, wing, deep), low, block=0),
            flat_piece(rectangle(wing, deep - wing, long - wing, deep), hall, block=1),
            flat_piece(rectangle(long - wing, 0, long, deep), low, block=2),
            Piece(rectangle(long, deep - wing, gym_x, deep - wing // 2), (6200 - slope * (deep - wing), 0.0, slope), block=3),
            Piece(rectangle(long, deep - wing // 2, gym_x, deep), (ridge + slope * (deep - wing // 2), 0.0, -slope), block=3),
        ]
    )


@kept
def centre_form(long: int, deep: int, arm: int, low: int, high: int) -> Form:
    """A low building in the form of an L: one storey with a higher hall in the corner."""
    return form_of(
        [
            flat_piece(rectangle(0, 0, long - arm, arm), low, block=0),
            flat_piece(rectangle(long - arm, 0, long, arm), high, block=1),
            flat_piece(rectangle(long - arm, arm, long, deep), low, block=2),
        ]
    )


@kept
def hall_form(long: int, deep: int, eaves: int, ridge: int) -> Form:
    """A hall under a tall saddle roof with its gables at the short sides: the church."""
    half = deep // 2
    slope = (ridge - eaves) / half
    return form_of(
        [
            Piece(rectangle(0, 0, long, half), (float(eaves), 0.0, slope), block=0),
            Piece(rectangle(0, half, long, deep), (ridge + slope * half, 0.0, -slope), block=0),
            flat_piece(rectangle(-4200, 0, 0, 4200), ridge + 4000, block=1),
        ]
    )
