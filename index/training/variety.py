"""Variety for training: the same question and passage as other people and other layouts would write them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.training.data import Topic

# Questions that say nothing of the topic, in the manner of such reports but in no report's words.
GENERAL_QUESTIONS = (
    "1. Vilka nya arbetssätt har ni tagit fram under året, och vad vill ni behålla när läget är normalt igen?",
    "2. Berätta om något som gått över förväntan hos er och som kollegorna i de andra orterna kan ta efter.",
    "3. Vad tar ert tid just nu och vilka frågor behöver ni stöd med det närmaste halvåret?",
    "4. Hur ser ni på läget för era medlemmar framöver, och vilka möjligheter finns trots allt?",
    "5. Nyheter och satsningar i respektive stad sedan vi senast sågs",
    "1. Dela med er av era bästa idéer inom ämnet för dagen, gärna med resultat och kostnad.",
    "2. Laget runt: kort rapport från varje ort",
    "6. Vilka åtgärder har ni satt in för att hjälpa företagen i centrum och hur har de tagits emot?",
    "3. Om ni fick börja om, vad hade ni gjort annorlunda? Ge konkreta råd till den som står inför samma sak.",
    "7. Övriga frågor och inspel från deltagarna",
    "Gruppdiskussion: styrkor, svagheter och nästa steg",
    "Vad är viktigast för oss att lyckas med under kommande verksamhetsår, och hur mäter vi det?",
    "4. Hur samarbetar ni med kommunen och fastighetsägarna, vem gör vad och hur fördelas pengarna?",
    "Sammanfattning av diskussionerna i smågrupper",
)
FRAMES = (
    "vad gör andra städer med {}?",
    "Hur arbetar andra orter med {}?",
    "Finns det exempel på {}?",
    "Vilka har provat {} och hur gick det?",
    "{}",
    "berätta om {}",
)
SCANNED = {"å": "áadi", "ä": "aaé", "ö": "o06é", "ü": "u", "Å": "AÁ", "Ä": "A", "Ö": "O0"}


def vary_question(topic: Topic, chance: random.Random) -> str:
    """One of the topic's questions, or its name in a common frame; worded as people type."""
    if chance.random() < 0.12 and len(topic.name) < 50:
        question = chance.choice(FRAMES).format(topic.name[0].lower() + topic.name[1:])
    else:
        question = chance.choice(topic.questions)
    return vary_wording(question, chance)


def vary_wording(question: str, chance: random.Random) -> str:
    """A question, at times without capitals, dots or care."""
    if chance.random() < 0.2:
        question = question.lower().rstrip("?.")
    if chance.random() < 0.1:
        question = question.translate(str.maketrans("åäöÅÄÖé", "aaoAAOe"))
    if chance.random() < 0.1:
        question = _mistyped(question, chance)
    return question


def vary_passage(passage: dict[str, Any], chance: random.Random, context_matters: bool) -> dict[str, Any]:
    """A copy with another layout's context: a general question instead of its own, none, a heading in capitals, a scan.

    `context_matters`: the topic may stand in section or heading alone; then both stay.
    """
    varied = dict(passage)
    if not context_matters:
        draw = chance.random()
        if draw < 0.35:
            varied["section"] = chance.choice(GENERAL_QUESTIONS)
        elif draw < 0.5:
            varied["section"] = None
        if chance.random() < 0.1:
            varied["town"] = None
    town, heading = varied.get("town"), varied.get("heading")
    if heading and chance.random() < 0.3:
        varied["heading"] = heading.upper()
    elif not heading and town and chance.random() < 0.2:
        varied["heading"] = town.upper()
    if chance.random() < 0.04:
        varied["text"] = _scanned(passage["text"], chance)
    return varied


def _mistyped(text: str, chance: random.Random) -> str:
    """With one letter left out, doubled, or swapped with the next, in a word of five letters or more."""
    places = [n for n in range(1, len(text) - 2) if text[n - 1 : n + 3].isalpha()]
    if not places:
        return text
    place = chance.choice(places)
    return chance.choice(
        (
            text[:place] + text[place + 1 :],
            text[:place] + text[place] + text[place:],
            text[:place] + text[place + 1] + text[place] + text[place + 2 :],
        )
    )


def _scanned(text: str, chance: random.Random) -> str:
    """As poor character recognition leaves it: dots lost or misread, some blanks gone."""
    letters = []
    for char in text:
        if char in SCANNED and chance.random() < 0.6:
            char = chance.choice(SCANNED[char])
        elif char == " " and chance.random() < 0.03:
            char = ""
        letters.append(char)
    return "".join(letters)
