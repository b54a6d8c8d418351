"""Set the digests: corpus/source/*.md become corpus/*.pdf (those with page marks) and corpus/*.html (those without).

Usage: python corpus/source/build.py [NAME ...]      all sources, or only those named ("citygroup-2019-09")

A source is a small part of Markdown, one block a line or wrapped over several:

    <!-- namn: Citygroup september 2019 -->   the report's name, for footer and note; else the first "# " heading
    <!-- sida 1 -->                           what follows is page 1, exactly one page of the PDF
    # Title  ## Chapter  ### 1. Question  #### SUB-HEADING
    - bullet
    REGION NORR – VÄRDSTAD UMEÅ ..... 4       an entry of a contents list; on such a page every line stands by itself

The same sources give the same bytes: no date is written, and only the fonts that typst embeds are used.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import sys
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import typst

SOURCE = Path(__file__).resolve().parent
NOTE = (
    "Sammandrag i egna ord av ”{name}”, inte originalet. Originalet tillhör sin utgivare; sidnumren följer originalets."
)
TEXT_SIZES = (11.4, 10.8, 10.2, 9.6, 9.2)  # points
PAGE_MARK = re.compile(r"<!--\s*sida\s+(\d+)\s*-->")
NAME_MARK = re.compile(r"<!--\s*namn:\s*(.+?)\s*-->")
ENTRY = re.compile(r"(.+?)\s*\.{3,}\s*(\d+)")
HEADING = re.compile(r"(#{1,4})\s+(.+)")


class SourceError(Exception):
    """A source does not follow the format, or a page's text does not fit on one page. Says which file and page."""


@dataclass
class Page:
    """One page: `number` counts from 1 (None where the document has no pages); blocks are {kind, text, page?}."""

    number: int | None
    blocks: list[dict[str, Any]] = field(default_factory=list)

    @property
    def cover(self) -> bool:
        """The first page, where it holds nothing but a title and lines below it."""
        return (
            self.number == 1
            and {b["kind"] for b in self.blocks} <= {"heading1", "heading2", "paragraph"}
            and (len(" ".join(b["text"] for b in self.blocks)) < 700)
        )


@dataclass
class Digest:
    """A parsed source: `stem` is the file name without ending, `name` what the reader sees."""

    stem: str
    name: str
    pages: list[Page]


def parse(text: str, stem: str) -> Digest:
    """The source's pages and blocks. Raises SourceError naming the file and line."""
    marked = PAGE_MARK.search(text) is not None
    pages = [] if marked else [Page(None)]
    name = None
    lines_apart = False  # on a contents page
    open_block: dict[str, Any] | None = None  # the block that a following line continues
    lines = text.splitlines()
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if mark := PAGE_MARK.fullmatch(line):
            if int(mark[1]) != len(pages) + 1:
                raise SourceError(f"{stem}.md, line {number}: page {mark[1]} where {len(pages) + 1} is next")
            rest = lines[number:]
            end = next((i for i, other in enumerate(rest) if PAGE_MARK.fullmatch(other.strip())), len(rest))
            lines_apart = any(ENTRY.fullmatch(other.strip()) for other in rest[:end])
            pages.append(Page(len(pages) + 1))
            open_block = None
        elif mark := NAME_MARK.fullmatch(line):
            name = mark[1]
        elif not line:
            open_block = None
        elif line.startswith(("<!--", "* ", "**", "#####")) or not pages:
            raise SourceError(f"{stem}.md, line {number}: not part of the format, or above the first page: {line[:60]}")
        else:
            block: dict[str, Any] | None
            if heading := HEADING.fullmatch(line):
                block = {"kind": f"heading{len(heading[1])}", "text": heading[2]}
            elif line.startswith("- "):
                block = {"kind": "bullet", "text": line[2:].strip()}
            elif entry := ENTRY.fullmatch(line):
                block = {"kind": "entry", "text": entry[1], "page": entry[2]}
            elif open_block is not None and not lines_apart:
                open_block["text"] += " " + line
                continue
            else:
                block = {"kind": "paragraph", "text": line}
            pages[-1].blocks.append(block)
            open_block = block if block["kind"] in ("bullet", "paragraph") else None
    title = next((b["text"] for page in pages for b in page.blocks if b["kind"] == "heading1"), None)
    if not (name or title):
        raise SourceError(f"{stem}.md has neither a '# ' heading nor a '<!-- namn: ... -->' line")
    return Digest(stem, name or str(title), pages)


def typeset(digest: Digest) -> bytes:
    """The PDF, in the largest of the text sizes in which every page fits.

    Raises SourceError naming each page whose text does not fit even in the smallest.
    """
    data = {
        "name": digest.name,
        "note": NOTE.format(name=digest.name),
        "pages": [{"number": p.number, "cover": p.cover, "blocks": p.blocks} for p in digest.pages],
    }
    for size in TEXT_SIZES:
        compiler = typst.Compiler(
            SOURCE / "digest.typ",
            sys_inputs={"digest": json.dumps(data | {"size": size}, ensure_ascii=False)},
            ignore_system_fonts=True,
        )
        ends = [(0, 0)] + [(e["source"], e["pdf"]) for e in json.loads(compiler.query("<page-end>", field="value"))]
        too_long = [str(page) for (_, before), (page, end) in pairwise(ends) if end - before > 1]
        if not too_long:
            pdf = compiler.compile(format="pdf")
            assert isinstance(pdf, bytes)  # one PDF, not a list of images
            return pdf
    raise SourceError(f"{digest.stem}.md: too much text for one page: page {', '.join(too_long)}")


def as_html(digest: Digest) -> str:
    """A plain HTML page, for a document that has no pages."""
    parts: list[str] = []
    in_list = False
    for block in (b for page in digest.pages for b in page.blocks):
        if (block["kind"] == "bullet") != in_list:
            parts.append("</ul>" if in_list else "<ul>")
            in_list = not in_list
        tag = {"bullet": "li", "paragraph": "p"}.get(block["kind"]) or "h" + block["kind"][-1]
        parts.append(f"<{tag}>{html.escape(block['text'], quote=False)}</{tag}>")
    body = "\n".join(parts + ["</ul>"] * in_list)
    name = html.escape(digest.name, quote=False)
    note = f"Sammandrag i egna ord av ”{name}”, inte originalet. Originalet tillhör sin utgivare."
    return (
        f'<!DOCTYPE html>\n<html lang="sv">\n<head>\n<meta charset="utf-8">\n<title>{name}</title>\n</head>\n<body>\n'
        f"<article>\n{body}\n</article>\n<footer>{note}</footer>\n</body>\n</html>\n"
    )


def build(source: Path, target: Path) -> Path:
    """Set one source into folder `target`; returns the file written."""
    digest = parse(source.read_text(encoding="utf-8"), source.stem)
    paged = digest.pages[0].number is not None
    path = target / f"{source.stem}{'.pdf' if paged else '.html'}"
    path.write_bytes(typeset(digest) if paged else as_html(digest).encode())
    return path


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Set the digests in corpus/source to corpus/.")
    parser.add_argument("names", nargs="*", help="sources by name, without .md (default: all)")
    names = parser.parse_args(arguments).names
    failed = False
    for source in [SOURCE / f"{name}.md" for name in names] or sorted(SOURCE.glob("*.md")):
        try:
            print(build(source, SOURCE.parent))
        except (SourceError, OSError) as error:
            print(error, file=sys.stderr)
            failed = True
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
