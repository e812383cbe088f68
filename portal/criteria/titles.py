"""How a job title is read: a level of seniority and a function, each with the words that said so."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Generic, TypeVar


class Seniority(StrEnum):
    """From the top down: the order is the rank."""

    OWNER = "owner"
    C_LEVEL = "c_level"
    VP = "vp"
    DIRECTOR = "director"
    HEAD = "head"
    MANAGER = "manager"
    SENIOR = "senior"
    STAFF = "staff"
    ASSISTANT = "assistant"
    INTERN = "intern"
    UNKNOWN = "unknown"


class Function(StrEnum):
    BUYING = "buying"
    ADJACENT = "adjacent"
    OTHER = "other"
    UNKNOWN = "unknown"


Kind = TypeVar("Kind", Seniority, Function)

# `Leiter:in`, `Leiter*in`, `Leiter/-in`, `Leiter(in)` are one word.
_TOKEN = re.compile(r"[^\W_]+(?:[:*_/]-?in(?:nen)?\b|\(in\))?", re.IGNORECASE)
_GENDERED = re.compile(r"(?:[:*_/]-?in(?:nen)?|\(in\))$", re.IGNORECASE)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_OF = frozenset({"to", "of", "for", "at", "der", "des", "dem", "zum", "zur", "fuer", "von", "vom", "beim"})
_ARTICLES = frozenset({"the", "a", "an", "our", "die", "den", "das"})
# These speak of somebody else's office: "CEO Assistant" is an assistant.
_SUBORDINATE = frozenset({Seniority.ASSISTANT, Seniority.INTERN})


@dataclass(frozen=True)
class Title:
    """What was read, and the part of the title, as typed, that said so."""

    seniority: Seniority
    function: Function
    matched: str


@dataclass(frozen=True)
class _Hit(Generic[Kind]):
    kind: Kind
    start: int
    end: int
    letters: int
    place: int
    """Of the word among all words."""

    def covers(self, other: "_Hit[Kind]") -> bool:
        """Whether this reads the other's place with more words, or the same words more exactly."""
        if not (self.start <= other.start and other.end <= self.end):
            return False
        return (self.end - self.start, self.letters) > (other.end - other.start, other.letters)


class Vocabulary(Generic[Kind]):
    """The words of each kind, made ready for matching."""

    def __init__(self, words: Mapping[Kind, Iterable[str]]) -> None:
        self._plain: dict[tuple[str, ...], list[tuple[int, int, Kind]]] = defaultdict(list)
        self._endings: list[tuple[int, re.Pattern[str], int, Kind]] = []
        self._patterns: list[tuple[int, list[re.Pattern[str]], int, Kind]] = []
        self._remember()
        every = ((word, kind) for kind, of_kind in words.items() for word in of_kind)
        for place, (word, kind) in enumerate(every):
            parts, letters = _parts(word), sum(letter.isalnum() for letter in word)
            if "*" in word and len(parts) == 1:
                self._endings.append((place, _pattern(parts[0]), letters, kind))
            elif "*" in word:
                self._patterns.append((place, [_pattern(part) for part in parts], letters, kind))
            else:
                self._plain[tuple(parts)].append((place, letters, kind))
        self._lengths = sorted({len(parts) for parts in self._plain})

    def hits(self, tokens: list[str]) -> list[_Hit[Kind]]:
        """In the order of the lists, so that of equals the first stands first."""
        return sorted(self._hits(tokens), key=lambda hit: (hit.place, hit.start))

    def _hits(self, tokens: list[str]) -> Iterator[_Hit[Kind]]:
        for length in self._lengths:
            for start in range(len(tokens) - length + 1):
                for place, letters, kind in self._plain.get(tuple(tokens[start : start + length]), ()):
                    yield _Hit(kind, start, start + length, letters, place)
        for start, token in enumerate(tokens):
            yield from (_Hit(kind, start, start + 1, letters, place) for place, letters, kind in self._read(token))
        yield from self._hits_of_many_words(tokens)

    def _hits_of_many_words(self, tokens: list[str]) -> Iterator[_Hit[Kind]]:
        for place, parts, letters, kind in self._patterns:
            for start in range(len(tokens) - len(parts) + 1):
                if all(part.fullmatch(token) for part, token in zip(parts, tokens[start:], strict=False)):
                    yield _Hit(kind, start, start + len(parts), letters, place)

    def _remember(self) -> None:
        """Titles are made of few words, which come again and again: a replay reads thousands of them."""
        self._read: Callable[[str], tuple[tuple[int, int, Kind], ...]] = lru_cache(maxsize=4096)(self._of_one_word)

    def __getstate__(self) -> dict[str, Any]:
        """Without what is remembered, which does not travel to another process."""
        return {name: value for name, value in vars(self).items() if name != "_read"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._remember()

    def _of_one_word(self, token: str) -> tuple[tuple[int, int, Kind], ...]:
        """Place, letters and kind of each pattern of one word that reads this one."""
        return tuple((place, letters, kind) for place, part, letters, kind in self._endings if part.fullmatch(token))


def read_title(text: str, levels: Vocabulary[Seniority], functions: Vocabulary[Function]) -> Title:
    """The longest word wins; of several the highest, unless one makes it the office of somebody else."""
    places = list(_TOKEN.finditer(text))
    tokens = [normal(_GENDERED.sub("", place.group())) for place in places]
    level_hits = levels.hits(tokens)
    standing = _uncovered(level_hits)
    swallowed = {(hit.start, hit.end) for hit in level_hits} - {(hit.start, hit.end) for hit in standing}
    function_hits = [hit for hit in _uncovered(functions.hits(tokens)) if (hit.start, hit.end) not in swallowed]

    level = _decisive(_own(standing, tokens))
    function = _telling(function_hits, level)
    spans = [(hit.start, hit.end) for hit in (level, function) if hit]
    matched = text[places[min(spans)[0]].start() : places[max(end for _, end in spans) - 1].end()] if spans else ""
    return Title(level.kind if level else Seniority.UNKNOWN, function.kind if function else Function.UNKNOWN, matched)


def normal(word: str) -> str:
    """Lower case, umlauts written out, other accents dropped."""
    plain = unicodedata.normalize("NFKC", word).casefold().translate(_UMLAUTS)
    return "".join(letter for letter in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(letter))


def _parts(word: str) -> list[str]:
    return re.findall(r"[^\W_*]*\*[^\W_*]*|[^\W_]+", normal(word))


def _pattern(part: str) -> re.Pattern[str]:
    return re.compile(re.escape(part).replace(r"\*", r"\w*"))


def _uncovered(hits: list[_Hit[Kind]]) -> list[_Hit[Kind]]:
    return [hit for hit in hits if not any(other.covers(hit) for other in hits)]


def _own(hits: list[_Hit[Seniority]], tokens: list[str]) -> list[_Hit[Seniority]]:
    """Without whom the person works for: in "Referent der Geschäftsführung" only the first is theirs."""
    first = min((hit.start for hit in hits), default=0)
    return [hit for hit in hits if hit.start == first or not _is_object(hit.start, tokens)]


def _is_object(start: int, tokens: list[str]) -> bool:
    before = [token for token in tokens[:start] if token not in _ARTICLES]
    return bool(before) and before[-1] in _OF


def _decisive(hits: list[_Hit[Seniority]]) -> _Hit[Seniority] | None:
    subordinate = [hit for hit in hits if hit.kind in _SUBORDINATE]
    ranks = list(Seniority)
    return min(subordinate or hits, key=lambda hit: (ranks.index(hit.kind), -hit.letters), default=None)


def _telling(hits: list[_Hit[Function]], level: _Hit[Seniority] | None) -> _Hit[Function] | None:
    """The function nearest to buying; of several a word that adds to the level's, as "Vertrieb" to "Vorstand"."""
    kinds = list(Function)
    place = (level.start, level.end) if level else None
    return min(hits, key=lambda hit: (kinds.index(hit.kind), (hit.start, hit.end) == place, -hit.letters), default=None)
