"""The index is written in the transaction that writes what it tells of; whoever adds to it waits its turn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from portal.auth.models import User
from portal.events import Event, publish
from portal.extensions import Kept, db
from portal.lookalikes import holds, keys, queries, rules
from portal.lookalikes.events import CompanyHeld, HoldExpired, HoldReleased, HoldUsed
from portal.lookalikes.likeness import Company
from portal.lookalikes.marks import person_mark, phone_mark
from portal.lookalikes.models import CompanyKey, CompanyName, LookalikeFinding, SoftHold
from portal.lookalikes.queries import Asked, Found, Led
from portal.lookalikes.rules import HOLD_FOR, HoldState, Kind
from portal.refs import new_ref
from portal.rows import add_named, add_rows
from portal.scope import all_partners, check_writes

MOST_FINDINGS = 10
TURNS = 1024
"""So many companies of different names can be written at the same time."""


class Sought(NamedTuple):
    """Of each of several records by what it is looked for, and what that leads to, read in the turn that was taken."""

    asked: Sequence[Asked]
    led: Led


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a record says of its company."""

    kind: Kind
    ref: str
    partner_id: int | None
    name: str
    domain: str
    since: datetime
    until: datetime | None = None
    email: str = ""
    phone: str = ""
    country: str = ""

    @property
    def company(self) -> Company:
        return Company(self.name, self.domain)

    @property
    def asked(self) -> Asked:
        """The same as something to look for."""
        return Asked(self.company, person_mark(self.email), phone_mark(self.phone, self.country))


def keep(entry: Entry) -> None:
    """Write an entry, or write it anew where the record was corrected."""
    if (before := queries.entry(entry.ref)) is not None:
        _forget_keys(before)
        asked = entry.asked
        before.name, before.domain = entry.name, entry.domain
        before.words, before.label = " ".join(asked.company.name.words)[:300], asked.company.label[:130]
        before.person, before.phone = asked.person, asked.phone
        db.session.flush()
        add_rows(CompanyKey, list(_keys(before.id, asked)))
        return
    keep_all([entry])


def keep_all(entries: Sequence[Entry]) -> None:
    """Write entries of new records, however many, in two statements."""
    asked = [each.asked for each in entries]
    _write([_name(*each) for each in zip(entries, asked, strict=True)], asked)


def _write(names: Sequence[dict[str, Any]], asked: Sequence[Asked]) -> None:
    if len(names) == 1 and db.session.get_bind().dialect.name == "postgresql":
        check_writes(CompanyName.__tablename__, names)
        _NAME_AND_KEYS.write(names[0] | {"keys": sorted(asked[0].stored_keys)})
        return
    ids = add_named(CompanyName, names)
    of_names = ((ids[name["ref"]], each) for name, each in zip(names, asked, strict=True))
    add_rows(CompanyKey, [row for company_id, each in of_names for row in _keys(company_id, each)])


def _name(entry: Entry, asked: Asked) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "ref": entry.ref,
        "partner_id": entry.partner_id,
        "name": entry.name,
        "domain": entry.domain,
        "words": " ".join(asked.company.name.words)[:300],
        "label": asked.company.label[:130],
        "since": entry.since,
        "until": entry.until,
        "person": asked.person,
        "phone": asked.phone,
    }


def forget_contact(ref: str) -> None:
    """Nothing of the contact is left by which the record could be found."""
    if (entry := queries.entry(ref)) is None:
        return
    marks = [each for each in (entry.person, entry.phone) if each is not None]
    db.session.execute(sa.delete(CompanyKey).where(CompanyKey.key.in_(marks), CompanyKey.company_id == entry.id))
    entry.person = entry.phone = None
    db.session.flush()


def count_since(ref: str, now: datetime) -> None:
    """A claim began anew: it counts from now on."""
    if (entry := queries.entry(ref)) is not None:
        entry.since = now
        db.session.flush()


def arrive(by_id: int, entries: Sequence[Entry], *, now: datetime, sought: Sought | None = None) -> set[str]:
    """Write the entries of referrals that were just received, as if one came after the other: what looks like one is
    kept as a finding, a hold of its partner becomes it, and then it counts since the hold began. Returns the references
    of those that look like something."""
    asked = sought.asked if sought else [each.asked for each in entries]
    names = [_name(*each) for each in zip(entries, asked, strict=True)]
    used: set[str] = set()
    notes = []
    for entry, name, alike in zip(
        entries, names, queries.find_in_turn(asked, names, sought.led if sought else None), strict=True
    ):
        found = [each for each in alike if not each.is_over(now) and each.ref not in used]
        held = [each for each in found if each.kind is Kind.HOLD and each.partner_id == entry.partner_id]
        notes += _notes(entry.ref, [each for each in found if each not in held], now)
        for each in held:
            use_hold(by_id, holds.hold_called(entry.partner_id or 0, each.ref), entry.ref, now=now)
            used.add(each.ref)
        name["since"] = min((each.since for each in held), default=entry.since)
    add_rows(LookalikeFinding, notes)
    _write(names, asked)
    return {each["ref"] for each in notes}


def _notes(ref: str, found: Sequence[Found], now: datetime) -> list[dict[str, Any]]:
    told = [{"other_ref": each.ref, "score": each.score, "reason": each.reason} for each in found[:MOST_FINDINGS]]
    return [each | {"ref": ref, "found_at": now} for each in told]


def move_to(entry: Entry, *, now: datetime) -> None:
    """A record is about another company from now on: it counts since now, and what looked like the other one no longer
    stands beside it."""
    keep(entry)
    count_since(entry.ref, now)
    db.session.execute(sa.delete(LookalikeFinding).where(LookalikeFinding.ref == entry.ref))
    found = [each for each in queries.find(entry.asked, but=[entry.ref]) if not each.is_over(now)]
    add_rows(LookalikeFinding, _notes(entry.ref, found, now))


def take_turn(asked: Sequence[Asked]) -> None:
    """Wait until whoever writes about a company of such a name has committed: what is found next is all there is.

    SQLite has one writer at a time, from its first statement on. PostgreSQL is told what to wait for; the numbers are
    taken in order, so that nobody waits for somebody who waits for them."""
    if db.session.get_bind().dialect.name != "postgresql":
        return
    turns = sorted({key % TURNS for each in asked for key in each.keys})
    each = sa.func.unnest(sa.literal(turns, sa.ARRAY(sa.Integer()))).column_valued("turn")
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.cast(_LOCK, sa.Integer()), each)))


def hold(by: User, company: str, domain: str, *, now: datetime) -> SoftHold:
    """Keep a company for a day. Whether it is free is for the caller to know, who has taken the turn."""
    if by.partner_id is None:
        raise TypeError("only a partner's person holds a company")
    ref, until = new_ref("H", SoftHold.ref), now + HOLD_FOR
    held = SoftHold(
        ref=ref,
        partner_id=by.partner_id,
        by_id=by.id,
        state=HoldState.HELD,
        company=company,
        domain=domain,
        starts_at=now,
        ends_at=until,
    )
    db.session.add(held)
    entry = Entry(
        kind=Kind.HOLD, ref=ref, partner_id=by.partner_id, name=company, domain=domain, since=now, until=until
    )
    keep_all([entry])
    publish(CompanyHeld(by=by.id, at=now, ref=ref, partner_id=by.partner_id))
    return held


def use_hold(by_id: int, held: SoftHold, referral_ref: str, *, now: datetime) -> None:
    """The company was referred in time."""
    held.referral_ref = referral_ref
    event = HoldUsed(by=by_id, at=now, ref=held.ref, partner_id=held.partner_id, referral_ref=referral_ref)
    move_hold(held, HoldState.USED, event)


def release(by: User, held: SoftHold, *, now: datetime) -> None:
    """Given back before its day is over."""
    event = HoldReleased(by=by.id, at=now, ref=held.ref, partner_id=held.partner_id)
    move_hold(held, HoldState.RELEASED, event)


def expire(held: SoftHold, *, now: datetime) -> None:
    move_hold(held, HoldState.EXPIRED, HoldExpired(by=None, at=now, ref=held.ref, partner_id=held.partner_id))


def move_hold(held: SoftHold, then: HoldState, event: Event) -> None:
    """The one way from a state to another: the row, what the index says, the event."""
    rules.check_hold_move(held.state, then)
    held.state = then
    ended = sa.update(CompanyName).where(CompanyName.ref == held.ref).values(until=min(held.ends_at, event.at))
    db.session.flush()
    db.session.execute(all_partners(ended, "a hold says itself when it ends"))
    publish(event)


def _keys(company_id: int, asked: Asked) -> Iterator[dict[str, int]]:
    for key in asked.stored_keys:
        yield {"key": key, "company_id": company_id}


def _forget_keys(row: CompanyName) -> None:
    marks = [mark for mark in (row.person, row.phone) if mark is not None]
    led = [*keys.stored(Company(row.name, row.domain)), *marks]
    db.session.execute(sa.delete(CompanyKey).where(CompanyKey.company_id == row.id, CompanyKey.key.in_(led)))


_NAMES: Any = CompanyName.__table__
_KEYS: Any = CompanyKey.__table__
_of_name = (
    sa.insert(_NAMES)
    .values({each.name: sa.bindparam(each.name) for each in _NAMES.columns if each.name != "id"})
    .returning(_NAMES.c.id)
    .cte("of_name")
)
_key = sa.func.unnest(sa.bindparam("keys", type_=postgresql.ARRAY(sa.BigInteger())))
_keys_of_name = sa.insert(_KEYS).from_select(["key", "company_id"], sa.select(_key, _of_name.c.id))
_NAME_AND_KEYS = Kept(all_partners(_keys_of_name, "a new entry of whoever writes it, and what it is found by"))
"""Both at once, as PostgreSQL can: it runs with every submission."""
_LOCK = 704_210
"""The first of the two numbers of our turns, so that no other lock has the same ones."""
