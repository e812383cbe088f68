from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.auth.models import User
from portal.auth.readers import asked
from portal.conflicts import shown
from portal.conflicts.models import Conflict
from portal.conflicts.rules import ConflictState
from portal.deals.models import Deal
from portal.deals.rules import OPEN as OPEN_DEALS
from portal.deals.rules import Stage
from portal.deals.shares import deal_of, is_deal_of
from portal.deals.stories.queries import WHOLE
from portal.engagement.rules import Side
from portal.errors import Refused
from portal.extensions import db
from portal.lookalikes.models import SoftHold
from portal.lookalikes.queries import findings_of
from portal.lookalikes.rules import HoldState
from portal.paging import Page, page_of
from portal.partners.models import Partner
from portal.prechecks.queries import of_referral
from portal.records import as_columns, maker_of
from portal.referrals import queries as referrals
from portal.referrals.models import Protection, Referral
from portal.referrals.rules import OPEN, PROTECTION_LIVE, ProtectionState
from portal.scope import all_partners, owned_by

_STAFF_READ = "staff see all conflicts"
_BOTH = "each side is told the rule and the times of its own conflicts, never whose the other claim is"
_JOB = "conflicts of all partners whose other claim has ended"
_Holder, _Decider, _Theirs = aliased(Partner), aliased(User), aliased(Referral)


def received(referral_id: int) -> Referral:
    wanted = sa.select(Referral).where(Referral.id == referral_id)
    return db.session.scalars(all_partners(wanted, "the referral that just came in")).one()


def called(ref: str) -> Referral:
    wanted = sa.select(Referral).where(Referral.ref == ref)
    return db.session.scalars(all_partners(wanted, "the referral that was just corrected")).one()


def story(user: User, ref: str) -> Any:
    """What `stories.story` tells, and beside it the latest conflict, with the names of whoever holds the other
    claim and decided: `Conflict`, `holder`, `decider`; and `noted`, what it looked like when it arrived."""
    row = _whole(user, wanted=ref).one_or_none()
    return row and _put_together(row)


def panel(row: Any) -> shown.Panel | None:
    """For the page on which a referral is decided; nothing where it was never in conflict."""
    return shown.panel(row, row.Referral) if row.Conflict else None


def told(user: User, referral: Referral, happened: Iterable[Any], now: datetime) -> list[shown.Told]:
    """For the page of a partner's referral; asked only where something of the kind has happened."""
    if not any(entry.kind in shown.CAUSES for entry in happened):
        return []
    return shown.told(of_claim(user, referral), referral, now)


def refs_alike(referral: Referral, now: datetime) -> set[str]:
    """What a qualifier compares it with."""
    return {each.found.ref for each in of_referral(referral, now)}


def open_of(referral: Referral) -> Conflict:
    """Locked for whoever decides it. Raises Refused where there is none."""
    wanted = sa.select(Conflict).where(
        Conflict.partner_id == referral.partner_id,
        Conflict.referral_id == referral.id,
        Conflict.state == ConflictState.OPEN,
    )
    found = db.session.scalars(owned_by(wanted.with_for_update(), referral.partner_id)).one_or_none()
    if found is None:
        raise Refused("It is in conflict no more. Look again, then decide.")
    return found


def deal_to_share(conflict: Conflict) -> Deal:
    """The open deal of the claim that stands, locked. Raises Refused where there is none."""
    found = deal_of(conflict.against_ref) if conflict.holder_id is not None else None
    if found is None or found.stage not in OPEN_DEALS:
        raise Refused("The claim that stands has no open deal, so there is nothing to share.")
    return found


def latest_of(ref: str) -> Conflict | None:
    wanted = sa.select(Conflict).join(Referral, Referral.id == Conflict.referral_id).where(Referral.ref == ref)
    return db.session.scalar(all_partners(wanted.order_by(Conflict.id.desc()).limit(1), "a referral that has ended"))


def follow_hold(hold_ref: str, referral_ref: str) -> None:
    stands_by = sa.update(Conflict).where(Conflict.against_ref == hold_ref, Conflict.state == ConflictState.OPEN)
    followed = stands_by.values(against_ref=referral_ref).execution_options(synchronize_session=False)
    db.session.execute(all_partners(followed, "a hold became a referral"))


def of_claim(user: User, referral: Referral) -> Sequence[Conflict]:
    """Those that one's own referral is in, and those in which it stands; the latest first."""
    mine = (Conflict.partner_id == user.partner_id) & (Conflict.referral_id == referral.id)
    against_me = (Conflict.holder_id == user.partner_id) & (Conflict.against_ref == referral.ref)
    wanted = sa.select(Conflict).where(mine | against_me).order_by(Conflict.id.desc()).limit(10)
    return db.session.scalars(all_partners(wanted, _BOTH)).all()


def one(conflict_id: int) -> Any:
    """For whoever tells of it: `Conflict`, the claimant's company and promise, and what the holder calls it."""
    theirs = aliased(Referral)
    wanted = (
        sa.select(Conflict, Referral.ref, Referral.company, Referral.by_id, Referral.due_at)
        .add_columns(sa.func.coalesce(theirs.by_id, SoftHold.by_id).label("holder_by_id"))
        .add_columns(
            sa.func.coalesce(theirs.company, sa.func.nullif(SoftHold.company, ""), SoftHold.domain).label("held")
        )
        .add_columns(theirs.ref.label("held_ref"))
        .join(Referral, Referral.id == Conflict.referral_id)
        .outerjoin(theirs, theirs.ref == Conflict.against_ref)
        .outerjoin(SoftHold, SoftHold.ref == Conflict.against_ref)
        .where(Conflict.id == conflict_id)
    )
    return db.session.execute(all_partners(wanted, _BOTH)).one()


_Latest = aliased(Conflict)
_LATEST = sa.select(sa.func.max(_Latest.id)).where(_Latest.referral_id == Referral.id).scalar_subquery()
_shared: Any = (
    sa.select(Deal.ref)
    .join(_Theirs, is_deal_of(_Theirs.id))
    .where(_Theirs.ref == Conflict.against_ref, Conflict.holder_id.is_not(None), Deal.stage.in_(OPEN_DEALS))
    .correlate(Conflict)
    .scalar_subquery()
)
_WHOLE = (
    WHOLE.add_columns(Conflict, _Holder.name.label("holder"), _Decider.name.label("decider"))
    .add_columns(_shared.label("to_share"), findings_of(Referral.ref).label("noted"))
    .outerjoin(Conflict, Conflict.id == _LATEST)
    .outerjoin(_Holder, _Holder.id == Conflict.holder_id)
    .outerjoin(_Decider, _Decider.id == Conflict.decided_by_id)
)
_whole = asked(lambda reader: referrals.seen_by(reader, as_columns(_WHOLE)))
_put_together = maker_of(_WHOLE)
_COLUMNS: tuple[Any, ...] = (
    *(Conflict.id, Conflict.state, Conflict.rule, Conflict.rule_number, Conflict.entered_at, Conflict.ended_at),
    *(Conflict.against_ref, Referral.ref, Referral.company, Referral.due_at),
    *(Partner.name.label("partner"), _Holder.name.label("holder")),
)
_LISTED = (
    sa.select(*_COLUMNS)
    .join(Referral, Referral.id == Conflict.referral_id)
    .join(Partner, Partner.id == Conflict.partner_id)
    .outerjoin(_Holder, _Holder.id == Conflict.holder_id)
)


def page(*, is_open: bool, token: str | None, url: Callable[[str | None], str]) -> Page:
    """Those to decide, what is due first on top; or those that have ended, the latest first."""
    listed = all_partners(_LISTED, _STAFF_READ)
    if is_open:
        waiting = listed.where(Conflict.state == ConflictState.OPEN)
        return page_of(db.session, waiting, [Referral.due_at, Conflict.id], token=token, url=url)
    ended = listed.where(Conflict.state != ConflictState.OPEN)
    return page_of(db.session, ended, [Conflict.ended_at, Conflict.id], token=token, url=url, descending=True)


def over(now: datetime, limit: int) -> list[tuple[int, int]]:
    """Open conflicts whose other claim stands no more, with their versions."""
    columns: tuple[Any, ...] = (Conflict.id, Conflict.version)
    wanted = _over(sa.select(*columns), now).order_by(Conflict.id).limit(limit)
    return [(row.id, row.version) for row in db.session.execute(all_partners(wanted, _JOB))]


def over_to_change(conflict_id: int, version: int, now: datetime) -> tuple[Conflict, Referral] | None:
    """The same of one, its referral locked first, as by whoever decides it."""
    of_it = sa.select(Referral).join(Conflict, Conflict.referral_id == Referral.id).where(Conflict.id == conflict_id)
    referral = db.session.scalars(all_partners(of_it.with_for_update(of=Referral), _JOB)).one()
    still = _over(sa.select(Conflict.id), now).where(Conflict.id == conflict_id, Conflict.version == version)
    if db.session.scalar(all_partners(still, _JOB)) is None:
        return None
    return open_of(referral), referral


def _over(wanted: sa.Select[Any], now: datetime) -> sa.Select[Any]:
    """What each kind of claim says for itself; one of which nothing is left is over, too."""
    deal, theirs = aliased(Deal), aliased(Referral)
    lives = Protection.state.in_(PROTECTION_LIVE) & (Protection.ends_at > now)
    claim = theirs.status.in_(OPEN) | (Protection.state == ProtectionState.PAUSED) | lives
    hold = (SoftHold.state == HoldState.HELD) & (SoftHold.ends_at > now)
    is_partners = Conflict.stands_with == Side.HOLDER
    sale = deal.stage.in_(OPEN_DEALS | {Stage.WON})
    stands = sa.case((is_partners, sa.func.coalesce(claim, False) | sa.func.coalesce(hold, False)), else_=sale)
    return (
        wanted.outerjoin(theirs, theirs.ref == Conflict.against_ref)
        .outerjoin(Protection, Protection.referral_id == theirs.id)
        .outerjoin(SoftHold, SoftHold.ref == Conflict.against_ref)
        .outerjoin(deal, (deal.ref == Conflict.against_ref) | (deal.referral_id == theirs.id))
        .where(Conflict.state == ConflictState.OPEN, ~sa.func.coalesce(stands, False))
    )
