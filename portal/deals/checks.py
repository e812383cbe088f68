from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from portal import search
from portal.activity.models import EventRow
from portal.deals.lists import WORDS
from portal.deals.models import CustomerPayment, Deal, DealShare, DealTotal, LossTotal
from portal.deals.rules import OPEN, OPEN_STAGES, PROBABILITY, Pipeline, Stage
from portal.deals.share_rules import WHOLE, percent
from portal.deals.shares import is_deal_of
from portal.proof import check, rows
from portal.referrals.models import Protection, Referral
from portal.referrals.rules import ProtectionState, Status
from portal.sla.models import SlaClock
from portal.sla.rules import ClockKind

TOLD_BY = {
    Stage.WON: "DealWon",
    Stage.LOST: "DealLost",
    Stage.PARKED: "DealParked",
    Stage.CANCELLED: "DealMoved",
    Stage.MERGED: "DealMerged",
}


@check("Each qualified referral has its deal, and each deal of a referral belongs to a qualified one")
def deals_of_referrals(connection: sa.Connection) -> Iterator[str]:
    led_to = sa.exists().where(Deal.referral_id == Referral.id, Deal.partner_id == Referral.partner_id)
    has = led_to | sa.exists().where(DealShare.referral_id == Referral.id, DealShare.ended_at.is_(None))
    qualified = Referral.status == Status.QUALIFIED
    for row in rows(connection, sa.select(Referral.ref, Referral.status).where(qualified & ~has | ~qualified & has)):
        yield f"Referral {row.ref} is {row.status} and has {'no' if row.status is Status.QUALIFIED else 'a'} deal."


@check("Each deal was opened, and its stage has its event")
def stages(connection: sa.Connection) -> Iterator[str]:
    for stage, kind in ((None, "DealOpened"), *TOLD_BY.items()):
        of_stage = sa.true() if stage is None else Deal.stage == stage
        told = sa.exists().where(EventRow.ref == Deal.ref, EventRow.kind == kind)
        for row in rows(connection, sa.select(Deal.ref, Deal.stage).where(of_stage, ~told)):
            yield f"Deal {row.ref} is {row.stage}, and no {kind} says so."


@check("A parked deal stands in the nurture pipeline, every other one in the core pipeline")
def pipelines(connection: sa.Connection) -> Iterator[str]:
    wrong = (Deal.stage == Stage.PARKED) != (Deal.pipeline == Pipeline.NURTURE)
    for row in rows(connection, sa.select(Deal.ref, Deal.stage, Deal.pipeline).where(wrong)):
        yield f"Deal {row.ref} is {row.stage} and stands in the {row.pipeline} pipeline."


@check("Each deal of a referral has the clock of its first contact")
def clocks(connection: sa.Connection) -> Iterator[str]:
    has = sa.exists().where(SlaClock.ref == Deal.ref, SlaClock.kind == ClockKind.FIRST_CONTACT)
    for (ref,) in rows(connection, sa.select(Deal.ref).where(Deal.referral_id.is_not(None), ~has)):
        yield f"Deal {ref} has no clock of its first contact."


@check("Each open deal has a next step with its day, and says from when it counts as stalled; a closed one has neither")
def next_steps(connection: sa.Connection) -> Iterator[str]:
    is_open, goes_on = Deal.stage.in_(OPEN), Deal.stage.in_(OPEN_STAGES)
    has_step = Deal.next_step_on.is_not(None) & (Deal.next_step != "")
    wrong = (is_open & ~has_step) | (goes_on != Deal.stalls_on.is_not(None))
    for row in rows(connection, sa.select(Deal.ref, Deal.stage).where(wrong)):
        yield f"Deal {row.ref} is {row.stage}, and its next step says otherwise."


@check("What open deals come to, by owner and stage, is their sum")
def totals(connection: sa.Connection) -> Iterator[str]:
    likely = sa.func.coalesce(Deal.probability, sa.case(PROBABILITY, value=Deal.stage, else_=0))
    expected = sa.func.coalesce(Deal.expected_minor, 0)
    key, kept = (Deal.owner_id, Deal.stage, Deal.currency), DealTotal
    sums = (
        sa.func.count().label("number"),
        sa.func.sum(expected).label("minor"),
        sa.func.sum(expected * likely).label("w"),
    )
    found = sa.select(*key, *sums).where(Deal.stage.in_(OPEN)).group_by(*key).subquery()
    same = (found.c.owner_id == kept.owner_id) & (found.c.stage == kept.stage) & (found.c.currency == kept.currency)
    pairs = ((found.c.number, kept.number), (found.c.minor, kept.expected_minor), (found.c.w, kept.weighted))
    differs = sa.or_(*(sa.func.coalesce(mine, 0) != sa.func.coalesce(theirs, 0) for mine, theirs in pairs))
    owner, stage = sa.func.coalesce(kept.owner_id, found.c.owner_id), sa.func.coalesce(kept.stage, found.c.stage)
    compared = sa.select(owner.label("owner"), stage.label("stage")).select_from(kept).join(found, same, full=True)
    for row in rows(connection, compared.where(differs)):
        yield f"The board has another sum for deals of owner {row.owner} at {row.stage} than they add up to."


@check("How many deals were lost, by month, reason and channel, is their number")
def losses(connection: sa.Connection) -> Iterator[str]:
    kept, number = LossTotal, sa.func.count().label("number")
    key = (_month(Deal.closed_at).label("month"), Deal.lost_reason, Deal.channel)
    lost = sa.select(*key, number).where(Deal.stage == Stage.LOST, Deal.closed_at.is_not(None)).group_by(*key)
    found = lost.subquery()
    same = sa.and_(
        found.c.month == _month(kept.month), found.c.lost_reason == kept.reason, found.c.channel == kept.channel
    )
    named = (
        sa.func.coalesce(mine, theirs)
        for mine, theirs in zip((_month(kept.month), kept.reason, kept.channel), list(found.c)[:3], strict=True)
    )
    compared = sa.select(*named).select_from(kept).join(found, same, full=True)
    differs = sa.func.coalesce(found.c.number, 0) != sa.func.coalesce(kept.number, 0)
    for month, reason, channel in rows(connection, compared.where(differs)):
        yield f"Why deals were lost has another number of {channel}, {reason}, in {month} than there are."


def _month(of: Any) -> sa.ColumnElement[int]:
    """`202611`, in UTC, as each connection asks for."""
    return sa.cast(sa.extract("year", of) * 100 + sa.extract("month", of), sa.BigInteger)


@check("No customer got back more than they paid, and only a deal that was won has payments")
def payments(connection: sa.Connection) -> Iterator[str]:
    net = sa.func.sum(CustomerPayment.amount_minor)
    of_deals = sa.select(Deal.ref, Deal.stage).join(CustomerPayment, CustomerPayment.deal_id == Deal.id)
    for row in rows(connection, of_deals.group_by(Deal.id, Deal.ref, Deal.stage).having(net < 0)):
        yield f"Deal {row.ref} has more refunds than payments."
    unwon = of_deals.where(Deal.won_on.is_(None)).group_by(Deal.id, Deal.ref, Deal.stage).having(net != 0)
    for row in rows(connection, unwon):
        yield f"Deal {row.ref} is {row.stage}, and its customer has paid."


@check("A protection rests exactly while its deal is parked")
def rests(connection: sa.Connection) -> Iterator[str]:
    joined = sa.select(Deal.ref).select_from(Protection).join(Deal, is_deal_of(Protection.referral_id))
    rested = (Protection.state == ProtectionState.PAUSED) & Protection.paused_at.is_(None)
    wrong = Protection.paused_at.is_not(None) & (Deal.stage != Stage.PARKED)
    for (ref,) in rows(connection, joined.where(wrong | rested)):
        yield f"The protection of deal {ref} rests, and the deal does not."


@check("The shares of a deal make the whole, and whoever brought it has one of them")
def divided(connection: sa.Connection) -> Iterator[str]:
    total = sa.func.sum(DealShare.share_bp).label("total")
    brought = sa.func.count().filter(DealShare.referral_id == Deal.referral_id, DealShare.partner_id == Deal.partner_id)
    live = sa.select(Deal.ref, total, brought.label("brought")).join(DealShare, DealShare.deal_id == Deal.id)
    live = live.where(DealShare.ended_at.is_(None)).group_by(Deal.id, Deal.ref)
    for row in rows(connection, live.having((total != WHOLE) | (brought != 1))):
        said = f"add up to {percent(int(row.total))} %" if row.total != WHOLE else "leave out who brought it"
        yield f"The shares of deal {row.ref} {said}."


@check("What was merged leads to a deal that goes on")
def merges(connection: sa.Connection) -> Iterator[str]:
    into = sa.orm.aliased(Deal)
    found = sa.select(Deal.ref).outerjoin(into, into.id == Deal.merged_into_id).where(Deal.stage == Stage.MERGED)
    for (ref,) in rows(connection, found.where(into.id.is_(None))):
        yield f"Deal {ref} was merged into one that is not there."


@check("Deals are found by the words that they have")
def words(connection: sa.Connection) -> Iterator[str]:
    yield from search.wrong(connection, WORDS)
