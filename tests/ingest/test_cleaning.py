import pytest

from ingest.cleaning import clean_text, close_spaced, fold, mend_doubled, quote_form


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("trygg-\nhetsvärdar", "trygghetsvärdar"),
        ("trygg\u00ad\nhets\u00advärdar", "trygghetsvärdar"),
        ("kultur- \noch fritid", "kultur- och fritid"),
        ("Dalarna-\nGävleborg", "Dalarna-Gävleborg"),
        ("eﬀekt och ﬁn afﬁsch", "effekt och fin affisch"),
        ("ma\u030alet a\u0308r o\u0308ppet", "målet är öppet"),
        ("två   ord\n  till", "två ord till"),
        ("GGaatttteenn ppåå ttoorrggeett", "Gatten på torget"),
    ],
)
def test_clean_text_shows_words_as_a_reader_expects_them(printed: str, shown: str) -> None:
    assert clean_text(printed) == shown


def test_markdown_marks_are_no_words() -> None:
    assert (
        clean_text("**Torget** är *öppet* [här](https://a.se), 50 m<sup>2</sup>", markdown=True)
        == "Torget är öppet här, 50 m"
    )


def test_words_with_true_double_letters_are_left_alone() -> None:
    assert mend_doubled("Anna såg oss i tillväxten, 8800 kronor") == "Anna såg oss i tillväxten, 8800 kronor"


def test_letter_spacing_is_closed_only_where_letters_stand_apart() -> None:
    assert close_spaced("R E G I O N  N O R R") == "REGION NORR"
    assert close_spaced("Vi är i en by") == "Vi är i en by"


def test_quote_form_changes_nothing_but_hyphens_and_spaces() -> None:
    assert quote_form("en ﬁn\n dag med ma\u030al och tryg-\n  ghet") == "en ﬁn dag med ma\u030al och trygghet"


@pytest.mark.parametrize("damaged", ["malgrupp", "mélgrupp", "ma\u030algrupp", "MÅLGRUPP", "mål\u00adgrupp"])
def test_fold_makes_damaged_spellings_of_a_ring_alike(damaged: str) -> None:
    assert fold(damaged) == fold("målgrupp")


@pytest.mark.parametrize(
    ("damaged", "spelled"),
    [
        ("fér", "för"),
        ("férvaltning", "förvaltning"),
        ("pé", "på"),
        ("st&r", "står"),
        ("fr8ga", "fråga"),
        ("6ppna", "öppna"),
    ],
)
def test_fold_reads_what_ocr_makes_of_swedish_letters(damaged: str, spelled: str) -> None:
    assert fold(damaged) == fold(spelled)


def test_fold_keeps_figures_firms_and_words_spelled_with_acute_e() -> None:
    assert fold("H&M köpte 38 st idéer för 80 kr") == "h&m kopte 38 st ideer for 80 kr"
