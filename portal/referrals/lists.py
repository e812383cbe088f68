"""The lists of referrals: what they can be narrowed to and sorted by, and which index has that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.auth.permissions import Permission, Reach
from portal.choices import Choice, Condition, Order, Predicate
from portal.countries import COUNTRIES
from portal.referrals.models import Referral
from portal.referrals.rules import Status
from portal.search import Index

WORDS = Index(Referral, ("company", "domain", "contact_name", "contact_email", "ref"))
MOST_ALIKE = 8
_r = Referral
RECEIVED = Order(
    keys=(_r.received_at, _r.id),
    descending=True,
    ways=(
        (_r.partner_id, _r.by_id),
        (_r.partner_id, _r.status),
        (_r.partner_id,),
        (_r.status,),
        (_r.country,),
        (),
    ),
)
DUE = Order(keys=(_r.due_at, _r.id), descending=False, ways=((_r.partner_id,), (_r.status,), ()))
DECIDED = Order(keys=(_r.decided_at, _r.id), descending=True, ways=((_r.partner_id,), ()))
ENTERED = Order(keys=(_r.id,), descending=True, ways=((),))
Times = tuple[datetime | None, datetime | None]
_EVER: Times = (None, None)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a list of referrals is narrowed to; what is empty does not narrow it."""

    states: Sequence[Status] = ()
    received: Times = _EVER
    decided: Times = _EVER
    countries: Sequence[str] = ()
    partner_ids: Sequence[int] = ()
    by_ids: Sequence[int] = ()
    overdue_at: datetime | None = None
    """Only those whose answer was due before this instant."""
    by_due: bool = False
    others: Sequence[Condition] = ()
    few: Condition | None = None
    """That they are some of a few hundred at most, which an index finds."""
    has: Condition | None = None
    """Words that are looked for in all of them: then nothing else narrows it."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing narrows it, and it is in its usual order."""
        some = (self.states, self.countries, self.partner_ids, self.by_ids, self.others, self.overdue_at, self.by_due)
        return not any(some) and self.received == self.decided == _EVER

    @property
    def order(self) -> Order:
        if self.has:
            return ENTERED
        if self.decided != _EVER:
            return DECIDED
        return DUE if self.by_due or self.overdue_at else RECEIVED


def choice_of(user: User, wanted: Wanted) -> Choice:
    """The same for whoever reads it: a partner's people have their own rows only."""
    equal: dict[Any, Sequence[Any]] = {
        Referral.partner_id: wanted.partner_ids if user.partner_id is None else (user.partner_id,),
        Referral.by_id: wanted.by_ids,
        Referral.status: wanted.states,
        Referral.country: wanted.countries,
    }
    if user.partner_id is not None and user.reach(Permission.VIEW_REFERRALS) is Reach.OWN:
        equal[Referral.by_id] = (user.id,)
    within, others = _EVER, [*wanted.others]
    due = (None, wanted.overdue_at)
    for column, times in ((_r.received_at, wanted.received), (_r.decided_at, wanted.decided), (_r.due_at, due)):
        if column is wanted.order.keys[0]:
            within = times
        elif times != _EVER:
            others.append(_lies(column.key, times))
    return Choice(wanted.order, {k: v for k, v in equal.items() if v}, within, others, wanted.has or wanted.few)


def country_called(typed: str) -> list[Any]:
    """By its letters or its name."""
    if typed.upper() in COUNTRIES:
        return [_country(typed.upper())]
    sought = typed.casefold()
    alike = [code for code, name in COUNTRIES.items() if name.casefold().startswith(sought)]
    same = [code for code in alike if COUNTRIES[code].casefold() == sought]
    return [_country(code) for code in (same or alike[:MOST_ALIKE])]


def _country(code: str) -> Any:
    return SimpleNamespace(id=code, ref=code, name=COUNTRIES[code])


def _lies(name: str, times: Times) -> Condition:
    since, until = times

    def lies(columns: Any) -> sa.ColumnElement[bool]:
        at = getattr(columns, name)
        begin, end = (
            at >= sa.bindparam(f"least_{name}", type_=at.type),
            at < sa.bindparam(f"most_{name}", type_=at.type),
        )
        return sa.and_(*([begin] if since else []), *([end] if until else []))

    asked = Predicate((name, bool(since), bool(until)), lies)
    return Condition(asked, {f"least_{name}": since, f"most_{name}": until})
