"""The public services that are asked: where they are, whose they are, and under which licence; read from ``data/services.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from wijktwin import places
from wijktwin.errors import InputError

FILE_NAME: Final = "services.toml"
NAMES: Final = ("bag3d", "bgt", "bag", "cbs", "locatieserver")
LARGEST_PAGE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Service:
    """One service.

    Parameters
    ----------
    title, owner, licence, credit, about
        What it is, whose, its licence (SPDX), the line to credit it with, and where that is explained.
    url
        Where its API begins, without a slash at the end.
    page_size
        How many objects are asked at once.
    version
        Release of what it serves, where the address itself says so; "" otherwise.
    """

    title: str
    url: str
    owner: str
    licence: str
    credit: str
    about: str
    page_size: int
    version: str = ""


Services = Mapping[str, Service]


def read_services(path: Path | None = None) -> Services:
    """All services by name (`NAMES`).

    Parameters
    ----------
    path
        Another list than the one that travels with the project.

    Raises
    ------
    InputError
        The list cannot be read, or a service in it is not complete.
    """
    source = places.data_folder() / FILE_NAME if path is None else path
    try:
        found = tomllib.loads(source.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError("fetch.services_unreadable", source=source.name, reason=reason) from None
    return {name: _service(found.get(name), name, source.name) for name in NAMES}


def _service(stated: object, name: str, source: str) -> Service:
    known = stated if isinstance(stated, dict) else {}
    for field in fields(Service):
        value = known.get(field.name, "" if field.name == "version" else None)
        expected = int if field.name == "page_size" else str
        is_filled = field.name == "version" or bool(value)
        if not isinstance(value, expected) or isinstance(value, bool) or not is_filled:
            raise InputError("fetch.service_incomplete", source=source, service=name, field=field.name)
    url, page_size = known["url"].rstrip("/"), known["page_size"]
    if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).netloc:
        raise InputError("fetch.service_incomplete", source=source, service=name, field="url")
    if not 1 <= page_size <= LARGEST_PAGE:
        raise InputError("fetch.service_incomplete", source=source, service=name, field="page_size")
    texts = {field.name: str(known.get(field.name, "")) for field in fields(Service) if field.name not in {"url", "page_size"}}
    return Service(url=url, page_size=page_size, **texts)
