from __future__ import annotations

import pytest

from eval.text import as_printed, holds, same_name, towns


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Presentkorten ökade", "presentkort"),
        ("present-\n  kort", "presentkort"),
        ("present\u00adkort", "presentkort"),
        ("25 000 kronor", "25000"),
        ("25.000 kronor", "25 000"),
        ("25\u00a0000 kronor", "25 000"),
        ("a\u030angström", "ångström"),
        ("malgrupp", "målgrupp"),
        ("på 4 miljoner.", "4 miljoner"),
        ("årets 95 %", "95"),
        ("12,5 procent", "12,5"),
    ],
)
def test_key_is_found_however_it_is_printed(text, key):
    assert holds(text, [key])


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("13 orter", "3"),
        ("3,5 miljoner", "3"),
        ("2,3 miljoner", "3"),
        ("30 kr", "3"),
        ("skyltning", "skyltar"),
        ("allt", ""),
    ],
)
def test_key_is_not_found_within_another_number_or_word(text, key):
    assert not holds(text, [key])


def test_every_key_must_be_there():
    assert holds("kort och lax", ["kort", "lax"])
    assert not holds("kort", ["kort", "lax"])


def test_as_printed_keeps_case_and_letters():
    assert as_printed("  Novem-\nber  FÉR ") == "November FÉR"


def test_region_names():
    assert same_name("Dalarna/Gävleborg", "gävleborg/dalarna")
    assert same_name("Region Väst", "Väst")
    assert same_name(None, None)
    assert not same_name("Öst", "Mälardalen/Öst")
    assert not same_name(None, "Väst")


def test_towns_of_a_list():
    assert towns("Hudiksvall, Ludvika") == {"hudiksvall", "ludvika"}
    assert towns(None) == frozenset()
