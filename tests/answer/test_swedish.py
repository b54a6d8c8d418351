from __future__ import annotations

import pytest

from answer.swedish import (
    alphabetical,
    as_sentence,
    counted,
    listed,
    listed_some,
    longest_without_contacts,
    sentences,
    swedish_date,
    without_contacts,
)


def test_a_date_is_written_out_without_a_leading_zero() -> None:
    assert swedish_date("2021-02-09") == "9 februari 2021"


@pytest.mark.parametrize("text", ["2021", "2021-13-01", "igår"])
def test_what_is_no_date_is_an_error(text: str) -> None:
    with pytest.raises(ValueError):
        swedish_date(text)


@pytest.mark.parametrize(
    ("count", "noun", "text"),
    [
        (1, "stycke", "ett stycke"),
        (1, "ort", "en ort"),
        (0, "träff", "noll träffar"),
        (12, "region", "tolv regioner"),
        (13, "uppgift", "13 uppgifter"),
    ],
)
def test_counted_nouns_agree(count: int, noun: str, text: str) -> None:
    assert counted(count, noun) == text


@pytest.mark.parametrize(
    ("items", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a och b"), (["a", "b", "c"], "a, b och c")]
)
def test_lists_end_with_och(items: list[str], text: str) -> None:
    assert listed(items) == text


@pytest.mark.parametrize(
    "most, text", [(3, "a, b och c"), (9, "a, b och c"), (2, "a, b och en ort till"), (1, "a och två orter till")]
)
def test_what_is_beyond_the_first_is_counted(most: int, text: str) -> None:
    assert listed_some(["a", "b", "c"], most, "ort") == text


def test_a_ring_and_dots_come_last_in_the_alphabet() -> None:
    assert sorted(["Örebro", "Ale", "Åre", "Ängelholm", "Ystad"], key=alphabetical) == [
        "Ale",
        "Ystad",
        "Åre",
        "Ängelholm",
        "Örebro",
    ]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Kiosken stängde. Torget blev tomt!", ["Kiosken stängde.", "Torget blev tomt!"]),
        ("De bjöd på fika, t.ex. Kanelbullar.", ["De bjöd på fika, t.ex. Kanelbullar."]),
        ("Loppisen kostar ca. 500 kr.", ["Loppisen kostar ca. 500 kr."]),
        ("Öppet den 3. Maj är stängt.", ["Öppet den 3. Maj är stängt."]),
        ("Slut på www.exempel.se nu.", ["Slut på www.exempel.se nu."]),
        ("", []),
    ],
)
def test_abbreviations_and_figures_do_not_end_a_sentence(text: str, parts: list[str]) -> None:
    assert sentences(text) == parts


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("öppet i jul", "Öppet i jul."),
        ("Öppet!", "Öppet!"),
        ("Öppet –", "Öppet."),
        ("McDonalds öppnar", "McDonalds öppnar."),
        ("", ""),
    ],
)
def test_a_sentence_begins_with_a_capital_and_ends_with_a_mark(text: str, sentence: str) -> None:
    assert as_sentence(text) == sentence


CONTACTS = [
    "anna.berg@exempel.se",
    "info@torget.exempel.com",
    "08-123 45 67",
    "070-1234567",
    "070 123 45 67",
    "+46 70 123 45 67",
    "+46 (0)70-123 45 67",
    "+46701234567",
    "(0123-456 78)",
]


@pytest.mark.parametrize("contact", CONTACTS)
def test_contact_details_go_and_the_statement_stays(contact: str) -> None:
    text = without_contacts(f"Piteå delar ut ljusslingor till alla butiker, fråga {contact} om dem.")
    assert text.startswith("Piteå delar ut ljusslingor till alla butiker, fråga")
    assert "@" not in text and not any(char.isdigit() for char in text)


@pytest.mark.parametrize("contact", CONTACTS)
def test_a_sentence_of_contact_details_alone_goes_with_them(contact: str) -> None:
    assert without_contacts(f"Kiosken öppnar i maj. Kontakt: {contact}.") == "Kiosken öppnar i maj."


@pytest.mark.parametrize(
    "text",
    [
        "Den 9 februari 2021 kom 140 personer, 30-40 fler än 2019-2020.",
        "Kortet såldes för 1 200 000 kronor i 80 butiker.",
        "Öppet kl 10-18 och 09.00-15.30.",
        "Sök på #juliskövde och www.exempel.se.",
    ],
)
def test_figures_that_are_no_numbers_to_call_stay(text: str) -> None:
    assert without_contacts(text) == text
    assert longest_without_contacts(text) == text


def test_a_quote_is_the_longest_unbroken_part_without_contact_details() -> None:
    assert longest_without_contacts("Lund säljer kort i stadshuset, maila kort@exempel.se nu.") == (
        "Lund säljer kort i stadshuset, maila"
    )
