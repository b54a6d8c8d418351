from __future__ import annotations

import io
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from PIL import Image

from ingest.pipeline import read_report
from tests.ui.standins import PDF, StandInLibrary, typeset
from ui.pages import PIXELS, Box, Words, _char, _letters, match_letters, page_count, render_page, words_at


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
    chosen = "".join(page[i] for i in match_letters(Words(quote), page))
    assert chosen == found


def test_quote_broken_by_another_column_is_found_in_pieces() -> None:
    page = "Butikerna håller öppet längre ANDRA SPALTEN HANDLAR OM ANNAT varje torsdag under hela sommaren"
    quote = Words("Butikerna håller öppet längre varje torsdag under hela sommaren")
    chosen = "".join(page[i] for i in match_letters(quote, page))
    assert chosen == "Butikernahålleröppetlängrevarjetorsdagunderhelasommaren"


def test_short_common_words_elsewhere_on_the_page_are_not_marked() -> None:
    page = "och det är så. Kommunen och handlarna delar på kostnaden och det är bra."
    chosen = match_letters(Words("Kommunen och handlarna delar på kostnaden"), page)
    assert min(chosen) == page.index("Kommunen")
    assert max(chosen) == page.index("kostnaden") + len("kostnaden") - 1


def test_words_that_stand_on_a_page_twice_are_marked_where_they_are_cited(tmp_path: Path) -> None:
    page = "Norr\nDeltagare: 13\nSyd, som alla av dem i norr\nDel-\ntagare: 13"
    first, second = page.index("Deltagare"), page.index("Del-")
    for start, end in ((first, first + 13), (second, len(page))):
        words = words_at(page, start, end)
        chosen = match_letters(words, page)
        assert (chosen[0], chosen[-1]) == (start, end - 1)
    file = tmp_path / "a.pdf"
    file.write_bytes(typeset("Norr\\\nDeltagare: 13\\\nSyd\\\nDeltagare: 13"))
    tops = [render_page(file, 1, [Words("Deltagare: 13", earlier)]).boxes[0].top for earlier in (0, 1)]
    assert tops[0] < tops[1]


def test_hyphenated_and_wrapped_text_in_a_column_is_marked_line_by_line(library: StandInLibrary) -> None:
    passage = library.passage("p3")
    span = passage.spans[0]
    words = words_at(library.report(PDF).page_text(3), span.start, span.end)
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
        words = words_at(report.page_text(span.page), span.start, span.end)
        marks.append(render_page(library.file(PDF), span.page or 0, [words]).boxes)
    assert len(marks[0]) == 4 and len(marks[1]) == 1


def test_both_columns_of_a_passage_are_marked_apart(tmp_path: Path) -> None:
    text = "Handlarna skriver egna skyltar. " * 12
    file = tmp_path / "a.pdf"
    file.write_bytes(typeset(f"#set page(width: 140mm, height: 70mm)\n#columns(2)[{text}]"))
    picture = render_page(file, 1, [Words(text)])
    left = [b for b in picture.boxes if b.right < picture.width / 2 + 5]
    right = [b for b in picture.boxes if b.left > picture.width / 2 - 5]
    assert left and right and len(left) + len(right) == len(picture.boxes)


def test_page_that_the_file_does_not_have_is_an_index_error(library: StandInLibrary) -> None:
    assert page_count(library.file(PDF)) == 4
    with pytest.raises(IndexError):
        render_page(library.file(PDF), 5)


def test_picture_of_a_page_that_is_a_strip_stays_within_bounds(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(typeset("#set page(width: 10pt, height: 3000pt, margin: 0pt)\nx"))
    picture = render_page(file, 1)
    assert picture.width * picture.height <= 1.01 * PIXELS


ROOT = Path(__file__).resolve().parents[2]


BESIDE = 12  # letters before and after that tell a place


def misplaced(file: Path) -> list[str]:
    """What of a report would not be marked where it stands: letters that miss or are too many, or another place."""
    report = read_report(file)
    document = pdfium.PdfDocument(file)
    printed = {}
    for number in range(1, len(document) + 1):
        text_page = document[number - 1].get_textpage()
        printed[number] = "".join(_char(text_page, index) for index in range(text_page.count_chars()))
    document.close()
    wrong = []
    cited = [span for passage in report.passages for span in passage.spans] + [fact.span for fact in report.facts]
    for span in cited:
        read, page = report.page_text(span.page), printed[span.page or 0]
        words = words_at(read, span.start, span.end)
        chosen = match_letters(words, page)
        wanted, found = (len(_letters(text)[0]) for text in (words.text, "".join(page[i] for i in chosen)))
        if not 0.97 * wanted <= found <= 1.03 * wanted + 2:
            wrong.append(f"{file.name} s. {span.page}: {found} of {wanted} letters")
        elif not set(beside(read, span.start, span.end)) & set(beside(page, chosen[0], chosen[-1] + 1)):
            wrong.append(f"{file.name} s. {span.page}: stands between other words")
    assert report.passages
    return wrong


def beside(text: str, start: int, end: int) -> tuple[str, str]:
    """The letters before and after a piece of text, told apart; one doubled at its edge may belong to either side."""
    (before, _), (piece, _), (after, _) = _letters(text[:start]), _letters(text[start:end]), _letters(text[end:])
    before, after = before.rstrip(piece[0]), after.lstrip(piece[-1])
    return f"{before[-BESIDE:]}|", f"|{after[:BESIDE]}"


@pytest.mark.parametrize("file", sorted((ROOT / "corpus").glob("*.pdf")), ids=lambda file: file.name)
def test_everything_cited_from_the_corpus_is_marked_where_it_stands(file: Path) -> None:
    assert misplaced(file) == []


@pytest.mark.originals
def test_everything_cited_from_the_originals_is_marked_where_it_stands() -> None:
    files = sorted((ROOT.parent / "shared" / "corpus").glob("*.pdf"))
    if not files:
        pytest.skip("needs the original documents in ../shared/corpus")
    assert [line for file in files for line in misplaced(file)] == []
