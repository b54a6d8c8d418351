"""Reports as JSON: the structure that `--inspect` shows, and a lossless form for the index's cache."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ingest.model import Fact, Meeting, Page, Passage, RegionChapter, Report, Span


def report_json(report: Report) -> dict[str, Any]:
    """The structure of one report as docs/json.md describes it."""
    meeting = report.meeting
    return {
        "document": report.document,
        "kind": report.kind,
        "title": report.title,
        "date": report.date,
        "about": list(report.about),
        "meeting": {
            "date": meeting.date,
            "dates": list(meeting.dates),
            "label": meeting.label,
            "form": meeting.form,
            "theme": meeting.theme,
        }
        if meeting
        else None,
        "regions": [
            {
                "region": region.region,
                "host_town": region.host_town,
                "pages": list(region.pages),
                "participants": region.participants,
                "towns": list(region.towns),
                "cancelled": region.cancelled,
            }
            for region in report.regions
        ],
        "passages": [
            {
                "id": passage.id,
                "kind": passage.kind,
                "text": passage.text,
                "quote": passage.quote,
                "region": passage.region,
                "town": passage.town,
                "towns": list(passage.towns),
                "question": passage.question,
                "question_number": passage.question_number,
                "heading": passage.heading,
                "group": passage.group,
                "pages": list(passage.pages) if passage.pages else None,
            }
            for passage in report.passages
        ],
        "facts": [
            {"name": f.name, "value": f.value, "region": f.region, "page": f.span.page, "quote": f.quote}
            for f in report.facts
        ],
        "warnings": list(report.warnings),
    }


def report_to_dict(report: Report) -> dict[str, Any]:
    """Every field, as plain JSON values; `report_from_dict` gives the equal report back."""
    return asdict(report)


def report_from_dict(data: dict[str, Any]) -> Report:
    """The report that `report_to_dict` wrote. Raises KeyError or TypeError where the data is of another version."""
    return Report(
        **{
            **data,
            "pages": tuple(Page(**page) for page in data["pages"]),
            "meeting": Meeting(**{**data["meeting"], "dates": tuple(data["meeting"]["dates"])})
            if data["meeting"]
            else None,
            "about": tuple(data["about"]),
            "regions": tuple(
                RegionChapter(**{**region, "pages": tuple(region["pages"]), "towns": tuple(region["towns"])})
                for region in data["regions"]
            ),
            "passages": tuple(
                Passage(
                    **{**passage, "spans": tuple(Span(**s) for s in passage["spans"]), "towns": tuple(passage["towns"])}
                )
                for passage in data["passages"]
            ),
            "facts": tuple(Fact(**{**fact, "span": Span(**fact["span"])}) for fact in data["facts"]),
            "warnings": tuple(data["warnings"]),
        }
    )
