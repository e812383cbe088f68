"""Links in mails by which one thing is done without signing in: signed for a purpose, a person, a referral and the
state that it was in, until a time. Nothing of them is stored but the digest of one that was used."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import joinedload

from portal.auth.links import UNKNOWN, LinkRefused
from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.auth.rules import token_hash
from portal.conversation.models import SpentLink
from portal.errors import Overtaken
from portal.extensions import db, insert_into
from portal.referrals import queries as referrals
from portal.referrals.models import Referral
from portal.scope import all_partners

HOLDS = timedelta(days=30)
OVER = "This link is over: it held for 30 days."
USED = "This link was used before, and what was sent with it is with us. It works once."
MOVED_ON = "The referral has moved on since this mail was written, so nothing can be done by it any more."


class Purpose(StrEnum):
    STATUS = "status"
    ANSWER = "answer"
    WITHDRAWAL = "withdrawal"
    EXTENSION = "extension"


LABEL = {
    Purpose.STATUS: "See where it is",
    Purpose.ANSWER: "Answer without signing in",
    Purpose.WITHDRAWAL: "Withdraw the referral",
    Purpose.EXTENSION: "Ask for more time without signing in",
}
_BOUND = frozenset({Purpose.ANSWER, Purpose.WITHDRAWAL})
"""To the state of the referral. More time is asked for once whatever it is corrected by; the claim knows."""


def offers(referral_id: int, version: int, *purposes: Purpose) -> dict[str, object]:
    """What a mail offers, as it is kept with it: no link yet."""
    return {"referral_id": referral_id, "version": version, "purposes": [str(each) for each in purposes]}


def paths(offered: dict[str, object], user_id: int, at: datetime) -> list[tuple[str, str]]:
    """Label and path of each, signed for this person."""
    said = [user_id, offered["referral_id"], offered["version"], int(at.timestamp())]
    return [(LABEL[each], f"/links/{each}/{_serializer(each).dumps(said)}") for each in _purposes(offered)]


def open_link(token: str, purpose: Purpose, now: datetime) -> tuple[User, Referral]:
    """The person and the referral, as they see it by now. Raises LinkRefused.

    One that was forged and one of whoever may do nothing here any more are told the same."""
    try:
        user_id, referral_id, version, issued_at = map(int, _serializer(purpose).loads(token))
    except (BadSignature, ValueError, TypeError) as failure:
        raise LinkRefused(UNKNOWN, 404) from failure
    user, referral = _found(user_id, referral_id, purpose)
    if now >= datetime.fromtimestamp(issued_at, UTC) + HOLDS:
        raise LinkRefused(OVER, 410)
    if purpose is not Purpose.STATUS:
        if db.session.scalar(sa.select(SpentLink.at).where(SpentLink.digest == token_hash(token))) is not None:
            raise LinkRefused(USED, 410)
        if purpose in _BOUND and referral.version != version:
            raise LinkRefused(MOVED_ON, 410)
    return user, referral


def spend(token: str, now: datetime) -> None:
    """Of two who send the same link at once, one is first; the other is Overtaken."""
    first = insert_into(SpentLink).values(digest=token_hash(token), at=now).on_conflict_do_nothing()
    if db.session.scalar(first.returning(SpentLink.digest)) is None:
        raise Overtaken


def _found(user_id: int, referral_id: int, purpose: Purpose) -> tuple[User, Referral]:
    person = sa.select(User).where(User.id == user_id, User.disabled_at.is_(None), User.partner_id.is_not(None))
    loaded = all_partners(person.options(joinedload(User.grants)), "whoever holds the link, before anyone is known")
    user = db.session.scalars(loaded).unique().one_or_none()
    wanted = Permission.VIEW_REFERRALS if purpose is Purpose.STATUS else Permission.SUBMIT_REFERRALS
    if user is None or not user.may(wanted):
        raise LinkRefused(UNKNOWN, 404)
    referral = db.session.scalar(referrals.visible_to(user).where(Referral.id == referral_id))
    if referral is None or not referrals.may_change(user, referral, wanted):
        raise LinkRefused(UNKNOWN, 404)
    return user, referral


def _purposes(offered: dict[str, object]) -> Iterable[Purpose]:
    found = offered["purposes"]
    return [Purpose(each) for each in found] if isinstance(found, list) else []


def _serializer(purpose: Purpose) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt=f"referral-link/{purpose}")
