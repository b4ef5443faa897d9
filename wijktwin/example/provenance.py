"""Where the example comes from, for people (PROVENANCE.md) and for the reader of the folder (neighbourhood.toml)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from wijktwin.example.features import ANCHOR, MUNICIPALITY
from wijktwin.example.frames import area
from wijktwin.example.plans import Site
from wijktwin.example.tables import CITY
from wijktwin.example.town import Settlement
from wijktwin.model.surroundings import GroundKind

OWNER: Final = "Wijktwin"
LICENCE: Final = "CC0-1.0"
NAME: Final = "Vogelbuurt (fictief)"
VINTAGE: Final = "2025-01-01"
M2: Final = 1e-6


def neighbourhood_toml() -> str:
    """Name, clock and sources of the example."""
    return f"""# The embedded example: everything in it is made up. Built by `wijktwin example build`; see PROVENANCE.md.
name = "{NAME}"
fictional = true
time_zone = "Europe/Amsterdam"

[[sources]]
title = "Grond, bomen, adressen en straten van de Vogelbuurt (fictief)"
owner = "{OWNER}"
vintage = "{VINTAGE}"
licence = "{LICENCE}"
fictional = true
subjects = ["ground", "trees", "addresses", "streets"]

[[sources]]
title = "Parkeertelling in drie straten (fictief)"
owner = "Gemeente {CITY} (fictief)"
vintage = "2025-03-13"
licence = "{LICENCE}"
fictional = true
subjects = ["parking_counts"]
"""


def provenance_text(made: Sequence[Settlement], plans: Mapping[str, Any], *, seed: int) -> str:
    """The page that says what this is, where it lies and what its figures come to."""
    n = sum(len(settlement.structures) for settlement in made)
    parts = [_what(n, seed), _where(), _how(), _counts(made)]
    if "vogeltorens.geojson" in plans:
        parts.append(_plan_figures(made[0]))
    return "\n".join(parts)


def _what(n: int, seed: int) -> str:
    return f"""# Vogelbuurt: a neighbourhood that does not exist

> Verzonnen. Geen enkel pand, adres, plan, persoon of cijfer in deze map bestaat.
> Made up. No building, address, plan, person or figure in this folder exists.

Written by `wijktwin example build --buildings {n} --seed {seed}`, the generator in `wijktwin/example`. The same number and seed give the
same bytes (the packed file `buildings.city.jsonl.gz` the same bytes after unpacking: zlib may pack differently from system to system).
Nothing was copied from a real dataset. Licence of everything in this folder: {LICENCE}. State of affairs: {VINTAGE}; point cloud: 2023.

| file | what it holds |
|---|---|
| `buildings.city.jsonl.gz` | buildings as CityJSON 2.0 (CityJSONSeq) in the dialect of 3D BAG v2025.09.03, EPSG:7415 |
| `ground.geojson`, `trees.geojson`, `addresses.geojson`, `streets.geojson` | what lies around them, EPSG:28992 |
| `parking_counts.geojson` | parked cars, counted at two moments in three streets |
| `plans/*.geojson` | four plans |
| `requirements.toml` | what the fictional municipality asks of plans |
| `neighbourhood.toml` | name, clock and sources for the reader |

The layout of the folder is described in `docs/neighbourhood-folder.md`, that of the plans in `docs/plan-schema.md`.
"""


def _where() -> str:
    x, y = ANCHOR
    return f"""## Why nobody can take it for a real place

- It lies in RD New at about ({x + 310:,.0f}, {y + 330:,.0f}): on the open water of the Eemmeer, 14 km north of the centre of Amersfoort.
  The sun stands there as it does in Amersfoort (0.1 degree lower), and nobody lives there.
- Ids have the form of BAG, in municipality {MUNICIPALITY}, which does not exist: `NL.IMBAG.Pand.{MUNICIPALITY}10...`,
  `NL.IMBAG.Verblijfsobject.{MUNICIPALITY}01...`.
- Postcodes begin with a 0, which no Dutch postcode does; the town is called {CITY}.
- Street names are made of a bird and an ending. Such streets may exist somewhere; none is meant.
- Heights are in NAP and made up: the ground rises from 2.3 m in the south-west to 3.7 m in the north-east. The water stands at 1.55 m.
"""


def _how() -> str:
    return """## What it is like, and what is odd on purpose

Drawn after the habits of Dutch neighbourhoods of about 1960: rows of houses under saddle roofs with shared party walls (some with dormers
or a ground-floor extension), back gardens with sheds and a path behind them, rows around lawns, four-storey flats along the main
roads, three higher flats, a school, a church, shops with dwellings above, garages, a singel. Years of building 1959 - 1972, some
rows built again in 2004, 2011 and 2024.

As in 3D BAG: attributes and the footprint (LoD 0, at height 0) on the Building, solids (LoD 1.2, 1.3, 2.2) on its BuildingPart;
`b3_bouwlagen` is null for most; `b3_val3dity_*` are texts; `b3_h_nok` is null for flat roofs. The six houses of 2024 and their sheds are
younger than the point cloud: no roof heights, no solids, `b3_pw_onvoldoende` is true. Areas, volumes and heights follow exactly from
the forms; fit (`b3_rmse_*`), point densities and gaps are dice. Sheds, garages and bicycle sheds are buildings without an address.
"""


def _counts(made: Sequence[Settlement]) -> str:
    uses: Counter[str] = Counter()
    tenures: Counter[tuple[str, str]] = Counter()
    kinds: Counter[str] = Counter()
    places = trees = 0
    for settlement in made:
        uses.update(numbered.dwelling.use for numbered in settlement.addresses)
        tenures.update((n.dwelling.dwelling_type, n.dwelling.tenure) for n in settlement.addresses if n.dwelling.use == "dwelling")
        for surface in settlement.surfaces:
            kinds[surface.kind.value] += round(surface.polygon.area)
        places += sum(surface.places > 0 for surface in settlement.surfaces)
        trees += len(settlement.trees)
    n = sum(len(settlement.structures) for settlement in made)
    boundary = sum(area(settlement.quarter.boundary()) for settlement in made)
    built = boundary - sum(kinds.values())
    lines = [
        "## Counts",
        "",
        "| what | how many |",
        "|---|---|",
        f"| buildings | {n:,} |",
        *(f"| addresses: {use} | {count:,} |" for use, count in sorted(uses.items())),
        *(f"| dwellings: {kind}, {tenure} | {count:,} |" for (kind, tenure), count in sorted(tenures.items())),
        f"| trees | {trees:,} |",
        f"| parking places in the street, each drawn | {places:,} |",
        "",
        "| ground | m² |",
        "|---|---|",
        *(f"| {kind.value} | {kinds[kind.value] * M2:,.0f} |" for kind in GroundKind if kinds[kind.value]),
        f"| under buildings | {built * M2:,.0f} |",
        f"| together | {boundary * M2:,.0f} |",
        "",
        "Ground surfaces and footprints tile the area. A tree register knows trees in public ground only: gardens have none here.",
        "",
    ]
    return "\n".join(lines)


def _plan_figures(settlement: Settlement) -> str:
    site = Site(settlement)
    return f"""## The plans, and figures that can be worked out by hand

An echo of a real debate with made-up people: two towers where a community centre stands (demolished; its footprint is
30 x 14 + 14 x 14 + 14 x 16 = 840 m²), what is allowed there already, and what residents propose instead. These three exclude
each other. All three have the same boundary: 80 x 75 = 6,000 m². There are {site.bays()} parking places and
{len(site.felled(site.area))} trees on it today.

| | `vogeltorens` | `vogeltorens-toegestaan` | `vogelhof` |
|---|---|---|---|
| volumes (m) | 24 x 20, 60 high; 30 x 20, 24 high | 50 x 30, 10.5 high | 18 x 20, 30; 40 x 15, 18; 15 x 32, 15 |
| storeys | 20; 8 | 3 | 10; 6; 5 |
| footprint (m²) | 480 + 600 = 1,080 | 1,500 | 360 + 600 + 480 = 1,440 |
| GSI | 1,080 / 6,000 = 0.18 | 0.25 | 0.24 |
| gross floor area above ground (m²) | 9,600 + 4,800 = 14,400 | 4,500 | 3,600 + 3,600 + 2,400 = 9,600 |
| FSI | 14,400 / 6,000 = 2.40 | 0.75 | 1.60 |
| mean storeys (FSI / GSI) | 13.33 | 3 | 6.67 |
| OSR ((1 - GSI) / FSI) | 0.342 | 1.00 | 0.475 |
| dwellings | 165 (57 social rent, 108 middle rent) | not stated | 120 (60 social rent, 60 middle rent) |
| share of social rent | 57 / 165 = 34.5 % | | 50 % |
| below ground | car park 75 x 40 = 3,000 m², 100 places, 330 bicycles | | |

As drawn in whole millimetres the boundary comes to 6,000.03 m².

`groene-straat`: eight of the parking places of one street become beds with a tree each, and cars go one way, from the waterside to the
avenue. It excludes nothing. In that street parked cars were counted: 9 on 18 places in the evening, 12 at night. On the 10 places that
are left, as many cars would be 12 / 10 = 120 %.

Four claims about `vogeltorens`. The fictional developer says that "at most 21 dwellings get more shade, for at most one hour, and only
from 16:00", on 21 March, and that at least 35 % of its dwellings are social rented. The fictional residents say that the highest tower
will be seven times as high as the houses around it, and that the neighbourhood will be too crowded. Three are in a form that can be
checked. They are theirs; whether they hold is for the computation to say.

`requirements.toml` holds what the fictional municipality asks of plans on this site. No rule, number or document in it exists.
"""
