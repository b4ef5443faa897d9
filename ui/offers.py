"""What the browser may ask more about lies under a name: the same for everybody where it is public, one that nobody can guess where not."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final, Generic, TypeVar

from wijktwin.errors import NotFoundError
from wijktwin.impacts.last_few import LastFew

MOST_OFFERED: Final = 256

Value = TypeVar("Value")


class Offers(Generic[Value]):
    """Keeps the `MOST_OFFERED` things that were offered last, for one process; safe to use from many threads."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self._kept = LastFew[str, Value](MOST_OFFERED)

    def offer(self, said: str, value: Value, *, is_shared: bool) -> str:
        """The name of a value that is wholly told by some text.

        Parameters
        ----------
        is_shared
            It holds nothing of a visitor's own.
        """
        told = said.encode()
        name = hashlib.sha256(told).hexdigest()[:32] if is_shared else hmac.new(self._secret, told, "sha256").hexdigest()
        self._kept.put(name, value)
        return name

    def find(self, name: str) -> Value:
        """What was offered under a name.

        Raises
        ------
        NotFoundError
            Nothing was, or too long ago.
        """
        found = self._kept.find(name)
        if found is None:
            raise NotFoundError("scene.no_such_geometry", name=name)
        return found
