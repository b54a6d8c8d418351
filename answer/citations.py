"""Citations are made and checked by code: the quote stands on the page, the region is that page's."""

from __future__ import annotations

import logging
import re

from answer.model import Citation
from answer.swedish import longest_without_contacts
from index.library import Library
from ingest.model import Fact, Passage, RegionChapter, Report

log = logging.getLogger(__name__)


def normal(text: str) -> str:
    """Text for comparing a quote with a page: line-break hyphens removed, white space collapsed."""
    text = re.sub(r"[-\u00ad]\s*\n\s*", "", text).replace("\u00ad", "")
    return re.sub(r"\s+", " ", text).strip()


def chapter(report: Report, region: str | None) -> RegionChapter | None:
    return next((c for c in report.regions if c.region == region), None) if region else None


def cite_passage(library: Library, passage: Passage, number: int) -> Citation:
    report = library.report(passage.document)
    found = chapter(report, passage.region)
    return Citation(
        number=number,
        document=report.document,
        title=report.title,
        meeting=report.meeting,
        region=passage.region,
        host_town=found.host_town if found else None,
        page=passage.page,
        pages=passage.pages,
        question=passage.question,
        town=passage.town,
        quote=longest_without_contacts(passage.quote),
        passage_id=passage.id,
        heading=passage.heading,
    )


def cite_fact(report: Report, fact: Fact, number: int) -> Citation:
    found = chapter(report, fact.region)
    page = fact.span.page
    return Citation(
        number=number,
        document=report.document,
        title=report.title,
        meeting=report.meeting,
        region=fact.region,
        host_town=found.host_town if found else None,
        page=page,
        pages=(page, page) if page is not None else None,
        question=None,
        town=fact.value if fact.name == "host_town" else None,
        quote=longest_without_contacts(fact.quote),
        fact_id=fact.id,
    )


def fault(citation: Citation, library: Library) -> str | None:
    """Why a citation does not hold (English, for the log), or None where it does."""
    try:
        report = library.report(citation.document)
        text = report.page_text(citation.page)
        if citation.pages and citation.pages[1] != citation.pages[0]:
            text += "\n" + report.page_text(citation.pages[1])
    except KeyError:
        return f"{citation.document} has no page {citation.page}"
    if not citation.quote or normal(citation.quote) not in normal(text):
        return f"the quote does not stand on page {citation.page} of {citation.document}"
    if citation.passage_id and library.passage(citation.passage_id).region != citation.region:
        return f"the passage on page {citation.page} of {citation.document} is not of region {citation.region}"
    return None


def holds(citation: Citation, library: Library) -> bool:
    """Whether a citation may be shown. One that does not hold is a defect of the index, and is logged."""
    reason = fault(citation, library)
    if reason:
        log.error("citation dropped: %s", reason)
    return reason is None
