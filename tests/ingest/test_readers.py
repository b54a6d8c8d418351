import io
import struct
import zlib
from pathlib import Path

import pypdf
import pytest

from ingest.errors import UnreadableFile
from ingest.pipeline import read_report
from ingest.readers import extract


def reason(path: Path) -> str:
    with pytest.raises(UnreadableFile) as error:
        read_report(path)
    assert error.value.document == path.name
    return error.value.reason


def test_an_encrypted_pdf_is_named_with_the_next_step(tmp_path: Path, typeset) -> None:
    writer = pypdf.PdfWriter(clone_from=typeset("new_regions"))
    writer.encrypt("hemligt", algorithm="RC4-128")
    path = tmp_path / "last.pdf"
    writer.write(path)
    assert "lösenord" in reason(path)


def test_a_truncated_pdf_is_unreadable(tmp_path: Path, typeset) -> None:
    path = tmp_path / "halv.pdf"
    path.write_bytes(typeset("new_regions").read_bytes()[:2000])
    assert "avklippt" in reason(path)


@pytest.mark.parametrize(("name", "data"), [("tom.pdf", b""), ("tom.txt", b" \n \n"), ("tom.html", b"")])
def test_an_empty_file_is_unreadable(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert "tom" in reason(path)


def test_a_scanned_pdf_says_that_ocr_is_needed(tmp_path: Path) -> None:
    import typst

    (tmp_path / "scan.png").write_bytes(_png())
    (tmp_path / "scan.typ").write_text('#image("scan.png", width: 10cm)')
    path = tmp_path / "scan.pdf"
    typst.compile(str(tmp_path / "scan.typ"), output=str(path))
    assert "OCR" in reason(path)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("bild.pdf", b"\x89PNG\r\n\x1a\n....", "en bild"),
        ("brev.txt", b"PK\x03\x04....", "Word"),
        ("rapport.md", b"%PDF-1.7 ...", "en PDF"),
        ("rapport.pdf", b"Bara text, ingen PDF.", "ingen PDF"),
        ("brus.txt", bytes(range(256)) * 4, "ingen textfil"),
        ("rapport.docx", b"PK\x03\x04", "filtypen .docx"),
        ("text.html", b"Bara text utan taggar", "ingen HTML"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_unreadable(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    message = reason(path)
    assert said in message
    assert message.endswith(".")


def test_page_text_of_a_pdf_is_exactly_what_pypdf_extracts(typeset) -> None:
    report = read_report(typeset("two_columns"))
    extracted = [page.extract_text() for page in pypdf.PdfReader(typeset("two_columns")).pages]
    assert [page.text for page in report.pages] == extracted
    assert [page.number for page in report.pages] == list(range(1, len(extracted) + 1))


def test_text_in_windows_encoding_keeps_its_letters(tmp_path: Path) -> None:
    path = tmp_path / "gammal.txt"
    path.write_bytes("Gågatan i Västerås är öppen för alla som vill gå där.".encode("cp1252"))
    assert read_report(path).passages[0].text == "Gågatan i Västerås är öppen för alla som vill gå där."


def test_a_form_feed_starts_a_page(read) -> None:
    report = read("Första sidan säger något om torget.\n\fAndra sidan säger något om gatan.\n")
    assert [p.pages for p in report.passages] == [(1, 1), (2, 2)]


def test_html_blocks_are_lines_and_menus_are_left_out(read) -> None:
    report = read(
        "<html><head><title>Om torget</title><style>p{}</style></head><body><nav>Start</nav><h1>Torget i Skara</h1>"
        "<h2>Läget</h2><p>Torget är <b>öppet</b>\n igen för handlare.</p>"
        "<ul><li>Punkt ett är kort</li></ul></body></html>",
        "torget.html",
    )
    assert report.title == "Om torget"
    assert [(p.kind, p.text, p.heading) for p in report.passages] == [
        ("paragraph", "Torget är öppet igen för handlare.", "Läget"),
        ("bullet", "Punkt ett är kort", "Läget"),
    ]


def _png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = zlib.compress(b"\0" + b"\x80" * 30)
    out = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    out.seek(0, 2)
    out.write(
        chunk(b"IHDR", struct.pack(">IIBBBBB", 10, 1, 8, 2, 0, 0, 0)) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )
    return out.getvalue()


def test_a_block_of_html_that_is_wholly_bold_is_a_bold_line(tmp_path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<p><b>Vem betalar?</b></p><p><b>Piteå</b> betalar</p><p>Ingen</p>", encoding="utf-8")
    assert [sign.bold for sign in extract(path, "a.html").signs.values()] == [True, False, False]
