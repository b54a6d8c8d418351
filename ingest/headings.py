"""Lines that name a region: heads of chapters, running heads, and the regions that a cover lists."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.cleaning import clean_text, fold
from ingest.contents import Entry
from ingest.lines import Line
from ingest.questions import GROUP, Question
from ingest.regions import WHEN, RegionHeading, canonical_region, looks_like_name, read_host_line, read_region_heading
from ingest.towns import Gazetteer


@dataclass
class Head:
    """A region named at line index `line`; `lines` are all the lines that make the head."""

    line: int
    region: str
    host_town: str | None
    lines: set[int]


def find_heads(
    lines: list[Line],
    entries: list[Entry],
    contents: set[int],
    questions: list[Question],
    gazetteer: Gazetteer,
    attendance: set[int],
) -> list[Head]:
    """`attendance`: lines that only say who came."""
    names = frozenset(fold(e.heading.region) for e in entries if e.heading)
    heads = _named_heads(lines, contents, questions, gazetteer, names)
    unnamed = _unnamed_heads(lines, questions, contents, gazetteer, heads, attendance)
    if not unnamed:
        return heads
    # Now that the name is known, it is found where it recurs as a running head, too.
    names |= {fold(head.region) for head in unnamed}
    found = {h.line: h for h in [*unnamed, *_named_heads(lines, contents, questions, gazetteer, names)]}
    return [found[line] for line in sorted(found)]


def split_listings(
    lines: list[Line], heads: list[Head], contents: set[int], attendance: set[int]
) -> tuple[list[Head], list[Head]]:
    """Heads that only list the regions (a cover), and heads of chapters."""
    first_list_line = min(contents, default=-1)
    used = attendance.union(*(h.lines for h in heads))
    listing: set[int] = set()
    run: list[int] = []
    for position, head in enumerate(heads):
        if head.line < first_list_line:
            listing.add(position)
        if any(heads[i].region == head.region for i in run):  # the list is over, this is its first chapter
            if len({heads[i].region for i in run}) >= 3:
                listing.update(run)
            run = []
        run.append(position)
        last = position + 1 == len(heads)
        content = [] if last else _content(lines, head.line + 1, heads[position + 1].line, used)
        if last or content or heads[position + 1].region == head.region:
            if len({heads[i].region for i in run}) >= 3:
                listing.update(run)
            run = []
    cover = [h for i, h in enumerate(heads) if i in listing]
    return cover, [h for i, h in enumerate(heads) if i not in listing]


def _named_heads(
    lines: list[Line],
    contents: set[int],
    questions: list[Question],
    gazetteer: Gazetteer,
    names: frozenset[str],
) -> list[Head]:
    in_question = {i for q in questions for i in range(q.start, q.end)}
    heads: list[Head] = []
    covered: set[int] = set()
    for index, line in enumerate(lines):
        if index in contents or index in in_question or index in covered or (line.bullet and not line.furniture):
            continue
        used = {index}
        heading = read_region_heading(line.text, gazetteer, names)
        unclear = heading is None or _goes_on_below(lines, index, heading)
        if unclear and index + 1 < len(lines) and lines[index + 1].page == line.page:
            whole, both = _over_two_lines(lines, index, gazetteer, names)
            if whole and (heading is None or whole.host_town or not lines[index + 1].bullet):
                heading, used = whole, both
        if heading is None and index + 1 < len(lines) and not line.bullet and looks_like_name(line.text):
            below_host = read_host_line(lines[index + 1].text, gazetteer)
            if below_host and lines[index + 1].page == line.page and index + 1 not in contents:
                heading = RegionHeading(canonical_region(line.text), below_host)  # a name above "Värdstad X"
                used = {index, index + 1}
        if heading is None:
            continue
        if heading.bare and not _stands_out(lines, index, heading):
            continue
        host = heading.host_town
        for below in _next_lines(lines, max(used)):
            town = read_host_line(lines[below].text, gazetteer)
            if town and below not in contents and not lines[below].bullet:
                used.add(below)
                host = host or town
                break
        below = max(used) + 1
        town = _dated_town(lines[below].text, gazetteer) if host is None and below < len(lines) else None
        if town and below not in contents and not lines[below].bullet:
            host, used = town, used | {below}
        covered |= used
        heads.append(Head(index, heading.region, host, used))
    return heads


def _goes_on_below(lines: list[Line], index: int, heading: RegionHeading) -> bool:
    """The heading is broken by the line's end: within its last word, or before the host town."""
    raw = lines[index].raw
    if re.search(r"[/\u00ad-]\s*$", raw):
        return True
    below = lines[index + 1] if index + 1 < len(lines) else None
    if heading.host_town is not None or below is None:
        return False
    begins = below.text[:1] == "(" or (below.bullet in ("–", "—", "-") and below.words <= 3 and not below.blank_before)
    return below.joined or begins or bool(re.search(r"[–,:]\s*$|\b[Ii]\s*$", raw))


def _next_lines(lines: list[Line], index: int) -> list[int]:
    """The two lines below a heading; on the next page where the heading stands last on its own."""
    found: list[int] = []
    for below in range(index + 1, len(lines)):
        if len(found) == 2 or (found and lines[below].page != lines[found[0]].page):
            break
        if not lines[below].furniture:
            found.append(below)
    return found


def _dated_town(text: str, gazetteer: Gazetteer) -> str | None:
    """The town of a line that tells where and when a region met and nothing else ("Borås den 4 mars")."""
    place = WHEN.sub("", text)
    return gazetteer.exact(re.sub(r"^i\s+", "", place)) if place != text else None


def _over_two_lines(
    lines: list[Line], index: int, gazetteer: Gazetteer, names: frozenset[str]
) -> tuple[RegionHeading | None, set[int]]:
    """A heading broken over two lines ("REGION" / "NORR", "REGION DALARNA/" / "GÄVLEBORG")."""
    line, text, last = lines[index], lines[index].raw, index
    if not re.search(r"(?i)\bregi", line.text) or line.words > 8:
        return None, set()
    while last + 1 < len(lines) and last - index < 2:
        below = lines[last + 1]
        if below.bullet and (below.bullet not in "–—-" or last > index):
            break
        open_end = (
            bool(below.bullet)
            or below.text[:1] == "("
            or re.search(r"[/,:–\u00ad-]\s*$", text)
            or re.fullmatch(r"(?i)region", text.strip())
        )
        if below.page != line.page or not (open_end or below.joined):
            break
        text, last = f"{text}\n{f'{below.bullet} ' if below.bullet else ''}{below.raw}", last + 1
    if last == index:
        return None, set()
    return read_region_heading(clean_text(text), gazetteer, names), set(range(index, last + 1))


def _stands_out(lines: list[Line], index: int, heading: RegionHeading) -> bool:
    """A line without the word "region" is a heading where it looks like one."""
    line = lines[index]
    return bool(line.level or line.bold or line.caps or line.furniture or heading.host_town or line.blank_before)


def _restarts(lines: list[Line], questions: list[Question]) -> list[Question]:
    """Where the questions begin anew: number 1, or the first of all where they have no numbers.

    A list of the questions, one below the other, is no beginning.
    """
    first = next((re.sub(r"\W+", "", fold(q.text)) for q in questions), "")
    numbered = any(q.number for q in questions)
    starts = {q.start for q in questions}
    return [
        q
        for q in questions
        if (q.number == 1 if numbered else re.sub(r"\W+", "", fold(q.text)) == first)
        and not (q.end in starts and lines[q.start].page == lines[min(q.end, len(lines) - 1)].page)
    ]


def _unnamed_heads(
    lines: list[Line],
    questions: list[Question],
    contents: set[int],
    gazetteer: Gazetteer,
    heads: list[Head],
    attendance: set[int],
) -> list[Head]:
    """Names of chapters that nothing calls a region: what stands above a restart of the questions.

    Only restarts that no head in `heads` explains are looked at, and only in a report where questions do restart.
    """
    restarts = _restarts(lines, questions)
    if len(restarts) < 2:
        return []
    found = []
    last: str | None = None
    for question in restarts:
        following = next((q.start for q in questions if q.start > question.start), len(lines))
        page = lines[question.start].page
        near = [h for h in heads if h.line < question.start or (h.line < following and lines[h.line].page == page)]
        region = near[-1].region if near else None
        explained, last = region is not None and region != last, region or last
        if explained or (question.start and GROUP.match(lines[question.start - 1].text)):
            continue
        title: str | None = None
        host: str | None = None
        used: set[int] = set()
        near_above = [i for i in range(question.start - 1, -1, -1) if i not in attendance][:4]
        for above in near_above:
            line = lines[above]
            if (
                above in contents
                or line.bullet
                or line.words > 8
                or GROUP.match(line.text)
                or re.search(r"[.?!]$", line.text)
            ):
                break
            if line.page != lines[question.start].page and not line.level:
                break
            town = read_host_line(line.text, gazetteer)
            if town:
                host, used = town, used | {above}
            elif re.search(r"[^\W\d]{3}", line.text):
                title, used = line.text, used | {above}
                if line.level or line.caps:
                    break
        if title:
            parts = re.split(r"\s*[–—:|]\s*|\s+-\s+", title, maxsplit=1)
            town = gazetteer.resolve(parts[1]) if len(parts) > 1 else None
            name = parts[0] if town else title
            if looks_like_name(name):
                found.append(Head(min(used), canonical_region(name), host or town, used))
    return found


def _content(lines: list[Line], first: int, last: int, without: set[int]) -> list[int]:
    """Indices in [first, last) of lines that say something: no furniture, headings, hosts, lists of towns."""
    return [i for i in range(first, last) if i not in without and not lines[i].furniture]
