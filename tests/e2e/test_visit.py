"""What a reader and an administrator do, in the order they would do it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Site
from tests.e2e.drive import CONTRAST, ask, marked, open_page, pale, printed, ready, settled
from tests.ui.standins import PDF, TEXT

pytestmark = pytest.mark.browser


def test_reader_asks_opens_the_page_and_shares_it(site: Site, browser: Any) -> None:
    page = open_page(browser, site.url)
    page.get_by_role("heading", name="Vad vill du veta?").wait_for()
    ask(page, "Vad gör städerna med presentkort?")
    chips = page.locator("a.cg-chip")
    labels = chips.all_inner_texts()
    assert any("Region Norr · 3 mars 2022 · s. 2" in label for label in labels), labels
    page.locator("a.cg-chip", has_text="Region Syd · 3 mars 2022 · s. 3").first.click()
    picture = page.locator(".st-key-source-page img")
    picture.wait_for()
    page.wait_for_timeout(800)
    box = picture.bounding_box()
    answer = page.locator(".cg-answer").bounding_box()
    assert box["x"] > answer["x"] + answer["width"]  # beside the answer
    quote = printed(site.corpus / PDF, 3, "VÄXJÖ")  # the page's last words
    assert len(quote) > 2 and marked(picture.screenshot(), quote) == []
    assert "stycke=" in page.url
    other = open_page(browser, page.url)
    shared = other.locator(".st-key-source-page img")
    shared.wait_for()
    other.wait_for_timeout(800)
    assert marked(shared.screenshot(), quote) == []
    assert "presentkort" in other.locator(".cg-source blockquote").inner_text()
    pdf = other.get_by_role("link", name="Öppna PDF på sidan 3")
    href = pdf.get_attribute("href")
    assert href.endswith("#page=3")
    fetched = other.request.get(f"{site.url}/{href.split('#')[0]}")
    assert fetched.headers["content-type"] == "application/pdf" and fetched.body()[:5] == b"%PDF-"
    assert other.get_by_role("button", name="Nästa").is_disabled()
    other.get_by_role("button", name="Föregående").click()
    other.get_by_text("Sida 2 av 3").wait_for()
    assert "sida=2" in other.url
    other.close()
    page.close()


def test_back_and_forward_follow_the_sources_that_were_opened(site: Site, browser: Any) -> None:
    page = open_page(browser, site.url)
    page.locator("textarea").wait_for()
    ask(page, "presentkort")
    title = page.locator("#cg-source")
    for number in (1, 2):
        page.locator("a.cg-chip").nth(number - 1).click()
        page.wait_for_function(f"document.querySelector('#cg-source')?.innerText.startsWith('Källa {number}:')")
        page.wait_for_timeout(1200)  # a reader looks at it
    page.go_back()
    page.wait_for_function("document.querySelector('#cg-source')?.innerText.startsWith('Källa 1:')")
    page.go_back()
    title.wait_for(state="detached")
    page.go_forward()
    page.wait_for_function("document.querySelector('#cg-source')?.innerText.startsWith('Källa 1:')")
    page.locator("a.cg-chip.cg-open-now").wait_for()  # beside the answer that it belongs to
    page.close()


def test_two_questions_asked_right_after_each_other_are_both_answered(site: Site, browser: Any) -> None:
    page = open_page(browser, site.url)
    field = page.locator("textarea")
    field.wait_for()
    ready(page)
    settled(page)
    questions = ["Vad gör städerna med presentkort?", "Hur räknar Kalmar gästerna?"]
    for question in questions:
        field.fill(question)
        page.keyboard.press("Enter")
        page.wait_for_timeout(150)
    page.locator("#cg-ask-s2").wait_for()
    settled(page)
    assert page.locator("p.cg-question").all_inner_texts() == questions
    assert page.locator(".cg-answer").count() == 2
    page.close()


def test_reader_manages_with_the_keyboard_alone(site: Site, browser: Any) -> None:
    page = open_page(browser, site.url)
    page.locator("textarea").focus()
    page.keyboard.type("presentkort")
    page.keyboard.press("Enter")
    chip = page.locator("a.cg-chip").first
    chip.wait_for()
    ready(page)
    chip.focus()
    page.keyboard.press("Enter")
    page.locator(".st-key-source-panel").wait_for()
    page.wait_for_function("document.activeElement?.id === 'cg-source'")
    page.keyboard.press("Shift+Tab")
    page.wait_for_function("document.activeElement?.innerText?.includes('Stäng')")
    page.keyboard.press("Enter")
    page.locator(".st-key-source-panel").wait_for(state="detached")
    page.wait_for_function("document.activeElement?.id === 'cg-s1-1-cg-chip'")
    page.close()


def test_on_a_phone_the_source_comes_below_and_nothing_is_cut_off(site: Site, browser: Any) -> None:
    page = open_page(browser, site.url, 390, 844)
    page.locator("textarea").wait_for()
    ask(page, "presentkort")
    page.locator("a.cg-chip").first.click()
    picture = page.locator(".st-key-source-panel")
    picture.wait_for()
    page.wait_for_timeout(2500)
    answer = page.locator(".cg-answer").bounding_box()
    assert picture.bounding_box()["y"] >= answer["y"] + answer["height"]
    title = page.locator("#cg-source").bounding_box()
    assert 0 <= title["y"] < 844 / 2  # brought into view
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= 390
    page.close()


def test_text_document_is_shown_in_its_context(site: Site, browser: Any) -> None:
    page = open_page(browser, f"{site.url}/kallor?vy=ort&ort=Arvika")
    ready(page)
    page.locator("a.cg-chip", has_text="Loppis på torget").first.click()
    mark = page.locator(".cg-text mark").first
    mark.wait_for()
    assert "Arvika" in mark.inner_text()
    assert TEXT in page.url
    page.close()


def test_administrator_brings_in_corrects_publishes_and_undoes(site: Site, browser: Any) -> None:
    reader = open_page(browser, site.url)
    reader.locator("textarea").wait_for()
    page = open_page(browser, f"{site.url}/hantera")
    page.locator("input[type=file]").wait_for(state="attached")
    page.set_input_files("input[type=file]", [site.uploads / "trasig.pdf", site.uploads / "ljus.pdf"])
    page.get_by_text("trasig.pdf kan inte läggas till.").wait_for()
    page.get_by_text("ljus.pdf är läst men inte publicerad.").wait_for()
    assert pale(page) == {}
    region = page.get_by_label("Region, Norr", exact=True)
    page.wait_for_function("document.querySelector('[aria-label=\"Region, Norr\"]')?.value === 'Norr'")
    region.fill("Nordkusten")
    region.press("Tab")
    page.locator("ul.cg-chapters", has_text="Nordkusten").wait_for()
    page.get_by_role("button", name="Publicera 1 rapport").click()
    ask(reader, "presentkort")  # the old index answers meanwhile
    page.get_by_text("Klart: lade till ljus.pdf").wait_for()
    assert (site.corpus / "corrections.yaml").read_text(encoding="utf-8").count("Nordkusten") == 1
    ask(reader, "Hur lyser lyktor upp gågatan under vintern?")
    reader.locator("a.cg-chip", has_text="Region Nordkusten · 4 mars 2025 · s. 2").first.wait_for()
    page.get_by_role("button", name="Ångra: lade till ljus.pdf").click()
    page.get_by_text("Klart: ångrade senaste ändringen").wait_for()
    assert sorted(p.name for p in site.corpus.iterdir()) == [TEXT, PDF]
    page.close()
    reader.close()


def test_region_of_a_document_without_pages_is_given_its_passages(site: Site, browser: Any) -> None:
    page = open_page(browser, f"{site.url}/hantera")
    page.locator("input[type=file]").wait_for(state="attached")
    page.set_input_files("input[type=file]", [site.uploads / "ljus.md"])
    page.get_by_text("ljus.md är läst men inte publicerad.").wait_for()
    page.get_by_text("Lägg till region").click()
    new = page.get_by_label("Region, ny region", exact=True)
    new.fill("Syd")
    new.press("Tab")
    for label in ("Från stycke", "Till stycke"):
        box = page.get_by_test_id("stSelectbox").filter(has_text=label).last.locator("input")
        settled(page)  # after the run that the last change began
        box.click()
        page.get_by_role("option", name="Ystad tänder").click()
        page.get_by_role("option").first.wait_for(state="detached")  # the list that closes is not the next one's
        page.wait_for_function("box => box.value.includes('Ystad tänder')", arg=box.element_handle())
    page.locator("ul.cg-chapters", has_text="Syd").wait_for()
    page.get_by_role("button", name="Publicera 1 rapport").click()
    page.get_by_text("Klart: lade till ljus.md").wait_for()
    reader = open_page(browser, site.url)
    ask(reader, "Vem tänder marschaller på torget i advent?")
    reader.locator("a.cg-chip", has_text="Region Syd · 5 mars 2026").first.wait_for()
    page.get_by_role("button", name="Ångra: lade till ljus.md").click()
    page.get_by_text("Klart: ångrade senaste ändringen").wait_for()
    page.close()
    reader.close()


def test_the_box_for_files_speaks_swedish_and_says_what_is_wrong_with_a_large_file(
    site: Site, browser: Any, tmp_path: Path
) -> None:
    (tmp_path / "notis.txt").write_text("Bara en rad om torget.\n", encoding="utf-8")
    for name, size in (("rapport.pdf", 46_100_000), ("arkiv.pdf", 211_000_000)):
        with (tmp_path / name).open("wb") as file:
            file.truncate(size)
    page = open_page(browser, f"{site.url}/hantera")
    box = page.get_by_test_id("stFileUploader")
    box.locator("button", has_text="Välj filer").wait_for()
    assert "Upload" not in box.inner_text() and "per file" not in box.inner_text()
    page.set_input_files("input[type=file]", [tmp_path / n for n in ("notis.txt", "rapport.pdf", "arkiv.pdf")])
    box.get_by_text("23 byte").wait_for()
    box.get_by_text("46,1 MB").wait_for()
    page.get_by_text(
        "rapport.pdf kan inte läggas till. Filen är 46 MB och gränsen är 40 MB. Minska bilderna"
    ).wait_for()
    box.get_by_text("Filen är större än 200 MB och togs inte emot.").wait_for(state="attached")
    page.get_by_role("button", name="Släng").click()
    box.locator("button", has_text="Välj filer").wait_for()
    page.close()


def test_an_address_without_a_page_is_explained_in_swedish(site: Site, browser: Any) -> None:
    page = open_page(browser, f"{site.url}/finns-inte")
    page.get_by_role("dialog").get_by_text("Adressen leder inte till någon sida.").wait_for()
    assert "page" not in page.get_by_role("dialog").inner_text()
    page.close()


@pytest.mark.parametrize("path", ["", "kallor", "kallor?vy=karta", "kallor?vy=fraga", "fragebank", "hantera", "om"])
def test_every_page_opens_without_an_error_fits_and_can_be_read(site: Site, browser: Any, path: str) -> None:
    page = open_page(browser, f"{site.url}/{path}")
    page.locator("h1").first.wait_for()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(700)
        assert page.locator("[data-testid=stException], [data-testid=stAlertContentError]").count() == 0
        assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= width
    assert pale(page) == {}
    page.close()


def test_the_contrast_check_finds_pale_text(site: Site, browser: Any) -> None:
    page = open_page(browser, f"{site.url}/om")
    page.locator("h1").first.wait_for()
    page.wait_for_timeout(700)
    page.evaluate("document.querySelector('h1').style.setProperty('color', '#b5b5b5', 'important')")
    assert [text for text in page.evaluate(CONTRAST) if text.startswith("Om Fråga Citygroup")]
    page.close()


def test_answer_with_its_source_can_be_read_in_both_themes(site: Site, browser: Any) -> None:
    page = open_page(browser, site.url)
    page.locator("textarea").wait_for()
    ask(page, "presentkort")
    page.locator("a.cg-chip").first.click()
    page.locator(".st-key-source-page img, .cg-text").wait_for()
    assert pale(page) == {}
    page.close()
