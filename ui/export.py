"""An answer or a conversation to take along: Markdown, Word and PDF, each with its sources as a list.

One outline is made of the exchanges and written in three forms, so the forms say the same.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import docx
import typst

from answer.messages import message
from answer.model import Answer, Citation, Claim, NoAnswer, Understanding
from ui.answers import says_first, side_name
from ui.labels import citation_label, long_date, page_label, region_name, short_date
from ui.state import Exchange
from ui.texts import t

_MARKER = re.compile(r"\s*\[\d+\]")


@dataclass(frozen=True)
class Statement:
    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True)
class Source:
    """`place` names region, meeting and page with the report's title; a title that is the place itself stands once."""

    number: int
    place: str
    quote: str


@dataclass(frozen=True)
class Section:
    """One exchange: the question, how it was narrowed, the answer's statements under their headings, the sources."""

    question: str
    narrowed: str
    lead: str
    groups: tuple[tuple[str, tuple[Statement, ...]], ...] = ()
    sources: tuple[Source, ...] = field(default=())


def outline(exchanges: Sequence[Exchange]) -> list[Section]:
    return [_section(exchange.result) for exchange in exchanges]


def to_markdown(exchanges: Sequence[Exchange], now: datetime) -> str:
    lines = [f"# {t('export.heading')}", ""]
    for section in outline(exchanges):
        lines += [f"## {_md(section.question)}", ""]
        lines += [f"*{_md(section.narrowed)}*", ""] if section.narrowed else []
        lines += [_md(section.lead), ""]
        for heading, statements in section.groups:
            lines += [f"### {_md(heading)}", ""] if heading else []
            lines += [f"- {_md(s.text)}{_marks(s.citations)}" for s in statements] + [""]
        if section.sources:
            lines += [f"### {t('export.sources')}", ""]
            for s in section.sources:
                lines.append(f"{s.number}. {_md(s.place)}. {_md(t('export.quote', quote=s.quote))}")
            lines.append("")
    return "\n".join([*lines, t("export.made", when=_when(now)), ""])


def to_text(exchanges: Sequence[Exchange]) -> str:
    """For the clipboard: plain text with the sources as a list."""
    parts = []
    for section in outline(exchanges):
        lines = [section.question, "", section.lead]
        for heading, statements in section.groups:
            lines += ["", heading] if heading else [""]
            lines += [f"• {s.text}{_marks(s.citations)}" for s in statements]
        if section.sources:
            lines += ["", t("export.sources")]
            lines += [f"[{s.number}] {s.place}" for s in section.sources]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def to_word(exchanges: Sequence[Exchange], now: datetime) -> bytes:
    document = docx.Document()
    document.core_properties.title = t("export.heading")
    document.core_properties.author = ""
    document.add_heading(t("export.heading"), 0)
    for section in outline(exchanges):
        document.add_heading(section.question, 1)
        if section.narrowed:
            document.add_paragraph(section.narrowed).runs[0].italic = True
        document.add_paragraph(section.lead)
        for heading, statements in section.groups:
            if heading:
                document.add_heading(heading, 2)
            for s in statements:
                document.add_paragraph(f"{s.text}{_marks(s.citations)}", style="List Bullet")
        if section.sources:
            document.add_heading(t("export.sources"), 2)
            for source in section.sources:
                line = document.add_paragraph(f"[{source.number}] {source.place}. ")
                line.add_run(t("export.quote", quote=source.quote)).italic = True
    document.add_paragraph(t("export.made", when=_when(now)))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def to_pdf(exchanges: Sequence[Exchange], now: datetime) -> bytes:
    """Set with typst; every text is handed over as a string, never as markup."""
    parts = [
        '#set page(paper: "a4", margin: 25mm, numbering: "1")',
        '#set text(lang: "sv", size: 10.5pt, hyphenate: true)',
        "#set par(justify: false)",
        f"#set document(title: {_str(t('export.heading'))})",
        f"#heading(level: 1, {_str(t('export.heading'))})",
    ]
    for section in outline(exchanges):
        parts.append(f"#heading(level: 2, {_str(section.question)})")
        if section.narrowed:
            parts.append(f"#emph({_str(section.narrowed)})\n")
        parts.append(f"#par({_str(section.lead)})")
        for heading, statements in section.groups:
            if heading:
                parts.append(f"#heading(level: 3, {_str(heading)})")
            items = ", ".join(_str(f"{s.text}{_marks(s.citations)}") for s in statements)
            parts.append(f"#list({items})")
        if section.sources:
            parts.append(f"#heading(level: 3, {_str(t('export.sources'))})")
            for s in section.sources:
                quote = _str(t("export.quote", quote=s.quote))
                parts.append(f"#par(hanging-indent: 2em, text(size: 9.5pt, {_str(_source_line(s))} + emph({quote})))")
    parts.append(f"#v(1em)\n#text(size: 9pt, {_str(t('export.made', when=_when(now)))})")
    return typst.compile("\n".join(parts).encode("utf-8"))


def _source_line(source: Source) -> str:
    return f"[{source.number}] {source.place}. "


def _section(result: Answer | NoAnswer) -> Section:
    narrowed = _narrowed(result.understanding)
    if isinstance(result, NoAnswer):
        text = result.text.split("\n\n")[0] if result.nearby else result.text
        near = tuple(Statement(c.quote, (c.number,)) for c in result.nearby)
        nearby = ((t("answer.nearby"), near),) if near else ()
        return Section(result.query.question, narrowed, text, nearby, _sources(result.nearby))
    groups: dict[str, list[Statement]] = {}
    said = {claim.citations: _statement(claim) for claim in result.claims}
    told: set[int] = set()
    for side in result.sides:
        told |= set(side.citations)
        silent = [Statement(message("silent"), ())]
        groups[side_name(side)] = [said[(n,)] for n in side.citations if (n,) in said] or silent
    for claim in result.claims[1 if says_first(result) else 0 :]:
        if not told & set(claim.citations):
            groups.setdefault(claim.section or "", []).append(_statement(claim))
    return Section(
        result.query.question,
        narrowed,
        result.lead,
        tuple((heading, tuple(statements)) for heading, statements in groups.items()),
        _sources(result.citations),
    )


def _statement(claim: Claim) -> Statement:
    text = _MARKER.sub("", claim.text)
    return Statement(f"{text} {t('export.weak', weak=t('answer.weak'))}" if claim.weak else text, claim.citations)


def _sources(citations: Sequence[Citation]) -> tuple[Source, ...]:
    return tuple(Source(c.number, _place(c), c.quote) for c in citations)


def _place(citation: Citation) -> str:
    if citation.meeting is not None:
        return f"{citation_label(citation)}. {citation.title}"
    page = page_label(citation.pages or ((citation.page, citation.page) if citation.page else None))
    return ", ".join(filter(None, [citation.title, page]))


def _narrowed(read: Understanding) -> str:
    parts = [region_name(r) for r in read.regions] + [short_date(m) for m in read.meetings] + list(read.towns)
    parts += [t("understood.excluded", name=town) for town in read.excluded_towns]
    return t("export.understood", what=", ".join(parts)) if parts else ""


def _marks(numbers: Sequence[int]) -> str:
    return "".join(f" [{n}]" for n in numbers)


def _when(now: datetime) -> str:
    return t("dates.moment", day=long_date(now.date().isoformat()), time=f"{now:%H.%M}")


def _md(text: str) -> str:
    """Markdown's signs taken literally: no word of a report becomes a link, a picture or a heading."""
    return re.sub(r"([\\`*_<>#|~\[]|&(?=\w+;))", r"\\\1", text.replace("\n", " "))


def _str(text: str) -> str:
    """A typst string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
