"""How alike two companies are: 0 to 100, with the reason in words. What follows from it is for people to decide."""

from enum import Enum
from functools import cached_property
from typing import NamedTuple

from rapidfuzz.distance import OSA

from portal.lookalikes.domains import label_of
from portal.lookalikes.names import BESIDE, COUNTRIES, LEGAL, NOISE, Name, digits_in, fold, name_from, name_of

LIKELY = 70
"""From here on it is taken for the same company until somebody has looked."""
POSSIBLE = 50
"""From here on a person looks before anything is said."""
SAME_PERSON = 85
SAME_PHONE = 76
SHORTEST_SLIP = 5
"""In a shorter word another letter makes another word, and no slip of the finger."""
LONG_WORD = 8
"""A name of one word says who it is from so many letters on; shorter ones are borne by many."""


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
# A single short word is the name of many: alone it is no reason to think of the same company.
_BORNE_BY_MANY = {_D.UNKNOWN: 60, _D.OTHER: 54, _D.APART: 40}
_TOLD_APART = 45
"""The letter that differs in the names differs in the domains as well: nobody slips twice in the same place."""


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
    elif names is Names.LETTER and domains is Domains.UNKNOWN and _first_letter_differs(one.name, other.name):
        score = 58
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
    if _is_slip(one, other):
        return Names.LETTER
    if one.initials == other.joined_core or other.initials == one.joined_core:
        return Names.SHORT
    few, many = sorted((frozenset(one.core), frozenset(other.core)), key=len)
    if few < many:
        return Names.BRANCH if many - few & BESIDE else Names.WITHIN
    return Names.OTHER


def _is_slip(one: Name, other: Name) -> bool:
    """One letter too many, too few, wrong, or changed with its neighbour, in a word that is long enough for it."""
    if not _one_letter(one.joined_core, other.joined_core) and (
        (one.joined == one.joined_core and other.joined == other.joined_core)
        or not _one_letter(one.joined, other.joined)
    ):
        return False
    if len(one.core) == len(other.core):
        return all(min(map(len, pair)) >= SHORTEST_SLIP for pair in _differing(one, other))
    return min(len(one.joined_core), len(other.joined_core)) >= LONG_WORD


def _differing(one: Name, other: Name) -> list[tuple[str, str]]:
    return [pair for pair in zip(one.core, other.core, strict=False) if pair[0] != pair[1]]


def _one_letter(one: str, other: str) -> bool:
    """A digit is no letter: another one is meant."""
    if min(len(one), len(other)) < SHORTEST_SLIP or OSA.distance(one, other, score_cutoff=1) > 1:
        return False
    return digits_in(one) == digits_in(other)


def _is_borne_by_many(name: Name) -> bool:
    return len(name.core) == 1 and len(name.joined_core) < LONG_WORD


def _told_apart(one: Company, other: Company) -> bool:
    return any(
        mine in one.label and mine not in other.label and theirs in other.label and theirs not in one.label
        for mine, theirs in _differing(one.name, other.name)
    )


def _first_letter_differs(one: Name, other: Name) -> bool:
    return any(mine[0] != theirs[0] for mine, theirs in _differing(one, other))


def _domains(one: Company, other: Company) -> Domains:
    if not one.domain or not other.domain:
        return Domains.UNKNOWN
    if one.label == other.label:
        return Domains.ENDING
    if _one_letter(one.label, other.label):
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
    told = {*one.name.words, *other.name.words, *LEGAL, *NOISE, *COUNTRIES}
    return Domains.WITHIN if rest in told else Domains.OTHER


def _are_apart(one: Company, other: Company) -> bool:
    """Both domains are the name they share with something of their own beside it."""
    shared = one.name.joined_core
    mine, theirs = _rest(shared, one.label), _rest(shared, other.label)
    left_out = LEGAL | NOISE | COUNTRIES
    return bool(mine and theirs) and mine not in left_out and theirs not in left_out


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
        if len(each.label) >= LONG_WORD and any(_one_letter(each.label, name) for name in names):
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
