"""What the browser may ask more about lies under a name: the same for everybody where it is public, one that nobody can guess where not."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections import OrderedDict
from typing import Final, Generic, TypeVar

from wijktwin.errors import NotFoundError

MOST_OFFERED: Final = 256

Value = TypeVar("Value")


class Offers(Generic[Value]):
    """Keeps what was offered last, for one process; safe to use from many threads.

    Parameters
    ----------
    most
        What was offered longest ago goes first when there are more.
    """

    def __init__(self, *, most: int = MOST_OFFERED) -> None:
        self._secret = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Value] = OrderedDict()
        self._most = most

    def offer(self, said: str, value: Value, *, is_shared: bool) -> str:
        """The name of a value that is wholly told by some text.

        Parameters
        ----------
        is_shared
            It holds nothing of a visitor's own.
        """
        told = said.encode()
        name = hashlib.sha256(told).hexdigest()[:32] if is_shared else hmac.new(self._secret, told, "sha256").hexdigest()
        with self._lock:
            self._kept[name] = value
            self._kept.move_to_end(name)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return name

    def find(self, name: str) -> Value:
        """What was offered under a name.

        Raises
        ------
        NotFoundError
            Nothing was, or too long ago.
        """
        with self._lock:
            found = self._kept.get(name)
            if found is None:
                raise NotFoundError("scene.no_such_geometry", name=name)
            self._kept.move_to_end(name)
            return found
