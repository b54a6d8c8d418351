"""The review page in a real browser, served by Streamlit, through everything a reviewer does."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from eval import feedback
from eval.cases import Case, case_to_dict
from eval.exchange import plan_import
from eval.store import QuestionStore
from tests.e2e.drive import settled
from tests.eval.conftest import World

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium on the path"),
]
sync_api = pytest.importorskip("playwright.sync_api", reason="needs the package playwright")

SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
import streamlit as st
from eval.store import QuestionStore
from tests.eval.conftest import World
from ui import style
from ui.question_state import Bank
from ui.questions import render
st.set_page_config(layout="wide")
style.apply()
folder = Path({folder!r})
render(World().assistant(), Bank(QuestionStore(folder / "questions.yaml"), folder / "runs", folder / "feedback.jsonl"))
"""


@dataclass
class Site:
    """The served page, a browser, and the files behind."""

    url: str
    folder: Path
    browser: Any

    def open(self, name: str, width: int = 1280) -> Any:
        page = self.browser.new_page(viewport={"width": width, "height": 1600}, accept_downloads=True)
        page.set_default_timeout(60_000)
        page.goto(self.url)
        field = page.get_by_label("Ditt namn", exact=True)
        field.fill(name)
        field.press("Enter")
        return page

    def open_case(self, name: str, typed: str = "gör något", width: int = 1280) -> Any:
        page = self.open(name, width)
        page.get_by_label("Öppna en fråga").click()
        page.keyboard.type(typed)
        page.get_by_role("option").first.click()
        page.get_by_text("Så bedöms svaret").wait_for()
        settled(page)
        return page

    def cases(self) -> tuple[Case, ...]:
        return QuestionStore(self.folder / "questions.yaml").load()

    def wait_until(self, holds: Any) -> None:
        for _ in range(300):
            if holds():
                return
            time.sleep(0.1)
        raise AssertionError("it did not happen within thirty seconds")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("bank")
    script = folder / "page.py"
    script.write_text(SCRIPT.format(root=str(ROOT), folder=str(folder)), encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless=true"]
    command += [f"--server.port={port}", "--server.address=127.0.0.1"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, **quiet)  # type: ignore[call-overload]
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):
                    break
            except OSError:
                time.sleep(0.1)
        yield url, folder
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def site(server: tuple[str, Path], browser: Any) -> Iterator[Site]:
    url, folder = server
    for name in ("feedback.jsonl", "questions.yaml"):
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / "runs", ignore_errors=True)
    world = World()
    data = {"questions": [case_to_dict(c) for c in (world.case, world.refusal)]}
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    (folder / "questions.yaml").write_text(text, encoding="utf-8")
    yield Site(url, folder, browser)
    for context in browser.contexts:
        context.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_approving_and_editing(site, width):
    page = site.open_case("Ann", width=width)
    page.get_by_role("button", name="Godkänn").click()
    page.locator("button[disabled]", has_text="Godkänn").wait_for()
    settled(page)
    assert site.cases()[0].status == "granskad"
    page.get_by_text("Ändra frågan").click()
    settled(page)
    page.get_by_label("Fråga", exact=True).fill("Vem köper ljus?")
    page.keyboard.press("Tab")
    settled(page)
    page.get_by_role("button", name="Spara ändringen").click()
    site.wait_until(lambda: site.cases()[0].question == "Vem köper ljus?")
    assert [r.who for r in site.cases()[0].reviews] == ["Ann", "Ann"]
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width  # nothing sticks out sideways


def test_a_thumb_from_the_chat_becomes_a_question(site):
    world = World()
    feedback.add(world.right, "ned", world.library, "Saknar priser", path=site.folder / "feedback.jsonl")
    page = site.open("Ann")
    page.get_by_text("Från chatten (1)").click()
    page.get_by_text("Saknar priser").wait_for()
    page.get_by_role("button", name="Gör till fråga").click()
    site.wait_until(lambda: len(site.cases()) == 3)
    assert site.cases()[-1].comment == "Saknar priser" and site.cases()[-1].reviews[0].who == "Ann"


def test_running_all_and_exporting(site, tmp_path):
    page = site.open("Ann")
    page.get_by_role("button", name="Kör alla 2").click()
    page.get_by_text("Senaste resultat för 2 av 2 frågor.").wait_for()
    assert len(list((site.folder / "runs").iterdir())) == 1
    page.get_by_text("Körningar", exact=True).click()
    page.locator("canvas, svg.marks").first.wait_for()
    page.get_by_text("Excel", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Ladda ner 2 frågor").click()
    saved = tmp_path / "fragebank.csv"
    download.value.save_as(saved)
    assert plan_import(saved.read_bytes(), site.cases()).unchanged == 2


def test_two_reviewers_at_once(site):
    ann, bo = site.open_case("Ann"), site.open_case("Bo")
    for page, text in ((ann, "Anns fråga om ljus?"), (bo, "Bos fråga om ljus?")):
        page.get_by_text("Ändra frågan").click()
        page.get_by_label("Fråga", exact=True).fill(text)
    bo.get_by_label("Filter på ort").fill("Granvik")
    ann.get_by_role("button", name="Spara ändringen").click()
    site.wait_until(lambda: site.cases()[0].question.startswith("Anns"))
    bo.get_by_role("button", name="Spara ändringen").click()
    bo.get_by_text("Någon annan har ändrat frågan").wait_for()
    bo.get_by_role("cell", name="Anns fråga om ljus?").wait_for()
    assert site.cases()[0].question.startswith("Anns")
    bo.get_by_role("button", name="Slå ihop och spara").click()
    site.wait_until(lambda: site.cases()[0].town == "Granvik")
    assert [r.who for r in site.cases()[0].reviews] == ["Ann", "Bo"]


def test_picking_a_mention_and_taking_it_away_again(site):
    page = site.open_case("Ann")
    before = site.cases()[0]
    page.get_by_text("Lägg till omnämnande").click()
    page.get_by_role("button", name="Lägg till som godtagen").last.wait_for()
    page.get_by_label("Nyckelord").last.wait_for()
    page.get_by_role("button", name="Lägg till som godtagen").last.click()
    site.wait_until(lambda: len(site.cases()[0].accepted) == len(before.accepted) + 1)
    assert site.cases()[0].expected == before.expected and site.cases()[0].reviews[-1].who == "Ann"
    page.locator(f".st-key-qb-accepted-{len(before.accepted)}").get_by_role("button", name="Ta bort").click()
    site.wait_until(lambda: len(site.cases()[0].accepted) == len(before.accepted))


def test_questioning_with_a_comment(site):
    page = site.open_case("Ann")
    page.get_by_role("button", name="Ifrågasätt").click()
    page.locator("button[disabled]", has_text="Ifrågasätt").wait_for()
    settled(page)
    assert site.cases()[0].status == "ifrågasatt"
    comment = page.get_by_label("Kommentar", exact=True)
    comment.fill("Fel ort")
    comment.press("Control+Enter")
    page.get_by_role("button", name="Spara kommentaren").click()
    site.wait_until(lambda: site.cases()[0].comment == "Fel ort")


def test_what_excel_saved_is_imported(site, tmp_path):
    page = site.open("Ann")
    page.get_by_text("Excel", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Ladda ner 2 frågor").click()
    saved = tmp_path / "fragebank.csv"
    download.value.save_as(saved)
    question = site.cases()[0].question
    text = saved.read_text(encoding="utf-8-sig").replace(question, "Ändrad i Excel?")
    saved.write_text(text, encoding="utf-8-sig")
    page.set_input_files("input[type=file]", saved)
    page.get_by_text("1 ändrade, 0 nya, 1 oförändrade.").wait_for()
    page.get_by_role("button", name="Importera 1 fråga").click()
    site.wait_until(lambda: site.cases()[0].question == "Ändrad i Excel?")
    assert site.cases()[0].reviews[-1].who == "Ann"
