"""Whether dates, pages and figures of a text stand in the passages that it cites."""

from __future__ import annotations

import re
from collections.abc import Sequence

from answer.llm_evidence import Evidence
from answer.llm_figures import Figure, dates, figures, pages, stated
from answer.messages import filled


def unstated(words: str, cited: Sequence[Evidence], counted: Sequence[Evidence]) -> str | None:
    """Why a date, a page or a figure does not count (Swedish), or None. `counted`: what a count may be a count of."""
    named_dates, rest = dates(words)
    for day in named_dates:
        if not any(_has_date(e, day.month, day.days, day.year) for e in cited):
            return filled("llm.yaml", "reason_date", date=day.words)
    named_pages, rest = pages(rest)
    for page in named_pages:
        if not any(e.citation.pages and e.citation.pages[0] <= page <= e.citation.pages[1] for e in cited):
            return filled("llm.yaml", "reason_number", number=f"s. {page}")
    for season in re.findall(r"\b(våren|hösten|sommaren|vintern)\b(?=\s+(?:19|20)\d\d)", rest, re.I):
        if not any(_in_season(e, season.lower()) for e in cited):
            return filled("llm.yaml", "reason_date", date=season)
    for figure in figures(rest):
        if not any(states(e, figure) for e in cited) and not _counts(figure, rest, counted):
            return filled("llm.yaml", "reason_number", number=figure.words)
    return None


def states(evidence: Evidence, figure: Figure) -> bool:
    """Whether a figure stands in a passage, or is the year of its meeting or title."""
    return stated(figure, evidence.figures) or (figure.year and figure.value in evidence.years)


def _has_date(evidence: Evidence, month: int, days: Sequence[int], year: int | None) -> bool:
    said, _ = dates(evidence.whole)
    meeting = [tuple(map(int, day.split("-"))) for day in evidence.dates if re.fullmatch(r"\d{4}-\d\d-\d\d", day)]
    if year is not None and year not in evidence.years and year not in {f.value for f in evidence.figures}:
        return False
    own_days = {m[2] for m in meeting if m[1] == month and year in (None, m[0])}
    printed_days = {day for d in said if d.month == month for day in d.days}
    if days:
        return set(days) <= own_days or set(days) <= printed_days
    return bool(own_days) or any(d.month == month for d in said)


def _in_season(evidence: Evidence, season: str) -> bool:
    months = {"våren": range(1, 7), "sommaren": range(6, 9), "hösten": range(8, 13), "vintern": (12, 1, 2, 3)}[season]
    return season[:-2] in evidence.whole.lower() or any(
        int(day[5:7]) in months for day in evidence.dates if len(day) == 10
    )


def _counts(figure: Figure, words: str, cited: Sequence[Evidence]) -> bool:
    """ "Tre städer ... [1][4][7]": a count of what is cited, made over again."""
    after = re.match(r"\W*(?:\w+\s+)?(?P<noun>\w+)", words[figure.start + len(figure.words) :])
    following = f"{after.group()}" if after else ""
    if re.search(r"\b(?:orter|städer|kommuner)", following):
        return figure.value == len({town for e in cited for town in e.towns})
    if "regioner" in following:
        return figure.value == len({e.citation.region for e in cited if e.citation.region})
    if re.search(r"\b(?:träffar|möten)", following):
        return figure.value == len({e.citation.meeting.date for e in cited if e.citation.meeting})
    return False
