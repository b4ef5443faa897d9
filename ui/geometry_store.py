"""Prepared geometry in memory, compressed once, found by address: shared content for good, a visitor's own for a while.

What is shared (the neighbourhood, published plans) lies under the hash of its content, so that an address never changes its
meaning. What one visitor tries lies under an address that nobody can guess, and is gone after some time.
"""

from __future__ import annotations

import gzip
import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from ui.packed_rows import PACKING, packed_rows
from wijktwin.errors import LimitError, NotFoundError

ROUTE: Final = "/geometry"
KEY_BYTES: Final = 24
"""Of randomness in a private address: 192 bits."""
COMPRESSION: Final = 6
ROWS_COMPRESSION: Final = 9
JSON: Final = "application/json"
ROWS: Final = f".{PACKING}.rows"
"""Ends the address of rows of surfaces in their short form, in the place of ``.json``: with the version of that form."""
ROWS_TYPE: Final = "application/octet-stream"
EXTENSIONS: Final = {JSON: "json", "model/gltf-binary": "glb", "image/svg+xml": "svg"}
SECONDS_PRIVATE: Final = 4 * 3600.0
"""How long a visitor's own geometry is kept after it was last asked for. [s]"""
MOST_PRIVATE_BYTES: Final = 256 * 1024 * 1024
MOST_SHARED_BYTES: Final = 2 * 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Blob:
    """Content as it is sent.

    Parameters
    ----------
    packed
        The content, gzip-compressed once.
    tag
        Hash of the content, for ``ETag``.
    is_shared
        Everybody may keep it for good; False for what one visitor tries.
    rows
        Its short form (`ui.packed_rows`), gzip-compressed once; b"" where it has none.
    """

    packed: bytes = field(repr=False)
    media_type: str
    tag: str
    is_shared: bool
    rows: bytes = field(default=b"", repr=False)

    @staticmethod
    def of(content: bytes, media_type: str, *, is_shared: bool) -> Blob:
        """Compress content."""
        rows = packed_rows(content) if media_type == JSON else b""
        packed, rows = (
            gzip.compress(one, level, mtime=0) if one else b"" for one, level in ((content, COMPRESSION), (rows, ROWS_COMPRESSION))
        )
        return Blob(packed, media_type, hashlib.sha256(content).hexdigest(), is_shared, rows)

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return len(self.packed) + len(self.rows)

    def in_rows(self) -> Blob:
        """Its short form, or itself where it has none."""
        return replace(self, packed=self.rows, media_type=ROWS_TYPE, tag=f"{self.tag}{ROWS}", rows=b"") if self.rows else self

    def content(self) -> bytes:
        """The content, not compressed."""
        return gzip.decompress(self.packed)


@dataclass(slots=True)
class _Private:
    blob: Blob
    expires: float


class GeometryStore:
    """Keeps blobs for one process; safe to use from many threads.

    Parameters
    ----------
    now
        Seconds that only go up; replaced in tests.
    """

    def __init__(
        self,
        *,
        most_private_bytes: int = MOST_PRIVATE_BYTES,
        most_shared_bytes: int = MOST_SHARED_BYTES,
        seconds_private: float = SECONDS_PRIVATE,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lock = threading.Lock()
        self._shared: dict[str, Blob] = {}
        self._private: OrderedDict[str, _Private] = OrderedDict()
        self._shared_bytes = 0
        self._private_bytes = 0
        self._most_private_bytes = most_private_bytes
        self._most_shared_bytes = most_shared_bytes
        self._seconds_private = seconds_private
        self._now = now

    def put(self, content: bytes, media_type: str) -> str:
        """Keep content that everybody may see, and give its address; the same content has the same address.

        Raises
        ------
        LimitError
            There is more shared geometry than this server is meant to hold.
        """
        tag = hashlib.sha256(content).hexdigest()
        key = f"{tag[:40]}.{EXTENSIONS[media_type]}"
        with self._lock:
            if key in self._shared:
                return f"{ROUTE}/{key}"
        blob = Blob.of(content, media_type, is_shared=True)
        with self._lock:
            if key not in self._shared:
                if self._shared_bytes + blob.size > self._most_shared_bytes:
                    raise LimitError("scene.geometry_full", limit=self._most_shared_bytes // 1024**2)
                self._shared[key] = blob
                self._shared_bytes += blob.size
        return f"{ROUTE}/{key}"

    def put_private(self, content: bytes, media_type: str) -> str:
        """Keep content of one visitor for a while, and give an address that nobody can guess.

        Raises
        ------
        LimitError
            It alone is larger than all that visitors may try together.
        """
        blob = Blob.of(content, media_type, is_shared=False)
        if blob.size > self._most_private_bytes:
            raise LimitError("scene.geometry_full", limit=self._most_private_bytes // 1024**2)
        key = f"{secrets.token_urlsafe(KEY_BYTES)}.{EXTENSIONS[media_type]}"
        with self._lock:
            self._drop_expired()
            self._private[key] = _Private(blob, self._now() + self._seconds_private)
            self._private_bytes += blob.size
            while self._private_bytes > self._most_private_bytes:
                self._drop(next(iter(self._private)))
        return f"{ROUTE}/{key}"

    def get(self, key: str) -> Blob:
        """The blob under a key (the last part of an address); with `ROWS` at its end its short form.

        Raises
        ------
        NotFoundError
            There is none, or it was kept long enough.
        """
        if key.endswith(ROWS):
            return self.get(f"{key.removesuffix(ROWS)}.{EXTENSIONS[JSON]}").in_rows()
        with self._lock:
            shared = self._shared.get(key)
            if shared is not None:
                return shared
            self._drop_expired()
            private = self._private.get(key)
            if private is None:
                raise NotFoundError("scene.no_such_geometry", name=key)
            private.expires = self._now() + self._seconds_private
            self._private.move_to_end(key)
            return private.blob

    def has(self, address: str) -> bool:
        """Whether something is still kept under an address; asking keeps it longer."""
        try:
            self.get(address.rpartition("/")[2])
        except NotFoundError:
            return False
        return True

    def drop_expired(self) -> None:
        """Forget what was kept long enough, so that memory comes free without anybody asking."""
        with self._lock:
            self._drop_expired()

    @property
    def sizes(self) -> tuple[int, int]:
        """Bytes kept for everybody, and for visitors apart."""
        with self._lock:
            return self._shared_bytes, self._private_bytes

    def _drop_expired(self) -> None:
        now = self._now()
        while self._private:
            key, oldest = next(iter(self._private.items()))
            if oldest.expires > now:
                return
            self._drop(key)

    def _drop(self, key: str) -> None:
        self._private_bytes -= self._private.pop(key).blob.size


class PrivateStore(GeometryStore):
    """The same shelf, on which everything counts as one visitor's own: for a neighbourhood that only one visitor sees."""

    def __init__(self, shelf: GeometryStore) -> None:
        super().__init__()
        self._shelf = shelf

    def put(self, content: bytes, media_type: str) -> str:
        """As `put_private`."""
        return self._shelf.put_private(content, media_type)

    def put_private(self, content: bytes, media_type: str) -> str:
        """Keep content for a while, and give an address that nobody can guess."""
        return self._shelf.put_private(content, media_type)

    def get(self, key: str) -> Blob:
        """The blob under a key."""
        return self._shelf.get(key)


STORE: Final = GeometryStore()
"""The one store of this process: pages put geometry in, the server gives it out."""
