"""The urban plan of the Vogelbuurt: where the streets, rows, slabs, shops and greens lie. Coordinates in metres of its own plan.

Drawn like the neighbourhoods of about 1960 on the east side of Amersfoort, and like none of them in particular: a loop of a street
around a green with school and shops, short streets of rows on both sides of it, courts of rows around lawns, slabs of flats along the
main roads on the north and the east, a singel on the west and the south.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from wijktwin.example.flats import (
    Numbering,
    place_centre,
    place_church,
    place_garages,
    place_school,
    place_shops,
    place_slab,
    place_tower,
    place_transformer,
)
from wijktwin.example.frames import Point, along, crossing, distance, rounded, smoothed, strip
from wijktwin.example.names import street_names
from wijktwin.example.quarter import Patch, Quarter, Rank
from wijktwin.example.rows import RowPlan, Side, place_rows, side_of
from wijktwin.example.streets import Lane, Profile, Street
from wijktwin.model.surroundings import GroundKind

PAVED: Final = (Lane.PAVEMENT, 1800)
PARKED: Final = (Lane.PARKING, 2000)
MAIN_SIDE: Final = ((Lane.VERGE, 2500), (Lane.CYCLE_PATH, 2500), (Lane.PAVEMENT, 2000))
MAIN: Final = Profile(3500, MAIN_SIDE, MAIN_SIDE, "asfalt", 50.0)
LOOP_SIDE: Final = ((Lane.GREEN_PARKING, 2400), (Lane.PAVEMENT, 2000))
LOOP: Final = Profile(3000, LOOP_SIDE, LOOP_SIDE, "asfalt")
QUAY: Final = Profile(2500, (PARKED, PAVED), ((Lane.VERGE, 2500), (Lane.PAVEMENT, 1600)))
HOME: Final = Profile(2400, (PARKED, PAVED), (PAVED,))
HOME_BOTH: Final = Profile(2400, (PARKED, PAVED), (PARKED, PAVED))
COURT: Final = Profile(2500, ((Lane.SQUARE_PARKING, 5000), PAVED), ((Lane.SQUARE_PARKING, 5000), PAVED))
SHOPPING: Final = Profile(2500, (PARKED, PAVED), ((Lane.SQUARE_PARKING, 5000), (Lane.PAVEMENT, 2200)))
YARD: Final = Profile(3000)
SITE: Final = Profile(2750, (), ((Lane.SQUARE_PARKING, 5000),))
PATH: Final = Profile(0, material="tegels", modes="walk cycle", max_speed=float("nan"))

MAIN_NORTH: Final = ((0, 530), (180, 535), (420, 535), (660, 530))
MAIN_EAST: Final = ((636, 0), (640, 190), (640, 370), (636, 560))
RING: Final = (
    (196, 545),
    (194, 470),
    (180, 360),
    (171, 250),
    (177, 165),
    (212, 113),
    (300, 100),
    (390, 102),
    (460, 117),
    (489, 170),
    (494, 260),
    (487, 370),
    (479, 470),
    (476, 545),
)
WATERSIDE: Final = ((68, 545), (61, 440), (51, 330), (46, 210), (56, 120), (98, 68), (190, 50), (330, 44), (470, 50), (570, 62), (650, 72))
SINGEL: Final = ((46, 508), (42, 440), (32, 330), (27, 210), (37, 112), (86, 51), (186, 31), (330, 25), (471, 31), (560, 41))
WEST_STREETS: Final = (462.0, 402.0, 342.0, 282.0, 222.0, 162.0)
EAST_STREETS: Final = (467.0, 407.0, 347.0, 287.0, 227.0, 167.0)
COURTS: Final = (241.0, 301.0, 361.0, 421.0)
SITE_AREA: Final = (392.0, 225.0, 472.0, 300.0)
"""Where the low community centre stands and the towers are planned. [m]"""


@dataclass(slots=True)
class Plan:
    """The streets of one neighbourhood by the part they play."""

    quarter: Quarter
    names: dict[str, str]
    streets: dict[str, list[Street]]

    def point(self, x: float, y: float) -> Point:
        """A point of the plan in the world. [m] to [mm]"""
        return self.quarter.frame.at(x * 1000.0, y * 1000.0)

    def line(self, points: tuple[tuple[float, float], ...]) -> list[Point]:
        """A line of the plan in the world."""
        return [self.point(x, y) for x, y in points]

    def add(self, part: str, line: list[Point], profile: Profile) -> Street:
        """Lay a street."""
        street = Street(self.names[part], tuple(line), profile)
        self.streets.setdefault(part, []).append(street)
        return street

    def all(self) -> list[Street]:
        """All streets and paths, in the order in which they were laid."""
        return [street for own in self.streets.values() for street in own]


def trimmed(line: list[Point], *, start_on: Street | None = None, end_on: Street | None = None) -> list[Point]:
    """The part of a line from where it crosses one street to where it crosses another.

    Raises
    ------
    ValueError
        It does not cross.
    """
    if start_on is not None:
        line = _cut(line, start_on)
    if end_on is not None:
        line = _cut(line[::-1], end_on)[::-1]
    return line


def _cut(line: list[Point], other: Street) -> list[Point]:
    for index, (a, b) in enumerate(pairwise(line)):
        hits = [hit for c, d in pairwise(other.line) if (hit := crossing(a, b, c, d)) is not None]
        if hits:
            return [min(hits, key=lambda hit: distance(a, hit)), *line[index + 1 :]]
    msg = f"a street does not reach {other.name}"
    raise ValueError(msg)


def lay_out(quarter: Quarter) -> Plan:
    """The whole neighbourhood: streets first, then what stands along them."""
    plan = Plan(quarter, street_names(quarter.index), {})
    _main_streets(plan)
    _water(plan)
    _west(plan)
    _south(plan)
    _centre(plan)
    _courts(plan)
    _east(plan)
    _slabs(plan)
    _play(plan)
    _doors(plan)
    for number, (x, y) in enumerate(((404, 318), (356, 116), (214, 300))):
        place_transformer(quarter, along(plan.point(x, y), plan.point(x + 10, y + 0.4)), key=190 + number)
    return plan


def _main_streets(plan: Plan) -> None:
    north = plan.add("north", smoothed(plan.line(MAIN_NORTH)), MAIN)
    east = plan.add("east", smoothed(plan.line(MAIN_EAST)), MAIN)
    plan.add("ring", trimmed(smoothed(plan.line(RING)), start_on=north, end_on=north), LOOP)
    plan.add("quay", trimmed(smoothed(plan.line(WATERSIDE)), start_on=north, end_on=east), QUAY)


def _water(plan: Plan) -> None:
    line = smoothed(plan.line(SINGEL), 4)
    body = strip(line, -7000, 7000)
    ends = [_round_end(line[0], line[1]), _round_end(line[-1], line[-2])]
    for ring in (body, *ends):
        plan.quarter.patches.append(Patch(GroundKind.WATER, Rank.WATER, ring, "", "water", "singel"))


def _round_end(tip: Point, before: Point) -> list[tuple[int, int]]:
    """Half a twelve-sided disc at the end of the water."""
    frame = along(before, tip).moved(distance(before, tip), 0.0)
    arc = ((-100, -7000), (0, -7000), (3500, -6062), (6062, -3500), (7000, 0), (6062, 3500), (3500, 6062), (0, 7000), (-100, 7000))
    return frame.polygon(*arc)


def _fitting_width(plan: Plan, key: int, counts: tuple[int, ...], gap: int, room: int) -> int:
    """A house width that fits, of those that were built."""
    widths = [w for w in (5400, 5500, 5600, 5700, 5800, 6000) if sum(counts) * w + (len(counts) - 1) * gap <= room]
    return plan.quarter.dice(key, 99).pick(widths)


def _both_sides(
    plan: Plan,
    street: Street,
    key: int,
    *,
    start: int,
    end: int,
    counts: tuple[tuple[int, ...], tuple[int, ...]],
    tenures: tuple[str, str],
    plots: tuple[int, int],
    infill: tuple[int, int] | None = None,
    gap: int = 8000,
    is_last: bool = False,
) -> None:
    """Rows on both sides of a straight street; the path behind the gardens on the left is the path of the street behind too."""
    for number, left in enumerate((True, False)):
        side = side_of(street, left=left)
        total = round(side.total)
        s0, s1 = (start, total - end) if left else (end, total - start)
        width = _fitting_width(plan, key + number, counts[number], gap, s1 - s0)
        rows = RowPlan(
            counts[number],
            width,
            gap,
            plot=plots[number],
            back_path=left or is_last,
            tenure=tenures[number],
            infill=infill if left else None,
        )
        place_rows(plan.quarter, side, rows, key=key + number, start=s0, end=s1)


def _west(plan: Plan) -> None:
    """Six short streets between the quay and the ring."""
    quay, ring = plan.streets["quay"][0], plan.streets["ring"][0]
    for index, y in enumerate(WEST_STREETS):
        line = trimmed(plan.line(((20, y - 3.8), (230, y + 4.6))), start_on=quay, end_on=ring)
        street = plan.add(f"west {index}", line, HOME)
        dice = plan.quarter.dice(200 + index)
        tenures = (dice.pick(("social_rent", "social_rent", "owner")), dice.pick(("social_rent", "owner")))
        infill = (1, 2004) if index == 4 else None
        _both_sides(
            plan,
            street,
            210 + 10 * index,
            start=10500,
            end=11500,
            counts=((8, 8), (8, 8)),
            tenures=tenures,
            plots=(19970, 19970),
            infill=infill,
            is_last=index == len(WEST_STREETS) - 1,
        )


def _leg(street: Street, a: Point, b: Point, before: float) -> Side:
    """The left side of a street along a straight line beside its bends."""
    straight = Street(street.name, (a, b), street.profile)
    side = side_of(straight, left=True)
    return Side(straight, side.frame, side.total, is_left=True, before=before)


def _south(plan: Plan) -> None:
    """Rows along the quay that look out over the water, and the last bits of the old plan filled in later."""
    quay = plan.streets["quay"][0]
    legs = (
        ((194, 51.2), (326, 45.6), (9, 9), None),
        ((334, 45.6), (466, 51.2), (9, 9), None),
        ((476, 52.2), (566, 63.0), (7, 6), (1, 2024)),
    )
    for index, (a, b, counts, infill) in enumerate(legs):
        side = _leg(quay, plan.point(*a), plan.point(*b), 500_000.0 + 150_000.0 * index)
        key = 400 + 10 * index
        room = round(side.total) - 4000
        width = _fitting_width(plan, key, counts, 8000, room)
        rows = RowPlan(counts, width, 8000, plot=19000, tenure="owner", infill=infill)
        place_rows(plan.quarter, side, rows, key=key, start=2000, end=round(side.total) - 2000)
    place_tower(
        plan.quarter,
        along(plan.point(118, 92), plan.point(160, 86)),
        Numbering(quay.name, is_odd=True, station=450_000.0),
        key=440,
        storeys=8,
        year=1972,
    )
    east = plan.streets["east"][0]
    place_tower(
        plan.quarter, along(plan.point(580, 104), plan.point(620, 106)), Numbering(east.name, is_odd=True, station=80_000.0), key=441
    )
    ring = plan.streets["ring"][0]
    court = plan.add("ring yard", trimmed(plan.line(((252, 95), (252, 125.8), (300, 125.8))), start_on=ring), YARD)
    middle, end = court.line[-2], court.line[-1]
    frame = along(middle, end)
    place_garages(plan.quarter, frame.moved(4500.0, 3300.0), key=450, count=14)
    place_garages(plan.quarter, along(end, middle).moved(0.0, 3300.0), key=451, count=14)
    place_church(
        plan.quarter, along(plan.point(392, 113.5), plan.point(420, 116)), Numbering(ring.name, is_odd=False, station=560_000.0), key=452
    )


def _centre(plan: Plan) -> None:
    """A street of rows, the green with school and playground, the shops, and the site of the community centre."""
    quarter, ring = plan.quarter, plan.streets["ring"][0]
    rows = plan.add("centre south", trimmed(plan.line(((150, 163), (520, 171))), start_on=ring, end_on=ring), HOME)
    left = side_of(rows, left=True)
    total = round(left.total)
    width = _fitting_width(plan, 500, (8, 8, 8, 8, 8), 8000, total - 24000)
    gaps = place_rows(quarter, left, RowPlan((8, 8, 8, 8, 8), width, tenure="social_rent"), key=500, start=12000, end=total - 12000)
    width = _fitting_width(plan, 501, (7, 7, 7, 7), 8000, total - 112000)
    place_rows(quarter, side_of(rows, left=False), RowPlan((7, 7, 7, 7), width, tenure="owner"), key=501, start=56000, end=total - 56000)
    shops = plan.add("centre north", trimmed(plan.line(((150, 343), (520, 350))), start_on=ring, end_on=ring), SHOPPING)
    place_shops(
        quarter, along(plan.point(386, 331.5), plan.point(300, 329.9)), Numbering(shops.name, is_odd=False, station=150_000.0), key=510
    )
    square = [rounded(plan.point(x, y)) for x, y in ((294, 312), (398, 314), (398, 339), (294, 337))]
    quarter.patches.append(Patch(GroundKind.SQUARE, Rank.PLACE, square, shops.name, "tegels", "shopping square"))
    place_school(quarter, along(plan.point(209, 248), plan.point(259, 247)), Numbering(ring.name, is_odd=False, station=250_000.0), key=511)
    plan.add("site", trimmed(plan.line(((510, 238.2), (471.5, 237.5))), start_on=ring), YARD)
    access = plan.add("site", plan.line(((471.5, 237.5), (402, 236.2))), SITE)
    place_centre(quarter, along(plan.point(411, 256), plan.point(461, 257)), Numbering(access.name, is_odd=True, station=50_000.0), key=512)
    _park(plan, shops, ring, left, gaps)


def _park(plan: Plan, shops: Street, ring: Street, rows: Side, gaps: list[int]) -> None:
    """Paths through the green and the playground in it."""
    gate = rows.frame.at(float(gaps[2]), 24000.0)
    start = rows.frame.at(float(gaps[2]), -float(rows.street.profile.to_left))
    walk = [start, gate, plan.point(338, 232), plan.point(322, 268), plan.point(292, 300), plan.point(291, 360)]
    path = plan.add("park", trimmed(walk, end_on=shops), PATH)
    across = [plan.point(160, 214), plan.point(230, 211), plan.point(290, 214), plan.point(338, 232)]
    plan.add("park", trimmed(across, start_on=ring), PATH)
    far = [plan.point(338, 232), plan.point(372, 246), plan.point(384, 290), plan.point(391, 312), plan.point(394, 360)]
    plan.add("park", trimmed(far, end_on=shops), PATH)
    place = [rounded(plan.point(x, y)) for x, y in ((344, 258), (356, 252), (369, 257), (373, 270), (366, 282), (352, 284), (342, 274))]
    plan.quarter.patches.append(Patch(GroundKind.PLAYGROUND, Rank.PLACE, place, path.name, "zand en rubber"))


def _play(plan: Plan) -> None:
    """Small places to play in the greens between the rows, and a pitch."""
    places = (
        ("ring", "zand", ((432, 119), (443, 123), (440, 131), (430, 129))),
        ("quay", "gras en doelen", ((512, 112), (544, 114), (542.5, 134), (510.5, 132))),
        ("court 1", "zand", ((297, 392), (305, 392), (305, 402), (297, 402))),
        ("court 3", "zand", ((417, 470), (425, 470), (425, 480), (417, 480))),
        ("quay", "rubber", ((120, 112), (132, 110), (134, 120), (122, 122))),
    )
    for part, material, ring in places:
        drawn = [rounded(plan.point(x, y)) for x, y in ring]
        plan.quarter.patches.append(Patch(GroundKind.PLAYGROUND, Rank.PLACE, drawn, plan.names[part], material))


def _doors(plan: Plan) -> None:
    """Paved ways from the streets to the doors of what stands by itself in the green."""
    ways = (
        ("quay", ((139, 90), (146, 58))),
        ("quay", ((600, 106), (606, 67))),
        ("ring", ((210, 244), (172, 238))),
        ("ring", ((393, 119), (385, 118.4), (384, 101))),
        ("site", ((424, 257), (426, 237))),
        ("north", ((586.5, 514), (586.5, 528))),
    )
    for part, points in ways:
        ring = strip(plan.line(points), -1000, 1000)
        plan.quarter.patches.append(Patch(GroundKind.PAVEMENT, Rank.PATH, ring, plan.names[part], "tegels", f"doors {part}"))


def _courts(plan: Plan) -> None:
    """Rows at right angles to a street, two and two around a lawn: the strokenbouw of the time."""
    ring, shops = plan.streets["ring"][0], plan.streets["centre north"][0]
    street = plan.add("courts", trimmed(plan.line(((150, 436), (520, 444))), start_on=ring, end_on=ring), COURT)
    direction = along(street.line[0], street.line[-1])
    for index, x in enumerate(COURTS):
        base = direction.moved(direction.inside(plan.point(x, 440))[0], 0.0)
        for lane, left in ((-5400.0, True), (5400.0, False)):
            far = base.at(lane, 57000.0)
            plan.add(f"court {index}", trimmed([base.at(lane, -130000.0), far], start_on=shops), PATH)
            side = side_of(Street(plan.names[f"court {index}"], (base.at(lane, -66000.0), far), PATH), left=left)
            total = round(side.total)
            tenure = "social_rent" if index != 2 else "owner"
            for part, (count, s0, s1) in enumerate(((8, 5000, 54500), (7, 77500, total - 3000))):
                key = 600 + 20 * index + 4 * (not left) + part
                width = _fitting_width(plan, key, (count,), 0, s1 - s0 - 1000)
                start, end = (s0, s1) if left else (total - s1, total - s0)
                rows = RowPlan((count,), width, front=3000, plot=19300, back_path=left, tenure=tenure)
                place_rows(plan.quarter, side, rows, key=key, start=start, end=end)
        plan.add(f"court {index}", [base.at(-5400.0, 57000.0), base.at(5400.0, 57000.0)], PATH)


def _east(plan: Plan) -> None:
    """Six short streets that end at the slabs along the main road, with a path on to it."""
    ring, east = plan.streets["ring"][0], plan.streets["east"][0]
    for index, y in enumerate(EAST_STREETS):
        line = trimmed(plan.line(((440, y + 4.6), (592, y - 3.0))), start_on=ring)
        street = plan.add(f"east {index}", line, HOME if index % 2 else HOME_BOTH)
        end = street.line[-1]
        plan.add(f"east {index}", trimmed([end, plan.point(660, y - 6.4)], end_on=east), PATH)
        dice = plan.quarter.dice(700 + index)
        tenures = (dice.pick(("social_rent", "owner")), dice.pick(("social_rent", "social_rent", "owner")))
        infill = (0, 2011) if index == 2 else None
        plots = (18950, 19950) if index % 2 else (19950, 18950)
        _both_sides(
            plan,
            street,
            710 + 10 * index,
            start=12500,
            end=500,
            counts=((7, 6), (6, 7)),
            tenures=tenures,
            plots=plots,
            infill=infill,
            gap=7000,
            is_last=index == len(EAST_STREETS) - 1,
        )


def _slabs(plan: Plan) -> None:
    """Slabs of flats along the two main roads, and a higher one on the corner."""
    north, east = plan.streets["north"][0], plan.streets["east"][0]
    for index, x in enumerate((86.0, 214.0, 282.0, 350.0, 410.0, 492.0)):
        plinth = 2600 if index in (1, 3) else 0
        bays = 7 if index == 4 else 8
        frame = along(plan.point(x, 504.5), plan.point(x + 50, 504.5 if index else 504.9))
        place_slab(
            plan.quarter,
            frame,
            Numbering(north.name, is_odd=False, station=x * 1000.0),
            key=800 + index,
            n_bays=bays,
            plinth=plinth,
            stair=index % 3 + 2,
            year=1962 + index % 3,
        )
    corner = along(plan.point(567, 503.5), plan.point(606, 503.5))
    place_tower(plan.quarter, corner, Numbering(north.name, is_odd=False, station=567_000.0), key=810, year=1969)
    for index, y in enumerate(EAST_STREETS[1:]):
        frame = along(plan.point(603, y + 52.0), plan.point(603.6, y + 2.0))
        place_slab(
            plan.quarter,
            frame,
            Numbering(east.name, is_odd=True, station=y * 1000.0),
            key=820 + index,
            n_bays=7,
            plinth=2600 if index == 2 else 0,
            stair=index % 3 + 1,
            year=1966 + index % 3,
            ridge=2900 if index in {0, 4} else 0,
            tenure="social_rent" if index != 3 else "middle_rent",
        )
