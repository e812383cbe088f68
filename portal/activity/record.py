"""The record, looked through. Whatever is asked for, an index is read in its order from where the page begins: the
page costs the same, however many events there are."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.activity.models import EventHead, EventRow
from portal.activity.queries import THE_PORTAL, YOU, Entry, people_in, told_by
from portal.activity.rules import MOST_EXPORTED, OUT_OF_STEP, About, Wanted, address, package_of
from portal.auth.models import LoginSession, User
from portal.auth.rules import device_words
from portal.database import only_reading
from portal.events import KINDS, Audience
from portal.extensions import db
from portal.paging import MOST, SIZE, Cursor, Page, page_of, read_cursor
from portal.scope import all_partners, owned_by

MOST_FOUND = 20
GUIDE = re.compile(r"G-[0-9]{1,9}")
"""What a resource is called; a product has letters."""
AT_A_TIME = 1_000
"""Rows of an export that are held at once."""
MOST_SIGN_INS = 20
_COLUMNS = ("seq", "at", "kind", "by_id", "partner_id", "ref", "body")
# Their models rank above this package.
_partners = sa.table("partners", sa.column("id"), sa.column("ref"), sa.column("name"))
_resources = sa.table("resources", sa.column("id"), sa.column("slug"))


@dataclass(frozen=True)
class Found:
    """Somebody, or a company, that answers to what was typed."""

    id: int
    ref: str
    name: str
    about: str


@dataclass(frozen=True)
class Line:
    """A row of the record as it is shown."""

    entry: Entry
    url: str | None
    company: str
    company_ref: str


@dataclass(frozen=True)
class SignIn:
    """A browser in which the person signed in."""

    device: str
    address: str
    at: datetime
    last_used_at: datetime
    ended_at: datetime | None


def page(
    reader: User, wanted: Wanted, *, token: str | None, url: Callable[[str | None], str]
) -> tuple[list[Line], Page]:
    """A page of what is wanted, newest first."""
    cursor = read_cursor(token, [int])
    statement, seq = _statement(reader, wanted, cursor, SIZE)
    found = page_of(db.session, statement, [seq], token=token, url=url, descending=True)
    return _lines(reader, found.rows, reader.id), found


def everything(reader: User, wanted: Wanted, until_seq: int) -> Iterator[Line]:
    """All of it up to this event, newest first, in batches that let the database go in between.

    It ends after MOST_EXPORTED rows."""
    cursor, count = Cursor((until_seq + 1,)), 0
    while count < MOST_EXPORTED:
        size = min(AT_A_TIME, MOST_EXPORTED - count)
        with only_reading():
            statement, seq = _statement(reader, wanted, cursor, size)
            rows = db.session.execute(statement.where(seq < cursor.values[0]).order_by(seq.desc()).limit(size)).all()
            lines = _lines(reader, rows, None)
            db.session.rollback()
        yield from lines
        count += len(rows)
        if len(rows) < size:
            return
        cursor = Cursor((rows[-1].seq,))


def newest() -> int:
    """The number of the last event on record."""
    return db.session.execute(sa.select(EventHead.seq)).scalar_one()


def people_called(text: str) -> Sequence[Found]:
    """Who has this reference or mail address, or a name or an address with this in it; one more than are shown."""
    return _called(User.id, User.ref, User.name, User.email, text)


def companies_called(text: str) -> Sequence[Found]:
    """The same of partners, by name."""
    return _called(_partners.c.id, _partners.c.ref, _partners.c.name, _partners.c.ref, text)


def sign_ins(user: User) -> list[SignIn]:
    """Where and when the person signed in, the latest first."""
    s = LoginSession
    columns = (s.user_agent, s.address, s.created_at, s.last_used_at, s.ended_at)
    own = sa.select(*columns).where(s.user_id == user.id, s.awaits_factor.is_(False))
    latest = own.order_by(s.created_at.desc(), s.id.desc()).limit(MOST_SIGN_INS)
    return [
        SignIn(device_words(row.user_agent), row.address, row.created_at, row.last_used_at, row.ended_at)
        for row in db.session.execute(latest)
    ]


def _called(row_id: Any, ref: Any, name: Any, about: Any, text: str) -> Sequence[Found]:
    """Whoever is called exactly so, where that is one; else all whose name or address has it in it."""
    exactly = sa.or_(ref == text.upper(), about == text.lower(), sa.func.lower(name) == text.lower())
    within = name.icontains(text, autoescape=True) | about.icontains(text, autoescape=True)
    wanted = sa.select(row_id, ref, name, about, exactly.label("exact")).where(exactly | within)
    first = wanted.order_by(sa.desc("exact"), name, row_id).limit(MOST_FOUND + 1)
    found = db.session.execute(all_partners(first, "whoever reads the record may look for anyone in it")).all()
    named = [row for row in found if row.exact]
    return [Found(*row[:4]) for row in (named if len(named) == 1 else found)]


def _statement(reader: User, wanted: Wanted, cursor: Cursor, size: int) -> tuple[sa.Select[Any], Any]:
    """What is wanted, and its key. Each branch reads one index; several are cut to a page each, then merged."""
    branches = [_branch(reader, wanted, conditions) for conditions in _ways(wanted)]
    if len(branches) == 1:
        statement, key = branches[0], EventRow.seq
    else:
        cut = [_cut(branch, cursor, size).subquery() for branch in branches]
        merged = sa.union_all(*(sa.select(each) for each in cut)).subquery()
        event = aliased(EventRow, merged)
        statement, key = sa.select(*(getattr(event, name) for name in _COLUMNS)), event.seq
    if reader.partner_id is None:
        return all_partners(statement, "staff read the record"), key
    return owned_by(statement, reader.partner_id), key


def _cut(branch: sa.Select[Any], cursor: Cursor, size: int) -> sa.Select[Any]:
    if cursor.values:
        (seq,) = cursor.values
        branch = branch.where(EventRow.seq > seq if cursor.backwards else EventRow.seq < seq)
    return branch.order_by(EventRow.seq.asc() if cursor.backwards else EventRow.seq.desc()).limit(size + 1)


_Equal = list[tuple[Any, Any]]
_Way = tuple[_Equal, list[Any]]


def _ways(wanted: Wanted) -> Iterator[_Way]:
    """For each kind, what the person did, and what happened to them: what columns have to equal, and what else holds,
    so that no event is met twice."""
    for kind in wanted.kinds or (None,):
        of_kind = [(EventRow.kind, kind)] if kind else []
        if wanted.person is None:
            yield of_kind, []
        else:
            person_id, ref = wanted.person
            yield [(EventRow.by_id, person_id), *of_kind], []
            yield [(EventRow.ref, ref), *of_kind], [EventRow.by_id.is_distinct_from(person_id)]


def _branch(reader: User, wanted: Wanted, way: _Way) -> sa.Select[Any]:
    equal, more = list(way[0]), list(way[1])
    if wanted.ref:
        equal.append((EventRow.ref, wanted.ref))
    if wanted.partner_id is not None:
        equal.append((EventRow.partner_id, wanted.partner_id))
    if reader.partner_id is not None:
        more += [_beside(EventRow.partner_id, reader.partner_id), EventRow.audience == Audience.PARTNER]
    columns = (getattr(EventRow, name) for name in _COLUMNS)
    return sa.select(*columns).where(*_driven(equal), *more, *_within(wanted))


def _driven(equal: _Equal) -> Iterator[sa.ColumnElement[bool]]:
    """One index is read, the narrowest: the others are said in a way that no planner takes up."""
    asked = {column.key for column, _ in equal}
    drives = next((name for name in ("ref", "partner_id", "by_id", "kind") if name in asked), None)
    read = {drives} | ({"kind"} if drives == "by_id" else set())
    for column, value in equal:
        yield column == value if column.key in read else _beside(column, value)


def _beside(column: Any, value: Any) -> sa.ColumnElement[bool]:
    equal: sa.ColumnElement[bool] = column == value
    return equal.is_(sa.true())  # the planner's guess stays good, as it would not for `column + 0`


def _within(wanted: Wanted) -> Iterator[sa.ColumnElement[bool]]:
    """Between two times: exactly, and between two numbers of the record that lie safely around them."""
    if wanted.since is not None:
        before = sa.select(EventRow.seq).where(EventRow.at < wanted.since - OUT_OF_STEP)
        last = before.order_by(EventRow.at.desc(), EventRow.seq.desc()).limit(1)
        yield EventRow.seq > sa.func.coalesce(last.scalar_subquery(), 0)
        yield EventRow.at >= wanted.since
    if wanted.until is not None:
        after = sa.select(EventRow.seq).where(EventRow.at >= wanted.until + OUT_OF_STEP)
        first = after.order_by(EventRow.at, EventRow.seq).limit(1)
        yield EventRow.seq < sa.func.coalesce(first.scalar_subquery(), MOST)
        yield EventRow.at < wanted.until


def _lines(reader: User, rows: Sequence[Any], you: int | None) -> list[Line]:
    """Each row as its reader is shown it; one look-up for all the names in them."""
    names, companies, slugs = _names(rows)
    if you is not None:
        names[you] = YOU
    lines = []
    for row in rows:
        company, company_ref = companies.get(row.partner_id, ("", ""))
        about = About(package_of(KINDS.get(row.kind)), row.ref, company_ref, slugs.get(row.ref, ""))
        lines.append(
            Line(told_by(row, names, marked=reader.is_staff), address(about, reader.may), company, company_ref)
        )
    return lines


def _names(rows: Sequence[Any]) -> tuple[dict[int | None, str], dict[int | None, tuple[str, str]], dict[str, str]]:
    """Of people and of companies by id, and of resources by reference."""
    company_ids = {row.partner_id for row in rows if row.partner_id is not None}
    guides = {int(row.ref[2:]) for row in rows if GUIDE.fullmatch(row.ref)}
    people = sa.select(sa.literal("U").label("what"), User.id, User.name, User.ref)
    companies = sa.select(sa.literal("P"), _partners.c.id, _partners.c.name, _partners.c.ref)
    resources = sa.select(sa.literal("G"), _resources.c.id, _resources.c.slug, sa.literal(""))
    wanted = sa.union_all(
        people.where(User.id.in_(people_in(rows))),
        companies.where(_partners.c.id.in_(company_ids)),
        resources.where(_resources.c.id.in_(guides)),
    )
    found = db.session.execute(all_partners(wanted, "names of those in an event that the reader may see")).all()
    names: dict[int | None, str] = {row.id: row.name for row in found if row.what == "U"}
    return (
        {None: THE_PORTAL} | names,
        {row.id: (row.name, row.ref) for row in found if row.what == "P"},
        {f"G-{row.id}": row.name for row in found if row.what == "G"},
    )
