"""Who came to a meeting: represented towns, the number of participants, lists and tables of their names.

Lines that say this are facts of the region and no passages.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from ingest.cleaning import clean_text
from ingest.lines import Line
from ingest.regions import read_host_line, read_region_heading
from ingest.towns import Gazetteer, split_towns

_PEOPLE = r"(?:deltagare|personer|centrum(?:utvecklare|ledare)|platsutvecklare|stadsutvecklare|medlemmar)"
TOWNS_LABEL = re.compile(
    r"^(?:(?:representerade|deltagande|medverkande|närvarande)\s+(?:orter|städer|kommuner)\b\s*[:–-]?"
    r"|(?:orter|städer|kommuner|deltagande)(?:\s+(?:på\s+plats|som\s+deltog|representerade|i\s+träffen))?\s*[:–-]"
    r"|följande\s+(?:orter|städer|kommuner)\s+(?:deltog|medverkade|var\s+representerade)\s*[:–-]?)\s*(?=\D|$)",
    re.I,
)
_COUNTS = [
    re.compile(
        r"(?:antal\s+(?:deltagare|anmälda|närvarande|personer)|deltagare|närvarande)\s*(?:\([^)]*\)\s*)?[:–-]\s*"
        r"(?P<number>\d{1,4})\b(?!\s*[./]\d)(?:\s*(?:st|personer|deltagare)\b)?",
        re.I,
    ),
    re.compile(
        rf"^(?P<number>\d{{1,4}})\s+(?:st\s+)?{_PEOPLE}(?=\s*(?:[.,:;(–-]|$|från\b|deltog\b|på\s+plats|i\s+träffen))",
        re.I,
    ),
    re.compile(
        rf"\b(?:deltog|samlade|samlades|medverkade|närvarade|vi\s+var)\s+(?:det\s+)?(?P<number>\d{{1,4}})\s+(?:st\s+)?{_PEOPLE}\b",
        re.I,
    ),
    re.compile(r"\bantal\s+deltagare\s+(?:var\s+)?(?P<number>\d{1,4})\b", re.I),
]
_FROM = re.compile(
    r"(?:\bfrån\s+|\()(?:\d{1,3}\s+(?:olika\s+)?(?:orter|städer|kommuner)\b)?\s*[:(–-]?\s*(?P<towns>.+)$", re.I | re.S
)
_NAMES_LABEL = re.compile(
    r"^(?:deltagar(?:e|lista|förteckning)|närvaro(?:lista)?|närvarande|medverkande|på\s+plats)(?:\s+(?:var|på\s+träffen))?\s*:?\s*",
    re.I,
)
_PERSON = re.compile(
    r"[A-ZÅÄÖÉ][a-zà-ž]+(?:[-\s][A-ZÅÄÖÉ][a-zà-ž]+)?\s+(?:(?:von|af|de|van)\s+)?[A-ZÅÄÖÉ][a-zà-ž]+(?:-[A-ZÅÄÖÉ][a-zà-ž]+)?"
)
_COLUMN = re.compile(
    r"(?:för|efter)?namn|ort|stad|kommun|titel|roll|organisation|företag|e-?post|epost|mejl|telefon|värdort", re.I
)
_OFFICE = re.compile(r"\s+(?:kommun|stad|city|centrum\w*|citysamverkan|cityförening\w*|näringsliv\w*)$", re.I)


@dataclass
class Attendance:
    """What lines [start, end) tell; `towns_lines` and `count_line` carry it."""

    start: int
    end: int
    towns: tuple[str, ...] = ()
    participants: int | None = None
    towns_lines: list[int] = field(default_factory=list)
    count_line: int | None = None


def find_count(text: str) -> re.Match[str] | None:
    """The number of participants where a line tells it; group "number"."""
    return next((match for pattern in _COUNTS if (match := pattern.search(text))), None)


def towns_text(text: str) -> str:
    """The names of a list of represented towns, without its label and the number of participants."""
    text = re.sub(r"[-\u00ad]\s*\n\s*(?=[a-zåäö])", "", text)
    for pattern in _COUNTS[:1]:
        text = pattern.sub("", text)
    text = re.sub(rf"(?i)antal\s+deltagare.*|\b\d+\s+(?:st\s+)?{_PEOPLE}\b.*", "", text)
    return TOWNS_LABEL.sub("", text.strip())


def find_attendance(lines: list[Line], skip: set[int], gazetteer: Gazetteer) -> list[Attendance]:
    """Every such place outside the lines in `skip`, in reading order."""
    found: list[Attendance] = []
    index = 0
    while index < len(lines):
        block = None
        if index not in skip and not lines[index].furniture:
            for read in (_labelled, _counted, _names):
                block = read(lines, index, skip, gazetteer)
                if block:
                    break
        if block:
            found.append(block)
        index = block.end if block else index + 1
    return found


def _labelled(lines: list[Line], index: int, skip: set[int], gazetteer: Gazetteer) -> Attendance | None:
    """ "Representerade orter: A, B" and the lines that go on with the list, a number of participants among them."""
    if lines[index].bullet or not TOWNS_LABEL.match(lines[index].text):
        return None
    last = index
    while last + 1 < len(lines) and last + 1 not in skip and not find_count(lines[last].text):
        below = lines[last + 1]
        if below.page != lines[index].page or below.bullet or below.level:
            break
        alone = last == index and not TOWNS_LABEL.sub("", lines[index].text).strip()
        open_end = alone or lines[last].raw.rstrip().endswith((",", " och", "/", ":", "-", "\u00ad"))
        if not (open_end or find_count(below.text) or _names_only(below, gazetteer)):
            break
        last += 1
    towns = split_towns(towns_text("\n".join(_printed(lines[i]) for i in range(index, last + 1))), gazetteer)
    if not towns or not any(gazetteer.exact(t) for t in towns):
        return None
    block = Attendance(index, last + 1, towns, towns_lines=list(range(index, last + 1)))
    for i in block.towns_lines:
        if match := find_count(lines[i].text):
            block.participants, block.count_line = int(match.group("number")), i
            break
    return block


def _printed(line: Line) -> str:
    """The line's words, with the hyphen that breaks the last one."""
    return line.text + "\u00ad" if line.raw.rstrip().endswith("\u00ad") else line.text


def _counted(lines: list[Line], index: int, skip: set[int], gazetteer: Gazetteer) -> Attendance | None:
    """A line that tells how many came, and perhaps from where ("14 deltagare från Umeå och Luleå")."""
    line = lines[index]
    match = find_count(line.text)
    if not match or line.bullet or len(line.text) > 300:
        return None
    end, text = index + 1, _printed(line)
    wrapped = re.search(r"(?:,|\boch|\bfrån|/|-|\u00ad)$", text) or not re.search(
        r"[.:]$|\d$|deltagare$|personer$|\bst$", text
    )
    while _FROM.search(f"{text} x") and end < len(lines) and end - index < 5 and end not in skip and wrapped:
        below = lines[end]
        if below.bullet or below.level or below.blank_before or below.page != line.page:
            break
        hyphen = re.search(r"[-\u00ad]$", text)
        if not hyphen and not _names_only(below, gazetteer, tail=True):
            break
        text = f"{text[:-1]}{_printed(below)}" if hyphen else f"{text}\n{_printed(below)}"
        end += 1
    origin = _FROM.search(text, match.end())
    towns = split_towns(origin.group("towns").rstrip(" .)"), gazetteer) if origin else ()
    if origin and not all(gazetteer.exact(t) for t in towns):
        towns = ()
    short = len(line.text) <= 60 or bool(towns)
    if not short:
        return None
    return Attendance(index, end, towns, int(match.group("number")), list(range(index, end)) if towns else [], index)


def _names_only(line: Line, gazetteer: Gazetteer, tail: bool = False) -> bool:
    names = [n.strip(" .)") for n in re.split(r"[,/]|(?:^|\s+)och(?:\s+|$)", line.text) if n.strip(" .)")]
    check: Callable[[str], str | None] = gazetteer.exact if tail else gazetteer.resolve
    return bool(names) and not line.bullet and not line.level and all(check(n) for n in names)


# --- names of people ---


@dataclass
class _Row:
    people: int
    towns: list[str]
    others: int


def _names(lines: list[Line], index: int, skip: set[int], gazetteer: Gazetteer) -> Attendance | None:
    """A list or table of names with towns, with a label above or three rows at least."""
    label = _NAMES_LABEL.match(lines[index].text)
    labelled = bool(label) and not lines[index].bullet
    rest = _printed(lines[index])[label.end() :] if label and labelled else ""
    if rest:
        return _running_names(lines, index, rest, skip, gazetteer)
    first = index
    rows: list[_Row] = []
    if labelled:
        first = index + 1
    end = first
    while end < len(lines) and end not in skip and (lines[end].page == lines[index].page or rows):
        text = lines[end].text
        if lines[end].furniture:
            end += 1
            continue
        heading = lines[end].level or read_region_heading(text, gazetteer) or read_host_line(text, gazetteer)
        row = None if heading or (end > index and _NAMES_LABEL.match(text)) else _row(text, gazetteer)
        if row is None:
            break
        rows.append(row)
        end += 1
    people, towns = sum(row.people for row in rows), [t for row in rows for t in row.towns]
    if people < (2 if labelled else 3) or len(towns) < (1 if labelled else 3):
        return None
    if not labelled and sum(bool(row.people) for row in rows) < 3:
        return None
    while end > first and lines[end - 1].furniture:
        end -= 1
    return Attendance(index, end, tuple(dict.fromkeys(towns)), people, list(range(index, end)), index)


def _running_names(lines: list[Line], index: int, text: str, skip: set[int], gazetteer: Gazetteer) -> Attendance | None:
    """ "Deltagare: Anna Ek (Piteå), Bo Ås (Luleå) ..." and the lines that go on with it."""
    raw, last = text, index + 1
    end = index + 1
    while last < len(lines) and last not in skip and lines[last].page == lines[index].page and last - end < 8:
        below = lines[last]
        raw, last = f"{raw}\n{below.raw.strip()}", last + 1
        row = None if below.bullet or below.level or below.bold else _row(clean_text(raw), gazetteer)
        if row is None or row.others > 1:
            break
        if not row.others:  # else a name may be broken by the line's end
            text, end = clean_text(raw), last
    row = _row(text, gazetteer)
    if row is None or row.people < 2 or not row.towns:
        return None
    return Attendance(index, end, tuple(dict.fromkeys(row.towns)), row.people, list(range(index, end)), index)


def _row(text: str, gazetteer: Gazetteer) -> _Row | None:
    """The people and towns of one row; None where it says anything else."""
    pieces = [p.strip(" .") for p in re.split(r"[,;()|/\t]|\s[–—-]\s|\s{2,}|\soch\s", text) if p.strip(" .")]
    row = _Row(0, [], 0)
    for piece in pieces:
        town = _town(piece, gazetteer)
        if town:
            row.towns.append(town)
        elif all(_COLUMN.fullmatch(word) for word in piece.split()):
            continue  # the head of a table
        elif split := _ends_with_town(piece, gazetteer):
            row.people += 1
            row.towns.append(split)
        elif _PERSON.fullmatch(piece):
            row.people += 1
        else:
            row.others += 1
    if not pieces or row.others > max(1, row.people) or (row.others and not (row.people and row.towns)):
        return None
    return row


def _town(piece: str, gazetteer: Gazetteer) -> str | None:
    return gazetteer.exact(piece) or gazetteer.exact(_OFFICE.sub("", piece))


def _ends_with_town(piece: str, gazetteer: Gazetteer) -> str | None:
    """The town of "Anna Ek Piteå": at least two words of a name stand in front."""
    words = piece.split()
    for length in (2, 1):
        if len(words) >= length + 2 and _PERSON.fullmatch(" ".join(words[:-length])):
            town = _town(" ".join(words[-length:]), gazetteer)
            if town:
                return town
    return None
