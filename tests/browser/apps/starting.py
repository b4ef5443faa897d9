"""Starting one of the small servers beside this file."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[3]
START_SECONDS: Final = 60.0


@contextlib.contextmanager
def served(script: str, log: Path, **environment: str) -> Iterator[str]:
    """The address of a server on one of the scripts of this folder, while the block runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", f"tests/browser/apps/{script}", "--server.port", str(port)]
    own = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    own |= {"PYTHONPATH": str(ROOT), **environment}
    with log.open("wb") as said, subprocess.Popen(command, cwd=ROOT, env=own, stdout=said, stderr=subprocess.STDOUT) as server:
        try:
            _wait_until_open(port, server, log)
            yield f"http://localhost:{port}"
        finally:
            server.terminate()


def _wait_until_open(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        connection = http.client.HTTPConnection("localhost", port, timeout=5)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    pytest.fail(f"the server did not open: {log.read_text(encoding='utf-8', errors='replace')}")
