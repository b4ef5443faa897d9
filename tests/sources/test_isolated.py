"""A process apart may crash, hang, or fill its memory: the sender gets one sentence and nobody else notices."""

from __future__ import annotations

import gzip
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.sources.small_documents import CUBE_VOLUME, as_bytes, building_id, document, feature, header, sequence, zeros_packed
from wijktwin.errors import InputError, LimitError, PlanConflictError, WijktwinError
from wijktwin.sources import isolated
from wijktwin.sources.cityjson.limits import UPLOAD_LIMITS, Limits
from wijktwin.sources.isolated import Stage, read_upload, run_isolated

HOSTILE = '''
import sys, types
from pathlib import Path

hostile = types.ModuleType("wijktwin.sources.hostile")
source = """
import os, signal, time
from wijktwin.errors import InputError, Note, PlanConflictError

def echo(given, result, *, name, limits, **arguments):
    (result / "copy").write_bytes(given.read_bytes())
    return {"name": name, "size": given.stat().st_size, "arguments": arguments, "secret": os.environ.get("SECRET_OF_THE_SERVER")}

def refuse(given, result, *, name, limits):
    raise InputError("reading.line_left_out", source=name, line=3, reason=Note("reading.empty", source=name))

def conflict(given, result, *, name, limits):
    raise PlanConflictError("reading.empty", source=name)

def invent(given, result, *, name, limits):
    raise InputError("reading.there_is_no_such_key", source=name)

def fail(given, result, *, name, limits):
    raise ZeroDivisionError

def leave(given, result, *, name, limits):
    os._exit(3)

def crash(given, result, *, name, limits):
    os.kill(os.getpid(), signal.SIGSEGV)

def hang(given, result, *, name, limits):
    time.sleep(3600)

def spin(given, result, *, name, limits):
    while True:
        pass

def deaf(given, result, *, name, limits):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGXCPU):
        signal.signal(number, signal.SIG_IGN)
    if os.fork() == 0:
        note = Path(arguments_of(given)) / "grandchild"
        note.with_suffix(".new").write_text(str(os.getpid()))
        note.with_suffix(".new").rename(note)
    time.sleep(3600)

def arguments_of(given):
    return given.read_text()

def swallow(given, result, *, name, limits):
    held = []
    while True:
        held.append(bytearray(20_000_000))

def unjson(given, result, *, name, limits):
    return object()

def chatter(given, result, *, name, limits):
    import sys
    sys.stderr.write("x" * 1_000_000)
    sys.stdout.write("y" * 1_000_000)
    return "said"
"""
exec(source, hostile.__dict__)
hostile.Path = Path
sys.modules["wijktwin.sources.hostile"] = hostile
'''


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A child that finds a module of hostile functions."""
    folder = tmp_path / "hostile"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(HOSTILE)
    environment = isolated._environment

    def with_hostile(work: Path) -> dict[str, str]:
        plain = environment(work)
        return plain | {"PYTHONPATH": os.pathsep.join([str(folder), plain["PYTHONPATH"]])}

    monkeypatch.setattr(isolated, "_environment", with_hostile)
    yield
    assert not list((tmp_path / "state" / "reading").iterdir()), "work folders are left behind"


def run(name: str, tmp_path: Path, *, data: bytes = b"{}", limits: Limits = UPLOAD_LIMITS, **arguments: Any) -> Any:
    with run_isolated(
        f"wijktwin.sources.hostile:{name}", data=data, name="upload.json", state_dir=tmp_path / "state", limits=limits, arguments=arguments
    ) as answer:
        return answer.value


def sentence_of(name: str, tmp_path: Path, *, limits: Limits = UPLOAD_LIMITS, data: bytes = b"{}") -> InputError:
    with pytest.raises(InputError) as caught:
        run(name, tmp_path, limits=limits, data=data)
    for language in ("nl", "en"):
        assert "upload.json" in caught.value.sentence(language)
    return caught.value


posix_only = pytest.mark.skipif(sys.platform == "win32", reason="on Windows only the time limit holds")


# ---------------------------------------------------------------------------------------------------------------- uploads
def test_an_upload_becomes_a_neighbourhood_and_leaves_nothing_behind(tmp_path: Path) -> None:
    stages: list[Stage] = []
    data = gzip.compress(sequence([feature(n) for n in range(3)]))
    made = read_upload(data, name="../../wijk.city.jsonl.gz", state_dir=tmp_path, progress=stages.append)
    assert made.buildings.building_ids == tuple(building_id(n) for n in range(3))
    np.testing.assert_allclose(made.mesh.object_volumes(3), CUBE_VOLUME, rtol=1e-9)
    assert stages == [Stage.STARTING, Stage.READING, Stage.DONE]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert made.name == "wijk.city.jsonl.gz"


def test_what_a_killed_server_left_behind_is_removed(tmp_path: Path) -> None:
    old, young = tmp_path / "reading" / "old", tmp_path / "reading" / "young"
    for folder in (old, young):
        folder.mkdir(parents=True)
        (folder / "given").write_bytes(b"{}")
    os.utime(old, (0, 0))
    read_upload(as_bytes(document(1)), name="x.json", state_dir=tmp_path)
    assert not old.exists()
    assert young.exists()


def test_an_upload_with_notes_keeps_them_in_both_languages(tmp_path: Path) -> None:
    made = read_upload(sequence([feature(0), b"nonsense"]).rstrip() + b"\n", name="x.json", state_dir=tmp_path)
    note = next(note for note in made.notes if note.key == "reading.line_left_out")
    assert "geen geldige JSON" in note.sentence("nl")
    assert "not valid JSON" in note.sentence("en")


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "reading.empty"),
        (b'{"a":' * 100_000, "reading.too_deep"),
        (zeros_packed(50_000_000), "reading.packed_bomb"),
        (as_bytes({**document(1), "metadata": {}}), "reading.crs_needed"),
        (as_bytes({**header(), "version": "0.9"}), "reading.old_version"),
    ],
)
def test_a_bad_upload_is_the_same_sentence_as_anywhere(tmp_path: Path, data: bytes, key: str) -> None:
    with pytest.raises(InputError) as caught:
        read_upload(data, name="x.json", state_dir=tmp_path)
    assert caught.value.key == key
    assert "x.json" in caught.value.sentence("nl")


def test_a_reference_system_can_be_given(tmp_path: Path) -> None:
    made = read_upload(as_bytes({**document(1), "metadata": {}}), name="x.json", state_dir=tmp_path, crs=28992)
    assert made.reference_system.to_epsg() == 28992


def test_an_upload_over_the_limit_starts_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "_run_child", lambda *_args, **_options: pytest.fail("a process was started"))
    with pytest.raises(LimitError) as caught:
        read_upload(b"{" + b" " * 1_000, name="x.json", state_dir=tmp_path, limits=Limits(max_bytes=1_000))
    assert caught.value.key == "reading.too_large"


# ------------------------------------------------------------------------------------------------------- hostile functions
@pytest.mark.usefixtures("hostile")
class TestHostileFunctions:
    def test_what_goes_in_and_out(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SECRET_OF_THE_SERVER", "1234")
        with run_isolated(
            "wijktwin.sources.hostile:echo", data=b"\x00\xff", name="é.json", state_dir=tmp_path / "state", arguments={"crs": 28992}
        ) as answer:
            assert answer.value == {"name": "é.json", "size": 2, "arguments": {"crs": 28992}, "secret": None}
            assert (answer.folder / "copy").read_bytes() == b"\x00\xff"
            assert answer.folder.stat().st_mode & 0o077 == 0 or sys.platform == "win32" or answer.folder.parent.stat().st_mode & 0o077 == 0

    def test_our_own_errors_come_back_as_they_were(self, tmp_path: Path) -> None:
        error = sentence_of("refuse", tmp_path)
        assert error.key == "reading.line_left_out"
        assert "is leeg" in error.sentence("nl")
        with pytest.raises(PlanConflictError):
            run("conflict", tmp_path)

    @pytest.mark.parametrize("name", ["fail", "leave", "invent", "unjson"])
    def test_any_other_end_is_one_sentence(self, tmp_path: Path, name: str) -> None:
        assert sentence_of(name, tmp_path).key == "reading.crashed"

    def test_what_it_says_goes_nowhere(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        assert run("chatter", tmp_path) == "said"
        assert capfd.readouterr() == ("", "")

    @posix_only
    def test_a_crash(self, tmp_path: Path) -> None:
        assert sentence_of("crash", tmp_path).key == "reading.crashed"

    def test_a_hang_is_ended(self, tmp_path: Path) -> None:
        begin = time.monotonic()
        error = sentence_of("hang", tmp_path, limits=replace(UPLOAD_LIMITS, max_seconds=0.3))
        assert error.key == "reading.too_slow"
        assert time.monotonic() - begin < isolated.STARTING_SECONDS

    @posix_only
    def test_processor_time_has_a_limit_of_its_own(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        wait = isolated._wait

        def patient(child: Any, folder: Path, *, name: str, limits: Limits, tell: Any) -> None:
            wait(child, folder, name=name, limits=replace(limits, max_seconds=60.0), tell=tell)

        monkeypatch.setattr(isolated, "_wait", patient)
        error = sentence_of("spin", tmp_path, limits=replace(UPLOAD_LIMITS, max_seconds=1.0))
        assert error.key == "reading.too_slow"

    @posix_only
    def test_a_child_that_ignores_signals_is_ended_with_all_it_started(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        told = tmp_path / "told"
        told.mkdir()
        end = isolated._end

        def end_when_there_is_a_grandchild(child: Any) -> None:
            until((told / "grandchild").exists)
            end(child)

        monkeypatch.setattr(isolated, "_end", end_when_there_is_a_grandchild)
        error = sentence_of("deaf", tmp_path, limits=replace(UPLOAD_LIMITS, max_seconds=0.5), data=str(told).encode())
        assert error.key == "reading.too_slow"
        grandchild = int((told / "grandchild").read_text())
        until(lambda: not is_alive(grandchild))
        assert not is_alive(grandchild)

    @pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is limited where the system says how much is in use")
    def test_memory_has_a_limit(self, tmp_path: Path) -> None:
        error = sentence_of("swallow", tmp_path, limits=replace(UPLOAD_LIMITS, max_memory_bytes=200_000_000))
        assert error.key == "reading.too_much_memory"
        assert "200 MB" in error.sentence("en")

    def test_others_wait_their_turn_and_get_a_sentence_when_it_does_not_come(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        turns = threading.BoundedSemaphore(1)
        monkeypatch.setattr(isolated, "_turns", turns)
        monkeypatch.setattr(isolated, "WAIT_SECONDS", 0.2)
        stages: list[Stage] = []
        with turns, pytest.raises(LimitError) as caught:
            read_upload(as_bytes(document(1)), name="x.json", state_dir=tmp_path / "state", progress=stages.append)
        assert caught.value.key == "reading.busy"
        assert stages == [Stage.WAITING]
        assert run("echo", tmp_path)["size"] == 2

    def test_never_more_than_two_at_once(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        running, most, guard = 0, 0, threading.Lock()
        run_child = isolated._run_child

        def counted(*args: Any, **options: Any) -> None:
            nonlocal running, most
            with guard:
                running += 1
                most = max(most, running)
            try:
                run_child(*args, **options)
            finally:
                with guard:
                    running -= 1

        monkeypatch.setattr(isolated, "_run_child", counted)
        errors: list[WijktwinError] = []

        def one() -> None:
            try:
                run("echo", tmp_path)
            except WijktwinError as error:
                errors.append(error)

        threads = [threading.Thread(target=one) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (most, errors) == (isolated.N_AT_ONCE, [])


def until(happened: Callable[[], bool], *, seconds: float = 60.0) -> None:
    """Let others work until something has happened, or for so long."""
    deadline = time.monotonic() + seconds
    while not happened() and time.monotonic() < deadline:
        os.sched_yield()


def is_alive(process: int) -> bool:
    """Whether a process runs; one that ended and was not yet buried does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_only_functions_of_our_own_sources_are_called(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not below"), run_isolated("os:system", data=b"", name="x", state_dir=tmp_path):
        pass
