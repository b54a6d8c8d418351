"""Saving keeps the file readable, and loses nothing when two review at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from eval.cases import Case, Mention, parse
from eval.store import ChangedMeanwhile, QuestionStore, changes, merge
from ingest.errors import QuestionSetError

FILE = """# The head stays.
questions:
# About light
- id: ljus
  kind: aggregate
  split: tune
  question: "Vem: köper ljus?"
  history: []
  filters: {}
  answerable: true
  expected:
  - {document: mote, region: Fjäll, page: 2, town: Granvik, keys: [ljus, "25 000"]}
  # told twice
  - {document: mote, region: Kust, page: 4, town: null, keys: [lampor]}
  accepted: []
  status: förslag
  comment: ""

# About the moon
- id: tomt
  kind: refusal
  split: held
  question: 'Vad kostar en tomt på månen?'   # odd quotes stay
  history: []
  filters: {town: Granvik}
  answerable: false
  expected: []
  accepted: []
  status: förslag
  comment: "Finns inte"
"""


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "questions.yaml"
    path.write_text(FILE, encoding="utf-8")
    return QuestionStore(path)


def changed_lines(store) -> tuple[list[str], list[str]]:
    old, new = FILE.splitlines(), store.path.read_text(encoding="utf-8").splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


def test_approving_changes_the_status_line_and_adds_the_review_alone(store):
    case = store.load()[0]
    saved = store.save(replace(case, status="granskad"), case.content, "Ann", "Godkände")
    removed, added = changed_lines(store)
    assert removed == [] and len(added) == 3
    assert added[0] == "  status: granskad"
    assert added[1] == "  reviews:" and 'who: Ann, when: "' in added[2] and "what: Godkände" in added[2]
    assert store.load()[0] == saved and store.load()[1].content == parse(FILE)[1].content


def test_a_changed_question_keeps_every_comment(store):
    case = store.load()[1]
    store.save(replace(case, question="Kostar månen?", town=None), case.content, "Ann", "Ändrade")
    text = store.path.read_text(encoding="utf-8")
    assert all(
        comment in text for comment in ("# The head stays.", "# About light", "# told twice", "# About the moon")
    )
    assert '  question: "Kostar månen?"\n' in text and "filters: {}\n" in text


def test_mentions_are_written_one_a_line_and_read_back(store):
    case = store.load()[0]
    extra = Mention("mote", None, None, "A, B", ("95%", "ja", "null"), (Mention("annan", "Kust", 1, None, ("x",)),))
    store.save(replace(case, expected=(*case.expected, extra)), case.content, "Ann", "Lade till")
    text = store.path.read_text(encoding="utf-8")
    assert '  - {document: mote, region: Fjäll, page: 2, town: Granvik, keys: [ljus, "25 000"]}\n' in text
    assert "# told twice" in text
    assert store.load()[0].expected[-1] == extra


def test_every_character_a_reviewer_types_is_read_back(store):
    case = store.load()[0]
    typed = 'Rad 1\nRad 2: "citat", #taggar – åäö 😀 \\ {x} [y] & *z* \u2028 slut'
    store.save(replace(case, comment=typed, question=typed), case.content, 'A "B": #C', "Ändrade")
    again = store.load()[0]
    assert (again.comment, again.question, again.reviews[-1].who) == (typed, typed, 'A "B": #C')


def test_a_second_reviewer_of_the_same_case_is_told_and_nothing_is_written(store):
    case = store.load()[0]
    store.save(replace(case, comment="Anns"), case.content, "Ann", "Kommenterade")
    before = store.path.read_bytes()
    with pytest.raises(ChangedMeanwhile) as error:
        store.save(replace(case, comment="Bos"), case.content, "Bo", "Kommenterade")
    assert error.value.current is not None and error.value.current.comment == "Anns"
    assert store.path.read_bytes() == before


def test_two_reviewers_of_different_cases_do_not_meet(store):
    one, other = store.load()
    store.save(replace(one, status="granskad"), one.content, "Ann", "Godkände")
    store.save(replace(other, status="ifrågasatt"), other.content, "Bo", "Ifrågasatte")
    assert [c.status for c in store.load()] == ["granskad", "ifrågasatt"]


def test_a_case_that_was_removed_meanwhile_is_said_to_be_gone(store):
    case = store.load()[1]
    store.path.write_text(FILE[: FILE.index("# About the moon")], encoding="utf-8")
    with pytest.raises(ChangedMeanwhile) as error:
        store.save(replace(case, comment="x"), case.content, "Ann", "Kommenterade")
    assert error.value.current is None


def test_many_saves_at_once_are_all_kept(store):
    def comment(number: int) -> None:
        while True:
            case = store.load()[number % 2]
            try:
                store.save(replace(case, comment=f"{case.comment} <{number}>"), case.content, "Ann", "Kommenterade")
                return
            except ChangedMeanwhile:
                continue

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(comment, range(24)))
    assert all(f"<{n}>" in store.load()[n % 2].comment for n in range(24))
    assert [len(c.reviews) for c in store.load()] == [12, 12]


def test_what_breaks_the_schema_is_not_written(store):
    case = store.load()[0]
    before = store.path.read_bytes()
    with pytest.raises(QuestionSetError, match="expected"):
        store.save(replace(case, expected=()), case.content, "Ann", "Tömde")
    assert store.path.read_bytes() == before


def test_a_new_case_comes_last_and_a_taken_id_is_refused(store):
    case = Case("ny-fraga", "fact", "tune", "Hur många?", expected=(Mention("mote", None, 1, None, ("19",)),))
    saved = store.add(case, "Ann")
    assert store.load()[-1] == saved
    assert store.path.read_text(encoding="utf-8").startswith(FILE.rstrip())
    with pytest.raises(QuestionSetError, match="taken"):
        store.add(case, "Bo")


def test_an_import_is_written_whole_or_not_at_all(store):
    one, other = store.load()
    fresh = Case("ny-fraga", "fact", "tune", "Hur många?", expected=(Mention("mote", None, 1, None, ("19",)),))
    edits = {one.id: (one.content, replace(one, comment="a")), other.id: ("stale", replace(other, comment="b"))}
    before = store.path.read_bytes()
    with pytest.raises(ChangedMeanwhile):
        store.replace_many(edits, [fresh], "Ann")
    assert store.path.read_bytes() == before
    edits[other.id] = (other.content, replace(other, comment="b"))
    store.replace_many(edits, [fresh], "Ann")
    assert [c.comment for c in store.load()] == ["a", "b", ""]


def test_the_second_reviewer_sees_what_the_first_changed(store):
    case = store.load()[0]
    theirs = store.save(replace(case, comment="Anns", expected=case.expected[:1]), case.content, "Ann", "Ändrade")
    found = changes(case, theirs)
    assert set(found) == {"comment", "expected"}
    assert found["comment"] == ("", "Anns")
    assert "lampor" in found["expected"][0] and "lampor" not in found["expected"][1]


def test_merging_takes_both_reviewers_changes_and_names_the_clash():
    base = parse(FILE)[0]
    extra = Mention("mote", "Fjäll", 3, None, ("isskrapor",))
    mine = replace(base, status="granskad", comment="min", expected=(*base.expected, extra))
    theirs = replace(base, question="Annan?", comment="deras", expected=base.expected[1:])
    merged, clashes = merge(base, mine, theirs)
    assert clashes == ("comment",)
    assert (merged.question, merged.status, merged.comment) == ("Annan?", "granskad", "min")
    assert merged.expected == (base.expected[1], extra)


def test_the_projects_own_set_can_be_saved_case_by_case(tmp_path):
    from eval.cases import QUESTIONS

    store = QuestionStore(tmp_path / "questions.yaml")
    original = QUESTIONS.read_text(encoding="utf-8")
    store.path.write_text(original, encoding="utf-8")
    for case in store.load()[::40]:
        store.save(replace(case, status="granskad"), case.content, "Ann", "Godkände")
    now = store.path.read_text(encoding="utf-8").splitlines()
    assert [line for line in original.splitlines() if line not in now] == []


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(QuestionSetError, match="none.yaml"):
        QuestionStore(tmp_path / "none.yaml").load()
