"""The one object that answers: chat, command line and evaluation share it. It is thread-safe and holds no conversation."""

from __future__ import annotations

import re
import textwrap
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from answer.citations import cite_passage, holds
from answer.compose import compose
from answer.facts import answer_from_facts
from answer.instructions import without_instructions
from answer.messages import message
from answer.model import Answer, NoAnswer, Query, Understanding
from answer.question import Known, plain, understand
from answer.relevance import IN_SECTION, admitted, relevant
from answer.sections import Sections
from answer.swedish import counted, listed, swedish_date, without_contacts
from index.library import Library
from index.model import SearchHit, SearchResult
from index.search import Searcher
from ingest.towns import Gazetteer

if TYPE_CHECKING:
    from answer.language_model import Draft, Writer

NEAR = 3
_CONTACT_ASKED = re.compile(
    r"\b(?:(?:telefon|mobil|tele)nummer|e-?postadress\w*|(?:mejl|mail|e-?post)\s?adress\w*|kontaktuppgift\w*)\b"
)
_MORE_ABOUT = re.compile(r"\b(?:mer|mera|allt) om\b|\bberatta om\b")


class Assistant:
    """Answers questions from one opened index. `today` gives the date that "i våras" counts from.

    With a `writer`, a language model words the answers; docs/language-model.md says how.
    """

    def __init__(
        self, library: Library, searcher: Searcher, today: Callable[[], date], writer: Writer | None = None
    ) -> None:
        self.library = library
        self.searcher = searcher
        self.writer = writer
        self._today = today
        meetings = {r.meeting.date: r.meeting for r in library.reports if r.meeting}
        towns = {town for p in library.passages for town in p.towns}
        towns |= {town for r in library.reports for c in r.regions for town in (*c.towns, c.host_town) if town}
        words = {word for p in library.passages for word in re.findall(r"\w+", p.text) if not word[0].isupper()}
        gazetteer = Gazetteer(towns)
        self.sections = Sections(searcher.passages, searcher.lexical)
        self.known = Known(
            regions=tuple(sorted({c.region for r in library.reports for c in r.regions})),
            meetings=tuple(meetings[day] for day in sorted(meetings)),
            towns=tuple(sorted(towns)),
            reports=library.reports,
            words=frozenset(map(plain, words)),
            find_places=lambda text: [(m.start, m.end, m.town) for m in gazetteer.mentions(text)],
            content_words=searcher.lexical.content_words,
            correct=searcher.lexical.correct,
        )

    def understand(self, query: Query) -> Understanding:
        """How a question is read; what is addressed to a language model in it is no part of what is asked."""
        if query.understanding:
            return query.understanding
        return understand(replace(query, question=without_instructions(query.question)), self.known, self._today())

    def answer(self, query: Query) -> Answer | NoAnswer:
        """The cited answer, or the refusal with what lies near. Every citation has been checked against its page."""
        started = time.perf_counter()
        result = self.find(query)
        if self.writer is not None:
            result = self.reconsider(result)
            if isinstance(result, Answer):
                result = self.writer.write(result)
        return replace(result, seconds=time.perf_counter() - started)

    def find(self, query: Query) -> Answer | NoAnswer:
        """As `answer`, without the language model: at once."""
        started = time.perf_counter()
        result = self._answer(query, self.understand(query))
        return replace(result, seconds=time.perf_counter() - started)

    def reconsider(self, result: Answer | NoAnswer, stop: threading.Event | None = None) -> Answer | NoAnswer:
        """A refused follow-up searched again in the language model's words; setting `stop` ends it.

        Where that finds nothing the refusal stays, with what was sent and received, and a notice if the model failed.
        """
        query = result.query
        if self.writer is None or isinstance(result, Answer) or not query.history or query.understanding:
            return result
        said = self.writer.rewrite(query, stop)
        again = self.find(replace(query, question=said.question, history=())) if said.question else result
        if isinstance(again, NoAnswer):
            return replace(result, notice=said.notice or result.notice, exchanges=(said.exchange,))
        read = replace(again.understanding, follow_up=True)
        return replace(again, query=query, understanding=read, exchanges=(said.exchange,))

    def draft(self, answer: Answer, stop: threading.Event | None = None) -> Draft:
        """The answer while the language model writes it (see Draft). Raises ValueError where there is no writer."""
        if self.writer is None:
            raise ValueError("no language model is set")
        return self.writer.draft(answer, stop)

    def _answer(self, query: Query, understood: Understanding) -> Answer | NoAnswer:
        if understood.unknown:
            return self._unknown(query, understood)
        if understood.fact:
            found = answer_from_facts(query, understood, self.library, self._today())
            return found or self._refuse(query, understood, ())
        if not understood.topic and not self._filtered(understood):
            return NoAnswer(query, understood, message("refusal_empty"))
        if _CONTACT_ASKED.search(plain(query.question)):
            near = tuple(
                h for h in self.hits(understood, query.question).hits if admitted(h.passage, understood, self.library)
            )
            return self._refusal(query, understood, message("refusal_contact"), near[:1])
        search = self.hits(understood, query.question)
        chosen = self._standing(relevant(search, understood, self.library))
        notice = None
        if not chosen and (wider := self._where_hosted(understood)):
            hosted = self.hits(wider)
            own = tuple(hit for hit in hosted.hits if set(hit.passage.towns) <= set(understood.towns))
            chosen = self._standing(relevant(replace(hosted, hits=own), wider, self.library))
            notice = message("broadened", towns=listed(understood.towns))
        if not chosen and understood.follow_up and understood.towns and _MORE_ABOUT.search(plain(query.question)):
            whole = replace(understood, topic="", text="", intent="summary")
            told = self._answer(query, whole)
            silent = message("topic_silent", topic=f"”{understood.topic}”", towns=listed(understood.towns))
            return replace(told, notice=silent) if isinstance(told, Answer) else told
        if not chosen:
            return self._refuse(query, understood, search.hits)
        overlap = self.searcher.lexical.overlap(understood.text or query.question)
        return replace(compose(query, understood, chosen, self.library, overlap), notice=notice)

    def hits(self, understood: Understanding, question: str = "") -> SearchResult:
        """Every passage with its probability; without a topic, all that the filters admit."""
        passages = self.searcher.passages
        inside = np.array([admitted(p, understood, self.library) for p in passages], dtype=bool)
        asked = self.sections.asked_for(understood, question, inside)
        if understood.topic:
            section = {passages[n].id for n in np.flatnonzero(asked)}
            found = self.searcher.search(understood.text, inside)
            raised = [
                replace(hit, probability=max(hit.probability, IN_SECTION)) if hit.passage.id in section else hit
                for hit in found.hits
            ]
            answerable = 1.0 if section else found.answerable
            return SearchResult(tuple(sorted(raised, key=lambda hit: -hit.probability)), answerable)
        wanted = asked if asked.any() else inside
        return SearchResult(tuple(SearchHit(passages[n], 1.0) for n in np.flatnonzero(wanted)))

    def _where_hosted(self, understood: Understanding) -> Understanding | None:
        """The question put to the chapters of the meetings that the town was host of, if it was."""
        if not (understood.towns and understood.topic):
            return None
        hosted = {
            (report.meeting.date, fact.region)
            for report in self.library.reports
            for fact in report.facts
            if report.meeting and fact.name == "host_town" and fact.region and fact.value in understood.towns
        }
        hosted = {
            (day, region)
            for day, region in hosted
            if (not understood.meetings or day in understood.meetings)
            and (not understood.regions or region in understood.regions)
        }
        if not hosted:
            return None
        days, regions = sorted({day for day, _ in hosted}), sorted({region for _, region in hosted})
        return replace(understood, towns=(), regions=tuple(regions), meetings=tuple(days))

    @staticmethod
    def _filtered(understood: Understanding) -> bool:
        return bool(understood.regions or understood.meetings or understood.towns or understood.documents)

    def _standing(self, hits: Iterable[SearchHit]) -> list[SearchHit]:
        """The hits whose quote stands on its page: text and claims are made of these alone."""
        return [hit for hit in hits if holds(cite_passage(self.library, hit.passage, 0), self.library)]

    # --- refusals ---

    def _searched(self) -> str:
        count, reports = len(self.library.passages), len(self.library.reports)
        return message("searched", count=counted(count, "stycke"), reports=counted(reports, "rapport"))

    def _unknown(self, query: Query, understood: Understanding) -> NoAnswer:
        meetings = [name for name in understood.unknown if any(char.isdigit() for char in name) or "träff" in name]
        places = [name for name in understood.unknown if name not in meetings]
        text = []
        if places:
            text.append(message("refusal_place", places=listed(places)))
        if meetings:
            known = listed([swedish_date(m.date) for m in self.known.meetings])
            text.append(message("refusal_meeting", meetings=listed(meetings), known=known))
        near: tuple[SearchHit, ...] = ()
        if understood.topic:
            near = self.searcher.search(understood.text).above(0.5)
        return self._refusal(query, understood, " ".join(text), near)

    def _refuse(self, query: Query, understood: Understanding, hits: tuple[SearchHit, ...]) -> NoAnswer:
        where = self._where(understood)
        outside = any(h.probability >= 0.5 for h in hits)
        elsewhere = message("refusal_filtered", where=where, topic=f"”{understood.topic}”")
        text = elsewhere if outside and where else message("refusal", where=where)
        return self._refusal(query, understood, text, tuple(h for h in hits if h.probability >= 0.15))

    def _refusal(self, query: Query, understood: Understanding, text: str, near: tuple[SearchHit, ...]) -> NoAnswer:
        near = tuple(self._standing(near[:NEAR]))
        citations = tuple(cite_passage(self.library, hit.passage, i) for i, hit in enumerate(near, 1))
        lines = [f"{text} {self._searched()}"]
        if citations:
            lines.append("\n" + message("near"))
            for hit, citation in zip(near, citations, strict=True):
                place = listed(
                    [part for part in (citation.region and f"region {citation.region}", citation.town) if part]
                )
                when = swedish_date(citation.meeting.date) if citation.meeting else citation.title
                page = f", s. {citation.page}" if citation.page else ""
                words = textwrap.shorten(without_contacts(hit.passage.text), 140, placeholder=" …")
                lines.append(f"- {words} ({', '.join(part for part in (place, when) if part)}{page})")
        return NoAnswer(query, understood, "\n".join(lines), citations)

    @staticmethod
    def _where(understood: Understanding) -> str:
        parts = []
        if understood.towns:
            parts.append(f"i {listed(understood.towns)}")
        if understood.regions:
            parts.append(f"i region {listed(understood.regions)}")
        if understood.meetings:
            parts.append(f"vid träffen {listed([swedish_date(day) for day in understood.meetings])}")
        return f" {' '.join(parts)}" if parts else ""
