"""Which kind of figure a question asks for, and which passages give it."""

from __future__ import annotations

import pytest

from answer.asked_figure import asks_for, gives_figure
from ingest.model import Passage


def said(text: str) -> Passage:
    return Passage("p", "d", 0, "bullet", text, text, ())


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("Hur snabbt svarar de på klagomål?", "Svar ges inom två dygn.", "Alla 14 klagomål besvaras."),
        ("hur lang tid tar det?", "Det tog tre veckor.", "Det kostade 300 kr."),
        ("hur stor andel är med?", "62 % är med.", "62 butiker är med."),
        ("vad kostar en plats på torget", "Platsen kostar 350 kr per dag.", "Torget har 40 platser."),
        ("vad kostar en plats på torget", "Platserna är gratis.", "Torget har 40 platser."),
        ("sedan vilket år finns kortet?", "Kortet kom 2016.", "Kortet säljs i 16 butiker."),
        ("när invigs bron?", "Bron invigs i augusti.", "Bron är 70 meter."),
    ],
)
def test_the_kind_of_figure_tells_the_answer_from_another_number(question: str, right: str, wrong: str) -> None:
    is_asked = asks_for(question)
    assert is_asked is not None
    assert is_asked(said(right)) and not is_asked(said(wrong))


@pytest.mark.parametrize("question", ["hur många butiker är med?", "vad gör andra med kort?"])
def test_other_questions_name_no_kind(question: str) -> None:
    assert asks_for(question) is None


@pytest.mark.parametrize(("text", "gives"), [("Tolv butiker.", True), ("Inga alls.", True), ("Flera butiker.", False)])
def test_a_count_is_a_number_or_that_there_is_none(text: str, gives: bool) -> None:
    assert gives_figure(said(text)) is gives
