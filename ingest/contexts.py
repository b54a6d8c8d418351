"""Which lines are headings, and what holds below them: question, heading, town, the line that introduces a list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from ingest.layout import Layout
from ingest.lines import Line
from ingest.questions import Question
from ingest.towns import Gazetteer

_ENDS_TOWN = re.compile(
    r"^(?:övrig|blandat|gemensam|allmän|generell|diverse|sammanfatt|alla\b|samtliga|reflektion|summering)", re.I
)
_TIPS = re.compile(r"^tips\b", re.I)
HOST_LABEL = re.compile(r"^(?:förslag\s+på\s+)?(?:värd(?:stad|ort|städer|orter))\s*:\s*", re.I)
LINKS = re.compile(r"(?:(?:https?://|www\.)\S+|\S+@\S+\.\w+|\b[\w.-]+\.(?:se|com|nu|org|net)\b(?:/\S*)?)")


@dataclass(frozen=True)
class Context:
    """What holds for the lines that follow: question, group, headings, the line that introduces a list."""

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
class HeadingReader:
    """Tells the headings among the lines of one document."""

    lines: list[Line]
    gazetteer: Gazetteer
    layout: Layout

    @cached_property
    def _sets_off(self) -> bool:
        """The document sets its headings off by size or weight."""
        return sum(line.bold or line.level is not None for line in self.lines) >= 5

    def heading(self, index: int, following: int | None, ends: bool, context: Context) -> Context | None:
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
            return changed(
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
                introduced(context, bare, line, after)
                if after.bullet
                else changed(context, heading=bare, colon=None, heading_towns=self._mentioned(bare))
            )
        if _TIPS.fullmatch(bare):
            return self._plain_heading(line, bare, context)
        asks = text.endswith("?") and text.count("?") == 1 and line.words <= 12 and ":" not in text
        if asks and forced and not after.bullet and after.text[:1].isupper():
            return changed(context, heading=text, colon=None, tips=False, heading_towns=self._mentioned(text))
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
        return changed(
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


def changed(context: Context, **changes: object) -> Context:
    return Context(**{**context.__dict__, **changes})


def introduced(context: Context, text: str, line: Line, after: Line) -> Context:
    if after.indent > line.indent and after.bullet and line.bullet:
        style = "nested"
    elif not line.bullet:
        style = "list"
    elif after.text[:1].islower():
        style = "lower"
    else:
        style = "short"
    return changed(context, colon=text, colon_indent=line.indent, colon_style=style)
