"""From statements to the text of an answer: lead, sections, folded rest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from answer.citations import cite_passage
from answer.messages import message
from answer.model import Answer, Citation, Claim, Query, Side, Understanding
from answer.question import same_region
from answer.relevance import WEAK, speaks_of
from answer.statement import LONG, short_question, statement
from answer.swedish import alphabetical, counted, listed, listed_some, swedish_date
from index.library import Library
from index.model import SearchHit
from ingest.model import Meeting

SHOWN = 8  # statements before the fold
SHOWN_EACH = 2  # of each part of a chapter, where a whole chapter is asked for
PHRASE = 5  # words of a question that can be quoted as its topic
NAMED_TOWNS = 25
WORDED = 0.5  # share of the question's own words that a statement must have, for the topic to be called by them
_SUBJECT = re.compile(r"(?i)\b(?:man|vi|ni|de|dom|jag)\b")


def short_meeting(meeting: Meeting) -> str:
    return swedish_date(meeting.date)


def section_of(citation: Citation) -> str:
    """'Region Väst, 9 februari 2021', or the title of another document."""
    if citation.meeting is None:
        return citation.title
    region = f"Region {citation.region}" if citation.region else "Utanför regionerna"
    return f"{region}, {swedish_date(citation.meeting.date)}"


def part_of(citation: Citation) -> str:
    """As `section_of`, with the report's own question or the heading: the parts of a chapter."""
    part = short_question(citation.question) if citation.question else citation.heading
    return f"{section_of(citation)}: {part}" if part else section_of(citation)


def compose(
    query: Query, understood: Understanding, hits: Sequence[SearchHit], library: Library, overlap: object
) -> Answer:
    """The extractive answer from the chosen hits (at least one), best first.

    `overlap(sentence) -> float` scores a sentence of a long passage for the question.
    """
    comparison, whole = understood.intent == "comparison", not understood.topic
    ordered = sorted(hits, key=lambda h: (-h.probability, h.passage.id))
    shown_ids = {h.passage.id for h in ordered[:SHOWN]}
    if len(ordered) <= SHOWN + 2 or comparison:
        shown_ids = {h.passage.id for h in ordered}
    elif whole:
        shown_ids = _most_telling(ordered)
    in_order = _as_printed(ordered, library) if whole else _in_reading_order(ordered, understood, library)

    citations: list[Citation] = []
    claims: list[Claim] = []
    for hit in in_order:
        number = len(citations) + 1
        citation = cite_passage(library, hit.passage, number)
        citations.append(citation)
        claims.append(
            Claim(
                text=statement(hit.passage, overlap),  # type: ignore[arg-type]
                town=hit.passage.town,
                citations=(number,),
                section=part_of(citation) if whole else section_of(citation),
                folded=hit.passage.id not in shown_ids,
                weak=hit.probability < WEAK,
                probability=hit.probability,
            )
        )
    sides = _sides(understood, citations, library) if comparison else ()
    worded = any(hit.parts.get("cover_plain", 1.0) >= WORDED for hit in hits)
    lead = _lead(understood, claims, citations, sides, worded)
    text = _text(lead, understood, claims, citations, sides)
    return Answer(query, understood, lead, text, tuple(claims), tuple(citations), sides=sides)


def _in_reading_order(hits: Sequence[SearchHit], understood: Understanding, library: Library) -> list[SearchHit]:
    """Sections by their best statement (a comparison: by time), statements by town's best and then as printed."""
    best: dict[object, float] = {}
    town_best: dict[object, float] = {}
    for hit in hits:
        section, town = (hit.passage.document, hit.passage.region), hit.passage.town
        best[section] = max(best.get(section, 0.0), hit.probability)
        town_best[section, town] = max(town_best.get((section, town), 0.0), hit.probability)

    def key(hit: SearchHit) -> tuple[object, ...]:
        passage = hit.passage
        section = (passage.document, passage.region)
        meeting = library.report(passage.document).meeting
        time = meeting.date if meeting else ""
        first = (time, passage.region or "") if understood.intent == "comparison" else ("", "")
        return (*first, -best[section], section[0], section[1] or "", -town_best[section, passage.town], passage.order)

    return sorted(hits, key=key)


def _as_printed(hits: Sequence[SearchHit], library: Library) -> list[SearchHit]:
    """The latest meeting first, its chapters as printed, each part of a chapter in one place."""

    def when(hit: SearchHit) -> str:
        meeting = library.report(hit.passage.document).meeting
        return meeting.date if meeting else ""

    printed = sorted(hits, key=lambda h: h.passage.order)
    first: dict[object, int] = {}
    for hit in printed:
        first.setdefault(_part(hit), hit.passage.order)
    printed.sort(key=lambda h: (h.passage.document, first[_part(h)], h.passage.order))
    return sorted(printed, key=when, reverse=True)


def _part(hit: SearchHit) -> tuple[object, ...]:
    passage = hit.passage
    return passage.document, passage.region, passage.question, None if passage.question else passage.heading


def _most_telling(hits: Sequence[SearchHit]) -> set[str]:
    """Of each part the statements that are sentences: neither a word alone nor a page of text. Ids."""
    parts: dict[object, list[SearchHit]] = {}
    for hit in hits:
        parts.setdefault(_part(hit), []).append(hit)
    shown = set()
    for members in parts.values():
        best = sorted(members, key=lambda h: (not 40 <= len(h.passage.text) <= LONG, h.passage.order))
        shown |= {hit.passage.id for hit in best[:SHOWN_EACH]}
    return shown


def _where(citations: Sequence[Citation]) -> str:
    dates = sorted({c.meeting.date for c in citations if c.meeting})
    titles = sorted({c.title for c in citations if not c.meeting})
    parts = []
    if dates:
        word = "träffen" if len(dates) == 1 else "träffarna"
        parts.append(f"vid {word} {listed([swedish_date(day) for day in dates])}")
    if titles:
        parts.append(f"i {listed([f'”{title}”' for title in titles])}")
    return listed(parts)


def _phrase(understood: Understanding) -> str:
    """The topic as the question words it ("samarbete med fastighetsägarna"), or nothing where that is long.

    Of a clause ("mäter man besöksflöden") what follows its subject.
    """
    words = understood.topic.split()
    text = understood.text.casefold()
    start, end = (text.find(words[0].casefold()), text.rfind(words[-1].casefold())) if words else (-1, -1)
    if start < 0 or end < start:
        return " ".join(words) if len(words) <= 2 else ""
    phrase = _SUBJECT.split(understood.text[start : end + len(words[-1])])[-1].strip()
    return phrase if len(phrase.split()) <= PHRASE and not re.search(r"[?.!:;,]", phrase) else ""


def _one_question(understood: Understanding, citations: Sequence[Citation]) -> str | None:
    """The report's own question that every statement answers, where a region's or a meeting's answers are asked for."""
    questions = {short_question(c.question) if c.question else None for c in citations}
    narrowed = understood.regions or understood.meetings
    return questions.pop() if narrowed and len(citations) > 2 and len(questions) == 1 else None


def _lead(
    understood: Understanding,
    claims: Sequence[Claim],
    citations: Sequence[Citation],
    sides: Sequence[Side],
    worded: bool,
) -> str:
    """`worded`: a statement has the question's own words; else the lead says that none has."""
    if understood.intent == "fact" and len(claims) == 1:
        lead = f"{claims[0].text} [{claims[0].citations[0]}]"
        return f"{lead} {message('weak')}" if claims[0].weak else lead
    towns = list(dict.fromkeys(town for c in citations if c.town for town in c.town.split(", ")))
    regions = {c.region for c in citations if c.region}
    topic = _phrase(understood)
    if understood.intent == "comparison":
        lead = message("lead_comparison", topic=f"”{topic}”" if topic else "detta")
        if understood.meetings and sides and sides[0].kind == "meeting":
            lead = message("lead_change", topic=f"”{topic}”" if topic else "detta")
        return lead
    elif not understood.topic:
        where = _where(citations)
        lead = message("lead_summary", where=f", {where}" if where else "", count=counted(len(claims), "omnämnande"))
    else:
        places = counted(len(claims), "ställe")
        if regions:
            places += f" i {counted(len(regions), 'region')}"
        where = _where(citations)
        where = f", {where}" if where else ""
        if asked := _one_question(understood, citations):
            lead = message("lead_question", question=asked, places=counted(len(claims), "uttalande"), where=where)
        elif not worded:
            named = topic or understood.topic
            lead = message("lead_near" if " " in named else "lead_near_word", topic=named, places=places, where=where)
        elif topic:
            lead = message("lead_list", topic=f"”{topic}”", places=places, where=where)
        else:
            lead = message("lead_list_untitled", places=places, where=where)
    if len(towns) > 1:
        lead += " " + message("lead_towns", towns=listed_some(sorted(towns, key=alphabetical), NAMED_TOWNS, "ort"))
    if claims and all(claim.weak for claim in claims):
        lead += " " + message("weak")
    return lead


def _text(
    lead: str,
    understood: Understanding,
    claims: Sequence[Claim],
    citations: Sequence[Citation],
    sides: Sequence[Side],
) -> str:
    if understood.intent == "fact" and len(claims) == 1:
        citation = citations[0]
        return f"{lead}\n\n_{section_of(citation)}_"
    if understood.intent == "comparison":
        return f"{lead}\n\n{_table(sides, claims)}"
    lines = [lead]
    section = None
    for claim in claims:
        if claim.folded:
            continue
        if claim.section != section:
            section = claim.section
            lines.append(f"\n**{section}**\n")
        lines.append(f"- {claim.text} [{claim.citations[0]}]")
    folded = [claim for claim in claims if claim.folded]
    if folded:
        towns = dict.fromkeys(town for c in folded if c.town for town in c.town.split(", "))
        named = f" ({listed(list(towns))})" if towns else ""
        lines.append("\n" + message("more", count=counted(len(folded), "omnämnande"), towns=named))
    return "\n".join(lines)


def _sides(understood: Understanding, citations: Sequence[Citation], library: Library) -> tuple[Side, ...]:
    """What is compared: a side for each region, meeting or town, the silent ones too."""
    kind: Literal["region", "meeting", "town"]
    if len(understood.towns) > 1:
        kind, names = "town", list(understood.towns)

        def side(c: Citation) -> list[str]:
            passage = library.passage(c.passage_id or "")
            return [town for town in names if speaks_of(passage, town)]
    elif len(understood.regions) > 1 or (len(understood.meetings) == 1 and not understood.regions):
        chapters = [r.region for report in library.reports for r in report.regions if not r.cancelled
                    and (not understood.meetings or (report.meeting and report.meeting.date in understood.meetings))]  # fmt: skip
        wanted = understood.regions
        kind = "region"
        names = list(dict.fromkeys(r for r in chapters if not wanted or any(same_region(w, r) for w in wanted)))

        def side(c: Citation) -> list[str]:
            return [c.region] if c.region in names else []
    else:
        dates = sorted(r.meeting.date for r in library.reports if r.meeting)
        kind = "meeting"
        names = [day for day in dates if not understood.meetings or day in understood.meetings]

        def side(c: Citation) -> list[str]:
            return [c.meeting.date] if c.meeting and c.meeting.date in names else []

    rows: dict[str, list[int]] = {name: [] for name in names}
    for citation in citations:
        for name in side(citation):
            rows[name].append(citation.number)
    labels = {name: swedish_date(name) if kind == "meeting" else name for name in names}
    return tuple(Side(kind, labels[name], tuple(numbers)) for name, numbers in rows.items())


def _table(sides: Sequence[Side], claims: Sequence[Claim]) -> str:
    """Side by side, one statement a line. Each claim here has one citation, whose number is its place."""
    lines = ["| | Rapporterna säger |", "|---|---|"]
    for side in sides:
        said = [f"{claims[n - 1].text} [{n}]".replace("|", "/") for n in side.citations]
        lines.append(f"| **{side.label}** | {'<br>'.join(said) or message('silent')} |")
    return "\n".join(lines)
