"""The nouns of reading a report: what a file says and where it says it.

Page numbers count from 1, as the reader of the file sees them. A document without pages (Markdown, text, HTML) has one
`Page` whose number is None. Offsets are characters in `Page.text`, which is the page's text exactly as the reader
library extracted it; every cleaned text is derived from it, so a citation can always be checked against the page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

Form = Literal["fysisk", "digital", "blandad"]
ReportKind = Literal["meeting", "article", "strategy", "document"]
PassageKind = Literal["bullet", "paragraph", "tips"]
FactName = Literal[
    "meeting",  # the meeting's label and date, e.g. on the cover
    "theme",
    "host_town",
    "towns",
    "participants",
    "participants_total",
    "cancelled",
    "next_meeting",
    "next_host_towns",  # host towns announced for the next meeting
    "contents",  # a region's entry in the contents list
]


@dataclass(frozen=True)
class Page:
    """One page as extracted. `number` counts from 1; None where the document has no pages."""

    number: int | None
    text: str


@dataclass(frozen=True)
class Span:
    """Characters [start, end) of the text of page `page` (its number; None where the document has no pages)."""

    page: int | None
    start: int
    end: int


@dataclass(frozen=True)
class Meeting:
    """A meeting. `date` is ISO, the last day where it took several; `dates` holds every day."""

    date: str
    dates: tuple[str, ...]
    label: str
    theme: str | None = None
    form: Form | None = None


@dataclass(frozen=True)
class RegionChapter:
    """What one region's chapter and the contents list say of its meeting.

    `pages` is (first, last), both counted; last is None where nothing tells where the chapter ends (no page breaks and
    no later entry). `host_town` is the chapter's own; other places of the report that name another are warnings.
    """

    region: str
    host_town: str | None
    pages: tuple[int | None, int | None]
    participants: int | None = None
    towns: tuple[str, ...] = ()
    cancelled: bool = False


@dataclass(frozen=True)
class Passage:
    """The smallest unit that states something by itself: a bullet or a paragraph, never half a sentence.

    `text` is cleaned (hyphenation joined, doubled letters mended, composed letters); `quote` is the words as printed
    with line-break hyphens removed and white space collapsed, and occurs in the page's text treated alike (for a
    passage that runs over a page break with a footer between, the longest unbroken part). `spans` cut the printed text
    exactly.
    `towns` are the towns that the passage is about (heading, name in capitals, name in the sentence), in reading order.
    """

    id: str
    document: str
    order: int
    kind: PassageKind
    text: str
    quote: str
    spans: tuple[Span, ...]
    region: str | None = None
    question: str | None = None  # "1. Vilka fiffiga ..." as printed, cleaned
    question_number: int | None = None
    heading: str | None = None  # sub-heading above the list ("UTMANINGAR:", "PITEÅ – BESÖKSNÄRINGSSTAB/CORONA")
    group: str | None = None  # "Grupp 1"
    towns: tuple[str, ...] = ()

    @property
    def page(self) -> int | None:
        """The page it begins on."""
        return self.spans[0].page

    @property
    def pages(self) -> tuple[int, int] | None:
        """First and last page, or None where the document has no pages."""
        numbers = [span.page for span in self.spans if span.page is not None]
        return (min(numbers), max(numbers)) if numbers else None

    @property
    def town(self) -> str | None:
        """The towns as one text ("Hudiksvall, Ludvika"), or None."""
        return ", ".join(self.towns) or None


@dataclass(frozen=True)
class Fact:
    """A structured statement about a meeting, with the words on the page that carry it (`quote` as in Passage).

    A report states the same of the same region once.
    """

    name: FactName
    value: str
    quote: str
    span: Span
    region: str | None = None

    @property
    def id(self) -> str:
        """What tells it from the report's other facts, wherever it stands among them."""
        return sha256(f"{self.name}|{self.region}|{self.value}".encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Report:
    """One file of the corpus with everything that was recognised in it."""

    document: str  # file name relative to the corpus folder
    sha256: str
    kind: ReportKind
    title: str
    pages: tuple[Page, ...]
    meeting: Meeting | None = None
    date: str | None = None  # ISO, where one is printed
    about: tuple[str, ...] = ()  # town or organisation that an article or strategy is about
    regions: tuple[RegionChapter, ...] = ()
    passages: tuple[Passage, ...] = ()
    facts: tuple[Fact, ...] = ()
    warnings: tuple[str, ...] = ()

    def page_text(self, number: int | None) -> str:
        """Text of a page as extracted. Raises KeyError for a page that the report does not have."""
        for page in self.pages:
            if page.number == number:
                return page.text
        raise KeyError(number)


@dataclass(frozen=True)
class Skipped:
    """A file that could not be read: the reason and the next step, in Swedish (users read it)."""

    document: str
    reason: str


@dataclass(frozen=True)
class IngestReport:
    """What one run of ingest did. `skipped` files are named; the others are indexed all the same."""

    reports: tuple[Report, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    unchanged: tuple[str, ...] = field(default=())
    removed: tuple[str, ...] = field(default=())

    @property
    def passages(self) -> int:
        return sum(len(report.passages) for report in self.reports)

    @property
    def ok(self) -> bool:
        return not self.skipped
