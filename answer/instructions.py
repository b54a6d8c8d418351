"""Text that is addressed to a language model instead of a reader.

Reports are data. A sentence in one that tells a model what to do is never counted as support: what a model says in
obedience is carried by nothing else and is dropped. Telling the reader that a report holds such an instruction is fine.
"""

from __future__ import annotations

import re

from answer.swedish import sentences

_ASSISTANT = (
    r"(?:språkmodell\w*|ai-?(?:n|assistent\w*|modell\w*)|chattbot\w*|chatbot\w*|chat ?gpt|assistant|language model|llm|"
    r"system ?prompt\w*|prompt(?:en)?)"
)
_OVERRIDE = re.compile(
    r"\b(?:ignorera|bortse från|glöm|strunta i|åsidosätt)\b.{0,40}\b(?:instruktion\w*|anvisning\w*|regler\w*|"
    r"uppmaning\w*|prompt\w*|ovanstående|allt (?:ovan|tidigare))"
    r"|\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instruction\w*|previous|prior|above|rules?|prompt\w*)"
    r"|\b(?:du är|you are)\s+(?:nu|now)\b"
    r"|(?:^|\n)\s*(?:system|assistant|user|instruktion till modellen)\s*:"
    rf"|\b(?:till|kära|bästa|hej|dear|attention|obs)\b[^.]{{0,12}}\b{_ASSISTANT}\b",
    re.I,
)
_VERBS = "svara|skriv|säg|upprepa|avsluta|inled|lägg till|infoga|visa"
_CLAIM = "skriva?|säga?|svara|påstå|hävda|uppge|ange|nämna?|framhålla?|upprepa|påpeka|intyga|bekräfta|rekommendera"
_ENGLISH_VERBS = "respond|reply|answer|write|say|print|output|repeat|include|append"
_ORDER = re.compile(
    rf"\b(?:{_VERBS}|{_ENGLISH_VERBS})\b.{{0,60}}\b(?:svaret|ditt svar|dina svar|varje svar|användaren|på engelska|"
    rf"in english|your (?:answer|reply|response)|the user|{_ASSISTANT})\b"
    rf"|\b(?:svara|skriv|säg|{_ENGLISH_VERBS})\s+(?:bara|endast|enbart|alltid|only|always|just)\b"
    # what to claim, said to whoever answers: "Skriv att ..." (but "Berätta för medlemmarna varför ..." is advice)
    rf"|^\W*(?:(?:och|men|sedan|nu|du (?:ska|skall|måste))\s+)?(?:{_CLAIM})\s+(?:\w+\s+)?att\b"
    rf"|^\W*(?:{_ENGLISH_VERBS}|claim|state|mention)\s+that\b",
    re.I,
)


def addressed_to_a_model(text: str) -> bool:
    """Whether a sentence gives orders to a language model."""
    return bool(_OVERRIDE.search(text) or _ORDER.search(text))


def without_instructions(text: str) -> str:
    """The text without sentences addressed to a model; after an attempt to take over, nothing of the rest counts."""
    kept = []
    for line in text.split("\n"):
        for sentence in sentences(line):
            if _OVERRIDE.search(sentence):
                kept.append(sentence[: _OVERRIDE.search(sentence).start()])  # type: ignore[union-attr]
                break
            if not _ORDER.search(sentence):
                kept.append(sentence)
        kept.append("\n")
    return " ".join(kept).strip()


def reports_an_instruction(text: str) -> bool:
    """Whether a sentence tells of an instruction instead of giving one."""
    return (
        re.search(r"\b(?:uppmaning\w*|uppmanar|instruktion(?:en|er)?\b.{0,30}\b(?:står|finns|innehåller))", text, re.I)
        is not None
    )
