import pytest

from ingest.towns import Gazetteer, split_towns


def named(text: str, known: tuple[str, ...] = ()) -> list[str]:
    return [mention.town for mention in Gazetteer(known).mentions(text)]


@pytest.mark.parametrize(
    ("printed", "towns"),
    [
        ("Simrishamn/Kävlinge, Eslöv", ("Simrishamn", "Kävlinge", "Eslöv")),
        ("Kiruna, Vännäs\nSollefteå och Piteå", ("Kiruna", "Vännäs", "Sollefteå", "Piteå")),
        ("Falun, Ludivka, Falun", ("Falun", "Ludvika")),
        ("Upplands\nVäsby och Lilla Edet", ("Upplands Väsby", "Lilla Edet")),
        ("Göteborgsregionen, Påhittby", ("Göteborgsregionen", "Påhittby")),
    ],
)
def test_a_printed_list_is_split_into_towns_each_once(printed: str, towns: tuple[str, ...]) -> None:
    assert split_towns(printed, Gazetteer()) == towns


@pytest.mark.parametrize(
    ("printed", "town"),
    [("ÖRNSKÖLD SVIK", "Örnsköldsvik"), ("Ängelhom", "Ängelholm"), ("göteborg", "Göteborg"), ("Zzyzx", None)],
)
def test_a_name_said_to_be_a_place_is_resolved(printed: str, town: str | None) -> None:
    assert Gazetteer().resolve(printed) == town


def test_an_abbreviated_name_means_the_town_that_the_report_knows() -> None:
    assert named("Umeå och Ö-vik samarbetar", ("Örnsköldsvik", "Umeå")) == ["Umeå", "Örnsköldsvik"]


@pytest.mark.parametrize(
    ("text", "towns"),
    [
        ("Hudiksvalls torg och Växjös gågata", ["Hudiksvall", "Växjö"]),
        ("Kalmar City delar idén med Visit Örebro", ["Kalmar", "Örebro"]),
        ("Kontot mittfalun visar vardagen", []),
        ("Lisa Lund talade", []),
        ("Vara mer synlig. Vi har en bro.", []),
        ("En butik i Vara och en i Bro", ["Vara", "Bro"]),
        ("Sparbanken Nord gav bidrag", []),
        ("LUDVIKA har en karta, som BORÅS", ["Ludvika", "Borås"]),
        ("Mora: marknaden flyttas", ["Mora"]),
        ("Läs mer på https://falun.se eller info@falun.se #falun", []),
    ],
)
def test_places_are_told_from_words_firms_and_people(text: str, towns: list[str]) -> None:
    assert named(text) == towns


def test_a_town_that_is_also_a_word_counts_at_the_start_where_the_report_knows_it() -> None:
    assert named("Mora har en marknad", ("Mora",)) == ["Mora"]
    assert named("Lund och Södertälje försöker") == ["Lund", "Södertälje"]


def test_a_misprint_in_a_sentence_is_mended_to_a_known_town_only() -> None:
    assert named("siffran för Österunds del", ("Östersund",)) == ["Östersund"]
    assert named("siffran för Österunds del") == []
