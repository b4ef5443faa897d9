"""A plan: what somebody proposes for a neighbourhood, residents' alternatives and what is already allowed included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from wijktwin.model.content import content_key
from wijktwin.model.provenance import Kind, LocalText, Source

if TYPE_CHECKING:
    import datetime as dt

    from shapely import MultiPolygon, Point, Polygon

    from wijktwin.errors import Note
    from wijktwin.model.mesh import Mesh
    from wijktwin.model.surroundings import GroundKind


NO_TEXT: Final = LocalText("")
DEFAULT_STOREY_HEIGHT: Final = 3.0
"""Height of one storey where a plan gives storeys only [m]: 2.6 m free height (Bbl, new dwellings) and a floor of about 0.4 m.
An assumption: whatever follows from it is marked `Kind.ASSUMED`."""
ON_GROUND: Final = 0.5
"""A volume whose underside is at most this high above ground level stands on the ground: drawings are not more exact. [m]"""


class PlanStatus(StrEnum):
    """How far a plan is in the hands of whoever publishes it."""

    DRAFT = "draft"
    PUBLISHED = "published"
    FROZEN = "frozen"
    WITHDRAWN = "withdrawn"


class PlanRole(StrEnum):
    """The place of a plan in a comparison: today | allowed | plan | alternative."""

    ALLOWED = "allowed"
    PROPOSAL = "proposal"
    ALTERNATIVE = "alternative"


class Party(StrEnum):
    """Who says or proposes something."""

    MUNICIPALITY = "municipality"
    DEVELOPER = "developer"
    RESIDENTS = "residents"
    HOUSING_ASSOCIATION = "housing_association"
    VISITOR = "visitor"
    """Whoever tries a variant on the screen: nobody's proposal."""
    OTHER = "other"


class Use(StrEnum):
    """What a volume is for; "" in a volume where the plan does not say."""

    DWELLING = "dwelling"
    SHOP = "shop"
    OFFICE = "office"
    SCHOOL = "school"
    PARKING = "parking"
    MIXED = "mixed"
    OTHER = "other"


class Tenure(StrEnum):
    """Who owns a dwelling and what it costs; "" where nobody says."""

    SOCIAL_RENT = "social_rent"
    MIDDLE_RENT = "middle_rent"
    RENT = "rent"
    OWNER = "owner"


class DwellingType(StrEnum):
    """What kind of home it is; "" where nobody says."""

    HOUSE = "house"
    APARTMENT = "apartment"


class Latitude(StrEnum):
    """What people can still influence (speelruimte)."""

    FIXED = "fixed"
    CHOICE = "choice"
    OPEN = "open"
    UNSTATED = "unstated"


class Traffic(StrEnum):
    """What motor traffic may do in a street; the values of ``oneway`` in the street table."""

    BOTH = "both"
    FORWARD = "forward"
    BACKWARD = "backward"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Volume:
    """One proposed building volume.

    Parameters
    ----------
    footprint
        Outline in real coordinates of the neighbourhood's CRS.
    ground_level
        Height that ``base`` and ``height`` are counted from. [m NAP]
    ground_level_kind
        STATED by the plan, or ASSUMED: interpolated from the buildings around it.
    base
        Underside above ground level; negative below ground. [m]
    base_kind
        STATED, CALCULATED or ASSUMED: from storeys below ground with a stated or the default storey height.
    height
        Top above ground level; zero or less for a volume that lies wholly below ground. [m]
    height_kind
        STATED; CALCULATED from storeys and a stated storey height; ASSUMED from storeys and the default storey height.
    storeys
        Storeys above ground; None where the plan does not say.
    storeys_below
        Storeys below ground.
    storey_height
        Height of one storey [m]; ``storey_height_kind`` ASSUMED where the default was taken.
    use
        A value of `Use`, or "".
    floor_area
        Gross floor area (bvo) as stated. [m²] None where the plan does not say.
    parking_places, bicycle_places
        Places inside this volume; None where the plan does not say.
    under_existing
        The plan says that this volume below ground may lie under buildings that stay.
    mesh
        True form for plans that bring one (CityJSON); its one object is row 0. None: the footprint raised.
    """

    volume_id: str
    title: LocalText
    footprint: Polygon | MultiPolygon
    ground_level: float
    height: float
    base: float = 0.0
    ground_level_kind: Kind = Kind.ASSUMED
    base_kind: Kind = Kind.STATED
    height_kind: Kind = Kind.STATED
    storeys: int | None = None
    storeys_kind: Kind = Kind.STATED
    storeys_below: int = 0
    storey_height: float | None = None
    storey_height_kind: Kind = Kind.STATED
    use: str = ""
    floor_area: float | None = None
    floor_area_kind: Kind = Kind.STATED
    parking_places: float | None = None
    parking_places_kind: Kind = Kind.STATED
    bicycle_places: float | None = None
    bicycle_places_kind: Kind = Kind.STATED
    under_existing: bool = False
    latitude: Latitude = Latitude.UNSTATED
    mesh: Mesh | None = None

    @property
    def top(self) -> float:
        """Height of the top. [m NAP]"""
        return self.ground_level + self.height

    @property
    def bottom(self) -> float:
        """Height of the underside. [m NAP]"""
        return self.ground_level + self.base

    @property
    def is_below_ground(self) -> bool:
        """Whether nothing of it stands above ground."""
        return self.height <= 0

    @property
    def touches_ground(self) -> bool:
        """Whether it stands on (or comes up through) the ground, so that nothing else can be there."""
        return self.base <= ON_GROUND and self.height > 0


@dataclass(frozen=True, slots=True)
class Dwellings:
    """A number of dwellings of one kind.

    Parameters
    ----------
    tenure
        "social_rent", "middle_rent", "rent", "owner" or "".
    dwelling_type
        "house", "apartment" or "".
    volume_id
        The volume they are in, where the plan says.
    kind
        STATED by the plan, or ASSUMED after a variant rescaled it.
    """

    count: float
    tenure: str = ""
    dwelling_type: str = ""
    volume_id: str | None = None
    floor_area: float | None = None
    kind: Kind = Kind.STATED


@dataclass(frozen=True, slots=True)
class GroundChange:
    """A piece of ground that gets another use; ``parking_places`` is what it holds afterwards, None where not stated."""

    change_id: str
    footprint: Polygon | MultiPolygon
    kind: GroundKind
    title: LocalText = NO_TEXT
    parking_places: float | None = None
    latitude: Latitude = Latitude.UNSTATED


@dataclass(frozen=True, slots=True)
class PlantedTree:
    """A tree to be planted; sizes [m] as stated for when it is grown, None where not stated."""

    tree_id: str
    point: Point
    species: str = ""
    height: float | None = None
    crown_diameter: float | None = None
    latitude: Latitude = Latitude.UNSTATED


@dataclass(frozen=True, slots=True)
class StreetChange:
    """What motor traffic may do in a street segment from then on."""

    street_id: str
    traffic: Traffic
    latitude: Latitude = Latitude.UNSTATED


@dataclass(frozen=True, slots=True)
class Settled:
    """A subject of the plan, and whether it is fixed, a choice or open."""

    subject: LocalText
    latitude: Latitude


@dataclass(frozen=True, slots=True)
class Works:
    """Building work that a plan announces.

    Parameters
    ----------
    begin, end
        First and last day.
    first_hour, last_hour
        Between which hours of a working day, on the local clock [h]; None where the plan does not say.
    """

    begin: dt.date
    end: dt.date
    title: LocalText = NO_TEXT
    first_hour: float | None = None
    last_hour: float | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Changed since ("gewijzigd sinds"): what changed in the plan, and when."""

    date: dt.date
    text: LocalText


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody says about a plan; kept with its owner, shown next to our own result, never overwritten.

    Parameters
    ----------
    checkable
        The claim in a form that can be tested, for example ``{"impact": "sunlight", "max_dwellings": 21, "max_minutes": 60,
        "from": "16:00"}``; empty where it can't be.
    """

    claim_id: str
    owner: str
    party: Party
    text: LocalText
    date: dt.date | None = None
    source: Source | None = None
    checkable: Mapping[str, Any] = field(default_factory=dict)


_IDENTIFIERS: Final[Mapping[str, str]] = {
    "volumes": "volume_id",
    "ground_changes": "change_id",
    "planted": "tree_id",
    "street_changes": "street_id",
    "claims": "claim_id",
}
"""What is called by an identifier of its own, so that its place in a list means nothing."""


@dataclass(frozen=True, eq=False)
class Plan:
    """What somebody proposes. Frozen; a variant is a new plan.

    Parameters
    ----------
    plan_id
        Stable identifier, ``[a-z0-9-]+``: it appears in links.
    dates
        When each status began.
    boundary
        The plan area that FSI and GSI are computed for; None where the plan does not say (then no FSI is shown).
    demolishes
        Building ids that go.
    felled
        Tree ids that go.
    flooded
        Street segments that somebody supposes to stand under water: nothing that is planned, and nothing that we compute.
    works
        Building work that is announced; empty where the plan does not say when it is built.
    water_storage
        How much rain the plan says that it stores or lets soak away on its own ground [m³]; None where it does not say.
    excludes
        Plan ids that cannot stand together with this one; holds both ways.
    variant_of
        The plan this one was derived from by a visitor or planner; None for a plan of its own.
    original
        The plan object that ``variant_of`` names, where it is at hand: variants are always rescaled from it.
    published_by_server
        False for what a visitor tries: seen by nobody else.
    """

    plan_id: str
    title: LocalText
    proposer: str
    party: Party
    role: PlanRole
    status: PlanStatus
    source: Source
    summary: LocalText = NO_TEXT
    dates: Mapping[PlanStatus, dt.date] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    volumes: tuple[Volume, ...] = ()
    demolishes: frozenset[str] = frozenset()
    ground_changes: tuple[GroundChange, ...] = ()
    planted: tuple[PlantedTree, ...] = ()
    felled: frozenset[str] = frozenset()
    street_changes: tuple[StreetChange, ...] = ()
    flooded: frozenset[str] = frozenset()
    dwellings: tuple[Dwellings, ...] = ()
    settled: tuple[Settled, ...] = ()
    works: tuple[Works, ...] = ()
    water_storage: float | None = None
    excludes: frozenset[str] = frozenset()
    claims: tuple[Claim, ...] = ()
    boundary: Polygon | MultiPolygon | None = None
    fictional: bool = False
    variant_of: str | None = None
    original: Plan | None = field(default=None, repr=False)
    published_by_server: bool = False
    notes: tuple[Note, ...] = ()

    @property
    def root_id(self) -> str:
        """Its own id, or that of the plan it is a variant of."""
        return self.variant_of or self.plan_id

    @property
    def is_for_residents(self) -> bool:
        """Whether residents are shown it: published or frozen. Drafts and what was withdrawn are not."""
        return self.status in {PlanStatus.PUBLISHED, PlanStatus.FROZEN}

    @property
    def is_withdrawn(self) -> bool:
        """Whether it is only kept to be listed; it cannot be put in a scenario."""
        return self.status is PlanStatus.WITHDRAWN

    @property
    def changed_since(self) -> dt.date | None:
        """Changed since ("gewijzigd sinds"): the date of the latest change; None where nothing was changed."""
        return max((change.date for change in self.changes), default=None)

    @cached_property
    def content_key(self) -> str:
        """Hash of what the plan says (hex): equal for equal contents, wherever it was read and in whatever order it was written.

        Lengths count to the millimetre. Left out are `notes`, `original` and `published_by_server`, and ``flooded`` where it is empty.
        """
        left_out = {"notes", "original", "published_by_server", *(() if self.flooded else ("flooded",))}
        told = {name: getattr(self, name) for name in self.__dataclass_fields__ if name not in left_out}
        for name, key in _IDENTIFIERS.items():
            told[name] = {getattr(item, key): item for item in told[name]}
        told["dwellings"] = sorted(content_key(item) for item in self.dwellings)
        told["settled"] = sorted(content_key(item) for item in self.settled)
        told["changes"] = sorted(content_key(item) for item in self.changes)
        told["works"] = sorted(content_key(item) for item in self.works)
        return content_key(told)

    def volume(self, volume_id: str) -> Volume | None:
        """One volume by id, None if the plan has no such volume."""
        return next((volume for volume in self.volumes if volume.volume_id == volume_id), None)
