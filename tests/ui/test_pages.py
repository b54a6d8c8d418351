from __future__ import annotations

import io
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from PIL import Image

from ingest.pipeline import read_report
from tests.ui.standins import PDF, StandInLibrary, typeset
from ui.pages import Box, _char, _letters, match_letters, page_count, render_page


def words_in(box: Box, png: bytes) -> float:
    """Share of dark pixels in a box; text has some, an empty area none."""
    part = Image.open(io.BytesIO(png)).convert("L").crop((int(box.left), int(box.top), int(box.right), int(box.bottom)))
    pixels = part.tobytes()
    return sum(p < 90 for p in pixels) / len(pixels)


@pytest.mark.parametrize(
    ("quote", "page", "found"),
    [
        ("gott kaffe", "Här finns gott kaffe på torget", "gottkaffe"),
        ("samverkansgrupp", "en samver-\nkans­grupp bildas", "samverkansgrupp"),
        ("REGION VÄST", "RREEGGIIOONN  VVÄÄSSTT", "RREEGGIIOONNVVÄÄSSTT"),
        ("\u00c5re \u00e4r kallt", "A\u030are a\u0308r kallt", "Arearkallt"),  # composed, decomposed
        ("ﬁna ﬂaggor", "fina flaggor", "finaflaggor"),
        ("finns inte här alls", "Ett annat stycke", ""),
        ("", "Ett annat stycke", ""),
    ],
)
def test_quote_is_found_by_its_letters(quote: str, page: str, found: str) -> None:
    chosen = "".join(page[i] for i in match_letters(quote, page))
    assert chosen == found


def test_quote_broken_by_another_column_is_found_in_pieces() -> None:
    page = "Butikerna håller öppet längre ANDRA SPALTEN HANDLAR OM ANNAT varje torsdag under hela sommaren"
    chosen = "".join(
        page[i] for i in match_letters("Butikerna håller öppet längre varje torsdag under hela sommaren", page)
    )
    assert chosen == "Butikernahålleröppetlängrevarjetorsdagunderhelasommaren"


def test_short_common_words_elsewhere_on_the_page_are_not_marked() -> None:
    page = "och det är så. Kommunen och handlarna delar på kostnaden och det är bra."
    chosen = match_letters("Kommunen och handlarna delar på kostnaden", page)
    assert min(chosen) == page.index("Kommunen")
    assert max(chosen) == page.index("kostnaden") + len("kostnaden") - 1


def test_hyphenated_and_wrapped_text_in_a_column_is_marked_line_by_line(library: StandInLibrary) -> None:
    passage = library.passage("p3")
    span = passage.spans[0]
    words = library.report(PDF).page_text(3)[span.start : span.end]
    picture = render_page(library.file(PDF), 3, [words])
    assert len(picture.boxes) == 3
    assert all(box.right < picture.width / 2 for box in picture.boxes)  # the left column
    assert all(words_in(box, picture.png) > 0.05 for box in picture.boxes)
    pixel = Image.open(io.BytesIO(picture.png)).getpixel(
        (int(picture.boxes[0].left) - 2, int(picture.boxes[0].top) + 6)
    )
    assert pixel == (255, 226, 89)


def test_passage_over_two_pages_is_marked_on_both(library: StandInLibrary) -> None:
    report = library.report(PDF)
    marks = []
    for span in library.passage("p4").spans:
        words = report.page_text(span.page)[span.start : span.end]
        marks.append(render_page(library.file(PDF), span.page or 0, [words]).boxes)
    assert len(marks[0]) == 4 and len(marks[1]) == 1


def test_both_columns_of_a_passage_are_marked_apart(tmp_path: Path) -> None:
    text = "Handlarna skriver egna skyltar. " * 12
    file = tmp_path / "a.pdf"
    file.write_bytes(typeset(f"#set page(width: 140mm, height: 70mm)\n#columns(2)[{text}]"))
    picture = render_page(file, 1, [text])
    left = [b for b in picture.boxes if b.right < picture.width / 2 + 5]
    right = [b for b in picture.boxes if b.left > picture.width / 2 - 5]
    assert left and right and len(left) + len(right) == len(picture.boxes)


def test_page_that_the_file_does_not_have_is_an_index_error(library: StandInLibrary) -> None:
    assert page_count(library.file(PDF)) == 4
    with pytest.raises(IndexError):
        render_page(library.file(PDF), 5)


ROOT = Path(__file__).resolve().parents[2]


def marked_share(file: Path) -> list[str]:
    """The spans of a report of which less than 97 % of the letters, or more than the span's own, would be marked."""
    report = read_report(file)
    document = pdfium.PdfDocument(file)
    printed = {}
    for number in range(1, len(document) + 1):
        text_page = document[number - 1].get_textpage()
        printed[number] = "".join(_char(text_page, index) for index in range(text_page.count_chars()))
    document.close()
    wrong = []
    for span in (span for passage in report.passages for span in passage.spans):
        words = report.page_text(span.page)[span.start : span.end]
        page = printed[span.page or 0]
        wanted = len(_letters(words)[0])
        found = len(_letters("".join(page[i] for i in match_letters(words, page)))[0])
        if not 0.97 * wanted <= found <= 1.03 * wanted + 2:
            wrong.append(f"{file.name} s. {span.page}: {found} of {wanted} letters")
    assert report.passages
    return wrong


@pytest.mark.parametrize("file", sorted((ROOT / "corpus").glob("*.pdf")), ids=lambda file: file.name)
def test_every_passage_of_the_corpus_can_be_marked(file: Path) -> None:
    assert marked_share(file) == []


@pytest.mark.originals
def test_every_passage_of_the_originals_can_be_marked() -> None:
    files = sorted((ROOT.parent / "shared" / "corpus").glob("*.pdf"))
    if not files:
        pytest.skip("needs the original documents in ../shared/corpus")
    assert [line for file in files for line in marked_share(file)] == []
