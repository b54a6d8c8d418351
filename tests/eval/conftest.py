"""A small invented library and an assistant that answers from a table: the evaluation needs no index and no model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from answer.model import Answer, Citation, Claim, NoAnswer, Query, Understanding
from eval.cases import Case, Mention
from index.model import SearchHit, SearchResult
from ingest.model import Fact, Meeting, Page, Passage, RegionChapter, Report, Span

MEETING = Meeting("2031-05-04", ("2031-05-04",), "Nätverksträff 4 maj 2031", "Ljus")
LATER = Meeting("2033-10-02", ("2033-10-01", "2033-10-02"), "Nätverksträff 1-2 oktober 2033")


def passage(document: str, order: int, page: Page, quote: str, region: str | None, towns: tuple[str, ...]) -> Passage:
    start = page.text.find(quote)
    span = Span(page.number, max(start, 0), max(start, 0) + len(quote))
    return Passage(f"{document}-{order}", document, order, "bullet", quote, quote, (span,), region=region, towns=towns)


PAGES = (
    Page(1, "Innehåll\nFjäll 2\nKust 4\nVärdstad Fjäll: Granvik"),
    Page(2, "REGION FJÄLL\n• Granvik köpte ljusslingor för 25 000 kr.\n• Lyktvandring varje fredag i novem-\nber."),
    Page(3, "REGION FJÄLL\n• Alvsta delade ut isskrapor till alla som parkerade"),
    Page(4, "i gallerian.\nREGION KUST\n• Hamnö bytte lampor i hela hamnen."),
)
REPORT = Report(
    "mote-2031.pdf",
    "aa",
    "meeting",
    "Nätverksträff maj 2031",
    PAGES,
    MEETING,
    regions=(RegionChapter("Fjäll", "Granvik", (2, 3)), RegionChapter("Kust", None, (4, 4))),
    passages=(
        passage("mote-2031.pdf", 1, PAGES[1], "Granvik köpte ljusslingor för 25 000 kr.", "Fjäll", ("Granvik",)),
        passage("mote-2031.pdf", 2, PAGES[1], "Lyktvandring varje fredag i november.", "Fjäll", ()),
        replace(
            passage(
                "mote-2031.pdf", 3, PAGES[2], "Alvsta delade ut isskrapor till alla som parkerade", "Fjäll", ("Alvsta",)
            ),
            quote="Alvsta delade ut isskrapor till alla som parkerade i gallerian.",
            spans=(Span(3, 15, 66), Span(4, 0, 12)),
        ),
        passage("mote-2031.pdf", 4, PAGES[3], "Hamnö bytte lampor i hela hamnen.", "Kust", ("Hamnö",)),
    ),
    facts=(Fact("host_town", "Granvik", "Värdstad Fjäll: Granvik", Span(1, 24, 47), "Fjäll"),),
)
UNPAGED = (
    Page(None, "Region Fjäll\n- Granvik testade ljuskonst.\nRegion Kust\n- Hamnö testade ljuskonst på bryggan."),
)
LATER_REPORT = Report(
    "mote-2033.md",
    "bb",
    "meeting",
    "Nätverksträff oktober 2033",
    UNPAGED,
    LATER,
    passages=(
        passage("mote-2033.md", 1, UNPAGED[0], "Granvik testade ljuskonst.", "Fjäll", ("Granvik",)),
        passage("mote-2033.md", 2, UNPAGED[0], "Hamnö testade ljuskonst på bryggan.", "Kust", ("Hamnö",)),
    ),
)


@dataclass(frozen=True)
class FakeLibrary:
    reports: tuple[Report, ...] = (REPORT, LATER_REPORT)


@dataclass
class FakeSearcher:
    """Ranks every passage that shares a word with the text first, then the others."""

    library: FakeLibrary

    def search(self, text: str) -> SearchResult:
        words = set(text.casefold().split())
        passages = [p for r in self.library.reports for p in r.passages]
        hits = [SearchHit(p, 0.9 if words & set(p.text.casefold().split()) else 0.1) for p in passages]
        return SearchResult(tuple(sorted(hits, key=lambda h: (-h.probability, h.passage.id))))


@dataclass
class FakeAssistant:
    """Answers from `answers` (by question); refuses what is not there; raises what is an exception."""

    answers: dict[str, Answer | Exception | None] = field(default_factory=dict)
    library: FakeLibrary = field(default_factory=FakeLibrary)
    asked: list[Query] = field(default_factory=list)

    @property
    def searcher(self) -> FakeSearcher:
        return FakeSearcher(self.library)

    def answer(self, query: Query) -> Answer | NoAnswer:
        self.asked.append(query)
        found = self.answers.get(query.question)
        if isinstance(found, Exception):
            raise found
        if found is None:
            return NoAnswer(query, Understanding(query.question), "Rapporterna säger inget om det.", seconds=0.01)
        return replace(found, query=query)


def cite(number: int, source: Passage, report: Report) -> Citation:
    pages = source.pages
    return Citation(
        number,
        source.document,
        report.title,
        report.meeting,
        source.region,
        None,
        source.page,
        pages,
        source.question,
        source.town,
        source.quote,
        source.id,
    )


def answer_of(*sources: tuple[Report, int]) -> Answer:
    """A right answer: one claim with one citation per (report, order of its passage)."""
    citations, claims = [], []
    for number, (report, order) in enumerate(sources, 1):
        source = next(p for p in report.passages if p.order == order)
        citations.append(cite(number, source, report))
        claims.append(Claim(source.text, source.town, (number,)))
    text = "\n".join(f"- {c.text} [{c.citations[0]}]" for c in claims)
    query = Query("Vem gör något med ljus?")
    return Answer(query, Understanding("ljus"), "Så här gör de.", text, tuple(claims), tuple(citations), seconds=0.02)


@dataclass(frozen=True)
class World:
    """Everything a test needs: reports, assistant, a right answer with its case, and ways to plant errors."""

    report: Report = REPORT
    later: Report = LATER_REPORT
    library: FakeLibrary = FakeLibrary()
    case: Case = Case(
        "ljus",
        "aggregate",
        "tune",
        "Vem gör något med ljus?",
        expected=(
            Mention("mote-2031", "Fjäll", 2, "Granvik", ("ljusslingor", "25000")),
            Mention("mote-2031", "Fjäll", 3, "Alvsta", ("isskrapor",)),
            Mention("mote-2031", "Kust", 4, "Hamnö", ("lampor",)),
            Mention("mote-2033", "Kust", None, "Hamnö", ("ljuskonst",)),
        ),
        accepted=(Mention("mote-2031", "Fjäll", 2, None, ("lyktvandring",)),),
    )
    refusal: Case = Case("visby", "refusal", "held", "Vad kostar en tomt på månen?", answerable=False)

    @property
    def right(self) -> Answer:
        return answer_of((REPORT, 1), (REPORT, 2), (REPORT, 3), (REPORT, 4), (LATER_REPORT, 2))

    def assistant(self, **answers: Answer | Exception | None) -> FakeAssistant:
        """Answers the case rightly; `answers` by case id take its place."""
        by_id = {"ljus": self.case.question, "visby": self.refusal.question}
        table: dict[str, Answer | Exception | None] = {self.case.question: self.right}
        table.update({by_id.get(key, key): value for key, value in answers.items()})
        return FakeAssistant(table)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def plant() -> Callable[..., Answer]:
    """`plant(answer, 3, region="Kust")`: the same answer with one citation changed."""

    def change(answer: Answer, number: int, **fields: object) -> Answer:
        changed = tuple(replace(c, **fields) if c.number == number else c for c in answer.citations)  # type: ignore[arg-type]
        return replace(answer, citations=changed)

    return change
