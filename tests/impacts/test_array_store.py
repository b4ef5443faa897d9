"""Arrays on the disk: what computing them raises is heard once, and what stands in the way of keeping them stops nobody."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wijktwin.impacts.array_store import Arrays, ArrayStore


def numbers() -> Arrays:
    return {"n": np.arange(3)}


def always(_: Arrays) -> bool:
    return True


def store(folder: Path) -> ArrayStore:
    return ArrayStore(folder, most_bytes=10**6, is_compressed=False)


def test_a_file_that_is_missing_while_computing_is_not_taken_for_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tried = []

    def without_its_data() -> Arrays:
        tried.append(1)
        raise FileNotFoundError("data of ours")

    with pytest.raises(FileNotFoundError, match="data of ours"):
        store(tmp_path).arrays("k", without_its_data, is_right=always)
    assert len(tried) == 1
    assert store(tmp_path).arrays("k", numbers, is_right=always)["n"].tolist() == [0, 1, 2]


def test_what_cannot_be_written_is_computed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def counted() -> Arrays:
        made.append(1)
        return numbers()

    def is_full(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(np, "savez", is_full)
    assert store(tmp_path).arrays("k", counted, is_right=always)["n"].tolist() == [0, 1, 2]
    assert len(made) == 1
    assert not list(tmp_path.glob("*.part"))
    assert not list(tmp_path.glob("*.npz"))


def test_what_lies_in_a_folder_that_only_others_may_write_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store(tmp_path).arrays("k", numbers, is_right=always)

    def is_refused(*_: object, **__: object) -> None:
        raise PermissionError("not yours")

    monkeypatch.setattr(Path, "touch", is_refused)
    assert store(tmp_path).arrays("k", dict, is_right=always)["n"].tolist() == [0, 1, 2]
