"""A company's name, as it is compared: without its legal form, one spelling for the many of a letter, word by word."""

import re
from functools import lru_cache
from typing import NamedTuple

from cleanco import basename

from portal.lookalikes.letters import fold
from portal.lookalikes.words import COUNTRIES, LEGAL, LEGAL_PHRASES, NOISE, SHORT_FOR

_DOTTED = re.compile(r"\b(?:\w\.\s?){2,}")
_MARKS = re.compile("['`\u2019\u00b4]")
_ELIDED = re.compile(r"\b([ld])'(?=\w)")
_WORD = re.compile(r"[^\W_]+")
_AND = re.compile(r"\s(?:und|and|et|en|og|och|y|e|u\.)\s|[&+]")
# What follows says where it is, or whose, or what it was called before; no longer who.
_TAIL = re.compile(
    r"[,(]?\s?\b(?:inh\.|inhaber\w*|niederlassung|zweigniederlassung|filiale|branch|succursale|vestiging"
    r"|vormals|vorm\.|ehemals|formerly|fka|anciennement|voorheen|trading as|t/a|d/b/a|dba)\s.*"
)
_ENDING = re.compile(
    r"(?<=\w{3})\.(?:com|net|org|io|ai|eu|info|biz|app|shop|co\.uk|de|at|ch|fr|nl|be|it|es|pl|cz|dk|se|no|fi|uk|us)\b"
)
_COMPOUND = re.compile(r"\b(?!aktien|kommandit)(\w{5,}?)s?gesellschaft")


class Name(NamedTuple):
    words: tuple[str, ...]
    """Every word but the legal form."""
    core: tuple[str, ...]
    """Those that tell it from others."""
    joined: str
    joined_core: str
    in_order: str
    digits: str
    initials: str
    each: frozenset[str]


@lru_cache(maxsize=20_000)
def name_of(written: str) -> Name:
    """What is compared. Where nothing else is left, the legal form is the name."""
    text = _ENDING.sub(" ", _TAIL.sub(" ", written.lower()))
    text = _DOTTED.sub(lambda match: match[0].replace(".", "").replace(" ", "") + " ", text)
    text = _ELIDED.sub(r"\1 ", _AND.sub(" ", _MARKS.sub("'", text)))
    every = _split(text)
    bare = _split(basename(text) or text)
    return name_of_words(_without_initials(tuple(word for word in bare if word not in LEGAL)) or every)


def _without_initials(words: tuple[str, ...]) -> tuple[str, ...]:
    """North Atlantic Fisheries (NAF) says it twice; so does Deutsche Kabel AG (DKAG)."""
    for short, rest in ((words[:1], words[1:]), (words[-1:], words[:-1])):
        initials = "".join(word[0] for word in rest)
        if len(rest) > 1 and short[0].startswith(initials) and short[0].removeprefix(initials) in {"", *LEGAL}:
            return rest
    return words


def name_from(words: str) -> Name:
    """One that was taken apart before, from its words."""
    return name_of_words(tuple(words.split()))


@lru_cache(maxsize=5_000)
def name_of_words(words: tuple[str, ...]) -> Name:
    """With all that it is compared by: of a list each is compared with many."""
    core = tuple(word for word in words if word not in NOISE) or words
    while len(core) > 1 and core[-1] in COUNTRIES:
        core = core[:-1]
    joined = "".join(words)
    in_order, initials = "".join(sorted(core)), "".join(word[0] for word in core)
    return Name(words, core, joined, "".join(core), in_order, digits_in(joined), initials, frozenset(core))


def digits_in(text: str) -> str:
    return "" if text.isalpha() else "".join(filter(str.isdigit, text))


def _split(text: str) -> tuple[str, ...]:
    words = " ".join(_WORD.findall(_COMPOUND.sub(r"\1 gesellschaft", fold(text.replace("'", "")))))
    return tuple(SHORT_FOR.get(word, word) for word in LEGAL_PHRASES.sub(" ", words).split())
