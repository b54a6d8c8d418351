"""How well the checks of a language model's sentences tell true from false: python -m eval.grounding

Every passage of eval/grounding.yaml that the index holds is cited by each of its sentences, and each true sentence is
also made to cite the passages that the search finds nearest to it, of which it says nothing.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from answer.assemble import open_assistant
from answer.assistant import Assistant
from answer.compose import compose
from answer.grounding import Grounding
from answer.llm_text import Sentence, blocks
from answer.model import Query, Understanding
from index.embedding import load_encoder
from index.model import SearchHit
from ingest.errors import CitygroupError
from ingest.model import Passage
from ingest.settings import read_settings

SENTENCES = Path(__file__).with_name("grounding.yaml")
OTHERS = 3


def load_sentences(path: Path = SENTENCES) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return cases


def cited(text: str, number: int = 1) -> Sentence:
    """The one sentence of a text, citing a number."""
    (sentence,) = (s for block in blocks(f"{text} [{number}]") for s in block.sentences)
    return sentence


def fault(grounding: Grounding, assistant: Assistant, passage: Passage, text: str) -> str | None:
    hits = [SearchHit(passage, 1.0)]
    answer = compose(Query(text), Understanding("", text), hits, assistant.library, lambda _: 1.0)
    return grounding.fault(cited(text), grounding.evidence(answer))


def measure(assistant: Assistant, grounding: Grounding) -> Counter[tuple[str, bool]]:
    """How many sentences stand (True) or fall, of those that "stands", "falls" or cite "another passage"."""
    passages = {p.text[:60]: p for p in assistant.library.passages}
    found: Counter[tuple[str, bool]] = Counter()
    for case in load_sentences():
        passage = passages.get(case["text"][:60])
        if passage is None:
            continue
        for kind in ("stands", "falls"):
            for text in case[kind]:
                found[kind, fault(grounding, assistant, passage, text) is None] += 1
        for text in case["stands"]:
            hits = [h.passage for h in assistant.searcher.search(text).hits if h.passage.text != passage.text]
            for other in hits[:OTHERS]:
                found["another passage", fault(grounding, assistant, other, text) is None] += 1
    return found


def main() -> int:
    try:
        settings = read_settings()
        assistant = open_assistant(settings)
        encoder = load_encoder(settings)
    except CitygroupError as error:
        print(error, file=sys.stderr)
        return 1
    found = measure(assistant, Grounding(assistant.library, assistant.searcher.lexical.overlap, encoder.encode_query))
    for kind in ("stands", "falls", "another passage"):
        stood = found[kind, True]
        print(f"{kind}: {stood} of {stood + found[kind, False]} sentences stand")
    return 0


if __name__ == "__main__":
    sys.exit(main())
