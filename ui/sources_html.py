"""The HTML of the page Källor: lists, tables and the map. Links carry the page's state; ui/sources.py reads it back."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from urllib.parse import urlencode

from index.model import Manifest
from ingest.model import Passage, Report
from ui.browse import PASSAGES_AT_ONCE, Mention, TownPage, by_time, year_of
from ui.citations import SourceRef
from ui.labels import day_of, long_date, page_label, passage_label, period, region_name, short_date
from ui.map_labels import Dot, Label, placed
from ui.places import swedish_places
from ui.texts import t

NORTH, SOUTH, WEST, EAST = 69.2, 55.2, 9.0, 24.3  # degrees; Sweden with a margin, in the west for names
ASPECT = 2.0  # height of the map for a width of one, at these bounds
NAMED_ON_MAP = 12
MAP_WIDTH, MAP_FONT = 368.0, 12.0  # pixels, where there is room for the whole map


def link(label: str, css: str = "cg-link", **state: object) -> str:
    """A link to another state of the page; `label` is HTML."""
    query = urlencode({name: str(value) for name, value in state.items() if value is not None})
    return f'<a class="{css}" href="?{escape(query)}" data-cg-open="browse">{label}</a>'


def source_link(label: str, ref: SourceRef, css: str = "cg-link") -> str:
    """A link that opens a source beside the list; `label` is HTML."""
    return f'<a class="{css}" href="?{escape(ref.query)}" data-cg-open="browse">{label}</a>'


def timeline(reports: Sequence[Report], manifest: Manifest) -> str:
    """Meetings and dated documents by year, newest first; undated documents last."""
    parts, year = [], None
    for report in by_time(reports):
        if year_of(report) != year:
            if year is not None:
                parts.append("</ol>")
            year = year_of(report)
            parts.append(f'<h2 class="cg-year">{escape(year or t("sources.undated"))}</h2><ol class="cg-timeline">')
        parts.append(_card(report, day_of(manifest.read_at(report.document))))
    return f'<div class="cg-browse">{"".join(parts)}</ol></div>' if parts else ""


def _card(report: Report, read: str) -> str:
    meeting = report.meeting
    when = period(meeting.dates or (meeting.date,)) if meeting else long_date(report.date or "")
    hosts = list(dict.fromkeys(c.host_town for c in report.regions if c.host_town))
    facts = [
        t("sources.theme", theme=meeting.theme) if meeting and meeting.theme else "",
        t("sources.hosts", towns=", ".join(hosts)) if hosts else "",
        t("sources.about", towns=", ".join(report.about)) if report.about else "",
    ]
    counts = [t("sources.regions", n=len(report.regions))] if report.regions else []
    counts += [t("sources.pages", n=len(report.pages))] if report.pages and report.pages[0].number else []
    counts += [t("sources.counts", n=len(report.passages))]
    counts += [t("sources.read_on", day=read)] if read else []
    warned = (
        f' <span class="cg-badge">{escape(t("sources.warnings", n=len(report.warnings)))}</span>'
        if report.warnings
        else ""
    )
    kind = " · ".join(filter(None, [t(f"sources.{report.kind}_kind"), meeting.form if meeting else None]))
    title = link(escape(report.title), "cg-card-title", vy="rapport", rapport=report.document)
    lines = "".join(f"<p>{escape(fact)}</p>" for fact in facts if fact)
    return (
        f'<li><p class="cg-when">{escape(when)}</p><div class="cg-card">{title}{lines}'
        f'<p class="cg-soft">{escape(" · ".join([kind, *counts]))}{warned}</p></div></li>'
    )


def report_details(report: Report, manifest: Manifest) -> str:
    """Everything that was recognised in a report."""
    meeting = report.meeting
    facts = [
        (t("sources.date"), period(meeting.dates or (meeting.date,)) if meeting else long_date(report.date or "")),
        (t("sources.theme", theme="").rstrip(": "), (meeting.theme or "") if meeting else ""),
        (t("sources.form"), (meeting.form or "") if meeting else ""),
        (t("sources.about", towns="").rstrip(": "), ", ".join(report.about)),
        (t("sources.passages"), str(len(report.passages))),
        (t("sources.file"), report.document),
        (t("sources.read"), day_of(manifest.read_at(report.document))),
    ]
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts if value)
    first = report.pages[0].number if report.pages else None
    opened = source_link(escape(t("sources.open_first")), SourceRef(report.document, first), "cg-action")
    warnings = ""
    if report.warnings:
        items = "".join(f"<li>{escape(w)}</li>" for w in report.warnings)
        summary = escape(t("sources.warnings", n=len(report.warnings)))
        warnings = f'<details class="cg-warnings"><summary>{summary}</summary><ul>{items}</ul></details>'
    return f'<div class="cg-browse"><dl class="cg-facts">{rows}</dl><p>{opened}</p>{warnings}{_regions(report)}</div>'


def _regions(report: Report) -> str:
    if not report.regions:
        return ""
    names = ["region", "pages", "host", "participants", "towns"]
    rows = []
    for chapter in report.regions:
        first = chapter.pages[0]
        pages = escape(page_label(chapter.pages))
        place = source_link(pages, SourceRef(report.document, first)) if first is not None else pages
        cancelled = f' <span class="cg-badge">{escape(t("sources.cancelled"))}</span>' if chapter.cancelled else ""
        region = link(escape(chapter.region), vy="rapport", rapport=report.document, region=chapter.region)
        participants = "" if chapter.participants is None else str(chapter.participants)
        towns = ", ".join(_town(town) for town in chapter.towns)
        host = _town(chapter.host_town) if chapter.host_town else ""
        rows.append((f"{region}{cancelled}", place, host, participants, towns))
    told = [place for place in range(len(names)) if not place or any(row[place] for row in rows)]  # no empty columns
    labels = {place: escape(t(f"sources.column_{names[place]}")) for place in told}
    head = "".join(f'<th scope="col">{labels[place]}</th>' for place in told)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>'
        + "".join(f'<td class="cg-{names[n]}" data-label="{labels[n]}">{row[n]}</td>' for n in told[1:])
        + "</tr>"
        for row in rows
    )
    caption = escape(t("sources.regions_title"))
    return (
        f'<div class="cg-scroll" tabindex="0" role="region" aria-label="{caption}"><table class="cg-table">'
        f"<caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _town(name: str) -> str:
    return link(escape(name), vy="ort", ort=name)


def passages(groups: Iterable[tuple[str, Sequence[Mention]]]) -> str:
    """Statements under headings, each with the chip that opens its page."""
    parts = []
    for heading, mentions in groups:
        title = f"<h3>{escape(heading)}</h3>" if heading else ""
        shown, rest = mentions[:PASSAGES_AT_ONCE], mentions[PASSAGES_AT_ONCE:]
        more = ""
        if rest:
            summary = escape(t("sources.more_passages", n=len(rest)))
            more = f"<details><summary>{summary}</summary>{_list(rest)}</details>"
        parts.append(f"<section>{title}{_list(shown)}{more}</section>")
    return f'<div class="cg-answer cg-browse">{"".join(parts)}</div>'


def _list(mentions: Sequence[Mention]) -> str:
    return f'<ul class="cg-claims">{"".join(_item(m.report, m.passage) for m in mentions)}</ul>'


def _item(report: Report, passage: Passage) -> str:
    ref = SourceRef(report.document, passage.page, passage.id)
    label = passage_label(passage, report)
    town = ""
    if passage.town and not any(name.lower() in passage.text.lower() for name in passage.towns):
        town = f'<strong class="cg-town">{escape(passage.town)}:</strong> '
    chip = source_link(escape(label), ref, "cg-chip cg-plain")
    return f'<li><p class="cg-claim">{town}{escape(passage.text)}</p><p class="cg-chips">{chip}</p></li>'


def town_head(page: TownPage) -> str:
    """At which meetings a town was host or took part."""

    def places(pairs: Iterable[tuple[Report, object]]) -> str:
        days = dict.fromkeys(short_date(r.meeting.date) for r, _ in pairs if r.meeting)
        return ", ".join(days)

    lines = []
    if page.hosted:
        lines.append(t("sources.town_hosted", where=places(page.hosted)))
    if page.attended:
        lines.append(t("sources.town_attended", where=places(page.attended)))
    return "".join(f'<p class="cg-soft">{escape(line)}</p>' for line in lines)


def group_by_chapter(mentions: Sequence[Mention]) -> list[tuple[str, list[Mention]]]:
    """Heading ("Region Syd · 9 feb 2021") -> mentions, in the order given."""
    groups: dict[str, list[Mention]] = {}
    for mention in mentions:
        report, region = mention.report, mention.passage.region
        if report.meeting is None:
            heading = report.title
        else:
            day = short_date(report.meeting.date)
            heading = f"{region_name(region)} · {day}" if region else t("citation.meeting", date=day)
        groups.setdefault(heading, []).append(mention)
    return list(groups.items())


# --- which towns the reports speak of ---


def town_bars(counts: dict[str, int], shown: int = 25) -> str:
    """The towns with most statements as bars; the others behind a fold."""
    most = max(counts.values(), default=1)
    rows = [
        f"<li>{_town(town)}<span class='cg-bar' aria-hidden='true'><i style='width:{100 * n / most:.0f}%'></i></span>"
        f"<span class='cg-count'>{n}</span></li>"
        for town, n in counts.items()
    ]
    more = ""
    if len(rows) > shown:
        summary = escape(t("sources.more_towns", n=len(rows) - shown))
        more = f"<details><summary>{summary}</summary><ol class='cg-bars'>{''.join(rows[shown:])}</ol></details>"
    return f"<div class='cg-browse'><ol class='cg-bars'>{''.join(rows[:shown])}</ol>{more}</div>"


def town_map(counts: dict[str, int]) -> str:
    """Sweden as the pattern of its places, with the towns of the reports on it. Drawn here: no map server is asked."""
    places = swedish_places()
    dots = map_dots(counts)
    links = []
    for dot in dots:
        name = escape(t("sources.map_item", town=dot.name, n=counts[dot.name]))
        place = f"left:{_part(dot.x)};top:{_part(dot.y)};width:{_part(dot.size)};height:{_part(dot.size)}"
        query = escape(urlencode({"vy": "ort", "ort": dot.name}))
        links.append(
            f'<a class="cg-dot" style="{place}" href="?{query}" data-cg-open="browse" title="{name}" '
            f'aria-label="{name}"></a>'
        )
    names = "".join(map(_name_on_map, placed(dots, NAMED_ON_MAP, MAP_WIDTH, MAP_WIDTH * ASPECT, MAP_FONT)))
    missing = [town for town in counts if town not in places]
    note = f'<p class="cg-soft">{escape(t("sources.map_missing", towns=", ".join(missing)))}</p>' if missing else ""
    # the largest dots first, so that a small one beside a large one can still be clicked
    return (
        f'<div class="cg-browse"><div class="cg-map" role="group" aria-label="{escape(t("sources.map_alt"))}" '
        f"style=\"background-image:url('{_ground()}')\">{''.join(links)}{names}</div>{note}</div>"
    )


def map_dots(counts: dict[str, int]) -> list[Dot]:
    """The towns that lie in Sweden, those with most statements first, on a map that is MAP_WIDTH wide."""
    most = max(counts.values(), default=1)
    places = swedish_places()
    dots = []
    for town, count in counts.items():
        if town in places:
            x, y = _project(places[town])
            dots.append(Dot(town, x * MAP_WIDTH, y * MAP_WIDTH * ASPECT, 8 + 18 * math.sqrt(count / most)))
    return dots


def _name_on_map(label: Label) -> str:
    """For the eye alone: the dot says its name itself."""
    box = label.box
    style = f"left:{_part(box.left)};top:{_part(box.top)};width:{_part(box.width)};text-align:{label.side}"
    name = f'<span class="cg-town-name" style="{style}">{escape(label.name)}</span>'
    if label.line is None:
        return f'<span aria-hidden="true">{name}</span>'
    x, y, length, degrees = label.line
    style = f"left:{_part(x)};top:{_part(y)};width:{_part(length)};transform:rotate({degrees:.0f}deg)"
    return f'<span aria-hidden="true"><i class="cg-town-line" style="{style}"></i>{name}</span>'


def _part(pixels: float) -> str:
    """A length on the map that grows and shrinks with it."""
    return f"{100 * pixels / MAP_WIDTH:.2f}cqw"


@cache
def _ground() -> str:
    """All places as faint dots, as the address of a picture; Streamlit lets no drawing into its HTML."""
    width, height = 1000, round(1000 * ASPECT)
    dots = "".join(
        f'<circle cx="{x * width:.0f}" cy="{y * height:.0f}" r="4.5"/>'
        for x, y in map(_project, swedish_places().values())
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<g fill="#8a9391" fill-opacity=".45">{dots}</g></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _project(place: tuple[float, float]) -> tuple[float, float]:
    """Mercator, which keeps Sweden's shape as people know it; parts of width and height from the upper left."""

    def y(latitude: float) -> float:
        return math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))

    latitude, longitude = place
    return (longitude - WEST) / (EAST - WEST), (y(NORTH) - y(latitude)) / (y(NORTH) - y(SOUTH))
