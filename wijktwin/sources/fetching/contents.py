"""The files of a neighbourhood folder as they are put together: tables, facts, and where everything comes from, for people and programs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson
import shapely
import shapely.geometry

from wijktwin import __version__
from wijktwin.model.provenance import Source
from wijktwin.sources.fetching.services import Services
from wijktwin.sources.fetching.tally import Tally

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

FACTS: Final = "neighbourhood.toml"
FOR_PROGRAMS: Final = "provenance.json"
FOR_PEOPLE: Final = "PROVENANCE.md"
AREA: Final = "area.geojson"
RD_NEW: Final = "urn:ogc:def:crs:EPSG::28992"
MARK: Final = "wijktwin fetch or prepare"
REASONS: Final[Mapping[str, str]] = {
    "another_code": "another wijk or buurt",
    "another_street": "another street of that name, or another part of it",
    "beyond_halo": "farther away than the halo reaches",
    "crosses_over": "crosses another road above it (a viaduct)",
    "duplicate": "came twice",
    "ended": "no longer there (the register keeps its history)",
    "no_address": "without street, number or identifier",
    "no_identifier": "without identifier",
    "no_line": "not a line of one piece",
    "no_outline": "without an outline that can be read",
    "no_point": "not a point",
    "no_polygon": "not a surface",
    "no_road": "for nobody on foot, on a bicycle or in a car",
    "no_shape": "without a geometry that can be read",
    "no_tree": "other plants than trees",
    "not_used": "known, and not used",
    "not_built": "not there yet",
    "not_in_use": "withdrawn, or not built yet",
    "not_open": "a street that is not open (planned, being built or closed)",
    "older_version": "an older version of the same object",
    "other_level": "above or below ground level (bridges, tunnels)",
    "outside": "outside the area",
    "twice": "the same object once more",
}
"""Why objects are left out, in words."""

Rows = Iterable[tuple[Mapping[str, Any], "BaseGeometry"]]


@dataclass(frozen=True, slots=True)
class Account:
    """Everything that is said of where a neighbourhood comes from.

    Parameters
    ----------
    made_by
        The command: "fetch" or "prepare".
    name
        Of the neighbourhood.
    area, halo
        How they were chosen.
    tallies
        What was asked, what came, and what became of it.
    sources
        Whose data they are, for the credits on screen; those of buildings are in the buildings file.
    versions
        Release by service, where the data say so themselves.
    credits
        Whose data they are where no service was asked, buildings included.
    remarks
        What a reader has to know besides, in sentences.
    """

    made_by: str
    name: str
    area: Mapping[str, object]
    halo: Mapping[str, object]
    tallies: Sequence[Tally]
    sources: Sequence[Source]
    versions: Mapping[str, str] = field(default_factory=dict)
    credits: Sequence[Source] = ()
    remarks: Sequence[str] = ()


def geojson(rows: Rows, *, crs: str = RD_NEW) -> bytes:
    """A table of a neighbourhood folder: one feature a line, the same rows always the same bytes."""
    lines = [
        orjson.dumps({"type": "Feature", "properties": dict(row), "geometry": shapely.geometry.mapping(shape)}).decode()
        for row, shape in rows
    ]
    head = f'{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"{crs}"}}}},"features":[\n'
    return (head + ",\n".join(lines) + "\n]}\n").encode()


def facts_toml(account: Account, *, halo_ids: Sequence[str] = (), reference_system: str | None = None) -> bytes:
    """``neighbourhood.toml``: name, sources, and buildings that only cast shadow."""
    lines = [f"name = {_quoted(account.name)}"]
    lines += [f"reference_system = {_quoted(reference_system)}"] if reference_system else []
    lines += ["halo = [", *(f"  {_quoted(name)}," for name in halo_ids), "]"] if halo_ids else []
    for source in account.sources:
        told = {"title": source.title, "owner": source.owner, "vintage": source.vintage, "licence": source.licence}
        told |= {"url": source.url, "version": source.version}
        lines += ["", "[[sources]]", *(f"{name} = {_quoted(value)}" for name, value in told.items() if value)]
        lines += [f"subjects = [{', '.join(_quoted(subject) for subject in source.subjects)}]"]
    return ("\n".join(lines) + "\n").encode()


def _quoted(text: str) -> str:
    """A text as TOML writes it: JSON's escapes are TOML's too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def with_provenance(files: Mapping[str, bytes | Path], account: Account, services: Services | None) -> dict[str, bytes | Path]:
    """The files with an account of where they come from, for people and for programs.

    Parameters
    ----------
    services
        What was asked; None where the files were at hand.
    """
    asked = sorted({tally.service for tally in account.tallies}) if services is not None else []
    told = {
        "made_by": f"{MARK}: wijktwin {account.made_by} {__version__}",
        "name": account.name,
        "area": dict(account.area),
        "halo": dict(account.halo),
        "remarks": list(account.remarks),
        "services": [_service_json(name, services, account) for name in asked] if services is not None else [],
        "from_files": [] if services is not None else [{"file": tally.service, **tally.as_json()} for tally in account.tallies],
        "files": {name: digest(content) for name, content in sorted(files.items())},
    }
    for_programs = orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n"
    return {**files, FOR_PROGRAMS: for_programs, FOR_PEOPLE: _for_people(account, services).encode()}


def _service_json(name: str, services: Services, account: Account) -> dict[str, Any]:
    service = services[name]
    own = [tally for tally in account.tallies if tally.service == name]
    days = [day for tally in own if tally.fetched is not None for day in tally.fetched]
    return {
        "service": service.title,
        "url": service.url,
        "owner": service.owner,
        "licence": service.licence,
        "credit": service.credit,
        "about": service.about,
        "version": service.version or account.versions.get(name) or None,
        "fetched": {"from": min(days), "until": max(days)} if days else None,
        "collections": [tally.as_json() for tally in own],
    }


def _for_people(account: Account, services: Services | None) -> str:
    """The same for people, in Markdown."""
    chosen = ", ".join(f"{name} {value}" for name, value in account.area.items())
    around = ", ".join(f"{name} {value}" for name, value in account.halo.items())
    lines = [f"# {account.name}: where it comes from", "", f"Made by `wijktwin {account.made_by}` {__version__}.", ""]
    lines += [f"- Area: {chosen}", f"- Halo (buildings that only cast shadow): {around or 'none'}", ""]
    lines += ["| source | what | asked | came | used | left out | fetched |", "|---|---|---|---|---|---|---|"]
    for tally in account.tallies:
        title = services[tally.service].title if services is not None else tally.service
        why = "; ".join(f"{count} {REASONS.get(reason, reason)}" for reason, count in sorted(tally.left_out.items())) or "nothing"
        days = " - ".join(sorted(set(tally.fetched))) if tally.fetched else "from a file"
        asked = "not counted" if tally.asked is None else tally.asked
        lines.append(f"| {title} | {tally.collection} | {asked} | {tally.got} | {tally.kept} | {why} | {days} |")
    lines += ["", "## Credits and licences", ""]
    if services is None:
        lines += [
            f"- {source.title}, {source.owner or 'owner unknown'}. Licence {source.licence or 'unknown'}; {source.url or 'no address'}"
            for source in account.credits
        ]
    else:
        lines += [
            f"- {services[name].credit}. Licence {services[name].licence}; {services[name].about}"
            for name in sorted({tally.service for tally in account.tallies})
        ]
    lines += [
        "",
        "Ground called *erf* in BGT (everything private round a house) is kind `other`: nobody registered what of it is tiled.",
        "",
        *(f"{remark}\n" for remark in account.remarks),
    ]
    return "\n".join(lines)


def digest(content: bytes | Path) -> str:
    """SHA-256 of a file (hex)."""
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
