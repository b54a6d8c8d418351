"""Names of regions, and the lines that name one: a heading, an entry of the contents list, a running head."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from ingest.cleaning import close_spaced, fold
from ingest.towns import Gazetteer, _one_edit, split_towns

_REGION = re.compile(r"^regione?n?(?:erna)?\b\s*", re.I)
_HOST_WORD = re.compile(
    r"\b(?:värd(?:stad|ort|kommun|städer|orter)?|träff(?:en)?\s+i|möte(?:t)?\s+i)\b\s*(?:[:–—-]\s*|är\s+|var\s+)?", re.I
)
# What a report may put before the region's name in its heading.
_LEAD = re.compile(
    r"^(?:(?:dokumentation|(?:minnes)?anteckningar|sammanfattning|sammanställning|referat|rapport|resultat|(?:citygroup|nätverks|region)?träff(?:en)?"
    r"|citygroup|möte(?:t)?)\s*(?:från|i|för|av|[:–-])?\s+){1,2}(?=region|[A-ZÅÄÖ])",
    re.I,
)
WHEN = re.compile(
    r"[\s,(]*\b(?:den\s+)?(?:\d{1,2}\s*[-–]\s*)?\d{1,2}(?::?e)?\s*(?:/\s*\d{1,2}|(?:jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec)\w*\.?)"
    r"(?:\s*20\d\d)?\)?$|[\s,(]*\b20\d\d-\d\d-\d\d\)?$",
    re.I,
)
_PLACE = re.compile(
    r"^(?:(?:mötes|träff)?(?:plats|ort)|värd|var)\s*:\s*", re.I
)  # a label for the host below the heading
_IN_TOWN = re.compile(r"\s+i\s+(?=[A-ZÅÄÖ])")
_SEPARATOR = re.compile(r"\s*[–—:|•·]\s*|\s+-+\s*|\s*\(|\s*,\s+|\t+|\s{3,}")
_NAME_WORD = re.compile(r"(?:[A-ZÅÄÖÉ][\w’'-]*|och|&|i)$")
_FIGURE = re.compile(r"\d{1,2}|[IVX]{1,4}|[A-F]")  # "Region 3"
_SMALL = {"och", "i", "&"}


@dataclass(frozen=True)
class RegionHeading:
    """A line that names a region: its name as in `canonical_region`, the host town where the line gives one."""

    region: str
    host_town: str | None
    bare: bool = False  # the word "region" is not there


@cache
def known_regions() -> tuple[str, ...]:
    """The network's regions as named so far (regions.yaml)."""
    data = yaml.safe_load(Path(__file__).with_name("regions.yaml").read_text(encoding="utf-8"))
    return tuple(data["regions"])


def canonical_region(printed: str) -> str:
    """A region's name: known ones as the network spells them, others as printed in title case, without "Region"."""
    name = re.sub(r"\s+", " ", _REGION.sub("", printed.strip())).strip(" .:,;–-")
    name = re.sub(r"\s*/\s*", "/", name)
    parts = [p for p in re.split(r"\s*(?:/|&|\boch\b|\+|,|\s[–-]\s)\s*", name.casefold()) if p]
    for region in known_regions():
        known = region.casefold().split("/")
        if _same_parts(parts, known) or _same_parts(re.split(r"[-–]", name.casefold()), known):
            return region
        if "".join(known) == re.sub(r"[\W_]", "", name.casefold()):
            return region
    return _title_case(name)


def _same_parts(parts: list[str], known: list[str]) -> bool:
    if len(parts) != len(known):
        return False
    rest = list(known)
    for part in parts:
        fit = next((k for k in rest if k == part or (len(part) >= 6 and _one_edit(part, k))), None)
        if fit is None:
            return False
        rest.remove(fit)
    return True


def _title_case(name: str) -> str:
    if not (name.isupper() or name.islower()):
        return name
    words = re.split(r"([\s/–-]+)", name.lower())
    return "".join(w if w in _SMALL else w[:1].upper() + w[1:] for w in words)


def read_region_heading(text: str, gazetteer: Gazetteer, names: frozenset[str] = frozenset()) -> RegionHeading | None:
    """The region that a heading line names, else None. Sentences that begin with "Region" are none.

    `names`: folded region names that may stand without the word "Region".
    """
    text = WHEN.sub("", close_spaced(text).strip(" *#•")).rstrip()
    if not text or len(text) > 110 or len(text.split()) > 14:
        return None
    led = _LEAD.match(text)
    if led:
        text = text[led.end() :]
    marked = _REGION.match(text)
    rest = text[marked.end() :] if marked else _closed_prefix(text)
    if rest is not None:
        rest = rest.lstrip(" :–—-")
        return _parse(rest, gazetteer, bare=False)
    return _bare(text, gazetteer, names)


def _closed_prefix(text: str) -> str | None:
    """What follows the word region where a space broke it ("REGI ON VÄST")."""
    match = re.match(r"^R\s?E\s?G\s?I\s?O\s?N\s+(?=\S)", text)
    return text[match.end() :] if match else None


def _bare(text: str, gazetteer: Gazetteer, names: frozenset[str]) -> RegionHeading | None:
    allowed = names | {fold(region) for region in known_regions()}
    host = _HOST_WORD.search(text)
    head = text[: host.start()] if host else _SEPARATOR.split(text, maxsplit=1)[0]
    head = head.strip(" :–—-,(")
    if not head or not looks_like_name(head):
        return None
    if fold(canonical_region(head)) not in allowed and fold(head) not in allowed:
        # An unseen name is a region only where the line also says who the host is: "BERGSLAGEN - VÄRDSTAD FALUN".
        if not (host and host.start() > 0 and gazetteer.resolve(text[host.end() :])):
            return None
        return RegionHeading(canonical_region(head), gazetteer.resolve(text[host.end() :]), bare=True)
    parsed = _parse(text, gazetteer, bare=True)
    if parsed and parsed.host_town is None and len(text) > len(head) + 2:
        return None
    return parsed


def _parse(rest: str, gazetteer: Gazetteer, bare: bool) -> RegionHeading | None:
    rest = re.sub(r"(?<=[^\W\d])[\s.…_)]+\d{1,3}$", "", rest).strip()
    host_word = _HOST_WORD.search(rest)
    if host_word and host_word.start() > 0:
        name, tail = rest[: host_word.start()], rest[host_word.end() :]
    else:
        pieces = _SEPARATOR.split(rest, maxsplit=1)
        inside = _IN_TOWN.split(pieces[0], maxsplit=1)
        if len(inside) > 1 and split_towns(inside[1], gazetteer) and _hosts(inside[1], gazetteer):
            pieces = inside
        name, tail = pieces[0], pieces[1] if len(pieces) > 1 else ""
        tail = _HOST_WORD.sub("", tail)
    name, tail = name.strip(" –—-:,(."), tail.strip(" )–—-:.")
    if not (looks_like_name(name) or (not bare and _FIGURE.fullmatch(name))):
        return None
    if rest.endswith(".") and not rest.isupper():
        return None
    host = None
    if tail:
        host = _hosts(re.sub(r"^i\s+", "", tail), gazetteer) if len(tail.split()) <= 8 else None
        if host is None and host_word and looks_like_name(tail):
            host = _title_case(tail)  # said to be the host, though no gazetteer knows it
        if host is None and not rest.isupper() and not re.match(r"(?i)grupp\s*\d|forts|inställ", tail):
            return (
                None
                if any(w[:1].islower() for w in tail.split())
                else RegionHeading(canonical_region(name), None, bare)
            )
    return RegionHeading(canonical_region(name), host, bare)


def _hosts(text: str, gazetteer: Gazetteer) -> str | None:
    """The host town; several, where all that the text names are towns, as one text ("Piteå, Luleå")."""
    host = gazetteer.resolve(text) if len(text.split()) <= 4 else None
    if host:
        return host
    towns = split_towns(text, gazetteer)
    return ", ".join(towns) if len(towns) >= 2 and all(gazetteer.exact(town) for town in towns) else None


def looks_like_name(name: str) -> bool:
    """The words could be a region's name: up to four, each with a capital, no figures."""
    words = [w for w in re.split(r"[\s/]+", name) if w]
    return (
        0 < len(words) <= 4
        and all(_NAME_WORD.match(w) for w in words)
        and words[0][0].isupper()
        and words[-1] not in _SMALL
        and not re.search(r"\d|\bgrupp", name, re.I)
    )


def read_host_line(text: str, gazetteer: Gazetteer) -> str | None:
    """The town of a line that only names the host ("Värdstad Åmål", "TRÄFF I UMEÅ"), else None."""
    text = WHEN.sub("", text.strip())
    place = _PLACE.match(text)
    if place:  # a house and an address may follow
        return gazetteer.exact(re.split(r"[,(]", text[place.end() :])[0])
    match = _HOST_WORD.match(text)
    if not match:
        return None
    tail = text[match.end() :].strip(" .:–-")
    if not tail or len(tail.split()) > 3 or "," in tail:
        return None
    return gazetteer.resolve(tail) or (_title_case(tail) if looks_like_name(tail) else None)
