"""An extractive answer written over by a language model, every sentence checked against the pages that it cites.

The model decides the wording and nothing else: what was found, what is counted, which page a citation opens and whether
a sentence stands are the program's. Where the model fails, the extractive answer stays, with a notice.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, replace

from answer.grounding import Grounding
from answer.llm_client import LanguageModel, Limit, failure
from answer.llm_compose import compose_checked
from answer.llm_evidence import Evidence
from answer.llm_prompt import Messages, as_data, batches, earlier_questions, messages, room, tokens
from answer.llm_text import Block, Sentence, Stream, blocks, cleaned, complete, is_swedish
from answer.messages import filled
from answer.model import Answer, Dropped, Exchange, Query
from index.words import content_words, fold, stem, stems
from ingest.errors import LanguageModelError

log = logging.getLogger(__name__)

ROUNDS = 3  # of combining; then the checked sentences are given as they are


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
        prompt = messages(
            "follow_up",
            earlier="\n".join(as_data(question)[:300] for question in query.history[-3:]),
            question=as_data(query.question),
        )
        received, notice = "", None
        try:
            for piece in self.model.reply(prompt, Limit.of(self.timeout, stop), stream=False):
                received += piece
        except LanguageModelError as error:
            log.warning("follow-up not rewritten: %s", error)
            notice = f"{error.notice} {filled('llm.yaml', 'instead_refusal')}"
        question = None if notice else self._whole(query, cleaned(received))
        return Rewriting(question, Exchange("follow_up", prompt, received), notice)

    def _whole(self, query: Query, reply: str) -> str | None:
        """The question of a reply, or None where it is none or adds something of its own."""
        lines = [line.strip(" \"”'") for line in reply.splitlines() if line.strip()]
        question = lines[0] if len(lines) == 1 else ""
        said = " ".join((*query.history, query.question))
        kept = {stem(fold(word)) for word in content_words(query.question)} <= set(stems(question))
        if not (0 < len(question) <= 300 and kept and is_swedish(question)) or self.grounding.adds_names(
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
        self._work = _Work(writer, answer, self._stop)
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


class _Work:
    """One answer in the making."""

    def __init__(self, writer: Writer, answer: Answer, stop: threading.Event) -> None:
        self._writer, self._answer, self._stop = writer, answer, stop
        self._evidence: Mapping[int, Evidence] = writer.grounding.evidence(answer)
        self._limit = Limit.of(writer.timeout, stop)
        self._fixed = {
            "question": as_data(answer.query.question),
            "earlier": earlier_questions(answer.query.history),
        }
        self.exchanges: list[Exchange] = list(answer.exchanges)  # a follow-up's rewording
        self.dropped: list[Dropped] = []

    # --- asking ---

    def reply(self, stream: bool) -> Generator[str, None, str]:
        """Pieces of the last reply to show; returns the whole. Several rounds where one prompt does not hold all."""
        self._limit = Limit.of(self._writer.timeout, self._stop)
        prompt = messages("answer", passages="", **self._fixed)
        try:
            parts = batches(self._evidence, room(self._writer.context, prompt))
        except ValueError as error:
            raise failure("too_long", str(error)) from error
        if len(parts) == 1:
            return (yield from self._ask("answer", messages("answer", passages=parts[0], **self._fixed), stream))
        notes = []
        for part in parts:
            notes += self._notes("part", messages("answer", passages=part, **self._fixed))
        for _ in range(ROUNDS):
            groups = self._grouped(notes)
            if len(groups) == 1:
                prompt = messages("combine", notes="\n".join(notes), **self._fixed)
                return (yield from self._ask("combine", prompt, stream))
            shorter: list[str] = []
            for group in groups:
                shorter += self._notes("combine", messages("combine", notes="\n".join(group), **self._fixed))
            if len(shorter) >= len(notes):
                break
            notes = shorter
        return "\n".join(notes)

    def _notes(self, purpose: str, prompt: Messages) -> list[str]:
        """Sentences of a reply on some of the passages, as list items; those that do not stand are left out."""
        self._limit = Limit.of(self._writer.timeout, self._stop)
        kept, faults = self._sorted(blocks(cleaned("".join(self._pieces_of(purpose, prompt, False)))))
        standing = [s for block in kept if block.kind != "heading" for s in block.sentences if s not in faults]
        return [f"- {sentence.text}" for sentence in standing]

    def _grouped(self, notes: list[str]) -> list[list[str]]:
        budget = room(self._writer.context, messages("combine", notes="", **self._fixed))
        groups: list[list[str]] = [[]]
        for note in notes:
            if groups[-1] and sum(tokens(n) + 1 for n in groups[-1]) + tokens(note) > budget:
                groups.append([])
            groups[-1].append(note)
        return groups

    def _ask(self, purpose: str, prompt: Messages, stream: bool) -> Generator[str, None, str]:
        """The reply that the reader sees; its pieces are cleaned for showing."""
        if purpose == "combine":
            self._limit = Limit.of(self._writer.timeout, self._stop)
        shown, received = Stream(), ""
        for piece in self._pieces_of(purpose, prompt, stream):
            received += piece
            yield from shown.feed(piece)
        if rest := shown.close():
            yield rest
        return received

    def _pieces_of(self, purpose: str, prompt: Messages, stream: bool) -> Iterator[str]:
        """What the model sends, kept for "visa underlag" also where it breaks off."""
        received: list[str] = []
        try:
            for piece in self._writer.model.reply(prompt, self._limit, stream):
                received.append(piece)
                yield piece
        finally:
            self.exchanges.append(Exchange(purpose, prompt, "".join(received)))  # type: ignore[arg-type]

    # --- checking ---

    def checked(self, reply: str) -> Answer:
        """The answer made of the sentences that stand. Raises LanguageModelError where none does."""
        text = cleaned(reply)
        if not text.strip():
            raise failure("empty", "nothing was left of the reply")
        said = [sentence.words for block in blocks(text) for sentence in block.sentences]
        if 2 * sum(not is_swedish(words) for words in said) > len(said):
            raise failure("language", "the reply is not Swedish")
        if not complete(text):
            raise failure("cut_off", "the reply ends inside a sentence")
        kept, faults = self._sorted(blocks(text))
        kept = self._repaired(kept, faults)
        if not any(block.sentences for block in kept if block.kind != "heading"):
            raise failure("nothing_left", f"none of {len(faults)} sentences stood")
        return compose_checked(self._answer, kept, self._writer.grounding, tuple(self.dropped), tuple(self.exchanges))

    def _sorted(self, found: list[Block]) -> tuple[list[Block], dict[Sentence, str]]:
        """The blocks with each sentence's idle citations removed, and why some of the sentences do not stand."""
        grounding, kept, faults = self._writer.grounding, [], {}
        for block in found:
            sentences = []
            for place, sentence in enumerate(block.sentences):
                sentence = self._with_citation(sentence, block.sentences[place + 1 :])
                sentence = sentence.without(grounding.idle(sentence, self._evidence))
                if block.kind != "heading" and (fault := grounding.fault(sentence, self._evidence)):
                    faults[sentence] = fault
                sentences.append(sentence)
            kept.append(replace(block, sentences=tuple(sentences)))
        return kept, faults

    def _with_citation(self, sentence: Sentence, following: tuple[Sentence, ...]) -> Sentence:
        """A sentence without a citation takes the next one of its paragraph, if that carries it."""
        if sentence.numbers or not (numbers := next((s.numbers for s in following if s.numbers), ())):
            return sentence
        carried = sentence.citing(numbers)
        return sentence if self._writer.grounding.fault(carried, self._evidence) else carried

    def _repaired(self, found: list[Block], faults: dict[Sentence, str]) -> list[Block]:
        """The blocks with only the sentences that stand: those that failed are sent back once, all together."""
        mended = self._mended(faults) if faults else {}
        kept = []
        for block in found:
            sentences = []
            for sentence in block.sentences:
                if sentence not in faults:
                    sentences.append(sentence)
                elif sentence in mended:
                    sentences.append(mended[sentence])
                else:
                    self.dropped.append(Dropped(sentence.words, faults[sentence]))
            kept.append(replace(block, sentences=tuple(sentences)))
        return kept

    def _mended(self, faults: dict[Sentence, str]) -> dict[Sentence, Sentence]:
        """Sentences that the model put right, by what they were. None where it fails: then they are dropped."""
        if self._limit.left < 0.1:
            return {}
        wanted = {f"M{place}": sentence for place, sentence in enumerate(faults, 1)}
        lines = "\n".join(f"{mark}: {as_prompted(s)} (Fel: {faults[s]})" for mark, s in wanted.items())
        cited = {n for s in faults for n in s.numbers}
        empty = messages("repair", sentences=lines, passages="")
        budget = room(self._writer.context, empty)
        try:  # all passages where they fit, since an uncited sentence may belong to any; else those that are cited
            parts = batches(self._evidence, budget)
            if len(parts) > 1:
                parts = batches({n: e for n, e in self._evidence.items() if n in cited}, budget)
            if len(parts) != 1:
                return {}
            prompt = messages("repair", sentences=lines, passages=parts[0])
            reply = cleaned("".join(self._pieces_of("repair", prompt, False)))
        except (LanguageModelError, ValueError) as error:
            log.warning("sentences not repaired: %s", error)
            return {}
        mended = {}
        for line in reply.splitlines():
            match = re.match(r"\W*(M\d+)\s*[:.)]\s*(.+)", line)
            if not match or match[1] not in wanted or re.match(r"\W*STRYK\b", match[2]):
                continue
            sentences = [s for block in blocks(match[2]) for s in block.sentences]
            if len(sentences) == 1 and not self._writer.grounding.fault(sentences[0], self._evidence):
                mended[wanted[match[1]]] = sentences[0]
        return mended


def as_prompted(sentence: Sentence) -> str:
    """A sentence of the model for the prompt: markers stay, fences do not."""
    return sentence.text.replace("<", "‹").replace(">", "›")
