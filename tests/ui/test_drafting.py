from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from answer.model import Answer, Dropped, Exchange, NoAnswer, Query
from tests.ui.standins import StandInAssistant, StandInLibrary
from ui import drafting
from ui.drafting import Drafting


class StandInDraft:
    """Two pieces, then the answer; waits before the second until it may go on or is stopped."""

    def __init__(self, answer: Answer, may_go_on: threading.Event, stop: threading.Event) -> None:
        self._answer, self._may_go_on, self._stop = answer, may_go_on, stop

    def __iter__(self) -> Iterator[str]:
        yield "Kiruna säljer. "
        while not (self._may_go_on.wait(0.01) or self._stop.is_set()):
            pass
        if not self._stop.is_set():
            yield "Växjö lånar ut."

    def result(self) -> Answer:
        if self._stop.is_set():
            return replace(self._answer, notice="Stoppad.")
        said = Exchange(
            "answer", (("system", "Skriv."), ("user", "[1] <b>Kiruna</b>")), "Kiruna säljer. Knivsta köper."
        )
        return replace(
            self._answer,
            text="Kiruna säljer. [1]\n\nSvaret återger 1 av de 3 omnämnanden som hittades i rapporterna.",
            engine="llm",
            dropped=(Dropped("Knivsta köper.", "Källan handlar inte om Knivsta."),),
            exchanges=(said,),
        )


class WritingAssistant(StandInAssistant):
    def __init__(self, library: StandInLibrary) -> None:
        super().__init__(library)
        self.writer = object()
        self.may_go_on = threading.Event()
        self.reworded: Callable[[Any, threading.Event], Any] = lambda found, stop: found

    def reconsider(self, found: Answer | NoAnswer, stop: threading.Event) -> Answer | NoAnswer:
        return self.reworded(found, stop)

    def draft(self, answer: Answer, stop: threading.Event) -> StandInDraft:
        return StandInDraft(answer, self.may_go_on, stop)


@pytest.fixture
def assistant(library: StandInLibrary) -> WritingAssistant:
    return WritingAssistant(library)


def until(holds: Callable[[], object]) -> None:
    for _ in range(1000):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("it did not happen within ten seconds")


def test_draft_grows_while_what_was_found_stands(assistant: WritingAssistant) -> None:
    found = assistant.find(Query("presentkort"))
    work = Drafting(assistant, found)  # type: ignore[arg-type]
    until(lambda: work.text)
    assert work.text == "Kiruna säljer. " and work.result is None and work.found is found
    assistant.may_go_on.set()
    until(lambda: work.result)
    assert work.result is not None and work.result.engine == "llm"


def test_stop_ends_it_with_the_answer_that_was_found(assistant: WritingAssistant) -> None:
    work = Drafting(assistant, assistant.find(Query("presentkort")))  # type: ignore[arg-type]
    until(lambda: work.text)
    work.stop()
    until(lambda: work.result)
    assert work.result is not None and (work.result.engine, work.result.notice) == ("extractive", "Stoppad.")


SENT = Exchange("follow_up", (("user", "<fråga>och där då?</fråga>"),), "Vad gör <b>Sala</b> med presentkort?")


def test_refused_follow_up_is_reworded_and_stop_ends_it(assistant: WritingAssistant) -> None:
    better = assistant.find(Query("presentkort"))
    refused = assistant.find(Query("och där då?", history=("presentkort?",)))
    assistant.reworded = lambda found, stop: replace(found, exchanges=(SENT,)) if stop.wait(10) else better
    work = drafting.begin(assistant, refused)  # type: ignore[arg-type]
    assert work is not None and work.rewording
    work.stop()
    until(lambda: work.result)
    assert isinstance(work.result, NoAnswer) and work.result.exchanges == (SENT,)
    assistant.reworded = lambda found, stop: better
    again = drafting.begin(assistant, refused)  # type: ignore[arg-type]
    assert again is not None
    until(lambda: again.found is better)
    assistant.may_go_on.set()
    until(lambda: again.result)
    assert isinstance(again.result, Answer)


def test_what_was_sent_for_a_refused_follow_up_can_be_looked_at(
    open_app: Callable[..., AppTest], assistant: WritingAssistant
) -> None:
    at = open_app().chat_input[0].set_value("bostadspriser?").run()
    assert [e.label for e in at.expander] == []  # nothing was sent
    assistant.reworded = lambda found, stop: replace(found, exchanges=(SENT,))
    at = at.chat_input[0].set_value("och där då?").run()
    work = at.session_state["visit"].exchanges[1]
    until(lambda: work.drafting is None or work.drafting.result)
    at = at.run()
    assert [e.label for e in at.expander] == ["Visa underlag"]
    assert "1. Följdfrågan omskriven" in html(at) and "Vad gör &lt;b&gt;Sala" in html(at)


def test_nothing_is_begun_where_the_model_has_nothing_to_do(assistant: WritingAssistant) -> None:
    assert drafting.begin(assistant, assistant.find(Query("bostadspriser"))) is None  # type: ignore[arg-type]
    assistant.writer = None
    assert drafting.begin(assistant, assistant.find(Query("presentkort"))) is None  # type: ignore[arg-type]


def test_fault_of_the_program_leaves_what_was_found_with_a_notice(assistant: WritingAssistant) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    assistant.reworded = broken
    for query, said in (
        (Query("presentkort"), "Här är svaret"),
        (Query("och där då?", history=("presentkort?",)), "Följdfrågan kunde"),
    ):
        work = Drafting(assistant, assistant.find(query))  # type: ignore[arg-type]
        until(lambda work=work: work.result)
        assert work.result is not None and "secret" not in (work.result.notice or "")
        assert (work.result.notice or "").startswith(f"Ett fel uppstod hos språkmodellen. {said}")


def html(at: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in at.get("html"))


def test_page_shows_the_draft_then_the_checked_answer_and_what_lies_behind_it(
    open_app: Callable[..., AppTest], assistant: WritingAssistant
) -> None:
    at = open_app().chat_input[0].set_value("presentkort?").run()
    work = at.session_state["visit"].exchanges[0].drafting
    until(lambda: work.text)
    at = at.run()
    assert "<div>Kiruna säljer.</div>" in html(at) and "Region Nord · 3 mars 2022 · s. 2" in html(at)
    assert "Stoppa" in [b.label for b in at.button]
    assistant.may_go_on.set()
    until(lambda: work.result)
    at = at.run()
    assert not at.exception
    assert "Stoppa" not in [b.label for b in at.button]
    assert 'class="cg-draft"' not in html(at) and "Svaret återger 1 av de 3" in html(at)
    assert [e.label for e in at.expander] == ["1 mening ströks vid kontrollen", "Visa underlag"]
    assert "Knivsta köper." in html(at) and "[1] &lt;b&gt;Kiruna" in html(at)


def test_new_conversation_stops_the_model(open_app: Callable[..., AppTest], assistant: WritingAssistant) -> None:
    at = open_app().chat_input[0].set_value("presentkort?").run()
    work = at.session_state["visit"].exchanges[0].drafting
    next(b for b in at.button if b.label == "Nytt samtal").click().run()
    until(lambda: work.result)
    assert work.result.notice == "Stoppad."


def test_first_page_sends_nothing_to_the_model(open_app: Callable[..., AppTest], assistant: WritingAssistant) -> None:
    def sent(*_: object) -> None:
        raise AssertionError("the example questions were sent to the model")

    assistant.reworded = sent
    assistant.draft = sent  # type: ignore[method-assign, assignment]
    assert "Vad gör andra städer med presentkort?" in [b.label for b in open_app().button]
