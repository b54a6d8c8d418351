"""The trace: a span of each request, ended whatever becomes of the reply."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from llama_index.core.instrumentation import get_dispatcher
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from answer.llm_trace import trace_with
from tests.answer.fake_llm_server import CloseMidway, CutOff, FakeServer, Reply, Stall, Status
from tests.answer.llm_library import GOOD, KEY, STATEMENTS, Setting, setting, writer

Ended = Callable[[], list[ReadableSpan]]


@pytest.fixture(scope="module")
def found() -> Setting:
    return setting()


@pytest.fixture
def spans() -> Iterator[Ended]:
    """Gives the spans that have ended so far."""
    exporter = InMemorySpanExporter()
    dispatcher = get_dispatcher()
    before = list(dispatcher.event_handlers)
    traced = trace_with(exporter, "snäll-modell")

    def ended() -> list[ReadableSpan]:
        traced.flush()
        return list(exporter.get_finished_spans())

    yield ended
    dispatcher.event_handlers = before


def test_a_trace_holds_messages_and_reply_and_no_key(server: FakeServer, found: Setting, spans: Ended) -> None:
    server.replies = [GOOD, GOOD, Status(401, f"Incorrect API key provided: {KEY}")]
    writer(server, found).write(found.answer)
    writer(server, found).draft(found.answer).result()
    writer(server, found).write(found.answer)
    assert [span.attributes.get("gen_ai.completion") for span in spans()] == [GOOD, GOOD, None]
    assert [span.status.status_code.name for span in spans()] == ["UNSET", "UNSET", "ERROR"]
    assert STATEMENTS[0][4] in spans()[0].attributes["gen_ai.prompt.1.user"]
    assert KEY not in "".join(span.to_json() for span in spans())


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("reply", [CloseMidway("Lund har"), Stall("Lund har")])
def test_the_trace_of_a_reply_that_breaks_off_says_so(
    server: FakeServer, found: Setting, spans: Ended, reply: Reply, stream: bool
) -> None:
    server.replies = [reply]
    one = writer(server, found, timeout=0.5)
    _ = one.draft(found.answer).result() if stream else one.write(found.answer)
    (span,) = spans()
    assert span.status.status_code.name == "ERROR" and span.status.description
    if stream:
        assert span.attributes["gen_ai.completion"].startswith("Lund har")


@pytest.mark.parametrize("stream", [False, True])
def test_the_trace_of_a_reply_that_was_too_long_says_so(
    server: FakeServer, found: Setting, spans: Ended, stream: bool
) -> None:
    server.replies = [CutOff("Lund har ett tryckt presentkort [3]. Varberg")]
    one = writer(server, found)
    _ = one.draft(found.answer).result() if stream else one.write(found.answer)
    (span,) = spans()
    assert (span.status.status_code.name, span.status.description) == ("ERROR", "the reply was cut off (length)")
    assert span.attributes["gen_ai.response.finish_reasons"] == ("length",)


@pytest.mark.parametrize("leave", ["stop", "close"])
def test_the_trace_of_a_reply_that_the_reader_stops_ends_there_and_says_so(
    server: FakeServer, found: Setting, spans: Ended, leave: str
) -> None:
    server.replies = [Stall("Lund har ett tryckt presentkort [3]. Varberg säljer")]
    draft = writer(server, found).draft(found.answer)
    pieces = iter(draft)
    next(pieces)
    draft.stop() if leave == "stop" else pieces.close()  # type: ignore[attr-defined]
    draft.result()
    (span,) = spans()
    assert (span.status.status_code.name, span.status.description) == ("ERROR", "stopped by the reader")


def test_the_trace_of_a_refused_temperature_holds_both_requests(
    server: FakeServer, found: Setting, spans: Ended
) -> None:
    server.replies = [Status(400, "temperature is not supported"), GOOD]
    writer(server, found).write(found.answer)
    assert [span.attributes.get("gen_ai.completion") for span in spans()] == [None, GOOD]
