"""Markdown. The page text is the file as it stands, marks included, so that a quote can be found in it."""

from __future__ import annotations

from ingest.model import Page
from ingest.readers.extracted import Extracted, decode


def read_markdown(data: bytes, document: str) -> Extracted:
    return Extracted((Page(None, decode(data, document)),), markdown=True)
