"""The compiled loops of the reader, compiled (or read back from numba's cache) before anybody waits for them."""

from __future__ import annotations

from typing import Final

import orjson

from wijktwin.sources.cityjson.document import LIFTED_FROM
from wijktwin.sources.cityjson.read import read_city_model

_CORNERS: Final = [[x, y, z] for z in (0, 3000) for x, y in ((0, 0), (4000, 0), (4000, 4000), (2000, 2000), (0, 4000))]
_FLOOR: Final = [0, 4, 3, 2, 1]


def warm_reader() -> None:
    """Read one small house as a document and as a sequence, so that everything compiled is there.

    Takes about eleven seconds of one core in a fresh installation, a third of a second ever after.
    """
    walls = [[[here, (here + 1) % 5, (here + 1) % 5 + 5, here + 5]] for here in range(5)]
    shell = [[_FLOOR], [[index + 5 for index in _FLOOR[::-1]]], *walls]
    semantics = {
        "surfaces": [{"type": "GroundSurface"}, {"type": "RoofSurface"}, {"type": "WallSurface"}],
        "values": [[0, 1, 2, 2, 2, 2, 2]],
    }
    house = {"type": "Building", "geometry": [{"type": "Solid", "lod": "2.2", "boundaries": [shell], "semantics": semantics}]}
    header = {"type": "CityJSON", "version": "2.0", "transform": {"scale": [0.001] * 3, "translate": [0.0] * 3}}
    document = orjson.dumps({**header, "CityObjects": {"house": house}, "vertices": _CORNERS})
    feature = orjson.dumps({"type": "CityJSONFeature", "id": "house", "CityObjects": {"house": house}, "vertices": _CORNERS})
    empty = orjson.dumps({**header, "CityObjects": {}, "vertices": []})
    padding = b" " * LIFTED_FROM  # shorter texts are read without lifting
    read_city_model(document + padding, name="warming")
    read_city_model(empty + b"\n" + feature + padding, name="warming")
