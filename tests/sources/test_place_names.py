"""What a place is called where only a folder or a file has a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sources import small_documents
from wijktwin.sources.fetching.prepare import prepare_neighbourhood
from wijktwin.sources.place_names import place_name
from wijktwin.sources.prepared import open_neighbourhood


@pytest.mark.parametrize(
    ("bare", "told"),
    [
        ("delft", "Delft"),
        ("bergen-op-zoom", "Bergen op Zoom"),
        ("de_hoef", "De Hoef"),
        ("ijmuiden", "IJmuiden"),
        ("rotterdam_delfshaven_v20", "Rotterdam Delfshaven v20"),
        ("'s-hertogenbosch", "'s Hertogenbosch"),
        ("Den Haag", "Den Haag"),
        ("WK030710", "WK030710"),
        ("-", "-"),
    ],
)
def test_a_bare_name_is_written_as_a_name(bare: str, told: str) -> None:
    assert place_name(bare) == told


def test_folders_and_files_without_a_name_get_one_and_a_name_that_is_there_stays(tmp_path: Path) -> None:
    source = tmp_path / "oud-west.city.jsonl"
    source.write_bytes(small_documents.sequence([small_documents.feature(n) for n in range(3)]))
    assert open_neighbourhood(source, state_dir=tmp_path / "state").name == "Oud West"
    made = tmp_path / "nieuw_oost"
    prepare_neighbourhood([source], [], made)
    facts = made / "neighbourhood.toml"
    assert 'name = "Nieuw Oost"' in facts.read_text(encoding="utf-8")
    facts.write_text(facts.read_text(encoding="utf-8").replace("Nieuw Oost", "de vogelbuurt"), encoding="utf-8")
    assert open_neighbourhood(made, state_dir=tmp_path / "state").name == "de vogelbuurt"
    facts.unlink()
    assert open_neighbourhood(made, state_dir=tmp_path / "state").name == "Nieuw Oost"
