"""Another mail address for an account: asked for by the person, confirmed at both ends, stopped from either."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from portal.auth import links, queries, throttles
from portal.auth.events import AddressChangeAsked, AddressChangeConfirmed, AddressChanged, AddressChangeStopped
from portal.auth.models import AccountLink, AddressChange, User
from portal.auth.people import told
from portal.auth.rules import LINK_LIFE, AddressEnd, LinkPurpose, plain_address
from portal.auth.sessions import end_sessions
from portal.errors import Overtaken, Refused
from portal.events import publish
from portal.extensions import db

PURPOSES = {AddressEnd.OLD: LinkPurpose.OLD_ADDRESS, AddressEnd.NEW: LinkPurpose.NEW_ADDRESS}


def wish(user: User, now: datetime) -> AddressChange | None:
    """The change that this person waits for, if there is one."""
    return db.session.scalar(_open(user, now))


def of_link(end: AddressEnd, token: str, now: datetime) -> tuple[AddressChange, User]:
    """The change that the link in a mail is about, and whose it is. Raises LinkRefused."""
    link, user = links.find(token, PURPOSES[end], now)
    return db.session.scalars(_of(end, link)).one(), user


def to_answer(end: AddressEnd, token: str, now: datetime) -> tuple[AddressChange, User]:
    """The same, locked: of two ends that answer at once, the second sees what the first said."""
    link, user = links.find(token, PURPOSES[end], now)
    return db.session.scalars(_of(end, link).with_for_update()).one(), user


def ask(by: User, *, address: str, now: datetime) -> None:
    """Write to both ends; an earlier wish is forgotten.

    Nothing tells whether another account has the address: whoever has it is told that somebody tried."""
    user, wanted = queries.oneself(by), plain_address(address)
    if wanted == user.email:
        raise Refused("This is your address already.", "address")
    throttles.count_resent(user.email, now)
    _stop(user, now)
    made = {end: links.new(by, user, purpose, now) for end, purpose in PURPOSES.items()}
    change = AddressChange(
        user_id=user.id,
        old_address=user.email,
        new_address=wanted,
        old_link_id=made[AddressEnd.OLD].id,
        new_link_id=made[AddressEnd.NEW].id,
        asked_at=now,
        until=now + LINK_LIFE[LinkPurpose.NEW_ADDRESS],
    )
    db.session.add(change)
    db.session.flush()
    publish(AddressChangeAsked(**told(by, user, now), change_id=change.id))


def confirm(change: AddressChange, user: User, end: AddressEnd, *, now: datetime, keep: str | None = None) -> bool:
    """One end says yes. Once both have, the address changes and every session ends but the one with the token `keep`.

    Returns whether that is so. Raises Refused where another account has the address by now."""
    _check_open(change)
    if confirmed_ends(change)[end] is None:
        setattr(change, f"{end}_confirmed_at", now)
        publish(AddressChangeConfirmed(**told(user, user, now), change_id=change.id, end=end))
    if change.old_confirmed_at is None or change.new_confirmed_at is None:
        db.session.flush()
        return False
    if queries.by_email(change.new_address) is not None:
        raise Refused("Another account has this address by now, so nothing was changed.")
    _apply(change, user, now, keep)
    return True


def refuse(change: AddressChange, user: User, end: AddressEnd, *, now: datetime) -> None:
    """One end says no. From the new one it may be anybody, so nobody is named."""
    _check_open(change)
    _end(change, user, now)
    publish(AddressChangeStopped(**told(user if end is AddressEnd.OLD else None, user, now), change_id=change.id))


def withdraw(by: User, *, now: datetime) -> None:
    """The person thinks better of it. Raises Refused where nothing waits."""
    user = queries.oneself(by)
    change = wish(user, now)
    if change is None:
        raise Refused("No change of your address is under way.")
    refuse(change, user, AddressEnd.OLD, now=now)


def confirmed_ends(change: AddressChange) -> Mapping[AddressEnd, datetime | None]:
    return {AddressEnd.OLD: change.old_confirmed_at, AddressEnd.NEW: change.new_confirmed_at}


def _open(user: User, now: datetime) -> sa.Select[AddressChange]:
    """A new password, a closed account or a newer wish makes the links void, and the wish with them."""
    links_live = sa.exists().where(AccountLink.id == AddressChange.old_link_id, AccountLink.expires_at > now)
    mine = sa.select(AddressChange).where(AddressChange.user_id == user.id, links_live)
    return mine.where(AddressChange.done_at.is_(None), AddressChange.stopped_at.is_(None))


def _stop(user: User, now: datetime) -> None:
    earlier = db.session.scalar(_open(user, now))
    if earlier is not None:
        _end(earlier, user, now)


def _end(change: AddressChange, user: User, now: datetime) -> None:
    change.stopped_at = now
    links.expire(user, now, *PURPOSES.values())
    db.session.flush()


def _of(end: AddressEnd, link: AccountLink) -> sa.Select[AddressChange]:
    column = AddressChange.old_link_id if end is AddressEnd.OLD else AddressChange.new_link_id
    return sa.select(AddressChange).where(column == link.id)


def _check_open(change: AddressChange) -> None:
    if change.done_at is not None or change.stopped_at is not None:
        raise Overtaken


def _apply(change: AddressChange, user: User, now: datetime, keep: str | None) -> None:
    change.done_at = now
    user.email = change.new_address
    links.expire(user, now)
    end_sessions(user.id, now, but=keep)
    publish(AddressChanged(**told(user, user, now), change_id=change.id))
    db.session.flush()
