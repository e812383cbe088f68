from datetime import datetime

import sqlalchemy as sa

from portal.auth.holders import holders, who_else
from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.errors import Refused
from portal.extensions import db
from portal.protections.models import Extension
from portal.protections.rules import ExtensionState
from portal.referrals.models import Protection, Referral
from portal.scope import owned_by
from portal.sla.models import SlaClock
from portal.sla.rules import ClockKind

_ENTERED_IT = "You entered this referral for the partner, so somebody else decides on its protection."


def protection_or_none(referral: Referral) -> Protection | None:
    """Locked for whoever is about to change it."""
    own = sa.select(Protection).where(
        Protection.partner_id == referral.partner_id, Protection.referral_id == referral.id
    )
    return db.session.scalar(owned_by(own.with_for_update(), referral.partner_id))


def referral_of(partner_id: int, referral_id: int) -> Referral:
    own = sa.select(Referral).where(Referral.partner_id == partner_id, Referral.id == referral_id)
    return db.session.scalars(owned_by(own, partner_id)).one()


def ref_of(partner_id: int, referral_id: int) -> str:
    own = sa.select(Referral.ref).where(Referral.partner_id == partner_id, Referral.id == referral_id)
    return db.session.scalars(owned_by(own, partner_id)).one()


def open_extension(partner_id: int, referral_id: int) -> Extension | None:
    """The request that waits for our answer, locked."""
    own = sa.select(Extension).where(
        Extension.partner_id == partner_id,
        Extension.referral_id == referral_id,
        Extension.state == ExtensionState.ASKED,
    )
    return db.session.scalar(owned_by(own.with_for_update(), partner_id))


def extension_of(partner_id: int, referral_id: int) -> Extension | None:
    """The latest request, whatever became of it."""
    own = sa.select(Extension).where(Extension.partner_id == partner_id, Extension.referral_id == referral_id)
    return db.session.scalar(owned_by(own.order_by(Extension.id.desc()).limit(1), partner_id))


def check_not_enterer(by: User, referral: Referral) -> None:
    """Raise Refused, naming who can, for whoever entered the referral: they have an interest of their own in it."""
    if referral.entered_by_id == by.id:
        who = who_else(Permission.DECIDE_CLAIMS, holders(Permission.DECIDE_CLAIMS, but=by.id))
        raise Refused(f"{_ENTERED_IT} {who}")


def due_at(asked: Extension) -> datetime:
    """When the answer to a request is promised."""
    own = sa.select(SlaClock.due_at).where(SlaClock.ref == asked.ref, SlaClock.kind == ClockKind.DECISION)
    return db.session.scalars(owned_by(own.where(SlaClock.partner_id == asked.partner_id), asked.partner_id)).one()
