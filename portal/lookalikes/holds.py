"""Companies that are held for a day, as whoever may refer them reads and changes them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.auth.permissions import Permission, Reach
from portal.auth.readers import asked
from portal.extensions import db
from portal.lookalikes.models import SoftHold
from portal.lookalikes.rules import HoldState
from portal.scope import READER, owned_by


def live(user: User, now: datetime) -> Sequence[Any]:
    """The live ones that the person may refer, the one that ends first on top: ref, company, domain, ends_at."""
    return _live(user, now=now).all()


@asked
def _live(reader: User) -> sa.Select[Any]:
    still = SoftHold.state == HoldState.HELD, SoftHold.ends_at > sa.bindparam("now")
    columns: tuple[Any, ...] = SoftHold.ref, SoftHold.company, SoftHold.domain, SoftHold.ends_at
    own = sa.select(*columns).where(SoftHold.partner_id == reader.partner_id, *still)
    if reader.reach(Permission.SUBMIT_REFERRALS) is not Reach.COMPANY:
        own = own.where(SoftHold.by_id == reader.id)
    return owned_by(own.order_by(SoftHold.ends_at, SoftHold.id), READER)


def own_hold(user: User, ref: str) -> SoftHold:
    """One's own hold, or the company's; 404 where there is none of this name."""
    found: SoftHold = db.one_or_404(_own_hold(user, ref))
    return found


def hold_to_change(user: User, ref: str) -> SoftHold:
    """The same, locked for whoever is about to change it."""
    found: SoftHold = db.one_or_404(_own_hold(user, ref).with_for_update())
    return found


def _own_hold(user: User, ref: str) -> sa.Select[Any]:
    wanted = sa.select(SoftHold).where(SoftHold.partner_id == user.partner_id, SoftHold.ref == ref)
    if user.reach(Permission.SUBMIT_REFERRALS) is not Reach.COMPANY:
        wanted = wanted.where(SoftHold.by_id == user.id)
    return owned_by(wanted, user.partner_id or 0)


def hold_called(partner_id: int, ref: str) -> SoftHold:
    """A company's own, locked for whoever is about to change it."""
    wanted = sa.select(SoftHold).where(SoftHold.partner_id == partner_id, SoftHold.ref == ref)
    return db.session.scalars(owned_by(wanted.with_for_update(), partner_id)).one()


def live_holds(partner_id: int, now: datetime) -> Sequence[SoftHold]:
    """A company's own, locked for whoever is about to add one."""
    live = sa.select(SoftHold).where(
        SoftHold.partner_id == partner_id, SoftHold.state == HoldState.HELD, SoftHold.ends_at > now
    )
    return db.session.scalars(owned_by(live.order_by(SoftHold.id).with_for_update(), partner_id)).all()
