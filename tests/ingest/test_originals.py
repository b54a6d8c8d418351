# ruff: noqa: E501
"""What the original reports say of regions, hosts, towns and participants, read by eye; and that every quote stands.

Only names and figures are here, no wording of the originals.
"""

import re
import time
from pathlib import Path

import pytest

from ingest.cleaning import quote_form
from ingest.model import Report
from ingest.pipeline import read_report

ORIGINALS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
pytestmark = pytest.mark.originals

NAMES = [
    "citygroup-2019-09.pdf",
    "citygroup-2021-02.pdf",
    "citygroup-2024-02.md",
    "karlstad-sociala-medier.txt",
    "helsingborg-strategi-sociala-medier-2023-09.pdf",
]

REGIONS = {
    "citygroup-2019-09.pdf": [
        ("Norr", "Umeå", (4, 6), 24, "Sundsvall Östersund Luleå Örnsköldsvik Piteå Kramfors Umeå Sollefteå Skellefteå Vännäs Vindeln Bjurholm"),
        ("Värmland/Dalsland", "Arvika", (7, 9), 11, "Torsby Karlstad Åmål Säffle Degerfors Arvika Malmö"),
        ("Dalarna/Gävleborg", "Söderhamn", (10, 13), 11, "Bollnäs Ludvika Västerås Ljusdal Söderhamn Hudiksvall Falun Tierp"),
        ("Stockholm/Mälardalen", "Katrineholm", (14, 15), 7, "Södertälje Stockholm Ingarö Askersund Strängnäs Katrineholm"),
        ("Väst", "Skövde", (16, 18), 15, "Kungsbacka Jönköping Skövde Ulricehamn Tidaholm Lidköping Tibro Skara Mölndal Mölnlycke Göteborgsregionen Lysekil Mariestad Vårgårda Herrljunga"),
        ("Syd", "Kristianstad", (19, 22), 18, "Kristianstad Karlskrona Osby Eslöv Malmö Helsingborg Hässleholm Lomma Älmhult Oskarshamn Kalmar"),
    ],
    "citygroup-2021-02.pdf": [
        ("Norr", "Örnsköldsvik", (12, 15), 13, "Sundsvall Östersund Boden Kiruna Kramfors Vännäs Sollefteå Piteå Umeå Malmö"),
        ("Värmland/Dalsland", "Åmål", (16, 18), 9, "Malmö Karlstad Kristinehamn Hagfors Åmål Torsby Arvika"),
        ("Mälardalen/Öst", "Kalmar", (19, 21), 15, "Huddinge Oskarshamn Södertälje Västervik Kalmar Solna Mariehamn Uppsala Eskilstuna Bromma Nynäshamn Stockholm Örebro"),
        ("Dalarna/Gävleborg", "Ludvika", (22, 25), 13, "Falun Ludvika Bollnäs Ljusdal Sollerön Svärdsjö Grängesberg Sandviken Tierp Hudiksvall"),
        ("Väst", "Göteborg", (26, 27), 19, "Stockholm Mölnlycke Jönköping Göteborg Uddevalla Timmersdala Väröbacka Ulricehamn Mariestad Trollhättan Lidköping Laholm Linköping Falköping"),
        ("Syd", "Ängelholm", (28, 33), 20, "Halmstad Ängelholm Trelleborg Karlskrona Hässleholm Löddeköpinge Ronneby Ystad Sölvesborg Helsingborg Simrishamn Kävlinge Karlshamn Malmö Eslöv Kristianstad"),
    ],
    "citygroup-2024-02.md": [
        ("Norr", "Örnsköldsvik", (4, 6), None, ""),
        ("Dalarna/Gävleborg", "Mora", (7, 10), None, ""),
        ("Väst", "Mölnlycke", (11, 15), None, ""),
        ("Öst", "Nyköping", (16, 20), None, ""),
        ("Syd", "Ljungby", (21, None), None, ""),
        ("Värmland/Dalsland", "Torsby", (None, None), None, ""),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", REGIONS)
def test_every_region_has_its_pages_host_participants_and_towns(original, name: str) -> None:
    found = [(r.region, r.host_town, r.pages, r.participants, " ".join(r.towns)) for r in original(name).regions]
    assert found == REGIONS[name]


def test_a_cancelled_region_and_a_cover_that_names_another_host(original) -> None:
    report = original("citygroup-2024-02.md")
    assert [r.region for r in report.regions if r.cancelled] == ["Värmland/Dalsland"]
    assert len(report.warnings) == 1
    assert "Kungsbacka" in report.warnings[0]
    assert "Mölnlycke" in report.warnings[0]


@pytest.mark.parametrize(
    ("name", "dates", "label", "theme", "form", "total"),
    [
        (
            "citygroup-2019-09.pdf",
            ("2019-09-02", "2019-09-03"),
            "Citygroupträff 3 september 2019",
            "Kommunens roll och ansvar i stadsutvecklingen",
            "fysisk",
            "86",
        ),
        (
            "citygroup-2021-02.pdf",
            ("2021-02-09",),
            "Digital Citygroupträff 9 februari 2021",
            "Fiffiga lösningar",
            "digital",
            "89",
        ),
        (
            "citygroup-2024-02.md",
            ("2024-02-05", "2024-02-06"),
            "Citygroupträff 5-6 februari 2024",
            "Kommunikation med mera",
            "fysisk",
            "cirka 80",
        ),
    ],
)
def test_the_meeting_is_what_the_cover_says(original, name, dates, label, theme, form, total) -> None:
    report = original(name)
    meeting = report.meeting
    assert (meeting.dates, meeting.date, meeting.label) == (dates, dates[-1], label)
    assert (meeting.theme, meeting.form) == (theme, form)
    assert [f.value for f in report.facts if f.name == "participants_total"] == [total]


def test_next_meetings_are_found(original) -> None:
    def upcoming(name: str) -> list[str]:
        return [f.value for f in original(name).facts if f.name == "next_meeting"]

    assert upcoming("citygroup-2019-09.pdf") == ["4 februari 2020", "8 september 2020"]
    assert upcoming("citygroup-2021-02.pdf") == ["5 oktober 2021"]
    assert upcoming("citygroup-2024-02.md") == ["1 oktober 2024", "30 september-1 oktober 2024"]
    hosts = [f.value for f in original("citygroup-2019-09.pdf").facts if f.name == "next_host_towns"]
    assert hosts == ["Sölvesborg, Borås, Hudiksvall, Kramfors, Degerfors, Norrköping"]


def test_documents_are_about_their_town(original) -> None:
    article = original("karlstad-sociala-medier.txt")
    strategy = original("helsingborg-strategi-sociala-medier-2023-09.pdf")
    assert (article.kind, article.about, article.date) == ("article", ("Karlstad",), None)
    assert (strategy.kind, strategy.about, strategy.date) == ("strategy", ("Helsingborg",), "2023-09-14")
    assert all(p.towns == ("Karlstad",) for p in article.passages)
    assert not any(re.search(r"230914|^BN\b", p.text) for p in strategy.passages)


PRESENTKORT = [
    ("citygroup-2021-02.pdf", "Kramfors", "Norr", 15, "4."),
    ("citygroup-2021-02.pdf", "Östersund", "Norr", 15, "4."),
    ("citygroup-2021-02.pdf", None, "Värmland/Dalsland", 16, "1."),
    ("citygroup-2021-02.pdf", None, "Värmland/Dalsland", 17, "1."),
    ("citygroup-2021-02.pdf", None, "Värmland/Dalsland", 18, "3."),
    ("citygroup-2021-02.pdf", "Västervik", "Mälardalen/Öst", 19, "1."),
    ("citygroup-2021-02.pdf", "Kalmar", "Mälardalen/Öst", 19, None),
    ("citygroup-2021-02.pdf", None, "Dalarna/Gävleborg", 25, "4."),
    ("citygroup-2021-02.pdf", "Falköping", "Väst", 26, "1."),
    ("citygroup-2021-02.pdf", None, "Väst", 27, "3."),
    ("citygroup-2021-02.pdf", "Ängelholm", "Syd", 28, "1."),
    ("citygroup-2021-02.pdf", "Halmstad", "Syd", 29, "1."),
    ("citygroup-2021-02.pdf", "Halmstad", "Syd", 29, "1."),
    ("citygroup-2021-02.pdf", "Hässleholm", "Syd", 30, "1."),
    ("citygroup-2024-02.md", None, "Öst", None, "3."),
]


def test_every_passage_on_gift_cards_has_town_region_page_and_question(original) -> None:
    found = [
        (p.document, p.town, p.region, p.page, p.question and p.question[:2])
        for name in NAMES
        for p in original(name).passages
        if "presentkort" in p.text.casefold()
    ]
    assert sorted(found, key=str) == sorted(PRESENTKORT, key=str)


@pytest.mark.parametrize(
    ("name", "word", "town", "region", "heading"),
    [
        ("citygroup-2021-02.pdf", "rökfritt", "Piteå", "Norr", "FÖRSLAG PÅ ÅTGÄRDER"),
        ("citygroup-2021-02.pdf", "pulkor", None, "Norr", "BLANDAT"),
        ("citygroup-2021-02.pdf", "sommarkalender", "Åland", "Mälardalen/Öst", "ÅLAND"),
        ("citygroup-2021-02.pdf", "QR-kod ", "Ludvika", "Dalarna/Gävleborg", None),
        ("citygroup-2021-02.pdf", "spöknatta", "Ljusdal", "Dalarna/Gävleborg", "Hur löser man torghandeln?"),
        ("citygroup-2021-02.pdf", "postlådan", "Södertälje", None, None),
        ("citygroup-2019-09.pdf", "driftsorganisation", "Söderhamn", "Dalarna/Gävleborg", "ÖNSKEMÅL"),
        ("citygroup-2019-09.pdf", "lönebidrag", "Åmål", "Värmland/Dalsland", "TIPS"),
        ("citygroup-2019-09.pdf", "stuprörstänket", None, "Syd", None),
        ("citygroup-2024-02.md", "pressmeddelanden. Vid", "Umeå", "Norr", None),
        ("citygroup-2024-02.md", "Mailchimp", "Växjö", "Syd", None),
        ("citygroup-2024-02.md", "turistbyråer", "Höga Kusten", "Dalarna/Gävleborg", "EXEMPEL"),
        ("citygroup-2024-02.md", "mittfalun", None, "Dalarna/Gävleborg", "INVÅNARNAS PERSPEKTIV"),
    ],
)
def test_passages_know_their_place(original, name, word, town, region, heading) -> None:
    (found,) = [p for p in original(name).passages if word in p.text]
    assert (found.town, found.region) == (town, region)
    if heading:
        assert found.heading == heading


def test_groups_and_numbers_of_questions_are_kept(original) -> None:
    passages = original("citygroup-2021-02.pdf").passages
    assert {p.group for p in passages if p.region == "Syd"} == {"Grupp 1", "Grupp 2"}
    assert {p.group for p in passages if p.region != "Syd"} == {None}
    numbers = {p.region: {q.question_number for q in passages if q.region == p.region} for p in passages if p.region}
    assert numbers["Väst"] == {1, 2, 3, 4}
    assert numbers["Syd"] == {1, 2, 3, 4, 5}


def stands(report: Report, quote: str, page: int | None) -> bool:
    texts = {p.number: p.text for p in report.pages}
    if quote in quote_form(texts[page]):
        return True
    return page is not None and page + 1 in texts and quote in quote_form(f"{texts[page]}\n{texts[page + 1]}")


@pytest.mark.parametrize("name", NAMES)
def test_every_quote_stands_on_its_page(original, name: str) -> None:
    report = original(name)
    assert len(report.passages) > 10
    assert [p.quote for p in report.passages if not any(stands(report, p.quote, s.page) for s in p.spans)] == []
    assert [f.quote for f in report.facts if not stands(report, f.quote, f.span.page)] == []


def test_the_originals_are_read_in_seconds(original) -> None:
    original(NAMES[0])  # skips where they are missing
    start = time.perf_counter()
    for name in NAMES:
        read_report(ORIGINALS / name)
    assert time.perf_counter() - start < 20
