"""Links in mails: signed, for one purpose, once, until a time. The row alone opens nothing."""

import secrets
from datetime import datetime

import sqlalchemy as sa
from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import selectinload

from portal.auth.models import AccountLink, User
from portal.auth.rules import LINK_LIFE, LinkPurpose, link_trouble
from portal.errors import Overtaken, Refused
from portal.extensions import db
from portal.scope import all_partners

PATHS = {
    LinkPurpose.INVITATION: "/invitation",
    LinkPurpose.RESET: "/password-reset",
    LinkPurpose.OLD_ADDRESS: "/address-change/old",
    LinkPurpose.NEW_ADDRESS: "/address-change/new",
}
REVOKED = "This invitation was taken back by whoever sent it."
UNKNOWN = "This link is not one of ours, or it was not copied whole."


class LinkRefused(Refused):
    """The link opens nothing; the message says why. `status`: 404 where it never was, 410 where it is over."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def path_of(link: AccountLink) -> str:
    """Where the link leads, below the public address."""
    return f"{PATHS[link.purpose]}/{_serializer(link.purpose).dumps(link.nonce)}"


def find(token: str, purpose: LinkPurpose, now: datetime) -> tuple[AccountLink, User]:
    """The link that this token is for, and the person it was sent to. Raises LinkRefused.

    Who holds it acts for that person (`writes_for`), whoever else is signed in in the same browser."""
    link, user = _sent(token, purpose)
    if purpose is LinkPurpose.INVITATION and user.invitation_revoked_at is not None:
        raise LinkRefused(REVOKED, 410)
    if trouble := link_trouble(used_at=link.used_at, expires_at=link.expires_at, now=now):
        raise LinkRefused(trouble, 410)
    return link, user


def address_of(token: str, purpose: LinkPurpose) -> str:
    """The address of the person whom this link was sent to, whether it still opens anything or not. Raises LinkRefused
    where it never was a link."""
    return _sent(token, purpose)[1].email


def _sent(token: str, purpose: LinkPurpose) -> tuple[AccountLink, User]:
    try:
        nonce = str(_serializer(purpose).loads(token))
    except BadSignature as failure:
        raise LinkRefused(UNKNOWN, 404) from failure
    statement = (
        sa.select(AccountLink, User)
        .join(User, User.id == AccountLink.user_id)
        .options(selectinload(User.grants))
        .where(AccountLink.nonce == nonce, AccountLink.purpose == purpose, User.disabled_at.is_(None))
    )
    found = db.session.execute(all_partners(statement, "whoever holds the link, before anyone is known")).first()
    if found is None:
        raise LinkRefused(UNKNOWN, 404)
    link, user = found
    return link, user


def new(by: User | None, user: User, purpose: LinkPurpose, now: datetime) -> AccountLink:
    """A link for this person; earlier ones of its purpose open nothing any more."""
    expire(user, now, purpose)
    link = AccountLink(
        nonce=secrets.token_urlsafe(32),
        purpose=purpose,
        user_id=user.id,
        created_at=now,
        created_by_id=by.id if by is not None else None,
        expires_at=now + LINK_LIFE[purpose],
    )
    db.session.add(link)
    db.session.flush()
    return link


def use(link: AccountLink, now: datetime) -> None:
    """Of two who send the same link at once, one is first; the other is Overtaken."""
    unused = sa.update(AccountLink).where(AccountLink.id == link.id, AccountLink.used_at.is_(None))
    used = db.session.execute(all_partners(unused, "links have no partner").values(used_at=now))
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise Overtaken


def expire(user: User, now: datetime, *purposes: LinkPurpose) -> None:
    """The person's unused links, of these purposes or of all, open nothing any more."""
    live = sa.update(AccountLink).where(
        AccountLink.user_id == user.id,
        AccountLink.purpose.in_(purposes or tuple(LinkPurpose)),
        AccountLink.used_at.is_(None),
        AccountLink.expires_at > now,
    )
    db.session.execute(all_partners(live, "links have no partner").values(expires_at=now))


def _serializer(purpose: LinkPurpose) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt=f"account-link/{purpose}")
