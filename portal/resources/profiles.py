"""What a published profile says in short, read from its headings: an editor writes one text, and no second one.

“At a glance” has rows `Where` and `Business`, “Who buys” a definition list, “Why now” a list."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from portal.countries import COUNTRIES

MOST_HINTS = 2
"""Profiles beside a form: more would be reading, not a hint."""
_LINES = 3
_ROW = re.compile(r"^\|\s*\**(\w+)\**\s*\|([^|]*)\|", re.MULTILINE)
_SECTION = re.compile(r"^##\s+(.+?)\s*$\n(.*?)(?=^##\s|\Z)", re.MULTILINE | re.DOTALL)
_TERM = re.compile(r"^(\S[^\n]*)\n(?:\n)?:\s+((?:[^\n]+\n?(?:[ \t]+[^\n]+\n?)*))", re.MULTILINE)
_BULLET = re.compile(r"^[-*]\s+((?:[^\n]+)(?:\n[ \t]+[^\n]+)*)", re.MULTILINE)
_WORD = re.compile(r"[^\W\d_]{4,}")
_AT_ONCE = "qualifies at once"


@dataclass(frozen=True)
class Profile:
    countries: frozenset[str]
    """By their two letters; empty where the profile names none, and then it is about all."""
    words: frozenset[str]
    """Of its title and its business, by which an industry is found."""
    who_signs: tuple[str, ...]
    signs: tuple[str, ...]
    """That it fits, or that now is the time."""

    def fits(self, country: str, industry: str) -> bool:
        """Whether it is about such a company; what was not said keeps nothing out."""
        if country and self.countries and country not in self.countries:
            return False
        asked = {_stem(word) for word in _WORD.findall(industry.casefold())}
        return not asked or any(_alike(word, known) for word in asked for known in self.words)


@lru_cache(maxsize=200)
def read_profile(title: str, summary: str, body: str) -> Profile:
    """What is not there is empty; nothing of a text is wrong."""
    rows = {name.casefold(): value.strip() for name, value in _ROW.findall(body)}
    parts = {name.casefold(): text for name, text in _SECTION.findall(body)}
    where = rows.get("where", "")
    named = frozenset(code for code, name in COUNTRIES.items() if re.search(rf"\b{re.escape(name)}\b", where))
    about = f"{title} {summary} {rows.get('business', '')}".casefold()
    return Profile(
        named,
        frozenset(_stem(word) for word in _WORD.findall(about)),
        _who(parts.get("who buys", "")),
        tuple(_plain(each) for each in _BULLET.findall(parts.get("why now", ""))[:_LINES]),
    )


def matching(profiles: Sequence[tuple[Profile, object]], country: str, industry: str) -> list[tuple[Profile, object]]:
    """Those that are about such a company, as far as it is known: with neither said, none."""
    if not country and not industry.strip():
        return []
    return [each for each in profiles if each[0].fits(country, industry)][:MOST_HINTS]


def _who(text: str) -> tuple[str, ...]:
    """Whoever qualifies at once; where the text says that of nobody, the first that it names."""
    terms = [(term.strip(), " ".join(told.split())) for term, told in _TERM.findall(text)]
    at_once = [term for term, told in terms if _AT_ONCE in told.casefold()]
    return tuple(_plain(term) for term in (at_once or [term for term, _ in terms])[:_LINES])


def _plain(text: str) -> str:
    return re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", " ".join(text.split())).replace("**", "").replace("*", "")


def _stem(word: str) -> str:
    return word.casefold()[:7]


def _alike(asked: str, known: str) -> bool:
    return (
        asked == known or (len(asked) >= 5 and known.startswith(asked)) or (len(known) >= 5 and asked.startswith(known))
    )
