from __future__ import annotations

import dataclasses

from answer.model import Answer, Claim, NoAnswer, Query
from tests.ui.standins import StandInAssistant
from ui.answers import answer_html, refusal_html


def ask(assistant: StandInAssistant, question: str) -> Answer | NoAnswer:
    return assistant.answer(Query(question))


def html_of(answer: Answer | NoAnswer) -> str:
    render = answer_html if isinstance(answer, Answer) else refusal_html
    return render(answer, "s1", lambda c: f"?stycke={c.passage_id}")  # type: ignore[arg-type]


def test_every_claim_has_a_chip_that_links_to_its_source(assistant: StandInAssistant) -> None:
    html = html_of(ask(assistant, "presentkort"))
    assert html.count('class="cg-chip"') == 3
    assert 'href="?stycke=p1"' in html
    assert "Region Nord · 3 mars 2022 · s. 2" in html
    assert 'aria-label="Källa 1: Region Nord · 3 mars 2022 · s. 2. Öppna källan."' in html


def test_folded_claims_wait_behind_their_count(assistant: StandInAssistant) -> None:
    html = html_of(ask(assistant, "presentkort"))
    folded = html[html.index("<details>") :]
    assert "<summary>Visa 1 påstående till: Loppis på torget</summary>" in folded
    assert "Arvika" in folded and "Kiruna" not in folded


def test_text_of_a_report_is_never_markup(assistant: StandInAssistant) -> None:
    answer = ask(assistant, "presentkort")
    assert isinstance(answer, Answer)
    hostile = '<img src=x onerror="alert(1)"> </p><script>1</script>'
    claim = dataclasses.replace(answer.claims[0], text=hostile, section=hostile, town=hostile)
    citation = dataclasses.replace(answer.citations[0], quote=hostile, region=hostile, title=hostile)
    html = html_of(dataclasses.replace(answer, lead=hostile, claims=(claim,), citations=(citation,)))
    assert "<img" not in html and "<script" not in html and "&lt;script&gt;" in html
    assert 'title="&lt;img' in html


def test_marker_without_citation_stays_text(assistant: StandInAssistant) -> None:
    answer = ask(assistant, "presentkort")
    assert isinstance(answer, Answer)
    html = html_of(dataclasses.replace(answer, lead="Enligt [99] och [1]."))
    assert "Enligt [99] och <a" in html


def test_lead_that_is_the_first_claim_is_said_once(assistant: StandInAssistant) -> None:
    answer = ask(assistant, "presentkort")
    assert isinstance(answer, Answer)
    first = answer.claims[0]
    html = html_of(dataclasses.replace(answer, lead=f"{first.text} [1]", claims=(first,)))
    assert html.count("digital plånbok, och") == 2  # once as text, once as the chip's title
    assert html.count('class="cg-chip"') == 1


def test_town_is_added_only_where_the_text_does_not_name_it(assistant: StandInAssistant) -> None:
    answer = ask(assistant, "presentkort")
    assert isinstance(answer, Answer)
    silent = Claim("Lotter delas ut.", "Piteå, Boden", (1,))
    assert "Piteå, Boden:</strong> Lotter" in html_of(dataclasses.replace(answer, claims=(silent,)))
    assert "cg-town" not in html_of(answer)


def test_weak_support_is_said(assistant: StandInAssistant) -> None:
    answer = ask(assistant, "presentkort")
    assert isinstance(answer, Answer)
    weak = dataclasses.replace(answer.claims[0], weak=True)
    assert "tunt underlag" in html_of(dataclasses.replace(answer, claims=(weak,)))


def test_refusal_shows_what_lies_near(assistant: StandInAssistant) -> None:
    html = html_of(ask(assistant, "bostadspriser"))
    assert "Rapporterna säger inget om det." in html
    assert "Det här ligger närmast" in html and "Region Nord · 3 mars 2022 · s. 2" in html
