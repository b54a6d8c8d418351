"""A small invented library, its extractive answer, and a writer over it, for the language model's tests.

Places are real so that the gazetteer knows them; what is said of them is invented.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from answer.compose import compose
from answer.grounding import Grounding
from answer.language_model import Writer
from answer.llm_client import LlamaIndexModel
from answer.model import Answer, Query, Understanding
from index.lexical import LexicalIndex
from index.library import Library
from index.model import Manifest, SearchHit
from index.words import stems
from ingest.model import Meeting, Page, Passage, RegionChapter, Report, Span
from ingest.settings import LanguageModelSettings
from tests.answer.fake_llm_server import FakeServer

DIMENSIONS = 256
QUESTION = "1. Hur arbetar ni med presentkort?"
SPRING = Meeting("2031-02-09", ("2031-02-09",), "Citygroupträff 9 februari 2031", "Handel")
AUTUMN = Meeting("2033-10-02", ("2033-10-01", "2033-10-02"), "Citygroupträff 1-2 oktober 2033")

STATEMENTS = (  # report, page, region, towns, text
    ("a.pdf", 3, "Väst", ("Falköping",), "Falköping gav alla anställda presentkort i jul, värda 4 miljoner kronor."),
    ("a.pdf", 3, "Väst", ("Varberg",), "Varberg säljer digitala presentkort i 80 butiker sedan i maj."),
    ("a.pdf", 7, "Syd", ("Lund",), "Lund har ett tryckt presentkort som köps i stadshuset."),
    ("b.pdf", 5, "Norr", ("Piteå",), "Piteå ökade försäljningen av presentkort med 25 procent."),
    ("b.pdf", 6, "Norr", ("Umeå",), "Umeå säljer presentkortet i biblioteket och på turistbyrån."),
)  # fmt: skip

KEY = "sk-hemlig-0123456789"
GOOD = (
    "I Falköping fick alla anställda presentkort i jul [1]. Varberg säljer digitala presentkort i 80 butiker [2].\n\n"
    "- Lund har ett tryckt presentkort [3].\n- Piteå ökade försäljningen av presentkort med 25 procent [4].\n"
    "- Umeå säljer presentkortet i biblioteket [5]."
)


def encode(text: str) -> NDArray[np.float32]:
    """Stems as a unit vector: texts of the same words are the same, other texts are not."""
    vector = np.zeros(DIMENSIONS, np.float32)
    for word in stems(text):
        vector[int(hashlib.sha256(word.encode()).hexdigest(), 16) % DIMENSIONS] += 1
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


def library(statements: tuple[tuple[str, int, str, tuple[str, ...], str], ...] = STATEMENTS) -> Library:
    reports = []
    for document, meeting in (("a.pdf", SPRING), ("b.pdf", AUTUMN)):
        own = [s for s in statements if s[0] == document]
        pages = {number: "\n".join(s[4] for s in own if s[1] == number) for number in sorted({s[1] for s in own})}
        passages = tuple(
            Passage(
                f"{document}-{order}", document, order, "bullet", text, text,
                (Span(page, pages[page].index(text), pages[page].index(text) + len(text)),),
                region=region, question=QUESTION, question_number=1, towns=towns,
            )
            for order, (_, page, region, towns, text) in enumerate(own)
        )  # fmt: skip
        hosts = {"Väst": "Borås", "Syd": "Ystad", "Norr": "Luleå"}
        regions = tuple(RegionChapter(r, hosts.get(r), (1, 9)) for r in dict.fromkeys(s[2] for s in own))
        reports.append(
            Report(
                document, document, "meeting", f"Dokumentation {meeting.label}",
                tuple(Page(number, text) for number, text in pages.items()), meeting,
                regions=regions, passages=passages,
            )
        )  # fmt: skip
    passages = tuple(p for report in reports for p in report.passages)
    vectors = np.stack([encode(f"{p.question}\n{p.text}") for p in passages])
    return Library("1", Manifest("test", "0", DIMENSIONS), tuple(reports), passages, vectors, vectors)


@dataclass(frozen=True)
class Setting:
    library: Library
    grounding: Grounding
    answer: Answer


def setting(
    statements: tuple[tuple[str, int, str, tuple[str, ...], str], ...] = STATEMENTS,
    passage: dict[str, str] | None = None,
    **query: object,
) -> Setting:
    """Library, checks and the extractive answer that cites every passage, in order [1], [2], ...

    `passage` changes all passages, for example their heading.
    """
    lib = library(statements)
    if passage:
        lib = replace(lib, passages=tuple(replace(p, **passage) for p in lib.passages))  # type: ignore[arg-type]
    lexical = LexicalIndex.build(lib.passages)
    grounding = Grounding(lib, lexical.overlap, encode)
    asked = replace(Query("vad gör andra städer med presentkort?"), **query)  # type: ignore[arg-type]
    understood = Understanding("presentkort", asked.question)
    hits = [SearchHit(p, 0.9 - 0.001 * place) for place, p in enumerate(lib.passages)]
    answer = compose(asked, understood, hits, lib, lexical.overlap("presentkort"))
    return Setting(lib, grounding, answer)


def model(server: FakeServer, provider: str = "openai-compatible", **options: object) -> LlamaIndexModel:
    base = server.url if provider == "openai-compatible" else server.root
    settings = LanguageModelSettings(provider, "snäll-modell", base, KEY)
    return LlamaIndexModel(replace(settings, **options))  # type: ignore[arg-type]


def writer(server: FakeServer, found: Setting, timeout: float = 10.0, context: int = 8192) -> Writer:
    return Writer(model(server), found.grounding, timeout, context)
