"""Lines become units: what is printed as one bullet or one paragraph, with the headings that hold for it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from ingest.chapters import Chapter, Structure
from ingest.cleaning import clean_text
from ingest.contexts import LINKS, Context, HeadingReader, changed, introduced
from ingest.layout import Layout
from ingest.lines import Line
from ingest.model import Page, PassageKind
from ingest.questions import GROUP, Question
from ingest.towns import Gazetteer

_TIPS_START = re.compile(r"^tips\s*[!:]", re.I)
LABEL = re.compile(r"^(?P<label>[^:;.!?]{2,45}?)\s*(?:[:;|]|\s[–—-]\s)(?=\s*\S)")
PHONE = re.compile(r"(?:\+46|\b0)\d{1,3}[\s-]?\d{2,3}[\s-]?\d{2}[\s-]?\d{2}\b")
_FUNCTION_END = re.compile(
    r"\b(?:i|på|och|med|för|att|som|av|till|en|ett|den|det|de|är|vid|från|om|eller|men|har|kan|ska|vi|t\s?ex|bl\s?a|under|mellan|hos|ca|cirka|kl|nr|över|per)$",
    re.I,
)
# "Syfte: ..." starts a paragraph; an example or a remark belongs to the one before it
_STARTS_LABEL = re.compile(
    r"^(?:Tips|TIPS|Obs|OBS)!|^(?!(?:[Ee]xempel|[Oo][Bb][Ss]|[Ss]e|[Ff]råga|[Ss]var)\b)(?:[A-ZÅÄÖ][\w/&.-]*)(?:\s[\w/&-]+){0,4}:(?!//)"
)
FLOURISH = re.compile(
    r"(?:på återseende|med vänlig\w* hälsning\w*|tack(?: för (?:\w+ ?){1,3})?|stort tack[\w ]{0,30}|välkom(?:men|na)|"
    r"hej [\w ]{2,30}|(?:bästa|kära) (?:läsare|nätverk\w*|vänner|kollegor|medlem\w*|deltagare)|trevlig läsning|fler artiklar|läs mer[\w ]*)"
)


@dataclass
class Unit:
    """Lines that are printed as one bullet or paragraph."""

    kind: PassageKind
    lines: list[tuple[int, int, int]] = field(default_factory=list)  # page index, start, end
    text: list[str] = field(default_factory=list)
    first: int = 0  # index of the first line
    indent: int = 0
    bullet: str | None = None
    context: Context | None = None


@dataclass
class UnitReader:
    """Reads the units of one document's chapters. `skip` are lines that are no text."""

    pages: tuple[Page, ...]
    lines: list[Line]
    structure: Structure
    questions: list[Question]
    skip: set[int]
    gazetteer: Gazetteer
    layout: Layout
    markdown: bool = False

    @cached_property
    def headings(self) -> HeadingReader:
        return HeadingReader(self.lines, self.gazetteer, self.layout)

    def read(self, stream: Iterable[int], chapter: Chapter, box: bool = False) -> list[Unit]:
        """Units of the lines in `stream`; a box stands beside the text and answers no question."""
        indices = [i for i in stream if self._usable(i)]
        questions = {} if box else {q.start: q for q in self.questions if chapter.start <= q.start < chapter.end}
        covered = {i for q in questions.values() for i in range(q.start, q.end)}
        context = Context()
        units: list[Unit] = []
        unit: Unit | None = None
        for position, index in enumerate(indices):
            line = self.lines[index]
            following = indices[position + 1] if position + 1 < len(indices) else None
            if index in questions:
                unit = None
                context = Context(question=questions[index], group=context.group)
                continue
            if index in covered:
                continue
            group = GROUP.match(line.text)
            if group and not line.bullet:
                unit = None
                context = Context(group=f"Grupp {group.group('name')}")
                continue
            previous = indices[position - 1] if position else None
            if (
                unit is not None
                and previous is not None
                and self._continues(unit, previous, index)
                and not self._town_between(unit, previous, index, following)
            ):
                unit.lines.append((line.page, line.outer, line.end))
                unit.text.append(self._cut(line.page, line.outer, line.end))
                continue
            ends = following is None or following in questions or bool(GROUP.match(self.lines[following].text))
            heading = self.headings.heading(index, following, ends, context)
            if heading is not None:
                unit, context = None, heading
                continue
            if context.colon and not self._under_colon(line, context):
                context = changed(context, colon=None)
            kind: PassageKind = "paragraph" if line.bullet is None or self._is_speech(line, following) else "bullet"
            if context.tips or _TIPS_START.match(line.text):
                kind = "tips"
            words = self._cut(line.page, line.start, line.end)
            unit = Unit(kind, [(line.page, line.start, line.end)], [words], index, line.indent, line.bullet, context)
            units.append(unit)
            unit_end = self._colon_end(units, unit, following, context)
            if unit_end is not None:
                context, unit = unit_end, None
        return self._fold_colon_paragraphs(units)

    def _cut(self, page: int, start: int, end: int) -> str:
        return self.pages[page].text[start:end]

    def _is_speech(self, line: Line, following: int | None) -> bool:
        """A dash with a blank line above and below begins what somebody says, not an item of a list."""
        apart = following is None or self.lines[following].blank_before
        return line.bullet in ("–", "—") and line.blank_before and apart

    def _continues(self, unit: Unit, previous: int, index: int) -> bool:
        """The line goes on with the unit that the line before belongs to."""
        line, before = self.lines[index], self.lines[previous]
        text = line.text
        if line.level is not None or before.level is not None or line.hard_break:
            return False
        if line.bullet:
            if (
                line.bullet in "–—-="
                and unit.bullet is not None
                and text[:1].islower()
                and line.indent > unit.indent
                and self.layout.is_wrapped(previous, index)
            ):
                return True
            if (
                line.bullet in "–—-+"
                and unit.bullet is None
                and self.layout.is_wrapped(previous, index)
                and text[:1].islower()
            ):
                return True
            return line.bullet in "–—" and unit.bullet is None and text[:1].islower() and not before.text.endswith(":")
        crosses = line.page != before.page
        if any(not self.lines[i].furniture for i in range(previous + 1, index)) and not crosses:
            return False  # something that is no text stood between them
        if line.blank_before and not crosses and not (line.gap and _unfinished(before, line)):
            return False
        if self.markdown:
            return True
        if crosses:
            finished = re.search(r"[.?!:…)”\"]$", before.text)
            if text[:1].islower():
                return True
            if unit.bullet and line.indent > unit.indent and self.layout.hanging and not line.caps:
                return True
            full = self.layout.is_full(previous) and line.words > 3
            return full and not finished and not line.caps and not _STARTS_LABEL.match(text)
        if line.caps and line.words <= 12 and not before.caps:
            return False
        if _STARTS_LABEL.match(text) and not unit.bullet and not _FUNCTION_END.search(before.text):
            return False
        if before.text.endswith(",") or (text.startswith("(") and not re.search(r"[.!?:]$", before.text)):
            return True
        if text[:1].islower() or re.match(r"[\d(”\"&]", text) and self.layout.is_wrapped(previous, index):
            return True
        if unit.bullet and line.indent > unit.indent:
            return True
        if unit.bullet and self.layout.hanging and text[:1].isupper() and re.search(r"[.!?…]$|\w$", before.text):
            return bool(_FUNCTION_END.search(before.text)) or before.raw.endswith("-")
        if before.raw.endswith(("-", "\u00ad")) or _FUNCTION_END.search(before.text):
            return True
        if line.indent >= before.indent + 2 and not unit.bullet:
            return False  # first-line indent
        return self.layout.is_wrapped(previous, index)

    def _town_between(self, unit: Unit, previous: int, index: int, following: int | None) -> bool:
        """A known town alone on its line between two bullets is the heading of those below it."""
        line, before = self.lines[index], self.lines[previous]
        if line.bullet or unit.bullet is None or following is None or not self.lines[following].bullet:
            return False
        if re.search(r"(?:[,/&–-]|\b(?:i|på|från|till|och|mellan|hos|vid|samt|eller|som|för|av))$", before.text):
            return False
        return line.text[:1].isupper() and self.gazetteer.exact(line.text.rstrip(":")) in self.gazetteer.known

    def _under_colon(self, line: Line, context: Context) -> bool:
        if not line.bullet:
            return False
        if context.colon_style == "nested":
            return line.indent > context.colon_indent
        if context.colon_style == "list":
            return True
        short = line.words <= 5 and not line.text.endswith(".")
        return short if context.colon_style == "short" else line.text[:1].islower()

    def _colon_end(
        self, units: list[Unit], unit: Unit | None, following: int | None, context: Context
    ) -> Context | None:
        """A bullet of one line that ends with a colon and has bullets below: a heading of those, no passage."""
        if unit is None or following is None or len(unit.lines) > 1 or not unit.text[-1].rstrip().endswith(":"):
            return None
        after = self.lines[following]
        if not after.bullet:
            return None
        units.remove(unit)
        return introduced(context, clean_text(unit.text[0], self.markdown).rstrip(":"), self.lines[unit.first], after)

    def _fold_colon_paragraphs(self, units: list[Unit]) -> list[Unit]:
        """Units of several lines that end with a colon become the heading of the bullets below them."""
        result: list[Unit] = []
        for position, unit in enumerate(units):
            text = clean_text("\n".join(unit.text), self.markdown)
            below: list[Unit] = []
            sentences = re.split(r"(?<=[.!?])\s+", text)
            if text.endswith(":") and (len(unit.lines) > 1 or len(sentences) > 1):
                for later in units[position + 1 :]:
                    same = later.context and unit.context and later.context.question == unit.context.question
                    if not same or later.bullet is None or later.context.heading != unit.context.heading:  # type: ignore[union-attr]
                        break
                    line = self.lines[later.first]
                    if below and unit.bullet and not _same_style(self.lines[below[0].first], line, unit.indent):
                        break
                    below.append(later)
            for later in below:
                later.context = changed(later.context or Context(), colon=sentences[-1].rstrip(":"))
            if not below or len(sentences) > 1:
                result.append(unit)
        return result

    def _usable(self, index: int) -> bool:
        line = self.lines[index]
        if index in self.skip or index in self.structure.heading_lines or line.furniture:
            return False
        if line.bullet or line.level:
            return True
        if is_flourish(line.text):
            return False
        # a line that holds nothing but a way to reach somebody
        contact = PHONE.sub("", LINKS.sub("", line.text))
        return contact == line.text or bool(re.search(r"[^\W\d_]{2}", contact)) or line.text.startswith("http")


def _unfinished(before: Line, line: Line) -> bool:
    """A sentence goes on from the line above, whatever the distance."""
    if line.bold != before.bold or re.search(r"[.?!:…]$", before.text):
        return False
    return line.text[:1].islower() or line.text[:1] == "("


def _same_style(first: Line, line: Line, indent: int) -> bool:
    """The bullet looks like the first of its list: both nested, both in lower case, or both of a few words."""
    if first.indent > indent:
        return line.indent > indent
    if first.text[:1].islower():
        return line.text[:1].islower()
    return line.words <= 5 and not line.text.endswith(".")


def is_flourish(text: str) -> bool:
    """A greeting or thanks that states nothing."""
    return bool(FLOURISH.fullmatch(re.sub(r"[^\w\s]", "", text).strip().casefold()))
