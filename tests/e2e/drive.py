"""What every end-to-end test does with the browser."""

from __future__ import annotations

from typing import Any

PATIENCE = 90_000  # milliseconds; the machine may be busy


def open_page(browser: Any, url: str, width: int = 1280, height: int = 900, scheme: str = "light") -> Any:
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    page.set_default_timeout(PATIENCE)
    page.goto(url)
    return page


def ask(page: Any, question: str) -> None:
    page.locator("textarea").fill(question)
    page.keyboard.press("Enter")
    page.locator("p.cg-question", has_text=question).wait_for()
    page.locator(".cg-answer").last.wait_for()
    ready(page)


def ready(page: Any) -> None:
    """Wait for the script that catches clicks."""
    page.wait_for_function("document.documentElement.dataset.cgReady === 'true'")
