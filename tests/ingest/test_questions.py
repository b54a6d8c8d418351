import pytest

from ingest.bullets import mark_enumerations
from ingest.lines import read_lines
from ingest.model import Page
from ingest.questions import find_questions
from ingest.readers import Extracted


def questions(text: str, markdown: bool = False) -> list[tuple]:
    lines = read_lines(Extracted((Page(None, text),), markdown=markdown))
    return [(q.number, q.text) for q in find_questions(lines, set())]


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("{n}. {q}", "{n}. {q}"),
        ("{n}) {q}", "{n}. {q}"),
        ("Fråga {n}: {q}", "{n}. {q}"),
        ("Fråga {n} – {q}", "{n}. {q}"),
        ("{a}. {q}", "{a}. {q}"),
    ],
)
def test_questions_are_numbered_in_many_ways(form: str, shown: str) -> None:
    asked = ["Vad gör ni på torget?", "Vem betalar?"]
    text = "\n".join(f"{form.format(n=n, a='AB'[n - 1], q=q)}\n• Svar {n}" for n, q in enumerate(asked, 1))
    assert questions(text) == [(n, shown.format(n=n, a="AB"[n - 1], q=q)) for n, q in enumerate(asked, 1)]


def test_a_number_alone_takes_its_wording_from_the_list_of_all_questions() -> None:
    text = "1. Vad gör ni?\n2. Vem betalar?\n\nREGION NORR\nFråga 1\n• Allt\nFråga 2\n• Ingen\n"
    assert questions(text)[2:] == [(1, "1. Vad gör ni?"), (2, "2. Vem betalar?")]


def test_bold_questions_without_numbers_recur_with_and_without_a_question_mark() -> None:
    chapter = "**Vad gör ni på torget?**\n\n- Allt\n\n**Förslag på nästa tema**\n\n- Ljus\n\n"
    assert (
        questions(chapter * 2, markdown=True) == [(None, "Vad gör ni på torget?"), (None, "Förslag på nästa tema")] * 2
    )


def test_figures_that_count_up_are_bullets_where_they_ask_nothing() -> None:
    text = "Fråga 1: Vad gör ni?\n1. Bänkar\n2. Lyktor\nFråga 2: Vem betalar?\n1. Kommunen\n"
    lines = read_lines(Extracted((Page(None, text),)))
    marked = mark_enumerations(lines, find_questions(lines, set()))
    assert [(line.bullet, line.text) for line in marked[1:3]] == [("1.", "Bänkar"), ("2.", "Lyktor")]
    assert marked[4].bullet is None  # one figure alone is no list
