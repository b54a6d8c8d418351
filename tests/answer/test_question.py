from datetime import date

import pytest

from answer.model import Query
from answer.question import Known, plain, same_region, understand

TODAY = date(2024, 10, 1)
ALL = ("2019-09-03", "2021-02-09", "2024-02-06")


def read(known: Known, question: str, *history: str, **filters: str) -> object:
    return understand(Query(question, history, **filters), known, TODAY)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "regions"),
    [
        ("Vad sa region Väst om presentkort?", ("Väst",)),
        ("vad sa region vast om presentkort", ("Väst",)),
        ("hur skiljer sig Norr och Syd i fråga om budget?", ("Norr", "Syd")),
        ("vad gör de i värmland dalsland med lunchkuponger", ("Värmland/Dalsland",)),
        ("Dalsland och Värmland om AI", ("Värmland/Dalsland",)),
        ("region öst om AI", ("Öst",)),
        ("region Stockholm om AI", ("Stockholm/Mälardalen",)),
        ("vad gör Stockholm med AI", ()),
        ("vilka städer har ost?", ()),
        ("öppettider i norr", ("Norr",)),
    ],
)
def test_a_named_region_becomes_a_filter(known: Known, question: str, regions: tuple[str, ...]) -> None:
    assert read(known, question).regions == regions  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("question", "meetings"),
    [
        ("vad sa man om AI 2024?", ("2024-02-06",)),
        ("vad sa man om AI 5-6 februari 2024?", ("2024-02-06",)),
        ("AI på träffen den 5 februari 2024", ("2024-02-06",)),
        ("hösten 2019: vad sa man om AI", ("2019-09-03",)),
        ("i februari 2021 om AI", ("2021-02-09",)),
        ("om AI på senaste träffen", ("2024-02-06",)),
        ("vad gjordes för krogar under pandemin?", ("2021-02-09",)),
        ("i våras, vad sades om AI?", ("2024-02-06",)),
        ("har synen på parkering ändrats sedan 2021?", ("2021-02-09", "2024-02-06")),
        ("vad händer med arenan 2027?", ()),
    ],
)
def test_a_named_meeting_becomes_a_filter(known: Known, question: str, meetings: tuple[str, ...]) -> None:
    understood = read(known, question)
    assert understood.meetings == meetings  # type: ignore[attr-defined]
    assert understood.unknown == ()  # type: ignore[attr-defined]


def test_a_meeting_that_the_reports_lack_is_named(known: Known) -> None:
    assert read(known, "vad beslutades på träffen 2017?").unknown == ("på träffen 2017",)  # type: ignore[attr-defined]
    assert read(known, "vad sa man om julen 2017?").unknown == ("2017",)  # type: ignore[attr-defined]


def test_a_place_that_the_reports_lack_is_named(known: Known) -> None:
    assert read(known, "bostadspriser i Knivsta").unknown == ("Knivsta",)  # type: ignore[attr-defined]


def test_the_own_town_is_left_out_where_others_are_asked_for(known: Known) -> None:
    assert read(known, "vi i Halmstad undrar vad andra gör").excluded_towns == ("Halmstad",)  # type: ignore[attr-defined]
    others = read(known, "vad gör andra städer med skyltar?", home_town="Kalmar")
    assert others.excluded_towns == ("Kalmar",)  # type: ignore[attr-defined]
    assert read(known, "vilka har skyltar?", home_town="Kalmar").excluded_towns == ()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("hur många deltog i region väst 2021?", "participants"),
        ("Var hölls träffen i region syd 2019?", "host_town"),
        ("vilka orter var representerade i Norr?", "towns"),
        ("när är nästa träff?", "next_meeting"),
        ("vad var temat 2024?", "theme"),
        ("vilken region ställdes in 2024?", "cancelled"),
        ("när var senaste träffen?", "meeting"),
        ("När träffas man nästa gång?", "next_meeting"),
        ("när är nästa?", "next_meeting"),
        ("vilken stad är värd nästa gång för Syd?", "next_host_towns"),
        ("var träffas region Norr nästa gång?", "next_host_towns"),
        ("hur många var på plats när region Syd träffades?", "participants"),
        ("hur många personer samlades i Norr 2021", "participants"),
        ("vilka träffar finns dokumenterade?", "meeting"),
        ("Vilka regioner finns det?", "regions"),
        ("vilka regioner har en app?", None),
        ("hur många städer deltog 2024?", None),
        ("när öppnar butikerna nästa gång?", None),
        ("vilka teman föreslogs till nästa träff?", None),
        ("hur många deltog i julmarknaden?", None),
        ("vilka städer var med i Purple Flag?", None),
    ],
)
def test_questions_about_the_meetings_ask_for_facts(known: Known, question: str, fact: str | None) -> None:
    assert read(known, question).fact == fact  # type: ignore[attr-defined]


def test_a_follow_up_keeps_topic_and_takes_the_new_region(known: Known) -> None:
    understood = read(known, "och i region syd?", "vad gör andra städer med presentkort?")
    assert (understood.topic, understood.regions) == ("presentkort", ("Syd",))  # type: ignore[attr-defined]


def test_a_follow_up_about_a_town_keeps_the_topic(known: Known) -> None:
    understood = read(known, "berätta mer om Halmstad", "vad gör andra städer med presentkort?")
    assert (understood.topic, understood.towns) == ("presentkort", ("Halmstad",))  # type: ignore[attr-defined]


def test_a_new_topic_starts_anew(known: Known) -> None:
    understood = read(known, "vilka har julmarknad?", "vad sa region Syd om presentkort?")
    assert (understood.topic, understood.regions) == ("julmarknad", ())  # type: ignore[attr-defined]


def test_a_town_alone_asks_for_everything_about_it(known: Known) -> None:
    understood = read(known, "allt om Halmstad")
    assert (understood.intent, understood.towns, understood.topic) == ("summary", ("Halmstad",), "")  # type: ignore[attr-defined]


def test_filters_of_the_reader_stand_above_the_question(known: Known) -> None:
    assert read(known, "vad sa Väst om AI?", region="Syd").regions == ("Syd",)  # type: ignore[attr-defined]


def test_a_strategy_of_a_town_is_a_document_filter(known: Known) -> None:
    assert read(known, "vad säger Helsingborgs strategi om tonen?").documents == ("strategi.pdf",)  # type: ignore[attr-defined]


def test_a_region_means_chapters_that_bear_it_or_a_part_of_it() -> None:
    assert same_region("Gävleborg/Dalarna", "Dalarna/Gävleborg")
    assert same_region("Öst", "Mälardalen/Öst")
    assert not same_region("Öst", "Väst")
    assert not same_region("Öst", None)


def test_plain_text_keeps_its_length() -> None:
    assert plain("Ängelholm, é") == "angelholm, e"


def test_what_is_counted_is_the_topic_however_common_the_word(known: Known) -> None:
    asked = read(known, "hur många kommuner fanns med 2021?")
    assert (asked.topic, asked.intent, asked.figure) == ("kommuner", "fact", True)  # type: ignore[attr-defined]
