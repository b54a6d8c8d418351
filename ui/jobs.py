"""Work that goes on while pages come and go: one at a time, in a thread, with its progress to look at."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st

from ingest.model import IngestReport

logger = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
Work = Callable[[Progress], IngestReport]


@dataclass
class Job:
    """`what`, `done` and `total` are the latest progress; `outcome` or `error` is there when it is finished."""

    name: str
    what: str = ""
    done: int = 0
    total: int = 0
    outcome: IngestReport | None = None
    error: Exception | None = None
    finished: threading.Event = field(default_factory=threading.Event)

    @property
    def running(self) -> bool:
        return not self.finished.is_set()


class Board:
    """Holds the latest job of the server."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.latest: Job | None = None

    def start(self, name: str, work: Work) -> bool:
        """Start a job; False where one is under way."""
        with self._lock:
            if self.latest is not None and self.latest.running:
                return False
            job = self.latest = Job(name)
        threading.Thread(target=self._run, args=(job, work), name=f"job {name}", daemon=True).start()
        return True

    def clear(self) -> None:
        """Forget a finished job, when its outcome has been read."""
        with self._lock:
            if self.latest is not None and not self.latest.running:
                self.latest = None

    @staticmethod
    def _run(job: Job, work: Work) -> None:
        def progress(what: str, done: int, total: int) -> None:
            job.what, job.done, job.total = what, done, total

        try:
            job.outcome = work(progress)
        except Exception as error:
            logger.exception("job %s failed", job.name)
            job.error = error
        finally:
            job.finished.set()


@st.cache_resource(show_spinner=False)
def board() -> Board:
    return Board()
