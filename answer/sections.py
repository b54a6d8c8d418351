"""What a region or a meeting said under one of the report's own questions or headings.

"Vilka svårigheter såg region Norr?" asks for everything under "Vilka utmaningar ser ni framöver?", also for a bullet
that shares nothing with the question. Used only where the question is put to a region, a meeting, a town or a document.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from answer.model import Understanding
from answer.question import plain
from index.lexical import LexicalIndex
from index.words import content_words, stems
from ingest.model import Passage

Share = Callable[[str], float]  # of some words, 0 to 1, that a text has

COVERED = 0.65  # of the question's content words, weighted by rarity, that a label must have: all, or synonyms of them
NEARLY = 0.9  # of the best label's share, where no label has all the words: a second label must have as many
NAMED = 0.8  # of a heading's content words that the question must have
_NO_LABEL = frozenset(
    stems("hur vad vilka vilken vilket när var vem varför kan ska vi ni man är har finns för i på av att och")
)


class Sections:
    """The labels of all passages: each sentence of a report's question, and each heading, with what stands below."""

    def __init__(self, passages: Sequence[Passage], lexical: LexicalIndex) -> None:
        self._lexical = lexical
        self._size = len(passages)
        self._questions: dict[tuple[str, str], list[int]] = defaultdict(list)  # by document and label
        self._headings: dict[str, list[int]] = defaultdict(list)
        for number, passage in enumerate(passages):
            for sentence in _sentences(passage.question):
                self._questions[passage.document, sentence].append(number)
            if passage.heading and not passage.towns:
                self._headings[passage.heading].append(number)
        self._context: dict[str, str] = {}  # all questions of a document: what its meeting was about
        for document in dict.fromkeys(passage.document for passage in passages):
            asked = {p.question or "" for p in passages if p.document == document}
            self._context[document] = " ".join(sorted(asked))

    def asked_for(self, understood: Understanding, question: str, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which passages (n,) stand under a label that the question asks for, of those `inside`."""
        found = np.zeros(self._size, dtype=bool)
        if understood.figure or not (
            understood.regions or understood.meetings or understood.towns or understood.documents
        ):
            return found
        if not understood.topic:
            return self._literally(question, inside)
        covers = self._lexical.overlap(understood.text)
        terms = [self._lexical.overlap(word) for word in content_words(understood.text)]
        named: dict[str, list[int]] = defaultdict(list)
        in_context: dict[str, list[tuple[float, list[int]]]] = defaultdict(list)
        for (document, label), numbers in self._questions.items():
            if admitted := [n for n in numbers if inside[n]]:
                if (share := covers(label)) >= COVERED:
                    named[document] += admitted
                elif self._asks_for(label, terms, document):
                    in_context[document].append((share, admitted))
        for document, labels in in_context.items():
            best = max(share for share, _ in labels)
            named[document] = named[document] or [n for share, below in labels if share >= NEARLY * best for n in below]
        for below in named.values():
            found[below] = True
        for label, numbers in self._headings.items():
            admitted = [n for n in numbers if inside[n]]
            if admitted and (
                covers(label) >= COVERED or (content_words(label) and self._names(understood.text, label))
            ):
                found[admitted] = True
        return found

    def _asks_for(self, label: str, terms: Sequence[Share], document: str) -> bool:
        """Whether a label has the question's words but for some, not the first, that the whole meeting was about."""
        own = [term(label) >= COVERED for term in terms]
        return own[0] and sum(own) * 2 >= len(terms) and all(term(self._context[document]) >= COVERED for term in terms)

    def _names(self, question: str, heading: str) -> bool:
        return self._lexical.overlap(heading)(question) >= NAMED

    def _literally(self, question: str, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """For a question without content words: labels of such words alone, all of which it has ("gå vidare")."""
        found = np.zeros(self._size, dtype=bool)
        asked = _stems(question)
        labels = [(label, numbers) for (_, label), numbers in self._questions.items()]
        for label, numbers in [*labels, *self._headings.items()]:
            words = _stems(label) - _NO_LABEL
            if words and not content_words(label) and words <= asked:
                found[[n for n in numbers if inside[n]]] = True
        return found


def _stems(text: str) -> set[str]:
    """Stems without the ending of short verbs (gå, går)."""
    return {stem.removesuffix("r") for stem in stems(plain(text))}


def _sentences(question: str | None) -> list[str]:
    """The sentences of a report's question, without its number and what stands in brackets."""
    bare = re.sub(r"\([^)]*\)|^\s*\d{1,2}\s*[.)]\s*", " ", question or "")
    return [sentence.strip() for sentence in re.split(r"(?<=[?.!])\s+", bare) if sentence.strip()]
