from collections.abc import Iterator

import sqlalchemy as sa

from portal.activity.models import EventRow
from portal.auth.models import LoginSession, User
from portal.notifications.models import Delivery
from portal.privacy.events import PersonErased
from portal.privacy.models import Erasure
from portal.privacy.rules import JobState, pseudonym_address
from portal.proof import check, rows
from portal.referrals.models import Referral


@check("An erased account is closed, has only its pseudonym, and nobody is signed in with it")
def accounts(connection: sa.Connection) -> Iterator[str]:
    erased = sa.select(User.ref, User.email, User.disabled_at, User.password_hash).where(User.erased_at.is_not(None))
    for row in rows(connection, erased):
        if row.disabled_at is None or row.password_hash is not None or row.email != pseudonym_address(row.ref):
            yield f"{row.ref} is erased, but its account still says something of the person."
    used = sa.select(User.ref).join(LoginSession, LoginSession.user_id == User.id).where(User.erased_at.is_not(None))
    for (ref,) in rows(connection, used.distinct()):
        yield f"{ref} is erased, but still has sessions."


@check("An erased referral says nothing of its contact")
def contacts(connection: sa.Connection) -> Iterator[str]:
    told = sa.or_(*(column != "" for column in (Referral.contact_email, Referral.contact_phone, Referral.need)))
    for (ref,) in rows(connection, sa.select(Referral.ref).where(Referral.erased_at.is_not(None), told)):
        yield f"Referral {ref} is erased, but still says something of its contact."


@check("Nothing waits to be sent to somebody who is erased")
def mails(connection: sa.Connection) -> Iterator[str]:
    to_nobody = sa.select(User.ref).join(Delivery, Delivery.user_id == User.id)
    for (ref,) in rows(connection, to_nobody.where(User.erased_at.is_not(None), Delivery.to_address != "").distinct()):
        yield f"{ref} is erased, but a mail to them is still kept."


@check("Each erasure that was carried out was told as an event")
def told(connection: sa.Connection) -> Iterator[str]:
    heard = sa.exists().where(EventRow.ref == Erasure.ref, EventRow.kind == PersonErased.__name__)
    for (ref,) in rows(connection, sa.select(Erasure.ref).where(Erasure.state == JobState.DONE, ~heard)):
        yield f"Erasure {ref} was carried out, but no event tells of it."
