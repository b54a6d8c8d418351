"""Where the statements of an answer really stand, found again in the reports themselves.

A citation prints a page and a region; the evaluators judge both, so neither may decide which passage is meant. That is
told by the quote: it is looked up in the pages' text, and the place where it stands is the citation's true place. One
planted error then lowers one figure: a wrong page the fidelity, a wrong region the attribution, a mention left out the
recall.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol

from answer.model import Citation, Claim
from eval.cases import Mention
from eval.text import as_printed, holds, same_name
from ingest.model import Fact, Page, Passage, Report

Pages = tuple[int, int]


class Library(Protocol):
    """What the evaluation needs of the opened index."""

    @property
    def reports(self) -> Sequence[Report]: ...


@dataclass(frozen=True)
class Place:
    """Where a quote stands: page spans (empty for a document without pages) and the regions of its passages."""

    pages: tuple[Pages, ...]
    regions: tuple[str | None, ...]


def base_name(document: str) -> str:
    """File name without folder and suffix."""
    return PurePosixPath(document).stem


class Places:
    """Looks up quotes and mentions in the reports. Thread-safe; what was found is kept, since the reports do not change."""

    def __init__(self, reports: Iterable[Report]) -> None:
        self.reports: dict[str, Report] = {}
        for report in sorted(reports, key=lambda r: r.document):
            self.reports.setdefault(base_name(report.document), report)
        self._passages: dict[Mention, tuple[Passage, ...]] = {}
        self._places: dict[tuple[str, str, int | None, str | None, str | None], Place | None] = {}

    def report(self, document: str) -> Report | None:
        return self.reports.get(base_name(document))

    def stands(self, citation: Citation) -> bool:
        """The quote occurs in the text of the printed page, or in the printed span's two pages together."""
        report = self.report(citation.document)
        if report is None:
            return False
        if citation.page is None:
            return report.pages[0].number is None and bool(_spans_with(citation.quote, report.pages))
        first, last = citation.pages or (citation.page, citation.page)
        return first == citation.page and any(
            first <= start and end <= max(last, first) for start, end in _spans_with(citation.quote, report.pages)
        )

    def place(self, citation: Citation) -> Place | None:
        """The citation's true place, told by its quote; None where the quote stands nowhere in the document."""
        key = (citation.document, citation.quote, citation.page, citation.region, citation.passage_id)
        if key not in self._places:
            self._places[key] = self._place(citation)
        return self._places[key]

    def _place(self, citation: Citation) -> Place | None:
        report = self.report(citation.document)
        if report is None:
            return None
        passages = self._same_words(citation, report)
        if report.pages[0].number is None:
            if not passages and not _spans_with(citation.quote, report.pages):
                return None
            printed = [p for p in passages if same_name(p.region, citation.region)]
            return Place((), _regions(printed or passages))
        spans = _spans_with(citation.quote, report.pages)
        if not spans:
            return None
        by_id = [_pages_of(p) for p in passages if isinstance(p, Passage) and p.id == citation.passage_id]
        printed_page = [s for s in spans if citation.page is not None and s[0] <= citation.page <= s[1]]
        spans = printed_page or [s for s in spans if s in by_id] or spans
        on_page = [p for p in passages if _pages_of(p) is None or any(_overlap(_pages_of(p), s) for s in spans)]
        return Place(tuple(spans), _regions(on_page or passages) or self._chapters(report, spans))

    def is_mention(self, claim: Claim, citation: Citation, mention: Mention) -> bool:
        """The claim states this mention, as told by document, keys and the true place of the citation.

        Where both have pages, the page tells; else the region.
        """
        if base_name(citation.document) != mention.document:
            return False
        if not holds(f"{claim.text}\n{citation.quote}\n{citation.heading or ''}", mention.keys):
            return False
        place = self.place(citation)
        if place is None:
            return False
        if mention.page is not None and place.pages:
            return any(first <= mention.page <= last for first, last in place.pages)
        return mention.region is None or not place.regions or any(same_name(mention.region, r) for r in place.regions)

    def region_fits(self, citation: Citation) -> bool:
        """The printed region is that of the place where the quote stands."""
        place = self.place(citation)
        return place is not None and any(same_name(citation.region, region) for region in place.regions or (None,))

    def passages_of(self, mention: Mention) -> tuple[Passage, ...]:
        """The passages that state a mention, in the report's order; empty where the corpus does not hold it."""
        if mention not in self._passages:
            self._passages[mention] = self._find(mention)
        return self._passages[mention]

    def _find(self, mention: Mention) -> tuple[Passage, ...]:
        report = self.reports.get(mention.document)
        if report is None:
            return ()
        found = [
            p
            for p in report.passages
            if (mention.page is None or p.pages is None or p.pages[0] <= mention.page <= p.pages[1])
            and holds(f"{p.text}\n{p.quote}\n{p.heading or ''}\n{p.town or ''}", mention.keys)
        ]
        in_region = [p for p in found if same_name(p.region, mention.region)]
        return tuple(in_region or (found if mention.page is not None or mention.region is None else ()))

    def holds_mention(self, mention: Mention) -> bool:
        """The corpus states the mention at its place, in a passage, in a structured fact or in the page's text."""
        if self.passages_of(mention):
            return True
        report = self.reports.get(mention.document)
        if report is None:
            return False
        if any(
            holds(f"{f.value}\n{f.quote}", mention.keys) and mention.page in (None, f.span.page) for f in report.facts
        ):
            return True
        return any(
            holds(page.text, mention.keys)
            for page in report.pages
            if mention.page is None or mention.page == page.number
        )

    def _same_words(self, citation: Citation, report: Report) -> list[Passage | Fact]:
        quote = as_printed(citation.quote)
        by_id: list[Passage | Fact] = [
            p for p in report.passages if p.id == citation.passage_id and _share(quote, as_printed(p.quote))
        ]
        if by_id:
            return by_id
        facts = [f for f in report.facts if citation.passage_id is None and _share(quote, as_printed(f.quote))]
        exact = [p for p in report.passages if as_printed(p.quote) == quote]
        return [*facts, *(exact or [p for p in report.passages if _share(quote, as_printed(p.quote))])]

    def _chapters(self, report: Report, spans: Iterable[Pages]) -> tuple[str | None, ...]:
        found: list[str | None] = []
        for chapter in report.regions:
            first, last = chapter.pages
            if first is not None and any(first <= end and start <= (last or first) for start, end in spans):
                found.append(chapter.region)
        return tuple(found) or (None,)


def _spans_with(quote: str, pages: Sequence[Page]) -> list[Pages]:
    """The pages, or pairs of neighbouring pages, whose text holds the quote; (0, 0) for a page without number."""
    words = as_printed(quote)
    if not words:
        return []
    found = [(p.number or 0, p.number or 0) for p in pages if words in as_printed(p.text)]
    if found:
        return found
    pairs = zip(pages, pages[1:], strict=False)
    return [(a.number or 0, b.number or 0) for a, b in pairs if words in as_printed(f"{a.text}\n{b.text}")]


def _share(one: str, other: str) -> bool:
    """The same words, or one within the other where that is not by chance (three words or more)."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    return len(short.split()) >= 3 and short in long


def _regions(items: Iterable[Passage | Fact]) -> tuple[str | None, ...]:
    return tuple(dict.fromkeys(item.region for item in items))


def _pages_of(item: Passage | Fact) -> Pages | None:
    if isinstance(item, Passage):
        return item.pages
    return (item.span.page, item.span.page) if item.span.page is not None else None


def _overlap(one: Pages | None, other: Pages) -> bool:
    return one is not None and one[0] <= other[1] and other[0] <= one[1]
