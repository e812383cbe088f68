"""How alike two companies are: 0 to 100, with the reason in words. What follows from it is for people to decide."""

from collections.abc import Sequence
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from portal.lookalikes.domains import label_of
from portal.lookalikes.letters import fold
from portal.lookalikes.names import Name, name_from, name_of
from portal.lookalikes.slips import LONG_WORD, differing, is_another_word, is_slip, one_letter
from portal.lookalikes.words import BESIDE, COUNTRIES, LEGAL, NOISE

LIKELY = 70
"""From here on it is taken for the same company until somebody has looked."""
POSSIBLE = 50
"""From here on a person looks before anything is said."""
SAME_PERSON = 85
SAME_PHONE = 76
SHORTEST_IN_DOMAIN = 3
_SAID_BY_ALL = LEGAL | NOISE | COUNTRIES


class Likeness(NamedTuple):
    score: int
    reason: str


NOTHING = Likeness(0, "")


class Company:
    """What is known of one: the name as it was written, and the registrable domain; either may be empty."""

    def __init__(self, written: str, domain: str) -> None:
        self.written, self.domain = written, domain

    @cached_property
    def name(self) -> Name:
        return name_of(self.written)

    @cached_property
    def label(self) -> str:
        return label_of(self.domain) if self.domain else ""


def known(written: str, domain: str, words: str, label: str) -> Company:
    """One of the index, whose name was taken apart before."""
    company = Company(written, domain)
    company.name, company.label = name_from(words), label
    return company


class Names(Enum):
    SAME = "same name"
    ORDER = "the same words in another order"
    LETTER = "one letter differs in the name"
    SHORT = "one name is short for the other"
    WITHIN = "one name with words more"
    BRANCH = "one name with a word that sets it apart"
    UNKNOWN = ""
    OTHER = "other name"


class Domains(Enum):
    ENDING = "same domain with another ending"
    WITHIN = "the domain with a word more"
    HOUSE = "the domain with that word more"
    LETTER = "one letter differs in the domain"
    APART = "domains of two places or trades"
    UNKNOWN = "no domain to compare"
    OTHER = "other domain"


_N, _D = Names, Domains
_SCORES: dict[Names, dict[Domains, int]] = {
    _N.SAME: {_D.ENDING: 98, _D.LETTER: 94, _D.WITHIN: 92, _D.HOUSE: 92, _D.UNKNOWN: 88, _D.OTHER: 78, _D.APART: 58},
    _N.ORDER: {_D.ENDING: 96, _D.LETTER: 90, _D.WITHIN: 90, _D.HOUSE: 90, _D.UNKNOWN: 84, _D.OTHER: 66, _D.APART: 52},
    _N.LETTER: {_D.ENDING: 94, _D.LETTER: 84, _D.WITHIN: 78, _D.HOUSE: 70, _D.UNKNOWN: 72, _D.OTHER: 54, _D.APART: 40},
    _N.SHORT: {_D.ENDING: 90, _D.LETTER: 74, _D.WITHIN: 74, _D.HOUSE: 66, _D.UNKNOWN: 54, _D.OTHER: 40, _D.APART: 30},
    _N.WITHIN: {_D.ENDING: 88, _D.LETTER: 82, _D.WITHIN: 74, _D.HOUSE: 66, _D.UNKNOWN: 60, _D.OTHER: 48, _D.APART: 30},
    _N.BRANCH: {_D.ENDING: 62, _D.LETTER: 50, _D.WITHIN: 52, _D.HOUSE: 45, _D.UNKNOWN: 45, _D.OTHER: 30, _D.APART: 20},
    _N.UNKNOWN: {_D.ENDING: 76, _D.LETTER: 56, _D.WITHIN: 56, _D.HOUSE: 50, _D.UNKNOWN: 0, _D.OTHER: 0, _D.APART: 0},
    _N.OTHER: {_D.ENDING: 55, _D.LETTER: 0, _D.WITHIN: 0, _D.HOUSE: 0, _D.UNKNOWN: 0, _D.OTHER: 0, _D.APART: 0},
}
# A single short word is the name of many: where the domains are others, it is no reason to think of the same company.
_BORNE_BY_MANY = {_D.UNKNOWN: 74, _D.OTHER: 54, _D.APART: 40}
_TOLD_APART = 45
"""The letter that differs in the names differs in the domains as well: nobody slips twice in the same place."""

_ANOTHER_WORD = 58


def likeness(one: Company, other: Company) -> Likeness:
    """By domain and name, whichever way round."""
    if one.domain and one.domain == other.domain:
        return Likeness(100, "same domain")
    names = _names(one.name, other.name)
    if names is Names.OTHER and one.label != other.label and _both_are_whole(one, other):
        return NOTHING
    domains = _domains(one, other)
    score = _SCORES[names][domains]
    if names is Names.SAME and domains in _BORNE_BY_MANY and _is_borne_by_many(one.name):
        score = _BORNE_BY_MANY[domains]
    elif names is Names.LETTER and _told_apart(one, other):
        score = _TOLD_APART
    elif names is Names.LETTER and domains is Domains.UNKNOWN and is_another_word(one.name, other.name):
        score = _ANOTHER_WORD
    if score < LIKELY and (called := _called_like_its_domain(one, other)).score > score:
        return called
    return Likeness(score, _reason(one, other, names, domains)) if score else NOTHING


def with_contact(found: Likeness, *, same_person: bool, same_phone: bool) -> Likeness:
    """The same, where the contact is known to be the same, or the number to call."""
    score, reasons = found.score, [found.reason] if found.reason else []
    for is_same, least, words in ((same_phone, SAME_PHONE, "same phone"), (same_person, SAME_PERSON, "same person")):
        if is_same:
            score, reasons = max(score, least), [words, *reasons]
    return Likeness(score, ", ".join(reasons))


def _names(one: Name, other: Name) -> Names:
    if not one.words or not other.words:
        return Names.UNKNOWN
    if one.joined == other.joined or one.joined_core == other.joined_core:
        return Names.SAME
    if one.digits and other.digits and one.digits != other.digits:
        return Names.OTHER
    if one.in_order == other.in_order:
        return Names.ORDER
    if is_slip(one, other):
        return Names.LETTER
    if one.initials == other.joined_core or other.initials == one.joined_core:
        return Names.SHORT
    few, many = (one.each, other.each) if len(one.each) <= len(other.each) else (other.each, one.each)
    if few < many:
        return Names.BRANCH if many - few & BESIDE else Names.WITHIN
    return Names.OTHER


def _is_borne_by_many(name: Name) -> bool:
    return len(name.core) == 1 and len(name.joined_core) < LONG_WORD


def _told_apart(one: Company, other: Company) -> bool:
    return any(
        mine in one.label and mine not in other.label and theirs in other.label and theirs not in one.label
        for mine, theirs in differing(one.name, other.name)
    )


def _domains(one: Company, other: Company) -> Domains:
    if not one.domain or not other.domain:
        return Domains.UNKNOWN
    if one.label == other.label:
        return Domains.ENDING
    if one_letter(one.label, other.label):
        return Domains.LETTER
    short, long = sorted((one.label, other.label), key=len)
    if rest := _rest(short, long):
        return _with_more(rest, one, other)
    return Domains.APART if _are_apart(one, other) else Domains.OTHER


def _rest(short: str, long: str) -> str:
    """What the longer one has before or after the shorter; nothing where it is none of it."""
    if len(short) < 3:
        return ""
    if long.startswith(short):
        return long.removeprefix(short)
    return long.removesuffix(short) if long.endswith(short) else ""


def _with_more(rest: str, one: Company, other: Company) -> Domains:
    """A word that only one of the names has makes it another house; one that both have, or nobody needs, does not."""
    if rest in set(one.name.core) ^ set(other.name.core):
        return Domains.HOUSE
    is_told = rest in _SAID_BY_ALL or rest in one.name.words or rest in other.name.words
    return Domains.WITHIN if is_told else Domains.OTHER


def _are_apart(one: Company, other: Company) -> bool:
    """Both domains are of the name they share with something of their own beside it: the town, or the trade."""
    shared = [word for word in one.name.core if word in other.name.core and len(word) >= SHORTEST_IN_DOMAIN]
    mine, theirs = _own_part(one.label, shared), _own_part(other.label, shared)
    return bool(mine and theirs) and mine != theirs


def _own_part(label: str, shared: Sequence[str]) -> str:
    """What a domain has beside the words of the name; nothing where it has none of them, or only what anybody adds."""
    rest = label
    for word in shared:
        rest = rest.replace(word, "", 1)
    said_by_all = rest in _SAID_BY_ALL or any(word.startswith(rest) for word in shared)
    return "" if rest == label or said_by_all else rest


def _both_are_whole(one: Company, other: Company) -> bool:
    return bool(one.written and other.written and one.domain and other.domain)


def _called_like_its_domain(one: Company, other: Company) -> Likeness:
    """Where one of them is known by name only, or by domain only."""
    if _both_are_whole(one, other):
        return NOTHING
    for each, another in ((one, other), (other, one)):
        names = (another.name.joined, another.name.joined_core)
        if len(each.label) >= LONG_WORD and each.label in names:
            return Likeness(84, "the domain is the other's name")
        if len(each.label) >= LONG_WORD and any(one_letter(each.label, name) for name in names):
            return Likeness(60, "one letter differs between domain and name")
    return NOTHING


def _reason(one: Company, other: Company, names: Names, domains: Domains) -> str:
    said = _how_the_same(one.written, other.written) if names is Names.SAME else names.value
    return ", ".join(filter(None, (said, "" if domains is Domains.UNKNOWN else domains.value)))


def _how_the_same(one: str, other: str) -> str:
    short, long = sorted((one, other), key=len)
    if short.lower() == long.lower():
        return "same name"
    if long.lower().startswith(short.lower()):
        return f"same name without {long[len(short) :].strip(' ,')}"
    if name_of(one).words == name_of(other).words and fold(short) != fold(long):
        return "same name, another legal form"
    return "same name, written differently"
