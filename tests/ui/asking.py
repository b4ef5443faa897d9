"""Asking the server's own routes as a browser does, without a socket."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.types import ASGIApp, Message


class Answer:
    """What came back."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""


def ask(app: ASGIApp, path: str, *, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
    """One request, without a socket."""
    answer = Answer()
    sent = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Message:
        return next(sent, {"type": "http.disconnect"})

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.decode().lower(): value.decode() for name, value in message["headers"]}
        elif message["type"] == "http.response.body":
            answer.body += message.get("body", b"")

    told = [(name.replace("_", "-").encode(), value.encode()) for name, value in {"host": "localhost:8501", **headers}.items()]
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "headers": told,
    }
    scope |= {"scheme": "http", "server": ("localhost", 8501), "client": ("127.0.0.1", 1)}
    scope |= {"http_version": "1.1", "root_path": "", "query_string": b""}

    async def run() -> None:
        await app(scope, receive, send)

    # in a thread of its own: a browser test before us may have left a running event loop in this one
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, run()).result()
    return answer
