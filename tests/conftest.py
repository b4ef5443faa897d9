"""What all tests share: real data where it is present, a state folder of their own, and no network."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings

ROOT: Final = Path(__file__).resolve().parent.parent
SHARED_DATA: Final = Path(os.environ.get("WIJKTWIN_SHARED_DATA") or ROOT.parent / "shared" / "data")
LONGEST_SHOWN: Final = 16
ABSENT: Final = "shared data absent"
LOCAL_HOSTS: Final = ("127.", "::1", "localhost", "0.0.0.0")  # noqa: S104 - compared with, not bound to

settings.register_profile("house", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with real public data beside the project (or ``WIJKTWIN_SHARED_DATA``); skips where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"{ABSENT}: no folder ../shared/data beside the project; WIJKTWIN_SHARED_DATA can name it")
    return SHARED_DATA


@pytest.fixture(scope="session", autouse=True)
def state_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A state folder of their own: no test reads or writes that of the person who runs it."""
    folder = tmp_path_factory.mktemp("state")
    before = os.environ.get("WIJKTWIN_STATE")
    os.environ["WIJKTWIN_STATE"] = str(folder)
    yield folder
    if before is None:
        del os.environ["WIJKTWIN_STATE"]
    else:
        os.environ["WIJKTWIN_STATE"] = before


@pytest.fixture(scope="session", autouse=True)
def nothing_in_the_background() -> Iterator[None]:
    """Pages begin no long computation unasked: neither here nor in the servers that tests start."""
    patch = pytest.MonkeyPatch()
    patch.setenv("WIJKTWIN_BACKGROUND", "asked")
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Only this machine answers: a connection to anywhere else fails the test that makes it."""
    connect = socket.socket.connect
    look_up = socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple):
            _refuse_foreign(address[0])
        connect(self, address)  # type: ignore[arg-type]

    def guarded_look_up(host: Any, *args: Any, **options: Any) -> Any:
        _refuse_foreign(host)
        return look_up(host, *args, **options)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket, "getaddrinfo", guarded_look_up)
    yield
    patch.undo()


def _refuse_foreign(host: object) -> None:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if isinstance(name, str) and name and not name.startswith(LOCAL_HOSTS):
        pytest.fail(f"a test reached for {name}: tests use this machine only")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs shared data or a browser, so that it can be chosen or left out by mark."""
    for item in items:
        if "shared_data" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.shared_data)
        if (ROOT / "tests" / "browser") in item.path.parents:
            item.add_marker(pytest.mark.browser)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a parameter of bytes by its place: gzip writes the time into its bytes, and every worker must find the same names."""
    return argname if isinstance(val, bytes) and len(val) > LONGEST_SHOWN else None


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In continuous integration: where shared data is present, tests that were skipped for want of it fail the run."""
    if _skipped_in_vain(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_unconfigure() -> None:
    """Streamlit's AppTest leaves a folder for Python to find at its very end, with a warning after our last line."""
    app_test = sys.modules.get("streamlit.testing.v1.app_test")
    if app_test is not None:
        app_test.TMP_DIR.cleanup()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which tests those were."""
    for report in _skipped_in_vain(terminalreporter.config):
        terminalreporter.write_line(f"FAILED {report.nodeid}: skipped for want of shared data, which is at {SHARED_DATA}", red=True)


def _skipped_in_vain(config: pytest.Config) -> list[pytest.TestReport]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or os.environ.get("CI", "").lower() not in {"1", "true"} or not SHARED_DATA.is_dir():
        return []
    return [report for report in reporter.stats.get("skipped", []) if ABSENT in str(report.longrepr)]
