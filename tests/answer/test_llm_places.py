"""Places that a sentence names in any form are looked up: small letters, inhabitants, adjectives, compounds, all words."""

from __future__ import annotations

import pytest

from tests.answer.llm_library import Setting, setting
from tests.answer.test_grounding import fault

SOURCES = (
    ("a.pdf", 3, "Väst", ("Falköping",), "Falköpings butiker säljer presentkort, och modellen sprids i butiker."),
    ("b.pdf", 5, "Norr", ("Umeå",), "Umeborna köper presentkort i skånska butiker, och i Lunds butiker."),
    ("b.pdf", 6, "Norr", (), "Västra hamnen och Upplands näringsliv säljer presentkort i butiker vid en bro."),
)


@pytest.fixture(scope="module")
def found() -> Setting:
    return setting(SOURCES)


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("Butiker i skövde säljer presentkort [1].", "Skövde"),
        ("Butiker i upplands väsby säljer presentkort [1].", "Upplands Väsby"),
        ("Butiker i upplands väsby säljer presentkort [3].", "Upplands Väsby"),
        ("Butiker i Upplands Bro säljer presentkort [3].", "Bro"),
        ("Butiker i region Västra Götaland säljer presentkort [3].", "Västra Götaland"),
        ("Skövdes och göteborgska butiker säljer presentkort [1].", "Skövde"),
        ("De göteborgska butikerna säljer presentkort [1].", "Göteborg"),
        ("Göteborgarna köper presentkort i butiker [1].", "Göteborg"),
        ("Lundabor köper presentkort i butiker [1].", "Lund"),
        ("I butiker köper luleborna presentkort [1].", "Luleå"),
        ("Butiker enligt skövdemodellen säljer presentkort [1].", "Skövde"),
        ("Skövdemodellen sprids i butiker som säljer presentkort [1].", "Skövde"),
        ("Flera skånska butiker säljer presentkort [1].", "skånska"),
        ("Skånska butiker säljer presentkort [1].", "Skånska"),
        ("Halland har butiker som säljer presentkort [1].", "Halland"),
        ("Flera småländska butiker säljer presentkort [1].", "småländska"),
        ("Smålänningarna köper presentkort i butiker [1].", "Smålänningarna"),
        ("Butiker i skåne säljer presentkort [1].", "skåne"),
    ],
)
def test_a_place_that_the_source_does_not_have_falls_in_any_form(found: Setting, sentence: str, reason: str) -> None:
    assert reason in (fault(found, sentence) or "stands")


@pytest.mark.parametrize(
    "sentence",
    [
        "Butiker i falköping säljer presentkort [1].",
        "Butiker enligt falköpingsmodellen säljer presentkort [1].",
        "I Umeå köps presentkort i skånska butiker [2].",
        "Umeborna köper presentkort i butiker i Skåne [2].",
        "Lundabor köper presentkort i butiker [2].",
        "Västra hamnen säljer presentkort i butiker vid en bro [3].",
    ],
)
def test_a_place_that_the_source_has_stands_in_any_form(found: Setting, sentence: str) -> None:
    assert fault(found, sentence) is None


def test_a_word_that_the_reports_write_in_small_letters_is_no_place() -> None:
    other = setting((("a.pdf", 3, "Väst", ("Motala",), "Butikerna har en visby att sälja presentkort från."), *SOURCES))
    assert (
        fault(other, "Butikerna i Falköping säljer presentkort från en visby [2].") != "Källan handlar inte om Visby."
    )


def test_what_a_rewritten_question_adds_is_noticed_in_any_form(found: Setting) -> None:
    adds = found.grounding.adds_names
    assert adds("Vad gör skånska städer med presentkort?", "vad gör andra med presentkort?")
    assert adds("Vad gör göteborgarna med presentkort?", "vad gör andra med presentkort?")
    assert not adds("Vad gör städerna i Göteborg med presentkort?", "och de göteborgska?")
    assert not adds("Vad gör städer i Skåne med presentkort?", "och de skånska?")
