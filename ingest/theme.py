"""What a meeting was about: the theme as the cover, the title or a sentence of the greeting names it."""

from __future__ import annotations

import re

from ingest.cleaning import close_spaced
from ingest.dates import find_dates
from ingest.lines import Line
from ingest.towns import Gazetteer

_LABEL = re.compile(
    r"(?:(?:dagens|vårens|höstens|vinterns|sommarens|årets|träffens|träffarnas|gemensamt|övergripande)\s+)?tema(?:t)?\s*[:–-]\s*(?P<theme>.*)$",
    re.I,
)
_INSIDE = re.compile(r"[.,;|•–-]\s+[Tt](?:ema|EMA)\s*:\s*(?P<theme>\S.*)$")
_QUOTED = re.compile(
    r"\btema(?:t)?\b(?:\s+(?:var|är|om|kring))?\s+[”“\"«](?P<theme>[^”“\"»]{4,120})[”“\"»]", re.S | re.I
)
_END = r"(?=\s+(?:hölls|hålls|genomfördes|samlade|arrangerades|ägde|lockade|var|är|den\s+\d|under|där|som)\b|\s+–\s|[.,;:!?]|$)"
_SENTENCES = [
    # "träffar på temat Levande torg", "under temat ..."
    re.compile(rf"\b(?:på|under|med|kring)\s+tema(?:t)?\s+(?P<theme>[A-ZÅÄÖ0-9][^.:;!?”“\"]{{3,90}}?){_END}"),
    # "Temat för vårens träffar var Levande torg."
    re.compile(
        r"(?i:\btema(?:t)?\b)[^.:;!?”“\"]{0,50}?\b(?:var|är|löd|blev)\s+(?P<theme>(?!att\b|en\b|ett\b)[A-ZÅÄÖa-zåäö][^.:;!?”“\"]{3,90})[.!]"
    ),
    # "Höstens träffar handlade om trygghet i centrum."
    re.compile(r"(?i:\b\w*träff\w*|\bcitygroup)\b[^.:;!?]{0,40}?\bhandlade\s+om\s+(?P<theme>[^.:;!?]{4,90})[.!]"),
]


def read_theme(lines: list[Line], front: list[int], gazetteer: Gazetteer) -> tuple[str | None, tuple[int, int] | None]:
    """What follows "TEMA:" on the front pages, else what is named as the theme in a sentence or in the title."""
    for position, index in enumerate(front):
        match = _LABEL.match(close_spaced(lines[index].text)) or _INSIDE.search(lines[index].text)
        if not match:
            continue
        theme, end = match.group("theme").strip(), index + 1
        for later in front[position + 1 : position + 3]:
            if lines[later].page != lines[index].page or not _goes_on(lines, index, later, theme):
                break
            theme, end = f"{theme} {lines[later].text}".strip(), later + 1
        if theme:
            return _sentence_case(theme.strip(' ”“".'), gazetteer), (index, end)
    text = "\n".join(lines[i].text for i in front)
    for pattern in (_QUOTED, *_SENTENCES):
        if match := pattern.search(text.replace("\n", " ")):
            theme = re.sub(r"\s+", " ", match["theme"]).strip()
            return _sentence_case(theme[:1].upper() + theme[1:], gazetteer), None
    return _of_title(lines, front, gazetteer)


def _goes_on(lines: list[Line], index: int, later: int, theme: str) -> bool:
    line, label = lines[later], lines[index]
    if next(find_dates(line.text, 2000), None) or (line.blank_before and theme):
        return False
    capitals = line.caps and label.caps and len(label.text) > 30 and not line.bullet and not line.level
    return not theme or (line.text[:1].islower() and not line.bullet) or capitals


def _of_title(lines: list[Line], front: list[int], gazetteer: Gazetteer) -> tuple[str | None, tuple[int, int] | None]:
    """What the line with the meeting's name and date goes on with ("Citygroup 3 mars 2025: Levande torg")."""
    for index in front[:12]:
        text = lines[index].text
        found = next(find_dates(text), None)
        if not found or lines[index].words > 20:
            continue
        for rest in (text[found.end :], text[: found.start]):
            match = re.match(r"\s*[:–—-]\s*(?P<theme>\S.*)$", rest) or re.match(
                r"(?i).*\b(?:citygroup|nätverks)\w*\s*[:–—-]\s*(?P<theme>\S.*?)[\s,–—-]*$", rest
            )
            if (
                match
                and len(match["theme"].split()) >= 2
                and not re.search(r"(?i)citygroup|träff|dokumentation", match["theme"])
            ):
                return _sentence_case(match["theme"].strip(' ”“".'), gazetteer), (index, index + 1)
    return None, None


def _sentence_case(text: str, gazetteer: Gazetteer) -> str:
    """Capitals of a heading undone; names of places and short acronyms keep theirs."""
    text = text.strip(" .…")
    if not text.isupper():
        return text
    lower = text.lower()
    lower = re.sub(r"\b(ai|bid|eu|it|ar|vr|qr)\b", lambda m: m.group().upper(), lower)
    for town in gazetteer.known:
        lower = re.sub(rf"\b{re.escape(town.lower())}(?=s?\b)", town, lower)
    return lower[:1].upper() + lower[1:]
