"""Thumbs from the chat, kept as JSON lines; each can become a question of the set.

One line per event, only ever appended: a thumb, or what a reviewer did with one. Several processes may write at once.
"""

from __future__ import annotations

import json
import os
import re
import uuid
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock

from answer.model import Answer, NoAnswer
from eval.cases import Case, Mention, mention_from_dict, mention_to_dict
from eval.keys import mention_of
from eval.names import Kind
from eval.places import Library, Places, base_name

FEEDBACK = Path(__file__).resolve().parent / "local" / "feedback.jsonl"
Thumb = Literal["upp", "ned"]


@dataclass(frozen=True)
class Feedback:
    """One thumb: what was asked, how it was answered, what the reader said of it. `when` is ISO with offset.

    `cited` are the mentions of the cited passages; `handled` is the id of the question made of it, or "avfärdad".
    """

    id: str
    when: str
    thumb: Thumb
    question: str
    comment: str = ""
    who: str = ""
    history: tuple[str, ...] = ()
    region: str | None = None
    meeting: str | None = None
    town: str | None = None
    home_town: str | None = None
    answered: bool = True
    cited: tuple[Mention, ...] = ()
    handled: str | None = None


def add(
    result: Answer | NoAnswer, thumb: Thumb, library: Library, comment: str = "", who: str = "", path: Path = FEEDBACK
) -> Feedback:
    """Keep a thumb for an answer or a refusal. Raises OSError where the file cannot be written."""
    query = result.query
    entry = Feedback(
        id=uuid.uuid4().hex[:12],
        when=datetime.now().astimezone().isoformat(timespec="seconds"),
        thumb=thumb,
        question=query.question,
        comment=comment.strip(),
        who=who.strip(),
        history=query.history,
        region=query.region,
        meeting=query.meeting,
        town=query.town,
        home_town=query.home_town,
        answered=result.answerable,
        cited=_cited(result, Places(library.reports)),
    )
    data = {**asdict(entry), "cited": [mention_to_dict(m) for m in entry.cited]}
    data.pop("handled")
    _append({"event": "thumb", **data}, path)
    return entry


def entries(path: Path = FEEDBACK) -> tuple[Feedback, ...]:
    """Every thumb, newest first. A line that cannot be read is passed over: it hides no other."""
    found: dict[str, Feedback] = {}
    if not path.is_file():
        return ()
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            data = json.loads(line)
            if data.pop("event") == "thumb":
                data["history"] = tuple(data["history"])
                data["cited"] = tuple(mention_from_dict(m) for m in data["cited"])
                found[data["id"]] = Feedback(**data)
            elif data["id"] in found:
                found[data["id"]] = replace(found[data["id"]], handled=data["handled"])
        except (ValueError, KeyError, TypeError):
            continue
    return tuple(reversed(found.values()))


def handle(feedback_id: str, what: str, path: Path = FEEDBACK) -> None:
    """Note what became of a thumb: the id of a question, or "avfärdad"."""
    _append({"event": "handled", "id": feedback_id, "handled": what}, path)


def to_case(entry: Feedback, taken: set[str]) -> Case:
    """The question that a thumb becomes. What was cited is expected.

    After a thumb down it is questioned from the start: a reviewer says what is missing or wrong.
    """
    kind: Kind = "fact" if len(entry.cited) < 3 else "aggregate"
    if entry.history:
        kind = "followup"
    elif not entry.cited:
        kind = "refusal"
    case_id = new_id(entry.question, taken)
    return Case(
        id=case_id,
        kind=kind,
        split="tune",  # whoever reads the comment has seen the question: it can no longer be held back
        question=entry.question,
        history=entry.history,
        region=entry.region,
        meeting=entry.meeting,
        town=entry.town,
        home_town=entry.home_town,
        answerable=bool(entry.cited),
        expected=entry.cited,
        status="förslag" if entry.thumb == "upp" else "ifrågasatt",
        comment=entry.comment,
        origin=f"Tumme {entry.thumb} i chatten {entry.when[:10]}" + (f", {entry.who}" if entry.who else ""),
    )


def new_id(question: str, taken: set[str]) -> str:
    """An id from a question's words, in the form the schema asks for, not yet taken."""
    letters = question.casefold().translate(str.maketrans("åäöé", "aaoe"))
    words = re.findall(r"[a-z0-9]+", letters)
    base = "-".join(["ny", *words[:5]])
    number, found = 2, base
    while found in taken:
        found, number = f"{base}-{number}", number + 1
    return found


def _cited(result: Answer | NoAnswer, places: Places) -> tuple[Mention, ...]:
    if not isinstance(result, Answer):
        return ()
    found: list[Mention] = []
    for citation in result.citations:
        report = places.report(citation.document)
        passage = next((p for p in report.passages if p.id == citation.passage_id), None) if report else None
        if passage is not None:
            mention = mention_of(passage, places)
        else:
            words = sorted(re.findall(r"\w{4,}|\d+", citation.quote.casefold()), key=len)[-2:]
            keys = tuple(words) or (citation.title.split()[0],)
            mention = Mention(base_name(citation.document), citation.region, citation.page, citation.town, keys)
        if mention not in found:
            found.append(mention)
    return tuple(found)


def _append(event: dict[str, Any], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    line = (json.dumps(event, ensure_ascii=False) + "\n").encode()
    with FileLock(f"{path}.lock"), open(path, "ab") as file:
        if file.tell() and not _ends_with_newline(path):
            line = b"\n" + line  # a line cut short by a crash must not swallow this one
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def _ends_with_newline(path: Path) -> bool:
    with open(path, "rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
