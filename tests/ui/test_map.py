"""Names on the map: none on a dot, none on another name, at any width."""

from __future__ import annotations

from typing import Any

import pytest

from ui import sources_html, style
from ui.map_labels import Dot, placed

# As the reports speak of them: many in the south, so that names have something to lie on.
COUNTS = {
    "Helsingborg": 66, "Kalmar": 24, "Södertälje": 21, "Karlstad": 18, "Ängelholm": 17, "Piteå": 16, "Ljusdal": 15,
    "Söderhamn": 14, "Östersund": 12, "Falun": 11, "Kristianstad": 10, "Västervik": 10, "Bollnäs": 7, "Halmstad": 6,
    "Trelleborg": 6, "Örebro": 6, "Kungsbacka": 4, "Sandviken": 4, "Sölvesborg": 4, "Umeå": 4, "Ystad": 4, "Borås": 3,
    "Degerfors": 3, "Ljungby": 3, "Mora": 3, "Skellefteå": 3, "Karlshamn": 2, "Lund": 2, "Malmö": 2, "Laholm": 2,
    "Göteborg": 2, "Mölndal": 1, "Trollhättan": 1, "Vänersborg": 1, "Hässleholm": 1, "Karlskrona": 1, "Ronneby": 1,
}  # fmt: skip

CLASHES = """
() => {
  const letters = (e) => { const range = document.createRange(); range.selectNodeContents(e); return range.getBoundingClientRect(); };
  const boxes = (css) => [...document.querySelectorAll(css)].map(
    (e) => [e.textContent || e.title, e.textContent ? letters(e) : e.getBoundingClientRect()]
  );
  const names = boxes(".cg-town-name"), dots = boxes("a.cg-dot"), map = document.querySelector(".cg-map").getBoundingClientRect();
  const found = names.length ? [] : ["no names"];
  const between = (least, value, most) => Math.min(Math.max(value, least), most);
  names.forEach(([name, box], place) => {
    for (const [other, dot] of dots) {
      const x = dot.x + dot.width / 2, y = dot.y + dot.height / 2;
      const apart = Math.hypot(x - between(box.left, x, box.right), y - between(box.top, y, box.bottom));
      if (apart < dot.width / 2) found.push(`${name} on ${other}`);
    }
    for (const [other, next] of names.slice(place + 1))
      if (box.left < next.right && next.left < box.right && box.top < next.bottom && next.top < box.bottom) found.push(`${name} on ${other}`);
    if (box.left < map.left || box.right > map.right) found.push(`${name} outside`);
  });
  return found;
}
"""


def test_the_towns_that_are_spoken_of_most_are_named() -> None:
    dots = sources_html.map_dots(COUNTS)
    named = [label.name for label in placed(dots, 12, 368, 736, 12)]
    assert len(named) == 12 and named[:5] == ["Helsingborg", "Kalmar", "Södertälje", "Karlstad", "Ängelholm"]


def test_a_name_without_room_is_left_out_and_the_next_one_is_shown() -> None:
    crowd = [Dot("Mitten", 50, 50, 10)] + [
        Dot("Ett mycket långt namn" * 5, x, y, 22) for x in range(0, 101, 20) for y in range(0, 101, 20)
    ]
    assert placed([*crowd, Dot("Avsides", 200, 50, 10)], 1, 400, 120, 12)[0].name == "Avsides"


def test_a_name_apart_from_its_dot_is_joined_to_it_by_a_line_over_nothing_else() -> None:
    wall = [Dot("", 50 + x, 50 + y, 9) for x in (-9, 0, 9) for y in (-9, 0, 9) if (x, y) not in ((0, 0), (9, 0))]
    (label,) = placed([Dot("Mitten", 50, 50, 8), *wall], 1, 200, 100, 10)
    assert label.line is not None and label.line[3] == 0 and label.box.left > 63.5  # through the only gap
    assert placed([Dot("Fri", 50, 50, 8)], 1, 200, 100, 10)[0].line is None


def test_a_name_is_nearest_to_its_own_dot_or_joined_to_it() -> None:
    dots = sources_html.map_dots(COUNTS)
    for label in placed(dots, 30, 368, 736, 12):
        nearest = min(dots, key=label.box.apart)
        assert nearest.name == label.name or label.line is not None


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390, 320])
@pytest.mark.parametrize("font", ["sans-serif", "'Liberation Serif', serif"])
def test_no_name_lies_on_a_dot_or_another_name(browser: Any, width: int, font: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    look = style.FILE.read_text(encoding="utf-8")
    page.set_content(
        f"<style>{look}\nbody {{ font-family: {font}; margin: 14px }}</style>{sources_html.town_map(COUNTS)}"
    )
    assert page.evaluate(CLASHES) == []
    page.evaluate("document.querySelectorAll('.cg-town-name').forEach((name) => { name.style.left = '30cqw'; })")
    assert page.evaluate(CLASHES) != []  # the check can fail
    page.close()
