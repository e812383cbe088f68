from collections.abc import Iterator

import sqlalchemy as sa

from portal.activity.models import EventRow
from portal.auth.models import User
from portal.partners.bank import open_account
from portal.partners.events import (
    PartnerCreated,
    PartnerMoved,
    PayoutDetailsConfirmed,
    PayoutDetailsProposed,
    PayoutDetailsRefused,
)
from portal.partners.models import Partner, PayoutDetails
from portal.partners.rules import MAY_SIGN_IN, PartnerState, PayoutDetailsState
from portal.proof import check, rows
from portal.vault import CannotUnseal

TOLD_BY = {
    PayoutDetailsState.PROPOSED: PayoutDetailsProposed,
    PayoutDetailsState.CONFIRMED: PayoutDetailsConfirmed,
    PayoutDetailsState.REPLACED: PayoutDetailsConfirmed,
    PayoutDetailsState.REFUSED: PayoutDetailsRefused,
}


@check("The state of each partner is what its last event says")
def states(connection: sa.Connection) -> Iterator[str]:
    told = EventRow.kind.in_((PartnerCreated.__name__, PartnerMoved.__name__))
    last = sa.select(sa.func.max(EventRow.seq)).where(EventRow.ref == Partner.ref, told).correlate(Partner)
    found = sa.select(Partner.ref, Partner.state, EventRow.body).join(
        EventRow, EventRow.seq == last.scalar_subquery(), isouter=True
    )
    for ref, state, body in rows(connection, found):
        if body is None:
            yield f"{ref} has no event that says how it came to be {state}."
        elif body.get("then", PartnerState.ONBOARDING) != state:
            yield f"{ref} is {state}, but its last event says {body.get('then', PartnerState.ONBOARDING)}."


@check("Nobody of a company that may not sign in can do so")
def doors(connection: sa.Connection) -> Iterator[str]:
    open_still = (
        sa.select(Partner.ref, User.ref)
        .join(User, User.partner_id == Partner.id)
        .where(Partner.state.not_in(MAY_SIGN_IN), User.disabled_at.is_(None))
    )
    for partner_ref, user_ref in rows(connection, open_still):
        yield f"{user_ref} can sign in, but {partner_ref} is closed."


@check("Payout details in use were confirmed by a second person, after a change had waited")
def four_eyes(connection: sa.Connection) -> Iterator[str]:
    used = PayoutDetails.state.in_((PayoutDetailsState.CONFIRMED, PayoutDetailsState.REPLACED))
    alone = PayoutDetails.confirmed_by_id.is_(None) | (PayoutDetails.confirmed_by_id == PayoutDetails.proposed_by_id)
    early = PayoutDetails.confirmed_at.is_(None) | (PayoutDetails.confirmed_at < PayoutDetails.effective_at)
    for (ref,) in rows(connection, sa.select(PayoutDetails.ref).where(used, alone | early)):
        yield f"{ref} is in use without a second person, or before its time."


@check("A partner is paid to one account, and one change waits at most")
def one_of_each(connection: sa.Connection) -> Iterator[str]:
    live = PayoutDetails.state.in_((PayoutDetailsState.CONFIRMED, PayoutDetailsState.PROPOSED))
    several = (
        sa.select(Partner.ref, PayoutDetails.state)
        .join(PayoutDetails, PayoutDetails.partner_id == Partner.id)
        .where(live)
        .group_by(Partner.ref, PayoutDetails.state)
        .having(sa.func.count() > 1)
    )
    for ref, state in rows(connection, several):
        yield f"{ref} has more than one row of payout details that is {state}."


@check("Each decision on payout details has its event")
def decisions(connection: sa.Connection) -> Iterator[str]:
    for state, kind in TOLD_BY.items():
        heard = sa.exists().where(EventRow.ref == PayoutDetails.ref, EventRow.kind == kind.__name__)
        for (ref,) in rows(connection, sa.select(PayoutDetails.ref).where(PayoutDetails.state == state, ~heard)):
            yield f"{ref} is {state}, and no event says so."


@check("Every account number opens in its own place")
def sealed(connection: sa.Connection) -> Iterator[str]:
    for row in rows(connection, sa.select(PayoutDetails.ref, PayoutDetails.partner_id, PayoutDetails.account_sealed)):
        try:
            open_account(row.account_sealed, ref=row.ref, partner_id=row.partner_id)
        except CannotUnseal as failure:
            yield f"{failure}."
