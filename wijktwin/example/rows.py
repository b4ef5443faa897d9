"""Rows of houses along a street, with their gardens, sheds, back paths and addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from wijktwin.example.dice import Dice
from wijktwin.example.forms import Form, shared_wall_area, side_profile
from wijktwin.example.frames import Frame, along, distance, length, rounded
from wijktwin.example.houses import HouseForm, RowType, house_form, infill_type, lived_in, row_type, shed_form
from wijktwin.example.quarter import Dwelling, Patch, Quarter, Rank, Structure
from wijktwin.example.streets import UNDER, Street
from wijktwin.model.surroundings import GroundKind

BACK_PATH: Final = 1600
"""Width of an achterpad. [mm]"""
END_PLOT: Final = 2200
"""How much wider the plot of the first and the last house of a row is. [mm]"""
END_GAP: Final = 1700
"""Width of the path between two rows. [mm]"""


@dataclass(frozen=True, slots=True)
class RowPlan:
    """Rows of houses along one side of a straight street. [mm]

    Parameters
    ----------
    counts
        Houses in each row.
    width
        Of one house.
    gap
        Between the gable ends of two rows.
    front
        Depth of the front gardens.
    plot
        Depth of the plots from the facade to the back path.
    back_path
        Whether the path behind the gardens belongs to these rows (or to those behind them).
    tenure
        Of most dwellings: "social_rent" or "owner".
    infill
        Index of a row that burnt down or was pulled down and built again in this year.
    """

    counts: tuple[int, ...]
    width: int = 5700
    gap: int = 8000
    front: int = 4000
    plot: int = 20000
    back_path: bool = True
    tenure: str = "social_rent"
    infill: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a straight street: the frame along it with y away from the carriageway, and how to number it."""

    street: Street
    frame: Frame
    total: float
    is_left: bool
    before: float = 0.0

    def station(self, x: float) -> float:
        """Distance from the start of the street. [mm]"""
        return self.before + (x if self.is_left else self.total - x)


def side_of(street: Street, *, left: bool, leg: int = 0) -> Side:
    """One side of one straight leg of a street; the frame starts where the plots start.

    ``before`` is counted from the start of the street, so that house numbers go on from leg to leg.
    """
    a, b = street.line[leg], street.line[leg + 1]
    start, end = (a, b) if left else (b, a)
    offset = street.profile.to_left if left else street.profile.to_right
    return Side(street, along(start, end).moved(0.0, float(offset)), distance(a, b), left, length(street.line[: leg + 1]))


def place_rows(quarter: Quarter, side: Side, plan: RowPlan, *, key: int, start: int, end: int) -> list[int]:
    """Rows of houses between two distances along one side of a street; gives the middles of the gaps between them.

    Raises
    ------
    ValueError
        They do not fit.
    """
    dice = quarter.dice(key)
    needed = sum(plan.counts) * plan.width + (len(plan.counts) - 1) * plan.gap
    if needed > end - start:
        msg = f"rows of {needed} mm do not fit in {end - start} mm along {side.street.name}"
        raise ValueError(msg)
    x = start + (end - start - needed) // 2
    year = dice.whole(1959, 1968)
    gaps: list[int] = []
    for index, count in enumerate(plan.counts):
        row_dice = quarter.dice(key, index + 1)
        kind = row_type(row_dice, width=plan.width, year=year)
        if plan.infill and plan.infill[0] == index:
            kind = infill_type(row_dice, width=plan.width, year=plan.infill[1])
        _place_row(quarter, side, plan, kind, row_dice, x=x, count=count, row=key * 10 + index)
        if index < len(plan.counts) - 1:
            gaps.append(x + count * plan.width + plan.gap // 2)
            _gap_path(quarter, side, plan, gaps[-1])
        x += count * plan.width + plan.gap
    _row_back_path(quarter, side, plan, start=start, end=end)
    return gaps


def _place_row(quarter: Quarter, side: Side, plan: RowPlan, kind: RowType, dice: Dice, *, x: int, count: int, row: int) -> None:
    """One row: the houses first, then what lies around them."""
    frame = side.frame.moved(float(x), float(plan.front))
    ground = quarter.ground_at(frame.at(count * kind.width / 2, kind.depth / 2))
    houses = _houses(dice, kind, plan, count)
    forms = [house_form(measures) for measures, _ in houses]
    parties = party_walls(forms, kind.width)
    wind = frame.wind(0.0, -1.0)
    for i, ((measures, tenure), form, party) in enumerate(zip(houses, forms, parties, strict=True)):
        own = frame.moved(float(i * kind.width), 0.0)
        number = quarter.add(
            Structure(
                form,
                own,
                ground,
                "dwelling",
                kind.year,
                _estimated_storeys(dice, kind),
                party,
                after_survey=kind.year > LAST_SURVEY,
                row=row,
            )
        )
        area = kind.floor_area + _extra_area(measures)
        point = rounded(own.at(kind.width / 2, 1200.0))
        station = side.station(x + (i + 0.5) * kind.width)
        quarter.dwellings.append(
            Dwelling(number, side.street.name, side.is_left, station, 0, wind, "dwelling", area, tenure, "house", point)
        )
        _garden(quarter, own, plan, measures, dice, first=i == 0, last=i == count - 1, street=side.street.name, building=number)
    _sheds(quarter, frame, plan, kind, dice, count=count, ground=ground, row=row)


LAST_SURVEY: Final = 2023
"""Year of the point cloud: what is younger has no measured roof."""


def _estimated_storeys(dice: Dice, kind: RowType) -> int | None:
    """3D BAG estimates storeys for some buildings only; an attic often counts as one."""
    if kind.year > LAST_SURVEY or not dice.chance(0.3):
        return None
    return kind.storeys if kind.storeys == 3 or dice.chance(0.4) else 3


def _extra_area(measures: HouseForm) -> int:
    """Floor area that an extension and dormers add. [m²]"""
    extra = 0.0
    if measures.extension is not None:
        x0, x1, deep = measures.extension
        extra += (x1 - x0) * deep * 0.85e-6
    return round(extra) + sum(3 for dormer in (measures.front_dormer, measures.back_dormer) if dormer is not None)


def _houses(dice: Dice, kind: RowType, plan: RowPlan, count: int) -> list[tuple[HouseForm, str]]:
    """The houses of a row with their tenure: a row of a housing association, in which some were sold, or a row of owners."""
    sold = 0.2 if plan.tenure == "social_rent" else 0.93
    found: list[tuple[HouseForm, str]] = []
    for _ in range(count):
        tenure = "owner" if dice.chance(sold) else ("social_rent" if plan.tenure == "social_rent" else "middle_rent")
        changes = {"owner": 1.0, "middle_rent": 0.3, "social_rent": 0.22}[tenure]
        found.append((lived_in(dice, kind, changes=changes if kind.year < 2000 else 0.0), tenure))
    return found


def party_walls(forms: Sequence[Form], width: int) -> list[float]:
    """Area of the walls that each form of a row shares with its neighbours. [mm²]"""
    shared = [shared_wall_area(left.side_profile(width), right.side_profile(0)) for left, right in pairwise(forms)]
    return [(shared[i - 1] if i else 0.0) + (shared[i] if i < len(shared) else 0.0) for i in range(len(forms))]


def _garden(
    quarter: Quarter,
    own: Frame,
    plan: RowPlan,
    measures: HouseForm,
    dice: Dice,
    *,
    first: bool,
    last: bool,
    street: str,
    building: int,
) -> None:
    """Front and back garden of one house: grass and plants, a terrace, and sometimes tiles only."""

    def lay(ground: GroundKind, y0: int, y1: int) -> None:
        material = "tegels" if ground is GroundKind.YARD else "beplanting"
        ring = own.rectangle(x0, y0, x1, y1)
        quarter.patches.append(Patch(ground, Rank.PLOT, ring, street, material, building=building))

    x0 = -END_PLOT if first else 0
    x1 = measures.width + (END_PLOT if last else 0)
    lay(GroundKind.YARD if dice.chance(0.38) else GroundKind.GARDEN, -plan.front, 0)
    built = measures.depth + (measures.extension[2] if measures.extension else 0)
    end = plan.plot
    terrace = min(built + dice.step(2000, 4000, 500), end - 1500)
    if dice.chance(0.24):
        lay(GroundKind.YARD, 0, end)
    else:
        lay(GroundKind.YARD, 0, terrace)
        lay(GroundKind.GARDEN, terrace, end)


def _sheds(quarter: Quarter, frame: Frame, plan: RowPlan, kind: RowType, dice: Dice, *, count: int, ground: int, row: int) -> None:
    """Sheds at the ends of the gardens, two and two against the fence between them."""
    end = float(plan.plot)
    for pair in range(0, count, 2):
        left, right = shed_form(dice), shed_form(dice)
        if dice.chance(0.6):
            right = left
        fence = float((pair + 1) * kind.width)
        made = [(left, fence - left.plan[:, 0].max(), pair), (right, fence, pair + 1)]
        for form, x, house in made:
            if house < count:
                spot = frame.moved(float(x), end - float(form.plan[:, 1].max()))
                is_late = kind.year > LAST_SURVEY
                shed = Structure(form, spot, ground, "shed", kind.year, None, after_survey=is_late, is_shed=True, row=row * 100 + pair)
                quarter.possible_sheds.append(shed)


def _gap_path(quarter: Quarter, side: Side, plan: RowPlan, middle: int) -> None:
    """The path from the street to the back path, between two gable ends."""
    half = END_GAP // 2
    ring = side.frame.rectangle(middle - half, -UNDER, middle + half, plan.front + plan.plot + BACK_PATH)
    quarter.patches.append(Patch(GroundKind.PAVEMENT, Rank.PATH, ring, side.street.name, "tegels", f"back path {side.street.name}"))


def _row_back_path(quarter: Quarter, side: Side, plan: RowPlan, *, start: int, end: int) -> None:
    """The path behind the gardens, along all rows of this side."""
    if not plan.back_path:
        return
    y = plan.front + plan.plot
    ring = side.frame.rectangle(start - 500, y - 400, end + 500, y + BACK_PATH)
    quarter.patches.append(Patch(GroundKind.PAVEMENT, Rank.PATH, ring, side.street.name, "tegels", f"back path {side.street.name}"))


def share_shed_walls(sheds: Sequence[Structure]) -> None:
    """Note the walls that sheds standing back to back share."""
    for left, right in pairwise(sheds):
        if left.row == right.row:
            width = int(left.form.plan[:, 0].max())
            shift = left.frame.inside((right.frame.x, right.frame.y))
            profile = tuple(top.moved(shift[1]) for top in side_profile(right.form.pieces, 0))
            area = shared_wall_area(left.form.side_profile(width), profile)
            left.party_area += area
            right.party_area += area
