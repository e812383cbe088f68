from collections.abc import Iterator

import sqlalchemy as sa

from portal.activity.models import EventRow
from portal.appeals.models import Appeal
from portal.appeals.rules import AppealState
from portal.proof import check, rows
from portal.referrals.claims import About
from portal.referrals.models import Protection, Referral
from portal.referrals.rules import ProtectionState, Status
from portal.sla.models import SlaClock
from portal.sla.rules import ClockKind, ClockState

_TOLD_BY = {
    AppealState.OPEN: "AppealOpened",
    AppealState.UPHELD: "AppealUpheld",
    AppealState.REJECTED: "AppealRejected",
    AppealState.WITHDRAWN: "AppealWithdrawn",
}


@check("Each appeal was opened, and its state has its event")
def states(connection: sa.Connection) -> Iterator[str]:
    of_it = sa.select(Appeal.ref, Appeal.state).join(Referral, Referral.id == Appeal.referral_id)
    for state, kind in _TOLD_BY.items():
        of_state = sa.true() if state is AppealState.OPEN else Appeal.state == state
        told = sa.exists().where(EventRow.ref == Referral.ref, EventRow.kind == kind)
        for row in rows(connection, of_it.where(of_state, ~told)):
            yield f"Appeal {row.ref} is {row.state}, and no {kind} says so."


@check("An appeal is answered by another person than who decided, and than who entered the referral")
def deciders(connection: sa.Connection) -> Iterator[str]:
    decided = Appeal.state.in_((AppealState.UPHELD, AppealState.REJECTED))
    same = (Appeal.decided_by_id == Appeal.against_id) | (Appeal.decided_by_id == Referral.entered_by_id)
    wrong = decided & Appeal.decided_by_id.is_(None) | same
    of_it = sa.select(Appeal.ref).join(Referral, Referral.id == Appeal.referral_id)
    for (ref,) in rows(connection, of_it.where(wrong)):
        yield f"Appeal {ref} was answered by nobody, or by whoever it is against."
    again = Referral.decided_by_id == Referral.first_decider_id
    for (ref,) in rows(connection, sa.select(Referral.ref).where(again)):
        yield f"Referral {ref} was decided anew by the person whose decision was appealed."


@check("What is appealed stands as it was decided until the appeal is answered")
def subjects(connection: sa.Connection) -> Iterator[str]:
    of_it = sa.select(Appeal.ref).join(Referral, Referral.id == Appeal.referral_id)
    of_it = of_it.outerjoin(Protection, Protection.referral_id == Appeal.referral_id)
    stands = sa.case(
        (Appeal.about == About.DECLINE, Referral.status == Status.DECLINED),
        else_=Protection.state == ProtectionState.REVOKED,
    )
    for (ref,) in rows(connection, of_it.where(Appeal.state.in_((AppealState.OPEN, AppealState.REJECTED)), ~stands)):
        yield f"What appeal {ref} is about was decided otherwise before it was answered."


@check("We owe an answer exactly to the appeals that wait for one")
def promises(connection: sa.Connection) -> Iterator[str]:
    of_it = sa.exists().where(SlaClock.ref == Appeal.ref, SlaClock.kind == ClockKind.DECISION)
    runs = SlaClock.state.in_((ClockState.RUNNING, ClockState.BREACHED))
    ended = SlaClock.ended_at.is_not(None)
    fits = sa.case((Appeal.state == AppealState.OPEN, of_it.where(runs)), else_=of_it.where(ended))
    for (ref,) in rows(connection, sa.select(Appeal.ref).where(~fits)):
        yield f"No clock of ours fits the appeal {ref}."
