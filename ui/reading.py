"""Read an uploaded file in a process of its own, so that a hostile or broken one can neither hang nor crash the chat.

The process has limits on time, memory and pages and answers with the report, or the reason, as JSON. Nothing else opens an
upload, not even to count its pages.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from ingest.errors import UnreadableFile
from ingest.model import Report
from ingest.pipeline import read_report, report_from_dict, report_to_dict
from ui.texts import t

SECONDS = 90
PAGES = 600
MEMORY = 3 * 1024**3  # bytes of address space; the libraries alone need about one


def read_apart(path: Path, document: str, seconds: float = SECONDS, pages: int = PAGES) -> Report:
    """What is recognised in a file. Raises UnreadableFile with the reason and the next step, in Swedish."""
    command = [sys.executable, "-m", "ui.reading", str(path), document, str(pages)]
    root = Path(__file__).resolve().parent.parent
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, check=False, cwd=root)
    except subprocess.TimeoutExpired as error:
        raise UnreadableFile(document, t("upload.too_slow", seconds=round(seconds))) from error
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        raise UnreadableFile(document, t("upload.crashed")) from error
    if "reason" in answer:
        raise UnreadableFile(document, answer["reason"])
    return report_from_dict(answer["report"])


def main(path: str, document: str, limit: str) -> None:
    try:
        import resource  # Unix only; elsewhere the time limit is what there is
    except ImportError:
        pass
    else:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        _check_pages(Path(path), document, int(limit))
        answer: dict[str, object] = {"report": report_to_dict(read_report(Path(path), document))}
    except UnreadableFile as error:
        answer = {"reason": error.reason}
    sys.stdout.write(json.dumps(answer))


def _check_pages(path: Path, document: str, limit: int) -> None:
    """Counting is quick and reading is not."""
    if path.suffix != ".pdf":
        return
    import pypdfium2

    from ui.pages import page_count

    try:
        pages = page_count(path)
    except pypdfium2.PdfiumError:
        return  # the reader says why
    if pages > limit:
        raise UnreadableFile(document, t("upload.too_many_pages", pages=pages, limit=limit))


if __name__ == "__main__":
    main(*sys.argv[1:])
