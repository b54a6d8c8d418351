"""Where relevance ends: which of the search's hits an answer is built on."""

from __future__ import annotations

import re
import unicodedata

from answer.asked_figure import asks_for, gives_figure
from answer.model import Understanding
from answer.question import plain, same_region
from index.library import Library
from index.model import SearchHit, SearchResult
from ingest.model import Passage

LIST = 0.16  # from here on a passage is in the answer: at this cut recall and precision weigh alike (docs/decisions)
UNWORDED = 0.5  # how likely a passage without half of the topic's words must be, where a likely one has them
ANSWER = 0.76  # how likely it must be that anything answers; else the answer is a refusal
OF_KIND = 0.5  # of LIST: how likely a passage must be that gives the very kind of figure asked for
MET = 0.3  # share of the question's words that a passage with a figure must have, with its question and heading
SURE = 0.97  # or how likely it must be without
FACT_SHARE = 0.75  # of the best hit's probability, for a second figure to be shown beside it
EACH_SHARE = 0.5  # the same where the figures of many towns are asked for
IN_SECTION = 0.5  # at least, for what stands under the report's own question that was asked for
WEAK = 0.4  # an answer whose best passage lies below is said to be weakly supported
MOST = 60  # statements on a topic; beyond it a question is too wide to be answered passage by passage


def admitted(passage: Passage, understood: Understanding, library: Library) -> bool:
    """Whether a passage lies within the filters of the question."""
    if understood.regions and not any(same_region(region, passage.region) for region in understood.regions):
        return False
    if understood.documents and passage.document not in understood.documents:
        return False
    if understood.meetings:
        meeting = library.report(passage.document).meeting
        if meeting is None or meeting.date not in understood.meetings:
            return False
    if understood.towns and not any(speaks_of(passage, town) for town in understood.towns):
        return False
    own = set(understood.excluded_towns)
    return not (own and passage.towns and set(passage.towns) <= own)


def speaks_of(passage: Passage, town: str) -> bool:
    """Whether a passage is about a town or names it."""
    return plain(town) in map(plain, passage.towns) or names(passage.text, town)


def names(text: str, town: str) -> bool:
    """Whether a text names a town: "boden" is not Boden and "med" does not name Ed."""
    text = unicodedata.normalize("NFC", text)
    found = re.finditer(rf"(?<!\w){re.escape(plain(town))}s?(?!\w)", plain(text))
    return any(text[match.start()].isupper() for match in found)


def relevant(result: SearchResult, understood: Understanding, library: Library) -> list[SearchHit]:
    """The hits that answer, best first; none where the reports say nothing."""
    hits = [hit for hit in result.hits if admitted(hit.passage, understood, library)]
    if not hits or (result.answerable < ANSWER and not understood.follow_up):
        return []  # a follow-up's topic has been answered before: what it asks for is a part of that
    hits = _in_the_topics_words(hits)
    if understood.intent == "fact" and understood.figure:
        hits = [
            hit for hit in hits if hit.probability >= SURE or _cover(hit) >= MET
        ]  # any figure lies near such a question
    chosen = [hit for hit in hits if hit.probability >= LIST]
    if understood.intent == "fact":
        chosen = _with_figure(hits, chosen, understood)
        share = EACH_SHARE if _OF_MANY.search(plain(understood.text)) else FACT_SHARE
        best = chosen[0].probability if chosen else 0.0
        chosen = [hit for hit in chosen if hit.probability >= share * best]
    return without_repeats(chosen)[: MOST if understood.topic else None]


def _in_the_topics_words(hits: list[SearchHit]) -> list[SearchHit]:
    """Without what only resembles a topic that the reports speak of in its own words (gift cards; Christmas cards)."""
    if not any(hit.probability >= 0.5 and _cover(hit) >= 0.8 for hit in hits):
        return hits
    return [hit for hit in hits if hit.probability >= UNWORDED or _cover(hit) >= 0.5]


def _cover(hit: SearchHit) -> float:
    """The share of the question's words that passage, heading or question have; 0 far down, where it is not kept."""
    return hit.parts.get("cover", 0.0)


def _with_figure(hits: list[SearchHit], chosen: list[SearchHit], understood: Understanding) -> list[SearchHit]:
    """Of the passages on the topic those that give what is asked for; one of the right kind may lie a little lower."""
    if (is_asked := asks_for(understood.text)) and (
        right := [hit for hit in hits if hit.probability >= LIST * OF_KIND and is_asked(hit.passage)]
    ):
        return right
    return [hit for hit in chosen if gives_figure(hit.passage)] if understood.figure else chosen


_OF_MANY = re.compile(
    r"\b(?:andra|pa olika (?:hall|stallen|orter)|stader(?:na)?|orter(?:na)?|kommuner(?:na)?|\w*foreningar(?:na)?|"
    r"\w*organisationer(?:na)?)\b"
)


def without_repeats(hits: list[SearchHit]) -> list[SearchHit]:
    """The same words said twice in one chapter are one statement."""
    seen: set[tuple[object, ...]] = set()
    kept = []
    for hit in hits:
        passage = hit.passage
        key = (passage.document, passage.region, passage.towns, plain(passage.text).strip(" .!"))
        if key not in seen:
            seen.add(key)
            kept.append(hit)
    return kept
