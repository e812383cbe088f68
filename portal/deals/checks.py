from collections.abc import Iterator

import sqlalchemy as sa

from portal.activity.models import EventRow
from portal.deals.models import Deal
from portal.deals.rules import Pipeline, Stage
from portal.proof import check, rows
from portal.referrals.models import Referral
from portal.referrals.rules import Status
from portal.sla.models import SlaClock
from portal.sla.rules import ClockKind

TOLD_BY = {Stage.WON: "DealWon", Stage.LOST: "DealLost", Stage.PARKED: "DealParked", Stage.CANCELLED: "DealMoved"}


@check("Each qualified referral has its deal, and each deal of a referral belongs to a qualified one")
def deals_of_referrals(connection: sa.Connection) -> Iterator[str]:
    has = sa.exists().where(Deal.referral_id == Referral.id, Deal.partner_id == Referral.partner_id)
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
