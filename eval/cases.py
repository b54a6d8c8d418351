"""The question set: cases with the mentions that a complete answer holds.

The file (questions.yaml, checked against questions.schema.json) is the one source; this module only reads it, and
eval/store.py changes it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

import yaml

from answer.model import Query
from eval.names import Kind, Split, Status
from ingest.errors import QuestionSetError

HERE = Path(__file__).resolve().parent
QUESTIONS = HERE / "questions.yaml"
SCHEMA = HERE / "questions.schema.json"
TODAY = date(2026, 11, 1)  # what "i våras" counts from; fixed, so that a run gives the same figures on any day


@dataclass(frozen=True)
class Mention:
    """A statement of a report: where it stands and one to three key strings that tell it, never its sentence.

    `document` is the base name without suffix, so that originals and digests share one set. `page` None where the
    report has no pages; `town` "A, B" for several. `also` are other places that state the very same: one is enough.
    """

    document: str
    region: str | None
    page: int | None
    town: str | None
    keys: tuple[str, ...]
    also: tuple[Mention, ...] = ()

    @property
    def places(self) -> tuple[Mention, ...]:
        """The mention itself and the other places that state the same."""
        return (self, *self.also)


@dataclass(frozen=True)
class Review:
    """Who did what to a case, and when (ISO time with offset)."""

    who: str
    when: str
    what: str


@dataclass(frozen=True)
class Case:
    """One question. `expected` must be found; `accepted` may be said as well without being wrong."""

    id: str
    kind: Kind
    split: Split
    question: str
    history: tuple[str, ...] = ()
    region: str | None = None
    meeting: str | None = None
    town: str | None = None
    home_town: str | None = None
    answerable: bool = True
    expected: tuple[Mention, ...] = ()
    accepted: tuple[Mention, ...] = ()
    status: Status = "förslag"
    comment: str = ""
    origin: str = ""
    reviews: tuple[Review, ...] = ()

    def query(self) -> Query:
        return Query(
            self.question, self.history, self.region, self.meeting, self.town, home_town=self.home_town, id=self.id
        )

    @property
    def asks(self) -> str:
        """Hash of what is asked and expected; reviews and comments do not change it."""
        return _digest({key: value for key, value in case_to_dict(self).items() if key in _ASKS})

    @property
    def content(self) -> str:
        """Hash of everything in the case: two readers hold the same version where it is equal."""
        return _digest(case_to_dict(self))


_ASKS = {"question", "history", "filters", "answerable", "expected", "accepted"}
_FILTERS = ("region", "meeting", "town", "home_town")


def load(path: Path = QUESTIONS) -> tuple[Case, ...]:
    """Every case of the file, in order. Raises QuestionSetError naming the place in the file."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise QuestionSetError(f"The question set {path} cannot be read: {error}") from error
    return parse(text, str(path))


def parse(text: str, name: str = "questions.yaml") -> tuple[Case, ...]:
    """Cases of a file's text. Raises QuestionSetError where it does not follow the schema or an id comes twice."""
    try:
        data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise QuestionSetError(f"{name} is not YAML: {error}") from error
    check(data, name)
    cases = tuple(case_from_dict(item) for item in data["questions"])
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise QuestionSetError(f"{name}: the id {case.id!r} comes twice; give one of them another")
        seen.add(case.id)
    return cases


def check(data: Any, name: str = "questions.yaml") -> None:
    """Raises QuestionSetError naming the first place that does not follow the schema."""
    errors = sorted(_validator().iter_errors(data), key=lambda e: list(map(str, e.absolute_path)))
    if errors:
        path = list(errors[0].absolute_path)
        place = "/".join(map(str, path)) or "top level"
        if len(path) > 1 and path[0] == "questions" and isinstance(data["questions"][path[1]], dict):
            place += f" (id {data['questions'][path[1]].get('id')})"
        raise QuestionSetError(f"{name}, {place}: {errors[0].message}")


def select(
    cases: Iterable[Case], split: str | None = None, kinds: Sequence[str] = (), ids: Sequence[str] = ()
) -> tuple[Case, ...]:
    """The cases of a split, of kinds, with ids; an empty condition holds for all.

    Raises QuestionSetError for an unknown id.
    """
    cases = tuple(cases)
    unknown = sorted(set(ids) - {case.id for case in cases})
    if unknown:
        raise QuestionSetError(f"The question set has no id {', '.join(unknown)}")
    return tuple(
        case
        for case in cases
        if (not split or case.split == split) and (not kinds or case.kind in kinds) and (not ids or case.id in ids)
    )


def case_from_dict(data: Mapping[str, Any]) -> Case:
    """A case from a mapping that follows the schema."""
    filters = data.get("filters") or {}
    return Case(
        id=str(data["id"]),
        kind=data["kind"],
        split=data["split"],
        question=data["question"],
        history=tuple(data.get("history") or ()),
        **{name: filters.get(name) for name in _FILTERS},
        answerable=data["answerable"],
        expected=tuple(mention_from_dict(item) for item in data.get("expected") or ()),
        accepted=tuple(mention_from_dict(item) for item in data.get("accepted") or ()),
        status=data.get("status") or get_args(Status)[0],
        comment=data.get("comment") or "",
        origin=data.get("origin") or "",
        reviews=tuple(Review(r["who"], r["when"], r["what"]) for r in data.get("reviews") or ()),
    )


def case_to_dict(case: Case) -> dict[str, Any]:
    """The case in the file's form and order; `origin` and `reviews` only where there are any."""
    filters = {name: getattr(case, name) for name in _FILTERS if getattr(case, name) is not None}
    data: dict[str, Any] = {
        "id": case.id,
        "kind": case.kind,
        "split": case.split,
        "question": case.question,
        "history": list(case.history),
        "filters": filters,
        "answerable": case.answerable,
        "expected": [mention_to_dict(m) for m in case.expected],
        "accepted": [mention_to_dict(m) for m in case.accepted],
        "status": case.status,
        "comment": case.comment,
    }
    if case.origin:
        data["origin"] = case.origin
    if case.reviews:
        data["reviews"] = [{"who": r.who, "when": r.when, "what": r.what} for r in case.reviews]
    return data


def mention_to_dict(mention: Mention) -> dict[str, Any]:
    """The mention in the file's form and order; `also` only where there are any."""
    data: dict[str, Any] = {
        "document": mention.document,
        "region": mention.region,
        "page": mention.page,
        "town": mention.town,
        "keys": list(mention.keys),
    }
    if mention.also:
        data["also"] = [mention_to_dict(other) for other in mention.also]
    return data


def mention_from_dict(data: Mapping[str, Any]) -> Mention:
    return Mention(
        document=data["document"],
        region=data.get("region"),
        page=data.get("page"),
        town=data.get("town"),
        keys=tuple(str(key) for key in data["keys"]),
        also=tuple(mention_from_dict(item) for item in data.get("also") or ()),
    )


def _digest(data: Any) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
