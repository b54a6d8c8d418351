"""The set survives the way to Excel and back, and a stale row overwrites nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eval import cases
from eval.cases import Case, Mention
from eval.exchange import COLUMNS, mention_from_text, mention_text, plan_import, to_csv
from ingest.errors import QuestionSetError

ONE = Case(
    "ljus",
    "followup",
    "held",
    '=Vem; köper "ljus"?',
    history=("Första?", "Andra?"),
    region="Fjäll",
    expected=(
        Mention("mote", "Fjäll", 2, "A, B", ("ljus", "25 000"), (Mention("annan", None, None, None, ("ljus",)),)),
    ),
    comment="-rad 1\nrad 2",
)
TWO = Case("tomt", "refusal", "tune", "Vad kostar en tomt?", answerable=False)


def test_the_file_opens_right_in_excel():
    data = to_csv([ONE])
    assert data.startswith(b"\xef\xbb\xbf") and data.decode("utf-8-sig").startswith(";".join(COLUMNS) + "\r\n")


def test_cells_are_no_formulas():
    assert "'=Vem" in to_csv([ONE]).decode("utf-8-sig")


def test_export_and_import_change_nothing():
    plan = plan_import(to_csv([ONE, TWO]), [ONE, TWO])
    assert (plan.changed, plan.added, plan.unchanged, plan.conflicts, plan.errors) == ({}, (), 2, (), ())


def test_the_whole_project_set_survives_the_round_trip():
    found = cases.load()
    plan = plan_import(to_csv(found), found)
    assert plan.unchanged == len(found) and plan.errors == ()


def test_what_was_changed_in_excel_is_planned_as_a_change():
    edited = replace(ONE, question="Vem tände?", status="granskad")
    data = to_csv([edited]).replace(edited.content.encode(), ONE.content.encode())
    plan = plan_import(data, [ONE, TWO])
    assert plan.changed == {"ljus": (ONE.content, edited)}


def test_a_row_changed_here_since_the_export_is_a_conflict_and_left_alone():
    data = to_csv([replace(ONE, comment="från Excel")])
    plan = plan_import(data, [replace(ONE, comment="ändrad här")])
    assert plan.conflicts == ("ljus",) and plan.changed == {}


def test_a_row_with_a_new_id_is_a_new_question():
    assert plan_import(to_csv([ONE, TWO]), [ONE]).added == (TWO,)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Följdfråga", "Gissning", "Rad 2: typ 'Gissning'"),
        (";ja;", ";kanske;", "Rad 2: besvaras"),
        ("mote | Fjäll | 2", "mote | Fjäll | två", "är inget tal"),
        ("mote | Fjäll | 2", "mote | 2", "ska ha formen"),
        (";ljus;", ";Ljus å;", "Rad 2"),
        ("förslag", "klar", "Rad 2"),
    ],
)
def test_a_wrong_cell_is_named_with_its_row(old, new, said):
    text = to_csv([ONE]).decode("utf-8-sig")
    text = text.replace("ljus;Följd", "Ljus å;Följd") if old == ";ljus;" else text.replace(old, new)
    plan = plan_import(text.encode("utf-8-sig"), [])
    assert plan.added == () and said in plan.errors[0]


def test_an_id_twice_is_named():
    assert "två gånger" in plan_import(to_csv([TWO, TWO]), []).errors[0]


def test_another_table_is_refused_with_the_columns_that_lack():
    with pytest.raises(QuestionSetError, match="saknar kolumnerna"):
        plan_import(b"namn;adress\r\nA;B\r\n", [])
    with pytest.raises(QuestionSetError):
        plan_import(b"", [])


def test_a_file_that_excel_saved_in_its_old_encoding_is_read():
    data = to_csv([TWO]).decode("utf-8-sig").encode("cp1252")
    assert plan_import(data, []).added == (TWO,)


def test_a_mention_as_text_reads_back():
    mention = ONE.expected[0]
    assert mention_text(mention) == "mote | Fjäll | 2 | A, B | ljus + 25 000 = annan |  |  |  | ljus"
    assert mention_from_text(mention_text(mention)) == mention
