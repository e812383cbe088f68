"""All of a referral's history and conversation as one statement, for each side: a page has no more questions to spare.

Built once for each side: it runs with every page of a referral, and to build it takes longer than to run it."""

from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.activity.models import EventRow
from portal.auth.models import User
from portal.conversation import who
from portal.conversation.events import TOLD_AS_TALK
from portal.conversation.models import Message, MessageFile, MessageRead
from portal.conversation.rules import SHOWN
from portal.events import Audience
from portal.extensions import UTCDateTime
from portal.referrals.models import Referral

EVENT, MESSAGE, CONTACT, READ = "event", "message", "contact", "read"
_EVENTS_MOST = 50
_COLUMNS: dict[str, Any] = {
    "at": UTCDateTime(),
    "kind": sa.String(),
    "by_id": sa.BigInteger(),
    "by": sa.String(),
    "ref": sa.String(),
    "body": sa.JSON(),
    "text": sa.Text(),
    "mentions": sa.JSON(),
    "is_internal": sa.Boolean(),
    "by_mail": sa.Boolean(),
    "files": sa.Text(),
}


def _number(name: str) -> Any:
    return sa.bindparam(name, type_=sa.BigInteger())


_ASKED = SimpleNamespace(
    id=_number("referral_id"), ref=sa.bindparam("ref", type_=sa.String()), decided_by_id=_number("decided_by_id")
)


def asked(user: User, referral: Referral, refs: list[str]) -> dict[str, Any]:
    """The values of its parameters."""
    of_it = {"referral_id": referral.id, "ref": referral.ref, "by_id": referral.by_id}
    return of_it | {
        "refs": refs,
        "decided_by_id": referral.decided_by_id,
        "partner_id": referral.partner_id,
        "reader_id": user.id,
    }


def statement(*, is_staff: bool) -> Any:
    parts = (_events(is_staff), _messages(is_staff), _contact(is_staff), _read())
    return sa.union_all(*(sa.select(part.subquery()) for part in parts))


def files_of_message() -> Any:
    """What went with a message, as one text: reference, size and name of each."""
    each = MessageFile.ref + "\t" + sa.cast(MessageFile.size, sa.String) + "\t" + MessageFile.name
    whole = sa.select(sa.func.aggregate_strings(each, "\n"))
    of_it = whole.where(MessageFile.message_id == Message.id, MessageFile.sha256.is_not(None))
    return of_it.correlate(Message).scalar_subquery()


def _events(is_staff: bool) -> sa.Select[Any]:
    row = EventRow
    who_did = {"by_id": row.by_id, "by": _name_of(row.by_id)}
    told = _part(EVENT, row.seq, at=row.at, kind=row.kind, ref=row.ref, body=row.body, **who_did)
    told = told.where(row.ref.in_(sa.bindparam("refs", expanding=True)), row.kind.not_in(TOLD_AS_TALK))
    if not is_staff:  # + 0: a few rows by their references, never a walk through all of the company's
        told = told.where(row.partner_id + 0 == _number("partner_id"), row.audience == Audience.PARTNER)
    return told.order_by(row.seq.desc()).limit(_EVENTS_MOST)


def _messages(is_staff: bool) -> sa.Select[Any]:
    m = Message
    given = {"text": m.text, "mentions": m.mentions, "is_internal": m.is_internal, "by_mail": m.by_mail}
    who_said = {"by_id": m.author_id, "by": _name_of(m.author_id)}
    said = _part(MESSAGE, m.id, at=m.at, files=files_of_message(), **who_said, **given)
    said = said.where(m.referral_id == _number("referral_id"))
    if not is_staff:
        said = said.where(m.is_internal.is_(False), m.partner_id == _number("partner_id"))
    return said.order_by(m.id.desc()).limit(SHOWN + 1)


def _name_of(user_id: Any) -> Any:
    person = aliased(User)
    return sa.select(person.name).where(person.id == user_id).scalar_subquery()


def _contact(is_staff: bool) -> sa.Select[Any]:
    """For a partner's people who of ours has it; for ours whoever introduced them."""
    person = who.people().where(User.id == _number("by_id")) if is_staff else who.contact_of(_ASKED)
    found = person.subquery()
    name, phone = (sa.func.replace(each, "\n", " ") for each in (found.c.name, found.c.phone))
    words = name + "\n" + found.c.email + "\n" + phone
    return _part(CONTACT, found.c.id, text=words).select_from(found)


def _read() -> sa.Select[Any]:
    read = _part(READ, MessageRead.last_id)
    return read.where(MessageRead.user_id == _number("reader_id"), MessageRead.referral_id == _number("referral_id"))


def _part(what: str, seq: Any, **given: Any) -> sa.Select[Any]:
    """The columns of every part, in one order and of one type; a null says its type, else PostgreSQL takes it for a
    text."""
    usual = {"kind": sa.literal(what), "ref": sa.literal("")}
    columns = [
        sa.type_coerce((usual | given)[name], of_type).label(name)
        if name in usual | given
        else sa.cast(sa.null(), of_type).label(name)
        for name, of_type in _COLUMNS.items()
    ]
    return sa.select(sa.literal(what).label("what"), seq.label("seq"), *columns)
