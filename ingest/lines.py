"""Pages become lines: what each line says, how it stands on the page, and whether it is page furniture.

Only here are the pages' characters looked at; later steps read `Line.text` and cut spans with `start` and `end`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace

from ingest.cleaning import clean_text, close_spaced, fold
from ingest.readers import Extracted
from ingest.signs import BULLETS, own_signs

_BULLET = re.compile(
    rf"^(?P<mark>[{re.escape(BULLETS)}]|o(?=\s{{2,}})|[a-z]\)|\(?\d{{1,2}}\))(?P<gap>\s+|(?=[^\W\d_]))(?P<rest>\S.*)$"
)
_MARKDOWN_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
_MARKDOWN_RULE = re.compile(r"^\s*([-*_=])\s*(?:\1\s*){2,}$")
_TABLE_RULE = re.compile(r"^\s*\|?[\s:|-]+\|[\s:|-]*$")
_PAGE_NUMBER = re.compile(
    r"^(?:-\s*)?(?:sid(?:a|an|or)?\.?\s*)?(\d{1,3})(?:\s*(?:\(|/|av)\s*\d{1,3}\)?)?(?:\s*-)?$", re.I
)
_PAGE_MARK = re.compile(
    r"^[-–\s]*sid(?:a|an)?\.?\s*\d{1,3}(?:\s*(?:\(|/|av)\s*\d{1,3}\)?)?[-–\s]*$|^\d{1,3}\s*(?:\(\d{1,3}\)|av\s+\d{1,3})$",
    re.I,
)
_OWN_PAGE = re.compile(r"\b(?:sid(?:a|an)?\.?)\s*(\d{1,3})\b", re.I)
_INNER_BULLET = re.compile(r"(?<=[.!?])\s+[•●▪■]\s+(?=[A-ZÅÄÖ])")
_NUMBER = r"(?i)(?:fråga\s+)?(?:\d{1,2}|[A-H])\s*[.:)]\s*\S"
_NO_HEAD = re.compile(
    r"\?$|^(?:\d{1,2}|(?-i:[A-H]))[.)]\s+\D|^(?:diskussions)?fråga\s+\d|^grupp\s+\w+$|^tips\b", re.I
)  # questions recur at the top of pages and are no running heads


@dataclass(frozen=True)
class Line:
    """One printed line. `page` is the index of its page; [start, end) cuts its words, bullet sign left out."""

    page: int
    start: int
    end: int
    text: str  # cleaned words, without bullet sign and markup
    raw: str  # the words as printed, without bullet sign
    indent: int = 0
    bullet: str | None = None
    level: int | None = None  # heading level that the format gives
    bold: bool = False
    blank_before: bool = False
    gap: bool = False  # blank_before is told by the distance alone, which may fall within a paragraph
    quoted: bool = False
    furniture: bool = False
    hard_break: bool = False  # the format says that a new block starts here
    joined: bool = False  # goes on with the heading on the line above
    outer: int = -1  # where the words start with their bullet sign

    @property
    def caps(self) -> bool:
        """All of its letters are capitals, three at least (figures and a trailing remark in lower case aside)."""
        letters = [c for c in self.text if c.isalpha()]
        return len(letters) >= 2 and all(not c.islower() for c in letters)

    @property
    def words(self) -> int:
        return len(self.text.split())


def read_lines(extracted: Extracted) -> list[Line]:
    """Every line with words, in reading order; furniture is marked, not left out."""
    lines: list[Line] = []
    own = "" if extracted.markdown or extracted.reflowed else own_signs([page.text for page in extracted.pages])
    for index, page in enumerate(extracted.pages):
        blank, alone = True, ""
        offset = 0
        for printed in page.text.split("\n"):
            line = _line(extracted, index, offset, printed, own)
            if line is None:
                blank = blank or not printed.strip()
                alone = printed.strip() if printed.strip() in {*BULLETS, *own} else alone
            else:
                sign = extracted.signs.get((index, offset))
                gap = not blank and bool(sign and sign.gap)
                blank = blank or gap
                if alone and not (line.bullet or line.level):
                    line = replace(line, bullet=alone)
                line = replace(line, blank_before=blank, gap=gap, joined=not blank and _goes_on(lines, line))
                lines += _split_at_bullets(line, page.text)
                blank, alone = False, ""
            offset += len(printed) + 1
    return _mark_furniture(lines, [page.number for page in extracted.pages])


def _goes_on(lines: list[Line], line: Line) -> bool:
    """The line is set as the heading line above it: a heading of two lines. Only where the format has no blocks."""
    if not lines or line.hard_break or line.bullet or not (line.level or line.bold):
        return False
    above = lines[-1]
    listed_number = above.bullet is not None and bool(re.fullmatch(r"\(?\d{1,2}\)", above.bullet))
    listed = above.bullet and not listed_number  # "2)" may begin a question
    alike = (above.level, above.bold) == (line.level, line.bold) and not listed and above.page == line.page
    if not alike or re.match(_NUMBER, line.text):
        return False
    if above.text.endswith("?"):  # a numbered question of two sentences
        return line.text.endswith("?") and bool(re.match(_NUMBER, above.text) or listed_number)
    return not re.search(r"[.!]$", above.text) and (
        above.text[-1:] != ":" or bool(re.match(r"(?i)region\b", above.text))
    )


def _line(extracted: Extracted, page: int, offset: int, printed: str, own: str = "") -> Line | None:
    body = printed.rstrip()
    start = len(body) - len(body.lstrip())
    indent = len(body[:start].expandtabs(4))
    level, bullet, bold = None, None, False
    hard = extracted.reflowed
    sign = extracted.signs.get((page, offset))
    if extracted.markdown:
        if _MARKDOWN_RULE.match(body) or _TABLE_RULE.match(body) or body.strip().startswith(("```", "<!--", "![")):
            return None
        heading = _MARKDOWN_HEADING.match(body[start:])
        if heading:
            level, start, body, hard = (
                len(heading.group(1)),
                start + heading.start(2),
                body[: start + heading.end(2)],
                True,
            )
    if sign:
        level = sign.heading
        bullet = "•" if sign.bullet is not None else None
        bold = sign.bold and extracted.bold_stands_out
        indent += 4 * (sign.bullet or 0) + sign.indent
    if level is None and bullet is None:
        match = _BULLET.match(body[start:]) or (_own_bullet(body[start:], own) if own else None)
        if match and not _not_a_bullet(match, extracted.markdown):
            bullet = match.group("mark")
            start += match.start("rest")
    emphasis = re.fullmatch(r"(\*\*|__|\*|_)(?=\S)(.+?)(?<=\S)\1", body[start:]) if extracted.markdown else None
    if emphasis:  # marks around the whole line are no words of it
        bold = len(emphasis.group(1)) == 2
        start, body = start + emphasis.start(2), body[: start + emphasis.end(2)]
    row = re.match(r"\|\s*(?=\S)(.*\S)\s*\|\s*$", body[start:]) if extracted.markdown else None
    if row:  # a table's row is a line of its own; its outer bars are no words
        start, body, hard = start + row.start(1), body[: start + row.end(1)], True
    outer = len(printed) - len(printed.lstrip()) if bullet else start
    raw = body[start:]
    text = clean_text(raw, markdown=extracted.markdown)
    if not re.search(r"\w", text):
        return None
    return Line(
        page,
        offset + start,
        offset + len(body),
        close_spaced(text),
        raw,
        indent,
        bullet,
        level,
        bold,
        hard_break=hard,
        outer=offset + outer,
    )


def _own_bullet(text: str, own: str) -> re.Match[str] | None:
    return re.match(rf"(?P<mark>[{re.escape(own)}])(?P<gap>\s+)(?P<rest>\S.*)$", text)


def _split_at_bullets(line: Line, page: str) -> list[Line]:
    """A line that holds a second bullet after the first's last words ("... lite. • Nästa")."""
    pieces = [line]
    while not line.caps and (match := _INNER_BULLET.search(pieces[-1].raw)):
        last = pieces.pop()
        cut, begin = last.start + match.start(), last.start + match.end()
        pieces.append(replace(last, end=cut, raw=page[last.start : cut], text=clean_text(page[last.start : cut])))
        rest = page[begin : last.end]
        pieces.append(
            replace(
                last,
                start=begin,
                outer=begin,
                raw=rest,
                text=clean_text(rest),
                bullet="•",
                blank_before=False,
                gap=False,
            )
        )
    return pieces


def _not_a_bullet(match: re.Match[str], markdown: bool) -> bool:
    mark, gap, rest = match.group("mark"), match.group("gap"), match.group("rest")
    if mark in "*+-" and not gap:
        return True  # emphasis, a minus sign, a hyphenated word
    return bool(mark == "*" and rest.rstrip().endswith("*") and not gap.strip() and len(gap) == 0)


def is_page_number(text: str) -> bool:
    return bool(_PAGE_NUMBER.match(text))


def _mark_furniture(lines: list[Line], numbers: list[int | None]) -> list[Line]:
    """Page numbers and running heads: what recurs at pages' edges, and what counts the pages."""
    pages: dict[int, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        pages[line.page].append(index)
    edges: dict[tuple[str, int], set[int]] = defaultdict(set)  # words and how many lines from the top or bottom
    for page, indices in pages.items():
        for place in (0, 1, 2, -1, -2, -3):
            if -len(indices) <= place < len(indices):
                edges[_skeleton(lines[indices[place]].text), place].add(page)
    everywhere = Counter(_skeleton(line.text) for line in lines)
    at_edges = Counter(_skeleton(lines[i].text) for indices in pages.values() for i in {*indices[:3], *indices[-3:]})
    furniture: set[int] = set()
    for page, indices in pages.items():
        number = numbers[page]
        if number is None:  # page marks that a conversion left in the text
            furniture.update(i for i in indices if _PAGE_MARK.match(lines[i].text) and not lines[i].bullet)
            continue
        for from_top, edge in ((True, indices[:3]), (False, indices[:-4:-1])):
            for index in edge:  # what stands within the text is none
                line = lines[index]
                own = _OWN_PAGE.search(line.text)
                words = _skeleton(line.text)  # a heading recurs within the pages, too
                recurs = (
                    any(_runs(edges[words, place]) for place in (0, 1, 2, -1, -2, -3))
                    and at_edges[words] >= 0.6 * everywhere[words]
                )
                recurs = recurs and line.words <= 14 and not _NO_HEAD.search(line.text)
                counts = is_page_number(line.text) or (own and int(own.group(1)) in (number, number - 1))
                apart = from_top and line.gap and index != indices[0]  # the page's first heading
                if line.bullet or (line.level and line.hard_break) or not (counts or (recurs and not apart)):
                    break
                furniture.add(index)
    return [replace(line, furniture=True) if i in furniture else line for i, line in enumerate(lines)]


def _runs(pages: set[int]) -> bool:
    """On three pages or more, and on most of every second page between the first and the last of them."""
    return len(pages) >= 3 and len(pages) >= 0.4 * (max(pages) - min(pages) + 1)


def _skeleton(text: str) -> str:
    return re.sub(r"\d+", "#", fold(text))
