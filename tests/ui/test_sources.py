from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from ingest.model import Report
from tests.ui.standins import PDF, QUESTION, StandInAssistant, StandInLibrary
from ui import sources_html
from ui.browse import by_time, question_pages, region_passages, town_counts, town_page
from ui.places import swedish_places


@pytest.fixture
def open_sources(open_app: Callable[..., AppTest]) -> Callable[..., AppTest]:
    """The page Källor at an address; app.py is run for its navigation, then the page is chosen."""

    def start(**parameters: str) -> AppTest:
        at = AppTest.from_function(_page, default_timeout=30)
        for name, value in parameters.items():
            at.query_params[name] = value
        return at.run()

    return start


def _page() -> None:
    from ui import sources, state

    with state.explained():
        sources.render(state.assistant())


def html(at: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in at.get("html"))


def links(text: str) -> Iterator[str]:
    yield from re.findall(r'href="\?([^"]*)"', text)


def test_all_reports_stand_in_time_with_what_they_hold(open_sources: Callable[..., AppTest]) -> None:
    at = open_sources()
    assert not at.exception
    text = html(at)
    assert "Dokumentation av provträffen" in text and "Tema: Liv på torget" in text
    assert "Värdstäder: Piteå, Kalmar" in text and "1 anmärkning" in text
    assert text.index("2022") < text.index("Utan datum") < text.index("Loppis på torget")


def test_every_report_says_when_this_very_file_was_read(
    open_sources: Callable[..., AppTest], library: StandInLibrary
) -> None:
    corpus = {report.document: report.sha256 for report in library.reports}
    library.manifest = replace(library.manifest, corpus=corpus, read={corpus[PDF]: "2025-11-03T12:00:00+00:00"})
    at = open_sources()
    first, second = html(at).split('<h2 class="cg-year">')[1:]
    assert "inläst 3 november 2025" in first
    assert "inläst 2 januari 2026" in second  # nothing was kept about it: the index' own time
    assert "Den senaste inläst 2 januari 2026" in at.caption[0].value
    assert "<dt>Inläst</dt><dd>3 november 2025</dd>" in html(open_sources(vy="rapport", rapport=PDF))


def test_report_shows_regions_with_pages_hosts_and_towns(open_sources: Callable[..., AppTest]) -> None:
    at = open_sources(vy="rapport", rapport=PDF)
    text = html(at)
    assert not at.exception and at.header[0].value == "Dokumentation av provträffen"
    assert "s. 3–4" in text and "Karlskrona</a>" in text and ">9</td>" in text
    assert "Omslaget nämner en annan värdstad" in text
    assert f"<h3>{QUESTION}</h3>" in text and "Piteå delar ut lotter" in text
    assert "Växjö lånar ut" not in text  # the first region is read first


def test_region_of_a_report_is_chosen_by_a_click(open_sources: Callable[..., AppTest]) -> None:
    at = open_sources(vy="rapport", rapport=PDF, region="Sydost")
    assert "Växjö lånar ut" in html(at) and "Piteå delar ut lotter" not in html(at)


def test_town_across_meetings(open_sources: Callable[..., AppTest]) -> None:
    at = open_sources(vy="ort", ort="Kalmar")
    assert at.header[0].value == "Allt om Kalmar"
    assert "Värdstad: 3 mars 2022" in html(at) and "sensorer i entréerna" in html(at)


def test_unknown_town_says_that_nothing_is_about_it(open_sources: Callable[..., AppTest]) -> None:
    at = open_sources(vy="ort", ort="Ingenstans")
    assert not at.exception and "Inga stycken handlar om Ingenstans." in at.info[0].value


def test_question_across_regions(open_sources: Callable[..., AppTest]) -> None:
    at = open_sources(vy="fraga")
    text = html(at)
    assert at.header[0].value == QUESTION
    assert text.index("Region Nord · 3 mars 2022</h3>") < text.index("Region Sydost · 3 mars 2022</h3>")


def test_map_links_every_town_that_lies_in_sweden(open_sources: Callable[..., AppTest]) -> None:
    at = open_sources(vy="karta")
    text = html(at)
    assert not at.exception
    assert {q for q in links(text) if q.startswith("vy=ort")} >= {"vy=ort&amp;ort=Kalmar", "vy=ort&amp;ort=Arvika"}
    assert 'aria-label="Arvika: 2 stycken"' in text


def test_source_opens_beside_the_list_and_closes_again(open_sources: Callable[..., AppTest]) -> None:
    at = open_sources(vy="ort", ort="Kalmar", dokument=PDF, sida="3", stycke="p2")
    assert "Sida 3 av 4" in html(at) and at.header[0].value == "Allt om Kalmar"
    at = at.button(key="source-close").click().run()
    assert "Sida 3 av 4" not in html(at) and at.query_params["ort"] == "Kalmar"


def test_every_passage_links_to_its_page(library: StandInLibrary) -> None:
    page = town_page("Växjö", library.reports)
    text = sources_html.passages(sources_html.group_by_chapter(page.mentions))
    assert list(links(text)) == [f"dokument={PDF}&amp;sida=3&amp;stycke=p3"]


def test_towns_are_counted_most_first(library: StandInLibrary) -> None:
    counts = town_counts(library.reports)
    assert next(iter(counts.items())) == ("Arvika", 2) and counts["Kalmar"] == 1


def test_newest_first_and_undated_last(library: StandInLibrary) -> None:
    assert [r.document for r in by_time(tuple(reversed(library.reports)))] == [PDF, "arvika-loppis.txt"]
    assert by_time(()) == []


def test_questions_keep_their_regions(library: StandInLibrary) -> None:
    (page,) = question_pages(library.reports[0])
    assert page.regions == ("Nord", "Sydost") and page.wording == QUESTION
    assert question_pages(library.reports[1]) == []
    assert list(region_passages(library.reports[0], "Nord")) == [QUESTION]


def asked(report: Report, *questions: tuple[str, int, str]) -> Report:
    """A report whose passages answer these (region, number, wording)."""
    one = report.passages[0]
    passages = [
        replace(one, id=f"q{n}", order=n, region=region, question_number=number, question=f"{number}. {wording}")
        for n, (region, number, wording) in enumerate(questions)
    ]
    return replace(report, passages=tuple(passages))


def told(report: Report) -> dict[str, tuple[str, ...]]:
    return {page.wording: page.regions for page in question_pages(report)}


def test_a_region_that_numbers_its_questions_otherwise_stands_under_the_question_it_answers(
    library: StandInLibrary,
) -> None:
    report = asked(
        library.reports[0],
        ("Nord", 1, "Hur möts ni på torget?"),
        ("Nord", 2, "Vilka fönster visar konst?"),
        ("Sydost", 1, "Vad kostar en parkeringsplats?"),
        ("Sydost", 2, "Hur möts ni på torget?"),
    )
    assert told(report) == {
        "1. Hur möts ni på torget?": ("Nord", "Sydost"),
        "1. Vad kostar en parkeringsplats?": ("Sydost",),
        "2. Vilka fönster visar konst?": ("Nord",),
    }


def test_a_question_in_two_regions_own_words_is_one_and_two_alike_of_one_region_are_two(
    library: StandInLibrary,
) -> None:
    report = asked(
        library.reports[0],
        ("Nord", 1, "Hur arbetar ni med ljuset?"),
        ("Nord", 2, "Hur arbetar ni med ljudet?"),
        ("Sydost", 1, "Hur arbetar du med ljudet?"),
    )
    assert told(report) == {
        "1. Hur arbetar ni med ljuset?": ("Nord",),
        "2. Hur arbetar ni med ljudet?": ("Nord", "Sydost"),
    }


def test_link_to_a_question_that_is_gone_says_so(open_sources: Callable[..., AppTest]) -> None:
    at = open_sources(vy="fraga", fraga=f"{PDF}#9. Hur gick det sedan?")
    assert "finns inte längre" in at.info[0].value and at.header[0].value == QUESTION
    assert not open_sources(vy="fraga", fraga=f"{PDF}#{QUESTION}").info


def test_hundred_reports_are_listed_within_a_second(assistant: StandInAssistant) -> None:
    import time

    reports = assistant.library.reports * 50
    started = time.perf_counter()
    sources_html.timeline(reports, assistant.library.manifest)
    sources_html.town_map(town_counts(reports))
    assert time.perf_counter() - started < 1


def test_map_knows_towns_by_their_swedish_names() -> None:
    places = swedish_places()
    assert places["Göteborg"] == pytest.approx((57.7, 11.97), abs=0.05)
    assert "Mariehamn" in places
