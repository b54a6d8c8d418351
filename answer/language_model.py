"""An extractive answer written over by a language model, every sentence checked against the pages that it cites.

The model decides the wording and nothing else: what was found, what is counted, which page a citation opens and whether
a sentence stands are the program's. Where the model fails, the extractive answer stays, with a notice.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

from answer.grounding import Grounding
from answer.llm_client import LanguageModel, Limit, failure
from answer.llm_prompt import as_data, earlier_questions, messages, room
from answer.llm_text import cleaned
from answer.llm_work import Work
from answer.messages import filled
from answer.model import Answer, Exchange, Query
from index.words import content_words, fold, stem, stems
from ingest.errors import LanguageModelError

log = logging.getLogger(__name__)


class Writer:
    """Writes answers with a language model. `timeout` in seconds for a whole reply, `context` in tokens."""

    def __init__(self, model: LanguageModel, grounding: Grounding, timeout: float, context: int) -> None:
        self.model, self.grounding, self.timeout, self.context = model, grounding, timeout, context

    def write(self, answer: Answer) -> Answer:
        """The answer in the model's words, or as it was with a notice. Never raises for a fault of the model."""
        return Draft(self, answer, stream=False).result()

    def draft(self, answer: Answer, stop: threading.Event | None = None) -> Draft:
        """The same in pieces, to be shown while it is written; setting `stop` ends it."""
        return Draft(self, answer, stream=True, stop=stop)

    def rewrite(self, query: Query, stop: threading.Event | None = None) -> Rewriting:
        """A follow-up question made to stand by itself. Never raises for a fault of the model; setting `stop` ends it."""
        question = as_data(query.question)
        left = room(self.context, messages("follow_up", earlier="", question=question))
        earlier = earlier_questions(query.history, left)
        prompt = messages("follow_up", earlier=earlier, question=question)
        received, notice = "", None
        try:
            if room(self.context, prompt) < 0 or not all(as_data(last) in earlier for last in query.history[-1:]):
                raise failure("too_long", "the follow-up does not fit into the context")
            for piece in self.model.reply(prompt, Limit.of(self.timeout, stop), stream=False):
                received += piece
        except LanguageModelError as error:
            log.warning("follow-up not rewritten: %s", error)
            notice = f"{error.notice} {filled('llm.yaml', 'instead_refusal')}"
        rewritten = None if notice else self._whole(query, cleaned(received))
        return Rewriting(rewritten, Exchange("follow_up", prompt, received), notice)

    def _whole(self, query: Query, reply: str) -> str | None:
        """The question of a reply, or None where it is none or adds something of its own."""
        lines = [line.strip(" \"”'") for line in reply.splitlines() if line.strip()]
        question = lines[0] if len(lines) == 1 else ""
        said = " ".join((*query.history, query.question))
        kept = {stem(fold(word)) for word in content_words(query.question)} <= set(stems(question))
        if not (0 < len(question) <= 300 and kept and self.grounding.is_swedish(question)) or self.grounding.adds_names(
            question, said
        ):
            return None
        return None if question.casefold() == query.question.casefold() else question


@dataclass(frozen=True)
class Rewriting:
    """A follow-up question in the model's words (None: as it was), what was sent and received for it, and what failed."""

    question: str | None
    exchange: Exchange
    notice: str | None = None


class Draft:
    """An answer while it is written.

    Iterating gives pieces of text to show at once, cleaned but not yet checked: show them as plain text, marked as a
    draft. `result` gives the checked answer. Leaving the iteration early cuts the connection to the model.
    """

    def __init__(self, writer: Writer, answer: Answer, stream: bool, stop: threading.Event | None = None) -> None:
        self._answer, self._stream = answer, stream
        self._stop = stop or threading.Event()
        self._work = Work(writer.model, writer.grounding, answer, writer.timeout, writer.context, self._stop)
        self._pieces = self._run()
        self._result: Answer | None = None

    def __iter__(self) -> Iterator[str]:
        return self._pieces

    def stop(self) -> None:
        """End the model's writing; `result` is then the extractive answer with a notice."""
        self._stop.set()

    def result(self) -> Answer:
        """The checked answer, once it is written. Waits for what is left of it."""
        for _ in self._pieces:
            pass
        if self._result is None:  # the iteration was left
            self._result = self._kept(failure("stopped", "left by the reader"))
        return self._result

    def _run(self) -> Iterator[str]:
        try:
            reply = yield from self._work.reply(self._stream)
            self._result = self._work.checked(reply)
        except LanguageModelError as error:
            log.warning("language model: %s", error)
            self._result = self._kept(error)

    def _kept(self, error: LanguageModelError) -> Answer:
        return replace(
            self._answer,
            notice=f"{error.notice} {filled('llm.yaml', 'instead_answer')}",
            dropped=tuple(self._work.dropped),
            exchanges=tuple(self._work.exchanges),
        )
