"""Parked deals whose day has come, owners to write to, and deals that lost theirs: each once."""

from datetime import datetime

import sqlalchemy as sa

from portal.deals import actions, handover, owners
from portal.deals.events import DealReturnsSoon, DealStalled
from portal.deals.models import Deal
from portal.deals.rules import OPEN, BackBecause, Stage
from portal.events import publish
from portal.extensions import db
from portal.scope import all_partners
from portal.sla.queries import today_of

_WHY = "deals of all partners whose day has come"


def returns_due(now: datetime, limit: int) -> list[tuple[int, int]]:
    """Parked deals that come back today, each with its version: together they name the attempt."""
    return _found(_returns(now).order_by(Deal.parked_until, Deal.id).limit(limit))


def attempt_return(deal_id: int, version: int, now: datetime) -> None:
    """Bring it back and commit; one that somebody moved meanwhile is left alone."""
    deal = _held(_returns(now), deal_id, version)
    if deal is not None:
        actions.bring_back(None, deal, seen_version=version, now=now, because=BackBecause.PLANNED)
    db.session.commit()


def alerts_due(now: datetime, limit: int) -> list[tuple[int, int]]:
    """Deals about which their owner is to be written to."""
    return _found(_alerts(now).order_by(Deal.alert_on, Deal.id).limit(limit))


def attempt_alert(deal_id: int, version: int, now: datetime) -> None:
    """Say it once and commit. The version stays: nobody's decision is overtaken by a reminder."""
    deal = _held(_alerts(now), deal_id, version)
    if deal is not None:
        said = sa.update(Deal).where(Deal.id == deal.id).values(alert_on=None)
        db.session.execute(all_partners(said.execution_options(synchronize_session=False), _WHY))
        told = actions.facts(None, deal, now) | {"owner_user_id": deal.owner_id}
        if deal.stage is Stage.PARKED and deal.parked_until is not None:
            publish(DealReturnsSoon(**told, until_on=deal.parked_until))
        else:
            publish(DealStalled(**told))
    db.session.commit()


def _returns(now: datetime) -> sa.Select[Deal]:
    return sa.select(Deal).where(Deal.stage == Stage.PARKED, Deal.parked_until <= today_of(now))


def _alerts(now: datetime) -> sa.Select[Deal]:
    return sa.select(Deal).where(Deal.alert_on <= today_of(now))


def _found(wanted: sa.Select[Deal]) -> list[tuple[int, int]]:
    found = db.session.execute(all_partners(wanted.with_only_columns(Deal.id, Deal.version), _WHY))
    return [(row.id, row.version) for row in found]


def _held(wanted: sa.Select[Deal], deal_id: int, version: int) -> Deal | None:
    one = wanted.where(Deal.id == deal_id, Deal.version == version).with_for_update()
    return db.session.scalar(all_partners(one, _WHY))


def left_behind_due(now: datetime, limit: int) -> list[tuple[int, int]]:
    """Open deals of whoever can own them no longer, each with its version."""
    gone = owners.left_behind()
    return _found(_left_behind(gone).order_by(Deal.id).limit(limit)) if gone else []


def attempt_handover(deal_id: int, version: int, now: datetime) -> None:
    """Give it to whoever the rules name, and commit; one that somebody took meanwhile is left alone."""
    gone = owners.left_behind()
    deal = _held(_left_behind(gone), deal_id, version) if gone else None
    if deal is not None:
        handover.find_owner(deal, now)
    db.session.commit()


def _left_behind(gone: list[int]) -> sa.Select[Deal]:
    return sa.select(Deal).where(Deal.owner_id.in_(gone), Deal.stage.in_(OPEN))
