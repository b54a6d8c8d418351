"""Where relevance ends: filters, thresholds, figures, repeats."""

from __future__ import annotations

from dataclasses import replace

import pytest

from answer.model import Understanding
from answer.relevance import (
    ANSWER,
    LIST,
    MET,
    MOST,
    SURE,
    UNWORDED,
    admitted,
    relevant,
    speaks_of,
    without_repeats,
)
from index.library import Library
from index.model import SearchHit, SearchResult
from ingest.model import Passage, Span


def passage(text: str = "Kortet säljs.", number: int = 0, **fields: object) -> Passage:
    base = Passage(f"p{number}", "d", number, "bullet", text, text, (Span(1, 0, 1),))
    return replace(base, **fields)  # type: ignore[arg-type]


def hits(*probabilities: float, texts: tuple[str, ...] = (), cover: float = 1.0) -> SearchResult:
    return SearchResult(
        tuple(
            SearchHit(passage(texts[n] if texts else f"Kort nummer {n}.", n), probability, {"cover": cover})
            for n, probability in enumerate(probabilities)
        )
    )


def chosen(result: SearchResult, library: Library, **fields: object) -> list[int]:
    understood = Understanding("kort", **fields)  # type: ignore[arg-type]
    return [hit.passage.order for hit in relevant(result, understood, library)]


# --- filters ---


@pytest.mark.parametrize(
    ("filters", "towns"),
    [
        ({}, ["Arvika", "Piteå", "Kiruna", "Ystad", "Lund"]),
        ({"regions": ("Norr",)}, ["Piteå", "Kiruna"]),
        ({"regions": ("norr",)}, ["Piteå", "Kiruna"]),
        ({"regions": ("Norr", "Syd")}, ["Piteå", "Kiruna", "Ystad", "Lund"]),
        ({"regions": ("Väst",)}, []),
        ({"meetings": ("2031-05-04",)}, ["Piteå", "Kiruna", "Ystad", "Lund"]),
        ({"meetings": ("2030-01-01",)}, []),
        ({"documents": ("artikel.txt",)}, ["Arvika"]),
        ({"towns": ("Lund",)}, ["Lund"]),
        ({"towns": ("lund", "Piteå")}, ["Piteå", "Lund"]),
        ({"regions": ("Norr",), "towns": ("Lund",)}, []),
        ({"excluded_towns": ("Lund",)}, ["Arvika", "Piteå", "Kiruna", "Ystad"]),
    ],
)
def test_filters_admit_what_they_name(invented: Library, filters: dict[str, object], towns: list[str]) -> None:
    understood = Understanding("x", **filters)  # type: ignore[arg-type]
    assert [p.town for p in invented.passages if admitted(p, understood, invented)] == towns


def test_an_excluded_town_beside_another_is_kept(invented: Library) -> None:
    own = Understanding("x", excluded_towns=("Lund",))
    assert admitted(passage(towns=("Lund", "Ystad")), own, invented)
    assert not admitted(passage(towns=("Lund",)), own, invented)
    assert admitted(passage(towns=()), own, invented)


@pytest.mark.parametrize(
    ("text", "town", "named"),
    [
        ("Både Lund, Ystad och Ed var med.", "Lund", True),
        ("Lunds kort", "Lund", True),
        ("MALMÖ: kort", "Malmö", True),
        ("Kort i Upplands Väsby.", "Upplands Väsby", True),
        ("Kort i Malmö-området", "malmö", True),
        ("Bilar med kort.", "Ed", False),
        ("Den lilla boden på torget.", "Boden", False),
        ("Lundby har kort.", "Lund", False),
    ],
)
def test_a_town_is_named_by_a_word_of_its_own_with_a_capital(text: str, town: str, named: bool) -> None:
    assert speaks_of(passage(text), town) is named


# --- thresholds ---


def test_every_passage_above_the_list_threshold_is_chosen_best_first(invented: Library) -> None:
    assert chosen(hits(0.9, 0.5, LIST, LIST - 0.01, 0.0), invented) == [0, 1, 2]


def test_where_nothing_seems_to_answer_the_reports_say_nothing(invented: Library) -> None:
    found = hits(0.9, 0.4, 0.3)
    assert chosen(replace(found, answerable=ANSWER - 0.01), invented) == []
    assert chosen(replace(found, answerable=ANSWER), invented) == [0, 1, 2]
    assert chosen(SearchResult(), invented) == []


def test_a_follow_up_is_answered_with_the_part_of_its_topic_that_it_asks_for(invented: Library) -> None:
    doubtful = replace(hits(0.5, 0.4), answerable=ANSWER - 0.3)
    assert chosen(doubtful, invented, follow_up=True) == [0, 1]
    assert chosen(replace(hits(LIST - 0.01), answerable=ANSWER - 0.3), invented, follow_up=True) == []


def test_the_best_outside_the_filters_does_not_count(invented: Library) -> None:
    assert chosen(hits(0.9, 0.8), invented, towns=("Lund",)) == []


def test_a_fact_takes_only_what_is_near_the_best(invented: Library) -> None:
    assert chosen(hits(0.9, 0.8, 0.5), invented, intent="fact") == [0, 1]
    assert chosen(hits(0.9, 0.8, 0.5), invented, intent="list") == [0, 1, 2]


def test_a_question_for_a_figure_is_answered_by_passages_with_one(invented: Library) -> None:
    texts = ("Kortet är populärt.", "Kortet kostar 200 kr.", "Kortet är gratis.", "Kortet säljs i tre butiker.")
    result = hits(0.9, 0.85, 0.8, 0.75, texts=texts)
    assert chosen(result, invented, intent="fact", figure=True) == [1, 2, 3]
    assert chosen(hits(0.9, texts=texts[:1]), invented, intent="fact", figure=True) == []


def test_a_figure_of_something_else_is_no_answer_unless_it_is_all_but_certain(invented: Library) -> None:
    asked = {"intent": "fact", "figure": True, "text": "Vad kostar månresan?"}
    texts = ("Kortet kostar 200 kr.",)
    assert chosen(hits(0.9, texts=texts, cover=MET), invented, **asked) == [0]
    assert chosen(hits(0.9, texts=texts, cover=MET - 0.1), invented, **asked) == []
    assert chosen(hits(SURE, texts=texts, cover=0.0), invented, **asked) == [0]


def test_where_the_reports_have_the_topics_words_what_resembles_it_must_be_likelier(invented: Library) -> None:
    def result(worded: int) -> SearchResult:
        found = [*hits(*[0.9] * worded).hits, *hits(*[0.8] * (4 - worded), cover=0.1).hits]
        numbers = range(9)
        others = [(LIST, 0.1), (UNWORDED, 0.1), (LIST, 0.6)]
        found += [SearchHit(passage(), probability, {"cover": cover}) for probability, cover in others]
        texts = [replace(hit, passage=passage(f"Kort {n}.", n)) for n, hit in zip(numbers, found, strict=False)]
        return SearchResult(tuple(texts))

    assert chosen(result(1), invented) == [0, 1, 2, 3, 5, 6]
    assert chosen(result(0), invented) == [0, 1, 2, 3, 4, 5, 6]


def test_figures_of_many_towns_are_told_more_widely_than_one(invented: Library) -> None:
    texts = tuple(f"Kortet såldes för {n} 000 kr." for n in (5, 6, 7))
    result = hits(0.9, 0.6, 0.3, texts=texts)
    asked = {"intent": "fact", "figure": True}
    assert chosen(result, invented, **asked, text="Hur mycket kort säljer Lund?") == [0]
    assert chosen(result, invented, **asked, text="Hur mycket kort säljer andra städer?") == [0, 1]


def test_a_question_that_is_too_wide_ends(invented: Library) -> None:
    assert len(chosen(hits(*[0.9] * (MOST + 9)), invented)) == MOST


# --- repeats ---


def test_the_same_words_in_one_chapter_are_said_once() -> None:
    twice = [SearchHit(passage("Kortet säljs.", 0), 0.9), SearchHit(passage("kortet säljs", 1), 0.8)]
    assert without_repeats(twice) == twice[:1]


@pytest.mark.parametrize("change", [{"document": "e"}, {"region": "Syd"}, {"towns": ("Lund",)}, {"text": "Ej kort."}])
def test_the_same_words_elsewhere_are_kept(change: dict[str, object]) -> None:
    two = [SearchHit(passage(), 0.9), SearchHit(passage(number=1, **change), 0.8)]
    assert without_repeats(two) == two
