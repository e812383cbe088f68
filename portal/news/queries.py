"""What is new to the reader, read in one question with what else stands beside a list: a page has no more to spare."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.activity.models import EventRow
from portal.activity.rules import OUT_OF_STEP
from portal.auth.models import User
from portal.auth.rules import last_visit
from portal.choices import fixed
from portal.conversation.queries import unread_of
from portal.deals.models import Deal
from portal.deals.shares import referral_by_which
from portal.drafts.models import ReferralDraft
from portal.events import Audience
from portal.extensions import Kept, UTCDateTime
from portal.fees.models import FeeLine
from portal.formats import Words
from portal.news.rules import WORDS
from portal.news.shown import Happened, Row, line, marked
from portal.referrals.models import Referral
from portal.saved_views import queries as saved_views
from portal.saved_views.rules import ListName
from portal.scope import READER, owned_by

MOST = 300
"""Events that are looked at: whoever comes back after a year is told the latest."""
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Nothing is new to who is here for the first time."""
EVENT, UNREAD, VIEW, DRAFT = "event", "unread", "view", "draft"
_COLUMNS: dict[str, Any] = {
    "id": sa.BigInteger(),
    "at": UTCDateTime(),
    "ref": sa.String(),
    "name": sa.String(),
    "kind": sa.String(),
    "owner_id": sa.BigInteger(),
    "choice": sa.JSON(),
    "body": sa.JSON(),
    "is_shared": sa.Boolean(),
}
_partner_id, _reader_id = (sa.bindparam(each, type_=sa.BigInteger()) for each in ("partner_id", "reader_id"))


class Draft(NamedTuple):
    ref: str
    title: str
    saved_at: datetime


class Beside(NamedTuple):
    """What stands with the rows of a list."""

    news: dict[int, str]
    """By the id of a referral, in a line; those without are left out."""
    views: list[Any]
    drafts: list[Draft]
    """The latest first."""

    def marked(self, rows: list[Row], found: Sequence[Any]) -> list[Row]:
        """The rows of the list; below the name of each what is new. `found` are what they were made from."""
        return marked(rows, found, self.news)


def since(user: User, now: datetime) -> datetime | None:
    """From when on things are new to the person; None on the first visit."""
    return last_visit(user.visited_at, user.visited_before_at, now)


def beside_list(user: User, refs: Mapping[str, int], words: Words, now: datetime) -> Beside:
    """`refs` leads from every reference of a row (of the referral, its deal, its fees) to the referral's id.

    Drafts are those of whoever is signed in: who looks on as somebody else sees none of theirs."""
    asked: dict[str, Any] = {"refs": list(refs), "ids": list(set(refs.values())), "list": ListName.REFERRALS}
    asked |= {"partner_id": user.partner_id, "reader_id": user.id} | _times(since(user, now) or NEVER)
    found = _beside(is_viewed=user.viewer is not None).read(asked).all()
    unread = {row.id: row.owner_id for row in found if row.what == UNREAD}
    begun = sorted((row for row in found if row.what == DRAFT), key=lambda row: (row.at, row.id), reverse=True)
    events = sorted((row for row in found if row.what == EVENT), key=lambda row: row.id)
    happened = {refs[row.ref]: Happened(row.at, row.kind, row.body, row.name) for row in events}
    return Beside(
        news={each: line(happened.get(each), unread.get(each, 0), words) for each in {*happened, *unread}},
        views=[row for row in found if row.what == VIEW],
        drafts=[Draft(row.ref, row.name, row.at) for row in begun],
    )


def refs_of(rows: Sequence[Any], lines: Mapping[int, Sequence[Any]]) -> dict[str, int]:
    """From every reference of what a list of `stories` shows to the referral: its own, of its deal, of its fees."""
    found = {row.ref: row.id for row in rows} | {row.deal_ref: row.id for row in rows if row.deal_ref}
    return found | {line.ref: row.id for row in rows for line in lines.get(row.deal_id, ())}


def asked_on_home(user: User, now: datetime) -> dict[str, Any]:
    """The values of what `changed` asks for."""
    return {"partner_id": user.partner_id, "reader_id": user.id} | _times(since(user, now) or NEVER)


@cache
def changed(*, own_only: bool) -> Any:
    """Referrals of a partner's person on which something is new: referral_id, seq of the latest event in words, newest
    of all. From the latest events of the company, read by an index, so that a long history costs nothing."""
    e = happened(*WORDS, "MessageSent").where(EventRow.partner_id == _partner_id).limit(fixed(MOST)).subquery()
    earned, by_ref = FeeLine, aliased(Deal)
    told_of = sa.func.coalesce(sa.select(by_ref.id).where(by_ref.ref == e.c.ref).scalar_subquery(), earned.deal_id)
    each = (
        sa.select(sa.func.coalesce(Referral.id, referral_by_which(_partner_id)).label("referral_id"), e.c.seq)
        .add_columns(sa.case((e.c.kind != "MessageSent", e.c.seq)).label("in_words"))
        .select_from(e)
        .outerjoin(Referral, (Referral.ref == e.c.ref) & (Referral.partner_id == _partner_id))
        .outerjoin(earned, (earned.ref == e.c.ref) & (earned.partner_id == _partner_id))
        .outerjoin(Deal, Deal.id == told_of)
        .subquery()
    )
    of = each.c.referral_id
    found = sa.select(of, sa.func.max(each.c.in_words).label("seq"), sa.func.max(each.c.seq).label("newest"))
    g = found.where(of.is_not(None)).group_by(of).subquery()
    unread = unread_of(_reader_id, g.c.referral_id, is_staff=False)
    wanted = sa.select(g).where(g.c.seq.is_not(None) | (unread > 0))
    if own_only:
        wanted = wanted.join(Referral, Referral.id == g.c.referral_id).where(Referral.by_id == _reader_id)
    return wanted.cte("changed")


def happened(*kinds: str, kind: Any = EventRow.kind) -> Any:
    """Events that are new to a partner's person: seq, at, kind, ref, body and who did it."""
    row = EventRow
    told = sa.select(row.seq, row.at, row.kind, row.ref, row.body, User.name).outerjoin(User, User.id == row.by_id)
    return told.where(row.seq > before_that(), kind.in_(kinds), *is_new(row, _reader_id)).order_by(row.seq.desc())


def before_that() -> Any:
    """The seq of an event before which none is new: their times are in that order, but for `OUT_OF_STEP`."""
    before = sa.select(EventRow.seq).where(EventRow.at < sa.bindparam("day_before", type_=UTCDateTime()))
    last = before.order_by(EventRow.at.desc(), EventRow.seq.desc()).limit(fixed(1)).scalar_subquery()
    return sa.func.coalesce(last, 0)


def is_new(event: Any, reader_id: Any) -> tuple[Any, ...]:
    """Told to partners, since the last visit, and by somebody else."""
    since = sa.bindparam("since", type_=UTCDateTime())
    return event.at > since, event.audience == Audience.PARTNER, event.by_id.is_distinct_from(reader_id)


def times_of(user: User, now: datetime) -> dict[str, Any] | None:
    """From when on things are new, as `happened` asks for it; None on the first visit."""
    begin = since(user, now)
    return _times(begin) if begin else None


def _times(begin: datetime) -> dict[str, Any]:
    return {"since": begin, "day_before": begin - OUT_OF_STEP}


@cache
def _beside(*, is_viewed: bool) -> Kept:
    parts = [_part(VIEW, _views(is_viewed)), _part(EVENT, _events()), _part(UNREAD, _unread())]
    parts += [] if is_viewed else [_part(DRAFT, _drafts())]
    return Kept(owned_by(sa.union_all(*parts), READER))


def _views(is_viewed: bool) -> Any:
    v = saved_views.of_a_list(is_staff=False, is_viewed=is_viewed).subquery()
    return sa.select(v.c.ref, v.c.name, v.c.owner_id, v.c.is_shared, v.c.choice)


def _events() -> Any:
    refs = EventRow.ref.in_(sa.bindparam("refs", expanding=True))
    # + 0: a few rows by their references, never a walk through all of the company's
    e = happened(*WORDS).where(refs, EventRow.partner_id + 0 == _partner_id).limit(fixed(MOST)).subquery()
    return sa.select(e.c.seq.label("id"), e.c.at, e.c.kind, e.c.ref, e.c.name, e.c.body)


def _unread() -> Any:
    new = unread_of(_reader_id, Referral.id, is_staff=False).label("owner_id")
    these = Referral.id.in_(sa.bindparam("ids", expanding=True))
    each = sa.select(Referral.id, new).where(these, Referral.partner_id == _partner_id).subquery()
    return sa.select(each.c.id, each.c.owner_id).where(each.c.owner_id > 0)


def _drafts() -> Any:
    d = ReferralDraft
    own = (d.partner_id == _partner_id) & (d.by_id == _reader_id)
    return sa.select(d.id, d.ref, d.title.label("name"), d.saved_at.label("at")).where(own)


def _part(what: str, wanted: Any) -> sa.Select[Any]:
    """The columns of every part, in one order and of one type; a null says its type, else PostgreSQL takes it for a
    text."""
    given = wanted.subquery().c
    columns = [
        sa.type_coerce(given[name], kind).label(name) if name in given else sa.cast(sa.null(), kind).label(name)
        for name, kind in _COLUMNS.items()
    ]
    return sa.select(sa.literal(what).label("what"), *columns)
