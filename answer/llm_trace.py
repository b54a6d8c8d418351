"""What is sent to the language model and received from it as OpenTelemetry spans, from llama-index's own events.

Only the messages, the model's name and the reply are recorded; the model's settings, which hold the key, are not.
"""

from __future__ import annotations

import threading
from typing import Any

from llama_index.core.instrumentation import get_dispatcher
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index.core.instrumentation.events import BaseEvent
from llama_index.core.instrumentation.events.exception import ExceptionEvent
from llama_index.core.instrumentation.events.llm import LLMChatEndEvent, LLMChatInProgressEvent, LLMChatStartEvent
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter
from opentelemetry.trace import Span, Status, StatusCode, Tracer
from pydantic import PrivateAttr

from answer.llm_client import CUT_OFF, REPLY, why_ended
from ingest.errors import LanguageModelError

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
        reply = event.tags.get(REPLY, "")
        if isinstance(event, LLMChatStartEvent):
            span = self._tracer.start_span("chat", attributes={"gen_ai.request.model": self._model})
            for place, message in enumerate(event.messages):
                span.set_attribute(f"gen_ai.prompt.{place}.{message.role.value}", message.content or "")
            self._open[reply] = span
        elif isinstance(event, (LLMChatInProgressEvent, LLMChatEndEvent)):
            if reply in self._open and event.response:
                span = self._open[reply]
                span.set_attribute("gen_ai.completion", event.response.message.content or "")
                if reason := why_ended(event.response):
                    span.set_attribute("gen_ai.response.finish_reasons", [reason])
                if reason in CUT_OFF:
                    span.set_status(Status(StatusCode.ERROR, f"the reply was cut off ({reason})"))
            if isinstance(event, LLMChatEndEvent):
                self._end(reply)
        elif isinstance(event, ExceptionEvent):
            # Ours says what happened; a library's text is left out, since it may quote the key.
            ours = isinstance(event.exception, LanguageModelError)
            self._end(reply, str(event.exception) if ours else type(event.exception).__name__)

    def _end(self, reply: str, error: str = "") -> None:
        """End a reply's span once; what is told of it later is left out."""
        span = self._open.pop(reply, None)
        if span is None:
            return
        if error:
            span.set_status(Status(StatusCode.ERROR, error))
        span.end()

    def flush(self) -> None:
        """Send what waits to be sent."""
        self._provider.force_flush()
