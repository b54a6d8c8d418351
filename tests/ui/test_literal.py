"""Names from links, files and reports are shown as they are written, never read as Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from ingest.model import IngestReport, Skipped
from tests.ui.standins import PDF, StandInLibrary
from ui import manage

TRAP = "[Logga in](https://ond.example)"
LIVE = re.compile(r"(?<!\\)\[[^]]*\]\(")  # Markdown would make it a link


def read_as_markdown(at: AppTest) -> Iterator[str]:
    """Every text of the page that Streamlit takes for Markdown."""
    for kind in ("title", "header", "subheader", "markdown", "caption", "info", "warning", "error", "success"):
        yield from (str(element.value) for element in at.get(kind))
    for kind in ("button", "checkbox", "toggle", "button_group", "expander"):
        for element in at.get(kind):
            yield str(element.label)
            yield from map(str, getattr(element, "options", ()))


def test_the_check_finds_a_live_link() -> None:
    def page() -> None:
        import streamlit as st

        st.warning("[Logga in](https://ond.example) finns inte")

    assert [text for text in read_as_markdown(AppTest.from_function(page).run()) if LIVE.search(text)]


def _sources() -> None:
    from ui import sources, state

    sources.render(state.assistant())


def _manage() -> None:
    from ui import manage, state

    with state.explained():
        manage.render()


@pytest.fixture
def trapped(library: StandInLibrary) -> None:
    """A report whose title, region and question are traps."""
    first, *others = library.reports
    regions = (replace(first.regions[0], region=TRAP), *first.regions[1:])
    passages = tuple(replace(p, region=TRAP if p.region == "Nord" else p.region, question=TRAP) for p in first.passages)
    library.reports = (replace(first, title=TRAP, regions=regions, passages=passages, meeting=None), *others)


@pytest.mark.parametrize(
    "link",
    [
        {"dokument": TRAP},
        {"vy": "rapport", "rapport": TRAP},
        {"vy": "rapport", "rapport": PDF},
        {"vy": "ort", "ort": TRAP},
        {"vy": "fraga"},
    ],
    ids=lambda link: "-".join(link.values()),
)
def test_a_link_and_a_report_cannot_put_a_link_of_theirs_on_the_page(
    engine: object, trapped: None, link: dict[str, str]
) -> None:
    at = AppTest.from_function(_sources, default_timeout=30)
    for name, value in link.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    assert [text for text in read_as_markdown(at) if LIVE.search(text)] == []


def test_the_chat_names_its_reports_as_they_are_written(open_app: Callable[..., AppTest], trapped: None) -> None:
    at = open_app(dokument=TRAP)
    assert any("Logga in" in text for text in read_as_markdown(at))
    assert [text for text in read_as_markdown(at) if LIVE.search(text)] == []


def test_the_page_for_reports_names_files_and_regions_as_they_are_written(engine: object, trapped: None) -> None:
    outcome = IngestReport(skipped=(Skipped(f"{TRAP}.txt", "filen är tom."),))
    assert manage.board().start(f"lade till {TRAP}.txt", lambda progress: outcome)
    job = manage.board().latest
    assert job is not None and job.finished.wait(10)
    at = AppTest.from_function(_manage, default_timeout=30).run()
    at.selectbox(key="existing").select(PDF).run()
    texts = list(read_as_markdown(at))
    assert not at.exception and sum("Logga in" in text for text in texts) >= 3
    assert [text for text in texts if LIVE.search(text)] == []
