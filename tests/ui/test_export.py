from __future__ import annotations

import dataclasses
import io
import re
from datetime import datetime

import docx
import pytest
from pypdf import PdfReader

from answer.model import Answer, Query, Side
from tests.ui.standins import StandInAssistant
from ui import export
from ui.state import Exchange

NOW = datetime(2026, 1, 2, 9, 5)


@pytest.fixture
def exchanges(assistant: StandInAssistant) -> list[Exchange]:
    asked = ["Vad gör städer med presentkort i region Nord?", "bostadspriser?"]
    return [Exchange(f"s{n}", Query(q), assistant.answer(Query(q))) for n, q in enumerate(asked)]


def word_text(data: bytes) -> str:
    return "\n".join(p.text for p in docx.Document(io.BytesIO(data)).paragraphs)


def pdf_text(data: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())


def test_every_form_holds_questions_statements_and_sources(exchanges: list[Exchange]) -> None:
    forms = [
        export.to_markdown(exchanges, NOW),
        word_text(export.to_word(exchanges, NOW)),
        pdf_text(export.to_pdf(exchanges, NOW)),
    ]
    for text in forms:
        flat = text.replace("- ", "").replace("\u00ad", "")
        assert "Vad gör städer med presentkort i region Nord?" in flat and "bostadspriser?" in flat
        assert "Rapporterna säger inget om det." in flat
        assert "Begränsat till: Region Nord" in flat
        assert "Region Nord · 3 mars 2022 · s. 2. Dokumentation av provträffen" in flat
        assert "Hämtat 2 januari 2026 kl. 09.05." in flat


def test_every_statement_carries_its_source_number(exchanges: list[Exchange]) -> None:
    result = exchanges[0].result
    assert isinstance(result, Answer)
    text = export.to_markdown(exchanges, NOW)
    for claim in result.claims:
        assert f"- {claim.text} [{claim.citations[0]}]" in text


def test_comparison_is_taken_along_side_by_side(assistant: StandInAssistant) -> None:
    result = assistant.answer(Query("presentkort"))
    assert isinstance(result, Answer)
    sides = (Side("region", "Nord", (1,)), Side("region", "Väst"))
    compared = dataclasses.replace(result, lead="Så skiljer sig det:", sides=sides)
    section = export.outline([Exchange("s1", result.query, compared)])[0]
    said = {heading: [statement.text for statement in statements] for heading, statements in section.groups}
    assert list(said)[:2] == ["Region Nord", "Region Väst"]
    assert said["Region Nord"][0].startswith("I Kiruna") and said["Region Väst"] == ["Inget om detta i rapporterna."]
    assert sum(len(texts) for texts in said.values()) == len(result.claims) + 1


def test_lead_that_is_the_first_statement_is_taken_along_once(assistant: StandInAssistant) -> None:
    result = assistant.answer(Query("presentkort"))
    assert isinstance(result, Answer)
    same = dataclasses.replace(result, lead=f"{result.claims[0].text} [1]")
    text = export.to_text([Exchange("s1", result.query, same)])
    assert text.count(result.claims[0].text) == 1


def test_clipboard_text_lists_the_sources_after_the_answer(exchanges: list[Exchange]) -> None:
    text = export.to_text(exchanges[:1])
    assert (
        text.index("• I Kiruna säljs presentkort") < text.index("Källor") < text.index("[1] Region Nord · 3 mars 2022")
    )


def test_hostile_text_stays_text_in_every_form(exchanges: list[Exchange]) -> None:
    result = exchanges[0].result
    assert isinstance(result, Answer)
    hostile = '#panic("x") *fet* $x$ <b>tagg</b> "citat" \\ [länk](http://a) | `kod`'
    answer = dataclasses.replace(result, lead=hostile, claims=(dataclasses.replace(result.claims[0], text=hostile),))
    taken = [dataclasses.replace(exchanges[0], result=answer)]
    assert '#panic("x") *fet* $x$ <b>tagg</b>' in pdf_text(export.to_pdf(taken, NOW))
    assert hostile in word_text(export.to_word(taken, NOW))
    assert "\\*fet\\*" in export.to_markdown(taken, NOW) and "\\<b" in export.to_markdown(taken, NOW)


def test_no_link_or_picture_of_a_report_is_live_in_markdown(exchanges: list[Exchange]) -> None:
    result = exchanges[0].result
    assert isinstance(result, Answer)
    hostile = "[3]: http://a.se ![bild](http://a.se/b.png) [logga in](http://a.se) [i][1] [^1] <http://a.se> &lt;x](y)"
    claims = (dataclasses.replace(result.claims[0], text=hostile, section=hostile),)
    citations = tuple(dataclasses.replace(c, quote=hostile, title=hostile) for c in result.citations)
    answer = dataclasses.replace(result, lead=f"Så: {hostile}", claims=claims, citations=citations)
    text = export.to_markdown([dataclasses.replace(exchanges[0], result=answer)], NOW)
    ours = f"\\[logga in](http://a.se) \\[i] \\[^1] \\<http://a.se\\> \\&lt;x](y) [{claims[0].citations[0]}]\n"
    assert ours in text
    assert re.findall(r"(?<!\\)(?:\[|<|&)", text) == ["["]  # the statement's own number


def test_empty_conversation_is_a_valid_document() -> None:
    assert "Fråga Citygroup" in pdf_text(export.to_pdf([], NOW))
    assert export.to_markdown([], NOW).startswith("# Fråga Citygroup")
