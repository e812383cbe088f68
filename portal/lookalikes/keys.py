"""By what companies are found again. Two that could be one share at least one key, so none is compared with all others.

A key is a number of 64 bits: the digest of a few letters, with what they are."""

from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from itertools import combinations

from portal.lookalikes.likeness import Company
from portal.lookalikes.names import Name

MOST_WORDS = 3
"""Whose pairs are keys: the longest ones, which say most."""
LONG_WORD = 6
"""A first word of so many letters finds the company that is known by it alone."""
SHORTEST_HALVED = 6


def stored(company: Company) -> list[int]:
    """What a company is found by."""
    return keys_of(company.name, company.label)


@lru_cache(maxsize=1000)
def keys_of(name: Name, label: str) -> list[int]:
    return sorted({key_of(text) for text in _texts(name, label, 0)})


def asked(company: Company) -> list[int]:
    """What to look under: the same, and the halves of a word that has a letter more or less."""
    return _asked(company.name, company.label)


@lru_cache(maxsize=1000)
def _asked(name: Name, label: str) -> list[int]:
    texts = {text for longer in (0, 1, -1) for text in _texts(name, label, longer)}
    if len(name.core) == 1:
        texts.add(f"w{name.core[0]}")
    return sorted(map(key_of, texts))


def key_of(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), signed=True)


def _texts(name: Name, label: str, longer: int) -> Iterator[str]:
    whole = {label, name.joined, name.joined_core} - {""}
    for word in whole:
        yield f"={word}"
    for word in {label, name.joined_core} - {""}:
        yield from _halves(word, len(word) + longer)
    for pair in combinations(sorted(sorted(name.core, key=len)[-MOST_WORDS:]), 2):
        yield "+".join(pair)
    if name.core and len(name.core[0]) >= LONG_WORD:
        yield f"w{name.core[0]}"


def _halves(word: str, length: int) -> Iterator[str]:
    """One letter that is wrong leaves one half as it was; two in the middle may change places without touching any."""
    if len(word) >= SHORTEST_HALVED:
        half = (length - 1) // 2
        yield f"<{length}{word[:half]}"
        yield f">{length}{word[-half:]}"
