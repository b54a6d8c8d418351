from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from answer.model import Answer, NoAnswer, Query
from ingest.errors import IndexMissing
from ingest.model import Page, Span
from tests.ui.standins import ARTICLE, PDF, TEXT, StandInAssistant, StandInLibrary
from ui import bridge, opened
from ui.citations import read_query
from ui.opened import chip_clicked
from ui.order import swedish_order
from ui.state import Asked, Visit

Open = Callable[..., AppTest]


def html(at: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in at.get("html"))


def ask(at: AppTest, question: str) -> AppTest:
    return at.chat_input[0].set_value(question).run()


def button(at: AppTest, label: str):  # type: ignore[no-untyped-def]
    return next(b for b in at.button if b.label == label)


def test_first_visit_explains_itself_and_offers_questions_that_can_be_answered(open_app: Open) -> None:
    at = open_app()
    assert not at.exception
    assert at.title[0].value == "Vad vill du veta?"
    assert "2 rapporter" in at.caption[0].value + at.caption[1].value
    labels = [b.label for b in at.button]
    assert "Vad gör andra städer med presentkort?" in labels
    assert "Hur mäter städer besöksflöden?" not in labels  # the reports do not say


def test_clicked_example_is_answered_with_citations(open_app: Open) -> None:
    at = button(open_app(), "Vad gör andra städer med presentkort?").click().run()
    assert not at.exception
    assert [m.name for m in at.chat_message] == ["user", "assistant"]
    assert "Region Nord · 3 mars 2022 · s. 2" in html(at)
    assert not at.title


def test_earlier_questions_of_the_visit_go_along(open_app: Open, assistant: StandInAssistant) -> None:
    at = ask(ask(open_app(), "presentkort?"), "sensorer?")
    assert assistant.asked[-1].history == ("presentkort?",)
    assert len(at.chat_message) == 4
    assert "följdfråga" in "".join(c.value for c in at.caption)


def test_new_conversation_forgets_the_old(open_app: Open) -> None:
    at = button(ask(open_app(), "presentkort?"), "Nytt samtal").click().run()
    assert not at.chat_message and at.title


def test_filters_narrow_the_next_question(open_app: Open, assistant: StandInAssistant) -> None:
    at = open_app()
    at.selectbox(key="filter_region_box").select("Sydost").run()
    at.selectbox(key="filter_home_town_box").select("Kalmar").run()
    ask(at, "presentkort?")
    asked = assistant.asked[-1]
    assert (asked.region, asked.home_town, asked.town) == ("Sydost", "Kalmar", None)
    assert "Växjö" in html(at) and "Kiruna" not in html(at)


def test_filter_found_in_the_question_can_be_taken_away(open_app: Open) -> None:
    at = ask(open_app(), "presentkort i region Nord?")
    assert "Kiruna" in html(at) and "Växjö" not in html(at)
    at = button(at, "Region: Nord").click().run()
    assert "Växjö" in html(at)
    assert len(at.chat_message) == 2  # answered again in its place
    assert "Region: Nord" not in [b.label for b in at.button]


def test_region_can_be_picked_afterwards(open_app: Open, assistant: StandInAssistant) -> None:
    at = ask(open_app(), "presentkort?")
    at.multiselect(key="region-s1").select("Sydost")
    at = button(at, "Fråga igen").click().run()
    read = assistant.asked[-1].understanding
    assert read is not None and read.regions == ("Sydost",)
    assert "Kiruna" not in html(at)


def test_refusal_shows_what_lies_near_and_suggests_questions(open_app: Open) -> None:
    at = ask(open_app(), "bostadspriser?")
    assert "Rapporterna säger inget om det." in html(at)
    at = button(at, "Vad gör städer med presentkort?").click().run()
    assert "Kiruna" in html(at)


def test_missing_index_says_what_to_do(engine: types.ModuleType, open_app: Open) -> None:
    def missing(settings: object) -> str:
        raise IndexMissing("There is no index")

    engine.current_generation = missing  # type: ignore[attr-defined]
    at = open_app()
    assert not at.exception
    assert "python -m ingest" in at.error[0].value


def test_error_while_answering_is_swedish_and_the_question_is_not_asked_again(
    open_app: Open, assistant: StandInAssistant, monkeypatch: object
) -> None:
    at = open_app()
    asked = []

    def fail(query: Query) -> None:
        asked.append(query)
        raise RuntimeError("secret detail")

    assistant.find = fail  # type: ignore[method-assign, assignment]
    ask(at, "presentkort?")
    assert not at.exception
    assert at.error[0].value.startswith("Något gick fel") and "secret" not in at.error[0].value
    at.run()
    assert len(asked) == 1


def test_newer_index_is_used_without_restart(
    engine: types.ModuleType, open_app: Open, assistant: StandInAssistant
) -> None:
    at = open_app()
    library = assistant.library
    engine.current_generation = lambda settings: "g2"  # type: ignore[attr-defined]
    fresh = StandInAssistant(dataclasses.replace(library, reports=library.reports[:1], generation="g2"))
    engine.open_assistant = lambda settings: fresh  # type: ignore[attr-defined]
    at = ask(at, "presentkort?")
    assert fresh.asked and "Arvika" not in html(at)


def test_shared_link_opens_the_page_with_its_mark(open_app: Open) -> None:
    at = open_app(dokument=PDF, sida="3", stycke="p3")
    assert not at.exception
    assert "Dokumentation av provträffen" in html(at) and "Sida 3 av 4" in html(at)
    assert "<blockquote>Växjö lånar ut" in html(at)
    assert "Du öppnade en delad källa" in at.info[0].value


def test_shared_link_to_a_text_shows_the_words_in_their_context(open_app: Open) -> None:
    at = open_app(dokument=TEXT, stycke="a1")
    assert "<mark>Arvika säljer presentkort" in html(at)
    assert "Stånden kostar ingenting" in html(at)


def test_text_with_pages_is_shown_as_text_with_its_mark(open_app: Open, library: StandInLibrary) -> None:
    article = library.reports[1]
    cited = dataclasses.replace(article.passages[0], id="f2", spans=(Span(2, 8, 20),))
    pages = (Page(1, ARTICLE), Page(2, "Bagaren visar degar.\nAlla får smaka."))
    library.reports = (library.reports[0], dataclasses.replace(article, pages=pages, passages=(cited,)))
    at = open_app(dokument=TEXT, sida="2", stycke="f2")
    assert not at.exception and not at.warning
    assert "Sida 2 av 2" in html(at) and "Bagaren <mark>visar degar.</mark>\nAlla får smaka." in html(at)
    at = at.button(key="source-previous").click().run()
    assert "Stånden kostar ingenting" in html(at) and "<mark>" not in html(at)


def test_page_that_cannot_be_drawn_is_shown_as_text_with_its_mark(open_app: Open, library: StandInLibrary) -> None:
    library.file(PDF).write_bytes(b"no PDF any more")
    at = open_app(dokument=PDF, sida="2", stycke="p0")
    assert "kan inte visas som bild" in at.warning[0].value and "<mark>" in html(at)


def test_next_page_turns_and_says_where_the_mark_is(open_app: Open) -> None:
    at = open_app(dokument=PDF, sida="3", stycke="p3")
    at = at.button(key="source-next").click().run()
    assert "Sida 4 av 4" in html(at) and at.query_params["sida"] == "4"
    assert at.button(key="source-next").disabled
    at = button(at, "Till markeringen på sidan 3").click().run()
    assert "Sida 3 av 4" in html(at)


def test_closed_source_leaves_no_trace_in_the_address(open_app: Open) -> None:
    at = open_app(dokument=PDF, sida="3", stycke="p3")
    at = at.button(key="source-close").click().run()
    assert not at.query_params and "Sida 3 av 4" not in html(at)


def test_link_to_a_report_that_is_gone_says_so(open_app: Open) -> None:
    at = open_app(dokument="borta.pdf", sida="3")
    assert not at.exception and "borta.pdf finns inte längre" in at.warning[0].value


def test_shared_link_to_a_page_that_is_not_there_says_which_page_is_shown(open_app: Open) -> None:
    at = open_app(dokument=PDF, sida="99", stycke="p3")
    assert "Länken gäller sidan 99, som inte finns i dokumentet. I stället visas sidan 3 av 4." in [
        info.value for info in at.info
    ]


def test_shared_link_to_a_fact_that_is_gone_marks_nothing_and_says_so(open_app: Open) -> None:
    at = open_app(dokument=PDF, sida="3", uppgift="0")
    assert "Sida 3 av 4" in html(at) and "<blockquote>" not in html(at) and "lästs om" in at.info[1].value


def test_link_with_nonsense_opens_the_first_page(open_app: Open) -> None:
    at = open_app(dokument=PDF, sida="-7", stycke="finns inte", uppgift="x")
    assert not at.exception
    assert "Sida 1 av 4" in html(at) and "lästs om" in at.info[1].value


def test_clicked_chip_opens_its_source_beside_the_answer(open_app: Open) -> None:
    at = ask(open_app(), "presentkort?")
    at.session_state["open_source"] = ("s1", 2, read_query(f"dokument={PDF}&sida=3&stycke=p3"))
    at = at.run()
    assert "Källa 2: Dokumentation av provträffen" in html(at)


def test_back_and_forward_follow_the_address(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "SETTLES", 0.0)
    at = ask(open_app(), "presentkort?")
    at.session_state["link_places"] = {read_query(f"dokument={PDF}&stycke=p3"): ("s1", 2)}
    at.query_params.update({"dokument": PDF, "sida": "3", "stycke": "p3"})
    at = at.run()
    assert "Källa 2: Dokumentation av provträffen" in html(at)  # beside the answer that it was opened from
    at.query_params.clear()
    at = at.run()
    assert "Källa 2: Dokumentation" not in html(at) and not at.exception
    at.session_state["visit"].exchanges.clear()
    at.query_params.update({"dokument": PDF, "sida": "3", "stycke": "p3"})
    at = at.run()
    assert "Du öppnade en delad källa" in at.info[0].value  # its answer is gone


def test_what_was_just_opened_stays_while_the_browser_still_has_the_old_address(open_app: Open) -> None:
    at = open_app(dokument=PDF, sida="3", stycke="p3")
    at = at.button(key="source-next").click().run()
    at.query_params["sida"] = "3"
    assert "Sida 4 av 4" in html(at.run())


def test_questions_asked_while_another_waits_are_all_answered_in_order(
    open_app: Open, assistant: StandInAssistant
) -> None:
    at = open_app()
    waiting = [Asked(Query("presentkort?")), Asked(Query("sensorer i Kalmar?"))]
    at.session_state["visit"] = Visit(asked=waiting)
    at = ask(at, "cyklar i Växjö?")
    asked = [(q.question, q.history) for q in assistant.asked if not q.question.startswith("V")]
    assert asked[-3:] == [
        ("presentkort?", ()),
        ("sensorer i Kalmar?", ("presentkort?",)),
        ("cyklar i Växjö?", ("presentkort?", "sensorer i Kalmar?")),
    ]
    assert [e.query.question for e in at.session_state["visit"].exchanges] == [question for question, _ in asked[-3:]]


def test_what_is_clicked_twice_is_asked_once(open_app: Open) -> None:
    at = open_app()
    at.session_state["visit"] = Visit(asked=[Asked(Query("presentkort?"))])
    at = ask(at, "presentkort?")
    assert len(at.session_state["visit"].exchanges) == 1


def test_click_without_a_document_changes_nothing() -> None:
    chip_clicked(bridge.Click("sida=3", "s1", 1))


def test_swedish_letters_are_sorted_last() -> None:
    assert sorted(["Örebro", "Ängelholm", "Zinkgruvan", "Åmål", "Arvika"], key=swedish_order) == [
        "Arvika", "Zinkgruvan", "Åmål", "Ängelholm", "Örebro",
    ]  # fmt: skip


def test_thumb_with_a_comment_is_kept_once(
    open_app: Open, assistant: StandInAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    from eval import feedback

    kept: list[tuple[str, str, str]] = []

    def add(result: Answer | NoAnswer, thumb: str, library: object, comment: str = "", who: str = "") -> None:
        kept.append((result.query.question, thumb, comment))

    monkeypatch.setattr(feedback, "add", add)
    at = ask(open_app(), "presentkort?")
    at.feedback[0].set_value(0).run()
    at.text_input(key="comment-text-s1").set_value("Halmstad saknas")
    at = button(at, "Skicka").click().run()
    assert kept == [("presentkort?", "ned", "Halmstad saknas")]
    assert any("Tack" in c.value for c in at.caption) and "Skicka" not in [b.label for b in at.button]


def test_feedback_that_cannot_be_saved_says_so(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    from eval import feedback

    def full(*args: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(feedback, "add", full)
    at = ask(open_app(), "presentkort?")
    at.feedback[0].set_value(1).run()
    at = button(at, "Skicka").click().run()
    assert "kunde inte sparas" in at.error[0].value and not at.exception
