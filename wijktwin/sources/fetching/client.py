"""Asking a service politely: one connection, a name to be known by, patience, and never a guess about what came back.

What passes (a busy service, a cut, an answer that is no JSON) is asked again after a wait that doubles, or after as long as the
service itself asks (Retry-After). What does not pass is told in one sentence. No address that was asked for is ever logged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlencode, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

from wijktwin import __version__
from wijktwin.errors import InputError, LimitError
from wijktwin.sources.fetching.clock import Clock, SystemClock
from wijktwin.sources.fetching.progress import Progress, Step, in_silence
from wijktwin.sources.fetching.services import Service
from wijktwin.sources.strict_json import parse_json

USER_AGENT: Final = f"wijktwin/{__version__} (open-source neighbourhood twin; fetches one neighbourhood at a time)"
CHUNK: Final = 1 << 16
LARGEST_ANSWER: Final = 256 * 1024 * 1024
MOST_REDIRECTS: Final = 3
PASSING: Final = frozenset({
    HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT,
})  # fmt: skip
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})

Json = dict[str, Any]
Check = Callable[[Any], None]
"""Raises `InputError` when an answer does not have the shape that it should have."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long a service is waited for. Times in seconds.

    Parameters
    ----------
    attempts
        How often the same thing is asked at most.
    first_wait
        Wait before the second attempt; doubles for every next one.
    longest_wait
        More than this is not waited; a service that asks for more is told to be busy.
    connect, read, whole
        For a connection, for the next piece of an answer, and for a whole answer.
    """

    attempts: int = 5
    first_wait: float = 1.0
    longest_wait: float = 120.0
    connect: float = 10.0
    read: float = 60.0
    whole: float = 300.0


class _PassingError(Exception):
    """Something that may go well next time: the sentence for when it never does, and the wait that the service asked for [s]."""

    def __init__(self, sentence: InputError, wait: float | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.wait = wait


class Client:
    """Asks services, one thing at a time.

    Parameters
    ----------
    clock
        For waiting.
    patience
        How much of it there is.
    progress
        Hears of every wait.
    """

    def __init__(self, *, clock: Clock | None = None, patience: Patience | None = None, progress: Progress = in_silence) -> None:
        self.clock: Clock = clock or SystemClock()
        self.patience = patience or Patience()
        self._progress = progress
        self._session = requests.Session()
        self._session.headers.update({"User-Agent": USER_AGENT, "Accept": "application/json, application/geo+json, application/city+json"})
        one_connection = HTTPAdapter(pool_connections=1, pool_maxsize=1, pool_block=True)
        self._session.mount("http://", one_connection)
        self._session.mount("https://", one_connection)

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Let the connection go."""
        self._session.close()

    def get(self, service: Service, path: str, parameters: Mapping[str, object], check: Check) -> bytes:
        """The text of an answer that is JSON of the right shape.

        Parameters
        ----------
        path
            Behind the address of the service, with a slash in front.
        parameters
            In the order in which they are sent.
        check
            Looks at the parsed answer.

        Raises
        ------
        InputError
            The service is down, refuses, sends elsewhere, or has changed; the old copy is still there, which the sentence says.
        """
        url = address_of(service, path, parameters)
        for attempt in range(1, self.patience.attempts + 1):
            try:
                return self._checked(service, url, check)
            except _PassingError as fault:
                if attempt == self.patience.attempts:
                    raise fault.sentence from None
                self._wait(service, fault.wait, attempt)
        raise InputError("fetch.no_answer", service=service.title)

    def _wait(self, service: Service, asked: float | None, attempt: int) -> None:
        """Wait before the next attempt: as long as the service asks, else twice as long every time."""
        if asked is not None and asked > self.patience.longest_wait:
            raise InputError("fetch.busy_for_long", service=service.title, seconds=round(asked)) from None
        wait = min(self.patience.first_wait * 2 ** (attempt - 1), self.patience.longest_wait) if asked is None else asked
        self._progress(Step(service.title, 0, waiting=wait))
        self.clock.sleep(wait)

    def _checked(self, service: Service, url: str, check: Check) -> bytes:
        body = self._body(service, url)
        try:
            check(parse_json(body, source=service.title))
        except LimitError:
            raise
        except InputError as error:
            is_ours = error.key.startswith("fetch.")
            raise _PassingError(error if is_ours else InputError("fetch.not_json", service=service.title)) from None
        return body

    def _body(self, service: Service, url: str) -> bytes:
        """The bytes of an answer; redirects are followed within the same server only."""
        for _ in range(MOST_REDIRECTS + 1):
            try:
                with self._session.get(
                    url, stream=True, allow_redirects=False, timeout=(self.patience.connect, self.patience.read)
                ) as answer:
                    if answer.status_code not in REDIRECTS:
                        self._refuse_status(service, answer)
                        return self._read(service, answer)
                    url = _same_server(service, url, answer.headers.get("Location", ""))
            except requests.Timeout:
                raise _PassingError(InputError("fetch.slow", service=service.title)) from None
            except requests.RequestException as error:
                is_cut = isinstance(error, requests.exceptions.ChunkedEncodingError | requests.exceptions.ContentDecodingError)
                raise _PassingError(InputError("fetch.cut" if is_cut else "fetch.no_answer", service=service.title)) from None
        raise InputError("fetch.elsewhere", service=service.title)

    def _refuse_status(self, service: Service, answer: requests.Response) -> None:
        status = answer.status_code
        if status in PASSING:
            raise _PassingError(InputError("fetch.down", service=service.title, status=status), self._asked_wait(answer))
        if status != HTTPStatus.OK:
            raise InputError("fetch.refused", service=service.title, status=status)

    def _asked_wait(self, answer: requests.Response) -> float | None:
        """What Retry-After says, in seconds; None where it says nothing that can be read."""
        stated = answer.headers.get("Retry-After", "").strip()
        if stated.isascii() and stated.isdigit():
            return float(stated)
        try:
            moment = parsedate_to_datetime(stated)
        except ValueError:
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max((moment - self.clock.now()).total_seconds(), 0.0)

    def _read(self, service: Service, answer: requests.Response) -> bytes:
        """The whole answer, within limits of size and time."""
        begun = self.clock.monotonic()
        parts: list[bytes] = []
        size = 0
        for part in answer.iter_content(CHUNK):
            parts.append(part)
            size += len(part)
            if size > LARGEST_ANSWER:
                raise LimitError("fetch.too_large", service=service.title)
            if self.clock.monotonic() - begun > self.patience.whole:
                raise _PassingError(InputError("fetch.slow", service=service.title))
        return b"".join(parts)


def address_of(service: Service, path: str, parameters: Mapping[str, object]) -> str:
    """The whole address of one request: the same request always has the same."""
    query = urlencode({name: str(value) for name, value in parameters.items()}, safe=",:/")
    return f"{service.url}{path}" + (f"?{query}" if query else "")


def _same_server(service: Service, url: str, location: str) -> str:
    """Where a redirect leads, if that is the same server.

    Raises
    ------
    InputError
        It leads elsewhere.
    """
    target = urljoin(url, location)
    here, there = urlsplit(url), urlsplit(target)
    if not location or (here.scheme, here.netloc) != (there.scheme, there.netloc):
        raise InputError("fetch.elsewhere", service=service.title)
    return target


def changed(service: Service, what: str) -> InputError:
    """The sentence for an answer of another shape than is known; ``what`` names the member that is odd."""
    return InputError("fetch.changed", service=service.title, what=what)


def short_page(service: Service) -> InputError:
    """The sentence for a page that holds less than it says."""
    return InputError("fetch.page_not_whole", service=service.title)


def today_of(clock: Clock) -> str:
    """The date of this moment, ISO 8601."""
    return clock.now().date().isoformat()
