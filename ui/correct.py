"""The form in which the recognised structure of a report is looked at and corrected before it is published."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from html import escape
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ingest.corrections import Correction, RegionCorrection
from ingest.model import RegionChapter, Report
from ui.answers import excerpt
from ui.labels import long_date, meeting_name, page_label
from ui.state import plain
from ui.texts import t

SAMPLES = 4


def correction_form(report: Report, key: str, expanded: bool) -> tuple[Correction, list[str]]:
    """Fields filled with what was recognised; returns what was changed in them, and what is wrong (Swedish)."""
    problems: list[str] = []
    with st.expander(t("manage.recognised"), expanded=expanded, icon=":material/edit_note:"):
        title = st.text_input(t("manage.title_field"), report.title, key=f"{key}-title").strip()
        left, right = st.columns(2)
        meeting = report.meeting
        now = meeting.date if meeting else ""
        day = left.text_input(t("manage.date_field"), now, key=f"{key}-date").strip()
        if day and not _is_date(day):
            problems.append(t("manage.bad_date", date=day))
        theme = right.text_input(
            t("manage.theme_field"), (meeting.theme or "") if meeting else "", key=f"{key}-theme"
        ).strip()
        st.markdown(f"**{t('manage.regions_field')}**")
        changes = [(c.region, _region(report, c, f"{key}-{n}", problems)) for n, c in enumerate(report.regions)]
        if (added := _new_region(report, f"{key}-new", problems)) is not None:
            changes.append(added)
    correction = Correction(
        title if title and title != report.title else None,
        day if day != now and not problems else None,
        theme if theme != ((meeting.theme or "") if meeting else "") else None,
        tuple((name, change) for name, change in dict(changes).items() if change != RegionCorrection()),
    )
    return correction, problems


def recognised(report: Report) -> None:
    """What would be published: counts per region, samples, warnings."""
    pages = t("sources.pages", n=len(report.pages)) if _paged(report) else t("manage.no_pages")
    kind = t(f"sources.{report.kind}_kind")
    meeting = meeting_name(report.meeting) if report.meeting else long_date(report.date or "")
    facts = [kind, meeting, report.meeting.form or "" if report.meeting else "", pages]
    st.caption(plain(" · ".join(filter(None, [*facts, t("sources.counts", n=len(report.passages))]))))
    counts: dict[str | None, int] = {c.region: 0 for c in report.regions}
    for passage in report.passages:
        counts[passage.region] = counts.get(passage.region, 0) + 1
    if report.regions:
        chapters = {c.region: c for c in report.regions}
        st.html(
            f'<ul class="cg-chapters">{"".join(_chapter(chapters.get(n or ""), n, k) for n, k in counts.items())}</ul>'
        )
    with st.expander(t("manage.samples"), icon=":material/format_quote:"):
        step = max(1, len(report.passages) // SAMPLES)
        for passage in report.passages[::step][:SAMPLES]:
            place = " · ".join(filter(None, [passage.region, passage.town, page_label(passage.pages)]))
            st.caption(plain(place) or "–")
            st.text(excerpt(passage.text, 260))
    for warning in report.warnings:
        st.warning(plain(warning), icon=":material/warning:")


def _chapter(chapter: RegionChapter | None, name: str | None, count: int) -> str:
    """One region of the summary: "Norr · s. 2–4 · Luleå · 12 stycken"."""
    pages = page_label(chapter.pages) if chapter else ""
    host = (chapter.host_town or "") if chapter else ""
    parts = [pages, host, t("sources.counts", n=count)]
    rest = escape(" · ".join(filter(None, parts)))
    return f"<li><strong>{escape(name or t('manage.outside'))}</strong> {rest}</li>"


def merged(earlier: Correction, later: Correction) -> Correction:
    """Both corrections as one, made to what was recognised; `later` was made to the report as `earlier` left it."""
    regions = dict(earlier.regions)
    original = {change.name or name: name for name, change in earlier.regions if not change.remove}
    for name, change in later.regions:
        first = original.get(name, name)
        before = regions.get(first, RegionCorrection())
        if change.remove or before.remove:  # taken away, or there again: what was said of it before is void
            before = RegionCorrection()
        regions[first] = RegionCorrection(
            change.name or before.name,
            change.pages or before.pages,
            change.host_town if change.host_town is not None else before.host_town,
            change.remove,
            change.passages or before.passages,
        )
    return replace(
        earlier,
        title=later.title or earlier.title,
        date=later.date if later.date is not None else earlier.date,
        theme=later.theme if later.theme is not None else earlier.theme,
        regions=tuple(regions.items()),
    )


def _region(report: Report, chapter: RegionChapter, key: str, problems: list[str]) -> RegionCorrection:
    paged = _paged(report)
    now = chapter.pages if paged else passage_range(report, chapter.region)
    name, found, host = _row(report, chapter.region, now, chapter.host_town or "", key, problems)
    gone = st.checkbox(plain(f"{t('manage.region_remove')} {chapter.region}"), key=f"{key}-remove")
    if gone:
        return RegionCorrection(remove=True)
    changed = found if found != now else None
    return RegionCorrection(
        name if name and name != chapter.region else None,
        changed if paged else None,
        host if host != (chapter.host_town or "") else None,
        passages=None if paged else changed,
    )


def _new_region(report: Report, key: str, problems: list[str]) -> tuple[str, RegionCorrection] | None:
    if not st.toggle(t("manage.region_new"), key=key):
        return None
    name, found, host = _row(report, "", (None, None), "", key, problems)
    if not name:
        return None
    paged = _paged(report)
    pages, passages = (found, None) if paged else (None, found)
    return name, RegionCorrection(pages=pages, host_town=host or None, passages=passages)


def passage_range(report: Report, region: str) -> tuple[int | None, int | None]:
    """The first and the last passage of a region, counted from 1 as they stand; None where it has none."""
    numbers = [number for number, passage in enumerate(report.passages, 1) if passage.region == region]
    return (numbers[0], numbers[-1]) if numbers else (None, None)


def _row(
    report: Report, name: str, now: tuple[int | None, int | None], host: str, key: str, problems: list[str]
) -> tuple[str, tuple[int, int] | None, str]:
    """One region's fields: its name, its pages (or its passages, in a document without pages), its host town."""
    paged = _paged(report)
    row = st.container(key=f"region-row-{key}")
    columns = row.columns([4, 2, 2, 4] if paged else [3, 4, 4, 3], vertical_alignment="bottom")
    region = (
        columns[0]
        .text_input(_label(columns[0], "region_name", name), name, key=f"{key}-name", label_visibility="collapsed")
        .strip()
    )
    numbers: list[int | None] = []
    for column, which, value in zip(columns[1:3], ("first", "last"), now, strict=True):
        if paged:
            last = len(report.pages)
            number = column.number_input(
                _label(column, f"region_{which}", name),
                label_visibility="collapsed",
                min_value=1,
                max_value=last,
                value=_within(value, last),
                step=1,
                key=f"{key}-region_{which}",
            )
            numbers.append(int(number) if number is not None else None)
        else:
            numbers.append(
                column.selectbox(
                    _label(column, f"passage_{which}", name),
                    label_visibility="collapsed",
                    options=range(1, len(report.passages) + 1),
                    index=value - 1 if value else None,
                    format_func=lambda number: f"{number}. {excerpt(report.passages[number - 1].text, 60)}",
                    key=f"{key}-passage_{which}",
                    placeholder=t("manage.passage_choose"),
                )
            )
    town = (
        columns[3]
        .text_input(_label(columns[3], "region_host", name), host, key=f"{key}-host", label_visibility="collapsed")
        .strip()
    )
    first, last_ = numbers
    if first is None or last_ is None:
        return region, None, town
    if first > last_:
        said = "manage.bad_pages" if paged else "manage.bad_passages"
        problems.append(t(said, region=region or name))
        return region, None, town
    return region, (first, last_), town


def _label(column: DeltaGenerator, field: str, region: str) -> str:
    """A field's label names its region to those who hear it alone; the eye sees the row, and the words set here."""
    said = t(f"manage.{field}")
    column.html(f'<span class="cg-label" aria-hidden="true">{escape(said)}</span>')
    return t("manage.field_of", field=said, region=region or t("manage.region_unnamed"))


def _within(value: int | None, last: int | None) -> Any:
    """A page that the field can hold."""
    return value if value is None or last is None else max(1, min(value, last))


def _paged(report: Report) -> bool:
    return bool(report.pages) and report.pages[0].number is not None


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
