"""Building the example: a folder on the disk, a sequence of buildings for measurements, or the neighbourhood in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

import orjson

from wijktwin.errors import InputError
from wijktwin.example import features as bag
from wijktwin.example.plans import PLAN_IDS, plan_documents
from wijktwin.example.provenance import neighbourhood_toml, provenance_text
from wijktwin.example.requirement_texts import example_requirements_toml
from wijktwin.example.tables import Row, address_rows, ground_rows, parking_count_rows, street_rows, tree_rows, write_geojson
from wijktwin.example.town import Settlement, furnished, settlements
from wijktwin.export.cityjson import Feature, write_sequence

BUILDINGS: Final = "buildings.city.jsonl.gz"
DEFAULT_BUILDINGS: Final = 1000
DEFAULT_SEED: Final = 1
MOST_BUILDINGS: Final = 1_000_000
TABLES: Final[tuple[tuple[str, Callable[[Settlement], Iterator[Row]]], ...]] = (
    ("ground", ground_rows),
    ("trees", tree_rows),
    ("addresses", address_rows),
    ("streets", street_rows),
    ("parking_counts", parking_count_rows),
)


@dataclass(frozen=True, slots=True)
class Built:
    """What was written: the folder and how much of everything."""

    folder: Path
    n_buildings: int
    n_addresses: int
    n_surfaces: int
    n_trees: int
    n_plans: int


def _check(n_buildings: int) -> None:
    if not 1 <= n_buildings <= MOST_BUILDINGS:
        raise InputError("example.how_many", asked=n_buildings, most=f"{MOST_BUILDINGS:,}")


def generate(*, n_buildings: int = DEFAULT_BUILDINGS, seed: int = DEFAULT_SEED) -> list[Settlement]:
    """The example in memory: its neighbourhoods with buildings, addresses, ground, trees and network.

    Raises
    ------
    InputError
        The number of buildings is out of range.
    """
    _check(n_buildings)
    return [furnished(settlement) for settlement in settlements(seed, n_buildings)]


def building_features(*, n_buildings: int, seed: int = DEFAULT_SEED) -> Iterator[Feature]:
    """The buildings one by one, a neighbourhood at a time in memory.

    Raises
    ------
    InputError
        The number of buildings is out of range.
    """
    _check(n_buildings)
    return chain.from_iterable(bag.features(settlement) for settlement in settlements(seed, n_buildings))


def write_seq(n_buildings: int, seed: int, path: Path) -> int:
    """Write buildings only, as CityJSONSeq (packed where the name ends in ``.gz``); memory does not grow with their number.

    Returns
    -------
    count
        How many were written: exactly what was asked for.

    Raises
    ------
    InputError
        The number of buildings is out of range.
    OSError
        The file cannot be written.
    """
    return write_sequence(path, bag.header(), building_features(n_buildings=n_buildings, seed=seed))


def build_example(*, n_buildings: int = DEFAULT_BUILDINGS, seed: int = DEFAULT_SEED, out: Path) -> Built:
    """Write a neighbourhood folder: buildings, ground, trees, addresses, streets, plans, requirements and where it all comes from.

    The same number and seed give the same bytes. Files of these names are replaced, plans of these names that have no place in a smaller
    neighbourhood are removed; nothing else in the folder is touched.

    Raises
    ------
    InputError
        The number of buildings is out of range.
    OSError
        The folder cannot be written.
    """
    made = generate(n_buildings=n_buildings, seed=seed)
    out.mkdir(parents=True, exist_ok=True)
    count = write_sequence(out / BUILDINGS, bag.header(), chain.from_iterable(bag.features(settlement) for settlement in made))
    rows = {name: write_geojson(out / f"{name}.geojson", _all_rows(made, table), name=name) for name, table in TABLES}
    plans = plan_documents(made[0])
    folder = out / "plans"
    folder.mkdir(exist_ok=True)
    for name in {f"{plan_id}.geojson" for plan_id in PLAN_IDS} - set(plans):
        (folder / name).unlink(missing_ok=True)
    for name, document in plans.items():
        (folder / name).write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n")
    (out / "neighbourhood.toml").write_bytes(neighbourhood_toml().encode())
    (out / "requirements.toml").write_bytes(example_requirements_toml().encode())
    (out / "PROVENANCE.md").write_bytes(provenance_text(made, plans, seed=seed).encode())
    return Built(out, count, rows["addresses"], rows["ground"], rows["trees"], len(plans))


def _all_rows(made: Iterable[Settlement], table: Callable[[Settlement], Iterator[Row]]) -> Iterator[Row]:
    return chain.from_iterable(table(settlement) for settlement in made)
