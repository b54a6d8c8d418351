"""The question set as CSV that opens right in Excel (UTF-8 with BOM, semicolons), and back.

One row per question. A mention is `report | region | page | town | key + key`, one a line; other places that state the
same follow after `=`. The column "version" holds the hash of the case as exported: a row whose case was changed here
since is a conflict, and is left alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from eval import names
from eval.cases import Case, Mention, case_from_dict, case_to_dict, check
from ingest.errors import QuestionSetError

COLUMNS = (
    "id",
    "typ",
    "del",
    "fråga",
    "tidigare frågor",
    "filter region",
    "filter träff",
    "filter ort",
    "min stad",
    "besvaras",
    "väntade",
    "godtagna",
    "status",
    "kommentar",
    "ursprung",
    "senaste resultat",
    "senast granskad",
    "version",
)
_REQUIRED = set(COLUMNS) - {"senaste resultat", "senast granskad", "version", "ursprung"}


@dataclass(frozen=True)
class ImportPlan:
    """What an import would do. `changed` maps ids to (hash as it stands now, the new case).

    `conflicts` were changed here since the export; `errors` are Swedish and name the row as Excel counts it.
    """

    changed: dict[str, tuple[str, Case]]
    added: tuple[Case, ...]
    unchanged: int
    conflicts: tuple[str, ...]
    errors: tuple[str, ...]


def to_csv(cases: Iterable[Case], last: Mapping[str, str] | None = None) -> bytes:
    """The cases as CSV; `last` is the latest result to show, by id."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for case in cases:
        writer.writerow([_guarded(cell) for cell in _row(case, (last or {}).get(case.id, ""))])
    return out.getvalue().encode("utf-8-sig")


def plan_import(data: bytes, current: Sequence[Case]) -> ImportPlan:
    """Compare a CSV with the set as it stands. Raises QuestionSetError where it is no such CSV at all."""
    rows = _rows(data)
    now = {case.id: case for case in current}
    changed: dict[str, tuple[str, Case]] = {}
    added: list[Case] = []
    conflicts: list[str] = []
    errors: list[str] = []
    seen: set[str] = set()
    unchanged = 0
    for number, row in rows:
        try:
            case = _case(row, now.get(row["id"]))
            check({"questions": [case_to_dict(case)]}, "raden")
            if case.id in seen:
                raise QuestionSetError(f"id {case.id} finns två gånger i filen")
        except (QuestionSetError, ValueError) as error:
            errors.append(f"Rad {number}: {error}")
            continue
        seen.add(case.id)
        before = now.get(case.id)
        if before is None:
            added.append(case)
        elif before == case:
            unchanged += 1
        elif row.get("version") and row["version"] != before.content:
            conflicts.append(case.id)
        else:
            changed[case.id] = (before.content, case)
    return ImportPlan(changed, tuple(added), unchanged, tuple(conflicts), tuple(errors))


def mention_text(mention: Mention) -> str:
    """One mention as a line of the cell."""
    return " = ".join(
        " | ".join(
            (m.document, m.region or "", "" if m.page is None else str(m.page), m.town or "", " + ".join(m.keys))
        )
        for m in mention.places
    )


def mention_from_text(text: str) -> Mention:
    """The mention of a line. Raises ValueError (Swedish) where it has another form."""
    places = []
    for part in text.split(" = "):
        cells = [cell.strip() for cell in part.split("|")]
        if len(cells) != 5 or not cells[0] or not cells[4]:
            raise ValueError(f"omnämnandet {text!r} ska ha formen rapport | region | sida | ort | ord + ord")
        if cells[2] and not cells[2].isdigit():
            raise ValueError(f"sidan i {text!r} är inget tal")
        keys = tuple(key.strip() for key in cells[4].split(" + ") if key.strip())
        places.append(Mention(cells[0], cells[1] or None, int(cells[2]) if cells[2] else None, cells[3] or None, keys))
    first = places[0]
    return Mention(first.document, first.region, first.page, first.town, first.keys, tuple(places[1:]))


def _row(case: Case, last: str) -> list[str]:
    review = case.reviews[-1] if case.reviews else None
    return [
        case.id,
        names.KINDS[case.kind],
        names.SPLITS[case.split],
        case.question,
        "\n".join(case.history),
        case.region or "",
        case.meeting or "",
        case.town or "",
        case.home_town or "",
        "ja" if case.answerable else "nej",
        "\n".join(map(mention_text, case.expected)),
        "\n".join(map(mention_text, case.accepted)),
        case.status,
        case.comment,
        case.origin,
        last,
        f"{review.when[:16].replace('T', ' ')} {review.who}: {review.what}" if review else "",
        case.content,
    ]


def _case(row: Mapping[str, str], before: Case | None) -> Case:
    data = {
        "id": row["id"].strip(),
        "kind": _code(names.KINDS, row["typ"], "typ"),
        "split": _code(names.SPLITS, row["del"], "del"),
        "question": row["fråga"],
        "history": _lines(row["tidigare frågor"]),
        "filters": {
            name: row[column].strip() or None
            for name, column in (
                ("region", "filter region"),
                ("meeting", "filter träff"),
                ("town", "filter ort"),
                ("home_town", "min stad"),
            )
        },
        "answerable": _yes(row["besvaras"]),
        "expected": [],
        "accepted": [],
        "status": row["status"].strip(),
        "comment": row["kommentar"],
        "origin": row.get("ursprung", ""),
    }
    case = case_from_dict(data)
    mentions = {name: tuple(map(mention_from_text, _lines(row[column]))) for name, column in _MENTIONS}
    fields = {**{k: getattr(case, k) for k in Case.__dataclass_fields__}, **mentions}
    return Case(**{**fields, "reviews": before.reviews if before else ()})


_MENTIONS = (("expected", "väntade"), ("accepted", "godtagna"))


def _rows(data: bytes) -> list[tuple[int, dict[str, str]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")  # what older Excel versions save as "CSV"
    delimiter = ";" if text.split("\n", 1)[0].count(";") >= text.split("\n", 1)[0].count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        lines = list(reader)
    except csv.Error as error:
        raise QuestionSetError(f"Filen är ingen CSV-fil: {error}") from error
    header = [cell.strip().casefold() for cell in lines[0]] if lines else []
    missing = sorted(_REQUIRED - set(header))
    if missing:
        raise QuestionSetError(f"Filen saknar kolumnerna {', '.join(missing)}. Exportera först, och ändra i den filen.")
    rows = []
    for number, cells in enumerate(lines[1:], 2):
        if any(cell.strip() for cell in cells):
            padded = [*cells, *[""] * (len(header) - len(cells))]
            rows.append((number, {name: _unguarded(cell) for name, cell in zip(header, padded, strict=False)}))
    return rows


def _code(labels: Mapping[str, str], text: str, column: str) -> str:
    wanted = text.strip().casefold()
    for code, label in labels.items():
        if wanted in (code.casefold(), label.casefold()):
            return code
    raise ValueError(f"{column} {text!r} är inte något av: {', '.join(labels.values())}")


def _yes(text: str) -> bool:
    wanted = text.strip().casefold()
    if wanted in ("ja", "true", "sant", "1"):
        return True
    if wanted in ("nej", "false", "falskt", "0"):
        return False
    raise ValueError(f"besvaras ska vara ja eller nej, inte {text!r}")


def _lines(cell: str) -> list[str]:
    return [line.strip() for line in cell.replace("\r", "\n").split("\n") if line.strip()]


def _guarded(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "'") else cell


def _unguarded(cell: str) -> str:
    cell = cell.replace("\r\n", "\n")
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@", "\t", "'") else cell
