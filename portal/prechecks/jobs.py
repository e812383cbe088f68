"""Holds whose day is over, and checks that are no longer kept."""

from datetime import datetime

import sqlalchemy as sa

from portal.extensions import db
from portal.lookalikes import actions as lookalikes
from portal.lookalikes.models import SoftHold
from portal.lookalikes.rules import HoldState
from portal.prechecks.models import CompanyCheck
from portal.prechecks.rules import KEEP
from portal.scope import all_partners

_HOLDS, _CHECKS = "holds of all partners that ended", "checks of all partners are kept for a time"


def holds_due(now: datetime, limit: int) -> list[tuple[int, int]]:
    """The holds whose time is over, each with its version: together they name the attempt."""
    over = sa.select(SoftHold.id, SoftHold.version).where(SoftHold.state == HoldState.HELD, SoftHold.ends_at <= now)
    found = db.session.execute(all_partners(over.order_by(SoftHold.ends_at).limit(limit), _HOLDS))
    return [(row.id, row.version) for row in found]


def end_hold(hold_id: int, version: int, now: datetime) -> None:
    """End it and commit; one that was used or given back meanwhile is left alone."""
    wanted = sa.select(SoftHold).where(
        SoftHold.id == hold_id, SoftHold.version == version, SoftHold.state == HoldState.HELD
    )
    over = wanted.where(SoftHold.ends_at <= now).with_for_update()
    held = db.session.scalar(all_partners(over, _HOLDS))
    if held is not None:
        lookalikes.expire(held, now=now)
    db.session.commit()


def checks_due(now: datetime, limit: int) -> list[tuple[int, int]]:
    """The oldest check, where it is past its time: all that are go with it."""
    oldest = sa.select(CompanyCheck.id).where(CompanyCheck.at < now - KEEP).order_by(CompanyCheck.at, CompanyCheck.id)
    return [(id_, 0) for id_ in db.session.scalars(all_partners(oldest.limit(1), _CHECKS))]


def forget_checks(_check_id: int, _number: int, now: datetime) -> None:
    past = sa.delete(CompanyCheck).where(CompanyCheck.at < now - KEEP)
    db.session.execute(all_partners(past.execution_options(synchronize_session=False), _CHECKS))
    db.session.commit()
