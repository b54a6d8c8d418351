"""The mark of an opened source is seen at once, however far down a page or a text it stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Site, site_over
from tests.e2e.drive import marked, open_page, printed, ready, yellow
from tests.ui.standins import typeset

pytestmark = pytest.mark.browser

ROWS = [
    f"Brygga {n} målas om av föreningarna vid hamnen under våren, och färgen betalas av båtklubben." for n in range(24)
]
LAST = "Trosa hänger vimplar över hela kanalen inför sommarens regatta."
PAPER = '#set page(paper: "a4")\n#set text(lang: "sv")\n= Hamnens fest\n' + "\n".join(
    f"- {row}" for row in [*ROWS, LAST]
)
TEXT = "Hamnens fest\n\nAllt börjar på våren.\n\f" + "\n\n".join([*ROWS, LAST, *ROWS]) + "\n"


@pytest.fixture(scope="module")
def harbour(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    files = {"hamnen.pdf": typeset(PAPER), "hamnen.txt": TEXT.encode()}
    with site_over(files, program, tmp_path_factory.mktemp("harbour")) as site:
        yield site


def seen(page: Any) -> bool:
    """Whether marked words are in view now, by what the window shows."""
    text = page.locator(".cg-text mark")
    if not text.count():
        return len(yellow(page.screenshot())) > 30
    box, around = text.first.bounding_box(), page.locator(".st-key-source-text").bounding_box()
    inside = around["y"] <= box["y"] and box["y"] + box["height"] <= around["y"] + around["height"]
    return bool(inside and 0 <= box["y"] <= page.viewport_size["height"] - box["height"])


def comes_into_view(page: Any) -> bool:
    page.locator(".st-key-source-page img, .cg-text mark").first.wait_for(state="attached")
    for _ in range(40):
        page.wait_for_timeout(500)
        if seen(page):
            return True
    return False


@pytest.mark.parametrize(
    ("document", "size"), [("hamnen.pdf", (1280, 640)), ("hamnen.pdf", (390, 844)), ("hamnen.txt", (1280, 640))]
)
def test_the_mark_is_in_view_where_a_source_is_opened_and_where_its_link_is(
    harbour: Site, browser: Any, document: str, size: tuple[int, int]
) -> None:
    page = open_page(browser, f"{harbour.url}/kallor?vy=rapport&rapport={document}", *size)
    ready(page)
    page.locator("li", has_text=LAST).last.locator("a.cg-chip").click()
    assert comes_into_view(page)
    shared = open_page(browser, page.url, *size)
    assert comes_into_view(shared)
    if document.endswith(".pdf"):
        quote = printed(harbour.corpus / document, 1, "Trosa")
        assert marked(shared.locator(".st-key-source-page img").screenshot(), quote) == []
    shared.close()
    page.close()
