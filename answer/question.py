"""What is asked: topic, filters and intent of a question, read with its history.

Nothing here knows the corpus by heart: regions, meetings and towns come from the opened index, places beyond it from the
gazetteer. A question is matched in plain letters, so that one typed without å ä ö is understood alike, and what was
understood as a filter is masked, so that no word is read twice.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from answer.model import Intent, Query, Understanding
from ingest.model import Meeting, Report

MONTH_NAMES = (
    "januari|jan februari|feb mars|mar april|apr maj juni|jun juli|jul augusti|aug september|sept|sep oktober|okt "
    "november|nov december|dec"
)
MONTHS = {name: number for number, names in enumerate(MONTH_NAMES.split(), 1) for name in names.split("|")}
COMPASS = {"norr", "vast", "syd", "ost"}
PANDEMIC = ("2020-03-01", "2022-03-31")  # the Swedish restrictions


def plain(text: str) -> str:
    """Lower case without diacritics, character for character (the same length as the composed text)."""
    return "".join(unicodedata.normalize("NFD", char)[0] for char in unicodedata.normalize("NFC", text)).lower()


def region_parts(region: str) -> frozenset[str]:
    return frozenset(plain(part.strip()) for part in re.split(r"[/&]| och ", region) if part.strip())


def same_region(asked: str, region: str | None) -> bool:
    """Whether a chapter's region is meant by the region asked for: equal, or one a part of the other."""
    if region is None:
        return False
    a, b = region_parts(asked), region_parts(region)
    return a <= b or b <= a


@dataclass(frozen=True)
class Known:
    """What the index holds that a question may name.

    `words`: the plain words that passages write in small letters, and their numbers. `find_places(text)`: towns of
    the gazetteer in it, as (start, end, name).
    `content_words(text)`: the words that carry a topic. `correct(word)`: the word as the reports spell it, or None.
    """

    regions: tuple[str, ...]
    meetings: tuple[Meeting, ...]
    towns: tuple[str, ...]
    reports: tuple[Report, ...]
    words: frozenset[str]
    find_places: Callable[[str], Sequence[tuple[int, int, str]]]
    content_words: Callable[[str], list[str]]
    correct: Callable[[str], str | None]


@dataclass
class _Reading:
    """A question while it is read."""

    text: str
    known: Known
    today: date
    masked: str = ""
    regions: list[str] = field(default_factory=list)
    meetings: list[str] = field(default_factory=list)
    announced: str | None = None  # a coming meeting that a report announces
    towns: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    since: bool = False

    def __post_init__(self) -> None:
        self.text = unicodedata.normalize("NFC", self.text)
        self.masked = plain(self.text)

    def mask(self, start: int, end: int) -> None:
        self.masked = self.masked[:start] + "\0" * (end - start) + self.masked[end:]

    @property
    def rest(self) -> str:
        kept = "".join(char for char, mark in zip(self.text, self.masked, strict=True) if mark != "\0")
        return re.sub(r"\s+([?.,!])", r"\1", re.sub(r"\s+", " ", kept)).strip(" ,")


# --- regions ---


def _read_regions(reading: _Reading) -> None:
    known = reading.known
    found: list[tuple[int, str]] = []

    def take(match: re.Match[str], region: str) -> None:
        found.append((match.start(), region))
        reading.mask(match.start(), match.end())

    lead = r"(?:\b(?:i|fran|hos|inom) )?(?:\bregion(?:en|er|erna)? )?"
    for region in known.regions:  # names of several parts, in either order
        parts = [re.escape(part) for part in region_parts(region)]
        if len(parts) == 2:
            between = r"(?:\s*[/–-]\s*|\s+(?:och|o|&)\s+|\s+)"
            pattern = rf"{lead}\b(?:{parts[0]}{between}{parts[1]}|{parts[1]}{between}{parts[0]})s?\b"
            while match := re.search(pattern, reading.masked):
                take(match, region)
    # A part that two regions share ("Öst", "Mälardalen/Öst") belongs to the one that bears it alone, and else to all.
    by_part: dict[str, list[str]] = {}
    for region in sorted(known.regions, key=lambda r: len(region_parts(r))):
        for part in region_parts(region):
            by_part.setdefault(part, []).append(region)
    in_list = re.search(r"\bregion(?:en|er|erna)?\b", reading.masked) is not None
    for part, regions in by_part.items():
        for match in list(re.finditer(rf"{lead}\b({re.escape(part)})s?\b", reading.masked)):
            printed = reading.text[match.start(1) : match.end(1)]
            named = "region" in match.group(0) or (in_list and _in_region_list(reading.masked, match.start(1)))
            if not named and part in COMPASS:
                before = reading.masked[: match.start(1)].split()[-1:]
                named = printed[0].isupper() or (
                    before in (["i"], ["hos"], ["fran"], ["for"], ["och"], ["respektive"])
                    and (part != "ost" or "ö" in printed)
                )
            elif not named:
                named = not reading.known.find_places(printed.title())
            if named:
                alone = [r for r in regions if len(region_parts(r)) == 1]
                for region in alone or regions:
                    found.append((match.start(1), region))
                reading.mask(match.start(), match.end())
    reading.regions = list(dict.fromkeys(region for _, region in sorted(found, key=lambda item: item[0])))
    for match in list(re.finditer(r"\b(?:i |fran )?region(?:en|er|erna)?\s*(?=\0|och\b|$)", reading.masked)):
        if reading.regions:
            reading.mask(match.start(), match.end())


def _in_region_list(masked: str, position: int) -> bool:
    """Whether only names and conjunctions stand between the word "regionerna" and the position."""
    before = masked[:position]
    last = max((m.end() for m in re.finditer(r"\bregion(?:en|er|erna)?\b", before)), default=None)
    return (
        last is not None
        and re.fullmatch(r"[\s\0,]*(?:(?:och|eller|mot|med|\w+)[\s\0,]*){0,3}", before[last:]) is not None
    )


# --- meetings ---


def _between(known: Known, first: str, last: str) -> list[str]:
    return [m.date for m in known.meetings if first <= m.date <= last]


def _read_meetings(reading: _Reading) -> None:
    known, today = reading.known, reading.today
    dates = sorted(m.date for m in known.meetings)
    lead = (
        r"(?:\b(?:pa|vid|fran|i|under|om|till) )?(?:\b(?:det|den|var) )?"
        r"(?:\b(?:citygroup)?(?:traff(?:en|arna|ar)?|mote[tn]?|rapport(?:en)?|dokumentation(?:en)?) )?(?:(?:i|fran|ar|under) )?(?:den )?"
    )
    months = "|".join(sorted(MONTHS, key=len, reverse=True))

    def read(pattern: str, dates_of: Callable[[re.Match[str]], list[str] | None]) -> None:
        """Every match becomes a filter; None leaves it, no dates make it a meeting that the reports do not have."""
        for match in list(re.finditer(pattern, reading.masked)):
            found = dates_of(match)
            if found is None:
                continue
            reading.meetings += [day for day in found if day not in reading.meetings]
            if not found:
                _read_unknown(reading, match)
            reading.mask(match.start(), match.end())

    def on(day: str) -> list[str]:
        return [m.date for m in known.meetings if day in (*m.dates, m.date)]

    def season(match: re.Match[str]) -> list[str]:
        year = match[2]
        half = ("01-01", "06-30") if match[1].startswith("var") else ("07-01", "12-31")
        return _between(known, f"{year}-{half[0]}", f"{year}-{half[1]}")

    def year(match: re.Match[str]) -> list[str] | None:
        found = _between(known, match[1], f"{match[1]}-99")
        names_meeting = re.search(r"traff|mote|rapport|dokument", match.group(0))
        return None if not found and not names_meeting and match[1] in known.words else found

    def from_year(match: re.Match[str]) -> list[str] | None:
        reading.since = any(day >= match[1] for day in dates)
        return [day for day in dates if day >= match[1]] or None

    def span(first: date, last: date) -> Callable[[re.Match[str]], list[str]]:
        return lambda _: _between(known, first.isoformat(), last.isoformat())

    read(rf"{lead}\b(\d{{4}}-\d\d-\d\d)\b", lambda m: on(m[1]))
    read(
        rf"{lead}\b(?:\d{{1,2}}\s*[-–]\s*)?(\d{{1,2}}):?e?\s+({months})\.?\s+(\d{{4}})\b",
        lambda m: on(f"{m[3]}-{MONTHS[m[2]]:02d}-{int(m[1]):02d}"),
    )
    read(
        rf"{lead}\b({months})\.?\s+(?:ar )?(\d{{4}})\b",
        lambda m: _between(known, f"{m[2]}-{MONTHS[m[1]]:02d}", f"{m[2]}-{MONTHS[m[1]]:02d}-99"),
    )
    read(rf"{lead}\b(var|host)(?:en|traffen)?\s+(?:ar )?(\d{{4}})\b", season)
    read(r"\b(?:sedan|sen|fran och med|efter)\s+(?:traffen )?(?:i )?(?:\w+ )?(20\d\d)\b", from_year)
    read(rf"{lead}\b(20\d\d)\s*(?:-|–|till)\s*(20\d\d)\b", lambda m: _between(known, m[1], f"{m[2]}-99") or None)
    read(rf"{lead}\b(20\d\d)\b(?: ars)?(?: (?:citygroup)?(?:traff|mote|rapport|dokumentation)\w*)?", year)
    for form in ("digital", "fysisk"):
        read(
            rf"{lead}\b(?:forsta |allra forsta )?{form}(?:a|t) (?:citygroup)?(?:traff|mote)\w*",
            lambda _, form=form: [m.date for m in known.meetings if m.form == form] or None,  # type: ignore[misc]
        )
        read(
            rf"\b(?:efter|pa|vid|under|fran) den {form}a\b",
            lambda _, form=form: [m.date for m in known.meetings if m.form == form] or None,  # type: ignore[misc]
        )
    meeting_word = r"(?:citygroup)?(?:traff|mote|rapport)\w*"
    read(rf"{lead}\b(?:senaste|forra|sista|nyaste) {meeting_word}", lambda _: dates[-1:])
    read(rf"{lead}\b(?:forsta|aldsta) {meeting_word}", lambda _: dates[:1])
    read(
        r"\b(?:under|i)\s+(?:(?:corona)?pandemin|corona(?:tiden|krisen)?|covid(?:-19)?|pandemi(?:tiden|aren|aret))\b",
        lambda _: _between(known, *PANDEMIC) or None,
    )
    autumn = today.year if today.month >= 9 else today.year - 1
    read(r"\bi varas\b", span(date(today.year, 1, 1), date(today.year, 6, 30)))
    read(r"\bi hostas\b", span(date(autumn, 7, 1), date(autumn, 12, 31)))
    read(r"\b(?:i ar|det har aret)\b", span(date(today.year, 1, 1), date(today.year, 12, 31)))
    read(r"\b(?:i ?fjol|forra aret)\b", span(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)))
    reading.meetings.sort()


def _read_unknown(reading: _Reading, match: re.Match[str]) -> None:
    """A time without a meeting: the one that an earlier report announces, or unknown."""
    year = re.search(r"20\d\d", match.group(0))
    announcing = [
        report.meeting.date
        for report in reading.known.reports
        for fact in report.facts
        if report.meeting
        and year
        and report.meeting.date[:4] <= year.group(0)
        and fact.name in ("next_meeting", "next_host_towns")
        and year.group(0) in f"{fact.value} {fact.quote}"
    ]
    if announcing:
        reading.announced = reading.text[match.start() : match.end()].strip()
        reading.meetings.append(max(announcing))
    else:
        reading.unknown.append(reading.text[match.start() : match.end()].strip())


# --- towns and documents ---


def _read_towns(reading: _Reading) -> None:
    known = reading.known
    open_text = "".join(" " if mark == "\0" else char for char, mark in zip(reading.text, reading.masked, strict=True))
    found = {(start, end): town for start, end, town in known.find_places(open_text)}
    names = {plain(town): town for town in known.towns}
    for match in re.finditer(r"[\w-]+", reading.masked):  # towns of the reports typed in small letters
        for form in (match.group(0), match.group(0).removesuffix("s")):
            if form in names and len(form) > 3 and form not in known.words:
                found.setdefault(match.span(), names[form])
    taken: list[tuple[int, int]] = []
    others = re.search(r"\bandra\b", reading.masked) is not None
    for (start, end), town in sorted(found.items(), key=lambda item: (item[0][0], -item[0][1])):
        if any(start < e and s < end for s, e in taken):
            continue
        taken.append((start, end))
        before = reading.masked[:start]
        own = others and re.search(
            r"\b(?:vi|har|oss|jag(?: jobbar| ar| sitter)?|stad) (?:i |fran |har i |pa )?$", before
        )
        besides = re.search(r"\b(?:utom|forutom|utover|andra \w+ an|fler an|mer an|inte) $", before)
        if _AT_A_MEETING.search(before) and _read_host(reading, town):
            continue
        if own or besides:
            reading.excluded.append(town)
        elif town not in known.towns:
            reading.unknown.append(town)
        elif town not in reading.towns:
            reading.towns.append(town)
    for start, end in taken:
        lead = re.search(r"(?:\b(?:i|fran|hos|for|om|pa) )?$", reading.masked[:start])
        reading.mask(lead.start() if lead else start, end)


_AT_A_MEETING = re.compile(
    r"\b(?:traff\w*|mote\w*|sags|samlades|(?:pratade\w*|diskuterade\w*|sades|togs?|samtalade\w*)(?: (?:man|ni|de|upp|om))*) (?:i|pa) $"
)


def _read_host(reading: _Reading, town: str) -> bool:
    """ "Träffen i Skövde" means the meeting, and the region, that the town was host of."""
    hosted = [
        (report.meeting.date, chapter.region)
        for report in reading.known.reports
        for chapter in report.regions
        if report.meeting
        and chapter.host_town == town
        and (not reading.meetings or report.meeting.date in reading.meetings)
        and (not reading.regions or any(same_region(r, chapter.region) for r in reading.regions))
    ]
    if not hosted:
        return False
    reading.meetings = sorted({day for day, _ in hosted})
    reading.regions = reading.regions or list(dict.fromkeys(region for _, region in hosted))
    return True


def _read_documents(reading: _Reading) -> None:
    """A strategy or an article is meant where its kind is named and nothing else is asked to be looked through."""
    kinds = {
        "strategy": r"strategi(?:n|dokument\w*)?|policyn?|riktlinjer(?:na)?",
        "article": r"artikel?n?|reportage\w*",
    }
    for report in reading.known.reports:
        pattern = kinds.get(report.kind)
        if pattern is None or not (set(report.about) & set(reading.towns)):
            continue
        match = re.search(rf"\b(?:{pattern})\b", reading.masked)
        if match:
            reading.documents.append(report.document)
            reading.mask(match.start(), match.end())


# --- what is wanted ---

_MEETING_WORDS = (
    r"traff\w*|mote\w*|citygroup\w*|region\w*|natverk\w*|rapport\w*|dokumentation\w*|deltagare\w*|deltog|delta\w*|var|med|"
    r"stader|stad|orter|orterna|stader\w*|kommuner|kommun|plats|ar|ars|ager|agde|rum|personer|folk|totalt|manga|samtliga|alla|hela|landet|"
    r"varje|respektive|jamfort|jamfor|totalt|sammanlagt|per|antal|varfor|efter|digitala?|fysiska?|vem|gang|host\w*|var\w*|planerad\w*|plan\w*|nasta|kommande|datum|tid|namn\w*|heter|hette|hos|som|fick|kom|"
    r"dokumenterad\w*|material\w*|samlades|traffas|traffades|ses|sags|hall\w*|harnast|blir|bli|fanns|finns|ingar|dar|ort|representerade\w*|rapporterade\w*"
)
_FACTS: tuple[tuple[str, str], ...] = (
    (r"\b(?:nasta|kommande|harnast)\b.*\bvard(?:stad\w*|ort\w*)?\b|\bvard(?:stad\w*|ort\w*)?\b.*\b(?:nasta|kommande|harnast)\b|"
     r"\bvardstader\b.*\b(?:infor|till|for)\b|"
     r"\bvar\b.*\b(?:traffas|ses|mots|halls|ar|blir)\b.*\b(?:nasta (?:gang|traff|mote)|harnast)", "next_host_towns"),
    (r"\b(?:nasta|kommande) (?:citygroup|natverks)?(?:traff|mote)\w*|\bnar\b.*\b(?:traffas|ses|mots|samlas)\b.*\b(?:nasta|harnast)\b|"
     r"\bnar (?:ar|e|blir|halls) (?:det )?nasta(?: gang)?\W*$", "next_meeting"),
    (r"\bvilka regioner (?:finns|ingar|ar med|deltar|har|omfattas)\b|\bhur manga regioner\b", "regions"),
    (r"\b(?:installd\w*|avbokad\w*|(?:stalldes|stallas|stallts)\b.*\bin)\b", "cancelled"),
    (r"\b(?:hur manga|antal(?:et)?)\b(?! (?:stader|orter|kommuner))"
     r".*\b(?:delt\w*|var med|var pa plats|kom|narvar\w*|anmald\w*|deltagare|samlades|motte upp)|\bdeltagarantal\w*", "participants"),
    (r"\bvardstad\w*|\bvard for (?:traff|mote)\w*|\bvar (?:holls|hols|traffades|motttes|agde)\b|\b(?:vilken|i vilken) (?:stad|ort)\b.*"
     r"(?:\btraff|\bmote|\bholls|\bvar vard)|\bvar vard\b|\bvar\b.*\b(?:traffades|sags|moter?s)\b", "host_town"),
    (r"\b(?:vilka|vika|vilken)\b.*\b(?:representerade\w*|delt[ao]g\w*|var med|medverkade|narvar\w*|pa plats|kom)\b|"
     r"\brepresenterade (?:orter|stader)", "towns"),
    (r"\btema(?:t|n|na)?\b", "theme"),
    (r"\bnar (?:holls|var|ar|agde|traffades|hade)\b.*(?:traff|mote|sags)|\bvilket datum\b|\bvilka (?:traffar|moten|rapporter)\b|"
     r"\b(?:digital|fysisk)\w*\b.*\b(?:traff|mote)\w*|^\W*nar\b(?: (?:var|ar|holls|agde|hade))?\W*\0\W*(?:rum\W*)?$", "meeting"),
)  # fmt: skip
_SUGGESTED = re.compile(
    r"\b(?:forslag\w*|foresl\w*|onskem\w*|onskar\w*|onskade\w*|ville|vill|anmalt|intresse\w*|gav|(?:nasta|kommande) tema\w*)\b"
)


def _meeting_fact(masked: str, known: Known) -> str | None:
    """The structured fact that a question about the meetings themselves asks for.

    Only where nothing but words of meetings remains, so that a topic is never mistaken for one.
    """
    if _SUGGESTED.search(masked):
        return None
    for pattern, name in _FACTS:
        match = re.search(pattern, masked)
        if match is None:
            continue
        remaining = re.sub(pattern, " ", masked)
        remaining = re.sub(rf"\b(?:{_MEETING_WORDS})\b|\0", " ", remaining)
        if not [word for word in known.content_words(remaining) if not word.isdigit()]:
            return name
    return None


_FIGURE_ASKED = re.compile(
    r"\b(?:hur (?:mycket|mkt|manga|stor\w*|lange|ofta|lang|langt|gammal|gamla|dyrt?|hog\w*|snabbt|fort)|vad kosta\w*|"
    r"vilken summa|vilket belopp|antal(?:et)?|procent)\b"
)


def _intent(masked: str) -> Intent:
    if re.search(
        r"\b(?:skillnad\w*|skilj\w*|jamfor\w*|andrats|forandrats|utvecklats|jamfort|jamfort|likheter)\b", masked
    ):
        return "comparison"
    if re.search(r"\bvilka regioner\b.*\b(?:inte|och vilka)\b", masked):
        return "comparison"
    if _FIGURE_ASKED.search(masked) or re.search(r"\bvilket (?:ar|datum)\b|\bvilken dag\b", masked):
        return "fact"
    if re.search(
        r"^\W*(?:och |men )?(?:nar|vem|vilket ar|vilken dag|vilket datum|vad heter|vilken (?!\w*\s?region))\b", masked
    ):
        return "fact"
    if re.search(r"^\W*(?:finns|har|ar|anvander|kan|jobbar|gor|erbjuder|blev|fick|saljer|ska)\b", masked):
        return "yes_no"
    return "list"


_BACKWARD = re.compile(
    r"^\W*(?:och|men|da|sa)\b|\b(?:det|de|den|dem|dessa|detta|dar|dom|dess|deras|samma|mer|mera|fler|ovriga|ocksa)\b"
)
_COUNTED = re.compile(r"(?i)\bhur många ([^\W\d_]{3,})")
_EMPTY = re.compile(  # words that ask, and are no topic themselves
    r"\b(?:skillnad\w*|skilj\w*|jamfor\w*|andrats|forandrats|utvecklats|likheter|pratat|pratade|diskuterade\w*|diskuterats|sades|"
    r"respektive|stader\w*|beratta|beskriv|utveckla|forklara|mer|mera|vad|vilka|vilken|vilket|hur|nar|var|vem|stader|stad|orter|det|de|den|dar|"
    r"galler|gallde|fler|sager|sag|saga|sa|sagt|hander|gors|skriver|rapporterna|rapporten|manga|allt|traffen|traff|regionen|"
    r"nagot|nagon|nagra|exempel|ge|visa|kan|du|om|i|pa|och|men|da|annat|finns|gor|gjorde|ar)\b"
)


def understand(query: Query, known: Known, today: date) -> Understanding:
    """How a question is read, together with the conversation's earlier questions and the reader's filters."""
    earlier: Understanding | None = None
    for question in query.history:
        earlier = _read(replace(query, question=question, region=None, meeting=None, town=None), known, today, earlier)
    understood = _read(query, known, today, earlier)
    return _apply_filters(understood, query, known)


def _read(query: Query, known: Known, today: date, earlier: Understanding | None) -> Understanding:
    reading = _Reading(query.question, known, today)
    _read_regions(reading)
    _read_meetings(reading)
    _read_towns(reading)
    _read_documents(reading)
    fact = _meeting_fact(reading.masked, known)
    if reading.announced and fact in (None, "host_town", "meeting"):
        fact = "next_meeting"
    words = [w for w in known.content_words(reading.rest) if not _EMPTY.fullmatch(plain(w))]
    if not words and (counted := _COUNTED.search(reading.rest)):
        words = [counted[1]]  # "hur många kommuner var med": what is counted is the topic, common as the word is
    corrections = tuple((word, right) for word in words if (right := known.correct(word)))
    text = reading.rest
    for typed, right in corrections:
        text = re.sub(rf"(?i)\b{re.escape(typed)}\b", right, text)
        spelled = re.compile(rf"\b{re.escape(plain(typed))}\b")
        plain_text = plain(text)
        if match := spelled.search(plain_text):
            text = text[: match.start()] + right + text[match.end() :]
    excluded = list(reading.excluded)
    if query.home_town and re.search(r"\bandra\b|\bovriga\b", reading.masked):
        excluded.append(query.home_town)
    intent = _intent(plain(text))
    if reading.since:
        intent = "comparison"
    understood = Understanding(
        topic=" ".join(dict(corrections).get(word, word) for word in words),
        text=text,
        intent="meeting" if fact else intent,
        figure=_FIGURE_ASKED.search(plain(text)) is not None,
        fact=fact,
        regions=tuple(reading.regions),
        meetings=tuple(reading.meetings),
        towns=tuple(reading.towns),
        excluded_towns=tuple(dict.fromkeys(excluded)),
        documents=tuple(reading.documents),
        unknown=tuple(dict.fromkeys(reading.unknown)),
        corrections=corrections,
    )
    if not words and not fact and earlier is None:
        return replace(understood, intent="summary", topic="", text="")
    if earlier is not None and not (words and not _BACKWARD.search(reading.masked)) and not (fact and reading.meetings):
        return _follow(understood, earlier, bool(words), reading.masked)
    return understood


def _follow(now: Understanding, earlier: Understanding, has_topic: bool, masked: str) -> Understanding:
    """A follow-up keeps what it does not name anew: topic, and filters of each kind."""
    if now.fact == "meeting" or (not has_topic and re.search(r"^\W*(?:och |men )?nar\b", masked)):
        return replace(
            earlier, intent="fact" if not earlier.fact else earlier.intent, fact=earlier.fact, follow_up=True
        )
    refers = re.search(r"\b(?:dar|de|dem|dom|deras|dessa|samma|det)\b|^\W*(?:och|men)\b", masked)
    if has_topic and not refers:
        return now
    same_kind = bool(now.regions or now.meetings or now.towns or now.unknown)
    merged = replace(
        now,
        regions=now.regions or (() if now.towns else earlier.regions),
        meetings=now.meetings or earlier.meetings,
        towns=now.towns or (() if now.regions else earlier.towns),
        excluded_towns=now.excluded_towns or earlier.excluded_towns,
        documents=now.documents or (() if same_kind else earlier.documents),
        follow_up=True,
    )
    if has_topic:
        return merged
    return replace(
        merged,
        topic=earlier.topic,
        text=earlier.text,
        fact=now.fact or earlier.fact,
        intent=now.intent if now.fact else earlier.intent,
        corrections=earlier.corrections,
    )


def _apply_filters(understood: Understanding, query: Query, known: Known) -> Understanding:
    """The reader's own filters stand above what the question names. A day without a meeting is unknown."""
    if query.region:
        understood = replace(understood, regions=(query.region,))
    if query.meeting:
        dates = tuple(m.date for m in known.meetings if query.meeting in (m.date, *m.dates))
        unknown = understood.unknown if dates else (*understood.unknown, query.meeting)
        understood = replace(understood, meetings=dates, unknown=unknown)
    if query.town:
        understood = replace(understood, towns=(query.town,))
    return understood
