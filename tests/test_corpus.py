"""The shipped corpus: what is committed is what its sources give, page by page, without contact details."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pypdf
import pytest
from bs4 import BeautifulSoup

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
ORIGINALS = CORPUS.parent.parent / "shared" / "corpus"
SOURCES = sorted((CORPUS / "source").glob("*.md"))
DOCUMENTS = sorted(path for path in CORPUS.iterdir() if path.suffix in (".pdf", ".html"))

EMAIL = re.compile(r"\S+@\S+\.\w{2,}")
# A Swedish number: area code from 0 or +46, then groups of two or three digits. Sums and dates do not start so.
PHONE = re.compile(r"(?<!\d)(?<!\d )(?:\+46[\s(]*0?\)?\s?|0)[1-9]\d{0,2}[\s/-]{0,3}\d{2,3}(?:[\s-]?\d{2,3}){1,2}(?!\d)")


def load_build() -> ModuleType:
    """corpus/source/build.py as a module; the folder is data and no package."""
    spec = importlib.util.spec_from_file_location("corpus_build", CORPUS / "source" / "build.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


build = load_build()


def texts(path: Path) -> list[str]:
    """The text of each page (of the whole, for HTML) with white space collapsed."""
    if path.suffix == ".html":
        pages = [BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").get_text(" ")]
    else:
        pages = [page.extract_text() for page in pypdf.PdfReader(path).pages]
    return [" ".join(page.split()) for page in pages]


def write_source(folder: Path, text: str) -> Path:
    path = folder / "prov.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_source_has_its_document_and_every_document_its_source() -> None:
    assert SOURCES
    assert [path.stem for path in DOCUMENTS] == [path.stem for path in SOURCES]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_committed_document_is_what_its_source_gives(source: Path, tmp_path: Path) -> None:
    built = build.build(source, tmp_path)
    assert texts(built) == texts(CORPUS / built.name)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_each_statement_stands_on_the_page_its_source_marks(source: Path) -> None:
    digest = build.parse(source.read_text(encoding="utf-8"), source.stem)
    pages = texts(next(path for path in DOCUMENTS if path.stem == source.stem))
    assert len(pages) == len(digest.pages)
    for page, text in zip(digest.pages, pages, strict=True):
        assert page.blocks, f"page {page.number} of {source.name} is empty"
        for block in page.blocks:
            assert " ".join(block["text"].split()) in text


@pytest.mark.parametrize("path", SOURCES + DOCUMENTS, ids=lambda path: path.name)
def test_no_contact_details(path: Path) -> None:
    text = path.read_text(encoding="utf-8") if path.suffix == ".md" else " ".join(texts(path))
    assert EMAIL.findall(text) + [match[0] for match in PHONE.finditer(text)] == []


@pytest.mark.parametrize(
    "text", ["070-123 45 67", "tel. 08-123 456 78", "+46 70 123 45 67", "0701234567", "+46 (0)70 123 45 67"]
)
def test_telephone_numbers_would_be_found(text: str) -> None:
    assert PHONE.search(text)


@pytest.mark.parametrize("text", ["500 000 kr", "2021-02-09", "5-6 februari 2024", "24-25 miljoner", "10 000 000 kr"])
def test_sums_and_dates_are_not_taken_for_telephone_numbers(text: str) -> None:
    assert not PHONE.search(text)


@pytest.mark.originals
def test_a_digest_has_as_many_pages_as_its_original() -> None:
    paths = [path for path in DOCUMENTS if (ORIGINALS / path.name).is_file() and path.suffix == ".pdf"]
    if not ORIGINALS.is_dir():
        pytest.skip("the original documents are not at hand")
    assert len(paths) >= 3
    for path in paths:
        assert len(pypdf.PdfReader(path).pages) == len(pypdf.PdfReader(ORIGINALS / path.name).pages), path.name


def test_a_page_with_too_much_text_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    rows = "".join(f"- rad {number}\n" for number in range(90))
    source = write_source(tmp_path, f"<!-- sida 1 -->\n# Prov\n<!-- sida 2 -->\n{rows}<!-- sida 3 -->\n- kort\n")
    with pytest.raises(build.SourceError, match=r"prov\.md.*: page 2$"):
        build.build(source, tmp_path)
    assert not list(tmp_path.glob("*.pdf"))


def test_text_size_steps_down_until_the_fullest_page_fits(tmp_path: Path) -> None:
    def pages_with(rows: int) -> int:
        lines = "".join(f"- rad {number}\n" for number in range(rows))
        source = write_source(tmp_path, f"<!-- sida 1 -->\n# Prov\n{lines}<!-- sida 2 -->\n- kort\n")
        return len(texts(build.build(source, tmp_path)))

    assert pages_with(10) == pages_with(44) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<!-- sida 1 -->\n# Prov\n<!-- sida 3 -->\nx\n", "line 3: page 3 where 2 is next"),
        ("<!-- sida 1 -->\n# Prov\n##### djup\n", "line 3: not part of the format"),
        ("# Prov\n<!-- sida 1 -->\nx\n", "line 1: not part of the format, or above the first page"),
        ("<!-- sida 1 -->\n- utan rubrik\n", "neither a '# ' heading nor"),
    ],
)
def test_a_source_that_does_not_follow_the_format_is_refused(text: str, message: str) -> None:
    with pytest.raises(build.SourceError, match=re.escape(message)):
        build.parse(text, "prov")


def test_characters_of_markup_stay_text(tmp_path: Path) -> None:
    odd = "pris *50%* #stad $5 _x_ [a] <b> @namn \\ ~ `kod` ”citat” & – affisch fjäll"
    head = "<!-- namn: Prov & <test> -->\n"
    pdf = build.build(write_source(tmp_path, f"{head}<!-- sida 1 -->\n- {odd}\n"), tmp_path)
    page = build.build(write_source(tmp_path, f"{head}- {odd}\n"), tmp_path)
    assert [path.suffix for path in (pdf, page)] == [".pdf", ".html"]
    assert odd in texts(pdf)[0] and odd in texts(page)[0]


def test_wrapped_lines_are_one_block_but_stand_apart_on_a_contents_page() -> None:
    pages = build.parse(
        "<!-- sida 1 -->\n# Prov\n- en punkt som\n  fortsätter\n<!-- sida 2 -->\n"
        "REGION X – Y ..... 4\nRepresenterade orter: A\nAntal deltagare: 2\n",
        "prov",
    ).pages
    assert pages[0].blocks[1] == {"kind": "bullet", "text": "en punkt som fortsätter"}
    assert pages[1].blocks == [
        {"kind": "entry", "text": "REGION X – Y", "page": "4"},
        {"kind": "paragraph", "text": "Representerade orter: A"},
        {"kind": "paragraph", "text": "Antal deltagare: 2"},
    ]


def test_building_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    source = write_source(tmp_path, "<!-- sida 1 -->\n# Prov\n<!-- sida 2 -->\n- punkt\n")
    assert build.build(source, tmp_path).read_bytes() == build.build(source, tmp_path).read_bytes()


def test_every_document_says_that_it_is_not_the_original() -> None:
    for path in DOCUMENTS:
        assert "Sammandrag i egna ord" in texts(path)[0] and "inte originalet" in texts(path)[0]


def test_a_word_with_its_own_hyphen_is_not_broken_at_it(tmp_path: Path) -> None:
    words = " ".join(f"pop-up-butik/{'x' * number}" for number in range(1, 40))
    built = build.build(write_source(tmp_path, f"<!-- sida 1 -->\n# Prov\n- {words}\n"), tmp_path)
    assert words in texts(built)[0]
