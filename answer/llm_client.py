"""The language model itself: the one place that knows llama-index, OpenAI-compatible endpoints and Anthropic.

A reply is read in a thread of its own, so that the time limit holds for the whole of it and not only between two bytes,
and so that a stop takes effect at once, however slowly the model answers.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol
from uuid import uuid4

from answer.llm_prompt import REPLY_SHARE, Messages
from answer.messages import filled
from ingest.errors import LanguageModelError
from ingest.settings import LanguageModelSettings

log = logging.getLogger(__name__)

NO_KEY = "none"  # said where none is set, so that no other program's key is taken from the environment
STOPPED = "stopped by the reader"
LONGEST = 20_000  # characters; a reply beyond it has run wild
CUT_OFF = ("length", "max_tokens")  # why a reply ended, in both protocols, that reached its allowed length
REPLY = "reply"  # the tag of llama-index's events that tells replies apart in a trace
OPENAI = "https://api.openai.com/v1"
ANTHROPIC = "https://api.anthropic.com"

Pieces = queue.Queue[tuple[str, Any]]  # ("text", piece), then ("end", reason) or ("error", error)


@dataclass
class Limit:
    """How long a reply may take: `ends` on time.monotonic()'s clock; `stop`, once set, ends it at once."""

    ends: float
    seconds: float
    stop: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def of(cls, seconds: float, stop: threading.Event | None = None) -> Limit:
        return cls(time.monotonic() + seconds, seconds, stop or threading.Event())

    @property
    def left(self) -> float:
        return self.ends - time.monotonic()


class LanguageModel(Protocol):
    """Replies to messages. Safe to share between threads."""

    @property
    def name(self) -> str: ...

    def reply(self, messages: Messages, limit: Limit, stream: bool) -> Iterator[str]:
        """The reply in pieces, one where `stream` is False. Raises LanguageModelError, also after some pieces."""
        ...


def failure(name: str, detail: str, **values: object) -> LanguageModelError:
    """The error for a notice of prompts/llm.yaml. `detail` is for the log and must not hold a key."""
    return LanguageModelError(detail, filled("llm.yaml", f"notice_{name}", **values))


class LlamaIndexModel:
    """A model behind an OpenAI-compatible endpoint or Anthropic, through llama-index."""

    def __init__(self, settings: LanguageModelSettings) -> None:
        if settings.model is None:
            raise ValueError("no model is set")
        self._settings = settings
        self.name = settings.model
        # Imported before a clock runs.
        self._adapter, self._omit = _anthropic() if settings.provider == "anthropic" else _openai()
        self._options: dict[str, Any] = {}  # what is left out of every request, since the model has refused it

    def reply(self, messages: Messages, limit: Limit, stream: bool) -> Iterator[str]:
        from llama_index.core.llms import ChatMessage

        try:
            llm, close = self._open(limit)
        except Exception as error:  # before anything is sent; the address is what the libraries look at
            raise failure("address", f"{type(error).__name__} from the settings of model {self.name}") from None
        chat = [ChatMessage(role=role, content=text) for role, text in messages]
        pieces: Pieces = queue.Queue()
        tags = {REPLY: uuid4().hex}
        reader = threading.Thread(
            target=self._read, args=(llm, chat, stream, pieces, tags), name="language-model", daemon=True
        )
        reader.start()
        try:
            yield from self._pieces(pieces, limit)
        except LanguageModelError as error:
            _note(error, tags)
            raise
        except GeneratorExit:
            _note(failure("stopped", STOPPED), tags)
            raise
        finally:  # also where the caller leaves: the connection is cut, which ends the thread
            close()

    def _pieces(self, pieces: Pieces, limit: Limit) -> Iterator[str]:
        text = ""
        while True:
            if limit.stop.is_set():
                raise failure("stopped", STOPPED)
            try:
                kind, value = pieces.get(timeout=max(0.0, min(0.1, limit.left)))
            except queue.Empty:
                if limit.left <= 0:
                    raise failure(
                        "timeout", f"no whole reply in {limit.seconds} s", seconds=f"{limit.seconds:g}"
                    ) from None
                continue
            if kind == "error":
                raise self._explained(value, bool(text), limit) from None
            if kind == "end":
                if not text.strip():
                    raise failure("empty", "the reply was empty")
                if value in CUT_OFF:
                    raise failure("cut_off", f"the reply was cut off ({value})")
                return
            text += value
            if len(text) > LONGEST:
                raise failure("cut_off", f"the reply went on beyond {LONGEST} characters")
            yield value

    def _read(self, llm: Any, chat: list[Any], stream: bool, pieces: Pieces, tags: dict[str, str]) -> None:
        """Put the reply's pieces into the queue, then its end with the reason, or the error."""
        from llama_index.core.instrumentation.dispatcher import instrument_tags

        with instrument_tags(tags):
            for again in (False, True):
                try:
                    _put(llm, chat, stream, pieces, self._options)
                    return
                except Exception as error:  # every kind reaches the caller through the queue
                    _note(error, tags)
                    if again or not _refuses_temperature(error):
                        pieces.put(("error", error))
                        return
                    self._options = {"temperature": self._omit}

    def _open(self, limit: Limit) -> tuple[Any, Callable[[], None]]:
        """The llama-index model with a connection of its own, and what closes it."""
        s = self._settings
        timeout = max(0.1, limit.left)
        # Retries are left out: the reader has the extractive answer meanwhile, and asking again is one click.
        options: dict[str, Any] = {
            "model": s.model,
            "api_key": s.api_key or NO_KEY,
            "temperature": 0.0,
            "timeout": timeout,
            "max_retries": 0,
        }
        if s.provider == "anthropic":
            reply = max(256, int(s.context * REPLY_SHARE))
            anthropic = self._adapter(base_url=s.base_url or ANTHROPIC, max_tokens=reply, **options)
            return anthropic, _closing(anthropic._client.close)
        openai = self._adapter(api_base=s.base_url or OPENAI, is_chat_model=True, context_window=s.context, **options)
        return openai, _closing(openai._get_client().close)

    def _explained(self, error: Exception, begun: bool, limit: Limit) -> LanguageModelError:
        """The library's error as ours. Its own text is left out: it may quote the key."""
        status = getattr(error, "status_code", None)
        kinds = {base.__name__ for base in type(error).__mro__}
        detail = f"{type(error).__name__}{f' (HTTP {status})' if status else ''} from model {self.name}"
        if status in (401, 403):
            return failure("key", detail)
        if status == 404:
            return failure("model", detail, model=self.name)
        if status == 429 or status == 529:
            return failure("busy", detail)
        if status is not None and status >= 500:
            return failure("server", detail)
        if status is not None:
            return failure("request", detail)
        if kinds & {"APITimeoutError", "TimeoutException", "TimeoutError"}:
            return failure("timeout", detail, seconds=f"{limit.seconds:g}")
        if kinds & {"APIConnectionError", "ConnectError"} and not begun:
            return failure("broken" if _broke_off(error) else "unreachable", detail)
        if kinds & {"APIConnectionError", "TransportError", "StreamError", "OSError"}:
            return failure("broken", detail)
        return failure("unreadable", detail)


def _openai() -> tuple[Any, Any]:
    """llama-index's adapter, and what its library takes for a parameter that is not to be sent."""
    from llama_index.llms.openai_like import OpenAILike
    from openai import omit

    return OpenAILike, omit


@cache
def _anthropic() -> tuple[Any, Any]:
    """The same of Anthropic's, which refuses models that it does not know by name, without that refusal."""
    from anthropic import omit
    from llama_index.core.base.llms.types import LLMMetadata
    from llama_index.llms.anthropic import Anthropic

    class AnyAnthropic(Anthropic):
        @property
        def metadata(self) -> LLMMetadata:
            return LLMMetadata(num_output=self.max_tokens, is_chat_model=True, model_name=self.model)

    return AnyAnthropic, omit


def _put(llm: Any, chat: list[Any], stream: bool, pieces: Pieces, options: dict[str, Any]) -> None:
    """Ask once, and put what comes into the queue."""
    if stream:
        reason = None
        for part in llm.stream_chat(chat, **options):
            reason = why_ended(part) or reason
            if part.delta:
                pieces.put(("text", part.delta))
    else:
        whole = llm.chat(chat, **options)
        reason = why_ended(whole)
        pieces.put(("text", whole.message.content or ""))
    pieces.put(("end", reason))


def _note(error: BaseException, tags: dict[str, str]) -> None:
    """Tell llama-index's instrumentation of a reply that failed: it has no event of its own for most."""
    from llama_index.core.instrumentation import get_dispatcher
    from llama_index.core.instrumentation.events.exception import ExceptionEvent

    get_dispatcher().event(ExceptionEvent(exception=error, tags=tags))


def _refuses_temperature(error: Exception) -> bool:
    """Whether a model does not let itself be given a temperature, as reasoning models do not."""
    return getattr(error, "status_code", None) in (400, 422) and "temperature" in str(error).lower()


def why_ended(response: Any) -> str | None:
    """Why a reply ended, as the protocol says it, or None: of llama-index's response, or of its last part."""
    raw = response.raw
    for source in (raw, *(_get(raw, "choices") or [None])[:1], _get(raw, "delta"), response.message.additional_kwargs):
        for name in ("finish_reason", "stop_reason"):
            if isinstance(value := _get(source, name), str):
                return value
    return None


def _get(source: Any, name: str) -> Any:
    return source.get(name) if isinstance(source, dict) else getattr(source, name, None)


def _broke_off(error: BaseException) -> bool:
    """Whether a connection that stood was lost, rather than never made."""
    cause: BaseException | None = error
    while cause is not None:
        if type(cause).__name__ in ("RemoteProtocolError", "ReadError", "ConnectionResetError", "IncompleteRead"):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _closing(close: Callable[[], None]) -> Callable[[], None]:
    def closed() -> None:
        with contextlib.suppress(Exception):  # the reply is over; how its connection ends concerns nobody
            close()

    return closed
