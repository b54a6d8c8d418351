"""Lines become units: what is printed as one bullet or one paragraph, with the headings that hold for it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from ingest.chapters import Chapter, Structure
from ingest.cleaning import clean_text
from ingest.layout import Layout
from ingest.lines import Line
from ingest.model import Page, PassageKind
from ingest.questions import GROUP, Question
from ingest.towns import Gazetteer

_ENDS_TOWN = re.compile(
    r"^(?:övrig|blandat|gemensam|allmän|generell|diverse|sammanfatt|alla\b|samtliga|reflektion|summering)", re.I
)
_TIPS = re.compile(r"^tips\b", re.I)
_TIPS_START = re.compile(r"^tips\s*[!:]", re.I)
LABEL = re.compile(r"^(?P<label>[^:;.!?]{2,45}?)\s*(?:[:;|]|\s[–—-]\s)(?=\s*\S)")
HOST_LABEL = re.compile(r"^(?:förslag\s+på\s+)?(?:värd(?:stad|ort|städer|orter))\s*:\s*", re.I)
LINKS = re.compile(r"(?:(?:https?://|www\.)\S+|\S+@\S+\.\w+|\b[\w.-]+\.(?:se|com|nu|org|net)\b(?:/\S*)?)")
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
    r"(?:hej|bästa|kära) [\w ]{2,40}|trevlig läsning|fler artiklar|läs mer[\w ]*)"
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


@dataclass(frozen=True)
class Context:
    question: Question | None = None
    group: str | None = None
    heading: str | None = None
    colon: str | None = None  # the line that introduces the bullets that follow
    colon_indent: int = -1
    colon_style: str = ""
    town_heading: tuple[str, ...] = ()
    town_level: int = 9
    heading_towns: tuple[str, ...] = ()  # named in a heading that is more than a town
    tips: bool = False


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
    def _sets_off(self) -> bool:
        """The document sets its headings off by size or weight."""
        return sum(line.bold or line.level is not None for line in self.lines) >= 5

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
            heading = self._heading(index, following, ends, context)
            if heading is not None:
                unit, context = None, heading
                continue
            if context.colon and not self._under_colon(line, context):
                context = _replace(context, colon=None)
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

    # -- headings

    def _heading(self, index: int, following: int | None, ends: bool, context: Context) -> Context | None:
        """The context that the line sets where it is a heading; None where it is text."""
        line = self.lines[index]
        text = line.text.strip()
        bare = text.rstrip(":").strip()
        if len(bare) < 2:
            return None
        after = self.lines[following] if following is not None else None
        if line.bullet and not (
            line.caps and line.words >= 3 and after and not after.bullet and not after.caps and not ends
        ):
            return None
        towns = self._town_heading(line, bare)
        marked = line.level is not None or (line.bold and line.words <= 14)
        if towns and (marked or line.caps or not ends):
            return _replace(
                context,
                heading=bare,
                town_heading=towns,
                town_level=line.level or 9,
                heading_towns=(),
                tips=False,
                colon=None,
            )
        if not marked and ends and not line.caps:
            return None
        if marked or (line.caps and line.words <= 12 and not HOST_LABEL.match(text)):
            return self._plain_heading(line, bare, context)
        if after is None or line.words > 14 or line.page != after.page:
            return None
        forced = after.blank_before or not self.layout.is_wrapped(index, following if following is not None else index)
        if text.endswith(":") and (after.bullet or forced) and line.words <= 16 and not re.search(r"[.!?]\s", text):
            return (
                _colon(context, bare, line, after)
                if after.bullet
                else _replace(context, heading=bare, colon=None, heading_towns=self._mentioned(bare))
            )
        if _TIPS.fullmatch(bare):
            return self._plain_heading(line, bare, context)
        asks = text.endswith("?") and text.count("?") == 1 and line.words <= 12 and ":" not in text
        if asks and forced and not after.bullet and after.text[:1].isupper():
            return _replace(context, heading=text, colon=None, tips=False, heading_towns=self._mentioned(text))
        short = (
            line.words <= 7 and not re.search(r"[.,;:!?…]$", text) and text[:1].isupper() and not re.search(r"\d", text)
        )
        if after.bullet in ("–", "—") and after.text[:1].islower():
            return None
        starts = after.bullet is not None or not after.text[:1].islower()
        if after.gap and (not line.blank_before or self._sets_off):
            return None  # it belongs to what stands above it, or stands by itself where headings are set off
        if short and forced and starts and not LINKS.search(text) and not self.layout.is_narrow(index):
            return self._plain_heading(line, bare, context)
        return None

    def _plain_heading(self, line: Line, bare: str, context: Context) -> Context:
        level = line.level or 9
        keeps = bool(context.town_heading) and not _ENDS_TOWN.match(bare) and level >= context.town_level
        return _replace(
            context,
            heading=bare,
            colon=None,
            tips=bool(_TIPS.match(bare)),
            town_heading=context.town_heading if keeps else (),
            heading_towns=self._mentioned(bare),
            question=None if line.level and self._question_level(context) > line.level else context.question,
        )

    def _mentioned(self, heading: str) -> tuple[str, ...]:
        mentions = self.gazetteer.mentions(heading.title() if heading.isupper() else heading)
        return tuple(dict.fromkeys(m.town for m in mentions))

    def _question_level(self, context: Context) -> int:
        """Heading level of the question that is being answered; 0 where the format gives none."""
        return self.lines[context.question.start].level or 0 if context.question else 0

    def _town_heading(self, line: Line, bare: str) -> tuple[str, ...]:
        """Towns of a heading that is a place, or begins with one ("PITEÅ – BESÖKSNÄRING"); () where it is none."""
        pieces = re.split(r"\s*[–—:]\s*|\s+-\s+", bare, maxsplit=1)
        names = [n.strip() for n in re.split(r"/|,|\s+(?:och|OCH|&)\s+", pieces[0]) if n.strip()]
        if not names or len(names) > 5 or (len(pieces) > 1 and not (line.caps or line.level or line.bold)):
            inside = self.gazetteer.mentions(bare.title()) if line.caps and line.bullet else []
            return tuple(dict.fromkeys(m.town for m in inside))
        towns = []
        for name in names:
            town = self.gazetteer.exact(name) or self.gazetteer.areas.get(name.casefold())
            if town is None and (line.caps or line.level):
                town = self.gazetteer.misprinted(name)
            if town is None:
                if line.caps and line.bullet:
                    return tuple(dict.fromkeys(m.town for m in self.gazetteer.mentions(bare.title())))
                return ()
            towns.append(town)
        return tuple(dict.fromkeys(towns))

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
        return _colon(context, clean_text(unit.text[0], self.markdown).rstrip(":"), self.lines[unit.first], after)

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
                later.context = _replace(later.context or Context(), colon=sentences[-1].rstrip(":"))
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


def _replace(context: Context, **changes: object) -> Context:
    return Context(**{**context.__dict__, **changes})


def _colon(context: Context, text: str, line: Line, after: Line) -> Context:
    if after.indent > line.indent and after.bullet and line.bullet:
        style = "nested"
    elif not line.bullet:
        style = "list"
    elif after.text[:1].islower():
        style = "lower"
    else:
        style = "short"
    return _replace(context, colon=text, colon_indent=line.indent, colon_style=style)


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
