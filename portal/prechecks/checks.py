from collections.abc import Iterator

import sqlalchemy as sa

from portal.activity.models import EventRow
from portal.deals.models import Deal
from portal.deals.rules import OPEN as OPEN_DEALS
from portal.deals.rules import Stage
from portal.lookalikes.models import CompanyKey, CompanyName, SoftHold
from portal.lookalikes.rules import HoldState
from portal.proof import check, rows
from portal.referrals.models import Referral
from portal.referrals.rules import OPEN, Status

TOLD_BY = {HoldState.USED: "HoldUsed", HoldState.RELEASED: "HoldReleased", HoldState.EXPIRED: "HoldExpired"}


@check("Each open referral and deal is in the index of names, as it is called")
def named(connection: sa.Connection) -> Iterator[str]:
    counts = Referral.status.in_(OPEN | {Status.QUALIFIED})
    entered = Deal.referral_id.is_(None) & Deal.stage.in_(OPEN_DEALS | {Stage.WON})
    for what, model, which in (("Referral", Referral, counts), ("Deal", Deal, entered)):
        as_called = (CompanyName.name == model.company) & (CompanyName.domain == model.domain)
        owner = CompanyName.partner_id.is_not_distinct_from(model.partner_id)
        there = sa.exists().where(CompanyName.ref == model.ref, as_called, owner)
        for (ref,) in rows(connection, sa.select(model.ref).where(which, ~there)):
            yield f"{what} {ref} is not found by the name and domain that it has."


@check("Each company in the index of names is led to by a key, and each key leads to one")
def found(connection: sa.Connection) -> Iterator[str]:
    led_to = sa.select(CompanyKey.company_id)
    for (ref,) in rows(connection, sa.select(CompanyName.ref).where(CompanyName.id.not_in(led_to))):
        yield f"No key leads to the company of {ref}."
    there = sa.select(CompanyName.id)
    for (key,) in rows(connection, sa.select(CompanyKey.key).where(CompanyKey.company_id.not_in(there))):
        yield f"The key {key} leads to a company that is not there."


@check("A hold that ended has its event, and one that became a referral has one of the same partner")
def holds(connection: sa.Connection) -> Iterator[str]:
    for state, kind in TOLD_BY.items():
        told = sa.exists().where(EventRow.ref == SoftHold.ref, EventRow.kind == kind)
        for (ref,) in rows(connection, sa.select(SoftHold.ref).where(SoftHold.state == state, ~told)):
            yield f"The hold {ref} is {state}, and no {kind} says so."
    theirs = sa.exists().where(Referral.ref == SoftHold.referral_ref, Referral.partner_id == SoftHold.partner_id)
    used = SoftHold.state == HoldState.USED
    for (ref,) in rows(connection, sa.select(SoftHold.ref).where(used, ~theirs)):
        yield f"The hold {ref} became a referral that its partner does not have."


@check("A live hold is in the index of names until it ends")
def live_holds(connection: sa.Connection) -> Iterator[str]:
    there = sa.exists().where(CompanyName.ref == SoftHold.ref, CompanyName.until == SoftHold.ends_at)
    for (ref,) in rows(connection, sa.select(SoftHold.ref).where(SoftHold.state == HoldState.HELD, ~there)):
        yield f"The hold {ref} is not in the index of names."
