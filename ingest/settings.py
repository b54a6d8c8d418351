"""The environment, read in one place."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ingest.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class LanguageModelSettings:
    """CITYGROUP_LLM_*; `model` None means: no language model. `timeout` in seconds for the whole reply.

    `context` is the number of tokens that prompt and reply may take together. `record` is a folder where replies are
    kept and taken from, so that an evaluation can be repeated. `trace` sends OpenTelemetry spans to "console" or to the
    address of an OTLP collector.
    """

    provider: str = "openai-compatible"
    model: str | None = None
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    timeout: float = 60.0
    context: int = 8192
    record: Path | None = None
    trace: str | None = None


@dataclass(frozen=True)
class Settings:
    corpus: Path
    index: Path
    chroma_url: str | None = None
    embedding_model: str | None = None  # None: the bundled multilingual-e5-small
    llm: LanguageModelSettings = LanguageModelSettings()


def _dotenv(path: Path) -> dict[str, str]:
    """NAME=value lines of a .env file; comments and blank lines passed over, quotes removed."""
    if not path.is_file():
        return {}
    values = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = line.strip().removeprefix("export ")
        if not line or line.startswith("#"):
            continue
        key, separator, value = line.partition("=")
        if not separator:  # the line itself is left out: it may hold a key
            name = re.match(r"CITYGROUP_[A-Z_]+(?=\W)", line)
            raise SettingsError(f"{path}, line {number}: expected {name.group() if name else 'NAME'}=value")
        values[key.strip()] = value.strip().strip("'\"")
    return values


def read_settings(environ: Mapping[str, str] | None = None, dotenv: Path | None = ROOT / ".env") -> Settings:
    """Settings from the environment, else from .env, else the defaults.

    Raises SettingsError naming the variable and its value.
    """
    values = {**(_dotenv(dotenv) if dotenv else {}), **(os.environ if environ is None else environ)}

    def get(name: str) -> str | None:
        return values.get(f"CITYGROUP_{name}", "").strip() or None

    provider = get("LLM_PROVIDER") or "openai-compatible"
    if provider not in ("openai-compatible", "anthropic"):
        raise SettingsError(f"CITYGROUP_LLM_PROVIDER is {provider!r}; use 'openai-compatible' or 'anthropic'")
    timeout_text = get("LLM_TIMEOUT") or "60"
    try:
        timeout = float(timeout_text)
    except ValueError:
        timeout = -1.0
    if not 0 < timeout < 86_400:
        raise SettingsError(f"CITYGROUP_LLM_TIMEOUT is {timeout_text!r}; give seconds, for example 60")
    context_text = get("LLM_CONTEXT") or "8192"
    if not (context_text.isdecimal() and 1024 <= int(context_text) <= 10_000_000):
        raise SettingsError(f"CITYGROUP_LLM_CONTEXT is {context_text!r}; give tokens, 1024 or more, for example 8192")
    if get("LLM_BASE_URL") and not get("LLM_MODEL"):
        raise SettingsError("CITYGROUP_LLM_BASE_URL is set, but CITYGROUP_LLM_MODEL is not; name the model there")
    record = get("LLM_RECORD")
    return Settings(
        corpus=Path(get("CORPUS") or ROOT / "corpus"),
        index=Path(get("INDEX") or ROOT / ".index"),
        chroma_url=get("CHROMA_URL"),
        embedding_model=get("EMBEDDING_MODEL"),
        llm=LanguageModelSettings(
            provider,
            get("LLM_MODEL"),
            get("LLM_BASE_URL"),
            get("LLM_API_KEY"),
            timeout,
            int(context_text),
            Path(record) if record else None,
            get("LLM_TRACE"),
        ),
    )
