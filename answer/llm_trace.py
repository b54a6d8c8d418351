"""What is sent to the language model and received from it as OpenTelemetry spans, from llama-index's own events.

Only the messages, the model's name and the reply are recorded; the model's settings, which hold the key, are not.
"""

from __future__ import annotations

import threading
from typing import Any

from llama_index.core.instrumentation import get_dispatcher
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index.core.instrumentation.events import BaseEvent
from llama_index.core.instrumentation.events.llm import LLMChatEndEvent, LLMChatStartEvent
from llama_index.core.instrumentation.span.base import BaseSpan
from llama_index.core.instrumentation.span_handlers import BaseSpanHandler
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter
from opentelemetry.trace import Span, Status, StatusCode, Tracer
from pydantic import PrivateAttr

_started: dict[str, _Spans] = {}
_lock = threading.Lock()


def start_tracing(target: str, model: str) -> None:
    """Trace to "console" or to the address of an OTLP collector (gRPC). Asking twice traces once."""
    with _lock:
        if target not in _started:
            _started[target] = trace_with(_exporter(target), model)


def trace_with(exporter: SpanExporter, model: str) -> _Spans:
    """Make a span of each reply from now on."""
    provider = TracerProvider(resource=Resource.create({"service.name": "fraga-citygroup"}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    spans = _Spans(provider, model)
    get_dispatcher().add_event_handler(spans)
    get_dispatcher().add_span_handler(_Failures(spans))
    return spans


def _exporter(target: str) -> SpanExporter:
    if target == "console":
        return ConsoleSpanExporter()
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(endpoint=target, insecure=not target.startswith("https"))


class _Spans(BaseEventHandler):
    _tracer: Tracer = PrivateAttr()
    _provider: TracerProvider = PrivateAttr()
    _model: str = PrivateAttr()
    _open: dict[str, Span] = PrivateAttr(default_factory=dict)

    def __init__(self, provider: TracerProvider, model: str) -> None:
        super().__init__()
        self._provider, self._tracer, self._model = provider, provider.get_tracer("answer.language_model"), model

    @classmethod
    def class_name(cls) -> str:
        return "LanguageModelSpans"

    def handle(self, event: BaseEvent, **_: Any) -> None:
        if isinstance(event, LLMChatStartEvent):
            span = self._tracer.start_span("chat", attributes={"gen_ai.request.model": self._model})
            for place, message in enumerate(event.messages):
                span.set_attribute(f"gen_ai.prompt.{place}.{message.role.value}", message.content or "")
            self._open[event.span_id or ""] = span
        elif isinstance(event, LLMChatEndEvent):
            said = event.response.message.content if event.response else None
            self._end(event.span_id or "", said or "")

    def failed(self, span_id: str, error: BaseException | None) -> None:
        """End the span of a call that raised. The error's text is left out: it may quote the key."""
        self._end(span_id, None, type(error).__name__)

    def _end(self, span_id: str, reply: str | None, error: str = "") -> None:
        span = self._open.pop(span_id, None)
        if span is None:
            return
        if reply is None:
            span.set_status(Status(StatusCode.ERROR, error))
        else:
            span.set_attribute("gen_ai.completion", reply)
        span.end()

    def flush(self) -> None:
        """Send what waits to be sent."""
        self._provider.force_flush()


class _Failures(BaseSpanHandler[BaseSpan]):
    """llama-index has no event for a call that raises, but it drops the call's own span."""

    _spans: _Spans = PrivateAttr()

    def __init__(self, spans: _Spans) -> None:
        super().__init__()
        self._spans = spans

    @classmethod
    def class_name(cls) -> str:
        return "LanguageModelFailures"

    def new_span(self, *_: Any, **__: Any) -> None:
        return None

    def prepare_to_exit_span(self, *_: Any, **__: Any) -> None:
        return None

    def prepare_to_drop_span(self, id_: str, *_: Any, err: BaseException | None = None, **__: Any) -> None:
        self._spans.failed(id_, err)
