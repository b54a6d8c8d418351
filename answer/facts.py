"""Questions about the meetings themselves, answered from the recognised structure with the page cited."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from answer.citations import cite_fact, cite_passage, holds
from answer.messages import message
from answer.model import Answer, Citation, Claim, Query, Understanding
from answer.question import plain, same_region
from answer.relevance import admitted, names
from answer.statement import statement
from answer.swedish import as_sentence, listed, swedish_date, without_contacts
from index.library import Library
from ingest.dates import MONTHS
from ingest.model import Fact, Passage, Report

_HOST_TOO = re.compile(r"\b(?:vem|vilken|vilka) va[r]?\b.*\b(?:och|o|a|samt)\b")
_EACH_REGION = re.compile(r"\b(?:varje|per region|respektive|regioner\w*|vilken region|alla region\w*|jamfor\w*)\b")


def _value(fact: Fact) -> str:
    """A date of the facts in words, everything else as it is."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", fact.value):
        return swedish_date(fact.value)
    return fact.value


def _is_past(value: str, today: date) -> bool:
    """Whether a date in words ("30 september-1 oktober 2024") lies before today."""
    match = re.search(rf"(\d{{1,2}})\s+({'|'.join(MONTHS)})\s+(\d{{4}})$", value)
    try:
        return match is not None and date(int(match[3]), MONTHS.index(match[2]) + 1, int(match[1])) < today
    except ValueError:  # "31 september": a slip of the report
        return False


def _sentence(report: Report, fact: Fact) -> str:
    meeting = report.meeting
    assert meeting is not None
    when = f"vid träffen {swedish_date(meeting.date)}"
    name = fact.name
    region = f"region {fact.region}" if fact.region else "regionen"
    if name == "meeting":
        form = f" ({meeting.form} träff)" if meeting.form else ""
        if meeting.date[:4] in meeting.label:
            return message("fact_meeting_dated", label=meeting.label, form=form)
        return message("fact_meeting", label=meeting.label, date=swedish_date(meeting.date), form=form)
    if name in ("next_meeting", "next_host_towns"):
        where = f" för region {fact.region}" if fact.region else ""
        return message(f"fact_{name}", meeting=swedish_date(meeting.date) + where, value=_value(fact))
    if name == "cancelled":
        return as_sentence(without_contacts(fact.quote))
    text = message(f"fact_{name}", region=region, meeting=when, value=_value(fact))
    return text[0].upper() + text[1:]


def _names(query: Query, understood: Understanding, report: Report) -> tuple[str, ...]:
    """Which facts of a report answer the question: a number of the whole meeting, or of each region."""
    asked = understood.fact or ""
    has = {fact.name for fact in report.facts}
    if asked == "participants" and not understood.regions:
        if _EACH_REGION.search(plain(query.question)):
            return ("participants",)
        return ("participants_total",) if "participants_total" in has else ("participants",)
    words = plain(query.question)
    if asked == "next_host_towns":
        host = ("host_town",) if _HOST_TOO.search(words) else ()
        return (*host, asked if asked in has else "next_meeting")
    if asked == "next_meeting" and re.search(r"\bvar\b", words):
        return (asked, "next_host_towns")
    return (asked,)


def _wanted(query: Query, understood: Understanding, report: Report) -> list[Fact]:
    """The report's facts that the question asks for."""
    hosted = {f.region for f in report.facts if f.name == "host_town" and f.value in understood.towns}
    names_asked = _names(query, understood, report)
    found = []
    for fact in report.facts:
        if fact.name not in names_asked:
            continue
        if understood.regions and fact.region and not any(same_region(r, fact.region) for r in understood.regions):
            continue
        if understood.towns:
            told = f"{fact.value} {fact.quote}"
            if fact.region not in hosted and not any(names(told, town) for town in understood.towns):
                continue
        found.append(fact)
    if not found and (understood.regions or understood.towns) and "cancelled" not in names_asked:
        return _wanted(query, replace(understood, fact="cancelled"), report)  # why there is nothing to tell
    return found


def _about_coming_hosts(understood: Understanding, library: Library) -> list[Passage]:
    return [
        passage
        for passage in library.passages
        if admitted(passage, understood, library)
        and re.search(r"vardstad|vara vard", plain(f"{passage.question or ''} {passage.heading or ''} {passage.text}"))
        and not re.search(r"tema", plain(passage.heading or ""))
    ]


def _regions(query: Query, understood: Understanding, reports: list[Report], library: Library) -> Answer | None:
    """Which regions each meeting has, every one cited where the report names it."""
    claims: list[Claim] = []
    citations: list[Citation] = []
    for report in reports:
        cited: dict[str, Citation] = {}
        for fact in report.facts:
            if (
                fact.region
                and fact.region not in cited
                and fact.name in ("contents", "host_town", "participants", "towns")
            ):
                citation = cite_fact(report, fact, len(citations) + len(cited) + 1)
                if holds(citation, library):
                    cited[fact.region] = citation
        if cited and report.meeting:
            text = message("fact_regions", meeting=swedish_date(report.meeting.date), value=listed(sorted(cited)))
            claims.append(Claim(text, None, tuple(c.number for c in cited.values()), report.meeting.label))
            citations += cited.values()
    if not claims:
        return None
    lines = [f"{c.text} {' '.join(f'[{n}]' for n in c.citations)}" for c in claims]
    return Answer(query, understood, lines[0], "\n\n".join(lines), tuple(claims), tuple(citations))


def answer_from_facts(query: Query, understood: Understanding, library: Library, today: date) -> Answer | None:
    """The answer, or None where the structure does not tell."""
    reports = sorted((r for r in library.reports if r.meeting), key=lambda r: r.meeting.date, reverse=True)  # type: ignore[union-attr]
    if understood.meetings:
        reports = [r for r in reports if r.meeting and r.meeting.date in understood.meetings]
    if understood.fact == "regions":
        return _regions(query, understood, reports, library)
    claims: list[Claim] = []
    citations: list[Citation] = []
    seen: set[str] = set()
    past = False
    if understood.fact in ("next_meeting", "next_host_towns") and not understood.meetings:
        reports = [r for r in reports if _wanted(query, understood, r)][:1]  # what older reports announce is past
    for report in reports:
        for fact in _wanted(query, understood, report):
            text = _sentence(report, fact)
            if text in seen:
                continue
            seen.add(text)
            number = len(citations) + 1
            citation = cite_fact(report, fact, number)
            if not holds(citation, library):
                continue
            citations.append(citation)
            section = report.meeting.label if report.meeting else None
            town = fact.value if fact.name == "host_town" else None
            claims.append(Claim(text=text, town=town, citations=(number,), section=section))
            past = past or (fact.name == "next_meeting" and _is_past(fact.value, today))
    if understood.fact in ("next_meeting", "next_host_towns") and understood.regions:
        for passage in _about_coming_hosts(understood, library):  # what a region itself says of its coming meetings
            citation = cite_passage(library, passage, len(citations) + 1)
            if not holds(citation, library):
                continue
            citations.append(citation)
            text = statement(passage, lambda sentence: float("värdstad" in sentence.lower()))
            claims.append(Claim(text=text, town=passage.town, citations=(len(citations),)))
    if not claims:
        return None
    lead = f"{claims[0].text} [1]"
    lines = [lead]
    for claim in claims[1:]:
        if len(lines) == 1:
            lines.append("")
        lines.append(f"- {claim.text} [{claim.citations[0]}]")
    if past:
        lines.append("\n" + message("fact_past"))
    return Answer(query, understood, lead, "\n".join(lines), tuple(claims), tuple(citations))
