"""A language model's reply as text that can be checked: blocks of sentences, each with the numbers that it cites.

What does not belong to an answer is removed on the way: thoughts, links, images, HTML, contact details.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Literal

from answer.swedish import sentences, without_contacts
from index.words import fold, is_stopword, stem
from index.words import words as split_words

_THOUGHT = re.compile(r"<(think|thinking|thought|reasoning)>.*?(?:</\1>|\Z)", re.S | re.I)
_IMAGE = re.compile(r"!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])?")
_TARGET = re.compile(
    r"\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+[^()]*)?\)"
)  # of a link, whatever stands in its brackets
_DEFINITION = re.compile(r"^\s*\[[^\]]+\]:\s*<?(?:[a-z][a-z0-9+.-]*:|www\.|[/#.])\S+.*$", re.M | re.I)
_ADDRESS = re.compile(r"<?\b(?:[a-z][a-z0-9+.-]*://|www\.|mailto:|javascript:|data:\w+/)[^\s<>\])]*>?", re.I)
_TAG = re.compile(r"<[^<>]*>")
_LIST = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_HEADING = re.compile(r"^\s*#{1,6}\s+|^\s*\*\*[^*]+\*\*:?\s*$")
MARKER = re.compile(r"\[(\d+)\]")
_TRAILING = re.compile(r"(?:\s*\[\d+\])+\s*$")
_NUMBERS = re.compile(
    r"[\[【(]\s*(?:(?:källa|källor|stycke|stycken|nr|se)[.:]?\s*)?(?P<list>\^?\d{1,4}(?:\s*(?:,|;|och|&|-|–)\s*\^?\d{1,4})*)"
    r"(?:\s*,\s*s(?:id)?\.?\s*\d+(?:\s*[-–]\s*\d+)?)?\s*(?:†[^\]】)]*)?[\]】)]",
    re.I,
)
_ESCAPED = re.compile(r"\\([\[\]()*_#.!-])")
_ROUND = re.compile(r"\((\d{1,3}(?:\s*(?:,|och)\s*\d{1,3})*)\)(?=\s*(?:[.!?…]|$))|(?<=[.!?…])\s*\((\d{1,3})\)", re.M)

# Words of grammar; enough of them tell these languages apart without a model.
_LANGUAGES = {
    "sv": "och att är inte från också till av ett för på vid eller där efter över så när även många bland genom som",
    "en": "the and of to is are was were with that this for from has have been their they which by on it as an not",
    "no/da": "og ikke er af fra også til et på ved eller der etter over så når mange blant gjennom som jeg blir hvad",
    "de": "und der die das ist nicht mit von den dem ein eine auch für auf wird sind haben zu im des sich oder",
    "fr": "le la les et des est une dans pour que qui sur avec pas sont du aux par ce cette",
}


@dataclass(frozen=True)
class Sentence:
    """One sentence of a reply. `text` holds its [n] markers in place, those at its end after the full stop.

    `numbers` are the cited ones in order; `segments` are its parts, each with the numbers that it cites.
    """

    text: str

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(int(number) for number in MARKER.findall(self.text)))

    @property
    def words(self) -> str:
        """Without markers."""
        return re.sub(r"\s+([.,;:!?])", r"\1", re.sub(r"\s+", " ", MARKER.sub("", self.text))).strip()

    @property
    def said(self) -> str:
        """Without the markers at the end, those inside kept."""
        return _TRAILING.sub("", self.text).strip()

    @property
    def segments(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        parts: list[tuple[str, tuple[int, ...]]] = []
        for match in re.finditer(r"(?P<words>.*?)(?P<markers>(?:\s*\[\d+\])+|\Z)", self.text, re.S):
            words = match["words"].strip(" .,;:!?–-")
            numbers = tuple(int(number) for number in MARKER.findall(match["markers"]))
            if numbers and re.search(r"\w", words):
                parts.append((words, numbers))
            elif parts and (numbers or re.search(r"\w", words)):
                parts[-1] = (f"{parts[-1][0]} {words}".strip(), parts[-1][1] + numbers)
        return tuple(parts)

    def citing(self, numbers: tuple[int, ...]) -> Sentence:
        """The same words with only these markers, at the end."""
        return Sentence(_with_markers(self.words, numbers))

    def without(self, numbers: set[int]) -> Sentence:
        """Without the markers of these numbers."""
        return Sentence(MARKER.sub(lambda m: "" if int(m[1]) in numbers else m[0], self.text).strip())


@dataclass(frozen=True)
class Block:
    """A paragraph, a list item or a heading of a reply."""

    kind: Literal["paragraph", "item", "heading"]
    sentences: tuple[Sentence, ...]


def cleaned(reply: str) -> str:
    """The reply without thoughts, links, images, HTML and contact details; citations in the form [n].

    No address is kept: the only links of an answer are those to the cited pages, which the program makes itself.
    """
    text = _ESCAPED.sub(r"\1", _THOUGHT.sub("", reply.replace("\r\n", "\n")))
    text = _DEFINITION.sub("", _IMAGE.sub("", text))
    text = _TARGET.sub("]", text)
    text = _TAG.sub("", _ADDRESS.sub("", text)).replace("<", "")
    if not re.search(r"[\[【]\s*\^?\d", text):  # a model that cites in round brackets
        text = _ROUND.sub(lambda m: "".join(f"[{n}]" for n in re.findall(r"\d+", m[0])), text)
    text = _NUMBERS.sub(_markers, text)
    text = re.sub(r"(\[\d+\])|!?\[|\]", lambda m: m[1] or "", text)  # only citations keep their brackets
    return "\n".join(without_contacts(line) if line.strip() else "" for line in text.split("\n")).strip()


def blocks(reply: str) -> list[Block]:
    """A cleaned reply in its parts."""
    found: list[Block] = []
    paragraph: list[str] = []

    def close() -> None:
        if paragraph:
            found.append(Block("paragraph", _sentences(" ".join(paragraph))))
            paragraph.clear()

    for line in reply.split("\n"):
        if not line.strip() or re.fullmatch(r"[\s|:*_=`~-]+", line):
            close()
        elif _HEADING.match(line):
            close()
            found.append(Block("heading", (Sentence(_plain(line)),)))
        elif _LIST.match(line) or line.lstrip().startswith("|"):
            close()
            found.append(Block("item", _sentences(_LIST.sub("", line))))
        else:
            paragraph.append(line.strip())
    close()
    return [block for block in found if block.sentences]


def is_swedish(text: str, vocabulary: Container[str] = ()) -> bool:
    """Whether a text is Swedish; True where there are too few words to tell.

    Its words of grammar tell near languages apart. Any other language has hardly a word of the `vocabulary` (stems).
    """
    every = [word for word in split_words(MARKER.sub("", text)) if word.isalpha()]
    counts = {language: sum(word.lower() in markers for word in every) for language, markers in _SETS.items()}
    if max(counts.values()) >= 3:
        return counts["sv"] >= max(counts.values())
    own = {fold(word) for word in every if not word[0].isupper()}
    known = sum(is_stopword(word) or stem(word) in vocabulary for word in own)
    return not vocabulary or len(own) < 3 or known > 2 / 5 * len(own)


def complete(reply: str) -> bool:
    """Whether a reply ends where a sentence does."""
    return bool(re.search(r"[.!?…”\"*)\]|]\s*$", reply.strip()))


class Stream:
    """Makes what arrives in pieces fit to be shown at once: whole sentences or lines, cleaned like the final text."""

    def __init__(self) -> None:
        self._waiting = ""

    def feed(self, piece: str) -> Iterator[str]:
        self._waiting += piece
        while True:
            opened = re.search(r"<(think|thinking|thought|reasoning)>", self._waiting, re.I)
            if opened:
                closed = re.search(rf"</{opened[1]}>", self._waiting, re.I)
                if not closed:
                    return
                self._waiting = self._waiting[: opened.start()] + self._waiting[closed.end() :]
                continue
            end = re.search(r"\n|(?<=[.!?\]])\s(?=\S)", self._waiting)
            if not end or self._waiting[: end.end()].count("(") > self._waiting[: end.end()].count(")"):
                return
            ready, self._waiting = self._waiting[: end.end()], self._waiting[end.end() :]
            yield self._shown(ready)

    def close(self) -> str:
        """What was still waiting."""
        ready, self._waiting = self._waiting, ""
        return self._shown(ready)

    @staticmethod
    def _shown(text: str) -> str:
        space = text[len(text.rstrip()) :]
        return cleaned(text) + space


_SETS = {language: frozenset(words.split()) for language, words in _LANGUAGES.items()}


def _markers(match: re.Match[str]) -> str:
    inside = match["list"]
    if match.group()[0] == "(" and not re.match(r"\(\s*(?:käll|styck)", match.group(), re.I):
        return match.group()  # (2021) or (80) is a figure of the text
    numbers: list[int] = []
    for part in re.split(r"\s*(?:,|;|och|&)\s*", inside.replace("^", "")):
        ends = [int(number) for number in re.findall(r"\d+", part)]
        numbers += range(ends[0], ends[1] + 1) if len(ends) == 2 and ends[0] <= ends[1] < ends[0] + 30 else ends
    return "".join(f"[{number}]" for number in numbers)


def _plain(line: str) -> str:
    """A line without Markdown emphasis."""
    line = re.sub(r"^\s*#{1,6}\s+", "", line)
    return re.sub(r"(\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|`)", "", line).strip()


def _sentences(text: str) -> tuple[Sentence, ...]:
    text = _plain(re.sub(r"\s*\|\s*", " ", text))
    # "… presentkort [1]." and "… presentkort. [1]" are the same: markers end the sentence that they follow.
    text = re.sub(r"((?:\s*\[\d+\])+)\s*([.!?…])(?=\s|$)", r"\2\1", text)
    text = re.sub(r"([.!?…])((?:\s*\[\d+\])+)\s*", lambda m: f"{m[1]}{''.join(m[2].split())}\n", text)
    parts = [part for line in text.split("\n") for part in sentences(line)]
    return tuple(_normal(part) for part in parts if re.search(r"[^\W\d_]", MARKER.sub("", part)))


def _normal(part: str) -> Sentence:
    trailing = _TRAILING.search(part)
    said = part[: trailing.start()] if trailing else part
    numbers = tuple(dict.fromkeys(int(n) for n in MARKER.findall(trailing.group()))) if trailing else ()
    return Sentence(_with_markers(re.sub(r"(?<=\w)\[", " [", said), numbers))


def _with_markers(said: str, numbers: tuple[int, ...]) -> str:
    said = said.strip()
    if said and said[-1] not in ".!?…":
        said = said.rstrip(",;:–- ") + "."
    return said + (" " + "".join(f"[{number}]" for number in numbers) if numbers else "")
