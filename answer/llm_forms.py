"""Places named in another form than their own: "skövde", "upplands bro", "skånska", "lundaborna", "skövdemodellen"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from answer.llm_parts import Place

_WORD = re.compile(r"[^\W\d_]+")
_PEOPLE = ("bo", "bon", "bor", "borna")  # who lives there
_ENDINGS = (
    *("sk", "ska", "skt", "ske", "isk", "iska", "iskt", "are", "aren", "arna"),
    *("ing", "ingen", "ingar", "ingarna", "ning", "ningar", "ningarna", "it", "iten", "iter", "iterna"),
)
_LEAST = 4  # letters of a name alone or before an ending; with fewer there are too many other words


class Forms:
    """Finds places in every form. `namesakes` are places whose own names are also words: only who lives there is theirs.

    `ordinary`: words that are no names in small letters. `tails`: words that a name may stand before in a compound.
    """

    def __init__(
        self, places: Collection[str], namesakes: Iterable[str], ordinary: Collection[str], tails: Collection[str]
    ) -> None:
        self._ordinary, self._tails = ordinary, tails
        self._names = {key: place for place in places if len(key := _key(place)) >= _LEAST}
        self._made = {form: place for place in namesakes for form in _people(_key(place)) if len(place) >= _LEAST}
        self._made |= {form: place for place in places for form in _made_of(_key(place))}

    def find(self, text: str) -> list[Place]:
        """The places, in reading order. Of a compound the name is the place."""
        return list(self._found(text))

    def _found(self, text: str) -> Iterator[Place]:
        words = list(_WORD.finditer(text))
        end = 0
        for first, word in enumerate(words):
            if word.start() < end:
                continue
            for last in words[first : first + 3][::-1]:
                printed = text[word.start() : last.end()]
                if place := self._place(printed):
                    end = last.end()
                    yield Place(place, False, word.start(), end)
                    break
            else:
                if length := self._before_a_tail(word.group().lower()):
                    name = word.group()[:length].lower()
                    yield Place(self._names[name], False, word.start(), word.start() + length)

    def _place(self, printed: str) -> str | None:
        key = _key(printed)
        if key in self._made:
            return self._made[key]
        if printed[0].islower() and key in self._ordinary:
            return None
        return self._names.get(key) or self._names.get(key.removesuffix("s"))

    def _before_a_tail(self, word: str) -> int:
        """Length of the name that a compound begins with, or 0."""
        for length in range(len(word) - _LEAST, _LEAST, -1):
            tail = word[length:]
            if word[:length] in self._names and (tail in self._tails or tail.removeprefix("s") in self._tails):
                return length
        return 0


def _key(name: str) -> str:
    """As names are compared: small letters, one space or hyphen alike between words."""
    return re.sub(r"[\s-]+", " ", name.lower())


def _people(root: str) -> list[str]:
    return [f"{root}{link}{ending}" for link in ("", "a") for ending in _PEOPLE]


def _made_of(name: str) -> list[str]:
    """Inhabitants and adjectives of a place whose name is one word: "umebor", "skånsk", "smålänning", "norrbottnisk"."""
    if not name.isalpha():
        return []
    forms = _people(name) + (_people(name[:-1]) if re.search(r"...[aeoåön]$", name) else [])
    roots = [name, *(name[:-1] for _ in range(name[-1] in "ae"))]
    if name.endswith("land"):
        roots = [f"{name[:-4]}länd", f"{name[:-4]}län"]
    if re.search(r"[^aeiouyåäö]en$", name):
        roots.append(f"{name[:-2]}n")
    return forms + [f"{root}{ending}" for root in roots if len(root) >= _LEAST for ending in _ENDINGS]
