"""A language model's answers beside those put together from the reports' own statements, on the same questions.

Two figures belong here alone, over the answers that the model wrote, and for both engines judged by the same checks
(answer/grounding.py):

groundedness   sentences written that what they cite carries; those that were struck from the model's answers count as well
coverage       passages found that the text tells; what a model leaves out is offered below its text
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from answer.model import Answer, Claim, NoAnswer, Query
from eval import names
from eval.cases import Case
from eval.runner import Progress, Run, run
from eval.tables import Section, Table, plain, share

if TYPE_CHECKING:
    from answer.grounding import Grounding

GROUNDEDNESS, COVERAGE = "groundedness", "coverage"
EXTRACTIVE, LLM = "Direkt ur rapporterna", "Språkmodellen"


@dataclass
class Remembering:
    """An assistant that keeps its answers, so that no model is asked twice for the same."""

    assistant: Any
    answers: list[Answer | NoAnswer] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.assistant, name)

    def answer(self, query: Query) -> Answer | NoAnswer:
        result: Answer | NoAnswer = self.assistant.answer(query)
        self.answers.append(result)
        return result


@dataclass(frozen=True)
class Extractive:
    """The same assistant without its language model."""

    assistant: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.assistant, name)

    def answer(self, query: Query) -> Answer | NoAnswer:
        result: Answer | NoAnswer = self.assistant.find(query)
        return result


@dataclass(frozen=True)
class Comparison:
    """Both runs, and by engine the right and judged items of GROUNDEDNESS and COVERAGE.

    `written` of `answered` answers are the model's; `notices` says why the others are not, with how often.
    """

    runs: dict[str, Run]
    items: dict[str, dict[str, tuple[int, int]]]
    written: int
    answered: int
    notices: dict[str, int]


def measure(
    asked: Remembering, cases: Sequence[Case], with_model: Run, progress: Progress | None = None
) -> Comparison | None:
    """None where the assistant has no language model. `asked` has answered all of `with_model`."""
    writer = getattr(asked.assistant, "writer", None)
    if writer is None:
        return None
    plain_run = Remembering(Extractive(asked.assistant))
    without = run(plain_run, cases, progress)
    found = {result.query: result for result in plain_run.answers}
    items = {name: {GROUNDEDNESS: (0, 0), COVERAGE: (0, 0)} for name in (EXTRACTIVE, LLM)}
    answered = [result for result in asked.answers if isinstance(result, Answer)]
    written = [result for result in answered if result.engine == "llm"]
    notices = Counter(result.notice for result in answered if result.engine != "llm" and result.notice)
    for result in written:
        own = found.get(result.query)
        whole = own if isinstance(own, Answer) and own.citations == result.citations else result
        for name, answer in ((LLM, result), (EXTRACTIVE, own)):
            if isinstance(answer, Answer):
                _add(items[name], GROUNDEDNESS, _grounded(answer, whole, writer.grounding))
                _add(items[name], COVERAGE, (len(answer.citations) - len(answer.unused), len(answer.citations)))
    return Comparison({EXTRACTIVE: without, LLM: with_model}, items, len(written), len(answered), notices)


def section(found: Comparison) -> Section:
    """The comparison as a part of the report."""
    return Section("Med och utan språkmodell", (_table(found), *_notes(found)))


def terminal(found: Comparison) -> str:
    return "\n".join([plain(_table(found)), *_notes(found)])


def _table(found: Comparison) -> Table:
    engines = (EXTRACTIVE, LLM)
    figures = {name: found.runs[name].figures() for name in engines}
    rows = [
        (names.FIGURES[key], *(share(figures[name][key].value) if key in figures[name] else "–" for name in engines))
        for key in names.SHARES
    ]
    for key, label in ((GROUNDEDNESS, "Skrivna meningar som håller"), (COVERAGE, "Funna ställen som texten återger")):
        rows.append((label, *(_of(found.items[name][key]) for name in engines)))
    return Table(("Mått", *engines), tuple(rows), "De två sista över de svar som språkmodellen skrev")


def _notes(found: Comparison) -> list[str]:
    lines = [f"Språkmodellen skrev {found.written} av {found.answered} svar."]
    return lines + [f"{count} gånger: {notice}" for notice, count in sorted(found.notices.items())]


def _of(item: tuple[int, int]) -> str:
    right, judged = item
    return f"{share(right / judged)} ({right}/{judged})" if judged else "–"


def _add(items: dict[str, tuple[int, int]], key: str, counted: tuple[int, int]) -> None:
    right, judged = items[key]
    items[key] = (right + counted[0], judged + counted[1])


def _grounded(answer: Answer, whole: Answer, grounding: Grounding) -> tuple[int, int]:
    """Sentences that stand and all that were written; `whole` is the answer that their citations come from."""
    evidence = grounding.evidence(whole)
    left_out = {citation.number for citation in answer.unused}
    told = [claim for claim in answer.claims if not set(claim.citations) <= left_out]
    standing = sum(grounding.fault(_sentence(claim), evidence) is None for claim in told)
    return standing, len(told) + len(answer.dropped)


def _sentence(claim: Claim) -> Any:
    from answer.llm_text import Sentence

    behind = "".join(f" [{number}]" for number in claim.citations if f"[{number}]" not in claim.text)
    return Sentence(claim.text + behind)
