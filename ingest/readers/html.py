"""HTML through Beautiful Soup: one line per block, the block's kind kept as a sign."""

from __future__ import annotations

import re
from dataclasses import replace

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString, Tag

from ingest.errors import UnreadableFile
from ingest.model import Page
from ingest.readers.extracted import Extracted, LineSign, decode

_LEFT_OUT = ["script", "style", "noscript", "template", "nav", "head", "svg", "form", "button", "iframe"]
_BLOCKS = {
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "html",
    "li",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
}


def read_html(data: bytes, document: str) -> Extracted:
    """Page text: the words of each block on one line, white space as a browser shows it. Raises UnreadableFile."""
    soup = BeautifulSoup(data if b"charset" in data[:2048] else decode(data, document), "html.parser")
    if soup.find(True) is None:
        raise UnreadableFile(
            document, "filen heter .html men innehåller ingen HTML. Döp om den till .txt om det är vanlig text."
        )
    title = soup.title.get_text(" ", strip=True) if soup.title else None
    for tag in soup(_LEFT_OUT):
        tag.decompose()
    lines: list[tuple[str, LineSign]] = []
    _collect(soup.body or soup, LineSign(), lines, [])
    text, signs = "", {}
    for words, sign in lines:
        signs[(0, len(text))] = sign
        text += words + "\n"
    return Extracted((Page(None, text),), title=title or None, reflowed=True, signs=signs)


def _collect(block: Tag, sign: LineSign, lines: list[tuple[str, LineSign]], buffer: list[str]) -> None:
    bold = [False]  # all words since the last line were bold

    def flush() -> None:
        words = re.sub(r"\s+", " ", "".join(buffer)).strip()
        buffer.clear()
        if words:
            lines.append((words, replace(sign, bold=bold[0])))
        bold[0] = False

    for child in block.children:
        if isinstance(child, PreformattedString):
            continue  # comments, doctype
        if isinstance(child, NavigableString):
            buffer.append(str(child))
        if isinstance(child, NavigableString) and str(child).strip():
            bold[0] = False
        elif isinstance(child, Tag):
            if child.name == "br":
                flush()
            elif child.name in _BLOCKS:
                flush()
                _collect(child, _sign_of(child, sign), lines, buffer)
            else:
                bold[0] = child.name in ("b", "strong") and (bold[0] or not "".join(buffer).strip())
                _collect_inline(child, buffer)
    flush()


def _collect_inline(tag: Tag, buffer: list[str]) -> None:
    for child in tag.descendants:
        if isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
            buffer.append(str(child))


def _sign_of(tag: Tag, outer: LineSign) -> LineSign:
    if re.fullmatch(r"h[1-6]", tag.name):
        return LineSign(heading=int(tag.name[1]))
    if tag.name == "li":
        return LineSign(bullet=len(list(tag.parents)) and sum(p.name in ("ul", "ol") for p in tag.parents) - 1)
    return outer
