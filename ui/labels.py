"""How dates, meetings, pages and sources are named to the reader (Swedish)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from answer.model import Citation
from ingest.model import Meeting, Passage, Report
from ui.texts import t, texts

Pages = tuple[int | None, int | None] | tuple[int, int]


def short_date(iso: str) -> str:
    """ "2021-02-09" -> "9 feb 2021"; what is not an ISO date is given back as it is."""
    return _format(iso, "dates.short")


def long_date(iso: str) -> str:
    """ "2021-02-09" -> "9 februari 2021"."""
    return _format(iso, "dates.long")


def timestamp(iso: str) -> str:
    """ "2026-01-02T10:00:00+00:00" -> "2 januari 2026 kl. 11.00", in the server's time zone; "" for none."""
    try:
        moment = datetime.fromisoformat(iso).astimezone()
    except ValueError:
        return iso
    return t("dates.moment", day=day_of(iso), time=f"{moment:%H.%M}")


def day_of(iso: str) -> str:
    """ "2026-01-02T10:00:00+00:00" -> "2 januari 2026", in the server's time zone; "" for none."""
    try:
        return long_date(datetime.fromisoformat(iso).astimezone().date().isoformat())
    except ValueError:
        return iso


def period(dates: Sequence[str]) -> str:
    """The days of a meeting: "5–6 februari 2024", "30 sep–1 okt 2024", "9 februari 2021"."""
    days = sorted(set(dates))
    if len(days) < 2:
        return long_date(days[0]) if days else ""
    try:
        first, last = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
    except ValueError:
        return f"{days[0]}–{days[-1]}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{long_date(days[-1])}"
    start = short_date(days[0])
    return f"{start.removesuffix(f' {first.year}') if first.year == last.year else start}–{short_date(days[-1])}"


def region_name(region: str) -> str:
    """ "Väst" -> "Region Väst"; a name that says so already stays."""
    return region if region.lower().startswith("region") else t("citation.region", region=region)


def page_label(pages: Pages | None) -> str:
    """ "s. 26", "s. 26–27", "s. 26–" where the end is unknown, "" where there are no pages."""
    if pages is None or pages[0] is None:
        return ""
    first, last = pages
    if last is None:
        return t("citation.page", page=f"{first}–")
    return t("citation.page", page=first if first == last else f"{first}–{last}")


def citation_label(citation: Citation) -> str:
    """The text of a chip: "Region Väst · 9 feb 2021 · s. 26"; the title where no meeting is known."""
    pages = citation.pages or ((citation.page, citation.page) if citation.page else None)
    return place_label(citation.title, citation.meeting, citation.region, pages)


def passage_label(passage: Passage, report: Report) -> str:
    """The same for a passage."""
    return place_label(report.title, report.meeting, passage.region, passage.pages)


def place_label(title: str, meeting: Meeting | None, region: str | None, pages: Pages | None) -> str:
    if meeting is None:
        place = [short_title(title)]
    else:
        day = short_date(meeting.date)
        place = [region_name(region), day] if region else [t("citation.meeting", date=day)]
    return " · ".join([*place, *filter(None, [page_label(pages)])])


def short_title(title: str, length: int = 48) -> str:
    """A title cut at a word, with an ellipsis where something was cut."""
    if len(title) <= length:
        return title
    return title[:length].rsplit(" ", 1)[0].rstrip(" ,–-:") + " …"


def meeting_name(meeting: Meeting) -> str:
    """ "5–6 februari 2024 · Kundresan"."""
    return " · ".join(filter(None, [period(meeting.dates or (meeting.date,)), meeting.theme]))


def report_name(report: Report) -> str:
    """A report in a list: its meeting with theme, or its title."""
    return t("citation.meeting", date=meeting_name(report.meeting)) if report.meeting else report.title


def _format(iso: str, key: str) -> str:
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{day.day} {texts(key)[day.month - 1]} {day.year}"
