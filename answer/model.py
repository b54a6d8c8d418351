"""The nouns of answering: a question, how it was understood, and the answer or the refusal. Results are values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from ingest.model import Meeting

Intent = Literal["list", "fact", "yes_no", "comparison", "meeting", "summary"]
Engine = Literal["extractive", "llm"]


@dataclass(frozen=True)
class Query:
    """One question as asked. `history` holds the earlier questions of the conversation, oldest first.

    `region`, `meeting` (ISO date) and `town` are the reader's filters; `home_town` ("min stad") is left out of the
    answer where the question says "andra". `understanding`, where given, is the reader's own correction of how the
    question was read, and is used instead of reading it again.
    """

    question: str
    history: tuple[str, ...] = ()
    region: str | None = None
    meeting: str | None = None
    town: str | None = None
    home_town: str | None = None
    id: str | None = None
    understanding: Understanding | None = None


@dataclass(frozen=True)
class Understanding:
    """How the question was read; the chat shows it and the reader can change it."""

    topic: str  # the words that are searched for, as shown to the reader; empty where only filters are asked for
    text: str = ""  # the question without its filters, as given to the search
    intent: Intent = "list"
    figure: bool = False  # how much, how many, what share
    fact: str | None = None  # ingest.model.FactName, where the meetings themselves are asked about
    regions: tuple[str, ...] = ()
    meetings: tuple[str, ...] = ()  # ISO dates
    towns: tuple[str, ...] = ()
    excluded_towns: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()  # places and meetings asked for that the reports do not have
    follow_up: bool = False
    corrections: tuple[tuple[str, str], ...] = ()  # (as typed, as read)


@dataclass(frozen=True)
class Citation:
    """Where a statement stands. `quote` occurs on `page` (see ingest.model.Passage). Checked by code before it is shown.

    Either a passage is cited or a structured fact; the other's id is None.
    """

    number: int
    document: str
    title: str
    meeting: Meeting | None
    region: str | None
    host_town: str | None
    page: int | None
    pages: tuple[int, int] | None
    question: str | None
    town: str | None
    quote: str
    passage_id: str | None = None
    heading: str | None = None
    fact_id: str | None = None


@dataclass(frozen=True)
class Claim:
    """One statement of an answer with the numbers of the citations that carry it.

    `section` is the heading under which the answer shows it; `folded` claims are shown on demand;
    `probability` is the search's; `weak` marks thin support.
    """

    text: str
    town: str | None
    citations: tuple[int, ...]
    section: str | None = None
    folded: bool = False
    weak: bool = False
    probability: float = 1.0


@dataclass(frozen=True)
class Side:
    """One side of a comparison: a region, a meeting or a town, and the numbers of the citations that speak of it."""

    kind: Literal["region", "meeting", "town"]
    label: str
    citations: tuple[int, ...] = ()  # none: the reports are silent about it


@dataclass(frozen=True)
class Dropped:
    """A sentence of a language model that did not pass the checks, and why (Swedish)."""

    text: str
    reason: str


@dataclass(frozen=True)
class Exchange:
    """What was sent to the language model, (role, text) in order, and what it replied. Never holds a key."""

    purpose: Literal["answer", "part", "combine", "repair", "follow_up"]
    sent: tuple[tuple[str, str], ...]
    received: str


@dataclass(frozen=True)
class Answer:
    """An answer. `lead` is its first sentence(s), `text` the whole as Markdown with [n] markers (lead included)."""

    query: Query
    understanding: Understanding
    lead: str
    text: str
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    engine: Engine = "extractive"
    seconds: float = 0.0
    notice: str | None = None
    dropped: tuple[Dropped, ...] = ()
    unused: tuple[Citation, ...] = ()  # found, but not used by the language model
    exchanges: tuple[Exchange, ...] = ()  # with the language model, in order
    sides: tuple[Side, ...] = ()  # of a comparison without a language model, as in the text's table
    answerable: bool = field(default=True, init=False)

    def citation(self, number: int) -> Citation:
        return next(c for c in self.citations if c.number == number)


@dataclass(frozen=True)
class NoAnswer:
    """The reports do not say. `text` is Swedish and names what was searched; `nearby` are passages that lie near."""

    query: Query
    understanding: Understanding
    text: str
    nearby: tuple[Citation, ...] = ()
    suggestions: tuple[str, ...] = ()  # questions that the reports can answer
    seconds: float = 0.0
    notice: str | None = None
    exchanges: tuple[Exchange, ...] = ()  # with the language model, which made a follow-up question whole
    engine: Engine = "extractive"
    answerable: bool = field(default=False, init=False)


def _citation_json(citation: Citation) -> dict[str, Any]:
    meeting = citation.meeting
    return {
        "number": citation.number,
        "document": citation.document,
        "title": citation.title,
        "meeting": {"date": meeting.date, "label": meeting.label, "theme": meeting.theme} if meeting else None,
        "region": citation.region,
        "host_town": citation.host_town,
        "page": citation.page,
        "pages": list(citation.pages) if citation.pages else None,
        "question": citation.question,
        "town": citation.town,
        "quote": citation.quote,
        "passage_id": citation.passage_id,
    }


def to_json(result: Answer | NoAnswer) -> dict[str, Any]:
    """The answer as the JSON object that docs/json.md describes. Keys that do not apply are left out."""
    data: dict[str, Any] = {
        "id": result.query.id,
        "question": result.query.question,
        "answerable": result.answerable,
        "text": result.text,
        "claims": [],
        "citations": [],
        "engine": result.engine,
        "seconds": round(result.seconds, 4),
    }
    if isinstance(result, Answer):
        data["claims"] = [
            {"text": c.text, "town": c.town, "citations": list(c.citations), "weak": c.weak} for c in result.claims
        ]
        data["citations"] = [_citation_json(c) for c in result.citations]
        if result.dropped:
            data["dropped"] = [{"text": d.text, "reason": d.reason} for d in result.dropped]
    if result.notice:
        data["notice"] = result.notice
    return data
