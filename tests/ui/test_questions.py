"""The review page, driven as a reviewer would: every button ends in the file, and nothing of anybody is lost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import streamlit as st
import yaml
from streamlit.testing.v1 import AppTest

from eval import feedback, history
from eval.cases import Case, case_to_dict
from eval.exchange import to_csv
from eval.runner import run
from eval.store import QuestionStore
from tests.eval.conftest import World
from ui.question_state import Bank


def page(assistant, bank) -> None:  # type: ignore[no-untyped-def]  # runs as a script of its own
    from ui.questions import render

    render(assistant, bank)


@dataclass
class Desk:
    """A reviewer's browser with the files behind it."""

    world: World
    bank: Bank
    assistant: object

    def open(self, name: str = "Ann") -> AppTest:
        at = AppTest.from_function(page, args=(self.assistant, self.bank), default_timeout=30)
        at.run()
        assert not at.exception
        return at.text_input(key="qb-me").set_value(name).run() if name else at

    def open_case(self, case_id: str = "ljus", name: str = "Ann") -> AppTest:
        at = self.open(name)
        at.selectbox(key="qb-open-0").select(case_id).run()
        assert not at.exception
        return at

    def case(self, case_id: str = "ljus") -> Case:
        return next(case for case in self.bank.store.load() if case.id == case_id)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    st.cache_data.clear()
    st.cache_resource.clear()
    world = World()
    path = tmp_path / "questions.yaml"
    data = {"questions": [case_to_dict(c) for c in (world.case, world.refusal)]}
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    bank = Bank(QuestionStore(path), tmp_path / "runs", tmp_path / "feedback.jsonl")
    return Desk(world, bank, world.assistant())


def texts(at: AppTest) -> str:
    parts = [*at.markdown, *at.caption, *at.info, *at.warning, *at.error, *at.header, *at.subheader, *at.toast]
    parts += at.get("html")
    return "\n".join(str(getattr(part, "value", None) or getattr(part.proto, "body", "")) for part in parts)


def click(at: AppTest, key: str) -> AppTest:
    at.button(key=key).click().run()
    assert not at.exception
    return at


def test_the_table_shows_every_question(desk):
    at = desk.open()
    assert list(at.dataframe[0].value["Fråga"]) == [desk.world.case.question, desk.world.refusal.question]
    assert list(at.dataframe[0].value["Funna"]) == ["Inte körd", "Inte körd"]


def test_search_and_filters_narrow_the_table(desk):
    at = desk.open()
    at.text_input(key="qb-search").set_value("hamnö lampor").run()
    assert list(at.dataframe[0].value["Fråga"]) == [desk.world.case.question]
    at.text_input(key="qb-search").set_value("").run()
    at.multiselect(key="qb-kind").select("refusal").run()
    assert list(at.dataframe[0].value["Fråga"]) == [desk.world.refusal.question]
    at.selectbox(key="qb-result").select("worse").run()
    assert "Ingen fråga passar filtren." in texts(at)


def test_running_all_keeps_the_run_and_shows_its_results(desk):
    at = click(desk.open(), "qb-run-all")
    assert list(at.dataframe[0].value["Funna"]) == ["4 av 4", "Avböjde"]
    (folder,) = desk.bank.runs.iterdir()
    assert (folder / "rapport.html").is_file()


def test_running_the_shown_ones_asks_only_those(desk):
    at = desk.open()
    at.multiselect(key="qb-kind").select("refusal").run()
    desk.assistant.asked.clear()
    click(at, "qb-run-shown")
    assert [q.id for q in desk.assistant.asked] == ["visby"]


def test_a_change_since_the_run_before_is_shown(desk):
    missing = replace(desk.world.right, claims=desk.world.right.claims[1:], citations=desk.world.right.citations[1:])
    history.save(run(desk.world.assistant(), desk.bank.store.load()), desk.bank.runs)
    history.save(run(desk.world.assistant(ljus=missing), desk.bank.store.load()), desk.bank.runs)
    at = desk.open()
    assert at.dataframe[0].value["Ändring"][0] == "▼ −25 %"
    at.selectbox(key="qb-result").select("worse").run()
    assert list(at.dataframe[0].value["Fråga"]) == [desk.world.case.question]
    at.segmented_control(key="qb-view").set_value("runs").run()
    assert not at.exception
    assert "− mote\\-2031" in texts(at) or "ljusslingor" in texts(at)


def test_runs_over_other_documents_are_not_mixed_in(desk):
    other = replace(desk.world.assistant(), library=replace(desk.world.library, reports=desk.world.library.reports[:1]))
    history.save(run(other, desk.bank.store.load()), desk.bank.runs)
    assert list(desk.open().dataframe[0].value["Funna"]) == ["Inte körd", "Inte körd"]


def test_an_open_question_shows_answer_mentions_and_sources(desk):
    missing = replace(desk.world.right, claims=desk.world.right.claims[1:], citations=desk.world.right.citations[1:])
    desk.assistant = desk.world.assistant(ljus=missing)
    said = texts(desk.open_case())
    assert "cg-answer" in said and "Hamnö bytte lampor" in said
    assert said.count("✓ Funnen") == 3 and said.count("✗ Saknas") == 1
    assert "hittad men utelämnad, plats" in said
    assert "<blockquote>Hamnö bytte lampor i hela hamnen.</blockquote>" in said
    assert "s. 4" in said


def test_an_answer_opens_its_sources_in_a_window_of_their_own(desk):
    said = texts(desk.open_case())
    assert 'target="_blank"' in said and 'href="./?dokument=mote-2031.pdf' in said


def test_approving_is_kept_with_who_and_when(desk):
    click(desk.open_case(), "qb-approve")
    case = desk.case()
    assert case.status == "granskad"
    assert (case.reviews[0].who, case.reviews[0].what) == ("Ann", "Godkände")
    assert case.reviews[0].when[:2] == "20"


def test_questioning_and_commenting(desk):
    at = click(desk.open_case(), "qb-question")
    area = next(a for a in at.text_area if a.label == "Kommentar")
    area.set_value("Saknar Alvsta?").run()
    click(at, "qb-save-comment")
    assert (desk.case().status, desk.case().comment) == ("ifrågasatt", "Saknar Alvsta?")
    assert [r.what for r in desk.case().reviews] == ["Ifrågasatte", "Kommenterade"]


def test_without_a_name_nothing_is_saved_and_the_page_says_so(desk):
    at = click(desk.open_case(name=""), "qb-approve")
    assert desk.case().status == "förslag" and "Skriv ditt namn" in texts(at)


def test_whoever_has_logged_in_is_named_without_the_address(desk, monkeypatch):
    from ui import access

    visitor = access.Visitor(access.Role.REVIEWER, True, "ann.berg@stad.example")
    monkeypatch.setattr(access, "visitor", lambda: visitor)
    at = desk.open_case(name="")
    assert at.text_input(key="qb-me").disabled
    click(at, "qb-approve")
    assert desk.case().reviews[0].who == "ann.berg"


def edit(at: AppTest, label: str, value: str) -> None:
    fields = [*at.text_area, *at.text_input]
    next(f for f in fields if f.label == label and "edit" in (f.key or "")).set_value(value)


def save_edit(at: AppTest) -> AppTest:
    next(b for b in at.button if b.label == "Spara ändringen").click().run()
    assert not at.exception
    return at


def test_editing_the_question(desk):
    at = desk.open_case()
    edit(at, "Fråga", "Vem köper ljus?")
    edit(at, "Filter på region", "Fjäll")
    save_edit(at)
    assert (desk.case().question, desk.case().region) == ("Vem köper ljus?", "Fjäll")
    assert "Vem köper ljus?" in texts(at)


def test_an_edit_that_the_set_would_not_take_is_explained_and_kept(desk):
    at = desk.open_case()
    edit(at, "Tidigare frågor i samtalet, en per rad", "Första frågan?")
    save_edit(at)
    assert "Följdfrågor, och bara de" in texts(at)
    assert desk.case().history == ()


def test_removing_an_expected_mention(desk):
    click(desk.open_case(), "qb-expected-0-remove")
    assert desk.case().expected == desk.world.case.expected[1:]
    assert "Tog bort" in desk.case().reviews[0].what


def test_moving_a_mention_to_the_accepted_and_back(desk):
    at = click(desk.open_case(), "qb-expected-0-move")
    assert desk.case().accepted[-1] == desk.world.case.expected[0]
    click(at, "qb-accepted-1-move")
    assert set(desk.case().expected) == set(desk.world.case.expected)


def test_adding_a_mention_by_picking_a_passage(desk):
    at = desk.open_case()
    at.text_input(key="qb-case-pick-search").set_value("granvik ljuskonst").run()
    assert "testade ljuskonst" in texts(at)
    click(at, "qb-case-pick-take-expected")
    added = desk.case().expected[-1]
    assert (added.document, added.region, added.town) == ("mote-2033", "Fjäll", "Granvik")


def test_keys_that_do_not_stand_in_the_passage_are_refused(desk):
    at = desk.open_case()
    at.text_input(key="qb-case-pick-search").set_value("granvik ljuskonst").run()
    next(f for f in at.text_input if f.label == "Nyckelord").set_value("enhörning").run()
    assert "stå i stycket: enhörning" in texts(at)
    assert not [b for b in at.button if b.key == "qb-case-pick-take-expected"]


def test_a_source_that_nobody_expects_can_be_expected(desk):
    case = desk.case()
    desk.bank.store.save(replace(case, expected=case.expected[1:]), case.content, "Bo", "x")
    at = desk.open_case()
    assert "Inte bland de väntade" in texts(at)
    click(at, "qb-source-1-expected")
    assert desk.case().expected[-1].page == 2 and desk.case().expected[-1].town == "Granvik"


def test_two_reviewers_at_once_lose_nothing_and_the_second_sees_what_changed(desk):
    first, second = desk.open_case(name="Ann"), desk.open_case(name="Bo")
    edit(first, "Fråga", "Vem köpte ljus?")
    save_edit(first)
    edit(second, "Filter på ort", "Granvik")
    save_edit(second)
    assert desk.case().town is None
    said = texts(second)
    assert "Någon annan har ändrat frågan" in said and "Ann" in said and "Vem köpte ljus?" in said and "Granvik" in said
    click(second, "qb-merge")
    case = desk.case()
    assert (case.question, case.town) == ("Vem köpte ljus?", "Granvik")
    assert [r.who for r in case.reviews] == ["Ann", "Bo"]


def test_the_second_reviewer_can_keep_what_the_first_saved(desk):
    first, second = desk.open_case(name="Ann"), desk.open_case(name="Bo")
    click(first, "qb-approve")
    click(second, "qb-question")
    assert desk.case().status == "granskad"
    click(second, "qb-take-theirs")
    assert desk.case().status == "granskad" and "Någon annan" not in texts(second)


def test_an_open_question_that_another_changed_says_so_before_anything_is_typed(desk):
    first, second = desk.open_case(name="Ann"), desk.open_case(name="Bo")
    click(first, "qb-approve")
    second.run()
    assert "Ann har ändrat frågan sedan du öppnade den" in texts(second)
    click(second, "qb-load")
    assert second.button(key="qb-approve").disabled


def test_stepping_to_the_next_question_and_back_to_the_list(desk):
    at = click(desk.open_case(), "qb-next")
    assert desk.world.refusal.question in texts(at) and "rätt svar är att avböja" in texts(at)
    at = click(at, "qb-back")
    assert len(at.dataframe) == 1


@pytest.mark.parametrize(("thumb", "status"), [("upp", "förslag"), ("ned", "ifrågasatt")])
def test_a_thumb_from_the_chat_becomes_a_question_with_one_click(desk, thumb, status):
    entry = feedback.add(desk.world.right, thumb, desk.world.library, "Bra!", path=desk.bank.thumbs)
    at = desk.open()
    at.segmented_control(key="qb-view").set_value("inbox").run()
    assert "Bra!" in texts(at)
    click(at, f"qb-make-{entry.id}")
    made = desk.bank.store.load()[-1]
    assert (made.question, made.status, made.comment) == (desk.world.case.question, status, "Bra!")
    assert feedback.entries(desk.bank.thumbs)[0].handled == made.id
    assert desk.world.case.question in texts(at)


def test_a_thumb_can_be_dismissed(desk):
    entry = feedback.add(desk.world.right, "upp", desk.world.library, path=desk.bank.thumbs)
    at = desk.open()
    at.segmented_control(key="qb-view").set_value("inbox").run()
    click(at, f"qb-dismiss-{entry.id}")
    assert "Inga nya tummar" in texts(at) and len(desk.bank.store.load()) == 2


def test_a_new_question_with_a_picked_passage(desk):
    at = desk.open()
    at.segmented_control(key="qb-view").set_value("new").run()
    assert at.button(key="qb-new-save").disabled
    at.text_area(key="qb-new-question").set_value("Vem delade ut isskrapor?").run()
    at.text_input(key="qb-new-pick-search").set_value("isskrapor").run()
    click(at, "qb-new-pick-take-expected")
    click(at, "qb-new-save")
    made = desk.bank.store.load()[-1]
    assert (made.id, made.expected[0].town) == ("ny-vem-delade-ut-isskrapor", "Alvsta")
    assert "Vem delade ut isskrapor?" in texts(at)


def test_importing_what_excel_saved(desk):
    at = desk.open()
    at.segmented_control(key="qb-view").set_value("excel").run()
    case = desk.case()
    edited = replace(case, comment="Från Excel")
    data = to_csv([edited]).replace(edited.content.encode(), case.content.encode())
    at.get("file_uploader")[0].set_value(("fragebank.csv", data, "text/csv")).run()
    assert "1 ändrade, 0 nya" in texts(at)
    click(at, "qb-import-do")
    assert desk.case().comment == "Från Excel" and desk.case().reviews[-1].what == "Ändrad genom import"


def test_text_of_reports_and_reviewers_is_shown_as_it_stands(desk):
    case = desk.case()
    evil = "<img src=x onerror=alert(1)> **fet** $x$ :red[röd]"
    desk.bank.store.save(replace(case, question=evil, comment=evil), case.content, evil, "x")
    at = desk.open_case()
    assert "\\<img" in at.header[0].value and "\\*\\*fet" in at.header[0].value and "\\:red\\[" in at.header[0].value


def test_a_file_that_cannot_be_read_is_explained(desk, tmp_path):
    desk.bank = replace(desk.bank, store=QuestionStore(tmp_path / "none.yaml"))
    assert "Frågebanken kan inte läsas" in texts(desk.open(name=""))


def test_an_answer_that_fails_keeps_the_question_open(desk):
    desk.assistant = desk.world.assistant(ljus=RuntimeError("trasigt"))
    at = desk.open_case()
    assert "trasigt" in texts(at)
    click(at, "qb-question")
    assert desk.case().status == "ifrågasatt"
