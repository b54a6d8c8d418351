"""What a language model is sent: the Swedish prompts filled in, passages numbered and fenced as data, within a budget.

Nothing is cut to fit: what does not fit into one prompt goes into several (`batches`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from answer.llm_evidence import Evidence, meeting_line
from answer.messages import FOLDER, variables
from answer.swedish import counted, sentences
from ingest.errors import PromptError

CHARACTERS_PER_TOKEN = 3.0  # Swedish takes 3.2 to 4 with the tokenizers of current models; the rest is a margin
REPLY_SHARE = 0.25  # of the context is kept for the reply
LEAST = 150  # tokens that a prompt must have room for
EARLIER_SHARE = 0.25  # of what is left beside prompt and question, for earlier questions
EARLIER = 3  # questions of the conversation that are sent along
_EARLIER = "<tidigare frågor>\n{lines}\n</tidigare frågor>\n\n"

Messages = tuple[tuple[str, str], ...]  # (role, text)


def messages(name: str, **values: str) -> Messages:
    """System and user message of prompts/`name`.md. Raises PromptError naming the file and what is missing."""
    system, user = _template(FOLDER / f"{name}.md")
    missing = (variables(system) | variables(user)) - values.keys()
    if missing:
        raise PromptError(f"{name}.md names {', '.join(sorted(missing))}, which is not given")
    return ("system", system.format(**values)), ("user", user.format(**values))


@cache
def _template(path: Path) -> tuple[str, str]:
    try:
        system, line, user = path.read_text(encoding="utf-8").partition("\n---\n")
    except OSError as error:
        raise PromptError(f"{path.name}: cannot be read ({error})") from error
    if not line:
        raise PromptError(f"{path.name}: expected two parts with a line of --- between them")
    return system.strip(), user.strip()


def tokens(text: str) -> int:
    """How many tokens a text takes, estimated upwards."""
    return int(len(text) / CHARACTERS_PER_TOKEN) + 1


def room(context: int, prompt: Messages) -> int:
    """Tokens that are left for data beside the prompt and the reply."""
    return int(context * (1 - REPLY_SHARE)) - sum(tokens(text) + 8 for _, text in prompt)


def as_data(text: str) -> str:
    """A text on one line that can neither close the fence around it nor pass for a numbered passage."""
    text = re.sub(r"\s+", " ", text).strip()
    return text.translate(str.maketrans("<>[]", "‹›()"))


def earlier_questions(history: Sequence[str], budget: int) -> str:
    """The conversation's last questions for the prompt, as many as `budget` holds whole; "" where there are none.

    Where some are left out the prompt says so.
    """
    kept: list[str] = []
    budget -= tokens(_EARLIER.format(lines="(99 tidigare frågor ryms inte här)"))
    for question in map(as_data, reversed(history[-EARLIER:])):
        budget -= tokens(question) + 1
        if budget < 0:
            break
        kept.insert(0, question)
    left_out = len(history) - len(kept)
    note = [f"({counted(left_out, 'tidigare fråga')} ryms inte här)"] if left_out else []
    lines = "\n".join([*note, *kept])
    return _EARLIER.format(lines=lines) if history else ""


def batches(evidence: Mapping[int, Evidence], budget: int) -> list[str]:
    """The passages as numbered lines, in as many texts of at most `budget` tokens as they take. All of them, whole.

    A passage longer than the budget goes on under the same number, and so does what stands above it where that is long.
    Raises ValueError where there is no room worth the name.
    """
    if budget < LEAST:
        raise ValueError("no room for passages")
    lines = [line for number, e in evidence.items() for line in _lines(number, e, budget)]
    found: list[list[str]] = []
    used = 0
    for line in lines:
        cost = tokens(line) + 1
        if not found or used + cost > budget:
            found.append([])
            used = 0
        found[-1].append(line)
        used += cost
    return ["\n".join(batch) for batch in found]


def fitting(evidence: Mapping[int, Evidence], wanted: Sequence[int], budget: int) -> dict[int, Evidence]:
    """Those of the wanted passages that fit whole into one text of `budget` tokens, the first wanted first, by number."""
    kept = []
    for number in wanted if budget >= LEAST else ():
        cost = tokens(_line(number, evidence[number])) + 1
        if cost <= budget:
            kept.append(number)
            budget -= cost
    return {number: evidence[number] for number in sorted(kept)}


def _line(number: int, evidence: Evidence) -> str:
    return f"[{number}] {_head(evidence)} | Text: {as_data(evidence.printed)}"


def _lines(number: int, evidence: Evidence, budget: int) -> list[str]:
    """The passage as a line, or as several of at most `budget` tokens, which is LEAST or more."""
    if tokens(line := _line(number, evidence)) < budget:
        return [line]
    head, text = _head(evidence), as_data(evidence.printed)
    if tokens(head) > budget / 2:  # then it is cut like the text, instead of standing before each part
        head, text = "", f"{head} | Text: {text}"
    before = f"[{number}] {head} | Text" if head else f"[{number}] Stycke"
    limit = int((budget - 2) * CHARACTERS_PER_TOKEN) - len(f"{before} (del 999 av 999): ")
    parts = [""]
    for piece in (bit for sentence in sentences(text) for bit in _split(sentence, limit)):
        if parts[-1] and len(parts[-1]) + len(piece) + 1 > limit:
            parts.append("")
        parts[-1] = f"{parts[-1]} {piece}".strip()
    return [f"{before} (del {n} av {len(parts)}): {part}" for n, part in enumerate(parts, 1)]


def _split(sentence: str, limit: int) -> list[str]:
    """A sentence in parts of at most `limit` characters, cut between words."""
    parts = []
    while len(sentence) > limit:
        cut = sentence.rfind(" ", 1, limit) if " " in sentence[1:limit] else limit
        parts.append(sentence[:cut])
        sentence = sentence[cut:].strip()
    return [*parts, sentence]


def _head(evidence: Evidence) -> str:
    """ "Region: Väst | Träff: 9 februari 2021 | Sida: 26 | Ort: Falköping | Fråga: … | Rubrik: …"."""
    c = evidence.citation
    page = "-".join(str(number) for number in dict.fromkeys(c.pages or ())) or "–"
    parts = [
        f"Region: {as_data(c.region or '–')}",
        f"{'Träff' if c.meeting else 'Dokument'}: {as_data(meeting_line(c))}",
        f"Sida: {page}",
        f"Ort: {as_data(', '.join(evidence.towns) or '–')}",
    ]
    if c.question:
        parts.append(f"Fråga: {as_data(c.question)}")
    if c.heading:
        parts.append(f"Rubrik: {as_data(c.heading)}")
    return " | ".join(parts)
