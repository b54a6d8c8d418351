"""What kind of figure a question asks for, and which passages give one: money, a share, a length of time, a date, a count."""

from __future__ import annotations

import re
from collections.abc import Callable

from answer.question import MONTH_NAMES, plain
from ingest.model import Passage

_NUMBER = (
    r"\d|\b(?:en|ett|två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv|hälften|halva|tredjedel|fjärdedel|hundra\w*|tusen\w*|"
    r"miljon\w*|ingen|inga|inget|saknar|saknas|gratis|kostnadsfri\w*)\b"
)
_MONEY = (
    r"\d\s*(?:kr|kronor|tkr|mkr|mnkr|msek|sek|miljon\w*|tusen|t?kr/\w+)\b|\d\s*:-|"
    r"\b(?:kronor|miljon\w*|gratis|kostnadsfri\w*|avgiftsfri\w*)\b"
)
_SHARE = r"\d\s*(?:%|procent)|\b(?:procent|hälften|halva|tredjedel\w*|fjärdedel\w*|inget|ingenting|noll)\b"
_TIME = r"\b(?:sekund|minut|timm|dag|dygn|veck|månad|kvartal|halvår|år)(?:e|en|ar|or|ers?|s|erna|arna)?\b|\bgenast\b|\bdirekt\b|\bomgående\b"
_MONTHS = "|".join(re.split(r"[ |]", MONTH_NAMES))
_DATE = rf"\b(?:19|20)\d\d\b|\b\d{{1,2}}/\d{{1,2}}\b|\b(?:{_MONTHS})\b|\b(?:våren|sommaren|hösten|vintern|årsskiftet)\b"

_KINDS: tuple[tuple[str, str], ...] = (  # what is asked, in plain letters -> what an answer has; the first that fits
    (r"\b(?:hur (?:snabbt|fort|lange)|hur lang tid|hur manga (?:dagar|veckor|manader|timmar|minuter|ar))\b", _TIME),
    (r"\b(?:hur manga procent|vilken andel|hur stor (?:del|andel)|procent)\b", _SHARE),
    (r"\b(?:vad kosta\w*|hur mycket (?:pengar|kosta\w*|betala\w*)|vilken summa|vilket belopp|hur dyrt?|"
     r"hur manga (?:kronor|miljoner))\b", _MONEY),
    (r"\b(?:nar|vilket ar|vilket datum|vilken dag|sedan vilket)\b", _DATE),
)  # fmt: skip


def asks_for(question: str) -> Callable[[Passage], bool] | None:
    """Whether a passage gives the kind of figure that a question names; None where it names none."""
    words = plain(question)
    for asked, given in _KINDS:
        if re.search(asked, words):
            return lambda passage, given=given: re.search(given, passage.text, re.I) is not None  # type: ignore[misc]
    return None


def gives_figure(passage: Passage) -> bool:
    """Whether a passage can answer how much or how many: with a number, or by saying that there is none."""
    return re.search(_NUMBER, passage.text, re.I) is not None
