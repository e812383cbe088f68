"""What people do in a conversation. A message is never changed; erasing a person empties it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal import storage
from portal.auth.models import User
from portal.conversation import mentions, queries, rules, who
from portal.conversation.events import MessageSent, NoteWritten
from portal.conversation.file_rules import Upload
from portal.conversation.models import Conversation, Message, MessageFile, MessageRead
from portal.errors import Refused
from portal.events import publish
from portal.extensions import db, insert_into
from portal.referrals.models import Referral
from portal.refs import new_ref
from portal.scope import all_partners


def write(
    by: User,
    referral: Referral,
    *,
    text: str,
    now: datetime,
    files: Sequence[Upload] = (),
    is_internal: bool = False,
    by_mail: bool = False,
) -> Message:
    """Say something on a referral: to the other side, or (`is_internal`) as a note to our own people.

    Raises Refused where nothing is said, too much, or by somebody who may not."""
    _check(by, referral, files, is_internal)
    kept = rules.check_text(text, has_files=bool(files))
    spoken_to = mentions.find(kept, who.can_be_mentioned(by, referral, is_internal=is_internal)) if "@" in kept else []
    message = Message(
        partner_id=referral.partner_id,
        referral_id=referral.id,
        author_id=by.id,
        at=now,
        text=kept,
        is_internal=is_internal,
        by_mail=by_mail,
        mentions=[[each.person_id, each.text] for each in spoken_to],
    )
    db.session.add(message)
    db.session.flush()
    _attach(message, files)
    if not is_internal:
        _note_who_waits(by, referral, now)
    read(by, referral, message.id)
    kind = NoteWritten if is_internal else MessageSent
    told: dict[str, Any] = {"by": by.id, "at": now, "ref": referral.ref, "partner_id": referral.partner_id}
    publish(kind(**told, message_id=message.id))
    return message


def read(by: User, referral: Referral, last_id: int) -> None:
    """The person has read the conversation as far as this message; never less far than before."""
    table, newest = MessageRead, {"last_id": last_id}
    key = {"user_id": by.id, "referral_id": referral.id}
    first = insert_into(table).values(**key, partner_id=referral.partner_id, **newest)
    further = first.on_conflict_do_update(
        index_elements=[table.user_id, table.referral_id], set_=newest, where=table.last_id < last_id
    )
    db.session.execute(further)


def _check(by: User, referral: Referral, files: Sequence[Upload], is_internal: bool) -> None:
    if not queries.may_write(by, referral):
        raise Refused("You may read this conversation, and not write in it.")
    if is_internal and by.partner_id is not None:
        raise Refused("Notes are for the people of the program.")
    if len(files) > rules.FILES_MOST:
        raise Refused(f"Up to {rules.FILES_MOST} files go with one message.", "files")


def _attach(message: Message, files: Sequence[Upload]) -> None:
    for each in files:
        stored = storage.put(each.data, each.media_type)
        db.session.add(
            MessageFile(
                ref=new_ref("MF", MessageFile.ref),
                partner_id=message.partner_id,
                message_id=message.id,
                name=each.name,
                media_type=each.media_type,
                size=stored.size,
                sha256=stored.sha256,
            )
        )
        db.session.flush()


def _note_who_waits(by: User, referral: Referral, now: datetime) -> None:
    """A partner's message waits for a word of ours, from the first that was not answered; our word ends that."""
    row = Conversation
    if by.partner_id is None:
        of_it = sa.update(row).where(row.referral_id == referral.id)
        db.session.execute(all_partners(of_it, "a word of ours").values(waits_since=None))
        return
    first = insert_into(row).values(referral_id=referral.id, partner_id=referral.partner_id, waits_since=now)
    since = sa.func.coalesce(row.waits_since, first.excluded.waits_since)
    db.session.execute(first.on_conflict_do_update(index_elements=[row.referral_id], set_={"waits_since": since}))
