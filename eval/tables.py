"""The sections of a report as data: headings, paragraphs, tables, pictures, and their Markdown, HTML and plain text."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """Cells are text as shown. `caption` says what is counted."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


@dataclass(frozen=True)
class Picture:
    """An SVG drawing, the name of its file, and what it shows in words."""

    name: str
    svg: str
    alt: str


@dataclass(frozen=True)
class Section:
    title: str
    parts: tuple[str | Table | Picture, ...]


def share(value: float | None) -> str:
    """0.8333 -> "0,83"; an absent figure is a dash."""
    return "–" if value is None else f"{value:.2f}".replace(".", ",")


def change(old: float | None, now: float | None) -> str:
    return f"{share(old)} → {share(now)}"


def plain(table: Table) -> str:
    """The table in columns for a terminal."""
    rows = [table.header, *table.rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(table.header))]
    lines = []
    for number, row in enumerate(rows):
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
        if number == 0:
            lines.append("  ".join("-" * width for width in widths))
    return "\n".join(lines)


def markdown(title: str, sections: Sequence[Section], folder: str = "") -> str:
    """Markdown with the pictures as files in `folder`."""
    lines = [f"# {title}", ""]
    for section in sections:
        lines += [f"## {section.title}", ""]
        for part in section.parts:
            if isinstance(part, Table):
                lines += [part.caption, ""] if part.caption else []
                lines += ["| " + " | ".join(map(_md, row)) + " |" for row in (part.header,)]
                lines += ["|" + "---|" + "---:|" * (len(part.header) - 1)]
                lines += ["| " + " | ".join(map(_md, row)) + " |" for row in part.rows]
            elif isinstance(part, Picture):
                lines.append(f"![{part.alt}]({folder}{part.name})")
            else:
                lines.append(part)
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def page(title: str, sections: Sequence[Section]) -> str:
    """One HTML page that needs no other file."""
    body = [f"<h1>{html.escape(title)}</h1>"]
    for section in sections:
        body.append(f"<h2>{html.escape(section.title)}</h2>")
        for part in section.parts:
            if isinstance(part, Table):
                body.append(_html_table(part))
            elif isinstance(part, Picture):
                svg = part.svg[part.svg.index("<svg") :]
                body.append(f'<figure role="img" aria-label="{html.escape(part.alt)}">{svg}</figure>')
            else:
                body.append(f"<p>{html.escape(part)}</p>")
    return _PAGE.replace("{title}", html.escape(title)).replace("{body}", "\n".join(body))


def _html_table(table: Table) -> str:
    caption = f"<caption>{html.escape(table.caption)}</caption>" if table.caption else ""
    head = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in table.header)
    rows = []
    for row in table.rows:
        cells = "".join(f"<td>{html.escape(cell)}</td>" for cell in row[1:])
        rows.append(f'<tr><th scope="row">{html.escape(row[0])}</th>{cells}</tr>')
    return (
        f'<div class="wide"><table>{caption}<thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    )


def _md(cell: str) -> str:
    return cell.replace("|", "\\|").replace("\n", " ")


_PAGE = """<!doctype html>
<html lang="sv"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 2rem auto; padding: 0 1rem; color: #1c2430; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .92rem; }
caption { text-align: left; color: #55606e; padding-bottom: .3rem; }
th, td { padding: .3rem .7rem; border-bottom: 1px solid #dde2e8; text-align: left; vertical-align: top; }
td { font-variant-numeric: tabular-nums; } thead th { background: #f3f5f8; vertical-align: bottom; }
figure { margin: 1rem 0; } figure svg { max-width: 100%; height: auto; }
</style></head><body>
{body}
</body></html>
"""
