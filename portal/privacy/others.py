"""Whom a contact's copy does not name.

A note about a person is their data whatever it was written for, so our notes, reasons and messages are in their copy
(Art. 15(1) GDPR). The copy must not harm others (Art. 15(4)), and who of our people wrote what tells a person nothing
of themselves (CJEU, C-579/21): our people, the partners' people, other contacts and whoever else decides are taken out,
with their addresses and phones. Of partners those are named who introduced the person, because the source of data has
to be told (Art. 15(1)(g)), and no other: whose claim stood beside theirs is the partners' own affair.

Only those whom the portal knows can be found; whoever hands the copy over reads it for others first."""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa

from portal.auth.models import User
from portal.extensions import db
from portal.partners.models import Partner
from portal.referrals.models import Referral
from portal.scope import all_partners

PERSON, COMPANY = "[another person]", "[another company]"
_WHY = "a person's copy names nobody else"
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_WORD = re.compile(r"[\w'\u2019-]+")
_AT_ONCE = 500
_LONGEST_NAME = 4
Row = dict[str, Any]


class Own(NamedTuple):
    """The person whose copy it is, and who introduced them."""

    name: str
    email: str
    phones: Collection[str]
    sources: Collection[str]


def without_others(rows: Iterable[Row], own: Own) -> list[Row]:
    """The rows, with everybody else's names, addresses and phones taken out of every text."""
    kept = list(rows)
    text = "\n".join(each for row in kept for each in _texts(row))
    people = _pattern(each for each in _people(text) if each not in {own.name, own.email, *own.phones})
    companies = _pattern(name for name in _companies() if name not in own.sources and name in text)

    def cleaned(said: str) -> str:
        said = _ADDRESS.sub(lambda found: found[0] if found[0].lower() == own.email.lower() else PERSON, said)
        return companies.sub(COMPANY, people.sub(PERSON, said))

    return [{name: _decider(name, _each(value, cleaned), own) for name, value in row.items()} for row in kept]


def _people(text: str) -> set[str]:
    """Names and phones of those in the text whom we know: by an account, or as a contact."""
    accounts = sa.select(User.name, User.phone).where(User.erased_at.is_(None))
    known = [
        row for row in db.session.execute(all_partners(accounts, _WHY)) if any(each and each in text for each in row)
    ]
    named = sorted(_might_be_names(text))
    for start in range(0, len(named), _AT_ONCE):
        contacts = sa.select(Referral.contact_name, Referral.contact_phone).distinct()
        some = contacts.where(Referral.contact_name.in_(named[start : start + _AT_ONCE]))
        known += db.session.execute(all_partners(some, _WHY))
    return {each for row in known for each in row if each}


def _might_be_names(text: str) -> set[str]:
    """Two to four words beside each other."""
    found = set()
    for line in text.splitlines():
        words = _WORD.findall(line)
        for length in range(2, _LONGEST_NAME + 1):
            found |= {" ".join(words[at : at + length]) for at in range(len(words) - length + 1)}
    return found


def _companies() -> list[str]:
    return list(db.session.scalars(all_partners(sa.select(Partner.name), _WHY)))


def _decider(name: str, value: Any, own: Own) -> Any:
    """Who decides at the company is somebody else, unless it is they."""
    is_other = name == "decider" and value and own.name.casefold() not in str(value).casefold()
    return PERSON if is_other else value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _each(value: Any, cleaned: Any) -> Any:
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, list):
        return [_each(each, cleaned) for each in value]
    if isinstance(value, dict):
        return {name: _each(each, cleaned) for name, each in value.items()}
    return value


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted({word for word in words if word.strip()}, key=lambda word: (-len(word), word))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first)) or '(?!)'})(?!\w)")
