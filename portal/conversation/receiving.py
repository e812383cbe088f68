"""A mail that answers one of ours becomes a message, a note or the answer to a question; or it is refused, and why is
remembered. The mark in its address says for whom it counts; that it comes from their own address has to fit."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from portal.activity.models import EventRow
from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.conversation import actions, queries, reply_address, rules
from portal.conversation.file_rules import NotTaken, Upload, look
from portal.conversation.incoming import Incoming, Unreadable, parse
from portal.conversation.models import ReceivedMail, RefusedMail
from portal.conversation.replies import reply_of
from portal.conversation.reply_address import Given
from portal.conversation.rules import Reply, Trouble
from portal.extensions import db, insert_into
from portal.referrals import actions as referrals_actions
from portal.referrals import queries as referrals
from portal.referrals.models import Referral
from portal.referrals.rules import Status
from portal.scope import all_partners, writes_for

_WHY = "whose mail this is, before anyone is known"
_CUT = "The mail was longer; the rest is left out."
_HEAD_BYTES = 64 * 1024


class Outcome(NamedTuple):
    sentence: str
    trouble: Trouble | None = None

    @property
    def is_done(self) -> bool:
        """Nothing more is to be done, and nobody has to be told: an automatic mail that is answered makes a loop."""
        return self.trouble in (None, Trouble.AUTOMATIC)


class _NotTaken(Exception):  # noqa: N818  (it is an answer, not a fault)
    def __init__(self, trouble: Trouble, user: User | None = None, referral: Referral | None = None) -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.user_id = user.id if user else None
        self.referral_ref = referral.ref if referral else ""


def receive(raw: bytes, *, now: datetime) -> Outcome:
    """Take one mail in. Commits, whatever comes of it."""
    try:
        found = parse(raw[:_HEAD_BYTES] if len(raw) > rules.MAIL_BYTES_MOST else raw)
    except Unreadable:
        found = Incoming("", [], [], "", is_automatic=False)
        return _refuse(found, _NotTaken(Trouble.UNREADABLE), now)
    try:
        if len(raw) > rules.MAIL_BYTES_MOST:
            raise _NotTaken(Trouble.TOO_LARGE)
        sentence = _take(found, sha256(raw).hexdigest(), now)
    except _NotTaken as refusal:
        db.session.rollback()
        return _refuse(found, refusal, now)
    db.session.commit()
    return Outcome(sentence)


def too_large(sender: str, subject: str, *, now: datetime) -> Outcome:
    """The same for a mail that was never fetched, because its size was told beforehand."""
    found = Incoming("", [sender] if sender else [], [], subject, is_automatic=False)
    return _refuse(found, _NotTaken(Trouble.TOO_LARGE), now)


def _take(found: Incoming, digest: str, now: datetime) -> str:
    given = _given(found, now)
    if found.is_automatic:
        raise _NotTaken(Trouble.AUTOMATIC)
    user, referral = _whose(given)
    if found.senders != [user.email]:
        raise _NotTaken(Trouble.OTHER_SENDER, user, referral)
    if not queries.may_write(user, referral):
        raise _NotTaken(Trouble.NOT_ALLOWED, user, referral)
    text, files = _said(found, user, referral)
    with writes_for(user.partner_id):
        if not _is_first(found, digest, user, referral, now):
            return "It came before, and counted then."
        return _count_as(given, user, referral, text, files, now)


def _given(found: Incoming, now: datetime) -> Given:
    marked = [each for each in found.recipients if reply_address.is_ours(each)]
    given = next(filter(None, map(reply_address.read, marked)), None)
    if given is None:
        raise _NotTaken(Trouble.UNKNOWN_ADDRESS)
    if rules.has_expired(given.issued_at, now):
        raise _NotTaken(Trouble.EXPIRED)
    return given


def _whose(given: Given) -> tuple[User, Referral]:
    """The person, and the referral as they see it by now, locked for whatever follows."""
    person = sa.select(User).where(User.id == given.user_id, User.disabled_at.is_(None))
    as_now = person.options(selectinload(User.grants)).execution_options(populate_existing=True)
    user = db.session.scalar(all_partners(as_now, _WHY))
    if user is None:
        raise _NotTaken(Trouble.NOBODY)
    sees = (Permission.VIEW_REFERRALS, Permission.REVIEW_REFERRALS)
    seen = referrals.visible_to(user).where(Referral.id == given.referral_id)
    as_now = seen.with_for_update().execution_options(populate_existing=True)
    referral = db.session.scalar(as_now) if any(map(user.may, sees)) else None
    if referral is None:
        raise _NotTaken(Trouble.NOBODY, user)
    return user, referral


def _said(found: Incoming, user: User, referral: Referral) -> tuple[str, list[Upload]]:
    """What counts of it: the words above the quote, and the files that are taken; the others are named."""
    text, notes = reply_of(found.words), [f"Left out: {name}." for name in found.left_out]
    files = []
    for name, data in found.files:
        try:
            files.append(look(name, data))
        except NotTaken as refusal:
            notes.append(f"Left out: {refusal}")
    if not (text or files or notes):
        raise _NotTaken(Trouble.EMPTY, user, referral)
    room = rules.TEXT_MOST - sum(len(note) + 2 for note in notes) - len(_CUT) - 2
    if len(text) > room:
        text, notes = text[: max(room, 0)].rstrip(), [_CUT, *notes]
    return "\n\n".join(filter(None, [text, *notes]))[: rules.TEXT_MOST], files


def _is_first(found: Incoming, digest: str, user: User, referral: Referral, now: datetime) -> bool:
    """Whether this mail comes for the first time. Refuses one too many within an hour."""
    key = sha256(f"{user.id}|{referral.id}|{found.message_id or digest}".encode()).hexdigest()
    row = {"digest": key, "user_id": user.id, "referral_id": referral.id, "at": now}
    claim = insert_into(ReceivedMail).values(row).on_conflict_do_nothing().returning(ReceivedMail.digest)
    if db.session.scalar(claim) is None:
        return False
    lately = sa.select(sa.func.count()).where(
        ReceivedMail.user_id == user.id, ReceivedMail.referral_id == referral.id, ReceivedMail.at > now - _HOUR
    )
    if (db.session.scalar(lately) or 0) > rules.REPLIES_AN_HOUR:
        raise _NotTaken(Trouble.TOO_MANY, user, referral)
    return True


_HOUR = timedelta(hours=1)


def _count_as(given: Given, user: User, referral: Referral, text: str, files: Sequence[Upload], now: datetime) -> str:
    if given.kind is Reply.ANSWER and _is_open_question(given, user, referral):
        referrals_actions.answer(
            user, referral, seen_version=referral.version, now=now, text=text or "See the files that came with it."
        )
        if files:
            words = "The files that came with the answer."
            actions.write(user, referral, text=words, files=files, now=now, by_mail=True)
        return f"The answer on {referral.ref} is taken."
    is_note = given.kind is Reply.NOTE
    actions.write(user, referral, text=text, files=files, now=now, is_internal=is_note, by_mail=True)
    return f"The {'note' if is_note else 'message'} on {referral.ref} is taken."


def _is_open_question(given: Given, user: User, referral: Referral) -> bool:
    """Whether the question that this mail answers still waits, and not a later one."""
    may = referrals.may_change(user, referral, Permission.SUBMIT_REFERRALS)
    if referral.status is not Status.NEEDS_INFO or not may:
        return False
    asked = sa.select(EventRow.at).where(EventRow.ref == referral.ref, EventRow.kind == "ReferralAsked")
    last = db.session.scalar(all_partners(asked.order_by(EventRow.seq.desc()).limit(1), "the question it answers"))
    return last is not None and int(last.timestamp()) == int(given.issued_at.timestamp())


def _refuse(found: Incoming, refusal: _NotTaken, now: datetime) -> Outcome:
    db.session.add(
        RefusedMail(
            at=now,
            sender=next(iter(found.senders), "").replace("\x00", "")[:254],
            subject=found.subject[:200],
            trouble=refusal.trouble,
            user_id=refusal.user_id,
            referral_ref=refusal.referral_ref,
        )
    )
    db.session.flush()
    newest = sa.select(sa.func.max(RefusedMail.id)).scalar_subquery()
    db.session.execute(sa.delete(RefusedMail).where(RefusedMail.id <= newest - rules.REFUSED_MOST))
    db.session.commit()
    return Outcome(rules.TROUBLE_SAYS[refusal.trouble], refusal.trouble)
