"""Key strings for a passage that a reviewer picks: the fewest words that tell it from the others at its place."""

from __future__ import annotations

import re
from collections import Counter

from eval.cases import Mention
from eval.places import Places, base_name
from eval.text import plain
from ingest.model import Passage

_WORD = re.compile(r"\d[\d ]*\d|\w[\w&-]{3,}|\d+")
MOST = 3


def mention_of(passage: Passage, places: Places) -> Mention:
    """The mention that stands for a passage: its place and one to three keys, the rarest words first.

    Where three words are not enough to single it out, the three rarest are given all the same.
    """
    keys: tuple[str, ...] = ()
    for word in _rarest_first(passage, places):
        keys = (*keys, word)
        mention = _mention(passage, keys)
        if len(places.passages_of(mention)) <= 1 or len(keys) == MOST:
            return mention
    return _mention(passage, keys or (passage.text.split()[0],))


def _mention(passage: Passage, keys: tuple[str, ...]) -> Mention:
    return Mention(base_name(passage.document), passage.region, passage.page, passage.town, keys)


def _rarest_first(passage: Passage, places: Places) -> list[str]:
    report = places.report(passage.document)
    others = Counter(
        word for other in (report.passages if report else ()) for word in set(_WORD.findall(plain(other.text)))
    )
    towns = {town.casefold() for town in passage.towns}
    words = {word.strip(): None for word in _WORD.findall(plain(passage.text)) if word.strip() not in towns}
    # a longer word says more than a shorter one that is as rare
    return sorted(words, key=lambda word: (others[word], word[0].isdigit(), -len(word), word))
