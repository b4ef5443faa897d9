"""Warming compiles everything that real files need: reading one compiles nothing more."""

from __future__ import annotations

import pytest

from tests.sources.small_documents import as_bytes, document, feature, sequence
from wijktwin.sources.cityjson import document as reading_document
from wijktwin.sources.cityjson import ears, lifting_pass, measures, read_city_model
from wijktwin.sources.cityjson.warming import warm_reader

COMPILED = {
    "lift_pass": lifting_pass.lift_pass, "are_below": lifting_pass.are_below, "ears": ears._cut_all, "normals": measures._ring_normals,
    "shells": measures._shells, "flatness": measures._flatness,
}  # fmt: skip


def signatures() -> dict[str, int]:
    return {name: len(function.signatures) for name, function in COMPILED.items()}  # type: ignore[attr-defined]


def test_after_warming_nothing_is_left_to_compile(monkeypatch: pytest.MonkeyPatch) -> None:
    warm_reader()
    warmed = signatures()
    assert all(warmed.values())
    monkeypatch.setattr(reading_document, "LIFTED_FROM", 0)
    read_city_model(as_bytes(document(3)))
    read_city_model(sequence([feature(0), feature(1)]))
    assert signatures() == warmed
