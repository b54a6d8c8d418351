"""What a retriever puts before a reader, and which mentions stand in it, at equal length for all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from eval.cases import Case, Mention
from eval.places import Places, base_name
from eval.text import holds, same_name
from ingest.model import Passage, Span


@dataclass(frozen=True)
class Unit:
    """A piece of context: a chunk or a passage, with its place in the page's text.

    `region` is what its metadata tell; None where they tell none.
    """

    document: str
    spans: tuple[Span, ...]
    text: str
    region: str | None = None
    has_region: bool = True  # its metadata have a region at all


@dataclass(frozen=True)
class Found:
    """Of a case's expected mentions, how many stand in the context, and how many with the right region and page."""

    mentions: int
    found: int
    regions: tuple[int, int]  # right, judged
    pages: tuple[int, int]
    characters: int

    @property
    def recall(self) -> float:
        return self.found / self.mentions


def unit_of(passage: Passage) -> Unit:
    """A passage as context, with the heading that it stands under."""
    text = "\n".join(part for part in (passage.heading, passage.text) if part)
    return Unit(passage.document, passage.spans, text, passage.region)


def fill(units: Iterable[Unit], characters: int) -> list[Unit]:
    """The first units up to the length; the last one is cut there, so that large units lose nothing by their size."""
    chosen, left = [], characters
    for unit in units:
        if left <= 0:
            break
        chosen.append(unit if len(unit.text) <= left else _cut(unit, left))
        left -= len(unit.text)
    return chosen


def _cut(unit: Unit, characters: int) -> Unit:
    spans, left = [], characters
    for span in unit.spans:
        if left <= 0:
            break
        spans.append(replace(span, end=min(span.end, span.start + left)))
        left -= span.end - span.start
    return replace(unit, text=unit.text[:characters], spans=tuple(spans))


def look(case: Case, units: Sequence[Unit], places: Places) -> Found:
    """Which expected mentions stand in the units. A chunk without a region is asked whether it names it in its text."""
    found = 0
    regions, pages = [0, 0], [0, 0]
    for mention in case.expected:
        holders = [(m, u) for m in mention.places for u in units if states(u, m, places)]
        if not holders:
            continue
        found += 1
        if any(m.region is not None for m, _ in holders):
            regions[1] += 1
            regions[0] += any(_tells_region(u, m) for m, u in holders)
        if any(m.page is not None and u.spans[0].page is not None for m, u in holders):
            pages[1] += 1
            pages[0] += any(m.page in {span.page for span in u.spans} for m, u in holders)
    length = sum(len(unit.text) for unit in units)
    return Found(len(case.expected), found, (regions[0], regions[1]), (pages[0], pages[1]), length)


def states(unit: Unit, mention: Mention, places: Places) -> bool:
    """The unit holds at least half of the words of a passage that states the mention, its keys among them."""
    if base_name(unit.document) != mention.document or not holds(unit.text, mention.keys):
        return False
    passages = places.passages_of(mention)
    if passages:
        return any(_covers(unit, passage) for passage in passages)
    return mention.page is None or any(span.page in (None, mention.page) for span in unit.spans)


def _covers(unit: Unit, passage: Passage) -> bool:
    length = sum(span.end - span.start for span in passage.spans)
    common = sum(
        max(0, min(a.end, b.end) - max(a.start, b.start)) for a in unit.spans for b in passage.spans if a.page == b.page
    )
    return common >= length / 2


def _tells_region(unit: Unit, mention: Mention) -> bool:
    if unit.has_region:
        return same_name(unit.region, mention.region)
    return mention.region is not None and holds(unit.text, [mention.region])
