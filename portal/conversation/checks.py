from collections.abc import Iterator

import sqlalchemy as sa

from portal import storage
from portal.activity.models import EventRow
from portal.auth.models import User
from portal.conversation.models import Message, MessageFile
from portal.proof import check, rows
from portal.referrals.models import Referral


@check("Each message is told in the record, a note as a note")
def told(connection: sa.Connection) -> Iterator[str]:
    kind = sa.case((Message.is_internal, "NoteWritten"), else_="MessageSent")
    said = sa.exists().where(
        EventRow.ref == Referral.ref,
        EventRow.kind == kind,
        EventRow.by_id == Message.author_id,
        EventRow.at == Message.at,
    )
    silent = sa.select(Message.id, Referral.ref).join(Referral, Referral.id == Message.referral_id).where(~said)
    for row in rows(connection, silent):
        yield f"Message {row.id} on {row.ref} is told by no event."


@check("Whoever wrote a message is of the company or of ours, and a note is of ours")
def authors(connection: sa.Connection) -> Iterator[str]:
    strange = User.partner_id.is_not(None) & ((User.partner_id != Message.partner_id) | Message.is_internal)
    wrong = sa.select(Message.id).join(User, User.id == Message.author_id).where(strange)
    for (message_id,) in rows(connection, wrong):
        yield f"Message {message_id} was written by somebody who does not belong there."


@check("Every file that went with a message is there, as it was sent")
def files(connection: sa.Connection) -> Iterator[str]:
    kept = sa.select(MessageFile.ref, MessageFile.sha256).where(MessageFile.sha256.is_not(None))
    for row in rows(connection, kept):
        try:
            storage.get(row.sha256)
        except FileNotFoundError:
            yield f"The file {row.ref} of a message is missing from the store: {row.sha256}."
        except storage.Damaged:
            yield f"The file {row.ref} of a message has changed since it was sent: {row.sha256}."
