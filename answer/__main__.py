"""Ask on the command line: python -m answer "fråga" [--json] | --batch FILE.jsonl"""

from __future__ import annotations

import argparse
import json
import sys
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from answer.assemble import open_assistant
from answer.messages import filled
from answer.model import Answer, Citation, NoAnswer, Query, to_json
from answer.swedish import swedish_date
from ingest.errors import CitygroupError
from ingest.settings import read_settings


def place(citation: Citation) -> str:
    """'Region Väst · 9 februari 2021 · s. 26'."""
    parts = [f"Region {citation.region}" if citation.region else None]
    parts.append(swedish_date(citation.meeting.date) if citation.meeting else citation.title)
    parts.append(f"s. {citation.page}" if citation.page else None)
    return " · ".join(part for part in parts if part)


def readable(result: Answer | NoAnswer) -> str:
    lines = [result.text]
    if isinstance(result, Answer):
        shown = {n for claim in result.claims if not claim.folded for n in claim.citations}
        lines.append("\nKällor:")
        lines += [f"[{c.number}] {place(c)}, {c.document}" for c in result.citations if c.number in shown]
        lines += [f"\n{filled('llm.yaml', 'struck')}"] if result.dropped else []
        lines += [f"- {dropped.text} ({dropped.reason})" for dropped in result.dropped]
    if result.notice:
        lines.append(f"\n{result.notice}")
    return "\n".join(lines)


def _queries(path: Path) -> Iterator[Query]:
    """Queries of a JSON-lines file. Raises CitygroupError naming the line."""
    for number, line in enumerate(path.read_bytes().removeprefix(BOM_UTF8).split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line.decode("utf-8"))
            yield Query(
                question=_text(data["question"], "question"),
                history=tuple(_history(data.get("history"))),
                region=_optional(data, "region"),
                meeting=_optional(data, "meeting"),
                town=_optional(data, "town"),
                home_town=_optional(data, "home_town"),
                id=data.get("id"),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CitygroupError(
                f'{path}, line {number}: expected an object with "question" ({type(error).__name__}: {error})'
            ) from error


def _text(value: object, name: str) -> str:
    """Raises TypeError naming the field."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be text, not {value!r}")
    return value


def _optional(data: dict[str, Any], name: str) -> str | None:
    value = data.get(name)
    return None if value is None else _text(value, name)


def _history(value: object) -> list[str]:
    if not isinstance(value, list | None):
        raise TypeError(f"history must be a list of texts, not {value!r}")
    return [_text(question, "history") for question in value or ()]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m answer", description="One cited answer from the reports.")
    parser.add_argument("question", nargs="?")
    parser.add_argument("--index", type=Path, metavar="DIR")
    parser.add_argument("--json", action="store_true", help="the answer as JSON")
    parser.add_argument("--region")
    parser.add_argument("--meeting", metavar="DATE")
    parser.add_argument("--town", metavar="ORT")
    parser.add_argument("--batch", type=Path, metavar="FILE.jsonl", help="one JSON object per line in and out")
    options = parser.parse_args(arguments)
    if (options.question is None) == (options.batch is None):
        parser.error("give either a question or --batch FILE.jsonl")
    try:
        settings = read_settings()
        if options.index:
            settings = replace(settings, index=options.index)
        assistant = open_assistant(settings)
        if options.batch:
            for query in _queries(options.batch):
                print(json.dumps(to_json(assistant.answer(query)), ensure_ascii=False), flush=True)
            return 0
        query = Query(options.question, region=options.region, meeting=options.meeting, town=options.town)
        result = assistant.answer(query)
        print(json.dumps(to_json(result), ensure_ascii=False, indent=1) if options.json else readable(result))
        return 0
    except (CitygroupError, OSError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
