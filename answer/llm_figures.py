"""Numbers and dates in Swedish text, so that a sentence's figures can be looked up in what it cites.

"4 miljoner", "4 mkr", "fyra miljoner" and "4 000 000" are one number; "40 miljoner" is another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ingest.dates import MONTHS


def _numbered(words: str, values: Iterable[int]) -> dict[str, int]:
    return dict(zip(words.split(), values, strict=True))


_UNITS = _numbered("noll två tre fyra fem sex sju åtta nio", (0, *range(2, 10)))  # "en" and "ett" mostly are articles
_TEENS = _numbered("tio elva tolv tretton fjorton femton sexton sjutton arton nitton", range(10, 20))
_NOUNS = _numbered("etta tvåa trea fyra femma sexa sjua åtta nia", range(1, 10))  # "trettiofemma"
_TENS = _numbered("tjugo trettio fyrtio femtio sextio sjuttio åttio nittio", range(20, 100, 10))
_ORDINALS = _numbered("tredje fjärde femte sjätte sjunde åttonde nionde tionde", range(3, 11))
_SCALES = {
    "hundra": 100.0,
    "k": 1e3, "tusen": 1e3, "tkr": 1e3, "kkr": 1e3,
    "miljon": 1e6, "miljoner": 1e6, "milj": 1e6, "mkr": 1e6, "mnkr": 1e6, "mn": 1e6,
    "miljard": 1e9, "miljarder": 1e9, "mdkr": 1e9, "mdr": 1e9,
}  # fmt: skip
_JOINED = ("miljarder", "miljard", "miljoner", "miljon", "tusen", "hundra")  # "fyrtiomiljoner", "ettusen"
_CURRENCIES = {
    "kr": "kr|kronor|kronors|sek|mkr|mnkr|tkr|kkr|mdkr", "euro": "euro|eur|€", "dollar": "dollar|usd|\\$",
    "pund": "pund|gbp|£",
}  # fmt: skip
_CURRENCY = re.compile("|".join(rf"(?P<{name}>\s*(?:{words})(?!\w))" for name, words in _CURRENCIES.items()), re.I)
_OWN_CURRENCY = re.compile(r"(?:m|mn|t|k|md)kr$", re.I)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789")
# "halverade" and "hälften", "fördubblats" and "dubbelt", "tredubbla", "tiofalt", "tredjedel"
_FACTOR = re.compile(
    r"\b(?:(?P<half>(?:för)?halver\w*|hälften)|(?P<times>\w*?)(?:dubbl\w*|dubbel(?:t)?|faldig\w*|fal(?:d|t))"
    r"|(?P<share>\w+?)(?:de)?del(?:ar|en|arna|s)?)\b",
    re.I,
)
_YEAR_AFTER = re.compile(  # what stands before a year: "våren 2031", not "i 2031 butiker"
    r"(?:^|[(,;:–-]|\b(?:år|året|under|sedan|från|till|efter|före|inför|och|årets|träffen|mötet|våren|sommaren|hösten|"
    r"vintern|januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december))\s*$",
    re.I,
)
_DIGITS = r"\d{1,3}(?:[  .]\d{3})+(?![\d,])|\d+(?:[.,]\d+)?"
_NUMBER = re.compile(rf"(?<![\d.,])(?P<digits>{_DIGITS})|(?P<word>[^\W\d_]+)")
_AFTER = re.compile(r"\s*(?:[-–]\s*|till\s+)?(?P<scale>[^\W\d_]+)?")
_PERCENT = re.compile(r"\s*(?:[-–/]\s*\d+(?:[.,]\d+)?\s*)?(?:%|procent)", re.I)
_MONTH = "|".join(MONTHS)
_SHORT = "jan|feb|apr|jun|jul|aug|sept|sep|okt|nov|dec"  # only after a day: "Jan" is a name
_DATE = re.compile(
    rf"(?<!\d)(?:(?P<iso>\d{{4}}-\d\d-\d\d)"
    rf"|(?:(?P<first>\d{{1,2}})(?::?e)?\s*(?:[-–]|och|till)\s*)?(?P<day>\d{{1,2}})(?::?e)?\s+"
    rf"(?:(?P<month>{_MONTH})|(?P<short>{_SHORT})\b\.?)"
    rf"(?:\s+(?P<year>\d{{4}}))?"
    rf"|\b(?P<bare>{_MONTH})(?:månad)?(?:\s+(?P<bareyear>\d{{4}}))?)(?![^\W_])",
    re.I,
)
_PAGE = re.compile(r"\b(?:s\.|sid\.?|sida|sidan|sidorna)\s*(\d+)(?:\s*[-–]\s*(\d+))?", re.I)


@dataclass(frozen=True)
class Figure:
    """A number in a text: value, unit, the words that state it, and where they begin.

    `unit` is "%", "×" for a factor ("halverade", "en tredjedel"), a currency, or "". `year`: whether it may be one.
    """

    value: float
    unit: str
    words: str
    start: int = 0
    year: bool = False


@dataclass(frozen=True)
class DayOrMonth:
    """A date in a text; `days` is empty where only the month is named."""

    month: int
    days: tuple[int, ...]
    year: int | None
    words: str


def dates(text: str) -> tuple[list[DayOrMonth], str]:
    """The dates that a text names, and the text with them blanked out (same length)."""
    found = []
    for match in _DATE.finditer(text):
        if match["iso"]:
            year, month, day = map(int, match["iso"].split("-"))
            if 1 <= month <= 12:
                found.append(DayOrMonth(month, (day,), year, match.group()))
            continue
        name = (match["month"] or match["short"] or match["bare"]).lower()
        month = next(n for n, full in enumerate(MONTHS, 1) if full.startswith(name))
        days = tuple(int(day) for day in (match["first"], match["day"]) if day)
        printed_year = match["year"] or match["bareyear"]
        found.append(DayOrMonth(month, days, int(printed_year) if printed_year else None, match.group()))
    return found, _DATE.sub(_blank, text)


def pages(text: str) -> tuple[list[int], str]:
    """The page numbers that a text refers to ("s. 26"), and the text with them blanked out."""
    found = [int(number) for match in _PAGE.finditer(text) for number in match.groups() if number]
    return found, _PAGE.sub(_blank, text)


def figures(text: str) -> list[Figure]:
    """Every number of a text but "en" and "ett", which mostly are articles."""
    text = text.translate(_RAISED)
    found = _factors(text)
    position = 0
    while match := _NUMBER.search(text, position):
        position = match.end()
        value = _digits(match["digits"]) if match["digits"] else word_value(match["word"])
        if value is None:
            continue
        end = match.end()
        range_end = re.match(rf"\s*[-–]\s*(?:{_DIGITS})", text[end:]) if match["digits"] else None
        after = _AFTER.match(text, end + (range_end.end() if range_end else 0))
        scale = _SCALES.get((after["scale"] or "").lower()) if after else None
        if value in (1e6, 1e9) and re.search(r"\bhalv(?:a|t)?\s*$", text[: match.start()], re.I):
            value *= 0.5
        unit_at = end
        if scale and after and match.group().lower() not in _SCALES:
            value *= scale
            unit_at = after.end()
            if not range_end:
                end = position = after.end()
        unit = "%" if _PERCENT.match(text, end) else _currency(text, unit_at)
        year = bool(re.fullmatch(r"(?:19|20)\d\d", match.group())) and not unit and _year(text, match.start(), end)
        words = text[match.start() : end] + (" %" if unit == "%" else "")
        found.append(Figure(value, unit, " ".join(words.split()), match.start(), year))
    return found


def _factors(text: str) -> list[Figure]:
    found = []
    for match in _FACTOR.finditer(text):
        value: float | None
        if match["half"]:
            value = 0.5
        elif match["share"]:
            share = match["share"].lower()
            parts = _ORDINALS.get(share) or _ORDINALS.get(f"{share}de") or word_value(share)
            value = 1 / parts if parts and parts > 2 else None
        else:
            times = match["times"].lower().removeprefix("för")
            twice = not times and "dubb" in match.group().lower()
            value = 2.0 if twice else word_value({"fyr": "fyra"}.get(times, times))
        if value:
            found.append(Figure(value, "×", match.group(), match.start()))
    return found


def _currency(text: str, position: int) -> str:
    """The currency that stands at a position, or in the word that ends there ("4 mkr"), or ""."""
    if _OWN_CURRENCY.search(text[:position]):
        return "kr"
    match = _CURRENCY.match(text, position)
    return (match.lastgroup or "") if match else ""


def _year(text: str, start: int, end: int) -> bool:
    return bool(_YEAR_AFTER.search(text[:start]) or re.match(r"\s*(?:$|[.,;:)!?–/-])", text[end:]))


@lru_cache(maxsize=4096)
def word_value(word: str) -> float | None:
    """The number that a Swedish word means ("tjugofem", "tvåhundra", "trettiotal"), or None."""
    word = word.lower()
    word = re.sub(r"(?<=o|a|v|n)tal(?:et|s)?$", "", word)
    for table in (_UNITS, _TEENS, _TENS, _ORDINALS):
        if word in table:
            return float(table[word])
    if word in ("miljon", "miljoner", "miljard", "miljarder", "tusen", "hundra"):
        return _SCALES[word]
    if word == "dussin":
        return 12.0
    for tens, value in _TENS.items():
        unit = word.removeprefix(tens)
        if unit == word:
            continue
        for table in (_UNITS, _NOUNS, _ORDINALS, {"en": 1, "ett": 1}):
            if unit in table:
                return float(value + table[unit])
    for scale in _JOINED:
        before, found, after = word.partition(scale)
        if found and (before or after):
            times = 1.0 if before in ("", "ett", "en", "et") else word_value(before)
            rest = 0.0 if not after else word_value(after)
            if times is not None and rest is not None:
                return times * _SCALES[scale] + rest
    return None


def stated(figure: Figure, among: Iterable[Figure]) -> bool:
    """Whether a number is one of those given: same value, and of the same unit; kronor may be left out."""
    return any(
        abs(figure.value - f.value) < 1e-9 * max(1.0, abs(f.value))
        and _same_unit(figure.unit, f.unit)
        or (figure.unit, f.unit) in (("×", "%"), ("%", "×"))
        and _share(figure) == _share(f)
        for f in among
    )


def _same_unit(said: str, printed: str) -> bool:
    if said == printed:
        return True
    return printed not in ("%", "×") if not said else said == "kr" and not printed


def _share(figure: Figure) -> float:
    """ "hälften" is 50 %."""
    return figure.value / 100 if figure.unit == "%" else figure.value


def _digits(text: str) -> float:
    if re.fullmatch(r"\d{1,3}(?:[  .]\d{3})+", text):
        return float(re.sub(r"\D", "", text))
    return float(text.replace(",", "."))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())
