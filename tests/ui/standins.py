"""Working stand-ins for the engine: a library over two invented reports, and an assistant that looks words up in it.

The PDF is typeset here with typst, so pages, columns, hyphenation and spans are real; nothing in it comes from a real
report.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import typst
from pypdf import PdfReader

from answer.model import Answer, Citation, Claim, NoAnswer, Query, Understanding
from index.model import Manifest
from ingest.model import Fact, Meeting, Page, Passage, RegionChapter, Report, Span

PDF = "traff-2022-03.pdf"
TEXT = "arvika-loppis.txt"

# (page, region, town, text); page 3 is set in two columns, the last passage of page 3 runs over to page 4
STATEMENTS = (
    (2, "Nord", "Piteå", "Piteå delar ut lotter till alla som handlar före klockan tolv på lördagar."),
    (
        2,
        "Nord",
        "Kiruna",
        "I Kiruna säljs presentkort i en digital plånbok, och försäljningen har fördubblats på två år.",
    ),
    (3, "Sydost", "Kalmar", "Kalmar räknar gästerna med sensorer i entréerna och jämför veckorna med varandra."),
    (3, "Sydost", "Växjö", "Växjö lånar ut gröna cyklar med presentkort på styret till sommarens kulturkvällar."),
    (
        3,
        "Sydost",
        "Karlskrona",
        "Karlskrona bjuder in butikerna till frukost varje månad för att samla erfarenheter inför kommande säsong",
    ),
)
ACROSS = "och skriver sedan ett gemensamt brev till fastighetsägarna."
QUESTION = "1. Hur lockar ni besökare på vardagar?"

TYPST = """
#set page(width: 150mm, height: 110mm, margin: 15mm)
#set text(lang: "sv", hyphenate: true, size: 11pt)
= Provträffen
3 mars 2022
#pagebreak()
== Region Nord
{nord}
#pagebreak()
== Region Sydost
#columns(2)[{sydost}]
#pagebreak()
{across}
"""

ARTICLE = """Loppis på torget

Arvika ordnar loppis på torget en lördag i månaden.
Arvika säljer presentkort vid loppisen, och föreningarna får var tionde krona.
Stånden kostar ingenting för den som är under arton år.
"""


def typeset(source: str) -> bytes:
    """A PDF of typst source."""
    return typst.compile(source.encode())


def span_of(text: str, page: Page) -> Span:
    """Where a text stands on a page, whatever was hyphenated or wrapped. Raises ValueError where it does not."""
    letters = [c for c in text if c.isalnum()]
    found = re.search(r"[^\w]*".join(map(re.escape, letters)), page.text)
    if found is None:
        raise ValueError(f"{text!r} is not on page {page.number}: {page.text!r}")
    return Span(page.number, found.start(), found.end())


@cache
def report_pdf() -> bytes:
    by_region: dict[str, list[str]] = {"Nord": [], "Sydost": []}
    for _, region, _, text in STATEMENTS:
        by_region[region].append(f"- {text}")
    return typeset(
        TYPST.format(nord="\n".join(by_region["Nord"]), sydost="\n".join(by_region["Sydost"]), across=ACROSS)
    )


@dataclass
class StandInLibrary:
    folder: Path
    generation: str = "g1"
    reports: tuple[Report, ...] = ()
    manifest: Manifest = field(default_factory=lambda: Manifest("stand-in", "0", 1, built="2026-01-02T10:00:00+00:00"))

    def __post_init__(self) -> None:
        if not self.reports:
            (self.folder / PDF).write_bytes(report_pdf())
            (self.folder / TEXT).write_text(ARTICLE, encoding="utf-8")
            self.reports = (_meeting_report(self.folder / PDF), _article())

    def report(self, document: str) -> Report:
        return next((r for r in self.reports if r.document == document), None) or _missing(document)

    def passage(self, passage_id: str) -> Passage:
        return next((p for r in self.reports for p in r.passages if p.id == passage_id), None) or _missing(passage_id)

    def file(self, document: str) -> Path:
        return self.folder / document


def _missing(key: str):  # type: ignore[no-untyped-def]
    raise KeyError(key)


def _meeting_report(path: Path) -> Report:
    pages = tuple(Page(n, page.extract_text()) for n, page in enumerate(PdfReader(path).pages, 1))
    passages = []
    for order, (page, region, town, text) in enumerate(STATEMENTS):
        spans = [span_of(text, pages[page - 1])]
        if town == "Karlskrona":
            spans.append(span_of(ACROSS, pages[page]))
            text = f"{text} {ACROSS}"
        passages.append(
            Passage(f"p{order}", PDF, order, "bullet", text, text, tuple(spans), region, QUESTION, 1, towns=(town,))
        )
    theme = Fact("meeting", "Provträffen", "Provträffen", span_of("Provträffen", pages[0]))
    return Report(
        PDF,
        hashlib.sha256(path.read_bytes()).hexdigest(),
        "meeting",
        "Dokumentation av provträffen",
        pages,
        Meeting("2022-03-03", ("2022-03-03",), "Provträffen 3 mars 2022", "Liv på torget", "fysisk"),
        regions=(
            RegionChapter("Nord", "Piteå", (2, 2), 7, ("Piteå", "Kiruna")),
            RegionChapter("Sydost", "Kalmar", (3, 4), 9, ("Kalmar", "Växjö", "Karlskrona")),
        ),
        passages=tuple(passages),
        facts=(theme,),
        warnings=("Omslaget nämner en annan värdstad än kapitlet.",),
    )


def _article() -> Report:
    page = Page(None, ARTICLE)
    passages = tuple(
        Passage(f"a{n}", TEXT, n, "paragraph", line, line, (span_of(line, page),), towns=("Arvika",) if n < 2 else ())
        for n, line in enumerate(ARTICLE.splitlines()[2:])
    )
    return Report(TEXT, "a" * 64, "article", "Loppis på torget", (page,), about=("Arvika",), passages=passages)


class StandInAssistant:
    """Answers with every passage that holds one of the question's longer words."""

    def __init__(self, library: StandInLibrary) -> None:
        self.library = library
        self.writer: object | None = None
        self.asked: list[Query] = []

    def answer(self, query: Query) -> Answer | NoAnswer:
        return self.find(query)

    def find(self, query: Query) -> Answer | NoAnswer:
        self.asked.append(query)
        read = query.understanding or self._understand(query)
        words = [w for w in re.findall(r"\w{6,}", read.topic.lower()) if w not in ("andra", "städer")]
        found = [
            p
            for r in self.library.reports
            for p in r.passages
            if any(w in p.text.lower() for w in words)
            and (not read.regions or p.region in read.regions)
            and (not read.towns or set(p.towns) & set(read.towns))
        ]
        citations = tuple(self.cite(p, n) for n, p in enumerate(found, 1))
        if not found:
            near = (self.cite(self.library.reports[0].passages[0], 1),)
            return NoAnswer(query, read, "Rapporterna säger inget om det.", near, ("Vad gör städer med presentkort?",))
        claims = tuple(
            Claim(p.text, p.town, (c.number,), p.region or c.title, folded=c.number > 2)
            for p, c in zip(found, citations, strict=True)
        )
        lead = f"Rapporterna nämner detta på {len(found)} ställen [1]."
        return Answer(query, read, lead, lead, claims, citations, seconds=0.01)

    def _understand(self, query: Query) -> Understanding:
        regions = tuple(r for r in ("Nord", "Sydost") if r.lower() in query.question.lower() or r == query.region)
        towns = (query.town,) if query.town else ()
        return Understanding(query.question.lower(), regions=regions, towns=towns, follow_up=bool(query.history))

    def cite(self, passage: Passage, number: int) -> Citation:
        report = self.library.report(passage.document)
        host = next((r.host_town for r in report.regions if r.region == passage.region), None)
        return Citation(
            number, report.document, report.title, report.meeting, passage.region, host, passage.page, passage.pages,
            passage.question, passage.town, passage.quote, passage.id,
        )  # fmt: skip
