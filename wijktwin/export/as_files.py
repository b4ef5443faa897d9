"""Models and maps as the bytes of a file: what a page sends and what a command writes is the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from wijktwin.export.plan_geopackage import write_plan_geopackage
from wijktwin.export.scenario_cityjson import write_scenario
from wijktwin.export.scenario_geopackage import write_scenario_geopackage

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from wijktwin.errors import Language
    from wijktwin.export.report.small_counts import Key, Veiled
    from wijktwin.impacts.assessment import Assessment
    from wijktwin.impacts.assumptions import Assumptions
    from wijktwin.model.neighbourhood import Neighbourhood
    from wijktwin.model.plan import Plan
    from wijktwin.model.scenario import Scenario

CITYJSON_ENDINGS: Final = (".city.json", ".json", ".city.jsonl", ".jsonl", ".city.json.gz", ".city.jsonl.gz")
CITYJSON: Final = ".city.json"
GEOPACKAGE: Final = ".gpkg"


def cityjson_bytes(scenario: Scenario, *, ending: str = CITYJSON, with_demolished: bool = False) -> bytes:
    """A scenario as CityJSON; see `wijktwin.export.scenario_cityjson.write_scenario`.

    Parameters
    ----------
    ending
        One of `CITYJSON_ENDINGS`: it says whether it is one document or a sequence, and whether it is packed.
    """

    def write(path: Path) -> None:
        write_scenario(scenario, path, with_demolished=with_demolished)

    return _written(f"scenario{ending}", write)


def map_bytes(
    scenario: Scenario,
    told: Sequence[Assessment],
    language: Language,
    *,
    computed_on: dt.date,
    assumptions: Assumptions | None = None,
    not_ready: Sequence[str] = (),
    left_out: Sequence[str] = (),
    hidden: Mapping[Key, Veiled] | None = None,
) -> bytes:
    """A scenario with its figures as GeoPackage; see `wijktwin.export.scenario_geopackage.write_scenario_geopackage`.

    Raises
    ------
    InputError
        The CRS of the neighbourhood has no EPSG number.
    """

    def write(path: Path) -> None:
        write_scenario_geopackage(
            scenario, told, path, language, computed_on=computed_on, assumptions=assumptions, not_ready=not_ready, left_out=left_out,
            hidden=hidden,
        )  # fmt: skip

    return _written(f"scenario{GEOPACKAGE}", write)


def plan_bytes(plan: Plan, *, neighbourhood: Neighbourhood) -> bytes:
    """One plan as the GeoPackage that plans are drawn in; see `wijktwin.export.plan_geopackage.write_plan_geopackage`."""

    def write(path: Path) -> None:
        write_plan_geopackage(plan, path, neighbourhood=neighbourhood)

    return _written(f"plan{GEOPACKAGE}", write)


def _written(name: str, write: Callable[[Path], object]) -> bytes:
    with TemporaryDirectory(prefix="wijktwin-") as folder:
        path = Path(folder) / name
        write(path)
        return path.read_bytes()
