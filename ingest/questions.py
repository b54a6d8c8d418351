"""The numbered questions: where each is printed, its number and its whole wording."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from ingest.cleaning import clean_text, fold
from ingest.lines import Line

_NUMBERED = re.compile(
    r"^(?P<label>fråga\s+)?(?P<number>\d{1,2}|(?-i:[A-HIl]))(?:\s*[.:)]|(?(label)\s*[–-](?=\s)|(?!)))\s*(?P<words>[^\W\d_].*)$",
    re.I,
)
_LABEL_ALONE = re.compile(r"^(?:diskussions)?fråga\s+(?:nr\.?\s*)?(?P<number>\d{1,2})\s*[.:]?$", re.I)
_ASKING = re.compile(
    r"^(?:vad|hur|vilk\w+|vem|var|när|varför|finns|har|är|kan|ska|skall|bör|om|beskriv|berätta|ge|nämn|diskutera|förslag|"
    r"exempel|utgå|tänk|lista|motivera|reflektera|önskemål|idéer|tips|nästa|vilket|vems|vart|får|behöver|tycker|upplever)\b",
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
    candidates = _of_one_style(lines, candidates)
    keys = {index: _tail_key(lines, index) for index, _, _ in candidates}
    by_number: dict[int, list[int]] = defaultdict(list)
    for index, number, _ in candidates:
        by_number[number].append(index)
    # Where questions stand out, a figure in plain text begins no question.
    marked = any(_marked(lines[i]) and (w.endswith("?") or _ASKING.match(w)) for i, _, w in candidates)
    questions = []
    previous = 0
    for index, number, words in candidates:
        shared = max((_common(keys[index], keys[o]) for o in by_number[number] if o != index), default=0)
        end = _over_page(lines, index, _end(lines, index, shared))
        wording = " ".join(line.text for line in lines[index:end] if not line.furniture)
        recurs = shared >= min(15, len(_letters(words)))
        in_order = number == previous + 1 or number == 1 or (previous and previous < number <= previous + 3)
        asks = "?" in wording or bool(_ASKING.match(words))
        asks = asks and (marked == _marked(lines[index]) or not marked)
        if lines[index].level or recurs or (asks and in_order and (not lines[index].bullet or wording.endswith("?"))):
            questions.append(Question(index, end, number, _wording(wording, number)))
            previous = number
    questions = _with_labels(lines, skip, questions)
    return _with_unnumbered(lines, skip, questions)


def _marked(line: Line) -> bool:
    return line.bold or line.level is not None


def _of_one_style(lines: list[Line], candidates: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Without the figures of lists where questions have a word in front ("Fråga 1:"), and without stray letters."""
    labelled = [c for c in candidates if re.match(r"(?i)fråga\b", lines[c[0]].text)]
    if len({c[1] for c in labelled}) >= 2:
        return labelled
    letters = [c for c in candidates if lines[c[0]].text[:1].isalpha() and lines[c[0]].text[:1] not in "Il"]
    asking = {c[1] for c in letters if "?" in c[2] or _ASKING.match(c[2])}
    return candidates if len(asking) >= 2 else [c for c in candidates if c not in letters]


def _with_labels(lines: list[Line], skip: set[int], questions: list[Question]) -> list[Question]:
    """Questions named by their number alone ("Fråga 2"): worded on the next line, or in the list of all questions."""
    taken = {i for q in questions for i in range(q.start, q.end)}
    worded = {q.number: q.text for q in reversed(questions)}
    found = list(questions)
    for index, line in enumerate(lines):
        match = _LABEL_ALONE.match(line.text)
        if not match or index in taken or index in skip or line.furniture or line.bullet:
            continue
        number, end = int(match.group("number")), index + 1
        below = lines[end] if end < len(lines) else None
        if below and end in taken:  # the wording has its number, too
            continue
        asks = below and not below.bullet and below.page == line.page
        if (
            below
            and asks
            and (below.text.endswith("?") or _letters(below.text) == _letters(worded.get(number, "?")[2:]))
        ):
            found.append(Question(index, end + 1, number, f"{number}. {below.text}"))
        else:
            found.append(Question(index, end, number, worded.get(number, line.text.rstrip(".:"))))
    return sorted(found, key=lambda q: q.start)


def _read_number(line: Line) -> tuple[int, str] | None:
    if line.bullet and re.fullmatch(r"\(?\d{1,2}\)", line.bullet):
        return int(line.bullet.strip("()")), line.text
    if line.bullet:
        return None
    match = _NUMBERED.match(line.text)
    if not match:
        return None
    number = match.group("number")
    if number in "Il":
        # "I." is a misread or Roman one; only at the start of a heading or a question
        return (1, match.group("words")) if line.level or line.text.endswith("?") else None
    if not number.isdigit():
        return ord(number) - ord("A") + 1, match.group("words")
    return int(number), match.group("words")


def _wording(text: str, number: int) -> str:
    if re.match(r"[A-H]\s*[.:)]", text):
        return text
    text = re.sub(r"^(?:fråga\s+)?(?:\d{1,2}|[Il])\s*[.:)–-]\s*", "", text, flags=re.I)
    return f"{number}. {text}"


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", fold(text))


def _can_follow(lines: list[Line], first: int, index: int) -> bool:
    line, head = lines[index], lines[first]
    if line.joined:
        return True
    if _marked(line):
        return False
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
    if lines[first].hard_break:
        return first + 1
    marked = _heading_end(lines, first) if _marked(lines[first]) else 0
    keys = _tail_key(lines, first)
    end, covered, text = first + 1, len(keys[0]), lines[first].text
    for offset in range(1, len(keys)):
        line = lines[first + offset]
        if marked:  # below the words that are set off, only what recurs is wording
            covered += len(keys[offset])
            if first + offset >= marked and covered > shared + 4:
                break
            end = first + offset + 1
            continue
        covered += len(keys[offset])
        finished = text.rstrip()[-1:] in "?.!"
        goes_on = not finished and line.text[:1].islower()
        told = shared >= 10 and shared >= covered - len(keys[offset]) - 4  # the other chapter goes on differently here
        asks_on = finished and not told and bool(_ASKING.match(line.text)) and line.text.rstrip().endswith("?")
        asks_on = asks_on and line.words <= 22
        begins = shared >= covered - len(keys[offset]) + max(12, 0.6 * len(keys[offset])) and not line.blank_before
        if covered <= shared + 4 or goes_on or asks_on or begins:
            end, text = first + offset + 1, text + " " + line.text
        else:
            break
    return end


def _over_page(lines: list[Line], first: int, end: int) -> int:
    """The end of a question that the page's end breaks within a sentence."""
    if re.search(r"[?.!:]$", lines[end - 1].text):
        return end
    rest = end
    while rest < len(lines) and lines[rest].furniture:
        rest += 1
    if rest >= len(lines) or lines[rest].page != lines[first].page + 1:
        return end
    line = lines[rest]
    goes_on = line.text[:1].islower() and not line.bullet and _marked(line) == _marked(lines[first])
    return rest + 1 if goes_on and line.text.endswith("?") else end


def _heading_end(lines: list[Line], first: int) -> int:
    end = first + 1
    while end < len(lines) and lines[end].joined:
        end += 1
    return end


def _loose_end(lines: list[Line], first: int) -> int:
    """Where the words that begin here end: with what is set off, or with the sentence of a question in plain text."""
    if _marked(lines[first]) or lines[first].bullet or not _ASKING.match(lines[first].text):
        return _heading_end(lines, first)
    end = first + 1
    while end < len(lines) and end - first < 3 and not re.search(r"[?.!:]$", lines[end - 1].text):
        line = lines[end]
        apart = line.bullet or line.level or line.bold or line.blank_before or line.page != lines[first].page
        if apart or not line.text[:1].islower():
            break
        end += 1
    return end


def _with_unnumbered(lines: list[Line], skip: set[int], questions: list[Question]) -> list[Question]:
    """Questions printed without their number, known from other chapters; or, where none is numbered, recurring ones.

    What recurs and is set as a question is one without a question mark, too ("Förslag på nästa tema").
    """
    taken = {i for q in questions for i in range(q.start, q.end)}
    known = {_letters(re.sub(r"^\w{1,2}\.\s*", "", q.text)): q for q in questions}
    found = list(questions)
    loose = {i: _loose_end(lines, i) for i, line in enumerate(lines) if not (i in skip or line.joined)}
    texts = {i: clean_text("\n".join(line.raw for line in lines[i:end])) for i, end in loose.items()}
    counts = Counter(_letters(text) for text in texts.values())
    for index, text in texts.items():
        line, key = lines[index], _letters(text)
        if index in taken or line.bullet or line.furniture or len(key) < 12 or text[:1].islower():
            continue
        same = known.get(key) or next((q for k, q in known.items() if len(key) >= 15 and k.startswith(key)), None)
        words = len(text.split())
        asks = text.endswith("?") and (_marked(line) or counts[key] >= 2)
        recurs = counts[key] >= (2 if _marked(line) else 3) and bool(_ASKING.match(text)) and not text.isupper()
        if same:
            found.append(Question(index, loose[index], same.number, text))
        elif not questions and words >= 3 and (asks or recurs):
            found.append(Question(index, loose[index], None, text))
    return sorted(found, key=lambda q: q.start)
