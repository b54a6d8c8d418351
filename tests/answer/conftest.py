"""What answering needs, in small: three fictional meetings, two other documents."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from answer.question import Known
from index.words import content_words
from ingest.model import Meeting, Report
from ingest.towns import Gazetteer
from tests.answer.fake_llm_server import FakeServer

TOWNS = ("Halmstad", "Falköping", "Stockholm", "Malmö", "Kalmar", "Östersund", "Umeå", "Karlstad", "Helsingborg")


@pytest.fixture(scope="session")
def known() -> Known:
    gazetteer = Gazetteer(TOWNS)
    return Known(
        regions=("Norr", "Väst", "Syd", "Öst", "Mälardalen/Öst", "Stockholm/Mälardalen", "Värmland/Dalsland"),
        meetings=(
            Meeting("2019-09-03", ("2019-09-02", "2019-09-03"), "Citygroupträff 3 september 2019"),
            Meeting("2021-02-09", ("2021-02-09",), "Digital Citygroupträff 9 februari 2021"),
            Meeting("2024-02-06", ("2024-02-05", "2024-02-06"), "Citygroupträff 5-6 februari 2024"),
        ),
        towns=TOWNS,
        reports=(
            Report("strategi.pdf", "a", "strategy", "Strategi för sociala medier", (), about=("Helsingborg",)),
            Report("artikel.txt", "b", "article", "Så gör de", (), about=("Karlstad",)),
        ),
        words=frozenset({"2027", "presentkort", "ost"}),
        find_places=lambda text: [(m.start, m.end, m.town) for m in gazetteer.mentions(text)],
        content_words=content_words,
        correct=lambda word: None,
    )


@pytest.fixture
def server() -> Iterator[FakeServer]:
    fake = FakeServer()
    yield fake
    fake.close()
