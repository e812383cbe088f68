"""What partners did since the last visit of one of ours, on referrals that are theirs: those of deals that they own,
and for whoever decides those that nobody has yet. What a colleague did is in the record; it is no news that waits."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from portal.activity.models import EventRow
from portal.auth.models import User
from portal.auth.permissions import Permission, Reach
from portal.choices import fixed
from portal.conversation.queries import unread_of, with_news
from portal.deals.models import Deal
from portal.deals.rules import OPEN
from portal.deals.shares import is_deal_of
from portal.extensions import Kept
from portal.formats import Words
from portal.news.queries import MOST, before_that, happened, is_new, times_of
from portal.news.rules import FROM_PARTNERS
from portal.news.shown import Happened, Row, line, marked
from portal.partners.models import Partner
from portal.referrals.models import Referral
from portal.referrals.rules import Status
from portal.scope import all_partners

_WHY = "what partners did on referrals that are this person's"
_reader_id = sa.bindparam("reader_id", type_=sa.BigInteger())
_decides = sa.bindparam("decides", type_=sa.Boolean())
LATEST = 50
"""Events of each kind that Today looks at."""
# + "": a few rows by their references, never a walk through all that partners did
_OF_THESE = happened(*sorted(FROM_PARTNERS), kind=EventRow.kind + "").where(User.partner_id.is_not(None))


def beside_list(user: User, found: Sequence[Any], rows: list[Row], words: Words, now: datetime) -> list[Row]:
    """The rows of the list of staff; below the name of each what is new of it. `found` are what they were made from."""
    given = asked(user, now)
    if given is None or not found:
        return with_news(user, [row.id for row in found], rows)
    given |= {"refs": [row.ref for row in found], "ids": [row.id for row in found]}
    read = _beside().read(given | {"decides": user.may(Permission.DECIDE_REFERRALS)}).all()
    events = {row.id: Happened(row.at, row.kind, row.body, row.name) for row in read if row.kind}
    unread = {row.id: row.unread for row in read if row.unread}
    return marked(rows, found, {id_: line(events.get(id_), unread.get(id_, 0), words) for id_ in {*events, *unread}})


def asked(user: User, now: datetime) -> dict[str, Any] | None:
    """The values of what is asked here; None for whoever is here for the first time, or never has a referral."""
    times = times_of(user, now)
    has_own = user.may(Permission.MOVE_DEALS, Reach.ASSIGNED) or user.may(Permission.DECIDE_REFERRALS)
    return times | {"reader_id": user.id} if times and has_own else None


@cache
def on_deals() -> Any:
    """Of referrals of one's own open deals, the latest first: seq, at, kind, name of who, ref, company, partner."""
    mine = (Deal.owner_id == _reader_id) & Deal.stage.in_(OPEN)
    deal_id = sa.select(Deal.id).where(is_deal_of(Referral.id), mine).scalar_subquery()
    return _told().where(deal_id.is_not(None))


@cache
def undecided() -> Any:
    """The same of referrals that are not decided."""
    return _told().where(Referral.status != Status.QUALIFIED)


def _told() -> Any:
    e, who, to = _lately().subquery(), User, Partner
    told = sa.select(e.c.seq, e.c.at, e.c.kind, e.c.ref, who.name, Referral.company, to.name.label("partner"))
    told = told.join(who, who.id == e.c.by_id).join(Referral, Referral.ref == e.c.ref)
    told = told.join(to, to.id == Referral.partner_id).where(who.partner_id.is_not(None), *is_new(e.c, _reader_id))
    return told.order_by(e.c.seq.desc())


def _lately() -> Any:
    """The last events of each kind, whosever they are: a long absence, or a busy day of all partners, costs no more."""
    row = EventRow
    found = sa.select(row.seq, row.at, row.kind, row.ref, row.by_id, row.audience)
    last = found.order_by(row.kind.desc(), row.seq.desc()).limit(fixed(LATEST))
    return sa.union_all(*(sa.select(last.where(*_of_kind(kind)).subquery()) for kind in sorted(FROM_PARTNERS)))


def _of_kind(kind: str) -> tuple[Any, ...]:
    """Said so that only the index of kinds has them in their order: of a kind that is frequent, PostgreSQL else reads
    the last events of all."""
    row = EventRow
    return sa.tuple_(row.kind, row.seq) > sa.tuple_(kind, before_that()), row.kind <= kind


@cache
def _beside() -> Kept:
    e = _OF_THESE.where(EventRow.ref.in_(sa.bindparam("refs", expanding=True))).limit(MOST).subquery()
    none = {"at": e.c.at, "kind": e.c.kind, "body": e.c.body, "name": e.c.name}
    own = (Deal.owner_id == _reader_id) | (_decides & (Referral.status != Status.QUALIFIED))
    events = (
        sa.select(Referral.id, e.c.seq, *none.values(), sa.cast(sa.null(), sa.BigInteger).label("unread"))
        .select_from(e)
        .join(Referral, Referral.ref == e.c.ref)
        .outerjoin(Deal, is_deal_of(Referral.id))
        .where(own)
    )
    new = unread_of(_reader_id, Referral.id, is_staff=True).label("unread")
    these = sa.select(Referral.id, new).where(Referral.id.in_(sa.bindparam("ids", expanding=True))).subquery()
    nothing = (sa.cast(sa.null(), column.type).label(name) for name, column in none.items())
    counts = sa.select(these.c.id, sa.cast(sa.null(), sa.BigInteger).label("seq"), *nothing, these.c.unread)
    together = sa.union_all(events, counts.where(these.c.unread > 0)).subquery()
    return Kept(all_partners(sa.select(together).order_by(together.c.seq), _WHY))
