from collections.abc import Iterator

import sqlalchemy as sa

from portal.activity.models import EventRow
from portal.proof import check, rows
from portal.protections.models import Extension
from portal.protections.rules import ExtensionState
from portal.referrals.models import Protection, Referral
from portal.referrals.rules import PROTECTION_LIVE, Ending, ProtectionState
from portal.sla.models import SlaClock
from portal.sla.rules import ClockKind, ClockState

_TOLD_BY = {
    ExtensionState.ASKED: "ExtensionAsked",
    ExtensionState.GRANTED: "ExtensionGranted",
    ExtensionState.REFUSED: "ExtensionRefused",
    ExtensionState.LAPSED: "ExtensionLapsed",
}
_ENDED_BY = {Ending.GIVEN_BACK: "ProtectionReleased", Ending.REVOKED: "ProtectionRevoked"}


@check("A request for an extension has its event, and waits exactly while the protection does")
def extensions(connection: sa.Connection) -> Iterator[str]:
    of_it = sa.select(Referral.ref, Extension.state).join(Extension, Extension.referral_id == Referral.id)
    for state, kind in _TOLD_BY.items():
        told = sa.exists().where(EventRow.ref == Referral.ref, EventRow.kind == kind)
        for row in rows(connection, of_it.where(Extension.state == state, ~told)):
            yield f"The extension of referral {row.ref} is {row.state}, and no {kind} says so."
    asked = sa.exists().where(Extension.referral_id == Protection.referral_id, Extension.state == ExtensionState.ASKED)
    is_asked = Protection.state == ProtectionState.EXTENSION_REQUESTED
    wrong = (
        is_asked & ~asked | ~Protection.state.in_((ProtectionState.PAUSED, ProtectionState.EXTENSION_REQUESTED)) & asked
    )
    for (ref,) in rows(connection, _refs().where(wrong)):
        yield f"The protection of referral {ref} and the request for its extension do not fit."


@check("We owe an answer exactly to the requests that wait for one")
def promises(connection: sa.Connection) -> Iterator[str]:
    of_it = sa.exists().where(SlaClock.ref == Extension.ref, SlaClock.kind == ClockKind.DECISION)
    runs = SlaClock.state.in_((ClockState.RUNNING, ClockState.BREACHED))
    ended = SlaClock.ended_at.is_not(None)
    fits = sa.case((Extension.state == ExtensionState.ASKED, of_it.where(runs)), else_=of_it.where(ended))
    for (ref,) in rows(connection, sa.select(Extension.ref).where(~fits)):
        yield f"No clock of ours fits the request {ref}."


@check("A protection that ended says when and why, and one that holds says neither")
def endings(connection: sa.Connection) -> Iterator[str]:
    ended = Protection.ended_at.is_not(None) & Protection.ending.is_not(None)
    silent = Protection.state.in_((ProtectionState.RELEASED, ProtectionState.REVOKED)) & ~ended
    holds = Protection.state.in_(PROTECTION_LIVE) & (Protection.ended_at.is_not(None) | Protection.ending.is_not(None))
    revoked = (Protection.state == ProtectionState.REVOKED) != (Protection.ending == Ending.REVOKED)
    for (ref,) in rows(connection, _refs().where(silent | holds | sa.and_(ended, revoked))):
        yield f"The protection of referral {ref} does not say how it ended."
    for ending, kind in _ENDED_BY.items():
        told = sa.exists().where(EventRow.ref == Referral.ref, EventRow.kind == kind)
        for (ref,) in rows(connection, _refs().where(Protection.ending == ending, ~told)):
            yield f"The protection of referral {ref} ended, and no {kind} says so."


def _refs() -> sa.Select[str]:
    return sa.select(Referral.ref).join(Protection, Protection.referral_id == Referral.id)
