"""Matching by words: inflection, compounds, thesaurus, coverage, spelling."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.lexical import LexicalIndex
from index.thesaurus import Group, Thesaurus, load_thesaurus
from index.words import content_words, distance, stem
from ingest.errors import SettingsError
from ingest.model import Passage


def passages(*texts: str, **fields: str) -> list[Passage]:
    return [
        Passage(id=str(n), document="d", order=n, kind="bullet", text=text, quote=text, spans=(), **fields)  # type: ignore[arg-type]
        for n, text in enumerate(texts)
    ]


FILLER = ("Blommorna planterades om.", "Busslinjen lades ned.", "Styrelsen har fem ledamöter.", "Scenen byttes ut.")


def index(*texts: str, thesaurus: Thesaurus | None = None) -> LexicalIndex:
    return LexicalIndex.build(passages(*texts, *FILLER), thesaurus or Thesaurus())


@pytest.mark.parametrize(
    "question, topic",
    [
        ("vad gör andra städer med presentkort?", ["presentkort"]),
        ("Hur arbetar kommunerna med trygghet?", ["trygghet"]),
        ("Vilka exempel finns det på e-handel?", ["e-handel"]),
        ("QR-koder i centrum", ["QR", "koder"]),
        ("hur gjorde de?", []),
        ("VAD KOSTAR JULGRANEN", ["KOSTAR", "JULGRANEN"]),
        ("gor nagra stader nagot at skrapet", ["skrapet"]),
        ("hur många kom 2019?", ["2019"]),
    ],
)
def test_only_words_that_carry_the_topic_are_content(question: str, topic: list[str]) -> None:
    assert content_words(question) == topic


@pytest.mark.parametrize(
    "asked, stated",
    [
        ("presentkort", "Presentkorten såldes slut."),
        ("presentkort", "Presentkortsförsäljningen ökade."),
        ("presentkortsförsäljning", "Presentkort säljs på turistbyrån."),
        ("presentkort", "Centrumpresentkortet finns kvar."),
        ("marknad", "Julmarknaden flyttas till parken."),
        ("ordningsvakter", "En ordningsvakt går i city."),
        ("handel", "Handeln minskade."),
        ("skyltsondag", "Skyltsöndagen lockade många."),
        ("hem leverans", "Hemleverans varje dag."),
        ("e-handel", "Ehandeln växer."),
        ("ehandel", "E-handelsplattformen är gemensam."),
        ("handel", "E-handeln växer."),
        ("handel", "Handelsplatsen flyttar."),
        ("cykel", "Cykelstråket är nytt."),
        ("torg", "To\u0308mda torget och va\u0308xlade."),
    ],
)
def test_inflections_and_compounds_are_found_in_both_directions(asked: str, stated: str) -> None:
    scores = index(stated).score(asked)
    assert scores["cover"][0] > 0 and scores["cover"].argmax() == 0
    assert (scores["cover"][1:] == 0).all()


@pytest.mark.parametrize(
    "asked, stated",
    [
        ("kort", "Kortsiktigt tänkande råder."),
        ("e-handel", "Ett e på skylten."),
        ("bil", "Mobilerna laddas."),
        ("hyra", "Skyltarna skyms."),
        ("väder", "Vad gör vi nu?"),
        ("städning", "En stad i förändring."),
        ("äldre", "Aldrig mer så."),
    ],
)
def test_letters_that_happen_to_be_alike_are_no_match(asked: str, stated: str) -> None:
    assert index(stated).score(asked)["cover"][0] == 0


def test_a_word_with_a_letter_before_it_is_asked_for_whole() -> None:
    found = index("E-handeln växer.", "Handeln minskade.", thesaurus=load_thesaurus()).score("e-handel")["cover"]
    assert found[0] == 1 and found[1] < 0.5
    assert index("Nätbutiken är ny.", thesaurus=load_thesaurus()).score("e-handel")["cover"][0] > 0.5


def test_every_feature_is_one_number_between_0_and_1_per_passage() -> None:
    found = index("Presentkortet är digitalt.").score("digitala presentkort i centrum")
    assert set(found) >= {"ngram", "ngram_own", "cover", "cover_own", "cover_heading", "cover_question", "rarest"}
    for name, scores in found.items():
        assert scores.shape == (5,) and (scores >= 0).all() and (scores <= 1 + 1e-6).all(), name


def test_coverage_tells_passage_heading_and_question_apart() -> None:
    items = passages("Ja, i december.", question="2. Har ni loppis?", heading="HEMKÖRNING") + passages(*FILLER)
    found = LexicalIndex.build(items, Thesaurus()).score("loppis")
    assert found["cover_question"][0] == 1 and found["cover_heading"][0] == 0 and found["cover_own"][0] == 0
    assert found["cover"][0] == 1


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    texts = ["Butiken säljer cyklar.", *["Butiken har öppet."] * 10]
    found = index(*texts).score("butik cyklar")
    assert found["cover"][0] > 2 * found["cover"][1] > 0


def test_everyday_words_that_no_report_has_do_not_outweigh_the_topic() -> None:
    question = "cityvärdar, hem, pengar"
    assert content_words(question) == ["cityvärdar", "hem", "pengar"]
    found = index("Cityvärdar går runt.").score(question)["cover"]
    assert found[0] > 1 / 3 and found[1:].max() == 0


TRADE = Thesaurus([Group(("presentkort", "gåvokort", "lokal valuta")), Group(("evenemang",), ("konsert",))])


@pytest.mark.parametrize(
    "asked, stated", [("gåvokort", "Presentkortet gäller."), ("presentkort", "Gåvokortet gäller."),
                      ("presentkort", "En lokal valuta prövas."), ("lokal valuta", "Presentkortet gäller."),
                      ("evenemang", "Konserten ställdes in.")]
)  # fmt: skip
def test_the_thesaurus_works_in_both_directions_and_downwards(asked: str, stated: str) -> None:
    assert index(stated, thesaurus=TRADE).score(asked)["cover"][0] > 0.5
    assert index(stated).score(asked)["cover"][0] == 0


def test_a_wider_word_does_not_answer_for_the_narrower_one() -> None:
    assert index("Evenemangen ställdes in.", thesaurus=TRADE).score("konsert")["cover"][0] == 0


def test_coverage_without_the_thesaurus_stays_available_beside_it() -> None:
    found = index("Gåvokortet gäller.", thesaurus=TRADE).score("presentkort")
    assert found["cover_plain"][0] == 0 < found["cover"][0]


def test_the_projects_thesaurus_is_large_and_each_entry_relates_words() -> None:
    groups = load_thesaurus().groups
    assert len(groups) >= 150
    assert all(len(group.words) + len(group.narrower) > 1 for group in groups)


def test_a_users_file_adds_to_the_projects_groups(tmp_path: Path) -> None:
    (tmp_path / "egna.yaml").write_text("- ord: [kronan, stadsslanten]\n", encoding="utf-8")
    found = index("Stadsslanten infördes.", thesaurus=load_thesaurus(tmp_path / "egna.yaml")).score("kronan")
    assert found["cover"][0] > 0.5


@pytest.mark.parametrize(
    "content", ["ord: x", "- ord: torg", "- [a, b]", "- ord: [1]", "- ord: [a]\n  vidare: [b]", "- {"]
)
def test_a_faulty_thesaurus_names_the_file(tmp_path: Path, content: str) -> None:
    (tmp_path / "egna.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match="egna.yaml"):
        load_thesaurus(tmp_path / "egna.yaml")


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("presntkort", "presentkortet"),
        ("preesntkort", "presentkortet"),
        ("presentkort", None),
        ("presentkortsdag", None),
        ("rymdstation", None),
        ("kort", None),
        ("2019", None),
    ],
)
def test_only_misspelled_words_are_corrected(typed: str, meant: str | None) -> None:
    assert index("Presentkortet gäller i butikerna varje dag.").correct(typed) == meant


def test_overlap_finds_the_sentence_that_the_question_is_about() -> None:
    overlap = index("Presentkortet är digitalt. Torget stenläggs.", thesaurus=TRADE).overlap("gåvokort")
    assert overlap("Presentkortet är digitalt.") > overlap("Torget stenläggs.") == 0


def test_an_empty_corpus_and_a_question_without_content_give_zeros() -> None:
    assert LexicalIndex.build([], Thesaurus()).score("presentkort")["cover"].shape == (0,)
    assert index().score("hur gör de?")["cover"].sum() == 0
    assert index().overlap("hur?")("Vad som helst.") == 0
    assert np.isfinite(index().score("")["ngram"]).all()


def test_scores_are_the_same_every_time() -> None:
    first, second = (index("Presentkort.", "Gåvokort.", thesaurus=TRADE).score("presentkort") for _ in range(2))
    for name in first:
        np.testing.assert_array_equal(first[name], second[name])


@pytest.mark.parametrize(
    "one, other, edits", [("torg", "torg", 0), ("torg", "trog", 1), ("kort", "korta", 1), ("a", "bcd", 3)]
)
def test_distance_counts_edits_and_stops_at_the_limit(one: str, other: str, edits: int) -> None:
    assert distance(one, other, 2) == min(edits, 3)


@pytest.mark.parametrize(
    "forms", [("presentkort", "presentkortet", "presentkorten"), ("handel", "handeln"), ("digitalt", "digitala")]
)
def test_forms_of_a_word_share_a_stem(forms: tuple[str, ...]) -> None:
    assert len({stem(form) for form in forms}) == 1
