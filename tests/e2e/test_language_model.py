"""The chat with a language model behind it: a server that speaks the protocol and misbehaves on command."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.answer.fake_llm_server import CutOff, FakeServer, Reply, Stall, Status, Trickle, passages_in
from tests.e2e.conftest import Site, served
from tests.e2e.drive import ask, open_page, pale

pytestmark = pytest.mark.browser

KEY = "hemlig-nyckel-123"
QUESTION = "Vad gör städerna med presentkort?"
KIRUNA = "Kiruna säljer presentkort i en digital plånbok, och försäljningen har fördubblats på två år."


@pytest.fixture(scope="module")
def model() -> Iterator[FakeServer]:
    server = FakeServer()
    yield server
    server.close()


@pytest.fixture(scope="module")
def chat(site: Site, model: FakeServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The chat's address and its server's log. The same index, with the model set."""
    environment = {
        **site.environment,
        "CITYGROUP_LLM_MODEL": "fake",
        "CITYGROUP_LLM_BASE_URL": model.url,
        "CITYGROUP_LLM_API_KEY": KEY,
        "CITYGROUP_LLM_TIMEOUT": "60",
    }
    log = tmp_path_factory.mktemp("model") / "server.log"
    with served(site.root, environment, log) as url:
        yield url, log


def number_of(prompt: str, word: str) -> int:
    return next(number for number, line in passages_in(prompt).items() if word in line)


def writing(wanted: str, pause: float) -> Any:
    """A reply that is written word by word; {n} is the number of the passage about Kiruna. Faults are not mended."""

    def reply(body: dict[str, Any]) -> Reply:
        prompt = "\n".join(str(message["content"]) for message in body["messages"])
        if re.search(r"^M1: ", prompt, re.M):
            return "M1: STRYK"
        return Trickle(wanted.replace("{n}", str(number_of(prompt, "Kiruna"))), pause)

    return reply


def test_the_models_checked_answer_takes_the_place_of_what_was_found_at_once(
    chat: tuple[str, Path], model: FakeServer, browser: Any
) -> None:
    invented = "I Knivsta såldes presentkort för 40 miljoner kronor. [{n}]"
    model.replies = [writing(f"{KIRUNA} [{{n}}]\n\n{invented}\n\n{KIRUNA} [{{n}}]", 0.25)]
    page = open_page(browser, chat[0])
    ask(page, QUESTION)
    assert page.locator("a.cg-chip").count() >= 2  # found without the model, and there while it writes
    draft = page.locator(".cg-draft")
    draft.wait_for()
    assert "Kiruna säljer presentkort" in draft.inner_text()
    assert "Formulerat av en språkmodell" not in page.locator(".stMain").inner_text()
    page.locator("[class*=st-key-writing-]").wait_for(state="detached")
    page.get_by_text("Formulerat av en språkmodell och kontrollerat mot källorna.").wait_for()
    answer = page.locator(".cg-answer")
    assert "Kiruna säljer presentkort" in answer.inner_text() and "Knivsta" not in answer.inner_text()
    assert re.search(r"Svaret återger 1 av de \d omnämnanden", answer.inner_text())
    rest = page.locator("summary", has_text="Ytterligare")
    assert re.match(r"Ytterligare \d omnämnande", rest.inner_text())
    rest.click()
    page.locator("details[open] a.cg-chip").first.wait_for()
    dropped = page.get_by_text("1 mening ströks vid kontrollen")
    dropped.click()
    page.get_by_text("I Knivsta såldes presentkort för 40 miljoner kronor.").first.wait_for()
    page.get_by_text("Visa underlag").click()
    page.get_by_text("1. Svar på frågan").click()
    shown = page.locator(".cg-evidence[open]").inner_text()
    assert "<underlag>" in shown and "Region: Norr" in shown and "Knivsta" in shown
    assert KEY not in page.content() and KEY in model.keys
    assert pale(page) == {}
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= 1280
    page.locator("a.cg-chip").first.click()  # its sources open like any other's
    page.locator(".st-key-source-page img").wait_for()
    page.close()


def test_stop_leaves_what_was_found_and_the_page_stays_free_meanwhile(
    chat: tuple[str, Path], model: FakeServer, browser: Any
) -> None:
    model.replies = [Stall(f"{KIRUNA} [1] ", 60)]
    page = open_page(browser, chat[0])
    ask(page, QUESTION)
    stop = page.get_by_role("button", name="Stoppa")
    stop.wait_for()
    page.locator("a.cg-chip").first.click()
    page.locator(".st-key-source-panel").wait_for()
    stop.focus()
    page.keyboard.press("Enter")
    page.get_by_text("Språkmodellen stoppades.").wait_for()
    stop.wait_for(state="detached")
    assert page.locator(".cg-answer a.cg-chip").count() >= 2
    page.close()


@pytest.mark.parametrize(
    ("reply", "notice"),
    [
        (Status(429), "Språkmodellen är överbelastad"),
        (Status(500), "Ett fel uppstod hos språkmodellen."),
        (Status(401), "Språkmodellen godtog inte nyckeln"),
        (CutOff("Kiruna säljer presentkort i en"), "Språkmodellens svar blev avhugget."),
    ],
    ids=["too many requests", "server error", "wrong key", "cut off"],
)
def test_a_model_that_fails_is_named_and_the_answer_remains(
    chat: tuple[str, Path], model: FakeServer, browser: Any, reply: Reply, notice: str
) -> None:
    model.replies = [reply]
    page = open_page(browser, chat[0])
    ask(page, QUESTION)
    page.get_by_text(notice).wait_for()
    assert page.locator(".cg-answer a.cg-chip").count() >= 2
    assert KEY not in page.content()
    page.close()


def finished(page: Any) -> Any:
    """The last answer of the page, once no model is at work on it."""
    page.locator("[class*=st-key-writing-]").wait_for(state="detached")
    return page.locator("[data-testid=stChatMessage]").last


def test_a_follow_up_that_the_model_made_whole_is_answered_and_both_requests_can_be_looked_at(
    chat: tuple[str, Path], model: FakeServer, browser: Any
) -> None:
    whole = "Hur mycket har försäljningen av presentkort ökat?"
    model.replies = [writing(f"{KIRUNA} [{{n}}]", 0), whole, writing(f"{KIRUNA} [{{n}}]", 0)]
    page = open_page(browser, chat[0])
    ask(page, QUESTION)
    finished(page)
    ask(page, "Hur mycket har den ökat?")
    page.get_by_text("Formulerat av en språkmodell").nth(1).wait_for()
    answer = finished(page)
    assert "fördubblats på två år" in answer.locator(".cg-answer").inner_text()
    answer.get_by_text("Visa underlag").click()
    assert [shown.strip() for shown in answer.locator(".cg-evidence summary").all_inner_texts()] == [
        "1. Följdfrågan omskriven",
        "2. Svar på frågan",
    ]
    answer.get_by_text("1. Följdfrågan omskriven").click()
    shown = answer.locator(".cg-evidence[open]").inner_text()
    assert QUESTION in shown and "Hur mycket har den ökat?" in shown and whole in shown
    page.close()


@pytest.mark.parametrize(
    ("reply", "received", "notice"),
    [
        ("Hur mycket har flygplatserna ökat?", "Hur mycket har flygplatserna ökat?", None),
        ("Hur mycket har flygplatserna i Boden ökat?", "Hur mycket har flygplatserna i Boden ökat?", None),
        (Status(429), "Inget svar kom.", "Språkmodellen är överbelastad"),
    ],
    ids=["as it was", "with a town of the model's own", "too many requests"],
)
def test_what_was_sent_for_a_refused_follow_up_can_be_looked_at(
    chat: tuple[str, Path], model: FakeServer, browser: Any, reply: Reply, received: str, notice: str | None
) -> None:
    model.replies = [writing(f"{KIRUNA} [{{n}}]", 0), reply]
    page = open_page(browser, chat[0])
    ask(page, QUESTION)
    finished(page)
    asked = len(model.requests)
    ask(page, "Hur mycket har flygplatserna ökat?")
    refusal = finished(page)
    refusal.get_by_text("Visa underlag").click()
    refusal.get_by_text("1. Följdfrågan omskriven").click()
    shown = refusal.locator(".cg-evidence[open]").inner_text()
    assert "<fråga>" in shown and QUESTION in shown and received in shown
    assert "Rapporterna säger inget om det" in refusal.locator(".cg-refusal").inner_text()
    assert len(model.requests) == asked + 1
    said = refusal.get_by_test_id("stAlert").all_inner_texts()
    if notice is None:
        assert said == []
    else:
        assert len(said) == 1 and notice in said[0] and "ställ gärna frågan i sin helhet" in said[0]
    assert KEY not in page.content()
    page.close()


def test_stop_cuts_a_follow_ups_rewording_off_and_shows_what_was_sent(
    chat: tuple[str, Path], model: FakeServer, browser: Any
) -> None:
    model.replies = [writing(f"{KIRUNA} [{{n}}]", 0), Stall("Hur", 60)]
    page = open_page(browser, chat[0])
    ask(page, QUESTION)
    finished(page)
    ask(page, "Hur mycket har flygplatserna ökat?")
    page.get_by_text("Språkmodellen läser följdfrågan i sitt sammanhang").wait_for()
    page.get_by_role("button", name="Stoppa").click()
    page.get_by_text("Språkmodellen stoppades. Följdfrågan kunde därför inte").wait_for()
    finished(page).get_by_text("Visa underlag").wait_for()
    page.close()


def test_the_key_is_not_in_the_log(chat: tuple[str, Path]) -> None:
    assert KEY not in chat[1].read_text(encoding="utf-8")
