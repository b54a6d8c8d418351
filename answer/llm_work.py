"""One answer in the making: the rounds of asking the model, and the checking and mending of every reply."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace

from answer.grounding import Grounding
from answer.llm_client import LanguageModel, Limit, failure
from answer.llm_compose import compose_checked
from answer.llm_evidence import Evidence
from answer.llm_prompt import (
    EARLIER_SHARE,
    Messages,
    as_data,
    batches,
    earlier_questions,
    fitting,
    messages,
    room,
    tokens,
)
from answer.llm_text import Block, Sentence, Stream, blocks, cleaned, complete
from answer.model import Answer, Dropped, Exchange
from ingest.errors import LanguageModelError

log = logging.getLogger(__name__)

ROUNDS = 3  # of combining; then the checked sentences are given as they are


class Work:
    """`exchanges` and `dropped` hold what was sent, received and struck so far, also where the work breaks off."""

    def __init__(
        self,
        model: LanguageModel,
        grounding: Grounding,
        answer: Answer,
        timeout: float,
        context: int,
        stop: threading.Event,
    ) -> None:
        self._model, self._grounding, self._answer = model, grounding, answer
        self._timeout, self._context, self._stop = timeout, context, stop
        self._evidence: Mapping[int, Evidence] = grounding.evidence(answer)
        self._limit = Limit.of(timeout, stop)
        question = as_data(answer.query.question)
        left = room(context, messages("answer", question=question, earlier="", passages=""))
        earlier = earlier_questions(answer.query.history, int(left * EARLIER_SHARE))
        self._fixed = {"question": question, "earlier": earlier}
        self.exchanges: list[Exchange] = list(answer.exchanges)  # a follow-up's rewording
        self.dropped: list[Dropped] = []

    # --- asking ---

    def reply(self, stream: bool) -> Generator[str, None, str]:
        """Pieces of the last reply to show; returns the whole. Several rounds where one prompt does not hold all."""
        self._limit = Limit.of(self._timeout, self._stop)
        prompt = messages("answer", passages="", **self._fixed)
        try:
            parts = batches(self._evidence, room(self._context, prompt))
        except ValueError as error:
            raise failure("too_long", str(error)) from error
        if len(parts) == 1:
            return (yield from self._ask("answer", messages("answer", passages=parts[0], **self._fixed), stream))
        notes = []
        for part in parts:
            notes += self._notes("part", messages("answer", passages=part, **self._fixed))
        for _ in range(ROUNDS):
            if not notes:
                raise failure("nothing_left", "no sentence of any part stood")
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
        """The sentences of a reply on some of the passages, as list items: checked and mended like the whole."""
        self._limit = Limit.of(self._timeout, self._stop)
        kept = self._standing("".join(self._pieces_of(purpose, prompt, False)))
        return [f"- {s.text}" for block in kept if block.kind != "heading" for s in block.sentences]

    def _grouped(self, notes: list[str]) -> list[list[str]]:
        budget = room(self._context, messages("combine", notes="", **self._fixed))
        groups: list[list[str]] = [[]]
        for note in notes:
            if groups[-1] and sum(tokens(n) + 1 for n in groups[-1]) + tokens(note) > budget:
                groups.append([])
            groups[-1].append(note)
        return groups

    def _ask(self, purpose: str, prompt: Messages, stream: bool) -> Generator[str, None, str]:
        """The reply that the reader sees; its pieces are cleaned for showing."""
        if purpose == "combine":
            self._limit = Limit.of(self._timeout, self._stop)
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
            for piece in self._model.reply(prompt, self._limit, stream):
                received.append(piece)
                yield piece
        finally:
            self.exchanges.append(Exchange(purpose, prompt, "".join(received)))  # type: ignore[arg-type]

    # --- checking ---

    def checked(self, reply: str) -> Answer:
        """The answer made of the sentences that stand. Raises LanguageModelError where none does."""
        kept = self._standing(reply)
        if not any(block.sentences for block in kept if block.kind != "heading"):
            raise failure("nothing_left", f"none of {len(self.dropped)} sentences stood")
        return compose_checked(self._answer, kept, self._grounding, tuple(self.dropped), tuple(self.exchanges))

    def _standing(self, reply: str) -> list[Block]:
        """The blocks of a reply with the sentences that stand; those that failed are sent back once.

        Raises LanguageModelError for a reply that is no Swedish text or is not whole.
        """
        text = cleaned(reply)
        if not text.strip():
            raise failure("empty", "nothing was left of the reply")
        written = blocks(text)
        said = [sentence.words for block in written for sentence in block.sentences]
        if 2 * sum(not self._grounding.is_swedish(words) for words in said) > len(said):
            raise failure("language", "the reply is not Swedish")
        if not complete(text):
            raise failure("cut_off", "the reply ends inside a sentence")
        found, faults = self._sorted(written)
        mended = self._mended(faults)
        self.dropped += [Dropped(s.words, why) for s, why in faults.items() if s not in mended]
        return [
            replace(b, sentences=tuple(mended.get(s, s) for s in b.sentences if s not in faults or s in mended))
            for b in found
        ]

    def _sorted(self, found: list[Block]) -> tuple[list[Block], dict[Sentence, str]]:
        """The blocks with each sentence's idle citations removed, and why some of the sentences do not stand."""
        grounding, kept, faults = self._grounding, [], {}
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
        return sentence if self._grounding.fault(carried, self._evidence) else carried

    def _mended(self, faults: Mapping[Sentence, str]) -> dict[Sentence, Sentence]:
        """Sentences that the model put right, by what they were. What it fails at is left out."""
        mended = {}
        for wanted, prompt in self._repairs(faults):
            if self._limit.left < 0.1:
                break
            try:
                reply = cleaned("".join(self._pieces_of("repair", prompt, False)))
            except LanguageModelError as error:
                log.warning("sentences not repaired: %s", error)
                break
            for line in reply.splitlines():
                match = re.match(r"\W*(M\d+)\s*[:.)]\s*(.+)", line)
                if not match or match[1] not in wanted or re.match(r"\W*STRYK\b", match[2]):
                    continue
                sentences = [s for block in blocks(match[2]) for s in block.sentences]
                if len(sentences) == 1 and not self._grounding.fault(sentences[0], self._evidence):
                    mended[wanted[match[1]]] = sentences[0]
        return mended

    def _repairs(self, faults: Mapping[Sentence, str]) -> list[tuple[dict[str, Sentence], Messages]]:
        """The prompts that send each sentence back once, with what it cites, and what lies nearest where there is room."""
        budget = room(self._context, messages("repair", sentences="", passages=""))
        every = list(self._evidence)
        groups: list[list[Sentence]] = []
        for sentence in faults:
            together = [*groups[-1], sentence] if groups else [sentence]
            cited = [n for n in every if any(n in s.numbers for s in together)]
            left = budget - tokens(self._faulty(together, faults))
            if groups and len(fitting(self._evidence, cited, left)) == len(cited):
                groups[-1] = together
            else:
                groups.append([sentence])
        found = []
        for group in groups:
            lines = self._faulty(group, faults)
            shares = self._grounding.shares(" ".join(s.words for s in group), self._evidence)
            ranked = sorted(every, key=lambda n: (not any(n in s.numbers for s in group), -shares[n]))
            left = budget - tokens(lines)
            if passages := fitting(self._evidence, ranked, left):
                prompt = messages("repair", sentences=lines, passages="\n".join(batches(passages, left)))
                found.append(({f"M{place}": sentence for place, sentence in enumerate(group, 1)}, prompt))
        return found

    @staticmethod
    def _faulty(sentences: Sequence[Sentence], faults: Mapping[Sentence, str]) -> str:
        return "\n".join(f"M{n}: {as_prompted(s)} (Fel: {faults[s]})" for n, s in enumerate(sentences, 1))


def as_prompted(sentence: Sentence) -> str:
    """A sentence of the model for the prompt: markers stay, fences do not."""
    return sentence.text.replace("<", "‹").replace(">", "›")
