import pytest

from ingest.regions import canonical_region, read_host_line, read_region_heading
from ingest.towns import Gazetteer

GAZETTEER = Gazetteer()


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("REGION NORR", "Norr"),
        ("GÄVLEBORG/DALARNA", "Dalarna/Gävleborg"),
        ("Värmland och Dalsland", "Värmland/Dalsland"),
        ("Värmland/Dalaland", "Värmland/Dalsland"),
        ("NORRA KUSTEN", "Norra Kusten"),
        ("Småland/Öland", "Småland/Öland"),
        ("Småland/ Öland", "Småland/Öland"),
    ],
)
def test_names_are_spelled_as_the_network_does_and_new_ones_as_printed(printed: str, name: str) -> None:
    assert canonical_region(printed) == name


@pytest.mark.parametrize(
    ("line", "region", "host"),
    [
        ("REGION NORR – ÖRNSKÖLD SVIK", "Norr", "Örnsköldsvik"),
        ("REGION BERGSLAGEN - VÄRDSTAD FALUN", "Bergslagen", "Falun"),
        ("Region Nordost: Luleå", "Nordost", "Luleå"),
        ("REGION VÄRMLAND/DALSLAND – TRÄFF I ARVIKA", "Värmland/Dalsland", "Arvika"),
        ("R E G I O N  V Ä S T", "Väst", None),
        ("REGI ON SYD", "Syd", None),
        ("Dalarna/Gävleborg: Mora", "Dalarna/Gävleborg", "Mora"),
        ("Sjuhärad – värdstad Borås", "Sjuhärad", "Borås"),
        ("Norr, Piteå 4 mars", "Norr", "Piteå"),
        ("Dokumentation från Region Norr i Piteå", "Norr", "Piteå"),
        ("Region Kust (Lysekil)", "Kust", "Lysekil"),
        ("Region 3: Kiruna", "3", "Kiruna"),
        ("Region Väst – Borås och Lerum", "Väst", "Borås, Lerum"),
    ],
)
def test_a_heading_tells_region_and_host(line: str, region: str, host: str | None) -> None:
    heading = read_region_heading(line, GAZETTEER)
    assert heading is not None
    assert (heading.region, heading.host_town) == (region, host)


@pytest.mark.parametrize(
    "line",
    [
        "I region Dalarna/Gävleborg var alla nöjda",
        "Region Skåne har beslutat om stöd",
        "Region Norr dag-till-dag 12 maj",
        "Regionen växer",
        "Värdstad Falun",
        "Grupp 1",
    ],
)
def test_sentences_about_regions_are_no_headings(line: str) -> None:
    assert read_region_heading(line, GAZETTEER) is None


def test_a_host_line_names_the_town_alone() -> None:
    assert read_host_line("Värdstad Ängelhom", GAZETTEER) == "Ängelholm"
    assert read_host_line("Plats: Umeå, Folkets hus", GAZETTEER) == "Umeå"
    assert read_host_line("Värdstad utses senare under året", GAZETTEER) is None
