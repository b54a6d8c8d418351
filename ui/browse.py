"""The reports put in order for browsing: by meeting and question, by town, and how often each town is spoken of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from ingest.cleaning import fold
from ingest.model import Passage, RegionChapter, Report
from ui.order import swedish_order

PASSAGES_AT_ONCE = 60  # a longer list is shown in parts
SAME_QUESTION = 0.75  # likeness of two regions' wordings; other questions of one meeting stay below 0.7
_NUMBER = re.compile(r"^(?:fraga\s+)?\d{1,2}\s*[.:)–-]")


@dataclass(frozen=True)
class Mention:
    """A passage and the report it stands in."""

    report: Report
    passage: Passage


@dataclass(frozen=True)
class TownPage:
    """Everything the reports hold about one town: statements, and the meetings it hosted or took part in."""

    town: str
    mentions: tuple[Mention, ...]
    hosted: tuple[tuple[Report, RegionChapter], ...]
    attended: tuple[tuple[Report, RegionChapter], ...]


@dataclass(frozen=True)
class QuestionPage:
    """What the regions answered to one question of a meeting.

    `number` and `wording` are as the first region prints them; `number` is None where it has none.
    """

    report: Report
    number: int | None
    wording: str
    regions: tuple[str, ...] = ()
    passages: tuple[Passage, ...] = field(default=(), repr=False)


def by_time(reports: Sequence[Report]) -> list[Report]:
    """Newest first; documents without a date last, by title."""
    dated = [(r, r.meeting.date if r.meeting else r.date or "") for r in reports]
    known = sorted((pair for pair in dated if pair[1]), key=lambda pair: (pair[1], pair[0].title), reverse=True)
    return [r for r, _ in known] + sorted((r for r, day in dated if not day), key=lambda r: r.title)


def year_of(report: Report) -> str:
    """The year, or "" where none is known."""
    return (report.meeting.date if report.meeting else report.date or "")[:4]


def town_counts(reports: Sequence[Report]) -> dict[str, int]:
    """Town -> number of passages about it, most first."""
    counts: dict[str, int] = {}
    for report in reports:
        for passage in report.passages:
            for town in set(passage.towns):
                counts[town] = counts.get(town, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], swedish_order(item[0]))))


def town_page(town: str, reports: Sequence[Report]) -> TownPage:
    ordered = by_time(reports)
    mentions = tuple(Mention(r, p) for r in ordered for p in r.passages if town in p.towns)
    chapters = [(r, c) for r in ordered for c in r.regions]
    hosted = tuple((r, c) for r, c in chapters if c.host_town == town)
    attended = tuple((r, c) for r, c in chapters if town in c.towns and c.host_town != town)
    return TownPage(town, mentions, hosted, attended)


def question_pages(report: Report) -> list[QuestionPage]:
    """The questions of a report by number, each with what every region answered to it.

    A question is known by its wording: regions leave questions out or add their own, and number on from there.
    """
    worded: dict[str, list[Passage]] = {}
    for passage in report.passages:
        if passage.question:
            worded.setdefault(_wording(passage.question), []).append(passage)
    found: dict[str, list[Passage]] = {}
    for wording, passages in worded.items():
        found.setdefault(_same_question(wording, passages, found) or wording, []).extend(passages)
    pages = []
    for passages in found.values():
        passages.sort(key=lambda p: p.order)
        regions = tuple(dict.fromkeys(p.region for p in passages if p.region))
        first = passages[0]
        pages.append(QuestionPage(report, first.question_number, first.question or "", regions, tuple(passages)))
    return sorted(pages, key=lambda q: (q.number is None, q.number or 0))


def _wording(question: str) -> str:
    """The words of a question for comparing, without its number."""
    return " ".join(re.findall(r"\w+", _NUMBER.sub("", fold(question))))


def _same_question(wording: str, passages: Sequence[Passage], found: dict[str, list[Passage]]) -> str | None:
    """The question that most resembles a wording, or None. What one region asks in two wordings are two questions."""
    regions = {p.region for p in passages}
    others = [known for known, told in found.items() if regions.isdisjoint(p.region for p in told)]
    likeness = {known: SequenceMatcher(None, wording, known, autojunk=False).ratio() for known in others}
    best = max(likeness, key=lambda known: likeness[known], default=None)
    return best if best is not None and likeness[best] >= SAME_QUESTION else None


def region_passages(report: Report, region: str | None) -> dict[str, list[Passage]]:
    """Question or heading -> the passages of one region (None: of no region), in the order they stand."""
    found: dict[str, list[Passage]] = {}
    for passage in report.passages:
        if passage.region == region:
            found.setdefault(passage.question or passage.heading or "", []).append(passage)
    return found
