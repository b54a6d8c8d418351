"""The environment and .env: what cannot be used is said without giving a key away."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import SettingsError
from ingest.settings import read_settings

KEY = "sk-hemlig-0123456789"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"CITYGROUP_LLM_API_KEY: {KEY}", "line 2: expected CITYGROUP_LLM_API_KEY=value"),
        (f"CITYGROUP_LLM_API_KEY {KEY}", "line 2: expected CITYGROUP_LLM_API_KEY=value"),
        (KEY, "line 2: expected NAME=value"),
        (f"CITYGROUP_{KEY}", "line 2: expected NAME=value"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_without_its_value(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / ".env").write_text(f"CITYGROUP_LLM_MODEL=m\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        read_settings({}, tmp_path / ".env")
    assert said in str(error.value)
    assert "hemlig" not in str(error.value)


def test_an_address_without_a_model_is_said() -> None:
    with pytest.raises(SettingsError, match="CITYGROUP_LLM_MODEL is not"):
        read_settings({"CITYGROUP_LLM_BASE_URL": "http://localhost:11434/v1"}, None)
