"""Every error this program raises on purpose.

CitygroupError
├── UnreadableFile      a file of the corpus cannot be read; says why and what to do (Swedish, shown to users)
├── NothingToRead       the corpus folder is missing, or no file of it can be read
├── IndexMissing        there is no index at the place asked for; names the command that builds it
├── IndexMismatch       the index was built with other settings; names the command that rebuilds it
├── IndexBusy           another process is writing the index
├── SettingsError       an environment variable has a value that cannot be used
├── PromptError         a prompt file names a variable that is not given, or is missing
├── CorrectionsError    corrections.yaml does not follow its form; names the entry
├── QuestionSetError    the question set does not follow its schema, or was changed by someone else meanwhile
└── LanguageModelError  the language model failed; `.notice` is the Swedish sentence for the reader
"""

from __future__ import annotations


class CitygroupError(Exception):
    """Base of all. The message is meant for people: what, where, why, what next."""


class UnreadableFile(CitygroupError):
    """A corpus file cannot be read. `reason` is Swedish and ends with the next step."""

    def __init__(self, document: str, reason: str) -> None:
        super().__init__(f"{document}: {reason}")
        self.document = document
        self.reason = reason


class NothingToRead(CitygroupError):
    pass


class IndexMissing(CitygroupError):
    pass


class IndexMismatch(CitygroupError):
    pass


class IndexBusy(CitygroupError):
    pass


class SettingsError(CitygroupError):
    pass


class PromptError(CitygroupError):
    pass


class CorrectionsError(CitygroupError):
    pass


class QuestionSetError(CitygroupError):
    pass


class LanguageModelError(CitygroupError):
    """`notice` tells the reader what happened (Swedish), not what stands instead; the message is for the developer."""

    def __init__(self, message: str, notice: str) -> None:
        super().__init__(message)
        self.notice = notice
