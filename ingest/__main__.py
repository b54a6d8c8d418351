"""`python -m ingest`: build or update the index. `python -m ingest --inspect FIL --json`: one report's structure."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from ingest.errors import CitygroupError, UnreadableFile
from ingest.model import IngestReport, RegionChapter, Report
from ingest.pipeline import read_report, report_json
from ingest.settings import read_settings


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0, or 1 where a file could not be read or the index could not be built."""
    parser = argparse.ArgumentParser(prog="python -m ingest", description="Läser rapporterna och bygger sökindexet.")
    parser.add_argument("--corpus", type=Path, metavar="MAPP", help="rapporternas mapp (annars CITYGROUP_CORPUS)")
    parser.add_argument("--index", type=Path, metavar="MAPP", help="indexets mapp (annars CITYGROUP_INDEX)")
    parser.add_argument("--inspect", type=Path, metavar="FIL", help="visa en rapports struktur utan att indexera den")
    parser.add_argument("--json", action="store_true", help="med --inspect: skriv strukturen som JSON")
    options = parser.parse_args(arguments)
    if options.json and not options.inspect:
        parser.error("--json används tillsammans med --inspect")
    try:
        if options.inspect:
            return _inspect(options.inspect, options.json)
        return _build(options.corpus, options.index)
    except CitygroupError as error:
        print(error.reason if isinstance(error, UnreadableFile) else error, file=sys.stderr)
        return 1


def _inspect(path: Path, as_json: bool) -> int:
    try:
        report = read_report(path)
    except UnreadableFile as error:
        print(f"{error.document}: {error.reason}", file=sys.stderr)
        return 1
    if as_json:
        print(json.dumps(report_json(report), ensure_ascii=False, indent=1))
    else:
        print("\n".join([*describe(report), "", *_passages(report)]))
    return 0


def _build(corpus: Path | None, index: Path | None) -> int:
    from index.build import build_index  # only here: reading one report must not wait for the index's libraries

    settings = read_settings()
    settings = replace(settings, corpus=corpus or settings.corpus, index=index or settings.index)
    result = build_index(settings, progress=_progress())
    print("\n".join(summary(result)))
    return 0 if result.ok else 1


_STAGES = {"reading": "läser", "embedding": "tolkar stycken", "publishing": "publicerar"}


def _progress() -> Callable[[str, int, int], None]:
    """A bar per stage on the error stream, where it does not mix with the summary: progress(stage, done, total)."""
    from tqdm import tqdm

    bars: dict[str, tqdm] = {}

    def progress(stage: str, done: int, total: int) -> None:
        key, _, name = stage.partition(" ")
        bar = bars.get(key)
        if bar is None:
            bar = bars[key] = tqdm(total=total, file=sys.stderr, leave=False, disable=not sys.stderr.isatty())
        bar.set_description(f"{_STAGES.get(key, key)} {name}".strip())
        bar.update(done - bar.n)
        if done >= total:
            bar.close()

    return progress


def summary(result: IngestReport) -> Iterator[str]:
    """What one run did, per file and in total, as lines of Swedish."""
    for report in result.reports:
        yield from describe(report, unchanged=report.document in result.unchanged)
        yield ""
    for document in result.removed:
        yield f"{document}: borttagen ur indexet, filen finns inte längre"
    for skipped in result.skipped:
        yield f"{skipped.document}: KUNDE INTE LÄSAS: {skipped.reason}"
    files = len(result.reports)
    yield f"{_count(files, 'fil', 'filer')} i indexet, {_count(result.passages, 'stycke', 'stycken')}" + (
        f"; {_count(len(result.skipped), 'fil', 'filer')} kunde inte läsas" if result.skipped else ""
    )


def describe(report: Report, unchanged: bool = False) -> Iterator[str]:
    """One report as lines of Swedish: pages, passages, meeting, regions with pages and hosts, warnings."""
    pages = [page for page in report.pages if page.number is not None]
    yield f"{report.document}{' (oförändrad)' if unchanged else ''}"
    yield f"  {report.title}"
    extent = _count(len(pages), "sida", "sidor") if pages else "utan sidor"
    yield f"  {extent}, {_count(len(report.passages), 'stycke', 'stycken')}"
    if report.meeting:
        form = f", {report.meeting.form} träff" if report.meeting.form else ""
        theme = f", tema {report.meeting.theme}" if report.meeting.theme else ""
        yield f"  Träff: {report.meeting.label} ({report.meeting.date}){form}{theme}"
    elif report.date or report.about:
        yield "  " + ", ".join(
            [*([f"daterad {report.date}"] if report.date else []), *(f"om {t}" for t in report.about)]
        )
    for region in report.regions:
        yield f"  {_region(region)}"
    for warning in report.warnings:
        yield f"  Obs! {warning}"


def _region(region: RegionChapter) -> str:
    if region.cancelled:
        return f"{region.region}: inställd" + (f" (värdstad {region.host_town})" if region.host_town else "")
    first, last = region.pages
    if first is None:
        pages = "utan sidnummer"
    elif last is None:
        pages = f"från s. {first}"
    else:
        pages = f"s. {first}-{last}" if last != first else f"s. {first}"
    parts = [pages, f"värdstad {region.host_town or 'okänd'}"]
    if region.participants is not None:
        parts.append(f"{region.participants} deltagare")
    if region.towns:
        parts.append(f"{_count(len(region.towns), 'ort', 'orter')}: {', '.join(region.towns)}")
    return f"{region.region}: {', '.join(parts)}"


def _passages(report: Report) -> Iterator[str]:
    place: tuple[str | None, str | None, str | None] | None = None
    for passage in report.passages:
        here = (passage.region, passage.group, passage.question)
        if here != place:
            place = here
            yield " | ".join(part for part in here if part) or "Utan region"
        page = f"s. {passage.page}" if passage.page else ""
        marks = ", ".join(part for part in (page, passage.town) if part)
        yield f"  [{marks}] {passage.text}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


if __name__ == "__main__":
    sys.exit(main())
