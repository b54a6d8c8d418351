"""Structured statements about a meeting, each with the words on the page that carry it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.attendance import Attendance
from ingest.chapters import Chapter, Structure
from ingest.cleaning import quote_form
from ingest.contents import Entry
from ingest.lines import Line
from ingest.meeting import FoundMeeting
from ingest.model import Fact, FactName, Meeting, Page, RegionChapter, Span
from ingest.towns import Gazetteer
from ingest.upcoming import find_upcoming

_TOTAL = re.compile(
    r"(?P<number>(?:(?:cirka|ca|omkring|drygt|nästan|över|runt|närmare|fler än)\s+)?\d{1,4})\s+(?:st\s+)?"
    r"(?:(?!deltagare)[a-zåäö-]+\s+){0,4}?(?:deltagare|centrumutvecklare|platsutvecklare|kollegor|personer)\b",
    re.I,
)
_CANCELLED = re.compile(
    r"\b(?:ställas?\s+in|ställdes\s+in|ställts\s+in|ställde\s+in|ställt\s+in|inställd[at]?|inställt)\b", re.I
)


class FactFinder:
    """Finds the facts of one report; `lines` of the whole document, offsets into `pages`."""

    def __init__(self, pages: tuple[Page, ...], lines: list[Line], gazetteer: Gazetteer) -> None:
        self.pages, self.lines, self.gazetteer = pages, lines, gazetteer
        self.facts: list[Fact] = []

    def add(
        self, name: FactName, value: str, indices: Iterable[int], region: str | None = None, needle: str = ""
    ) -> None:
        """A fact carried by the given lines, which must follow each other on one page.

        With a `needle`, the sentence that holds it is quoted instead of the lines.
        """
        indices = sorted(indices)
        first, last = self.lines[indices[0]], self.lines[indices[-1]]
        if last.page != first.page:
            last = first
        page = self.pages[first.page]
        span = Span(page.number, first.start, last.end)
        if needle:
            span = self._sentence(span, indices[0], needle)
        fact = Fact(name, value, quote_form(page.text[span.start : span.end]), span, region)
        if not any(f.name == name and f.value == value and f.region == region for f in self.facts):
            self.facts.append(fact)

    def _sentence(self, span: Span, index: int, needle: str) -> Span:
        """The sentence around the needle; it may begin and end some lines away, on the same page."""
        here = self.lines[index]
        near = [here]
        for line in reversed(self.lines[max(0, index - 4) : index]):
            if line.page != here.page or near[0].bullet or line.bullet or line.level:
                break
            near.insert(0, line)
        for line in self.lines[index + 1 : index + 5]:
            if line.page != here.page or line.bullet or line.level:
                break
            near.append(line)
        text, begin, end = self.pages[here.page].text, near[0].start, near[-1].end
        at = text.find(needle, span.start, span.end)
        if at < 0:
            return span
        stops = [m.end() for m in re.finditer(r"[.!?]\s+|\n\s*\n", text[begin:at])]
        start = begin + stops[-1] if stops else begin
        stop = re.compile(r"[.!?](?=\s|$)|\n\s*\n").search(text, at + len(needle), end)
        return Span(span.page, start, stop.end() if stop else end)

    def meeting(self, found: FoundMeeting | None) -> None:
        if not found:
            return
        if found.date_lines:
            self.add("meeting", found.meeting.label, range(*found.date_lines))
        if found.theme_lines and found.meeting.theme:
            self.add("theme", found.meeting.theme, range(*found.theme_lines))

    def regions(self, regions: Iterable[RegionChapter], structure: Structure, entries: list[Entry]) -> None:
        for region in regions:
            chapter = next((c for c in structure.chapters if c.region == region.region), None)
            entry = next((e for e in entries if e.heading and e.heading.region == region.region), None)
            if entry:
                page = f", s. {entry.page}" if entry.page else ""
                self.add("contents", f"Region {region.region}{page}", entry.lines, region.region)
                if entry.towns_lines and entry.towns:
                    self.add("towns", ", ".join(entry.towns), entry.towns_lines, region.region)
                if entry.participants is not None and entry.participants_line is not None:
                    self.add("participants", str(entry.participants), [entry.participants_line], region.region)
            if region.host_town:
                self._host(region, chapter, entry, structure)
                for naming in structure.namings:  # another host named elsewhere is told too, and warned of
                    other = naming.host_town
                    if naming.region == region.region and other and other != region.host_town:
                        self.add("host_town", other, [naming.line], region.region)
        for entry in entries:
            if entry.heading is None and entry.page is not None:
                self.add("contents", f"{entry.title}, s. {entry.page}", entry.lines)

    def _host(self, region: RegionChapter, chapter: Chapter | None, entry: Entry | None, structure: Structure) -> None:
        indices = sorted(structure.heading_lines)
        own = [i for i in indices if chapter and chapter.start <= i < chapter.end]
        named = [n.line for n in structure.namings if n.region == region.region]
        for index in [*own, *(entry.lines if entry else []), *named]:
            text = self.lines[index].text
            if (
                self.gazetteer.mentions(text.title())
                and region.host_town in {m.town for m in self.gazetteer.mentions(text.title())}
                or (region.host_town or "").casefold() in text.casefold()
            ):
                self.add("host_town", region.host_town or "", [index], region.region)
                return
        for index in [*own, *(entry.lines if entry else [])]:
            resolved = self.gazetteer.resolve(re.split(r"[–—:-]\s*|\s(?=\S+$)", self.lines[index].text)[-1])
            if resolved == region.host_town:
                self.add("host_town", region.host_town or "", [index], region.region)
                return

    def chapter_lines(
        self, chapter: Chapter, attendance: list[Attendance], first_question: int
    ) -> tuple[tuple[str, ...], int | None, set[int]]:
        """Represented towns and participants printed in the chapter itself, and the lines that hold them."""
        towns: tuple[str, ...] = ()
        number: int | None = None
        used: set[int] = set()
        for block in attendance:
            if not chapter.start <= block.start < chapter.end:
                continue
            labelled = block.towns or re.match(r"(?i)antal\b|deltagare\s*:", self.lines[block.start].text)
            if block.start > first_question and not labelled:
                continue  # somebody counts something else
            if block.towns and not towns:
                towns = block.towns
                self.add("towns", ", ".join(towns), self._one_page(block.towns_lines), chapter.region)
            if block.participants is not None and number is None and block.count_line is not None:
                number = block.participants
                self.add("participants", str(number), [block.count_line], chapter.region)
            used.update(range(block.start, min(block.end, chapter.end)))
        return towns, number, used

    def _one_page(self, indices: list[int]) -> list[int]:
        return [i for i in indices if self.lines[i].page == self.lines[indices[0]].page]

    def total(self, indices: list[int]) -> int | None:
        """The number of all participants, told by the front pages."""
        total = None
        for position, index in enumerate(indices):
            text = self.lines[index].text
            below = indices[position + 1] if position + 1 < len(indices) else None
            window = f"{text} {self.lines[below].text}" if below is not None else text
            match = _TOTAL.search(window)
            if match and match.start() < len(text) and total is None:
                block = [index] if match.end() <= len(text) or below is None else [index, below]
                self.add(
                    "participants_total",
                    re.sub(r"\s+", " ", match.group("number")),
                    block,
                    needle=match.group("number"),
                )
                total = int(re.sub(r"\D", "", match.group("number")))
        return total

    def upcoming(self, indices: list[int], meeting: Meeting | None) -> None:
        """The next meeting's days and host towns, where the lines announce them."""
        for found in find_upcoming(self.lines, indices, meeting, self.gazetteer):
            self.add(found.name, found.value, found.lines)

    def cancelled(self, indices: list[int], namings: dict[str, str | None], sure: bool = False) -> set[str]:
        """Regions that the text says were cancelled, by their name or their host town; by neither where `sure`."""
        result = set()
        for position, index in enumerate(indices):
            text = self.lines[index].text
            match = _CANCELLED.search(text)
            if not match:
                continue
            start = max(text.rfind(".", 0, match.start()), text.rfind("!", 0, match.start())) + 1
            stop = text.find(".", match.end())
            sentence = text[start : stop if stop >= 0 else len(text)]
            if start == 0 and position and not re.search(r"[.!?]$", self.lines[indices[position - 1]].text):
                sentence = f"{self.lines[indices[position - 1]].text.rsplit('.', 1)[-1]} {sentence}"
            towns = {m.town for m in self.gazetteer.mentions(sentence)}
            for region, host in namings.items():
                named = re.search(rf"\b{re.escape(region)}\b", sentence, re.I) and re.search(r"(?i)region", sentence)
                if sure or named or (host and host in towns):
                    result.add(region)
                    self.add(
                        "cancelled",
                        f"Träffen i region {region}{f' ({host})' if host else ''} ställdes in",
                        [index],
                        region,
                        needle=match.group(),
                    )
        return result
