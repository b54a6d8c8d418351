"""What every end-to-end test does with the browser."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image

Line = tuple[float, float, float, float]
"""Left, top, right and bottom of a printed line, in parts of the page's width and height."""

PATIENCE = 90_000  # milliseconds; the machine may be busy


def open_page(browser: Any, url: str, width: int = 1280, height: int = 900, scheme: str = "light") -> Any:
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    page.set_default_timeout(PATIENCE)
    page.goto(url)
    return page


def ask(page: Any, question: str) -> None:
    page.locator("textarea").fill(question)
    page.keyboard.press("Enter")
    page.locator("p.cg-question", has_text=question).last.wait_for()
    page.locator("[data-testid=stChatMessage]").last.locator(".cg-answer").wait_for()
    ready(page)


def ready(page: Any) -> None:
    """Wait for the script that catches clicks."""
    page.wait_for_function("document.documentElement.dataset.cgReady === 'true'")


def settled(page: Any) -> None:
    """Wait until nothing has been drawn for a while: one run of the script may ask for the next."""
    page.evaluate("window.stillSince = 0")
    page.wait_for_function(
        """() => {
            const app = document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]");
            if (!app || document.querySelector("[data-stale=true]")) window.stillSince = 0;
            else window.stillSince ||= performance.now();
            return window.stillSince && performance.now() - window.stillSince > 400;
        }"""
    )


def printed(file: Path, number: int, first: str) -> list[Line]:
    """Where a page's text is printed, from its word `first` to its end: by PDFium's own search, not by the program's."""
    page = pypdfium2.PdfDocument(file)[number - 1]
    width, height = page.get_size()
    text = page.get_textpage()
    start, _ = text.search(first, match_case=True).get_next()
    rects = [text.get_rect(n) for n in range(text.count_rects(start))]
    return [(a / width, 1 - top / height, b / width, 1 - bottom / height) for a, bottom, b, top in rects]


def yellow(png: bytes) -> list[tuple[int, int]]:
    """Where the marker's colour is, every other pixel each way."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    data = picture.load()
    assert data is not None
    return [
        (x, y)
        for y in range(0, picture.height, 2)
        for x in range(0, picture.width, 2)
        if data[x, y][0] > 235 and 200 < data[x, y][1] < 240 and data[x, y][2] < 130  # type: ignore[index]
    ]


def marked(png: bytes, lines: list[Line]) -> list[str]:
    """What is wrong with the marks on a page's picture: a line that is not marked, or marks beside the lines."""
    width, height = Image.open(io.BytesIO(png)).size
    places = [(a * width, top * height, b * width, bottom * height) for a, top, b, bottom in lines]
    marks = yellow(png)
    wrong = []
    for a, top, b, bottom in places:
        share = sum(a <= x <= b and top <= y <= bottom for x, y in marks) / ((b - a) * (bottom - top) / 4)
        if share < 0.1:  # the rest is letters, which blur where the picture is small
            wrong.append(f"{share:.0%} of the line at {a:.0f}, {top:.0f} is marked")
    beside = [(x, y) for x, y in marks if not any(a - 6 < x < b + 6 and t - 5 < y < u + 5 for a, t, b, u in places)]
    return wrong + [f"marked beside the words: {beside[:3]}"] * bool(beside)


# Every visible text against what lies behind it (WCAG 2.2, 1.4.3); canvas turns any CSS colour into numbers.
CONTRAST = """
() => {
  const brush = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    brush.clearRect(0, 0, 1, 1);
    brush.fillStyle = colour;
    brush.fillRect(0, 0, 1, 1);
    return [...brush.getImageData(0, 0, 1, 1).data].map((v, i) => (i === 3 ? v / 255 : v));
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat([1]);
  const behind = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) layers.unshift(rgba(getComputedStyle(e).backgroundColor));
    return layers.reduce((under, top) => over(top, under), [255, 255, 255, 1]);
  };
  const light = (c) => {
    const [r, g, b] = c.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const poor = [];
  for (const element of document.querySelectorAll(".stApp *")) {
    const text = [...element.childNodes].filter((n) => n.nodeType === 3).map((n) => n.textContent.trim()).join("");
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const hidden = style.visibility === "hidden" || box.width < 2 || box.height < 2 || element.closest("[disabled], [aria-hidden=true]");
    if (!text || hidden || parseFloat(style.fontSize) === 0 || element.tagName === "STYLE") continue;
    let opacity = 1;
    for (let e = element; e; e = e.parentElement) opacity *= parseFloat(getComputedStyle(e).opacity);
    if (opacity === 0) continue;
    const ground = behind(element);
    const ink = rgba(style.color);
    const shown = over([ink[0], ink[1], ink[2], ink[3] * opacity], ground);
    const [a, b] = [light(shown), light(ground)].sort((x, y) => y - x);
    const large = parseFloat(style.fontSize) >= 24;
    if ((a + 0.05) / (b + 0.05) < (large ? 3 : 4.5)) poor.push(`${text.slice(0, 40)} (${((a + 0.05) / (b + 0.05)).toFixed(2)})`);
  }
  return poor;
}
"""


def pale(page: Any) -> dict[str, list[str]]:
    """The texts that cannot be read well enough, by theme; empty where all can."""
    settled(page)  # what is being drawn anew is pale
    found = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(900)
        if texts := page.evaluate(CONTRAST):
            found[scheme] = texts
    page.emulate_media(color_scheme="light")
    return found
