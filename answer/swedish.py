"""Small pieces of Swedish: dates, counted nouns, lists, sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from ingest import dates

NUMBERS = ["noll", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv"]
NOUNS = {  # singular, plural, neuter
    "ort": ("ort", "orter", False),
    "region": ("region", "regioner", False),
    "träff": ("träff", "träffar", False),
    "stycke": ("stycke", "stycken", True),
    "omnämnande": ("omnämnande", "omnämnanden", True),
    "uttalande": ("uttalande", "uttalanden", True),
    "rapport": ("rapport", "rapporter", False),
    "ställe": ("ställe", "ställen", True),
    "uppgift": ("uppgift", "uppgifter", False),
    "tidigare fråga": ("tidigare fråga", "tidigare frågor", False),
}


def swedish_date(iso: str) -> str:
    """'2021-02-09' -> '9 februari 2021'."""
    return dates.swedish_date((date.fromisoformat(iso),))


def alphabetical(name: str) -> str:
    """Sort key of the Swedish alphabet: å, ä and ö come last."""
    return name.lower().translate(str.maketrans("åäö", "{|}"))


def counted(count: int, noun: str) -> str:
    """'tre orter', 'ett stycke', '14 regioner'."""
    singular, plural, neuter = NOUNS[noun]
    if count == 1:
        return f"{'ett' if neuter else 'en'} {singular}"
    return f"{NUMBERS[count] if count < len(NUMBERS) else count} {plural}"


def listed(items: Sequence[str], conjunction: str = "och") -> str:
    """'a, b och c'."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {conjunction} {items[-1]}"


def listed_some(items: Sequence[str], most: int, noun: str) -> str:
    """As `listed`, with a count in place of what lies beyond the first `most`: 'a, b och tre orter till'."""
    rest = len(items) - most
    return listed(items if rest <= 0 else [*items[:most], f"{counted(rest, noun)} till"])


_ABBREVIATION = re.compile(
    r"(?:\b(?:t|bl|d|s|p|o|m|ca|kl|nr|tel|resp|dvs|t\.ex|bl\.a|st|jfr|inkl|exkl|max|min|tfn|etc|ang|mkr|tkr|f|e|fr|dr)|\d)\.$",
    re.I,
)


def sentences(text: str) -> list[str]:
    """Sentences of a cleaned text; abbreviations and figures do not end one."""
    parts: list[str] = []
    for piece in re.split(r"(?<=[.!?…])\s+(?=[A-ZÅÄÖ0-9”\"–#])", text):
        if parts and _ABBREVIATION.search(parts[-1]):
            parts[-1] += " " + piece
        else:
            parts.append(piece)
    return [part.strip() for part in parts if part.strip()]


def as_sentence(text: str) -> str:
    """First letter capital, an end mark last."""
    text = text.strip()
    if not text:
        return text
    text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?…" else text.rstrip(",;:–- ") + "."


BARE = 4  # words: fewer, left over of a sentence with contact details, state nothing ("Kontakt: eller.")
_CONTACT = re.compile(
    r"\(?\b[\w.+-]+@[\w-]+\.[\w.-]+\w\)?|\(?(?:\+46[\s-]?(?:\(0\))?[\s-]?|\b0)\d{1,3}[\s-]{0,3}\d{2,3}(?:[\s-]?\d{2,3}){1,3}\b\)?"
)


def without_contacts(text: str) -> str:
    """The text without e-mail addresses and telephone numbers, and without sentences that hold little else."""
    if not _CONTACT.search(text):
        return text
    parts = [(part, re.sub(r"\s+([.,;:])", r"\1", _CONTACT.sub("", part)).strip()) for part in sentences(text)]
    kept = [rest for part, rest in parts if rest == part or len(re.findall(r"\w+", rest)) >= BARE]
    return re.sub(r"\s{2,}", " ", " ".join(kept or [rest for _, rest in parts])).strip()


def longest_without_contacts(text: str) -> str:
    """The longest unbroken part of a printed text that holds no contact details."""
    return max(_CONTACT.split(text), key=len).strip() if _CONTACT.search(text) else text
