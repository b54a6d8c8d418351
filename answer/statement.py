"""From a passage to the sentence that an answer shows: trimmed to what answers the question, no fact changed."""

from __future__ import annotations

import re
from collections.abc import Callable

from answer.swedish import as_sentence, sentences, without_contacts
from ingest.model import Passage

LONG = 260  # characters; a longer passage is trimmed to its sentences on the topic
SHORT = 4  # words; a shorter statement needs its heading or question to mean something


def _calm_capitals(text: str, towns: tuple[str, ...]) -> str:
    """Names of towns printed in capitals, as names."""
    for town in towns:
        text = re.sub(rf"\b{re.escape(town.upper())}(S?)\b", lambda m, t=town: t + m.group(1).lower(), text)  # type: ignore[misc]
    return re.sub(r"^([A-ZÅÄÖ]{4,}):", lambda m: m.group(1).capitalize() + ":", text)


def _heading_label(passage: Passage) -> str | None:
    """The heading where it says more than the town."""
    heading = (passage.heading or "").strip(" :.–-")
    for town in passage.towns:
        heading = re.sub(rf"(?i)\b{re.escape(town)}s?\b", "", heading)
    heading = heading.strip(" :.–-/,")
    if not re.search(r"\w{3}", heading) or heading.lower() in {"och", "tips", "övrigt", "blandat"}:
        return None
    return heading.capitalize() if heading.isupper() else heading


def short_question(question: str) -> str:
    """The question without its number, up to its first question mark."""
    text = re.sub(r"^\s*(?:\d+|[IVX]+)[.)]\s*", "", question)
    return text.split("?")[0].strip().rstrip(".!") + ("?" if "?" in text else "")


def trimmed(text: str, relevance: Callable[[str], float]) -> str:
    """A long text's sentences on the topic, with … where something was left out; a short one as it is."""
    parts = sentences(text)
    if len(text) <= LONG or len(parts) < 2:
        return text
    scores = [relevance(part) for part in parts]
    best = max(scores)
    if best <= 0:
        keep = {0, 1}
    else:
        keep = {i for i, score in enumerate(scores) if score >= 0.5 * best}
        if sum(len(parts[i]) for i in keep) < LONG / 2:
            keep |= {i + 1 for i in keep if i + 1 < len(parts)}
    shown: list[str] = []
    for i, part in enumerate(parts):
        if i in keep:
            shown.append(part)
        elif shown and shown[-1] != "…":
            shown.append("…")
    text = " ".join(shown).strip()
    return text if 0 in keep else "… " + text


def statement(passage: Passage, relevance: Callable[[str], float]) -> str:
    """One self-contained Swedish sentence or two: the town first where the text does not name it, heading where needed.

    `relevance` scores a sentence for the question; 0 means nothing in common.
    """
    text = _calm_capitals(without_contacts(passage.text), passage.towns)
    text = trimmed(text, relevance)
    label = _heading_label(passage)
    words = len(text.split())
    if label and label.lower() not in text.lower() and words < 12:
        text = f"{label}: {text}"
    elif words < SHORT and passage.question and not passage.towns:
        text = f"{text.rstrip('.')} (på frågan ”{short_question(passage.question)}”)"
    missing = [town for town in passage.towns if not re.search(rf"(?i)\b{re.escape(town)}s?\b", text)]
    if missing:
        text = f"{', '.join(missing)}: {text}"
    return as_sentence(text)
