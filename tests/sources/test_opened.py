"""A neighbourhood is read once: the prepared copy is used while file and code stay the same, and made anew when they change."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.sources.small_documents import CUBE_VOLUME, as_bytes, document, feature, sequence
from wijktwin import places
from wijktwin.errors import InputError
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.sources import prepared
from wijktwin.sources.cityjson.read import read_city_model
from wijktwin.sources.file_lock import locked
from wijktwin.sources.prepared import open_neighbourhood
from wijktwin.sources.prepared_folder import write_prepared


class Counted:
    """How often files were really read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.n_reads = 0

        def counting(*args: Any, **options: Any) -> Any:
            self.n_reads += 1
            return read_city_model(*args, **options)

        monkeypatch.setattr(prepared, "read_city_model", counting)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(monkeypatch)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "wijk.v2.city.json"
    path.write_bytes(as_bytes(document(3)))
    return path


def age(path: Path, seconds: float = 100.0) -> None:
    """Make a file look as if it was written a while ago."""
    stamp = path.stat().st_mtime - seconds
    os.utime(path, (stamp, stamp))


def test_a_file_is_read_once(file: Path, tmp_path: Path, counted: Counted) -> None:
    first, second = (open_neighbourhood(file, state_dir=tmp_path / "state") for _ in range(2))
    assert counted.n_reads == 1
    assert first.name == second.name == "wijk.v2"
    assert first.key == second.key
    for made in (first, second):
        np.testing.assert_allclose(made.mesh.object_volumes(3), CUBE_VOLUME, rtol=1e-9)
        np.testing.assert_allclose(made.buildings.numbers["volume"], CUBE_VOLUME, rtol=1e-9)


def test_a_file_that_changed_is_read_again(file: Path, tmp_path: Path, counted: Counted) -> None:
    assert len(open_neighbourhood(file, state_dir=tmp_path / "state").buildings) == 3
    file.write_bytes(as_bytes(document(2)))
    assert len(open_neighbourhood(file, state_dir=tmp_path / "state").buildings) == 2
    file.write_bytes(as_bytes(document(3)))
    assert len(open_neighbourhood(file, state_dir=tmp_path / "state").buildings) == 3
    assert counted.n_reads == 2


def test_a_file_that_changed_within_its_time_stamp_is_not_mistaken_for_the_old_one(file: Path, tmp_path: Path) -> None:
    stamp = file.stat().st_mtime_ns
    open_neighbourhood(file, state_dir=tmp_path / "state")
    file.write_bytes(as_bytes(document(3)).replace(b"1965", b"1966"))
    os.utime(file, ns=(stamp, stamp))
    again = open_neighbourhood(file, state_dir=tmp_path / "state")
    assert again.buildings.numbers["year_built"].tolist() == [1966.0] * 3


def test_the_hash_of_a_settled_file_is_remembered(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "SETTLED_SECONDS", -1.0)
    open_neighbourhood(file, state_dir=tmp_path / "state")
    monkeypatch.setattr(prepared, "open_source", lambda *_args: pytest.fail("hashed again"))
    open_neighbourhood(file, state_dir=tmp_path / "state")


def test_name_and_reference_system_belong_to_the_copy(file: Path, tmp_path: Path, counted: Counted) -> None:
    state = tmp_path / "state"
    file.write_bytes(as_bytes({**document(3), "metadata": {}}))
    with pytest.raises(InputError) as caught:
        open_neighbourhood(file, state_dir=state)
    assert caught.value.key == "reading.crs_needed"
    assert open_neighbourhood(file, state_dir=state, crs=28992).reference_system.to_epsg() == 28992
    assert open_neighbourhood(file, state_dir=state, crs=7415).reference_system.to_epsg() == 7415
    assert open_neighbourhood(file, state_dir=state, crs=7415, name="De Hoef").name == "De Hoef"
    assert open_neighbourhood(file, state_dir=state, crs=28992).reference_system.to_epsg() == 28992
    assert counted.n_reads == 4


def test_other_code_makes_its_own_copy(file: Path, tmp_path: Path, counted: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    open_neighbourhood(file, state_dir=tmp_path / "state")
    monkeypatch.setattr(prepared, "code_version", lambda: "another")
    open_neighbourhood(file, state_dir=tmp_path / "state")
    assert counted.n_reads == 2


def test_a_damaged_copy_is_made_anew(file: Path, tmp_path: Path, counted: Counted) -> None:
    open_neighbourhood(file, state_dir=tmp_path / "state")
    array = next((tmp_path / "state" / "prepared").glob("*/mesh_triangles.npy"))
    array.write_bytes(array.read_bytes()[:-1])
    again = open_neighbourhood(file, state_dir=tmp_path / "state")
    assert counted.n_reads == 2
    np.testing.assert_allclose(again.mesh.object_volumes(3), CUBE_VOLUME, rtol=1e-9)


def test_many_at_once_read_it_once(file: Path, tmp_path: Path, counted: Counted) -> None:
    keys: list[str] = []
    threads = [threading.Thread(target=lambda: keys.append(open_neighbourhood(file, state_dir=tmp_path / "s").key)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 6
    assert len(set(keys)) == 1
    assert counted.n_reads == 1


def test_a_state_folder_that_cannot_be_written_is_no_reason_to_fail(file: Path, tmp_path: Path, counted: Counted) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    for _ in range(2):
        assert len(open_neighbourhood(file, state_dir=blocked).buildings) == 3
    assert counted.n_reads == 2


def test_a_bad_file_leaves_no_copy(tmp_path: Path) -> None:
    file = tmp_path / "bad.json"
    file.write_bytes(b"{}")
    for _ in range(2):
        with pytest.raises(InputError):
            open_neighbourhood(file, state_dir=tmp_path / "state")
    assert not [path for path in (tmp_path / "state" / "prepared").iterdir() if path.is_dir()]


def test_only_so_many_are_kept_and_the_last_opened_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted: Counted) -> None:
    monkeypatch.setattr(prepared, "N_KEPT", 2)
    files = []
    for n in range(3):
        files.append(tmp_path / f"{n}.city.jsonl")
        files[n].write_bytes(sequence([feature(n)]))
    for n, file in enumerate(files[:2]):
        open_neighbourhood(file, state_dir=tmp_path / "s")
        for folder in (tmp_path / "s" / "prepared").iterdir():
            if folder.is_dir():
                age(folder, 100.0 * (2 - n))
    open_neighbourhood(files[0], state_dir=tmp_path / "s")
    open_neighbourhood(files[2], state_dir=tmp_path / "s")
    before = counted.n_reads
    open_neighbourhood(files[0], state_dir=tmp_path / "s")
    open_neighbourhood(files[2], state_dir=tmp_path / "s")
    assert counted.n_reads == before
    open_neighbourhood(files[1], state_dir=tmp_path / "s")
    assert counted.n_reads == before + 1


def test_a_prepared_folder_is_opened_as_it_is(file: Path, tmp_path: Path) -> None:
    made = open_neighbourhood(file, state_dir=tmp_path / "state", name="Wijk")
    folder = write_prepared(made, tmp_path / "own")
    again = open_neighbourhood(folder, state_dir=tmp_path / "other")
    assert (again.name, again.key) == ("Wijk", made.key)
    assert not (tmp_path / "other").exists()


def test_a_folder_of_files_is_prepared_too(tmp_path: Path) -> None:
    folder = tmp_path / "wijk"
    folder.mkdir()
    (folder / "buildings.city.json").write_bytes(as_bytes(document(3)))
    (folder / "neighbourhood.toml").write_text('name = "Proefwijk"\nfictional = true\n', encoding="utf-8")
    first = open_neighbourhood(folder, state_dir=tmp_path / "state")
    assert (first.name, first.fictional, len(first.buildings)) == ("Proefwijk", True, 3)
    (folder / "buildings.city.json").write_bytes(as_bytes(document(1)))
    second = open_neighbourhood(folder, state_dir=tmp_path / "state")
    assert len(second.buildings) == 1
    assert first.key != second.key


def test_a_folder_with_nothing_in_it_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(InputError) as caught:
            open_neighbourhood(path, state_dir=tmp_path / "state")
        assert path.name in caught.value.sentence("nl")


def test_the_embedded_example_opens(tmp_path: Path) -> None:
    made, again = (open_neighbourhood(places.example_folder(), state_dir=tmp_path) for _ in range(2))
    assert isinstance(made, Neighbourhood)
    assert made.fictional
    assert made.key == again.key
    assert len(made.buildings) == len(again.buildings) > 500
    assert made.addresses.equals(again.addresses)


def test_a_lock_is_held_by_one_and_given_up_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    with locked(path, max_seconds=1), pytest.raises(TimeoutError), locked(path, max_seconds=0.1):
        pytest.fail("held by two")
    with locked(path, max_seconds=0.1):
        pass
