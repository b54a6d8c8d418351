"""Replies kept in a folder and taken from it again, so that an evaluation with a language model can be repeated.

One file for each prompt, named by the hash of model and messages. Errors are not kept. No key is ever written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from answer.llm_client import LanguageModel, Limit
from answer.llm_prompt import Messages


class RecordedModel:
    """A model whose replies are asked for once; later runs with the same prompts need no model at all."""

    def __init__(self, model: LanguageModel, folder: Path) -> None:
        self._model, self._folder = model, folder
        self.name = model.name

    def reply(self, messages: Messages, limit: Limit, stream: bool) -> Iterator[str]:
        path = self._folder / f"{_key(self.name, messages)}.json"
        if path.is_file():
            yield json.loads(path.read_text(encoding="utf-8"))["reply"]
            return
        pieces = []
        for piece in self._model.reply(messages, limit, stream):
            pieces.append(piece)
            yield piece
        self._folder.mkdir(parents=True, exist_ok=True)
        record = {"model": self.name, "messages": [list(message) for message in messages], "reply": "".join(pieces)}
        waiting = path.with_suffix(f".{id(pieces):x}.tmp")
        waiting.write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")
        waiting.replace(path)


def _key(model: str, messages: Messages) -> str:
    return hashlib.sha256(json.dumps([model, messages], ensure_ascii=False).encode()).hexdigest()[:24]
