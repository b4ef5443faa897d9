"""What the process apart does with an uploaded CityJSON file: read it and leave a prepared neighbourhood."""

from __future__ import annotations

from pathlib import Path

from wijktwin.sources.cityjson.limits import Limits
from wijktwin.sources.cityjson.read import read_city_model
from wijktwin.sources.neighbourhoods import neighbourhood_from
from wijktwin.sources.prepared_folder import write_prepared


def prepare_city_model(given: Path, result: Path, *, name: str, limits: Limits, crs: str | int | None = None) -> int:
    """Read a CityJSON file and write it as ``neighbourhood`` in the result folder.

    Returns
    -------
    n_buildings
        How many buildings it has.

    Raises
    ------
    InputError
        It cannot be used.
    LimitError
        It is larger or deeper than allowed.
    """
    with given.open("rb") as stream:
        model = read_city_model(stream, name=name, crs=crs, limits=limits)
    neighbourhood = neighbourhood_from([model], name=Path(name).name, crs=crs)
    write_prepared(neighbourhood, result / "neighbourhood")
    return len(neighbourhood.buildings)
