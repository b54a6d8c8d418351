from __future__ import annotations

import dataclasses
import re

from answer.model import Answer, Claim, NoAnswer, Query, Side
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


def test_comparison_stands_side_by_side_with_the_silent_side_too(assistant: StandInAssistant) -> None:
    answer = ask(assistant, "presentkort")
    assert isinstance(answer, Answer)
    sides = (Side("region", "Nord", (1,)), Side("region", "Sydost", (2,)), Side("region", "Väst"))
    html = html_of(dataclasses.replace(answer, sides=sides))
    columns = html[html.index('<div class="cg-sides cg-few">') :].split("<section>")[1:4]
    assert [c[4 : c.index("</h3>")] for c in columns] == ["Region Nord", "Region Sydost", "Region Väst"]
    assert "Kiruna" in columns[0] and "Växjö" in columns[1] and "Inget om detta i rapporterna." in columns[2]
    beside = html[html.index("<summary>1 påstående som inte hör till det som jämförs") :]
    assert "Arvika" in beside


def test_long_side_of_a_comparison_is_folded(assistant: StandInAssistant) -> None:
    answer = ask(assistant, "presentkort")
    assert isinstance(answer, Answer)
    citations = tuple(dataclasses.replace(answer.citations[0], number=n) for n in range(1, 8))
    claims = tuple(Claim(f"Uppgift {n}.", None, (n,)) for n in range(1, 8))
    sides = (Side("meeting", "3 mars 2022", tuple(range(1, 8))), Side("meeting", "4 april 2023"))
    html = html_of(dataclasses.replace(answer, citations=citations, claims=claims, sides=sides))
    assert "<summary>Visa 2 påståenden till</summary>" in html
    assert html.index("Uppgift 5.") < html.index("<details>") < html.index("Uppgift 6.")


def written(answer: Answer) -> Answer:
    """As a language model's answer looks: one paragraph, one list item, the rest left out."""
    told = (Claim("Kiruna säljer digitala presentkort [1].", "Kiruna", (1,)), Claim("Växjö lånar ut.", "Växjö", (2,)))
    left = dataclasses.replace(answer.claims[2], folded=True, section="Ytterligare omnämnanden")
    parts = [
        "Kiruna säljer digitala presentkort [1].",
        "**Växjö**\n- Växjö lånar ut. [2]",
        "Svaret återger 2 av de 3 omnämnanden som hittades i rapporterna.",
        "Ytterligare ett omnämnande (Arvika): [3]",
    ]
    text = "\n\n".join(parts)
    return dataclasses.replace(
        answer, lead=told[0].text, text=text, claims=(*told, left), engine="llm", unused=answer.citations[2:]
    )


def test_language_models_text_is_shown_as_written_with_its_sources_under_each_part(assistant: StandInAssistant) -> None:
    answer = ask(assistant, "presentkort")
    assert isinstance(answer, Answer)
    html = html_of(written(answer))
    assert '<p class="cg-lead">Kiruna säljer digitala presentkort <a class="cg-ref"' in html
    assert "<h3>Växjö</h3><ul" in html
    assert "Svaret återger 2 av de 3 omnämnanden" in html
    folded = html[html.index("<summary>Ytterligare 1 omnämnande</summary>") :]
    assert "Arvika" in folded and "<h3>Loppis på torget</h3>" in folded
    assert html.count("Arvika säljer presentkort vid loppisen, och") == 2  # once as text, once as the chip's title
    assert "(Arvika): [3]" not in html


def test_no_two_links_of_an_answer_share_an_id(assistant: StandInAssistant) -> None:
    answer = ask(assistant, "presentkort")
    assert isinstance(answer, Answer)
    html = html_of(dataclasses.replace(answer, lead="Enligt [1] och åter [1]."))
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids)) and "cg-s1-1-cg-ref" in ids
