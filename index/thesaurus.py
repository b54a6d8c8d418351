"""The trade's thesaurus: which words mean the same, and which a wider word covers. The groups are in thesaurus.yaml."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from index.words import stems
from ingest.errors import SettingsError

FILES = tuple(Path(__file__).with_name(name) for name in ("thesaurus.yaml", "thesaurus_vardag.yaml"))
SAME, NARROWER = 0.8, 0.6  # how much a word found through the thesaurus counts, against 1 for the word itself

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # five times as fast, where libyaml is there
Phrase = tuple[str, ...]  # stems of one or more words that belong together


@dataclass(frozen=True)
class Group:
    """Words (or short phrases) that mean the same; a question for one of them is also answered by the narrower ones."""

    words: tuple[str, ...]
    narrower: tuple[str, ...] = ()


class Thesaurus:
    """Finds the groups that a question touches. Immutable."""

    def __init__(self, groups: Iterable[Group] = ()) -> None:
        self.groups = tuple(groups)
        self._related: dict[Phrase, dict[Phrase, float]] = defaultdict(dict)
        for group in self.groups:
            same = [tuple(stems(word)) for word in group.words]
            narrower = [tuple(stems(word)) for word in group.narrower]
            for phrase in same:
                self._relate(phrase, same, SAME)
                self._relate(phrase, narrower, NARROWER)
        self._longest = max(map(len, self._related), default=0)

    def _relate(self, phrase: Phrase, others: Iterable[Phrase], weight: float) -> None:
        for other in others:
            if other and other != phrase:
                self._related[phrase][other] = max(weight, self._related[phrase].get(other, 0.0))

    def expand(self, question: Sequence[str]) -> list[dict[Phrase, float]]:
        """For each stem of a question the phrases that can stand for it, with their weights.

        A phrase of several words in the question must stand there in one piece; its words share its relatives.
        """
        found: list[dict[Phrase, float]] = [{} for _ in question]
        for length in range(1, self._longest + 1):
            for start in range(len(question) - length + 1):
                related = self._related.get(tuple(question[start : start + length]), {})
                for place in range(start, start + length):
                    for phrase, weight in related.items():
                        found[place][phrase] = max(weight, found[place].get(phrase, 0.0))
        return found

    def vocabulary(self) -> list[str]:
        """Every word that occurs in a group, as written there."""
        return [word for group in self.groups for phrase in (*group.words, *group.narrower) for word in phrase.split()]


def load_thesaurus(*files: Path) -> Thesaurus:
    """The project's groups and those of further files in the same form. Raises SettingsError, naming file and entry.

    A file is a list; an entry has `ord` (words or phrases that mean the same) and may have `snävare` (narrower ones).
    """
    return Thesaurus(group for file in (*FILES, *files) for group in _read(file))


def _read(file: Path) -> list[Group]:
    try:
        entries = yaml.load(file.read_text(encoding="utf-8"), _LOADER) or []
    except (OSError, yaml.YAMLError) as error:
        raise SettingsError(f"The thesaurus {file} cannot be read: {error}") from error
    if not isinstance(entries, list):
        raise SettingsError(f"The thesaurus {file} must be a list of entries with 'ord: [...]'")
    groups = []
    for number, entry in enumerate(entries, 1):
        fields = entry if isinstance(entry, dict) else {}
        words, narrower = fields.get("ord"), fields.get("snävare", [])
        lists = [value for value in (words, narrower) if isinstance(value, list) and all(map(_is_text, value))]
        if len(lists) < 2 or not set(fields) <= {"ord", "snävare"}:
            raise SettingsError(
                f"{file}, entry {number}: expected 'ord' and perhaps 'snävare', lists of words: {entry!r}"
            )
        groups.append(Group(tuple(lists[0]), tuple(lists[1])))
    return groups


def _is_text(value: object) -> bool:
    return isinstance(value, str)
