"""Whom a text speaks to: “@Ana Ferreira”, “@ana”. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

_LONGEST = 120
_AT = re.compile(r"(?<![\w@.])@(?=\w)")


class Mention(NamedTuple):
    person_id: int
    text: str
    """As it was typed, with the sign."""


def find(text: str, people: Mapping[int, str]) -> list[Mention]:
    """Who of these people, names by id, is spoken to, each once. Two who could be meant are nobody, and the words stay
    words."""
    found: dict[int, Mention] = {}
    for place in _AT.finditer(text):
        if mention := _at(text[place.end() : place.end() + _LONGEST], people):
            found.setdefault(mention.person_id, mention)
    return list(found.values())


def pieces(text: str, mentioned: Sequence[str]) -> list[tuple[str, bool]]:
    """The text cut where somebody is spoken to: each piece, and whether it is such a place."""
    if not mentioned:
        return [(text, False)]
    longest_first = sorted(mentioned, key=len, reverse=True)
    cut = re.split(rf"(?<![\w@.])({'|'.join(map(re.escape, longest_first))})(?!\w)", text)
    return [(piece, number % 2 == 1) for number, piece in enumerate(cut) if piece]


def _at(after: str, people: Mapping[int, str]) -> Mention | None:
    """The whole name counts before the first name."""
    names = {person_id: _plain(name) for person_id, name in people.items() if name.strip()}
    firsts = {person_id: name.split()[0] for person_id, name in names.items()}
    for called in (names, firsts):
        fits = {person_id: name for person_id, name in called.items() if _begins(after, name)}
        longest = max(map(len, fits.values()), default=0)
        best = [person_id for person_id, name in fits.items() if len(name) == longest]
        if len(best) == 1:
            return Mention(best[0], f"@{after[:longest]}")
        if best:
            return None
    return None


def _begins(after: str, name: str) -> bool:
    said = after[: len(name)].casefold()
    return said == name.casefold() and not after[len(name) : len(name) + 1].isalnum()


def _plain(name: str) -> str:
    return " ".join(name.split())
