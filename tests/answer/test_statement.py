"""From a passage to a sentence: nothing but what stands there, enough to be understood alone."""

from __future__ import annotations

import re

import pytest

from answer.statement import LONG, statement, trimmed
from ingest.model import Passage, Span

QUESTION = "2. Hur lockar ni besökare? Berätta gärna."


def say(text: str, topic: str = "", **fields: object) -> str:
    passage = Passage("p", "d", 0, "bullet", text, text, (Span(1, 0, 1),), **fields)  # type: ignore[arg-type]
    return statement(passage, lambda sentence: float(bool(topic) and topic in sentence))


def test_a_passage_that_names_its_town_stays_as_it_is() -> None:
    assert say("Lund säljer kort i 80 butiker.", towns=("Lund",)) == "Lund säljer kort i 80 butiker."


def test_the_town_comes_first_where_the_text_does_not_name_it() -> None:
    assert say("säljer kort i 80 butiker", towns=("Lund",)) == "Lund: säljer kort i 80 butiker."


@pytest.mark.parametrize("text", ["Kort delas ut med hjälp av skolan.", "Mediedagen lockade många besökare."])
def test_a_short_name_inside_a_word_is_not_the_town(text: str) -> None:
    assert say(text, towns=("Ed",)).startswith("Ed: ")


def test_a_genitive_names_the_town() -> None:
    assert say("Lunds kort säljs i 80 butiker.", towns=("Lund",)) == "Lunds kort säljs i 80 butiker."


def test_capitals_are_calmed_in_names_of_towns() -> None:
    assert say("FALUN: FALUNS kort säljs i 80 butiker", towns=("Falun",)) == "Falun: Faluns kort säljs i 80 butiker."


def test_a_heading_that_says_more_than_the_town_leads_a_short_statement() -> None:
    assert (
        say("Ja, i december.", towns=("Lund",), heading="LUND – LJUSSLINGOR:") == "Lund: Ljusslingor: Ja, i december."
    )


@pytest.mark.parametrize("heading", ["LUND:", "Lunds", "Övrigt", "Tips", "–"])
def test_a_heading_that_says_nothing_is_left_out(heading: str) -> None:
    assert say("Ljusslingor på torget i december.", towns=("Lund",), heading=heading) == (
        "Lund: Ljusslingor på torget i december."
    )


def test_a_long_statement_needs_no_heading() -> None:
    text = "Alla butiker på torget fick låna ljusslingor av kommunen från första advent till trettonhelgen."
    assert say(text, heading="Ljus") == text


def test_a_statement_of_few_words_says_to_what_question() -> None:
    assert say("Med loppis.", question=QUESTION) == "Med loppis (på frågan ”Hur lockar ni besökare?”)."


def test_contact_details_are_never_stated() -> None:
    text = say("Loppis varje lördag i maj, ring 070-123 45 67. Kontakt: a.b@exempel.se.", towns=("Lund",))
    assert "@" not in text and "070" not in text and text.startswith("Lund: Loppis varje lördag i maj")


SENTENCES = [
    "Torget fick nya bänkar i våras.",
    "Presentkortet säljs sedan i maj i 80 butiker och på nätet.",
    "Bibliotekets öppettider ändrades efter önskemål från besökarna och personalen tillsammans.",
    "Fontänen lagades av kommunen.",
    "Presentkort kan också köpas i stadshuset av den som inte har bankkort eller telefon.",
    "Cykelställen målades om av feriearbetare under några veckor i juli.",
]


def test_a_long_text_keeps_its_sentences_on_the_topic_in_their_order_with_gaps_marked() -> None:
    text = " ".join(SENTENCES)
    assert len(text) > LONG
    assert say(text, "resentkort") == f"… {SENTENCES[1]} … {SENTENCES[4]} …"


def test_a_long_text_without_the_topic_keeps_its_beginning() -> None:
    assert trimmed(" ".join(SENTENCES), lambda _: 0.0) == f"{SENTENCES[0]} {SENTENCES[1]} …"


def test_a_short_text_is_never_trimmed() -> None:
    text = f"{SENTENCES[0]} {SENTENCES[3]}"
    assert trimmed(text, lambda sentence: float("bänk" in sentence)) == text


@pytest.mark.parametrize("topic", ["", "resentkort", "Fontän", "bänk", "juli"])
def test_every_word_of_a_statement_stands_in_the_passage(topic: str) -> None:
    text = " ".join(SENTENCES)
    assert set(re.findall(r"\w+", say(text, topic))) <= set(re.findall(r"\w+", text))
