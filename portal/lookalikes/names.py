"""A company's name, as it is compared: without its legal form, one spelling for the many of a letter, word by word."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from cleanco import basename

_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ø": "oe",
        "æ": "ae",
        "œ": "oe",
        "å": "a",
        "ł": "l",
        "đ": "d",
    }
)
_DIAERESIS = re.compile(r"(?<=[aeiou])[äöü]")
_UMLAUT = re.compile(r"(?<![aeiouyq])([aou])e")
_PLAIN = {"ä": "a", "ö": "o", "ü": "u"}
_DOTTED = re.compile(r"\b(?:\w\.\s?){2,}")
_MARKS = re.compile("['`\u2019\u00b4]")
_ELIDED = re.compile(r"\b([ld])'(?=\w)")
_WORD = re.compile(r"[^\W_]+")
_AND = re.compile(r"\s(?:und|and|et|en|og|och|y|e|u\.)\s|[&+]")
# What follows says where it is, or whose, no longer who.
_TAIL = re.compile(r",?\s(?:inh\.|inhaber\w*|niederlassung|zweigniederlassung|filiale|branch|succursale|vestiging)\s.*")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LEGAL = _words(
    """gmbh mbh ggmbh gesmbh ag kg kgaa ohg gbr ek eg ev ug se partg partgmbb mbb zt ltd limited plc llp llc inc
    incorporated corp corporation dac co sarl sas sasu sa eurl sci snc scop srl spa sl slu bv nv vof cv ua bvba ab as
    aps oy spzoo cokg cie company compagnie societe ets etablissements stichting cooperatie"""
)
# Said by some of those who name the company, left out by others.
NOISE = _words(
    """the of de du des la le les l d der die das den het fur f von zum zur dr prof dipl ing group groupe gruppe groep
    gesellschaft maison firma trust services"""
)
COUNTRIES = _words(
    """deutschland germany allemagne osterreich austria autriche schweiz suisse switzerland svizzera france frankreich
    nederland netherlands niederlande uk gb britain ireland belgium belgie belgique europe dach eu"""
)
BESIDE = _words(
    """holding holdings beteiligung beteiligungs beteiligungen verwaltung verwaltungs immobilien grundbesitz stiftung
    privatstiftung foundation capital ventures invest participations beheer vastgoed immobilier properties"""
)
"""What stands beside the company that works: owned by the same people, and another one all the same."""
_SHORT_FOR = {
    "gebr": "gebruder",
    "bros": "brothers",
    "intl": "international",
    "int": "international",
    "internationale": "international",
    "mfg": "manufacturing",
    "ges": "gesellschaft",
    "sankt": "st",
    "saint": "st",
    "sainte": "st",
}


class Name(NamedTuple):
    words: tuple[str, ...]
    """Every word but the legal form."""
    core: tuple[str, ...]
    """Those that tell it from others."""
    joined: str
    joined_core: str

    @property
    def in_order(self) -> str:
        return "".join(sorted(self.core))

    @property
    def digits(self) -> str:
        return digits_in(self.joined)

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.core)


@lru_cache(maxsize=20_000)
def name_of(written: str) -> Name:
    """What is compared. Where nothing else is left, the legal form is the name."""
    text = _TAIL.sub(" ", written.lower())
    text = _DOTTED.sub(lambda match: match[0].replace(".", "").replace(" ", "") + " ", text)
    text = _ELIDED.sub(r"\1 ", _AND.sub(" ", _MARKS.sub("'", text)))
    every = _split(text)
    bare = _split(basename(text) or text)
    return name_of_words(tuple(word for word in bare if word not in LEGAL) or every)


def name_from(words: str) -> Name:
    """One that was taken apart before, from its words."""
    return name_of_words(tuple(words.split()))


def name_of_words(words: tuple[str, ...]) -> Name:
    core = tuple(word for word in words if word not in NOISE) or words
    while len(core) > 1 and core[-1] in COUNTRIES:
        core = core[:-1]
    return Name(words, core, "".join(words), "".join(core))


def digits_in(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def fold(text: str) -> str:
    """One spelling for ä and ae, é and e; lower case."""
    plain = unicodedata.normalize("NFKC", text).lower()
    plain = _DIAERESIS.sub(lambda match: _PLAIN[match[0]], plain).translate(_LETTERS)
    bare = "".join(each for each in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(each))
    return _UMLAUT.sub(r"\1", bare)


def _split(text: str) -> tuple[str, ...]:
    return tuple(_SHORT_FOR.get(word, word) for word in _WORD.findall(fold(text.replace("'", ""))))
