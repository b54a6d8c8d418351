"""Passages and their vectors in a Chroma collection, through llama-index's vector store.

An embedded collection lives in a folder of its own index generation and is never written again once published, since two
processes must not write one Chroma folder. With a server, each generation is a collection of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlparse

import numpy as np
from numpy.typing import NDArray

from ingest.errors import IndexMissing, SettingsError
from ingest.model import Passage

BATCH = 1_000
REBUILD = "Rebuild it with: python -m ingest"
Stored = dict[str, tuple[str, NDArray[np.float32]]]  # passage id -> the embedded text and its vector


class ChromaStore:
    """One collection of passages. `folder` for the embedded database, or `url` of a Chroma server."""

    def __init__(self, collection: str, folder: Path | None = None, url: str | None = None) -> None:
        import chromadb
        from chromadb.config import Settings as ChromaSettings

        quiet = ChromaSettings(anonymized_telemetry=False)
        self._name = collection
        if url:
            parts = urlparse(url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise SettingsError(f"CITYGROUP_CHROMA_URL is {url!r}; give an address such as http://localhost:8000")
            try:
                self._client = chromadb.HttpClient(
                    host=parts.hostname,
                    port=parts.port or (443 if parts.scheme == "https" else 8000),
                    ssl=parts.scheme == "https",
                    settings=quiet,
                )
            except Exception as error:  # the client raises whatever its transport does
                raise IndexMissing(
                    f"No Chroma server answers at {url} ({error}). Start it, or unset CITYGROUP_CHROMA_URL."
                ) from error
        else:
            if folder is None:
                raise ValueError("a folder or a url is needed")
            try:
                self._client = chromadb.PersistentClient(path=str(folder), settings=quiet)
            except Exception as error:  # a damaged database raises whatever its engine does
                raise IndexMissing(f"The vector store {folder} cannot be opened ({error}). {REBUILD}") from error

    def write(self, passages: Sequence[Passage], texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Store passages anew with the text that was embedded and its vector (n, d)."""
        from llama_index.core.schema import BaseNode, TextNode
        from llama_index.vector_stores.chroma import ChromaVectorStore

        collection = self._client.get_or_create_collection(self._name, metadata={"hnsw:space": "cosine"})
        store = ChromaVectorStore(chroma_collection=collection)
        for start in range(0, len(passages), BATCH):
            nodes: list[BaseNode] = [
                TextNode(
                    id_=passage.id,
                    text=text,
                    embedding=vector.tolist(),
                    metadata={
                        "document": passage.document,
                        "region": passage.region or "",
                        "town": passage.town or "",
                        "page": passage.page if passage.page is not None else -1,
                    },
                )
                for passage, text, vector in zip(
                    passages[start : start + BATCH],
                    texts[start : start + BATCH],
                    vectors[start : start + BATCH],
                    strict=True,
                )
            ]
            store.add(nodes)

    def read(self) -> Stored:
        """What is stored for every passage. Raises IndexMissing where there is nothing or it cannot be read."""
        try:
            collection = self._client.get_collection(self._name)
            found: Stored = {}
            for offset in range(0, collection.count(), BATCH):
                batch = collection.get(include=["embeddings", "documents"], limit=BATCH, offset=offset)
                embeddings, documents = batch["embeddings"], batch["documents"]
                if embeddings is None or documents is None:
                    raise ValueError("it holds no vectors")
                for key, text, vector in zip(batch["ids"], documents, embeddings, strict=True):
                    found[key] = (text, np.asarray(vector, dtype=np.float32))
        except Exception as error:  # the client raises whatever its engine or transport does
            raise IndexMissing(
                f"The vector store has no readable collection {self._name!r} ({error}). {REBUILD}"
            ) from error
        return found

    def drop(self) -> None:
        """Remove the collection (of a generation that is no longer used)."""
        import contextlib

        with contextlib.suppress(Exception):
            self._client.delete_collection(self._name)
