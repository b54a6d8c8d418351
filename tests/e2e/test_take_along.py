"""What a reader takes along: the clipboard, the printer, and the conversation as a file, opened and read."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest
from pypdf import PdfReader

from tests.e2e.conftest import Site
from tests.e2e.drive import PATIENCE, ask, settled

pytestmark = pytest.mark.browser

FIRST = "Vad gör städerna med presentkort?"
SECOND = "Hur lockar Piteå med lotter?"
SAID = (
    FIRST,
    "försäljningen har fördubblats på två år",
    "gröna cyklar med presentkort på styret",
    SECOND,
    "lotter till alla som handlar före klockan tolv",
)
SOURCES = ("Region Norr · 3 mars 2022 · s. 2", "Region Syd · 3 mars 2022 · s. 3", "Loppis på torget")


def flat(text: str) -> str:
    """Without line breaks, hyphens at them, and bullets."""
    return " ".join(re.sub(r"(?<=\w)[-\u00ad\u2010]\s+(?=\w)", "", text).split())


def word(data: bytes) -> str:
    return "\n".join(p.text for p in docx.Document(io.BytesIO(data)).paragraphs)


def pdf(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def markdown(data: bytes) -> str:
    return re.sub(r"\\(.)", r"\1", data.decode("utf-8"))


@pytest.fixture(scope="module")
def conversation(site: Site, browser: Any) -> Iterator[Any]:
    """A page on which both questions have been asked, and that may use the clipboard."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        permissions=["clipboard-read", "clipboard-write"],
        accept_downloads=True,
    )
    context.add_init_script("window.printed = 0; window.print = () => { window.printed += 1; };")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(site.url)
    ask(page, FIRST)
    ask(page, SECOND)
    page.get_by_role("button", name="Spara samtalet").wait_for()
    yield page
    context.close()


@pytest.mark.parametrize(
    ("kind", "ending", "read"), [("Word", "docx", word), ("PDF", "pdf", pdf), ("Markdown", "md", markdown)]
)
def test_the_conversation_is_received_as_a_file_that_holds_all_of_it(
    conversation: Any, tmp_path: Path, kind: str, ending: str, read: Callable[[bytes], str]
) -> None:
    page = conversation
    page.get_by_role("button", name="Spara samtalet").click()
    with page.expect_download() as waiting:
        page.get_by_test_id("stPopoverBody").get_by_role("button", name=kind, exact=True).click()
    page.keyboard.press("Escape")
    received = waiting.value
    assert received.suggested_filename == f"citygroup-samtal.{ending}"
    received.save_as(tmp_path / "received")
    text = flat(read((tmp_path / "received").read_bytes()))
    places = [text.find(words) for words in SAID if words in text]
    assert [words for words in SAID if words not in text] == [] and places[0] < places[3] < places[4]
    answered, again = text[: text.index(SECOND)], text[text.index(SECOND) :]
    listed = answered[answered.rindex("Källor") :]
    assert [place for place in SOURCES if place not in listed] == []
    assert "”" in listed  # with the words that are cited
    assert SOURCES[0] in again[again.rindex("Källor") :]


@pytest.mark.parametrize("allowed", [True, False], ids=["clipboard", "clipboard refused"])
def test_an_answer_is_copied_with_its_sources(conversation: Any, allowed: bool) -> None:
    page = conversation
    page.evaluate("navigator.clipboard.writeText('')")
    if not allowed:  # an old browser, or a page without encryption
        page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    page.get_by_role("button", name="Kopiera med källor").first.click()
    page.get_by_text("Kopierat").first.wait_for()
    page.get_by_text("Kopierat").first.wait_for(state="detached")
    copied = page.evaluate("navigator.clipboard.readText()")
    page.evaluate("() => { delete navigator.clipboard.writeText; }")  # the browser's own again
    text = flat(copied)
    assert [words for words in SAID[:3] if words not in text] == [] and SECOND not in text
    listed = copied[copied.rindex("Källor") :].splitlines()[1:]
    assert [place for place in SOURCES if not any(place in line for line in listed)] == []
    numbers = {f"[{n}]" for n in re.findall(r"\[(\d+)\]", copied[: copied.rindex("Källor")])}
    assert numbers and numbers == {line.split()[0] for line in listed if line}


@pytest.mark.parametrize("key", ["Space", "Enter"])
def test_a_key_copies_and_it_is_said_to_those_who_do_not_see_it(conversation: Any, key: str) -> None:
    page = conversation
    page.evaluate("navigator.clipboard.writeText('')")
    page.get_by_role("button", name="Kopiera med källor").first.focus()
    page.keyboard.press(key)
    page.locator("[role=status]", has_text="Kopierat").wait_for(state="attached")
    assert FIRST in page.evaluate("navigator.clipboard.readText()")
    page.get_by_text("Kopierat").first.wait_for(state="detached")


def test_the_link_to_a_source_is_copied(conversation: Any) -> None:
    page = conversation
    page.locator("a.cg-chip:visible").first.click()
    page.locator(".st-key-source-panel").get_by_text("Kopiera länk").click()
    page.get_by_text("Kopierat").first.wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.url and "dokument=" in copied
    page.get_by_test_id("stMain").get_by_role("button", name="Stäng").click()
    page.locator(".st-key-source-panel").wait_for(state="detached")


def darkness(data: bytes) -> tuple[float, float]:
    """How much of the first page is darker than its middle grey, and how dark its darkest spot is (0 black, 255 white)."""
    grey = pypdfium2.PdfDocument(data)[0].render(scale=3).to_pil().convert("L")  # at 1, thin letters are but grey
    levels = grey.histogram()
    return sum(levels[:128]) / sum(levels), float(next(level for level, count in enumerate(levels) if count))


def test_paper_is_white_and_its_ink_dark_in_the_dark_theme_too(conversation: Any) -> None:
    conversation.emulate_media(color_scheme="dark")
    conversation.wait_for_function("getComputedStyle(document.querySelector('.stApp')).colorScheme === 'dark'")
    settled(conversation)
    dark, ink = darkness(conversation.pdf(format="A4", print_background=True))
    conversation.emulate_media(color_scheme="light")
    assert 0.001 < dark < 0.2 and ink < 80


def test_the_whole_conversation_is_printed_and_nothing_to_click(conversation: Any) -> None:
    page = conversation
    settled(page)  # another test has just closed a source and changed the theme
    page.get_by_role("button", name="Skriv ut").last.click()
    page.wait_for_function("window.printed === 1")
    page.evaluate(
        "document.querySelector('.cg-answer').insertAdjacentHTML("
        "'beforeend', '<details id=fold><summary>Visa ett till</summary><p>Bakom vecket</p></details>')"
    )
    text = flat(pdf(page.pdf(format="A4")))
    assert "Bakom vecket" in text and "Visa ett till" not in text
    page.wait_for_function("!document.getElementById('fold').open")  # as it was
    assert [words for words in SAID if words not in text] == []
    assert [place for place in SOURCES if place not in text] == []
    for words in ("Kopiera", "Skriv ut", "Spara", "Nytt samtal", "Frågebank", "Ställ en fråga"):
        assert words not in text
