"""A language model's answer in the making, in a thread of its own: the page shows it, and stays free meanwhile.

Knows no Streamlit. The thread ends with the answer, with `stop`, or at the model's time limit.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from answer.messages import filled
from answer.model import Answer, NoAnswer
from ui.texts import t

if TYPE_CHECKING:
    from answer.assistant import Assistant

logger = logging.getLogger(__name__)


class Drafting:
    """`found` is what stands until `result` is there: the answer that was found at once, or the refusal.

    A refused follow-up is first put to the model to be reworded; what is found then takes the place of `found`.
    """

    def __init__(self, assistant: Assistant, found: Answer | NoAnswer) -> None:
        self.found = found
        self.result: Answer | NoAnswer | None = None
        self._assistant = assistant
        self._stop = threading.Event()
        self._pieces: list[str] = []
        threading.Thread(target=self._work, name="drafting", daemon=True).start()

    @property
    def text(self) -> str:
        """What the model has written so far: cleaned, not yet checked."""
        return "".join(self._pieces)

    @property
    def rewording(self) -> bool:
        """Whether the model is at the question, not yet at the answer."""
        return isinstance(self.found, NoAnswer)

    def stop(self) -> None:
        """The reader does not want to wait: `found` stands, with a notice that says so. What is on its way is cut off."""
        self._stop.set()

    def _work(self) -> None:
        try:
            result = self._assistant.reconsider(self.found, self._stop)
            if isinstance(result, Answer) and not self._stop.is_set():
                self.found = result
                draft = self._assistant.draft(result, self._stop)
                for piece in draft:
                    self._pieces.append(piece)
                result = draft.result()
        except Exception:
            logger.exception("the language model's answer failed")
            instead = "instead_refusal" if self.rewording else "instead_answer"
            result = replace(self.found, notice=f"{t('writing.failed')} {filled('llm.yaml', instead)}")
        self.result = result


def begin(assistant: Assistant, found: Answer | NoAnswer) -> Drafting | None:
    """Starts the model on what was found; None where there is no model, or nothing for it to do."""
    if assistant.writer is None:
        return None
    query = found.query
    if isinstance(found, NoAnswer) and (not query.history or query.understanding):
        return None
    return Drafting(assistant, found)
