"""The numbered questions: where each is printed, its number and its whole wording."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from ingest.cleaning import fold
from ingest.lines import Line

_NUMBERED = re.compile(r"^(?:fråga\s+)?(?P<number>\d{1,2}|[Il])\s*[.:)]\s*(?P<words>[^\W\d_].*)$", re.I)
_ASKING = re.compile(
    r"^(?:vad|hur|vilk\w+|vem|var|när|varför|finns|har|är|kan|ska|skall|bör|om|beskriv|berätta|ge|nämn|diskutera|förslag|"
    r"exempel|utgå|tänk|lista|motivera|reflektera)\b",
    re.I,
)
GROUP = re.compile(r"^grupp\s*(?P<name>\d{1,2}|[A-D])\b[.:]?$", re.I)


@dataclass(frozen=True)
class Question:
    """A question printed on lines [start, end); `text` as printed, cleaned, with its number."""

    start: int
    end: int
    number: int | None
    text: str


def find_questions(lines: list[Line], skip: set[int]) -> list[Question]:
    """Every question in reading order. `skip`: lines of cover and contents list.

    The wording is told from the answer below it by what recurs: all regions answer the same questions, so what follows
    a number in two chapters alike is wording. A question asked once ends by its punctuation.
    """
    candidates: list[tuple[int, int, str]] = []
    for index, line in enumerate(lines):
        if index in skip or line.furniture:
            continue
        read = _read_number(line)
        if read:
            candidates.append((index, *read))
    keys = {index: _tail_key(lines, index) for index, _, _ in candidates}
    by_number: dict[int, list[int]] = defaultdict(list)
    for index, number, _ in candidates:
        by_number[number].append(index)
    questions = []
    previous = 0
    for index, number, words in candidates:
        shared = max((_common(keys[index], keys[o]) for o in by_number[number] if o != index), default=0)
        end = _end(lines, index, shared)
        wording = " ".join(line.text for line in lines[index:end])
        recurs = shared >= min(15, len(_letters(words)))
        in_order = number == previous + 1 or number == 1 or (previous and previous < number <= previous + 3)
        asks = "?" in wording or bool(_ASKING.match(words))
        if lines[index].level or recurs or (asks and in_order and not lines[index].bullet):
            questions.append(Question(index, end, number, _wording(wording, number)))
            previous = number
    return _with_unnumbered(lines, skip, questions)


def _read_number(line: Line) -> tuple[int, str] | None:
    if line.bullet and re.fullmatch(r"\(?\d{1,2}\)", line.bullet):
        return int(line.bullet.strip("()")), line.text
    if line.bullet:
        return None
    match = _NUMBERED.match(line.text)
    if not match:
        return None
    number = match.group("number")
    if not number.isdigit():
        # "I." is a misread or Roman one; only at the start of a heading or a question
        return (1, match.group("words")) if line.level or line.text.endswith("?") else None
    return int(number), match.group("words")


def _wording(text: str, number: int) -> str:
    text = re.sub(r"^(?:fråga\s+)?(?:\d{1,2}|[Il])\s*[.:)]\s*", "", text, flags=re.I)
    return f"{number}. {text}"


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", fold(text))


def _can_follow(lines: list[Line], first: int, index: int) -> bool:
    line, head = lines[index], lines[first]
    return not (
        line.bullet
        or line.level
        or line.furniture
        or line.hard_break
        or line.page != head.page
        or index - first > 6
        or (line.caps and not head.caps)
        or _NUMBERED.match(line.text)
    )


def _tail_key(lines: list[Line], first: int) -> list[str]:
    """Letters of the number's line and of those below it that could belong to the wording, line by line."""
    match = _NUMBERED.match(lines[first].text)
    keys = [_letters(match.group("words") if match else lines[first].text)]
    if lines[first].level:
        return keys
    for index in range(first + 1, len(lines)):
        if not _can_follow(lines, first, index):
            break
        keys.append(_letters(lines[index].text))
    return keys


def _common(a: list[str], b: list[str]) -> int:
    left, right = "".join(a), "".join(b)
    length = 0
    while length < min(len(left), len(right)) and left[length] == right[length]:
        length += 1
    return length


def _end(lines: list[Line], first: int, shared: int) -> int:
    if lines[first].level or lines[first].hard_break:
        return first + 1
    keys = _tail_key(lines, first)
    end, covered, text = first + 1, len(keys[0]), lines[first].text
    for offset in range(1, len(keys)):
        line = lines[first + offset]
        covered += len(keys[offset])
        finished = text.rstrip()[-1:] in "?.!"
        goes_on = not finished and line.text[:1].islower()
        told = shared >= 10 and shared >= covered - len(keys[offset]) - 4  # the other chapter goes on differently here
        asks_on = finished and not told and bool(_ASKING.match(line.text)) and line.text.rstrip().endswith("?")
        asks_on = asks_on and line.words <= 22
        if covered <= shared + 4 or goes_on or asks_on or shared >= covered - len(keys[offset]) + 12:
            end, text = first + offset + 1, text + " " + line.text
        else:
            break
    return end


def _with_unnumbered(lines: list[Line], skip: set[int], questions: list[Question]) -> list[Question]:
    """Questions printed without their number, known from other chapters; or, where none is numbered, recurring ones."""
    taken = {i for q in questions for i in range(q.start, q.end)}
    known = {_letters(re.sub(r"^\d+\.\s*", "", q.text)): q for q in questions}
    found = list(questions)
    counts = Counter(_letters(line.text) for i, line in enumerate(lines) if i not in skip and line.text.endswith("?"))
    for index, line in enumerate(lines):
        if index in taken or index in skip or line.bullet or line.furniture:
            continue
        key = _letters(line.text)
        if len(key) < 12:
            continue
        same = known.get(key) or next((q for k, q in known.items() if len(key) >= 15 and k.startswith(key)), None)
        if same:
            found.append(Question(index, index + 1, same.number, line.text))
        elif not questions and line.text.endswith("?") and line.words >= 3 and (line.level or counts[key] >= 2):
            found.append(Question(index, index + 1, None, line.text))
    return sorted(found, key=lambda q: q.start)
