"""Lines become passages: one bullet or one paragraph each, with question, heading, group, towns and exact spans."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

from ingest.chapters import Chapter, Structure
from ingest.cleaning import clean_text, quote_form
from ingest.contexts import HOST_LABEL, LINKS, Context
from ingest.layout import Layout
from ingest.lines import Line
from ingest.model import Page, Passage, Span
from ingest.questions import Question
from ingest.towns import Gazetteer, split_towns
from ingest.units import LABEL, PHONE, Unit, UnitReader, is_flourish

# Who wrote and took pictures, when it was published, whose page it is.
_BYLINE = re.compile(
    r"(?i:(?:text|foto|bild|illustration|skribent|reporter)\s*:|(?:publicerad|uppdaterad|senast\s+\w+)\b.*\d|©|copyright\b)"
    r"|Av [A-ZÅÄÖ][\w-]+ [A-ZÅÄÖ][\w-]+\b[^.!?]*$|.*\bFoto\s*:\s*[A-ZÅÄÖ][\w-]+ [A-ZÅÄÖ][\w-]+$"
)


@dataclass
class PassageBuilder:
    """Builds the passages of one document. `about` are the towns that the whole document is about."""

    document: str
    pages: tuple[Page, ...]
    lines: list[Line]
    structure: Structure
    questions: list[Question]
    skip: set[int]
    gazetteer: Gazetteer
    layout: Layout
    markdown: bool = False
    about: tuple[str, ...] = ()

    def build(self) -> tuple[Passage, ...]:
        reader = UnitReader(
            self.pages,
            self.lines,
            self.structure,
            self.questions,
            self.skip,
            self.gazetteer,
            self.layout,
            self.markdown,
        )
        found: list[tuple[Unit, Chapter]] = []
        for chapter in self.structure.chapters:
            main, boxes = self._streams(chapter)
            units = reader.read(main, chapter)
            for box in boxes:
                units += reader.read(box, chapter, box=True)
            found += [(unit, chapter) for unit in sorted(units, key=lambda u: u.first)]
        passages: list[Passage] = []
        seen: dict[str, int] = {}
        for unit, chapter in found:
            passage = self._passage(unit, chapter, len(passages), seen)
            if passage:
                passages.append(passage)
        return tuple(passages)

    # -- which lines are read in which stream

    def _streams(self, chapter: Chapter) -> tuple[list[int], list[list[int]]]:
        boxed: list[list[int]] = []
        taken: set[int] = set()
        for start in sorted(self.structure.box_starts):
            if chapter.start <= start < chapter.end:
                page = self.lines[start - 1].page
                box = [i for i in range(start, chapter.end) if self.lines[i].page == page]
                # A numbered question or a bullet list below the heading is the chapter's text, not a box.
                if (
                    box
                    and not any(q.start in box for q in self.questions)
                    and not any(self.lines[i].bullet for i in box)
                ):
                    boxed.append(box)
                    taken.update(box)
        for box in self.layout.side_boxes(chapter.start, chapter.end, self.skip | taken):
            boxed.append(box)
            taken.update(box)
        return [i for i in range(chapter.start, chapter.end) if i not in taken], boxed

    # -- units to passages

    def _passage(self, unit: Unit, chapter: Chapter, order: int, seen: dict[str, int]) -> Passage | None:
        spans, quote = self._spans(unit)
        text = clean_text("\n".join(unit.text), self.markdown)
        text = re.sub(
            r"(?:\s*[–—-])?\s*\b(?:läs mer|se mer|mer info\w*)\b[^.!?]{0,40}?" + LINKS.pattern + r".*$",
            "",
            text,
            flags=re.I,
        )
        text = text.strip()
        if not _says_something(text, unit, chapter.region is not None):
            return None
        context = unit.context or Context()
        key = f"{self.document}|{spans[0].page}|{chapter.region}|{text}"
        seen[key] = seen.get(key, 0) + 1
        identity = sha256(f"{key}|{seen[key]}".encode()).hexdigest()[:16]
        heading = context.colon or context.heading
        return Passage(
            id=identity,
            document=self.document,
            order=order,
            kind=unit.kind,
            text=text,
            quote=quote,
            spans=spans,
            region=chapter.region,
            question=context.question.text if context.question else None,
            question_number=context.question.number if context.question else None,
            heading=heading,
            group=context.group,
            towns=self._towns(text, context, chapter),
        )

    def _spans(self, unit: Unit) -> tuple[tuple[Span, ...], str]:
        merged: list[list[int]] = []
        for page, start, end in unit.lines:
            if merged and merged[-1][0] == page and not self.pages[page].text[merged[-1][2] : start].strip():
                merged[-1][2] = end
            else:
                merged.append([page, start, end])
        runs = [[merged[0]]]
        for before, after in zip(merged, merged[1:], strict=False):
            unbroken = (
                after[0] == before[0] + 1
                and not self.pages[before[0]].text[before[2] :].strip()
                and not self.pages[after[0]].text[: after[1]].strip()
            )
            runs[-1].append(after) if unbroken else runs.append([after])
        quotes = [
            quote_form("\n".join(self.pages[piece[0]].text[piece[1] : piece[2]] for piece in run)) for run in runs
        ]
        spans = tuple(Span(self.pages[page].number, start, end) for page, start, end in merged)
        # A hyphen that breaks a word over the page is none of the page's words once line ends are undone.
        quotes[:-1] = [re.sub(r"(?<=\w)[-\u00ad]$", "", quote) for quote in quotes[:-1]]
        return spans, max(quotes, key=len)

    def _towns(self, text: str, context: Context, chapter: Chapter) -> tuple[str, ...]:
        """See Passage.towns. What is nearest to the words decides: label, heading, capitals, then the sentence."""
        gazetteer = self.gazetteer
        label = self._label_towns(text)
        mentions = gazetteer.mentions(text)
        over = context.town_heading or chapter.about or self.about
        if label:
            return tuple(dict.fromkeys([*label, *(t for t in over if t not in label)])) if over else label
        if over:
            if chapter.about and not context.town_heading:
                return tuple(dict.fromkeys([*over, *(m.town for m in mentions)]))
            leading = tuple(m.town for m in mentions if m.start <= 2 or (m.capitals and m.start < 12))
            return tuple(dict.fromkeys([*over, *leading]))
        only = HOST_LABEL.sub("", text).rstrip(".")
        listed = split_towns(only, gazetteer) if len(only.split()) <= 6 else ()
        if listed and all(gazetteer.exact(town) for town in listed) and not re.search(r"\b[a-zåäö]{4,}\b", only):
            return tuple(town for town in listed if gazetteer.exact(town))
        capitals = [m.town for m in mentions if m.capitals]
        return tuple(dict.fromkeys(capitals or [m.town for m in mentions])) or context.heading_towns

    def _label_towns(self, text: str) -> tuple[str, ...]:
        match = LABEL.match(text)
        if not match:
            return ()
        names = [n.strip() for n in re.split(r"/|,|\s+(?:och|&)\s+", match.group("label")) if n.strip()]
        towns = [self.gazetteer.exact(n) or self.gazetteer.areas.get(n.casefold()) for n in names]
        if not all(towns) or not all(n[0].isupper() for n in names):
            return ()
        return tuple(dict.fromkeys(t for t in towns if t))


def _says_something(text: str, unit: Unit, in_region: bool) -> bool:
    """More than links, contact details, a page number or a flourish."""
    had_link = bool(LINKS.search(text)) or bool(PHONE.search(text))
    rest = PHONE.sub("", LINKS.sub("", text))
    words = re.findall(r"[^\W\d_]{2,}", rest)
    if not words:
        return False
    if had_link and (len(words) < 5 or "|" in rest or re.match(r"(?i)läs mer", rest)):
        return False
    if unit.kind == "paragraph" and not in_region and (_BYLINE.match(text) and len(text.split()) <= 12):
        return False
    if unit.kind == "paragraph" and is_flourish(rest):
        return False
    if unit.kind == "paragraph" and len(words) == 1 and not in_region:
        return False
    return not (unit.kind == "paragraph" and len(words) == 1 and len(text) < 4)
