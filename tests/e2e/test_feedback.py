"""A thumb in the chat, on its way to a measured question of the bank."""

from __future__ import annotations

from typing import Any

import pytest

from eval.cases import Case
from eval.store import QuestionStore
from tests.e2e.conftest import Site
from tests.e2e.drive import ask, open_page, pale

pytestmark = pytest.mark.browser


def newest(site: Site) -> Case:
    return QuestionStore(site.root / "eval" / "questions.yaml").load()[-1]


def test_a_thumb_in_the_chat_becomes_a_question_that_is_run(site: Site, browser: Any) -> None:
    reader = open_page(browser, site.url)
    ask(reader, "Vad gör städerna med presentkort?")
    reader.get_by_role("radio", name="Tumme ner").click()
    reader.get_by_label("Vad saknades eller blev fel?").fill("Priserna saknas")
    reader.get_by_role("button", name="Skicka", exact=True).click()
    reader.get_by_text("Tack! Din synpunkt är sparad.").wait_for()
    assert reader.get_by_role("radio", name="Tumme ner").is_disabled()
    reader.close()

    page = open_page(browser, f"{site.url}/fragebank", height=1600)
    name = page.get_by_label("Ditt namn", exact=True)
    name.fill("Ann")
    name.press("Enter")
    page.get_by_text("Från chatten (1)").click()
    page.get_by_text("Priserna saknas").wait_for()
    page.get_by_role("button", name="Gör till fråga").click()
    page.get_by_text("Frågan är tillagd med status ifrågasatt.").first.wait_for()
    made = newest(site)
    assert (made.question, made.comment, made.status) == (
        "Vad gör städerna med presentkort?",
        "Priserna saknas",
        "ifrågasatt",
    )
    assert {mention.town for mention in made.expected} >= {"Kiruna", "Växjö"}
    page.get_by_role("tab").first.wait_for()
    assert pale(page) == {}
    page.get_by_role("button", name="Till listan").click()
    search = page.get_by_role("textbox", name="Sök")
    search.fill("vad gör städerna med presentkort")
    search.press("Enter")
    page.get_by_role("button", name="Kör den visade frågan").click()
    page.get_by_text("1 fråga kördes.").first.wait_for()
    page.close()
