"""Changing the question set from the review page: atomic, one case at a time, nothing of another reviewer lost.

A reviewer's change carries the hash of the case as it was read. Under a file lock the file is read anew; where the case
has another hash by now, nothing is written and both versions are given back. Different cases never conflict. Only the
changed fields of the changed case are written anew, so that the file keeps its order, comments and line breaks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from filelock import FileLock, Timeout

from eval.cases import QUESTIONS, Case, Mention, Review, case_to_dict, load, parse
from eval.history import write_atomically
from ingest.errors import QuestionSetError

WAIT = 10.0  # seconds for another reviewer's save


class ChangedMeanwhile(QuestionSetError):
    """Someone else changed or removed the case since it was read. `current` is None where it is gone."""

    def __init__(self, case_id: str, current: Case | None) -> None:
        super().__init__(f"The question {case_id!r} was changed by someone else meanwhile")
        self.current = current


@dataclass(frozen=True)
class QuestionStore:
    """The question file. Safe for several processes and threads at once."""

    path: Path = QUESTIONS

    def load(self) -> tuple[Case, ...]:
        return load(self.path)

    def save(self, case: Case, read_as: str, who: str, what: str) -> Case:
        """Write a changed case; `read_as` is the `content` of the version that the reviewer saw.

        Returns the case with the review added. Raises ChangedMeanwhile and QuestionSetError (schema); then nothing
        is written.
        """
        with self._locked():
            text = self._text()
            current = next((c for c in parse(text, str(self.path)) if c.id == case.id), None)
            if current is None or current.content != read_as:
                raise ChangedMeanwhile(case.id, current)
            saved = _reviewed(case, who, what)
            self._write(_replaced(text, current, saved), saved)
            return saved

    def add(self, case: Case, who: str, what: str = "Ny fråga") -> Case:
        """Append a new case. Raises QuestionSetError where its id is taken or it does not follow the schema."""
        with self._locked():
            text = self._text()
            if any(c.id == case.id for c in parse(text, str(self.path))):
                raise QuestionSetError(f"The id {case.id!r} is taken")
            saved = _reviewed(case, who, what)
            self._write(f"{text.rstrip()}\n\n{''.join(_lines_of(saved))}", saved)
            return saved

    def replace_many(
        self, changed: Mapping[str, tuple[str, Case]], added: Iterable[Case], who: str
    ) -> tuple[Case, ...]:
        """Write an import in one step: changed cases by id with the hash they were read as, and new ones.

        All or nothing. Raises ChangedMeanwhile for the first that is no longer as it was read.
        """
        with self._locked():
            text = self._text()
            now = {case.id: case for case in parse(text, str(self.path))}
            saved = []
            for case_id, (read_as, case) in changed.items():
                current = now.get(case_id)
                if current is None or current.content != read_as:
                    raise ChangedMeanwhile(case_id, current)
                saved.append(_reviewed(case, who, "Ändrad genom import"))
                text = _replaced(text, current, saved[-1])
            for case in added:
                if case.id in now:
                    raise QuestionSetError(f"The id {case.id!r} is taken")
                saved.append(_reviewed(case, who, "Ny genom import"))
                text = f"{text.rstrip()}\n\n{''.join(_lines_of(saved[-1]))}"
            self._write(text, *saved)
            return tuple(saved)

    def _text(self) -> str:
        try:
            return self.path.read_text(encoding="utf-8")
        except OSError as error:
            raise QuestionSetError(f"The question set {self.path} cannot be read: {error}") from error

    def _write(self, text: str, *saved: Case) -> None:
        """Only what reads back as meant is written."""
        found = {case.id: case for case in parse(text, str(self.path))}
        for case in saved:
            if found.get(case.id) != case:
                raise QuestionSetError(f"The question {case.id!r} would not read back as it was written")
        try:
            write_atomically(self.path, text)
        except OSError as error:
            raise QuestionSetError(f"The question set {self.path} cannot be written: {error}") from error

    def _locked(self) -> Any:
        try:
            return FileLock(self.path.with_name(f".{self.path.name}.lock"), timeout=WAIT).acquire()
        except (Timeout, OSError) as error:
            raise QuestionSetError(f"The question set {self.path} is busy or cannot be locked: {error}") from error


def changes(old: Case, new: Case) -> dict[str, tuple[str, str]]:
    """What differs between two versions, by field of the file, as text to read."""
    before, after = case_to_dict(old), case_to_dict(new)
    return {
        name: (_readable(before.get(name)), _readable(after.get(name)))
        for name in {**before, **after}
        if before.get(name) != after.get(name) and name != "reviews"
    }


def merge(base: Case, mine: Case, theirs: Case) -> tuple[Case, tuple[str, ...]]:
    """Three-way: fields that only one of both changed are taken from that one; mentions and reviews item by item.

    Returns the merged case and the names of the fields that both changed differently (mine are kept there).
    """
    merged: dict[str, Any] = {}
    clashes = []
    for name in Case.__dataclass_fields__:
        old, my, their = (getattr(case, name) for case in (base, mine, theirs))
        if name in ("expected", "accepted", "reviews"):
            merged[name] = _merged_items(old, my, their)
        elif their != old and my != old and my != their:
            merged[name] = my
            clashes.append(name)
        else:
            merged[name] = my if my != old else their
    return Case(**merged), tuple(clashes)


def _merged_items(old: tuple[Any, ...], mine: tuple[Any, ...], theirs: tuple[Any, ...]) -> tuple[Any, ...]:
    removed = [item for item in old if item not in mine]
    added = [item for item in mine if item not in old and item not in theirs]
    return (*(item for item in theirs if item not in removed), *added)


def _reviewed(case: Case, who: str, what: str) -> Case:
    moment = datetime.now().astimezone().isoformat(timespec="seconds")
    return replace(case, reviews=(*case.reviews, Review(who.strip() or "okänd", moment, what)))


def _readable(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(_flow(item) if isinstance(item, dict) else str(item) for item in value)
    return _flow(value) if isinstance(value, dict) else str(value if value is not None else "")


# --- the file's own form ---


def _replaced(text: str, old: Case, new: Case) -> str:
    """The text with the changed fields of one case written anew; all other lines stay as they are."""
    lines = _split(text)
    fields, end = _field_lines(text, old.id)
    before, after = case_to_dict(old), case_to_dict(new)
    starts = sorted(fields.values())
    out = list(lines)
    last = end
    while (
        last > starts[-1] + 1 and not lines[last - 1].strip(" \n").strip() or lines[last - 1].lstrip().startswith("#")
    ):
        last -= 1  # blank lines and comments after the case belong to what follows
    fresh = [name for name in after if name not in fields]
    if fresh:
        out[last:last] = [line for name in fresh for line in _field(name, after[name])]
    for name, start in sorted(fields.items(), key=lambda item: -item[1]):
        if before.get(name) == after.get(name):
            continue
        stop = next((s for s in starts if s > start), last)
        comments = [line for line in lines[start + 1 : stop] if line.lstrip().startswith("#")]
        written = _field(name, after[name]) if name in after else []
        if lines[start].startswith("- ") and written:
            written[0] = "- " + written[0][2:]
        out[start:stop] = [*written, *comments]
    return "".join(out)


def _field_lines(text: str, case_id: str) -> tuple[dict[str, int], int]:
    """First line of each field of a case, and the line after the case. Raises QuestionSetError for another form."""
    root: Any = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    items = next(value for key, value in root.value if key.value == "questions").value
    for number, item in enumerate(items):
        fields = {key.value: key.start_mark.line for key, _ in item.value}
        ids = [value.value for key, value in item.value if key.value == "id"]
        if ids != [case_id]:
            continue
        if item.flow_style or len(set(fields.values())) < len(fields):
            raise QuestionSetError(f"The question {case_id!r} is not written one field a line; mend the file by hand")
        following = items[number + 1].start_mark.line if number + 1 < len(items) else text.count("\n") + 1
        return fields, min(following, len(_split(text)))
    raise QuestionSetError(f"The question {case_id!r} is not in the file")


def _lines_of(case: Case) -> list[str]:
    lines = [line for name, value in case_to_dict(case).items() for line in _field(name, value)]
    return ["- " + lines[0][2:], *lines[1:]]


def _field(name: str, value: Any) -> list[str]:
    """A field's lines at the file's indent of two."""
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return [f"  {name}:\n", *(f"  - {_flow(item)}\n" for item in value)]
    if name in ("question", "comment", "origin"):
        return [f"  {name}: {_quoted(value)}\n"]
    return [f"  {name}: {_flow(value)}\n"]


def _flow(value: Any) -> str:
    """YAML on one line; quotes only where they are needed."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if isinstance(value, str):
        safe = re.fullmatch(r"[^\W\d_][\w/ .%-]*", value) and value == value.strip() and yaml.safe_load(value) == value
        return value if safe else _quoted(value)
    return json.dumps(value)


def _quoted(text: str) -> str:
    """Double quotes as in JSON, with the characters escaped that YAML takes for line ends or does not print."""
    quoted = json.dumps(text, ensure_ascii=False)
    return re.sub(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]", lambda found: f"\\u{ord(found.group()):04x}", quoted)


def _split(text: str) -> list[str]:
    """Lines with their ends; str.splitlines would also cut at characters that may stand within a text."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def mention_key(mention: Mention) -> str:
    """A text that tells one mention of a case from another."""
    return _flow([mention.document, mention.region, mention.page, mention.town, list(mention.keys)])
