"""A real HTTP server that speaks the OpenAI and Anthropic chat protocols, streaming included; misbehaves on command.

`server.replies` are used one after the other, the last one for all further requests. A reply is a text (sent whole, or
word by word where streaming is asked for), or one of the misbehaviours below.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Status:
    """An HTTP error, its body as such services write it."""

    code: int
    message: str = "no"


@dataclass(frozen=True)
class Stall:
    """The text's beginning, then silence; or silence from the start."""

    text: str = ""
    seconds: float = 30.0


@dataclass(frozen=True)
class Trickle:
    """A byte now and then, so that no time limit between two bytes ever strikes."""

    text: str
    pause: float = 0.05


@dataclass(frozen=True)
class CloseMidway:
    """The connection breaks after the text."""

    text: str


@dataclass(frozen=True)
class CutOff:
    """The text, and the protocol's word that the reply was cut off there."""

    text: str


Said = str | Status | Stall | Trickle | CloseMidway | CutOff
Reply = Said | Callable[[dict[str, Any]], Said]


@dataclass
class FakeServer:
    """`requests` holds the bodies received, `keys` the keys that came with them."""

    replies: list[Reply] = field(default_factory=lambda: ["Hej."])
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.closing = threading.Event()
        handler = type("Handler", (_Handler,), {"fake": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def url(self) -> str:
        return f"{self.root}/v1"

    def close(self) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()

    def next_reply(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def prompt(self, number: int = -1) -> str:
        """All texts of a request's messages."""
        body = self.requests[number]
        texts = [body["system"]] if isinstance(body.get("system"), str) else []
        for message in body["messages"]:
            content = message["content"]
            texts.append(content if isinstance(content, str) else "".join(part.get("text", "") for part in content))
        return "\n".join(texts)


def passages_in(prompt: str) -> dict[int, str]:
    """Number -> line of each passage of a prompt."""
    return {int(m[1]): m[2] for m in re.finditer(r"^\[(\d+)\] (.*)$", prompt, re.M)}


class _Handler(BaseHTTPRequestHandler):
    fake: FakeServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.fake.requests.append(body)
        bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self.fake.keys.append(self.headers.get("x-api-key") or bearer)
        reply = self.fake.next_reply()
        if callable(reply):
            reply = reply(body)
        try:
            self._send(reply, body)
        except OSError:
            self.close_connection = True

    def _send(self, reply: Any, body: dict[str, Any]) -> None:
        if isinstance(reply, Status):
            self._whole(reply.code, {"error": {"message": reply.message, "type": "error", "code": reply.code}})
            return
        text = reply if isinstance(reply, str) else reply.text
        reason = "length" if isinstance(reply, CutOff) else "stop"
        protocol = _Anthropic if self.path.endswith("/messages") else _OpenAI
        if isinstance(reply, Stall) and not text:
            self.fake.closing.wait(reply.seconds)
            return
        if not body.get("stream"):
            document = json.dumps(protocol.whole(text, reason), ensure_ascii=False).encode()
            self._head(200, "application/json", len(document))
            if isinstance(reply, (Stall, CloseMidway)):
                self.wfile.write(document[: len(document) // 2])
                self.wfile.flush()
            if isinstance(reply, Stall):
                self.fake.closing.wait(reply.seconds)
            elif isinstance(reply, CloseMidway):
                self._break()
            elif isinstance(reply, Trickle):
                for byte in document:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(reply.pause)
            else:
                self.wfile.write(document)
            return
        self._head(200, "text/event-stream", None)
        for event in protocol.begin():
            self._event(event)
        for word in re.findall(r"\S+\s*|\s+", text):
            self._event(protocol.piece(word))
            if isinstance(reply, Trickle):
                time.sleep(reply.pause)
        if isinstance(reply, Stall):
            self.fake.closing.wait(reply.seconds)
        elif isinstance(reply, CloseMidway):
            self._break()
        else:
            for event in protocol.end(reason):
                self._event(event)
            self._chunk(b"")

    def _whole(self, code: int, document: dict[str, Any]) -> None:
        data = json.dumps(document).encode()
        self._head(code, "application/json", len(data))
        self.wfile.write(data)

    def _head(self, code: int, kind: str, length: int | None) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        if length is None:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def _event(self, event: tuple[str | None, Any]) -> None:
        name, data = event
        line = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
        self._chunk((f"event: {name}\n" if name else "").encode() + f"data: {line}\n\n".encode())

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _break(self) -> None:
        self.close_connection = True
        self.connection.close()


class _OpenAI:
    @staticmethod
    def whole(text: str, reason: str) -> dict[str, Any]:
        message = {"role": "assistant", "content": text}
        return {
            "id": "1", "object": "chat.completion", "created": 1, "model": "fake",
            "choices": [{"index": 0, "message": message, "finish_reason": reason}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }  # fmt: skip

    @staticmethod
    def _part(delta: dict[str, str], reason: str | None = None) -> tuple[None, dict[str, Any]]:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return None, {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "fake", "choices": [choice]}

    @classmethod
    def begin(cls) -> list[Any]:
        return [cls._part({"role": "assistant", "content": ""})]

    @classmethod
    def piece(cls, word: str) -> Any:
        return cls._part({"content": word})

    @classmethod
    def end(cls, reason: str) -> list[Any]:
        return [cls._part({}, reason), (None, "[DONE]")]


class _Anthropic:
    @staticmethod
    def whole(text: str, reason: str) -> dict[str, Any]:
        return {
            "id": "1", "type": "message", "role": "assistant", "model": "fake",
            "content": [{"type": "text", "text": text}],
            "stop_reason": {"stop": "end_turn", "length": "max_tokens"}[reason], "stop_sequence": None,
            "usage": {"input_tokens": 1, "output_tokens": 1},
        }  # fmt: skip

    @classmethod
    def begin(cls) -> list[Any]:
        message = {**cls.whole("", "stop"), "content": [], "stop_reason": None}
        block = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
        return [("message_start", {"type": "message_start", "message": message}), ("content_block_start", block)]

    @staticmethod
    def piece(word: str) -> Any:
        delta = {"type": "text_delta", "text": word}
        return "content_block_delta", {"type": "content_block_delta", "index": 0, "delta": delta}

    @staticmethod
    def end(reason: str) -> list[Any]:
        why = {"stop": "end_turn", "length": "max_tokens"}[reason]
        ended = {"stop_reason": why, "stop_sequence": None}
        delta = {"type": "message_delta", "delta": ended, "usage": {"output_tokens": 1}}
        stop = {"type": "content_block_stop", "index": 0}
        return [("content_block_stop", stop), ("message_delta", delta), ("message_stop", {"type": "message_stop"})]
