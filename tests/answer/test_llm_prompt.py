"""What is sent to the model: within the budget, and nothing of it cut unsaid."""

from __future__ import annotations

from dataclasses import replace

import pytest

from answer.language_model import Writer
from answer.llm_prompt import LEAST, batches, earlier_questions, tokens
from answer.model import Query
from tests.answer.fake_llm_server import FakeServer
from tests.answer.llm_library import GOOD, model, setting, writer

LONG = " ".join(f"ord{n}" for n in range(150))


@pytest.mark.parametrize("name", ["question", "heading"])
@pytest.mark.parametrize("budget", [LEAST, 400, 2000])
def test_a_long_heading_or_question_is_sent_whole_and_counted(name: str, budget: int) -> None:
    found = setting(passage={name: LONG})
    parts = batches(found.grounding.evidence(found.answer), budget)
    assert all(tokens(part) <= budget for part in parts)
    for number in range(1, 6):
        lines = [line for part in parts for line in part.splitlines() if line.startswith(f"[{number}] ")]
        sent = " ".join(word for line in lines for word in line.split())
        assert all(f"ord{n}" in sent for n in range(150))
    assert "turistbyrån" in parts[-1]


@pytest.mark.parametrize("budget", [LEAST, 400])
def test_many_towns_are_sent_whole_and_counted(budget: int) -> None:
    towns = tuple(f"Påhittstad {n}" for n in range(150))
    found = setting((("a.pdf", 3, "Väst", towns, "Alla säljer presentkort i butiker. " * 20),))
    parts = batches(found.grounding.evidence(found.answer), budget)
    assert all(tokens(part) <= budget for part in parts)
    assert all(any(f"{n}," in part or f"{n} " in part for part in parts) for n in range(150))


def test_earlier_questions_are_sent_whole() -> None:
    assert f"\n{LONG}\n" in earlier_questions(["hur går det?", LONG], 1000)


def test_earlier_questions_that_do_not_fit_are_left_out_whole_and_said_to_be() -> None:
    said = earlier_questions(["första frågan?", LONG, "tredje frågan?"], 100)
    assert "tredje frågan?" in said and "första" not in said and "ord" not in said
    assert "(två tidigare frågor ryms inte här)" in said


def test_questions_far_back_are_said_to_be_left_out() -> None:
    said = earlier_questions([f"fråga {n}?" for n in range(5)], 1000)
    assert "fråga 2?" in said and "fråga 1?" not in said and "(två tidigare frågor ryms inte här)" in said


def test_long_earlier_questions_leave_room_for_the_passages(server: FakeServer) -> None:
    found = setting(history=(LONG, LONG, LONG))
    server.replies = [GOOD]
    answer = writer(server, found, context=2400).write(found.answer)
    assert answer.engine == "llm"
    assert all(len(server.prompt(n)) / 3 < 2400 * 0.75 for n in range(len(server.requests)))


FOLLOW_UP = Query("och i region Norr?", history=(f"vad gör {LONG} andra städer med presentkort?",))


def test_a_follow_up_is_sent_with_the_whole_of_the_question_before(server: FakeServer) -> None:
    found = setting()
    server.replies = ["Vad gör städerna i region Norr med presentkort?"]
    said = writer(server, found).rewrite(FOLLOW_UP)
    assert FOLLOW_UP.history[0] in server.prompt() and said.question


def test_a_follow_up_to_what_does_not_fit_is_not_sent(server: FakeServer) -> None:
    found = setting()
    said = Writer(model(server), found.grounding, 10.0, 1024).rewrite(
        replace(FOLLOW_UP, history=(f"{LONG} {LONG} {LONG}",))
    )
    assert said.question is None and "för lång" in (said.notice or "")
    assert server.requests == []
