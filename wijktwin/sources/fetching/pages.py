"""Pages that were received, kept on the disk until the neighbourhood is complete, so that a cut costs one page and not all of them."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import orjson

from wijktwin.sources.fetching.client import Check, Client, address_of, today_of
from wijktwin.sources.fetching.services import Service
from wijktwin.sources.whole_files import write_whole

KEPT_DAYS: Final = 7
"""An older page is asked again: what it says may have changed since."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a service, parsed, with the date on which it was received (ISO 8601)."""

    document: Any
    fetched: str
    url: str


class Asker:
    """Asks for a page once: what was received before is taken from the disk.

    Parameters
    ----------
    folder
        Where pages lie; made for this user only. None: nothing is kept.
    """

    def __init__(self, client: Client, folder: Path | None) -> None:
        self.client = client
        self.folder = folder
        if folder is not None:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def ask(self, service: Service, path: str, parameters: dict[str, object], check: Check, *, keep: bool = True) -> Answer:
        """An answer of the right shape.

        Parameters
        ----------
        keep
            False for what tells where somebody lives: that never reaches the disk.

        Raises
        ------
        InputError
            As `Client.get`.
        """
        url = address_of(service, path, parameters)
        found = self._kept(url) if keep else None
        if found is not None:
            return found
        body = self.client.get(service, path, parameters, check)
        today = today_of(self.client.clock)
        if keep and self.folder is not None:
            self._keep(self.folder, url, body, today)
        return Answer(orjson.loads(body), today, url)

    def forget(self, urls: list[str]) -> None:
        """Ask for these anew next time."""
        for url in urls:
            if self.folder is not None:
                self._file(self.folder, url).unlink(missing_ok=True)

    def forget_all(self) -> None:
        """Nothing is left of any page."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def _file(folder: Path, url: str) -> Path:
        return folder / f"{hashlib.sha256(url.encode()).hexdigest()}.page"

    def _keep(self, folder: Path, url: str, body: bytes, today: str) -> None:
        facts = {"url": url, "fetched": today, "sha256": hashlib.sha256(body).hexdigest()}
        write_whole(self._file(folder, url), orjson.dumps(facts) + b"\n" + body)

    def _kept(self, url: str) -> Answer | None:
        """The page as it lies on the disk; None where it is absent, old or damaged."""
        if self.folder is None:
            return None
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            head, _, body = self._file(self.folder, url).read_bytes().partition(b"\n")
            facts = orjson.loads(head)
            age = self.client.clock.now().date() - date.fromisoformat(facts["fetched"])
            is_same = facts["url"] == url and facts["sha256"] == hashlib.sha256(body).hexdigest()
            if is_same and timedelta(0) <= age <= timedelta(days=KEPT_DAYS):
                return Answer(orjson.loads(body), str(facts["fetched"]), url)
        return None
